// SPDX-License-Identifier: MIT
//
// Feeds that come, go and change hands while they are being asked: by a reload, by a person, by a move for good.
#include <signal.h>

#include "daemon/shard.h"
#include "tests/tools/check.h"
#include "tests/tools/paper.h"

enum { WORKERS = 4 };

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

static bool is_asking(struct scene *s, const void *paper)
{
    (void)s;
    return paper_polls(paper) == 1;
}

static void a_feed_removed_while_it_is_asked_stays_removed(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    open_behind_proxy(&s, &p, "removed", "");
    p.manner = (struct origin_reply){.fault = ORIGIN_HOLD, .fault_at = 200};
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_start(&s);
    ctl(&s, "add", p.path);
    scene_until(&s, "the first poll", is_asking, &p);
    assert_true(is_there(&s, p.path));
    ctl(&s, "rm", p.path);
    origin_release(&s.origin);
    scene_settle(&s);
    assert_false(is_there(&s, p.path));
    scene_stop(&s);
    scene_start(&s);
    assert_false(is_there(&s, p.path));
    scene_run(&s, HOUR_MS);
    assert_int_equal(paper_polls(&p), 1);
    scene_stop(&s);
    scene_done(&s);
}

// Adds the paper's feed anew, which a poll under way still holds: by hand, or from a list.
static void add_again(struct scene *s, const char *url, bool is_list)
{
    int status;
    const char *file = scene_write(s, "list.opml", "<opml version=\"2.0\"><body><outline xmlUrl=\"%s\"/></body></opml>",
                                   url);
    struct str out = scene_ctl(s, &status, "feeds", "add", url, "--name", "Other", NULL);
    if (status != 75 || str_find(out, S("being polled at this moment")) == out.n)
        fail_msg("feeds add with other options: %d: %.*s", status, STR_ARG(out));
    if (is_list)
        out = scene_ctl(s, &status, "feeds", "import", file, NULL);
    else
        out = scene_ctl(s, &status, "feeds", "add", url, NULL);
    if (status != 0 || str_find(out, is_list ? S("1 added, 0 known") : S("added")) == out.n)
        fail_msg("feeds %s: %d: %.*s", is_list ? "import" : "add", status, STR_ARG(out));
}

static void added_again_while_it_is_asked(const char *name, bool is_list)
{
    static struct scene s;
    struct paper p;
    open_behind_proxy(&s, &p, name, "");
    p.manner = (struct origin_reply){.fault = ORIGIN_HOLD, .fault_at = 200};
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_start(&s);
    ctl(&s, "add", p.path);
    scene_until(&s, "the first poll", is_asking, &p);
    ctl(&s, "rm", p.path);
    add_again(&s, p.path, is_list);
    p.manner = (struct origin_reply){0};
    paper_serve(&p);
    origin_release(&s.origin);
    scene_settle(&s);
    assert_true(is_there(&s, p.path));
    scene_stop(&s);
    scene_start(&s);
    assert_true(is_there(&s, p.path));
    paper_print(&p, "g2", "A truce from noon", NULL);
    ctl(&s, "poll", p.path);
    scene_run(&s, MINUTE_MS);
    scene_until_acked(&s, "truce g2", 1);
    assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 0); // of the first poll
    scene_stop(&s);
    scene_done(&s);
}

static void a_feed_removed_and_added_again_while_it_is_asked_stays(void **state)
{
    (void)state;
    added_again_while_it_is_asked("added-again", false);
}

static void a_feed_removed_and_imported_while_it_is_asked_stays(void **state)
{
    (void)state;
    added_again_while_it_is_asked("imported-again", true);
}

// An address whose host another worker owns.
static const char *address_of_other_worker(struct scene *s, struct paper *from)
{
    uint32_t owner = shard_virtual(str_of(paper_url(from))) % WORKERS;
    for (unsigned i = 3;; i++) {
        const char *address = arena_fmt(&s->arena, "127.0.0.%u", i).p;
        if (shard_virtual(str_of(origin_url(&s->origin, address, "/feed"))) % WORKERS != owner)
            return address;
    }
}

static void a_feed_that_moved_to_another_workers_host_lives_once_over_reloads(void **state)
{
    (void)state;
    static struct scene s;
    struct paper old, new;
    scene_open(&s, "moved-host");
    paper_open(&old, &s, "127.0.0.2", PRESS_RSS);
    paper_open(&new, &s, address_of_other_worker(&s, &old), PRESS_RSS);
    const char *feed = arena_fmt(&s.arena, "workers %d\n%s", WORKERS, paper_config(&old, "")).p;
    scene_write(&s, "rules.d/truce.rules", "%s", RULES);
    scene_config(&s, feed);
    origin_serve(&s.origin, old.address, old.path,
                 (struct origin_reply){.status = 301, .location = paper_url(&new)});
    scene_start(&s);
    scene_run(&s, 35 * MINUTE_MS); // three times: it has moved for good
    size_t polls = paper_polls(&old);
    scene_stop(&s);
    scene_start(&s);
    for (int i = 1; i <= 2; i++) { // the first reload leaves the first generation's options behind, the second too
        char guid[8], key[16];
        scene_signal(&s, SIGHUP);
        scene_expect(&s, i == 1 ? "generation 2" : "generation 3");
        snprintf(guid, sizeof guid, "g%d", i);
        snprintf(key, sizeof key, "truce g%d", i);
        paper_print(&new, guid, "A truce from midnight", NULL);
        scene_run(&s, 30 * MINUTE_MS);
        scene_until_acked(&s, key, 1);
    }
    assert_int_equal(paper_polls(&old), polls);
    int status;
    struct str out = scene_ctl(&s, &status, "feeds", "list", "--json", NULL);
    assert_true(str_find(out, S("\"total\":1,")) < out.n || str_find(out, S("\"total\": 1")) < out.n);
    scene_stop(&s);
    scene_done(&s);
}

