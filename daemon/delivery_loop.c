// SPDX-License-Identifier: MIT
#include "daemon/delivery_loop.h"

#include <assert.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/delivery_parts.h"
#include "daemon/history.h"

enum { REFILL_AT = DELIVERY_WINDOW / 2 }; // rows left in a window when more are asked for
enum { READ_AGAIN_MS = SECOND_MS };       // after a reading that failed

static void turn(void *owner, struct message *list, struct now now);

static struct receiver *receiver_find(const struct delivery_loop *d, struct str name)
{
    for (struct receiver *r = d->receivers; r; r = r->next)
        if (str_eq(str_make(r->name, r->n_name), name))
            return r;
    return NULL;
}

static struct receiver *receiver_add(struct delivery_loop *d, struct str name)
{
    struct receiver *r = mem_alloc(sizeof *r + name.n + 1);
    r->loop = d;
    r->file = -1;
    r->may_have_more = true; // what an earlier life left
    r->n_name = name.n;
    memcpy(r->name, name.p, name.n);
    r->next = d->receivers;
    d->receivers = r;
    return r;
}

static void close_file(struct receiver *r)
{
    if (r->file >= 0)
        close(r->file);
    r->file = -1;
}

// The configuration before this one is still there, and says which files were open under which path.
static void tie_receivers(struct delivery_loop *d)
{
    const wall_t now = clock_now(d->threads->clock).wall;
    for (struct receiver *r = d->receivers; r; r = r->next) {
        const struct config_receiver *c = config_receiver_find(d->config, str_make(r->name, r->n_name));
        if (r->file >= 0 && (!c || c->kind != RECEIVER_FILE || strcmp(c->path, r->config->path) != 0))
            close_file(r);
        r->config = NULL;
    }
    for (size_t i = 0; i < d->config->n_receivers; i++) {
        const struct config_receiver *c = &d->config->receivers[i];
        if (c->kind == RECEIVER_SYSLOG)
            continue;
        struct receiver *r = receiver_find(d, c->name);
        if (!r)
            r = receiver_add(d, c->name);
        r->config = c;
        if (!c->is_off)
            r->off_since = (wall_t){0};
        else if (!r->off_since.ms)
            r->off_since = now;
    }
}

struct delivery_loop *delivery_open(const struct threads *threads, struct config *config, uint64_t seed,
                                    struct err *err)
{
    struct delivery_loop *d = mem_alloc(sizeof *d);
    d->threads = threads;
    d->config = config;
    rng_init(&d->rng, seed);
    loop_init(&d->loop, threads->clock, SIZE_MAX, turn, d);
    struct http_options options = {
        .user_agent = "feedwatchd/" FEEDWATCH_VERSION,
        .ca = config->ca,
        .connections_max = 256,
    };
    d->http = http_open(&d->loop.uv, &options, err);
    if (!d->http)
        return NULL;
    tie_receivers(d);
    return d;
}

struct loop *delivery_uv(struct delivery_loop *d) { return &d->loop; }

void delivery_disable(struct delivery_loop *d, struct str name)
{
    struct receiver *r = receiver_find(d, name);
    if (!r)
        r = receiver_add(d, name);
    r->is_disabled = true;
}

void delivery_enable(struct delivery_loop *d, struct str name)
{
    struct receiver *r = receiver_find(d, name);
    if (r)
        r->is_disabled = false;
}

// ---- the window ----

static void drop_row(struct row *row)
{
    struct receiver *r = row->receiver;
    if (row->prev)
        row->prev->next = row->next;
    else
        r->first = row->next;
    if (row->next)
        row->next->prev = row->prev;
    else
        r->last = row->prev;
    r->n_rows--;
    buf_done(&row->answer);
    arena_done(&row->arena);
    mem_free(row);
}

// Due times are of wall time, waiting is of monotonic time: a clock that jumps delays nothing that waits. What was
// noted under a clock that ran ahead waits from now as it did from then; a longer wait than there is is over.
static mono_t moment_of(const struct delivery *row, struct now now)
{
    wall_t noted = row->first_try.ms ? row->first_try : row->queued;
    int64_t wait_ms = wall_diff(row->due, noted.ms > now.wall.ms ? noted : now.wall);
    return wait_ms < 0 || wait_ms > RETRY_PAUSE_MS_MAX ? now.mono : mono_add(now.mono, wait_ms);
}

