// SPDX-License-Identifier: MIT
//
// The simulator is worth trusting: it finds a bug of each kind that is planted, finds nothing in the sound program, and
// repeats itself byte for byte. (The long runs are `make sim`.)
#include "tests/tools/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/sim.h"

enum { FEEDS = 40, DAYS = 2, SEEDS = 4 };

static struct sim_result run(uint64_t seed, enum sim_bug bug)
{
    struct sim_result r;
    struct sim_options o = {.seed = seed, .feeds = FEEDS, .days = DAYS, .bug = bug};
    sim_run(&o, &r);
    return r;
}

static void sound_program_breaks_no_promise(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct sim_result r = run(seed, SIM_SOUND);
        if (sim_breaches(&r) > 0)
            fail_msg("%s; repeat with:  make sim SEED=%llu FEEDS=%d DAYS=%d", r.first, (unsigned long long)seed, FEEDS,
                     DAYS);
        assert_true(r.expected > 0 && r.crashes + r.commits_failed > 0);
    }
}

static void planted_bug_of_each_kind_is_found(void **state)
{
    static const struct {
        enum sim_bug bug;
        enum sim_breach breach;
    } table[] = {
        {SIM_EARLY_POLL, SIM_BREACH_EARLY},
        {SIM_LOST_ALERT, SIM_BREACH_LOST},
        {SIM_DOUBLED_ID, SIM_BREACH_TWO_IDS},
        {SIM_STARVED_FEED, SIM_BREACH_STARVED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        uint64_t found = 0;
        for (uint64_t seed = 1; seed <= SEEDS && found == 0; seed++)
            found = run(seed, table[i].bug).breaches[table[i].breach];
        if (found == 0)
            fail_msg("the planted bug \"%s\" was not found", sim_breach_name(table[i].breach));
    }
}

// Runs a seed and returns its whole trace, to be freed.
static char *trace_of(uint64_t seed, size_t *out_n)
{
    char *text = NULL;
    FILE *file = open_memstream(&text, out_n);
    struct sim_result r;
    struct sim_options o = {.seed = seed, .feeds = FEEDS, .days = 1, .trace = file};
    sim_run(&o, &r);
    fclose(file);
    return text;
}

static void seed_replays_byte_for_byte(void **state)
{
    (void)state;
    size_t n, m;
    char *first = trace_of(7, &n), *second = trace_of(7, &m);
    assert_true(n > 10000);
    assert_int_equal(n, m);
    assert_memory_equal(first, second, n);
    free(first);
    free(second);
    assert_true(run(7, SIM_SOUND).trace_hash != run(8, SIM_SOUND).trace_hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_program_breaks_no_promise),
        cmocka_unit_test(planted_bug_of_each_kind_is_found),
        cmocka_unit_test(seed_replays_byte_for_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
