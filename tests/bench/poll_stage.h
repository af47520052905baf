// SPDX-License-Identifier: MIT
//
// Where polls are raced: the real daemon, store and all, with N feeds each on a loopback address of its own, served by
// nginx, which keeps no connection, so that each poll is a fresh one, as at feed intervals it is. The daemon's clock is
// stepped: all feeds fall due at once, and a wave is over when nothing is under way.
#ifndef TESTS_BENCH_POLL_STAGE_H
#define TESTS_BENCH_POLL_STAGE_H

#include "tests/tools/scene.h"

struct poll_stage {
    struct scene scene;
    unsigned hosts;
    bool is_gzip; // curl asks for packed bodies, and without a condition
    bool is_tls;
    pid_t nginx;
    const char *ca; // is_tls: the system's bundle with the stage's own certificate
};

// Starts nginx and the daemon and lets the daemon read each feed once. Ends the program where that fails.
void poll_stage_open(struct poll_stage *s);
void poll_stage_done(struct poll_stage *s);

// Changes the feed at all addresses.
void poll_stage_edition(struct poll_stage *s, unsigned edition);

// Polls all feeds once; returns seconds. In `steps` jumps of the clock (1: all at once; more where so many would outlast
// the bound of a wait).
double poll_stage_wave(struct poll_stage *s, unsigned steps);

// Fetches all addresses once with curl --parallel; returns seconds.
double poll_stage_curl(struct poll_stage *s);

// Requests a second that wrk makes of one address, without TLS.
double poll_stage_wrk(struct poll_stage *s);

// Reads a number of the daemon's metrics; `name` up to the blank, labels with it. -1: there is none.
double poll_stage_metric(struct poll_stage *s, const char *name);

#endif
