// SPDX-License-Identifier: MIT
//
// What every bench shares: contenders that take turns on one core, medians, and the RESULT lines that are kept.
//
// The machines are shared and noisy, so nothing here is a verdict: a bench prints figures and ratios of things that ran
// side by side in one process or one run.
#ifndef TESTS_TOOLS_BENCH_H
#define TESTS_TOOLS_BENCH_H

#include <stdbool.h>
#include <stddef.h>

enum { BENCH_ROUNDS_MAX = 31, BENCH_CONTENDERS_MAX = 12 };

// One contender: run() does `work` units (articles, bytes, polls) each time it is called.
struct contender {
    const char *name;
    void (*run)(void *context);
    void *context;
    double work;
    double median; // units a second, filled by bench_race
};

// Seconds of a monotonic clock, and of this process's CPU.
double bench_seconds(void);
double bench_cpu_seconds(void);

// Lets the contenders take turns for `rounds` rounds (odd), fills their medians and prints a line each.
void bench_race(struct contender *list, size_t n, int rounds);

// The same by this process's CPU time, for contenders that only compute: what else the core did does not count.
void bench_race_cpu(struct contender *list, size_t n, int rounds);

// Returns the median of n values, which it sorts.
double bench_median(double *values, size_t n);

// Runs a command line of wrk. Returns its requests a second; 0 where it cannot run.
double bench_wrk(const char *command);

// Prints "RESULT name value unit".
void bench_result(const char *name, double value, const char *unit);

#endif
