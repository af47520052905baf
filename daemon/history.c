// SPDX-License-Identifier: MIT
#include "daemon/history.h"

#include <assert.h>

#include "base/mem.h"

struct history_thread {
    const struct threads *threads;
    struct queue queue;
    struct store_side *side;
    pthread_t thread;
};

enum { HISTORY_QUEUE_BYTES = 16 << 20 };

static void *history_main(void *context)
{
    struct history_thread *h = context;
    thread_begin("fw-history");
    for (struct message *list; (list = queue_take_all(&h->queue, -1));) {
        for (struct message *next; list; list = next) {
            next = list->next;
            size_t bytes = list->bytes;
            ((struct job *)list)->run((struct job *)list, h, clock_now(h->threads->clock));
            queue_handled(&h->queue, bytes);
        }
    }
    return NULL;
}

struct history_thread *history_start(const struct threads *threads, struct store_side *side)
{
    struct history_thread *h = mem_alloc(sizeof *h);
    h->threads = threads;
    h->side = side;
    queue_init(&h->queue, threads->clock, HISTORY_QUEUE_BYTES, NULL, NULL);
    int failed = pthread_create(&h->thread, NULL, history_main, h);
    assert(!failed);
    return h;
}

struct queue *history_queue(struct history_thread *h) { return &h->queue; }
struct store_side *history_side(struct history_thread *h) { return h->side; }

void history_stop(struct history_thread *h)
{
    if (!h)
        return;
    queue_close(&h->queue);
    pthread_join(h->thread, NULL);
    queue_done(&h->queue);
    store_side_close(h->side);
    mem_free(h);
}
