// SPDX-License-Identifier: MIT
//
// sim [--seed N] [--seeds N] [--feeds N] [--days N] [--bug early|lost|doubled|starved] [--trace]: simulations, one a
// seed, from --seed on. Exit 1 with the command that repeats it where one finds a breach.
#include <getopt.h>
#include <stdlib.h>

#include "base/str.h"
#include "tests/sim/sim.h"

enum { EXIT_USAGE = 64, SHOWN_MAX = 10 };

static int usage(void)
{
    fputs("usage: sim [--seed N] [--seeds N] [--feeds N] [--days N] [--bug early|lost|doubled|starved] [--trace]\n",
          stderr);
    return EXIT_USAGE;
}

static bool bug_of(struct str name, enum sim_bug *out)
{
    static const struct str names[] = {STR("none"), STR("early"), STR("lost"), STR("doubled"), STR("starved")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_eq(name, names[i])) {
            *out = (enum sim_bug)i;
            return true;
        }
    }
    return false;
}

static void add(struct sim_result *sum, const struct sim_result *r)
{
    sum->polls += r->polls;
    sum->unchanged += r->unchanged;
    sum->failures += r->failures;
    sum->expected += r->expected;
    sum->delivered += r->delivered;
    sum->attempts += r->attempts;
    sum->digests += r->digests;
    sum->commits += r->commits;
    sum->commits_failed += r->commits_failed;
    sum->crashes += r->crashes;
    sum->restarts += r->restarts;
    sum->clock_steps += r->clock_steps;
}

static void print_sum(const struct sim_options *o, uint64_t seeds, const struct sim_result *sum, uint64_t bad)
{
    printf("sim: %llu seeds x %u feeds x %u days: %llu polls (%llu unchanged, %llu failed), %llu alerts due, %llu "
           "delivered, %llu attempts, %llu digests; %llu commits (%llu failed), %llu crashes, %llu starts, %llu clock "
           "steps; %llu seeds with a breach\n",
           (unsigned long long)seeds, o->feeds, o->days, (unsigned long long)sum->polls,
           (unsigned long long)sum->unchanged, (unsigned long long)sum->failures, (unsigned long long)sum->expected,
           (unsigned long long)sum->delivered, (unsigned long long)sum->attempts, (unsigned long long)sum->digests,
           (unsigned long long)sum->commits, (unsigned long long)sum->commits_failed,
           (unsigned long long)sum->crashes, (unsigned long long)sum->restarts, (unsigned long long)sum->clock_steps,
           (unsigned long long)bad);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"seed", required_argument, NULL, 's'}, {"seeds", required_argument, NULL, 'n'},
        {"feeds", required_argument, NULL, 'f'}, {"days", required_argument, NULL, 'd'},
        {"bug", required_argument, NULL, 'b'},  {"trace", no_argument, NULL, 't'},
        {0},
    };
    uint64_t seed = 1, seeds = 1, feeds = 100, days = 2;
    struct sim_options o = {0};
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        bool is_good = c == 's'   ? str_to_u64(str_of(optarg), UINT64_MAX, &seed)
                       : c == 'n' ? str_to_u64(str_of(optarg), 1000000, &seeds)
                       : c == 'f' ? str_to_u64(str_of(optarg), 100000, &feeds) && feeds > 0
                       : c == 'd' ? str_to_u64(str_of(optarg), 3650, &days) && days > 0
                       : c == 'b' ? bug_of(str_of(optarg), &o.bug)
                                  : c == 't';
        if (!is_good)
            return usage();
        if (c == 't')
            o.trace = stdout;
    }
    struct sim_result sum = {0};
    uint64_t bad = 0;
    o.feeds = (unsigned)feeds;
    o.days = (unsigned)days;
    for (uint64_t i = seed; i < seed + seeds; i++) {
        struct sim_result r;
        o.seed = i;
        sim_run(&o, &r);
        add(&sum, &r);
        if (sim_breaches(&r) > 0 && ++bad <= SHOWN_MAX)
            printf("seed %llu: %llu breaches, the first: %s\n    repeat with:  make sim SEED=%llu FEEDS=%llu DAYS=%llu\n",
                   (unsigned long long)i, (unsigned long long)sim_breaches(&r), r.first, (unsigned long long)i,
                   (unsigned long long)feeds, (unsigned long long)days);
        if (seeds == 1)
            printf("trace %016llx\n", (unsigned long long)r.trace_hash);
    }
    print_sum(&o, seeds, &sum, bad);
    return bad > 0;
}
