// SPDX-License-Identifier: MIT
//
// Explanations. See explain.h. The rule is taken apart into questions: its leaves and NEARs, `when` alone, `when` with
// each `unless` alone, and the whole. One set is built of them, one document matched, and what AND, OR, NOT and OF
// make of the answers is counted here.
#include "rules/explain.h"

enum { QUESTION_WHOLE, QUESTION_WHEN, QUESTION_UNLESS }; // the last is the first of n_unless

struct asking {
    struct arena *arena;
    const struct rule_entry *entry;
    struct ruleset_builder *builder;
    size_t n_questions;
    struct explain_node *nodes; // of the part that is being taken apart
    size_t n_nodes;
    uint32_t *questions; // beside nodes: the question that answers it, 0 where children do
    size_t n_asked;
};

static uint32_t ask(struct asking *a, const struct expr *when, const struct expr *const *unless, size_t n_unless)
{
    struct rule_source source = {.when = when, .unless = unless, .n_unless = n_unless, .source = a->entry->made.source};
    source.rule.name = arena_fmt(a->arena, "%zu", a->n_questions);
    ruleset_builder_add(a->builder, &source);
    return (uint32_t)a->n_questions++;
}

static const struct expr *in_fields(struct asking *a, const struct expr *e, uint16_t fields)
{
    if (!fields)
        return e;
    struct expr *wrapped = ARENA_NEW(a->arena, struct expr);
    struct expr **child = ARENA_NEW(a->arena, struct expr *);
    *child = arena_alloc(a->arena, sizeof **child);
    **child = *e;
    *wrapped = (struct expr){.kind = EXPR_FIELD, .fields = fields, .children = child, .n_children = 1, .at = e->at};
    return wrapped;
}

// Lists a tree's nodes and asks about those that only the matcher can answer.
static void take_apart(struct asking *a, const struct expr *e, uint16_t fields, unsigned depth)
{
    bool is_counted = e->kind == EXPR_AND || e->kind == EXPR_OR || e->kind == EXPR_NOT || e->kind == EXPR_OF ||
                      e->kind == EXPR_FIELD || (e->kind == EXPR_NEAR && e->is_scoped);
    struct explain_node node = {.expr = e, .source = a->entry->made.source, .depth = depth, .is_leaf = !is_counted};
    ARENA_PUSH(a->arena, a->nodes, a->n_nodes, node);
    ARENA_PUSH(a->arena, a->questions, a->n_asked, is_counted ? 0 : ask(a, in_fields(a, e, fields), NULL, 0));
    uint16_t inner = e->kind == EXPR_FIELD ? e->fields : fields;
    for (size_t i = 0; i < e->n_children; i++)
        take_apart(a, e->children[i], inner, depth + 1);
}

// The node behind the whole branch of node i.
static size_t behind(const struct explain_node *nodes, size_t n, size_t i)
{
    size_t j = i + 1;
    while (j < n && nodes[j].depth > nodes[i].depth)
        j++;
    return j;
}

static bool counts(const struct explain_part *part, size_t i)
{
    const struct explain_node *node = &part->nodes[i];
    size_t true_ones = 0, all = 0;
    for (size_t j = i + 1; j < part->n_nodes && part->nodes[j].depth > node->depth; j++) {
        if (part->nodes[j].depth == node->depth + 1) {
            all++;
            true_ones += part->nodes[j].holds;
        }
    }
    switch (node->expr->kind) {
    case EXPR_OR: return true_ones > 0;
    case EXPR_NOT: return true_ones == 0;
    case EXPR_OF: return true_ones >= node->expr->number;
    default: return true_ones == all;
    }
}

