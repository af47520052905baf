// SPDX-License-Identifier: MIT
//
// Reading the archive. See archive.h. A row is given as views into SQLite's page, mapped from the file, so that replay
// copies nothing.
#include <stdio.h>

#include "base/mem.h"
#include "store/archive_file.h"

enum { MAP_BYTES = 1 << 30 }; // of a file; the rest is read through the cache

struct archive_reader {
    char directory[PATH_MAX];
    char **names;
    int n, next; // files, and which is opened next
    wall_t since, until;
    struct archive_place place;
    sqlite3 *db;
    sqlite3_stmt *rows;
};

static bool open_file(const char *directory, const char *name, sqlite3 **out, struct err *err)
{
    char path[PATH_MAX + ARCHIVE_NAME_BYTES + 1], pragma[64];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    snprintf(pragma, sizeof pragma, "PRAGMA mmap_size = %d", MAP_BYTES);
    int code = sqlite3_open_v2(path, out, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) {
        sqlite3_busy_timeout(*out, 5000);
        code = sql_exec(*out, pragma);
    }
    if (code == SQLITE_OK)
        return true;
    sql_error(*out, name, err);
    sqlite3_close(*out);
    *out = NULL;
    return false;
}

struct archive_reader *archive_read(struct str directory, wall_t since, wall_t until, struct err *err)
{
    return archive_read_on(directory, (struct archive_place){0}, since, until, err);
}

struct archive_reader *archive_read_on(struct str directory, struct archive_place place, wall_t since, wall_t until,
                                       struct err *err)
{
    struct archive_reader *r = mem_alloc(sizeof *r);
    if (directory.n + 1 + ARCHIVE_NAME_BYTES > PATH_MAX) {
        err_set(err, "the path of the state directory is too long");
        mem_free(r);
        return NULL;
    }
    memcpy(r->directory, directory.p, directory.n);
    r->n = archive_list(r->directory, &r->names);
    r->place = place;
    r->since = since;
    r->until = until.ms ? until : (wall_t){INT64_MAX};
    return r;
}

static void close_file(struct archive_reader *r)
{
    sqlite3_finalize(r->rows);
    sqlite3_close(r->db);
    r->rows = NULL;
    r->db = NULL;
}

void archive_reader_close(struct archive_reader *r)
{
    if (!r)
        return;
    close_file(r);
    archive_list_free(r->names, r->n);
    mem_free(r);
}

struct archive_place archive_reader_place(const struct archive_reader *r) { return r->place; }

// Prepares the rows of a file: behind the place, where it lies in this file, else from the first that is asked for; the
// index finds where to begin, and from there the table is read straight on, in the order of arrival.
static bool begin_rows(struct archive_reader *r, uint32_t month, struct err *err)
{
    bool is_going_on = month == r->place.month && r->place.row > 0;
    r->rows = sql_prepare(r->db, is_going_on ? "SELECT at, packed, rowid FROM item WHERE rowid > ?"
                                             : "SELECT at, packed, rowid FROM item WHERE rowid >="
                                               " (SELECT rowid FROM item WHERE at >= ? ORDER BY at LIMIT 1)", err);
    if (r->rows && is_going_on)
        sqlite3_bind_int64(r->rows, 1, r->place.row);
    else if (r->rows)
        sql_bind_time(r->rows, 1, r->since);
    r->place = (struct archive_place){month, is_going_on ? r->place.row : 0};
    return r->rows != NULL;
}

// Begins the next file that can hold something asked for. ARCHIVE_ITEM: it is open.
static enum archive_step open_next(struct archive_reader *r, struct err *err)
{
    while (r->next < r->n && (archive_month_end(r->names[r->next]).ms <= r->since.ms ||
                              archive_month(r->names[r->next]) < r->place.month))
        r->next++;
    if (r->next == r->n)
        return ARCHIVE_END;
    if (!open_file(r->directory, r->names[r->next++], &r->db, err))
        return ARCHIVE_FAILED;
    return begin_rows(r, archive_month(r->names[r->next - 1]), err) ? ARCHIVE_ITEM : ARCHIVE_FAILED;
}

