// SPDX-License-Identifier: MIT
//
// Servers as they are: slow, cut off, hostile, gone, lying. Each time the feed beside it goes on as if nothing were,
// and the bad one is read again when it is well.
#include <signal.h>

#include "daemon/shard.h"
#include "tests/tools/check.h"

#include "tests/tools/paper.h"

static const char RULES[] = "rule truce {\n when truce\n group none\n throttle 1000/1h\n notify desk\n}\n";

// A good paper and a bad one, both baselined; the bad one then answers as told.
struct pair {
    struct scene s;
    struct paper good, bad;
};

static void pair_open(struct pair *t, const char *name)
{
    scene_open(&t->s, name);
    paper_open(&t->good, &t->s, "127.0.0.2", PRESS_RSS);
    paper_open(&t->bad, &t->s, "127.0.0.3", PRESS_RSS);
    paper_print(&t->bad, "old", "An old truce", NULL);
    scene_config(&t->s, arena_fmt(&t->s.arena, "%s%s", paper_config(&t->good, ""), paper_config(&t->bad, "")).p);
    scene_write(&t->s, "rules.d/truce.rules", "%s", RULES);
    scene_start(&t->s);
}

static void expect(struct pair *t, struct paper *p, const char *guid)
{
    char key[64];
    paper_print(p, guid, arena_fmt(&t->s.arena, "A truce, says %s", guid).p, NULL);
    snprintf(key, sizeof key, "truce %s", guid);
    receiver_expect(&t->s.receiver, key);
}

// The bad paper mends; what it printed meanwhile alerts within a day, and nothing twice.
static void pair_end(struct pair *t)
{
    t->bad.manner = (struct origin_reply){0};
    expect(t, &t->bad, "mended");
    scene_run(&t->s, DAY_MS);
    struct receiver_report r = receiver_report(&t->s.receiver);
    assert_int_equal(r.lost, 0);
    assert_int_equal(r.unexpected, 0);
    assert_int_equal(r.two_ids + r.doubled, 0);
    scene_stop(&t->s);
    scene_done(&t->s);
}

