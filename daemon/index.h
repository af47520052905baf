// SPDX-License-Identifier: MIT
//
// A table from a 64-bit key (already a hash) to an index: open addressing, linear probing, 12 bytes a slot, at most
// 3/4 full; removal moves what follows back, so no tombstones. For the shard's feeds and hosts, where a node with two
// pointers an entry (uthash) would double a feed's cost in RAM.
#ifndef DAEMON_INDEX_H
#define DAEMON_INDEX_H

#include "base/str.h"

#define INDEX_NONE UINT32_MAX

struct index {
    uint64_t *keys;
    uint32_t *values; // INDEX_NONE: empty slot
    uint32_t room;    // power of two
    uint32_t n;
};

// Puts a key that is not in; the table is zeroed before the first.
void index_put(struct index *x, uint64_t key, uint32_t value);

// Returns the value of a key, or INDEX_NONE.
uint32_t index_find(const struct index *x, uint64_t key);

// Takes a key out, if it is in.
void index_remove(struct index *x, uint64_t key);

// Returns the bytes it takes.
uint64_t index_bytes(const struct index *x);

void index_done(struct index *x);

#endif
