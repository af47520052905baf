// SPDX-License-Identifier: MIT
//
// What the halves of the delivery loop share: windows and timing (delivery_loop.c), attempts and sinks
// (delivery_try.c). Nobody else includes it.
#ifndef DAEMON_DELIVERY_PARTS_H
#define DAEMON_DELIVERY_PARTS_H

#include "alerts/retry.h"
#include "daemon/delivery_loop.h"
#include "daemon/http.h"
#include "daemon/writer.h"

enum row_state { ROW_IDLE, ROW_TRYING, ROW_NOTING };

enum { ROW_HEADERS_MAX = RECEIVER_HEADERS_MAX + 8 };

struct row {
    struct row *next, *prev; // in the window, by order of commits
    struct receiver *receiver;
    enum row_state state;
    bool is_outdated;   // changed by hand while it was tried: to be read again after that
    struct delivery delivery;
    mono_t due;
    enum alert_kind kind;
    struct arena arena; // owns texts and body
    struct str body;
    struct http_transfer *transfer;
    struct config *config;   // of the attempt
    const char *headers[ROW_HEADERS_MAX + 1];
    struct buf answer;       // its head
    int64_t retry_after_ms;  // -1: not asked for
    wall_t tried;
};

struct receiver {
    struct receiver *next;
    struct delivery_loop *loop;
    const struct config_receiver *config; // of the loop's configuration; NULL: it is no longer named
    struct row *first, *last;
    uint32_t n_rows, n_trying, n_noting; // rows; of these ROW_TRYING, ROW_NOTING
    uint64_t after;        // last row read
    bool is_asking;        // the history thread reads ...
    bool is_outdated;      // ... what has changed by hand since
    bool may_have_more;    // in the outbox beyond `after`
    mono_t no_reading_before; // the last one failed
    bool is_reading_failing;  // told once
    bool has_passed_over;  // rows not due were left out: read from the start again when `again` comes
    mono_t again;
    bool is_disabled;      // said 410
    struct breaker breaker;
    wall_t last_ok;
    wall_t off_since;      // 0: its credential is there
    wall_t failing_since;  // 0: the last attempt was accepted, or there was none in this life
    uint32_t failures;     // attempts in a row
    int file;              // of a file receiver; -1: not open
    bool is_cut;           // its last line has no end
    char last_error[DELIVERY_REASON_BYTES]; // of the last failure; empty once it accepts again
    size_t n_name;
    char name[];
};

struct delivery_loop {
    const struct threads *threads;
    struct loop loop;
    struct http *http;
    struct config *config;
    struct rng rng;
    struct receiver *receivers;
    bool is_quiet;
};

// Begins an attempt; its end comes to delivery_note_end.
void row_try(struct row *row, struct now now);

// Tells the writer what the attempt made of the row. Called once an attempt.
void row_note(struct row *row, uint16_t status, struct str address, uint32_t took_ms, struct str reason,
              struct now now);

// Tells whether the answer's status says 2xx: it is kept over there, whatever becomes of the rest of the answer.
bool delivery_is_accepted(const struct http_result *result);

// Gives up a row that is older than its receiver's `expire`, and tells so, instead of trying it.
void row_expire(struct row *row, struct now now);

// Fills the ROW_HEADERS_MAX + 1 headers of Standard Webhooks 1.0.0: id, timestamp of the attempt, signatures; the same
// id and bytes at every attempt.
void delivery_headers(struct arena *a, const struct delivery *delivery, struct str body,
                      const struct config_receiver *c, wall_t now, const char **headers);

// Appends a receiver's answer with *** for what of its address (path, query, login), of its headers and of its proxy's
// login stands in it, a cut one's end included.
void delivery_hide(const struct config_receiver *c, struct str answer, bool is_cut, struct buf *out);

// Starts what may be started and sets the alarm.
void delivery_go(struct delivery_loop *d, struct now now);

#endif
