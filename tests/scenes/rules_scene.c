// SPDX-License-Identifier: MIT
//
// The workshop with the real daemon and its archive: an edited rule is replayed against the one that runs, an article
// is explained, and both work from the files when the daemon is down.
#include "tests/tools/check.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>

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
    scene_write(s, "rules.d/a.rules", "rule truce {\n when truce\n group none\n notify desk\n}\n"
                "rule night {\n when nightfall\n hours 01:00-05:00 Europe/Kyiv\n}\n");
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

// A word that stands in more of the archive than a rule should take is told, with how many; not before there are enough
// articles to say so.
static void check_knows_what_the_archive_says_of_a_term(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    open_with_archive(&s, &p, "share");
    const char *conf = scene_path(&s, "feedwatch.conf");
    int status;
    struct str out = scene_ctl(&s, &status, "rules", "check", "--config", conf, NULL);
    assert_true(status == 0 && str_find(out, S("stands in")) == out.n); // 3 articles
    for (int i = 0; i < 6; i++) { // a feed shows its newest
        paper_print_many(&p, arena_fmt(&s.arena, "many%d", i).p, i % 2 ? "truce" : "grain", 17);
        scene_run(&s, 11 * MINUTE_MS);
    }
    scene_write(&s, "rules.d/b.rules", "rule rare {\n when zebra\n}\n");
    EXPECT_RULES(&s, 0, "105 items", "replay", "--config", conf);
    EXPECT_RULES(&s, 0, "a.rules:2:7: warning: `truce` stands in 50.5 % of the articles", "check", "--config", conf);
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
    EXPECT_RULES(&s, 0, "RULE   SEVERITY  24 HOURS  7 DAYS  30 DAYS", "list", "--config", conf);
    EXPECT_RULES(&s, 0, "truce  notice           2       2        2", "list", "--config", conf);
    EXPECT_RULES(&s, 0, "night  notice           0       0        0", "list", "--config", conf);
    EXPECT_RULES(&s, 0, "[Truce], the video game", "explain", "truce", "--item", id, "--config", conf);
    int status;
    struct str out = scene_ctl(&s, &status, "alerts", "list", "--json", NULL);
    alerts = json_loadb(out.p, out.n, 0, NULL);
    const char *alert = json_string_value(json_object_get(json_array_get(json_object_get(alerts, "alerts"), 0), "id"));
    EXPECT_RULES(&s, 0, "truce: match", "explain", "truce", "--item", alert, "--config", conf);
    const char *told = arena_fmt(&s.arena, "\nsent: feedwatchctl alerts show %s\n", alert).p;
    EXPECT_RULES(&s, 0, told, "explain", "truce", "--item", alert, "--config", conf);
    const char *later = scene_write(&s, "later.rules", "rule later {\n when truce\n}\n");
    EXPECT_RULES(&s, 0, "no alert of this rule is about it", "explain", "later", "--item", alert, "--rules", later);
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
    // One that no rule found is known by its address alone, as it stands on its page.
    const char *unmatched = arena_fmt(&s.arena, "%sg2", p.feed.link).p;
    const char *other = arena_fmt(&s.arena, "%sg4", p.feed.link).p;
    const char *followed = arena_fmt(&s.arena, "%s?utm_source=mail", unmatched).p;
    EXPECT_RULES(&s, 1, "An armistice in the south", "explain", "truce", "--item", unmatched, "--config", conf);
    EXPECT_RULES(&s, 1, "`truce` is not there", "explain", "truce", "--item", followed, "--config", conf);
    EXPECT_RULES(&s, 66, "no poll brought it", "explain", "truce", "--item", other, "--config", conf);

    scene_stop(&s); // from the files, and back from the real time: a date, not a span
    const char *rules = scene_write(&s, "b.rules", "rule wire {\n when truce\n}\n");
    EXPECT_RULES(&s, 0, "2 hits", "replay", "wire", "--rules", rules, "--since", "2026-11-01", "--config", conf);
    EXPECT_RULES(&s, 1, "truce: no match", "explain", "truce", "--item", id, "--config", conf);
    EXPECT_RULES(&s, 1, "`truce` is not there", "explain", "truce", "--item", unmatched, "--config", conf);
    EXPECT_RULES(&s, 64, "without a daemon an article is named by its address or its own id", "explain", "truce",
                 "--item", alert, "--config", conf);
    json_decref(hits);
    json_decref(alerts);
    scene_done(&s);
}

