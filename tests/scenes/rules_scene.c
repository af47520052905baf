// SPDX-License-Identifier: MIT
//
// The workshop with the real daemon and its archive: an edited rule is replayed against the one that runs, an article
// is explained, and both work from the files when the daemon is down.
#include "tests/tools/check.h"

#include <jansson.h>

#include "tests/tools/paper.h"

static void say_differs(const char *what, int status, struct str out)
{
    fail_msg("%s: status %d: %.*s", what, status, STR_ARG(out));
}

// Runs `feedwatchctl rules ...` and fails unless it ends so and says so.
#define EXPECT_RULES(s, wanted, text, ...)                                                                             \
    do {                                                                                                               \
        int status_;                                                                                                   \
        struct str out_ = scene_ctl((s), &status_, "rules", __VA_ARGS__, NULL);                                        \
        if (status_ != (wanted) || str_find(out_, str_of(text)) == out_.n)                                             \
            say_differs(text, status_, out_);                                                                          \
    } while (0)

static json_t *rules_json(struct scene *s, const char *verb, const char *rule, const char *option, const char *value)
{
    int status;
    struct str out = scene_ctl(s, &status, "rules", verb, rule, "--json", "--config",
                               scene_path(s, "feedwatch.conf"), option, value, NULL);
    json_t *answer = json_loadb(out.p, out.n, JSON_DISABLE_EOF_CHECK, NULL);
    if (!answer)
        say_differs(verb, status, out);
    return answer;
}

static int64_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void open_with_archive(struct scene *s, struct paper *p, const char *name)
{
    scene_open(s, name);
    paper_open(p, s, "127.0.0.2", PRESS_RSS);
    scene_config(s, paper_config(p, "tags world\n"));
    scene_write(s, "rules.d/a.rules", "rule truce {\n when truce\n group none\n notify desk\n}\n");
    scene_start(s);
    paper_print(p, "g1", "A truce from midnight", NULL);
    paper_print(p, "g2", "An armistice in the south", NULL);
    paper_print(p, "g3", "Truce, the video game", NULL);
    scene_run(s, 11 * MINUTE_MS);
    scene_until_acked(s, "truce g1", 1);
}

static void an_edited_rule_is_replayed_against_the_one_that_runs(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    open_with_archive(&s, &p, "replay");
    const char *conf = scene_path(&s, "feedwatch.conf");
    EXPECT_RULES(&s, 0, "3 items", "replay", "--config", conf);
    EXPECT_RULES(&s, 0, "2 hits; these are the rules that run", "replay", "--config", conf);

    // Edited, not reloaded: one more, one less.
    scene_write(&s, "rules.d/a.rules",
                "rule truce {\n when truce OR armistice\n unless \"video game\"\n group none\n notify desk\n}\n"
                "rule south {\n when south\n}\n");
    EXPECT_RULES(&s, 0, "+2 -1 against the rules that run", "replay", "--config", conf);
    EXPECT_RULES(&s, 0, "An [armistice] in the south", "replay", "truce", "--config", conf);
    EXPECT_RULES(&s, 66, "did you mean truce?", "replay", "truse", "--config", conf);
    EXPECT_RULES(&s, 64, "expected a time back", "replay", "--since", "soon", "--config", conf);
    json_t *answer = rules_json(&s, "replay", "truce", "--since", "1d");
    assert_int_equal(number(answer, "items"), 3);
    assert_int_equal(number(answer, "hits_total"), 2);
    assert_int_equal(number(answer, "added"), 1);
    assert_int_equal(number(answer, "removed"), 1);
    assert_int_equal(json_array_size(json_object_get(answer, "hits")), 2);
    json_decref(answer);

    // Against given files, and the same after a reload.
    const char *old = scene_write(&s, "old.rules", "rule truce {\n when truce\n}\nrule grain {\n when truce\n}\n");
    EXPECT_RULES(&s, 0, "no such rule any more", "replay", "--config", conf, "--against", old);
    scene_signal(&s, SIGHUP);
    scene_expect(&s, "generation 2");
    EXPECT_RULES(&s, 0, "these are the rules that run", "replay", "--config", conf);
    scene_stop(&s);
    scene_done(&s);
}

static void an_archived_article_is_explained(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    open_with_archive(&s, &p, "explain");
    const char *conf = scene_path(&s, "feedwatch.conf");
    json_t *alerts = NULL, *hits = rules_json(&s, "replay", "truce", "--limit", "1");
    json_t *hit = json_array_get(json_object_get(hits, "hits"), 0);
    const char *id = json_string_value(json_object_get(hit, "id"));
    EXPECT_RULES(&s, 0, "[Truce], the video game", "explain", "truce", "--item", id, "--config", conf);
    int status;
    struct str out = scene_ctl(&s, &status, "alerts", "list", "--json", NULL);
    alerts = json_loadb(out.p, out.n, 0, NULL);
    const char *alert = json_string_value(json_object_get(json_array_get(json_object_get(alerts, "alerts"), 0), "id"));
    EXPECT_RULES(&s, 0, "truce: match", "explain", "truce", "--item", alert, "--config", conf);
    scene_write(&s, "rules.d/a.rules",
                "rule truce {\n when truce\n unless \"video game\"\n}\nrule grain {\n when grain\n}\n"
                "rule wire {\n when truce\n feeds tag:wire\n}\n");
    EXPECT_RULES(&s, 1, "`\"video game\"` vetoes it (unless): title: Truce, the [video game]", "explain", "truce",
                 "--item", id, "--config", conf);
    EXPECT_RULES(&s, 1, "`grain` is not there", "explain", "grain", "--item", id, "--config", conf);
    EXPECT_RULES(&s, 1, "`feeds` of the rule does not take this feed", "explain", "wire", "--item", id, "--config",
                 conf);
    EXPECT_RULES(&s, 66, "the archive does not hold", "explain", "truce", "--item", "0123456789abcdef", "--config",
                 conf);
    EXPECT_RULES(&s, 64, "expected the id of an alert", "explain", "truce", "--item", "g1", "--config", conf);

    scene_stop(&s); // from the files
    EXPECT_RULES(&s, 0, "2 hits", "replay", "wire", "--rules", scene_write(&s, "b.rules", "rule wire {\n when truce\n}\n"),
                 "--config", conf);
    EXPECT_RULES(&s, 1, "truce: no match", "explain", "truce", "--item", id, "--config", conf);
    EXPECT_RULES(&s, 64, "without a daemon an article is named by its own id", "explain", "truce", "--item", alert,
                 "--config", conf);
    json_decref(hits);
    json_decref(alerts);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edited_rule_is_replayed_against_the_one_that_runs),
        cmocka_unit_test(an_archived_article_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
