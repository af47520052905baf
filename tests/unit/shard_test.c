// SPDX-License-Identifier: MIT
#include "daemon/index.h"
#include "daemon/shard.h"
#include "tests/tools/check.h"

struct stage {
    struct shard *shard;
    struct now now;
    struct arena arena;
};

enum { FIRST_HOSTS = 64 }; // that a shard has room for to begin with

static const struct shard_limits limits = {.in_flight_max = 3, .host_max = 2, .host_gap_ms = 1000, .spread_ms = 0};

static struct stage open_stage(const struct shard_limits *with)
{
    struct stage s = {.now = {{1795480000000}, {5000000}}};
    s.shard = shard_open(with, s.now, 1);
    arena_init(&s.arena, 1 << 20);
    return s;
}

static void close_stage(struct stage *s)
{
    shard_close(s->shard);
    arena_done(&s->arena);
}

static uint64_t put(struct stage *s, const char *url, int64_t due_in_ms)
{
    struct feed feed = {.id = feed_id(str_of(url)), .first_url = str_of(url), .url = str_of(url),
                        .due = wall_add(s->now.wall, due_in_ms)};
    shard_put(s->shard, &feed, s->now);
    return feed.id;
}

static uint64_t start(struct stage *s)
{
    struct feed feed;
    return shard_start(s->shard, s->now, &s->arena, &feed) ? feed.id : 0;
}

static void finish(struct stage *s, uint64_t id, int64_t due_in_ms, wall_t hold)
{
    struct feed feed;
    assert_true(shard_read(s->shard, id, &s->arena, &feed));
    feed.due = wall_add(s->now.wall, due_in_ms);
    feed.polled_at = s->now.wall;
    shard_finish(s->shard, &feed, hold, s->now);
}

static void pass(struct stage *s, int64_t ms)
{
    s->now.wall = wall_add(s->now.wall, ms);
    s->now.mono = mono_add(s->now.mono, ms);
}

static const wall_t no_hold = {0};

static void feed_is_asked_when_it_is_due_and_not_before(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    uint64_t id = put(&s, "http://a.example/feed", 60000);
    pass(&s, 59900);
    assert_int_equal(start(&s), 0);
    mono_t next;
    assert_true(shard_next(s.shard, &next));
    assert_true(next.ms <= s.now.mono.ms + 100 + WHEEL_TICK_MS);
    pass(&s, 100 + WHEEL_TICK_MS);
    assert_int_equal(start(&s), id);
    assert_int_equal(start(&s), 0);
    close_stage(&s);
}

static void start_within_a_second_lets_hosts_rest_first(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    uint64_t id = put(&s, "http://a.example/feed", 0);
    shard_rest_hosts(s.shard, (wall_t){0}, s.now);
    shard_rest_hosts(s.shard, wall_add(s.now.wall, -limits.host_gap_ms), s.now); // long enough ago
    assert_int_equal(start(&s), id);
    finish(&s, id, 0, no_hold);
    pass(&s, limits.host_gap_ms + WHEEL_TICK_MS);
    shard_rest_hosts(s.shard, wall_add(s.now.wall, 1 - limits.host_gap_ms), s.now);
    pass(&s, limits.host_gap_ms - 1);
    assert_int_equal(start(&s), 0);
    pass(&s, 1 + WHEEL_TICK_MS);
    assert_int_equal(start(&s), id);
    close_stage(&s);
}

static void a_clock_that_is_set_moves_times_and_makes_nobody_wait(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    uint64_t id = put(&s, "http://a.example/feed", 60000), read;
    wall_t due, polled, before;
    uint32_t i = 0;
    assert_true(shard_due_at(s.shard, &i, &read, &before, &polled));
    shard_follow_clock(s.shard, -HOUR_MS);
    s.now.wall = wall_add(s.now.wall, -HOUR_MS);
    i = 0;
    assert_true(shard_due_at(s.shard, &i, &read, &due, &polled));
    assert_int_equal(wall_diff(before, due), HOUR_MS);
    pass(&s, 59000);
    assert_int_equal(start(&s), 0);
    pass(&s, 1000 + WHEEL_TICK_MS);
    assert_int_equal(start(&s), id);
    close_stage(&s);
}

