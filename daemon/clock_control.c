// SPDX-License-Identifier: MIT
//
// The stepped clock's descriptor, on main's loop: the protocol of daemon/clock.h. One request is under way at a time;
// `idle` and `run` wait for idleness, which any thread may bring about and which main is then woken for.
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/daemon_parts.h"

enum asked { ASKED_NOTHING, ASKED_IDLE, ASKED_RUN };

struct clock_control {
    struct daemon *d;
    uv_pipe_t pipe;
    struct buf in;
    enum asked asked;
    int64_t left_ms; // of ASKED_RUN
    bool is_closing;
};

enum { LINE_BYTES_MAX = 4096 };

static void on_closed(uv_handle_t *handle)
{
    struct clock_control *c = handle->data;
    buf_done(&c->in);
    mem_free(c);
}

static void answer(struct clock_control *c, const char *text)
{
    uv_buf_t out = uv_buf_init((char *)(uintptr_t)text, (unsigned)strlen(text));
    uv_try_write((uv_stream_t *)&c->pipe, &out, 1);
}

static void answer_ok(struct clock_control *c)
{
    char text[64];
    snprintf(text, sizeof text, "ok %lld\n", (long long)clock_now(&c->d->clock).wall.ms);
    answer(c, text);
}

static int64_t next_alarm(const struct daemon *d)
{
    int64_t next = writer_alarm_ms(d->writer);
    int64_t delivery = loop_alarm_ms(delivery_uv(d->delivery));
    next = delivery < next ? delivery : next;
    for (uint32_t i = 0; i < d->n_workers; i++) {
        int64_t worker = loop_alarm_ms(worker_loop(d->workers[i]));
        next = worker < next ? worker : next;
    }
    return next;
}

static void step(struct clock_control *c, int64_t wall_ms, int64_t mono_ms)
{
    clock_step(&c->d->clock, wall_ms, mono_ms);
    daemon_wake_threads(c->d);
}

// Goes on with `run` or ends what waits; called when something has become idle.
static void go_on(struct clock_control *c)
{
    while (c->asked != ASKED_NOTHING && clock_is_idle(&c->d->clock)) {
        int64_t now = clock_now(&c->d->clock).mono.ms;
        int64_t alarm = next_alarm(c->d);
        if (alarm <= now) { // due already: a turn that was not asked for yet
            step(c, 0, 0);
            continue;
        }
        if (c->asked == ASKED_IDLE) {
            char text[64];
            snprintf(text, sizeof text, alarm == ALARM_NONE ? "idle -\n" : "idle %lld\n", (long long)(alarm - now));
            c->asked = ASKED_NOTHING;
            answer(c, text);
        } else if (c->left_ms <= 0) {
            c->asked = ASKED_NOTHING;
            answer_ok(c);
        } else {
            int64_t ms = alarm - now < c->left_ms ? alarm - now : c->left_ms;
            c->left_ms -= ms;
            step(c, ms, ms);
        }
    }
}

void clock_control_turn(struct clock_control *c) { go_on(c); }

static void obey(struct clock_control *c, struct str line)
{
    struct str rest = line;
    struct str word = str_cut(&rest, ' ');
    int64_t ms = 0;
    bool has_ms = str_to_i64(rest, &ms);
    if (c->asked != ASKED_NOTHING) {
        answer(c, "error the last request is not answered yet\n");
    } else if (str_eq(word, S("now"))) {
        answer_ok(c);
    } else if (str_eq(word, S("advance")) && has_ms && ms >= 0) {
        step(c, ms, ms);
        answer_ok(c);
    } else if (str_eq(word, S("wall")) && has_ms) {
        step(c, ms, 0);
        answer_ok(c);
    } else if (str_eq(word, S("idle"))) {
        c->asked = ASKED_IDLE;
    } else if (str_eq(word, S("run")) && has_ms && ms >= 0) {
        c->asked = ASKED_RUN;
        c->left_ms = ms;
    } else {
        answer(c, "error expected now, advance MS, wall MS, idle or run MS\n");
    }
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    (void)suggested;
    struct clock_control *c = handle->data;
    char *room = buf_room(&c->in, LINE_BYTES_MAX / 4);
    *out = uv_buf_init(room, room ? LINE_BYTES_MAX / 4 : 0);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
    (void)bytes;
    struct clock_control *c = stream->data;
    if (n < 0) {
        daemon_stop(c->d);
        return;
    }
    buf_wrote(&c->in, (size_t)n);
    struct str rest = buf_str(&c->in);
    for (size_t end; (end = str_find_char(rest, '\n')) < rest.n; rest = str_from(rest, end + 1))
        obey(c, str_head(rest, end));
    char tail[LINE_BYTES_MAX];
    size_t left = rest.n;
    if (left)
        memcpy(tail, rest.p, left);
    buf_reset(&c->in);
    buf_add(&c->in, str_make(tail, left));
    go_on(c);
}

struct clock_control *clock_control_open(struct daemon *d, int fd)
{
    struct clock_control *c = mem_alloc(sizeof *c);
    c->d = d;
    buf_init(&c->in, LINE_BYTES_MAX);
    uv_pipe_init(&d->loop.uv, &c->pipe, 0);
    c->pipe.data = c;
    uv_pipe_open(&c->pipe, fd);
    uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read);
    return c;
}

void clock_control_close(struct clock_control *c)
{
    if (!c)
        return;
    c->asked = ASKED_NOTHING;
    uv_close((uv_handle_t *)&c->pipe, on_closed);
}
