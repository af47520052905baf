// SPDX-License-Identifier: MIT
//
// The writer and the deliveries of a simulated daemon.
#include <assert.h>

#include "base/mem.h"
#include "tests/sim/machine_parts.h"

enum { WRITE_MS_MAX = 30, BACKOFF_MS_MAX = 5000, STORM_EVERY_MS = 7 * HOUR_MS, STORM_MS = HOUR_MS };

const char *const receiver_names[RECEIVERS] = {"desk", "far"};

// ---- the writer ---------------------------------------------------------------------------------------------------

static void write_plan(struct machine *m, int64_t ms)
{
    if (m->is_write_planned)
        return;
    m->is_write_planned = true;
    m->host.later(m->host.context, ms, EVENT_WRITE, NULL);
}

void writer_push(struct machine *m, const struct sim_job *job)
{
    if (job) {
        if (m->n_queue == m->room_queue) {
            m->room_queue = m->room_queue ? m->room_queue * 2 : 16;
            m->queue = mem_resize_array(m->queue, m->room_queue, sizeof *m->queue);
        }
        m->queue[m->n_queue++] = *job;
    }
    write_plan(m, 1 + (int64_t)rng_below(&m->rng, WRITE_MS_MAX));
}

// SIM_DOUBLED_ID: ids that depend on the life they were made in.
static void spoil_ids(const struct machine *m, struct outcome *o)
{
    struct candidate *list = (struct candidate *)(uintptr_t)o->decide.candidates;
    for (size_t i = 0; i < o->decide.n_candidates; i++) {
        list[i].id.low ^= m->options.seed;
        for (int k = 0; k < FORMER_IDS; k++)
            list[i].former[k] = list[i].id;
    }
}

static void add_dues(struct machine *m)
{
    wall_t due, polled;
    uint64_t id;
    size_t n = 0;
    m->dues = mem_resize_array(m->dues, m->options.feeds, sizeof *m->dues);
    for (uint32_t i = 0; shard_due_at(m->shard, &i, &id, &due, &polled);)
        m->dues[n++] = (struct feed_due){.feed = id, .due = due, .polled_at = polled};
    writing_add_dues(&m->writing, &(struct writer_dues){.part = 0, .list = m->dues, .n = n,
                                                         .is_clock_back = m->is_clock_back});
    m->is_checkpoint_due = m->is_clock_back = false;
}

// Tells the world what every decided alert is about, before it is durable: a crash may leave it durable unseen.
static void tell_world(struct machine *m)
{
    const struct decision *d = &m->writing.decision;
    for (size_t i = 0; i < d->n_alerts; i++) {
        const struct decided *one = &d->alerts[i];
        if (one->candidate)
            world_decided(m->options.world, one->alert.id, one->alert.rule, one->candidate->article->item->id);
        for (size_t k = 0; k < one->n_held; k++)
            world_digested(m->options.world, one->alert.id, one->held[k].id);
        m->options.result->digests += one->n_held > 0;
        m->options.result->notices += !one->candidate && one->n_held == 0;
    }
}

static void writing_make(struct machine *m)
{
    wall_t now = now_of(m).wall;
    struct err err;
    m->writing_made = true_ms(m);
    bool is_read = writing_begin(&m->writer, &m->writing, now, &err);
    assert(is_read);
    m->n_writing = m->n_queue;
    for (size_t i = 0; i < m->n_writing; i++) {
        const struct sim_job *job = &m->queue[i];
        if (job->poll) {
            struct work work = {.outcome = job->poll->outcome, .config = &m->config};
            if (m->options.bug == SIM_DOUBLED_ID)
                spoil_ids(m, job->poll->outcome);
            writing_add_work(&m->writer, &m->writing, &work, now);
        } else {
            struct writer_note note = {.step = job->row->step, .attempt = job->row->attempt};
            writing_add_note(&m->writer, &m->writing, &note, now);
        }
    }
    if (m->is_checkpoint_due)
        add_dues(m);
    writing_close(&m->writer, &m->writing, now);
    m->has_writing = true;
    tell_world(m);
}

// SIM_LOST_ALERT: marks first, alerts in a transaction of their own, and between them sometimes the end.
static enum store_result commit_in_two(struct machine *m, struct store_batch batch, struct err *err)
{
    struct store_batch marks = {.now = batch.now, .feeds = batch.feeds, .n_feeds = batch.n_feeds};
    batch.n_feeds = 0;
    enum store_result result = store_commit(m->writer.store, &marks, err);
    if (result == STORE_OK && batch.n_deliveries > 0 && rng_unit(&m->rng) < 0.05) {
        memory_disk_fault(m->options.disk, MEMORY_CRASH_BEFORE, 1, 1);
        result = store_commit(m->writer.store, &batch, err);
        return result;
    }
    return result == STORE_OK ? store_commit(m->writer.store, &batch, err) : result;
}

