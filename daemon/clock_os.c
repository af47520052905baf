// SPDX-License-Identifier: MIT
#include "daemon/clock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>

enum { STEPPED_MONO_MS = HOUR_MS }; // where a stepped monotonic clock starts: above 0, as after a boot

static int64_t read_ms(clockid_t id)
{
    struct timespec t;
    int failed = clock_gettime(id, &t);
    assert(!failed);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool clock_init(struct clock *clock, int *out_fd, struct err *err)
{
    *clock = (struct clock){0};
    const char *asked = getenv("FEEDWATCH_TEST_CLOCK");
    if (!asked) {
        *out_fd = -1;
        return true;
    }
    struct str rest = str_of(asked);
    struct str fd = str_cut(&rest, ':');
    uint64_t number = 0;
    int64_t wall_ms = 0;
    if (!str_to_u64(fd, 1 << 20, &number) || !str_to_i64(rest, &wall_ms))
        return err_set(err, "FEEDWATCH_TEST_CLOCK: expected FD:WALL_MS, found \"%s\"", asked);
    if (fcntl((int)number, F_SETFD, FD_CLOEXEC) != 0)
        return err_set(err, "FEEDWATCH_TEST_CLOCK: descriptor %d: %s", (int)number, strerror(errno));
    clock->is_stepped = true;
    clock->wall_ms = wall_ms;
    clock->mono_ms = STEPPED_MONO_MS;
    *out_fd = (int)number;
    return true;
}

struct now clock_now(const struct clock *clock)
{
    if (!clock->is_stepped)
        return (struct now){{read_ms(CLOCK_REALTIME)}, {read_ms(CLOCK_BOOTTIME)}};
    return (struct now){{__atomic_load_n(&clock->wall_ms, __ATOMIC_ACQUIRE)},
                        {__atomic_load_n(&clock->mono_ms, __ATOMIC_ACQUIRE)}};
}

int64_t clock_slept_ms(const struct clock *clock)
{
    if (clock->is_stepped)
        return 0;
    int64_t with_sleep_ms = read_ms(CLOCK_BOOTTIME); // first: a pause between the two must not look like a sleep
    return with_sleep_ms - read_ms(CLOCK_MONOTONIC);
}

void clock_step(struct clock *clock, int64_t wall_ms, int64_t mono_ms)
{
    assert(clock->is_stepped && mono_ms >= 0);
    __atomic_add_fetch(&clock->wall_ms, wall_ms, __ATOMIC_ACQ_REL);
    __atomic_add_fetch(&clock->mono_ms, mono_ms, __ATOMIC_ACQ_REL);
}

void clock_begin(struct clock *clock) { __atomic_add_fetch(&clock->under_way, 1, __ATOMIC_ACQ_REL); }

void clock_end(struct clock *clock)
{
    int64_t left = __atomic_sub_fetch(&clock->under_way, 1, __ATOMIC_ACQ_REL);
    assert(left >= 0);
    if (left == 0 && clock->is_stepped && clock->on_idle)
        clock->on_idle(clock->owner);
}

bool clock_is_idle(const struct clock *clock) { return __atomic_load_n(&clock->under_way, __ATOMIC_ACQUIRE) == 0; }
