// SPDX-License-Identifier: MIT
//
// origin [--port N] PATH=FILE[,WORD=VALUE...]...: serves files at 127.0.0.1 as well or ill as it is told, for trying
// the daemon by hand. It prints a line for each request, and runs until it is ended.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/tools/folder.h"
#include "tests/tools/origin.h"

enum { FILE_BYTES_MAX = 256 << 20, EXIT_USAGE = 64 };

static const char USAGE[] =
    "usage: origin [--port N] PATH=FILE[,WORD=VALUE...]...\n"
    "  status=503      instead of 200              etag=\"a\"        and 304 to who has it\n"
    "  coding=gzip     or deflate, raw, br, zstd   delay=MS         before the first byte\n"
    "  piece=BYTES     the body in such pieces,    pace=MS          this far apart\n"
    "  fault=reset     or truncate, stall, no-answer, early, headers, interim; at=BYTE of the body\n"
    "  bomb=BYTES      that many blanks after it   times=N          then the next reply of the same path\n"
    "  location=URL    for a redirect              type=TYPE        Content-Type\n";

static int usage(const char *what, struct str found)
{
    fprintf(stderr, "origin: %s: %.*s\n%s", what, STR_ARG(found), USAGE);
    return EXIT_USAGE;
}

static int pick(struct str value, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(value, str_of(names[i])))
            return (int)i;
    return -1;
}

static bool word_apply(struct origin *o, struct str word, struct str value, struct origin_reply *r)
{
    static const char *const codings[] = {"plain", "gzip", "deflate", "raw", "br", "zstd"};
    static const char *const faults[] = {"none", "truncate", "reset", "stall", "hold", "early", "no-answer", "headers",
                                         "interim"};
    const char *text = arena_dupz(&o->arena, value);
    uint64_t number = 0;
    bool is_number = str_to_u64(value, UINT64_MAX, &number);
    int choice = 0;
    if (str_eq(word, S("etag")))
        r->etag = text;
    else if (str_eq(word, S("location")))
        r->location = text;
    else if (str_eq(word, S("type")))
        r->type = text;
    else if (str_eq(word, S("coding")))
        r->coding = (enum origin_coding)(choice = pick(value, codings, sizeof codings / sizeof *codings));
    else if (str_eq(word, S("fault")))
        r->fault = (enum origin_fault)(choice = pick(value, faults, sizeof faults / sizeof *faults));
    else if (!is_number)
        return false;
    else if (str_eq(word, S("status")))
        r->status = (int)number;
    else if (str_eq(word, S("delay")))
        r->head_delay_ms = (unsigned)number;
    else if (str_eq(word, S("piece")))
        r->piece = number;
    else if (str_eq(word, S("pace")))
        r->piece_ms = (unsigned)number;
    else if (str_eq(word, S("at")))
        r->fault_at = number;
    else if (str_eq(word, S("bomb")))
        r->bomb_bytes = number;
    else if (str_eq(word, S("times")))
        r->times = (unsigned)number;
    else
        return false;
    return choice >= 0;
}

static int page_add(struct origin *o, const char *argument)
{
    struct str rest = str_of(argument);
    struct str path = str_cut(&rest, '=');
    struct str file = str_cut(&rest, ',');
    struct origin_reply r = {0};
    struct buf body;
    buf_init(&body, FILE_BYTES_MAX);
    if (path.n == 0 || path.p[0] != '/')
        return usage("a page is /PATH=FILE, found", str_of(argument));
    if (file.n > 0 && !file_read(arena_dupz(&o->arena, file), &body))
        return usage("cannot read", file);
    while (rest.p) {
        struct str value = str_cut(&rest, ',');
        struct str word = str_cut(&value, '=');
        if (!value.p || !word_apply(o, word, value, &r))
            return usage("not understood", word);
    }
    r.body = buf_str(&body);
    origin_then(o, "127.0.0.1", arena_dupz(&o->arena, path), r);
    buf_done(&body);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"port", required_argument, NULL, 'p'}, {0}};
    struct origin o;
    origin_init(&o, uv_default_loop());
    o.log_fd = STDOUT_FILENO;
    uint64_t port = 0;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;)
        if (c != 'p' || !str_to_u64(str_of(optarg), 65535, &port))
            return usage("expected --port and a number, found", str_of(argv[optind - 1]));
    o.wire.port = (int)port;
    if (optind == argc)
        return usage("no page given", S(""));
    for (int i = optind; i < argc; i++)
        if (page_add(&o, argv[i]) != 0)
            return EXIT_USAGE;
    fprintf(stderr, "origin: %s\n", origin_url(&o, "127.0.0.1", "/"));
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
