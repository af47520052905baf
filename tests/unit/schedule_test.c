// SPDX-License-Identifier: MIT
//
// feeds/schedule, feeds/history, feeds/feed: when to poll next and why, and the packed state.
#include "tests/tools/check.h"

#include "feeds/schedule.h"

static const wall_t now = {1795478400000}; // Tuesday, 2026-11-24T00:00:00Z
static const struct schedule_policy policy = {.price = 0.2};

static struct feed feed_polled_now(void)
{
    return (struct feed){.url = S("https://example.org/feed"), .polled_at = now};
}

static struct schedule next(const struct feed *feed)
{
    struct rng rng;
    rng_init(&rng, 1);
    return schedule_next(feed, &policy, &rng, now);
}

static int64_t pause_s(const struct schedule *s) { return wall_diff(s->due, now) / SECOND_MS; }

static void a_feed_that_was_never_polled_is_due(void **state)
{
    (void)state;
    struct feed feed = {.url = S("https://example.org/feed")};
    struct schedule s = next(&feed);
    assert_int_equal(s.due.ms, now.ms);
    assert_int_equal(s.decided, REASON_FIRST);
}

static void a_stopped_or_paused_feed_is_never_due(void **state)
{
    (void)state;
    struct feed_options options = {.paused = true};
    struct feed stopped = feed_polled_now(), paused = feed_polled_now(), by_option = feed_polled_now();
    stopped.flags = FEED_STOPPED;
    paused.flags = FEED_PAUSED;
    by_option.options = &options;
    assert_int_equal(next(&stopped).due.ms, INT64_MAX);
    assert_int_equal(next(&paused).due.ms, INT64_MAX);
    assert_int_equal(next(&by_option).decided, REASON_STOPPED);
}

static void four_times_the_rate_is_polled_twice_as_often(void **state)
{
    (void)state;
    struct feed slow = feed_polled_now(), fast = feed_polled_now();
    slow.history = (struct history){.at = now, .posts = 40, .days = 20};
    fast.history = (struct history){.at = now, .posts = 160, .days = 20};
    struct schedule a = next(&slow), b = next(&fast);
    assert_int_equal(a.decided, REASON_RATE);
    assert_in_range(pause_s(&a), 2 * pause_s(&b) - 5, 2 * pause_s(&b) + 5);
    assert_in_range((uint64_t)(b.posts_per_day * 10), 79, 81);
}

// A post a day pays 1 a day; a poll at half past the hour, and a price that is paid within the hour in which a day ends.
static void rate_and_price_alone_wait_for_a_day_at_most(void **state)
{
    (void)state;
    static const struct {
        double price;
        int64_t pause_s;
        enum schedule_reason decided;
    } table[] = {{1 - 1.0 / 86400, 86399, REASON_RATE}, {1, 86400, REASON_MAX}, {1 + 600.0 / 86400, 86400, REASON_MAX}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct rng rng;
        rng_init(&rng, 1);
        struct feed feed = feed_polled_now();
        feed.polled_at = wall_add(now, 30 * MINUTE_MS);
        feed.history = (struct history){.at = feed.polled_at, .posts = 20, .days = 20};
        struct schedule_policy at_price = {.price = table[i].price};
        struct schedule s = schedule_next(&feed, &at_price, &rng, feed.polled_at);
        assert_in_range(wall_diff(s.due, feed.polled_at) / SECOND_MS, table[i].pause_s - 1, table[i].pause_s);
        assert_int_equal(s.decided, table[i].decided);
    }
}

static void a_busy_hour_is_polled_more(void **state)
{
    (void)state;
    struct feed feed = feed_polled_now();
    feed.history = (struct history){.at = now, .posts = 200, .days = 20};
    feed.history.hours[8] = 60 * 64;
    feed.history.hours[9] = 60 * 64;
    struct schedule at_night = next(&feed);
    struct rng rng;
    rng_init(&rng, 1);
    feed.polled_at = wall_add(now, 8 * HOUR_MS);
    struct schedule in_the_morning = schedule_next(&feed, &policy, &rng, feed.polled_at);
    assert_true(wall_diff(in_the_morning.due, feed.polled_at) * 3 < wall_diff(at_night.due, now));
    double sum = 0;
    for (int hour = 0; hour < 24; hour++)
        sum += schedule_hour_share(&feed.history, hour);
    assert_true(sum > 0.999 && sum < 1.001);
}

