// SPDX-License-Identifier: MIT
//
// A receiver fails in every way there is, and what it is owed arrives all the same: same id, same bytes.
#include <jansson.h>
#include <stdio.h>

#include "tests/tools/check.h"
#include "tests/tools/faults.h"
#include "tests/tools/paper.h"

// One paper, one rule, one article out; the alert is on its way when this returns.
static void send_one(struct scene *s, struct paper *p, const char *name)
{
    scene_open(s, name);
    paper_open(p, s, "127.0.0.2", PRESS_RSS);
    scene_config(s, paper_config(p, ""));
    scene_write(s, "rules.d/truce.rules", "rule truce {\n when truce\n notify desk\n}\n");
    scene_start(s);
    paper_print(p, "g1", "A truce from midnight", NULL);
    receiver_expect(&s->receiver, "truce g1");
}

static void end(struct scene *s)
{
    struct receiver_report r = receiver_report(&s->receiver);
    assert_int_equal(r.bad_signatures + r.changed_body + r.changed_path + r.two_ids + r.unexpected, 0);
    assert_int_equal(r.early_retries + r.followed_redirects + r.after_gone, 0);
    scene_stop(s);
    scene_done(s);
}

// Tells since when health says the receiver to be off; 0: it does not.
static int64_t off_since_ms(struct scene *s)
{
    int status;
    struct str out = scene_ctl(s, &status, "receivers", "list", "--json", NULL);
    json_t *answer = json_loadb(out.p, out.n, 0, NULL);
    json_t *receiver = json_array_get(json_object_get(answer, "receivers"), 0);
    int64_t since = json_integer_value(json_object_get(receiver, "off_since_ms"));
    json_decref(answer);
    return since;
}

static void a_receiver_whose_secret_is_gone_is_off_from_then_on(void **state)
{
    (void)state;
    static struct scene s;
    scene_open(&s, "off");
    scene_config(&s, "");
    scene_start(&s);
    assert_int_equal(off_since_ms(&s), 0);
    scene_run(&s, HOUR_MS);
    const char *secret = scene_path(&s, "secret"), *aside = scene_path(&s, "aside");
    assert_int_equal(rename(secret, aside), 0);
    scene_mark(&s);
    scene_signal(&s, SIGHUP);
    const char *conf = scene_path(&s, "feedwatch.conf");
    scene_expect(&s, arena_fmt(&s.arena, "Z warning %s:7:12: warning: receiver desk is off", conf).p);
    int64_t since = off_since_ms(&s);
    assert_true(since > 0);
    scene_run(&s, HOUR_MS);
    scene_signal(&s, SIGHUP);
    scene_expect(&s, "generation 3");
    assert_int_equal(off_since_ms(&s), since);
    int status;
    struct str out = scene_ctl(&s, &status, "health", NULL);
    if (status != 1 || str_find(out, S("(1h 00m ago)\n  next: feedwatchctl reload --wait")) == out.n)
        fail_msg("health (%d): %.*s", status, STR_ARG(out));
    out = scene_ctl(&s, &status, "receivers", "test", "desk", NULL);
    if (status != 1 || str_find(out, S("receiver desk is off: the secret in")) == out.n)
        fail_msg("receivers test (%d): %.*s", status, STR_ARG(out));
    assert_int_equal(rename(aside, secret), 0);
    scene_signal(&s, SIGHUP);
    scene_expect(&s, "generation 4");
    assert_int_equal(off_since_ms(&s), 0);
    scene_stop(&s);
    scene_done(&s);
}

static void a_receiver_that_accepts_again_is_told_by_its_name(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    send_one(&s, &p, "again");
    receiver_plan(&s.receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 503, .times = 12});
    paper_print_many(&p, "many", "truce", 12);
    scene_run(&s, 20 * MINUTE_MS); // polled by the 11th, and then the breaker's pauses
    scene_expect(&s, "endpoint.recovered severity=notice title=\"receiver desk accepts again\"");
    scene_stop(&s);
    scene_done(&s);
}

