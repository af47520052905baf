// SPDX-License-Identifier: MIT
//
// Reading the daemon's answers: a field that is absent reads as nothing, never as a crash, so that a newer
// feedwatchctl can talk to an older daemon.
#ifndef DAEMON_CTL_ANSWER_H
#define DAEMON_CTL_ANSWER_H

#include <jansson.h>

#include "base/clock.h"
#include "base/str.h"

// Returns the string at `name`, or the empty view; it lives as long as the object.
struct str answer_text(const json_t *object, const char *name);

// Returns the whole number at `name`, or 0.
int64_t answer_number(const json_t *object, const char *name);

// Returns the wall time (milliseconds) at `name`, or 0.
wall_t answer_time(const json_t *object, const char *name);

// Returns when the answer was made, by the daemon's clock where it says so.
wall_t answer_now(const json_t *answer);

bool answer_flag(const json_t *object, const char *name);

// Returns the value inside an object inside an object, or NULL: answer_in(answer, "feeds", "total").
json_t *answer_in(const json_t *object, const char *outer, const char *inner);

#endif