static void a_feed_that_is_never_due_stays_so_when_the_clock_is_set(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    uint64_t read;
    wall_t due, polled;
    uint32_t i = 0;
    struct feed feed = {.id = 7, .first_url = S("http://a.example/"), .url = S("http://a.example/"), .due = {INT64_MAX}};
    shard_put(s.shard, &feed, s.now);
    shard_follow_clock(s.shard, HOUR_MS);
    assert_true(shard_due_at(s.shard, &i, &read, &due, &polled));
    assert_int_equal(due.ms, INT64_MAX);
    assert_int_equal(polled.ms, 0);
    close_stage(&s);
}

static void host_gets_its_starts_a_second_apart_and_two_at_once(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    static const char *const urls[] = {"http://a.example/1", "http://a.example/2", "https://A.example:443/3"};
    put(&s, urls[0], 0);
    put(&s, urls[1], 0);
    uint64_t other = put(&s, "http://b.example/1", 0);
    uint64_t first = start(&s);
    assert_true(first);
    uint64_t second = start(&s);
    assert_true(first == other || second == other); // the other host need not wait
    assert_int_equal(start(&s), 0);
    pass(&s, 980);
    assert_int_equal(start(&s), 0);
    pass(&s, 40);
    assert_true(start(&s));
    close_stage(&s);
}

static void third_feed_of_a_host_waits_until_one_is_finished(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    put(&s, "http://a.example/1", 0);
    put(&s, "http://a.example/2", 0);
    put(&s, "http://a.example/3", 0);
    uint64_t one = start(&s);
    pass(&s, 1100);
    assert_true(start(&s));
    pass(&s, 60000);
    assert_int_equal(start(&s), 0);
    finish(&s, one, 600000, no_hold);
    assert_true(start(&s));
    close_stage(&s);
}

static void no_more_are_in_flight_than_the_limit(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    static const char *const urls[] = {"http://a.example/", "http://b.example/", "http://c.example/",
                                       "http://d.example/"};
    for (size_t i = 0; i < 4; i++)
        put(&s, urls[i], 0);
    uint64_t one = start(&s);
    assert_true(one && start(&s) && start(&s));
    assert_int_equal(start(&s), 0);
    finish(&s, one, 600000, no_hold);
    assert_true(start(&s));
    close_stage(&s);
}

static void retry_after_of_two_feeds_holds_the_whole_host(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    uint64_t one = put(&s, "http://a.example/1", 0);
    uint64_t two = put(&s, "http://a.example/2", 2000);
    put(&s, "http://a.example/3", 10000);
    assert_int_equal(start(&s), one);
    finish(&s, one, DAY_MS, wall_add(s.now.wall, HOUR_MS));
    pass(&s, 2100);
    assert_int_equal(start(&s), two); // one feed's word is its own
    finish(&s, two, DAY_MS, wall_add(s.now.wall, HOUR_MS));
    pass(&s, 30 * MINUTE_MS);
    assert_int_equal(start(&s), 0);
    pass(&s, 31 * MINUTE_MS);
    assert_true(start(&s));
    close_stage(&s);
}

static void retry_after_holds_the_host_that_answered(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    uint64_t one = put(&s, "http://a.example/1", 0), two = put(&s, "http://a.example/2", 2000);
    uint64_t three = put(&s, "http://a.example/3", 10000);
    assert_int_equal(start(&s), one);
    assert_int_equal(shard_hop(s.shard, one, S("http://b.example/1"), s.now), 0);
    finish(&s, one, DAY_MS, wall_add(s.now.wall, HOUR_MS));
    pass(&s, 2016);
    assert_int_equal(start(&s), two);
    assert_int_equal(shard_hop(s.shard, two, S("http://b.example/2"), s.now), 0);
    finish(&s, two, DAY_MS, wall_add(s.now.wall, HOUR_MS));
    pass(&s, 10000);
    assert_int_equal(start(&s), three);
    assert_int_equal(shard_hop(s.shard, three, S("http://b.example/3"), s.now), HOUR_MS - 10000);
    finish(&s, three, DAY_MS, no_hold);
    close_stage(&s);
}

