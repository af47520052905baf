// SPDX-License-Identifier: MIT
//
// The process's clock: the operating system's, or one that a test steps. Whoever runs a loop reads it once a turn and
// passes `struct now` down; nobody else reads time. Monotonic time goes on while the machine sleeps (CLOCK_BOOTTIME):
// what fell due meanwhile is due.
//
// The stepped clock is for scenes only and has no option: the environment variable FEEDWATCH_TEST_CLOCK=FD:WALL_MS
// names an inherited stream socket (one end of a socketpair) and the wall time to start at. Requests and answers are
// lines; one request is answered before the next is sent:
//
//   now         ok WALL_MS
//   advance MS  steps wall and monotonic time and wakes every loop          ok WALL_MS
//   wall MS     steps wall time alone, either way, as a wrong clock would   ok WALL_MS
//   idle        waits until nothing is under way                            idle NEXT_MS (to the next alarm) or idle -
//   run MS      passes MS from alarm to alarm, idle in between, as time would   ok WALL_MS
//   anything else                                                           error TEXT
//
// "Nothing is under way" means: no message in a queue, no fetch, commit or delivery in flight, no alarm due. What only
// real time moves (libcurl's own time-outs, a store's back-off) counts as under way. When the other end closes, the
// daemon stops as on SIGTERM. An answer says WALL_MS after the step. `--once` asks the same count of the operating
// system's clock, where lines of the log are left out.
#ifndef DAEMON_CLOCK_H
#define DAEMON_CLOCK_H

#include "base/clock.h"
#include "base/err.h"

struct clock {
    bool is_stepped;
    int64_t wall_ms, mono_ms;     // of the stepped clock; atomic
    int64_t under_way;            // atomic: clock_begin less clock_end
    void (*on_idle)(void *owner); // called on any thread when under_way falls to 0, of a stepped clock
    void *owner;
};

// Makes the operating system's clock, or the stepped one where the environment asks for it; *out_fd is then its
// descriptor, else -1.
bool clock_init(struct clock *clock, int *out_fd, struct err *err) MUST_CHECK;

// Returns both times. Any thread.
struct now clock_now(const struct clock *clock);

// Returns for how long the machine has slept since it was started, or a little less; 0 of a stepped clock, which steps
// over a sleep with `advance`. Any thread.
int64_t clock_slept_ms(const struct clock *clock);

// Steps the stepped clock.
void clock_step(struct clock *clock, int64_t wall_ms, int64_t mono_ms);

// Something is under way from begin to end: whoever hands work on begins it before ending his own, so that the count
// is 0 only where nothing is. Any thread.
void clock_begin(struct clock *clock);
void clock_end(struct clock *clock);
bool clock_is_idle(const struct clock *clock);

#endif
