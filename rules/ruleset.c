// SPDX-License-Identifier: MIT
//
// Sets of rules: building, editing, counting. See rule.h and ruleset.h.
#include "rules/ruleset.h"

#include "base/mem.h"
#include "rules/draft.h"

enum { SEGMENTS_MAX = 8 }; // more cost each word more than a whole build costs now and then

struct ruleset_builder {
    uint64_t seed;
    struct draft draft;
};

struct ruleset_builder *ruleset_builder_new(uint64_t seed)
{
    struct ruleset_builder *b = mem_alloc(sizeof *b);
    b->seed = seed;
    draft_init(&b->draft);
    return b;
}

void ruleset_builder_free(struct ruleset_builder *b)
{
    if (!b)
        return;
    draft_done(&b->draft);
    mem_free(b);
}

void ruleset_builder_add(struct ruleset_builder *b, const struct rule_source *rule)
{
    draft_add(&b->draft, rule);
}

static void shared_unref(struct shared *s)
{
    if (__atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    fold_table_free(s->table);
    mem_free(s);
}

struct ruleset *ruleset_build(struct ruleset_builder *b, struct diags *ds)
{
    struct shared *shared = mem_alloc(sizeof *shared);
    shared->refs = 1;
    shared->table = fold_table_new();
    struct segment *g = segment_build(&b->draft, b->seed, shared->table, ds);
    uint64_t seed = b->seed;
    ruleset_builder_free(b);
    if (!g) {
        shared_unref(shared);
        return NULL;
    }
    struct ruleset *set = mem_alloc(sizeof *set);
    *set = (struct ruleset){.refs = 1, .seed = seed, .shared = shared, .n_segments = 1, .n_rules = g->n_rules};
    set->segments = mem_alloc(sizeof *set->segments);
    set->segments[0] = (struct segment_use){g, NULL};
    set->rules = mem_alloc_array(set->n_rules + 1, sizeof *set->rules);
    for (uint32_t i = 0; i < g->n_rules; i++)
        set->rules[i] = (struct place_in){0, i};
    return set;
}

size_t ruleset_count(const struct ruleset *set)
{
    return set->n_rules;
}

const struct rule *ruleset_rule(const struct ruleset *set, size_t index)
{
    return &set->segments[set->rules[index].segment].g->rules[set->rules[index].rule];
}

size_t ruleset_index(const struct ruleset *set, struct str name)
{
    for (size_t i = set->n_segments; i-- > 0;) {
        const struct segment_use *use = &set->segments[i];
        uint32_t rule = segment_find(use->g, name);
        if (rule < use->g->n_rules && segment_use_index(use, rule) != RULE_GONE)
            return segment_use_index(use, rule);
    }
    return set->n_rules;
}

const struct rule *ruleset_find(const struct ruleset *set, struct str name)
{
    size_t i = ruleset_index(set, name);
    return i < set->n_rules ? ruleset_rule(set, i) : NULL;
}

// A copy of a set that may hold one more segment and n more rules.
static struct ruleset *copy_set(const struct ruleset *old, size_t n)
{
    struct ruleset *set = mem_alloc(sizeof *set);
    *set = *old;
    set->refs = 1;
    __atomic_add_fetch(&set->shared->refs, 1, __ATOMIC_RELAXED);
    set->segments = mem_alloc_array(old->n_segments + 1, sizeof *set->segments);
    for (size_t i = 0; i < old->n_segments; i++) {
        struct segment *g = segment_ref(old->segments[i].g);
        uint32_t *indexes = mem_alloc_array((size_t)g->n_rules + 1, sizeof *indexes);
        for (uint32_t rule = 0; rule < g->n_rules; rule++)
            indexes[rule] = segment_use_index(&old->segments[i], rule);
        set->segments[i] = (struct segment_use){g, indexes};
    }
    set->rules = mem_alloc_array(old->n_rules + n + 1, sizeof *set->rules);
    memcpy(set->rules, old->rules, old->n_rules * sizeof *set->rules);
    return set;
}

static void drop(struct ruleset *set, size_t index)
{
    struct place_in *at = &set->rules[index];
    set->segments[at->segment].indexes[at->rule] = RULE_GONE;
}

static void remove_rule(struct ruleset *set, struct str name)
{
    size_t index = ruleset_index(set, name);
    if (index == set->n_rules)
        return;
    drop(set, index);
    memmove(&set->rules[index], &set->rules[index + 1], (set->n_rules - index - 1) * sizeof *set->rules);
    set->n_rules--;
    for (size_t i = index; i < set->n_rules; i++)
        set->segments[set->rules[i].segment].indexes[set->rules[i].rule] = (uint32_t)i;
}

struct ruleset *ruleset_edit(const struct ruleset *old, const struct rule_source *changed, size_t n_changed,
                             const struct str *removed, size_t n_removed, struct diags *ds)
{
    struct segment *g = NULL;
    if (n_changed) {
        struct draft draft;
        draft_init(&draft);
        for (size_t i = 0; i < n_changed; i++)
            draft_add(&draft, &changed[i]);
        g = segment_build(&draft, old->seed, old->shared->table, ds);
        if (!g)
            return NULL;
    }
    struct ruleset *set = copy_set(old, n_changed);
    for (size_t i = 0; i < n_removed; i++)
        remove_rule(set, removed[i]);
    set->edited += n_changed + n_removed;
    if (!g)
        return set;
    uint32_t *indexes = mem_alloc_array((size_t)g->n_rules + 1, sizeof *indexes);
    uint32_t number = (uint32_t)set->n_segments;
    for (uint32_t i = 0; i < g->n_rules; i++) {
        size_t index = ruleset_index(set, g->rules[i].name);
        if (index < set->n_rules)
            drop(set, index);
        else
            set->n_rules++;
        set->rules[index] = (struct place_in){number, i};
        indexes[i] = (uint32_t)index;
    }
    set->segments[set->n_segments++] = (struct segment_use){g, indexes};
    return set;
}

bool ruleset_is_patchy(const struct ruleset *set)
{
    return set->n_segments > SEGMENTS_MAX || set->edited > set->n_rules / 16 + 8;
}

struct ruleset *ruleset_ref(const struct ruleset *set)
{
    struct ruleset *counted = (struct ruleset *)(uintptr_t)set;
    __atomic_add_fetch(&counted->refs, 1, __ATOMIC_RELAXED);
    return counted;
}

void ruleset_unref(const struct ruleset *set)
{
    struct ruleset *s = (struct ruleset *)(uintptr_t)set;
    if (!s || __atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t i = 0; i < s->n_segments; i++) {
        segment_unref(s->segments[i].g);
        mem_free(s->segments[i].indexes);
    }
    shared_unref(s->shared);
    mem_free(s->segments);
    mem_free(s->rules);
    mem_free(s);
}

size_t ruleset_engine_bytes(const struct ruleset *set)
{
    size_t bytes = set->n_rules * sizeof *set->rules;
    for (size_t i = 0; i < set->n_segments; i++) {
        const struct segment_use *use = &set->segments[i];
        bytes += use->g->bytes + (use->indexes ? use->g->n_rules * sizeof *use->indexes : 0);
    }
    return bytes;
}

struct rule_cost ruleset_cost(const struct ruleset *set, size_t index)
{
    return set->segments[set->rules[index].segment].g->costs[set->rules[index].rule];
}

static const struct str severity_names[] = {STR("debug"), STR("info"), STR("notice"), STR("warning"), STR("critical")};

struct str severity_name(enum severity severity)
{
    return severity_names[severity];
}

bool severity_of(struct str name, enum severity *out)
{
    for (int i = SEVERITY_DEBUG; i <= SEVERITY_CRITICAL; i++)
        if (str_eq(name, severity_names[i])) {
            *out = (enum severity)i;
            return true;
        }
    return false;
}