static void hop_gives_its_slot_back_so_that_two_hosts_cannot_lock(void **state)
{
    (void)state;
    struct stage s = open_stage(&(struct shard_limits){.in_flight_max = 9, .host_max = 1, .host_gap_ms = 1000});
    uint64_t a = put(&s, "http://a.example/", 0), b = put(&s, "http://b.example/", 0);
    assert_true(start(&s) && start(&s));
    pass(&s, 1100);
    assert_true(shard_hop(s.shard, a, S("http://b.example/x"), s.now) > 0); // b is being asked; a's slot is free now
    assert_int_equal(shard_hop(s.shard, b, S("http://a.example/x"), s.now), 0);
    assert_int_equal(shard_hop(s.shard, a, S("http://b.example/x"), s.now), 0);
    finish(&s, a, 1000, no_hold);
    finish(&s, b, 1000, no_hold);
    pass(&s, 2200);
    assert_true(start(&s) && start(&s));
    close_stage(&s);
}

// Leads a feed that is being asked to a host that nobody has named before. Returns how long it would have to wait.
static int64_t hop_anew(struct stage *s, uint64_t id, unsigned n)
{
    return shard_hop(s->shard, id, arena_fmt(&s->arena, "http://r%u.example/", n), s->now);
}

static void hosts_that_only_redirects_named_are_forgotten(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    uint64_t id = put(&s, "http://a.example/", 0);
    assert_int_equal(start(&s), id);
    uint64_t bytes = 0;
    for (unsigned i = 0; i < 20000; i++) {
        pass(&s, limits.host_gap_ms);
        assert_int_equal(hop_anew(&s, id, i), 0);
        assert_true(shard_counts(s.shard).hosts <= FIRST_HOSTS);
        bytes = i == FIRST_HOSTS ? shard_counts(s.shard).bytes : bytes;
        arena_reset(&s.arena);
    }
    assert_int_equal(shard_counts(s.shard).bytes, bytes);
    pass(&s, limits.host_gap_ms);
    assert_int_equal(shard_hop(s.shard, id, S("http://a.example/x"), s.now), 0); // its own was not forgotten
    assert_true(shard_hop(s.shard, id, S("http://a.example/x"), s.now) > 0);
    close_stage(&s);
}

static void host_within_its_gap_is_not_forgotten(void **state)
{
    (void)state;
    for (int64_t early_ms = 0; early_ms <= 1; early_ms++) { // at the gap's end, and a moment before it
        struct stage s = open_stage(&limits);
        uint64_t id = put(&s, "http://a.example/", 0);
        assert_int_equal(start(&s), id);
        unsigned n = 0;
        while (n < FIRST_HOSTS - 1)
            assert_int_equal(hop_anew(&s, id, n++), 0);
        assert_int_equal(shard_counts(s.shard).hosts, FIRST_HOSTS); // there is no room for one more
        pass(&s, limits.host_gap_ms - early_ms);
        assert_int_equal(hop_anew(&s, id, n), 0);
        assert_int_equal(shard_counts(s.shard).hosts, early_ms ? FIRST_HOSTS + 1 : 2);
        assert_int_equal(hop_anew(&s, id, 0), early_ms);
        close_stage(&s);
    }
}

// Two feeds of x.example are told to wait for an hour, and a person removes both.
static struct stage stage_with_held_host(uint64_t *out_asked)
{
    struct stage s = open_stage(&limits);
    uint64_t one = put(&s, "http://x.example/1", 0), two = put(&s, "http://x.example/2", 2000);
    *out_asked = put(&s, "http://a.example/", 4000);
    assert_int_equal(start(&s), one);
    finish(&s, one, DAY_MS, wall_add(s.now.wall, HOUR_MS + 2016));
    pass(&s, 2016);
    assert_int_equal(start(&s), two);
    finish(&s, two, DAY_MS, wall_add(s.now.wall, HOUR_MS));
    assert_true(shard_remove(s.shard, one) && shard_remove(s.shard, two));
    pass(&s, 2016);
    assert_int_equal(start(&s), *out_asked);
    return s;
}

