// SPDX-License-Identifier: MIT
//
// Text of an expression -> its words. See expr_lex.h and the grammar in expr.h.
//
// A leaf is read as one word, because nothing may stand inside it: no space in `talk*` or `=Word`. Errors are told
// here, where the character is, and the reader goes on behind them, so that one run tells all of them.
#include "rules/expr_lex.h"

#include "base/fold.h"
#include "base/utf8.h"
#include "rules/match.h"

struct expr *expr_new(struct arena *arena, enum expr_kind kind, size_t at, size_t n)
{
    struct expr *e = ARENA_NEW(arena, struct expr);
    e->kind = kind;
    e->at = at;
    e->n = n;
    return e;
}

static struct diag *fault(struct lexer *l, size_t at, size_t n, const char *message)
{
    return diag_add(l->ds, DIAG_ERROR, l->source, at, n, "%s", message);
}

static struct str rest(const struct lexer *l)
{
    return (struct str){l->source->text.p + l->at, l->end - l->at};
}

static char peek(const struct lexer *l, size_t ahead)
{
    return l->at + ahead < l->end ? l->source->text.p[l->at + ahead] : '\0';
}

static enum fold_class class_at(const struct lexer *l, size_t at, size_t *out_bytes)
{
    *out_bytes = 1;
    if (at >= l->end)
        return FOLD_SPACE;
    struct fold f;
    fold_next((struct str){l->source->text.p + at, l->end - at}, &f);
    *out_bytes = f.bytes;
    return f.class;
}

static bool is_letter_class(enum fold_class c)
{
    return c == FOLD_WORD || c == FOLD_SINGLE;
}

static void skip_space(struct lexer *l)
{
    bool is_behind_space = l->at == 0 || char_is_space(l->source->text.p[l->at - 1]);
    while (l->at < l->end) {
        size_t bytes;
        if (peek(l, 0) == '#' && is_behind_space) {
            l->at += str_find_char(rest(l), '\n');
            continue;
        }
        enum fold_class class = class_at(l, l->at, &bytes);
        if (class != FOLD_SPACE && class != FOLD_BREAK && class != FOLD_DROP)
            return;
        is_behind_space |= class != FOLD_DROP;
        l->at += bytes;
    }
}

// Length of the run of letters, digits and the signs that may stand inside a word.
static size_t word_bytes(const struct lexer *l, size_t from)
{
    size_t at = from;
    size_t end = from; // behind the last letter, or a trailing + or dot that belongs to the word
    bool has_dot = false;
    while (at < l->end) {
        size_t bytes;
        enum fold_class class = class_at(l, at, &bytes);
        char c = l->source->text.p[at];
        if (is_letter_class(class) || class == FOLD_DROP) {
            at += bytes;
            end = at;
        } else if (at > from && (class == FOLD_HYPHEN || class == FOLD_QUOTE || c == '&' || c == '.' || c == '+')) {
            at += bytes;
            has_dot |= c == '.';
            size_t ignored;
            bool is_inside = is_letter_class(class_at(l, at, &ignored));
            if (c == '+' || (c == '.' && has_dot && is_inside) || (c == '.' && at - end == 1 && !is_inside))
                end = at;
            else if (!is_inside)
                break;
        } else {
            break;
        }
    }
    return end - from;
}

static struct lex lex_of(enum lex_kind kind, size_t at, size_t n)
{
    return (struct lex){.kind = kind, .at = at, .n = n};
}

static struct lex leaf_of(struct lexer *l, enum expr_kind kind, size_t at, struct str text, bool is_exact)
{
    struct lex x = lex_of(LEX_LEAF, at, l->at - at);
    x.leaf = expr_new(l->arena, kind, at, x.n);
    x.leaf->text = arena_str(l->arena, text);
    x.leaf->is_exact = is_exact;
    return x;
}

