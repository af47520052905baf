// SPDX-License-Identifier: MIT
//
// The functions behind the table of commands.c. A new command is a declaration here and a row there.
//
// They return an exit code of ctl.h. Those that take (argc, argv) need no daemon and read their own options; argv[0]
// is the verb, and --json that stood before the command comes next.
#ifndef DAEMON_CTL_COMMANDS_H
#define DAEMON_CTL_COMMANDS_H

#include "daemon/ctl/ctl.h"

int ctl_status(const struct ctl_call *call);
int ctl_top(const struct ctl_call *call);
int ctl_health(const struct ctl_call *call);
int ctl_check(const struct ctl_call *call);
int ctl_reload(const struct ctl_call *call);
int ctl_metrics(const struct ctl_call *call);
int ctl_backup(const struct ctl_call *call);
int ctl_log_level(const struct ctl_call *call);
int ctl_completion(const struct ctl_call *call);

int ctl_feeds_list(const struct ctl_call *call);
int ctl_feeds_show(const struct ctl_call *call);
int ctl_feeds_why(const struct ctl_call *call);
int ctl_feeds_add(const struct ctl_call *call);
int ctl_feeds_rm(const struct ctl_call *call);
int ctl_feeds_poll(const struct ctl_call *call);
int ctl_feeds_pause(const struct ctl_call *call);
int ctl_feeds_resume(const struct ctl_call *call);
int ctl_feeds_import(const struct ctl_call *call);
int ctl_feeds_export(const struct ctl_call *call);
int ctl_feeds_parse(const struct ctl_call *call);

int ctl_alerts_list(const struct ctl_call *call);
int ctl_alerts_show(const struct ctl_call *call);
int ctl_alerts_tail(const struct ctl_call *call);
int ctl_alerts_resend(const struct ctl_call *call);

int ctl_deliveries_list(const struct ctl_call *call);
int ctl_deliveries_retry(const struct ctl_call *call);
int ctl_deliveries_drop(const struct ctl_call *call);
int ctl_receivers_list(const struct ctl_call *call);
int ctl_receivers_test(const struct ctl_call *call);

int ctl_silence_add(const struct ctl_call *call);
int ctl_silence_list(const struct ctl_call *call);
int ctl_silence_expire(const struct ctl_call *call);
int ctl_silence_preview(const struct ctl_call *call);

int ctl_rules_check(const struct ctl_call *call);
int ctl_rules_test(const struct ctl_call *call);
int ctl_rules_match(const struct ctl_call *call);
int ctl_rules_explain(const struct ctl_call *call);
int ctl_rules_fmt(const struct ctl_call *call);
int ctl_rules_list(const struct ctl_call *call);
int ctl_rules_replay(const struct ctl_call *call);

#endif
