// SPDX-License-Identifier: MIT
//
// When to poll a feed next, and why.
//
// A feed is due when the integral of sqrt(weight * rate(t)) since its last poll reaches the price of a poll; rate is
// what its history says for the hour of the day. (Sia, Cho, Cho 2007: for a budget of polls the square root gives the
// least delay.) Then holds and bounds; then jitter, which only ever adds. docs/polling.md has figures.
#ifndef FEEDS_SCHEDULE_H
#define FEEDS_SCHEDULE_H

#include "base/rng.h"
#include "feeds/feed.h"
#include "feeds/document.h"

enum { SCHEDULE_MAX_S = 86400 };       // no feed is left alone for longer
enum { SCHEDULE_BACKOFF_FIRST_S = 900 }; // pause after the first failure, doubled each time
enum { SCHEDULE_HALF_LIFE_DAYS = 14 };
enum { SCHEDULE_PRIOR_POSTS = 12 };    // posts that a flat day profile is worth

struct schedule_policy {
    double price;        // of a poll, in sqrt(posts/day) * days; schedule_price_start; with a budget feeds/budget.h
    uint32_t floor_s;    // 0: FEED_FLOOR_S
    uint32_t max_s;      // 0: SCHEDULE_MAX_S
    uint32_t jitter_permille; // of the pause, added at random; 0: none
};

enum schedule_reason {
    REASON_RATE,      // its publish rate and the price
    REASON_EVERY,     // the option `every`
    REASON_FLOOR,
    REASON_MAX,
    REASON_FIRST,     // never polled
    REASON_FRESH,     // Cache-Control, Expires
    REASON_HINT,      // ttl, sy:*
    REASON_HOLD,      // Retry-After, 429
    REASON_BACKOFF,   // failing
    REASON_SKIP_HOUR,
    REASON_SKIP_DAY,
    REASON_WEBSUB,    // its hub tells us: a slow backup poll
    REASON_STOPPED,   // 410, or paused: never
    REASON_COUNT
};

// Each reason with the earliest time it allows (0: it says nothing here), the one that decided, and the result.
struct schedule {
    wall_t due;                    // SCHEDULE_NEVER where stopped
    enum schedule_reason decided;
    wall_t not_before[REASON_COUNT];
    double posts_per_day;          // as learnt, decayed to now
    uint32_t jitter_s;
};

#define SCHEDULE_NEVER ((wall_t){INT64_MAX})

// Returns when to poll the feed next, after a poll at feed->polled_at. now is that of the poll's end.
struct schedule schedule_next(const struct feed *feed, const struct schedule_policy *policy, struct rng *rng,
                              wall_t now);

// Learns the dates of the items that are new to the feed; undated ones count as posted now. On the first document
// (is_first) the span of its dates gives the rate. The feed's publisher hints (ttl, sy, skip) are taken over too.
void schedule_learn(struct feed *feed, const struct document *doc, const bool *is_new, bool is_first, wall_t now);

// Returns posts a day, decayed to `now`; a floor of one in 60 days keeps a silent feed polled.
double schedule_rate(const struct history *h, wall_t now);

// Returns the share of a day's posts that falls into an hour of the day (UTC), smoothed and shrunk to flat; the sum
// over 24 hours is 1.
double schedule_hour_share(const struct history *h, int hour);

// Returns the price to begin with: a feed of average_posts a day is polled every pause_s.
double schedule_price_start(double average_posts, uint32_t pause_s);

// Returns a reason in words ("its publish rate"). A static string.
const char *schedule_reason_phrase(enum schedule_reason reason);

#endif
