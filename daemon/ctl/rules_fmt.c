// SPDX-License-Identifier: MIT
//
// rules fmt: files into their canonical form.
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/ctl/commands.h"
#include "daemon/ctl/rule_files.h"
#include "daemon/ctl/say.h"
#include "daemon/loader.h"
#include "rules/fmt.h"
#include "rules/load.h"

static bool write_all(int fd, struct str text)
{
    while (text.n) {
        ssize_t n = write(fd, text.p, text.n);
        if (n < 0 && errno != EINTR)
            return false;
        text = str_from(text, n > 0 ? (size_t)n : 0);
    }
    return true;
}

// Puts text in the place of a file, whole or not at all: a file beside it, then a rename. A link stays one: what it
// points at is replaced.
static bool replace(const char *name, struct str text, struct err *err)
{
    char path[PATH_MAX];
    struct buf beside;
    struct stat st;
    buf_init(&beside, 2 * PATH_MAX);
    bool is_ok = realpath(name, path) && stat(path, &st) == 0;
    if (is_ok)
        buf_addf(&beside, "%s.XXXXXX", path);
    int fd = is_ok ? mkstemp(beside.p) : -1;
    is_ok = fd >= 0 && fchmod(fd, st.st_mode & 07777) == 0 && write_all(fd, text) && fsync(fd) == 0 &&
            rename(buf_z(&beside), path) == 0;
    if (!is_ok)
        err_set(err, "%s cannot be written: %s", name, strerror(errno));
    if (!is_ok && fd >= 0)
        unlink(buf_z(&beside));
    if (fd >= 0)
        close(fd);
    buf_done(&beside);
    return is_ok;
}

static int told(const struct ctl_call *call, struct diags *diags)
{
    struct buf text;
    buf_init(&text, SAY_BYTES_MAX);
    if (!isatty(STDERR_FILENO))
        conf_hide(diags, rule_files_tables);
    diags_render(diags, call->has_colour, &text);
    fwrite(buf_z(&text), 1, text.n, stderr);
    buf_done(&text);
    return CTL_CONFIG;
}

static int format_one(const struct ctl_call *call, const char *path)
{
    struct arena arena;
    struct diags diags;
    struct buf text;
    struct err err = {0};
    arena_init(&arena, LOADER_FILE_BYTES_MAX);
    diags_init(&diags);
    buf_init(&text, SAY_BYTES_MAX);
    struct source source = {.name = str_of(path)};
    int code = CTL_OK;
    bool is_stdin = strcmp(path, "-") == 0, is_check = ctl_value(call, "check") != NULL;
    if (!loader_files_or_stdin.read(NULL, str_of(path), &arena, &source.text, &err))
        code = say_error(call, CTL_NOT_FOUND, NULL, "%s", err.text);
    else if (!rules_format(&source, rule_files_tables, &text, &diags))
        code = told(call, &diags);
    else if (is_stdin && !is_check)
        code = say(&text);
    else if (str_eq(buf_str(&text), source.text))
        code = CTL_OK;
    else if (is_check)
        code = say_error(call, CTL_REFUSED, "feedwatchctl rules fmt FILE", "%s is not in canonical form",
                         is_stdin ? "standard input" : path);
    else if (!replace(path, buf_str(&text), &err))
        code = say_error(call, CTL_NOT_FOUND, NULL, "%s", err.text);
    else
        printf("%s\n", path);
    buf_done(&text);
    diags_done(&diags);
    arena_done(&arena);
    return code;
}

int ctl_rules_fmt(const struct ctl_call *call)
{
    int code = CTL_OK;
    for (size_t i = 0; i < call->n_words; i++) {
        int one = format_one(call, call->words[i]);
        code = code == CTL_OK ? one : code;
    }
    return code;
}
