// SPDX-License-Identifier: MIT
//
// The log: one record is one line, sanitised, and never waits for whoever reads it. Any thread hands a line over; a
// thread of the log's own writes it. When the reader is slower than we are, lines are dropped and counted, and the
// count is told.
//
// Where it goes: journal fields when standard error is the journal's, else standard error when that is a terminal or a
// file that was asked for, else syslog(3). A line for a journal or a syslog that is not there goes to standard error.
// What happens often has a fixed MESSAGE_ID (daemon/message_id.h).
#ifndef DAEMON_LOG_H
#define DAEMON_LOG_H

#include "alerts/alert.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/metrics.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_NOTICE, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

enum { LOG_QUEUE_BYTES = 4 << 20 }; // 20,000 lines: a second of the journal
enum { LOG_TEXT_BYTES = 512 << 10 }; // of several lines: what a refused reload has to tell is 256 KiB and a line
enum { LOG_LINE_BYTES = 4096 };     // of anything but an alert (alert_line has its own bound)
enum { LOG_STOP_MS = 2000 };        // for what is left at the end; the daemon promises to stop within 5 s

struct log;

// Starts the log's thread.
struct log *log_start(enum log_to to, struct clock *clock, struct metrics *metrics);

// Writes what is left and ends the thread. What a reader has not taken after wait_ms of real time is dropped; where it
// is_patient, only when a wait has passed in which it took no line. NULL is accepted.
void log_stop(struct log *log, int wait_ms, bool is_patient);

// Moves to another target (a reload) behind what was said before, and tells it on both, at LOG_LEVEL_INFO. Does nothing
// where it is there. False: nobody listens there (no journal, no syslog), and the log stays. One thread: main's.
bool log_move(struct log *log, enum log_to to, struct err *err) MUST_CHECK;

// Adds a line. Any thread; never blocks. Text of several lines becomes one record a line. `id` is one of
// daemon/message_id.h, or NULL.
void log_say(struct log *log, enum log_level level, const char *id, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// Adds the line of an alert that was committed.
void log_alert(struct log *log, const struct alert *alert);

// What is below this level is not written. Any thread.
void log_set_level(struct log *log, enum log_level level);
enum log_level log_level(const struct log *log);

// A level's word, and back.
const char *log_level_name(enum log_level level);
bool log_level_of(struct str name, enum log_level *out);

#endif
