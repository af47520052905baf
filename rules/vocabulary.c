// SPDX-License-Identifier: MIT
//
// The vocabulary. See vocabulary.h.
#include "rules/vocabulary.h"

#include "base/mem.h"

void vocabulary_init(struct vocabulary *v, size_t n)
{
    *v = (struct vocabulary){.n_slots = 64};
    while (v->n_slots < n * 2)
        v->n_slots *= 2;
    v->slots = mem_alloc_array(v->n_slots, sizeof *v->slots);
    v->filter = mem_alloc_array(v->n_slots * FILTER_BITS / 64, sizeof *v->filter);
}

void vocabulary_add(struct vocabulary *v, uint64_t hash, uint32_t term)
{
    size_t at = hash & (v->n_slots - 1);
    while (v->slots[at].hash)
        at = (at + 1) & (v->n_slots - 1);
    v->slots[at] = (struct named_word){hash, term};
    size_t bit = vocabulary_filter_bit(v, hash);
    v->filter[bit >> 6] |= (uint64_t)1 << (bit & 63);
}

void vocabulary_done(struct vocabulary *v)
{
    mem_free(v->slots);
    mem_free(v->filter);
    *v = (struct vocabulary){0};
}

size_t vocabulary_bytes(const struct vocabulary *v)
{
    return v->n_slots * (sizeof *v->slots + FILTER_BITS / 8);
}
