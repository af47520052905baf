// SPDX-License-Identifier: MIT
//
// Writing: one batch, one transaction. See store.h.
//
// Statements are prepared once and run in the order of the tables below, so that a batch of polls touches each table's
// pages together. A failure anywhere rolls everything back; nothing is retried here.

#include "base/mem.h"
#include "store/sqlite.h"

enum statement {
    SQL_EPOCH, SQL_HEARTBEAT, SQL_CLOCK_BACK, SQL_FEED, SQL_FEED_REMOVE, SQL_DUES, SQL_ALERT, SQL_BODY, SQL_DELIVERY,
    SQL_AGAIN, SQL_PRICE, SQL_STEP, SQL_ATTEMPT, SQL_STORY, SQL_THROTTLE, SQL_SILENCE, SQL_SILENCE_REMOVE,
    SQL_RECEIVER, SQL_KNOWN, SQL_REVISIONS, SQL_PRUNE_SEQ, SQL_PRUNE_ATTEMPTS, SQL_PRUNE_BODIES,
    SQL_PRUNE_DELIVERIES, SQL_PRUNE_ALERTS, SQL_PRUNE_STORIES, SQL_STATEMENTS
};

// Alerts that may be pruned: older than ?1, with no delivery that still waits, is held or lies dead; ?2 at most.
#define OLD_ALERTS                                                                                                     \
    "(SELECT id FROM alert a WHERE queued < ?1 AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.alert = a.id AND"      \
    " d.state IN (0, 1, 3)) ORDER BY queued LIMIT ?2)"

static const char *const texts[SQL_STATEMENTS] = {
    [SQL_EPOCH] = "SELECT value FROM meta WHERE name = 'epoch'",
    [SQL_HEARTBEAT] = "UPDATE meta SET value = CASE ?2 WHEN 0 THEN max(value, ?1) ELSE ?1 END WHERE name = 'heartbeat'",
    // As store_end_future.
    [SQL_CLOCK_BACK] = "UPDATE feed SET due = CASE WHEN due = 9223372036854775807 THEN due WHEN polled = 0 THEN ?1"
                       " ELSE ?1 + max(due - polled, 0) END, polled = min(polled, ?1), good = min(good, ?1)"
                       " WHERE polled > ?1 OR (polled = 0 AND due > ?1)",
    [SQL_PRICE] = "INSERT INTO meta VALUES ('price', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    [SQL_FEED] = "INSERT INTO feed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                 " first_url = excluded.first_url, url = excluded.url, origin = excluded.origin,"
                 " polled = excluded.polled, good = excluded.good, due = excluded.due, options = excluded.options,"
                 " state = excluded.state, marks = excluded.marks",
    [SQL_FEED_REMOVE] = "DELETE FROM feed WHERE id = ?",
    [SQL_DUES] = "INSERT INTO dues VALUES (?, ?) ON CONFLICT (part) DO UPDATE SET list = excluded.list",
    [SQL_ALERT] = "INSERT INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                  " ?, ?) ON CONFLICT (id) DO NOTHING",
    // A body or delivery joins only an alert that this batch made (seq >= ?): one kept before stays as it is.
    [SQL_BODY] = "INSERT INTO body SELECT ?, ?, ? FROM alert WHERE id = ? AND seq >= ? ON CONFLICT DO NOTHING",
    [SQL_DELIVERY] = "INSERT INTO delivery SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM alert WHERE id = ? AND seq >= ?"
                     " ON CONFLICT DO NOTHING",
    [SQL_AGAIN] = "INSERT INTO delivery SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM alert WHERE id = ? AND seq >= ?"
                  " ON CONFLICT (alert, receiver) DO UPDATE SET row = excluded.row, state = excluded.state,"
                  " attempts = 0, queued = excluded.queued, due = excluded.due, first_try = 0, digest = x''"
                  " WHERE (? >> delivery.state) & 1",
    [SQL_STEP] = "UPDATE delivery SET state = ?1, attempts = ?2, due = ?3, first_try = ?4, digest = ?5"
                 " WHERE alert = ?6 AND receiver = ?7 AND (?8 >> state) & 1 AND ?9 IN (0, row)",
    [SQL_ATTEMPT] = "INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    [SQL_STORY] = "INSERT INTO story VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [SQL_THROTTLE] = "INSERT INTO throttle VALUES (?, ?, ?, ?) ON CONFLICT (rule, receiver) DO UPDATE SET"
                     " tokens = excluded.tokens, at = excluded.at",
    [SQL_SILENCE] = "INSERT INTO silence VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                    " matcher = excluded.matcher, comment = excluded.comment, created = excluded.created,"
                    " until = excluded.until, hidden = excluded.hidden, told = excluded.told",
    [SQL_SILENCE_REMOVE] = "DELETE FROM silence WHERE id = ?",
    [SQL_RECEIVER] = "INSERT INTO receiver VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                     " disabled = excluded.disabled, at = excluded.at, reason = excluded.reason",
    [SQL_KNOWN] = "SELECT 1 FROM alert WHERE id IN (?, ?, ?, ?)",
    [SQL_REVISIONS] = "SELECT count(*) FROM alert WHERE dedup = ?",
    [SQL_PRUNE_SEQ] = "INSERT INTO meta SELECT 'seq', (SELECT max(seq) FROM alert)" // numbers are never given again
                      " WHERE EXISTS (SELECT 1 FROM alert WHERE id IN " OLD_ALERTS ")"
                      " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    [SQL_PRUNE_ATTEMPTS] = "DELETE FROM attempt WHERE alert IN " OLD_ALERTS,
    [SQL_PRUNE_BODIES] = "DELETE FROM body WHERE alert IN " OLD_ALERTS,
    [SQL_PRUNE_DELIVERIES] = "DELETE FROM delivery WHERE alert IN " OLD_ALERTS,
    [SQL_PRUNE_ALERTS] = "DELETE FROM alert WHERE id IN " OLD_ALERTS,
    [SQL_PRUNE_STORIES] = "DELETE FROM story WHERE rowid IN (SELECT rowid FROM story WHERE seen < ?1 LIMIT ?2)",
};

