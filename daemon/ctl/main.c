// SPDX-License-Identifier: MIT
//
// feedwatchctl: finds the command, calls it, ends with its code.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "daemon/ctl/args.h"
#include "daemon/ctl/help.h"
#include "daemon/ctl/say.h"
#include "daemon/paths.h"

// Fills in what the environment says about output: width and colour of a terminal (https://no-color.org).
static void surroundings_read(struct ctl_call *call, struct arena *a)
{
    struct winsize window;
    const char *term = getenv("TERM");
    const char *no_colour = getenv("NO_COLOR");
    bool is_terminal = isatty(STDOUT_FILENO);
    if (is_terminal)
        call->columns = ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 ? window.ws_col : 80;
    call->is_plain |= !term || strcmp(term, "dumb") == 0 || (no_colour && no_colour[0]);
    call->has_colour = is_terminal && !call->is_plain;
    if (!call->socket)
        call->socket = getenv("FEEDWATCH_SOCKET");
    if (!call->config)
        call->config = getenv("FEEDWATCH_CONFIG");
    struct str path;
    if (!call->config && paths_config(a, &path, NULL))
        call->config = arena_dupz(a, path);
}

static int help(const struct args *args)
{
    struct buf text;
    buf_init(&text, 64 << 10);
    if (args->call.command)
        help_command(args->call.command, &text);
    else if (args->group)
        help_group(ctl_commands, args->group, &text);
    else
        help_all(ctl_commands, &text);
    int code = say(&text);
    buf_done(&text);
    return code;
}

static int wrong(const struct args *args)
{
    struct buf next;
    buf_init(&next, 1024);
    buf_add(&next, S("feedwatchctl "));
    if (args->group)
        buf_addf(&next, "%s ", args->group);
    if (args->call.command && args->call.command->verb)
        buf_addf(&next, "%s ", args->call.command->verb);
    buf_add(&next, S("--help"));
    int code = say_error(&args->call, CTL_USAGE, buf_z(&next), "%s", args->err.text);
    buf_done(&next);
    return code;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); // a reader such as head may leave early
    struct args args;
    struct arena arena;
    arena_init(&arena, 1 << 16);
    args_read(&args, ctl_commands, argc, argv);
    surroundings_read(&args.call, &arena);
    int code = CTL_OK;
    switch (args.kind) {
    case ARGS_CALL:
        code = args.call.command->plain ? args.call.command->plain(args.plain_argc, args.plain_argv)
                                        : args.call.command->run(&args.call);
        break;
    case ARGS_HELP: code = help(&args); break;
    case ARGS_WRONG: code = wrong(&args); break;
    case ARGS_VERSION: printf("feedwatchctl %s\n", FEEDWATCH_VERSION); break;
    }
    args_done(&args);
    arena_done(&arena);
    return code;
}