// The distance of NEAR/n; l->at stands behind the slash.
static struct lex lex_near(struct lexer *l, size_t at, struct str word)
{
    struct lex x = lex_of(LEX_NEAR, at, 0);
    x.join.link = str_eq(word, S("NEAR")) ? LINK_NEAR : LINK_ONEAR;
    x.join.distance = 1;
    if (peek(l, 0) != '/') {
        struct diag *d = diag_add(l->ds, DIAG_ERROR, l->source, at, word.n, "%.*s needs a distance in words",
                                  STR_ARG(word));
        diag_help(l->ds, d, "write %.*s/5, or \"%.*s\" in quotes for the word", STR_ARG(word), STR_ARG(word));
        x.n = word.n;
        return x;
    }
    l->at++;
    size_t digits = 0;
    while (l->at + digits < l->end && char_is_alnum(peek(l, digits)))
        digits++;
    uint64_t n = 0;
    if (!str_to_u64(str_head(rest(l), digits), NEAR_MAX, &n) || n == 0) {
        struct diag *d = diag_add(l->ds, DIAG_ERROR, l->source, l->at, digits,
                                  "the distance of %.*s is a number from 1 to %d", STR_ARG(word), NEAR_MAX);
        diag_help(l->ds, d, "%.*s/5: at most five words apart, 1 for neighbours", STR_ARG(word));
        n = 1;
    }
    x.join.distance = (uint32_t)n;
    l->at += digits;
    x.n = l->at - at;
    return x;
}

enum { QUOTED_SHOWN_BYTES = 80 }; // a line of help

// Takes what goes on to the next blank or parenthesis: one mistake, told once. Returns how much of it help can show.
static int take_unquoted(struct lexer *l, size_t at)
{
    while (l->at < l->end && !char_is_space(peek(l, 0)) && peek(l, 0) != ')')
        l->at++;
    return l->at - at <= QUOTED_SHOWN_BYTES ? (int)(l->at - at) : 0;
}

// An address without quotes. l->at is at its colon.
static struct lex lex_address(struct lexer *l, size_t at)
{
    int shown = take_unquoted(l, at);
    struct diag *d = fault(l, at, l->at - at, "an address stands in quotes");
    if (shown)
        diag_help(l->ds, d, "write url:\"%.*s\"", shown, l->source->text.p + at);
    else
        diag_help(l->ds, d, "write url:\"https://...\"");
    return lex_of(LEX_BAD, at, l->at - at);
}

// A word with a slash behind it, as AC/DC: the slash would open a regex there. l->at is at the slash.
static struct lex lex_slashed(struct lexer *l, size_t at, bool is_exact)
{
    int shown = take_unquoted(l, at + is_exact);
    struct diag *d = fault(l, at, l->at - at, "text that holds a / stands in quotes");
    if (shown)
        diag_help(l->ds, d, "write %s\"%.*s\"; a regex has a blank before it", is_exact ? "=" : "", shown,
                  l->source->text.p + at + is_exact);
    else
        diag_help(l->ds, d, "a regex has a blank before it");
    return lex_of(LEX_BAD, at, l->at - at);
}

