// SPDX-License-Identifier: MIT
//
// Faults of the operating system, switched on and off from outside while the daemon runs: a library that is loaded
// before libc (tests/faults/preload.c) fails or holds the calls that a page of shared memory names, or has
// the machine asleep for a while. No root, no mount, no quota is needed, so that the same scene runs everywhere.
#ifndef TESTS_FAULTS_FAULT_H
#define TESTS_FAULTS_FAULT_H

#include <stdint.h>

#define FAULT_ENV "FEEDWATCH_TEST_FAULTS" // path of the page's file

// Which calls on what lies under the prefix do not return, as on a stuck mount.
enum fault_hang { FAULT_HANG_NONE, FAULT_HANG_SYNC, FAULT_HANG_STAT };

enum { FAULT_PREFIX_BYTES = 256, FAULT_PAGE_BYTES = 4096 };

struct fault_page {
    int32_t write_error;             // errno that writes to files under prefix fail with; 0: they succeed
    int32_t sync_error;              // the same for fsync, fdatasync
    char prefix[FAULT_PREFIX_BYTES]; // absolute
    uint64_t failed;                 // counted by the daemon: calls failed
    int64_t allocations_left;        // malloc fails once this many succeeded; < 0: never
    int64_t skipped_ms;              // so much more has gone by: the monotonic clock is ahead
    int64_t slept_ms;                // the machine has slept so long: the clocks that go on meanwhile are ahead
    int32_t hang;                    // enum fault_hang; they return once it is another
    uint64_t hung;                   // counted by the daemon: calls that were held
};

#endif
