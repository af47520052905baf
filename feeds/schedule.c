// SPDX-License-Identifier: MIT
//
// The next poll: the price of a poll against the feed's rate, then everyone who asks for a longer pause, then the hours
// and days when the feed wants to be left alone, then jitter. Each voice is kept for `feeds why`.
#include "feeds/schedule.h"

#include <math.h>

enum { BACKUP_POLL_S = 12 * 3600 };  // with a live subscription at a hub: polls only find out whether the hub is dead
enum { BACKOFF_JITTER_PERMILLE = 250 };
enum { SKIP_JITTER_S = 600 };        // feeds that wake at one full hour are spread over ten minutes

static const struct feed_options no_options;

static const struct feed_options *options_of(const struct feed *feed)
{
    return feed->options ? feed->options : &no_options;
}

static uint32_t or_default(uint32_t value, uint32_t otherwise) { return value ? value : otherwise; }

// Returns when the integral of sqrt(weight * rate) since `from` reaches the price, at most max_s later. The rate is
// constant within an hour of the day.
static wall_t paid_at(const struct feed *feed, double price, wall_t from, wall_t now, uint32_t max_s)
{
    double weight = options_of(feed)->weight > 0 ? options_of(feed)->weight : 1;
    double posts_per_day = schedule_rate(&feed->history, now) * weight;
    wall_t end = wall_add(from, (int64_t)max_s * SECOND_MS);
    for (wall_t t = from; t.ms < end.ms;) {
        int64_t hour_end = (t.ms / HOUR_MS + 1) * HOUR_MS;
        double per_day = sqrt(posts_per_day * 24 * schedule_hour_share(&feed->history, civil_of(t).hour));
        double earned = per_day * (double)(hour_end - t.ms) / DAY_MS;
        if (earned >= price) {
            wall_t paid = wall_add(t, (int64_t)(price / per_day * DAY_MS));
            return paid.ms < end.ms ? paid : end; // the hour may end after it
        }
        price -= earned;
        t.ms = hour_end;
    }
    return end;
}

static uint32_t floor_of(const struct feed *feed, const struct schedule_policy *policy)
{
    const struct feed_options *o = options_of(feed);
    uint32_t floor_s = or_default(o->floor_s, or_default(policy->floor_s, FEED_FLOOR_S));
    if (o->every_s && o->every_s < floor_s)
        floor_s = o->every_s; // a person wants it so
    return !o->allow_private && floor_s < FEED_FLOOR_PUBLIC_S ? FEED_FLOOR_PUBLIC_S : floor_s;
}

static int64_t backoff_s(const struct feed *feed)
{
    int64_t pause_s = SCHEDULE_BACKOFF_FIRST_S;
    for (uint32_t i = 1; i < feed->failures && pause_s < SCHEDULE_MAX_S; i++)
        pause_s *= 2;
    return pause_s < SCHEDULE_MAX_S ? pause_s : SCHEDULE_MAX_S;
}

// Every voice says the earliest time that it allows.
static void hear(struct schedule *s, const struct feed *feed, const struct schedule_policy *policy, wall_t now)
{
    const struct feed_options *o = options_of(feed);
    wall_t from = feed->polled_at;
    uint32_t max_s = or_default(policy->max_s, SCHEDULE_MAX_S);
    bool is_pushed = feed->websub.state == WEBSUB_ACTIVE && feed->websub.lease_end.ms > now.ms;
    s->not_before[REASON_FLOOR] = wall_add(from, (int64_t)floor_of(feed, policy) * SECOND_MS);
    if (o->every_s)
        s->not_before[REASON_EVERY] = wall_add(from, (int64_t)o->every_s * SECOND_MS);
    else if (feed->good_at.ms || !feed->failures) // nothing is known of one that never answered: back-off alone
        s->not_before[REASON_RATE] = paid_at(feed, policy->price, from, now, max_s);
    if (s->not_before[REASON_RATE].ms == wall_add(from, (int64_t)max_s * SECOND_MS).ms) {
        s->not_before[REASON_MAX] = s->not_before[REASON_RATE];
        s->not_before[REASON_RATE].ms--; // it would be later: the bound decides
    }
    if (is_pushed)
        s->not_before[REASON_WEBSUB] = wall_add(from, (int64_t)BACKUP_POLL_S * SECOND_MS);
    if (feed->hint_s)
        s->not_before[REASON_HINT] = wall_add(from, (int64_t)feed->hint_s * SECOND_MS);
    if (feed->failures)
        s->not_before[REASON_BACKOFF] = wall_add(from, backoff_s(feed) * SECOND_MS);
    s->not_before[REASON_FRESH] = feed->fresh_until;
    s->not_before[REASON_HOLD] = feed->hold_until;
}

