// SPDX-License-Identifier: MIT
//
// The invariants: a node at level l differs from the wheel's tick first in the 6-bit group l, and is ahead there; so
// each level's occupied slots lie behind the wheel's own index of that level, and the first occupied slot of the lowest
// level that has one is the next event. A slot of a higher level is an event too: its nodes move down.
#include "base/wheel.h"

#include <assert.h>

#include "base/mem.h"

enum { WHEEL_BITS = 6, WHEEL_OUT = 0xffff };

static const uint64_t tick_max = (1ULL << (WHEEL_BITS * WHEEL_LEVELS)) - 1;

// Rounds up: never early.
static uint64_t tick_of(mono_t t)
{
    if (t.ms <= 0)
        return 0;
    uint64_t tick = ((uint64_t)t.ms + WHEEL_TICK_MS - 1) / WHEEL_TICK_MS;
    return tick < tick_max ? tick : tick_max;
}

void wheel_init(struct wheel *w, mono_t now)
{
    *w = (struct wheel){.at = now.ms <= 0 ? 0 : (uint64_t)now.ms / WHEEL_TICK_MS, .ready_tail = WHEEL_NONE};
    for (size_t i = 0; i <= WHEEL_READY; i++)
        w->heads[i] = WHEEL_NONE;
}

void wheel_done(struct wheel *w)
{
    mem_free(w->nodes);
    w->nodes = NULL;
    w->n = w->n_in = 0;
}

void wheel_grow(struct wheel *w, uint32_t n)
{
    if (n <= w->n)
        return;
    w->nodes = mem_resize_array(w->nodes, n, sizeof *w->nodes);
    for (uint32_t i = w->n; i < n; i++)
        w->nodes[i] = (struct wheel_node){.next = WHEEL_NONE, .prev = WHEEL_NONE, .slot = WHEEL_OUT};
    w->n = n;
}

static void link_at_head(struct wheel *w, uint32_t i, uint32_t slot)
{
    struct wheel_node *node = &w->nodes[i];
    node->slot = slot & 0xffff;
    node->prev = WHEEL_NONE;
    node->next = w->heads[slot];
    if (node->next != WHEEL_NONE)
        w->nodes[node->next].prev = i;
    w->heads[slot] = i;
    w->occupied[slot / WHEEL_SLOTS] |= 1ULL << (slot % WHEEL_SLOTS);
}

static void link_as_ready(struct wheel *w, uint32_t i)
{
    struct wheel_node *node = &w->nodes[i];
    node->slot = WHEEL_READY;
    node->next = WHEEL_NONE;
    node->prev = w->ready_tail;
    if (w->ready_tail != WHEEL_NONE)
        w->nodes[w->ready_tail].next = i;
    else
        w->heads[WHEEL_READY] = i;
    w->ready_tail = i;
}

static void place(struct wheel *w, uint32_t i)
{
    uint64_t tick = w->nodes[i].tick;
    if (tick <= w->at) {
        link_as_ready(w, i);
        return;
    }
    unsigned level = (63u - (unsigned)__builtin_clzll(tick ^ w->at)) / WHEEL_BITS;
    unsigned slot = (unsigned)(tick >> (WHEEL_BITS * level)) % WHEEL_SLOTS;
    link_at_head(w, i, level * WHEEL_SLOTS + slot);
}

void wheel_add(struct wheel *w, uint32_t i, mono_t due)
{
    assert(i < w->n);
    wheel_remove(w, i);
    w->nodes[i].tick = tick_of(due) & ((1ULL << 48) - 1);
    w->n_in++;
    place(w, i);
}

static void unlink_node(struct wheel *w, uint32_t i)
{
    struct wheel_node *node = &w->nodes[i];
    uint32_t slot = node->slot;
    if (node->next != WHEEL_NONE)
        w->nodes[node->next].prev = node->prev;
    else if (slot == WHEEL_READY)
        w->ready_tail = node->prev;
    if (node->prev != WHEEL_NONE)
        w->nodes[node->prev].next = node->next;
    else
        w->heads[slot] = node->next;
    if (slot != WHEEL_READY && w->heads[slot] == WHEEL_NONE)
        w->occupied[slot / WHEEL_SLOTS] &= ~(1ULL << (slot % WHEEL_SLOTS));
    node->slot = WHEEL_OUT;
    node->next = node->prev = WHEEL_NONE;
}

void wheel_remove(struct wheel *w, uint32_t i)
{
    if (!wheel_has(w, i))
        return;
    unlink_node(w, i);
    w->n_in--;
}

bool wheel_has(const struct wheel *w, uint32_t i) { return i < w->n && w->nodes[i].slot != WHEEL_OUT; }

mono_t wheel_due(const struct wheel *w, uint32_t i)
{
    assert(wheel_has(w, i));
    return (mono_t){(int64_t)w->nodes[i].tick * WHEEL_TICK_MS};
}

// The next tick at which a slot is to be emptied, and its level; false where all slots are empty.
static bool next_event(const struct wheel *w, uint64_t *out_tick, unsigned *out_level)
{
    for (unsigned level = 0; level < WHEEL_LEVELS; level++) {
        if (!w->occupied[level])
            continue;
        unsigned shift = WHEEL_BITS * level;
        uint64_t slot = (uint64_t)__builtin_ctzll(w->occupied[level]);
        uint64_t above = w->at >> (shift + WHEEL_BITS) << (shift + WHEEL_BITS);
        *out_tick = above | slot << shift;
        *out_level = level;
        assert(*out_tick > w->at);
        return true;
    }
    return false;
}

// Moves the nodes of the slot that begins at the wheel's tick down; those due now become ready.
static void empty_slot(struct wheel *w, unsigned level)
{
    uint32_t slot = level * WHEEL_SLOTS + (uint32_t)(w->at >> (WHEEL_BITS * level)) % WHEEL_SLOTS;
    uint32_t i = w->heads[slot];
    w->heads[slot] = WHEEL_NONE;
    w->occupied[level] &= ~(1ULL << (slot % WHEEL_SLOTS));
    while (i != WHEEL_NONE) {
        uint32_t next = w->nodes[i].next;
        place(w, i);
        i = next;
    }
}

uint32_t wheel_take(struct wheel *w, mono_t now)
{
    uint64_t target = now.ms <= 0 ? 0 : (uint64_t)now.ms / WHEEL_TICK_MS;
    uint64_t tick = 0;
    unsigned level = 0;
    while (w->heads[WHEEL_READY] == WHEEL_NONE && next_event(w, &tick, &level) && tick <= target) {
        w->at = tick;
        empty_slot(w, level);
    }
    uint32_t i = w->heads[WHEEL_READY];
    if (i != WHEEL_NONE) {
        unlink_node(w, i);
        w->n_in--;
    } else if (target > w->at) {
        w->at = target; // no event lies between, so no invariant moves
    }
    return i;
}

bool wheel_next(const struct wheel *w, mono_t *out_next)
{
    uint64_t tick = w->at;
    unsigned level = 0;
    if (w->heads[WHEEL_READY] == WHEEL_NONE && !next_event(w, &tick, &level))
        return false;
    *out_next = (mono_t){(int64_t)tick * WHEEL_TICK_MS};
    return true;
}
