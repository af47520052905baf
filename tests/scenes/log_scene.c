// SPDX-License-Identifier: MIT
//
// Where the log of the real daemon goes, and who waits for it.
#include "tests/tools/check.h"

#include "tests/tools/paper.h"

static bool has_ended(struct scene *s, const void *context)
{
    (void)context;
    return !scene_is_running(s);
}


// As `feedwatchd --once 2>&1 | less` that nobody pages on.
static void once_waits_for_no_reader_that_never_comes(void **state)
{
    enum { RULES_N = 60 }; // the lines of their alerts are more than the way to the reader holds
    (void)state;
    static struct scene s;
    struct paper p;
    struct buf rules;
    scene_open(&s, "once-unread");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    paper_print_many(&p, "m", "truce", PAPER_SHOWN);
    scene_config(&s, paper_config(&p, "first-run all\n"));
    buf_init(&rules, 1 << 20);
    for (int i = 0; i < RULES_N; i++)
        buf_addf(&rules, "rule r%d {\n when truce\n group none\n throttle off\n notify desk syslog\n}\n", i);
    scene_write(&s, "rules.d/truce.rules", "%s", buf_z(&rules));
    buf_done(&rules);
    s.is_real_time = true; // a stepped clock waits for the log
    s.receiver.daemon_clock = NULL;
    s.mode = "--once";
    scene_launch(&s);
    uv_read_stop((uv_stream_t *)&s.daemon.errors);
    scene_until_acked(&s, NULL, (size_t)RULES_N * PAPER_SHOWN);
    uint64_t all_done = uv_now(&s.loop);
    scene_until(&s, "the daemon's end", has_ended, NULL);
    assert_int_equal(s.daemon.status, 0);
    assert_true(uv_now(&s.loop) - all_done < SCENE_STOP_MS);
    assert_int_equal(s.log.n, 0);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(once_waits_for_no_reader_that_never_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
