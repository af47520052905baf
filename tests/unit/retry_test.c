// SPDX-License-Identifier: MIT
#include "alerts/retry.h"

#include "tests/tools/check.h"

static const int64_t T0 = 1000000000;

static struct retry_decision decide(uint32_t attempt, uint16_t status, int64_t retry_after_ms, int64_t since_first_ms)
{
    struct rng rng;
    rng_init(&rng, 1);
    struct retry_try try = {.attempt = attempt, .status = status, .retry_after_ms = retry_after_ms,
                            .now = {T0 + since_first_ms}, .queued = {T0}, .first_try = {T0}};
    return retry_decide(&try, &rng);
}

static void pauses_follow_the_schedule_within_a_fifth(void **state)
{
    (void)state;
    static const int64_t pauses_ms[] = {5 * SECOND_MS, MINUTE_MS,    5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS,
                                        5 * HOUR_MS,   10 * HOUR_MS, 14 * HOUR_MS,  20 * HOUR_MS,   24 * HOUR_MS};
    struct rng rng;
    rng_init(&rng, 7);
    for (uint32_t attempt = 1; attempt < RETRY_ATTEMPTS; attempt++) {
        double least = 9, most = 0;
        for (int i = 0; i < 1000; i++) {
            struct retry_try try = {.attempt = attempt, .status = 503, .retry_after_ms = -1, .now = {T0},
                                    .queued = {T0}, .first_try = {T0}};
            struct retry_decision d = retry_decide(&try, &rng);
            assert_int_equal(d.verdict, RETRY_LATER);
            double factor = (double)wall_diff(d.due, (wall_t){T0}) / (double)pauses_ms[attempt - 1];
            least = factor < least ? factor : least;
            most = factor > most ? factor : most;
        }
        assert_true(least >= 0.8 && least < 0.82 && most <= 1.2 && most > 1.18);
    }
    assert_int_equal(decide(RETRY_ATTEMPTS, 503, -1, 0).verdict, RETRY_DEAD);
}

