// SPDX-License-Identifier: MIT
//
// Statements of the block grammar, by schema. After an error the parser goes on at the next statement: with the spec
// of the nearest word where a word was only misspelled, past the whole block where nothing is near. A forgotten `}` is
// seen where a statement of the level above opens its own block.
#include "base/conf_parts.h"

static const struct conf_spec include_spec = {STR("include"), {{.type = CONF_TEXT}}, CONF_REPEATS, NULL};

struct diag *parse_error(struct parser *p, size_t at, size_t n, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str message = arena_fmtv(&p->diags->arena, format, args);
    va_end(args);
    return diag_add(p->diags, DIAG_ERROR, p->source, at, n, "%.*s", STR_ARG(message));
}

// The words that may stand in one block, and the statements of it that were read.
struct block {
    const struct conf_spec *const *tables;
    struct conf_node *owner; // NULL at the top
    const struct block *up;
    const struct conf_node *seen[CONF_SPECS_MAX];
};

static const struct conf_spec *spec_of(const struct conf_spec *const *tables, struct str word, size_t *out_index)
{
    size_t index = 0;
    for (; *tables; tables++)
        for (const struct conf_spec *s = *tables; s->word.n; s++, index++)
            if (str_eq(s->word, word)) {
                *out_index = index;
                return s;
            }
    return NULL;
}

static const struct conf_spec *spec_near(const struct conf_spec *const *tables, bool is_top, struct str word)
{
    struct str words[CONF_SPECS_MAX + 1];
    size_t n = 0, index = 0;
    for (const struct conf_spec *const *t = tables; *t; t++)
        for (const struct conf_spec *s = *t; s->word.n && n < CONF_SPECS_MAX; s++)
            words[n++] = s->word;
    if (is_top)
        words[n++] = include_spec.word;
    struct str best = suggest(word, words, n);
    if (best.n && str_eq(best, include_spec.word))
        return &include_spec;
    return best.n ? spec_of(tables, best, &index) : NULL;
}

// Returns the top-level statement whose block takes the word, for "`when` belongs into the block of a rule".
static const struct conf_spec *spec_home(const struct conf_spec *const *tables, struct str word)
{
    for (; *tables; tables++)
        for (const struct conf_spec *s = *tables; s->word.n; s++) {
            size_t index = 0;
            const struct conf_spec *const inner[] = {s->block, NULL};
            if (s->block && spec_of(inner, word, &index))
                return s;
        }
    return NULL;
}

static struct str shown(struct str s) { return str_head(conf_quotable(s), 60); }

// A value of a statement: of one that may hold a secret only an address is told, without a login and its query.
static struct str shown_value(struct parser *p, const struct conf_spec *spec, struct str s)
{
    bool is_address = str_starts(s, S("http://")) || str_starts(s, S("https://"));
    if (!(spec->flags & CONF_SECRET))
        return shown(s);
    if (!is_address || str_find_char(s, '@') < s.n)
        return S("***");
    struct str open = str_head(s, str_find_char(s, '#'));
    open = str_head(open, str_find_char(open, '?'));
    return arena_fmt(&p->diags->arena, "%.*s%s", STR_ARG(str_head(open, 60)), open.n < s.n ? "?***" : "");
}

// A word where a statement was expected: what looks like none may be the secret of the line above.
static struct str shown_word(const struct block *b, const struct token *t)
{
    bool is_open = t->kind == TOKEN_CLOSE || conf_has_expression(*b->tables) || conf_is_wordlike(t->text);
    return is_open ? shown(t->text) : S("***");
}

static const char *expected_of(const struct conf_arg *arg)
{
    switch (arg->type) {
    case CONF_NAME: return "a name";
    case CONF_TEXT: return "a word or a quoted text";
    case CONF_NUMBER: return "a number";
    case CONF_DURATION: return "a duration such as 30s, 5m or 12h";
    case CONF_SIZE: return "a size such as 64KiB or 10MiB";
    case CONF_RATE: return "a count over a duration such as 30/1h";
    case CONF_YES_NO: return "yes or no";
    case CONF_HOURS: return "hours such as 08:00-20:00";
    case CONF_EXPRESSION: return "an expression";
    case CONF_CHOICE: return arg->choices;
    case CONF_END: return "nothing";
    }
    return "";
}

static void suggest_choice(struct parser *p, struct diag *d, const struct conf_arg *arg, struct str found)
{
    struct str list[16], rest = str_of(arg->choices);
    size_t n = 0;
    while (rest.p && n < 16)
        list[n++] = str_cut(&rest, ' ');
    struct str best = suggest(found, list, n);
    if (best.n)
        diag_help(p->diags, d, "did you mean %.*s?", STR_ARG(best));
}

