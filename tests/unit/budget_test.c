// SPDX-License-Identifier: MIT
//
// feeds/budget with the real shard and schedule, under a virtual clock: weeks of polls of feeds that publish at all
// rates, some of them by day only.
#include "daemon/shard.h"
#include "feeds/budget.h"
#include "feeds/schedule.h"
#include "tests/tools/check.h"

enum { FEEDS = 200, ONE_HOST = 20, DAYS = 14, SETTLED = 4 }; // ONE_HOST: feeds of one host

struct fleet {
    struct shard *shard;
    struct arena arena;
    struct rng rng;
    struct now now;
    struct schedule_policy policy;
    struct budget budget;
    uint64_t per_hour, polls;
    uint64_t on_day[DAYS];
    double posts_per_day[FEEDS];
    wall_t asked[FEEDS], fresh[FEEDS], held[FEEDS];
    mono_t host_asked;
    struct feed_options slow;
};

static const double default_price = 0.2;

static bool is_by_day(uint64_t i) { return i % 2; }
static bool is_cached(uint64_t i) { return i % 10 == 3; } // for three hours
static bool is_hinted(uint64_t i) { return i % 10 == 5; } // two hours
static bool is_slow(uint64_t i) { return i % 10 == 7; }   // the option floor: an hour
static bool is_told_to_wait(uint64_t i) { return i % 10 == 9 && i >= ONE_HOST; } // for four hours, each time

static void set_history(struct fleet *f, uint64_t i, struct feed *feed)
{
    enum { OBSERVED = 20 }; // days
    feed->history = (struct history){.at = f->now.wall, .posts = (float)f->posts_per_day[i] * OBSERVED, .days = OBSERVED};
    for (int hour = 6; is_by_day(i) && hour < 16; hour++)
        feed->history.hours[hour] = 64 * 20;
}

static void open_fleet(struct fleet *f, uint64_t polls_per_hour)
{
    *f = (struct fleet){.now = {{1795480000000}, {5000000}}, .per_hour = polls_per_hour,
                        .policy = {.price = default_price, .jitter_permille = 100}, .slow.floor_s = 3600};
    rng_init(&f->rng, 1);
    arena_init(&f->arena, 1 << 20);
    f->shard = shard_open(&shard_limits_default, f->now, 1);
    budget_init(&f->budget, default_price, 0, f->now.mono);
    double posts = 0.02;
    for (uint64_t i = 0; i < FEEDS; i++, posts *= 1.05) { // to 330
        f->posts_per_day[i] = posts;
        struct str url = arena_fmt(&f->arena, "http://h%u.example/%u", i < ONE_HOST ? 0 : (unsigned)i, (unsigned)i);
        struct feed feed = {.id = i + 1, .first_url = url, .url = url, .due = f->now.wall, .good_at = f->now.wall,
                            .hint_s = is_hinted(i) ? 7200 : 0, .options = is_slow(i) ? &f->slow : NULL};
        set_history(f, i, &feed);
        shard_put(f->shard, &feed, f->now);
    }
}

static void close_fleet(struct fleet *f)
{
    shard_close(f->shard);
    arena_done(&f->arena);
}

// What may not be polled yet is not, whatever the price.
static void judge(struct fleet *f, uint64_t i)
{
    int64_t pause_ms = wall_diff(f->now.wall, f->asked[i]);
    uint32_t least_s = is_hinted(i) ? 7200 : is_slow(i) ? 3600 : FEED_FLOOR_S;
    assert_true(!f->asked[i].ms || pause_ms >= (int64_t)least_s * SECOND_MS);
    assert_true(f->now.wall.ms >= f->fresh[i].ms && f->now.wall.ms >= f->held[i].ms);
    assert_true(!f->asked[i].ms || pause_ms <= DAY_MS + DAY_MS / 10 + MINUTE_MS);
    if (i < ONE_HOST) {
        assert_true(mono_diff(f->now.mono, f->host_asked) >= SHARD_HOST_GAP_MS);
        f->host_asked = f->now.mono;
    }
}

