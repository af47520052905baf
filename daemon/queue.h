// SPDX-License-Identifier: MIT
//
// The one way in which things pass from thread to thread: a queue of messages, many writers, one reader.
//
// A message is a struct that begins with `struct message`; pushing gives it away whole, and what it owns with it. The
// bound is back-pressure, not loss: a push never fails and never blocks a loop, and whoever would start new work asks
// queue_has_room first. The work already in flight (at most a window of fetches a worker) is thus what the queue can
// exceed its bound by. The reader is a loop (woken by `wake`) or a plain thread (which waits in queue_take_all).
#ifndef DAEMON_QUEUE_H
#define DAEMON_QUEUE_H

#include <pthread.h>

#include "daemon/clock.h"

struct message {
    struct message *next;
    int kind;     // the reader's enum
    size_t bytes; // what it weighs in the queue
};

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct message *head, *tail;
    size_t n, bytes;
    size_t bytes_max;
    bool is_closed;
    struct clock *clock;  // each message in the queue is something under way
    void (*wake)(void *reader); // NULL where the reader waits in queue_take_all
    void *reader;
};

// Makes an empty queue that has room up to bytes_max.
void queue_init(struct queue *q, struct clock *clock, size_t bytes_max, void (*wake)(void *reader), void *reader);

// Frees it; nobody uses it any more. What is left in it at the end of the process (a question whose asker has gone) is
// dropped with it.
void queue_done(struct queue *q);

// Adds a message at the end. Any thread.
void queue_push(struct queue *q, struct message *m);

// Takes all messages, in order, as a list; NULL where there are none. wait_ms > 0 waits for the first one that long of
// real time, negative without end; a queue that is empty and closed does not wait. Only the reader. Each message weighs
// in the queue and counts as under way until queue_handled is called for it.
struct message *queue_take_all(struct queue *q, int wait_ms);

// Says that a message taken, of that weight, is done with (its content may have been given on or freed).
void queue_handled(struct queue *q, size_t bytes);

// Tells whether new work may be started for it. Any thread.
bool queue_has_room(struct queue *q);

// Returns how many messages wait to be handled, and their bytes. Any thread.
void queue_load(struct queue *q, size_t *out_n, size_t *out_bytes);

// Says that nothing more will come: wakes the reader.
void queue_close(struct queue *q);

// Tells whether it was closed, and whether nothing is left in it besides: then its reader may go. Any thread.
bool queue_is_closed(struct queue *q);
bool queue_is_over(struct queue *q);

#endif
