// SPDX-License-Identifier: MIT
//
// What makes no sense in a tree. See expr.h; sets are in expr_sets.c.
#include "rules/expr_check.h"

#include "base/fold.h"
#include "base/utf8.h"
#include "rules/match.h"
#include "rules/text.h"

struct check {
    const struct source *source;
    const struct expr_sets *sets;
    struct diags *ds;
    size_t terms;
    int depth;
    bool is_told;        // too many terms, too deep
};

// Letters and digits of a text once folded; *out_is_single: scripts without spaces are among them.
static size_t count_letters(struct str text, bool *out_is_single)
{
    size_t letters = 0;
    *out_is_single = false;
    for (size_t at = 0; at < text.n;) {
        struct fold f;
        fold_next(str_from(text, at), &f);
        letters += f.class == FOLD_WORD || f.class == FOLD_SINGLE ? f.n : 0;
        *out_is_single |= f.class == FOLD_SINGLE;
        at += f.bytes;
    }
    return letters;
}

// Tells repeats {n,m} over the bound: the automaton of a regex grows with them.
static void check_regex(struct check *c, const struct expr *e)
{
    bool is_in_class = false;
    if (str_is_empty(e->text)) {
        struct diag *d = diag_add(c->ds, DIAG_ERROR, c->source, e->at, e->n, "an empty regex");
        diag_help(c->ds, d, "a / that is text stands in quotes");
    }
    for (size_t i = 0; i < e->text.n; i++) {
        char ch = e->text.p[i];
        if (ch == '\\') {
            i++;
        } else if (ch == '[') {
            is_in_class = true;
        } else if (ch == ']') {
            is_in_class = false;
        } else if (ch == '{' && !is_in_class) {
            uint64_t number = 0;
            for (i++; i < e->text.n && (char_is_digit(e->text.p[i]) || e->text.p[i] == ','); i++) {
                number = e->text.p[i] == ',' ? 0 : number * 10 + (uint64_t)(e->text.p[i] - '0');
                if (number <= REGEX_REPEAT_MAX)
                    continue;
                struct diag *d = diag_add(c->ds, DIAG_ERROR, c->source, e->at, e->n,
                                          "a repeat of more than %d in a regex", REGEX_REPEAT_MAX);
                diag_help(c->ds, d, "use NEAR/n for words that stand far apart");
                return;
            }
        }
    }
}

// At least as many words as a text has: each run of letters is one, or more where it is very long.
static size_t words_at_most(struct str text)
{
    enum { RUN_BYTES = 16 }; // a run is cut at WORD_BYTES_MAX when it is folded, where it may have grown
    size_t n = text.n / RUN_BYTES;
    bool is_in_word = false;
    for (size_t at = 0; at < text.n;) {
        struct fold f = {.class = char_is_alnum(text.p[at]) ? FOLD_WORD : FOLD_OTHER, .bytes = 1};
        if ((unsigned char)text.p[at] >= 0x80)
            fold_next(str_from(text, at), &f);
        n += f.class == FOLD_SINGLE ? f.n : f.class == FOLD_WORD && !is_in_word;
        is_in_word = f.class == FOLD_WORD;
        at += f.bytes;
    }
    return n;
}

size_t expr_phrase_words(struct str text)
{
    bool is_short = text.n <= PHRASE_WORDS_MAX / 2; // three bytes are six words at most
    size_t most = is_short ? 2 * text.n : words_at_most(text);
    if (most <= PHRASE_WORDS_MAX)
        return most;
    struct fold_table *table = fold_table_new();
    struct text t; // dear: the table takes milliseconds
    size_t words = 0;
    text_init(&t, table, 1);
    text_add(&t, FIELD_URL, 0, text); // as an address, which has no sentences: so the compiler reads it
    for (size_t i = 0; i < t.n_words; i++)
        words += !(t.words[i].flags & WORD_JOINED);
    text_done(&t);
    fold_table_free(table);
    return words;
}

static void check_length(struct check *c, const struct expr *e)
{
    size_t words = expr_phrase_words(e->text);
    if (words <= PHRASE_WORDS_MAX)
        return;
    struct diag *d = diag_add(c->ds, DIAG_ERROR, c->source, e->at, e->n,
                              "a phrase of %zu words: at most %d are matched", words, PHRASE_WORDS_MAX);
    diag_help(c->ds, d, "its first words are as rare; or two phrases joined by NEAR");
}

