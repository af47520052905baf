// SPDX-License-Identifier: MIT
#define _GNU_SOURCE // nftw
#include "tests/tools/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 512, OPEN_MAX_FOLDERS = 16 };

void folder_make(const char *path)
{
    char part[PATH_BYTES];
    for (size_t i = 1; path[i - 1] && i < sizeof part; i++) {
        if (path[i] && path[i] != '/')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        mkdir(part, 0755); // what fails here shows when something is written there
    }
}

void folder_make_parents(const char *file)
{
    char folder[PATH_BYTES];
    const char *slash = strrchr(file, '/');
    if (!slash || (size_t)(slash - file) >= sizeof folder)
        return;
    memcpy(folder, file, (size_t)(slash - file));
    folder[slash - file] = '\0';
    folder_make(folder);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
    (void)about;
    (void)kind;
    (void)walk;
    remove(path);
    return 0;
}

void folder_remove(const char *path) { nftw(path, remove_one, OPEN_MAX_FOLDERS, FTW_DEPTH | FTW_PHYS); }

void folder_trace(const char *path, uint64_t *bytes, uint64_t *changed_ns)
{
    DIR *folder = opendir(path);
    if (!folder)
        return;
    for (const struct dirent *entry; (entry = readdir(folder));) {
        struct stat about;
        if (entry->d_name[0] == '.' || fstatat(dirfd(folder), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        char inner[PATH_BYTES];
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        if (S_ISDIR(about.st_mode))
            folder_trace(inner, bytes, changed_ns);
        uint64_t at = (uint64_t)about.st_mtim.tv_sec * 1000000000 + (uint64_t)about.st_mtim.tv_nsec;
        if (S_ISREG(about.st_mode))
            *bytes += (uint64_t)about.st_size;
        if (S_ISREG(about.st_mode) && at > *changed_ns)
            *changed_ns = at;
    }
    closedir(folder);
}

bool file_write(const char *path, struct str text)
{
    FILE *file = fopen(path, "we");
    if (!file)
        return false;
    bool is_written = fwrite(text.p, 1, text.n, file) == text.n;
    return fclose(file) == 0 && is_written;
}

bool file_read(const char *path, struct buf *out)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    char piece[65536];
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_add(out, str_make(piece, n));
    fclose(file);
    return !out->is_cut;
}
