// SPDX-License-Identifier: MIT
//
// Tokens of the block grammar. A line is read token by token, except for an expression: that is found by its
// parentheses alone, with quotes, regexes and comments stepped over, and its own language is read elsewhere.
#include "base/conf_parts.h"
#include "base/fold.h"
#include "base/utf8.h"

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static bool is_end(const struct parser *p) { return p->at >= p->text.n || p->text.p[p->at] == '\n'; }

// A '#' that begins a comment stands at a line's start or after white space.
static bool is_comment(struct str text, size_t at)
{
    return text.p[at] == '#' && (at == 0 || char_is_space(text.p[at - 1]));
}

static void skip_blanks(struct parser *p)
{
    while (p->at < p->text.n && is_blank(p->text.p[p->at]))
        p->at++;
}

void lex_skip_line(struct parser *p)
{
    while (!is_end(p))
        p->at++;
}

bool lex_next_statement(struct parser *p)
{
    for (;;) {
        skip_blanks(p);
        if (p->at >= p->text.n)
            return false;
        if (p->text.p[p->at] == '#')
            lex_skip_line(p);
        else if (p->text.p[p->at] == '\n')
            p->at++;
        else
            return true;
    }
}

// Copies what stands between the quotes, without its escapes.
static struct str unescape(struct parser *p, size_t from, size_t to)
{
    struct str raw = {p->text.p + from, to - from};
    if (str_find_char(raw, '\\') == raw.n)
        return raw;
    char *out = arena_alloc(&p->conf->arena, raw.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];
        if (c == '\\' && i + 1 < raw.n) {
            c = raw.p[++i];
            if (c == 'n' || c == 't')
                c = c == 'n' ? '\n' : '\t';
            else if (c != '"' && c != '\\')
                diag_help(p->diags, parse_error(p, from + i - 1, 2, "unknown escape \\%c in a string", c),
                          "the escapes are \\\" \\\\ \\n \\t; write \\\\ for a backslash");
        }
        out[n++] = c;
    }
    return (struct str){out, n};
}

static struct token lex_string(struct parser *p)
{
    size_t start = p->at++;
    while (!is_end(p) && p->text.p[p->at] != '"')
        p->at += p->text.p[p->at] == '\\' && p->at + 1 < p->text.n && p->text.p[p->at + 1] != '\n' ? 2 : 1;
    size_t close = p->at;
    if (is_end(p)) {
        diag_help(p->diags, parse_error(p, start, 1, "this quote is not closed on its line"),
                  "end the string with \"; inside a string a quote is written \\\"");
    } else {
        p->at++;
        if (!is_end(p) && !is_blank(p->text.p[p->at]))
            parse_error(p, p->at, 1, "expected a blank after the closing quote");
    }
    return (struct token){TOKEN_STRING, unescape(p, start + 1, close), start, p->at - start};
}

// “ ” „ « »: what a word processor makes of a quote.
static bool starts_with_curly_quote(struct str word)
{
    uint32_t code = 0;
    utf8_decode(word, &code);
    return code == 0x201C || code == 0x201D || code == 0x201E || code == 0xAB || code == 0xBB;
}

static struct token lex_word(struct parser *p)
{
    size_t start = p->at;
    bool has_quoted = false; // name:"Example World" is one word, which its reader takes apart
    while (!is_end(p) && !is_blank(p->text.p[p->at])) {
        bool opens = !has_quoted && p->text.p[p->at] == '"' && p->at > start && p->text.p[p->at - 1] == ':';
        if (opens)
            lex_string(p);
        else
            p->at++;
        has_quoted = has_quoted || opens;
    }
    struct token t = {TOKEN_WORD, {p->text.p + start, p->at - start}, start, p->at - start};
    if (t.n > 1 && t.text.p[t.n - 1] == '{') { // "rule x{": the brace is a token of its own at a line's end
        size_t behind = p->at;
        skip_blanks(p);
        if (is_end(p) || is_comment(p->text, p->at)) {
            p->at = behind - 1;
            t.n--;
            t.text.n--;
            return t;
        }
        p->at = behind;
    }
    size_t quote = str_find_char(t.text, '"');
    if (starts_with_curly_quote(t.text))
        diag_help(p->diags, parse_error(p, t.at, t.n, "a typographic quote begins no string"), "write a plain \"");
    else if (quote < t.n && !has_quoted)
        diag_help(p->diags, parse_error(p, t.at + quote, 1, "a quote inside a word"),
                  "put the whole text in quotes, a quote in it as \\\"");
    return t;
}

struct token lex_token(struct parser *p)
{
    skip_blanks(p);
    if (is_end(p) || is_comment(p->text, p->at))
        return (struct token){TOKEN_END, {0}, p->at, 0};
    char c = p->text.p[p->at];
    if (c == '"')
        return lex_string(p);
    bool is_alone = p->at + 1 >= p->text.n || char_is_space(p->text.p[p->at + 1]);
    if ((c == '{' || c == '}') && is_alone)
        return (struct token){c == '{' ? TOKEN_OPEN : TOKEN_CLOSE, {p->text.p + p->at, 1}, p->at++, 1};
    return lex_word(p);
}

bool lex_line_opens(const struct parser *p)
{
    char last = 0;
    for (size_t i = p->at; i < p->text.n && p->text.p[i] != '\n' && !is_comment(p->text, i); i++)
        last = is_blank(p->text.p[i]) ? last : p->text.p[i];
    return last == '{';
}

void lex_skip_block(struct parser *p)
{
    size_t depth = 1;
    while (depth && lex_next_statement(p)) {
        if (p->text.p[p->at] == '}')
            depth--;
        else if (lex_line_opens(p))
            depth++;
        lex_skip_line(p);
    }
}

