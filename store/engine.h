// SPDX-License-Identifier: MIT
//
// What an engine provides, and what engines share. Private to store/. PostgreSQL will be a third one: its commit
// checks the fences of a batch against its lease rows, its sides read through a connection of their own.
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include "store/side.h"

struct store_ops {
    void (*close)(struct store *store);
    bool (*load)(struct store *store, const struct store_visitor *visitor, wall_t stories_since,
                 struct store_facts *out, struct err *err);
    enum store_result (*known)(struct store *store, struct store_known *list, size_t n, struct err *err);
    enum store_result (*commit)(struct store *store, const struct store_batch *batch, struct err *err);
    enum store_result (*prune)(struct store *store, wall_t now, int64_t history_ms, size_t n, size_t *out_n,
                               struct err *err);
    struct store_side *(*side_open)(struct store *store, struct err *err);
};

struct side_ops {
    void (*close)(struct store_side *side);
    bool (*outbox)(struct store_side *side, struct str receiver, uint64_t after, size_t n, struct arena *arena,
                   struct outbox_row **out, size_t *out_n, struct err *err);
    bool (*counts)(struct store_side *side, struct arena *arena, struct outbox_count **out, size_t *out_n,
                   struct err *err);
    bool (*held)(struct store_side *side, struct str rule, struct str receiver, size_t n, struct arena *arena,
                 struct alert **out, size_t *out_n, struct err *err);
    bool (*alerts)(struct store_side *side, const struct alert_query *query, struct arena *arena, struct alert **out,
                   size_t *out_n, struct err *err);
    bool (*alert)(struct store_side *side, struct hash128 id, struct arena *arena, struct alert_history *out,
                  struct err *err);
    bool (*deliveries)(struct store_side *side, const struct delivery_query *query, struct arena *arena,
                       struct delivery **out, size_t *out_n, struct err *err);
    bool (*rule_counts)(struct store_side *side, wall_t since, struct arena *arena, struct rule_count **out,
                        size_t *out_n, struct err *err);
    bool (*checkpoint)(struct store_side *side, uint32_t *out_pages, struct err *err);
    bool (*backup)(struct store_side *side, wall_t now, unsigned keep, struct arena *arena, struct str *out_path,
                   struct err *err);
};

struct store { // the head of an engine's own struct
    const struct store_ops *ops;
    enum store_opening opening;
    char opening_text[ERR_TEXT_BYTES];
    struct hash_key secret;
    uint64_t epoch;
    wall_t now; // of the opening
    bool has_given_up;
};

struct store_side { // the head of an engine's own struct
    const struct side_ops *ops;
};

struct store *sqlite_store_open(const struct store_options *options, struct err *err);
struct store *memory_store_open(const struct store_options *options, struct err *err);

enum { QUERY_ROWS = 100 };     // of a query that does not say
enum { QUERY_ROWS_MAX = 10000 }; // of any: a page in RAM, not the history

static inline size_t query_rows(size_t n)
{
    return n == 0 ? QUERY_ROWS : n > QUERY_ROWS_MAX ? QUERY_ROWS_MAX : n;
}

// Returns the states, as bits, from which a row may go to `to`: what alerts/delivery.h draws. A late answer to a row
// that a person dropped counts if it says "accepted"; nothing else brings such a row back but `again`.
static inline unsigned delivery_from(enum delivery_state to)
{
    enum { WAITING = 1 << DELIVERY_WAITING, HELD = 1 << DELIVERY_HELD, DEAD = 1 << DELIVERY_DEAD,
           DROPPED = 1 << DELIVERY_DROPPED };
    switch (to) {
    case DELIVERY_WAITING:
    case DELIVERY_DEAD:
        return WAITING;
    case DELIVERY_HELD:
        return 0;
    case DELIVERY_DIGESTED:
        return HELD;
    case DELIVERY_DONE:
        return WAITING | DEAD | DROPPED;
    case DELIVERY_DROPPED:
        return WAITING | HELD | DEAD;
    case DELIVERY_STATES:
        break;
    }
    return 0;
}

// Nothing happened after `now` (0: not known): times of a feed that a clock which ran ahead has left are taken for now,
// and its pause begins there.
void store_end_future(struct feed *feed, wall_t now);

// Brings a feed's times up to date at load: the later of its row and the checkpoint; and, after an unclean stop, one
// that fell due until the last heartbeat counts as polled at it. `now` is of this opening: see store_end_future.
void store_feed_times(struct feed *feed, const struct feed_due *checkpoint, bool was_unclean, wall_t heartbeat,
                      wall_t now);

// Returns the time, or now where that is earlier and known: of something that has happened.
static inline wall_t store_past(wall_t at, wall_t now) { return now.ms && at.ms > now.ms ? now : at; }

#endif
