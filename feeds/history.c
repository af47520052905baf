// SPDX-License-Identifier: MIT
//
// Learning how often and when in the day a feed publishes. Everything decays with one half-life; decaying happens when
// something is learnt, so that a silent poll changes nothing and costs no write.
#include <math.h>

#include "feeds/schedule.h"

enum { HOUR_UNIT = 64 };          // history.hours counts in 1/64 posts
enum { FRESH_DATE_MS = 2 * DAY_MS }; // an item dated longer ago than this before it is seen tells nothing of the hour
static const double days_min = 0.5;  // of observation: one hour of a live blog is no rate of 500 a day
static const double rate_unknown = 1.0;
static const double rate_min = 1.0 / 60;

static double decay(int64_t ms)
{
    return ms <= 0 ? 1 : exp2(-(double)ms / ((double)SCHEDULE_HALF_LIFE_DAYS * DAY_MS));
}

// Days of observation after `ms` of it, each counting by its age: the integral of decay.
static double observed(int64_t ms)
{
    return SCHEDULE_HALF_LIFE_DAYS / log(2) * (1 - decay(ms));
}

double schedule_rate(const struct history *h, wall_t now)
{
    if (h->at.ms == 0)
        return rate_unknown;
    int64_t since = wall_diff(now, h->at);
    double posts = h->posts * decay(since), days = h->days * decay(since) + observed(since);
    double rate = posts / (days > days_min ? days : days_min);
    return rate > rate_min ? rate : rate_min;
}

double schedule_hour_share(const struct history *h, int hour)
{
    double total = 0;
    for (int i = 0; i < 24; i++)
        total += (double)h->hours[i] / HOUR_UNIT;
    double near = (h->hours[(hour + 23) % 24] + 2.0 * h->hours[hour % 24] + h->hours[(hour + 1) % 24]) / 4 / HOUR_UNIT;
    return (near + SCHEDULE_PRIOR_POSTS / 24.0) / (total + SCHEDULE_PRIOR_POSTS);
}

static void add_hour(struct history *h, wall_t at, double weight)
{
    uint16_t *hour = &h->hours[civil_of(at).hour];
    double value = *hour + weight * HOUR_UNIT;
    *hour = (uint16_t)(value < UINT16_MAX ? value : UINT16_MAX);
}

static void age(struct history *h, wall_t now)
{
    int64_t since = h->at.ms ? wall_diff(now, h->at) : 0;
    h->posts = (float)(h->posts * decay(since));
    h->days = (float)(h->days * decay(since) + observed(since));
    for (int i = 0; i < 24; i++)
        h->hours[i] = (uint16_t)lround(h->hours[i] * decay(since));
    h->at = now;
}

static wall_t date_of(const struct item *item, wall_t now)
{
    const struct date *d = item->published.state == DATE_OK ? &item->published : &item->updated;
    return d->state == DATE_OK && d->at.ms <= now.ms ? d->at : (wall_t){0};
}

// The first document: its dates span what was observed. Undated items tell nothing about a rate.
static void learn_first(struct history *h, const struct document *doc, wall_t now)
{
    int64_t oldest = 0;
    *h = (struct history){.at = now};
    for (size_t i = 0; i < doc->n_items; i++) {
        wall_t at = date_of(&doc->items[i], now);
        if (at.ms == 0)
            continue;
        int64_t since = wall_diff(now, at);
        oldest = since > oldest ? since : oldest;
        h->posts += (float)decay(since);
        add_hour(h, at, decay(since));
        h->newest = at.ms > h->newest.ms ? at : h->newest;
    }
    h->days = (float)(observed(oldest) > days_min ? observed(oldest) : days_min);
    if (h->newest.ms == 0)
        *h = (struct history){.at = now, .posts = (float)rate_unknown, .days = 1};
}

static void learn_new(struct history *h, const struct document *doc, const bool *is_new, wall_t now)
{
    bool has_new = false;
    for (size_t i = 0; i < doc->n_items; i++)
        has_new |= is_new[i];
    if (!has_new)
        return;
    age(h, now);
    for (size_t i = 0; i < doc->n_items; i++) {
        if (!is_new[i])
            continue;
        wall_t at = date_of(&doc->items[i], now);
        bool tells_hour = at.ms && wall_diff(now, at) <= FRESH_DATE_MS;
        h->posts += 1;
        add_hour(h, tells_hour ? at : now, 1);
        h->newest = at.ms > h->newest.ms ? at : h->newest;
    }
}

// ttl and sy:*: the longer one, within a day. All hours or all days skipped is a mistake, not a wish.
static void learn_hints(struct feed *feed, const struct feed_meta *meta)
{
    uint64_t ttl_s = (uint64_t)meta->ttl_minutes * 60;
    uint64_t hint_s = ttl_s > meta->update_period_s ? ttl_s : meta->update_period_s;
    feed->hint_s = (uint32_t)(hint_s < SCHEDULE_MAX_S ? hint_s : SCHEDULE_MAX_S);
    feed->skip_hours = (meta->skip_hours & 0xFFFFFF) == 0xFFFFFF ? 0 : meta->skip_hours & 0xFFFFFF;
    feed->skip_days = (meta->skip_days & 0x7F) == 0x7F ? 0 : meta->skip_days & 0x7F;
}

void schedule_learn(struct feed *feed, const struct document *doc, const bool *is_new, bool is_first, wall_t now)
{
    learn_hints(feed, &doc->meta);
    if (is_first)
        learn_first(&feed->history, doc, now);
    else
        learn_new(&feed->history, doc, is_new, now);
}
