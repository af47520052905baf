// SPDX-License-Identifier: MIT
//
// Questions that only the store can answer. They block, so control hands them to the history thread with its side of
// the store (a backup, to libuv's pool with another one), and brings the reply back to the main loop.
#ifndef DAEMON_API_HISTORY_H
#define DAEMON_API_HISTORY_H

#include "daemon/control.h"
#include "store/side.h"

struct api_reply {
    enum control_outcome outcome;
    json_t *json;     // CONTROL_OK: the reader's to release
    struct err err;   // otherwise
    const char *next; // otherwise; static, or NULL
};

// Tells whether a verb is answered here.
bool api_history_knows(enum control_verb verb);

// Answers CONTROL_ALERTS_LIST, _ALERT_SHOW, _DELIVERIES_LIST, _SILENCE_PREVIEW, _RULES_LIST (the counts by rule) and
// _BACKUP (the default place).
struct api_reply api_history_answer(struct store_side *side, const struct control_request *request, wall_t now);

// Finds the rows that CONTROL_ALERT_RESEND, _DELIVERY_RETRY or _DELIVERY_DROP mean, into the arena: for the batch's
// `again`, or as dropped steps. Where a resend finds none, one without a number (and without a receiver, where none was
// named) that the caller is to complete. False: reply says why not.
bool api_history_rows(struct store_side *side, const struct control_request *request, struct arena *arena,
                      struct delivery **out, size_t *out_n, struct api_reply *reply) MUST_CHECK;

// Reads a time of the past: a duration back from now (24h) or a date as RFC 3339 or RFC 822 write it.
bool api_history_time(struct str text, wall_t now, wall_t *out, struct err *err) MUST_CHECK;

#endif
