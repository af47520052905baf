// SPDX-License-Identifier: MIT
//
// Running the code of rules over one document. For the engine's files only.
//
// Terms that the text holds have postings: nodes in order of position, linked by index. From these come spans, the
// places where a leaf is met; NEAR, vetoes and hits are made of spans. A veto that is scoped is a filter on spans.
#ifndef RULES_EVAL_H
#define RULES_EVAL_H

#include "rules/regex.h"
#include "rules/state.h"
#include "rules/text.h"

enum { AUX_REGEX = 1 << 30 };

struct node {
    uint32_t pos;
    uint32_t next; // index + 1; 0: the last
    uint32_t phrase;
    uint32_t sentence;
    uint32_t aux;    // regex: AUX_REGEX and the index of its hit; list: index + 1 of the phrase; else 0
    uint16_t length; // positions
    uint16_t field;  // its bit
};

struct span {
    uint32_t pos, end;
    uint32_t phrase, sentence;
    uint32_t code; // of the leaf
    uint32_t aux;  // as in struct node
};

struct spans {
    struct span *list;
    size_t n, room;
};

struct posted {
    uint32_t word; // of the value
    uint32_t term;
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
    struct posted *posted; // the words of the value at hand that are terms
    size_t posted_room;
    uint32_t *met; // patterns and stems of the word at hand
    size_t n_met, met_room;
    uint32_t *candidates;
    size_t n_candidates, candidates_room;
    struct regex_scratch *regex;
    struct stemmers *stemmers;
    struct place *regex_places; // of regex hits
    size_t n_regex_places, regex_places_room;
    bool is_regex_scanned;
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

// Posts a term at a word's place.
void eval_post(struct eval *e, uint32_t term, const struct word *w, uint32_t field, uint32_t aux);

// Runs rule i; fills e->hits where it matches: sorted by place, each place once.
bool eval_rule(struct eval *e, uint32_t rule);

// Tells whether the tree at `code` holds, in these fields; under the vetoes where is_filtered.
bool eval_tree(struct eval *e, const uint32_t *code, uint32_t fields, bool is_filtered);

// Appends the hits of a tree that holds.
void eval_collect(struct eval *e, const uint32_t *code, uint32_t fields, bool is_filtered, struct spans *out);

// Appends the spans of an operand (leaf, or OR of operands), sorted by place, each place once. Returns the count.
size_t spans_of(struct eval *e, const uint32_t *code, uint32_t fields, bool is_filtered, struct spans *out);

// Sorts list[first..] by place and drops doubles.
void spans_settle(struct spans *s, size_t first);

void spans_push(struct spans *s, struct span span);

// Sorts by place and keeps doubles.
void spans_sort(struct spans *s);

// Keeps of list those that stand to one of `by` as join says; is_behind: `by` is the left operand. Both sorted.
// Returns how many are kept; with may_touch an overlap counts as near (vetoes).
size_t spans_near(struct eval *e, const struct span *by, size_t n_by, struct span *list, size_t n,
                  struct expr_join join, bool is_behind);

// Drops of list those that stand so to one of `by`, or overlap one; list keeps its order.
size_t spans_veto(const struct span *by, size_t n_by, struct span *list, size_t n, struct expr_join join);

static inline bool eval_has_bit(const struct eval *e, uint32_t bit)
{
    return e->state->bits[bit >> 6] >> (bit & 63) & 1;
}

static inline void eval_set_bit(struct eval *e, uint32_t bit)
{
    e->state->bits[bit >> 6] |= (uint64_t)1 << (bit & 63);
}

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

#endif
