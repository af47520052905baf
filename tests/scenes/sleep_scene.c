// SPDX-License-Identifier: MIT
//
// The machine sleeps: in real time, with the operating system's clocks as they are after a sleep (tests/faults), while
// every timer that was set before goes on where it stood.
#include "tests/tools/check.h"

#include <time.h>

#include "tests/tools/faults.h"
#include "tests/tools/paper.h"

enum { SLEEP_MS = 8 * HOUR_MS };

static bool is_refused(struct scene *s, const void *context)
{
    (void)context;
    return s->receiver.counts.requests > 0;
}

static void poll(struct scene *s, struct paper *p)
{
    int status;
    scene_ctl(s, &status, "feeds", "poll", "--force", paper_url(p), NULL);
    assert_int_equal(status, 0);
}

// An alert that is to be tried again in an hour, of a feed that is to be asked again in ten minutes.
static struct fault_page *open_with_retry(struct scene *s, struct paper *p, const char *name)
{
    scene_open(s, name);
    struct fault_page *page = faults_load(s);
    paper_open(p, s, "127.0.0.2", PRESS_RSS);
    scene_config(s, paper_config(p, ""));
    scene_write(s, "rules.d/truce.rules",
                "rule truce {\n when truce\n group none\n notify desk\n}\n"
                "rule flood {\n when flood\n group none\n throttle 1/1h\n notify desk\n}\n");
    s->is_real_time = true;
    s->now = (wall_t){(int64_t)time(NULL) * SECOND_MS}; // the receiver's
    scene_start(s);
    scene_expect(s, "baseline");
    receiver_plan(&s->receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 503,
                                                       .retry_after = "3600", .times = 1});
    paper_print(p, "g1", "A truce from midnight", NULL);
    poll(s, p);
    scene_until(s, "an attempt that fails", is_refused, NULL);
    scene_expect(s, "503");
    return page;
}

static void fall_asleep_and_wake(struct scene *s, struct fault_page *page)
{
    s->now = wall_add(s->now, SLEEP_MS);
    __atomic_store_n(&page->slept_ms, SLEEP_MS, __ATOMIC_RELEASE);
    scene_expect(s, "the machine slept for 28800 s");
}

static void end(struct scene *s, struct fault_page *page)
{
    assert_int_equal(receiver_report(&s->receiver).early_retries, 0);
    assert_int_equal(receiver_report(&s->receiver).bad_signatures, 0);
    scene_stop(s);
    faults_done(page);
    scene_done(s);
}

static void what_fell_due_meanwhile_is_done_when_it_wakes(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    struct fault_page *page = open_with_retry(&s, &p, "sleep");
    paper_print(&p, "f1", "A flood in the north", NULL);
    paper_print(&p, "f2", "Another flood, in the south", NULL);
    poll(&s, &p);
    scene_until_acked(&s, "flood f1", 1); // and the other one waits for its digest
    paper_print(&p, "g2", "Another truce", NULL);
    assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 0);
    fall_asleep_and_wake(&s, page);
    scene_until_acked(&s, "truce g1", 1);
    scene_until_acked(&s, "truce g2", 1);
    scene_until_acked(&s, NULL, 4); // with the digest
    end(&s, page);
}

// No poll is due that would turn the other threads.
static void each_thread_is_woken(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    int status;
    struct fault_page *page = open_with_retry(&s, &p, "sleep-paused");
    scene_ctl(&s, &status, "feeds", "pause", paper_url(&p), NULL);
    assert_int_equal(status, 0);
    fall_asleep_and_wake(&s, page);
    scene_until_acked(&s, "truce g1", 1);
    end(&s, page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fell_due_meanwhile_is_done_when_it_wakes),
        cmocka_unit_test(each_thread_is_woken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