static void bad_answers_harm_nobody_else_and_lose_nothing(void **state)
{
    static const struct {
        struct origin_reply manner;
        const char *name;
    } table[] = {
        {{.status = 404}, "404"},
        {{.status = 403}, "403"},
        {{.status = 500}, "500"},
        {{.status = 503, .headers = "Retry-After: 1200\r\n"}, "503"},
        {{.status = 429}, "429"},
        {{.fault = ORIGIN_RESET_EARLY}, "reset-early"},
        {{.fault = ORIGIN_RESET, .fault_at = 300}, "reset"},
        {{.fault = ORIGIN_TRUNCATE, .fault_at = 300}, "cut-off-length"},
        {{.fault = ORIGIN_TRUNCATE, .fault_at = 300, .framing = ORIGIN_CHUNKED}, "cut-off-chunks"},
        {{.coding = ORIGIN_GZIP, .bomb_bytes = 200 << 20}, "bomb-gzip"},
        {{.coding = ORIGIN_BR, .bomb_bytes = 200 << 20}, "bomb-br"},
        {{.fault = ORIGIN_HEADER_FLOOD}, "headers"},
        {{.fault = ORIGIN_INTERIM_FLOOD}, "interim"},
        {{.raw = STR("\0\377\376NOT HTTP\n\n")}, "no-http"},
        {{.raw = STR("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")}, "empty"},
        {{.status = 301, .location = "/feed"}, "loop"},
        {{.coding_label = "gzip"}, "wrong-label"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        static struct pair t;
        pair_open(&t, table[i].name);
        t.bad.manner = table[i].manner;
        expect(&t, &t.bad, "hidden");
        expect(&t, &t.good, "g1");
        scene_run(&t.s, 11 * MINUTE_MS);
        if (receiver_acked(&t.s.receiver, "truce g1") != 1)
            fail_msg("with a neighbour that answers \"%s\", the good feed's alert did not come", table[i].name);
        pair_end(&t);
    }
}

static void slow_body_is_read_to_its_end(void **state)
{
    (void)state;
    static struct pair t;
    pair_open(&t, "slow");
    t.bad.manner = (struct origin_reply){.piece = 100, .piece_ms = 2, .head_delay_ms = 20};
    expect(&t, &t.bad, "slow");
    scene_run(&t.s, 11 * MINUTE_MS);
    assert_int_equal(receiver_acked(&t.s.receiver, "truce slow"), 1);
    pair_end(&t);
}

static void page_instead_of_a_feed_is_told_and_not_taken_for_news(void **state)
{
    (void)state;
    static struct pair t;
    pair_open(&t, "page");
    origin_serve(&t.s.origin, t.bad.address, t.bad.path,
                 (struct origin_reply){.type = "text/html",
                                       .body = S("<!DOCTYPE html><html><head><title>Truce</title>"
                                                 "<link rel=alternate type=application/rss+xml href=/real.xml></head>"
                                                 "<body><h1>A truce!</h1></body></html>")});
    scene_mark(&t.s);
    scene_run(&t.s, 11 * MINUTE_MS);
    scene_expect(&t.s, "127.0.0.3");
    int status;
    struct str list = scene_ctl(&t.s, &status, "feeds", "list", "--json", NULL);
    assert_int_equal(status, 0);
    assert_true(str_find(list, S("not-a-feed")) < list.n);
    struct str told = S("the answer is not a feed: an HTML page, which offers the feed http://127.0.0.3:");
    if (str_find(list, told) == list.n)
        fail_msg("what came instead is not told: %.*s", STR_ARG(list));
    assert_int_equal(receiver_report(&t.s.receiver).requests, 0);
    pair_end(&t);
}

static void unreachable_feed_is_told_once_a_day_and_asked_ever_less(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    scene_open(&s, "unreachable");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    // Nobody listens on 127.0.0.9.
    scene_config(&s, arena_fmt(&s.arena, "%sfeed http://me:pass@127.0.0.9:9/feed?key=hush {\n allow-private yes\n"
                                         " every 10m\n}\n", paper_config(&p, "")).p);
    scene_write(&s, "rules.d/truce.rules", "%s", RULES);
    scene_start(&s);
    scene_run(&s, 2LL * DAY_MS);
    size_t told = 0;
    for (size_t i = 0; i < s.receiver.n_alerts; i++) {
        const struct receiver_alert *alert = s.receiver.alerts[i];
        told += str_eq(alert->type, S("feed.broken"));
        size_t n = alert->body.n; // it never had a title; its address, and the secrets there, is none
        assert_true(str_find(alert->body, S("hush")) == n && str_find(alert->body, S("me:pass")) == n);
    }
    assert_int_equal(told, 1);
    int status;
    struct str list = scene_ctl(&s, &status, "feeds", "list", "--json", NULL);
    assert_int_equal(status, 0);
    assert_true(str_find(list, S("connect")) < list.n);
    scene_stop(&s);
    scene_done(&s);
}

static void private_address_is_refused_unless_allowed(void **state)
{
    (void)state;
    static struct scene s;
    scene_open(&s, "private");
    origin_serve(&s.origin, "127.0.0.2", "/feed", (struct origin_reply){.body = S("<rss/>")});
    scene_config(&s, arena_fmt(&s.arena, "feed %s {\n every 10m\n}\n",
                               origin_url(&s.origin, "127.0.0.2", "/feed")).p);
    scene_start(&s);
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(origin_count(&s.origin, NULL, NULL), 0);
    int status;
    struct str list = scene_ctl(&s, &status, "feeds", "list", "--json", NULL);
    if (str_find(list, S("127.0.0.2 is not a public address (allow-private yes")) == list.n)
        fail_msg("the reason is not told: %.*s", STR_ARG(list));
    scene_stop(&s);
    scene_done(&s);
}

static void article_twice_in_a_feed_and_out_of_order_alerts_once(void **state)
{
    (void)state;
    static struct pair t;
    pair_open(&t, "twice");
    expect(&t, &t.good, "a");
    expect(&t, &t.good, "b");
    struct press_article swap = t.good.articles[0];
    t.good.articles[0] = t.good.articles[1];
    t.good.articles[1] = swap;
    t.good.articles[t.good.n++] = swap;
    paper_serve(&t.good);
    scene_run(&t.s, 11 * MINUTE_MS);
    t.good.n--;
    t.good.version++;
    paper_serve(&t.good);
    pair_end(&t);
    // pair_end counted: each expected one once, and not one more.
}

static void read_number(void *context, const struct str *columns, int n)
{
    (void)n;
    assert_true(str_to_u64(columns[0], UINT64_MAX, context));
}

// A feed has one title, and each of its items is kept with it.
static void long_title_of_a_feed_is_not_kept_whole_with_each_item(void **state)
{
    enum { ITEMS = 50, TITLE = 200000 };
    (void)state;
    static struct scene s;
    struct buf text;
    uint64_t longest = 0, rows = 0;
    scene_open(&s, "long-title");
    buf_init(&text, 1 << 20);
    buf_add(&text, S("<rss version=\"2.0\"><channel><title>"));
    for (int i = 0; i < TITLE / 10; i++)
        buf_add(&text, S("long title"));
    buf_add(&text, S("</title>"));
    for (int i = 0; i < ITEMS; i++)
        buf_addf(&text, "<item><guid>g%d</guid><title>A truce, number %d</title></item>", i, i);
    buf_add(&text, S("</channel></rss>"));
    origin_serve(&s.origin, "127.0.0.3", "/feed", (struct origin_reply){.body = buf_str(&text)});
    scene_config(&s, arena_fmt(&s.arena, "feed %s {\n allow-private yes\n first-run all\n}\n",
                               origin_url(&s.origin, "127.0.0.3", "/feed")).p);
    scene_write(&s, "rules.d/truce.rules", "%s", RULES);
    scene_start(&s);
    scene_run(&s, MINUTE_MS);
    scene_each_row(&s, "SELECT count(*) FROM alert", read_number, &rows);
    scene_each_row(&s, "SELECT max(length(feed_title)) FROM alert", read_number, &longest);
    assert_int_equal(rows, ITEMS);
    assert_int_equal(longest, 1024);
    scene_stop(&s);
    scene_done(&s);
    buf_done(&text);
}

// Two feeds of a host are told to come back in a day; as many as a worker asks at once are led to that host.
static void a_host_that_wants_a_pause_holds_up_nobody_but_who_is_led_there(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    const struct origin_reply pause = {.status = 429, .headers = "Retry-After: 86400\r\n"};
    struct buf feeds;
    scene_open(&s, "held-host");
    buf_init(&feeds, 1 << 20);
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    buf_addf(&feeds, "workers 1\n%s", paper_config(&p, ""));
    for (unsigned i = 1; i <= 2; i++) {
        const char *path = arena_fmt(&s.arena, "/%u", i).p;
        origin_serve(&s.origin, "127.0.0.3", path, pause);
        buf_addf(&feeds, "feed %s {\n allow-private yes\n}\n", origin_url(&s.origin, "127.0.0.3", path));
    }
    scene_write(&s, "rules.d/truce.rules", "rule truce {\n when truce\n notify desk\n}\n");
    scene_config(&s, buf_z(&feeds));
    scene_start(&s);
    scene_run(&s, MINUTE_MS);
    assert_int_equal(origin_count(&s.origin, "127.0.0.3", NULL), 2);
    for (unsigned i = 0; i < SHARD_IN_FLIGHT_MAX; i++) {
        const char *address = arena_fmt(&s.arena, "127.0.1.%u", i + 1).p;
        origin_serve(&s.origin, address, "/feed",
                     (struct origin_reply){.status = 302, .location = origin_url(&s.origin, "127.0.0.3", "/3")});
        buf_addf(&feeds, "feed %s {\n allow-private yes\n}\n", origin_url(&s.origin, address, "/feed"));
    }
    scene_config(&s, buf_z(&feeds));
    buf_done(&feeds);
    scene_signal(&s, SIGHUP);
    scene_expect(&s, "generation 2");
    scene_run(&s, MINUTE_MS);
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_run(&s, HOUR_MS);
    scene_until_acked(&s, "truce g1", 1);
    assert_int_equal(origin_count(&s.origin, "127.0.0.3", NULL), 2);
    assert_int_equal(origin_count(&s.origin, "127.0.1.1", NULL), 1); // and does not try again and again
    origin_serve(&s.origin, "127.0.0.3", "/1", (struct origin_reply){.status = 404});
    origin_serve(&s.origin, "127.0.0.3", "/2", (struct origin_reply){.status = 404});
    scene_jump(&s, 22LL * HOUR_MS);
    assert_int_equal(origin_count(&s.origin, "127.0.0.3", "/3"), 0);
    scene_run(&s, HOUR_MS);
    assert_true(origin_count(&s.origin, "127.0.0.3", "/3") > 0); // the pause is over
    scene_stop(&s);
    scene_done(&s);
}

// A feed that is asked with a password and a key writes relative links, and offers itself in a page.
static void secrets_of_an_address_go_nowhere(void **state)
{
    (void)state;
    static struct scene s;
    static const char path[] = "/rel?key=hush";
    scene_open(&s, "secrets");
    origin_serve(&s.origin, "127.0.0.2", path, (struct origin_reply){.type = "text/html", .body = S(
        "<html><head><link rel=alternate type='application/rss+xml' href='/feed.xml?key=hush2'></head></html>")});
    const char *address = arena_fmt(&s.arena, "http://me:pass@127.0.0.2:%d%s", s.origin.wire.port, path).p;
    scene_config(&s, arena_fmt(&s.arena, "feed %s {\n allow-private yes\n every 10m\n}\n", address).p);
    scene_write(&s, "rules.d/truce.rules", "%s", RULES);
    scene_start(&s);
    int status;
    scene_ctl(&s, &status, "log", "level", "debug", NULL);
    assert_int_equal(status, 0);
    scene_run(&s, HOUR_MS);
    origin_serve(&s.origin, "127.0.0.2", path, (struct origin_reply){.headers = "Content-Location: rel?key=hush3\r\n",
        .body = S("<rss version='2.0'><channel><title>T</title><link>/home</link></channel></rss>")});
    scene_run(&s, 6LL * HOUR_MS);
    origin_serve(&s.origin, "127.0.0.2", path, (struct origin_reply){.headers = "Content-Location: rel?key=hush3\r\n",
        .body = S("<rss version='2.0'><channel><title>T</title><link>/home</link>"
                  "<item><title>A truce from midnight</title><link>#item1</link><enclosure url='/e.mp3'/></item>"
                  "</channel></rss>")});
    scene_run(&s, 6LL * HOUR_MS);
    assert_true(s.receiver.n_alerts > 0);
    for (size_t i = 0; i < s.receiver.n_alerts; i++) {
        struct str body = s.receiver.alerts[i]->body;
        if (str_find(body, S("hush")) < body.n || str_find(body, S("pass@")) < body.n)
            fail_msg("a secret is sent: %.*s", STR_ARG(body));
    }
    assert_true(scene_says(&s, "is a page that offers the feed: http://127.0.0.2"));
    assert_false(scene_says(&s, "hush"));
    assert_false(scene_says(&s, "pass@"));
    struct str polling = scene_ctl(&s, &status, "feeds", "poll", address, NULL);
    assert_int_equal(status, 0);
    assert_true(str_find(polling, S("pass@")) == polling.n);
    scene_stop(&s);
    scene_done(&s);
}

enum { SILENT = 60 }; // more than three bursts of a worker

static bool are_all_asked(struct scene *s, const void *context)
{
    (void)context;
    return origin_count(&s->origin, NULL, NULL) == SILENT;
}

// Servers that say nothing yet do not keep the others from being asked.
static void servers_that_wait_hold_up_nobody(void **state)
{
    (void)state;
    static struct scene s;
    struct buf feeds;
    scene_open(&s, "silent");
    buf_init(&feeds, 1 << 20);
    buf_addf(&feeds, "workers 1\n");
    scene_config(&s, buf_z(&feeds));
    scene_start(&s);
    for (unsigned i = 0; i < SILENT; i++) {
        const char *address = arena_fmt(&s.arena, "127.0.2.%u", i + 1).p;
        origin_serve(&s.origin, address, "/feed",
                     (struct origin_reply){.body = S("<rss version=\"2.0\"><channel><title>T</title></channel></rss>"),
                                           .fault = ORIGIN_HOLD, .fault_at = 10});
        buf_addf(&feeds, "feed %s {\n allow-private yes\n}\n", origin_url(&s.origin, address, "/feed"));
    }
    scene_config(&s, buf_z(&feeds));
    buf_done(&feeds);
    scene_signal(&s, SIGHUP);
    scene_until(&s, "all are asked", are_all_asked, NULL);
    for (size_t i = 0; i < SILENT; i++)
        assert_false(origin_nth(&s.origin, NULL, NULL, i)->is_over); // nobody was given up for it
    origin_release(&s.origin);
    scene_settle(&s);
    assert_int_equal(origin_count(&s.origin, NULL, NULL), SILENT);
    scene_stop(&s);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_answers_harm_nobody_else_and_lose_nothing),
        cmocka_unit_test(slow_body_is_read_to_its_end),
        cmocka_unit_test(page_instead_of_a_feed_is_told_and_not_taken_for_news),
        cmocka_unit_test(unreachable_feed_is_told_once_a_day_and_asked_ever_less),
        cmocka_unit_test(private_address_is_refused_unless_allowed),
        cmocka_unit_test(a_host_that_wants_a_pause_holds_up_nobody_but_who_is_led_there),
        cmocka_unit_test(secrets_of_an_address_go_nowhere),
        cmocka_unit_test(servers_that_wait_hold_up_nobody),
        cmocka_unit_test(article_twice_in_a_feed_and_out_of_order_alerts_once),
        cmocka_unit_test(long_title_of_a_feed_is_not_kept_whole_with_each_item),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