static bool read_value(struct parser *p, const struct conf_arg *arg, const struct token *t, struct conf_value *out)
{
    struct err err = {0};
    if (t->kind == TOKEN_STRING && arg->type != CONF_TEXT && arg->type != CONF_NAME) {
        parse_error(p, t->at, t->n, "expected %s without quotes", expected_of(arg));
        return false;
    }
    if (!conf_read(t->text, arg, out, &err)) {
        if (p->is_guess)
            err_set(&err, "expected %s%s", arg->type == CONF_CHOICE ? "one of: " : "", expected_of(arg));
        struct diag *d = parse_error(p, t->at, t->n, "%s", err.text);
        if (arg->type == CONF_CHOICE)
            suggest_choice(p, d, arg, t->text);
        return false;
    }
    out->at = t->at;
    out->n = t->n;
    out->is_quoted = t->kind == TOKEN_STRING;
    return true;
}

static void say_missing(struct parser *p, const struct conf_node *node, const struct conf_arg *arg, size_t at)
{
    parse_error(p, at, 0, "`%.*s` needs %s%s", STR_ARG(node->spec->word),
                arg->type == CONF_CHOICE ? "one of: " : "", expected_of(arg));
}

// Reads the arguments that the spec wants; leaves the token behind them in *t. False after an error.
static bool parse_args(struct parser *p, struct conf_node *node, struct token *t, const struct conf_spec *const *words)
{
    const struct conf_spec *spec = node->spec;
    bool is_ok = true;
    size_t i = 0;
    while (i < CONF_ARGS_MAX && spec->args[i].type != CONF_END) {
        const struct conf_arg *arg = &spec->args[i];
        bool is_last = i + 1 == CONF_ARGS_MAX || spec->args[i + 1].type == CONF_END;
        *t = arg->type == CONF_EXPRESSION ? lex_expression(p, words) : lex_token(p);
        if (t->kind == TOKEN_OPEN || t->kind == TOKEN_CLOSE || t->kind == TOKEN_END) {
            bool is_enough = (spec->flags & CONF_OPTIONAL) || ((spec->flags & CONF_MANY) && node->n_args > i);
            bool may_miss = is_last && is_enough;
            bool is_told_later = t->kind == TOKEN_OPEN && !spec->block; // "has no block" says enough
            if (!may_miss && !is_told_later)
                say_missing(p, node, arg, node->end);
            return is_ok && may_miss;
        }
        struct conf_value value = {0};
        if (arg->type == CONF_EXPRESSION)
            value = (struct conf_value){.text = t->text, .at = t->at, .n = t->n};
        else if (!read_value(p, arg, t, &value))
            is_ok = false;
        ARENA_PUSH(&p->conf->arena, node->args, node->n_args, value);
        node->end = t->at + t->n;
        i += !(is_last && (spec->flags & CONF_MANY));
    }
    *t = lex_token(p);
    return is_ok;
}

// Tells what is wrong with a token that stands behind the last argument.
static void say_surplus(struct parser *p, const struct conf_node *node, const struct token *t)
{
    const struct conf_spec *spec = node->spec;
    if (t->kind == TOKEN_OPEN) {
        parse_error(p, t->at, t->n, "`%.*s` has no block", STR_ARG(spec->word));
        return;
    }
    bool is_secret = (spec->flags & CONF_SECRET || p->is_guess) && t->kind != TOKEN_CLOSE;
    struct str found = is_secret ? S("***") : shown(t->text);
    struct diag *d = parse_error(p, t->at, t->n, "unexpected %.*s after `%.*s`", STR_ARG(found), STR_ARG(spec->word));
    const struct conf_value *last = node->n_args ? &node->args[node->n_args - 1] : NULL;
    if (t->kind == TOKEN_CLOSE)
        diag_help(p->diags, d, "a } stands on a line of its own");
    else if (last && !last->is_quoted && !(spec->flags & CONF_OPTIONAL) &&
             spec->args[node->n_args - 1].type == CONF_TEXT)
        diag_help(p->diags, d, "a text with blanks goes in quotes");
    else if (spec->block)
        diag_help(p->diags, d, "expected { at the end of this line");
    else
        diag_help(p->diags, d, "one statement a line");
}

static void parse_block(struct parser *p, struct block *b);

// Tells whether the next statement's word is one of these.
static bool next_is_among(struct parser *p, const struct conf_spec *const *tables)
{
    size_t here = p->at, index = 0;
    bool is_among = lex_next_statement(p) && spec_of(tables, lex_token(p).text, &index);
    p->at = here;
    return is_among;
}

// Tells whether a block of this kind has something that must be said.
static bool needs_inside(const struct conf_spec *spec)
{
    for (const struct conf_spec *s = spec->block; s->word.n; s++)
        if (s->flags & CONF_REQUIRED)
            return true;
    return false;
}

