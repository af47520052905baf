// SPDX-License-Identifier: MIT
#include "daemon/writer.h"

#include <assert.h>
#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "daemon/delivery_loop.h"
#include "daemon/keeper.h"
#include "daemon/message_id.h"
#include "daemon/worker.h"
#include "daemon/writer_parts.h"

enum { STORY_ROWS_SINCE_MS = 72 * HOUR_MS, HISTORY_PRUNE_ROWS = 500 };
// What is old is looked for once a minute; while there is more (the retention was shortened), a piece a second, so that
// alerts wait for one piece at most.
static const int64_t history_prune_ms = MINUTE_MS, history_prune_more_ms = SECOND_MS;

// ---- start: what decide knows comes back from the store ----

struct loading {
    struct writer *writer;
    void (*on_feed)(void *context, const struct store_feed *feed);
    void *context;
    struct err err;
};

static void load_feed(void *context, const struct store_feed *feed)
{
    struct loading *l = context;
    l->on_feed(l->context, feed);
}

static void load_silence(void *context, const struct silence *silence)
{
    struct loading *l = context;
    if (!silence_list_put(l->writer->decide.silences, silence, &l->err))
        log_say(l->writer->threads->log, LOG_LEVEL_WARNING, NULL, "a silence was not restored: %s",
                l->err.text);
}

static void load_story(void *context, const struct story_row *row)
{
    struct loading *l = context;
    story_restore(l->writer->decide.stories, row);
}

static void load_throttle(void *context, const struct throttle_mark *mark)
{
    struct loading *l = context;
    throttle_restore(l->writer->decide.throttles, mark);
}

static void load_held(void *context, const struct delivery *delivery)
{
    struct loading *l = context;
    wall_t now = clock_now(l->writer->threads->clock).wall;
    bool is_ahead = wall_diff(delivery->due, now) > HELD_MS_MAX; // held under a clock that ran ahead
    throttle_restore_held(l->writer->decide.throttles, delivery->rule, delivery->receiver,
                          is_ahead ? now : delivery->due);
}

static void load_receiver(void *context, const struct receiver_mark *mark)
{
    struct writer *w = ((struct loading *)context)->writer;
    if (mark->is_disabled)
        ARENA_PUSH(&w->loaded, w->gone, w->n_gone, arena_str(&w->loaded, mark->name));
}

static bool load(struct writer *w, struct loading *l, struct err *err)
{
    const struct store_visitor visitor = {
        .context = l,
        .feed = load_feed,
        .silence = load_silence,
        .story = load_story,
        .throttle = load_throttle,
        .held = load_held,
        .receiver = load_receiver,
    };
    struct store_facts facts = {0};
    wall_t now = clock_now(w->threads->clock).wall;
    if (!store_load(w->store, &visitor, wall_add(now, -(int64_t)STORY_ROWS_SINCE_MS), &facts, err))
        return false;
    w->decide.next_seq = facts.next_seq;
    w->decide.started = now;
    w->decide.down_from = facts.closed.ms ? facts.closed : facts.heartbeat;
    w->asked_until = facts_asked_until(&facts, now);
    w->price_nano = facts.price_nano;
    return true;
}

struct writer *writer_open(const struct threads *threads, struct store *store, struct config *config, uint64_t seed,
                           void (*on_feed)(void *context, const struct store_feed *feed), void *context,
                           struct err *err)
{
    struct writer *w = mem_alloc(sizeof *w);
    w->threads = threads;
    w->store = store;
    w->config = config;
    w->alarm_ms = ALARM_NONE;
    arena_init(&w->loaded, 1 << 20);
    pthread_mutex_init(&w->lock, NULL);
    queue_init(&w->queue, threads->clock, WRITER_QUEUE_BYTES, NULL, NULL);
    w->decide = (struct decide_state){
        .secret = store_secret(store),
        .throttles = throttle_open(seed),
        .silences = silence_list_open(),
        .stories = story_window_open(0, seed),
    };
    struct loading l = {.writer = w, .on_feed = on_feed, .context = context};
    w->side = store_side_open(store, err);
    if (!w->side || !load(w, &l, err)) {
        writer_close(w);
        return NULL;
    }
    return w;
}

