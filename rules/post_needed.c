// SPDX-License-Identifier: MIT
//
// Posting what candidates ask for, of a text whose terms were only noted. See post.h.
#include "base/mem.h"
#include "rules/post.h"

enum { AHEAD = 8 }; // candidates whose code is fetched ahead

static void need(struct eval *e, uint32_t term)
{
    uint64_t *bits = &e->state->needed[term >> 6];
    uint64_t bit = (uint64_t)1 << (term & 63);
    if (!eval_is_present(e, term) || *bits & bit)
        return;
    *bits |= bit;
    e->state->terms[term] = (struct term_state){0};
    if (e->n_needed == e->needed_room) {
        e->needed_room = e->needed_room ? e->needed_room * 2 : 256;
        e->needed = mem_resize_array(e->needed, e->needed_room, sizeof *e->needed);
    }
    e->needed[e->n_needed++] = term;
}

static void need_leaf(struct eval *e, const struct leaf *leaf)
{
    for (uint32_t i = 0; i < leaf->n_variants; i++)
        for (uint32_t t = 0; t < leaf->variants[i].n; t++)
            need(e, leaf->variants[i].terms[t]);
}

// Every term of a rule's code, vetoes too.
static void need_rule(struct eval *e, uint32_t rule)
{
    const uint32_t *code = e->g->code + e->g->rule_code[rule] + 1;
    const uint32_t *end = e->g->code + e->g->rule_code[rule + 1];
    for (; code < end; code += code_head(code)) {
        uint32_t arg = code_arg(*code);
        enum op op = code_op(*code);
        if (op == OP_TERM)
            need(e, arg);
        else if (op == OP_LEAF)
            need_leaf(e, &e->g->leaves[arg]);
        for (uint32_t i = 0; op == OP_PHRASE && i < (arg & PHRASE_COUNT_MASK); i++)
            need(e, code[1 + i]);
    }
}

static void post_value_needed(struct eval *e, const struct text_value *v)
{
    const uint64_t *needed = e->state->needed;
    for (uint32_t i = v->first_word; i < v->first_word + v->n_words; i++) {
        uint32_t term = e->own[i];
        if (term == NO_TERM || !(needed[term >> 6] >> (term & 63) & 1))
            continue;
        uint32_t at = eval_add_node(e, &e->text->words[i], 1u << v->field, 0);
        struct term_state *s = &e->state->terms[term];
        if (s->head)
            e->nodes[s->tail - 1].next = at;
        else
            s->head = at;
        s->tail = at;
        s->fields |= 1u << v->field;
    }
}

void post_needed(struct eval *e)
{
    if (!e->is_lazy)
        return;
    e->n_needed = 0;
    for (size_t i = 0; i < e->n_candidates; i++) {
        if (i + AHEAD < e->n_candidates) {
            const uint32_t *code = &e->g->code[e->g->rule_code[e->candidates[i + AHEAD]]];
            __builtin_prefetch(code);
            __builtin_prefetch(code + 64 / sizeof *code);
        }
        need_rule(e, e->candidates[i]);
    }
    for (size_t i = 0; e->n_needed && i < e->text->n_values; i++)
        post_value_needed(e, &e->text->values[i]);
    for (size_t i = 0; i < e->n_needed; i++)
        e->state->needed[e->needed[i] >> 6] = 0;
}
