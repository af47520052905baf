// SPDX-License-Identifier: MIT
//
// The sqlite engine's parts among themselves. Files of a state directory:
//   state.db, -wal, -shm   the store          backup/state-20261124T001500Z.db   whole copies, newest kept
//   lock                   who has it         state.db.damaged-...               moved aside, never deleted by us
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <limits.h>

#include "store/engine.h"
#include "store/sql.h"

enum { SQLITE_BUSY_MS = 5000 }; // a backup or a person's sqlite3 shell may hold the lock for a moment

struct sqlite_store {
    struct store head;
    sqlite3 *db;
    int lock;
    char directory[PATH_MAX];
    bool was_unclean;
    bool is_broken;   // damage was met: the next opening looks at the file
    wall_t heartbeat; // of the process before
    wall_t closed;
    uint64_t next_row; // of the outbox
    sqlite3_stmt **statements; // by sqlite_commit.c
};

// sqlite_schema.c: steps from version 0 (empty) up, each in a transaction of its own, a copy of the file beside it
// first. Fails on a version newer than the last step's.
struct schema_step {
    const char *sql; // what makes version i + 1 of version i
};
bool schema_migrate(sqlite3 *db, const char *path, const struct schema_step *steps, int n, struct err *err);
extern const struct schema_step sqlite_schema[];
extern const int sqlite_schema_n;

// sqlite_repair.c
// Tells whether a database file is damaged (quick_check, or no database at all). False with err set: it cannot be told.
enum file_state { FILE_WHOLE, FILE_DAMAGED, FILE_UNREADABLE };
enum file_state sqlite_file_check(const char *path, struct err *err);
// Moves the damaged files aside and puts the newest whole backup in their place; says in `text` what it did. Whenever
// it is broken off, the next opening goes on: by the damaged file, or, where that is aside already, by sqlite_resume.
bool sqlite_repair(struct sqlite_store *store, wall_t now, enum store_opening *out, char *text, size_t text_n,
                   struct err *err);
bool sqlite_resume(struct sqlite_store *store, enum store_opening *out, char *text, size_t text_n, struct err *err);
// Writes a whole copy of the database that `db` reads into backup/ and removes the oldest beyond keep.
bool sqlite_backup_write(sqlite3 *db, const char *directory, wall_t now, unsigned keep, char out_path[PATH_MAX],
                         struct err *err);
// Writes "20261124T001500Z". Returns out.
enum { STAMP_BYTES = sizeof "292278994-0811T000000Z" };
const char *sqlite_stamp(wall_t at, char out[STAMP_BYTES]);

// sqlite_commit.c
bool sqlite_commit_prepare(struct sqlite_store *store, struct err *err);
void sqlite_commit_done(struct sqlite_store *store);
enum store_result sqlite_commit(struct store *store, const struct store_batch *batch, struct err *err);
enum store_result sqlite_known(struct store *store, struct store_known *list, size_t n, struct err *err);
enum store_result sqlite_prune(struct store *store, wall_t now, int64_t history_ms, size_t n, size_t *out_n,
                               struct err *err);
// What the daemon should do about a failure, with the text set.
enum store_result sqlite_failure(sqlite3 *db, const char *doing, struct err *err);

// sqlite_load.c
bool sqlite_load(struct store *store, const struct store_visitor *visitor, wall_t stories_since,
                 struct store_facts *out, struct err *err);

// sqlite_side.c, sqlite_history.c
struct sqlite_side {
    struct store_side head;
    sqlite3 *db;         // read-only
    sqlite3 *checkpoint; // opened when first asked for: a reader may not write
    char directory[PATH_MAX];
};
struct store_side *sqlite_side_open(struct store *store, struct err *err);
bool sqlite_alerts(struct store_side *side, const struct alert_query *query, struct arena *arena, struct alert **out,
                   size_t *out_n, struct err *err);
bool sqlite_alert(struct store_side *side, struct hash128 id, struct arena *arena, struct alert_history *out,
                  struct err *err);
bool sqlite_deliveries(struct store_side *side, const struct delivery_query *query, struct arena *arena,
                       struct delivery **out, size_t *out_n, struct err *err);
bool sqlite_held(struct store_side *side, struct str rule, struct str receiver, size_t n, struct arena *arena,
                 struct alert **out, size_t *out_n, struct err *err);
bool sqlite_rule_counts(struct store_side *side, wall_t since, struct arena *arena, struct rule_count **out,
                        size_t *out_n, struct err *err);

// The columns of an alert and a delivery, in the order in which these read them (texts copied into the arena).
#define ALERT_COLUMNS                                                                                                  \
    "a.seq, a.id, a.kind, a.fate, a.revision, a.severity, a.flags, a.silenced_before, a.dedup, a.rule, a.rule_title,"  \
    " a.rule_version, a.tags, a.feed, a.feed_url, a.feed_title, a.item, a.content, a.title, a.url, a.story,"           \
    " a.silence, a.published, a.fetched, a.detected, a.queued"
enum { ALERT_COLUMNS_N = 26 };
struct alert sqlite_read_alert(sqlite3_stmt *s, struct arena *arena);
#define DELIVERY_COLUMNS                                                                                               \
    "d.row, d.alert, d.receiver, d.rule, d.format, d.state, d.attempts, d.queued, d.due, d.first_try, d.digest"
enum { DELIVERY_COLUMNS_N = 11 };
struct delivery sqlite_read_delivery(sqlite3_stmt *s, struct arena *arena);

enum { ALERT_FLAG_LATE = 1, ALERT_FLAG_FIRST_OF_STORY = 2 };

#endif
