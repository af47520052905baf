// SPDX-License-Identifier: MIT
#define _GNU_SOURCE // nftw
#include "tests/tools/folder.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

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