static void failing_receiver_gets_it_after_5_s_and_a_minute(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    send_one(&s, &p, "retry");
    receiver_plan(&s.receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 503, .times = 2});
    scene_run(&s, 11 * MINUTE_MS);
    const struct receiver_alert *a = receiver_find(&s.receiver, "truce g1");
    assert_non_null(a);
    scene_run(&s, 2 * MINUTE_MS);
    assert_int_equal(a->attempts, 3);
    assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 1);
    end(&s);
}

// What a person is told of the receiver: the line of `receivers list`, and `health`.
static void check_told(struct scene *s, const char *state, const char *note, int health, const char *said)
{
    int status;
    struct str out = scene_ctl(s, &status, "receivers", "list", "--json", NULL);
    const char *wanted = arena_fmt(&s->arena, "\"state\":\"%s\"", state).p;
    bool has_note = str_find(out, str_of(note ? note : "\"error\"")) < out.n;
    if (status != 0 || str_find(out, str_of(wanted)) == out.n || has_note != (note != NULL))
        fail_msg("%s, %s: %.*s", wanted, note ? note : "no error", STR_ARG(out));
    assert_int_equal(str_find(out, S("failing_since_ms")) < out.n, note != NULL);
    out = scene_ctl(s, &status, "health", NULL);
    if (status != health || str_find(out, str_of(said)) == out.n)
        fail_msg("health (%d): %.*s", status, STR_ARG(out));
}

static void a_failing_receiver_is_told_with_its_error_until_it_is_well(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    send_one(&s, &p, "failing");
    receiver_plan(&s.receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 503});
    check_told(&s, "ok", NULL, 0, "all is well");
    for (int i = 0; i < 200 && receiver_report(&s.receiver).requests == 0; i++)
        scene_run(&s, 4 * SECOND_MS);
    check_told(&s, "failing", "HTTP 503", 0, "all is well"); // the first retry may heal it
    scene_run(&s, 2 * MINUTE_MS);
    check_told(&s, "failing", "HTTP 503", 1, "receiver desk is failing: HTTP 503");
    scene_kill(&s); // the next try is minutes away, and what is owed stays owed
    scene_start(&s);
    check_told(&s, "failing", "failing_since_ms", 1, "receiver desk is failing");
    receiver_be_well(&s.receiver);
    scene_run(&s, HOUR_MS);
    scene_until_acked(&s, "truce g1", 1);
    check_told(&s, "ok", NULL, 0, "all is well");
    end(&s);
}

static void retry_after_is_waited_out(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    send_one(&s, &p, "retry-after");
    receiver_plan(&s.receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 429, .retry_after = "1800",
                                                      .times = 1});
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(receiver_find(&s.receiver, "truce g1")->attempts, 1);
    scene_run(&s, 25 * MINUTE_MS);
    assert_int_equal(receiver_find(&s.receiver, "truce g1")->attempts, 1);
    scene_run(&s, 15 * MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 1);
    end(&s);
}

// One paper and a rule that tells the webhook "timed".
static void open_with_timeout(struct scene *s, struct paper *p, const char *name, const char *timeout)
{
    scene_open(s, name);
    paper_open(p, s, "127.0.0.2", PRESS_RSS);
    scene_config(s, arena_fmt(&s->arena, "webhook timed {\n url \"%s\"\n secret \"file:%s/secret\"\n timeout %s\n}\n%s",
                              receiver_url(&s->receiver, "/timed"), s->folder, timeout, paper_config(p, "")).p);
    scene_write(s, "rules.d/truce.rules", "rule truce {\n when truce\n notify timed\n}\n");
}

