// SPDX-License-Identifier: MIT
//
// Two tables (feeds by id, hosts by key) of indexes into two arrays, and two wheels: feeds by when they are due, hosts
// with waiting feeds by when the next may start. A feed that is due while its host is busy waits in the host's list, in
// order; the host's entry in its wheel stands for all of them.
#include "daemon/shard.h"

#include <assert.h>

#include "base/mem.h"
#include "daemon/shard_parts.h"

const struct shard_limits shard_limits_default = {SHARD_IN_FLIGHT_MAX, SHARD_HOST_MAX, SHARD_HOST_GAP_MS,
                                                  SHARD_SPREAD_MS};

struct shard *shard_open(const struct shard_limits *limits, struct now now, uint64_t seed)
{
    struct shard *s = mem_alloc(sizeof *s);
    s->limits = *limits;
    s->seed = seed;
    s->free_feed = s->free_host = WHEEL_NONE;
    rng_init(&s->rng, seed);
    wheel_init(&s->due, now.mono);
    wheel_init(&s->open, now.mono);
    return s;
}

void shard_close(struct shard *s)
{
    if (!s)
        return;
    for (uint32_t i = 0; i < s->n_feeds; i++)
        mem_free(s->feeds[i].cold);
    mem_free(s->feeds);
    mem_free(s->hosts);
    index_done(&s->by_id);
    index_done(&s->by_host);
    wheel_done(&s->due);
    wheel_done(&s->open);
    mem_free(s);
}

// The moment at which a wall time will come, if the wall clock goes on as the monotonic one does.
static mono_t mono_of(struct now now, int64_t wall_ms)
{
    int64_t wait = wall_ms > now.wall.ms ? wall_ms - now.wall.ms : 0;
    return mono_add(now.mono, wait);
}

// When the next request to a host may start.
static mono_t host_start(const struct host *h)
{
    return h->hold_until.ms > h->next_start.ms ? h->hold_until : h->next_start;
}

static void host_wake(struct shard *s, uint32_t host)
{
    struct host *h = &s->hosts[host];
    if (h->first != WHEEL_NONE && h->asking < s->limits.host_max)
        wheel_add(&s->open, host, host_start(h));
    else
        wheel_remove(&s->open, host);
}

static void wait_at_host(struct shard *s, uint32_t i)
{
    struct hot *f = &s->feeds[i];
    struct host *h = &s->hosts[f->host];
    f->state = WAITING;
    f->next_waiting = WHEEL_NONE;
    if (h->last != WHEEL_NONE)
        s->feeds[h->last].next_waiting = i;
    else
        h->first = i;
    h->last = i;
    if (!wheel_has(&s->open, f->host))
        host_wake(s, f->host);
}

static void leave_host_list(struct shard *s, uint32_t i)
{
    struct host *h = &s->hosts[s->feeds[i].host];
    uint32_t before = WHEEL_NONE;
    for (uint32_t k = h->first; k != i; k = s->feeds[k].next_waiting)
        before = k;
    uint32_t after = s->feeds[i].next_waiting;
    if (before == WHEEL_NONE)
        h->first = after;
    else
        s->feeds[before].next_waiting = after;
    if (h->last == i)
        h->last = before;
    host_wake(s, s->feeds[i].host);
}

// Takes a feed out of whatever it waits in; not for one that is being asked.
static void unqueue(struct shard *s, uint32_t i)
{
    struct hot *f = &s->feeds[i];
    if (f->state == WAITING)
        leave_host_list(s, i);
    wheel_remove(&s->due, i);
}

static void queue_feed(struct shard *s, uint32_t i, struct now now)
{
    struct hot *f = &s->feeds[i];
    if (f->due_ms == INT64_MAX) {
        f->state = ASLEEP;
        return;
    }
    f->state = RESTING;
    wheel_add(&s->due, i, mono_of(now, f->due_ms));
}

static void take_over(struct shard *s, uint32_t i, const struct feed *feed, mono_t now)
{
    struct hot *f = &s->feeds[i];
    if (f->cold)
        s->cold_bytes -= cold_bytes(f->cold);
    struct cold *cold = cold_make(feed);
    mem_free(f->cold);
    f->cold = cold;
    s->cold_bytes += cold_bytes(cold);
    uint32_t host = shard_host_place(s, shard_host(feed->url), now);
    if (host != f->host) {
        if (f->host != WHEEL_NONE)
            s->hosts[f->host].feeds--;
        s->hosts[host].feeds++;
        f->host = host;
    }
    f->options = feed->options;
    f->due_ms = (feed->flags & (FEED_STOPPED | FEED_PAUSED)) || (feed->options && feed->options->paused)
                    ? INT64_MAX
                    : feed->due.ms;
    f->polled_ms = feed->polled_at.ms;
    f->is_failing = feed->failures > 0;
    f->is_gone = feed->flags & FEED_STOPPED;
}

