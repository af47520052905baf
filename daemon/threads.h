// SPDX-License-Identifier: MIT
//
// What the threads know of each other: where to send. Filled by daemon.c before the first thread starts, then only
// read. Each thread's own header says which messages it takes.
#ifndef DAEMON_THREADS_H
#define DAEMON_THREADS_H

#include "daemon/config.h"
#include "daemon/log.h"
#include "daemon/loop.h"
#include "daemon/metrics.h"
#include "daemon/pipeline.h"

struct threads {
    struct clock *clock;
    struct log *log;
    struct metrics *metrics;
    const struct hash_key *key; // the store's secret
    struct queue *main, *writer, *delivery, *history, *keeper;
    struct worker **workers;
    uint32_t n_workers;
    void (*on_store_lost)(struct job *job, void *owner, struct now now); // main's job: stop, for a new start to repair
};

// A poll on its way: worker -> writer -> worker -> keeper.
struct work {
    struct message message;
    struct worker *worker;
    struct outcome *outcome;
    struct config *config; // a reference: options and rules that the outcome points to
    uint32_t baseline;     // set by the writer: alerts kept without being sent
    bool is_committed;     // set by the writer; false: given up, the poll is to be repeated
};

// Waits until a job has run on the thread that reads q. Only for starting and stopping.
void threads_call(struct queue *q, void (*run)(void *context, void *owner, struct now now), void *context);

#endif
