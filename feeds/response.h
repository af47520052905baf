// SPDX-License-Identifier: MIT
//
// An HTTP answer as the rest of feedwatchd sees it, the verdict on it, and what a poll leaves in the feed's state.
// Pure: daemon/http fills a struct response line by line and never decides anything itself.
//
//   request_make -> (network) -> response_line ... -> response_judge -> follow | read the body | nothing to read
//                                                                      -> response_settle with how the body was
#ifndef FEEDS_RESPONSE_H
#define FEEDS_RESPONSE_H

#include "base/arena.h"
#include "feeds/feed.h"

enum { REDIRECTS_MAX = 5 };
enum { RETRY_AFTER_MAX_S = 86400 };  // longer ones are cut: nobody means a year
enum { FRESH_MAX_S = 86400 };        // the same for max-age and Expires
enum { SLOW_DOWN_FIRST_S = 3600 };   // a 429 without Retry-After, doubled each time
enum { MOVE_TIMES = 3 };             // permanent redirects in a row before the new address is kept
enum { BROKEN_AFTER_MS = DAY_MS };   // failing for so long is told

// What a request carries besides what all have. Views into the feed.
struct request {
    struct str url;
    struct str etag;           // If-None-Match, as it came; empty: not sent
    struct str last_modified;  // If-Modified-Since
    bool ask_identity;         // Accept-Encoding: identity
};

struct response {
    uint32_t status;          // 0: no answer; see fault
    struct str url;           // that answered
    struct validators validators;
    struct str content_type;
    struct str content_location;
    struct str content_language;
    struct str location;      // of a redirect, as written
    struct str hub;           // Link: rel=hub, the first
    struct str self;          // Link: rel=self
    wall_t date;              // 0: none
    wall_t expires;           // 0: none, or in no form of a date
    wall_t retry_at;          // Retry-After as a date; 0: none
    int64_t retry_s;          // Retry-After in seconds; -1: none
    int64_t max_age_s;        // -1: none
    int64_t age_s;            // 0: none
    bool no_cache;            // no-cache, no-store or must-revalidate with max-age 0: gives no pause
    bool was_conditional;     // the request carried a validator
    enum fault fault;         // of the transport, FAULT_NONE: the answer came whole
    struct str fault_text;    // its own words, for people
};

// Returns what to ask for this feed at this address (its own, or a hop's): validators go where they came from only.
struct request request_make(const struct feed *feed, struct str url);

// Makes an empty response.
void response_init(struct response *r, struct str url);

// Takes one header line, "Name: value" with or without its line end; a status line starts the headers anew (1xx).
// Values are copied into the arena. Unknown names and malformed lines are passed over.
void response_line(struct response *r, struct str line, struct arena *a);

enum verdict_kind {
    VERDICT_BODY,      // parse it
    VERDICT_UNCHANGED, // 304 to a conditional request
    VERDICT_REDIRECT,  // ask `target`
    VERDICT_SLOW_DOWN, // 429, 503 with Retry-After: the server asks for a pause
    VERDICT_GONE,      // 410
    VERDICT_FAILED,    // fault says why
};

struct verdict {
    enum verdict_kind kind;
    enum fault fault;    // FAULT_NONE for body, unchanged, redirect
    bool is_permanent;   // redirect by 301 or 308
    struct str target;   // redirect: absolute
    wall_t hold_until;   // Retry-After, sane; 0: none
    struct str error;    // one line for people where it failed; in the arena
};

// The way of one poll over its redirects.
struct trail {
    struct str urls[REDIRECTS_MAX + 1]; // asked so far, the feed's own first
    size_t n;
    bool is_permanent;  // every hop so far was 301 or 308, and none led from https to http
    wall_t hold_until;  // the latest Retry-After of the hops; 0: none
};

// Judges one answer. For a redirect it also judges the hop (count, loops, scheme) and adds the target to the trail. A
// hop from https to http is followed but never kept: what it names came over a line that anyone can write on.
struct verdict response_judge(const struct response *r, struct trail *trail, wall_t now, struct arena *a);

// How the body turned out.
enum body_state { BODY_NONE, BODY_PARSED, BODY_PARTIAL, BODY_NOT_A_FEED, BODY_EMPTY };

struct settled {
    bool moved;        // feed->url is now another: tell
    bool broken;       // failing for a day: tell
    bool recovered;    // good again after `broken` was told
    bool stopped;      // gone for good: tell
    bool is_good;      // the poll was a success
};

// Writes what the poll means into the feed: validators, fresh_until, hold_until, failures, moves, flags, error,
// polled_at, good_at. `feed` is the copy that becomes the next state; texts go into the arena. Before the schedule.
struct settled response_settle(struct feed *feed, const struct response *r, const struct verdict *v,
                               const struct trail *trail, enum body_state body, wall_t now, struct arena *a);

// Returns the moment until which Retry-After holds, bounded to [now, now + 24 h]; 0 where there is none or it is past.
wall_t response_retry_until(const struct response *r, wall_t now);

// Returns the moment until which the answer is fresh (max-age less Age, else Expires less Date), bounded in the same
// way; 0 where it says nothing or gives no pause.
wall_t response_fresh_until(const struct response *r, wall_t now);

#endif
