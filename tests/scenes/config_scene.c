// SPDX-License-Identifier: MIT
//
// Mistakes in what people write: told in full, and never paid for with what ran before.
#include "tests/tools/check.h"

#include <signal.h>

#include "tests/tools/paper.h"

enum { EXIT_CONFIG = 78, EXIT_USAGE = 64 };

static const char GOOD_RULES[] = "rule truce {\n    when truce\n    group none\n    notify desk\n}\n";

static bool log_has(const struct scene *s, const char *text)
{
    if (scene_says(s, text))
        return true;
    print_error("\"%s\" is not in the log:\n%.*s\n", text, STR_ARG(str_from(buf_str(&s->log), s->log_mark)));
    return false;
}

static void typo_at_start_shows_place_caret_and_suggestion(void **state)
{
    (void)state;
    static struct scene s;
    scene_open(&s, "typo");
    scene_config(&s, "feed https://news.example/a.xml {\n    evry 5m\n}\n");
    assert_int_equal(scene_start_fails(&s, NULL), EXIT_CONFIG);
    assert_true(log_has(&s, "feedwatch.conf:10:5: error: "));
    assert_true(log_has(&s, "evry 5m\n"));
    assert_true(log_has(&s, "    ^~~~"));
    assert_true(log_has(&s, "every"));
    scene_done(&s);
}

static void all_mistakes_are_told_in_one_run(void **state)
{
    (void)state;
    static struct scene s;
    scene_open(&s, "mistakes");
    scene_config(&s, "feed https://news.example/a.xml {\n    evry 5m\n}\nworkerz 3\n");
    scene_write(&s, "rules.d/a.rules", "rule a {\n    when truce NEAR/12 )\n    severty warning\n}\n");
    assert_int_equal(scene_start_fails(&s, NULL), EXIT_CONFIG);
    assert_true(log_has(&s, "feedwatch.conf:10:5: error: "));
    assert_true(log_has(&s, "feedwatch.conf:12:1: error: "));
    assert_true(log_has(&s, "rules.d/a.rules:2:"));
    assert_true(log_has(&s, "rules.d/a.rules:3:5: error: "));
    scene_done(&s);
}

static void check_says_the_same_and_starts_nothing(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    scene_open(&s, "check");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    scene_config(&s, paper_config(&p, ""));
    scene_write(&s, "rules.d/truce.rules", "%s", GOOD_RULES);
    assert_int_equal(scene_start_fails(&s, "--check", NULL), 0);
    scene_write(&s, "rules.d/truce.rules", "rule truce {\n    when truce\n    notfy desk\n}\n");
    assert_int_equal(scene_start_fails(&s, "--check", NULL), EXIT_CONFIG);
    assert_true(log_has(&s, "truce.rules:3:5: error: "));
    assert_true(log_has(&s, "feedwatch.conf: refused: 1 error, 0 warnings\n"));
    scene_write(&s, "rules.d/truce.rules", "%s", GOOD_RULES);
    scene_config(&s, "webhook off {\n url https://news.example/\n secret file:/nowhere\n}\n");
    assert_int_equal(scene_start_fails(&s, "--check", NULL), 0);
    assert_int_equal(scene_start_fails(&s, "--check", "--strict", NULL), EXIT_CONFIG);
    assert_true(log_has(&s, "feedwatch.conf: refused: 0 errors, 1 warning\n")); // or nobody knows why
    assert_int_equal(paper_polls(&p), 0);
    scene_done(&s);
}

static void missing_configuration_names_the_path(void **state)
{
    (void)state;
    static struct scene s;
    scene_open(&s, "missing");
    assert_int_equal(scene_start_fails(&s, NULL), EXIT_CONFIG);
    assert_true(log_has(&s, "feedwatch.conf"));
    assert_int_equal(scene_start_fails(&s, "--no-such-option", NULL), EXIT_USAGE);
    assert_int_equal(scene_start_fails(&s, "start", NULL), EXIT_USAGE);
    assert_true(log_has(&s, "it takes options alone, found \"start\""));
    assert_int_equal(scene_start_fails(&s, "--strict", NULL), EXIT_USAGE);
    assert_true(log_has(&s, "--strict goes with --check"));
    scene_done(&s);
}

