// SPDX-License-Identifier: MIT
//
// The end of the daemon, in the order of daemon.h: its threads, then main's own loop.
#include <unistd.h>

#include "base/mem.h"
#include "daemon/daemon_parts.h"

enum { JOBS_MS = 250 }; // for jobs of the pool that are about to end; of the 5 s, the writer and the log may take all

static void quiet_worker(void *context, void *owner, struct now now)
{
    (void)context, (void)now;
    worker_quiet(owner);
}

static void quiet_delivery(void *context, void *owner, struct now now)
{
    (void)context, (void)now;
    delivery_quiet(owner);
}

static void end_worker(void *context, void *owner, struct now now)
{
    (void)context, (void)now;
    worker_end(owner);
}

static void end_delivery(void *context, void *owner, struct now now)
{
    (void)context, (void)now;
    delivery_end(owner);
}

static void pass(void *context, void *owner, struct now now) { (void)context, (void)owner, (void)now; }

void daemon_close_all(struct daemon *d, bool were_started)
{
    if (were_started) {
        for (uint32_t i = 0; i < d->n_workers; i++)
            threads_call(&worker_loop(d->workers[i])->inbox, quiet_worker, NULL);
        threads_call(d->threads.delivery, quiet_delivery, NULL);
        threads_call(d->threads.history, pass, NULL); // what windows asked for has come back
        writer_stop(d->writer);                       // everything is committed, and on its way back
        for (uint32_t i = 0; i < d->n_workers; i++) {
            threads_call(&worker_loop(d->workers[i])->inbox, end_worker, NULL);
            loop_join(worker_loop(d->workers[i]));
        }
        threads_call(d->threads.delivery, end_delivery, NULL);
        loop_join(delivery_uv(d->delivery));
    } else {
        for (uint32_t i = 0; i < d->n_workers; i++)
            if (d->workers[i])
                worker_end(d->workers[i]), uv_run(&worker_loop(d->workers[i])->uv, UV_RUN_DEFAULT);
        if (d->delivery)
            delivery_end(d->delivery), uv_run(&delivery_uv(d->delivery)->uv, UV_RUN_DEFAULT);
    }
    if (!d->is_backing_up) { // the store's own connection is to be the last one
        store_side_close(d->for_backup);
        d->for_backup = NULL;
    }
    keeper_stop(d->keeper);
    history_stop(d->history);
    delivery_close(d->delivery);
    for (uint32_t i = 0; i < d->n_workers; i++)
        worker_close(d->workers[i]);
    writer_close(d->writer);
}

static void close_handle(uv_handle_t *handle, void *context)
{
    (void)context;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void on_bound(uv_timer_t *bound) { uv_stop(bound->loop); }

// The store is closed and the log is written: there is nothing left to lose.
static void end_jobs(struct daemon *d, enum exit_code code)
{
    uv_timer_t bound;
    uv_timer_init(&d->loop.uv, &bound);
    uv_update_time(&d->loop.uv);
    uv_timer_start(&bound, on_bound, JOBS_MS, 0);
    uv_unref((uv_handle_t *)&bound); // where there are no jobs, it is not waited for
    uv_run(&d->loop.uv, UV_RUN_DEFAULT);
    if (uv_loop_alive(&d->loop.uv))
        _exit(code); // an exit would join the pool
    uv_close((uv_handle_t *)&bound, NULL);
    uv_run(&d->loop.uv, UV_RUN_DEFAULT);
}

void daemon_close_loop(struct daemon *d, enum exit_code code)
{
    uv_walk(&d->loop.uv, close_handle, NULL);
    end_jobs(d, code);
    for (struct message *m = queue_take_all(&d->loop.inbox, 0), *next; m; m = next) {
        next = m->next;
        size_t bytes = m->bytes;
        ((struct job *)m)->run((struct job *)m, d, clock_now(&d->clock)); // questions that came home late
        queue_handled(&d->loop.inbox, bytes);
    }
    store_side_close(d->for_backup);
    loop_done(&d->loop);
    control_close(d->control);
    mem_free((void *)(uintptr_t)d->reload_error.p);
}
