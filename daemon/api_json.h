// SPDX-License-Identifier: MIT
//
// What the control API says of things, as JSON objects (new references). Times are wall milliseconds and absent where
// they are not known; texts that are not UTF-8 are repaired. Pure; any thread.
#ifndef DAEMON_API_JSON_H
#define DAEMON_API_JSON_H

#include <jansson.h>

#include "alerts/alert.h"
#include "alerts/delivery.h"
#include "alerts/silence.h"
#include "base/diag.h"
#include "feeds/feed.h"
#include "feeds/schedule.h"

// Sets a text, a time or a number; an empty text and a time of 0 are left out.
void api_json_text(json_t *object, const char *name, struct str text);
void api_json_time(json_t *object, const char *name, wall_t at);
void api_json_number(json_t *object, const char *name, uint64_t number);

// Returns "new", "ok", "failing", "gone" or "paused". Static.
const char *api_json_feed_state(const struct feed *feed);

// Returns a feed as lists show it: {id, url, first_url, name, title, state, origin, tags[], last_ms, next_ms, good_ms,
// changed_ms, items, failures, failing_since_ms, fault, error, moving_to}. Addresses are redacted as in logs.
json_t *api_json_feed(const struct feed *feed);

// Returns when and why: {id, url, title, state, next_ms, decided, posts_per_day, reasons[{what, not_before_ms, decided,
// text}]}, the deciding one first.
json_t *api_json_why(const struct feed *feed, const struct schedule *schedule);

// Returns an alert as lists show it: {id, seq, type, state, severity, rule, tags[], at_ms, late, revision, title, url,
// feed{id, url, title}, story}.
json_t *api_json_alert(const struct alert *alert);

// Returns a row of the outbox: {id, alert, receiver, format, state, attempts, queued_ms, due_ms}.
json_t *api_json_delivery(const struct delivery *delivery);

// Returns a diagnostic: {level, message, file, line, column, help}.
json_t *api_json_finding(const struct diag *d);

// Returns {id, matcher, comment, created_ms, until_ms, hidden}.
json_t *api_json_silence(const struct silence *silence);

#endif