static void reload_with_a_typo_keeps_the_old_generation(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    scene_open(&s, "reload-typo");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    scene_config(&s, paper_config(&p, ""));
    scene_write(&s, "rules.d/truce.rules", "%s", GOOD_RULES);
    scene_start(&s);

    scene_write(&s, "rules.d/truce.rules", "rule truce {\n    wehn truce\n    notify desk\n}\n");
    scene_mark(&s);
    scene_signal(&s, SIGHUP);
    scene_expect(&s, "truce.rules:2:5: error: ");
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 1);

    // Mended, the next reload takes the new generation.
    scene_write(&s, "rules.d/truce.rules", "rule grain {\n    when grain\n    notify desk\n}\n");
    scene_signal(&s, SIGHUP);
    scene_expect(&s, "generation 2");
    paper_print(&p, "g2", "Grain and a truce", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, "grain g2"), 1);
    assert_int_equal(receiver_acked(&s.receiver, "truce g2"), 0);
    scene_stop(&s);
    scene_done(&s);
}

// Writes the configuration of scene_config without a feed, its state, its socket and `more` as given.
static void write_config(struct scene *s, const char *state, const char *socket, const char *more)
{
    scene_write(s, "feedwatch.conf", "state \"%s/%s\"\nsocket \"%s/%s\"\nlog stderr\n%s", s->folder, state, s->folder,
                socket, more);
}

static void a_reload_tells_what_waits_for_the_next_start(void **state)
{
    static const char *const told[] = {"state: the change takes effect at the next start\n",
                                       "socket: the change takes effect at the next start\n",
                                       "listen: the change takes effect at the next start\n",
                                       "user-agent, contact: the change takes effect at the next start\n",
                                       "ca: the change takes effect at the next start\n",
                                       "workers: the change takes effect at the next start\n"};
    static const char *const changes[] = {"", "", "listen 127.0.0.1:8377\n", "contact https://me.example/\n",
                                          "ca other.pem\n", "workers 3\n"};
    enum { TOLD_N = sizeof told / sizeof *told };
    (void)state;
    static struct scene s;
    int status;
    scene_open(&s, "at-start");
    write_config(&s, "state", "control.sock", "workers 2\nuser-agent robot\n");
    scene_start(&s);
    for (int i = 0; i < TOLD_N; i++) {
        write_config(&s, i == 0 ? "other" : "state", i == 1 ? "other.sock" : "control.sock",
                     arena_fmt(&s.arena, "%s%s%s", i == 5 ? "" : "workers 2\n", i == 3 ? "" : "user-agent robot\n",
                               changes[i]).p);
        scene_mark(&s);
        struct str out = scene_ctl(&s, &status, "reload", "--wait", NULL);
        assert_int_equal(status, 0);
        scene_settle(&s);
        for (int k = 0; k < TOLD_N; k++)
            if ((str_find(out, str_of(told[k])) < out.n) != (k == i) || scene_says(&s, told[k]) != (k == i))
                fail_msg("of change %d, line %d: %.*s", i, k, STR_ARG(out));
    }
    // As it was: there is nothing to tell any more.
    write_config(&s, "state", "control.sock", "workers 2\nuser-agent robot\n");
    struct str out = scene_ctl(&s, &status, "reload", "--wait", NULL);
    assert_int_equal(str_find(out, S("next start")), out.n);
    scene_stop(&s);
    scene_done(&s);
}

static void reload_adds_a_feed_and_drops_another(void **state)
{
    (void)state;
    static struct scene s;
    struct paper one, two;
    scene_open(&s, "reload-feeds");
    paper_open(&one, &s, "127.0.0.2", PRESS_RSS);
    paper_open(&two, &s, "127.0.0.3", PRESS_ATOM);
    scene_config(&s, paper_config(&one, ""));
    scene_write(&s, "rules.d/truce.rules", "%s", GOOD_RULES);
    scene_start(&s);
    scene_config(&s, paper_config(&two, ""));
    scene_signal(&s, SIGHUP);
    scene_expect(&s, "generation 2");
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(paper_polls(&one), 1);
    size_t polls = paper_polls(&two);
    assert_true(polls >= 1);
    paper_print(&two, "g1", "A truce from midnight", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 1);
    scene_stop(&s);
    scene_done(&s);
}

