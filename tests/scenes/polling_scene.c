// SPDX-License-Identifier: MIT
//
// What all feeds together may ask, whichever worker has them: polls within the budget of the configuration.
#include <signal.h>

#include "base/buf.h"
#include "tests/tools/check.h"
#include "tests/tools/scene.h"

enum { FEEDS = 20, BUDGET = 4 }; // polls an hour

#define EMPTY "<rss version=\"2.0\"><channel><title>Nothing new</title></channel></rss>"

// A configuration of two workers and feeds on as many hosts, whose papers say nothing new.
static void configure(struct scene *s, const char *more)
{
    struct buf text;
    buf_init(&text, 1 << 16);
    buf_addf(&text, "workers 2\n%s", more);
    for (unsigned i = 0; i < FEEDS; i++) {
        const char *address = arena_fmt(&s->arena, "127.0.3.%u", i + 1).p;
        if (!origin_count(&s->origin, address, NULL))
            origin_serve(&s->origin, address, "/feed", (struct origin_reply){.body = S(EMPTY), .etag = "\"1\""});
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
    configure(&s, arena_fmt(&s.arena, "budget %d/1h\n", BUDGET).p);
    scene_start(&s);
    scene_run(&s, 8LL * DAY_MS);
    assert_in_range(polls_of_days(&s, 3), 0.9 * 3 * 24 * BUDGET, 1.1 * 3 * 24 * BUDGET);
    configure(&s, "");
    scene_signal(&s, SIGHUP);
    scene_expect(&s, "generation 2");
    scene_run(&s, DAY_MS); // each feed's pause was chosen by the price of its last poll
    assert_true(polls_of_days(&s, 1) < 24 * BUDGET / 2);
    scene_stop(&s);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(polls_of_all_workers_follow_the_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
