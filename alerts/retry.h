// SPDX-License-Identifier: MIT
//
// What follows an attempt to deliver: done, later, dead. And the breaker of a receiver, which spares one that is down.
// Both pure: time and randomness come in.
//
// The schedule is that of Standard Webhooks' advice: attempts 0s 5s 1m 5m 30m 2h 5h 10h 14h 20h 24h apart, each
// x U(0.8, 1.2) so that the rows of one outage do not come back together. Four working days of trying.
#ifndef ALERTS_RETRY_H
#define ALERTS_RETRY_H

#include "base/clock.h"
#include "base/rng.h"

enum { RETRY_ATTEMPTS = 11 };
enum { RETRY_AFTER_MS_MAX = DAY_MS };         // a receiver may ask for a day, not for a year
static const int64_t RETRY_PAUSE_MS_MAX = DAY_MS / 10 * 12; // the schedule's last one at its longest
enum { RETRY_REFUSED_MS = HOUR_MS };          // a receiver in mid-deploy answers 401 or 404 for that long
enum { RETRY_LAST_MS = 5 * SECOND_MS };       // so long before an `expire` ends comes its last attempt
static const int64_t RETRY_LIFE_MS = 7LL * DAY_MS; // whatever happened, a row is dead or done by then

struct retry_try {
    uint32_t attempt;       // 1-based number of the attempt just made
    uint16_t status;        // of HTTP; SMTP's are translated by the sink; 0: no answer (connect, TLS, timeout)
    int64_t retry_after_ms; // what the answer asked for, -1: nothing
    wall_t now;
    wall_t queued;          // when the row was made
    wall_t first_try;       // of this row
    int64_t life_ms;        // the receiver's `expire`, 0: RETRY_LIFE_MS
};

enum retry_verdict {
    RETRY_DONE,    // accepted
    RETRY_LATER,   // try at `due`
    RETRY_DEAD,    // a dead letter
    RETRY_DISABLE, // 410: a dead letter, and the receiver is switched off until a person switches it on
};

struct retry_decision {
    enum retry_verdict verdict;
    wall_t due;      // RETRY_LATER
    const char *why; // one phrase for the attempt's record; a static string
};

// Decides what follows an attempt. 2xx is done; 410 disables; 408, 409, 421, 423, 425, 429, 5xx, 3xx and no answer
// follow the schedule; another 4xx is tried for an hour, then dead. Retry-After raises the wait, never lowers it. The
// last attempt of a row with an `expire` is RETRY_LAST_MS before its end, as far as that and the 11 attempts go.
struct retry_decision retry_decide(const struct retry_try *try, struct rng *rng);

// Tells whether a row that was not tried lately has reached the end of its life (its receiver was down or off).
bool retry_is_expired(wall_t queued, int64_t life_ms, wall_t now);

// ---- breaker: closed -> 10 failures in a row -> open -> after a pause half-open: the oldest row is the probe ----

enum { BREAKER_FAILURES = 10 };
enum { BREAKER_PAUSE_MS = 30 * SECOND_MS, BREAKER_PAUSE_MS_MAX = 10 * MINUTE_MS }; // doubles at each failed probe

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_PROBING };

struct breaker { // zeroed: closed
    enum breaker_state state;
    uint32_t failures; // in a row
    int64_t pause_ms;
    mono_t until; // BREAKER_OPEN: no attempt before
};

enum breaker_leave { BREAKER_ALL, BREAKER_ONE, BREAKER_NONE };

// Says what may be tried now: all, one row (the oldest, as the probe; the breaker then counts as probing until its
// result is noted), or nothing. Call it when an attempt is about to start.
enum breaker_leave breaker_ask(struct breaker *breaker, mono_t now);

// Notes how an attempt ended: `is_up` when the receiver answered as one that works (2xx, and 4xx but 408 and 429).
// Returns true when this closed an open breaker: the receiver has recovered.
bool breaker_note(struct breaker *breaker, bool is_up, mono_t now, struct rng *rng);

#endif
