// SPDX-License-Identifier: MIT
//
// A worker: one loop that polls the feeds of its shard. It asks the shard what to start, lets daemon/http fetch and the
// pipeline compute, and gives what changed to the writer; an unchanged poll ends here and writes nothing.
#ifndef DAEMON_WORKER_H
#define DAEMON_WORKER_H

#include "daemon/shard.h"
#include "daemon/threads.h"

enum worker_message { WORKER_DONE = JOB + 1 }; // struct work: committed, back from the writer

enum {
    POLL_MS = 30 * SECOND_MS,          // a whole request, unless the feed says otherwise
    POLL_BODY_BYTES_MAX = 10 << 20,    // decoded; the largest real feed seen has 6 MiB
    HOP_WAIT_MS = POLL_MS,             // for a slot at the next host; a longer wait gives the poll up until then
    CHECKPOINT_MS = 60 * SECOND_MS,    // due times go to the store
};

struct worker;

// Makes a worker and its shard, no thread yet. The configuration's reference is taken.
struct worker *worker_open(const struct threads *threads, uint32_t index, struct config *config, uint64_t seed,
                           struct err *err);

// Before the start: goes on with the price of a poll that the life before ended with, in 1e-9 (0: none), where there is
// a budget.
void worker_resume_price(struct worker *worker, uint64_t price_nano);

// Returns the loop (to start it, to send to it) and the shard (before the start, and in jobs run by the worker).
struct loop *worker_loop(struct worker *worker);
struct shard *worker_shard(struct worker *worker);
const struct config *worker_config(const struct worker *worker);

// In a job: the price of a poll at present (feeds/schedule.h).
double worker_price(const struct worker *worker);

// In a job on the worker's thread: stops asking; what is in flight is dropped, to be asked again after the next start.
void worker_quiet(struct worker *worker);

// In a job: from now on polls use this configuration (its reference is taken): feeds come, go and change.
void worker_take_config(struct worker *worker, struct config *config, struct now now);

// In a job: adds a feed that a person added; text is its options in the configuration's grammar, kept for the store.
bool worker_add_feed(struct worker *worker, const struct feed *feed, struct str options_text, struct now now,
                     struct err *err) MUST_CHECK;

// Returns the options' text of a feed that a person added; empty for others.
struct str worker_options_text(const struct feed *feed);

// In a job: ends the loop. After it the thread can be joined.
void worker_end(struct worker *worker);

// Frees it, after the join.
void worker_close(struct worker *worker);

// What main asks of a worker that is doing nothing but polling: atomic reads.
uint32_t worker_in_flight(const struct worker *worker);

#endif
