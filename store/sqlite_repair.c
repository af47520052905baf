// SPDX-License-Identifier: MIT
//
// Damage and backups of the sqlite engine. A damaged file is moved aside, never removed; the newest backup that is
// whole takes its place; without one the store begins anew and every feed learns its items without alerting.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite.h"

const char *sqlite_stamp(wall_t at, char out[STAMP_BYTES])
{
    struct civil c = civil_of(at);
    snprintf(out, STAMP_BYTES, "%04lld%02d%02dT%02d%02d%02dZ", (long long)c.year, c.month, c.day, c.hour, c.minute,
             c.second);
    return out;
}

enum file_state sqlite_file_check(const char *path, struct err *err)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    enum file_state state = FILE_UNREADABLE;
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &s, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    if (code == SQLITE_ROW)
        state = str_eq(sql_str(s, 0), S("ok")) ? FILE_WHOLE : FILE_DAMAGED;
    else if ((code & 0xff) == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        state = FILE_DAMAGED;
    else
        sql_error(db, "checking the store", err);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return state;
}

static bool sync_directory(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool is_synced = fsync(fd) == 0;
    close(fd);
    return is_synced;
}

static bool copy_bytes(int from, int to)
{
    static const size_t piece = 1 << 16;
    char *buffer = malloc(piece);
    bool is_good = buffer != NULL;
    while (is_good) {
        ssize_t n = read(from, buffer, piece);
        if (n == 0)
            break;
        is_good = n > 0;
        for (ssize_t at = 0; is_good && at < n;) {
            ssize_t written = write(to, buffer + at, (size_t)(n - at));
            is_good = written > 0;
            at += written;
        }
    }
    free(buffer);
    return is_good && fsync(to) == 0;
}

static bool copy_file(const char *from, const char *to, struct err *err)
{
    int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool is_copied = in >= 0 && out >= 0 && copy_bytes(in, out);
    if (!is_copied)
        err_set(err, "cannot copy %s to %s: %s", from, to, strerror(errno));
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return is_copied;
}

static int is_backup(const struct dirent *entry)
{
    struct str name = str_of(entry->d_name);
    return str_starts(name, S("state-")) && str_ends(name, S(".db"));
}

// Lists the backups, oldest first: their names order as their times. Returns how many; free each and the list.
static int list_backups(const char *directory, struct dirent ***out)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/backup", directory);
    int n = scandir(path, out, is_backup, alphasort);
    return n < 0 ? 0 : n;
}

static void free_list(struct dirent **list, int n)
{
    for (int i = 0; i < n; i++)
        free(list[i]);
    if (n > 0)
        free(list);
}

static bool move_aside(const char *directory, const char *stamp, char *out_name, size_t n, struct err *err)
{
    snprintf(out_name, n, "state.db.damaged-%s", stamp);
    static const char *const parts[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char from[PATH_MAX], to[PATH_MAX];
        snprintf(from, sizeof from, "%s/state.db%s", directory, parts[i]);
        snprintf(to, sizeof to, "%s/%s%s", directory, out_name, parts[i]);
        if (rename(from, to) != 0 && errno != ENOENT)
            return err_set(err, "cannot move the damaged %s aside: %s", from, strerror(errno));
    }
    return sync_directory(directory) || err_set(err, "cannot write to %s: %s", directory, strerror(errno));
}

enum restore { RESTORE_NONE, RESTORE_READY, RESTORE_FAILED };

// Copies the newest whole backup to state.db.restoring: whole and on the disk, before the damaged file is touched.
static enum restore copy_newest(const char *directory, char *out_name, size_t n, struct err *err)
{
    struct dirent **list = NULL;
    int count = list_backups(directory, &list);
    enum restore done = RESTORE_NONE;
    char from[PATH_MAX], to[PATH_MAX];
    snprintf(to, sizeof to, "%s/state.db.restoring", directory);
    remove(to);
    for (int i = count; i-- > 0 && done == RESTORE_NONE;) {
        struct err why;
        snprintf(from, sizeof from, "%s/backup/%s", directory, list[i]->d_name);
        if (sqlite_file_check(from, &why) != FILE_WHOLE)
            continue;
        snprintf(out_name, n, "%s", list[i]->d_name);
        done = copy_file(from, to, err) && sync_directory(directory) ? RESTORE_READY : RESTORE_FAILED;
    }
    free_list(list, count);
    return done;
}

