// SPDX-License-Identifier: MIT
//
// SQLite without its ceremony: binding and reading our types, running a statement, saying what failed. Private to
// store/. A statement is bound, run and reset by one function, so that no lock outlives it.
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <sqlite3.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"

// Binds parameter i (1-based). Text and blobs are not copied: they must live until the statement ran. Ids are.
void sql_bind_int(sqlite3_stmt *s, int i, int64_t value);
void sql_bind_u64(sqlite3_stmt *s, int i, uint64_t value); // kept as the same 64 bits, signed
void sql_bind_time(sqlite3_stmt *s, int i, wall_t value);
void sql_bind_str(sqlite3_stmt *s, int i, struct str value);
void sql_bind_blob(sqlite3_stmt *s, int i, struct str value);
void sql_bind_id(sqlite3_stmt *s, int i, struct hash128 value); // 16 bytes, big-endian: orders as the text does

// Read column i (0-based); views live until the next step.
int64_t sql_int(sqlite3_stmt *s, int i);

// A value of n, as of an enum; 0 for any other: a row that is damaged must not index beyond a table.
int64_t sql_below(sqlite3_stmt *s, int i, int64_t n);
uint64_t sql_u64(sqlite3_stmt *s, int i);
wall_t sql_time(sqlite3_stmt *s, int i);
struct str sql_str(sqlite3_stmt *s, int i); // of text and of blobs
struct hash128 sql_id(sqlite3_stmt *s, int i);

// Runs a bound statement that returns nothing, and resets it. Returns the result code, SQLITE_OK when done.
int sql_run(sqlite3_stmt *s);

// Runs statements given as text. Returns the result code.
int sql_exec(sqlite3 *db, const char *text);

// Runs a query that gives one number; `otherwise` where it gives none. Returns the result code.
int sql_number(sqlite3 *db, const char *text, int64_t otherwise, int64_t *out);

// Prepares a statement for long use; NULL with err set on failure.
sqlite3_stmt *sql_prepare(sqlite3 *db, const char *text, struct err *err);

// Says what the database failed at: "DOING: sqlite's words (code)". Returns false.
bool sql_error(sqlite3 *db, const char *doing, struct err *err);

#endif
