// SPDX-License-Identifier: MIT
//
// The queries of a side: alerts, deliveries, attempts. See side.h.
#include <stdio.h>

#include "store/sqlite.h"

static struct str kept(struct arena *arena, struct str s) { return arena ? arena_str(arena, s) : s; }

struct alert sqlite_read_alert(sqlite3_stmt *s, struct arena *arena)
{
    int64_t flags = sql_int(s, 6);
    return (struct alert){
        .seq = sql_u64(s, 0),
        .id = sql_id(s, 1),
        .kind = (enum alert_kind)sql_below(s, 2, ALERT_KINDS),
        .fate = (enum alert_fate)sql_below(s, 3, FATES),
        .revision = (uint32_t)sql_int(s, 4),
        .severity = (enum severity)sql_below(s, 5, SEVERITY_CRITICAL + 1),
        .is_late = (flags & ALERT_FLAG_LATE) != 0,
        .is_first_of_story = (flags & ALERT_FLAG_FIRST_OF_STORY) != 0,
        .silenced_before = (uint32_t)sql_int(s, 7),
        .dedup_key = sql_id(s, 8),
        .rule = kept(arena, sql_str(s, 9)),
        .rule_title = kept(arena, sql_str(s, 10)),
        .rule_version = kept(arena, sql_str(s, 11)),
        .tags = kept(arena, sql_str(s, 12)),
        .feed = sql_u64(s, 13),
        .feed_url = kept(arena, sql_str(s, 14)),
        .feed_title = kept(arena, sql_str(s, 15)),
        .item = sql_u64(s, 16),
        .content = sql_u64(s, 17),
        .title = kept(arena, sql_str(s, 18)),
        .url = kept(arena, sql_str(s, 19)),
        .story = sql_u64(s, 20),
        .silenced_by = sql_u64(s, 21),
        .published = sql_time(s, 22),
        .fetched = sql_time(s, 23),
        .detected = sql_time(s, 24),
        .queued = sql_time(s, 25),
    };
}

struct delivery sqlite_read_delivery(sqlite3_stmt *s, struct arena *arena)
{
    return (struct delivery){
        .row = sql_u64(s, 0),
        .alert = sql_id(s, 1),
        .receiver = kept(arena, sql_str(s, 2)),
        .rule = kept(arena, sql_str(s, 3)),
        .format = kept(arena, sql_str(s, 4)),
        .state = (enum delivery_state)sql_below(s, 5, DELIVERY_STATES),
        .attempts = (uint32_t)sql_below(s, 6, UINT16_MAX),
        .queued = sql_time(s, 7),
        .due = sql_time(s, 8),
        .first_try = sql_time(s, 9),
        .digest = sql_id(s, 10),
    };
}

// Which states an alert's rows are in, as bits.
#define ROW_STATES "(SELECT coalesce(sum(DISTINCT 1 << d.state), 0) FROM delivery d WHERE d.alert = a.id)"

// Reads the rows of a bound query of ALERT_COLUMNS, behind them the body and then ROW_STATES where asked for; ends it.
static bool read_alerts(sqlite3 *db, sqlite3_stmt *s, bool with_body, bool with_rows, struct arena *arena,
                        struct alert **out, size_t *out_n, struct err *err)
{
    struct alert *list = NULL;
    size_t n = 0;
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        struct alert alert = sqlite_read_alert(s, arena);
        if (with_body)
            alert.body = arena_str(arena, sql_str(s, ALERT_COLUMNS_N));
        if (with_rows)
            alert.row_states = (unsigned)sql_int(s, ALERT_COLUMNS_N + with_body);
        ARENA_PUSH(arena, list, n, alert);
    }
    sqlite3_finalize(s);
    if (code != SQLITE_DONE)
        return sql_error(db, "reading alerts", err);
    *out = list;
    *out_n = n;
    return true;
}

// Only the conditions asked for stand in the text, so that SQLite picks the index that serves them.
bool sqlite_alerts(struct store_side *head, const struct alert_query *q, struct arena *arena, struct alert **out,
                   size_t *out_n, struct err *err)
{
    struct sqlite_side *side = (struct sqlite_side *)head;
    char text[1024];
    snprintf(text, sizeof text, "SELECT " ALERT_COLUMNS "%s%s FROM alert a WHERE ?1 IS NOT NULL%s%s%s%s%s%s%s%s"
                                " ORDER BY a.seq %s LIMIT ?9",
             q->with_body ? ", a.body" : "", q->with_rows ? ", " ROW_STATES : "",
             q->rule.n ? " AND a.rule = ?1" : "", q->feed ? " AND a.feed = ?2" : "",
             q->story ? " AND a.story = ?3 AND a.story <> 0" : "", q->since.ms ? " AND a.queued >= ?4" : "",
             q->until.ms ? " AND a.queued < ?5" : "", q->before_seq ? " AND a.seq < ?6" : "",
             q->after_seq ? " AND a.seq > ?7" : "", q->fate >= 0 ? " AND a.fate = ?8" : "",
             q->is_oldest_first ? "ASC" : "DESC");
    sqlite3_stmt *s = sql_prepare(side->db, text, err);
    if (!s)
        return false;
    sql_bind_str(s, 1, q->rule);
    sql_bind_u64(s, 2, q->feed);
    sql_bind_u64(s, 3, q->story);
    sql_bind_time(s, 4, q->since);
    sql_bind_time(s, 5, q->until);
    sql_bind_u64(s, 6, q->before_seq);
    sql_bind_u64(s, 7, q->after_seq);
    sql_bind_int(s, 8, q->fate);
    sql_bind_int(s, 9, (int64_t)query_rows(q->n));
    return read_alerts(side->db, s, q->with_body, q->with_rows, arena, out, out_n, err);
}

