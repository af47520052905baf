// SPDX-License-Identifier: MIT
//
// What many idle feeds cost: the time from exec to "ready" over a store of 100,000 and of 1,000,000 feeds, each with the
// marks of 50 items and its validators, and the resident memory a feed once it is ready (that of a daemon without feeds
// taken off, all else counted: tables, allocator, the read-out of the store). Nothing is due, so nothing is asked.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"
#include "store/store.h"
#include "tests/tools/bench.h"
#include "tests/tools/check.h"
#include "tests/tools/scene.h"

enum { STARTS = 3, BATCH = 1000, ITEMS = 50, MARK_BYTES = 17, READY_S_MAX = 300, HOSTS = 20 /* feeds of one host */ };

struct texts {
    char url[80], etag[40], marks[ITEMS * MARK_BYTES];
};

static void check(bool is_good, const char *what, const struct err *err)
{
    if (is_good)
        return;
    fprintf(stderr, "start_bench: %s: %s\n", what, err->text);
    exit(1);
}

static struct store_feed feed_of(uint64_t i, wall_t now, struct texts *t)
{
    snprintf(t->url, sizeof t->url, "https://news%llu.example/section-%llu/feed.xml", (unsigned long long)(i / HOSTS),
             (unsigned long long)(i % HOSTS));
    snprintf(t->etag, sizeof t->etag, "\"%016llx\"", (unsigned long long)(i * 2654435761u));
    for (size_t b = 0; b < sizeof t->marks; b++)
        t->marks[b] = (char)(i * 31 + b * 7 + (b >> 3));
    return (struct store_feed){.feed = {.id = feed_id(str_of(t->url)), .first_url = str_of(t->url),
                                        .url = str_of(t->url), .origin = ORIGIN_ADDED, .flags = FEED_BASELINED,
                                        .title = S("News of the world"), .site = S("https://news.example/"),
                                        .validators = {str_of(t->etag), S("Tue, 24 Nov 2026 00:00:00 GMT")},
                                        .marks = {t->marks, sizeof t->marks}, .polled_at = now, .good_at = now,
                                        .due = wall_add(now, 12 * HOUR_MS)}};
}

static void fill(struct scene *s, uint64_t n)
{
    struct err err = {0};
    struct store_options options = {.engine = STORE_SQLITE, .directory = str_of(scene_path(s, "state")), .now = s->now,
                                    .secret = "s"};
    struct store *store = store_open(&options, &err);
    check(store, "open", &err);
    static struct texts texts[BATCH];
    static struct store_feed feeds[BATCH];
    for (uint64_t at = 0; at < n; at += BATCH) {
        for (uint64_t i = 0; i < BATCH; i++)
            feeds[i] = feed_of(at + i, s->now, &texts[i]);
        struct store_batch batch = {.now = s->now, .feeds = feeds, .n_feeds = BATCH};
        check(store_commit(store, &batch, &err) == STORE_OK, "fill", &err);
    }
    store_close(store);
}

static double resident_bytes(struct scene *s)
{
    char path[64], line[256];
    double kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)scene_pid(s));
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        sscanf(line, "VmRSS: %lf", &kib);
    if (f)
        fclose(f);
    return kib * 1024;
}

static void check_feeds(struct scene *s, uint64_t n)
{
    int status;
    char want[64];
    struct str text = scene_ctl(s, &status, "metrics", NULL);
    snprintf(want, sizeof want, "\nfeedwatch_feeds %llu\n", (unsigned long long)n);
    if (str_find(text, str_of(want)) < text.n)
        return;
    fprintf(stderr, "start_bench: the daemon does not have %llu feeds:\n%.*s\n", (unsigned long long)n, STR_ARG(text));
    exit(1);
}

// Starts the daemon over n feeds; returns the median of the milliseconds until it is ready, and its memory.
static double start(uint64_t n, double *out_bytes)
{
    static struct scene s;
    double took[STARTS], bytes[STARTS];
    scene_open(&s, "bench-start");
    scene_config(&s, "");
    fill(&s, n);
    for (int i = 0; i < STARTS; i++) {
        double begun = bench_seconds();
        scene_mark(&s);
        scene_launch(&s);
        while (!scene_says(&s, "ready") && bench_seconds() - begun < READY_S_MAX) // longer than a scene would wait
            scene_live(&s, 2);
        took[i] = (bench_seconds() - begun) * 1000;
        scene_settle(&s);
        check_feeds(&s, n);
        bytes[i] = resident_bytes(&s);
        scene_stop(&s);
    }
    scene_done(&s);
    *out_bytes = bench_median(bytes, STARTS);
    return bench_median(took, STARTS);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    setenv("FEEDWATCH_TOP", ".", 0);
    setenv("FEEDWATCH_OUT", "build", 0);
    double none, some, many;
    double none_ms = start(0, &none);
    double some_ms = start(100000, &some);
    double many_ms = start(1000000, &many);
    printf("without feeds: ready in %.0f ms with %.1f MiB; 100,000 feeds: %.1f MiB; 1,000,000: %.1f MiB\n", none_ms,
           none / 1048576, some / 1048576, many / 1048576);
    bench_result("start_100k_ms", some_ms, "ms");
    bench_result("start_1m_ms", many_ms, "ms");
    bench_result("feed_bytes_ram", (many - none) / 1e6, "bytes");
    return 0;
}
