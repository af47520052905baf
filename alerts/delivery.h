// SPDX-License-Identifier: MIT
//
// The outbox: one row for each (alert, receiver), so that a dead receiver never delays another. A row is made by
// decide, moved by retry, and leaves the queue only when the receiver has accepted it or it is a dead letter.
//
//   decide --> WAITING --2xx--> DONE
//     |          |  ^ \--schedule ended, 410, refused for an hour, 7 days--> DEAD --retry by hand--> WAITING
//     |          |  +-- tried again later (due moves on)                      |
//     |          +-----drop by hand--> DROPPED <------------drop by hand------+
//     +--> HELD (throttled) --its digest is queued--> DIGESTED
#ifndef ALERTS_DELIVERY_H
#define ALERTS_DELIVERY_H

#include "base/clock.h"
#include "base/hash.h"
#include "base/str.h"

// The order is stored: add at the end only.
enum delivery_state { DELIVERY_WAITING, DELIVERY_HELD, DELIVERY_DONE, DELIVERY_DEAD, DELIVERY_DIGESTED,
                      DELIVERY_DROPPED, DELIVERY_STATES };

// The states, as bits, of rows that can still be sent or given up.
enum { DELIVERY_OPEN = 1 << DELIVERY_WAITING | 1 << DELIVERY_HELD | 1 << DELIVERY_DEAD };

struct delivery {
    uint64_t row;          // order of commits; given by the store, 0 before
    struct hash128 alert;
    struct str receiver;   // its name in the configuration
    struct str rule;       // of the alert, for the throttle; empty for notices
    struct str format;     // "standard", "slack", ...: which body to send
    enum delivery_state state;
    uint32_t attempts;     // made so far
    wall_t queued;         // when decide ran
    wall_t due;            // WAITING: not before; HELD: when its digest is due at the latest
    wall_t first_try;      // 0: never tried
    struct hash128 digest; // DIGESTED: the alert that carries it
};

// A body in another format than `standard` (that one is in the alert): stored once an alert and format.
struct body {
    struct hash128 alert;
    struct str format;
    struct str text;
};

// One attempt, for `alerts show`. Text is sanitised and cut by who makes it.
struct attempt {
    struct hash128 alert;
    struct str receiver;
    uint32_t number; // 1-based
    wall_t at;
    uint32_t took_ms;
    uint16_t status;    // of HTTP or SMTP; 0: no answer
    struct str address; // that was talked to, "192.0.2.7:443"; empty: none
    struct str reason;  // why it failed, the head of the answer; empty: accepted
};

// What an attempt changes in the row: the next state and when.
struct delivery_step {
    struct hash128 alert;
    struct str receiver;
    uint64_t row; // of the attempt: one put back by hand since has another, and is not moved; 0: whichever it has
    enum delivery_state state;
    uint32_t attempts;
    wall_t due;
    wall_t first_try;
    struct hash128 digest; // DIGESTED
};

// How full the token bucket of (rule, receiver) is; kept so that a restart does not fill all buckets.
struct throttle_mark {
    struct str rule;
    struct str receiver;
    uint32_t tokens_milli; // thousandths of an alert
    wall_t at;             // as of
};

// What the store keeps about a receiver: it said 410 (Gone), so nothing is tried until a person says so.
struct receiver_mark {
    struct str name;
    bool is_disabled;
    wall_t at;
    struct str reason;
};

// Returns a state in one word: "waiting", "held", "done", "dead", "digested", "dropped". A static string.
const char *delivery_state_name(enum delivery_state state);

#endif
