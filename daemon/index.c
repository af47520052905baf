// SPDX-License-Identifier: MIT
#include "daemon/index.h"

#include <assert.h>

#include "base/mem.h"

static uint32_t place_of(const struct index *x, uint64_t key)
{
    return (uint32_t)((key * 0x9e3779b97f4a7c15ULL) >> 32) & (x->room - 1);
}

static void put(struct index *x, uint64_t key, uint32_t value)
{
    uint32_t i = place_of(x, key);
    while (x->values[i] != INDEX_NONE)
        i = (i + 1) & (x->room - 1);
    x->keys[i] = key;
    x->values[i] = value;
}

static void grow(struct index *x)
{
    struct index old = *x;
    x->room = old.room ? old.room * 2 : 16;
    x->keys = mem_alloc_array(x->room, sizeof *x->keys);
    x->values = mem_alloc_array(x->room, sizeof *x->values);
    for (uint32_t i = 0; i < x->room; i++)
        x->values[i] = INDEX_NONE;
    for (uint32_t i = 0; i < old.room; i++)
        if (old.values[i] != INDEX_NONE)
            put(x, old.keys[i], old.values[i]);
    index_done(&old);
}

void index_put(struct index *x, uint64_t key, uint32_t value)
{
    assert(index_find(x, key) == INDEX_NONE && value != INDEX_NONE);
    if ((uint64_t)x->n * 4 >= (uint64_t)x->room * 3)
        grow(x);
    put(x, key, value);
    x->n++;
}

static uint32_t slot_of(const struct index *x, uint64_t key)
{
    if (!x->room)
        return INDEX_NONE;
    for (uint32_t i = place_of(x, key); x->values[i] != INDEX_NONE; i = (i + 1) & (x->room - 1))
        if (x->keys[i] == key)
            return i;
    return INDEX_NONE;
}

uint32_t index_find(const struct index *x, uint64_t key)
{
    uint32_t i = slot_of(x, key);
    return i == INDEX_NONE ? INDEX_NONE : x->values[i];
}

void index_remove(struct index *x, uint64_t key)
{
    uint32_t hole = slot_of(x, key);
    if (hole == INDEX_NONE)
        return;
    x->values[hole] = INDEX_NONE;
    x->n--;
    uint32_t mask = x->room - 1;
    for (uint32_t i = (hole + 1) & mask; x->values[i] != INDEX_NONE; i = (i + 1) & mask) {
        uint32_t home = place_of(x, x->keys[i]);
        if (((i - home) & mask) < ((i - hole) & mask))
            continue; // it lies behind its home even without the hole
        x->keys[hole] = x->keys[i];
        x->values[hole] = x->values[i];
        x->values[i] = INDEX_NONE;
        hole = i;
    }
}

uint64_t index_bytes(const struct index *x) { return (uint64_t)x->room * (sizeof *x->keys + sizeof *x->values); }

void index_done(struct index *x)
{
    mem_free(x->keys);
    mem_free(x->values);
    *x = (struct index){0};
}
