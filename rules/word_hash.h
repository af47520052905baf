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

typedef uint8_t bytes16 __attribute__((vector_size(16)));

static inline void bytes16_halves(bytes16 bytes, uint64_t out[2])
{
    memcpy(out, &bytes, sizeof bytes);
    out[0] = le64toh(out[0]);
    out[1] = le64toh(out[1]);
}

// The bytes before the first one whose bits are set, as a mask; all where none is.
static inline uint64_t bytes_before(uint64_t bytes)
{
    return (bytes & -bytes) - 1;
}

// Reads the run of ASCII letters and digits at p, with 16 bytes there: its folded bytes (and what lies behind them) go
// to `folded`, its hash is returned. *out_n is 16 where the run may go on. Without a branch on the length.
static inline uint64_t word_read_short(struct word_key key, const char *p, char folded[WORD_SHORT], size_t *out_n)
{
    bytes16 bytes;
    memcpy(&bytes, p, sizeof bytes);
    bytes16 found = (bytes16)(((bytes | 0x20) - 'a' < 26) | (bytes - '0' < 10));
    bytes |= found & 0x20; // a digit has that bit already
    memcpy(folded, &bytes, sizeof bytes);
    uint64_t word[2], rest[2];
    bytes16_halves(bytes, word);
    bytes16_halves(~found, rest);
    uint64_t first = bytes_before(rest[0]);
    uint64_t second = bytes_before(rest[1]) & (0 - (uint64_t)(rest[0] == 0));
    uint64_t ones = (first & 0x0101010101010101u) + (second & 0x0101010101010101u);
    *out_n = ones * 0x0101010101010101u >> 56;
    return word_hash_short(key, word[0] & first, word[1] & second);
}

#endif
