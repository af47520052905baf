// SPDX-License-Identifier: MIT
//
// Filing rules under their keys. See filing.h; which these are is plan.c's to say, what an entry is, segment.h's.
//
// Entries come rule by rule and are put in order of their terms by counting. A rule has an entry for each bit that may
// make it a candidate, so that the matcher reads one flat row of bits a term. Only a key with a bit of its own and
// guards besides needs both: its entry asks for its own and points to the guards.
#include "rules/filing.h"

#include "base/mem.h"
#include "rules/plan.h"

struct filed {
    uint32_t term;
    struct key key;
};

struct filing {
    struct filed *list;
    size_t n, room;
};

static void file_under(struct filing *f, uint32_t term, struct key key)
{
    if (f->n == f->room) {
        f->room = f->room ? f->room * 2 : 1024;
        f->list = mem_resize_array(f->list, f->room, sizeof *f->list);
    }
    f->list[f->n++] = (struct filed){term, key};
}

// Orders what was filed by term and empties the filing: *out_starts (n_terms + 1 and one more) says where each begins.
static struct key *file_done(struct filing *f, uint32_t n_terms, uint32_t **out_starts)
{
    uint32_t *starts = mem_alloc_array((size_t)n_terms + 2, sizeof *starts);
    for (size_t i = 0; i < f->n; i++)
        starts[f->list[i].term + 2]++;
    for (uint32_t t = 2; t < n_terms + 2; t++)
        starts[t] += starts[t - 1];
    struct key *keys = mem_resize_array(NULL, f->n, sizeof *keys);
    for (size_t i = 0; i < f->n; i++)
        keys[starts[f->list[i].term + 1]++] = f->list[i].key; // in the end where the next term's begin
    mem_free(f->list);
    *out_starts = starts;
    return keys;
}

static void add_more(struct segment *g, uint32_t *room, uint32_t word)
{
    if (g->n_key_more == *room) {
        *room = *room ? *room * 2 : 256;
        g->key_more = mem_resize_array(g->key_more, *room, sizeof *g->key_more);
    }
    g->key_more[g->n_key_more++] = word;
}

// Keeps what a key with a bit of its own asks for besides it. Returns where.
static uint32_t keep_guards(struct segment *g, uint32_t *room, const struct plan *plan, uint32_t rule)
{
    uint32_t at = g->n_key_more;
    add_more(g, room, rule);
    add_more(g, room, plan->n_guards);
    for (uint32_t i = 0; i < plan->n_guards; i++)
        add_more(g, room, plan->guards[i]);
    return at;
}

static void file_rule(struct segment *g, struct filing *f, uint32_t *more_room, const struct plan *plan, uint32_t rule)
{
    uint32_t more = NO_BIT;
    for (uint32_t i = 0; i < plan->n_guards; i++)
        g->has_pairs |= plan->guards[i] < PAIR_BITS;
    for (size_t k = 0; k < plan->n_keys; k++) {
        uint32_t term = plan->keys[k].term, own = plan->keys[k].own;
        if (own == NO_BIT && plan->n_guards == 0)
            own = term_bit(term); // which the document holds
        if (own != NO_BIT && plan->n_guards && more == NO_BIT)
            more = keep_guards(g, more_room, plan, rule);
        if (own != NO_BIT) {
            g->has_pairs |= own < PAIR_BITS;
            file_under(f, term, (struct key){own, plan->n_guards ? more | KEY_HAS_MORE : rule});
            continue;
        }
        for (uint32_t i = 0; i < plan->n_guards; i++)
            file_under(f, term, (struct key){plan->guards[i], rule});
    }
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

static void list_rule(uint32_t **list, uint32_t *n, uint32_t rule)
{
    if ((*n & (*n - 1)) == 0) // full at each power of two
        *list = mem_resize_array(*list, *n ? (size_t)*n * 2 : 1, sizeof **list);
    (*list)[(*n)++] = rule;
}

static void file_rules(struct segment *g, struct plan *plan)
{
    struct filing f = {0};
    uint32_t more_room = 0;
    for (uint32_t i = 0; i < g->n_rules; i++) {
        const uint32_t *when = g->code + g->rule_code[i] + 1;
        plan_tree(plan, when);
        g->costs[i] = (struct rule_cost){.is_always = plan->n_keys == 0, .n_keys = (uint32_t)plan->n_keys};
        count_cost(when, code_size(when), &g->costs[i]);
        if (plan->n_keys == 0)
            list_rule(&g->always, &g->n_always, i);
        if (g->costs[i].n_regexes)
            list_rule(&g->with_regex, &g->n_with_regex, i);
        file_rule(g, &f, &more_room, plan, i);
    }
    g->bytes += f.n * sizeof *g->keys + (g->n_terms + 2) * sizeof *g->key_starts +
                g->n_key_more * sizeof *g->key_more;
    g->keys = file_done(&f, g->n_terms, &g->key_starts);
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
        for (size_t k = 0; k < plan->n_keys; k++)
            file_under(&f, plan->keys[k].term, (struct key){NO_BIT, i});
    }
    g->bytes += f.n * sizeof *g->list_keys + (g->n_terms + 2) * sizeof *g->list_starts;
    g->list_keys = file_done(&f, g->n_terms, &g->list_starts);
}

void file_segment(struct segment *g, const struct compiler *c)
{
    struct plan plan;
    plan_init(&plan, c->terms, c->n_terms, c->text.key, g->leaves);
    file_rules(g, &plan);
    g->is_by_words = is_by_words(g, c->terms);
    file_lists(g, &plan);
    plan_done(&plan);
}