// ---- the thread ----

static void note_failure(struct writer *w, bool is_failing, const struct err *err)
{
    bool was = w->is_failing;
    pthread_mutex_lock(&w->lock);
    if (is_failing && !was)
        w->failing_since = clock_now(w->threads->clock).wall;
    w->is_failing = is_failing;
    if (err)
        w->failure = *err;
    pthread_mutex_unlock(&w->lock);
    if (is_failing && !was)
        log_say(w->threads->log, LOG_LEVEL_ERROR, MESSAGE_STORE_TROUBLE,
                "the store cannot be written: %s; nothing is dropped, polls stop when the queue is full, it is tried "
                "again", err->text);
    else if (was && !is_failing)
        log_say(w->threads->log, LOG_LEVEL_NOTICE, NULL, "the store can be written again");
}

static void sleep_ms(int64_t ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}

// No waiting helps: the daemon stops, and its next start repairs what can be repaired.
static void lose_store(struct writer *w, const struct err *err)
{
    w->is_lost = true;
    log_say(w->threads->log, LOG_LEVEL_ERROR, MESSAGE_STORE_TROUBLE,
            "the store cannot be used any more: %s; stopping, the next start looks at it", err->text);
    struct job *job = mem_alloc(sizeof *job);
    job->run = w->threads->on_store_lost;
    queue_push(w->threads->main, &job->message);
}

// Commits, again and again while the trouble may pass. False: given up because the daemon stops, or must.
static bool commit(struct writer *w, const struct store_batch *batch)
{
    int64_t pause = WRITER_BACKOFF_MS, waited_closing = 0;
    while (!w->is_lost) {
        struct err err = {0};
        enum store_result result = store_commit(w->store, batch, &err);
        if (result == STORE_OK) {
            metric_add(w->threads->metrics, METRIC_COMMITS, 1);
            if (w->is_failing)
                note_failure(w, false, NULL);
            return true;
        }
        metric_add(w->threads->metrics, METRIC_COMMITS_LATER, 1);
        if (result == STORE_LATER)
            note_failure(w, true, &err);
        else
            lose_store(w, &err);
        if (w->is_lost || (queue_is_closed(&w->queue) && waited_closing >= WRITER_GIVE_UP_MS))
            return false;
        sleep_ms(pause);
        waited_closing += queue_is_closed(&w->queue) ? pause : 0;
        pause = pause * 2 < WRITER_BACKOFF_MS_MAX ? pause * 2 : WRITER_BACKOFF_MS_MAX;
    }
    return false;
}

static void tell_delivery(struct writer *w)
{
    struct message *m = mem_alloc(sizeof *m);
    m->kind = DELIVERY_NEWS;
    queue_push(w->threads->delivery, m);
}

// After the commit: everything goes on its way. Polls that were given up go too, and are repeated. What became of a
// delivery does not, as it is not durable: its row stays where it is, and counts against what a crash may double.
static void hand_on(struct writer *w, struct message *list, const struct writing *t, bool is_committed)
{
    if (is_committed) {
        for (size_t i = 0; i < t->batch.n_alerts; i++)
            if (t->to_log[i])
                log_alert(w->threads->log, &t->batch.alerts[i]);
        metric_add(w->threads->metrics, METRIC_ALERTS, t->batch.n_alerts);
        metric_add(w->threads->metrics, METRIC_COMMITTED_POLLS, t->batch.n_feeds);
        if (t->batch.n_deliveries)
            tell_delivery(w);
    }
    for (struct message *m = list, *next; m; m = next) {
        next = m->next;
        size_t bytes = m->bytes;
        switch ((enum writer_message)m->kind) {
        case WRITER_WORK: {
            struct work *work = (struct work *)m;
            work->is_committed = is_committed;
            m->kind = WORKER_DONE;
            queue_push(&worker_loop(work->worker)->inbox, m);
            break;
        }
        case WRITER_NOTE:
            if (is_committed) {
                m->kind = DELIVERY_NOTED;
                queue_push(w->threads->delivery, m);
            } else {
                arena_done(&((struct writer_note *)m)->arena);
                mem_free(m);
            }
            break;
        case WRITER_DUES:
            mem_free(((struct writer_dues *)m)->list);
            mem_free(m);
            break;
        case WRITER_TICK:
            mem_free(m);
            break;
        }
        queue_handled(&w->queue, bytes);
    }
}

