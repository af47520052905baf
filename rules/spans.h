// SPDX-License-Identifier: MIT
//
// Spans: the places where a leaf is met, and how they stand to each other. For the engine's files only.
#ifndef RULES_SPANS_H
#define RULES_SPANS_H

#include "rules/expr.h"

struct eval;

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

enum { SPANS_SETTLE_MIN = 1 << 16 }; // 1.5 MiB; a usual rule never has so many

// Appends the spans of a leaf as they are met, perhaps a place twice or out of order. Tells whether there are any.
bool spans_of_leaf(struct eval *e, const uint32_t *code, uint32_t fields, struct spans *out);

// Appends the spans of an operand (leaf, or OR of operands), sorted by place, each place once. Returns the count.
size_t spans_of(struct eval *e, const uint32_t *code, uint32_t fields, bool is_filtered, struct spans *out);

// Sorts list[first..] by place and drops doubles.
void spans_settle(struct spans *s, size_t first);

// The same once there are *at of them, and sets *at for the next time: many leaves that find the same places take the
// room of those places, not of all that was found. *at is SPANS_SETTLE_MIN at first.
void spans_settle_long(struct spans *s, size_t first, size_t *at);
static inline void spans_settle_if_long(struct spans *s, size_t first, size_t *at)
{
    if (s->n - first >= *at)
        spans_settle_long(s, first, at);
}

// Appends a span.
void spans_grow(struct spans *s);
static inline void spans_push(struct spans *s, struct span span)
{
    if (s->n == s->room)
        spans_grow(s);
    s->list[s->n++] = span;
}

// Sorts by place and keeps doubles.
void spans_sort(struct spans *s);

// Keeps of list those that stand to one of `by` as join says; is_behind: `by` is the left operand. Both sorted.
// Returns how many are kept; with may_touch an overlap counts as near (vetoes).
size_t spans_near(struct eval *e, const struct span *by, size_t n_by, struct span *list, size_t n,
                  struct expr_join join, bool is_behind);

// Drops of list those that stand so to one of `by`, or overlap one; list keeps its order.
size_t spans_veto(const struct span *by, size_t n_by, struct span *list, size_t n, struct expr_join join);

#endif
