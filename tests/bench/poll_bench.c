// SPDX-License-Identifier: MIT
//
// Polls a second of the real daemon, store and all, against nginx on loopback (poll_stage.h). Beside it, in turns: curl
// --parallel over the same addresses with the same conditional header, and wrk, which asks one address as fast as it
// can. Ratios are taken in each turn, so that a busy moment of the machine hits both sides, and their median counts.
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/poll_stage.h"
#include "tests/tools/bench.h"

struct race {
    const char *what, *result;
    unsigned hosts, rounds;
    bool is_gzip, is_tls, with_wrk;
};

// Bounds of the histogram feedwatch_loop_turn_seconds (daemon/metrics.h), as it prints them, and in milliseconds.
static double lag_p99_ms(struct poll_stage *s, double *before)
{
    static const char *const bounds[] = {"0.00025", "0.0005", "0.001", "0.002", "0.003", "0.005", "0.008", "0.013",
                                         "0.02", "0.05", "0.1", "0.25", "1"};
    enum { N = sizeof bounds / sizeof *bounds };
    double counts[N];
    for (size_t i = 0; i < N; i++) {
        char name[96];
        snprintf(name, sizeof name, "feedwatch_loop_turn_seconds_bucket{le=\"%s\"}", bounds[i]);
        counts[i] = poll_stage_metric(s, name) - before[i];
        before[i] += counts[i];
    }
    double want = counts[N - 1] * 0.99, below = 0, low = 0;
    for (size_t i = 0; i < N; i++) {
        double high = atof(bounds[i]) * 1000;
        if (counts[i] >= want && counts[i] > below)
            return low + (high - low) * (want - below) / (counts[i] - below); // as if spread evenly within its bounds
        below = counts[i];
        low = high;
    }
    return low;
}

static void run_race(const struct race *race)
{
    static struct poll_stage s;
    s = (struct poll_stage){.hosts = race->hosts, .is_gzip = race->is_gzip, .is_tls = race->is_tls};
    double ours[BENCH_ROUNDS_MAX], curl[BENCH_ROUNDS_MAX], wrk[BENCH_ROUNDS_MAX], over_curl[BENCH_ROUNDS_MAX],
        over_wrk[BENCH_ROUNDS_MAX], lag[BENCH_ROUNDS_MAX], lag_before[32] = {0};
    poll_stage_open(&s);
    poll_stage_wave(&s, 1); // nginx names a packed body otherwise than an unchanged one: validators settle
    lag_p99_ms(&s, lag_before);
    for (unsigned i = 0; i < race->rounds; i++) {
        if (race->is_gzip)
            poll_stage_edition(&s, i + 1);
        ours[i] = race->hosts / poll_stage_wave(&s, 1);
        lag[i] = lag_p99_ms(&s, lag_before);
        curl[i] = race->hosts / poll_stage_curl(&s);
        wrk[i] = race->with_wrk ? poll_stage_wrk(&s) : 1;
        over_curl[i] = ours[i] / curl[i];
        over_wrk[i] = ours[i] / wrk[i];
    }
    poll_stage_done(&s);
    printf("%u hosts, %s: feedwatchd %.0f polls/s, curl --parallel %.0f/s", race->hosts, race->what,
           bench_median(ours, race->rounds), bench_median(curl, race->rounds));
    printf(race->with_wrk ? ", wrk %.0f/s\n" : "\n", bench_median(wrk, race->rounds));
    bench_result(race->result, bench_median(over_curl, race->rounds), "ratio");
    if (race->with_wrk)
        bench_result("poll_304_ratio_wrk", bench_median(over_wrk, race->rounds), "ratio");
    if (race->is_gzip)
        bench_result("loop_lag_p99_ms", bench_median(lag, race->rounds), "ms");
}

int main(void)
{
    static const struct race races[] = {
        {"304", "poll_304_ratio_curl_3k", 3000, 7, .with_wrk = true},
        {"304", "poll_304_ratio_curl_9500", 9500, 3, .with_wrk = false},
        {"200 gzip", "poll_200gz_ratio_curl", 3000, 3, .is_gzip = true},
        {"304 over TLS", "poll_tls_ratio_curl", 60, 5, .is_tls = true},
    };
    const char *only = getenv("FEEDWATCH_BENCH_ONLY"); // the name of one result
    setvbuf(stdout, NULL, _IOLBF, 0);
    setenv("FEEDWATCH_TOP", ".", 0);
    setenv("FEEDWATCH_OUT", "build", 0);
    for (size_t i = 0; i < sizeof races / sizeof *races; i++)
        if (!only || str_eq(str_of(only), str_of(races[i].result)))
            run_race(&races[i]);
    return 0;
}
