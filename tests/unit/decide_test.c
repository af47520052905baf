// SPDX-License-Identifier: MIT
#include "alerts/decide.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/tools/check.h"
#include "tests/tools/match_maker.h"

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct match_maker));
    match_maker_init(*state);
    return 0;
}

static int tear_down(void **state)
{
    match_maker_done(*state);
    free(*state);
    return 0;
}

static struct candidate candidate_of(struct match_maker *m, uint64_t key)
{
    char title[64];
    snprintf(title, sizeof title, "Truce number n%llu is agreed upon", (unsigned long long)key);
    return match_maker_candidate(m, match_maker_article(m, key, title), &m->rule);
}

static struct decision decide_one(struct match_maker *m, struct candidate c)
{
    return match_maker_decide(m, &(struct decide_poll){0}, &c, 1);
}

static struct article *article_of(struct candidate c) { return (struct article *)(uintptr_t)c.article; }

static void a_new_match_is_sent_to_every_receiver(void **state)
{
    struct match_maker *m = *state;
    struct decision d = decide_one(m, candidate_of(m, 1));
    assert_int_equal(d.n_alerts, 1);
    assert_int_equal(d.alerts[0].alert.fate, FATE_SENT);
    assert_int_equal(d.alerts[0].alert.kind, ALERT_MATCHED);
    assert_int_equal(d.alerts[0].alert.seq, 1);
    assert_int_equal(d.alerts[0].alert.revision, 1);
    assert_true(d.alerts[0].alert.is_first_of_story);
    assert_false(d.alerts[0].alert.is_late);
    assert_int_equal(d.n_deliveries, 2);
    assert_int_equal(d.n_stories, 1);
    assert_int_equal(d.n_throttles, 2);
}

static void notify_chooses_the_receivers(void **state)
{
    struct match_maker *m = *state;
    const struct str notify[] = {STR("archive"), STR("gone")};
    m->rule.notify = notify;
    m->rule.n_notify = 2;
    struct decision d = decide_one(m, candidate_of(m, 1));
    assert_int_equal(d.n_deliveries, 1);
    assert_str(d.deliveries[0].receiver, "archive");
}

static bool same(struct hash128 a, struct hash128 b) { return a.high == b.high && a.low == b.low; }

static void ids_depend_on_secret_rule_feed_and_item_and_on_content_only_when_asked(void **state)
{
    struct match_maker *m = *state;
    struct article *article = match_maker_article(m, 1, "Truce");
    struct rule other = m->rule, changed = m->rule, renamed = m->rule;
    other.name = S("another");
    changed.on = ON_CHANGED;
    renamed.name = S("new-name");
    renamed.was = S("truce");
    struct candidate first = match_maker_candidate(m, article, &m->rule);
    struct candidate with_content = match_maker_candidate(m, article, &changed);
    assert_false(same(first.id, match_maker_candidate(m, article, &other).id));
    assert_true(same(first.id, match_maker_candidate(m, article, &renamed).former[FORMER_RULE]));
    assert_true(same(first.id, candidate_make(&m->secret, 77, m->feed.id, article, &m->rule, NULL).former[FORMER_FEED]));
    // A feed that moved long ago keeps its `was`; what was told under the rule's former name since then is known.
    struct candidate moved = candidate_make(&m->secret, 77, m->feed.id, article, &renamed, NULL);
    assert_true(same(first.id, moved.former[FORMER_BOTH]));
    assert_true(same(candidate_make(&m->secret, 77, 0, article, &m->rule, NULL).id, moved.former[FORMER_RULE]));
    assert_true(same(first.dedup_key, with_content.dedup_key));
    article->content++;
    assert_true(same(first.id, match_maker_candidate(m, article, &m->rule).id));
    assert_false(same(with_content.id, match_maker_candidate(m, article, &changed).id));
    m->feed.id++;
    assert_false(same(first.id, match_maker_candidate(m, article, &m->rule).id));
    m->feed.id--;
    hash_key_from_seed(&m->secret, 2);
    assert_false(same(first.id, match_maker_candidate(m, article, &m->rule).id));
}

static void what_is_known_is_skipped(void **state)
{
    struct match_maker *m = *state;
    struct candidate c = candidate_of(m, 1);
    c.is_known = true;
    struct decision d = decide_one(m, c);
    assert_int_equal(d.n_alerts, 0);
    assert_int_equal(d.skipped, 1);
    assert_int_equal(d.n_throttles, 0);
}

