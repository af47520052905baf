// SPDX-License-Identifier: MIT
//
// The hash of a word's folded bytes, by which it is found in the vocabulary. For rules/ only.
//
// Nine words of ten are at most 16 bytes, which the reader has in two registers: one multiplication folds them, as
// XXH3 does inside, without its choice by length, which the processor mispredicts at every other word (measured: 9 ns
// a word saved). Longer ones are XXH3's. Folded bytes hold no NUL, so padding makes no two words equal.
#ifndef RULES_WORD_HASH_H
#define RULES_WORD_HASH_H

#include <endian.h>

#include "base/hash.h"

enum { WORD_SHORT = 16 };

// Two keys made of a set's seed.
struct word_key {
    uint64_t low, high;
};

// Returns the keys of a seed.
static inline struct word_key word_key_of(uint64_t seed)
{
    uint64_t low = (seed ^ 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;
    uint64_t high = (low ^ low >> 32) * 0xC2B2AE3D27D4EB4Fu;
    return (struct word_key){low ^ low >> 29, (high ^ high >> 31) | 1};
}

// Returns the hash of at most 16 bytes, given as two little-endian numbers padded with 0. Never 0.
static inline uint64_t word_hash_short(struct word_key key, uint64_t first, uint64_t second)
{
    unsigned __int128 product = (unsigned __int128)(first ^ key.low) * (second ^ key.high);
    uint64_t hash = (uint64_t)product ^ (uint64_t)(product >> 64);
    return hash + (hash == 0);
}

// Returns the hash of any word. Never 0.
static inline uint64_t word_hash(struct word_key key, struct str folded)
{
    if (folded.n > WORD_SHORT) {
        uint64_t hash = hash64_seeded(key.low, folded);
        return hash + (hash == 0);
    }
    uint64_t bytes[2] = {0, 0};
    memcpy(bytes, folded.p, folded.n);
    return word_hash_short(key, le64toh(bytes[0]), le64toh(bytes[1]));
}

#endif