static void each_voice_can_decide(void **state)
{
    (void)state;
    struct feed_options every = {.every_s = 1800}, lower = {.every_s = 30}, mine = {.every_s = 30, .allow_private = true},
                        floor = {.floor_s = 40000};
    struct history busy = {.at = now, .posts = 100000, .days = 20}, silent = {.at = now, .posts = 0, .days = 100};
    struct websub hub = {.state = WEBSUB_ACTIVE, .lease_end = wall_add(now, DAY_MS)};
    const struct {
        struct feed feed;
        enum schedule_reason reason;
        int64_t pause_s;
    } rows[] = {
        {{.history = busy}, REASON_FLOOR, FEED_FLOOR_S},
        {{.history = busy, .options = &floor}, REASON_FLOOR, 40000},
        {{.history = silent}, REASON_MAX, SCHEDULE_MAX_S},
        {{.options = &every}, REASON_EVERY, 1800},
        {{.options = &lower}, REASON_FLOOR, FEED_FLOOR_PUBLIC_S},
        {{.options = &mine}, REASON_EVERY, 30},
        {{.options = &every, .hint_s = 7200}, REASON_HINT, 7200},
        {{.options = &every, .fresh_until = wall_add(now, 3000 * SECOND_MS)}, REASON_FRESH, 3000},
        {{.options = &every, .hold_until = wall_add(now, 4000 * SECOND_MS)}, REASON_HOLD, 4000},
        {{.options = &every, .websub = hub}, REASON_WEBSUB, 12 * 3600},
        {{.options = &every, .skip_hours = 1 | 2}, REASON_SKIP_HOUR, 2 * 3600},
        {{.options = &every, .skip_days = 1 << 2 | 1 << 3}, REASON_SKIP_DAY, 2 * 86400},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct feed feed = rows[i].feed;
        feed.polled_at = now;
        struct schedule s = next(&feed);
        int64_t base = pause_s(&s) - s.jitter_s;
        if (s.decided != rows[i].reason || base != rows[i].pause_s)
            fail_msg("row %zu: %s, %d s", i, schedule_reason_phrase(s.decided), (int)base);
        assert_true(s.not_before[s.decided].ms > 0);
    }
}

static void failures_back_off_to_a_day_with_jitter_only_upward(void **state)
{
    (void)state;
    struct feed_options every = {.every_s = 60};
    struct feed feed = feed_polled_now();
    feed.options = &every;
    int64_t expected = SCHEDULE_BACKOFF_FIRST_S;
    bool has_jitter = false;
    for (feed.failures = 1; feed.failures < 40; feed.failures++) {
        struct rng rng;
        rng_init(&rng, feed.failures);
        struct schedule s = schedule_next(&feed, &policy, &rng, now);
        assert_int_equal(s.decided, REASON_BACKOFF);
        assert_in_range(pause_s(&s), expected, expected * 5 / 4);
        has_jitter |= pause_s(&s) > expected;
        expected = expected * 2 < SCHEDULE_MAX_S ? expected * 2 : SCHEDULE_MAX_S;
    }
    assert_true(has_jitter);
}

static void jitter_is_a_share_of_the_pause(void **state)
{
    (void)state;
    struct feed_options every = {.every_s = 1000};
    struct feed feed = feed_polled_now();
    struct schedule_policy jittered = {.price = 0.2, .jitter_permille = 100};
    feed.options = &every;
    uint32_t most = 0;
    struct rng rng;
    rng_init(&rng, 3);
    for (int i = 0; i < 1000; i++) {
        struct schedule s = schedule_next(&feed, &jittered, &rng, now);
        assert_in_range(pause_s(&s), 1000, 1100);
        most = s.jitter_s > most ? s.jitter_s : most;
    }
    assert_in_range(most, 90, 100);
}

static struct item dated(int64_t before_ms)
{
    return (struct item){.published = {.state = DATE_OK, .at = {now.ms - before_ms}}};
}

