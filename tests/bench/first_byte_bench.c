// SPDX-License-Identifier: MIT
//
// How soon an alert leaves: from the moment at which the writer queued it (times.queued_at of its payload, before the
// commit) to the moment at which the receiver has its request. One alert at a time on a daemon at rest, its clock real:
// what counts is the commit, the wake-up of the delivery loop, the signature and the first bytes on a fresh or kept
// connection.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "feeds/date.h"
#include "tests/bench/valleys.h"
#include "tests/tools/bench.h"
#include "tests/tools/check.h"
#include "tests/tools/scene.h"

enum { FEEDS = 100, TURNS = 3, ALERTS = FEEDS * TURNS }; // a host is asked once a second: hence so many hosts

struct stage {
    struct scene s;
    double took_ms[ALERTS];
    size_t n;
};

static const char *address(struct stage *t, unsigned feed) { return arena_fmt(&t->s.arena, "127.0.2.%u", feed + 1).p; }

static void on_alert(void *context, const struct receiver_alert *alert, const char *answer)
{
    struct stage *t = context;
    (void)answer;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    size_t at = str_find(alert->body, S("\"queued_at\":\""));
    struct str text = str_from(alert->body, at + sizeof "\"queued_at\":\"" - 1);
    struct date queued = date_read(str_head(text, str_find_char(text, '"')), (wall_t){(int64_t)now.tv_sec * 1000});
    if (at == alert->body.n || t->n == ALERTS)
        return;
    t->took_ms[t->n++] = (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6 - (double)queued.at.ms;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void configure(struct stage *t)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    for (unsigned i = 0; i < FEEDS; i++) {
        valleys_serve(&t->s, address(t, i), i, 1);
        buf_addf(&text, "feed %s {\n    allow-private yes\n    every 10h\n}\n",
                 origin_url(&t->s.origin, address(t, i), "/feed"));
    }
    scene_config(&t->s, buf_z(&text));
    scene_write(&t->s, "rules.d/truce.rules",
                "rule truce {\n    when truce\n    group none\n    throttle 1000000/1h\n    notify desk\n}\n");
    buf_done(&text);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    setenv("FEEDWATCH_TOP", ".", 0);
    setenv("FEEDWATCH_OUT", "build", 0);
    static struct stage t;
    scene_open(&t.s, "bench-first-byte");
    t.s.is_real_time = true;
    t.s.receiver.daemon_clock = NULL; // the wall clock
    t.s.receiver.context = &t;
    t.s.receiver.on_alert = on_alert;
    configure(&t);
    scene_start(&t.s);
    for (unsigned i = 0; i < FEEDS; i++)
        scene_expect(&t.s, "baseline feed=");
    for (unsigned i = 0; i < ALERTS; i++) {
        int status;
        valleys_serve(&t.s, address(&t, i % FEEDS), i % FEEDS, 2 + i / FEEDS);
        struct str said = scene_ctl(&t.s, &status, "feeds", "poll", origin_url(&t.s.origin, address(&t, i % FEEDS), "/feed"), NULL);
        if (status != 0) {
            fprintf(stderr, "first_byte_bench: feeds poll exited with %d: %.*s\n", status, STR_ARG(said));
            return 1;
        }
        scene_until_acked(&t.s, NULL, i + 1);
    }
    qsort(t.took_ms, t.n, sizeof *t.took_ms, compare);
    printf("%zu alerts, one at a time: median %.1f ms, worst %.1f ms\n", t.n, t.took_ms[t.n / 2], t.took_ms[t.n - 1]);
    bench_result("deliver_first_byte_p99_ms", t.took_ms[t.n * 99 / 100], "ms");
    scene_stop(&t.s);
    scene_done(&t.s);
    return t.n == ALERTS ? 0 : 1;
}
