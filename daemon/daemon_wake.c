// SPDX-License-Identifier: MIT
//
// After a sleep of the machine. What waits is due by a clock that goes on meanwhile (daemon/clock.h), but the timers of
// libuv and the waits of threads stand: each would end as much later. A look a second sees that the machine has slept,
// and then every thread looks at what is due.
#include "base/mem.h"
#include "daemon/daemon_parts.h"

enum { LOOK_MS = 1000 };
enum { SLEEP_MS = 1000 }; // what is shorter makes nothing late that anyone would miss; several of them add up

void daemon_wake_threads(struct daemon *d)
{
    struct message *tick = mem_alloc(sizeof *tick);
    tick->kind = WRITER_TICK;
    queue_push(d->threads.writer, tick);
    loop_poke(delivery_uv(d->delivery));
    for (uint32_t i = 0; i < d->n_workers; i++)
        loop_poke(worker_loop(d->workers[i]));
}

static void on_look(uv_timer_t *timer)
{
    struct daemon *d = timer->data;
    int64_t slept_ms = clock_slept_ms(&d->clock), more_ms = slept_ms - d->slept_ms;
    if (more_ms < SLEEP_MS)
        return;
    d->slept_ms = slept_ms;
    log_say(d->log, LOG_LEVEL_INFO, NULL, "the machine slept for %lld s", (long long)(more_ms / SECOND_MS));
    daemon_wake_threads(d);
}

void daemon_start_wake(struct daemon *d)
{
    d->slept_ms = clock_slept_ms(&d->clock);
    uv_timer_init(&d->loop.uv, &d->wake);
    d->wake.data = d;
    uv_timer_start(&d->wake, on_look, LOOK_MS, LOOK_MS);
}
