// SPDX-License-Identifier: MIT
//
// The keeper: the thread of what no alert waits for. It moves the store's log into the main file every 200 ms (the p99
// of a commit falls fivefold for it), writes the archive of items after their poll was committed, and prunes both.
#ifndef DAEMON_KEEPER_H
#define DAEMON_KEEPER_H

#include "daemon/threads.h"
#include "store/side.h"

enum keeper_message { KEEPER_WORK = JOB + 1 }; // struct work, whose end this is: archived and freed

enum { KEEPER_CHECKPOINT_MS = 200, KEEPER_QUEUE_BYTES = 64 << 20 };

struct keeper;

// Starts the thread. The side is taken. `state` is the state directory, for the archive.
struct keeper *keeper_start(const struct threads *threads, struct store_side *side, struct str state);

// Where to send to it.
struct queue *keeper_queue(struct keeper *keeper);

// Finishes what is in the queue and ends the thread.
void keeper_stop(struct keeper *keeper);

#endif