static void decide(struct schedule *s)
{
    for (int reason = 0; reason < REASON_COUNT; reason++)
        if (s->not_before[reason].ms > s->due.ms) {
            s->due = s->not_before[reason];
            s->decided = (enum schedule_reason)reason;
        }
}

static void add_jitter(struct schedule *s, const struct feed *feed, const struct schedule_policy *policy,
                       struct rng *rng)
{
    uint32_t permille = s->decided == REASON_BACKOFF ? BACKOFF_JITTER_PERMILLE : policy->jitter_permille;
    int64_t pause_ms = wall_diff(s->due, feed->polled_at);
    if (!permille || pause_ms <= 0)
        return;
    s->jitter_s = (uint32_t)(rng_unit(rng) * (double)pause_ms * permille / 1000 / SECOND_MS);
    s->due = wall_add(s->due, (int64_t)s->jitter_s * SECOND_MS);
}

// Moves to the next hour that the feed does not skip; a week has one, as not all hours and not all days are skipped.
static void leave_alone(struct schedule *s, const struct feed *feed, struct rng *rng)
{
    bool has_moved = false;
    for (int hours = 0; hours < 8 * 24; hours++) {
        struct civil c = civil_of(s->due);
        bool is_day = feed->skip_days >> c.weekday & 1, is_hour = feed->skip_hours >> c.hour & 1;
        if (!is_day && !is_hour)
            break;
        s->due.ms = (s->due.ms / HOUR_MS + 1) * HOUR_MS;
        s->decided = is_day ? REASON_SKIP_DAY : REASON_SKIP_HOUR;
        s->not_before[s->decided] = s->due;
        has_moved = true;
    }
    if (has_moved) {
        s->jitter_s = (uint32_t)rng_below(rng, SKIP_JITTER_S);
        s->due = wall_add(s->due, (int64_t)s->jitter_s * SECOND_MS);
    }
}

struct schedule schedule_next(const struct feed *feed, const struct schedule_policy *policy, struct rng *rng,
                              wall_t now)
{
    struct schedule s = {.posts_per_day = schedule_rate(&feed->history, now)};
    if (feed->flags & (FEED_STOPPED | FEED_PAUSED) || options_of(feed)->paused) {
        s.decided = REASON_STOPPED;
        s.due = s.not_before[REASON_STOPPED] = SCHEDULE_NEVER;
        return s;
    }
    if (feed->polled_at.ms == 0) {
        s.decided = REASON_FIRST;
        s.due = s.not_before[REASON_FIRST] = now;
        return s;
    }
    hear(&s, feed, policy, now);
    decide(&s);
    add_jitter(&s, feed, policy, rng);
    leave_alone(&s, feed, rng);
    return s;
}

double schedule_price_start(double average_posts, uint32_t pause_s)
{
    return sqrt(average_posts) * pause_s / SCHEDULE_MAX_S;
}

const char *schedule_reason_phrase(enum schedule_reason reason)
{
    switch (reason) {
    case REASON_RATE: return "how often it publishes, against the price of a poll";
    case REASON_EVERY: return "its option `every`";
    case REASON_FLOOR: return "the shortest pause allowed";
    case REASON_MAX: return "the longest pause allowed";
    case REASON_FIRST: return "it was never polled";
    case REASON_FRESH: return "its server says that the answer stays fresh (Cache-Control, Expires)";
    case REASON_HINT: return "the feed asks for this pause (ttl, sy:updatePeriod)";
    case REASON_HOLD: return "its server asked for a pause (Retry-After, 429)";
    case REASON_BACKOFF: return "it fails";
    case REASON_SKIP_HOUR: return "the feed wants no polls in these hours (skipHours)";
    case REASON_SKIP_DAY: return "the feed wants no polls on these days (skipDays)";
    case REASON_WEBSUB: return "its hub tells us what is new; a poll only checks the hub";
    case REASON_STOPPED: return "it is stopped or paused";
    case REASON_COUNT: break;
    }
    return "";
}