bool sqlite_commit_prepare(struct sqlite_store *store, struct err *err)
{
    store->statements = mem_alloc_array(SQL_STATEMENTS, sizeof *store->statements);
    for (int i = 0; i < SQL_STATEMENTS; i++) {
        store->statements[i] = sql_prepare(store->db, texts[i], err);
        if (!store->statements[i])
            return false;
    }
    return true;
}

void sqlite_commit_done(struct sqlite_store *store)
{
    for (int i = 0; store->statements && i < SQL_STATEMENTS; i++)
        sqlite3_finalize(store->statements[i]);
    mem_free(store->statements);
    store->statements = NULL;
}

enum store_result sqlite_failure(sqlite3 *db, const char *doing, struct err *err)
{
    int code = sqlite3_errcode(db) & 0xff;
    sql_error(db, doing, err);
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? STORE_BROKEN : STORE_LATER;
}

// ---- the polls ------------------------------------------------------------------------------------------------------

static int put_feed(sqlite3_stmt *s, const struct store_feed *row, struct buf *packed)
{
    const struct feed *feed = &row->feed;
    buf_reset(packed);
    feed_pack(feed, packed);
    sql_bind_u64(s, 1, feed->id);
    sql_bind_str(s, 2, feed->first_url);
    sql_bind_str(s, 3, str_eq(feed->url, feed->first_url) ? S("") : feed->url); // most never move
    sql_bind_int(s, 4, feed->origin);
    sql_bind_time(s, 5, feed->polled_at);
    sql_bind_time(s, 6, feed->good_at);
    sql_bind_time(s, 7, feed->due);
    sql_bind_str(s, 8, row->options_text);
    sql_bind_blob(s, 9, buf_str(packed));
    sql_bind_blob(s, 10, feed->marks);
    return sql_run(s);
}

static int put_alert(sqlite3_stmt *s, const struct alert *a)
{
    int i = 0;
    sql_bind_u64(s, ++i, a->seq);
    sql_bind_id(s, ++i, a->id);
    sql_bind_int(s, ++i, a->kind);
    sql_bind_int(s, ++i, a->fate);
    sql_bind_int(s, ++i, a->revision);
    sql_bind_int(s, ++i, a->severity);
    sql_bind_int(s, ++i, (a->is_late ? ALERT_FLAG_LATE : 0) | (a->is_first_of_story ? ALERT_FLAG_FIRST_OF_STORY : 0));
    sql_bind_int(s, ++i, a->silenced_before);
    sql_bind_id(s, ++i, a->dedup_key);
    sql_bind_str(s, ++i, a->rule);
    sql_bind_str(s, ++i, a->rule_title);
    sql_bind_str(s, ++i, a->rule_version);
    sql_bind_str(s, ++i, a->tags);
    sql_bind_u64(s, ++i, a->feed);
    sql_bind_str(s, ++i, a->feed_url);
    sql_bind_str(s, ++i, a->feed_title);
    sql_bind_u64(s, ++i, a->item);
    sql_bind_u64(s, ++i, a->content);
    sql_bind_str(s, ++i, a->title);
    sql_bind_str(s, ++i, a->url);
    sql_bind_u64(s, ++i, a->story);
    sql_bind_u64(s, ++i, a->silenced_by);
    sql_bind_time(s, ++i, a->published);
    sql_bind_time(s, ++i, a->fetched);
    sql_bind_time(s, ++i, a->detected);
    sql_bind_time(s, ++i, a->queued);
    sql_bind_str(s, ++i, a->body);
    return sql_run(s);
}

