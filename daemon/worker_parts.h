// SPDX-License-Identifier: MIT
//
// What the parts of a worker share: the loop's side (worker.c), its polls (worker_poll.c), how fast it takes them up
// (worker_pace.c), their visits to hosts of other workers (worker_visit.c). Nobody else includes it.
#ifndef DAEMON_WORKER_PARTS_H
#define DAEMON_WORKER_PARTS_H

#include "daemon/http.h"
#include "daemon/index.h"
#include "daemon/worker.h"
#include "feeds/budget.h"

enum { POLL_HEADERS_MAX = 5 };

// One poll: ASKING --redirect--> HOPPING (waits for its slot at the next host) --> ASKING ... --> the writer, or done.
// A host's slots are its shard's, whoever comes: where the next host, or that of a feed which moved for good, lives
// with another worker, the poll pays it a visit (worker_visit.c).
struct poll {
    struct worker *worker;
    struct poll *next, *prev;   // in asking or hopping
    struct outcome *outcome;
    struct pipeline *pipeline;
    struct http_transfer *transfer; // NULL: hopping
    struct config *config;
    struct pipeline_tools tools;
    mono_t hop_at;              // ALARM_NONE: while a visit is out
    struct visit *visit;        // NULL: none is out
    struct worker *owner;       // of the host where it is a guest; NULL: its own shard has its slot
    uint64_t host;              // where it is a guest
    bool has_asked;             // somebody, as the first host may be another worker's
    bool is_waiting;            // until then: nothing under way
    wall_t now;                 // of the turn in which bytes come: the parser's idea of "too late a date"
    const char *headers[POLL_HEADERS_MAX + 1];
};

struct added;
struct visit;

struct worker {
    const struct threads *threads;
    struct loop loop;
    struct http *http;
    struct shard *shard;
    struct config *config;
    struct match_scratch *scratch;
    struct rng rng;
    struct schedule_policy policy;
    struct budget budget; // where the configuration has one: of the price in policy
    struct poll *asking, *hopping;
    struct added **added; // in the order of their coming; pointers stay
    uint32_t n_added, room_added;
    struct index added_by_text;
    mono_t next_checkpoint;
    struct now seen; // the last turn's
    uint32_t index;
    uint32_t in_flight;  // atomic
    struct pace {
        uv_timer_t timer;  // real even where the clock is stepped, as curl's own
        uint32_t burst;    // polls begun since it last rang, less those that ended since
        uint64_t ended_ms; // of the loop: when one last ended
    } pace;
    bool is_blocked;     // the writer's or the keeper's queue is full: nothing new is started
    bool is_quiet;
    bool has_polled;     // since the last checkpoint
    char name[16];
};

void pace_open(struct worker *w);
void pace_close(struct worker *w); // before the loop's own handles

// Tells whether another poll may be begun now. If not, polls_start is called again when one may.
bool pace_allows(const struct worker *w);

// Notes that a poll was begun; that one has ended, or waits for its time.
void pace_began(struct worker *w);
void pace_ended(struct worker *w);

void worker_poll_began(struct worker *w);
void worker_poll_ended(struct worker *w);
void worker_set_alarm(struct worker *w);

// Gives a poll's last slot back and takes one at the next host; it asks, waits, is put off (and gone), or is out on a
// visit. In hopping.
void poll_hop(struct poll *p, struct now now);

// What came of it: 0 is a slot, else how long to wait for one. In hopping; it may be put off, and gone.
void poll_may_ask(struct poll *p, int64_t wait_ms, struct now now);

// Tells whether a host is another worker's.
bool worker_is_foreign(const struct worker *w, uint64_t host);

// Ends a poll's being a guest, and cuts it from its visit, whose slot, if it gets one, is given back. hold_until: what
// the host asked for, 0 nothing.
void poll_end_visit(struct poll *p, wall_t hold_until);

// Starts what the shard allows, and hops whose time has come.
void polls_start(struct worker *w, struct now now);

// Takes a poll back from the writer.
void poll_committed(struct worker *w, struct work *work, struct now now);

// Drops everything in flight.
void polls_drop(struct worker *w);

#endif