// A clock that is set back makes nothing wait longer: digests are due as much earlier. One that is put on is left to
// bring them at once: it had stood, most often with the whole of a virtual machine.
static void follow_clock(struct writer *w, struct now now)
{
    int64_t ahead_ms = now.wall.ms - now.mono.ms, step_ms = ahead_ms - w->wall_ahead_ms;
    if (w->wall_ahead_ms && step_ms > -SECOND_MS && step_ms < SECOND_MS)
        return;
    if (w->wall_ahead_ms && step_ms < 0)
        throttle_shift(w->decide.throttles, step_ms);
    w->wall_ahead_ms = ahead_ms;
}

static void set_alarm(struct writer *w, struct now now)
{
    follow_clock(w, now);
    struct str rule, receiver;
    wall_t due;
    int64_t at = ALARM_NONE;
    if (throttle_next_digest(w->decide.throttles, &rule, &receiver, &due))
        at = now.mono.ms + (due.ms > now.wall.ms ? due.ms - now.wall.ms : 0);
    __atomic_store_n(&w->alarm_ms, at, __ATOMIC_RELEASE);
}

// A failure leaves them in the store until the next start reads them, and they are dropped again.
static void forget_silences(struct writer *w, wall_t now)
{
    struct err err = {0};
    struct arena a;
    uint64_t *ids;
    arena_init(&a, SILENCES_MAX * 64);
    struct store_batch batch = {.now = now};
    batch.n_silences_removed = silence_list_prune(w->decide.silences, now, &a, &ids);
    batch.silences_removed = ids;
    if (batch.n_silences_removed && store_commit(w->store, &batch, &err) != STORE_OK)
        log_say(w->threads->log, LOG_LEVEL_WARNING, NULL, "ended silences were not forgotten: %s", err.text);
    arena_done(&a);
}

static void prune(struct writer *w, wall_t now)
{
    if (now.ms < w->next_prune.ms)
        return;
    struct err err = {0};
    size_t n = 0;
    if (store_prune(w->store, now, w->config->retention_ms, HISTORY_PRUNE_ROWS, &n, &err) != STORE_OK)
        log_say(w->threads->log, LOG_LEVEL_WARNING, NULL, "old history was not pruned: %s", err.text);
    forget_silences(w, now);
    w->next_prune = wall_add(now, n >= HISTORY_PRUNE_ROWS ? history_prune_more_ms : history_prune_ms);
}

static void write_all(struct writer *w, struct message *list, struct now now)
{
    struct writing t;
    struct err err = {0};
    if (!writing_begin(w, &t, now.wall, &err))
        log_say(w->threads->log, LOG_LEVEL_WARNING, NULL, "a digest waits: %s", err.text);
    for (struct message *m = list; m; m = m->next) {
        switch ((enum writer_message)m->kind) {
        case WRITER_WORK:
            writing_add_work(w, &t, (struct work *)m, now.wall);
            break;
        case WRITER_NOTE:
            writing_add_note(w, &t, (struct writer_note *)m, now.wall);
            break;
        case WRITER_DUES:
            writing_add_dues(&t, (struct writer_dues *)m);
            break;
        case WRITER_TICK:
            break;
        }
    }
    writing_close(w, &t, now.wall);
    bool has_content = t.batch.n_feeds || t.batch.n_alerts || t.batch.n_steps || t.batch.n_receivers ||
                       t.batch.n_dues || t.batch.n_silences;
    bool is_committed = !has_content || commit(w, &t.batch);
    if (!is_committed)
        store_give_up(w->store);
    hand_on(w, list, &t, is_committed);
    arena_done(&t.arena);
}

