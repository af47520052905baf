// SPDX-License-Identifier: MIT
//
// What of a diagnostic's line others may see than the one who has the file open: a log, the status page. The line is
// judged by its words alone, as a mistake may stand anywhere in it:
//
//   a statement of a rule               all of it
//   a further line of one, any other    up to what looks like an address, a login or a key
//   a statement with secrets            its word
//   a word that is none of ours         its word, where it looks like one; behind `evry` a span of time as well
//
// In doubt less is shown: file, line, column and the message are told in any case.
#include "base/conf_parts.h"

enum {
    WORD_BYTES_MAX = 24, // our longest has 18
    WORDS_MAX = 4 * CONF_SPECS_MAX,
};

enum { RULE = 1, PLAIN = 2, SECRET = 4 }; // what statement a word begins; a word may be of several

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

bool conf_has_expression(const struct conf_spec *list)
{
    for (; list && list->word.n; list++)
        for (size_t i = 0; i < CONF_ARGS_MAX; i++)
            if (list->args[i].type == CONF_EXPRESSION)
                return true;
    return false;
}

bool conf_is_wordlike(struct str word)
{
    for (size_t i = 0; i < word.n; i++)
        if (!(word.p[i] >= 'a' && word.p[i] <= 'z') && word.p[i] != '-')
            return false;
    return word.n > 0 && word.n <= WORD_BYTES_MAX;
}

static bool looks_secret(struct str text)
{
    return str_find(text, S("://")) < text.n || str_find_char(text, '@') < text.n ||
           str_find(text, S("whsec_")) < text.n;
}

struct str conf_quotable(struct str text) { return looks_secret(text) ? S("***") : text; }

// Adds what a word is in this list and in the blocks of it.
static void judge(const struct conf_spec *list, struct str word, unsigned *kinds)
{
    bool is_rule = conf_has_expression(list);
    for (; list->word.n; list++) {
        const struct conf_spec one[] = {*list, {.word = {0}}};
        bool is_open = is_rule || conf_has_expression(one) || conf_has_expression(list->block);
        if (str_eq(list->word, word))
            *kinds |= list->flags & CONF_SECRET ? SECRET : is_open ? RULE : PLAIN;
        if (list->block)
            judge(list->block, word, kinds);
    }
}

// Returns what a word is, as a set; 0 where it is none of ours.
static unsigned kinds_of(const struct conf_spec *const *tables, struct str word)
{
    unsigned kinds = 0;
    for (; *tables; tables++)
        judge(*tables, word, &kinds);
    return kinds;
}

static void add_words(const struct conf_spec *list, struct str words[WORDS_MAX], size_t *n)
{
    for (; list->word.n; list++) {
        if (*n < WORDS_MAX)
            words[(*n)++] = list->word;
        if (list->block)
            add_words(list->block, words, n);
    }
}

// Tells whether a statement of this word takes a number, a span of time or one of some words, and this is one.
static bool is_value_of(const struct conf_spec *list, struct str word, struct str text)
{
    struct conf_value value;
    for (; list->word.n; list++) {
        const struct conf_arg *arg = &list->args[0];
        bool is_open = arg->type != CONF_TEXT && arg->type != CONF_NAME && arg->type != CONF_EXPRESSION;
        if (is_open && str_eq(list->word, word) && conf_read(text, arg, &value, NULL))
            return true;
        if (list->block && is_value_of(list->block, word, text))
            return true;
    }
    return false;
}

// `secrt`, `evry 5m`: what the word was to be, as a set. 0 also where a secret may stand all the same, as in
// `passwd x`, which is near `paused`.
static unsigned kinds_near(const struct conf_spec *const *tables, struct str word, struct str value)
{
    struct str words[WORDS_MAX];
    size_t n = 0;
    for (const struct conf_spec *const *t = tables; *t; t++)
        add_words(*t, words, &n);
    struct str near = suggest(word, words, n);
    unsigned kinds = kinds_of(tables, near);
    bool is_value = false;
    for (; *tables; tables++) {
        is_value = is_value || is_value_of(*tables, near, value);
        for (const struct conf_spec *s = *tables; s->word.n; s++)
            if (str_eq(s->word, near) && conf_has_expression(s->block))
                return RULE;
    }
    return kinds == PLAIN && is_value ? PLAIN : kinds & SECRET;
}

static size_t line_start(struct str text, size_t at)
{
    while (at > 0 && text.p[at - 1] != '\n')
        at--;
    return at;
}

// Returns the next word from *at on, which moves behind it; empty at the line's end.
static struct str next_word(struct str text, size_t *at)
{
    while (*at < text.n && is_blank(text.p[*at]))
        ++*at;
    size_t from = *at;
    while (*at < text.n && text.p[*at] != '\n' && !is_blank(text.p[*at]))
        ++*at;
    return str_make(text.p + from, *at - from);
}

// Tells whether the line that begins at `start` stands in a rule: the nearest line above it that begins with a word of
// ours does.
static bool is_in_rule(struct str text, size_t start, const struct conf_spec *const *tables)
{
    while (start > 0) {
        size_t at = start = line_start(text, start - 1);
        struct str word = next_word(text, &at);
        unsigned kinds = kinds_of(tables, word);
        if (kinds || str_eq(word, S("}")))
            return kinds == RULE;
    }
    return false;
}

// Returns where on the line, from `at` on, the first word stands that is not for all to see. Outside of rules that is
// also what follows the word of a statement with secrets.
static size_t find_secret(struct str text, size_t at, const struct conf_spec *const *tables, bool is_rule)
{
    for (struct str word; (word = next_word(text, &at)).n;) {
        if (looks_secret(word))
            return at - word.n;
        if (!is_rule && (kinds_of(tables, word) & SECRET))
            return at;
    }
    return at;
}

static void hide_one(struct diag *d, const struct conf_spec *const *tables)
{
    struct str text = d->source->text;
    size_t start = line_start(text, d->at < text.n ? d->at : text.n), at = start;
    struct str word = next_word(text, &at);
    unsigned kinds = kinds_of(tables, word);
    if (kinds == RULE)
        return;
    bool is_ours = kinds;
    size_t behind = at;
    kinds = is_ours ? kinds : kinds_near(tables, word, next_word(text, &behind));
    bool may_be_rule = kinds & RULE || !kinds; // an expression's further line begins with any word
    bool is_rule = kinds == RULE || (may_be_rule && is_in_rule(text, start, tables));
    bool is_brace = str_eq(word, S("}")) || str_eq(word, S("{"));
    if (is_rule || kinds == PLAIN || (is_ours && !(kinds & SECRET)))
        at = find_secret(text, start, tables, is_rule);
    else if (!is_ours && !conf_is_wordlike(word) && !is_brace)
        at -= word.n;
    while (at < text.n && is_blank(text.p[at]))
        at++;
    d->is_cut = at < text.n && text.p[at] != '\n';
    d->cut_at = at;
}

void conf_hide(struct diags *diags, const struct conf_spec *const *tables)
{
    for (size_t i = 0; i < diags->n; i++)
        if (diags->list[i].source)
            hide_one(&diags->list[i], tables);
}
