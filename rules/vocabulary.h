// SPDX-License-Identifier: MIT
//
// The words that the rules of a segment name, by hash; and how entries of the index say what a document holds. For
// the engine's files only.
#ifndef RULES_VOCABULARY_H
#define RULES_VOCABULARY_H

#include "base/str.h"

#define NO_TERM UINT32_MAX

struct named_word {
    uint64_t hash; // 0: free
    uint32_t term;
};

// The words that rules name. Most words of a text are none of them, which one bit of the filter says: looked at for
// all words first, without a branch.
struct vocabulary {
    struct named_word *slots; // open addressing
    uint64_t *filter;         // FILTER_BITS for each slot
    size_t n_slots;
    uint32_t *han;            // terms of the common Han characters; NULL: there are none
};
enum {
    FILTER_BITS = 8,
    HAN_FIRST = 0x4E00,
    HAN_COUNT = 0x5200,
    HAN_BYTES = 3, // each in UTF-8
};

// Makes room for n words; adds one. Free with vocabulary_done.
void vocabulary_init(struct vocabulary *v, size_t n);
void vocabulary_add(struct vocabulary *v, struct str folded, uint64_t hash, uint32_t term);
void vocabulary_done(struct vocabulary *v);
size_t vocabulary_bytes(const struct vocabulary *v);

// The bit of the filter that a word sets.
static inline size_t vocabulary_filter_bit(const struct vocabulary *v, uint64_t hash)
{
    return (hash >> 32) & (v->n_slots * FILTER_BITS - 1);
}

// Tells whether the vocabulary may have the word: false is sure.
static inline bool vocabulary_may_have(const struct vocabulary *v, uint64_t hash)
{
    size_t bit = vocabulary_filter_bit(v, hash);
    return v->filter[bit >> 6] >> (bit & 63) & 1;
}

// Returns the term of the word, or NO_TERM.
static inline uint32_t vocabulary_find(const struct vocabulary *v, uint64_t hash)
{
    size_t at = hash & (v->n_slots - 1);
    while (v->slots[at].hash != hash && v->slots[at].hash)
        at = (at + 1) & (v->n_slots - 1);
    return v->slots[at].hash ? v->slots[at].term : NO_TERM;
}

// What a document holds, as bits: pairs of words that stand side by side (hashed: a set bit may lie), then its terms.
// The rules filed under a term ask for them (segment.h).
enum { PAIR_BITS = 1 << 15 }; // 4 KiB: stays near; an article sets 3 % of it
#define NO_BIT UINT32_MAX

// The bit of a term, and of two words side by side.
static inline uint32_t term_bit(uint32_t term) { return PAIR_BITS + term; }
static inline uint32_t pair_bit(uint32_t first, uint32_t second)
{
    return (uint32_t)((first * 0x9E3779B97F4A7C15u + second) * 0xD6E8FEB86659FD93u >> 49);
}

#endif
