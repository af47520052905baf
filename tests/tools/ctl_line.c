// SPDX-License-Identifier: MIT
#include "tests/tools/ctl_line.h"

#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "daemon/ctl/args.h"
#include "tests/tools/check.h"

enum { OUTPUT_BYTES_MAX = 16 << 20 };

// A stream of ours for the time of a run: it is written to (or read from) a file that is in no folder.
struct stream {
    int fd, before;
    FILE *file;
};

static struct stream stream_open(int fd, const char *text, const char *path)
{
    struct stream s = {.fd = fd, .before = dup(fd), .file = path ? fopen(path, "r+e") : tmpfile()};
    assert_true(s.file && s.before >= 0);
    fputs(text, s.file);
    fflush(s.file);
    rewind(s.file);
    assert_true(dup2(fileno(s.file), fd) >= 0);
    return s;
}

static void stream_close(struct stream *s, struct buf *out)
{
    assert_true(dup2(s->before, s->fd) >= 0);
    close(s->before);
    rewind(s->file);
    char piece[4096];
    for (size_t n; out && (n = fread(piece, 1, sizeof piece, s->file)) > 0;)
        buf_add(out, str_make(piece, n));
    fclose(s->file);
}

int ctl_line_run(struct ctl_line *l, const char *line, const char *input)
{
    struct arena a;
    struct args args;
    char *argv[CTL_LINE_WORDS_MAX + 1] = {"feedwatchctl"};
    int argc = 1, code = CTL_USAGE;
    arena_init(&a, 1 << 16);
    for (struct str rest = str_of(line); rest.n && argc < CTL_LINE_WORDS_MAX;)
        argv[argc++] = arena_dupz(&a, str_cut(&rest, ' '));
    ctl_line_done(l);
    buf_init(&l->out, OUTPUT_BYTES_MAX);
    buf_init(&l->err, OUTPUT_BYTES_MAX);
    fflush(NULL);
    struct stream in = stream_open(STDIN_FILENO, input ? input : "", NULL), out = stream_open(STDOUT_FILENO, "", l->to),
                  err = stream_open(STDERR_FILENO, "", NULL);
    clearerr(stdin);
    args_read(&args, ctl_commands, argc, argv);
    args.call.socket = l->socket ? l->socket : "/nowhere/control.sock";
    args.call.has_colour = false; // no terminal
    if (args.kind == ARGS_CALL)
        code = args.call.command->plain ? args.call.command->plain(args.plain_argc, args.plain_argv)
                                        : args.call.command->run(&args.call);
    fflush(NULL);
    stream_close(&in, NULL);
    stream_close(&out, l->to ? NULL : &l->out);
    stream_close(&err, &l->err);
    args_done(&args);
    arena_done(&a);
    return code;
}

void ctl_line_done(struct ctl_line *l)
{
    buf_done(&l->out);
    buf_done(&l->err);
}
