// SPDX-License-Identifier: MIT
//
// A thread's state of a segment. See state.h.
#include "rules/state.h"

#include "base/mem.h"

enum {
    KNOWN_SLOTS_MIN = 1024,
    KNOWN_SLOTS_MAX = 1 << 17, // 2 MiB: 65,000 words, more than a newspaper uses in a year
    KNOWN_MORE_MAX = 1 << 18,  // 1 MiB
    MORE_MAX = 256,            // of one word; one that meets more is looked at each time
};

static void known_init(struct known *k)
{
    k->n_slots = KNOWN_SLOTS_MIN;
    k->slots = mem_alloc_array(k->n_slots, sizeof *k->slots);
}

void state_init(struct segment_state *st, struct segment *g)
{
    *st = (struct segment_state){.g = segment_ref(g)};
    st->terms = mem_alloc_array((size_t)g->n_terms + 1, sizeof *st->terms);
    st->bits = mem_alloc_array((PAIR_BITS + (size_t)g->n_terms) / 64 + 1, sizeof *st->bits);
    st->needed = mem_alloc_array((size_t)g->n_terms / 64 + 1, sizeof *st->needed);
    st->candidates = mem_alloc_array((size_t)g->n_rules / 64 + 1, sizeof *st->candidates);
    st->candidates_top = mem_alloc_array((size_t)g->n_rules / 4096 + 1, sizeof *st->candidates_top);
    if (g->n_patterns || g->n_stem_slots)
        known_init(&st->known);
}

void state_done(struct segment_state *st)
{
    segment_unref(st->g);
    mem_free(st->terms);
    mem_free(st->bits);
    mem_free(st->needed);
    mem_free(st->candidates);
    mem_free(st->candidates_top);
    mem_free(st->known.slots);
    mem_free(st->known.more);
    *st = (struct segment_state){0};
}

static void put(struct known *k, struct meaning m)
{
    size_t at = m.key & (k->n_slots - 1);
    while (k->slots[at].key)
        at = (at + 1) & (k->n_slots - 1);
    k->slots[at] = m;
}

static void forget(struct known *k)
{
    memset(k->slots, 0, k->n_slots * sizeof *k->slots);
    k->n = k->n_more = 0;
}

static void grow(struct known *k)
{
    struct known old = *k;
    k->n_slots *= 2;
    k->slots = mem_alloc_array(k->n_slots, sizeof *k->slots);
    for (size_t i = 0; i < old.n_slots; i++)
        if (old.slots[i].key)
            put(k, old.slots[i]);
    mem_free(old.slots);
}

void known_add(struct known *k, uint64_t key, uint32_t term, const uint32_t *more, size_t n)
{
    if (n > MORE_MAX)
        return;
    if ((k->n + 1) * 2 > k->n_slots && k->n_slots < KNOWN_SLOTS_MAX)
        grow(k);
    if ((k->n + 1) * 2 > k->n_slots || k->n_more + n + 1 > KNOWN_MORE_MAX)
        forget(k);
    struct meaning m = {key, term, 0};
    if (n) {
        if (k->n_more + n + 1 > k->more_room) {
            k->more_room = (k->n_more + n + 1) * 2;
            k->more = mem_resize_array(k->more, k->more_room, sizeof *k->more);
        }
        m.more = (uint32_t)k->n_more + 1;
        k->more[k->n_more++] = (uint32_t)n;
        memcpy(k->more + k->n_more, more, n * sizeof *more);
        k->n_more += n;
    }
    put(k, m);
    k->n++;
}
