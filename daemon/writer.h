// SPDX-License-Identifier: MIT
//
// The writer: the only thread that writes the store. It takes whatever waits as ONE transaction (natural group commit):
// polls are decided in order and rendered, attempts to deliver become steps of their rows, and after the commit each
// poll goes back to its worker and the delivery loop hears which receivers have new rows. A commit that fails for a
// passing reason is tried again with the same decision, with back-off; meanwhile its queue fills and workers start no
// polls, so nothing is dropped.
#ifndef DAEMON_WRITER_H
#define DAEMON_WRITER_H

#include "daemon/threads.h"
#include "store/side.h"

enum writer_message {
    WRITER_WORK = JOB + 1, // struct work
    WRITER_NOTE,           // struct writer_note
    WRITER_DUES,           // struct writer_dues
    WRITER_TICK,           // struct message: time has passed (stepped clock)
};

enum { WRITER_QUEUE_BYTES = 64 << 20 };     // then workers start no polls
enum { WRITER_BACKOFF_MS = 100, WRITER_BACKOFF_MS_MAX = 5000 };
enum { WRITER_GIVE_UP_MS = 3000 };          // of trying when the daemon stops: what is not committed is polled again

// What an attempt made of a row, or of a receiver; goes back to the delivery loop when it is durable.
struct writer_note {
    struct message message;
    struct delivery_step step;  // receiver.n 0: none
    struct attempt attempt;
    struct receiver_mark mark;  // name.n 0: none
    const char *notice;         // a receiver's notice to queue (endpoint.recovered), NULL: none
    void *row;                  // the delivery loop's own
    struct arena arena;         // owns the texts
};

struct writer_dues {
    struct message message;
    uint32_t part;
    struct feed_due *list; // freed by the writer
    size_t n;
    uint64_t price_nano; // as in a batch
    bool is_clock_back;
};

struct writer;

// Makes a writer around an open store (taken), restores what decide knows from it, and calls `on_feed` for each feed.
struct writer *writer_open(const struct threads *threads, struct store *store, struct config *config, uint64_t seed,
                           void (*on_feed)(void *context, const struct store_feed *feed), void *context,
                           struct err *err);

// Returns the name of the i-th receiver that had said 410 when the store was read; empty past the last. A view of the
// writer's.
struct str writer_gone(const struct writer *writer, size_t i);

// Starts its thread; stops it after everything in the queue is committed or given up.
void writer_start(struct writer *writer);
void writer_stop(struct writer *writer);
void writer_close(struct writer *writer);

// Returns until when the life before may have asked hosts: its proper end; after any other, now, as its last requests
// came after its last sign of life; 0 where there was none. To be called before the start.
wall_t writer_asked_until(const struct writer *w);

// Returns the price of a poll that the life before ended with, in 1e-9; 0 where there was none.
uint64_t writer_price_nano(const struct writer *w);

struct queue *writer_queue(struct writer *writer);
int64_t writer_alarm_ms(const struct writer *writer); // monotonic; any thread

// Tells whether commits fail at present, and since when and why, for `health`. Any thread; text is cut to n bytes.
bool writer_is_failing(const struct writer *writer, wall_t *out_since, char *out_text, size_t n);

// ---- in jobs on the writer's thread ----
struct store *writer_store(struct writer *writer);
struct decide_state *writer_decide(struct writer *writer);
void writer_take_config(struct writer *writer, struct config *config); // its reference is taken
const struct config *writer_config(const struct writer *writer);

#endif
