// SPDX-License-Identifier: MIT
//
// An article becomes an alert: the main road, walked by the real daemon.
#include "tests/tools/check.h"
#include "tests/tools/paper.h"

#define RULES                                                                                                          \
    "rule truce {\n"                                                                                                   \
    "    when   ceasefire OR truce\n"                                                                                  \
    "    group  none\n"                                                                                                \
    "    notify desk\n"                                                                                                \
    "}\n"

static void first_poll_is_a_baseline_and_the_next_article_alerts(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    scene_open(&s, "baseline");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    paper_print(&p, "old", "Ceasefire agreed long ago", NULL);
    scene_config(&s, paper_config(&p, ""));
    scene_write(&s, "rules.d/truce.rules", RULES);
    scene_start(&s);
    assert_int_equal(paper_polls(&p), 1);
    assert_int_equal(receiver_report(&s.receiver).requests, 0);

    paper_print(&p, "new", "A truce from midnight", NULL);
    paper_print(&p, "other", "Grain prices fall", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(paper_polls(&p), 2);
    assert_int_equal(receiver_acked(&s.receiver, NULL), 1);
    const struct receiver_alert *a = receiver_find(&s.receiver, "truce new");
    assert_non_null(a);
    assert_int_equal(a->attempts, 1);
    assert_str(a->type, "alert.matched");
    assert_int_equal(receiver_report(&s.receiver).bad_signatures, 0);

    scene_run(&s, HOUR_MS);
    assert_int_equal(receiver_report(&s.receiver).requests, 1);
    scene_stop(&s);
    scene_done(&s);
}

static void every_format_is_read(void **state)
{
    (void)state;
    static struct scene s;
    struct paper papers[4];
    scene_open(&s, "formats");
    struct str config = S("");
    for (int i = 0; i < 4; i++) {
        char address[16];
        snprintf(address, sizeof address, "127.0.0.%d", i + 2);
        paper_open(&papers[i], &s, address, (enum press_format)i);
        if (i == PRESS_RDF) {
            papers[i].feed.encoding = "windows-1251";
            papers[i].feed.title = "Вісті";
        }
        paper_print(&papers[i], "a", "Old news", NULL);
        config = arena_fmt(&s.arena, "%.*s%s", STR_ARG(config), paper_config(&papers[i], ""));
    }
    scene_config(&s, config.p);
    scene_write(&s, "rules.d/truce.rules", "rule truce {\n when truce OR перемир*\n group none\n notify desk\n}\n");
    scene_start(&s);
    for (int i = 0; i < 4; i++)
        paper_print(&papers[i], "b", i == PRESS_RDF ? "Перемир’я триває" : "The truce holds", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, "truce b"), 4);
    scene_stop(&s);
    scene_done(&s);
}

static void next_poll_asks_with_what_the_last_answer_gave(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    scene_open(&s, "conditional");
    paper_open(&p, &s, "127.0.0.2", PRESS_ATOM);
    paper_print(&p, "a", "Old news", NULL);
    scene_config(&s, paper_config(&p, ""));
    scene_start(&s);
    const struct origin_seen *first = paper_last_poll(&p);
    assert_null(origin_header(first, "if-none-match").p);
    assert_null(origin_header(first, "if-modified-since").p);

    scene_run(&s, 11 * MINUTE_MS);
    const struct origin_seen *second = paper_last_poll(&p);
    assert_int_equal(second->status, 304);
    assert_str(origin_header(second, "if-none-match"), "\"127.0.0.2-v1\"");
    assert_str(origin_header(second, "if-modified-since"), "Mon, 23 Nov 2026 13:00:00 GMT");

    // The pair survives a restart, byte for byte.
    scene_stop(&s);
    s.now = wall_add(s.now, 20 * MINUTE_MS);
    scene_start(&s);
    assert_int_equal(paper_polls(&p), 3);
    assert_int_equal(paper_last_poll(&p)->status, 304);
    scene_stop(&s);
    scene_done(&s);
}

static void edited_article_alerts_when_it_matches_for_the_first_time(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    scene_open(&s, "edited");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    paper_print(&p, "old", "Ceasefire agreed long ago", NULL);
    paper_print(&p, "talks", "Envoys meet at the lake", NULL);
    scene_config(&s, paper_config(&p, ""));
    scene_write(&s, "rules.d/truce.rules", RULES);
    scene_start(&s);

    paper_edit(&p, "talks", "Envoys at the lake agree a truce");
    paper_edit(&p, "old", "Ceasefire, agreed long ago");
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, NULL), 1);
    const struct receiver_alert *a = receiver_find(&s.receiver, "truce talks");
    assert_non_null(a);
    assert_str(a->type, "alert.updated");

    paper_edit(&p, "talks", "Envoys at the lake agree a long truce");
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(receiver_report(&s.receiver).requests, 1);
    scene_stop(&s);
    scene_done(&s);
}

static void ten_papers_print_at_once_and_each_article_alerts_once(void **state)
{
    (void)state;
    enum { PAPERS = 10, ARTICLES = 3 };
    static struct scene s;
    struct paper papers[PAPERS];
    scene_open(&s, "ten");
    struct str config = S("");
    for (int i = 0; i < PAPERS; i++) {
        char address[16];
        snprintf(address, sizeof address, "127.0.2.%d", i + 1);
        paper_open(&papers[i], &s, address, (enum press_format)(i % 4));
        config = arena_fmt(&s.arena, "%.*s%s", STR_ARG(config), paper_config(&papers[i], ""));
    }
    scene_config(&s, config.p);
    scene_write(&s, "rules.d/truce.rules",
                "rule truce {\n when truce\n group none\n throttle 1000/1h\n notify desk\n}\n");
    scene_start(&s);
    for (int i = 0; i < PAPERS; i++) {
        char prefix[16], key[64];
        snprintf(prefix, sizeof prefix, "p%d", i);
        paper_print_many(&papers[i], prefix, "truce", ARTICLES);
        for (int k = 1; k <= ARTICLES; k++) {
            snprintf(key, sizeof key, "truce %s-%d", prefix, k);
            receiver_expect(&s.receiver, key);
        }
    }
    scene_run(&s, 11 * MINUTE_MS);
    scene_run(&s, HOUR_MS);
    struct receiver_report r = receiver_report(&s.receiver);
    assert_int_equal(r.lost, 0);
    assert_int_equal(r.unexpected, 0);
    assert_int_equal(r.requests, PAPERS * ARTICLES);
    assert_int_equal(r.two_ids, 0);
    scene_stop(&s);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_poll_is_a_baseline_and_the_next_article_alerts),
        cmocka_unit_test(every_format_is_read),
        cmocka_unit_test(next_poll_asks_with_what_the_last_answer_gave),
        cmocka_unit_test(edited_article_alerts_when_it_matches_for_the_first_time),
        cmocka_unit_test(ten_papers_print_at_once_and_each_article_alerts_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
