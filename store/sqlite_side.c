// SPDX-License-Identifier: MIT
//
// A side of the sqlite engine: its own read-only connection. See side.h; the queries are sqlite_history.c.
#include <stdio.h>

#include "base/mem.h"
#include "store/sqlite.h"

static void path_of(const struct sqlite_side *side, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s/state.db", side->directory);
}

static void close_side(struct store_side *head)
{
    struct sqlite_side *side = (struct sqlite_side *)head;
    sqlite3_close(side->db);
    sqlite3_close(side->checkpoint);
    mem_free(side);
}

static bool read_outbox(struct store_side *head, struct str receiver, uint64_t after, size_t n, struct arena *arena,
                        struct outbox_row **out, size_t *out_n, struct err *err)
{
    struct sqlite_side *side = (struct sqlite_side *)head;
    sqlite3_stmt *s = sql_prepare(
        side->db,
        "SELECT " DELIVERY_COLUMNS ", a.kind, a.severity,"
        " CASE WHEN d.format = 'standard' THEN a.body"
        " ELSE coalesce((SELECT text FROM body b WHERE b.alert = d.alert AND b.format = d.format), a.body) END"
        " FROM delivery d JOIN alert a ON a.id = d.alert"
        " WHERE d.state = 0 AND d.receiver = ? AND d.row > ? ORDER BY d.row LIMIT ?", err);
    if (!s)
        return false;
    sql_bind_str(s, 1, receiver);
    sql_bind_u64(s, 2, after);
    sql_bind_int(s, 3, (int64_t)query_rows(n));
    struct outbox_row *list = NULL;
    size_t count = 0;
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        struct outbox_row row = {.delivery = sqlite_read_delivery(s, arena)};
        row.kind = (enum alert_kind)sql_below(s, DELIVERY_COLUMNS_N, ALERT_KINDS);
        row.severity = (enum severity)sql_below(s, DELIVERY_COLUMNS_N + 1, SEVERITY_CRITICAL + 1);
        row.body = arena_str(arena, sql_str(s, DELIVERY_COLUMNS_N + 2));
        ARENA_PUSH(arena, list, count, row);
    }
    sqlite3_finalize(s);
    if (code != SQLITE_DONE)
        return sql_error(side->db, "reading the outbox", err);
    *out = list;
    *out_n = count;
    return true;
}

static bool read_counts(struct store_side *head, struct arena *arena, struct outbox_count **out, size_t *out_n,
                        struct err *err)
{
    struct sqlite_side *side = (struct sqlite_side *)head;
    sqlite3_stmt *s = sql_prepare(side->db, "SELECT receiver, state, count(*), min(queued) FROM delivery"
                                            " GROUP BY receiver, state ORDER BY receiver", err);
    if (!s)
        return false;
    struct outbox_count *list = NULL;
    size_t n = 0;
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        struct str receiver = sql_str(s, 0);
        if (n == 0 || !str_eq(list[n - 1].receiver, receiver)) {
            struct outbox_count count = {.receiver = arena_str(arena, receiver)};
            ARENA_PUSH(arena, list, n, count);
        }
        int64_t state = sql_int(s, 1);
        if (state < 0 || state >= DELIVERY_STATES)
            continue;
        list[n - 1].count[state] = sql_u64(s, 2);
        if (state == DELIVERY_WAITING)
            list[n - 1].oldest_waiting = sql_time(s, 3);
    }
    sqlite3_finalize(s);
    if (code != SQLITE_DONE)
        return sql_error(side->db, "counting the outbox", err);
    *out = list;
    *out_n = n;
    return true;
}

static bool checkpoint(struct store_side *head, uint32_t *out_pages, struct err *err)
{
    struct sqlite_side *side = (struct sqlite_side *)head;
    if (!side->checkpoint) {
        char path[PATH_MAX];
        path_of(side, path);
        int code = sqlite3_open_v2(path, &side->checkpoint, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
        if (code == SQLITE_OK)
            code = sql_exec(side->checkpoint, "PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = FULL");
        if (code != SQLITE_OK) {
            sql_error(side->checkpoint, "opening the store's log", err);
            sqlite3_close(side->checkpoint);
            side->checkpoint = NULL;
            return false;
        }
    }
    int pages = 0, moved = 0;
    int code = sqlite3_wal_checkpoint_v2(side->checkpoint, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
    if (code != SQLITE_OK && code != SQLITE_BUSY)
        return sql_error(side->checkpoint, "moving the log into the store", err);
    *out_pages = pages > moved ? (uint32_t)(pages - moved) : 0;
    return true;
}

static bool backup(struct store_side *head, wall_t now, unsigned keep, struct arena *arena, struct str *out_path,
                   struct err *err)
{
    struct sqlite_side *side = (struct sqlite_side *)head;
    char path[PATH_MAX];
    if (!sqlite_backup_write(side->db, side->directory, now, keep, path, err))
        return false;
    *out_path = arena_str(arena, str_of(path));
    return true;
}

static const struct side_ops ops = {
    .close = close_side,
    .outbox = read_outbox,
    .counts = read_counts,
    .held = sqlite_held,
    .alerts = sqlite_alerts,
    .alert = sqlite_alert,
    .deliveries = sqlite_deliveries,
    .rule_counts = sqlite_rule_counts,
    .checkpoint = checkpoint,
    .backup = backup,
};

struct store_side *sqlite_side_open(struct store *head, struct err *err)
{
    struct sqlite_store *store = (struct sqlite_store *)head;
    struct sqlite_side *side = mem_alloc(sizeof *side);
    side->head.ops = &ops;
    memcpy(side->directory, store->directory, sizeof side->directory);
    char path[PATH_MAX];
    path_of(side, path);
    int code = sqlite3_open_v2(path, &side->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) {
        sqlite3_busy_timeout(side->db, SQLITE_BUSY_MS);
        code = sql_exec(side->db, "PRAGMA temp_store = MEMORY");
    }
    if (code == SQLITE_OK)
        return &side->head;
    sql_error(side->db, "opening the store for reading", err);
    close_side(&side->head);
    return NULL;
}
