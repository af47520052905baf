// SPDX-License-Identifier: MIT
//
// Randomness as an argument: a seeded generator (xoshiro256**, Blackman and Vigna 2018) for jitter, hash seeds and
// tests. daemon/ seeds it from the kernel. Not for secrets: those come from the kernel directly.
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include "base/str.h"

struct rng {
    uint64_t state[4];
};

// Seeds the generator; equal seeds give equal sequences on every machine.
void rng_init(struct rng *rng, uint64_t seed);

// Returns 64 random bits.
uint64_t rng_u64(struct rng *rng);

// Returns a number in [0, n); n must not be 0. The bias (under n / 2^64) does not matter here.
uint64_t rng_below(struct rng *rng, uint64_t n);

// Returns a number in [0, 1).
double rng_unit(struct rng *rng);

#endif
