// SPDX-License-Identifier: MIT
//
// Sets and lists by name: the tie between trees and sets, circles, and how much a set unfolds to, which is measured
// once for each set, so that what uses it is checked without unfolding. What makes no sense in a tree is
// expr_check.c's.
#include <stdlib.h>

#include "rules/expr_check.h"

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

bool expr_link(struct expr *e, const struct source *source, const struct expr_sets *sets, struct diags *ds)
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
        ok &= expr_link(e->children[i], source, sets, ds);
    return ok;
}

enum { MARK_NEW, MARK_OPEN, MARK_DONE };

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
    set->is_operand = !set->expr || expr_is_operand(set->expr, &ignored);
    set->is_positive = !set->expr || expr_is_positive(set->expr, &ignored);
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
            ok &= expr_link(sets->sets[i]->expr, sets->sets[i]->source, sets, ds);
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
