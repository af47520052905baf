// SPDX-License-Identifier: MIT
//
// Ids and lines of alerts, silences' matchers, throttles.
#include "alerts/alert.h"

#include <stdlib.h>

#include "alerts/silence.h"
#include "alerts/throttle.h"
#include "base/utf8.h"
#include "tests/tools/check.h"

static void an_id_reads_back_in_either_case(void **state)
{
    (void)state;
    static const struct {
        struct hash128 id;
        const char *text;
    } cases[] = {
        {{0, 0}, "alr_00000000000000000000000000"},
        {{0, 1}, "alr_00000000000000000000000001"},
        {{UINT64_MAX, UINT64_MAX}, "alr_7zzzzzzzzzzzzzzzzzzzzzzzzz"},
        {{0x0123456789abcdef, 0xfedcba9876543210}, "alr_014d2pf2dbsqqzxq5tk1v58cgg"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[ALERT_ID_BYTES];
        struct hash128 id;
        struct err err;
        assert_string_equal(alert_id_text(cases[i].id, text), cases[i].text);
        text[10] = (char)(text[10] >= 'a' ? text[10] - 32 : text[10]);
        assert_true(alert_id_parse(str_of(text), &id, &err));
        assert_true(id.high == cases[i].id.high && id.low == cases[i].id.low);
    }
}

static void what_is_no_id_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {"", "alr_", "alr_0000000000000000000000000", "alr_000000000000000000000000000",
                                        "alr_80000000000000000000000000", "alr_0000000000000000000000000u",
                                        "msg_00000000000000000000000000"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hash128 id;
        struct err err = {0};
        if (alert_id_parse(str_of(cases[i]), &id, &err) || !strstr(err.text, "alr_ and 26"))
            fail_msg("%s", cases[i]);
    }
}

static void the_state_of_an_alert_is_what_concerns_people_most(void **state)
{
    (void)state;
    enum { WAITING = 1 << DELIVERY_WAITING, HELD = 1 << DELIVERY_HELD, DONE = 1 << DELIVERY_DONE,
           DEAD = 1 << DELIVERY_DEAD, DIGESTED = 1 << DELIVERY_DIGESTED, DROPPED = 1 << DELIVERY_DROPPED };
    static const struct {
        enum alert_fate fate;
        unsigned row_states;
        const char *name, *why;
    } cases[] = {
        {FATE_SENT, 0, "sent", "nobody is to get it"},
        {FATE_SENT, DONE, "sent", "all have accepted it"},
        {FATE_SENT, WAITING, "waiting", "nobody has accepted it"},
        {FATE_SENT, WAITING | DONE, "waiting", "one has, one has not"},
        {FATE_SENT, WAITING | HELD, "waiting", "what is tried now before what waits for a digest"},
        {FATE_SENT, HELD | DONE, "held", "one gets it with a digest"},
        {FATE_SENT, DEAD | WAITING | DONE, "dead", "one will not get it: somebody must act"},
        {FATE_SENT, DONE | DIGESTED | DROPPED, "sent", "nothing is open"},
        {FATE_SENT, DIGESTED | DROPPED, "digested", "a digest carries it"},
        {FATE_SENT, DROPPED, "dropped", "a person gave it up"},
        {FATE_SILENCED, WAITING, "silenced", "sent by hand later: still what was decided"},
        {FATE_BASELINE, 0, "baseline", "not sent"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct alert alert = {.fate = cases[i].fate, .row_states = cases[i].row_states};
        if (!str_eq(str_of(alert_state_name(&alert)), str_of(cases[i].name)))
            fail_msg("%s: found %s", cases[i].why, alert_state_name(&alert));
    }
}

static struct buf line_of(const struct alert *alert)
{
    struct buf line;
    buf_init(&line, 1 << 16);
    alert_line(alert, &line);
    return line;
}

static void a_line_names_what_matters(void **state)
{
    (void)state;
    struct alert alert = {.rule = S("truce"), .severity = SEVERITY_WARNING, .feed = 1, .feed_title = S("Example World"),
                          .title = S("He said \"yes\""), .url = S("https://a.example/1")};
    struct buf line = line_of(&alert);
    assert_str(buf_str(&line), "alert rule=truce severity=warning feed=\"Example World\" title=\"He said \\\"yes\\\"\""
                               " url=https://a.example/1 id=alr_00000000000000000000000000");
    buf_done(&line);
    alert.is_late = true;
    alert.title = S("");
    line = line_of(&alert);
    assert_str(buf_str(&line), "alert rule=truce severity=warning late=yes feed=\"Example World\" title=\"\""
                               " url=https://a.example/1 id=alr_00000000000000000000000000");
    buf_done(&line);
}

static void a_hostile_title_stays_in_its_line_and_its_quotes(void **state)
{
    (void)state;
    static const char *const titles[] = {"a\nalert rule=fake", "a\" url=https://evil.example", "a\\", "a\\\" b",
                                         "\x1b[31mred", ("\xe2\x80\xae" "gnp"), "bad \xff\xfe bytes", "\xe2\x80\xa8x"};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        struct alert alert = {.rule = S("r"), .feed = 1, .title = str_of(titles[i]), .url = S("u")};
        struct buf line = line_of(&alert);
        bool is_open = false;
        size_t url = str_find(buf_str(&line), S(" url=u id="));
        assert_true(url < line.n);
        for (size_t at = 0; at < url; at++) { // the true url stands outside all quotes
            assert_true((unsigned char)line.p[at] >= 0x20);
            if (line.p[at] == '\\' && is_open && (line.p[at + 1] == '"' || line.p[at + 1] == '\\'))
                at++;
            else if (line.p[at] == '"')
                is_open = !is_open;
        }
        if (is_open || utf8_valid(buf_str(&line)) != line.n)
            fail_msg("%.*s", STR_ARG(buf_str(&line)));
        buf_done(&line);
    }
}

