// SPDX-License-Identifier: MIT
//
// A webhook receiver for tests: hostile in its answers, honest in its books.
//
// It checks each request's Standard Webhooks signature with its own code, writes it to a journal and syncs that
// before it answers, answers well or badly as it was told, and can say at any time what a promise of delivery is
// judged by: what was expected and never came, what came under two ids, whose bytes changed between attempts.
// Runs on the caller's loop (tests/tools/wire.h).
//
// The key of an alert is "RULE GUID" (or "TYPE FEED-URL" for notices about a feed), read from the body. Keys are how
// a test names what it expects; ids are the sender's.
#ifndef TESTS_TOOLS_RECEIVER_H
#define TESTS_TOOLS_RECEIVER_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/rng.h"
#include "base/table.h"
#include "tests/tools/wire.h"

enum receiver_fault {
    RECEIVER_STATUS,    // answers `status`, with Retry-After where given
    RECEIVER_RESET,     // RST instead of an answer; not accepted
    RECEIVER_NO_ANSWER, // keeps the connection and says nothing; not accepted
    RECEIVER_LOST_ACK,  // accepts, then RST before the answer: the sender cannot know
    RECEIVER_SLOW,      // accepts, and answers after `ms`
    RECEIVER_REDIRECT,  // 307 to /followed, where nothing may come
    RECEIVER_GARBAGE,   // no HTTP
    RECEIVER_HUGE,      // accepts, with an answer of 64 MiB
    RECEIVER_CUT,       // accepts; the answer's body breaks off
    RECEIVER_STALL,     // accepts; the answer's body stops and the connection stays
};

// A fault and when it strikes. The first plan that applies to a request wins.
struct receiver_plan {
    enum receiver_fault fault;
    int status;              // RECEIVER_STATUS
    const char *retry_after; // header value, or NULL
    const char *path;        // only requests there; NULL all
    unsigned attempts;       // only the first so many attempts of an id; 0 all
    unsigned times;          // so many times in all; 0 without end
    double chance;           // of each request it applies to; 0 always
    unsigned ms;             // RECEIVER_SLOW
};

enum { RECEIVER_PLANS_MAX = 16, RECEIVER_SECRETS_MAX = 4 };

// All that came under one webhook-id.
struct receiver_alert {
    struct str id, path, key;
    struct str type;  // alert.matched, ...
    struct str body;  // of the first attempt
    unsigned attempts;
    unsigned acks;    // 2xx given, or lost on the way
    bool is_unsure;   // the sender may not know of an ack
    bool is_answered; // the last attempt got our 2xx whole
    int64_t at_ms;    // monotonic, of the last attempt
    wall_t not_before; // by Retry-After, on the daemon's clock
    wall_t daemon_at; // of the first attempt
    UT_hash_handle hh; // by id
};

struct receiver_report {
    size_t requests, ids, acked;
    size_t bad_signatures, bad_json;
    size_t changed_body, changed_path; // one id, other bytes or another path
    size_t early_retries;              // before Retry-After was over
    size_t followed_redirects, after_gone;
    size_t doubled;        // sent again right after our 2xx: by a crash before that was recorded, else never
    size_t doubled_unsure; // sent again after an ack that got lost: right so
    size_t two_ids;        // one key under two ids
    size_t expected, lost; // lost: expected and not accepted so far
    size_t unexpected;     // accepted, not expected, not about the receiver itself; where anything is expected
};

struct receiver {
    struct wire wire;
    struct arena arena;
    const char *address;
    struct str secrets[RECEIVER_SECRETS_MAX]; // decoded
    size_t n_secrets;
    struct receiver_plan plans[RECEIVER_PLANS_MAX];
    unsigned plan_hits[RECEIVER_PLANS_MAX];
    size_t n_plans;
    struct receiver_alert **alerts, *by_id;
    size_t n_alerts;
    struct str *expected;
    size_t n_expected;
    struct receiver_report counts; // the part that is counted as requests come
    bool is_gone;                  // a 410 was given
    struct rng rng;
    const wall_t *daemon_clock; // set by a scene; NULL: the wall clock
    int journal_fd;             // -1 none
    void *context;
    void (*on_alert)(void *context, const struct receiver_alert *alert, const char *answer); // may be NULL
};

// Makes a receiver on the loop that listens at the address (port 0: a free one). Secret: whsec_BASE64, or NULL to check
// no signature. Ends the program where that fails.
void receiver_init(struct receiver *r, uv_loop_t *loop, const char *address, int port, const char *secret,
                   uint64_t seed);

// Closes and frees. Accepts a zeroed struct.
void receiver_done(struct receiver *r);

// Adds a secret that signs as well (rotation).
void receiver_add_secret(struct receiver *r, const char *secret);

// Appends each request as one JSON line to the file and syncs it before answering.
bool receiver_journal(struct receiver *r, const char *path, struct err *err) MUST_CHECK;

// Reads back what a journal says was accepted, as a receiver that was itself killed would.
bool receiver_recall(struct receiver *r, const char *path, struct err *err) MUST_CHECK;

// Adds a fault; receiver_be_well drops them all.
void receiver_plan(struct receiver *r, struct receiver_plan plan);
void receiver_be_well(struct receiver *r);

// Says that an alert with this key must come.
void receiver_expect(struct receiver *r, const char *key);

// Returns the URL of a path here, in the receiver's arena.
const char *receiver_url(struct receiver *r, const char *path);

// Returns what came with the key, or NULL.
const struct receiver_alert *receiver_find(const struct receiver *r, const char *key);

// Returns how many alerts with the key were accepted; key NULL: any.
size_t receiver_acked(const struct receiver *r, const char *key);

// Judges all that came so far.
struct receiver_report receiver_report(const struct receiver *r);

// Appends the report as lines that a person reads; the keys that are lost or were not expected by name, the first ten.
void receiver_describe(const struct receiver *r, struct buf *out);

#endif
