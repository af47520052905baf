// SPDX-License-Identifier: MIT
//
// Feeds that come, go and change hands while they are being asked: by a reload, by a person, by a move for good.
#include "tests/tools/check.h"
#include "tests/tools/paper.h"

static const char RULES[] = "rule truce {\n when truce\n group none\n notify desk\n}\n";

// A paper that is reached through a proxy: what a person adds may lie on public addresses only.
static void open_behind_proxy(struct scene *s, struct paper *p, const char *name, const char *more)
{
    scene_open(s, name);
    paper_open(p, s, "127.0.0.2", PRESS_RSS);
    p->path = "http://paper.example/feed";
    paper_serve(p);
    scene_write(s, "rules.d/truce.rules", "%s", RULES);
    scene_config(s, arena_fmt(&s->arena, "proxy \"%s\"\n%s", origin_url(&s->origin, "127.0.0.2", ""), more).p);
}

static void configure(struct scene *s, const char *more)
{
    scene_config(s, arena_fmt(&s->arena, "proxy \"%s\"\n%s", origin_url(&s->origin, "127.0.0.2", ""), more).p);
    int status;
    scene_ctl(s, &status, "reload", "--wait", NULL);
    assert_int_equal(status, 0);
}

static void ctl(struct scene *s, const char *verb, const char *url)
{
    int status;
    struct str out = scene_ctl(s, &status, "feeds", verb, url, NULL);
    if (status != 0)
        fail_msg("feeds %s: %.*s", verb, STR_ARG(out));
}

static bool is_there(struct scene *s, const char *url)
{
    int status;
    scene_ctl(s, &status, "feeds", "show", url, NULL);
    return status == 0;
}

static void an_added_feed_that_the_configuration_names_is_its_own_from_then_on(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    open_behind_proxy(&s, &p, "named", "");
    scene_start(&s);
    ctl(&s, "add", p.path);
    scene_run(&s, MINUTE_MS);
    assert_true(is_there(&s, p.path));
    configure(&s, arena_fmt(&s.arena, "feed %s {\n every 10m\n name \"Named\"\n}\n", p.path).p);
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_run(&s, 5 * MINUTE_MS);
    ctl(&s, "poll", p.path);
    scene_run(&s, 11 * MINUTE_MS); // its state is written under the configuration's options
    scene_until_acked(&s, "truce g1", 1);
    configure(&s, ""); // with them it goes
    assert_false(is_there(&s, p.path));
    size_t polls = paper_polls(&p);
    scene_run(&s, HOUR_MS);
    assert_int_equal(paper_polls(&p), polls);
    scene_stop(&s);
    scene_start(&s);
    assert_false(is_there(&s, p.path));
    scene_stop(&s);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_added_feed_that_the_configuration_names_is_its_own_from_then_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