// Returns our field for a name that another product has for it, else the nearest of ours, else the empty view.
static struct str field_meant(struct str name)
{
    static const struct {
        struct str theirs, ours;
    } table[] = {
        {STR("intitle"), STR("title")},      {STR("headline"), STR("title")},    {STR("subject"), STR("title")},
        {STR("ingress"), STR("summary")},    {STR("description"), STR("summary")},
        {STR("content"), STR("body")},       {STR("message"), STR("body")},      {STR("intext"), STR("text")},
        {STR("from"), STR("author")},        {STR("by"), STR("author")},
        {STR("site"), STR("url")},           {STR("inurl"), STR("url")},         {STR("link"), STR("url")},
        {STR("links"), STR("url")},          {STR("domain"), STR("url")},        {STR("host"), STR("url")},
        {STR("language"), STR("lang")},      {STR("locale"), STR("lang")},       {STR("source"), STR("feed")},
        {STR("feedtitle"), STR("feed")},     {STR("publication"), STR("feed")},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (str_eq_nocase(name, table[i].theirs))
            return table[i].ours;
    struct str names[FIELD_COUNT + 1];
    for (int i = 0; i < FIELD_COUNT; i++)
        names[i] = field_name((enum doc_field)i);
    names[FIELD_COUNT] = S("text");
    return suggest(name, names, FIELD_COUNT + 1);
}

static struct lex lex_field(struct lexer *l, size_t at, struct str name)
{
    if (peek(l, 1) == '/' && peek(l, 2) == '/')
        return lex_address(l, at);
    struct lex x = lex_of(LEX_FIELD, at, name.n + 1);
    enum doc_field field;
    if (str_eq(name, S("text"))) {
        x.fields = 1 << FIELD_TITLE | 1 << FIELD_SUMMARY | 1 << FIELD_BODY;
    } else if (field_of(name, &field)) {
        x.fields = (uint16_t)(1 << field);
    } else {
        struct str near = field_meant(name);
        struct diag *d = diag_add(l->ds, DIAG_ERROR, l->source, at, name.n, "there is no field \"%.*s\"",
                                  STR_ARG(name));
        if (near.n)
            diag_help(l->ds, d, "did you mean %.*s:? text that holds a colon is written in quotes", STR_ARG(near));
        else
            diag_help(l->ds, d, "fields are title, summary, body, text, author, category, url, feed, tag and lang; "
                      "text that holds a colon is written in quotes");
        x.fields = 1 << FIELD_TITLE;
    }
    l->at++;
    if (l->at >= l->end || char_is_space(peek(l, 0)) || peek(l, 0) == ')') {
        struct diag *d = fault(l, at, name.n + 1, "no space may follow the colon of a field");
        diag_help(l->ds, d, "write %.*s:word, %.*s:\"a phrase\" or %.*s:(a OR b)", STR_ARG(name), STR_ARG(name),
                  STR_ARG(name));
    }
    return x;
}

static bool is_operator(struct lexer *l, size_t at, struct str word, struct lex *out)
{
    static const struct {
        struct str name;
        enum lex_kind kind;
    } table[] = {
        {STR("AND"), LEX_AND}, {STR("OR"), LEX_OR}, {STR("NOT"), LEX_NOT}, {STR("SAME"), LEX_NEAR}, {STR("OF"), LEX_OF},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (str_eq(word, table[i].name)) {
            *out = lex_of(table[i].kind, at, word.n);
            out->join.link = LINK_SAME;
            return true;
        }
    if (!str_eq(word, S("NEAR")) && !str_eq(word, S("ONEAR")))
        return false;
    *out = lex_near(l, at, word);
    return true;
}

// A word and what stands at its end: * or ~; an operator; a field.
static struct lex lex_word(struct lexer *l, bool is_exact)
{
    size_t at = l->at - is_exact;
    size_t n = word_bytes(l, l->at);
    struct str word = str_head(rest(l), n);
    l->at += n;
    struct lex x;
    if (!is_exact && is_operator(l, at, word, &x))
        return x;
    char next = peek(l, 0);
    if (next == ':' && !is_exact)
        return lex_field(l, at, word);
    if (next == '/')
        return lex_slashed(l, at, is_exact);
    if (next != '*' && next != '~')
        return leaf_of(l, EXPR_WORD, at, word, is_exact);
    l->at++;
    if (is_exact) {
        struct diag *d = fault(l, at, l->at - at, "= finds a word exactly as written and takes no * and no ~");
        diag_help(l->ds, d, "leave out either the = or the %c", next);
    }
    size_t ignored;
    if (is_letter_class(class_at(l, l->at, &ignored))) {
        size_t tail = word_bytes(l, l->at);
        struct diag *d = diag_add(l->ds, DIAG_ERROR, l->source, at, l->at + tail - at, "%s",
                                  next == '*' ? "a * may end a word, not stand inside it"
                                              : "a ~ may end a word, not stand inside it");
        diag_help(l->ds, d, next == '*' ? "write word* for a beginning, *word* for a part, or a regex: /wo.*rd/"
                                        : "a number belongs behind a phrase: \"two words\"~3");
        l->at += tail;
    }
    return leaf_of(l, next == '*' ? EXPR_PREFIX : EXPR_STEM, at, word, false);
}

static struct lex lex_infix(struct lexer *l)
{
    size_t at = l->at++;
    size_t n = word_bytes(l, l->at);
    struct str word = str_head(rest(l), n);
    l->at += n;
    if (n && peek(l, 0) == '*') {
        l->at++;
        return leaf_of(l, EXPR_INFIX, at, word, false);
    }
    struct diag *d = fault(l, at, n + 1, n ? "a * at the start of a word needs one at its end" : "a lone *");
    diag_help(l->ds, d, "write *word* for a part of a word, word* for its beginning");
    return lex_of(LEX_BAD, at, n + 1);
}

// The slop behind a string: ~n.
static void lex_slop(struct lexer *l, struct expr *leaf)
{
    size_t digits = 0;
    while (char_is_digit(peek(l, 1 + digits)))
        digits++;
    uint64_t slop = 0;
    if (!str_to_u64((struct str){l->source->text.p + l->at + 1, digits}, SLOP_MAX, &slop)) {
        struct diag *d = diag_add(l->ds, DIAG_ERROR, l->source, l->at, 1 + digits,
                                  "~ behind a phrase takes a number from 0 to %d", SLOP_MAX);
        diag_help(l->ds, d, "\"a b\"~3 allows three more words between them; a stem is written without quotes: talk~");
    }
    leaf->number = (uint32_t)slop;
    l->at += 1 + digits;
    leaf->n = l->at - leaf->at;
}

static struct lex lex_string(struct lexer *l, bool is_exact)
{
    size_t at = l->at - is_exact;
    size_t open;
    class_at(l, l->at, &open);
    bool is_ascii = peek(l, 0) == '"';
    size_t i = l->at + open;
    struct buf text;
    buf_init(&text, EXPR_BYTES_MAX);
    const char *p = l->source->text.p;
    bool is_closed = false;
    while (i < l->end && p[i] != '\n') {
        size_t bytes;
        enum fold_class class = class_at(l, i, &bytes);
        if (is_ascii ? p[i] == '"' : class == FOLD_QUOTES) {
            is_closed = true;
            i += bytes;
            break;
        }
        if (p[i] == '\\' && i + 1 < l->end && (p[i + 1] == '"' || p[i + 1] == '\\'))
            i++, bytes = 1;
        buf_add(&text, (struct str){p + i, bytes});
        i += bytes;
    }
    if (!is_closed) {
        struct diag *d = fault(l, l->at, open, "this quote is never closed");
        diag_help(l->ds, d, "a phrase ends on the line it begins on; a quote inside it is written \\\"");
    }
    l->at = i;
    struct lex x = leaf_of(l, EXPR_PHRASE, at, buf_str(&text), is_exact);
    buf_done(&text);
    if (peek(l, 0) == '~') {
        lex_slop(l, x.leaf);
        x.n = x.leaf->n;
    }
    return is_closed ? x : lex_of(LEX_BAD, at, i - at);
}

static struct lex lex_regex(struct lexer *l)
{
    size_t at = l->at++;
    struct buf text;
    buf_init(&text, EXPR_BYTES_MAX);
    while (l->at < l->end && peek(l, 0) != '/' && peek(l, 0) != '\n') {
        if (peek(l, 0) == '\\' && peek(l, 1) == '/')
            l->at++;
        else if (peek(l, 0) == '\\' && l->at + 1 < l->end && peek(l, 1) != '\n')
            buf_add_char(&text, l->source->text.p[l->at++]);
        buf_add_char(&text, l->source->text.p[l->at++]);
    }
    bool is_closed = peek(l, 0) == '/';
    if (!is_closed) {
        struct diag *d = fault(l, at, 1, "this / opens a regular expression that is never closed");
        diag_help(l->ds, d, "a regex ends on the line it begins on; a / inside it is written \\/, and text that begins "
                  "with a / stands in quotes");
    }
    l->at += is_closed;
    bool is_caseless = is_closed && peek(l, 0) == 'i';
    l->at += is_caseless;
    size_t flags = 0;
    while (is_closed && char_is_alnum(peek(l, flags)))
        flags++;
    if (flags) {
        struct diag *d = fault(l, l->at, flags, "a regex takes no flag but i");
        diag_help(l->ds, d, "/pattern/i leaves case aside");
        l->at += flags;
    }
    struct lex x = leaf_of(l, EXPR_REGEX, at, buf_str(&text), false);
    x.leaf->is_caseless = is_caseless;
    buf_done(&text);
    return is_closed ? x : lex_of(LEX_BAD, at, l->at - at);
}

// What a name may hold wherever it stands: see CONF_NAME.
static bool is_of_name(char c)
{
    return char_is_alnum(c) || (unsigned char)c >= 0x80 || c == '-' || c == '_' || c == '.' || c == ':';
}

static struct lex lex_set(struct lexer *l)
{
    size_t at = l->at++;
    size_t n = 0;
    while (is_of_name(peek(l, n)))
        n++;
    struct lex x = lex_of(n ? LEX_SET : LEX_BAD, at, n + 1);
    x.text = arena_str(l->arena, str_head(rest(l), n));
    l->at += n;
    if (!n) {
        struct diag *d = fault(l, at, 1, "@ needs the name of a set or list");
        diag_help(l->ds, d, "write @name, and define it: set name  word OR \"a phrase\"");
    }
    return x;
}

// Signs that are operators elsewhere, alone or doubled, and what is meant by them.
static const struct { char sign; const char *help; } foreign[] = {
    {'&', "write AND, or a blank; inside a word it has none beside it: AT&T"},
    {'|', "write OR"},
    {'!', "write NOT, or a - right before the word"},
    {'+', "leave it out: words side by side must all be there"},
    {'^', "no word weighs more than another; a rule of its own may have another severity"},
    {'?', "write both words with OR, or a regex as /organi[sz]ation/i"},
};

static struct lex lex_stray(struct lexer *l)
{
    size_t at = l->at;
    size_t bytes = utf8_length(rest(l));
    const char *help = "words hold letters and digits, and inside them - ' & . +; put anything else in quotes";
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (rest(l).p[0] == foreign[i].sign) {
            bytes = rest(l).n > 1 && rest(l).p[1] == foreign[i].sign ? 2 : 1;
            help = foreign[i].help;
        }
    struct diag *d = diag_add(l->ds, DIAG_ERROR, l->source, at, bytes, "\"%.*s\" has no meaning here", (int)bytes,
                              l->source->text.p + at);
    diag_help(l->ds, d, "%s", help);
    l->at += bytes;
    return lex_of(LEX_BAD, at, bytes);
}

static struct lex lex_minus(struct lexer *l, size_t bytes)
{
    size_t at = l->at;
    l->at += bytes;
    size_t ignored;
    enum fold_class next = class_at(l, l->at, &ignored);
    char c = peek(l, 0);
    if (is_letter_class(next) || next == FOLD_QUOTES || c == '"' || c == '=' || c == '/' || c == '*' || c == '@' ||
        c == '(')
        return lex_of(LEX_MINUS, at, bytes);
    struct diag *d = fault(l, at, bytes, "- means NOT only right before a word, phrase or parenthesis");
    diag_help(l->ds, d, "leave out the blank behind it, and put quotes around a dash that is text");
    return lex_of(LEX_BAD, at, bytes);
}

static struct lex lex_exact(struct lexer *l)
{
    size_t at = l->at++;
    size_t bytes;
    enum fold_class class = class_at(l, l->at, &bytes);
    if (class == FOLD_QUOTES)
        return lex_string(l, true);
    if (is_letter_class(class))
        return lex_word(l, true);
    struct diag *d = fault(l, at, 1, "= needs a word or phrase right behind it");
    diag_help(l->ds, d, "=Word and =\"Two Words\" keep case");
    return lex_of(LEX_BAD, at, 1);
}

struct lex lex_next(struct lexer *l)
{
    skip_space(l);
    size_t at = l->at;
    if (at >= l->end)
        return lex_of(LEX_END, at, 0);
    size_t bytes;
    enum fold_class class = class_at(l, at, &bytes);
    if (is_letter_class(class))
        return lex_word(l, false);
    switch (peek(l, 0)) {
    case '(': l->at++; return lex_of(LEX_OPEN, at, 1);
    case ')': l->at++; return lex_of(LEX_CLOSE, at, 1);
    case ',': l->at++; return lex_of(LEX_COMMA, at, 1);
    case '@': return lex_set(l);
    case '*': return lex_infix(l);
    case '=': return lex_exact(l);
    case '/': return lex_regex(l);
    default: break;
    }
    if (class == FOLD_QUOTES)
        return lex_string(l, false);
    if (class == FOLD_HYPHEN)
        return lex_minus(l, bytes);
    return lex_stray(l);
}