static void every_kind_of_failure_is_tried_again(void **state)
{
    static const struct {
        struct receiver_plan plan;
        const char *name;
    } table[] = {
        {{.fault = RECEIVER_RESET, .times = 1}, "reset"},
        {{.fault = RECEIVER_LOST_ACK, .times = 1}, "lost-ack"},
        {{.fault = RECEIVER_REDIRECT, .times = 1}, "redirect"},
        {{.fault = RECEIVER_GARBAGE, .times = 1}, "garbage"},
        {{.fault = RECEIVER_STATUS, .status = 500, .times = 1}, "500"},
        {{.fault = RECEIVER_STATUS, .status = 401, .times = 1}, "401"},
        {{.fault = RECEIVER_STATUS, .status = 408, .times = 1}, "408"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        static struct scene s;
        struct paper p;
        send_one(&s, &p, table[i].name);
        receiver_plan(&s.receiver, table[i].plan);
        scene_run(&s, 12 * MINUTE_MS);
        if (receiver_report(&s.receiver).lost || receiver_find(&s.receiver, "truce g1")->attempts != 2)
            fail_msg("after %s: not accepted at the second attempt", table[i].name);
        end(&s);
    }
}

static void what_a_2xx_accepted_is_sent_once_however_the_answer_ends(void **state)
{
    static const struct {
        enum receiver_fault fault;
        const char *name;
    } table[] = {{RECEIVER_CUT, "cut"}, {RECEIVER_STALL, "stall"}};
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        static struct scene s;
        struct paper p;
        int status;
        open_with_timeout(&s, &p, table[i].name, "1s");
        scene_start(&s);
        receiver_plan(&s.receiver, (struct receiver_plan){.fault = table[i].fault});
        paper_print(&p, "g1", "A truce from midnight", NULL);
        receiver_expect(&s.receiver, "truce g1");
        scene_run(&s, HOUR_MS);
        if (!receiver_find(&s.receiver, "truce g1") || receiver_find(&s.receiver, "truce g1")->attempts != 1)
            fail_msg("%s: not accepted at the first attempt", table[i].name);
        scene_ctl(&s, &status, "health", NULL);
        assert_int_equal(status, 0);
        end(&s);
    }
}

static void a_test_is_accepted_by_its_2xx_too(void **state)
{
    (void)state;
    static struct scene s;
    int status;
    scene_open(&s, "test-cut");
    scene_config(&s, "");
    scene_start(&s);
    receiver_plan(&s.receiver, (struct receiver_plan){.fault = RECEIVER_CUT});
    struct str out = scene_ctl(&s, &status, "receivers", "test", "desk", NULL);
    if (status != 0 || str_find(out, S("accepted: desk answered 200")) == out.n || str_find(out, S("bytes")) < out.n)
        fail_msg("receivers test (%d): %.*s", status, STR_ARG(out));
    end(&s);
}

static bool has_come(struct scene *s, const void *key)
{
    const struct receiver_alert *a = receiver_find(&s->receiver, key);
    return a && a->attempts > 0;
}

static void a_webhook_may_answer_as_late_as_its_timeout_says(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    open_with_timeout(&s, &p, "patience", "60s");
    struct fault_page *page = faults_load(&s);
    scene_start(&s);
    paper_print(&p, "g1", "A truce from midnight", NULL);
    receiver_expect(&s.receiver, "truce g1");
    receiver_plan(&s.receiver, (struct receiver_plan){.fault = RECEIVER_SLOW, .ms = 3 * SECOND_MS});
    scene_run_begin(&s, 12 * MINUTE_MS);
    scene_until(&s, "the first attempt", has_come, "truce g1");
    __atomic_store_n(&page->skipped_ms, 40 * SECOND_MS, __ATOMIC_RELEASE); // the daemon looks each second
    scene_run_end(&s);
    scene_run(&s, HOUR_MS);
    assert_int_equal(receiver_find(&s.receiver, "truce g1")->attempts, 1);
    end(&s);
    faults_done(page);
}

static void a_receiver_that_redirects_is_told_so(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    send_one(&s, &p, "redirects");
    receiver_plan(&s.receiver, (struct receiver_plan){.fault = RECEIVER_REDIRECT, .times = 3});
    scene_run(&s, 13 * MINUTE_MS); // polled by the 11th; told a minute after the first refusal
    check_told(&s, "failing", "redirects are not followed", 1, "redirects are not followed");
    end(&s);
}

