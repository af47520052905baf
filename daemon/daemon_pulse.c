// SPDX-License-Identifier: MIT
//
// What main looks at again and again: whether every thread makes progress (the service manager's watchdog), and with
// --once whether all is done.
#include "base/mem.h"
#include "daemon/daemon_parts.h"
#include "daemon/notify.h"

enum { PULSE_MS = 2000, PULSE_ONCE_MS = 100 };

static void pong(struct job *job, void *owner, struct now now)
{
    (void)owner, (void)now;
    uint32_t *pongs = *(uint32_t **)(void *)(job + 1);
    __atomic_add_fetch(pongs, 1, __ATOMIC_RELAXED);
    mem_free(job);
}

static void ping(struct daemon *d, struct queue *q)
{
    struct job *job = mem_alloc(sizeof *job + sizeof(uint32_t *));
    job->run = pong;
    *(uint32_t **)(void *)(job + 1) = &d->pongs;
    d->pings++;
    queue_push(q, &job->message);
}

static void ping_all(struct daemon *d)
{
    d->pings = 0;
    __atomic_store_n(&d->pongs, 0, __ATOMIC_RELAXED);
    ping(d, d->threads.writer);
    ping(d, d->threads.delivery);
    ping(d, d->threads.history);
    ping(d, d->threads.keeper);
    for (uint32_t i = 0; i < d->n_workers; i++)
        ping(d, &worker_loop(d->workers[i])->inbox);
}

// Every thread answered the last round: it has made progress. A writer that waits for a full disk is alive too: it
// says so by itself, and a restart would not help.
static void on_pulse(uv_timer_t *timer)
{
    struct daemon *d = timer->data;
    wall_t since;
    char text[8];
    bool all = __atomic_load_n(&d->pongs, __ATOMIC_RELAXED) >= d->pings;
    bool is_waiting_for_disk = writer_is_failing(d->writer, &since, text, sizeof text);
    if (all || is_waiting_for_disk)
        notify_watchdog();
    if (all)
        ping_all(d);
}

// --once: every feed was polled, what came of it is committed, and each delivery was tried.
static void on_once(uv_timer_t *timer)
{
    struct daemon *d = timer->data;
    if (metric_get(&d->metrics, METRIC_POLLS) >= d->to_poll && clock_is_idle(&d->clock))
        daemon_stop(d);
}

void daemon_start_pulse(struct daemon *d)
{
    int64_t ms = notify_watchdog_ms() / 3;
    uv_timer_init(&d->loop.uv, &d->pulse);
    d->pulse.data = d;
    if (d->is_once) {
        uv_timer_start(&d->pulse, on_once, PULSE_ONCE_MS, PULSE_ONCE_MS);
        return;
    }
    if (ms <= 0)
        return; // nobody watches
    ping_all(d);
    uv_timer_start(&d->pulse, on_pulse, (uint64_t)ms, (uint64_t)(ms < PULSE_MS ? ms : PULSE_MS));
}
