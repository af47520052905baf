// SPDX-License-Identifier: MIT
//
// The vocabulary. See vocabulary.h.
#include "rules/vocabulary.h"

#include "base/mem.h"
#include "base/utf8.h"

void vocabulary_init(struct vocabulary *v, size_t n)
{
    *v = (struct vocabulary){.n_slots = 64};
    while (v->n_slots < n * 2)
        v->n_slots *= 2;
    v->slots = mem_alloc_array(v->n_slots, sizeof *v->slots);
    v->filter = mem_alloc_array(v->n_slots * FILTER_BITS / 64, sizeof *v->filter);
}

static void add_han(struct vocabulary *v, uint32_t code, uint32_t term)
{
    if (!v->han) {
        v->han = mem_alloc_array(HAN_COUNT, sizeof *v->han);
        memset(v->han, 0xFF, HAN_COUNT * sizeof *v->han); // NO_TERM
    }
    v->han[code - HAN_FIRST] = term;
}

void vocabulary_add(struct vocabulary *v, struct str folded, uint64_t hash, uint32_t term)
{
    uint32_t code;
    if (folded.n == HAN_BYTES && utf8_decode(folded, &code) == HAN_BYTES && code - HAN_FIRST < HAN_COUNT)
        add_han(v, code, term);
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
    mem_free(v->han);
    *v = (struct vocabulary){0};
}

size_t vocabulary_bytes(const struct vocabulary *v)
{
    return v->n_slots * (sizeof *v->slots + FILTER_BITS / 8) + (v->han ? HAN_COUNT * sizeof *v->han : 0);
}