static void alert_survives_a_stop_while_its_receiver_is_down(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    send_one(&s, &p, "down");
    receiver_plan(&s.receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 503});
    scene_run(&s, 12 * MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, NULL), 0);
    scene_stop(&s);
    receiver_be_well(&s.receiver);
    s.now = wall_add(s.now, HOUR_MS);
    scene_start(&s);
    scene_run(&s, MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 1);
    end(&s);
}

static void gone_receiver_is_switched_off_and_told(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    send_one(&s, &p, "gone");
    receiver_plan(&s.receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 410, .times = 1});
    scene_run(&s, 11 * MINUTE_MS);
    paper_print(&p, "g2", "Another truce", NULL);
    scene_run(&s, DAY_MS / 4);
    assert_int_equal(receiver_report(&s.receiver).requests, 1);
    int status;
    struct str list = scene_ctl(&s, &status, "deliveries", "list", "--json", NULL);
    assert_int_equal(status, 0);
    assert_true(str_find(list, S("dead")) < list.n);
    scene_stop(&s); // it stays off over a restart, until a person says so
    scene_start(&s);
    paper_print(&p, "g3", "A third truce", NULL);
    scene_run(&s, HOUR_MS);
    assert_int_equal(receiver_report(&s.receiver).requests, 1);
    s.receiver.is_gone = false;
    receiver_expect(&s.receiver, "truce g2");
    receiver_expect(&s.receiver, "truce g3");
    receiver_expect(&s.receiver, "truce g4");
    scene_ctl(&s, &status, "deliveries", "retry", "--receiver", "desk", NULL);
    assert_int_equal(status, 0);
    for (int i = 1; i <= 3; i++) {
        char key[16];
        snprintf(key, sizeof key, "truce g%d", i);
        scene_until_acked(&s, key, 1);
    }
    scene_stop(&s);
    scene_start(&s); // and on over the next
    paper_print(&p, "g4", "A fourth truce", NULL);
    scene_run(&s, HOUR_MS);
    scene_until_acked(&s, "truce g4", 1);
    end(&s);
}

static void article_out_while_the_daemon_was_down_is_marked_late(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    send_one(&s, &p, "late");
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, NULL), 1);
    assert_true(str_find(receiver_find(&s.receiver, "truce g1")->body, S("\"late\":false")) <
                receiver_find(&s.receiver, "truce g1")->body.n);
    scene_stop(&s);
    paper_print(&p, "g2", "A truce while nobody watched", NULL);
    s.now = wall_add(s.now, 2LL * HOUR_MS);
    scene_start(&s);
    receiver_expect(&s.receiver, "truce g2");
    scene_until_acked(&s, "truce g2", 1);
    struct str body = receiver_find(&s.receiver, "truce g2")->body;
    assert_true(str_find(body, S("\"late\":true")) < body.n);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receiver_whose_secret_is_gone_is_off_from_then_on),
        cmocka_unit_test(a_receiver_that_accepts_again_is_told_by_its_name),
        cmocka_unit_test(failing_receiver_gets_it_after_5_s_and_a_minute),
        cmocka_unit_test(a_failing_receiver_is_told_with_its_error_until_it_is_well),
        cmocka_unit_test(retry_after_is_waited_out),
        cmocka_unit_test(every_kind_of_failure_is_tried_again),
        cmocka_unit_test(what_a_2xx_accepted_is_sent_once_however_the_answer_ends),
        cmocka_unit_test(a_test_is_accepted_by_its_2xx_too),
        cmocka_unit_test(a_webhook_may_answer_as_late_as_its_timeout_says),
        cmocka_unit_test(a_receiver_that_redirects_is_told_so),
        cmocka_unit_test(alert_survives_a_stop_while_its_receiver_is_down),
        cmocka_unit_test(gone_receiver_is_switched_off_and_told),
        cmocka_unit_test(article_out_while_the_daemon_was_down_is_marked_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
