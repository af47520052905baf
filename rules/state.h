// SPDX-License-Identifier: MIT
//
// What a thread keeps for one segment from document to document. For the engine's files only.
#ifndef RULES_STATE_H
#define RULES_STATE_H

#include "rules/segment.h"
#include "rules/stem.h"

struct term_state { // of a present term
    uint32_t head, tail; // index + 1
    uint32_t fields;     // bits
};

// What a word means to a segment with patterns or stems, found once: its own term and those of what it meets.
struct meaning {
    uint64_t key; // 0: free
    uint32_t term;
    uint32_t more; // in known.more, index + 1: a count, then terms; 0: none
};

// Open addressing. Forgets all when it is full: words that nobody wrote before must not grow it.
struct known {
    struct meaning *slots;
    size_t n, n_slots;
    uint32_t *more;
    size_t n_more, more_room;
};

struct segment_state {
    struct segment *g;
    struct term_state *terms;
    uint64_t *bits;       // what the document holds (segment.h): small enough to stay near
    uint64_t *needed;     // bits of the terms in eval.needed
    uint64_t *candidates; // bits of rules; and a bit of each word of these that is not 0
    uint64_t *candidates_top;
    struct known known;
};

// Makes and frees the state; the segment is counted.
void state_init(struct segment_state *st, struct segment *g);
void state_done(struct segment_state *st);

// Marks a rule as a candidate.
static inline void state_add_candidate(struct segment_state *st, uint32_t rule)
{
    st->candidates[rule >> 6] |= (uint64_t)1 << (rule & 63);
    st->candidates_top[rule >> 12] |= (uint64_t)1 << (rule >> 6 & 63);
}

// Returns what is known of a word, or NULL.
static inline const struct meaning *known_find(const struct known *k, uint64_t key)
{
    for (size_t at = key & (k->n_slots - 1); k->slots[at].key; at = (at + 1) & (k->n_slots - 1))
        if (k->slots[at].key == key)
            return &k->slots[at];
    return NULL;
}

// Keeps what a word means: its own term (NO_TERM: none) and n more.
void known_add(struct known *k, uint64_t key, uint32_t term, const uint32_t *more, size_t n);

#endif