// The bytes of the quote that stands at i; 0: none does.
static size_t quote_bytes(struct str text, size_t i)
{
    if ((unsigned char)text.p[i] < 0x80)
        return text.p[i] == '"';
    uint32_t code;
    size_t bytes = utf8_decode(str_from(text, i), &code);
    return fold_is_quotes(code) ? bytes : 0;
}

size_t conf_string_end(struct str text, size_t i)
{
    size_t bytes = quote_bytes(text, i);
    bool is_plain = text.p[i] == '"';
    for (i += bytes; bytes && i < text.n && text.p[i] != '\n';) {
        bool is_escape = text.p[i] == '\\' && i + 1 < text.n && (text.p[i + 1] == '"' || text.p[i + 1] == '\\');
        size_t closing = is_escape ? 0 : is_plain ? text.p[i] == '"' : quote_bytes(text, i);
        i += closing ? closing : is_escape ? 2 : 1;
        if (closing)
            break;
    }
    return i;
}

// Steps over the regex that opens at i, up to its closing mark; it ends with its line at the latest.
static size_t skip_regex(struct str text, size_t i)
{
    i++;
    while (i < text.n && text.p[i] != '\n' && text.p[i] != '/')
        i += text.p[i] == '\\' && i + 1 < text.n && text.p[i + 1] != '\n' ? 2 : 1;
    return i < text.n && text.p[i] == '/' ? i + 1 : i;
}

// A regex opens only where a leaf may begin: AC/DC, NEAR/5 and and/or are none.
static bool opens_regex(struct str text, size_t start, size_t i)
{
    char before = i > start ? text.p[i - 1] : ' ';
    return text.p[i] == '/' && (char_is_space(before) || strchr("(,:-", before));
}

// The first word of the line that begins at i.
static struct str line_word(struct str text, size_t i)
{
    while (i < text.n && is_blank(text.p[i]))
        i++;
    size_t start = i;
    while (i < text.n && !char_is_space(text.p[i]))
        i++;
    return (struct str){text.p + start, i - start};
}

static bool begins_statement(struct str word, const struct conf_spec *const *specs)
{
    for (; *specs; specs++)
        for (const struct conf_spec *s = *specs; s->word.n; s++)
            if (str_eq(word, s->word))
                return true;
    return false;
}

// Tells whether a } stands here as the last thing of its line: it means nothing in an expression.
static bool closes_block(struct str text, size_t start, size_t i)
{
    if (text.p[i] != '}' || i == start || !is_blank(text.p[i - 1]))
        return false;
    for (i++; i < text.n && is_blank(text.p[i]); i++)
        ;
    return i == text.n || text.p[i] == '\n' || is_comment(text, i);
}

struct extent {
    size_t end;  // one past its last byte that is no blank and no comment
    size_t stop; // the newline behind it
    size_t open; // where a line ends with an operator outside of parentheses; 0: nowhere
    bool is_closed;
};

// Tells whether the text ends with an operator that wants more.
static bool ends_with_operator(struct str text)
{
    size_t start = text.n;
    while (start > 0 && !char_is_space(text.p[start - 1]) && text.p[start - 1] != ')')
        start--;
    struct str last = str_from(text, start);
    return start > 0 && (str_eq(last, S("OR")) || str_eq(last, S("AND")) || str_eq(last, S("NOT")) ||
                         str_eq(last, S("SAME")) || str_starts(last, S("NEAR/")) || str_starts(last, S("ONEAR/")));
}

// Measures the expression that begins at `start`. A line that begins with `}` ends it in any case. One that begins with
// a word of `specs` ends it where no parenthesis is open, and where none is `is_closed` as well.
//
// A line that ends with an operator outside of parentheses is a fault with one cause: it is measured as if the
// expression ran on, so that it gives one error and not one for each line that follows.
static struct extent measure(struct str text, size_t start, const struct conf_spec *const *specs, bool is_closed)
{
    size_t depth = 0, end = start, open = 0, i = start;
    while (i < text.n) {
        char c = text.p[i];
        if (c == '\n') {
            struct str word = line_word(text, i + 1);
            bool runs_on = depth == 0 && word.n && ends_with_operator(str_make(text.p + start, end - start));
            bool is_next = str_eq(word, S("}")) || ((depth == 0 || !is_closed) && begins_statement(word, specs));
            if (is_next || (depth == 0 && !runs_on))
                break;
            open = runs_on && !open ? end : open;
            i++;
        } else if (is_comment(text, i)) {
            i += str_find_char(str_from(text, i), '\n');
        } else if (depth == 0 && closes_block(text, start, i)) {
            break;
        } else if (opens_regex(text, start, i)) {
            end = i = skip_regex(text, i);
        } else if (conf_string_end(text, i) > i) {
            end = i = conf_string_end(text, i);
        } else {
            depth += c == '(';
            depth -= c == ')' && depth > 0;
            i++;
            end = char_is_space(c) ? end : i;
        }
    }
    return (struct extent){end, i, open, depth == 0};
}

struct token lex_expression(struct parser *p, const struct conf_spec *const *specs)
{
    skip_blanks(p);
    if (is_end(p) || is_comment(p->text, p->at))
        return (struct token){TOKEN_END, {0}, p->at, 0};
    size_t start = p->at;
    struct extent e = measure(p->text, start, specs, true);
    if (!e.is_closed)
        e = measure(p->text, start, specs, false);
    if (e.open)
        diag_help(p->diags, parse_error(p, e.open, 0, "the line ends here, and the expression with it"),
                  "an expression runs on over lines only inside parentheses: put ( ) around all of it");
    p->at = e.stop;
    return (struct token){TOKEN_WORD, {p->text.p + start, e.end - start}, start, e.end - start};
}
