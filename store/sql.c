// SPDX-License-Identifier: MIT
//
// SQLite without its ceremony. See sql.h. Binding fails only for lack of memory, which aborts (base/mem.h), or for a
// wrong index, which is a bug.
#include "store/sql.h"

#include <assert.h>

#include "base/mem.h"

static void bound(int code)
{
    if (code == SQLITE_NOMEM)
        mem_out();
    assert(code == SQLITE_OK);
}

void sql_bind_int(sqlite3_stmt *s, int i, int64_t value) { bound(sqlite3_bind_int64(s, i, value)); }

void sql_bind_u64(sqlite3_stmt *s, int i, uint64_t value) { bound(sqlite3_bind_int64(s, i, (int64_t)value)); }

void sql_bind_time(sqlite3_stmt *s, int i, wall_t value) { bound(sqlite3_bind_int64(s, i, value.ms)); }

void sql_bind_str(sqlite3_stmt *s, int i, struct str value)
{
    bound(sqlite3_bind_text64(s, i, value.n ? value.p : "", value.n, SQLITE_STATIC, SQLITE_UTF8));
}

void sql_bind_blob(sqlite3_stmt *s, int i, struct str value)
{
    bound(sqlite3_bind_blob64(s, i, value.n ? value.p : "", value.n, SQLITE_STATIC));
}

void sql_bind_id(sqlite3_stmt *s, int i, struct hash128 value)
{
    unsigned char bytes[16];
    for (int b = 0; b < 8; b++) {
        bytes[b] = (unsigned char)(value.high >> (56 - 8 * b));
        bytes[8 + b] = (unsigned char)(value.low >> (56 - 8 * b));
    }
    bound(sqlite3_bind_blob(s, i, bytes, sizeof bytes, SQLITE_TRANSIENT));
}

int64_t sql_int(sqlite3_stmt *s, int i) { return sqlite3_column_int64(s, i); }

int64_t sql_below(sqlite3_stmt *s, int i, int64_t n)
{
    int64_t value = sql_int(s, i);
    return value >= 0 && value < n ? value : 0;
}

uint64_t sql_u64(sqlite3_stmt *s, int i) { return (uint64_t)sqlite3_column_int64(s, i); }

wall_t sql_time(sqlite3_stmt *s, int i) { return (wall_t){sqlite3_column_int64(s, i)}; }

struct str sql_str(sqlite3_stmt *s, int i)
{
    const char *p = sqlite3_column_blob(s, i);
    return str_make(p, (size_t)sqlite3_column_bytes(s, i));
}

struct hash128 sql_id(sqlite3_stmt *s, int i)
{
    struct hash128 id = {0};
    struct str bytes = sql_str(s, i);
    for (size_t b = 0; bytes.n == 16 && b < 8; b++) {
        id.high = id.high << 8 | (unsigned char)bytes.p[b];
        id.low = id.low << 8 | (unsigned char)bytes.p[8 + b];
    }
    return id;
}

int sql_run(sqlite3_stmt *s)
{
    int step = sqlite3_step(s);
    int reset = sqlite3_reset(s);
    return step == SQLITE_DONE || step == SQLITE_ROW ? SQLITE_OK : reset != SQLITE_OK ? reset : step;
}

int sql_exec(sqlite3 *db, const char *text) { return sqlite3_exec(db, text, NULL, NULL, NULL); }

int sql_number(sqlite3 *db, const char *text, int64_t otherwise, int64_t *out)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(db, text, -1, &s, NULL);
    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(s);
    *out = code == SQLITE_ROW ? sql_int(s, 0) : otherwise;
    sqlite3_finalize(s);
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

sqlite3_stmt *sql_prepare(sqlite3 *db, const char *text, struct err *err)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) != SQLITE_OK)
        sql_error(db, "preparing a statement", err);
    return s;
}

bool sql_error(sqlite3 *db, const char *doing, struct err *err)
{
    int code = sqlite3_extended_errcode(db);
    if ((code & 0xff) == SQLITE_FULL)
        return err_set(err, "%s: the disk is full: free some space, nothing is lost meanwhile", doing);
    return err_set(err, "%s: %s (sqlite %d)", doing, sqlite3_errmsg(db), code);
}
