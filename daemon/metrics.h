// SPDX-License-Identifier: MIT
//
// Counters of the whole process, for the control API and Prometheus. Any thread adds (relaxed atomics: a counter
// orders nothing); main reads, and each worker the polls that the budget is of.
#ifndef DAEMON_METRICS_H
#define DAEMON_METRICS_H

#include "base/buf.h"

enum metric {
    METRIC_POLLS,            // finished
    METRIC_POLLS_UNCHANGED,  // 304
    METRIC_POLLS_FAILED,
    METRIC_POLL_BYTES,       // of bodies, decoded
    METRIC_ITEMS_NEW,
    METRIC_ITEMS_EDITED,
    METRIC_ALERTS,           // committed
    METRIC_COMMITS,
    METRIC_COMMITS_LATER,    // failed and to be tried again
    METRIC_COMMITTED_POLLS,
    METRIC_DELIVERIES_TRIED,
    METRIC_DELIVERIES_DONE,
    METRIC_DELIVERIES_DEAD,
    METRIC_LOG_DROPPED,
    METRIC_RELOADS,
    METRIC_RELOADS_FAILED,
    METRICS
};

// How long a turn of a worker's loop takes: what is ready meanwhile waits as long. Bounds in microseconds, the last
// bucket is above them all.
enum { METRIC_TURN_BOUNDS = 13 };
extern const uint32_t metric_turn_bounds_us[METRIC_TURN_BOUNDS];

struct metrics {
    uint64_t count[METRICS];
    uint64_t turns[METRIC_TURN_BOUNDS + 1];
    uint64_t turns_us; // their sum
};

static inline void metric_add(struct metrics *m, enum metric which, uint64_t n)
{
    __atomic_add_fetch(&m->count[which], n, __ATOMIC_RELAXED);
}

static inline uint64_t metric_get(const struct metrics *m, enum metric which)
{
    return __atomic_load_n(&m->count[which], __ATOMIC_RELAXED);
}

// Counts a turn of a loop that took so long.
void metric_turn(struct metrics *m, uint64_t took_us);

// Appends the turns as a Prometheus histogram, feedwatch_loop_turn_seconds.
void metric_add_turns(const struct metrics *m, struct buf *out);

// Returns the name for Prometheus ("feedwatch_polls_total") and what it counts. Static strings.
const char *metric_name(enum metric which);
const char *metric_help(enum metric which);

#endif
