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
