// SPDX-License-Identifier: MIT
//
// What makes no sense in a tree, and the tie between trees and sets. See expr.h.
#include <stdlib.h>

#include "rules/expr_lex.h"

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

// ---- sets ---------------------------------------------------------------------------------------------------------

void expr_sets_init(struct expr_sets *sets, struct arena *arena)
{
    *sets = (struct expr_sets){.arena = arena};
}

static struct expr_set *sets_push(struct expr_sets *sets, struct str name, const struct source *source, size_t at,
                                  size_t n)
{
    struct expr_set *set = ARENA_NEW(sets->arena, struct expr_set);
    *set = (struct expr_set){.name = name, .source = source, .at = at, .n = n, .index = (uint32_t)sets->n};
    ARENA_PUSH(sets->arena, sets->sets, sets->n, set);
    return set;
}

void expr_sets_add(struct expr_sets *sets, struct str name, const struct source *source, size_t at, size_t n,
                   struct expr *expr)
{
    sets_push(sets, name, source, at, n)->expr = expr;
}

void expr_sets_add_list(struct expr_sets *sets, struct str name, const struct source *source, size_t at, size_t n,
                        const struct str *phrases, size_t n_phrases)
{
    struct expr_set *set = sets_push(sets, name, source, at, n);
    set->list = phrases;
    set->n_list = n_phrases;
}

