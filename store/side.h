// SPDX-License-Identifier: MIT
//
// Another thread's view of a store: history and outbox windows (the daemon's history thread), the log's checkpoint
// (its checkpoint thread), backup. Each thread opens its own; a side sees what is committed, never half a commit.
#ifndef STORE_SIDE_H
#define STORE_SIDE_H

#include "store/store.h"

void store_side_close(struct store_side *side);

// ---- the outbox ----

// A row with what its delivery needs.
struct outbox_row {
    struct delivery delivery;
    enum alert_kind kind;
    enum severity severity;
    struct str body; // in the row's format
};

// Reads the next rows of a receiver that wait, in the order of commits, beginning after row `after`: at most n, due or
// not. Everything is copied into the arena. *out_n 0: none left.
bool store_outbox(struct store_side *side, struct str receiver, uint64_t after, size_t n, struct arena *arena,
                  struct outbox_row **out, size_t *out_n, struct err *err) MUST_CHECK;

struct outbox_count {
    struct str receiver;
    uint64_t count[DELIVERY_STATES];
    wall_t oldest_waiting; // queued; 0: none waits
};

// Counts the rows of each receiver by state.
bool store_outbox_counts(struct store_side *side, struct arena *arena, struct outbox_count **out, size_t *out_n,
                         struct err *err) MUST_CHECK;

// Reads what a throttle holds for (rule, receiver): the alerts, oldest first, at most n.
bool store_held(struct store_side *side, struct str rule, struct str receiver, size_t n, struct arena *arena,
                struct alert **out, size_t *out_n, struct err *err) MUST_CHECK;

// ---- history ----

struct alert_query {
    struct str rule;     // empty: all
    uint64_t feed;       // 0: all
    uint64_t story;      // 0: all
    wall_t since, until; // queued in [since, until); 0: open
    uint64_t before_seq; // 0: from the newest; else older ones: the next page
    uint64_t after_seq;  // with newest_first false: `alerts tail`
    int fate;            // enum alert_fate, -1: all
    bool is_oldest_first;
    bool with_body;
    bool with_rows;      // and row_states
    size_t n;            // at most; 0: 100
};

// Reads alerts, newest first unless the query says otherwise, into the arena.
bool store_alerts(struct store_side *side, const struct alert_query *query, struct arena *arena, struct alert **out,
                  size_t *out_n, struct err *err) MUST_CHECK;

// Reads one alert with its body, row_states, deliveries and attempts. *out_alert NULL: there is none of that id.
struct alert_history {
    struct alert *alert;
    struct delivery *deliveries;
    size_t n_deliveries;
    struct attempt *attempts; // in the order they were made
    size_t n_attempts;
};
bool store_alert(struct store_side *side, struct hash128 id, struct arena *arena, struct alert_history *out,
                 struct err *err) MUST_CHECK;

struct delivery_query {
    struct str receiver; // empty: all
    int state;           // enum delivery_state, -1: all
    uint64_t after_row;  // the next page
    size_t n;            // at most; 0: 100
};
bool store_deliveries(struct store_side *side, const struct delivery_query *query, struct arena *arena,
                      struct delivery **out, size_t *out_n, struct err *err) MUST_CHECK;

// How often each rule alerted (whatever the fate) since a time, and when last: `rules list`.
struct rule_count {
    struct str rule;
    uint64_t alerts;
    wall_t last;
};
bool store_rule_counts(struct store_side *side, wall_t since, struct arena *arena, struct rule_count **out,
                       size_t *out_n, struct err *err) MUST_CHECK;

// ---- upkeep ----

// Moves what the log holds into the main file, without waiting for anybody. The checkpoint thread calls it every
// 200 ms; *out_pages: how many pages the log still holds.
bool store_checkpoint(struct store_side *side, uint32_t *out_pages, struct err *err) MUST_CHECK;

// Writes a whole copy beside the store (backup/), then removes the oldest beyond `keep`. Readers and the writer go on.
// The path of the copy goes into the arena.
bool store_backup(struct store_side *side, wall_t now, unsigned keep, struct arena *arena, struct str *out_path,
                  struct err *err) MUST_CHECK;

// Removes history older than its limits, in a transaction of its own: alerts queued more than history_ms ago, with
// their bodies, rows and attempts, if none of the rows waits, is held or lies dead; stories (72 h). At most `n` of
// each, oldest first, so that the writer never waits long. Owner's thread. *out_n: alerts and stories removed.
enum store_result store_prune(struct store *store, wall_t now, int64_t history_ms, size_t n, size_t *out_n,
                              struct err *err);

#endif
