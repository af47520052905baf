// SPDX-License-Identifier: MIT
//
// Help, made from the table of commands, so that it cannot say what the parser does not do.
#ifndef DAEMON_CTL_HELP_H
#define DAEMON_CTL_HELP_H

#include "base/buf.h"
#include "daemon/ctl/ctl.h"

// Appends the help of the whole program: every command a line, the common options, the exit codes.
void help_all(const struct ctl_command *table, struct buf *out);

// Appends the commands of one group.
void help_group(const struct ctl_command *table, const char *group, struct buf *out);

// Appends the help of one command.
void help_command(const struct ctl_command *command, struct buf *out);

// Appends its usage line: "feedwatchctl feeds why ID [--json]".
void help_usage(const struct ctl_command *command, struct buf *out);

#endif
