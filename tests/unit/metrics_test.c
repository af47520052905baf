// SPDX-License-Identifier: MIT
//
// The histogram of loop turns: each bound holds its own, what is above them all is counted, and the text adds up.
#include "daemon/metrics.h"

#include "tests/tools/check.h"

static void turns_fall_below_their_bounds(void **state)
{
    (void)state;
    static struct metrics m;
    static const struct {
        uint64_t took_us;
        const char *why;
    } turns[] = {{0, "nothing to do"}, {250, "at the first bound"}, {251, "one past it"},
                 {1000000, "at the last bound"}, {1000001, "above them all"}};
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++)
        metric_turn(&m, turns[i].took_us);
    struct buf text;
    buf_init(&text, 1 << 16);
    metric_add_turns(&m, &text);
    static const char *const lines[] = {
        "_bucket{le=\"0.00025\"} 2\n", "_bucket{le=\"0.0005\"} 3\n", "_bucket{le=\"0.25\"} 3\n", "_bucket{le=\"1\"} 4\n",
        "_bucket{le=\"+Inf\"} 5\n", "_sum 2.000502\n", "_count 5\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (str_find(buf_str(&text), str_of(lines[i])) == text.n)
            fail_msg("expected \"%s\" in:\n%s", lines[i], buf_z(&text));
    buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_fall_below_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
