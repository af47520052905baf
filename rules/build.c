// SPDX-License-Identifier: MIT
//
// Building a segment: code for each rule, then the index over it. See segment.h.
#include "base/hash.h"
#include "base/mem.h"
#include "rules/compile.h"
#include "rules/pattern.h"
#include "rules/plan.h"
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

// What is filed under terms: entries of some words each, in the order they came.
struct filing {
    struct {
        uint32_t term, n;
    } *list;
    size_t n, room;
    uint32_t *words;
    size_t n_words, words_room;
};

static void file_word(struct filing *f, uint32_t word)
{
    if (f->n_words == f->words_room) {
        f->words_room = f->words_room ? f->words_room * 2 : 4096;
        f->words = mem_resize_array(f->words, f->words_room, sizeof *f->words);
    }
    f->words[f->n_words++] = word;
}

// Ends an entry: the words since the last one.
static void file_under(struct filing *f, uint32_t term, size_t first_word)
{
    if (f->n == f->room) {
        f->room = f->room ? f->room * 2 : 1024;
        f->list = mem_resize_array(f->list, f->room, sizeof *f->list);
    }
    f->list[f->n].term = term;
    f->list[f->n++].n = (uint32_t)(f->n_words - first_word);
}

// Orders the words by term into *out_starts (n_terms + 1 and one more) and *out_words, and empties the filing.
static size_t file_done(struct filing *f, uint32_t n_terms, uint32_t **out_starts, uint32_t **out_words)
{
    uint32_t *starts = mem_alloc_array((size_t)n_terms + 2, sizeof *starts);
    for (size_t i = 0; i < f->n; i++)
        starts[f->list[i].term + 2] += f->list[i].n;
    for (uint32_t t = 2; t < n_terms + 2; t++)
        starts[t] += starts[t - 1];
    uint32_t *words = mem_alloc_array(f->n_words + 1, sizeof *words);
    const uint32_t *from = f->words;
    for (size_t i = 0; i < f->n; i++) {
        uint32_t *at = &starts[f->list[i].term + 1]; // in the end where the next term's begin
        for (uint32_t k = 0; k < f->list[i].n; k++)
            words[(*at)++] = *from++;
    }
    size_t n_words = f->n_words;
    mem_free(f->list);
    mem_free(f->words);
    *out_starts = starts;
    *out_words = words;
    return n_words;
}

// What the tree at `code`, n words of it, costs to run.
static void count_cost(const uint32_t *code, size_t n, struct rule_cost *out)
{
    for (const uint32_t *end = code + n; code < end; code += code_head(code)) {
        enum op op = code_op(*code);
        out->n_regexes += op == OP_REGEX;
        out->n_terms += op == OP_TERM || op == OP_LEAF || op == OP_PHRASE;
    }
}

static void file_bit(struct segment *g, struct filing *f, uint32_t bit)
{
    g->has_pairs |= bit < PAIR_BITS;
    file_word(f, bit);
}

static void file_rule(struct segment *g, struct filing *f, const struct plan *plan, uint32_t rule)
{
    for (size_t k = 0; k < plan->n_keys; k++) {
        uint32_t own = plan->keys[k].own;
        size_t first = f->n_words;
        file_word(f, rule << KEY_RULE_SHIFT | (own == NO_BIT ? 0 : KEY_HAS_OWN) | plan->n_guards);
        if (own != NO_BIT)
            file_bit(g, f, own);
        for (uint32_t i = 0; i < plan->n_guards; i++)
            file_bit(g, f, plan->guards[i]);
        file_under(f, plan->keys[k].term, first);
    }
}

static void list_rule(uint32_t **list, uint32_t *n, uint32_t rule)
{
    if ((*n & (*n - 1)) == 0) // full at each power of two
        *list = mem_resize_array(*list, *n ? (size_t)*n * 2 : 1, sizeof **list);
    (*list)[(*n)++] = rule;
}

static void file_rules(struct segment *g, struct plan *plan)
{
    struct filing f = {0};
    for (uint32_t i = 0; i < g->n_rules; i++) {
        const uint32_t *when = g->code + g->rule_code[i] + 1;
        plan_tree(plan, when);
        g->costs[i] = (struct rule_cost){.is_always = plan->n_keys == 0, .n_keys = (uint32_t)plan->n_keys};
        count_cost(when, code_size(when), &g->costs[i]);
        if (plan->n_keys == 0)
            list_rule(&g->always, &g->n_always, i);
        if (g->costs[i].n_regexes)
            list_rule(&g->with_regex, &g->n_with_regex, i);
        file_rule(g, &f, plan, i);
    }
    g->bytes += file_done(&f, g->n_terms, &g->key_starts, &g->keys) * sizeof *g->keys;
}

static bool is_by_words(const struct segment *g, const struct term *terms)
{
    bool holds = g->n_always == 0;
    for (uint32_t t = 0; t < g->n_terms; t++)
        holds &= terms[t].kind == TERM_WORD || g->key_starts[t] == g->key_starts[t + 1];
    return holds;
}

static void file_lists(struct segment *g, struct plan *plan)
{
    if (!g->n_listed)
        return;
    struct filing f = {0};
    for (uint32_t i = 0; i < g->n_listed; i++) {
        plan_tree(plan, g->code + g->listed[i].code);
        for (size_t k = 0; k < plan->n_keys; k++) {
            file_word(&f, i);
            file_under(&f, plan->keys[k].term, f.n_words - 1);
        }
    }
    g->bytes += file_done(&f, g->n_terms, &g->list_starts, &g->list_keys) * sizeof *g->list_keys +
                (g->n_terms + 2) * sizeof *g->list_starts;
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
    uint32_t *weights = plan_weights(c->terms, c->n_terms, c->text.key);
    struct plan plan = {.terms = c->terms, .weights = weights, .leaves = g->leaves};
    file_rules(g, &plan);
    g->is_by_words = is_by_words(g, c->terms);
    file_lists(g, &plan);
    mem_free(plan.keys);
    mem_free(weights);
    patterns_build(g, c->terms, c->n_terms);
    stems_build(g, c->terms, c->n_terms);
    g->bytes += g->n_code * sizeof *g->code +
                (size_t)g->n_terms * (sizeof *g->names + sizeof *g->key_starts) +
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
