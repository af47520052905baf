// SPDX-License-Identifier: MIT
#include "daemon/loop.h"

#include <assert.h>
#include <signal.h>
#include <sys/prctl.h>

static void turn(struct loop *loop)
{
    if (!loop->is_observer)
        clock_begin(loop->clock); // the turn itself: what it takes is done with before what it starts has begun
    uint32_t pokes = __atomic_exchange_n(&loop->pokes, 0, __ATOMIC_ACQ_REL);
    struct now now = clock_now(loop->clock);
    if (!loop->is_stopping)
        loop->turn(loop->owner, queue_take_all(&loop->inbox, 0), now);
    if (pokes)
        clock_end(loop->clock);
    if (!loop->is_observer)
        clock_end(loop->clock);
}

static void on_wake(uv_async_t *wake) { turn(wake->data); }
static void on_timer(uv_timer_t *timer) { turn(timer->data); }

static void wake_loop(void *reader)
{
    struct loop *loop = reader;
    uv_async_send(&loop->wake);
}

void loop_init(struct loop *loop, struct clock *clock, size_t inbox_bytes_max,
               void (*turn_fn)(void *owner, struct message *list, struct now now), void *owner)
{
    *loop = (struct loop){.clock = clock, .turn = turn_fn, .owner = owner, .alarm_ms = ALARM_NONE};
    int failed = uv_loop_init(&loop->uv);
    failed |= uv_async_init(&loop->uv, &loop->wake, on_wake);
    failed |= uv_timer_init(&loop->uv, &loop->timer);
    assert(!failed);
    loop->wake.data = loop;
    loop->timer.data = loop;
    queue_init(&loop->inbox, clock, inbox_bytes_max, wake_loop, loop);
}

static void on_before_wait(uv_prepare_t *prepare)
{
    struct loop *loop = prepare->data;
    uint64_t now = uv_hrtime(), idle = uv_metrics_idle_time(&loop->uv);
    if (loop->measured_ns)
        metric_turn(loop->metrics, (now - loop->measured_ns - (idle - loop->idle_ns)) / 1000);
    loop->measured_ns = now;
    loop->idle_ns = idle;
}

void loop_measure(struct loop *loop, struct metrics *metrics)
{
    loop->metrics = metrics;
    int failed = uv_loop_configure(&loop->uv, UV_METRICS_IDLE_TIME);
    failed |= uv_prepare_init(&loop->uv, &loop->before_wait);
    failed |= uv_prepare_start(&loop->before_wait, on_before_wait);
    assert(!failed);
    loop->before_wait.data = loop;
    uv_unref((uv_handle_t *)&loop->before_wait);
}

void thread_begin(const char *name)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    prctl(PR_SET_NAME, name);
}

static void thread_main(void *context)
{
    struct loop *loop = context;
    thread_begin(loop->name);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_start(struct loop *loop, const char *name)
{
    loop->name = name;
    int failed = uv_thread_create(&loop->thread, thread_main, loop);
    assert(!failed);
}

void loop_stop(struct loop *loop)
{
    loop->is_stopping = true;
    uv_close((uv_handle_t *)&loop->timer, NULL);
    uv_close((uv_handle_t *)&loop->wake, NULL);
    if (loop->metrics)
        uv_close((uv_handle_t *)&loop->before_wait, NULL);
}

void loop_join(struct loop *loop) { uv_thread_join(&loop->thread); }

void loop_done(struct loop *loop)
{
    int busy = uv_loop_close(&loop->uv);
    assert(!busy);
    queue_done(&loop->inbox);
}

void loop_alarm(struct loop *loop, mono_t at)
{
    __atomic_store_n(&loop->alarm_ms, at.ms, __ATOMIC_RELEASE);
    if (loop->clock->is_stepped || loop->is_stopping)
        return;
    if (at.ms == ALARM_NONE) {
        uv_timer_stop(&loop->timer);
        return;
    }
    int64_t wait = mono_diff(at, clock_now(loop->clock).mono);
    uv_update_time(&loop->uv);
    uv_timer_start(&loop->timer, on_timer, wait > 0 ? (uint64_t)wait : 0, 0);
}

void loop_poke(struct loop *loop)
{
    clock_begin(loop->clock); // first: the turn that ends it may run at once
    if (__atomic_exchange_n(&loop->pokes, 1, __ATOMIC_ACQ_REL) != 0)
        clock_end(loop->clock); // another poke stands for both
    uv_async_send(&loop->wake);
}

int64_t loop_alarm_ms(const struct loop *loop) { return __atomic_load_n(&loop->alarm_ms, __ATOMIC_ACQUIRE); }
