// SPDX-License-Identifier: MIT
//
// Answers of the daemon as a person reads them, where more than one command shows them. Each is a show_fn.
#ifndef DAEMON_CTL_VIEWS_H
#define DAEMON_CTL_VIEWS_H

#include "daemon/ctl/show.h"

void view_status(const struct ctl_call *call, const json_t *answer, struct buf *out);
void view_feeds(const struct ctl_call *call, const json_t *answer, struct buf *out);
void view_alerts(const struct ctl_call *call, const json_t *answer, struct buf *out);

#endif
