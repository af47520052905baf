// SPDX-License-Identifier: MIT
#include "daemon/metrics.h"

#include <assert.h>

static const struct {
    const char *name, *help;
} table[METRICS] = {
    [METRIC_POLLS] = {"feedwatch_polls_total", "Polls finished."},
    [METRIC_POLLS_UNCHANGED] = {"feedwatch_polls_unchanged_total", "Polls answered with 304."},
    [METRIC_POLLS_FAILED] = {"feedwatch_polls_failed_total", "Polls without a usable answer."},
    [METRIC_POLL_BYTES] = {"feedwatch_poll_bytes_total", "Bytes of bodies, decoded."},
    [METRIC_ITEMS_NEW] = {"feedwatch_items_new_total", "Items never seen before."},
    [METRIC_ITEMS_EDITED] = {"feedwatch_items_edited_total", "Known items with new content."},
    [METRIC_ALERTS] = {"feedwatch_alerts_total", "Alerts committed."},
    [METRIC_COMMITS] = {"feedwatch_commits_total", "Transactions of the store."},
    [METRIC_COMMITS_LATER] = {"feedwatch_commits_failed_total", "Transactions that failed and were tried again."},
    [METRIC_COMMITTED_POLLS] = {"feedwatch_committed_polls_total", "Polls that changed something durable."},
    [METRIC_DELIVERIES_TRIED] = {"feedwatch_delivery_attempts_total", "Attempts to deliver."},
    [METRIC_DELIVERIES_DONE] = {"feedwatch_deliveries_total", "Deliveries accepted by their receiver."},
    [METRIC_DELIVERIES_DEAD] = {"feedwatch_dead_letters_total", "Deliveries given up."},
    [METRIC_LOG_DROPPED] = {"feedwatch_log_dropped_total", "Log lines dropped because the log was slower."},
    [METRIC_RELOADS] = {"feedwatch_config_reloads_total", "Reloads that succeeded."},
    [METRIC_RELOADS_FAILED] = {"feedwatch_config_reloads_failed_total", "Reloads that were refused."},
};

const char *metric_name(enum metric which)
{
    assert(which < METRICS);
    return table[which].name;
}

const char *metric_help(enum metric which)
{
    assert(which < METRICS);
    return table[which].help;
}

const uint32_t metric_turn_bounds_us[METRIC_TURN_BOUNDS] = {250,  500,   1000,  2000,  3000,   5000,   8000,
                                                            13000, 20000, 50000, 100000, 250000, 1000000};

void metric_turn(struct metrics *m, uint64_t took_us)
{
    size_t i = 0;
    while (i < METRIC_TURN_BOUNDS && took_us > metric_turn_bounds_us[i])
        i++;
    __atomic_add_fetch(&m->turns[i], 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&m->turns_us, took_us, __ATOMIC_RELAXED);
}

void metric_add_turns(const struct metrics *m, struct buf *out)
{
    uint64_t n = 0;
    buf_add(out, S("# HELP feedwatch_loop_turn_seconds How long one turn of a worker's loop took.\n"
                   "# TYPE feedwatch_loop_turn_seconds histogram\n"));
    for (size_t i = 0; i < METRIC_TURN_BOUNDS; i++) {
        n += __atomic_load_n(&m->turns[i], __ATOMIC_RELAXED);
        buf_addf(out, "feedwatch_loop_turn_seconds_bucket{le=\"%g\"} %llu\n", metric_turn_bounds_us[i] / 1e6,
                 (unsigned long long)n);
    }
    n += __atomic_load_n(&m->turns[METRIC_TURN_BOUNDS], __ATOMIC_RELAXED);
    uint64_t sum_us = __atomic_load_n(&m->turns_us, __ATOMIC_RELAXED);
    buf_addf(out, "feedwatch_loop_turn_seconds_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)n);
    buf_addf(out, "feedwatch_loop_turn_seconds_sum %llu.%06llu\n", (unsigned long long)(sum_us / 1000000),
             (unsigned long long)(sum_us % 1000000));
    buf_addf(out, "feedwatch_loop_turn_seconds_count %llu\n", (unsigned long long)n);
}