// The braces of a node, `{` still to come or just read as *t.
static bool parse_braces(struct parser *p, struct conf_node *node, struct token *t, const struct block *up)
{
    if (t->kind == TOKEN_END) { // a brace on the next line is as good
        size_t here = p->at;
        if (lex_next_statement(p) && p->text.p[p->at] == '{')
            *t = lex_token(p);
        else
            p->at = here;
    }
    const struct conf_spec *const inner[] = {node->spec->block, NULL};
    if (t->kind != TOKEN_OPEN) {
        struct diag *d = parse_error(p, node->end, 0, "expected { at the end of this line: `%.*s` has a block",
                                     STR_ARG(node->spec->word));
        if (!needs_inside(node->spec))
            diag_help(p->diags, d, "{ } is enough where nothing stands in it");
        node->is_broken = true;
        if (!next_is_among(p, inner))
            return false;
        t->at = p->at; // its statements follow: go on as if the brace were there
    }
    struct block b = {.tables = inner, .owner = node, .up = up};
    struct conf_node **tail = p->tail;
    p->tail = &node->first;
    node->body_at = t->at + 1;
    parse_block(p, &b);
    p->tail = tail;
    return true;
}

static void check_required(struct parser *p, const struct block *b)
{
    size_t index = 0;
    for (const struct conf_spec *s = *b->tables; s->word.n; s++, index++) {
        if (!(s->flags & CONF_REQUIRED) || b->seen[index])
            continue;
        struct conf_node *owner = b->owner;
        struct str name = owner->n_args ? owner->args[0].text : (struct str){0};
        parse_error(p, owner->at, owner->n, "%.*s%s%.*s has no `%.*s`", STR_ARG(owner->spec->word), name.n ? " " : "",
                    STR_ARG(shown(name)), STR_ARG(s->word));
        owner->is_broken = true;
    }
}

static void say_first(struct parser *p, struct diag *d, const struct conf_node *first)
{
    uint32_t line = 0, col = 0;
    source_place(first->source, first->at, &line, &col);
    diag_help(p->diags, d, "the first is at %.*s:%u", STR_ARG(first->source->name), line);
}

// Tells of a statement or name that is there already.
static void check_unique(struct parser *p, struct block *b, struct conf_node *node, size_t index)
{
    unsigned flags = node->spec->flags;
    const struct conf_node *first = b->seen[index];
    if (first && !(flags & (CONF_REPEATS | CONF_UNIQUE))) {
        say_first(p, parse_error(p, node->at, node->n, "`%.*s` is written twice", STR_ARG(node->spec->word)), first);
        node->is_broken = true;
    }
    if (!first)
        b->seen[index] = node;
    if (!(flags & CONF_UNIQUE) || node->n_args == 0 || node->args[0].text.n == 0)
        return;
    first = names_add(p->conf, node);
    if (!first)
        return;
    const struct conf_value *name = &node->args[0];
    say_first(p, parse_error(p, name->at, name->n, "%.*s %.*s is written twice", STR_ARG(node->spec->word),
                             STR_ARG(shown_value(p, node->spec, name->text))), first);
    node->is_broken = true;
}

static void parse_statement(struct parser *p, struct block *b, const struct conf_spec *spec, const struct token *word,
                            size_t index)
{
    size_t errors = p->diags->errors;
    struct conf_node *node = ARENA_NEW(&p->conf->arena, struct conf_node);
    *node = (struct conf_node){.spec = spec, .source = p->source, .at = word->at, .n = word->n};
    node->end = node->body_at = node->body_end = word->at + word->n;
    *p->tail = node;
    p->tail = &node->next;
    const struct conf_spec *words[4] = {NULL};
    size_t n = 0;
    for (const struct block *up = b; up; up = up->up)
        for (const struct conf_spec *const *t = up->tables; *t && n < 3; t++)
            words[n++] = *t;
    struct token t;
    p->is_guess = index == CONF_SPECS_MAX && spec != &include_spec && !conf_has_expression(*b->tables);
    parse_args(p, node, &t, words);
    node->is_broken = p->diags->errors != errors;
    if (index < CONF_SPECS_MAX)
        check_unique(p, b, node, index);
    if (spec->block && (t.kind == TOKEN_OPEN || t.kind == TOKEN_END)) {
        if (!parse_braces(p, node, &t, b))
            node->is_broken = true;
        return;
    }
    if (t.kind == TOKEN_END)
        return;
    if (t.kind == TOKEN_OPEN || t.kind == TOKEN_CLOSE || !node->is_broken)
        say_surplus(p, node, &t);
    node->is_broken = true;
    if (t.kind == TOKEN_CLOSE && b->owner) { // it is told, and closes the block as it was meant to
        p->at = t.at;
        return;
    }
    bool opens = t.kind == TOKEN_OPEN || lex_line_opens(p);
    lex_skip_line(p);
    if (opens)
        lex_skip_block(p);
}