static void count_terms(struct check *c, const struct expr *e, uint32_t n)
{
    c->terms += n;
    if (c->terms <= EXPR_TERMS_MAX || c->is_told)
        return;
    struct diag *d = diag_add(c->ds, DIAG_ERROR, c->source, e->at, e->n, "more than %d terms, sets unfolded",
                              EXPR_TERMS_MAX);
    diag_help(c->ds, d, "keep the phrases in a file and use it as a list: list NAME file PATH");
    c->is_told = true;
}

static void check_leaf(struct check *c, const struct expr *e)
{
    bool is_single;
    size_t letters = count_letters(e->text, &is_single);
    count_terms(c, e, 1);
    if (e->kind == EXPR_REGEX) {
        check_regex(c, e);
    } else if (letters == 0) {
        struct diag *d = diag_add(c->ds, DIAG_ERROR, c->source, e->at, e->n, "there is no letter or digit to find");
        diag_help(c->ds, d, "punctuation is not matched; use a regex where it matters");
    } else if ((e->kind == EXPR_PREFIX || e->kind == EXPR_INFIX) && letters < 3 && !is_single) {
        struct diag *d = diag_add(c->ds, DIAG_ERROR, c->source, e->at, e->n, "a * needs three letters");
        diag_help(c->ds, d, "shorter ones match half the dictionary; write the words out with OR");
    } else {
        check_length(c, e);
    }
}

// Tells whether a tree may be an operand of NEAR, ONEAR or SAME; *out_bad is the part that may not.
bool expr_is_operand(const struct expr *e, const struct expr **out_bad)
{
    switch (e->kind) {
    case EXPR_WORD:
    case EXPR_PREFIX:
    case EXPR_INFIX:
    case EXPR_STEM:
    case EXPR_PHRASE:
    case EXPR_REGEX:
    case EXPR_BAD: return true;
    case EXPR_SET:
        *out_bad = e;
        return !e->set || e->set->is_operand;
    case EXPR_OR:
        for (size_t i = 0; i < e->n_children; i++)
            if (!expr_is_operand(e->children[i], out_bad))
                return false;
        return true;
    case EXPR_AND:
    case EXPR_NOT:
    case EXPR_NEAR:
    case EXPR_OF:
    case EXPR_FIELD: break;
    }
    *out_bad = e;
    return false;
}

static const char *kind_name(const struct expr *e)
{
    switch (e->kind) {
    case EXPR_AND: return "an AND";
    case EXPR_NOT: return "a NOT";
    case EXPR_NEAR: return "another NEAR in parentheses";
    case EXPR_OF: return "an OF";
    case EXPR_FIELD: return "a field";
    case EXPR_SET: return "a set that holds more than words and phrases";
    case EXPR_OR:
    case EXPR_WORD:
    case EXPR_PREFIX:
    case EXPR_INFIX:
    case EXPR_STEM:
    case EXPR_PHRASE:
    case EXPR_REGEX:
    case EXPR_BAD: break;
    }
    return "this";
}

static void check_operands(struct check *c, const struct expr *e)
{
    if (e->n_children > NEAR_OPERANDS_MAX) {
        struct diag *d = diag_add(c->ds, DIAG_ERROR, c->source, e->at, e->n, "a chain of %zu: at most %d are matched",
                                  e->n_children, NEAR_OPERANDS_MAX);
        diag_help(c->ds, d, "words that stand for one another are an operand: a NEAR/5 (b OR c)");
    }
    for (size_t i = 0; i < e->n_children; i++) {
        const struct expr *bad = NULL;
        if (expr_is_operand(e->children[i], &bad))
            continue;
        const struct expr_join *join = &e->joins[i ? i - 1 : 0];
        const char *name = join->link == LINK_SAME ? "SAME" : join->link == LINK_NEAR ? "NEAR" : "ONEAR";
        struct diag *d = diag_add(c->ds, DIAG_ERROR, c->source, bad->at, bad->n,
                                  "%s takes words, phrases and ORs of them, not %s", name, kind_name(bad));
        if (bad->kind == EXPR_FIELD)
            diag_help(c->ds, d, "put the whole into the field: title:(a %s b)",
                      join->link == LINK_SAME ? "SAME" : "NEAR/5");
        else
            diag_help(c->ds, d, "write a NEAR/5 b NEAR/5 c for a chain, and AND around the whole");
    }
}

