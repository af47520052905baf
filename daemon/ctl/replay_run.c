// SPDX-License-Identifier: MIT
//
// A replay on all cores. See replay.h. Each thread takes the next page (one at a time), matches it by itself, and waits
// for its turn to count, so that what is counted and shown is the same with any number of threads.
#define _GNU_SOURCE // sched_getaffinity
#include <assert.h>
#include <pthread.h>
#include <sched.h>

#include "base/mem.h"
#include "daemon/ctl/replay.h"

enum { THREADS_MAX = 16 };

struct run {
    struct replay *replay;
    const struct replay_source *source;
    pthread_mutex_t reading; // taking a page
    pthread_mutex_t counting;
    pthread_cond_t turn;     // counted has moved
    uint64_t taken, counted; // pages
    bool is_over;            // under reading: no further page
    int code;                // under counting: the first failure
};

static void fail(struct run *run, int code)
{
    if (run->code == CTL_OK)
        run->code = code;
}

// Takes the next page; false: there is none. *out_number: its place, from 0.
static bool take(struct run *run, struct replay_hand *hand, uint64_t *out_number)
{
    bool is_more = false;
    pthread_mutex_lock(&run->reading);
    int code = run->is_over ? CTL_OK : run->source->next(run->source->context, hand, &is_more);
    is_more = is_more && code == CTL_OK;
    if (!is_more)
        run->is_over = true;
    else
        *out_number = run->taken++;
    pthread_mutex_unlock(&run->reading);
    if (code != CTL_OK) {
        pthread_mutex_lock(&run->counting);
        fail(run, code);
        pthread_mutex_unlock(&run->counting);
    }
    return is_more;
}

static void count_in_turn(struct run *run, struct replay_hand *hand, uint64_t number, bool is_whole)
{
    pthread_mutex_lock(&run->counting);
    while (run->counted != number)
        pthread_cond_wait(&run->turn, &run->counting);
    replay_count(run->replay, hand);
    if (!is_whole) {
        run->replay->is_damaged = true;
        fail(run, CTL_INTERNAL);
    }
    if (run->source->told)
        run->source->told(run->source->context, run->replay);
    run->counted++;
    pthread_cond_broadcast(&run->turn);
    pthread_mutex_unlock(&run->counting);
}

static void *work(void *context)
{
    struct run *run = context;
    struct replay_hand hand;
    uint64_t number = 0;
    replay_hand_init(&hand, run->replay);
    while (take(run, &hand, &number)) {
        bool is_whole = replay_match_page(&hand);
        count_in_turn(run, &hand, number, is_whole);
    }
    replay_hand_done(&hand);
    return NULL;
}

static int cores(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < THREADS_MAX ? n : THREADS_MAX;
}

int replay_run(struct replay *r, const struct replay_source *source)
{
    struct run run = {.replay = r, .source = source, .reading = PTHREAD_MUTEX_INITIALIZER,
                      .counting = PTHREAD_MUTEX_INITIALIZER, .turn = PTHREAD_COND_INITIALIZER};
    pthread_t threads[THREADS_MAX];
    int n = cores() - 1; // this one is the last
    for (int i = 0; i < n; i++) {
        int failed = pthread_create(&threads[i], NULL, work, &run);
        assert(!failed);
    }
    work(&run);
    for (int i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    return run.code;
}
