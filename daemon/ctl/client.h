// SPDX-License-Identifier: MIT
//
// Asking the daemon: HTTP/1.1 with JSON over its Unix socket (docs/feedwatchctl.1, FILES). Failures are told here,
// in one voice: the daemon does not run, this user may not ask it, it refused and why.
#ifndef DAEMON_CTL_CLIENT_H
#define DAEMON_CTL_CLIENT_H

#include <jansson.h>

#include "base/buf.h"
#include "daemon/ctl/ctl.h"

enum { CLIENT_WAIT_S = 30, CLIENT_WAIT_LONG_S = 600 }; // an answer from memory; a backup or a reload of 100k rules

// Sends `body` (consumed; NULL for none) and reads the answer into *out, to be given to json_decref. Returns CTL_OK,
// or the exit code after it told the person why; *out is untouched then.
int client_ask(const struct ctl_call *call, const char *method, const char *path, json_t *body, json_t **out);

// The same for a question that is asked again and again: where the daemon cannot answer now (it does not run, stops, or
// is busy) nothing is told, and CTL_TEMPORARY returned.
int client_poll(const struct ctl_call *call, const char *path, json_t **out);

// The same for answers that are no JSON (metrics, OPML); out is the caller's, initialised.
int client_text(const struct ctl_call *call, const char *method, const char *path, struct str body, struct buf *out);

// Asks whether a daemon answers at all, telling nothing.
bool client_is_up(const struct ctl_call *call);

// Appends s to a path, percent-encoded as one segment or one value of a query.
void client_escape(struct buf *path, struct str s);

// Appends "?name=value" or "&name=value" where value is not NULL.
void client_query(struct buf *path, const char *name, const char *value);

#endif