static void host_that_is_held_is_not_forgotten_without_feeds(void **state)
{
    (void)state;
    uint64_t id;
    struct stage s = stage_with_held_host(&id);
    pass(&s, HOUR_MS - 2016 - 1); // a moment before the hold ends
    for (unsigned i = 0; i < 3 * FIRST_HOSTS; i++)
        assert_int_equal(hop_anew(&s, id, i), 0);
    assert_int_equal(shard_hop(s.shard, id, S("http://x.example/1"), s.now), 1);
    uint32_t hosts = shard_counts(s.shard).hosts;
    pass(&s, limits.host_gap_ms);
    for (unsigned i = 0; i < FIRST_HOSTS; i++)
        hop_anew(&s, id, 1000 + i);
    assert_true(shard_counts(s.shard).hosts < hosts);
    close_stage(&s);
}

static void word_of_one_feed_counts_after_it_has_gone(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    uint64_t one = put(&s, "http://x.example/1", 0), asked = put(&s, "http://a.example/", 1000);
    assert_int_equal(start(&s), one);
    finish(&s, one, DAY_MS, wall_add(s.now.wall, HOUR_MS));
    assert_true(shard_remove(s.shard, one));
    pass(&s, 30 * MINUTE_MS);
    assert_int_equal(start(&s), asked);
    for (unsigned i = 0; i < 3 * FIRST_HOSTS; i++)
        assert_int_equal(hop_anew(&s, asked, i), 0);
    uint64_t two = put(&s, "http://x.example/2", 0);
    assert_int_equal(start(&s), two);
    finish(&s, two, DAY_MS, wall_add(s.now.wall, HOUR_MS));
    pass(&s, 59 * MINUTE_MS);
    assert_true(shard_hop(s.shard, asked, S("http://x.example/3"), s.now) > 0); // two of its URLs were told
    close_stage(&s);
}

static void guest_takes_a_slot_as_a_feed_does_until_it_is_dismissed(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    uint64_t host = shard_host(S("https://A.example/x")), id = put(&s, "https://a.example/", 0);
    assert_int_equal(shard_admit(s.shard, host, s.now), 0);
    assert_int_equal(start(&s), 0); // within the gap
    assert_int_equal(shard_admit(s.shard, host, s.now), limits.host_gap_ms);
    pass(&s, limits.host_gap_ms - 1);
    assert_int_equal(shard_admit(s.shard, host, s.now), 1);
    pass(&s, 1);
    assert_int_equal(shard_admit(s.shard, host, s.now), 0);
    pass(&s, MINUTE_MS);
    assert_int_equal(start(&s), 0); // two at once
    assert_int_equal(shard_admit(s.shard, host, s.now), limits.host_gap_ms);
    shard_dismiss(s.shard, host, 1, no_hold, s.now);
    assert_int_equal(start(&s), id);
    assert_int_equal(shard_feed_host(s.shard, id), host);
    pass(&s, MINUTE_MS);
    assert_true(shard_admit(s.shard, host, s.now) > 0);
    shard_leave(s.shard, id); // it is led elsewhere
    assert_int_equal(shard_admit(s.shard, host, s.now), 0);
    shard_dismiss(s.shard, host, 1, wall_add(s.now.wall, HOUR_MS), s.now);
    assert_int_equal(shard_admit(s.shard, host, s.now), limits.host_gap_ms); // one URL's word is its own
    shard_dismiss(s.shard, host, 2, wall_add(s.now.wall, HOUR_MS), s.now);
    assert_int_equal(shard_admit(s.shard, host, s.now), HOUR_MS);
    finish(&s, id, 1000, no_hold);
    close_stage(&s);
}

static void clock_that_jumps_back_delays_nothing_that_waits(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    uint64_t id = put(&s, "http://a.example/", 60000);
    s.now.wall = wall_add(s.now.wall, -(int64_t)DAY_MS);
    pass(&s, 60100);
    assert_int_equal(start(&s), id);
    close_stage(&s);
}