static void the_first_document_tells_the_rate_by_its_dates(void **state)
{
    (void)state;
    struct item items[20];
    struct document doc = {.items = items, .n_items = 20};
    struct feed feed = feed_polled_now();
    for (int i = 0; i < 20; i++)
        items[i] = dated((int64_t)i * 6 * HOUR_MS);
    schedule_learn(&feed, &doc, NULL, true, now);
    double rate = schedule_rate(&feed.history, now);
    assert_true(rate > 3.5 && rate < 5.0);
    assert_int_equal(feed.history.newest.ms, now.ms);
    memset(items, 0, sizeof items);
    schedule_learn(&feed, &doc, NULL, true, now);
    rate = schedule_rate(&feed.history, now);
    assert_true(rate > 0.9 && rate < 1.1);
}

static void the_rate_follows_what_is_new_and_fades_in_silence(void **state)
{
    (void)state;
    struct item item = {.id = S("x")};
    struct document doc = {.items = &item, .n_items = 1};
    struct feed feed = feed_polled_now();
    bool is_new = true;
    schedule_learn(&feed, &doc, NULL, true, now);
    wall_t t = now;
    for (int i = 0; i < 400; i++) {
        t = wall_add(t, 3 * HOUR_MS);
        schedule_learn(&feed, &doc, &is_new, false, t);
    }
    double rate = schedule_rate(&feed.history, t);
    assert_true(rate > 7 && rate < 9);
    assert_true(schedule_rate(&feed.history, wall_add(t, 60 * (int64_t)DAY_MS)) < 1);
    assert_true(schedule_rate(&feed.history, wall_add(t, 4000 * (int64_t)DAY_MS)) > 0.01);
}

static void a_document_without_news_changes_nothing(void **state)
{
    (void)state;
    struct item item = dated(HOUR_MS);
    struct document doc = {.items = &item, .n_items = 1};
    struct feed feed = feed_polled_now();
    bool is_new = false;
    schedule_learn(&feed, &doc, NULL, true, now);
    struct history before = feed.history;
    schedule_learn(&feed, &doc, &is_new, false, wall_add(now, DAY_MS));
    assert_memory_equal(&before, &feed.history, sizeof before);
}

static void hints_of_the_publisher_are_taken_over_within_reason(void **state)
{
    (void)state;
    struct document doc = {.meta = {.ttl_minutes = 90, .update_period_s = 3600, .skip_hours = 6, .skip_days = 1}};
    struct feed feed = feed_polled_now();
    schedule_learn(&feed, &doc, NULL, false, now);
    assert_int_equal(feed.hint_s, 5400);
    assert_int_equal(feed.skip_hours, 6);
    assert_int_equal(feed.skip_days, 1);
    doc.meta = (struct feed_meta){.ttl_minutes = UINT32_MAX, .skip_hours = UINT32_MAX, .skip_days = 0x7F};
    schedule_learn(&feed, &doc, NULL, false, now);
    assert_int_equal(feed.hint_s, SCHEDULE_MAX_S);
    assert_int_equal(feed.skip_hours + feed.skip_days, 0);
}

static void the_price_to_begin_with_is_that_of_a_pause(void **state)
{
    (void)state;
    struct feed feed = feed_polled_now();
    struct schedule_policy hourly = {.price = schedule_price_start(24, 3600)};
    struct rng rng;
    rng_init(&rng, 1);
    feed.history = (struct history){.at = now, .posts = 480, .days = 20};
    struct schedule s = schedule_next(&feed, &hourly, &rng, now);
    assert_in_range(pause_s(&s), 3590, 3610);
}

static void fill_feed(struct feed *f)
{
    *f = (struct feed){.url = S("u"), .flags = FEED_BASELINED | FEED_FORCE, .title = S("T\xC3\xA4"), .site = S("s"),
                       .validators = {S("\"e\""), S("lm"), S("v")}, .moving_to = S("m"), .moving_seen = 2,
                       .hint_s = 3600, .skip_hours = 0xFFFFFE, .skip_days = 0x7E, .hold_until = {5},
                       .fault = FAULT_TLS, .failures = 300, .failing_since = {-7}, .gone_at = {1795478400000},
                       .error = S("err"), .changed_at = {6}};
    f->history = (struct history){{1}, 2.5f, 3.25f, {0}, {4}};
    for (int i = 0; i < 24; i++)
        f->history.hours[i] = (uint16_t)(i * 2849);
    f->websub = (struct websub){WEBSUB_ACTIVE, S("h"), S("t"), S("x"), S("p"), {8}, {9}};
}

