// SPDX-License-Identifier: MIT
//
// The simulator: days of polling in a second, under a virtual clock, with everything drawn from one seed.
//
// What runs is the daemon's own code: shard, pipeline (sniff, parse, identity, text, match, candidates, schedule),
// decide, render, retry, breaker, and the store's memory engine. What is simulated is what surrounds it: time, servers
// and their faults, receivers and theirs, the disk, crashes. tests/sim/machine.c stands for the threads of daemon/.
//
// A world knows what must come of it (tests/sim/world.h) and judges each step. Equal options give an equal run, byte for
// byte: the trace, or its hash, is the proof.
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include <stdio.h>

#include "base/clock.h"

// A bug to plant, so that tests see it found: each is what its breach is named after.
enum sim_bug {
    SIM_SOUND,
    SIM_EARLY_POLL,   // Retry-After and freshness are forgotten when a poll ends
    SIM_LOST_ALERT,   // a crash before the commit, after the marks: "mark, then send"
    SIM_DOUBLED_ID,   // the key of alert ids is drawn anew at each start
    SIM_STARVED_FEED, // a poll that failed never comes back to its shard
};

enum sim_breach {
    SIM_BREACH_EARLY,      // a request before Retry-After, max-age or the interval allowed it
    SIM_BREACH_CROWD,      // a host saw more requests at once, or closer together, than its cap
    SIM_BREACH_LOST,       // an article that had to alert never did
    SIM_BREACH_TWO_IDS,    // one (rule, article) under two ids, or one id with two bodies
    SIM_BREACH_UNEXPECTED, // an alert that nothing called for
    SIM_BREACH_STARVED,    // a feed was due and nobody asked
    SIM_BREACHES
};

struct sim_options {
    uint64_t seed;
    unsigned feeds;
    unsigned days;
    enum sim_bug bug;
    FILE *trace; // every event as a line; NULL: only its hash
};

struct sim_result {
    uint64_t trace_hash;
    uint64_t events, polls, unchanged, failures, commits, commits_failed, crashes, restarts, clock_steps;
    uint64_t expected, delivered, attempts, digests, notices;
    uint64_t breaches[SIM_BREACHES];
    char first[200]; // the first breach, with its time; empty: none
};

// Runs one simulation.
void sim_run(const struct sim_options *options, struct sim_result *out);

// Returns how many breaches there were, and the name of one kind.
uint64_t sim_breaches(const struct sim_result *result);
const char *sim_breach_name(enum sim_breach breach);

#endif