static void poll(struct fleet *f, struct feed *feed)
{
    uint64_t i = feed->id - 1;
    judge(f, i);
    f->polls++;
    f->asked[i] = feed->polled_at = feed->good_at = f->now.wall;
    feed->fresh_until = is_cached(i) ? wall_add(f->now.wall, 3LL * HOUR_MS) : (wall_t){0};
    feed->hold_until = is_told_to_wait(i) ? wall_add(f->now.wall, 4LL * HOUR_MS) : (wall_t){0};
    f->fresh[i] = feed->fresh_until;
    f->held[i] = feed->hold_until;
    set_history(f, i, feed);
    feed->due = schedule_next(feed, &f->policy, &f->rng, f->now.wall).due;
    shard_finish(f->shard, feed, feed->hold_until, f->now);
}

static void pass_until(struct fleet *f, mono_t at)
{
    int64_t ms = mono_diff(at, f->now.mono);
    if (ms <= 0)
        return;
    f->now.wall = wall_add(f->now.wall, ms);
    f->now.mono = mono_add(f->now.mono, ms);
}

static void run_day(struct fleet *f, uint64_t *out_polls)
{
    uint64_t before = f->polls;
    mono_t end = mono_add(f->now.mono, DAY_MS), next;
    struct feed feed;
    while (f->now.mono.ms < end.ms) {
        bool is_waiting = shard_next(f->shard, &next);
        next = is_waiting && next.ms < end.ms ? next : end;
        pass_until(f, f->per_hour && f->budget.next.ms < next.ms ? f->budget.next : next);
        if (f->per_hour && budget_steer(&f->budget, f->per_hour, f->polls, f->now.mono))
            f->policy.price = f->budget.price;
        while (shard_start(f->shard, f->now, &f->arena, &feed))
            poll(f, &feed);
        arena_reset(&f->arena);
    }
    *out_polls = f->polls - before;
}

static void run(struct fleet *f)
{
    for (unsigned day = 0; day < DAYS; day++)
        run_day(f, &f->on_day[day]);
}

// What the fleet makes in a day at the price that goes without a budget.
static uint64_t unsteered_per_day(void)
{
    struct fleet f;
    open_fleet(&f, 0);
    run(&f);
    close_fleet(&f);
    return f.on_day[DAYS - 1];
}

static void polls_of_a_day_follow_the_budget_within_a_tenth(void **state)
{
    (void)state;
    uint64_t unsteered = unsteered_per_day();
    static const double shares[] = {0.5, 0.7, 1.5, 2};
    for (size_t k = 0; k < sizeof shares / sizeof *shares; k++) {
        struct fleet f;
        open_fleet(&f, (uint64_t)((double)unsteered * shares[k] / 24));
        run(&f);
        close_fleet(&f);
        for (unsigned day = SETTLED; day < DAYS; day++) {
            double ratio = (double)f.on_day[day] / (double)(f.per_hour * 24);
            if (ratio < 0.9 || ratio > 1.1)
                fail_msg("%.1f times the %llu polls of a day: %.3f of that on day %u", shares[k],
                         (unsigned long long)unsteered, ratio, day + 1);
        }
    }
}

// judge() holds each poll of these runs against what is promised.
static void no_budget_breaks_a_promise(void **state)
{
    (void)state;
    struct fleet most, least;
    open_fleet(&most, 1000000);
    for (unsigned day = 0; day < 3; day++)
        run_day(&most, &most.on_day[day]);
    assert_true(most.on_day[2] < FEEDS * (DAY_MS / SECOND_MS / FEED_FLOOR_S));
    assert_true(most.policy.price == BUDGET_PRICE_MIN);
    close_fleet(&most);
    open_fleet(&least, 1);
    run(&least);
    assert_true(least.on_day[DAYS - 1] >= FEEDS * 10 / 11 - 1);
    close_fleet(&least);
}

static void price_is_kept_without_a_budget_and_without_polls(void **state)
{
    (void)state;
    struct budget b;
    mono_t at = {0};
    budget_init(&b, 0.2, 100, at);
    at.ms += HOUR_MS;
    assert_true(budget_steer(&b, 0, 200, at) && b.price == 0.2);
    at.ms += HOUR_MS;
    budget_init(&b, 0.2, 200, at);
    at.ms += HOUR_MS;
    assert_true(budget_steer(&b, 10, 200, at) && b.price == 0.2);
}

