// SPDX-License-Identifier: MIT
#include "daemon/worker.h"

#include <stdio.h>

#include "base/hash.h"
#include "base/mem.h"
#include "daemon/http.h"
#include "daemon/worker_parts.h"
#include "daemon/writer.h"
#include "feeds/parse.h"

enum {
    BLOCKED_MS = 100, // between two looks whether a full queue has room again
    PRICE_NANO = 1000000000,
};

static void turn(void *owner, struct message *list, struct now now);

// The price without a budget, which is also where one begins: a feed of 24 posts a day is polled every hour.
static void begin_price(struct worker *w, mono_t now)
{
    w->policy.price = schedule_price_start(24, HOUR_MS / SECOND_MS);
    budget_init(&w->budget, w->policy.price, metric_get(w->threads->metrics, METRIC_POLLS), now);
}

void worker_resume_price(struct worker *w, uint64_t price_nano)
{
    if (!w->config->budget_per_hour || !price_nano)
        return;
    struct now now = clock_now(w->threads->clock);
    budget_init(&w->budget, (double)price_nano / PRICE_NANO, metric_get(w->threads->metrics, METRIC_POLLS), now.mono);
    w->policy.price = w->budget.price;
}

// A budget is of the whole process, and so are the polls that are counted: every worker finds the same price by itself,
// and a feed is worth the same wherever its host lives.
static void steer(struct worker *w, mono_t now)
{
    uint64_t made = metric_get(w->threads->metrics, METRIC_POLLS);
    if (w->config->budget_per_hour && budget_steer(&w->budget, w->config->budget_per_hour, made, now))
        w->policy.price = w->budget.price;
}

struct worker *worker_open(const struct threads *threads, uint32_t index, struct config *config, uint64_t seed,
                           struct err *err)
{
    struct worker *w = mem_alloc(sizeof *w);
    w->threads = threads;
    w->config = config;
    w->index = index;
    rng_init(&w->rng, seed);
    struct now now = clock_now(threads->clock);
    w->next_checkpoint = mono_add(now.mono, CHECKPOINT_MS);
    w->shard = shard_open(&shard_limits_default, now, rng_u64(&w->rng));
    w->scratch = match_scratch_new();
    loop_init(&w->loop, threads->clock, SIZE_MAX, turn, w);
    loop_measure(&w->loop, threads->metrics);
    const char *agent = arena_dupz(&config->arena, config->user_agent);
    struct http_options options = {.user_agent = agent, .ca = config->ca, .connections_max = 3 * SHARD_IN_FLIGHT_MAX};
    w->http = http_open(&w->loop.uv, &options, err);
    if (!w->http)
        return NULL;
    pace_open(w);
    snprintf(w->name, sizeof w->name, "fw-worker-%u", index % 1000);
    begin_price(w, now.mono);
    w->policy.jitter_permille = 100; // up to a tenth later, never earlier
    return w;
}

struct loop *worker_loop(struct worker *w) { return &w->loop; }
struct shard *worker_shard(struct worker *w) { return w->shard; }
const struct config *worker_config(const struct worker *w) { return w->config; }
double worker_price(const struct worker *w) { return w->policy.price; }
uint32_t worker_in_flight(const struct worker *w) { return __atomic_load_n(&w->in_flight, __ATOMIC_RELAXED); }

void worker_poll_began(struct worker *w)
{
    __atomic_add_fetch(&w->in_flight, 1, __ATOMIC_RELAXED);
    clock_begin(w->threads->clock);
}

void worker_poll_ended(struct worker *w)
{
    __atomic_sub_fetch(&w->in_flight, 1, __ATOMIC_RELAXED);
    clock_end(w->threads->clock);
}

// Gives the due times to the writer: one small write a minute for all feeds, so that a crash shortens no interval.
static void checkpoint(struct worker *w, struct now now, int64_t step_ms)
{
    w->next_checkpoint = mono_add(now.mono, CHECKPOINT_MS);
    if (!w->has_polled && !step_ms)
        return;
    w->has_polled = false;
    struct writer_dues *dues = mem_alloc(sizeof *dues);
    size_t room = 0;
    uint32_t i = 0;
    struct feed_due due;
    while (shard_due_at(w->shard, &i, &due.feed, &due.due, &due.polled_at)) {
        if (dues->n == room) {
            room = room ? room * 2 : 256;
            dues->list = mem_resize_array(dues->list, room, sizeof *dues->list);
        }
        dues->list[dues->n++] = due;
    }
    dues->part = w->index;
    dues->price_nano = w->config->budget_per_hour ? (uint64_t)(w->policy.price * PRICE_NANO) : 0;
    dues->is_clock_back = step_ms < 0;
    dues->message.kind = WRITER_DUES;
    dues->message.bytes = sizeof *dues + room * sizeof *dues->list;
    queue_push(w->threads->writer, &dues->message);
}

