// SPDX-License-Identifier: MIT
//
// The delivery loop: takes committed rows of the outbox to their receivers.
//
// Each receiver has a window of at most 256 rows in RAM, refilled by the history thread, a breaker, a bound on
// requests at once, and one on attempts that are under way or answered and not yet durable. A row leaves the window
// only when the writer says that what became of it is durable, so that one crash doubles at most those, under the same
// id. A dead receiver delays nobody else.
//
//   IDLE row --due, breaker allows, a slot is free--> TRYING --answer--> NOTING --durable--> gone, or IDLE with a due
#ifndef DAEMON_DELIVERY_LOOP_H
#define DAEMON_DELIVERY_LOOP_H

#include "daemon/threads.h"
#include "store/side.h"

enum { DELIVERY_WINDOW = 256 };            // rows of a receiver in RAM: 1M pending rows cost nothing
enum { DELIVERY_UNRECORDED_MAX = 64 };     // attempts of a receiver that no commit holds yet: what a crash may double
enum { DELIVERY_ANSWER_BYTES_MAX = 64 << 10 };
enum { DELIVERY_REASON_BYTES = 200 };      // of an answer's head that is kept with the attempt

enum delivery_message {
    DELIVERY_NOTED = JOB + 1, // struct writer_note: it is durable
    DELIVERY_NEWS,            // struct message: some receiver has new rows
    DELIVERY_ROWS,            // struct delivery_rows, from the history thread
};

struct delivery_rows {
    struct job job;
    struct receiver *receiver;
    struct str name;
    uint64_t after;
    size_t n_asked;
    uint64_t known[DELIVERY_WINDOW]; // rows of the window when it was asked: what became of them is known better there
    size_t n_known;
    struct arena arena;
    struct outbox_row *rows;
    size_t n;
    bool failed;
    struct err err;
};

struct delivery_loop;

// Makes the loop, no thread yet. The configuration's reference is taken.
struct delivery_loop *delivery_open(const struct threads *threads, struct config *config, uint64_t seed,
                                    struct err *err);
struct loop *delivery_uv(struct delivery_loop *d);

// Before the start: a receiver that said 410 once. It is remembered even where nothing names it at present.
void delivery_disable(struct delivery_loop *d, struct str name);

// ---- in jobs on its thread ----
void delivery_take_config(struct delivery_loop *d, struct config *config);
void delivery_quiet(struct delivery_loop *d); // drops what is in flight; the rows stay in the outbox
void delivery_end(struct delivery_loop *d);
void delivery_reopen_files(struct delivery_loop *d); // SIGUSR1
void delivery_enable(struct delivery_loop *d, struct str name); // by hand, after its 410
void delivery_look(struct delivery_loop *d); // rows were changed by hand: reads all that wait anew

// What is known of receiver i: its name, whether it is off and why, its breaker, how its last attempts went. Where this
// life of the daemon has not tried it yet, its rows say whether an earlier one failed. False past the end.
struct receiver_view {
    struct str name;
    const struct config_receiver *config;
    bool is_disabled, is_open; // 410; breaker open
    uint32_t in_window, in_flight;
    wall_t last_ok;
    wall_t failing_since; // 0: the last attempt was accepted, or there was none
    wall_t off_since;     // 0: its credential is there
    uint32_t failures;    // attempts in a row; 0 with failing_since: in an earlier life
    struct str last_error;
};
bool delivery_receiver_at(const struct delivery_loop *d, size_t i, struct receiver_view *out);

void delivery_close(struct delivery_loop *d);

#endif