static uint32_t new_slot(struct shard *s)
{
    uint32_t i = s->free_feed;
    if (i != WHEEL_NONE) {
        s->free_feed = s->feeds[i].next_waiting;
    } else {
        if (s->n_feeds == s->room_feeds) {
            s->room_feeds = s->room_feeds ? s->room_feeds * 2 : 64;
            s->feeds = mem_resize_array(s->feeds, s->room_feeds, sizeof *s->feeds);
            wheel_grow(&s->due, s->room_feeds);
        }
        i = s->n_feeds++;
    }
    s->feeds[i] = (struct hot){.host = WHEEL_NONE, .next_waiting = WHEEL_NONE, .asking_at = WHEEL_NONE};
    return i;
}

void shard_rest_hosts(struct shard *s, wall_t asked_until, struct now now)
{
    if (!asked_until.ms || now.wall.ms >= asked_until.ms + s->limits.host_gap_ms)
        return;
    for (uint32_t i = 0; i < s->n_hosts; i++)
        s->hosts[i].next_start = mono_add(now.mono, s->limits.host_gap_ms);
}

void shard_put(struct shard *s, const struct feed *feed, struct now now)
{
    uint32_t i = index_find(&s->by_id, feed->id);
    if (i == INDEX_NONE) {
        i = new_slot(s);
        s->feeds[i].id = feed->id;
        s->live++;
        index_put(&s->by_id, feed->id, i);
    } else if (s->feeds[i].state == ASKING) {
        s->feeds[i].options = feed->options; // the poll's own result comes with the rest
        s->feeds[i].is_leaving = false;
        return;
    } else {
        unqueue(s, i);
    }
    take_over(s, i, feed, now.mono);
    queue_feed(s, i, now);
}

void shard_spread(struct shard *s, struct now now)
{
    uint32_t overdue = 0;
    for (uint32_t i = 0; i < s->n_feeds; i++)
        overdue += s->feeds[i].state == RESTING && s->feeds[i].due_ms <= now.wall.ms;
    if (overdue <= SHARD_SPREAD_FREE || s->limits.spread_ms <= 0)
        return;
    for (uint32_t i = 0; i < s->n_feeds; i++)
        if (s->feeds[i].state == RESTING && s->feeds[i].due_ms <= now.wall.ms)
            wheel_add(&s->due, i, mono_add(now.mono, (int64_t)rng_below(&s->rng, (uint64_t)s->limits.spread_ms)));
}

uint32_t shard_make_all_due(struct shard *s, struct now now)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n_feeds; i++)
        if (s->feeds[i].state == RESTING) {
            wheel_add(&s->due, i, now.mono);
            n++;
        }
    return n;
}

static void free_slot(struct shard *s, uint32_t i)
{
    struct hot *f = &s->feeds[i];
    index_remove(&s->by_id, f->id);
    s->cold_bytes -= cold_bytes(f->cold);
    mem_free(f->cold);
    s->hosts[f->host].feeds--;
    *f = (struct hot){.state = FREE, .host = WHEEL_NONE, .next_waiting = s->free_feed};
    s->free_feed = i;
    s->live--;
}

bool shard_remove(struct shard *s, uint64_t id)
{
    uint32_t i = index_find(&s->by_id, id);
    if (i == INDEX_NONE)
        return false;
    if (s->feeds[i].state == ASKING) {
        s->feeds[i].is_leaving = true;
        return true;
    }
    unqueue(s, i);
    free_slot(s, i);
    return true;
}

static void start(struct shard *s, uint32_t i, struct now now, struct arena *a, struct feed *out)
{
    struct hot *f = &s->feeds[i];
    struct host *h = &s->hosts[f->host];
    f->state = ASKING;
    f->asking_at = f->host;
    h->asking++;
    h->next_start = mono_add(now.mono, s->limits.host_gap_ms);
    s->asking++;
    shard_read_hot(f, a, out);
}

static bool host_is_free(const struct shard *s, const struct host *h, struct now now)
{
    return h->asking < s->limits.host_max && host_start(h).ms <= now.mono.ms;
}

