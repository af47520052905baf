// SPDX-License-Identifier: MIT
//
// What the two halves of the machine share: machine.c (life and polls), outbox.c (the writer and deliveries).
#ifndef TESTS_SIM_MACHINE_PARTS_H
#define TESTS_SIM_MACHINE_PARTS_H

#include "alerts/retry.h"
#include "daemon/shard.h"
#include "daemon/writer_parts.h"
#include "rules/load.h"
#include "tests/sim/machine.h"

enum { RECEIVERS = 2, RECEIVER_AT_ONCE = 4 };
extern const char *const receiver_names[RECEIVERS];

struct sim_poll {
    struct sim_poll *next;
    unsigned feed;
    bool is_hopping; // waits for its slot at the next hop
    struct outcome *outcome;
    struct pipeline *pipeline;
    struct pipeline_tools tools;
    struct world_answer answer;
};

// A row of the outbox, as the delivery loop keeps it.
struct sim_row {
    struct sim_row *next;
    struct arena arena; // owns its texts
    unsigned receiver;
    struct delivery delivery;
    struct str body;
    bool is_busy; // being tried, or what became of it is being written
    uint16_t status;
    int64_t retry_after_ms;
    enum retry_verdict verdict;
    struct delivery_step step;
    struct attempt attempt;
};

// What waits for the writer: a poll, or an attempt's end.
struct sim_job {
    struct sim_poll *poll;
    struct sim_row *row;
};

struct machine {
    struct machine_options options;
    struct machine_host host;
    struct arena arena;
    struct rng rng;
    uint64_t *ids; // of the feeds
    bool *is_loaded;
    struct conf conf;
    struct diags diags;
    struct rules rules;
    struct config config;
    struct receiver_ref refs[RECEIVERS];
    struct match_scratch *scratch;
    struct schedule_policy policy;
    struct shard *shard;
    struct writer writer;
    struct sim_poll *polls; // asking
    struct sim_job *queue;
    size_t n_queue, room_queue;
    struct writing writing; // of the write that is tried again
    bool has_writing, is_write_planned, is_checkpoint_due;
    size_t n_writing; // jobs of the queue that are in it
    int64_t pause_ms;
    struct feed_due *dues;
    struct sim_row *rows; // by order of commits
    size_t n_rows;
    struct breaker breakers[RECEIVERS];
    unsigned in_flight[RECEIVERS];
    int64_t alarm; // monotonic
    int64_t up_since;
    int64_t writing_made, heartbeat; // true; a heartbeat is of when its write was made, however late it came through
    struct now seen; // the last event's
    bool is_dead, is_stuck, is_clock_back;
};

static inline struct now now_of(const struct machine *m) { return m->host.now(m->host.context); }
static inline int64_t true_ms(const struct machine *m) { return m->host.true_ms(m->host.context); }
static inline struct moment moment_of(const struct machine *m)
{
    return (struct moment){true_ms(m), now_of(m).wall};
}

void machine_poll(struct machine *m);
void poll_done(struct machine *m, struct sim_poll *p, bool is_committed);
void machine_set_alarm(struct machine *m);

void writer_push(struct machine *m, const struct sim_job *job); // NULL: there is something to write all the same
void writer_write(struct machine *m);
void writer_free(struct machine *m);

void outbox_load(struct machine *m);
void outbox_go(struct machine *m);
int64_t outbox_next(const struct machine *m); // monotonic; INT64_MAX never
void outbox_posted(struct machine *m, struct sim_row *row);
void outbox_free(struct machine *m);

#endif
