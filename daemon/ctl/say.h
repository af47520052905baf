// SPDX-License-Identifier: MIT
//
// What a command says: one sanitised text on standard output, or one error with the command to type next.
#ifndef DAEMON_CTL_SAY_H
#define DAEMON_CTL_SAY_H

#include <jansson.h>

#include "base/buf.h"
#include "base/clock.h"
#include "daemon/ctl/ctl.h"

enum { SAY_BYTES_MAX = 256 << 20 }; // of one answer: a list of a million feeds

// Writes text to standard output. Returns CTL_OK, or CTL_TEMPORARY where it cannot be written (a full disk; a reader
// that closed the pipe early is no fault).
int say(struct buf *text);

// Writes a JSON value to standard output, indented on a terminal, on one line otherwise; returns as say.
int say_json(const struct ctl_call *call, const json_t *value);

// Tells whether a character that JSON leaves as it is could steer a terminal: DEL and C1, and bidirectional controls.
bool say_is_steering(uint32_t code);

// Appends a JSON value and a newline; what could steer a terminal is escaped in it.
void say_json_line(const json_t *value, bool is_indented, struct buf *out);

// Tells of a failure: "feedwatchctl: TEXT" on standard error, below it what to type next (NULL or "": nothing), and
// with --json also {"error", "next", "exit"} on standard output. Returns code.
int say_error(const struct ctl_call *call, int code, const char *next, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// Marks that colour a part of a text; "" where the call has no colour.
enum say_mark { SAY_PLAIN, SAY_BOLD, SAY_DIM, SAY_RED, SAY_GREEN, SAY_YELLOW };
const char *say_mark(const struct ctl_call *call, enum say_mark mark);

// Appends text from outside, sanitised to one line.
void say_text(struct buf *out, struct str text);

// Appends a length of time as a person says it: "45s", "12m", "3h 05m", "6d 4h".
void say_span(struct buf *out, int64_t ms);

// Appends a moment as a person says it, relative to now: "in 4m", "12s ago", "never" for 0.
void say_moment(struct buf *out, wall_t at, wall_t now);

// Appends a moment as a date with that in brackets: "2026-11-24T08:00:00Z (in 4m)".
void say_clock(struct buf *out, wall_t at, wall_t now);

// Appends `before`, the number and what it counts, as ", 1 rule" or ", 2 rules".
void say_count(struct buf *out, const char *before, size_t n, const char *what);

// Appends a size in bytes: "812 B", "4.2 MiB".
void say_bytes(struct buf *out, int64_t n);

#endif