// The hours of a rule as HH:MM-HH:MM in UTC, from so many minutes after the scene's now on, an hour long.
static const char *hours_from_now(struct scene *s, int minutes)
{
    int from = (int)(s->now.ms % DAY_MS / MINUTE_MS + minutes) % (24 * 60), to = (from + 60) % (24 * 60);
    return arena_fmt(&s->arena, "%02d:%02d-%02d:%02d UTC", from / 60, from % 60, to / 60, to % 60).p;
}

static void outside_its_hours_a_rule_waits_for_them(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    scene_open(&s, "hours");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    scene_config(&s, paper_config(&p, ""));
    scene_write(&s, "rules.d/a.rules",
                "rule late {\n when truce\n notify desk\n group none\n hours %s\n}\n"
                "rule now {\n when truce\n notify desk\n group none\n hours %s\n}\n",
                hours_from_now(&s, 180), hours_from_now(&s, -5));
    scene_start(&s);
    paper_print(&p, "g1", "A truce from midnight", NULL);
    paper_print(&p, "g2", "The truce holds", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    scene_until_acked(&s, "now g1", 1);
    scene_until_acked(&s, "now g2", 1);
    assert_null(receiver_find(&s.receiver, "late g1"));
    int status;
    struct str out = scene_ctl(&s, &status, "deliveries", "list", "--state", "held", NULL);
    assert_true(str_find(out, S("A truce from midnight")) < out.n && str_find(out, S("The truce holds")) < out.n);
    out = scene_ctl(&s, &status, "status", NULL);
    assert_true(str_find(out, S("0 waiting, 2 held")) < out.n);
    out = scene_ctl(&s, &status, "alerts", "list", "--rule", "late", NULL);
    assert_true(str_find(out, S("A truce from midnight")) < out.n);

    scene_kill(&s); // what is held, and until when, is durable
    scene_start(&s);
    scene_run(&s, 2 * HOUR_MS);
    size_t before = receiver_acked(&s.receiver, NULL);
    assert_int_equal(before, 2);
    scene_run(&s, HOUR_MS);
    assert_int_equal(receiver_acked(&s.receiver, NULL), 3); // both in one digest
    out = scene_ctl(&s, &status, "deliveries", "list", "--state", "digested", NULL);
    assert_true(str_find(out, S("A truce from midnight")) < out.n && str_find(out, S("The truce holds")) < out.n);
    scene_stop(&s);
    scene_done(&s);
}

// A row of the table below: what came of article `guid` under a rule.
struct came {
    const char *key; // rule and guid
    size_t times;
    const char *why;
};

static void check_came(struct scene *s, const struct came *came, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (receiver_acked(&s->receiver, came[i].key) != came[i].times)
            fail_msg("%s: %s: %zu times, not %zu", came[i].key, came[i].why, receiver_acked(&s->receiver, came[i].key),
                     came[i].times);
}
#define CHECK_CAME(s, came) check_came((s), (came), sizeof(came) / sizeof *(came))

static const char BY_PROPERTY[] =
    "rule plain {\n when truce\n group none\n notify desk\n}\n"
    "rule told {\n when truce\n group none\n title \"Truces!\"\n severity critical\n tags red blue\n notify desk\n}\n"
    "rule all {\n when truce\n group none\n}\n"
    "rule log {\n when truce\n group none\n notify syslog\n}\n"
    "rule tag {\n when truce\n group none\n feeds tag:world\n notify desk\n}\n"
    "rule name {\n when truce\n group none\n feeds name:\"Paper Two\" tag:nobody\n notify desk\n}\n"
    "rule match {\n when south\n group none\n notify desk\n}\n"
    "rule new {\n when south\n group none\n on new\n notify desk\n}\n"
    "rule changed {\n when truce\n group none\n on changed\n notify desk\n}\n"
    "rule story {\n when truce\n notify desk\n}\n"
    "rule one {\n when truce\n group none\n throttle 1/1d\n notify desk\n}\n"
    "rule off {\n when many\n group none\n throttle off\n notify desk\n}\n"
    "rule usual {\n when many\n group none\n notify desk\n}\n";

static void every_property_of_a_rule_is_applied(void **state)
{
    (void)state;
    enum { MANY = 35 }; // more than the usual throttle of 30 an hour
    static struct scene s;
    struct paper one, two;
    scene_open(&s, "properties");
    paper_open(&one, &s, "127.0.0.2", PRESS_RSS);
    paper_open(&two, &s, "127.0.0.3", PRESS_RSS);
    scene_config(&s, arena_fmt(&s.arena, "%s%s", paper_config(&one, "tags world\n"),
                               paper_config(&two, "name \"Paper Two\"\ntags wire\n")).p);
    scene_write(&s, "rules.d/a.rules", "%s", BY_PROPERTY);
    scene_start(&s);
    static const char html[] = "<p>Envoys of both sides agreed upon a truce that begins at midnight, after months of "
                               "talks in the mountains, and the guns fell silent along the river.</p>";
    paper_print(&one, "g1", "A truce from midnight", html);
    scene_run(&s, 11 * MINUTE_MS);
    paper_print(&two, "h1", "A truce from midnight", html);
    scene_run(&s, 11 * MINUTE_MS);
    static const struct came first[] = {
        {"plain g1", 1, "an article"}, {"plain h1", 1, "group none: the same story tells again"},
        {"told g1", 1, "an article"}, {"all g1", 1, "without notify every receiver"}, {"log g1", 0, "notify syslog"},
        {"tag g1", 1, "its feed's tag"}, {"tag h1", 0, "another tag"},
        {"name g1", 0, "another name"}, {"name h1", 1, "its feed's name"},
        {"changed g1", 1, "new is told too"}, {"match g1", 0, "not yet"}, {"new g1", 0, "not yet"},
        {"story g1", 1, "first of its story"}, {"story h1", 0, "joined"},
        {"one g1", 1, "the token"}, {"one h1", 0, "none left: held"},
    };
    CHECK_CAME(&s, first);
    const struct receiver_alert *told = receiver_find(&s.receiver, "told g1");
    static const char *const parts[] = {"\"Truces!\"", "\"critical\"", "[\"red\",\"blue\"]"};
    for (size_t i = 0; i < 3; i++)
        assert_true(str_find(told->body, str_of(parts[i])) < told->body.n);
    assert_true(str_find(buf_str(&s.log), S("rule=log")) < s.log.n);

    paper_edit(&one, "g1", "A truce from midnight in the south");
    paper_print_many(&two, "m", "many", MANY);
    scene_run(&s, 11 * MINUTE_MS);
    static const struct came edited[] = {
        {"plain g1", 1, "on match: told already"}, {"match g1", 1, "on match: matches only now"},
        {"new g1", 0, "on new: an edit never"}, {"changed g1", 2, "on changed: again"},
    };
    CHECK_CAME(&s, edited);
    size_t off = 0, usual = 0;
    for (int i = 1; i <= MANY; i++) {
        off += receiver_acked(&s.receiver, arena_fmt(&s.arena, "off m-%d", i).p);
        usual += receiver_acked(&s.receiver, arena_fmt(&s.arena, "usual m-%d", i).p);
    }
    assert_int_equal(off, MANY);
    assert_int_equal(usual, 30);
    scene_stop(&s);
    scene_done(&s);
}

// What a feed may have that was added by hand, and how a feed calls itself, only the running daemon knows.
static void a_rule_for_feeds_that_nobody_has_is_told(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    int status;
    scene_open(&s, "no-such-feeds");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    scene_config(&s, paper_config(&p, "tags world\n"));
    scene_write(&s, "rules.d/a.rules", "rule a {\n when truce\n feeds tag:wrold name:\"No such paper\"\n}\n");
    const char *conf = scene_path(&s, "feedwatch.conf");
    struct str out = scene_ctl(&s, &status, "check", "--strict", "--config", conf, NULL);
    assert_int_equal(status, 0);
    assert_true(str_find(out, S("a.rules:3:8: note: no feed of the configuration has the tag wrold")) < out.n);

    scene_start(&s);
    scene_expect(&s, "a.rules:3:8: warning: no feed has the tag wrold");
    scene_expect(&s, "did you mean world?");
    scene_run(&s, 11 * MINUTE_MS); // the paper has told its name
    EXPECT_RULES(&s, 0, "a.rules:3:8: warning: no feed has the tag wrold: the rule finds nothing\n  did you mean world?",
                 "list", "--config", conf);
    EXPECT_RULES(&s, 0, "has the name No such paper: the rule finds nothing", "list", "--config", conf);

    scene_ctl(&s, &status, "feeds", "add", "http://127.0.0.3/feed", "--tag", "wrold", NULL);
    assert_int_equal(status, 0);
    EXPECT_RULES(&s, 0, "note: no feed has the name No such paper\n", "list", "--config", conf); // may be the new one's
    scene_write(&s, "rules.d/b.rules", "rule b {\n when truce\n feeds tag:wire tag:wrold\n}\n");
    scene_mark(&s);
    scene_signal(&s, SIGHUP);
    scene_expect(&s, "b.rules:3:8: warning: no feed has the tag wire\n");
    assert_false(scene_says(&s, "the tag wrold") || scene_says(&s, "the name"));
    scene_stop(&s);
    scene_done(&s);
}

static void a_renamed_rule_keeps_its_history(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    open_with_archive(&s, &p, "was");
    scene_write(&s, "rules.d/a.rules",
                "rule armistice {\n when truce\n was truce\n group none\n notify desk\n}\n"
                "rule stranger {\n when truce\n group none\n notify desk\n}\n");
    scene_signal(&s, SIGHUP);
    scene_expect(&s, "generation 2");
    paper_edit(&p, "g1", "A truce from midnight, says the envoy");
    paper_print(&p, "g9", "Another truce", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    static const struct came came[] = {
        {"armistice g1", 0, "told under its former name"}, {"stranger g1", 1, "a new rule: the edit matches it first"},
        {"armistice g9", 1, "new"}, {"stranger g9", 1, "new"},
    };
    CHECK_CAME(&s, came);
    scene_stop(&s);
    scene_done(&s);
}

// What `health`, `status` and the metrics say of the last reload; `said` is in all three, or in none where it is NULL.
static void check_reload_told(struct scene *s, const char *said)
{
    int status;
    struct str out = scene_ctl(s, &status, "health", NULL);
    if (status != (said ? 1 : 0) || str_find(out, str_of(said ? said : "all is well")) == out.n)
        fail_msg("health (%d): %.*s", status, STR_ARG(out));
    if (said) { // it names the place, what runs, since when, and a command that tells the rest
        const char *conf = scene_path(s, "feedwatch.conf");
        const char *check = arena_fmt(&s->arena, "next: feedwatchctl check --config %s", conf).p;
        static const char *const parts[] = {"the last reload was refused, generation 1 goes on: ", "since "};
        for (size_t i = 0; i < 2; i++)
            assert_true(str_find(out, str_of(parts[i])) < out.n);
        assert_true(str_find(out, str_of(check)) < out.n);
        out = scene_ctl(s, &status, "check", "--config", conf, NULL);
        assert_true(status == 78 && str_find(out, str_of(said)) < out.n);
    }
    out = scene_ctl(s, &status, "status", NULL);
    assert_int_equal(str_find(out, S("the last reload was refused")) < out.n, said != NULL);
    out = scene_ctl(s, &status, "metrics", NULL);
    struct str gauge = said ? S("feedwatch_config_reload_success 0\n") : S("feedwatch_config_reload_success 1\n");
    assert_true(str_find(out, gauge) < out.n);
}

static void a_set_whose_tests_fail_is_refused(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    open_with_archive(&s, &p, "tests-fail");
    scene_write(&s, "rules.d/a.rules", "rule grain {\n when grain\n notify desk\n test match \"A truce\"\n}\n");
    scene_mark(&s);
    int status;
    check_reload_told(&s, NULL);
    struct str out = scene_ctl(&s, &status, "reload", "--wait", NULL);
    assert_int_equal(status, 78);
    assert_true(str_find(out, S("a.rules:4:13: error: test fails: rule grain does not match this")) < out.n);
    assert_true(str_find(out, S("`grain` is not there")) < out.n);
    check_reload_told(&s, "a.rules:4:13: error: test fails: rule grain does not match this");
    paper_print(&p, "g7", "A truce and grain", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    static const struct came refused[] = {{"truce g7", 1, "the old set goes on"}, {"grain g7", 0, "refused"}};
    CHECK_CAME(&s, refused);
    scene_write(&s, "rules.d/a.rules", "rule grain {\n when grain\n notify desk\n test match \"Some grain\"\n}\n");
    (void)scene_ctl(&s, &status, "reload", "--wait", NULL);
    assert_int_equal(status, 0);
    check_reload_told(&s, NULL);
    paper_print(&p, "g8", "Grain and a truce", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    static const struct came taken[] = {{"truce g8", 0, "gone"}, {"grain g8", 1, "the new set"}};
    CHECK_CAME(&s, taken);
    scene_stop(&s);
    scene_done(&s);
}

// ---- lists ----

static void put_list(struct scene *s, const char *name, const char *text)
{
    const char *path = scene_write(s, "rules.d/beside.new", "%s", text);
    if (rename(path, scene_path(s, name)) != 0)
        fail_msg("rename: %s", path);
}

static void print_and_run(struct scene *s, struct paper *p, const char *guid, const char *title)
{
    paper_print(p, guid, title, NULL);
    scene_run(s, 11 * MINUTE_MS);
}

static void a_list_is_taken_when_it_changes(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    scene_open(&s, "lists");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    scene_config(&s, paper_config(&p, ""));
    const char *list = scene_write(&s, "rules.d/towns.txt", "Rafah\n");
    scene_write(&s, "rules.d/a.rules",
                "list towns file towns.txt\nrule town {\n when @towns\n group none\n notify desk\n}\n");
    scene_start(&s);
    print_and_run(&s, &p, "g1", "Rafah and Izium");

    // Written twice at once: what is there in the end is taken. A rule file that is half edited meanwhile is not read.
    scene_write(&s, "rules.d/half.rules", "rule half {\n when (truce OR\n");
    scene_write(&s, "rules.d/towns.txt", "Kharkiv\n");
    scene_write(&s, "rules.d/towns.txt", "Izium \n");
    scene_expect(&s, "towns.txt has changed: the lists are read again");
    scene_expect(&s, "generation 2");
    print_and_run(&s, &p, "g2", "Rafah again");
    print_and_run(&s, &p, "g3", "Izium again");

    put_list(&s, "rules.d/towns.txt", "Lyman\n"); // renamed into its place
    scene_expect(&s, "generation 3");
    print_and_run(&s, &p, "g4", "Lyman");

    // Gone, cut off in a character, emptied: the old one goes on, and that is said.
    static const struct { const char *text, *said; } broken[] = {
        {NULL, "cannot open"}, {"Lyman\nКупʼянс\xd0", "towns.txt:2:8: error: this is no UTF-8"},
        {"", "lost all of its phrases (1)"},
    };
    for (size_t i = 0; i < 3; i++) {
        if (broken[i].text)
            put_list(&s, "rules.d/towns.txt", broken[i].text);
        else
            remove(list);
        scene_expect(&s, broken[i].said);
        scene_expect(&s, "reload refused, generation 3 goes on");
        print_and_run(&s, &p, arena_fmt(&s.arena, "b%zu", i).p, arena_fmt(&s.arena, "Lyman once more %zu", i).p);
    }
    int status;
    struct str out = scene_ctl(&s, &status, "health", NULL);
    assert_true(status == 1 && str_find(out, S("the last reload was refused")) < out.n);

    put_list(&s, "rules.d/towns.txt", "Izium\n"); // mended
    scene_expect(&s, "generation 4");
    print_and_run(&s, &p, "g5", "Izium and Lyman");
    static const struct came came[] = {
        {"town g1", 1, "in the list"}, {"town g2", 0, "no more"}, {"town g3", 1, "the last writing"},
        {"town g4", 1, "renamed"}, {"town b0", 1, "deleted: the old list"}, {"town b1", 1, "cut off: the old list"},
        {"town b2", 1, "emptied: the old list"}, {"town g5", 1, "mended"},
    };
    CHECK_CAME(&s, came);
    scene_stop(&s);
    scene_done(&s);
}

static void silence_that_is_over_leaves_the_store(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    size_t n;
    int status;
    scene_open(&s, "silence-over");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    scene_config(&s, paper_config(&p, ""));
    scene_write(&s, "rules.d/truce.rules", "rule truce {\n when truce\n notify desk\n}\n");
    scene_start(&s);
    scene_ctl(&s, &status, "silence", "add", "rule=truce", "--for", "1h", NULL);
    assert_int_equal(status, 0);
    scene_run(&s, 30LL * MINUTE_MS);
    scene_rows(&s, "SELECT id FROM silence", &n);
    assert_int_equal(n, 1);
    scene_run(&s, 2LL * HOUR_MS);
    scene_rows(&s, "SELECT id FROM silence", &n);
    assert_int_equal(n, 0);
    scene_stop(&s);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edited_rule_is_replayed_against_the_one_that_runs),
        cmocka_unit_test(check_knows_what_the_archive_says_of_a_term),
        cmocka_unit_test(an_archived_article_is_explained),
        cmocka_unit_test(every_property_of_a_rule_is_applied),
        cmocka_unit_test(outside_its_hours_a_rule_waits_for_them),
        cmocka_unit_test(a_rule_for_feeds_that_nobody_has_is_told),
        cmocka_unit_test(a_renamed_rule_keeps_its_history),
        cmocka_unit_test(a_set_whose_tests_fail_is_refused),
        cmocka_unit_test(a_list_is_taken_when_it_changes),
        cmocka_unit_test(silence_that_is_over_leaves_the_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