bool shard_start(struct shard *s, struct now now, struct arena *a, struct feed *out)
{
    if (s->asking >= s->limits.in_flight_max)
        return false;
    uint32_t i;
    while ((i = wheel_take(&s->open, now.mono)) != WHEEL_NONE) { // hosts whose next turn has come
        struct host *h = &s->hosts[i];
        if (h->first == WHEEL_NONE || !host_is_free(s, h, now)) {
            host_wake(s, i);
            continue;
        }
        uint32_t feed = h->first;
        h->first = s->feeds[feed].next_waiting;
        if (h->first == WHEEL_NONE)
            h->last = WHEEL_NONE;
        start(s, feed, now, a, out);
        host_wake(s, i);
        return true;
    }
    while ((i = wheel_take(&s->due, now.mono)) != WHEEL_NONE) {
        struct hot *f = &s->feeds[i];
        const struct host *h = &s->hosts[f->host];
        if (h->first != WHEEL_NONE || !host_is_free(s, h, now)) {
            wait_at_host(s, i);
            continue;
        }
        start(s, i, now, a, out);
        return true;
    }
    return false;
}

bool shard_make_due(struct shard *s, uint64_t id, struct now now)
{
    uint32_t i = index_find(&s->by_id, id);
    if (i == INDEX_NONE)
        return false;
    struct hot *f = &s->feeds[i];
    if (f->state == ASKING)
        f->is_poked = true;
    else if (f->state == RESTING || f->state == ASLEEP)
        wheel_add(&s->due, i, now.mono);
    if (f->state == ASLEEP)
        f->state = RESTING;
    return true;
}

static void give_slot(struct shard *s, uint32_t host)
{
    assert(s->hosts[host].asking);
    s->hosts[host].asking--;
    host_wake(s, host);
}

static void release_slot(struct shard *s, struct hot *f)
{
    if (f->asking_at == WHEEL_NONE)
        return;
    give_slot(s, f->asking_at);
    f->asking_at = WHEEL_NONE;
}

// *out_asked: the host that answered last; WHEEL_NONE where it is another shard's.
static struct hot *end_asking(struct shard *s, uint64_t id, uint32_t *out_asked)
{
    uint32_t i = index_find(&s->by_id, id);
    assert(i != INDEX_NONE && s->feeds[i].state == ASKING && s->asking);
    struct hot *f = &s->feeds[i];
    *out_asked = f->asking_at;
    release_slot(s, f);
    s->asking--;
    f->state = RESTING;
    if (!f->is_leaving)
        return f;
    free_slot(s, i);
    return NULL;
}

static void note_hold(struct shard *s, uint32_t asked, uint64_t id, wall_t hold_until, struct now now)
{
    if (asked == WHEEL_NONE || hold_until.ms <= now.wall.ms)
        return; // the URL's own hold is in its due; two URLs speak for the host
    struct host *h = &s->hosts[asked];
    mono_t until = mono_of(now, hold_until.ms);
    if (h->held_by && h->held_by != id && h->hold_until.ms < until.ms)
        h->hold_until = until;
    if (h->told_until.ms < until.ms)
        h->told_until = until;
    h->held_by = id;
    host_wake(s, asked);
}

static void rest(struct shard *s, uint32_t i, struct now now)
{
    struct hot *f = &s->feeds[i];
    if (f->options && f->options->paused)
        f->due_ms = INT64_MAX;
    queue_feed(s, i, now);
    if (f->is_poked && f->state == RESTING)
        wheel_add(&s->due, i, now.mono);
    f->is_poked = false;
}

void shard_finish(struct shard *s, const struct feed *next, wall_t hold_until, struct now now)
{
    uint32_t asked;
    struct hot *f = end_asking(s, next->id, &asked);
    if (!f)
        return;
    note_hold(s, asked, f->id, hold_until, now);
    struct feed feed = *next;
    feed.options = f->options; // a reload may have come while it was asked
    feed.origin = cold_origin(f->cold);
    uint32_t i = (uint32_t)(f - s->feeds);
    take_over(s, i, &feed, now.mono);
    rest(s, i, now);
}

void shard_finish_unchanged(struct shard *s, const struct feed *next, wall_t hold_until, struct now now)
{
    uint32_t asked;
    struct hot *f = end_asking(s, next->id, &asked);
    if (!f)
        return;
    note_hold(s, asked, f->id, hold_until, now);
    f->due_ms = next->due.ms;
    f->polled_ms = next->polled_at.ms;
    cold_touch(f->cold, next->good_at);
    rest(s, (uint32_t)(f - s->feeds), now);
}

