// SPDX-License-Identifier: MIT
//
// Building a segment: code for each rule, then the index over it. See segment.h.
#include "base/hash.h"
#include "base/mem.h"
#include "rules/compile.h"
#include "rules/draft.h"
#include "rules/filing.h"
#include "rules/pattern.h"
#include "rules/regex.h"
#include "rules/stem.h"

enum {
    AHEAD = 2, // rules whose trees are fetched ahead
};

static void index_words(struct segment *g, const struct compiler *c)
{
    vocabulary_init(&g->vocabulary, c->n_terms);
    g->names = mem_alloc_array(c->n_terms + 1, sizeof *g->names);
    g->n_terms = c->n_terms;
    for (uint32_t i = 0; i < c->n_terms; i++) {
        g->names[i] = c->terms[i].name;
        if (c->terms[i].kind == TERM_WORD)
            vocabulary_add(&g->vocabulary, c->terms[i].folded, c->terms[i].hash, i);
    }
    g->bytes += vocabulary_bytes(&g->vocabulary);
}

static void index_names(struct segment *g)
{
    g->n_name_slots = 16;
    while (g->n_name_slots < (size_t)g->n_rules * 2)
        g->n_name_slots *= 2;
    g->name_slots = mem_alloc_array(g->n_name_slots, sizeof *g->name_slots);
    for (uint32_t i = 0; i < g->n_rules; i++) {
        size_t at = hash64_seeded(g->seed, g->rules[i].name) & (g->n_name_slots - 1);
        while (g->name_slots[at])
            at = (at + 1) & (g->n_name_slots - 1);
        g->name_slots[at] = i + 1;
    }
    g->bytes += g->n_name_slots * sizeof *g->name_slots;
}

uint32_t segment_find(const struct segment *g, struct str name)
{
    size_t at = hash64_seeded(g->seed, name) & (g->n_name_slots - 1);
    for (; g->name_slots[at]; at = (at + 1) & (g->n_name_slots - 1))
        if (str_eq(g->rules[g->name_slots[at] - 1].name, name))
            return g->name_slots[at] - 1;
    return g->n_rules;
}

// A tree was made leaves first, in a row, and left the caches long ago: what lies before its root is fetched.
static void fetch_tree(const struct expr *root)
{
    enum { LINE = 64, TREE_BYTES = 1024 };
    for (int at = -TREE_BYTES; at < (int)sizeof *root; at += LINE)
        __builtin_prefetch((const void *)((uintptr_t)root + (uintptr_t)at));
}

static bool index_all(struct segment *g, struct compiler *c)
{
    g->code = c->n_code ? mem_resize_array(c->code, c->n_code, sizeof *c->code) : mem_alloc(4);
    g->n_code = c->n_code;
    c->code = NULL;
    index_words(g, c);
    index_names(g);
    compiler_count_uses(c);
    file_segment(g, c);
    patterns_build(g, c->terms, c->n_terms);
    stems_build(g, c->terms, c->n_terms);
    g->bytes += g->n_code * sizeof *g->code +
                (size_t)g->n_terms * sizeof *g->names +
                g->n_rules * (sizeof *g->rule_code + sizeof *g->costs) +
                g->n_leaves * sizeof *g->leaves;
    return regexes_build(g, c->terms, c->n_terms, c->ds);
}

struct segment *segment_build(struct draft *draft, uint64_t seed, const struct fold_table *table, struct diags *ds)
{
    size_t n = draft->n;
    struct segment *g = mem_alloc(sizeof *g);
    g->refs = 1;
    g->seed = seed;
    g->table = table;
    arena_move(&g->arena, &draft->arena);
    g->rules = mem_resize_array(draft->rules, n, sizeof *g->rules);
    draft->rules = NULL;
    g->rule_code = mem_alloc_array(n + 1, sizeof *g->rule_code);
    g->costs = mem_alloc_array(n + 1, sizeof *g->costs);
    struct compiler c = {.g = g, .ds = ds};
    text_init(&c.text, table, seed);
    size_t before = g->arena.bytes; // what the engine adds from here on is its own
    for (size_t i = 0; i < n; i++, g->n_rules++) { // both at once, while the trees are near
        if (i + AHEAD < n)
            fetch_tree(draft->trees[i + AHEAD].when);
        g->rules[i].version = draft_version(&g->rules[i], &draft->trees[i]);
        compile_rule(&c, &draft->trees[i], g->rules[i].n_scope > 0);
    }
    compiler_settle(&c);
    g->bytes += g->arena.bytes - before;
    g->rule_code[n] = (uint32_t)c.n_code;
    bool ok = index_all(g, &c);
    text_done(&c.text);
    mem_free(c.terms);
    mem_free(c.slots);
    mem_free(c.lists);
    mem_free(c.list_terms);
    draft_done(draft);
    if (ok)
        return g;
    segment_unref(g);
    return NULL;
}

struct segment *segment_ref(struct segment *g)
{
    __atomic_add_fetch(&g->refs, 1, __ATOMIC_RELAXED);
    return g;
}

void segment_unref(struct segment *g)
{
    if (!g || __atomic_sub_fetch(&g->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    regexes_free(g->regexes);
    vocabulary_done(&g->vocabulary);
    mem_free(g->names);
    mem_free(g->key_starts);
    mem_free(g->keys);
    mem_free(g->key_more);
    mem_free(g->list_starts);
    mem_free(g->list_keys);
    mem_free(g->listed);
    mem_free(g->always);
    mem_free(g->with_regex);
    mem_free(g->code);
    mem_free(g->rule_code);
    mem_free(g->rules);
    mem_free(g->costs);
    mem_free(g->name_slots);
    mem_free(g->leaves);
    mem_free(g->langs);
    mem_free(g->patterns);
    mem_free(g->pattern_slots);
    mem_free(g->stems);
    arena_done(&g->arena);
    mem_free(g);
}
