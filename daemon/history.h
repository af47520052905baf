// SPDX-License-Identifier: MIT
//
// The history thread: a read-only connection to the store for everything that is not needed at once: lists, `alerts
// show`, replay, and the refill of the delivery loop's windows. It takes jobs, one after the other, so that no loop
// ever runs SQL. A job's owner is the struct history_thread.
#ifndef DAEMON_HISTORY_H
#define DAEMON_HISTORY_H

#include "daemon/threads.h"
#include "store/side.h"

struct history_thread;

// Starts the thread. The side is taken.
struct history_thread *history_start(const struct threads *threads, struct store_side *side);
struct queue *history_queue(struct history_thread *history);

// In a job: the connection.
struct store_side *history_side(struct history_thread *history);

// Finishes what is in the queue and ends the thread.
void history_stop(struct history_thread *history);

#endif
