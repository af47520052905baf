// SPDX-License-Identifier: MIT
#include "daemon/queue.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

void queue_init(struct queue *q, struct clock *clock, size_t bytes_max, void (*wake)(void *reader), void *reader)
{
    *q = (struct queue){.bytes_max = bytes_max, .clock = clock, .wake = wake, .reader = reader};
    pthread_condattr_t attributes;
    int failed = pthread_mutex_init(&q->lock, NULL);
    failed |= pthread_condattr_init(&attributes);
    failed |= pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    failed |= pthread_cond_init(&q->filled, &attributes);
    assert(!failed);
    pthread_condattr_destroy(&attributes);
}

void queue_done(struct queue *q)
{
    pthread_mutex_destroy(&q->lock);
    pthread_cond_destroy(&q->filled);
}

void queue_push(struct queue *q, struct message *m)
{
    m->next = NULL;
    clock_begin(q->clock);
    pthread_mutex_lock(&q->lock);
    bool was_empty = !q->head;
    if (q->tail)
        q->tail->next = m;
    else
        q->head = m;
    q->tail = m;
    q->n++;
    q->bytes += m->bytes;
    if (was_empty && !q->wake)
        pthread_cond_signal(&q->filled);
    pthread_mutex_unlock(&q->lock);
    if (was_empty && q->wake)
        q->wake(q->reader);
}

static void wait_for_one(struct queue *q, int wait_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    int status = 0;
    while (!q->head && !q->is_closed && status != ETIMEDOUT)
        status = wait_ms < 0 ? pthread_cond_wait(&q->filled, &q->lock)
                             : pthread_cond_timedwait(&q->filled, &q->lock, &until);
}

struct message *queue_take_all(struct queue *q, int wait_ms)
{
    pthread_mutex_lock(&q->lock);
    if (wait_ms)
        wait_for_one(q, wait_ms);
    struct message *list = q->head;
    q->head = q->tail = NULL;
    pthread_mutex_unlock(&q->lock);
    return list;
}

void queue_handled(struct queue *q, size_t bytes)
{
    pthread_mutex_lock(&q->lock);
    assert(q->n && q->bytes >= bytes);
    q->n--;
    q->bytes -= bytes;
    pthread_mutex_unlock(&q->lock);
    clock_end(q->clock);
}

bool queue_has_room(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    bool has_room = q->bytes < q->bytes_max;
    pthread_mutex_unlock(&q->lock);
    return has_room;
}

void queue_load(struct queue *q, size_t *out_n, size_t *out_bytes)
{
    pthread_mutex_lock(&q->lock);
    *out_n = q->n;
    *out_bytes = q->bytes;
    pthread_mutex_unlock(&q->lock);
}

void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->is_closed = true;
    pthread_cond_signal(&q->filled);
    pthread_mutex_unlock(&q->lock);
}

bool queue_is_closed(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    bool is_closed = q->is_closed;
    pthread_mutex_unlock(&q->lock);
    return is_closed;
}

bool queue_is_over(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    bool is_over = q->is_closed && !q->head;
    pthread_mutex_unlock(&q->lock);
    return is_over;
}