bool sqlite_held(struct store_side *head, struct str rule, struct str receiver, size_t n, struct arena *arena,
                 struct alert **out, size_t *out_n, struct err *err)
{
    struct sqlite_side *side = (struct sqlite_side *)head;
    sqlite3_stmt *s = sql_prepare(side->db,
                                  "SELECT " ALERT_COLUMNS " FROM delivery d JOIN alert a ON a.id = d.alert"
                                  " WHERE d.state = 1 AND d.rule = ? AND d.receiver = ? ORDER BY d.row LIMIT ?", err);
    if (!s)
        return false;
    sql_bind_str(s, 1, rule);
    sql_bind_str(s, 2, receiver);
    sql_bind_int(s, 3, (int64_t)query_rows(n));
    return read_alerts(side->db, s, false, false, arena, out, out_n, err);
}

static bool read_deliveries(sqlite3 *db, sqlite3_stmt *s, struct arena *arena, struct delivery **out, size_t *out_n,
                            struct err *err)
{
    struct delivery *list = NULL;
    size_t n = 0;
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        struct delivery delivery = sqlite_read_delivery(s, arena);
        ARENA_PUSH(arena, list, n, delivery);
    }
    sqlite3_finalize(s);
    if (code != SQLITE_DONE)
        return sql_error(db, "reading deliveries", err);
    *out = list;
    *out_n = n;
    return true;
}

static bool read_attempts(sqlite3 *db, struct hash128 id, struct arena *arena, struct alert_history *out,
                          struct err *err)
{
    sqlite3_stmt *s = sql_prepare(db, "SELECT receiver, number, at, took, status, address, reason FROM attempt"
                                      " WHERE alert = ? ORDER BY rowid", err);
    if (!s)
        return false;
    sql_bind_id(s, 1, id);
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        struct attempt attempt = {
            .alert = id,
            .receiver = arena_str(arena, sql_str(s, 0)),
            .number = (uint32_t)sql_int(s, 1),
            .at = sql_time(s, 2),
            .took_ms = (uint32_t)sql_int(s, 3),
            .status = (uint16_t)sql_int(s, 4),
            .address = arena_str(arena, sql_str(s, 5)),
            .reason = arena_str(arena, sql_str(s, 6)),
        };
        ARENA_PUSH(arena, out->attempts, out->n_attempts, attempt);
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE || sql_error(db, "reading attempts", err);
}

bool sqlite_alert(struct store_side *head, struct hash128 id, struct arena *arena, struct alert_history *out,
                  struct err *err)
{
    struct sqlite_side *side = (struct sqlite_side *)head;
    struct alert_history history = {0};
    size_t n = 0;
    sqlite3_stmt *s = sql_prepare(
        side->db, "SELECT " ALERT_COLUMNS ", a.body, " ROW_STATES " FROM alert a WHERE a.id = ?", err);
    if (!s)
        return false;
    sql_bind_id(s, 1, id);
    if (!read_alerts(side->db, s, true, true, arena, &history.alert, &n, err))
        return false;
    if (n > 0) {
        s = sql_prepare(side->db, "SELECT " DELIVERY_COLUMNS " FROM delivery d WHERE d.alert = ? ORDER BY d.row", err);
        if (!s)
            return false;
        sql_bind_id(s, 1, id);
        if (!read_deliveries(side->db, s, arena, &history.deliveries, &history.n_deliveries, err)
            || !read_attempts(side->db, id, arena, &history, err))
            return false;
    }
    *out = history;
    return true;
}

bool sqlite_deliveries(struct store_side *head, const struct delivery_query *q, struct arena *arena,
                       struct delivery **out, size_t *out_n, struct err *err)
{
    struct sqlite_side *side = (struct sqlite_side *)head;
    // The partial indexes are used only where the state stands in the text.
    char text[512], state[32] = "";
    if (q->state >= 0)
        snprintf(state, sizeof state, " AND d.state = %d", q->state);
    snprintf(text, sizeof text, "SELECT " DELIVERY_COLUMNS " FROM delivery d WHERE d.row > ?1%s%s ORDER BY d.row"
                                " LIMIT ?3", state, q->receiver.n ? " AND d.receiver = ?2" : " AND ?2 IS NOT NULL");
    sqlite3_stmt *s = sql_prepare(side->db, text, err);
    if (!s)
        return false;
    sql_bind_u64(s, 1, q->after_row);
    sql_bind_str(s, 2, q->receiver);
    sql_bind_int(s, 3, (int64_t)query_rows(q->n));
    return read_deliveries(side->db, s, arena, out, out_n, err);
}

bool sqlite_rule_counts(struct store_side *head, wall_t since, struct arena *arena, struct rule_count **out,
                        size_t *out_n, struct err *err)
{
    struct sqlite_side *side = (struct sqlite_side *)head;
    sqlite3_stmt *s = sql_prepare(side->db, "SELECT rule, count(*), max(queued) FROM alert WHERE queued >= ?"
                                            " AND kind <= 1 GROUP BY rule ORDER BY rule", err);
    if (!s)
        return false;
    sql_bind_time(s, 1, since);
    struct rule_count *list = NULL;
    size_t n = 0;
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        struct rule_count count = {arena_str(arena, sql_str(s, 0)), sql_u64(s, 1), sql_time(s, 2)};
        ARENA_PUSH(arena, list, n, count);
    }
    sqlite3_finalize(s);
    if (code != SQLITE_DONE)
        return sql_error(side->db, "counting alerts", err);
    *out = list;
    *out_n = n;
    return true;
}