static void a_long_title_and_url_are_cut_and_the_id_is_not(void **state)
{
    (void)state;
    char text[5000];
    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xd0\x96", 2);
    struct str all = {text, sizeof text - 2};
    struct alert alert = {.rule = all, .feed = 1, .feed_title = all, .title = all, .url = all};
    struct buf line = line_of(&alert);
    assert_true(line.n <= ALERT_LINE_BYTES);
    assert_true(str_ends(buf_str(&line), S(" id=alr_00000000000000000000000000")));
    assert_int_equal(utf8_valid(buf_str(&line)), line.n);
    buf_done(&line);
}

// ---- silences ---------------------------------------------------------------------------------------------------------

static void matchers_meet_alerts(void **state)
{
    (void)state;
    const struct alert alert = {.rule = S("ceasefire-talks"), .severity = SEVERITY_WARNING, .tags = S("war mideast"),
                                .feed_title = S("Example World"), .feed_url = S("https://a.example/f"),
                                .title = S("Gold rush in the north"), .url = S("https://a.example/gold")};
    static const struct {
        const char *matcher;
        bool is_met;
    } cases[] = {
        {"rule=ceasefire-talks", true},    {"rule=ceasefire-*", true},       {"rule=CEASEFIRE-TALKS", true},
        {"rule=ceasefire", false},         {"rule=*", true},                 {"rule!=ceasefire-*", false},
        {"rule!=other", true},             {"feed=\"Example World\"", true}, {"feed=https://a.example/*", true},
        {"feed=World", false},             {"severity=warning", true},       {"severity<=notice", false},
        {"severity<=warning", true},       {"severity>=critical", false},    {"severity!=debug", true},
        {"tag=war", true},                 {"tag=mid*", true},               {"tag=\"war mideast\"", false},
        {"title=*gold*", true},            {"title=*g*o*l*d*north", true},   {"title=*south*", false},
        {"url=https://*gold", true},       {"rule=cease* tag=war", true},    {"rule=cease* tag=peace", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct silence_matcher matcher;
        struct err err = {0};
        if (!silence_parse(str_of(cases[i].matcher), &matcher, &err))
            fail_msg("%s: %s", cases[i].matcher, err.text);
        if (silence_meets(&matcher, &alert) != cases[i].is_met)
            fail_msg("%s", cases[i].matcher);
    }
}

static void a_matcher_that_cannot_be_read_says_where(void **state)
{
    (void)state;
    static const struct {
        const char *matcher;
        uint32_t col;
        const char *expected;
    } cases[] = {
        {"", 1, "rule=* silences everything"},
        {"rul=x", 1, "expected one of"},
        {"rule=x colour=red", 8, "expected one of"},
        {"rule<=x", 5, "only severity has an order"},
        {"rule:x", 5, "expected = or !="},
        {"severity~x", 9, "expected =, !=, <= or >="},
        {"rule=", 6, "expected a value"},
        {"feed=\"open", 6, "not closed"},
        {"feed=\"a\"b", 9, "expected a blank"},
        {"severity=loud", 10, "expected debug, info"},
        {"tag=1 tag=2 tag=3 tag=4 tag=5 tag=6 tag=7 tag=8 tag=9", 49, "at most 8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct silence_matcher matcher;
        struct err err = {0};
        assert_false(silence_parse(str_of(cases[i].matcher), &matcher, &err));
        if (err.col != cases[i].col || !strstr(err.text, cases[i].expected))
            fail_msg("%s: %u: %s", cases[i].matcher, err.col, err.text);
    }
}

static void a_silence_is_replaced_by_its_id_and_pruned_when_it_has_told(void **state)
{
    (void)state;
    struct err err = {0};
    struct silence_list *l = silence_list_open();
    struct silence s = {.id = 1, .matcher = S("rule=*"), .until = {1000}};
    struct arena arena;
    struct silence *changes;
    arena_init(&arena, SIZE_MAX);
    struct alert alert = {.rule = S("r")};
    assert_true(silence_list_put(l, &s, &err));
    assert_non_null(silence_list_hides(l, &alert, (wall_t){500}));
    assert_null(silence_list_hides(l, &alert, (wall_t){1000}));
    assert_int_equal(silence_list_changes(l, &arena, &changes), 1);
    assert_int_equal(silence_list_changes(l, &arena, &changes), 0);
    uint64_t *gone;
    assert_int_equal(silence_list_prune(l, (wall_t){2000}, &arena, &gone), 0);
    assert_non_null(silence_list_at(l, 0)); // it has hidden one and not told
    assert_int_equal(silence_list_hidden_before(l, &alert, (wall_t){2000}), 1);
    assert_int_equal(silence_list_changes(l, &arena, &changes), 1);
    assert_int_equal(silence_list_prune(l, (wall_t){2000}, &arena, &gone), 1);
    assert_int_equal(gone[0], 1);
    assert_null(silence_list_at(l, 0));
    s.id = 2;
    assert_true(silence_list_put(l, &s, &err));
    assert_non_null(silence_list_hides(l, &alert, (wall_t){500}));
    assert_int_equal(silence_list_changes(l, &arena, &changes), 1);
    int64_t last = 1000 + (int64_t)SILENCE_REPORT_DAYS * DAY_MS; // nothing that it would meet has come since
    assert_int_equal(silence_list_prune(l, (wall_t){last}, &arena, &gone), 0);
    assert_int_equal(silence_list_prune(l, (wall_t){last + 1}, &arena, &gone), 1);
    assert_int_equal(gone[0], 2);
    s.matcher = S("nonsense");
    assert_false(silence_list_put(l, &s, &err));
    silence_list_close(l);
    arena_done(&arena);
}

static void the_list_of_silences_is_full_at_its_cap(void **state)
{
    (void)state;
    struct err err = {0};
    struct silence_list *l = silence_list_open();
    for (uint64_t i = 1; i <= SILENCES_MAX; i++)
        assert_true(silence_list_put(l, &(struct silence){.id = i, .matcher = S("rule=x")}, &err));
    assert_false(silence_list_put(l, &(struct silence){.id = SILENCES_MAX + 1, .matcher = S("rule=x")}, &err));
    assert_true(silence_list_put(l, &(struct silence){.id = 7, .matcher = S("rule=y")}, &err));
    silence_list_close(l);
}

// ---- throttles --------------------------------------------------------------------------------------------------------

static bool take(struct throttle_table *t, int64_t at_ms)
{
    return throttle_take(t, S("r"), S("desk"), 3, 3000, (wall_t){at_ms});
}

static void a_bucket_empties_and_fills_evenly(void **state)
{
    (void)state;
    struct throttle_table *t = throttle_open(1);
    assert_true(take(t, 0) && take(t, 0) && take(t, 0));
    assert_false(take(t, 0));
    assert_false(take(t, 999));
    assert_true(take(t, 1000));
    assert_false(take(t, 1000));
    assert_false(take(t, -50000)); // a clock set back fills nothing, and empties nothing
    assert_true(take(t, 1000000) && take(t, 1000000) && take(t, 1000000)); // full again, not more than full
    assert_false(take(t, 1000000));
    assert_true(throttle_take(t, S("r"), S("other"), 3, 3000, (wall_t){0}));
    assert_true(throttle_take(t, S("r"), S("desk"), 0, 3000, (wall_t){1000000})); // no throttle
    throttle_close(t);
}

static void a_restored_bucket_goes_on_where_it_was(void **state)
{
    (void)state;
    struct throttle_table *t = throttle_open(1);
    struct throttle_mark *marks;
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    assert_true(take(t, 0) && take(t, 0) && take(t, 0));
    assert_int_equal(throttle_changes(t, &arena, &marks), 1);
    struct throttle_table *after = throttle_open(2);
    throttle_restore(after, &marks[0]);
    assert_int_equal(throttle_changes(t, &arena, &marks), 0);
    assert_false(take(after, 500));
    assert_true(take(after, 1000));
    throttle_close(t);
    throttle_close(after);
    arena_done(&arena);
}

static void digests_come_in_the_order_of_their_times(void **state)
{
    (void)state;
    struct throttle_table *t = throttle_open(1);
    struct str rule, receiver;
    wall_t due;
    assert_false(throttle_next_digest(t, &rule, &receiver, &due));
    assert_int_equal(throttle_hold(t, S("b"), S("desk"), (wall_t){1000}).ms, 1000);
    assert_int_equal(throttle_hold(t, S("b"), S("desk"), (wall_t){9000}).ms, 1000);
    throttle_hold(t, S("d"), S("desk"), (wall_t){9000}); // of a rule with hours
    throttle_hold(t, S("c"), S("desk"), (wall_t){2000});
    throttle_restore_held(t, S("a"), S("desk"), (wall_t){5});
    static const char *const order[] = {"a", "b", "c", "d"};
    for (int i = 0; i < 4; i++) {
        assert_true(throttle_next_digest(t, &rule, &receiver, &due));
        assert_str(rule, order[i]);
        throttle_release(t, str_of(order[i]), S("desk"));
    }
    assert_false(throttle_next_digest(t, &rule, &receiver, &due));
    throttle_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_reads_back_in_either_case),
        cmocka_unit_test(what_is_no_id_is_refused),
        cmocka_unit_test(the_state_of_an_alert_is_what_concerns_people_most),
        cmocka_unit_test(a_line_names_what_matters),
        cmocka_unit_test(a_hostile_title_stays_in_its_line_and_its_quotes),
        cmocka_unit_test(a_long_title_and_url_are_cut_and_the_id_is_not),
        cmocka_unit_test(matchers_meet_alerts),
        cmocka_unit_test(a_matcher_that_cannot_be_read_says_where),
        cmocka_unit_test(a_silence_is_replaced_by_its_id_and_pruned_when_it_has_told),
        cmocka_unit_test(the_list_of_silences_is_full_at_its_cap),
        cmocka_unit_test(a_bucket_empties_and_fills_evenly),
        cmocka_unit_test(a_restored_bucket_goes_on_where_it_was),
        cmocka_unit_test(digests_come_in_the_order_of_their_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
