// SPDX-License-Identifier: MIT
//
// A backup takes as long as the store is large and its disk slow: minutes, of some GB. It is written in libuv's pool,
// by a side of the store of its own, so that nothing waits for it: no delivery, no list, and not the watchdog, which
// asks the threads. One at a time, because each begins with the same unfinished file.
#include "base/mem.h"
#include "daemon/control_parts.h"

struct backup {
    uv_work_t work;
    struct question *q;
    wall_t now;
};

static void copy(uv_work_t *work)
{
    struct backup *b = work->data;
    b->q->reply = api_history_answer(b->q->control->d->for_backup, &b->q->request, b->now);
}

static void copied(uv_work_t *work, int status)
{
    (void)status; // nobody cancels it
    struct backup *b = work->data;
    struct daemon *d = b->q->control->d;
    d->is_backing_up = false;
    question_home(b->q);
    mem_free(b);
    clock_end(&d->clock);
}

void control_backup(struct question *q)
{
    struct daemon *d = q->control->d;
    if (d->is_backing_up) {
        question_fail(q, CONTROL_BUSY, NULL, "a backup is being written; try again when it is done");
        question_home(q);
        return;
    }
    struct backup *b = mem_alloc(sizeof *b);
    *b = (struct backup){.work.data = b, .q = q, .now = clock_now(&d->clock).wall};
    d->is_backing_up = true;
    clock_begin(&d->clock);
    uv_queue_work(&d->loop.uv, &b->work, copy, copied);
}
