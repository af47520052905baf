// SPDX-License-Identifier: MIT
#include "daemon/threads.h"

struct call {
    struct job job;
    void (*run)(void *context, void *owner, struct now now);
    void *context;
    uv_sem_t done;
};

static void run_call(struct job *job, void *owner, struct now now)
{
    struct call *call = (struct call *)job;
    call->run(call->context, owner, now);
    uv_sem_post(&call->done);
}

void threads_call(struct queue *q, void (*run)(void *context, void *owner, struct now now), void *context)
{
    struct call call = {.job.run = run_call, .run = run, .context = context};
    uv_sem_init(&call.done, 0);
    queue_push(q, &call.job.message);
    uv_sem_wait(&call.done);
    uv_sem_destroy(&call.done);
}
