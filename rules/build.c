// SPDX-License-Identifier: MIT
//
// Building a segment: code for each rule, then the index over it. See segment.h.
#include "base/hash.h"
#include "base/mem.h"
#include "rules/compile.h"
#include "rules/filing.h"
#include "rules/pattern.h"
#include "rules/regex.h"
#include "rules/stem.h"

enum {
    ARENA_BYTES = 1 << 30, // rules are the administrator's: no cap but the sum of theirs
    AHEAD = 2,             // rules whose trees are fetched ahead
};

// Most properties are not set: those take no memory.
static struct str copy_text(struct arena *arena, struct str text)
{
    return text.n ? arena_str(arena, text) : S("");
}

static struct str *copy_strings(struct arena *arena, const struct str *strings, size_t n)
{
    struct str *copy = n ? ARENA_ARRAY(arena, struct str, n) : NULL;
    for (size_t i = 0; i < n; i++)
        copy[i] = arena_str(arena, strings[i]);
    return copy;
}

// A number that changes with what a rule does: texts with their lengths, most of them short.
static void mix_short(uint64_t *version, uint64_t first, uint64_t second)
{
    static const uint64_t high = 0x9E3779B97F4A7C15u;
    *version = word_hash_short((struct word_key){*version, high}, first, second);
}

static void mix_number(uint64_t *version, uint64_t number)
{
    mix_short(version, number, sizeof number);
}

static void mix(uint64_t *version, struct str part)
{
    uint64_t bytes[2] = {0, 0};
    mix_number(version, part.n);
    if (part.n > sizeof bytes) {
        *version = hash64_seeded(*version, part);
        return;
    }
    if (part.n)
        memcpy(bytes, part.p, part.n);
    mix_short(version, bytes[0], bytes[1]);
}

static void mix_tree(uint64_t *version, const struct expr *e)
{
    mix_number(version, (uint64_t)e->kind << 48 | (uint64_t)e->fields << 32 | e->number);
    mix_number(version, (uint64_t)e->n_children << 2 | (uint64_t)e->is_exact << 1 | e->is_caseless);
    if (e->kind == EXPR_SET && e->set->expr) {
        mix_tree(version, e->set->expr);
        return;
    }
    mix(version, e->text);
    for (size_t i = 0; e->kind == EXPR_NEAR && i + (e->is_scoped ? 0 : 1) < e->n_children; i++)
        mix_number(version, (uint64_t)e->joins[i].link << JOIN_SHIFT | e->joins[i].distance);
    for (size_t i = 0; i < e->n_children; i++)
        mix_tree(version, e->children[i]);
}

static uint64_t version_of(const struct rule_source *source)
{
    const struct rule *r = &source->rule;
    uint64_t v = 1;
    mix(&v, r->name);
    mix(&v, r->title);
    mix(&v, r->was);
    mix(&v, r->hours_zone);
    for (size_t i = 0; i < r->n_tags; i++)
        mix(&v, r->tags[i]);
    mix_number(&v, r->n_tags);
    for (size_t i = 0; i < r->n_notify; i++)
        mix(&v, r->notify[i]);
    mix_number(&v, r->n_notify);
    for (size_t i = 0; i < r->n_scope; i++) {
        mix_number(&v, r->scope[i].is_tag);
        mix(&v, r->scope[i].value);
    }
    const uint64_t numbers[] = {r->severity, r->group, r->on, r->throttle_max, (uint64_t)r->throttle_per_ms,
                                r->has_hours, r->hours_from_minute, r->hours_to_minute, source->n_unless};
    mix(&v, str_make((const char *)numbers, sizeof numbers));
    mix_tree(&v, source->when);
    for (size_t i = 0; i < source->n_unless; i++)
        mix_tree(&v, source->unless[i]);
    return v;
}

static void copy_rule(struct arena *arena, const struct rule_source *source, struct rule *r)
{
    *r = source->rule;
    r->name = copy_text(arena, r->name);
    r->title = copy_text(arena, r->title);
    r->query = copy_text(arena, r->query);
    r->note = copy_text(arena, r->note);
    r->was = copy_text(arena, r->was);
    r->hours_zone = copy_text(arena, r->hours_zone);
    r->tags = copy_strings(arena, r->tags, r->n_tags);
    r->notify = copy_strings(arena, r->notify, r->n_notify);
    struct rule_scope *scope = r->n_scope ? ARENA_ARRAY(arena, struct rule_scope, r->n_scope) : NULL;
    for (size_t i = 0; i < r->n_scope; i++)
        scope[i] = (struct rule_scope){r->scope[i].is_tag, arena_str(arena, r->scope[i].value)};
    r->scope = scope;
    r->version = version_of(source);
}

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

struct segment *segment_build(const struct rule_source *sources, size_t n, uint64_t seed,
                              const struct fold_table *table, struct diags *ds)
{
    struct segment *g = mem_alloc(sizeof *g);
    g->refs = 1;
    g->seed = seed;
    g->table = table;
    arena_init(&g->arena, ARENA_BYTES);
    g->rule_code = mem_alloc_array(n + 1, sizeof *g->rule_code);
    g->rules = mem_alloc_array(n + 1, sizeof *g->rules);
    g->costs = mem_alloc_array(n + 1, sizeof *g->costs);
    struct compiler c = {.g = g, .ds = ds};
    text_init(&c.text, table, seed);
    for (size_t i = 0; i < n; i++, g->n_rules++) { // both at once, while the trees are near
        if (i + AHEAD < n)
            fetch_tree(sources[i + AHEAD].when);
        copy_rule(&g->arena, &sources[i], &g->rules[i]);
        size_t before = g->arena.bytes; // what the engine adds from here on is its own
        compile_rule(&c, &sources[i]);
        g->bytes += g->arena.bytes - before;
    }
    g->rule_code[n] = (uint32_t)c.n_code;
    bool ok = index_all(g, &c);
    text_done(&c.text);
    mem_free(c.terms);
    mem_free(c.slots);
    mem_free(c.lists);
    mem_free(c.list_terms);
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