void shard_give_back(struct shard *s, uint64_t id, int64_t delay_ms, struct now now)
{
    uint32_t asked;
    struct hot *f = end_asking(s, id, &asked);
    if (f)
        wheel_add(&s->due, (uint32_t)(f - s->feeds), mono_add(now.mono, delay_ms));
}

int64_t shard_admit(struct shard *s, uint64_t host, struct now now)
{
    uint32_t place = shard_host_place(s, host, now.mono); // may move the hosts
    struct host *h = &s->hosts[place];
    int64_t wait = mono_diff(host_start(h), now.mono);
    if (h->asking >= s->limits.host_max && wait < s->limits.host_gap_ms)
        wait = s->limits.host_gap_ms;
    if (wait > 0)
        return wait;
    h->asking++;
    h->next_start = mono_add(now.mono, s->limits.host_gap_ms);
    return 0;
}

void shard_dismiss(struct shard *s, uint64_t host, uint64_t id, wall_t hold_until, struct now now)
{
    uint32_t i = index_find(&s->by_host, host);
    assert(i != INDEX_NONE);
    give_slot(s, i);
    note_hold(s, i, id, hold_until, now);
}

void shard_leave(struct shard *s, uint64_t id)
{
    uint32_t i = index_find(&s->by_id, id);
    assert(i != INDEX_NONE && s->feeds[i].state == ASKING);
    release_slot(s, &s->feeds[i]);
}

int64_t shard_hop(struct shard *s, uint64_t id, struct str url, struct now now)
{
    shard_leave(s, id); // that answer is over: two feeds that point at each other must not lock
    uint64_t host = shard_host(url);
    int64_t wait = shard_admit(s, host, now);
    if (wait == 0)
        s->feeds[index_find(&s->by_id, id)].asking_at = index_find(&s->by_host, host);
    return wait;
}

void shard_set_options(struct shard *s, uint64_t id, const struct feed_options *options, struct now now)
{
    uint32_t i = index_find(&s->by_id, id);
    assert(i != INDEX_NONE);
    struct hot *f = &s->feeds[i];
    bool was_paused = f->options && f->options->paused;
    f->options = options;
    f->is_leaving = false;
    cold_set_origin(f->cold, ORIGIN_CONFIGURED);
    if (f->state == ASKING || was_paused == (options && options->paused))
        return;
    unqueue(s, i);
    f->due_ms = was_paused ? now.wall.ms : INT64_MAX;
    queue_feed(s, i, now);
}

bool shard_set_state(struct shard *s, const struct feed *feed, struct now now)
{
    uint32_t i = index_find(&s->by_id, feed->id);
    if (i == INDEX_NONE || s->feeds[i].state == ASKING)
        return false;
    unqueue(s, i);
    take_over(s, i, feed, now.mono);
    queue_feed(s, i, now);
    return true;
}

void shard_follow_clock(struct shard *s, int64_t step_ms)
{
    for (uint32_t i = 0; i < s->n_feeds; i++) {
        struct hot *f = &s->feeds[i];
        if (f->due_ms != INT64_MAX)
            f->due_ms = wall_add((wall_t){f->due_ms}, step_ms).ms;
        if (f->polled_ms)
            f->polled_ms = wall_add((wall_t){f->polled_ms}, step_ms).ms;
    }
}

uint64_t shard_feed_host(const struct shard *s, uint64_t id)
{
    uint32_t i = index_find(&s->by_id, id);
    assert(i != INDEX_NONE);
    return s->hosts[s->feeds[i].host].key;
}

bool shard_has(const struct shard *s, uint64_t id) { return index_find(&s->by_id, id) != INDEX_NONE; }

bool shard_is_leaving(const struct shard *s, uint64_t id)
{
    uint32_t i = index_find(&s->by_id, id);
    return i != INDEX_NONE && s->feeds[i].is_leaving;
}

bool shard_next(const struct shard *s, mono_t *out_next)
{
    mono_t due = {0};
    mono_t open = {0};
    if (s->asking >= s->limits.in_flight_max)
        return false; // a finish comes first
    bool has_due = wheel_next(&s->due, &due);
    bool has_open = wheel_next(&s->open, &open);
    if (!has_due && !has_open)
        return false;
    *out_next = !has_due || (has_open && open.ms < due.ms) ? open : due;
    return true;
}
