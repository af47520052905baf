// SPDX-License-Identifier: MIT
//
// Reading configuration files. See loader.h.
#include "daemon/loader.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

static bool is_pattern(struct str s)
{
    return str_find_char(s, '*') < s.n || str_find_char(s, '?') < s.n || str_find_char(s, '[') < s.n;
}

static int by_bytes(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

// The pattern with the folder that it starts in, whose name is nobody's pattern: g[prod] is that folder.
static const char *pattern_from(struct str pattern, struct str folder, struct arena *a)
{
    char *escaped = ARENA_ARRAY(a, char, 2 * folder.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < folder.n; i++) {
        if (strchr("*?[\\", folder.p[i]))
            escaped[n++] = '\\';
        escaped[n++] = folder.p[i];
    }
    return arena_fmt(a, "%.*s%.*s", (int)n, escaped, STR_ARG(pattern)).p;
}

static bool find_files(void *context, struct str pattern, struct str from, struct arena *a, struct str **out_paths,
                       size_t *out_n, struct err *err)
{
    (void)context;
    struct str whole = conf_path(pattern, from, a);
    const char *path = whole.p;
    struct str *paths = NULL;
    size_t n = 0;
    if (is_pattern(pattern)) {
        glob_t found = {0};
        const char *searched = pattern_from(pattern, str_head(whole, whole.n - pattern.n), a);
        int rc = glob(searched, GLOB_NOSORT | GLOB_ERR, NULL, &found);
        for (size_t i = 0; rc == 0 && i < found.gl_pathc; i++)
            if (!is_folder(found.gl_pathv[i]))
                ARENA_PUSH(a, paths, n, arena_str(a, str_of(found.gl_pathv[i])));
        globfree(&found);
        if (rc != 0 && rc != GLOB_NOMATCH)
            return err_set(err, "cannot list %s: %s", path, rc == GLOB_NOSPACE ? "out of memory" : strerror(errno));
        if (n)
            qsort(paths, n, sizeof *paths, by_bytes);
    } else {
        ARENA_PUSH(a, paths, n, str_of(path));
    }
    *out_paths = paths;
    *out_n = n;
    return true;
}

static bool read_all(int fd, const char *path, struct arena *a, struct str *out_text, struct err *err)
{
    struct buf b;
    buf_init(&b, LOADER_FILE_BYTES_MAX);
    for (;;) {
        char chunk[1 << 16];
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || !buf_add(&b, str_make(chunk, (size_t)n))) {
            buf_done(&b);
            return n < 0 ? err_set(err, "cannot read %s: %s", path, strerror(errno))
                         : err_set(err, "%s is over %d MiB", path, LOADER_FILE_BYTES_MAX >> 20);
        }
        if (n == 0)
            break;
    }
    *out_text = arena_str(a, buf_str(&b));
    buf_done(&b);
    return true;
}

static bool read_file(void *context, struct str path, struct arena *a, struct str *out_text, struct err *err)
{
    (void)context;
    const char *name = arena_dupz(a, path);
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return err_set(err, "cannot open %s: %s", name, strerror(errno));
    struct stat st;
    bool is_ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (is_ok)
        is_ok = read_all(fd, name, a, out_text, err);
    else
        err_set(err, "%s is no file%s", name, S_ISDIR(st.st_mode) ? " but a folder" : "");
    close(fd);
    return is_ok;
}

static bool read_file_or_stdin(void *context, struct str path, struct arena *a, struct str *out_text, struct err *err)
{
    if (str_eq(path, S("-")))
        return read_all(STDIN_FILENO, "standard input", a, out_text, err);
    return read_file(context, path, a, out_text, err);
}

const struct conf_loader loader_files = {NULL, find_files, read_file};
const struct conf_loader loader_files_or_stdin = {NULL, find_files, read_file_or_stdin};