static void add_row(struct receiver *r, const struct outbox_row *from, struct now now)
{
    struct row *row = mem_alloc(sizeof *row);
    arena_init(&row->arena, SIZE_MAX);
    row->receiver = r;
    row->delivery = from->delivery;
    row->delivery.receiver = str_make(r->name, r->n_name);
    row->delivery.rule = arena_str(&row->arena, from->delivery.rule);
    row->delivery.format = arena_str(&row->arena, from->delivery.format);
    row->due = moment_of(&from->delivery, now);
    row->kind = from->kind;
    row->body = arena_str(&row->arena, from->body);
    buf_init(&row->answer, DELIVERY_REASON_BYTES);
    struct row *before = r->last;
    while (before && before->delivery.row > from->delivery.row)
        before = before->prev;
    row->prev = before;
    row->next = before ? before->next : r->first;
    if (row->prev)
        row->prev->next = row;
    else
        r->first = row;
    if (row->next)
        row->next->prev = row;
    else
        r->last = row;
    r->n_rows++;
}

// Rows that are not due would hide those behind them: the latest of them are left to a later reading.
static void pass_over(struct receiver *r, mono_t now)
{
    if (r->config && r->config->is_strict)
        return;
    for (struct row *row = r->last, *prev; row && r->n_rows > REFILL_AT; row = prev) {
        prev = row->prev;
        if (row->state != ROW_IDLE || row->due.ms <= now.ms)
            continue;
        if (!r->has_passed_over || row->due.ms < r->again.ms)
            r->again = row->due;
        r->has_passed_over = true;
        drop_row(row);
    }
}

static void read_rows(struct job *job, void *owner, struct now now)
{
    (void)now;
    struct delivery_rows *ask = (struct delivery_rows *)job;
    struct history_thread *h = owner;
    ask->failed = !store_outbox(history_side(h), ask->name, ask->after, ask->n_asked, &ask->arena, &ask->rows,
                                &ask->n, &ask->err);
    ask->job.message.kind = DELIVERY_ROWS;
    ask->job.message.bytes = ask->arena.bytes;
    queue_push(ask->receiver->loop->threads->delivery, &ask->job.message);
}

static void read_from_start(struct receiver *r)
{
    r->has_passed_over = false;
    r->after = 0;
    r->may_have_more = true;
    r->is_outdated = r->is_asking;
}

static void ask_for_rows(struct receiver *r)
{
    struct delivery_rows *ask = mem_alloc(sizeof *ask);
    ask->job.run = read_rows;
    ask->receiver = r;
    ask->name = str_make(r->name, r->n_name);
    ask->after = r->after;
    ask->n_asked = DELIVERY_WINDOW - r->n_rows;
    for (const struct row *row = r->first; row; row = row->next)
        ask->known[ask->n_known++] = row->delivery.row;
    arena_init(&ask->arena, SIZE_MAX);
    r->is_asking = true;
    r->may_have_more = false; // news that come while it reads set it again
    queue_push(r->loop->threads->history, &ask->job.message);
}

// One reading at a time: what it brings moves `after`, so nothing else may meanwhile.
static void refill(struct receiver *r, struct now now)
{
    if (r->is_asking)
        return;
    if (r->has_passed_over && r->again.ms <= now.mono.ms)
        read_from_start(r);
    if (!r->may_have_more || now.mono.ms < r->no_reading_before.ms)
        return;
    pass_over(r, now.mono);
    if (r->n_rows <= REFILL_AT)
        ask_for_rows(r);
}

// When to look at the outbox again, if nothing comes before. An answer that is on its way does.
static mono_t next_reading(const struct receiver *r, struct now now)
{
    mono_t again = {ALARM_NONE};
    if (r->is_asking)
        return again;
    if (r->has_passed_over)
        again = r->again;
    bool is_put_off = r->may_have_more && now.mono.ms < r->no_reading_before.ms;
    return is_put_off && r->no_reading_before.ms < again.ms ? r->no_reading_before : again;
}

