// SPDX-License-Identifier: MIT
//
// Opening and closing the sqlite engine: lock, check, repair, migrate, claim. See store.h for what is promised.
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/lock.h"
#include "store/sqlite.h"

static_assert(sizeof(struct hash_key) == HASH_KEY_BYTES, "the secret is stored as the key's bytes");

static void path_of(const struct sqlite_store *store, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s/state.db", store->directory);
}

static bool prepare_directory(struct sqlite_store *store, struct str directory, struct err *err)
{
    if (directory.n + sizeof "/backup/state-20261124T001500Z.db.damaged" > PATH_MAX)
        return err_set(err, "the path of the state directory is too long");
    memcpy(store->directory, directory.p, directory.n);
    struct stat st;
    if (mkdir(store->directory, 0700) != 0 && errno != EEXIST)
        return err_set(err, "cannot make the state directory %s: %s", store->directory, strerror(errno));
    if (stat(store->directory, &st) != 0 || !S_ISDIR(st.st_mode))
        return err_set(err, "%s is no directory", store->directory);
    store->lock = lock_take(store->directory, err);
    return store->lock >= 0;
}

static bool open_file(struct sqlite_store *store, struct err *err)
{
    char path[PATH_MAX];
    path_of(store, path);
    mode_t mask = umask(0077);
    int code = sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
                               | SQLITE_OPEN_NOFOLLOW, NULL);
    umask(mask);
    if (code != SQLITE_OK)
        return err_set(err, "cannot open %s: %s", path, sqlite3_errstr(code));
    sqlite3_busy_timeout(store->db, SQLITE_BUSY_MS);
    // Pages stay at SQLite's 4 KiB: with 8 KiB a feed takes as much (1,035 bytes for 1,031) and changed polls fall by a
    // third (42k/s for 61k/s), because each writes whole pages to the log. journal_size_limit: a log that one long
    // reader made large is cut again.
    code = sql_exec(store->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                               "PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = OFF; PRAGMA temp_store = MEMORY;"
                               "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32768");
    return code == SQLITE_OK || sql_error(store->db, "opening the store", err);
}

// Reads how the process before ended. A store without tables yet is new.
static bool read_past(struct sqlite_store *store, struct err *err)
{
    int64_t version = 0, closed = 0, heartbeat = 0;
    bool is_read = sql_number(store->db, "PRAGMA user_version", 0, &version) == SQLITE_OK;
    if (is_read && version == 0) {
        store->head.opening = STORE_IS_NEW;
        return true;
    }
    is_read = is_read
              && sql_number(store->db, "SELECT value FROM meta WHERE name = 'closed'", 0, &closed) == SQLITE_OK
              && sql_number(store->db, "SELECT value FROM meta WHERE name = 'heartbeat'", 0, &heartbeat) == SQLITE_OK;
    if (!is_read)
        return sql_error(store->db, "reading the store", err);
    store->closed = store_past((wall_t){closed}, store->head.now);
    store->heartbeat = store_past((wall_t){heartbeat}, store->head.now);
    store->was_unclean = closed == 0;
    store->head.opening = closed ? STORE_IS_CLEAN : STORE_WAS_UNCLEAN;
    return true;
}

static void close_file(struct sqlite_store *store)
{
    sqlite3_close(store->db);
    store->db = NULL;
}

// Looks at the file before anything is written to it. After a clean stop nothing is checked: a start in two seconds
// with a million feeds leaves no time for it, and a page that goes bad is met when it is read.
static bool check_file(struct sqlite_store *store, wall_t now, struct err *err)
{
    char path[PATH_MAX];
    path_of(store, path);
    if (access(path, F_OK) != 0)
        return sqlite_resume(store, &store->head.opening, store->head.opening_text, sizeof store->head.opening_text,
                             err);
    bool is_readable = open_file(store, err) && read_past(store, err);
    int code = is_readable ? SQLITE_OK : sqlite3_errcode(store->db);
    close_file(store);
    bool is_suspect = (code & 0xff) == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR;
    if (!is_readable && !is_suspect)
        return false;
    enum file_state state = FILE_WHOLE;
    if (!is_readable)
        state = FILE_DAMAGED;
    else if (store->was_unclean)
        state = sqlite_file_check(path, err);
    if (state == FILE_UNREADABLE)
        return false;
    if (state == FILE_WHOLE) {
        if (store->was_unclean)
            snprintf(store->head.opening_text, sizeof store->head.opening_text,
                     "the store was not closed properly; it is whole");
        return true;
    }
    return sqlite_repair(store, now, &store->head.opening, store->head.opening_text,
                         sizeof store->head.opening_text, err);
}