// Tells of a word that is no statement here and goes on behind it. True where the current block ends by it.
static bool parse_unknown(struct parser *p, struct block *b, const struct token *word)
{
    size_t index = 0;
    bool opens = lex_line_opens(p);
    const struct conf_spec *above = b->up ? spec_of(b->up->tables, word->text, &index) : NULL;
    if (above && above->block && opens) {
        struct diag *d = parse_error(p, word->at, word->n, "`%.*s` cannot stand inside `%.*s`", STR_ARG(word->text),
                                     STR_ARG(b->owner->spec->word));
        diag_help(p->diags, d, "is a } missing above this line?");
        p->at = word->at;
        return true;
    }
    bool is_string = word->kind == TOKEN_STRING;
    const struct conf_spec *near = is_string ? NULL : spec_near(b->tables, !b->up, word->text);
    const struct conf_spec *home = b->up || is_string ? NULL : spec_home(b->tables, word->text);
    struct str shown_as = near ? shown(word->text) : shown_word(b, word);
    struct diag *d = is_string ? parse_error(p, word->at, word->n, "expected a statement, found a string")
                               : parse_error(p, word->at, word->n, "unknown statement `%.*s`", STR_ARG(shown_as));
    if (home)
        diag_help(p->diags, d, "`%.*s` belongs into the block of a `%.*s`", STR_ARG(word->text), STR_ARG(home->word));
    else if (above)
        diag_help(p->diags, d, "`%.*s` belongs outside of the block", STR_ARG(word->text));
    else if (near)
        diag_help(p->diags, d, "did you mean %.*s?", STR_ARG(near->word));
    if (near && near != &include_spec) {
        struct conf_node **tail = p->tail;
        parse_statement(p, b, near, word, CONF_SPECS_MAX);
        (*tail)->is_broken = true;
        if (spec_of(b->tables, near->word, &index) && !b->seen[index])
            b->seen[index] = *tail; // it is there, so nobody is told that it is missing
        return false;
    }
    lex_skip_line(p);
    if (opens)
        lex_skip_block(p);
    return false;
}

static void parse_one(struct parser *p, struct block *b, const struct token *word)
{
    size_t index = 0;
    const struct conf_spec *spec = spec_of(b->tables, word->text, &index);
    if (spec) {
        parse_statement(p, b, spec, word, index);
        return;
    }
    struct conf_node **tail = p->tail;
    parse_statement(p, b, &include_spec, word, CONF_SPECS_MAX);
    struct conf_node *node = *tail;
    if (!p->loader)
        return;
    *tail = NULL;
    p->tail = tail;
    if (!node->is_broken)
        conf_include(p, &node->args[0]);
}

// The `}` of a block, or one too many.
static bool parse_close(struct parser *p, const struct block *b, const struct token *close)
{
    struct token t = lex_token(p);
    if (!b->owner)
        parse_error(p, close->at, 1, "this } closes nothing");
    else if (t.kind != TOKEN_END)
        parse_error(p, t.at, t.n, "unexpected %.*s after }", STR_ARG(shown_word(b, &t)));
    lex_skip_line(p);
    if (!b->owner)
        return false;
    b->owner->body_end = close->at;
    b->owner->end = close->at + 1;
    return true;
}

static void parse_block(struct parser *p, struct block *b)
{
    size_t index = 0;
    bool is_closed = false;
    while (!is_closed && lex_next_statement(p)) {
        struct token word = lex_token(p);
        bool is_known = word.kind == TOKEN_WORD && spec_of(b->tables, word.text, &index);
        bool is_include = word.kind == TOKEN_WORD && !b->up && str_eq(word.text, include_spec.word);
        if (word.kind == TOKEN_CLOSE) {
            is_closed = parse_close(p, b, &word);
        } else if (word.kind == TOKEN_OPEN) {
            parse_error(p, word.at, 1, "this { belongs to no statement");
            lex_skip_line(p);
        } else if (is_known || is_include) {
            parse_one(p, b, &word);
        } else if (parse_unknown(p, b, &word)) {
            is_closed = true;
            b->owner->body_end = b->owner->end = word.at;
        }
    }
    if (b->owner && !is_closed) {
        if (!b->owner->is_broken) // else the brace itself may be the one that is missing
            diag_help(p->diags, parse_error(p, b->owner->body_at - 1, 1, "this { is never closed"),
                      "write a } on a line of its own at the end of the `%.*s`", STR_ARG(b->owner->spec->word));
        b->owner->is_broken = true;
        b->owner->body_end = b->owner->end = p->at;
    }
    if (b->owner)
        check_required(p, b);
}

void parse_top(struct parser *p)
{
    struct block top = {.tables = p->tables};
    parse_block(p, &top);
}