static bool was_known(const struct delivery_rows *ask, uint64_t number)
{
    for (size_t i = 0; i < ask->n_known; i++)
        if (ask->known[i] == number)
            return true;
    return false;
}

// Tells whether a row of the alert is under way: put back by hand it has a new number, but goes out once. When that
// attempt is noted the outbox is read again.
static bool is_under_way(const struct receiver *r, struct hash128 alert)
{
    for (const struct row *row = r->first; row; row = row->next)
        if (row->state != ROW_IDLE && row->delivery.alert.high == alert.high && row->delivery.alert.low == alert.low)
            return true;
    return false;
}

static void note_reading(struct receiver *r, const struct delivery_rows *ask, struct now now)
{
    if (ask->failed)
        r->no_reading_before = mono_add(now.mono, READ_AGAIN_MS);
    if (ask->failed && !r->is_reading_failing)
        log_say(r->loop->threads->log, LOG_LEVEL_WARNING, NULL,
                "the outbox of receiver=%s cannot be read: %s; it is tried again", r->name, ask->err.text);
    r->is_reading_failing = ask->failed;
}

static void take_rows(struct delivery_rows *ask, struct now now)
{
    struct receiver *r = ask->receiver;
    r->is_asking = false;
    for (size_t i = 0; i < ask->n && !r->is_outdated; i++) {
        uint64_t number = ask->rows[i].delivery.row;
        if (!was_known(ask, number) && !is_under_way(r, ask->rows[i].delivery.alert))
            add_row(r, &ask->rows[i], now);
        if (number > r->after)
            r->after = number;
    }
    if (ask->failed || ask->n == ask->n_asked)
        r->may_have_more = true;
    r->is_outdated = false;
    note_reading(r, ask, now);
    arena_done(&ask->arena);
    mem_free(ask);
}

// ---- what the writer made durable ----

static void take_note(struct writer_note *note, struct now now)
{
    struct row *row = note->row;
    if (row) {
        assert(row->state == ROW_NOTING);
        row->receiver->n_noting--;
        if (row->is_outdated)
            read_from_start(row->receiver);
        if (note->step.state == DELIVERY_WAITING && !row->is_outdated) {
            row->state = ROW_IDLE;
            row->delivery.attempts = note->step.attempts;
            row->delivery.due = note->step.due;
            row->delivery.first_try = note->step.first_try;
            row->due = moment_of(&row->delivery, now);
        } else {
            drop_row(row);
        }
    }
    arena_done(&note->arena);
    mem_free(note);
}

// ---- what to try now ----

// Attempts whose answer is not durable yet are what a crash doubles, whether they still run or wait for the commit.
static bool may_begin(const struct receiver *r)
{
    return r->n_trying < r->config->concurrency && r->n_trying + r->n_noting < DELIVERY_UNRECORDED_MAX;
}

static bool is_off(const struct receiver *r) { return !r->config || r->config->is_off || r->is_disabled; }

// Only an `expire` of the receiver ends what was not tried: 7 days are the end of trying, and after a week in which the
// daemon was down, or with a clock that is days ahead, each row still has its attempt.
static bool is_expired(const struct row *row, wall_t now)
{
    int64_t expire_ms = row->receiver->config->expire_ms;
    return expire_ms > 0 && retry_is_expired(row->delivery.queued, expire_ms, now);
}

// Starts what this receiver may get, oldest first, and says when to look again.
static mono_t serve(struct receiver *r, struct now now)
{
    refill(r, now);
    mono_t again = next_reading(r, now);
    if (is_off(r))
        return again;
    for (struct row *row = r->first; row; row = row->next) {
        bool is_due = row->due.ms <= now.mono.ms;
        if (row->state == ROW_IDLE && is_due && is_expired(row, now.wall)) {
            row_expire(row, now); // asks nothing of the receiver: neither breaker nor order make it wait
            continue;
        }
        if (row->state == ROW_IDLE && is_due && may_begin(r)) {
            if (breaker_ask(&r->breaker, now.mono) == BREAKER_NONE) {
                mono_t until = r->breaker.state == BREAKER_OPEN ? r->breaker.until : (mono_t){ALARM_NONE};
                return until.ms < again.ms ? until : again;
            }
            row_try(row, now);
        } else if (row->state == ROW_IDLE && !is_due) {
            again = row->due.ms < again.ms ? row->due : again;
        }
        if (r->config->is_strict)
            break; // the next one waits until this one is done or dead
    }
    return again;
}

