// SPDX-License-Identifier: MIT
//
// A hierarchical timing wheel (Varghese and Lauck 1987, scheme 6) over small integers: entry i falls due once, at a
// tick. Adding, removing and taking are O(1); 16 bytes an entry, linked by index, so that a million feeds need no
// timer of the loop and no pointer each.
//
//   level 0: 64 slots of one tick   level 1: 64 slots of 64 ticks   ...   level 6
//
// An entry lies at the level of the highest 6-bit group in which its tick differs from the wheel's own, so that what
// lies lower is always earlier; when the wheel reaches a slot of a higher level, its entries move down. The times are
// monotonic and are rounded up to a tick: an entry is never taken early, and at most one tick late.
#ifndef BASE_WHEEL_H
#define BASE_WHEEL_H

#include "base/clock.h"

enum {
    WHEEL_TICK_MS = 16,   // far under the 1 s that matters to a host, and 2^42 of them outlast any daemon
    WHEEL_LEVELS = 7,
    WHEEL_SLOTS = 64,     // a level's occupied slots are one word
    WHEEL_READY = WHEEL_LEVELS * WHEEL_SLOTS, // the slot of what is due already
};

#define WHEEL_NONE UINT32_MAX

struct wheel_node {
    uint32_t next, prev;  // WHEEL_NONE at the ends
    uint64_t tick : 48;   // when it falls due
    uint64_t slot : 16;   // level * 64 + slot, WHEEL_READY, or WHEEL_OUT in wheel.c
};

struct wheel {
    struct wheel_node *nodes; // by entry
    uint32_t n;               // entries there is room for
    uint32_t n_in;            // entries in the wheel now
    uint64_t at;              // the tick reached
    uint64_t occupied[WHEEL_LEVELS];
    uint32_t heads[WHEEL_READY + 1];
    uint32_t ready_tail; // what is due leaves in the order in which it fell due
};

// Makes an empty wheel that stands at `now`.
void wheel_init(struct wheel *w, mono_t now);

// Frees it. Accepts a zeroed struct.
void wheel_done(struct wheel *w);

// Makes room for the entries 0 to n-1; never shrinks.
void wheel_grow(struct wheel *w, uint32_t n);

// Puts entry i in, due at `due` (a time past is due at once); an entry that is in moves.
void wheel_add(struct wheel *w, uint32_t i, mono_t due);

// Takes entry i out; nothing where it is not in.
void wheel_remove(struct wheel *w, uint32_t i);

// Tells whether entry i is in.
bool wheel_has(const struct wheel *w, uint32_t i);

// Returns when entry i falls due; it must be in.
mono_t wheel_due(const struct wheel *w, uint32_t i);

// Takes one entry that is due at `now` out and returns it, WHEEL_NONE where there is none. A `now` before an earlier
// one counts as that one. Earlier due comes first, and what is due at one tick in the order of adding or nearly.
uint32_t wheel_take(struct wheel *w, mono_t now);

// Returns a time at or before which nothing is due, and which is reached in O(levels) steps: when to call wheel_take
// next. False where the wheel is empty.
bool wheel_next(const struct wheel *w, mono_t *out_next);

#endif
