// SPDX-License-Identifier: MIT
//
// Memory runs out, at sampled allocations of the running daemon: it says one line and aborts; started again, it has lost
// nothing. FEEDWATCH_SAMPLES says how many (8). Sanitizers bring their own allocator: skipped there.
#include "tests/tools/check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/tools/faults.h"
#include "tests/tools/paper.h"

enum { SAMPLES = 8, SPREAD = 4000 }; // a poll with an alert takes about 3,000 allocations

// One life in which the nth allocation from now fails. Returns whether it was reached.
static bool run_out(struct scene *s, struct paper *p, struct fault_page *page, uint64_t nth, int number)
{
    char guid[32], key[64];
    snprintf(guid, sizeof guid, "m%d", number);
    snprintf(key, sizeof key, "truce %s", guid);
    paper_print(p, guid, arena_fmt(&s->arena, "A truce, number %d", number).p, NULL);
    receiver_expect(&s->receiver, key);
    __atomic_store_n(&page->allocations_left, (int64_t)nth, __ATOMIC_RELEASE);
    scene_run_begin(s, 11 * MINUTE_MS);
    scene_run_end_or_death(s);
    __atomic_store_n(&page->allocations_left, -1, __ATOMIC_RELEASE);
    if (scene_is_running(s))
        return false;
    if (scene_wait_end(s, SCENE_WAIT_MS) != 128 + SIGABRT)
        fail_msg("allocation %llu: status %d, expected an abort", (unsigned long long)nth, s->daemon.status);
    if (!scene_says(s, "out of memory")) // since this life was ready: the mark stands behind that
        fail_msg("allocation %llu: it aborted without its line:\n%.*s", (unsigned long long)nth,
                 STR_ARG(str_from(buf_str(&s->log), s->log_mark)));
    s->now = wall_add(s->now, 20 * MINUTE_MS);
    scene_start(s);
    return true;
}

static void memory_that_runs_out_loses_nothing(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    uint64_t samples = SAMPLES;
    const char *asked = getenv("FEEDWATCH_SAMPLES"), *out = getenv("FEEDWATCH_OUT");
    if (asked && !str_to_u64(str_of(asked), 1000000, &samples))
        fail_msg("FEEDWATCH_SAMPLES is not a number");
    if (out && (strstr(out, "asan") || strstr(out, "tsan") || strstr(out, "cov"))) {
        printf("skipped: a variant without the faults of memory\n");
        return;
    }
    struct rng rng;
    rng_init(&rng, 1);
    scene_open(&s, "torture");
    struct fault_page *page = faults_load(&s);
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    scene_config(&s, paper_config(&p, ""));
    scene_write(&s, "rules.d/truce.rules",
                "rule truce {\n when truce\n group none\n throttle 100000/1h\n notify desk\n}\n");
    scene_start(&s);
    uint64_t reached = 0;
    for (uint64_t i = 0; i < samples; i++)
        reached += run_out(&s, &p, page, 1 + rng_below(&rng, SPREAD), (int)i);
    scene_run(&s, 11 * MINUTE_MS);
    scene_run(&s, HOUR_MS);
    struct receiver_report r = receiver_report(&s.receiver);
    printf("torture: %llu allocations failed, %llu reached: %zu alerts expected, %zu lost, %zu under two ids\n",
           (unsigned long long)samples, (unsigned long long)reached, r.expected, r.lost, r.two_ids);
    assert_true(reached > 0);
    assert_int_equal(r.lost, 0);
    assert_int_equal(r.two_ids + r.changed_body, 0);
    scene_stop(&s);
    faults_done(page);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory_that_runs_out_loses_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
