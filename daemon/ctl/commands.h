// SPDX-License-Identifier: MIT
//
// The functions behind the table of commands.c. A new command is a declaration here and a row there.
#ifndef DAEMON_CTL_COMMANDS_H
#define DAEMON_CTL_COMMANDS_H

#include "daemon/ctl/ctl.h"

// They return an exit code of ctl.h. Those that take (argc, argv) need no daemon and read their own options; argv[0]
// is the verb.
int ctl_status(const struct ctl_call *call);
int ctl_health(const struct ctl_call *call);
int ctl_metrics(const struct ctl_call *call);
int ctl_reload(const struct ctl_call *call);
int ctl_backup(const struct ctl_call *call);
int ctl_log_level(const struct ctl_call *call);

int ctl_feeds_list(const struct ctl_call *call);
int ctl_feeds_why(const struct ctl_call *call);

#endif