static int put_body(sqlite3_stmt *s, const struct body *b, uint64_t first_seq)
{
    sql_bind_id(s, 1, b->alert);
    sql_bind_str(s, 2, b->format);
    sql_bind_str(s, 3, b->text);
    sql_bind_id(s, 4, b->alert);
    sql_bind_u64(s, 5, first_seq);
    return sql_run(s);
}

static int put_delivery(sqlite3_stmt *s, const struct delivery *d, uint64_t row, uint64_t first_seq)
{
    sql_bind_u64(s, 1, row);
    sql_bind_id(s, 2, d->alert);
    sql_bind_str(s, 3, d->receiver);
    sql_bind_str(s, 4, d->rule);
    sql_bind_str(s, 5, d->format);
    sql_bind_int(s, 6, d->state);
    sql_bind_int(s, 7, d->attempts);
    sql_bind_time(s, 8, d->queued);
    sql_bind_time(s, 9, d->due);
    sql_bind_time(s, 10, d->first_try);
    sql_bind_blob(s, 11, S(""));
    sql_bind_id(s, 12, d->alert);
    sql_bind_u64(s, 13, first_seq);
    return sql_run(s);
}

static int put_again(sqlite3_stmt *s, const struct delivery *d, uint64_t row, unsigned from)
{
    sql_bind_int(s, 14, from ? from : (1U << DELIVERY_STATES) - 1);
    return put_delivery(s, d, row, 0);
}

static int put_story(sqlite3_stmt *s, const struct story_row *r)
{
    sql_bind_time(s, 1, r->seen);
    sql_bind_u64(s, 2, r->story);
    sql_bind_u64(s, 3, r->feed);
    sql_bind_u64(s, 4, r->item);
    sql_bind_blob(s, 5, str_make((const char *)&r->signature, sizeof r->signature));
    sql_bind_str(s, 6, r->rule);
    sql_bind_str(s, 7, r->feed_title);
    sql_bind_str(s, 8, r->title);
    sql_bind_str(s, 9, r->url);
    return sql_run(s);
}

// Runs an expression for each element of a list of the batch, as long as all goes well.
#define EACH(list, n, expression)                                                                                      \
    for (size_t i = 0; code == SQLITE_OK && i < (n); i++) {                                                            \
        const __typeof__(*(list)) *each = &(list)[i];                                                                  \
        code = (expression);                                                                                           \
    }

// Counts what the statement changed that has just run with that result, and returns the result.
static int counted(struct sqlite_store *store, int code, size_t *n)
{
    *n += code == SQLITE_OK ? (size_t)sqlite3_changes(store->db) : 0;
    return code;
}

static int write_polls(struct sqlite_store *store, const struct store_batch *b, uint64_t *row, size_t *moved)
{
    sqlite3_stmt **s = store->statements;
    uint64_t first_seq = b->n_alerts ? b->alerts[0].seq : UINT64_MAX >> 1;
    int code = SQLITE_OK;
    struct buf packed;
    buf_init(&packed, SIZE_MAX);
    EACH(b->feeds, b->n_feeds, put_feed(s[SQL_FEED], each, &packed));
    buf_done(&packed);
    EACH(b->alerts, b->n_alerts, put_alert(s[SQL_ALERT], each));
    EACH(b->bodies, b->n_bodies, put_body(s[SQL_BODY], each, first_seq));
    EACH(b->deliveries, b->n_deliveries, put_delivery(s[SQL_DELIVERY], each, (*row)++, first_seq));
    EACH(b->again, b->n_again, counted(store, put_again(s[SQL_AGAIN], each, (*row)++, b->again_from), moved));
    EACH(b->stories, b->n_stories, put_story(s[SQL_STORY], each));
    return code;
}

// ---- the deliveries -------------------------------------------------------------------------------------------------