// A new store gets the secret that the caller drew; an old one gives its own.
static bool settle_secret(struct sqlite_store *store, const unsigned char secret[HASH_KEY_BYTES], struct err *err)
{
    sqlite3_stmt *s = sql_prepare(store->db, "INSERT INTO meta VALUES ('secret', ?) ON CONFLICT DO NOTHING", err);
    if (!s)
        return false;
    sql_bind_blob(s, 1, str_make((const char *)secret, HASH_KEY_BYTES));
    int code = sql_run(s);
    sqlite3_finalize(s);
    s = code == SQLITE_OK ? sql_prepare(store->db, "SELECT value FROM meta WHERE name = 'secret'", err) : NULL;
    if (!s)
        return code == SQLITE_OK ? false : sql_error(store->db, "keeping the secret", err);
    bool is_read = sqlite3_step(s) == SQLITE_ROW && sql_str(s, 0).n == HASH_KEY_BYTES;
    if (is_read)
        memcpy(store->head.secret.bytes, sql_str(s, 0).p, HASH_KEY_BYTES);
    sqlite3_finalize(s);
    return is_read || err_set(err, "the store's secret is missing: move %s aside to begin anew", store->directory);
}

// Claims the state: the epoch grows, and from now on an end without store_close is an unclean one.
static bool claim(struct sqlite_store *store, const struct store_options *options, struct err *err)
{
    char marks[400]; // the heartbeat only grows, but for one of a clock that was ahead
    snprintf(marks, sizeof marks, "INSERT INTO meta VALUES ('epoch', 1) ON CONFLICT DO UPDATE SET value = value + 1;"
                                  "INSERT INTO meta VALUES ('closed', 0) ON CONFLICT DO UPDATE SET value = 0;"
                                  "INSERT INTO meta VALUES ('heartbeat', 0) ON CONFLICT DO UPDATE SET"
                                  " value = min(value, %lld)",
             (long long)(options->now.ms ? options->now.ms : INT64_MAX));
    int64_t epoch = 0, row = 0;
    bool is_begun = sql_exec(store->db, "BEGIN IMMEDIATE") == SQLITE_OK;
    if (!is_begun)
        return sql_error(store->db, "claiming the store", err);
    bool is_done = settle_secret(store, options->secret, err);
    if (is_done) {
        is_done = sql_exec(store->db, marks) == SQLITE_OK
                  && sql_number(store->db, "SELECT value FROM meta WHERE name = 'epoch'", 0, &epoch) == SQLITE_OK
                  && sql_number(store->db, "SELECT max(row) FROM delivery", 0, &row) == SQLITE_OK
                  && sql_exec(store->db, "COMMIT") == SQLITE_OK;
        if (!is_done)
            sql_error(store->db, "claiming the store", err);
    }
    if (!is_done)
        sql_exec(store->db, "ROLLBACK");
    store->head.epoch = (uint64_t)epoch;
    store->next_row = (uint64_t)row + 1;
    return is_done;
}

static void release(struct sqlite_store *store)
{
    sqlite_commit_done(store);
    close_file(store);
    lock_give(store->lock);
    mem_free(store);
}

// Marks the end as a clean one. Failing (a full disk) only costs a check at the next start.
static void close_store(struct store *store)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    char text[256];
    snprintf(text, sizeof text,
             "UPDATE meta SET value = (SELECT max(1, value) FROM meta WHERE name = 'heartbeat') WHERE name = 'closed'"
             " AND (SELECT value FROM meta WHERE name = 'epoch') = %llu", (unsigned long long)s->head.epoch);
    if (!s->is_broken && !s->head.has_given_up)
        sql_exec(s->db, text);
    sqlite_commit_done(s);
    sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    release(s);
}

static const struct store_ops ops = {
    .close = close_store,
    .load = sqlite_load,
    .known = sqlite_known,
    .commit = sqlite_commit,
    .prune = sqlite_prune,
    .side_open = sqlite_side_open,
};

struct store *sqlite_store_open(const struct store_options *options, struct err *err)
{
    struct sqlite_store *store = mem_alloc(sizeof *store);
    store->head.ops = &ops;
    store->head.opening = STORE_IS_NEW;
    store->head.now = options->now;
    store->lock = -1;
    char path[PATH_MAX];
    bool is_open = prepare_directory(store, options->directory, err) && check_file(store, options->now, err)
                   && open_file(store, err);
    path_of(store, path);
    is_open = is_open && schema_migrate(store->db, path, sqlite_schema, sqlite_schema_n, err)
              && claim(store, options, err) && sqlite_commit_prepare(store, err);
    if (is_open)
        return &store->head;
    release(store);
    return NULL;
}