static void take_messages(struct worker *w, struct message *list, struct now now)
{
    for (struct message *m = list, *next; m; m = next) {
        next = m->next;
        size_t bytes = m->bytes;
        if (m->kind == WORKER_DONE)
            poll_committed(w, (struct work *)m, now);
        else
            ((struct job *)m)->run((struct job *)m, w, now);
        queue_handled(&w->loop.inbox, bytes);
    }
}

// What is known of times is of the clock as it was: the store is told at once, lest a start after a crash read it.
static void follow_clock(struct worker *w, struct now now)
{
    int64_t step_ms = w->seen.mono.ms ? now_step(w->seen, now) : 0;
    w->seen = now;
    if (step_ms > -SHARD_CLOCK_STEP_MS && step_ms < SHARD_CLOCK_STEP_MS)
        return;
    shard_follow_clock(w->shard, step_ms);
    checkpoint(w, now, step_ms);
}

static void turn(void *owner, struct message *list, struct now now)
{
    struct worker *w = owner;
    if (!w->is_quiet)
        follow_clock(w, now);
    take_messages(w, list, now);
    if (w->loop.is_stopping || w->is_quiet)
        return;
    steer(w, now.mono);
    polls_start(w, now);
    if (now.mono.ms >= w->next_checkpoint.ms)
        checkpoint(w, now, 0);
    worker_set_alarm(w);
}

void worker_set_alarm(struct worker *w)
{
    mono_t next = {w->has_polled ? w->next_checkpoint.ms : ALARM_NONE};
    mono_t due;
    if (w->is_blocked)
        due = mono_add(clock_now(w->threads->clock).mono, BLOCKED_MS);
    bool has_next = w->is_blocked || (pace_allows(w) && shard_next(w->shard, &due));
    if (has_next && due.ms < next.ms)
        next = due;
    if (w->config->budget_per_hour && w->budget.next.ms < next.ms)
        next = w->budget.next;
    for (const struct poll *p = w->hopping; p; p = p->next)
        if (p->hop_at.ms < next.ms)
            next = p->hop_at;
    loop_alarm(&w->loop, next);
}

void worker_quiet(struct worker *w)
{
    if (w->is_quiet)
        return;
    checkpoint(w, clock_now(w->threads->clock), 0);
    w->is_quiet = true;
    polls_drop(w);
    loop_alarm(&w->loop, (mono_t){ALARM_NONE});
}

// The options of feeds that people added, by their text: most have the same, or none, and a million of them share one.
struct added {
    struct feed_options options; // first: feeds point to it
    struct arena arena;
    struct str text;
};

struct str worker_options_text(const struct feed *feed)
{
    if (feed->origin != ORIGIN_ADDED || !feed->options)
        return (struct str){0};
    return ((const struct added *)feed->options)->text;
}

static const struct added *added_of(struct worker *w, struct str text, struct err *err)
{
    uint64_t key = hash64_seeded(0, text) | 1;
    uint32_t i = index_find(&w->added_by_text, key);
    if (i != INDEX_NONE && str_eq(w->added[i]->text, text))
        return w->added[i];
    struct added *added = mem_alloc(sizeof *added);
    arena_init(&added->arena, 1 << 20);
    added->text = arena_str(&added->arena, text);
    if (!config_feed_options(added->text, &added->arena, &added->options, err)) {
        arena_done(&added->arena);
        mem_free(added);
        return NULL;
    }
    if (w->n_added == w->room_added) {
        w->room_added = w->room_added ? w->room_added * 2 : 16;
        w->added = mem_resize_array(w->added, w->room_added, sizeof(struct added *));
    }
    if (i == INDEX_NONE) // else two texts of one hash: the second is not found again, which costs memory alone
        index_put(&w->added_by_text, key, w->n_added);
    w->added[w->n_added++] = added;
    return added;
}

