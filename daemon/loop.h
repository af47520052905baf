// SPDX-License-Identifier: MIT
//
// A thread that runs a libuv loop: it turns when messages have come, when its alarm is due, when the clock was stepped.
//
// One turn = read the clock once, take the messages, call the owner's `turn`, which says with loop_alarm when it wants
// the next one at the latest. With a stepped clock no timer is armed: the alarm is only published, for clock control.
#ifndef DAEMON_LOOP_H
#define DAEMON_LOOP_H

#include <uv.h>

#include "daemon/metrics.h"
#include "daemon/queue.h"

struct loop {
    uv_loop_t uv;
    uv_async_t wake;
    uv_timer_t timer;
    uv_thread_t thread;
    struct queue inbox;
    struct clock *clock;
    void (*turn)(void *owner, struct message *list, struct now now);
    void *owner;
    int64_t alarm_ms; // monotonic; ALARM_NONE: none. Atomic
    uint32_t pokes;   // atomic
    const char *name;
    struct metrics *metrics; // NULL: not measured
    uv_prepare_t before_wait;
    uint64_t measured_ns, idle_ns;
    bool is_stopping;
    bool is_observer; // its turns are nothing under way: main looks whether anything is
};

#define ALARM_NONE INT64_MAX

// A message that brings its own work: what is rare needs no kind of its own. Its kind is JOB.
struct job {
    struct message message;
    void (*run)(struct job *job, void *owner, struct now now); // on the reader's thread; frees or passes on the job
};
enum { JOB = 0 };

// Prepares a loop; no thread yet.
void loop_init(struct loop *loop, struct clock *clock, size_t inbox_bytes_max,
               void (*turn)(void *owner, struct message *list, struct now now), void *owner);

// Counts in the metrics how long each of its turns takes, from waking up to waiting again; in real time, whatever the
// clock. Before loop_start.
void loop_measure(struct loop *loop, struct metrics *metrics);

// Runs it in a thread of its own until loop_stop; `name` is what ps shows, at most 15 bytes, static.
void loop_start(struct loop *loop, const char *name);

// From its own thread: ends the loop once its handles are closed. The owner has closed what it opened in it.
void loop_stop(struct loop *loop);

// Waits for the thread and frees.
void loop_join(struct loop *loop);
void loop_done(struct loop *loop);

// Says when the next turn is wanted; ALARM_NONE (as ms): none. Its own thread.
void loop_alarm(struct loop *loop, mono_t at);

// Wakes it for a turn. Any thread.
void loop_poke(struct loop *loop);

// Returns the next alarm. Any thread.
int64_t loop_alarm_ms(const struct loop *loop);

// Blocks the signals that main handles, in the calling thread: each thread begins with it.
void thread_begin(const char *name);

#endif
