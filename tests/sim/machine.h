// SPDX-License-Identifier: MIT
//
// The daemon of a simulation: one life of it, from start to stop or crash. It stands for the threads of daemon/ (worker,
// writer, delivery loop) with one queue of events, and calls the same pure code in the same order; the writer's half
// is the writer's own (daemon/writer_parts.h).
#ifndef TESTS_SIM_MACHINE_H
#define TESTS_SIM_MACHINE_H

#include "store/memory.h"
#include "tests/sim/world.h"

enum machine_event { EVENT_ANSWER, EVENT_ALARM, EVENT_WRITE, EVENT_CHECKPOINT, EVENT_POSTED };

struct machine;

// What surrounds it: the clocks and the queue of events, owned by the simulation.
struct machine_host {
    void *context;
    struct now (*now)(void *context);
    int64_t (*true_ms)(void *context);
    // Calls machine_event after ms, unless this life is over by then.
    void (*later)(void *context, int64_t ms, enum machine_event event, void *about);
    void (*trace)(void *context, const char *format, ...) __attribute__((format(printf, 2, 3)));
};

struct machine_options {
    struct world *world;
    struct memory_disk *disk;
    unsigned feeds;
    uint64_t seed; // of this life
    enum sim_bug bug;
    struct sim_result *result;
    bool are_receivers_well; // no faults of theirs any more
};

// Starts a life: opens the store, loads it, asks what is due.
struct machine *machine_start(const struct machine_options *options, const struct machine_host *host);

void machine_on_event(struct machine *m, enum machine_event event, void *about);

// Tells whether the store died under it (a planted crash): the caller ends this life.
bool machine_is_dead(const struct machine *m);

// Tells whether the disk is failing now, and since when it is not.
int64_t machine_up_since(const struct machine *m);

// Returns the true time of its last durable sign of life.
int64_t machine_heartbeat(const struct machine *m);

// Returns how many deliveries wait.
size_t machine_waiting(const struct machine *m);

void machine_be_well(struct machine *m);

// Ends it: by a clean stop, or as a crash does, with all that was in memory gone.
void machine_stop(struct machine *m);
void machine_crash(struct machine *m);

#endif