static void step_ends_at_the_full_hour(void **state)
{
    (void)state;
    struct budget b;
    budget_init(&b, 0.2, 0, (mono_t){HOUR_MS / 2});
    assert_false(budget_steer(&b, 10, 100, (mono_t){HOUR_MS - 1}));
    assert_true(budget_steer(&b, 10, 100, (mono_t){HOUR_MS}));
    assert_false(budget_steer(&b, 10, 100, (mono_t){HOUR_MS}));
    assert_int_equal(b.next.ms, 2LL * HOUR_MS);
}

static void who_sees_the_same_polls_finds_the_same_price(void **state)
{
    (void)state;
    struct budget a, b;
    mono_t at = {HOUR_MS / 3};
    budget_init(&a, 0.2, 0, at);
    budget_init(&b, 0.2, 3, mono_add(at, 1500)); // the second worker starts a moment later
    struct rng rng;
    rng_init(&rng, 1);
    uint64_t made = 0;
    for (int64_t hour = 1; hour < 365LL * 24; hour++) {
        made += 50 + rng_below(&rng, 100);
        assert_true(budget_steer(&a, 100, made, (mono_t){hour * HOUR_MS}));
        assert_true(budget_steer(&b, 100, made + rng_below(&rng, 2), (mono_t){hour * HOUR_MS + 20}));
    }
    assert_true(b.price > a.price * 0.99 && b.price < a.price * 1.01);
}

static void sleep_of_days_changes_no_price(void **state)
{
    (void)state;
    struct budget b;
    budget_init(&b, 0.2, 0, (mono_t){0});
    assert_true(budget_steer(&b, 10, 20, (mono_t){BUDGET_GAP_MS})); // as many as were allowed
    assert_true(b.price == 0.2);
    mono_t woken = {BUDGET_GAP_MS + 3LL * DAY_MS};
    assert_true(budget_steer(&b, 10, 20, woken));
    assert_true(b.price == 0.2);
    assert_true(b.next.ms == woken.ms + HOUR_MS);
    for (int hour = 1; hour <= BUDGET_STEPS; hour++) { // nor do the hours behind it, which have the sleep no more
        assert_true(budget_steer(&b, 10, 20 + 10 * (uint64_t)hour, mono_add(woken, (int64_t)hour * HOUR_MS)));
        assert_true(b.price == 0.2);
    }
    budget_init(&b, 0.2, 0, (mono_t){0});
    assert_true(budget_steer(&b, 10, 40, (mono_t){BUDGET_GAP_MS + 1})); // twice as many, over more than can be told
    assert_true(b.price == 0.2);
}

static void price_stays_within_its_bounds(void **state)
{
    enum { MANY = 1000000000 };
    (void)state;
    struct budget b;
    budget_init(&b, 1e12, 0, (mono_t){0});
    assert_true(b.price == BUDGET_PRICE_MAX);
    budget_init(&b, 0, 0, (mono_t){0});
    assert_true(b.price == BUDGET_PRICE_MIN);
    budget_init(&b, BUDGET_PRICE_MAX / 2, 0, (mono_t){0});
    for (int hour = 1; hour <= 2; hour++) {
        assert_true(budget_steer(&b, 1, MANY * (uint64_t)hour, (mono_t){(int64_t)hour * HOUR_MS}));
        assert_true(b.price == BUDGET_PRICE_MAX);
    }
    budget_init(&b, BUDGET_PRICE_MIN * 2, 0, (mono_t){0});
    for (int hour = 1; hour <= 2; hour++) {
        assert_true(budget_steer(&b, MANY, (uint64_t)hour, (mono_t){(int64_t)hour * HOUR_MS}));
        assert_true(b.price == BUDGET_PRICE_MIN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(polls_of_a_day_follow_the_budget_within_a_tenth),
        cmocka_unit_test(no_budget_breaks_a_promise),
        cmocka_unit_test(price_is_kept_without_a_budget_and_without_polls),
        cmocka_unit_test(step_ends_at_the_full_hour),
        cmocka_unit_test(who_sees_the_same_polls_finds_the_same_price),
        cmocka_unit_test(sleep_of_days_changes_no_price),
        cmocka_unit_test(price_stays_within_its_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
