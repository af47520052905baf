// SPDX-License-Identifier: MIT
//
// Keyed hashing on top of xxhash. See hash.h.
#include "base/hash.h"

#include <assert.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static_assert(HASH_KEY_BYTES >= XXH3_SECRET_SIZE_MIN, "xxhash asks for a longer secret");

void hash_key_from_seed(struct hash_key *key, uint64_t seed)
{
    XXH3_generateSecret_fromSeed(key->bytes, seed);
}

uint64_t hash64(const struct hash_key *key, struct str s)
{
    return XXH3_64bits_withSecret(s.n ? s.p : "", s.n, key->bytes, sizeof key->bytes);
}

struct hash128 hash128(const struct hash_key *key, struct str s)
{
    XXH128_hash_t h = XXH3_128bits_withSecret(s.n ? s.p : "", s.n, key->bytes, sizeof key->bytes);
    return (struct hash128){h.high64, h.low64};
}

enum { LENGTH_BYTES = 8, JOINED_BYTES = 512 };

// Little-endian, before each part.
static void write_length(unsigned char out[LENGTH_BYTES], size_t n)
{
    for (int b = 0; b < LENGTH_BYTES; b++)
        out[b] = (unsigned char)((uint64_t)n >> (8 * b));
}

static void add_parts(XXH3_state_t *state, const struct str *parts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char length[LENGTH_BYTES];
        write_length(length, parts[i].n);
        XXH3_64bits_update(state, length, sizeof length);
        if (parts[i].n)
            XXH3_64bits_update(state, parts[i].p, parts[i].n);
    }
}

// Writes the parts, each behind its length, one behind the other. Returns the bytes; 0 where they do not fit.
static size_t join(unsigned char out[JOINED_BYTES], const struct str *parts, size_t n)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (parts[i].n > JOINED_BYTES - LENGTH_BYTES || at > JOINED_BYTES - LENGTH_BYTES - parts[i].n)
            return 0;
        write_length(out + at, parts[i].n);
        if (parts[i].n)
            memcpy(out + at + LENGTH_BYTES, parts[i].p, parts[i].n);
        at += LENGTH_BYTES + parts[i].n;
    }
    return at;
}

// Most are short: hashed in one go they come to the same, without a state to set up (half a kilobyte).
uint64_t hash64_parts(const struct hash_key *key, const struct str *parts, size_t n)
{
    unsigned char joined[JOINED_BYTES];
    size_t bytes = join(joined, parts, n);
    if (bytes)
        return XXH3_64bits_withSecret(joined, bytes, key->bytes, sizeof key->bytes);
    XXH3_state_t state;
    XXH3_64bits_reset_withSecret(&state, key->bytes, sizeof key->bytes);
    add_parts(&state, parts, n);
    return XXH3_64bits_digest(&state);
}

struct hash128 hash128_parts(const struct hash_key *key, const struct str *parts, size_t n)
{
    XXH3_state_t state;
    XXH3_128bits_reset_withSecret(&state, key->bytes, sizeof key->bytes);
    add_parts(&state, parts, n);
    XXH128_hash_t h = XXH3_128bits_digest(&state);
    return (struct hash128){h.high64, h.low64};
}

uint64_t hash64_seeded(uint64_t seed, struct str s)
{
    return XXH3_64bits_withSeed(s.n ? s.p : "", s.n, seed);
}