static void row_add(struct machine *m, const struct delivery *d, struct str body)
{
    struct sim_row *row = mem_alloc(sizeof *row), **at = &m->rows;
    arena_init(&row->arena, 1 << 20);
    row->delivery = *d;
    row->delivery.receiver = arena_str(&row->arena, d->receiver);
    row->delivery.rule = arena_str(&row->arena, d->rule);
    row->delivery.format = arena_str(&row->arena, d->format);
    row->body = arena_str(&row->arena, body);
    row->receiver = str_eq(d->receiver, str_of(receiver_names[0])) ? 0 : 1;
    while (*at)
        at = &(*at)->next;
    *at = row;
    m->n_rows++;
}

static void rows_add(struct machine *m)
{
    const struct store_batch *b = &m->writing.batch;
    for (size_t i = 0; i < b->n_deliveries; i++) {
        const struct delivery *d = &b->deliveries[i];
        for (size_t k = 0; d->state == DELIVERY_WAITING && k < b->n_alerts; k++)
            if (b->alerts[k].id.high == d->alert.high && b->alerts[k].id.low == d->alert.low)
                row_add(m, d, b->alerts[k].body);
    }
}

static void row_free(struct machine *m, struct sim_row *row)
{
    struct sim_row **at = &m->rows;
    while (*at != row)
        at = &(*at)->next;
    *at = row->next;
    m->n_rows--;
    arena_done(&row->arena);
    mem_free(row);
}

static void row_noted(struct machine *m, struct sim_row *row)
{
    row->is_busy = false;
    row->delivery.attempts = row->step.attempts;
    row->delivery.first_try = row->step.first_try;
    row->delivery.due = row->step.due;
    if (row->step.state != DELIVERY_WAITING)
        row_free(m, row);
}

// The jobs of the write are done with: it is durable, or this life is over.
static void writing_end(struct machine *m, bool is_committed)
{
    if (is_committed && !m->is_dead)
        rows_add(m);
    for (size_t i = 0; i < m->n_writing; i++) {
        if (m->queue[i].poll)
            poll_done(m, m->queue[i].poll, is_committed);
        else if (!m->is_dead)
            row_noted(m, m->queue[i].row);
    }
    m->n_queue -= m->n_writing;
    if (m->n_queue > 0)
        memmove(m->queue, m->queue + m->n_writing, m->n_queue * sizeof *m->queue);
    m->n_writing = 0;
    arena_done(&m->writing.arena);
    m->has_writing = false;
}

void writer_write(struct machine *m)
{
    struct err err;
    m->is_write_planned = false;
    if (!m->has_writing)
        writing_make(m);
    uint64_t before = memory_disk_commits(m->options.disk);
    enum store_result result = m->options.bug == SIM_LOST_ALERT
                                   ? commit_in_two(m, m->writing.batch, &err)
                                   : store_commit(m->writer.store, &m->writing.batch, &err);
    m->host.trace(m->host.context, "commit feeds %zu alerts %zu deliveries %zu steps %zu: %d", m->writing.batch.n_feeds,
                  m->writing.batch.n_alerts, m->writing.batch.n_deliveries, m->writing.batch.n_steps, (int)result);
    m->options.result->commits += result == STORE_OK;
    m->options.result->commits_failed += result != STORE_OK;
    m->is_stuck = result == STORE_LATER;
    if (result == STORE_LATER) {
        m->pause_ms = m->pause_ms ? m->pause_ms * 2 : 100;
        m->pause_ms = m->pause_ms < BACKOFF_MS_MAX ? m->pause_ms : BACKOFF_MS_MAX;
        write_plan(m, m->pause_ms);
        m->up_since = true_ms(m);
        return;
    }
    m->pause_ms = 0;
    m->is_dead = result != STORE_OK;
    bool is_durable = result == STORE_OK || memory_disk_commits(m->options.disk) > before;
    if (is_durable)
        m->heartbeat = m->writing_made;
    writing_end(m, is_durable);
    if (m->n_queue > 0 && !m->is_dead)
        write_plan(m, 1);
}

void writer_free(struct machine *m)
{
    if (m->has_writing)
        arena_done(&m->writing.arena);
    for (size_t i = 0; i < m->n_queue; i++) {
        if (m->queue[i].poll) {
            outcome_free(m->queue[i].poll->outcome);
            mem_free(m->queue[i].poll);
        }
    }
    mem_free(m->queue);
    mem_free(m->dues);
}

// ---- deliveries ---------------------------------------------------------------------------------------------------