static void check_lang(struct check *c, const struct expr *e)
{
    if (e->kind == EXPR_WORD || e->kind == EXPR_PHRASE || e->kind == EXPR_BAD)
        return;
    if (e->kind == EXPR_OR) {
        for (size_t i = 0; i < e->n_children; i++)
            check_lang(c, e->children[i]);
        return;
    }
    struct diag *d = diag_add(c->ds, DIAG_ERROR, c->source, e->at, e->n, "lang: takes language codes and ORs of them");
    diag_help(c->ds, d, "lang:uk, lang:(uk OR ru), lang:unknown");
}

static void check_tree(struct check *c, const struct expr *e, bool is_in_field)
{
    if (c->is_told)
        return;
    if (++c->depth > EXPR_DEPTH_MAX * 2) {
        diag_add(c->ds, DIAG_ERROR, c->source, e->at, e->n, "sets are nested too deep");
        c->is_told = true;
    }
    switch (e->kind) {
    case EXPR_WORD:
    case EXPR_PREFIX:
    case EXPR_INFIX:
    case EXPR_STEM:
    case EXPR_PHRASE:
    case EXPR_REGEX: check_leaf(c, e); break;
    case EXPR_FIELD:
        if (is_in_field) {
            struct diag *d = diag_add(c->ds, DIAG_ERROR, c->source, e->at, e->n, "a field inside a field");
            diag_help(c->ds, d, "one word has one field; take the inner one out");
        }
        if (e->fields == 1 << FIELD_LANG)
            check_lang(c, e->children[0]);
        break;
    case EXPR_SET:
        if (e->set) { // its own faults are told where it is defined
            count_terms(c, e, e->set->terms);
            if (!c->is_told && (uint32_t)c->depth + e->set->depth > EXPR_DEPTH_MAX * 2) {
                diag_add(c->ds, DIAG_ERROR, c->source, e->at, e->n, "sets are nested too deep");
                c->is_told = true;
            }
        }
        break;
    case EXPR_OR:
    case EXPR_AND:
    case EXPR_NOT:
    case EXPR_NEAR:
    case EXPR_OF:
    case EXPR_BAD: break;
    }
    for (size_t i = 0; i < e->n_children; i++)
        check_tree(c, e->children[i], is_in_field || e->kind == EXPR_FIELD);
    if (e->kind == EXPR_NEAR && !c->is_told) // by now the sets are known to be of a bounded size
        check_operands(c, e);
    c->depth--;
}

// Tells whether every document that this matches holds one of its words; *out_why is the part that needs none.
bool expr_is_positive(const struct expr *e, const struct expr **out_why)
{
    size_t positive = 0;
    switch (e->kind) {
    case EXPR_NOT: *out_why = e; return false;
    case EXPR_SET: *out_why = e; return !e->set || e->set->is_positive;
    case EXPR_OR:
        for (size_t i = 0; i < e->n_children; i++)
            if (!expr_is_positive(e->children[i], out_why))
                return false;
        return true;
    case EXPR_AND:
        for (size_t i = 0; i < e->n_children; i++)
            if (expr_is_positive(e->children[i], out_why))
                return true;
        return false;
    case EXPR_OF:
        for (size_t i = 0; i < e->n_children; i++)
            positive += expr_is_positive(e->children[i], out_why);
        return e->n_children - positive < e->number;
    case EXPR_FIELD: return expr_is_positive(e->children[0], out_why);
    case EXPR_NEAR:
    case EXPR_WORD:
    case EXPR_PREFIX:
    case EXPR_INFIX:
    case EXPR_STEM:
    case EXPR_PHRASE:
    case EXPR_REGEX:
    case EXPR_BAD: break;
    }
    return true;
}

bool expr_check(struct expr *expr, enum expr_role role, const struct source *source, const struct expr_sets *sets,
                struct diags *ds)
{
    size_t errors = ds->errors;
    if (!expr_link(expr, source, sets, ds))
        return false;
    struct check c = {.source = source, .sets = sets, .ds = ds};
    check_tree(&c, expr, false);
    const struct expr *why = NULL;
    if (role == EXPR_WHEN && !c.is_told && !expr_is_positive(expr, &why) && why) { // no why: `0 OF`, told as read
        struct diag *d = diag_add(ds, DIAG_ERROR, source, why->at, why->n,
                                  why == expr ? "a rule that is only negative matches almost everything"
                                              : "this branch is only negative and matches almost everything");
        diag_help(ds, d, "say with AND what the article must hold");
    }
    return ds->errors == errors;
}
