// SPDX-License-Identifier: MIT
//
// Keyed hashing (XXH3, 64 and 128 bits) with a secret of the instance, so that nobody outside can make two of our ids
// collide on purpose. Stable for one key for ever: marks and alert ids are stored.
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

enum { HASH_KEY_BYTES = 192 }; // XXH3's secret; at least 136 are asked for, 192 is its own default

struct hash_key {
    unsigned char bytes[HASH_KEY_BYTES];
};

struct hash128 {
    uint64_t high, low;
};

// Fills a key from a seed (tests, simulation) by XXH3's own derivation; a real instance draws its bytes from the
// kernel and keeps them in the store.
void hash_key_from_seed(struct hash_key *key, uint64_t seed);

// Returns the keyed hash of the bytes of s.
uint64_t hash64(const struct hash_key *key, struct str s);
struct hash128 hash128(const struct hash_key *key, struct str s);

// Returns the keyed hash of several parts, each preceded by its length, so that ("ab","c") and ("a","bc") differ.
uint64_t hash64_parts(const struct hash_key *key, const struct str *parts, size_t n);
struct hash128 hash128_parts(const struct hash_key *key, const struct str *parts, size_t n);

// Returns an unkeyed hash for tables in memory; seed it from the loop's randomness where outsiders choose the keys.
uint64_t hash64_seeded(uint64_t seed, struct str s);

#endif