static void an_edit_alerts_by_the_rules_choice(void **state)
{
    struct match_maker *m = *state;
    static const struct {
        enum rule_on on;
        bool is_known;
        uint32_t revisions;
        size_t alerts;
        uint32_t revision;
        const char *why;
    } cases[] = {
        {ON_MATCH, false, 0, 1, 1, "it matches for the first time"},
        {ON_MATCH, true, 1, 0, 0, "it matched before"},
        {ON_NEW, false, 0, 0, 0, "only new items count"},
        {ON_CHANGED, false, 2, 1, 3, "each content counts"},
        {ON_CHANGED, true, 2, 0, 0, "this content was told"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct candidate c = candidate_of(m, i + 1);
        article_of(c)->is_edited = true;
        c.is_known = cases[i].is_known;
        c.revisions = cases[i].revisions;
        m->rule.on = cases[i].on;
        struct decision d = decide_one(m, c);
        if (d.n_alerts != cases[i].alerts)
            fail_msg("%s: %zu alerts", cases[i].why, d.n_alerts);
        if (d.n_alerts)
            assert_int_equal(d.alerts[0].alert.kind, ALERT_UPDATED);
        if (d.n_alerts)
            assert_int_equal(d.alerts[0].alert.revision, cases[i].revision);
    }
}

static void a_first_poll_tells_what_its_option_lets_through(void **state)
{
    struct match_maker *m = *state;
    static const struct {
        struct decide_poll poll;
        uint32_t sent;
        const char *why;
    } cases[] = {
        {{.is_first = true}, 0, "baseline"},
        {{.is_first = true, .first_run = FIRST_ALL}, 4, "all"},
        {{.is_first = true, .first_run = FIRST_LAST, .first_n = 3}, 3, "the newest three"},
        {{.is_first = true, .first_run = FIRST_SINCE, .first_since_s = 7200}, 2, "of two hours"},
        {{.is_relearning = true, .is_first = true, .first_run = FIRST_ALL}, 0, "its state was lost"},
        {{.first_run = FIRST_BASELINE}, 4, "a later poll"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct candidate list[4];
        for (uint32_t k = 0; k < 4; k++) {
            list[k] = candidate_of(m, 10 * i + k + 1);
            article_of(list[k])->rank = k;
            ((struct item *)(uintptr_t)list[k].article->item)->published.at = wall_add(m->now, -(int64_t)k * HOUR_MS
                                                                                              - HOUR_MS);
        }
        struct decision d = match_maker_decide(m, &cases[i].poll, list, 4);
        if (d.count[FATE_SENT] != cases[i].sent || d.count[FATE_BASELINE] != 4 - cases[i].sent || d.n_alerts != 4)
            fail_msg("%s: %u sent, %u baseline", cases[i].why, d.count[FATE_SENT], d.count[FATE_BASELINE]);
        assert_int_equal(d.n_deliveries, 2 * cases[i].sent);
    }
}

static void an_archive_announced_anew_is_kept_and_not_sent(void **state)
{
    struct match_maker *m = *state;
    struct candidate c = candidate_of(m, 1);
    article_of(c)->is_old = true;
    struct decision d = decide_one(m, c);
    assert_int_equal(d.count[FATE_REBASED], 1);
    assert_int_equal(d.n_deliveries, 0);
    assert_int_equal(d.n_stories, 0);
}

static void what_came_while_the_daemon_was_down_is_late(void **state)
{
    struct match_maker *m = *state;
    static const struct {
        int64_t down_min, previous_min, published_min; // before the start
        bool is_late;
        const char *why;
    } cases[] = {
        {60, 70, 30, true, "published while it was down"},
        {60, 70, -10, false, "published after the start"},
        {5, 70, 3, false, "it was down for a moment only"},
        {60, -5, 30, false, "the feed was polled since the start"},
        {60, 0, 30, false, "the feed was never polled"},
        {0, 70, 30, false, "the first start ever"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct candidate c = candidate_of(m, i + 1);
        wall_t start = m->state.started;
        ((struct item *)(uintptr_t)c.article->item)->published.at = wall_add(start,
                                                                             -cases[i].published_min * MINUTE_MS);
        m->state.down_from = cases[i].down_min ? wall_add(start, -cases[i].down_min * MINUTE_MS) : (wall_t){0};
        struct decide_poll poll = {0};
        if (cases[i].previous_min)
            poll.previous_ok = wall_add(start, -cases[i].previous_min * MINUTE_MS);
        struct decision d = match_maker_decide(m, &poll, &c, 1);
        if (d.alerts[0].alert.is_late != cases[i].is_late)
            fail_msg("%s", cases[i].why);
    }
}

static void a_silence_hides_and_its_end_says_how_many(void **state)
{
    struct match_maker *m = *state;
    struct err err = {0};
    struct silence silence = {.id = 1, .matcher = S("rule=tru*"), .created = m->now,
                              .until = wall_add(m->now, HOUR_MS)};
    assert_true(silence_list_put(m->state.silences, &silence, &err));
    for (uint64_t i = 1; i <= 3; i++) {
        struct decision d = decide_one(m, candidate_of(m, i));
        assert_int_equal(d.alerts[0].alert.fate, FATE_SILENCED);
        assert_int_equal(d.alerts[0].alert.silenced_by, 1);
        assert_int_equal(d.n_deliveries, 0);
        assert_int_equal(d.n_silences, 1);
        assert_int_equal(d.silences[0].hidden, i);
    }
    m->now = wall_add(m->now, HOUR_MS);
    struct decision d = decide_one(m, candidate_of(m, 4));
    assert_int_equal(d.alerts[0].alert.fate, FATE_SENT);
    assert_int_equal(d.alerts[0].alert.silenced_before, 3);
    assert_int_equal(d.silences[0].told, 3);
    assert_int_equal(decide_one(m, candidate_of(m, 5)).alerts[0].alert.silenced_before, 0);
}

static void a_copy_in_another_feed_is_joined_and_group_none_is_not(void **state)
{
    struct match_maker *m = *state;
    struct rule loud = m->rule;
    loud.name = S("loud");
    loud.group = GROUP_NONE;
    for (uint64_t feed = 1; feed <= 2; feed++) {
        m->feed.id = feed;
        struct article *article = match_maker_article(m, feed, "Truce holds in the harbour city tonight");
        struct candidate list[] = {match_maker_candidate(m, article, &m->rule),
                                   match_maker_candidate(m, article, &loud)};
        struct decision d = match_maker_decide(m, &(struct decide_poll){0}, list, 2);
        assert_int_equal(d.alerts[0].alert.fate, feed == 1 ? FATE_SENT : FATE_JOINED);
        assert_int_equal(d.alerts[1].alert.fate, FATE_SENT);
        assert_int_equal(d.alerts[0].place.size, feed);
        assert_int_equal(d.alerts[1].alert.story, 0);
    }
}

static void what_a_throttle_holds_goes_into_a_digest_once(void **state)
{
    struct match_maker *m = *state;
    m->rule.throttle_max = 2;
    m->rule.throttle_per_ms = HOUR_MS;
    m->receivers.n = 1;
    struct alert held[3];
    for (uint64_t i = 0; i < 5; i++) {
        struct decision d = decide_one(m, candidate_of(m, i + 1));
        assert_int_equal(d.deliveries[0].state, i < 2 ? DELIVERY_WAITING : DELIVERY_HELD);
        if (i >= 2)
            held[i - 2] = d.alerts[0].alert;
        if (i >= 2)
            assert_int_equal(d.deliveries[0].due.ms, m->now.ms + DIGEST_WAIT_MS);
    }
    struct str rule, receiver;
    wall_t due;
    assert_true(throttle_next_digest(m->state.throttles, &rule, &receiver, &due));
    assert_str(rule, "truce");
    assert_int_equal(due.ms, m->now.ms + DIGEST_WAIT_MS);
    struct decide_digest digest = {.rule = S("truce"), .receiver = &m->receiver[0], .held = held, .n_held = 3,
                                   .is_all = true};
    struct decision d = {0}, again = {0};
    decide_digest(&m->state, &digest, due, &m->arena, &d);
    decide_digest(&m->state, &digest, due, &m->arena, &again);
    assert_int_equal(d.n_alerts, 1);
    assert_int_equal(d.alerts[0].alert.kind, ALERT_DIGEST);
    assert_int_equal(d.n_deliveries, 1);
    assert_int_equal(d.n_steps, 3);
    assert_int_equal(d.steps[2].state, DELIVERY_DIGESTED);
    assert_true(same(d.steps[2].digest, d.alerts[0].alert.id));
    assert_str(d.alerts[0].alert.title, "3 more alerts of truce for desk"); // each receiver has a digest of its own
    assert_true(same(d.alerts[0].alert.id, again.alerts[0].alert.id)); // decided again after a crash
    assert_false(throttle_next_digest(m->state.throttles, &rule, &receiver, &due));
}

static void outside_its_hours_a_rule_is_held_until_they_begin(void **state)
{
    struct match_maker *m = *state;
    int64_t day = m->now.ms - m->now.ms % DAY_MS;
    m->rule.has_hours = true; // 08:00 to 20:00 UTC, and one alert an hour
    m->rule.hours_from_minute = 8 * 60;
    m->rule.hours_to_minute = 20 * 60;
    m->rule.throttle_max = 1;
    m->rule.throttle_per_ms = HOUR_MS;
    m->receivers.n = 1;
    static const struct { int hour, minute; enum delivery_state state; int due_hour, due_minute; const char *why; } steps[] = {
        {7, 59, DELIVERY_HELD, 8, 0, "outside"},
        {8, 1, DELIVERY_WAITING, 8, 1, "inside: the night took no token"},
        {19, 30, DELIVERY_WAITING, 19, 30, "inside"},
        {19, 31, DELIVERY_HELD, 24 + 8, 0, "throttled: an hour on it would be outside"},
        {20, 0, DELIVERY_HELD, 24 + 8, 0, "outside: joins what is held"},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        m->now.ms = day + steps[i].hour * HOUR_MS + steps[i].minute * MINUTE_MS;
        throttle_release(m->state.throttles, S("truce"), i == 1 ? m->receiver[0].name : S("")); // its digest was sent
        struct decision d = decide_one(m, candidate_of(m, i + 1));
        assert_int_equal(d.alerts[0].alert.fate, FATE_SENT); // kept and listed like any other
        if (d.deliveries[0].state != steps[i].state ||
            d.deliveries[0].due.ms != day + steps[i].due_hour * HOUR_MS + steps[i].due_minute * MINUTE_MS)
            fail_msg("%s", steps[i].why);
    }
}

static void a_throttle_that_is_off_holds_nothing(void **state)
{
    struct match_maker *m = *state;
    m->rule.throttle_max = 0;
    m->rule.throttle_per_ms = HOUR_MS;
    for (uint64_t i = 0; i < 2 * THROTTLE_DEFAULT; i++)
        assert_int_equal(decide_one(m, candidate_of(m, i + 1)).deliveries[0].state, DELIVERY_WAITING);
}

static void a_large_digest_is_split_and_not_cut(void **state)
{
    struct match_maker *m = *state;
    struct alert held[DIGEST_ENTRIES_MAX * 2 + 1] = {0};
    for (size_t i = 0; i < sizeof held / sizeof *held; i++)
        held[i].id.low = i + 1;
    struct decide_digest digest = {.rule = S("truce"), .receiver = &m->receiver[0], .held = held,
                                   .n_held = sizeof held / sizeof *held, .is_all = true};
    struct decision d = {0};
    decide_digest(&m->state, &digest, m->now, &m->arena, &d);
    assert_int_equal(d.n_alerts, 3);
    assert_int_equal(d.alerts[2].n_held, 1);
    assert_int_equal(d.n_steps, sizeof held / sizeof *held);
}

static void a_notice_about_a_feed_goes_to_all_and_about_a_receiver_to_it(void **state)
{
    struct match_maker *m = *state;
    struct decision d = {0}, again = {0};
    struct decide_notice broken = {.kind = ALERT_FEED_BROKEN, .feed = &m->feed, .since = {5000},
                                   .what = S("not found for a day")};
    decide_notice(&m->state, &broken, &m->receivers, m->now, &m->arena, &d);
    decide_notice(&m->state, &broken, &m->receivers, wall_add(m->now, 1000), &m->arena, &again);
    assert_int_equal(d.n_deliveries, 2);
    assert_int_equal(d.alerts[0].alert.severity, SEVERITY_WARNING);
    assert_true(same(d.alerts[0].alert.id, again.alerts[0].alert.id));
    struct decide_notice test = {.kind = ALERT_ENDPOINT_TEST, .receiver = S("archive"), .since = {6000}};
    struct decision t = {0};
    decide_notice(&m->state, &test, &m->receivers, m->now, &m->arena, &t);
    assert_int_equal(t.n_deliveries, 1);
    assert_str(t.deliveries[0].receiver, "archive");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_new_match_is_sent_to_every_receiver),
        T(notify_chooses_the_receivers),
        T(ids_depend_on_secret_rule_feed_and_item_and_on_content_only_when_asked),
        T(what_is_known_is_skipped),
        T(an_edit_alerts_by_the_rules_choice),
        T(a_first_poll_tells_what_its_option_lets_through),
        T(an_archive_announced_anew_is_kept_and_not_sent),
        T(what_came_while_the_daemon_was_down_is_late),
        T(a_silence_hides_and_its_end_says_how_many),
        T(a_copy_in_another_feed_is_joined_and_group_none_is_not),
        T(what_a_throttle_holds_goes_into_a_digest_once),
        T(outside_its_hours_a_rule_is_held_until_they_begin),
        T(a_throttle_that_is_off_holds_nothing),
        T(a_large_digest_is_split_and_not_cut),
        T(a_notice_about_a_feed_goes_to_all_and_about_a_receiver_to_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