static bool is_asked_again(struct scene *s, const void *paper)
{
    (void)s;
    return paper_polls(paper) == 2;
}

static void a_poll_under_way_when_its_feed_is_taken_over_tells_nothing_twice(void **state)
{
    (void)state;
    static struct scene s;
    struct paper old, new;
    scene_open(&s, "heir");
    paper_open(&old, &s, "127.0.0.2", PRESS_RSS);
    paper_open(&new, &s, "127.0.0.3", PRESS_RSS);
    scene_config(&s, paper_config(&old, ""));
    scene_write(&s, "rules.d/truce.rules", "%s", RULES);
    scene_start(&s);
    scene_settle(&s);
    old.manner = (struct origin_reply){.fault = ORIGIN_HOLD, .fault_at = 200};
    paper_print(&old, "g1", "A truce from midnight", NULL);
    paper_print(&new, "g1", "A truce from midnight", NULL);
    scene_run_begin(&s, 11 * MINUTE_MS);
    scene_until(&s, "the poll under way", is_asked_again, &old);
    scene_config(&s, paper_config(&new, arena_fmt(&s.arena, "was %s\n", paper_url(&old)).p));
    scene_signal(&s, SIGHUP);
    scene_expect(&s, "generation 2");
    scene_until_acked(&s, "truce g1", 1); // from its new address
    origin_release(&s.origin);
    scene_run_end(&s);
    scene_run(&s, HOUR_MS);
    assert_int_equal(receiver_report(&s.receiver).requests, 1);
    scene_stop(&s);
    scene_done(&s);
}

// What `receivers list`, `health` and `deliveries retry` say of it while the configuration does not name it.
static void check_unnamed(struct scene *s)
{
    int status;
    struct str out = scene_ctl(s, &status, "receivers", "list", "--json", NULL);
    size_t at = str_find(out, S("\"name\":\"former\""));
    struct str one = str_head(str_from(out, at), str_find_char(str_from(out, at), '}'));
    if (str_find(one, S("\"state\":\"unnamed\"")) == one.n || str_find(one, S("\"waiting\":1")) == one.n)
        fail_msg("receivers list: %.*s", STR_ARG(out));
    out = scene_ctl(s, &status, "health", NULL);
    if (status != 1 || str_find(out, S("receiver former is not in the configuration, and 1 delivery waits")) == out.n)
        fail_msg("health (%d): %.*s", status, STR_ARG(out));
}

static void what_waits_for_a_receiver_that_is_gone_is_told_until_it_is_named_or_dropped(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    int status;
    scene_open(&s, "former");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    const char *feed = paper_config(&p, "");
    const char *former = arena_fmt(&s.arena, "webhook former {\n url \"%s\"\n secret \"file:%s/secret\"\n}\n%s",
                                   receiver_url(&s.receiver, "/hook"), s.folder, feed).p;
    scene_config(&s, former);
    scene_write(&s, "rules.d/truce.rules", "rule truce {\n when truce\n group none\n notify former\n}\n");
    scene_start(&s);
    receiver_plan(&s.receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 503});
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_run(&s, 12 * MINUTE_MS);
    scene_config(&s, feed);
    scene_write(&s, "rules.d/truce.rules", "%s", RULES);
    scene_ctl(&s, &status, "reload", "--wait", NULL);
    assert_int_equal(status, 0);
    check_unnamed(&s);
    scene_stop(&s);
    scene_start(&s); // this life has never heard of it
    check_unnamed(&s);
    const struct str said = S("receiver former is not in the configuration: nothing is sent to it");
    struct str refused = scene_ctl(&s, &status, "deliveries", "retry", "--receiver", "former", NULL);
    if (status != 1 || str_find(refused, said) == refused.n)
        fail_msg("deliveries retry --receiver (%d): %.*s", status, STR_ARG(refused));
    refused = scene_ctl(&s, &status, "deliveries", "retry", "--all", NULL);
    if (status != 1 || str_find(refused, said) == refused.n)
        fail_msg("deliveries retry --all (%d): %.*s", status, STR_ARG(refused));
    check_unnamed(&s);
    receiver_be_well(&s.receiver);
    scene_config(&s, former);
    scene_ctl(&s, &status, "reload", "--wait", NULL);
    scene_run(&s, HOUR_MS);
    scene_until_acked(&s, "truce g1", 1);
    scene_ctl(&s, &status, "health", NULL);
    assert_int_equal(status, 0);
    scene_config(&s, feed); // nothing waits: it is forgotten
    scene_ctl(&s, &status, "reload", "--wait", NULL);
    scene_stop(&s);
    scene_start(&s);
    struct str out = scene_ctl(&s, &status, "receivers", "list", NULL);
    assert_int_equal(str_find(out, S("former")), out.n);
    scene_ctl(&s, &status, "health", NULL);
    assert_int_equal(status, 0);
    scene_stop(&s);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_added_feed_that_the_configuration_names_is_its_own_from_then_on),
        cmocka_unit_test(a_feed_removed_while_it_is_asked_stays_removed),
        cmocka_unit_test(a_feed_removed_and_added_again_while_it_is_asked_stays),
        cmocka_unit_test(a_feed_removed_and_imported_while_it_is_asked_stays),
        cmocka_unit_test(a_poll_under_way_when_its_feed_is_taken_over_tells_nothing_twice),
        cmocka_unit_test(what_waits_for_a_receiver_that_is_gone_is_told_until_it_is_named_or_dropped),
        cmocka_unit_test(a_feed_that_moved_to_another_workers_host_lives_once_over_reloads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
