// SPDX-License-Identifier: MIT
//
// Throttles: a token bucket for each (rule, receiver). What finds it empty is held for the receiver's next digest of
// that rule, at the latest an hour later; nothing is dropped.
#ifndef ALERTS_THROTTLE_H
#define ALERTS_THROTTLE_H

#include "alerts/delivery.h"
#include "base/arena.h"

enum { THROTTLE_DEFAULT = 30 };                   // alerts
static const int64_t THROTTLE_DEFAULT_MS = HOUR_MS; // in that time
static const int64_t DIGEST_WAIT_MS = HOUR_MS;    // from the first held alert to its digest
static const int64_t HELD_MS_MAX = 4LL * DAY_MS;  // until hours begin (three days at most), and a day to spare
enum { THROTTLE_BUCKETS_MAX = 1 << 20 };          // 100,000 rules x 10 receivers; past it the oldest full one goes

struct throttle_table;

// Makes an empty table. seed: of its hashing.
struct throttle_table *throttle_open(uint64_t seed);
void throttle_close(struct throttle_table *table);

// Takes one token of the bucket; false: empty, hold the delivery. `count` per `per_ms`: the rule's throttle; a count
// of 0 means unlimited. Time that goes backwards fills nothing.
bool throttle_take(struct throttle_table *table, struct str rule, struct str receiver, uint32_t count, int64_t per_ms,
                   wall_t now);

// Notes that an alert is held for a digest that is due then, and returns when it is due: what waits already goes with
// the first that was held.
wall_t throttle_hold(struct throttle_table *table, struct str rule, struct str receiver, wall_t due);

// Notes that the digest of what was held is queued.
void throttle_release(struct throttle_table *table, struct str rule, struct str receiver);

// Returns the (rule, receiver) whose digest is due first and when; false: nothing is held. Views until the next change.
bool throttle_next_digest(const struct throttle_table *table, struct str *out_rule, struct str *out_receiver,
                          wall_t *out_due);

// Moves what waits for a digest by that much: the clock was set by it, and the waiting stays as long as it was.
void throttle_shift(struct throttle_table *table, int64_t ms);

// Puts back what the store kept: a bucket's level, a held delivery.
void throttle_restore(struct throttle_table *table, const struct throttle_mark *mark);
void throttle_restore_held(struct throttle_table *table, struct str rule, struct str receiver, wall_t due);

// Copies the buckets that changed since the last call into the arena, to be committed; returns how many.
size_t throttle_changes(struct throttle_table *table, struct arena *arena, struct throttle_mark **out);

#endif