static void a_packed_feed_unpacks_to_the_same(void **state)
{
    (void)state;
    struct feed a, b = {.url = S("kept"), .due = {77}};
    struct buf first, second;
    buf_init(&first, 10000);
    buf_init(&second, 10000);
    fill_feed(&a);
    feed_pack(&a, &first);
    assert_true(feed_unpack(buf_str(&first), &b));
    assert_str(b.url, "kept");
    assert_int_equal(b.due.ms, 77);
    assert_str(b.validators.url, "v");
    assert_int_equal(b.failing_since.ms, -7);
    assert_int_equal(b.websub.lease_end.ms, 9);
    assert_memory_equal(&a.history, &b.history, sizeof a.history);
    feed_pack(&b, &second);
    assert_true(str_eq(buf_str(&second), buf_str(&first)));
    buf_done(&first);
    buf_done(&second);
}

static void damaged_bytes_are_refused_and_touch_nothing(void **state)
{
    (void)state;
    struct feed a, b = {.failures = 5};
    struct buf packed;
    buf_init(&packed, 10000);
    fill_feed(&a);
    feed_pack(&a, &packed);
    for (size_t n = 0; n < packed.n; n++)
        assert_false(feed_unpack(str_make(packed.p, n), &b));
    buf_add_char(&packed, 'x');
    assert_false(feed_unpack(buf_str(&packed), &b));
    packed.p[0] = 2;
    packed.n--;
    assert_false(feed_unpack(buf_str(&packed), &b));
    assert_int_equal(b.failures, 5);
    buf_done(&packed);
}

static void ids_of_feeds_are_eleven_characters_for_ever(void **state)
{
    (void)state;
    char text[FEED_ID_BYTES];
    uint64_t id = 0;
    assert_true(feed_id_read(str_of(feed_id_write(UINT64_MAX, text)), &id));
    assert_true(id == UINT64_MAX);
    assert_str(str_of(feed_id_write(feed_id(S("https://example.org/feed")), text)), "8DUobjAUxze");
    static const char *const bad[] = {"", "0", "00000000000", "zzzzzzzzzzz", "0000000000!", "000000000001"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(feed_id_read(str_of(bad[i]), &id));
}

static void every_fault_has_a_word_and_a_phrase(void **state)
{
    (void)state;
    for (int fault = 0; fault < FAULT_KINDS; fault++) {
        assert_non_null(fault_word((enum fault)fault));
        assert_non_null(fault_phrase((enum fault)fault));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_feed_that_was_never_polled_is_due),
        cmocka_unit_test(a_stopped_or_paused_feed_is_never_due),
        cmocka_unit_test(four_times_the_rate_is_polled_twice_as_often),
        cmocka_unit_test(rate_and_price_alone_wait_for_a_day_at_most),
        cmocka_unit_test(a_busy_hour_is_polled_more),
        cmocka_unit_test(each_voice_can_decide),
        cmocka_unit_test(failures_back_off_to_a_day_with_jitter_only_upward),
        cmocka_unit_test(jitter_is_a_share_of_the_pause),
        cmocka_unit_test(the_first_document_tells_the_rate_by_its_dates),
        cmocka_unit_test(the_rate_follows_what_is_new_and_fades_in_silence),
        cmocka_unit_test(a_document_without_news_changes_nothing),
        cmocka_unit_test(hints_of_the_publisher_are_taken_over_within_reason),
        cmocka_unit_test(the_price_to_begin_with_is_that_of_a_pause),
        cmocka_unit_test(a_packed_feed_unpacks_to_the_same),
        cmocka_unit_test(damaged_bytes_are_refused_and_touch_nothing),
        cmocka_unit_test(ids_of_feeds_are_eleven_characters_for_ever),
        cmocka_unit_test(every_fault_has_a_word_and_a_phrase),
    };
    return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