bool worker_add_feed(struct worker *w, const struct feed *feed, struct str options_text, struct now now,
                     struct err *err)
{
    const struct added *added = added_of(w, options_text, err);
    if (!added)
        return false;
    struct feed copy = *feed;
    copy.origin = ORIGIN_ADDED;
    copy.options = &added->options;
    shard_put(w->shard, &copy, now);
    return true;
}

enum { INHERITANCE_WAIT_MS = 10 * SECOND_MS }; // what comes from another thread is there in milliseconds

// The state of a feed on its way to the worker of its new address.
struct inheritance {
    struct job job;
    struct arena arena;
    struct config *config; // a reference: the options are its
    struct feed feed;
};

static void take_inheritance(struct job *job, void *owner, struct now now)
{
    struct inheritance *i = (struct inheritance *)job;
    struct worker *w = owner;
    const struct config_feed *here = config_feed_find(w->config, i->feed.id);
    bool is_early = w->config->generation < i->config->generation; // it hears of that configuration after this
    if (here)
        i->feed.options = &here->options;
    if (here || is_early)
        shard_put(w->shard, &i->feed, now);
    arena_done(&i->arena);
    config_unref(i->config);
    mem_free(i);
}

// Sends the state of a feed where its heir lives. It arrives before the heir's first poll, which waits for it.
static void bequeath(struct worker *w, const struct config_feed *heir, struct config *config, uint64_t id,
                     struct now now)
{
    struct inheritance *i = mem_alloc(sizeof *i);
    *i = (struct inheritance){.job.run = take_inheritance, .config = config_ref(config)};
    arena_init(&i->arena, 1 << 20);
    shard_read(w->shard, id, &i->arena, &i->feed);
    config_feed_inherit(heir, now.wall, &i->feed);
    uint32_t to = shard_virtual(heir->url) % w->threads->n_workers;
    if (to == w->index)
        take_inheritance(&i->job, w, now);
    else
        queue_push(&worker_loop(w->threads->workers[to])->inbox, &i->job.message);
}

// Feeds that the configuration no longer names go; those that a person added stay, unless it names them now.
static void drop_unnamed(struct worker *w, struct config *config, struct now now)
{
    struct arena a;
    arena_init(&a, 1 << 20);
    struct feed feed;
    for (uint32_t i = 0; shard_read_at(w->shard, &i, &a, &feed);) {
        if (feed.origin == ORIGIN_CONFIGURED && !config_feed_find(config, feed.id)) {
            const struct config_feed *heir = config_feed_heir(config, feed.id);
            if (heir && !config_feed_find(w->config, heir->id)) // the heir is new
                bequeath(w, heir, config, feed.id, now);
            shard_remove(w->shard, feed.id);
        }
        arena_reset(&a);
    }
    arena_done(&a);
}

void worker_take_config(struct worker *w, struct config *config, struct now now)
{
    drop_unnamed(w, config, now);
    for (size_t i = 0; i < config->n_feeds; i++) {
        const struct config_feed *f = &config->feeds[i];
        if (shard_has(w->shard, f->id)) {
            shard_set_options(w->shard, f->id, &f->options, now);
            continue;
        }
        bool is_known = config_feed_find(w->config, f->id); // and lives with the host that it moved to for good
        if (is_known || shard_virtual(f->url) % w->threads->n_workers != w->index)
            continue;
        struct feed feed = {.id = f->id, .first_url = f->url, .url = f->url, .options = &f->options, .due = now.wall};
        if (f->options.was)
            feed.due = wall_add(now.wall, INHERITANCE_WAIT_MS);
        shard_put(w->shard, &feed, now);
    }
    struct config *old = w->config;
    w->config = config;
    if (!old->budget_per_hour != !config->budget_per_hour)
        begin_price(w, now.mono);
    config_unref(old);
}

void worker_end(struct worker *w)
{
    http_close(w->http);
    w->http = NULL;
    pace_close(w);
    loop_stop(&w->loop);
}

void worker_close(struct worker *w)
{
    if (!w)
        return;
    loop_done(&w->loop);
    shard_close(w->shard);
    match_scratch_free(w->scratch);
    for (uint32_t i = 0; i < w->n_added; i++) {
        arena_done(&w->added[i]->arena);
        mem_free(w->added[i]);
    }
    mem_free(w->added);
    index_done(&w->added_by_text);
    config_unref(w->config);
    mem_free(w);
}
