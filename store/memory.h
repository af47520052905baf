// SPDX-License-Identifier: MIT
//
// The memory engine's disk: what survives closing and crashing, for tests and the simulator, and where they plant
// faults. The engine behaves as sqlite does, to the letter of the conformance suite.
#ifndef STORE_MEMORY_H
#define STORE_MEMORY_H

#include "store/store.h"

struct memory_disk;

struct memory_disk *memory_disk_open(void);
void memory_disk_close(struct memory_disk *disk);

enum memory_fault {
    MEMORY_NONE,
    MEMORY_FAIL,         // commit n fails with STORE_LATER and changes nothing (a full disk)
    MEMORY_CRASH_BEFORE, // commit n changes nothing, and the store is dead: every call fails until it is opened again
    MEMORY_CRASH_AFTER,  // commit n is durable, but its caller is told otherwise: the store is dead
};

// Plants a fault at the n-th commit from now (1: the next one). A failing commit fails `times` times.
void memory_disk_fault(struct memory_disk *disk, enum memory_fault fault, uint64_t n, uint64_t times);

// Returns how many commits were made durable since the disk was made.
uint64_t memory_disk_commits(const struct memory_disk *disk);

#endif