void outbox_load(struct machine *m)
{
    for (unsigned i = 0; i < RECEIVERS; i++) {
        struct arena a;
        struct outbox_row *rows;
        size_t n;
        struct err err;
        arena_init(&a, 1 << 30);
        bool is_read = store_outbox(m->writer.side, str_of(receiver_names[i]), 0, SIZE_MAX, &a, &rows, &n, &err);
        assert(is_read);
        for (size_t k = 0; k < n; k++)
            row_add(m, &rows[k].delivery, rows[k].body);
        arena_done(&a);
    }
}

// What the receiver makes of an attempt: its status, 0 for no answer. *out_accepted where the answer alone was lost.
static uint16_t receiver_answer(struct machine *m, struct sim_row *row, bool *out_accepted)
{
    double dice = rng_unit(&m->rng);
    bool is_storm = row->receiver == 1 && true_ms(m) % STORM_EVERY_MS < STORM_MS;
    row->retry_after_ms = -1;
    *out_accepted = true;
    if (m->options.are_receivers_well || (dice >= 0.25 && !is_storm))
        return 204;
    if (dice < 0.05)
        return 0; // the answer was lost on its way
    *out_accepted = false;
    if (dice < 0.08)
        return 0; // a reset, a time-out
    if (dice < 0.12)
        row->retry_after_ms = (int64_t)rng_below(&m->rng, HOUR_MS);
    return dice < 0.2 ? 503 : 429;
}

static void row_try(struct machine *m, struct sim_row *row)
{
    bool is_accepted;
    row->is_busy = true;
    m->in_flight[row->receiver]++;
    m->options.result->attempts++;
    row->status = receiver_answer(m, row, &is_accepted);
    if (is_accepted)
        world_delivered(m->options.world, row->delivery.alert, row->body, moment_of(m));
    m->host.trace(m->host.context, "post %016llx to %u: %u%s", (unsigned long long)row->delivery.alert.low,
                  row->receiver, row->status, is_accepted ? " accepted" : "");
    m->host.later(m->host.context, 1 + (int64_t)rng_below(&m->rng, 500), EVENT_POSTED, row);
}

void outbox_posted(struct machine *m, struct sim_row *row)
{
    struct now now = now_of(m);
    struct delivery *d = &row->delivery;
    wall_t first = d->first_try.ms ? d->first_try : now.wall;
    struct retry_try try = {.attempt = d->attempts + 1, .status = row->status, .retry_after_ms = row->retry_after_ms,
                            .now = now.wall, .queued = d->queued, .first_try = first};
    struct retry_decision decision = retry_decide(&try, &m->rng);
    m->in_flight[row->receiver]--;
    breaker_note(&m->breakers[row->receiver], row->status >= 200 && row->status < 300, now.mono, &m->rng);
    row->step = (struct delivery_step){
        .alert = d->alert,
        .receiver = d->receiver,
        .state = decision.verdict == RETRY_DONE    ? DELIVERY_DONE
                 : decision.verdict == RETRY_LATER ? DELIVERY_WAITING
                                                   : DELIVERY_DEAD,
        .attempts = d->attempts + 1,
        .due = decision.verdict == RETRY_LATER ? decision.due : now.wall,
        .first_try = first,
    };
    row->attempt = (struct attempt){.alert = d->alert, .receiver = d->receiver, .number = d->attempts + 1,
                                    .at = now.wall, .took_ms = 10, .status = row->status};
    writer_push(m, &(struct sim_job){.row = row});
}

void outbox_go(struct machine *m)
{
    struct now now = now_of(m);
    bool is_closed[RECEIVERS] = {false};
    for (struct sim_row *row = m->rows; row; row = row->next) {
        unsigned r = row->receiver;
        if (row->is_busy || is_closed[r] || row->delivery.due.ms > now.wall.ms)
            continue;
        if (m->in_flight[r] >= RECEIVER_AT_ONCE || breaker_ask(&m->breakers[r], now.mono) == BREAKER_NONE)
            is_closed[r] = true;
        else
            row_try(m, row);
    }
}

int64_t outbox_next(const struct machine *m)
{
    struct now now = now_of(m);
    int64_t next = INT64_MAX;
    for (const struct sim_row *row = m->rows; row; row = row->next) {
        if (row->is_busy || m->in_flight[row->receiver] >= RECEIVER_AT_ONCE)
            continue; // its own event, or that of those in flight, comes first
        int64_t wait = wall_diff(row->delivery.due, now.wall);
        int64_t at = now.mono.ms + (wait > 0 ? wait : 0);
        const struct breaker *b = &m->breakers[row->receiver];
        if (b->state == BREAKER_PROBING)
            continue;
        if (b->state == BREAKER_OPEN && b->until.ms > at)
            at = b->until.ms;
        next = at < next ? at : next;
    }
    return next;
}

void outbox_free(struct machine *m)
{
    while (m->rows)
        row_free(m, m->rows);
}
