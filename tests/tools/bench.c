// SPDX-License-Identifier: MIT
//
// Races and medians. See bench.h.
#include "tests/tools/bench.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double bench_seconds(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

double bench_cpu_seconds(void)
{
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(double *values, size_t n)
{
    assert(n > 0);
    qsort(values, n, sizeof *values, compare);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void race(struct contender *list, size_t n, int rounds, double (*seconds)(void))
{
    static double rates[BENCH_CONTENDERS_MAX][BENCH_ROUNDS_MAX];
    assert(n <= BENCH_CONTENDERS_MAX && rounds <= BENCH_ROUNDS_MAX);
    for (int round = 0; round < rounds; round++) {
        for (size_t i = 0; i < n; i++) {
            double begun = seconds();
            list[i].run(list[i].context);
            rates[i][round] = list[i].work / (seconds() - begun);
        }
    }
    for (size_t i = 0; i < n; i++) {
        list[i].median = bench_median(rates[i], (size_t)rounds);
        printf("  %-34s %14.1f /s   %6.3f x %s\n", list[i].name, list[i].median, list[i].median / list[0].median,
               list[0].name);
    }
    fflush(stdout);
}

void bench_race(struct contender *list, size_t n, int rounds)
{
    race(list, n, rounds, bench_seconds);
}

void bench_race_cpu(struct contender *list, size_t n, int rounds)
{
    race(list, n, rounds, bench_cpu_seconds);
}

double bench_wrk(const char *command)
{
    FILE *f = popen(command, "re");
    char line[256];
    double rate = 0;
    while (f && fgets(line, sizeof line, f))
        sscanf(line, "Requests/sec: %lf", &rate);
    if (f)
        pclose(f);
    return rate;
}

void bench_result(const char *name, double value, const char *unit)
{
    printf("RESULT %s %.*f %s\n", name, value >= 100 ? 0 : value >= 1 ? 2 : 4, value, unit);
    fflush(stdout);
}