// Writes what has come as one transaction, or as several where a job stands between: it sees what came before it, and
// what it changes (a feed removed by hand) is not undone by a poll that was there first.
static void handle(struct writer *w, struct message *list)
{
    while (list) {
        struct message *batch = list, **end = &batch;
        while (*end && (*end)->kind != JOB)
            end = &(*end)->next;
        struct job *job = (struct job *)*end;
        *end = NULL;
        if (batch)
            write_all(w, batch, clock_now(w->threads->clock));
        list = job ? job->message.next : NULL;
        if (!job)
            continue;
        size_t bytes = job->message.bytes;
        job->run(job, w, clock_now(w->threads->clock));
        queue_handled(&w->queue, bytes);
    }
}

// How long to wait for messages: until a digest is due.
static int wait_of(const struct writer *w)
{
    int64_t at = writer_alarm_ms(w);
    if (at == ALARM_NONE || w->threads->clock->is_stepped)
        return -1;
    int64_t wait = at - clock_now(w->threads->clock).mono.ms;
    return wait <= 0 ? 0 : wait > HOUR_MS ? HOUR_MS : (int)wait;
}

static void *writer_main(void *context)
{
    struct writer *w = context;
    thread_begin("fw-writer");
    for (bool is_over = false; !is_over;) {
        struct message *list = queue_take_all(&w->queue, wait_of(w));
        is_over = !list && queue_is_over(&w->queue);
        handle(w, list);
        struct now now = clock_now(w->threads->clock);
        if (writer_alarm_ms(w) <= now.mono.ms)
            write_all(w, NULL, now);
        set_alarm(w, now);
        if (!is_over)
            prune(w, now.wall);
    }
    return NULL;
}

void writer_start(struct writer *w)
{
    set_alarm(w, clock_now(w->threads->clock));
    int failed = pthread_create(&w->thread, NULL, writer_main, w);
    assert(!failed);
    w->is_started = true;
}

void writer_stop(struct writer *w)
{
    if (!w || !w->is_started)
        return;
    queue_close(&w->queue);
    pthread_join(w->thread, NULL);
    w->is_started = false;
}

void writer_close(struct writer *w)
{
    if (!w)
        return;
    store_side_close(w->side);
    store_close(w->store);
    throttle_close(w->decide.throttles);
    silence_list_close(w->decide.silences);
    story_window_close(w->decide.stories);
    queue_done(&w->queue);
    pthread_mutex_destroy(&w->lock);
    config_unref(w->config);
    arena_done(&w->loaded);
    mem_free(w);
}

struct str writer_gone(const struct writer *w, size_t i) { return i < w->n_gone ? w->gone[i] : (struct str){0}; }

struct queue *writer_queue(struct writer *w) { return &w->queue; }

wall_t writer_asked_until(const struct writer *w) { return w->asked_until; }
uint64_t writer_price_nano(const struct writer *w) { return w->price_nano; }

int64_t writer_alarm_ms(const struct writer *w) { return __atomic_load_n(&w->alarm_ms, __ATOMIC_ACQUIRE); }

bool writer_is_failing(const struct writer *writer, wall_t *out_since, char *out_text, size_t n)
{
    struct writer *w = (struct writer *)(uintptr_t)writer;
    pthread_mutex_lock(&w->lock);
    bool is_failing = w->is_failing;
    *out_since = w->failing_since;
    snprintf(out_text, n, "%s", w->failure.text);
    pthread_mutex_unlock(&w->lock);
    return is_failing;
}

struct store *writer_store(struct writer *w) { return w->store; }
struct decide_state *writer_decide(struct writer *w) { return &w->decide; }
const struct config *writer_config(const struct writer *w) { return w->config; }

void writer_take_config(struct writer *w, struct config *config)
{
    struct config *old = w->config;
    w->config = config;
    config_unref(old);
}