static void answers_have_their_verdicts(void **state)
{
    (void)state;
    static const struct {
        uint16_t status;
        enum retry_verdict at_once, after_an_hour;
    } cases[] = {
        {200, RETRY_DONE, RETRY_DONE},   {204, RETRY_DONE, RETRY_DONE},   {299, RETRY_DONE, RETRY_DONE},
        {0, RETRY_LATER, RETRY_LATER},   {302, RETRY_LATER, RETRY_LATER}, {410, RETRY_DISABLE, RETRY_DISABLE},
        {400, RETRY_LATER, RETRY_DEAD},  {401, RETRY_LATER, RETRY_DEAD},  {404, RETRY_LATER, RETRY_DEAD},
        {408, RETRY_LATER, RETRY_LATER}, {409, RETRY_LATER, RETRY_LATER}, {421, RETRY_LATER, RETRY_LATER},
        {423, RETRY_LATER, RETRY_LATER}, {425, RETRY_LATER, RETRY_LATER}, {429, RETRY_LATER, RETRY_LATER},
        {499, RETRY_LATER, RETRY_DEAD},  {500, RETRY_LATER, RETRY_LATER}, {503, RETRY_LATER, RETRY_LATER},
        {100, RETRY_LATER, RETRY_LATER}, {600, RETRY_LATER, RETRY_LATER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (decide(1, cases[i].status, -1, 0).verdict != cases[i].at_once
            || decide(5, cases[i].status, -1, HOUR_MS).verdict != cases[i].after_an_hour)
            fail_msg("status %u", cases[i].status);
    }
}

static void a_refusal_is_looked_at_once_more_when_its_hour_ends(void **state)
{
    (void)state;
    struct retry_decision d = decide(5, 404, -1, 40 * MINUTE_MS); // the schedule says two hours
    assert_int_equal(d.verdict, RETRY_LATER);
    assert_int_equal(d.due.ms, T0 + HOUR_MS);
}

static void retry_after_raises_the_pause_and_never_lowers_it(void **state)
{
    (void)state;
    assert_int_equal(decide(1, 429, 600 * SECOND_MS, 0).due.ms, T0 + 600 * SECOND_MS);
    assert_true(decide(5, 429, SECOND_MS, 0).due.ms >= T0 + 2 * HOUR_MS * 8 / 10);
    assert_int_equal(decide(1, 429, 365LL * DAY_MS, 0).due.ms, T0 + DAY_MS);
    assert_true(decide(1, 429, 0, 0).due.ms >= T0 + 4 * SECOND_MS);
}

static void nothing_lives_longer_than_seven_days_or_its_own_time(void **state)
{
    (void)state;
    assert_int_equal(decide(9, 503, -1, 7LL * DAY_MS - HOUR_MS).verdict, RETRY_DEAD);
    assert_false(retry_is_expired((wall_t){T0}, 0, (wall_t){T0 + 7LL * DAY_MS - 1}));
    assert_true(retry_is_expired((wall_t){T0}, 0, (wall_t){T0 + 7LL * DAY_MS}));
    assert_true(retry_is_expired((wall_t){T0}, HOUR_MS, (wall_t){T0 + HOUR_MS}));
}

// One row from its first attempt on, before a receiver that is down. Returns how old it was at its last one.
static int64_t age_at_last_attempt(int64_t life_ms, struct rng *rng)
{
    struct retry_try try = {.attempt = 1, .status = 503, .retry_after_ms = -1, .now = {T0}, .queued = {T0},
                            .first_try = {T0}, .life_ms = life_ms};
    for (struct retry_decision d; (d = retry_decide(&try, rng)).verdict == RETRY_LATER; try.attempt++) {
        assert_false(retry_is_expired(try.queued, life_ms, d.due)); // else it would not be sent
        assert_true(wall_diff(d.due, try.now) >= 4 * SECOND_MS);
        try.now = d.due;
    }
    return wall_diff(try.now, try.queued);
}

static void a_row_that_expires_is_tried_until_its_time_is_over(void **state)
{
    (void)state;
    static const int64_t lives_ms[] = {MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS, 3LL * DAY_MS / 2};
    struct rng rng;
    rng_init(&rng, 7);
    for (size_t i = 0; i < sizeof lives_ms / sizeof *lives_ms; i++) {
        for (int k = 0; k < 1000; k++) {
            int64_t left_ms = lives_ms[i] - age_at_last_attempt(lives_ms[i], &rng);
            if (left_ms <= 0 || left_ms > 2 * RETRY_LAST_MS)
                fail_msg("of %lld s: given up %lld ms before", (long long)(lives_ms[i] / SECOND_MS), (long long)left_ms);
        }
    }
}

static void the_last_attempt_before_the_end_is_not_sooner_than_asked_for(void **state)
{
    (void)state;
    static const struct {
        int64_t now_ms, asked_ms; // before the end, and by Retry-After
        enum retry_verdict verdict;
    } cases[] = {
        {24 * MINUTE_MS, -1, RETRY_LATER},
        {24 * MINUTE_MS, 24 * MINUTE_MS - RETRY_LAST_MS, RETRY_LATER},
        {24 * MINUTE_MS, 24 * MINUTE_MS - RETRY_LAST_MS + 1, RETRY_DEAD},
        {24 * MINUTE_MS, DAY_MS, RETRY_DEAD},
        {2 * RETRY_LAST_MS, -1, RETRY_LATER},
        {2 * RETRY_LAST_MS - 1, -1, RETRY_DEAD}, // it was tried right now
        {0, -1, RETRY_DEAD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rng rng;
        rng_init(&rng, 1);
        const struct retry_try try = {.attempt = 5, .status = 503, .retry_after_ms = cases[i].asked_ms,
                                      .now = {T0 + HOUR_MS - cases[i].now_ms}, .queued = {T0}, .first_try = {T0},
                                      .life_ms = HOUR_MS};
        struct retry_decision d = retry_decide(&try, &rng);
        if (d.verdict != cases[i].verdict || (d.verdict == RETRY_LATER && d.due.ms != T0 + HOUR_MS - RETRY_LAST_MS))
            fail_msg("row %zu", i);
    }
}

static void the_breaker_opens_at_the_tenth_failure_and_lets_one_probe_through(void **state)
{
    (void)state;
    struct breaker b = {0};
    struct rng rng;
    rng_init(&rng, 3);
    for (int i = 0; i < BREAKER_FAILURES - 1; i++)
        assert_false(breaker_note(&b, false, (mono_t){0}, &rng));
    assert_int_equal(breaker_ask(&b, (mono_t){0}), BREAKER_ALL);
    assert_false(breaker_note(&b, false, (mono_t){0}, &rng));
    assert_int_equal(breaker_ask(&b, (mono_t){0}), BREAKER_NONE);
    assert_int_equal(breaker_ask(&b, (mono_t){BREAKER_PAUSE_MS * 8 / 10 - 1}), BREAKER_NONE);
    assert_int_equal(breaker_ask(&b, (mono_t){BREAKER_PAUSE_MS * 12 / 10}), BREAKER_ONE);
    assert_int_equal(breaker_ask(&b, (mono_t){BREAKER_PAUSE_MS * 12 / 10}), BREAKER_NONE); // while it is on its way
    assert_true(breaker_note(&b, true, (mono_t){40000}, &rng));
    assert_int_equal(breaker_ask(&b, (mono_t){40000}), BREAKER_ALL);
}

static void each_failed_probe_doubles_the_pause_up_to_ten_minutes(void **state)
{
    (void)state;
    struct breaker b = {0};
    struct rng rng;
    rng_init(&rng, 3);
    for (int i = 0; i < BREAKER_FAILURES + 3; i++) // three more were in flight: they add nothing
        breaker_note(&b, false, (mono_t){0}, &rng);
    assert_int_equal(b.pause_ms, BREAKER_PAUSE_MS);
    int64_t expected_ms = BREAKER_PAUSE_MS;
    for (int i = 0; i < 8; i++) {
        mono_t now = b.until;
        assert_int_equal(breaker_ask(&b, now), BREAKER_ONE);
        breaker_note(&b, false, now, &rng);
        expected_ms = expected_ms * 2 > BREAKER_PAUSE_MS_MAX ? BREAKER_PAUSE_MS_MAX : expected_ms * 2;
        assert_int_equal(b.pause_ms, expected_ms);
    }
}

static void one_success_in_between_starts_the_count_anew(void **state)
{
    (void)state;
    struct breaker b = {0};
    struct rng rng;
    rng_init(&rng, 3);
    for (int i = 0; i < 9; i++)
        breaker_note(&b, false, (mono_t){0}, &rng);
    assert_false(breaker_note(&b, true, (mono_t){0}, &rng)); // it was not open: nothing recovered
    for (int i = 0; i < 9; i++)
        breaker_note(&b, false, (mono_t){0}, &rng);
    assert_int_equal(breaker_ask(&b, (mono_t){0}), BREAKER_ALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pauses_follow_the_schedule_within_a_fifth),
        cmocka_unit_test(answers_have_their_verdicts),
        cmocka_unit_test(a_refusal_is_looked_at_once_more_when_its_hour_ends),
        cmocka_unit_test(retry_after_raises_the_pause_and_never_lowers_it),
        cmocka_unit_test(nothing_lives_longer_than_seven_days_or_its_own_time),
        cmocka_unit_test(a_row_that_expires_is_tried_until_its_time_is_over),
        cmocka_unit_test(the_last_attempt_before_the_end_is_not_sooner_than_asked_for),
        cmocka_unit_test(the_breaker_opens_at_the_tenth_failure_and_lets_one_probe_through),
        cmocka_unit_test(each_failed_probe_doubles_the_pause_up_to_ten_minutes),
        cmocka_unit_test(one_success_in_between_starts_the_count_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