// A feed under a new address, at a reload or at a start: what was known stays known, what is new is told.
static void moved_feed(bool at_start, const char *name)
{
    static struct scene s;
    struct paper old, new;
    scene_open(&s, name);
    paper_open(&old, &s, "127.0.0.2", PRESS_RSS);
    paper_open(&new, &s, "127.0.0.3", PRESS_RSS);
    scene_config(&s, paper_config(&old, ""));
    scene_write(&s, "rules.d/truce.rules", "rule truce {\n when truce\n group none\n notify desk\n}\n");
    scene_start(&s);
    paper_print(&old, "g1", "A truce from midnight", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 1);

    paper_print(&new, "g1", "A truce from midnight", NULL);
    paper_print(&new, "g2", "Another truce", NULL);
    if (at_start)
        scene_stop(&s);
    scene_config(&s, paper_config(&new, arena_fmt(&s.arena, "was %s\n", paper_url(&old)).p));
    if (at_start) {
        scene_start(&s);
    } else {
        scene_signal(&s, SIGHUP);
        scene_expect(&s, "generation 2");
    }
    size_t polls = paper_polls(&old);
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(paper_polls(&old), polls);
    assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 1);
    assert_int_equal(receiver_acked(&s.receiver, "truce g2"), 1); // no first poll: told
    paper_edit(&new, "g1", "A truce from midnight on");
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 1); // told under its former address

    scene_stop(&s); // its own state now, whatever the old row says
    scene_start(&s);
    paper_print(&new, "g3", "A third truce", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, "truce g3"), 1);
    assert_int_equal(receiver_acked(&s.receiver, "truce g2"), 1);
    scene_stop(&s);
    scene_done(&s);
}

static void a_feed_that_moved_takes_its_state_along_at_a_reload(void **state)
{
    (void)state;
    moved_feed(false, "moved-reload");
}

static void a_feed_that_moved_takes_its_state_along_at_a_start(void **state)
{
    (void)state;
    moved_feed(true, "moved-start");
}

static void a_thousand_reloads_under_load_lose_and_double_nothing(void **state)
{
    (void)state;
    enum { RELOADS = 100, EVERY = 10 };
    static struct scene s;
    struct paper p;
    scene_open(&s, "reloads");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    scene_config(&s, paper_config(&p, ""));
    scene_write(&s, "rules.d/truce.rules",
                "rule truce {\n when truce\n group none\n throttle 10000/1h\n notify desk\n}\n");
    scene_start(&s);
    for (int i = 0; i < RELOADS; i++) {
        char prefix[16], key[64];
        snprintf(prefix, sizeof prefix, "r%d", i);
        paper_print_many(&p, prefix, "truce", 2);
        for (int k = 1; k <= 2; k++) {
            snprintf(key, sizeof key, "truce %s-%d", prefix, k);
            receiver_expect(&s.receiver, key);
        }
        scene_run_begin(&s, 2 * MINUTE_MS);
        for (int k = 0; k < EVERY; k++)
            scene_signal(&s, SIGHUP);
        scene_run_end(&s);
        if (i % 5 == 4)
            scene_run(&s, 2 * MINUTE_MS);
    }
    scene_run(&s, 12 * MINUTE_MS);
    struct receiver_report r = receiver_report(&s.receiver);
    assert_int_equal(r.lost, 0);
    assert_int_equal(r.two_ids, 0);
    assert_int_equal(r.requests, RELOADS * 2);
    scene_stop(&s);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typo_at_start_shows_place_caret_and_suggestion),
        cmocka_unit_test(all_mistakes_are_told_in_one_run),
        cmocka_unit_test(check_says_the_same_and_starts_nothing),
        cmocka_unit_test(missing_configuration_names_the_path),
        cmocka_unit_test(reload_with_a_typo_keeps_the_old_generation),
        cmocka_unit_test(a_reload_tells_what_waits_for_the_next_start),
        cmocka_unit_test(reload_adds_a_feed_and_drops_another),
        cmocka_unit_test(a_feed_that_moved_takes_its_state_along_at_a_reload),
        cmocka_unit_test(a_feed_that_moved_takes_its_state_along_at_a_start),
        cmocka_unit_test(a_thousand_reloads_under_load_lose_and_double_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