static void clock_that_jumps_back_makes_no_hold_longer(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    uint64_t one = put(&s, "http://a.example/1", 0);
    uint64_t two = put(&s, "http://a.example/2", 2000), three = put(&s, "http://a.example/3", 10000);
    assert_int_equal(start(&s), one);
    finish(&s, one, DAY_MS, wall_add(s.now.wall, HOUR_MS));
    pass(&s, 2100);
    assert_int_equal(start(&s), two);
    finish(&s, two, DAY_MS, wall_add(s.now.wall, HOUR_MS));
    s.now.wall = wall_add(s.now.wall, -700LL * DAY_MS);
    pass(&s, 30 * MINUTE_MS);
    assert_int_equal(start(&s), 0);
    pass(&s, 31 * MINUTE_MS);
    assert_int_equal(start(&s), three);
    close_stage(&s);
}

static void stopped_feed_sleeps_until_it_is_made_due(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    struct feed feed = {.id = 7, .first_url = S("http://a.example/"), .url = S("http://a.example/"),
                        .flags = FEED_STOPPED, .due = s.now.wall};
    shard_put(s.shard, &feed, s.now);
    pass(&s, DAY_MS);
    assert_int_equal(start(&s), 0);
    assert_int_equal(shard_counts(s.shard).gone, 1);
    assert_true(shard_make_due(s.shard, 7, s.now));
    assert_int_equal(start(&s), 7);
    close_stage(&s);
}

static void a_feed_is_counted_as_what_it_is_and_once(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    const struct feed_options options = {.paused = true};
    const struct feed feeds[] = {
        {.id = 1, .flags = FEED_STOPPED, .failures = 2, .polled_at = s.now.wall},
        {.id = 2, .flags = FEED_PAUSED, .failures = 1, .polled_at = s.now.wall},
        {.id = 3, .options = &options},
        {.id = 4, .failures = 1, .polled_at = s.now.wall},
        {.id = 5},
        {.id = 6, .polled_at = s.now.wall},
    };
    for (size_t i = 0; i < sizeof feeds / sizeof *feeds; i++) {
        struct feed feed = feeds[i];
        feed.url = feed.first_url = S("http://a.example/");
        shard_put(s.shard, &feed, s.now);
    }
    struct shard_counts c = shard_counts(s.shard);
    assert_int_equal(c.feeds, 6);
    assert_int_equal(c.gone, 1);
    assert_int_equal(c.paused, 2);
    assert_int_equal(c.failing, 1);
    assert_int_equal(c.fresh, 1);
    close_stage(&s);
}

static void feed_removed_while_it_is_asked_goes_when_it_ends(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    uint64_t id = put(&s, "http://a.example/", 0);
    assert_int_equal(start(&s), id);
    assert_true(shard_remove(s.shard, id));
    assert_true(shard_has(s.shard, id));
    finish(&s, id, 1000, no_hold);
    assert_false(shard_has(s.shard, id));
    assert_int_equal(shard_counts(s.shard).feeds, 0);
    assert_int_equal(shard_counts(s.shard).asking, 0);
    close_stage(&s);
}

static void feed_put_again_while_it_leaves_stays_with_what_its_poll_brings(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    uint64_t id = put(&s, "http://a.example/", 0);
    assert_int_equal(start(&s), id);
    assert_true(shard_remove(s.shard, id) && shard_is_leaving(s.shard, id));
    assert_int_equal(put(&s, "http://a.example/", 0), id);
    assert_false(shard_is_leaving(s.shard, id));
    finish(&s, id, 1000, no_hold);
    assert_true(shard_has(s.shard, id));
    assert_int_equal(shard_counts(s.shard).feeds, 1);
    pass(&s, 1016);
    assert_int_equal(start(&s), id);
    close_stage(&s);
}

static void overdue_feeds_at_start_are_spread(void **state)
{
    (void)state;
    struct stage s = open_stage(&shard_limits_default);
    enum { N = 1000 };
    for (unsigned i = 0; i < N; i++)
        put(&s, arena_fmt(&s.arena, "http://h%u.example/", i).p, -1000);
    shard_spread(s.shard, s.now);
    unsigned at_once = 0;
    for (uint64_t id; (id = start(&s)); at_once++)
        finish(&s, id, DAY_MS, no_hold);
    assert_true(at_once < 20);
    pass(&s, SHARD_SPREAD_MS + 1000);
    for (uint64_t id; (id = start(&s)); at_once++)
        finish(&s, id, DAY_MS, no_hold);
    assert_int_equal(at_once, N);
    close_stage(&s);
}

