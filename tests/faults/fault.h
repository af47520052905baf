// SPDX-License-Identifier: MIT
//
// Faults of the operating system, switched on and off from outside while the daemon runs: a library that is loaded
// before libc (tests/faults/preload.c) fails the calls that a page of shared memory names, or has the
// machine asleep for a while. No root, no mount, no quota is needed, so that the same scene runs everywhere.
#ifndef TESTS_FAULTS_FAULT_H
#define TESTS_FAULTS_FAULT_H

#include <stdint.h>

#define FAULT_ENV "FEEDWATCH_TEST_FAULTS" // path of the page's file

enum { FAULT_PREFIX_BYTES = 256, FAULT_PAGE_BYTES = 4096 };

struct fault_page {
    int32_t write_error;             // errno that writes to files under prefix fail with; 0: they succeed
    int32_t sync_error;              // the same for fsync, fdatasync
    char prefix[FAULT_PREFIX_BYTES]; // absolute
    uint64_t failed;                 // counted by the daemon: calls failed
    int64_t allocations_left;        // malloc fails once this many succeeded; < 0: never
    int64_t slept_ms;                // the machine has slept so long: the clocks that go on meanwhile are ahead
};

#endif