static bool put_in_place(const char *directory, struct err *err)
{
    char from[PATH_MAX], to[PATH_MAX];
    snprintf(from, sizeof from, "%s/state.db.restoring", directory);
    snprintf(to, sizeof to, "%s/state.db", directory);
    return (rename(from, to) == 0 && sync_directory(directory)) ||
           err_set(err, "cannot move %s to %s: %s", from, to, strerror(errno));
}

bool sqlite_repair(struct sqlite_store *store, wall_t now, enum store_opening *out, char *text, size_t text_n,
                   struct err *err)
{
    char stamp[STAMP_BYTES], damaged[NAME_MAX + 1], backup[NAME_MAX + 1];
    enum restore restore = copy_newest(store->directory, backup, sizeof backup, err);
    if (restore == RESTORE_FAILED ||
        !move_aside(store->directory, sqlite_stamp(now, stamp), damaged, sizeof damaged, err))
        return false;
    store->was_unclean = true;
    if (restore == RESTORE_READY) {
        *out = STORE_WAS_RESTORED;
        snprintf(text, text_n, "the store was damaged: it lies in %s, and backup/%s took its place; what happened "
                               "since then may be told again, under the same ids", damaged, backup);
        return put_in_place(store->directory, err);
    }
    *out = STORE_WAS_LOST;
    snprintf(text, text_n, "the store was damaged: it lies in %s, and there is no whole backup; every feed learns its "
                           "items anew without alerts, and ids of alerts change", damaged);
    return true;
}

static int is_damaged(const struct dirent *entry)
{
    return str_starts(str_of(entry->d_name), S("state.db.damaged-"));
}

bool sqlite_resume(struct sqlite_store *store, enum store_opening *out, char *text, size_t text_n, struct err *err)
{
    struct dirent **list = NULL;
    char path[PATH_MAX];
    struct err why;
    int n = scandir(store->directory, &list, is_damaged, alphasort);
    free_list(list, n);
    if (n <= 0)
        return true;
    store->was_unclean = true;
    snprintf(path, sizeof path, "%s/state.db.restoring", store->directory);
    if (access(path, F_OK) == 0 && sqlite_file_check(path, &why) == FILE_WHOLE) {
        *out = STORE_WAS_RESTORED;
        snprintf(text, text_n, "the store was damaged, and putting a backup in its place was broken off: that is done "
                               "now; what happened since then may be told again, under the same ids");
        return put_in_place(store->directory, err);
    }
    *out = STORE_WAS_LOST;
    snprintf(text, text_n, "the store was damaged and is gone; every feed learns its items anew without alerts, and "
                           "ids of alerts change");
    return true;
}

static void remove_oldest(const char *directory, unsigned keep)
{
    struct dirent **list = NULL;
    int count = list_backups(directory, &list);
    for (int i = 0; i < count - (int)keep; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/backup/%s", directory, list[i]->d_name);
        remove(path);
    }
    free_list(list, count);
}

bool sqlite_backup_write(sqlite3 *db, const char *directory, wall_t now, unsigned keep, char out_path[PATH_MAX],
                         struct err *err)
{
    char folder[PATH_MAX], part[PATH_MAX], stamp[STAMP_BYTES];
    snprintf(folder, sizeof folder, "%s/backup", directory);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return err_set(err, "cannot make %s: %s", folder, strerror(errno));
    snprintf(part, sizeof part, "%s/backup/unfinished", directory);
    snprintf(out_path, PATH_MAX, "%s/backup/state-%s.db", directory, sqlite_stamp(now, stamp));
    remove(part);
    int made = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600); // sqlite's own has 0644
    if (made < 0)
        return err_set(err, "cannot make %s: %s", part, strerror(errno));
    close(made);
    sqlite3_stmt *s = sql_prepare(db, "VACUUM INTO ?", err); // an empty file is as good to it as none
    if (!s) {
        remove(part);
        return false;
    }
    sql_bind_str(s, 1, str_of(part));
    int code = sql_run(s);
    sqlite3_finalize(s);
    if (code != SQLITE_OK) {
        sql_error(db, "writing a backup", err);
        remove(part);
        return false;
    }
    int fd = open(part, O_RDONLY | O_CLOEXEC);
    bool is_done = fd >= 0 && fsync(fd) == 0 && rename(part, out_path) == 0 && sync_directory(folder);
    if (!is_done)
        err_set(err, "cannot finish %s: %s", out_path, strerror(errno));
    if (fd >= 0)
        close(fd);
    if (is_done && keep > 0)
        remove_oldest(directory, keep);
    return is_done;
}