void delivery_go(struct delivery_loop *d, struct now now)
{
    mono_t next = {ALARM_NONE};
    for (struct receiver *r = d->receivers; r && !d->is_quiet; r = r->next) {
        mono_t again = serve(r, now);
        next = again.ms < next.ms ? again : next;
    }
    loop_alarm(&d->loop, next);
}

static void turn(void *owner, struct message *list, struct now now)
{
    struct delivery_loop *d = owner;
    for (struct message *m = list, *next; m; m = next) {
        next = m->next;
        size_t bytes = m->bytes;
        switch (m->kind) {
        case DELIVERY_NOTED:
            take_note((struct writer_note *)m, now);
            break;
        case DELIVERY_NEWS:
            for (struct receiver *r = d->receivers; r; r = r->next)
                r->may_have_more = true;
            mem_free(m);
            break;
        case DELIVERY_ROWS:
            take_rows((struct delivery_rows *)m, now);
            break;
        default:
            ((struct job *)m)->run((struct job *)m, d, now);
        }
        queue_handled(&d->loop.inbox, bytes);
    }
    if (!d->loop.is_stopping)
        delivery_go(d, now);
}

void delivery_take_config(struct delivery_loop *d, struct config *config)
{
    struct config *old = d->config;
    d->config = config;
    tie_receivers(d);
    config_unref(old);
}

void delivery_look(struct delivery_loop *d)
{
    for (struct receiver *r = d->receivers; r; r = r->next) {
        for (struct row *row = r->first, *next; row; row = next) {
            next = row->next;
            if (row->state == ROW_IDLE)
                drop_row(row);
            else
                row->is_outdated = true;
        }
        read_from_start(r);
    }
}

void delivery_reopen_files(struct delivery_loop *d)
{
    for (struct receiver *r = d->receivers; r; r = r->next)
        close_file(r);
}

// Since when it fails: by the attempts of this life, or by those that its rows had in an earlier one.
static wall_t failing_since(const struct receiver *r)
{
    wall_t since = r->failing_since;
    for (const struct row *row = r->first; row && !r->failures && !r->last_ok.ms; row = row->next)
        if (row->delivery.attempts && (!since.ms || row->delivery.first_try.ms < since.ms))
            since = row->delivery.first_try;
    return since;
}

bool delivery_receiver_at(const struct delivery_loop *d, size_t i, struct receiver_view *out)
{
    const struct receiver *r = d->receivers;
    for (; r && i; i--)
        r = r->next;
    if (!r)
        return false;
    *out = (struct receiver_view){
        .name = str_make(r->name, r->n_name),
        .config = r->config,
        .is_disabled = r->is_disabled,
        .is_open = r->breaker.state != BREAKER_CLOSED,
        .in_window = r->n_rows,
        .in_flight = r->n_trying,
        .last_ok = r->last_ok,
        .failing_since = failing_since(r),
        .off_since = r->off_since,
        .failures = r->failures,
        .last_error = str_of(r->last_error),
    };
    return true;
}

void delivery_quiet(struct delivery_loop *d)
{
    d->is_quiet = true;
    loop_alarm(&d->loop, (mono_t){ALARM_NONE});
    for (struct receiver *r = d->receivers; r; r = r->next)
        for (struct row *row = r->first; row; row = row->next)
            if (row->transfer) {
                http_cancel(row->transfer);
                row->transfer = NULL;
                row->state = ROW_IDLE;
                config_unref(row->config);
                clock_end(d->threads->clock);
            }
}

void delivery_end(struct delivery_loop *d)
{
    http_close(d->http);
    d->http = NULL;
    loop_stop(&d->loop);
}

void delivery_close(struct delivery_loop *d)
{
    if (!d)
        return;
    delivery_reopen_files(d);
    for (struct receiver *r = d->receivers, *next; r; r = next) {
        next = r->next;
        while (r->first)
            drop_row(r->first);
        mem_free(r);
    }
    loop_done(&d->loop);
    config_unref(d->config);
    mem_free(d);
}
