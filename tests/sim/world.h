// SPDX-License-Identifier: MIT
//
// Everything outside the daemon: servers with their articles and moods, and the truth about what must alert. The
// machine asks and is answered; the world keeps the books and notes each breach of a promise.
//
// An article must alert under a rule when its words fit, it was shown whole by a poll whose outcome became durable, and
// it was not there already when the feed was first read. Where the design leaves room (an archive announced anew, a
// feed that was cut off) it may.
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include "base/arena.h"
#include "base/rng.h"
#include "feeds/feed.h"
#include "feeds/response.h"
#include "tests/sim/sim.h"

enum { WORLD_RULES = 2, WORLD_SHOWN = 12 };
extern const char *const world_rule_names[WORLD_RULES];
extern const char world_rules[]; // the text of the rule file

struct world;

// The moment in both clocks; `true_ms` runs on through crashes and steps. Servers have clocks of their own, which are
// right: what they show and how long they ask to wait are of true time, whatever the daemon's clock says.
struct moment {
    int64_t true_ms;
    wall_t wall; // as the daemon's machine has it
};

struct world *world_open(const struct sim_options *options, struct sim_result *result);
void world_close(struct world *w);

const char *world_url(const struct world *w, unsigned feed, struct arena *a);
const struct feed_options *world_options(const struct world *w, unsigned feed);

// What a poll was shown, to be given back when its outcome is durable.
struct world_view {
    unsigned feed;
    wall_t at; // by the server's clock
    bool has_document, is_whole;
    int64_t not_before_ms; // true time; the server asked not to be asked before; 0: nothing
};

struct world_answer {
    int64_t latency_ms;
    enum fault fault;
    struct str head, body; // in the arena
    struct world_view view;
};

// Asks a feed's server (is_hop: as the next step of a redirect). Judges the request, then answers.
void world_ask(struct world *w, unsigned feed, const struct request *request, bool is_hop, struct moment now,
               struct arena *a, struct world_answer *out);

// The answer arrived, or the asker died.
void world_answered(struct world *w, unsigned feed);

// The poll ended while the daemon lived: from now on its not_before_ms holds. The outcome is durable where is_durable.
void world_polled(struct world *w, const struct world_view *view, bool is_durable, wall_t due, struct moment now);

// A daemon starts; the feed is due then, as the store says. Crashed: what it learnt since `heartbeat` may be unknown.
void world_started(struct world *w, struct moment now);
void world_due(struct world *w, unsigned feed, wall_t due, struct moment now);
void world_dropped(struct world *w, unsigned feed, bool is_hopping); // its poll was given up by a clean stop
void world_crashed(struct world *w, int64_t heartbeat_true_ms);
void world_clock_stepped(struct world *w, int64_t step_ms);

// Looks for feeds that are due and not asked.
void world_watch(struct world *w, struct moment now, int64_t up_since_ms);

// An alert was decided: this id stands for the article under the rule. Called before it is durable too.
void world_decided(struct world *w, struct hash128 id, struct str rule, struct str guid);
// A digest carries these.
void world_digested(struct world *w, struct hash128 digest, struct hash128 held);

// A receiver accepted.
void world_delivered(struct world *w, struct hash128 id, struct str body, struct moment now);

// Counts what had to come and did not. With is_end each is noted as a breach.
uint64_t world_missing(struct world *w, bool is_end, struct moment now);

// Notes a breach.
void world_breach(struct world *w, enum sim_breach breach, struct moment now, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
