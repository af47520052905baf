// SPDX-License-Identifier: MIT
//
// An outcome that waits for its commit while the clock is set.
#include "tests/tools/check.h"

#include "daemon/pipeline.h"

static const struct now ended = {{1000000}, {5000}};
enum { WAITED_MS = 700, PAUSE_MS = 9000 };

static struct outcome outcome_due(int64_t due_ms)
{
    struct outcome o = {.ended = ended, .hold_until = {ended.wall.ms + PAUSE_MS}};
    o.feed.polled_at = ended.wall;
    o.feed.due.ms = due_ms;
    o.feed.hold_until = o.hold_until;
    o.feed.fresh_until.ms = ended.wall.ms - 1;
    return o;
}

static struct now later(int64_t step_ms)
{
    return (struct now){wall_add(ended.wall, WAITED_MS + step_ms), mono_add(ended.mono, WAITED_MS)};
}

static void times_ahead_follow_a_clock_that_is_set(void **state)
{
    (void)state;
    static const int64_t steps[] = {0, HOUR_MS, -HOUR_MS, -400LL * DAY_MS};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct outcome o = outcome_due(ended.wall.ms + PAUSE_MS);
        struct now now = later(steps[i]);
        outcome_follow_clock(&o, now);
        assert_int_equal(wall_diff(o.feed.due, now.wall), PAUSE_MS - WAITED_MS);
        assert_int_equal(wall_diff(o.hold_until, now.wall), PAUSE_MS - WAITED_MS);
        assert_int_equal(wall_diff(o.feed.hold_until, now.wall), PAUSE_MS - WAITED_MS);
        assert_int_equal(wall_diff(o.feed.due, o.feed.polled_at), PAUSE_MS);
        assert_int_equal(o.feed.fresh_until.ms, ended.wall.ms - 1); // long over
        outcome_follow_clock(&o, now);
        assert_int_equal(wall_diff(o.feed.due, now.wall), PAUSE_MS - WAITED_MS); // once
    }
}

static void a_feed_that_is_never_due_stays_so(void **state)
{
    (void)state;
    struct outcome o = outcome_due(INT64_MAX);
    outcome_follow_clock(&o, later(-HOUR_MS));
    assert_int_equal(o.feed.due.ms, INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_ahead_follow_a_clock_that_is_set),
        cmocka_unit_test(a_feed_that_is_never_due_stays_so),
    };
    return cmocka_run_group_tests_name("outcome", tests, NULL, NULL);
}
