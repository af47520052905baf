// SPDX-License-Identifier: MIT
//
// Counters of the whole process, for the control API and Prometheus. Any thread adds (relaxed atomics: a counter
// orders nothing); main reads.
#ifndef DAEMON_METRICS_H
#define DAEMON_METRICS_H

#include "base/str.h"

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

struct metrics {
    uint64_t count[METRICS];
};

static inline void metric_add(struct metrics *m, enum metric which, uint64_t n)
{
    __atomic_add_fetch(&m->count[which], n, __ATOMIC_RELAXED);
}

static inline uint64_t metric_get(const struct metrics *m, enum metric which)
{
    return __atomic_load_n(&m->count[which], __ATOMIC_RELAXED);
}

// Returns the name for Prometheus ("feedwatch_polls_total") and what it counts. Static strings.
const char *metric_name(enum metric which);
const char *metric_help(enum metric which);

#endif