static void state_comes_back_as_it_was_packed(void **state)
{
    (void)state;
    struct stage s = open_stage(&limits);
    struct feed feed = {.id = 9, .first_url = S("http://a.example/old"), .url = S("http://a.example/new"),
                        .validators = {S("\"tag\""), S("Mon, 23 Nov 2026 10:00:00 GMT")}, .marks = S("marks"),
                        .title = S("A"), .failures = 3, .error = S("no"), .good_at = {77}, .due = {1795480000001},
                        .failing_since = {55}, .fault = FAULT_SERVER};
    shard_put(s.shard, &feed, s.now);
    struct feed back;
    assert_true(shard_read(s.shard, 9, &s.arena, &back));
    assert_str(back.first_url, "http://a.example/old");
    assert_str(back.url, "http://a.example/new");
    assert_str(back.validators.etag, "\"tag\"");
    assert_str(back.marks, "marks");
    assert_str(back.error, "no");
    assert_int_equal(back.failures, 3);
    assert_int_equal(back.good_at.ms, 77);
    assert_int_equal(back.due.ms, 1795480000001);
    close_stage(&s);
}

static void index_finds_what_is_in_after_many_removals(void **state)
{
    (void)state;
    struct index x = {0};
    for (uint32_t i = 0; i < 5000; i++)
        index_put(&x, (uint64_t)i * 0x10001, i);
    for (uint32_t i = 0; i < 5000; i += 2)
        index_remove(&x, (uint64_t)i * 0x10001);
    for (uint32_t i = 0; i < 5000; i++)
        assert_int_equal(index_find(&x, (uint64_t)i * 0x10001), i % 2 ? i : INDEX_NONE);
    index_done(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(feed_is_asked_when_it_is_due_and_not_before),
        cmocka_unit_test(start_within_a_second_lets_hosts_rest_first),
        cmocka_unit_test(a_clock_that_is_set_moves_times_and_makes_nobody_wait),
        cmocka_unit_test(a_feed_that_is_never_due_stays_so_when_the_clock_is_set),
        cmocka_unit_test(host_gets_its_starts_a_second_apart_and_two_at_once),
        cmocka_unit_test(third_feed_of_a_host_waits_until_one_is_finished),
        cmocka_unit_test(no_more_are_in_flight_than_the_limit),
        cmocka_unit_test(retry_after_of_two_feeds_holds_the_whole_host),
        cmocka_unit_test(retry_after_holds_the_host_that_answered),
        cmocka_unit_test(hop_gives_its_slot_back_so_that_two_hosts_cannot_lock),
        cmocka_unit_test(hosts_that_only_redirects_named_are_forgotten),
        cmocka_unit_test(host_within_its_gap_is_not_forgotten),
        cmocka_unit_test(host_that_is_held_is_not_forgotten_without_feeds),
        cmocka_unit_test(word_of_one_feed_counts_after_it_has_gone),
        cmocka_unit_test(guest_takes_a_slot_as_a_feed_does_until_it_is_dismissed),
        cmocka_unit_test(clock_that_jumps_back_delays_nothing_that_waits),
        cmocka_unit_test(clock_that_jumps_back_makes_no_hold_longer),
        cmocka_unit_test(stopped_feed_sleeps_until_it_is_made_due),
        cmocka_unit_test(a_feed_is_counted_as_what_it_is_and_once),
        cmocka_unit_test(feed_removed_while_it_is_asked_goes_when_it_ends),
        cmocka_unit_test(feed_put_again_while_it_leaves_stays_with_what_its_poll_brings),
        cmocka_unit_test(overdue_feeds_at_start_are_spread),
        cmocka_unit_test(state_comes_back_as_it_was_packed),
        cmocka_unit_test(index_finds_what_is_in_after_many_removals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