static int by_name(const void *a, const void *b)
{
    const struct expr_set *x = *(struct expr_set *const *)a;
    const struct expr_set *y = *(struct expr_set *const *)b;
    int order = str_cmp(x->name, y->name);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

const struct expr_set *expr_sets_find(const struct expr_sets *sets, struct str name)
{
    size_t low = 0;
    size_t high = sets->by_name ? sets->n : 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_cmp(sets->by_name[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_found = sets->by_name && low < sets->n && str_eq(sets->by_name[low]->name, name);
    return is_found ? sets->by_name[low] : NULL;
}

static bool link_tree(struct expr *e, const struct source *source, const struct expr_sets *sets, struct diags *ds)
{
    bool ok = true;
    if (e->kind == EXPR_SET && !e->set) {
        e->set = expr_sets_find(sets, e->text);
        if (!e->set) {
            struct str *names = ARENA_ARRAY(sets->arena, struct str, sets->n + 1);
            for (size_t i = 0; i < sets->n; i++)
                names[i] = sets->sets[i]->name;
            struct str near = suggest(e->text, names, sets->n);
            struct diag *d = diag_add(ds, DIAG_ERROR, source, e->at, e->n, "there is no set or list \"%.*s\"",
                                      STR_ARG(e->text));
            if (near.n)
                diag_help(ds, d, "did you mean @%.*s?", STR_ARG(near));
            else
                diag_help(ds, d, "define it: set %.*s  word OR \"a phrase\"", STR_ARG(e->text));
            e->kind = EXPR_BAD;
            return false;
        }
    }
    for (size_t i = 0; i < e->n_children; i++)
        ok &= link_tree(e->children[i], source, sets, ds);
    return ok;
}

enum { MARK_NEW, MARK_OPEN, MARK_DONE };

static bool is_operand(const struct expr *e, const struct expr **out_bad);
static bool is_positive(const struct expr *e, const struct expr **out_why);

static uint32_t add_up(uint32_t a, uint32_t b) { return a + b > EXPR_TERMS_MAX + 1 ? EXPR_TERMS_MAX + 1 : a + b; }

static void raise_to(uint32_t *most, uint32_t n) { *most = *most < n ? n : *most; }

// Adds up the leaves of a set's tree and how deep it is; sets in it are measured already.
static void measure(struct expr_set *set, const struct expr *e, uint32_t depth)
{
    const struct expr_set *used = e->kind == EXPR_SET ? e->set : NULL;
    raise_to(&set->depth, add_up(depth, used ? used->depth : 0));
    raise_to(&set->nesting, used ? used->nesting + 1 : 0);
    if (e->n_children == 0)
        set->terms = add_up(set->terms, used ? used->terms : 1);
    for (size_t i = 0; i < e->n_children; i++)
        measure(set, e->children[i], depth + 1);
}

static void measure_set(struct expr_set *set)
{
    const struct expr *ignored;
    set->mark = MARK_DONE;
    set->terms = set->expr ? 0 : 1;
    if (set->expr)
        measure(set, set->expr, 1);
    set->is_operand = !set->expr || is_operand(set->expr, &ignored);
    set->is_positive = !set->expr || is_positive(set->expr, &ignored);
}

// Tells of an edge that closes a circle, or goes too deep, and cuts it. Returns false.
static bool cut(const struct expr_set *set, struct expr *e, bool is_circle, struct diags *ds)
{
    struct diag *d = is_circle
                         ? diag_add(ds, DIAG_ERROR, set->source, e->at, e->n, "the set \"%.*s\" is made of itself",
                                    STR_ARG(e->text))
                         : diag_add(ds, DIAG_ERROR, set->source, e->at, e->n,
                                    "sets made of sets more than %d deep", SETS_DEPTH_MAX);
    if (is_circle)
        diag_help(ds, d, "@%.*s is used, directly or through others, in what it is defined by", STR_ARG(e->text));
    e->kind = EXPR_BAD;
    return false;
}

// Searches circles of sets, depth first.
static bool find_circle(struct expr_set *set, struct expr *e, const struct expr_sets *sets, int depth,
                        struct diags *ds)
{
    bool ok = true;
    if (e->kind == EXPR_SET) {
        struct expr_set *used = sets->sets[e->set->index];
        if (used->mark == MARK_OPEN || (used->mark == MARK_NEW && depth == SETS_DEPTH_MAX))
            return cut(set, e, used->mark == MARK_OPEN, ds);
        if (used->mark == MARK_NEW) {
            used->mark = MARK_OPEN;
            if (used->expr)
                ok = find_circle(used, used->expr, sets, depth + 1, ds);
            measure_set(used);
        }
        return used->nesting < SETS_DEPTH_MAX ? ok : cut(set, e, false, ds);
    }
    for (size_t i = 0; i < e->n_children; i++)
        ok &= find_circle(set, e->children[i], sets, depth, ds);
    return ok;
}

bool expr_sets_link(struct expr_sets *sets, struct diags *ds)
{
    bool ok = true;
    sets->by_name = ARENA_ARRAY(sets->arena, struct expr_set *, sets->n + 1);
    for (size_t i = 0; i < sets->n; i++)
        sets->by_name[i] = sets->sets[i];
    qsort(sets->by_name, sets->n, sizeof(struct expr_set *), by_name);
    for (size_t i = 1; i < sets->n; i++) {
        const struct expr_set *first = sets->by_name[i - 1];
        const struct expr_set *second = sets->by_name[i];
        if (!str_eq(first->name, second->name))
            continue;
        uint32_t line, column;
        source_place(first->source, first->at, &line, &column);
        struct diag *d = diag_add(ds, DIAG_ERROR, second->source, second->at, second->n,
                                  "the set or list \"%.*s\" is defined twice", STR_ARG(second->name));
        diag_help(ds, d, "the first is at %.*s:%u", STR_ARG(first->source->name), line);
        ok = false;
    }
    for (size_t i = 0; i < sets->n; i++)
        if (sets->sets[i]->expr)
            ok &= link_tree(sets->sets[i]->expr, sets->sets[i]->source, sets, ds);
    for (size_t i = 0; i < sets->n; i++) {
        struct expr_set *set = sets->sets[i];
        if (set->mark != MARK_NEW)
            continue;
        set->mark = MARK_OPEN;
        if (set->expr)
            ok &= find_circle(set, set->expr, sets, 0, ds);
        measure_set(set);
    }
    for (size_t i = 0; i < sets->n; i++)
        if (sets->sets[i]->expr)
            ok &= expr_check(sets->sets[i]->expr, EXPR_SET_BODY, sets->sets[i]->source, sets, ds);
    return ok;
}

// ---- trees --------------------------------------------------------------------------------------------------------

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

size_t expr_phrase_words(struct str text)
{
    if (text.n <= PHRASE_WORDS_MAX) // the usual case, at no cost: a word has a letter
        return text.n;
    struct fold_table *table = fold_table_new();
    struct text t;
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
static bool is_operand(const struct expr *e, const struct expr **out_bad)
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
            if (!is_operand(e->children[i], out_bad))
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
        if (is_operand(e->children[i], &bad))
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
static bool is_positive(const struct expr *e, const struct expr **out_why)
{
    size_t positive = 0;
    switch (e->kind) {
    case EXPR_NOT: *out_why = e; return false;
    case EXPR_SET: *out_why = e; return !e->set || e->set->is_positive;
    case EXPR_OR:
        for (size_t i = 0; i < e->n_children; i++)
            if (!is_positive(e->children[i], out_why))
                return false;
        return true;
    case EXPR_AND:
        for (size_t i = 0; i < e->n_children; i++)
            if (is_positive(e->children[i], out_why))
                return true;
        return false;
    case EXPR_OF:
        for (size_t i = 0; i < e->n_children; i++)
            positive += is_positive(e->children[i], out_why);
        return e->n_children - positive < e->number;
    case EXPR_FIELD: return is_positive(e->children[0], out_why);
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
    if (!link_tree(expr, source, sets, ds))
        return false;
    struct check c = {.source = source, .sets = sets, .ds = ds};
    check_tree(&c, expr, false);
    const struct expr *why = NULL;
    if (role == EXPR_WHEN && !c.is_told && !is_positive(expr, &why) && why) { // none to blame: `0 OF`, told as read
        struct diag *d = diag_add(ds, DIAG_ERROR, source, why->at, why->n,
                                  why == expr ? "a rule that is only negative matches almost everything"
                                              : "this branch is only negative and matches almost everything");
        diag_help(ds, d, "say with AND what the article must hold");
    }
    return ds->errors == errors;
}
