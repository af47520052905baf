// SPDX-License-Identifier: MIT
//
// The tables, as numbered forward steps. A step, once released, never changes: a new need is a new step.
//
// Enumerations are kept as their numbers, times as milliseconds since 1970, ids of alerts as 16 bytes. An alert's id is
// unique: a second row of one id is refused by the key (I5). The partial indexes hold only rows that still wait, so
// that a million delivered rows cost the queue nothing.
#include <stdio.h>

#include "store/sqlite.h"

static const char version_1[] =
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE feed (id INTEGER PRIMARY KEY, first_url TEXT NOT NULL, url TEXT NOT NULL, origin INTEGER NOT NULL,"
    " polled INTEGER NOT NULL, good INTEGER NOT NULL, due INTEGER NOT NULL, options TEXT NOT NULL,"
    " state BLOB NOT NULL, marks BLOB NOT NULL);"
    "CREATE TABLE dues (part INTEGER PRIMARY KEY, list BLOB NOT NULL);"

    "CREATE TABLE alert (seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL,"
    " fate INTEGER NOT NULL, revision INTEGER NOT NULL, severity INTEGER NOT NULL, flags INTEGER NOT NULL,"
    " silenced_before INTEGER NOT NULL, dedup BLOB NOT NULL, rule TEXT NOT NULL, rule_title TEXT NOT NULL,"
    " rule_version TEXT NOT NULL, tags TEXT NOT NULL, feed INTEGER NOT NULL, feed_url TEXT NOT NULL,"
    " feed_title TEXT NOT NULL, item INTEGER NOT NULL, content INTEGER NOT NULL, title TEXT NOT NULL,"
    " url TEXT NOT NULL, story INTEGER NOT NULL, silence INTEGER NOT NULL, published INTEGER NOT NULL,"
    " fetched INTEGER NOT NULL, detected INTEGER NOT NULL, queued INTEGER NOT NULL, body TEXT NOT NULL);"
    "CREATE INDEX alert_dedup ON alert (dedup);"
    "CREATE INDEX alert_rule ON alert (rule, seq);"
    "CREATE INDEX alert_feed ON alert (feed, seq);"
    "CREATE INDEX alert_story ON alert (story, seq) WHERE story <> 0;"
    "CREATE INDEX alert_queued ON alert (queued);"
    "CREATE TABLE body (alert BLOB NOT NULL, format TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (alert, format));"

    "CREATE TABLE delivery (row INTEGER PRIMARY KEY, alert BLOB NOT NULL, receiver TEXT NOT NULL, rule TEXT NOT NULL,"
    " format TEXT NOT NULL, state INTEGER NOT NULL, attempts INTEGER NOT NULL, queued INTEGER NOT NULL,"
    " due INTEGER NOT NULL, first_try INTEGER NOT NULL, digest BLOB NOT NULL, UNIQUE (alert, receiver));"
    "CREATE INDEX delivery_waiting ON delivery (receiver, row) WHERE state = 0;"
    "CREATE INDEX delivery_held ON delivery (rule, receiver, row) WHERE state = 1;"
    "CREATE INDEX delivery_dead ON delivery (receiver, row) WHERE state = 3;"
    "CREATE TABLE attempt (alert BLOB NOT NULL, receiver TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,"
    " took INTEGER NOT NULL, status INTEGER NOT NULL, address TEXT NOT NULL, reason TEXT NOT NULL);"
    "CREATE INDEX attempt_alert ON attempt (alert);"

    "CREATE TABLE story (seen INTEGER NOT NULL, story INTEGER NOT NULL, feed INTEGER NOT NULL, item INTEGER NOT NULL,"
    " signature BLOB NOT NULL, rule TEXT NOT NULL, feed_title TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL);"
    "CREATE INDEX story_seen ON story (seen);"
    "CREATE TABLE throttle (rule TEXT NOT NULL, receiver TEXT NOT NULL, tokens INTEGER NOT NULL, at INTEGER NOT NULL,"
    " PRIMARY KEY (rule, receiver)) WITHOUT ROWID;"
    "CREATE TABLE silence (id INTEGER PRIMARY KEY, matcher TEXT NOT NULL, comment TEXT NOT NULL,"
    " created INTEGER NOT NULL, until INTEGER NOT NULL, hidden INTEGER NOT NULL, told INTEGER NOT NULL);"
    "CREATE TABLE receiver (name TEXT PRIMARY KEY, disabled INTEGER NOT NULL, at INTEGER NOT NULL,"
    " reason TEXT NOT NULL) WITHOUT ROWID;";

// Nothing changes in the tables: marks are written in their version 2 from now on (feeds/identity.h), which an older
// program would take for damaged.
static const char version_2[] = "";

const struct schema_step sqlite_schema[] = {{version_1}, {version_2}};
const int sqlite_schema_n = sizeof sqlite_schema / sizeof *sqlite_schema;

// Keeps the file as it was before a step: going back to the older program is then a rename.
static bool copy_beside(sqlite3 *db, const char *path, int version, struct err *err)
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s.version-%d", path, version);
    remove(copy); // left by a step that failed
    sqlite3_stmt *s = sql_prepare(db, "VACUUM INTO ?", err);
    if (!s)
        return false;
    sql_bind_str(s, 1, str_of(copy));
    int code = sql_run(s);
    sqlite3_finalize(s);
    return code == SQLITE_OK || sql_error(db, "copying the store before its new schema", err);
}

static bool take_step(sqlite3 *db, int to, const char *sql, struct err *err)
{
    char version[64];
    snprintf(version, sizeof version, "PRAGMA user_version = %d", to);
    bool is_done = sql_exec(db, "BEGIN IMMEDIATE") == SQLITE_OK && sql_exec(db, sql) == SQLITE_OK
                   && sql_exec(db, version) == SQLITE_OK && sql_exec(db, "COMMIT") == SQLITE_OK;
    if (is_done)
        return true;
    sql_error(db, "bringing the store to its new schema", err);
    sql_exec(db, "ROLLBACK");
    return false;
}

bool schema_migrate(sqlite3 *db, const char *path, const struct schema_step *steps, int n, struct err *err)
{
    int64_t version = 0;
    if (sql_number(db, "PRAGMA user_version", 0, &version) != SQLITE_OK)
        return sql_error(db, "reading the store's version", err);
    if (version > n)
        return err_set(err, "%s has schema %lld, this feedwatchd knows up to %d: a newer version wrote it; use that"
                            " one, or a copy that it left (%s.version-%d)",
                       path, (long long)version, n, path, n);
    for (int v = (int)version; v < n; v++) {
        if (version > 0 && !copy_beside(db, path, v, err)) // a new file has no past
            return false;
        if (!take_step(db, v + 1, steps[v].sql, err))
            return false;
    }
    return true;
}
