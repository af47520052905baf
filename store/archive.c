// SPDX-License-Identifier: MIT
//
// Writing and pruning the archive. See archive.h; reading is archive_reader.c.
#include "store/archive.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/archive_file.h"

struct archive {
    char directory[PATH_MAX];
    char name[ARCHIVE_NAME_BYTES]; // of the file that is open
    sqlite3 *db;
    sqlite3_stmt *insert;
};

struct archive *archive_open(struct str directory, struct err *err)
{
    struct archive *a = mem_alloc(sizeof *a);
    if (directory.n + 1 + ARCHIVE_NAME_BYTES + sizeof "-journal" > PATH_MAX) {
        err_set(err, "the path of the state directory is too long");
        mem_free(a);
        return NULL;
    }
    memcpy(a->directory, directory.p, directory.n);
    return a;
}

static void close_file(struct archive *a)
{
    sqlite3_finalize(a->insert);
    sqlite3_close(a->db);
    a->insert = NULL;
    a->db = NULL;
    a->name[0] = '\0';
}

void archive_close(struct archive *a)
{
    if (!a)
        return;
    close_file(a);
    mem_free(a);
}

// Opens the file of a month. synchronous=NORMAL: a power cut may cost the archive its last seconds, not its form.
static bool open_month(struct archive *a, const char *name, struct err *err)
{
    if (a->db && strcmp(a->name, name) == 0)
        return true;
    close_file(a);
    char path[PATH_MAX + ARCHIVE_NAME_BYTES + 1];
    snprintf(path, sizeof path, "%s/%s", a->directory, name);
    mode_t mask = umask(0077);
    int code = sqlite3_open_v2(path, &a->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
                               | SQLITE_OPEN_NOFOLLOW, NULL);
    umask(mask);
    if (code == SQLITE_OK) {
        sqlite3_busy_timeout(a->db, 5000);
        code = sql_exec(a->db, "PRAGMA page_size = 32768; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                               "CREATE TABLE IF NOT EXISTS item (at INTEGER NOT NULL, feed INTEGER NOT NULL,"
                               " item INTEGER NOT NULL, packed BLOB NOT NULL);"
                               "CREATE INDEX IF NOT EXISTS item_at ON item (at);"
                               "CREATE INDEX IF NOT EXISTS item_key ON item (feed, item)");
    }
    if (code != SQLITE_OK)
        sql_error(a->db, "opening the archive", err);
    else
        a->insert = sql_prepare(a->db, "INSERT INTO item VALUES (?, ?, ?, ?)", err);
    if (!a->insert) {
        close_file(a);
        return false;
    }
    snprintf(a->name, sizeof a->name, "%s", name);
    return true;
}

static int insert(struct archive *a, const struct archive_item *item, struct buf *row)
{
    buf_reset(row);
    archive_pack(item, row);
    sql_bind_time(a->insert, 1, item->fetched);
    sql_bind_u64(a->insert, 2, item->feed);
    sql_bind_u64(a->insert, 3, item->item);
    sql_bind_blob(a->insert, 4, buf_str(row));
    return sql_run(a->insert);
}

// Appends the items of one month, all or none.
static bool append_month(struct archive *a, const struct archive_item *items, size_t n, struct err *err)
{
    char name[ARCHIVE_NAME_BYTES];
    if (!open_month(a, archive_name(items[0].fetched, name), err))
        return false;
    struct buf row;
    buf_init(&row, SIZE_MAX);
    int code = sql_exec(a->db, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < n && code == SQLITE_OK; i++)
        code = insert(a, &items[i], &row);
    if (code == SQLITE_OK)
        code = sql_exec(a->db, "COMMIT");
    buf_done(&row);
    if (code == SQLITE_OK)
        return true;
    sql_error(a->db, "writing to the archive", err);
    if (!sqlite3_get_autocommit(a->db))
        sql_exec(a->db, "ROLLBACK");
    close_file(a); // a damaged file is looked at again the next time
    return false;
}

bool archive_append(struct archive *a, const struct archive_item *items, size_t n, struct err *err)
{
    for (size_t from = 0; from < n;) {
        char first[ARCHIVE_NAME_BYTES], other[ARCHIVE_NAME_BYTES];
        archive_name(items[from].fetched, first);
        size_t to = from + 1;
        while (to < n && strcmp(first, archive_name(items[to].fetched, other)) == 0)
            to++;
        if (!append_month(a, items + from, to - from, err))
            return false;
        from = to;
    }
    return true;
}

static uint64_t file_bytes(const char *directory, const char *name)
{
    static const char *const parts[] = {"", "-wal"};
    uint64_t bytes = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char path[PATH_MAX + ARCHIVE_NAME_BYTES + 8];
        struct stat st;
        snprintf(path, sizeof path, "%s/%s%s", directory, name, parts[i]);
        if (stat(path, &st) == 0)
            bytes += (uint64_t)st.st_size;
    }
    return bytes;
}

static bool remove_month(struct archive *a, const char *name, struct err *err)
{
    static const char *const parts[] = {"", "-wal", "-shm"};
    if (strcmp(a->name, name) == 0)
        close_file(a);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char path[PATH_MAX + ARCHIVE_NAME_BYTES + 8];
        snprintf(path, sizeof path, "%s/%s%s", a->directory, name, parts[i]);
        if (unlink(path) != 0 && errno != ENOENT)
            return err_set(err, "cannot remove %s: %s", path, strerror(errno));
    }
    return true;
}

bool archive_prune(struct archive *a, wall_t now, unsigned days, uint64_t bytes_max, unsigned *out_n, struct err *err)
{
    char **names = NULL;
    int n = archive_list(a->directory, &names);
    uint64_t bytes = 0;
    unsigned removed = 0;
    bool is_good = true;
    for (int i = 0; i < n; i++)
        bytes += file_bytes(a->directory, names[i]);
    for (int i = 0; i < n && is_good; i++) {
        bool is_old = wall_diff(now, archive_month_end(names[i])) > (int64_t)days * DAY_MS;
        bool is_newest = i == n - 1;
        if (!is_old && (bytes <= bytes_max || is_newest))
            break;
        bytes -= file_bytes(a->directory, names[i]);
        is_good = remove_month(a, names[i], err);
        removed += is_good;
    }
    archive_list_free(names, n);
    if (is_good)
        *out_n = removed;
    return is_good;
}
