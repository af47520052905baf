// SPDX-License-Identifier: MIT
//
// Running the code of rules over one document. For the engine's files only.
//
// Terms that the text holds have postings: nodes in order of position, linked by index. From these come spans, the
// places where a leaf is met; NEAR, vetoes and hits are made of spans. A veto that is scoped is a filter on spans.
#ifndef RULES_EVAL_H
#define RULES_EVAL_H

#include "rules/regex.h"
#include "rules/spans.h"
#include "rules/state.h"
#include "rules/text.h"

enum {
    AUX_REGEX = 1 << 30,
    REGEX_ALONE_MAX = 4, // more cost a document more than all of them at once
};

struct node {
    uint32_t pos;
    uint32_t phrase;
    uint32_t sentence;
    uint32_t next;   // index + 1; 0: the last
    uint32_t aux;    // regex: AUX_REGEX and the index of its hit; list: index + 1 of the phrase; else 0
    uint16_t length; // positions
    uint16_t field;  // its bit
};

struct veto {
    struct expr_join join;
    size_t first, n; // in eval.vetoed
};

struct eval {
    const struct segment *g;
    struct segment_state *state;
    struct text *text;
    const struct doc *doc;
    struct str lang;
    unsigned stem_lang;
    struct node *nodes;
    size_t n_nodes, nodes_room;
    uint32_t *present; // terms that the document holds
    size_t n_present, present_room;
    uint32_t *own; // of the words of the text: their own terms
    size_t own_room;
    bool is_lazy;     // only what is needed is posted (post.h)
    uint32_t *needed;
    size_t n_needed, needed_room;
    uint32_t *met; // patterns and stems of the word at hand
    size_t n_met, met_room;
    uint32_t *candidates;
    size_t n_candidates, candidates_room;
    struct regex_scratch *regex;
    struct stemmers *stemmers;
    struct place *regex_places; // of regex hits
    size_t n_regex_places, regex_places_room;
    bool is_regex_scanned;            // all of them
    uint32_t alone[REGEX_ALONE_MAX];  // those that were scanned alone
    unsigned n_alone;
    struct spans stack;  // operands of NEAR, nested calls on top of each other
    struct spans vetoed; // what scoped vetoes found
    struct spans hits;
    struct veto *vetoes;
    size_t n_vetoes, vetoes_room;
    uint32_t *ends; // sorted ends, for near
    size_t ends_room;
};

// Empties the postings for a document and a segment; eval_end lets go of the segment's state.
void eval_begin(struct eval *e, struct segment_state *state);
void eval_end(struct eval *e);

// Makes room for one more node and one more present term; for twice the present terms.
void eval_room(struct eval *e);
void eval_grow_present(struct eval *e);

// Runs rule i; fills e->hits where it matches: sorted by place, each place once.
bool eval_rule(struct eval *e, uint32_t rule);

// Posts what a regex finds in the document, unless that is done.
void eval_regex(struct eval *e, uint32_t term);

// Tells whether the tree at `code` holds, in these fields; under the vetoes where is_filtered.
bool eval_tree(struct eval *e, const uint32_t *code, uint32_t fields, bool is_filtered);

// The same, and appends the hits of what holds where the whole holds.
bool eval_gather(struct eval *e, const uint32_t *code, uint32_t fields, bool is_filtered, struct spans *out);

// Tells whether the document holds what the bit stands for; sets it.
static inline bool eval_has_bit(const struct eval *e, uint32_t bit)
{
    return e->state->bits[bit >> 6] >> (bit & 63) & 1;
}

static inline void eval_set_bit(struct eval *e, uint32_t bit)
{
    e->state->bits[bit >> 6] |= (uint64_t)1 << (bit & 63);
}

// Tells whether the document holds the term; eval_has asks for it in some of these fields.
static inline bool eval_is_present(const struct eval *e, uint32_t term)
{
    return eval_has_bit(e, term_bit(term));
}

static inline bool eval_has(const struct eval *e, uint32_t term, uint32_t fields)
{
    return eval_is_present(e, term) && (e->state->terms[term].fields & fields);
}

// The first node of a term, index + 1; 0: the document does not hold it.
static inline uint32_t eval_head(const struct eval *e, uint32_t term)
{
    return eval_is_present(e, term) ? e->state->terms[term].head : 0;
}

// Adds a node at a word's place. Returns its index + 1.
static inline uint32_t eval_add_node(struct eval *e, const struct word *w, uint32_t field, uint32_t aux)
{
    if (e->n_nodes == e->nodes_room || e->n_present == e->present_room)
        eval_room(e);
    struct node *node = &e->nodes[e->n_nodes++];
    *node = (struct node){w->pos, w->phrase, w->sentence, 0, aux, w->length, (uint16_t)field};
    return (uint32_t)e->n_nodes;
}

// Posts a term at a word's place; places come in order.
static inline void eval_post(struct eval *e, uint32_t term, const struct word *w, uint32_t field, uint32_t aux)
{
    uint32_t at = eval_add_node(e, w, field, aux);
    struct term_state *s = &e->state->terms[term];
    uint64_t *bits = &e->state->bits[term_bit(term) >> 6];
    uint64_t bit = (uint64_t)1 << (term & 63); // PAIR_BITS is a multiple of 64
    if (*bits & bit) {
        e->nodes[s->tail - 1].next = at;
        s->tail = at;
        s->fields |= field;
        return;
    }
    *bits |= bit;
    *s = (struct term_state){at, at, field};
    e->present[e->n_present++] = term;
}

#endif
