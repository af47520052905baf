// SPDX-License-Identifier: MIT
//
// From argv to a call. Options may stand anywhere, `--name VALUE` and `--name=VALUE` are the same, `--` ends them.
// An empty VALUE is wrong: an option that takes one never has "". Nothing is printed here.
#ifndef DAEMON_CTL_ARGS_H
#define DAEMON_CTL_ARGS_H

#include "daemon/ctl/ctl.h"

enum args_kind {
    ARGS_CALL,    // out is a call of out->command
    ARGS_HELP,    // help is wanted: of out->command, else of out_group, else of all
    ARGS_VERSION,
    ARGS_WRONG,   // err says why
};

struct args {
    enum args_kind kind;
    struct ctl_call call;
    const char *group;  // of ARGS_HELP and ARGS_WRONG: the group that was named, or NULL
    int plain_argc;     // of a command with `plain`, which may reorder it
    char **plain_argv;
    const char **words; // owned: what call.words points at
    struct err err;
};

// Reads a command line against a table (ctl_commands, or a test's own). args_done frees what it made.
void args_read(struct args *args, const struct ctl_command *table, int argc, char **argv);
void args_done(struct args *args);

#endif