static int put_step(sqlite3_stmt *s, const struct delivery_step *step)
{
    sql_bind_int(s, 1, step->state);
    sql_bind_int(s, 2, step->attempts);
    sql_bind_time(s, 3, step->due);
    sql_bind_time(s, 4, step->first_try);
    if (step->state == DELIVERY_DIGESTED)
        sql_bind_id(s, 5, step->digest);
    else
        sql_bind_blob(s, 5, S(""));
    sql_bind_id(s, 6, step->alert);
    sql_bind_str(s, 7, step->receiver);
    sql_bind_int(s, 8, delivery_from(step->state));
    sql_bind_u64(s, 9, step->row);
    return sql_run(s);
}

static int put_attempt(sqlite3_stmt *s, const struct attempt *a)
{
    sql_bind_id(s, 1, a->alert);
    sql_bind_str(s, 2, a->receiver);
    sql_bind_int(s, 3, a->number);
    sql_bind_time(s, 4, a->at);
    sql_bind_int(s, 5, a->took_ms);
    sql_bind_int(s, 6, a->status);
    sql_bind_str(s, 7, a->address);
    sql_bind_str(s, 8, a->reason);
    return sql_run(s);
}

static int put_throttle(sqlite3_stmt *s, const struct throttle_mark *m)
{
    sql_bind_str(s, 1, m->rule);
    sql_bind_str(s, 2, m->receiver);
    sql_bind_int(s, 3, m->tokens_milli);
    sql_bind_time(s, 4, m->at);
    return sql_run(s);
}

static int put_silence(sqlite3_stmt *s, const struct silence *x)
{
    sql_bind_u64(s, 1, x->id);
    sql_bind_str(s, 2, x->matcher);
    sql_bind_str(s, 3, x->comment);
    sql_bind_time(s, 4, x->created);
    sql_bind_time(s, 5, x->until);
    sql_bind_int(s, 6, x->hidden);
    sql_bind_int(s, 7, x->told);
    return sql_run(s);
}

static int put_receiver(sqlite3_stmt *s, const struct receiver_mark *m)
{
    sql_bind_str(s, 1, m->name);
    sql_bind_int(s, 2, m->is_disabled);
    sql_bind_time(s, 3, m->at);
    sql_bind_str(s, 4, m->reason);
    return sql_run(s);
}

static int put_dues(sqlite3_stmt *s, const struct store_dues *dues)
{
    sql_bind_int(s, 1, dues->part);
    sql_bind_blob(s, 2, str_make((const char *)dues->list, dues->n * sizeof *dues->list));
    return sql_run(s);
}

static int remove_row(sqlite3_stmt *s, uint64_t id)
{
    sql_bind_u64(s, 1, id);
    return sql_run(s);
}

static int write_rest(struct sqlite_store *store, const struct store_batch *b, size_t *moved)
{
    sqlite3_stmt **s = store->statements;
    int code = SQLITE_OK;
    EACH(b->steps, b->n_steps, counted(store, put_step(s[SQL_STEP], each), moved));
    EACH(b->attempts, b->n_attempts, put_attempt(s[SQL_ATTEMPT], each));
    EACH(b->throttles, b->n_throttles, put_throttle(s[SQL_THROTTLE], each));
    EACH(b->silences, b->n_silences, put_silence(s[SQL_SILENCE], each));
    EACH(b->receivers, b->n_receivers, put_receiver(s[SQL_RECEIVER], each));
    EACH(b->removed, b->n_removed, remove_row(s[SQL_FEED_REMOVE], *each));
    EACH(b->silences_removed, b->n_silences_removed, remove_row(s[SQL_SILENCE_REMOVE], *each));
    EACH(b->dues, b->n_dues, put_dues(s[SQL_DUES], each));
    if (code == SQLITE_OK && b->price_nano) {
        sql_bind_u64(s[SQL_PRICE], 1, b->price_nano);
        code = sql_run(s[SQL_PRICE]);
    }
    if (code == SQLITE_OK && b->is_clock_back) {
        sql_bind_time(s[SQL_CLOCK_BACK], 1, b->now);
        code = sql_run(s[SQL_CLOCK_BACK]);
    }
    if (code == SQLITE_OK) {
        sql_bind_time(s[SQL_HEARTBEAT], 1, b->now);
        sql_bind_int(s[SQL_HEARTBEAT], 2, b->is_clock_back);
        code = sql_run(s[SQL_HEARTBEAT]);
    }
    return code;
}

// ---- the transaction ------------------------------------------------------------------------------------------------

