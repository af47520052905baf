// SPDX-License-Identifier: MIT
//
// The store's interface: calls go to the engine. See store.h and engine.h.
#include "store/store.h"

#include "store/engine.h"

struct store *store_open(const struct store_options *options, struct err *err)
{
    switch (options->engine) {
    case STORE_SQLITE:
        return sqlite_store_open(options, err);
    case STORE_MEMORY:
        return memory_store_open(options, err);
    }
    err_set(err, "no such engine of the store");
    return NULL;
}

void store_close(struct store *store)
{
    if (store)
        store->ops->close(store);
}

void store_give_up(struct store *store) { store->has_given_up = true; }

enum store_opening store_opening(const struct store *store) { return store->opening; }
const char *store_opening_text(const struct store *store) { return store->opening_text; }
const struct hash_key *store_secret(const struct store *store) { return &store->secret; }
uint64_t store_epoch(const struct store *store) { return store->epoch; }

bool store_load(struct store *store, const struct store_visitor *visitor, wall_t stories_since,
                struct store_facts *out, struct err *err)
{
    return store->ops->load(store, visitor, stories_since, out, err);
}

enum store_result store_known(struct store *store, struct store_known *list, size_t n, struct err *err)
{
    return store->ops->known(store, list, n, err);
}

enum store_result store_commit(struct store *store, const struct store_batch *batch, struct err *err)
{
    return store->ops->commit(store, batch, err);
}

enum store_result store_prune(struct store *store, wall_t now, int64_t history_ms, size_t n, size_t *out_n,
                              struct err *err)
{
    return store->ops->prune(store, now, history_ms, n, out_n, err);
}

struct store_side *store_side_open(struct store *store, struct err *err) { return store->ops->side_open(store, err); }

void store_side_close(struct store_side *side)
{
    if (side)
        side->ops->close(side);
}

bool store_outbox(struct store_side *side, struct str receiver, uint64_t after, size_t n, struct arena *arena,
                  struct outbox_row **out, size_t *out_n, struct err *err)
{
    return side->ops->outbox(side, receiver, after, n, arena, out, out_n, err);
}

bool store_outbox_counts(struct store_side *side, struct arena *arena, struct outbox_count **out, size_t *out_n,
                         struct err *err)
{
    return side->ops->counts(side, arena, out, out_n, err);
}

bool store_held(struct store_side *side, struct str rule, struct str receiver, size_t n, struct arena *arena,
                struct alert **out, size_t *out_n, struct err *err)
{
    return side->ops->held(side, rule, receiver, n, arena, out, out_n, err);
}

bool store_alerts(struct store_side *side, const struct alert_query *query, struct arena *arena, struct alert **out,
                  size_t *out_n, struct err *err)
{
    return side->ops->alerts(side, query, arena, out, out_n, err);
}

bool store_alert(struct store_side *side, struct hash128 id, struct arena *arena, struct alert_history *out,
                 struct err *err)
{
    return side->ops->alert(side, id, arena, out, err);
}

bool store_deliveries(struct store_side *side, const struct delivery_query *query, struct arena *arena,
                      struct delivery **out, size_t *out_n, struct err *err)
{
    return side->ops->deliveries(side, query, arena, out, out_n, err);
}

bool store_rule_counts(struct store_side *side, wall_t since, struct arena *arena, struct rule_count **out,
                       size_t *out_n, struct err *err)
{
    return side->ops->rule_counts(side, since, arena, out, out_n, err);
}

bool store_checkpoint(struct store_side *side, uint32_t *out_pages, struct err *err)
{
    return side->ops->checkpoint(side, out_pages, err);
}

bool store_backup(struct store_side *side, wall_t now, unsigned keep, struct arena *arena, struct str *out_path,
                  struct err *err)
{
    return side->ops->backup(side, now, keep, arena, out_path, err);
}

void store_end_future(struct feed *feed, wall_t now)
{
    bool is_ahead = now.ms && (feed->polled_at.ms > now.ms || (!feed->polled_at.ms && feed->due.ms > now.ms));
    if (is_ahead && feed->due.ms != INT64_MAX) {
        int64_t pause_ms = feed->polled_at.ms ? wall_diff(feed->due, feed->polled_at) : 0;
        feed->due = wall_add(now, pause_ms > 0 ? pause_ms : 0);
    }
    wall_t *past[] = {&feed->polled_at, &feed->good_at, &feed->failing_since, &feed->gone_at};
    for (size_t i = 0; i < sizeof past / sizeof *past; i++)
        *past[i] = store_past(*past[i], now);
}

void store_feed_times(struct feed *feed, const struct feed_due *checkpoint, bool was_unclean, wall_t heartbeat,
                      wall_t now)
{
    if (checkpoint && checkpoint->polled_at.ms > feed->polled_at.ms) {
        feed->polled_at = checkpoint->polled_at;
        feed->due = checkpoint->due;
    }
    store_end_future(feed, now);
    bool may_be_polled = was_unclean && feed->polled_at.ms && feed->due.ms <= heartbeat.ms
                         && feed->polled_at.ms < heartbeat.ms;
    if (!may_be_polled)
        return;
    int64_t pause_ms = wall_diff(feed->due, feed->polled_at);
    feed->polled_at = heartbeat;
    feed->due = wall_add(heartbeat, pause_ms > 0 ? pause_ms : 0);
}
