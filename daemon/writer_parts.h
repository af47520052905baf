// SPDX-License-Identifier: MIT
//
// What the two halves of the writer share: the thread and its commits (writer.c), deciding and rendering one batch
// (writer_batch.c). Nobody else includes it.
#ifndef DAEMON_WRITER_PARTS_H
#define DAEMON_WRITER_PARTS_H

#include "alerts/render.h"
#include "daemon/writer.h"

struct writer {
    const struct threads *threads;
    struct queue queue;
    pthread_t thread;
    bool is_started;
    struct store *store;
    struct store_side *side; // reads what throttles hold
    struct config *config;   // for digests and notices; a poll brings its own
    struct decide_state decide;
    struct arena loaded;     // owns the names in gone
    struct str *gone;        // receivers that said 410, as the store had them at start
    size_t n_gone;
    wall_t next_prune;
    int64_t alarm_ms;        // atomic, monotonic
    wall_t asked_until;      // writer_asked_until
    uint64_t price_nano;     // as the life before left it
    int64_t wall_ahead_ms;   // of the monotonic clock
    pthread_mutex_t lock;    // guards the last three
    bool is_lost;            // the store is damaged or another's: nothing more is tried
    bool is_failing;
    wall_t failing_since;
    struct err failure;
};

// One transaction in the making; all of it lives in the arena.
struct writing {
    struct arena arena;
    struct decision decision;
    struct store_batch batch;
    struct store_feed *feeds;
    size_t n_feeds;
    struct delivery_step *steps;
    size_t n_steps;
    struct attempt *attempts;
    size_t n_attempts;
    struct receiver_mark *receivers;
    size_t n_receivers;
    struct store_dues *dues;
    size_t n_dues;
    uint64_t price_nano;
    bool is_clock_back;
    bool *to_log; // by alert: its rule tells the log
};

enum { DIGEST_ROWS_AT_ONCE = 1000 }; // held rows of a (rule, receiver) that a transaction tells; the rest in the next

// Returns writer_asked_until of what the store says of the life before.
wall_t facts_asked_until(const struct store_facts *facts, wall_t now);

// Begins a transaction (to be freed with its arena) with the digests that are due. They come first: they carry the
// held rows that the store has, and what this transaction holds anew must wait for the next one. False, with err: the
// store cannot be read now; it is begun without them, and they stay due.
bool writing_begin(struct writer *w, struct writing *out, wall_t now, struct err *err) MUST_CHECK;

// Adds a message to the transaction: decides it, renders it.
void writing_add_work(struct writer *w, struct writing *t, struct work *work, wall_t now);
void writing_add_note(struct writer *w, struct writing *t, struct writer_note *note, wall_t now);
void writing_add_dues(struct writing *t, const struct writer_dues *dues);

// Fills the batch from all that was added.
void writing_close(struct writer *w, struct writing *t, wall_t now);

#endif