static const struct match *answer(const struct matches *answers, uint32_t question)
{
    size_t from = 0, to = answers->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        uint32_t index = answers->list[middle].index;
        if (index == question)
            return &answers->list[middle];
        if (index < question)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

static void fill_in(struct explain_part *part, const uint32_t *questions, const struct matches *answers)
{
    for (size_t i = part->n_nodes; i-- > 0;) { // children stand behind their parents
        struct explain_node *node = &part->nodes[i];
        if (!node->is_leaf) {
            node->holds = counts(part, i);
            continue;
        }
        const struct match *m = answer(answers, questions[i]);
        node->holds = m != NULL;
        node->hits = m ? m->hits : NULL;
        node->n_hits = m ? m->n_hits : 0;
        node->total = m ? m->total : 0;
    }
}

// The deepest node that makes its branch fail: of an AND the first child that fails, of an OR itself.
static const struct explain_node *failing(const struct explain_part *part, size_t i)
{
    const struct explain_node *node = &part->nodes[i];
    if (node->expr->kind == EXPR_AND || node->expr->kind == EXPR_FIELD) {
        for (size_t j = i + 1; j < part->n_nodes && part->nodes[j].depth > node->depth;
             j = behind(part->nodes, part->n_nodes, j))
            if (!part->nodes[j].holds)
                return failing(part, j);
    }
    return node;
}

// The node that makes a veto hold: of an OR the first child that holds.
static const struct explain_node *holding(const struct explain_part *part, size_t i)
{
    const struct explain_node *node = &part->nodes[i];
    if (node->is_leaf || node->expr->kind == EXPR_NOT)
        return node;
    for (size_t j = i + 1; j < part->n_nodes && part->nodes[j].depth > node->depth;
         j = behind(part->nodes, part->n_nodes, j))
        if (part->nodes[j].holds)
            return holding(part, j);
    return node;
}

static void find_blame(struct explanation *x)
{
    if (x->is_match)
        return;
    if (!x->parts[0].holds) {
        x->blame = failing(&x->parts[0], 0);
        return;
    }
    for (size_t i = 1; i < x->n_parts && !x->blame; i++)
        if (x->parts[i].is_fatal)
            x->blame = holding(&x->parts[i], 0);
}

void explain_rule(const struct rule_entry *entry, const struct doc *doc, struct arena *arena, struct explanation *out)
{
    *out = (struct explanation){.n_parts = 1 + entry->made.n_unless};
    out->parts = ARENA_ARRAY(arena, struct explain_part, out->n_parts);
    uint32_t **questions = ARENA_ARRAY(arena, uint32_t *, out->n_parts);
    struct asking a = {.arena = arena, .entry = entry, .builder = ruleset_builder_new(1)};
    ask(&a, entry->made.when, entry->made.unless, entry->made.n_unless);
    ask(&a, entry->made.when, NULL, 0);
    for (size_t i = 0; i < entry->made.n_unless; i++)
        ask(&a, entry->made.when, &entry->made.unless[i], 1);
    for (size_t i = 0; i < out->n_parts; i++) {
        const struct expr *tree = i ? entry->made.unless[i - 1] : entry->made.when;
        a.nodes = NULL;
        a.questions = NULL;
        a.n_nodes = a.n_asked = 0;
        take_apart(&a, tree, 0, 0);
        out->parts[i] = (struct explain_part){.role = EXPLAIN_WHEN, .nodes = a.nodes, .n_nodes = a.n_nodes};
        if (i)
            out->parts[i].role = tree->kind == EXPR_NEAR && tree->is_scoped ? EXPLAIN_SCOPED : EXPLAIN_UNLESS;
        questions[i] = a.questions;
    }
    struct diags ds; // the rule compiled once already: nothing new is told
    diags_init(&ds);
    out->held = ruleset_build(a.builder, &ds);
    diags_done(&ds);
    struct matches answers = {0};
    struct match_scratch *scratch = match_scratch_new();
    if (out->held)
        match_run(out->held, scratch, doc, arena, &answers);
    match_scratch_free(scratch);
    const struct match *whole = answer(&answers, QUESTION_WHOLE), *when = answer(&answers, QUESTION_WHEN);
    out->is_match = whole != NULL;
    out->match = whole ? *whole : (struct match){0};
    for (size_t i = 0; i < out->n_parts; i++) {
        struct explain_part *part = &out->parts[i];
        fill_in(part, questions[i], &answers);
        const struct match *with = i ? answer(&answers, (uint32_t)(QUESTION_UNLESS + i - 1)) : NULL;
        part->is_fatal = i && when && !with;
        bool is_thinner = i && when && (!with || with->total < when->total);
        part->holds = i == 0 ? when != NULL : part->role == EXPLAIN_SCOPED ? is_thinner : part->nodes[0].holds;
    }
    find_blame(out);
}

void explanation_done(struct explanation *x)
{
    ruleset_unref(x->held);
    *x = (struct explanation){0};
}
