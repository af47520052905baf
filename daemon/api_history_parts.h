// SPDX-License-Identifier: MIT
//
// What api_history.c and api_history_rows.c share; nobody else includes it.
#ifndef DAEMON_API_HISTORY_PARTS_H
#define DAEMON_API_HISTORY_PARTS_H

#include "daemon/api_history.h"

enum {
    PAGE = 500,                  // rows read at once where a filter is applied here
    ARENA_BYTES_MAX = 512 << 20, // of one answer: ten thousand alerts with their texts
};

// One question being answered.
struct asking {
    struct store_side *side;
    const struct control_request *request;
    wall_t now;
    struct arena arena;
    struct api_reply reply;
};

// Notes why it fails (the text is in reply.err) and what to type next; returns false.
bool api_fail(struct asking *a, enum control_outcome outcome, const char *next);

// Returns a text argument, or the empty view.
struct str api_argument(const struct control_request *request, const char *name);

// Reads the alert that the request's id names.
bool api_alert_find(struct asking *a, struct alert_history *out);

// Reads the arguments receiver and state. One that is given, but is no text or an empty one, is refused.
bool api_delivery_filter(struct asking *a, struct delivery_query *out);

// Tells whether a row can still be sent or given up: it waits, is held, or is dead.
bool api_is_open(const struct delivery *delivery);

#endif