// Tells whether this claim is still the last one. A poll that began under an older claim is refused with it.
static enum store_result check_claim(struct sqlite_store *store, const struct store_batch *batch, struct err *err)
{
    sqlite3_stmt *s = store->statements[SQL_EPOCH];
    int code = sqlite3_step(s);
    bool is_ours = code == SQLITE_ROW && sql_u64(s, 0) == store->head.epoch;
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        enum store_result result = sqlite_failure(store->db, "reading the claim", err);
        sqlite3_reset(s);
        return result;
    }
    sqlite3_reset(s);
    for (size_t i = 0; batch && i < batch->n_feeds && is_ours; i++) {
        uint64_t epoch = batch->feeds[i].fence.epoch;
        is_ours = epoch == 0 || epoch == store->head.epoch;
    }
    if (is_ours)
        return STORE_OK;
    err_set(err, "another process has claimed the state since: this one must stop");
    return STORE_FENCED;
}

enum store_result sqlite_commit(struct store *head, const struct store_batch *batch, struct err *err)
{
    struct sqlite_store *store = (struct sqlite_store *)head;
    uint64_t row = store->next_row;
    size_t moved = 0;
    if (sql_exec(store->db, "BEGIN IMMEDIATE") != SQLITE_OK)
        return sqlite_failure(store->db, "writing to the store", err);
    enum store_result result = check_claim(store, batch, err);
    if (result == STORE_OK
        && (write_polls(store, batch, &row, &moved) != SQLITE_OK || write_rest(store, batch, &moved) != SQLITE_OK
            || sql_exec(store->db, "COMMIT") != SQLITE_OK))
        result = sqlite_failure(store->db, "writing to the store", err);
    store->is_broken |= result == STORE_BROKEN;
    if (result == STORE_OK && batch->out_moved)
        *batch->out_moved = moved;
    if (result == STORE_OK)
        store->next_row = row;
    else if (!sqlite3_get_autocommit(store->db))
        sql_exec(store->db, "ROLLBACK");
    return result;
}

enum store_result sqlite_known(struct store *head, struct store_known *list, size_t n, struct err *err)
{
    struct sqlite_store *store = (struct sqlite_store *)head;
    sqlite3_stmt *known = store->statements[SQL_KNOWN], *revisions = store->statements[SQL_REVISIONS];
    for (size_t i = 0; i < n; i++) {
        sql_bind_id(known, 1, list[i].id);
        for (int k = 0; k < STORE_FORMER_IDS; k++)
            sql_bind_id(known, 2 + k, list[i].former[k]);
        int code = sqlite3_step(known);
        list[i].is_known = code == SQLITE_ROW;
        sqlite3_reset(known);
        sql_bind_id(revisions, 1, list[i].dedup_key);
        int counted = sqlite3_step(revisions);
        list[i].revisions = counted == SQLITE_ROW ? (uint32_t)sql_int(revisions, 0) : 0;
        sqlite3_reset(revisions);
        if ((code != SQLITE_ROW && code != SQLITE_DONE) || counted != SQLITE_ROW)
            return sqlite_failure(store->db, "looking up alerts", err);
    }
    return STORE_OK;
}

enum store_result sqlite_prune(struct store *head, wall_t now, int64_t history_ms, size_t n, size_t *out_n,
                               struct err *err)
{
    struct sqlite_store *store = (struct sqlite_store *)head;
    if (sql_exec(store->db, "BEGIN IMMEDIATE") != SQLITE_OK)
        return sqlite_failure(store->db, "pruning the store", err);
    int code = SQLITE_OK;
    size_t removed = 0;
    for (int i = SQL_PRUNE_SEQ; i <= SQL_PRUNE_STORIES && code == SQLITE_OK; i++) {
        int64_t life_ms = i == SQL_PRUNE_STORIES ? STORY_LIFE_MS : history_ms;
        sql_bind_time(store->statements[i], 1, wall_add(now, -life_ms));
        sql_bind_int(store->statements[i], 2, (int64_t)n);
        code = sql_run(store->statements[i]);
        if (i >= SQL_PRUNE_ALERTS)
            removed += (size_t)sqlite3_changes(store->db);
    }
    enum store_result result = check_claim(store, NULL, err);
    if (result == STORE_OK && (code != SQLITE_OK || sql_exec(store->db, "COMMIT") != SQLITE_OK))
        result = sqlite_failure(store->db, "pruning the store", err);
    if (result == STORE_OK)
        *out_n = removed;
    else if (!sqlite3_get_autocommit(store->db))
        sql_exec(store->db, "ROLLBACK");
    return result;
}
