// SPDX-License-Identifier: MIT
//
// What all feeds together may ask, whichever worker has them: polls within the budget of the configuration, and of a
// host no more than its share, however many feeds of other hosts are led there.
#include <signal.h>

#include "base/buf.h"
#include "tests/tools/check.h"
#include "tests/tools/scene.h"

enum { FEEDS = 20, BUDGET = 4 }; // polls an hour

static const struct origin_reply nothing_new = {
    .body = STR("<rss version=\"2.0\"><channel><title>Nothing new</title></channel></rss>"), .etag = "\"1\""};

// A configuration of feeds on as many hosts, which all answer alike.
static void configure(struct scene *s, const char *top, struct origin_reply reply)
{
    struct buf text;
    buf_init(&text, 1 << 16);
    buf_addf(&text, "%s\n", top);
    for (unsigned i = 0; i < FEEDS; i++) {
        const char *address = arena_fmt(&s->arena, "127.0.3.%u", i + 1).p;
        origin_serve(&s->origin, address, "/feed", reply);
        buf_addf(&text, "feed %s {\n allow-private yes\n}\n", origin_url(&s->origin, address, "/feed"));
    }
    scene_config(s, buf_z(&text));
    buf_done(&text);
}

static size_t polls_of_days(struct scene *s, int days)
{
    size_t before = origin_count(&s->origin, NULL, NULL);
    scene_run(s, (int64_t)days * DAY_MS);
    return origin_count(&s->origin, NULL, NULL) - before;
}

static void polls_of_all_workers_follow_the_budget(void **state)
{
    (void)state;
    static struct scene s;
    scene_open(&s, "budget");
    configure(&s, arena_fmt(&s.arena, "workers 2\nbudget %d/1h", BUDGET).p, nothing_new);
    scene_start(&s);
    scene_run(&s, 8LL * DAY_MS);
    assert_in_range(polls_of_days(&s, 3), 0.9 * 3 * 24 * BUDGET, 1.1 * 3 * 24 * BUDGET);
    scene_stop(&s);
    scene_start(&s);
    assert_in_range(polls_of_days(&s, 2), 0.9 * 2 * 24 * BUDGET, 1.1 * 2 * 24 * BUDGET); // the price outlives it
    configure(&s, "workers 2", nothing_new);
    scene_signal(&s, SIGHUP);
    scene_expect(&s, "generation 2");
    scene_run(&s, DAY_MS); // each feed's pause was chosen by the price of its last poll
    assert_true(polls_of_days(&s, 1) < 24 * BUDGET / 2);
    scene_stop(&s);
    scene_done(&s);
}

static const char ONE[] = "127.0.4.1"; // where all are led

// Four workers, and everyone is led to one host.
static void open_led_to_one(struct scene *s, const char *name, int status, struct origin_reply reply)
{
    scene_open(s, name);
    origin_serve(&s->origin, ONE, "/feed", reply);
    configure(s, "workers 4",
              (struct origin_reply){.status = status, .location = origin_url(&s->origin, ONE, "/feed")});
    scene_start(s);
    scene_settle(s);
}

// All want to ask the one host now, which has seen so many requests: they come one a second, and all come.
static void expect_one_a_second(struct scene *s, size_t before)
{
    for (size_t i = 1; i <= FEEDS; i++) {
        if (origin_count(&s->origin, ONE, NULL) > before + i)
            fail_msg("the host saw %zu requests within %zu s", origin_count(&s->origin, ONE, NULL) - before, i - 1);
        scene_run(s, SECOND_MS);
    }
    scene_run(s, FEEDS * SECOND_MS);
    assert_int_equal(origin_count(&s->origin, ONE, NULL), before + FEEDS);
}

static void feeds_of_all_workers_that_are_led_to_one_host_ask_it_one_a_second(void **state)
{
    (void)state;
    static struct scene s;
    open_led_to_one(&s, "led", 302, nothing_new);
    expect_one_a_second(&s, 0);
    scene_stop(&s);
    scene_done(&s);
}

static void feeds_of_all_workers_that_moved_to_one_host_ask_it_one_a_second(void **state)
{
    (void)state;
    static struct scene s;
    open_led_to_one(&s, "moved", 301, nothing_new);
    scene_run(&s, 3LL * DAY_MS);
    size_t led = origin_count(&s.origin, NULL, NULL) - origin_count(&s.origin, ONE, NULL);
    size_t asked = origin_count(&s.origin, ONE, NULL);
    scene_jump(&s, 2LL * DAY_MS); // asleep: all are due at once
    expect_one_a_second(&s, asked);
    assert_int_equal(origin_count(&s.origin, NULL, NULL) - origin_count(&s.origin, ONE, NULL), led); // no hop was left
    scene_stop(&s);
    scene_done(&s);
}

static void word_of_two_feeds_of_any_worker_holds_the_host_that_they_are_led_to(void **state)
{
    (void)state;
    static struct scene s;
    open_led_to_one(&s, "led-held", 302, (struct origin_reply){.status = 429, .headers = "Retry-After: 7200\r\n"});
    scene_run(&s, HOUR_MS);
    assert_int_equal(origin_count(&s.origin, ONE, NULL), 2);
    origin_serve(&s.origin, ONE, "/feed", nothing_new);
    scene_run(&s, 2LL * HOUR_MS);
    assert_int_equal(origin_count(&s.origin, ONE, NULL), 2 + FEEDS); // the pause is over for those two as well
    scene_stop(&s);
    scene_done(&s);
}

static void stop_while_feeds_wait_to_be_let_in_ends_in_order(void **state)
{
    (void)state;
    static struct scene s;
    open_led_to_one(&s, "led-stop", 302, nothing_new);
    scene_run(&s, 3 * SECOND_MS);
    scene_stop(&s);
    scene_start(&s);
    scene_run(&s, 2 * MINUTE_MS);
    assert_true(origin_count(&s.origin, ONE, NULL) >= FEEDS); // what was dropped was asked again
    scene_stop(&s);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(polls_of_all_workers_follow_the_budget),
        cmocka_unit_test(feeds_of_all_workers_that_are_led_to_one_host_ask_it_one_a_second),
        cmocka_unit_test(feeds_of_all_workers_that_moved_to_one_host_ask_it_one_a_second),
        cmocka_unit_test(word_of_two_feeds_of_any_worker_holds_the_host_that_they_are_led_to),
        cmocka_unit_test(stop_while_feeds_wait_to_be_let_in_ends_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
