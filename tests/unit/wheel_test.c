// SPDX-License-Identifier: MIT
#include "base/rng.h"
#include "base/wheel.h"
#include "tests/tools/check.h"

static const mono_t start = {1000003};

static void nothing_is_taken_early_and_nothing_more_than_a_tick_late(void **state)
{
    (void)state;
    enum { N = 20000 };
    static int64_t due[N];
    struct wheel w;
    struct rng rng;
    rng_init(&rng, 7);
    wheel_init(&w, start);
    wheel_grow(&w, N);
    for (uint32_t i = 0; i < N; i++) { // delays of a tick to a year, each scale as likely
        due[i] = start.ms + (int64_t)(rng_u64(&rng) >> (29 + rng_below(&rng, 30)));
        wheel_add(&w, i, (mono_t){due[i]});
    }
    mono_t now = start;
    uint32_t taken = 0;
    int64_t last = 0;
    mono_t next;
    while (wheel_next(&w, &next)) {
        if (next.ms > now.ms)
            now = next;
        for (uint32_t i; (i = wheel_take(&w, now)) != WHEEL_NONE; taken++) {
            assert_true(due[i] <= now.ms);
            assert_true(now.ms - due[i] < 2 * WHEEL_TICK_MS || due[i] <= start.ms + WHEEL_TICK_MS);
            assert_true(due[i] / WHEEL_TICK_MS + 1 >= last / WHEEL_TICK_MS);
            last = due[i];
        }
    }
    assert_int_equal(taken, N);
    assert_int_equal(w.n_in, 0);
    wheel_done(&w);
}

static void a_jump_of_the_clock_takes_all_that_is_due_in_order(void **state)
{
    (void)state;
    struct wheel w;
    wheel_init(&w, start);
    wheel_grow(&w, 5);
    static const int64_t delays[] = {7200000, 20, 86400000, 900, 60000};
    for (uint32_t i = 0; i < 5; i++)
        wheel_add(&w, i, mono_add(start, delays[i]));
    mono_t later = mono_add(start, 7300000);
    assert_int_equal(wheel_take(&w, later), 1);
    assert_int_equal(wheel_take(&w, later), 3);
    assert_int_equal(wheel_take(&w, later), 4);
    assert_int_equal(wheel_take(&w, later), 0);
    assert_true(wheel_take(&w, later) == WHEEL_NONE);
    assert_true(wheel_has(&w, 2));
    wheel_done(&w);
}

static void an_entry_added_again_moves_and_one_removed_is_gone(void **state)
{
    (void)state;
    struct wheel w;
    wheel_init(&w, start);
    wheel_grow(&w, 3);
    wheel_add(&w, 0, mono_add(start, 100));
    wheel_add(&w, 1, mono_add(start, 100));
    wheel_add(&w, 2, mono_add(start, 100));
    wheel_add(&w, 0, mono_add(start, 5000));
    wheel_remove(&w, 1);
    wheel_remove(&w, 1);
    assert_int_equal(w.n_in, 2);
    assert_int_equal(wheel_take(&w, mono_add(start, 200)), 2);
    assert_true(wheel_take(&w, mono_add(start, 200)) == WHEEL_NONE);
    assert_int_equal(wheel_take(&w, mono_add(start, 5100)), 0);
    wheel_done(&w);
}

static void what_is_due_already_leaves_in_the_order_of_adding(void **state)
{
    (void)state;
    struct wheel w;
    wheel_init(&w, start);
    wheel_grow(&w, 4);
    for (uint32_t i = 0; i < 4; i++)
        wheel_add(&w, i, (mono_t){i});
    wheel_remove(&w, 1);
    assert_int_equal(wheel_take(&w, start), 0);
    assert_int_equal(wheel_take(&w, start), 2);
    assert_int_equal(wheel_take(&w, start), 3);
    assert_true(wheel_take(&w, start) == WHEEL_NONE);
    wheel_done(&w);
}

static void random_use_agrees_with_a_plain_list(void **state)
{
    (void)state;
    enum { N = 64 };
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct wheel w;
        struct rng rng;
        rng_init(&rng, seed);
        wheel_init(&w, start);
        wheel_grow(&w, N);
        int64_t due[N] = {0}; // 0: out
        mono_t now = start;
        for (int step = 0; step < 2000; step++) {
            uint32_t i = (uint32_t)rng_below(&rng, N);
            switch (rng_below(&rng, 4)) {
            case 0:
                due[i] = 0;
                wheel_remove(&w, i);
                break;
            case 1:
                now = mono_add(now, (int64_t)(rng_u64(&rng) >> (40 + rng_below(&rng, 20))));
                for (uint32_t k; (k = wheel_take(&w, now)) != WHEEL_NONE;) {
                    assert_true(due[k] && due[k] <= now.ms);
                    due[k] = 0;
                }
                for (uint32_t k = 0; k < N; k++)
                    assert_true(!due[k] || due[k] > now.ms - WHEEL_TICK_MS);
                break;
            default:
                due[i] = now.ms + (int64_t)(rng_u64(&rng) >> (34 + rng_below(&rng, 28)));
                wheel_add(&w, i, (mono_t){due[i]});
            }
            for (uint32_t k = 0; k < N; k++)
                assert_int_equal(wheel_has(&w, k), due[k] != 0);
        }
        wheel_done(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_taken_early_and_nothing_more_than_a_tick_late),
        cmocka_unit_test(a_jump_of_the_clock_takes_all_that_is_due_in_order),
        cmocka_unit_test(an_entry_added_again_moves_and_one_removed_is_gone),
        cmocka_unit_test(what_is_due_already_leaves_in_the_order_of_adding),
        cmocka_unit_test(random_use_agrees_with_a_plain_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
