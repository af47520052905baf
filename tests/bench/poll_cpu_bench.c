// SPDX-License-Identifier: MIT
//
// Whether a poll costs more among many feeds: CPU time of the whole daemon a poll of 304, with 1,000 and with 100,000
// feeds, each on an address of its own.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/bench/poll_stage.h"
#include "tests/tools/bench.h"

// Seconds of CPU that the daemon has used: fields 14 and 15 of its stat, after the name in parentheses.
static double cpu_seconds(struct poll_stage *s)
{
    char path[64], text[1024] = "";
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)scene_pid(&s->scene));
    FILE *f = fopen(path, "r");
    bool ok = f && fgets(text, sizeof text, f);
    if (f)
        fclose(f);
    char *after = ok ? strrchr(text, ')') : NULL;
    if (!after || sscanf(after + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2) {
        fprintf(stderr, "poll_cpu_bench: %s cannot be read\n", path);
        exit(1);
    }
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

// Microseconds of CPU a poll, over `waves` waves.
static double cost(unsigned hosts, unsigned steps, unsigned waves)
{
    static struct poll_stage s;
    s = (struct poll_stage){.hosts = hosts};
    poll_stage_open(&s);
    poll_stage_wave(&s, steps);
    double cpu = cpu_seconds(&s), polls = poll_stage_metric(&s, "feedwatch_polls_total");
    for (unsigned i = 0; i < waves; i++)
        poll_stage_wave(&s, steps);
    polls = poll_stage_metric(&s, "feedwatch_polls_total") - polls;
    cpu = cpu_seconds(&s) - cpu;
    poll_stage_done(&s);
    return cpu / polls * 1e6;
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    setenv("FEEDWATCH_TOP", ".", 0);
    setenv("FEEDWATCH_OUT", "build", 0);
    double few = cost(1000, 1, 20);
    double many = cost(100000, 60, 1);
    printf("CPU a poll of 304: %.0f us with 1,000 feeds, %.0f us with 100,000\n", few, many);
    bench_result("poll_cpu_100k_over_1k", many / few, "ratio");
    return 0;
}