enum archive_step archive_next(struct archive_reader *r, struct archive_item *out, struct err *err)
{
    for (;;) {
        if (!r->rows) {
            enum archive_step step = open_next(r, err);
            if (step != ARCHIVE_ITEM)
                return step;
        }
        int code = sqlite3_step(r->rows);
        if (code == SQLITE_DONE) {
            close_file(r);
            continue;
        }
        if (code != SQLITE_ROW) {
            sql_error(r->db, "reading the archive", err);
            return ARCHIVE_FAILED;
        }
        wall_t at = sql_time(r->rows, 0);
        r->place.row = sql_int(r->rows, 2);
        if (at.ms < r->since.ms || at.ms >= r->until.ms)
            continue;
        if (archive_unpack(sql_str(r->rows, 1), out))
            return ARCHIVE_ITEM;
        err_set(err, "a row of %s is damaged", r->names[r->next - 1]);
        return ARCHIVE_FAILED;
    }
}

static void keep(struct archive_item *item, struct arena *arena)
{
    struct str *texts[] = {&item->feed_url, &item->feed_title, &item->tags,       &item->guid,  &item->url,
                           &item->language, &item->authors,    &item->categories, &item->title, &item->summary,
                           &item->body};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = arena_str(arena, *texts[i]);
}

// Looks for the newest row of an item in one file. ARCHIVE_END: it is not there.
static enum archive_step find_in(const char *directory, const char *name, uint64_t feed, uint64_t item,
                                 struct arena *arena, struct archive_item *out, struct err *err)
{
    sqlite3 *db = NULL;
    if (!open_file(directory, name, &db, err))
        return ARCHIVE_FAILED;
    enum archive_step step = ARCHIVE_FAILED;
    sqlite3_stmt *s = sql_prepare(db, feed ? "SELECT packed FROM item WHERE feed = ?1 AND item = ?2 ORDER BY rowid DESC"
                                           : "SELECT packed FROM item WHERE item = ?2 ORDER BY rowid DESC", err);
    if (s) {
        sql_bind_u64(s, 1, feed); // no matter where it is not asked for
        sql_bind_u64(s, 2, item);
        int code = sqlite3_step(s);
        if (code == SQLITE_DONE)
            step = ARCHIVE_END;
        else if (code == SQLITE_ROW && archive_unpack(sql_str(s, 0), out)) {
            step = ARCHIVE_ITEM;
            keep(out, arena);
        } else
            sql_error(db, "reading the archive", err);
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    return step;
}

bool archive_find(struct str directory, uint64_t feed, uint64_t item, struct arena *arena, struct archive_item *out,
                  struct err *err)
{
    char **names = NULL;
    const char *path = arena_dupz(arena, directory);
    int n = archive_list(path, &names);
    enum archive_step step = ARCHIVE_END;
    if (err)
        *err = (struct err){0};
    for (int i = n; i-- > 0 && step == ARCHIVE_END;)
        step = find_in(path, names[i], feed, item, arena, out, err);
    archive_list_free(names, n);
    return step == ARCHIVE_ITEM;
}

static bool count_in(const char *directory, const char *name, wall_t since, uint64_t *out_n, struct err *err)
{
    sqlite3 *db = NULL;
    if (!open_file(directory, name, &db, err))
        return false;
    sqlite3_stmt *s = sql_prepare(db, "SELECT (SELECT max(rowid) FROM item) - (SELECT rowid FROM item WHERE at >= ?"
                                      " ORDER BY at LIMIT 1) + 1", err);
    bool is_read = false;
    if (s) {
        sql_bind_time(s, 1, since);
        is_read = sqlite3_step(s) == SQLITE_ROW;
        *out_n = is_read ? sql_u64(s, 0) : 0; // NULL reads as 0: nothing is as new
        if (!is_read)
            sql_error(db, "reading the archive", err);
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    return is_read;
}

bool archive_count(struct str directory, wall_t since, uint64_t *out_n, struct err *err)
{
    char **names = NULL;
    struct arena arena;
    arena_init(&arena, 2 * PATH_MAX);
    const char *path = arena_dupz(&arena, directory);
    int n = archive_list(path, &names);
    uint64_t total = 0;
    bool is_good = true;
    for (int i = 0; i < n && is_good; i++) {
        uint64_t one = 0;
        if (archive_month_end(names[i]).ms > since.ms)
            is_good = count_in(path, names[i], since, &one, err);
        total += one;
    }
    archive_list_free(names, n);
    arena_done(&arena);
    if (is_good)
        *out_n = total;
    return is_good;
}
