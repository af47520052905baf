// SPDX-License-Identifier: MIT
//
// Polls a second of the real daemon, store and all, against nginx on loopback: N feeds, each on an address of its own,
// fall due at one step of the clock, and the wave is timed until nothing is under way. nginx keeps no connection, so
// each poll is a fresh TCP connection, as at feed intervals it is. Beside it, in turns: curl --parallel over the same
// addresses with the same conditional header, and wrk, which asks one address as fast as it can.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tools/bench.h"
#include "tests/tools/check.h"
#include "tests/tools/scene.h"

enum { ROUNDS = 3, WRK_SECONDS = 2, ITEMS = 30, PORT = 18377 };

struct stage {
    struct scene scene;
    unsigned hosts;
    bool is_gzip; // the body changes at each poll, and is sent packed
};

static void run(const char *command)
{
    if (system(command) != 0) {
        fprintf(stderr, "poll_bench: failed: %s\n", command);
        exit(1);
    }
}

static const char *address(struct stage *s, unsigned i)
{
    return arena_fmt(&s->scene.arena, "127.%u.%u.%u", 1 + i / 62500, i / 250 % 250, 1 + i % 250).p;
}

static void write_feed(struct stage *s, unsigned edition)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_add(&text, S("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Bench</title><link>http://b/</link>\n"));
    for (unsigned i = 0; i < ITEMS; i++)
        buf_addf(&text, "<item><title>Report %u of the day</title><guid>g%u</guid><link>http://b.example/%u</link>"
                        "<description>What was said at the meeting of the council, part %u of edition %u.</description>"
                        "<pubDate>Mon, 23 Nov 2026 10:%02u:00 GMT</pubDate></item>\n",
                 i, i, i, i, i == 0 ? edition : 0, i);
    buf_add(&text, S("</channel></rss>\n"));
    scene_write(&s->scene, "www/feed.xml", "%s", buf_z(&text));
    buf_done(&text);
}

static void start_nginx(struct stage *s)
{
    const char *folder = s->scene.folder;
    scene_write(&s->scene, "nginx.conf",
                "daemon on; master_process off; worker_processes 1; pid %s/nginx.pid; error_log %s/nginx.log;\n"
                "events { worker_connections 8192; }\n"
                "http { access_log off; keepalive_timeout 0; etag on; gzip on; gzip_min_length 1; gzip_types *;\n"
                "  client_body_temp_path %s/t1; proxy_temp_path %s/t2; fastcgi_temp_path %s/t3;\n"
                "  uwsgi_temp_path %s/t4; scgi_temp_path %s/t5;\n"
                "  server { listen %d backlog=8192; root %s/www; } }\n",
                folder, folder, folder, folder, folder, folder, folder, PORT, folder);
    write_feed(s, 0);
    run(arena_fmt(&s->scene.arena, "/usr/sbin/nginx -p %s -c %s/nginx.conf 2>/dev/null", folder, folder).p);
}

static void stop_nginx(struct stage *s)
{
    run(arena_fmt(&s->scene.arena, "kill $(cat %s/nginx.pid)", s->scene.folder).p);
}

static void configure(struct stage *s)
{
    struct buf feeds, urls;
    buf_init(&feeds, 64 << 20);
    buf_init(&urls, 64 << 20);
    for (unsigned i = 0; i < s->hosts; i++) {
        const char *host = address(s, i);
        buf_addf(&feeds, "feed http://%s:%d/feed.xml {\n allow-private yes\n every 30m\n floor 30m\n}\n", host, PORT);
        buf_addf(&urls, "url = \"http://%s:%d/feed.xml\"\noutput = /dev/null\n", host, PORT);
    }
    scene_config(&s->scene, buf_z(&feeds));
    scene_write(&s->scene, "rules.d/none.rules", "rule none {\n    when quibblewax\n    notify desk\n}\n");
    scene_write(&s->scene, "urls.txt", "%s", buf_z(&urls));
    buf_done(&feeds);
    buf_done(&urls);
}

static double polls_of(struct stage *s)
{
    int status;
    struct str text = scene_ctl(&s->scene, &status, "metrics", NULL);
    struct str name = S("\nfeedwatch_polls_total ");
    size_t at = str_find(text, name);
    return at < text.n ? atof(arena_dupz(&s->scene.arena, str_head(str_from(text, at + name.n), 20))) : -1;
}

// One wave: all feeds are due at once. Returns polls a second.
static double wave(struct stage *s)
{
    double before = polls_of(s);
    double begun = bench_seconds();
    scene_jump(&s->scene, HOUR_MS);
    double took = bench_seconds() - begun;
    double polls = polls_of(s) - before;
    if (polls < s->hosts) {
        fprintf(stderr, "poll_bench: %.0f of %u feeds were polled\n", polls, s->hosts);
        exit(1);
    }
    return polls / took;
}

static double curl_wave(struct stage *s)
{
    const char *condition = s->is_gzip ? "--compressed" : "-H 'If-Modified-Since: Fri, 01 Jan 2038 00:00:00 GMT'";
    const char *command =
        arena_fmt(&s->scene.arena, "curl -s --parallel --parallel-max 200 %s -K %s/urls.txt >/dev/null 2>&1", condition,
                  s->scene.folder).p;
    double begun = bench_seconds();
    run(command);
    return s->hosts / (bench_seconds() - begun);
}

// wrk answers "Requests/sec: N".
static double wrk_rate(struct stage *s)
{
    FILE *f = popen(arena_fmt(&s->scene.arena,
                              "wrk -t1 -c200 -d%ds -H 'Connection: close' -H 'If-Modified-Since: Fri, 01 Jan 2038 "
                              "00:00:00 GMT' http://127.0.0.1:%d/feed.xml", WRK_SECONDS, PORT).p, "r");
    char line[256];
    double rate = 0;
    while (f && fgets(line, sizeof line, f))
        sscanf(line, "Requests/sec: %lf", &rate);
    if (f)
        pclose(f);
    return rate;
}

static void bench_hosts(unsigned hosts, bool is_gzip, const char *result, bool with_wrk)
{
    static struct stage s;
    s = (struct stage){.hosts = hosts, .is_gzip = is_gzip};
    scene_open(&s.scene, "bench-poll");
    start_nginx(&s);
    configure(&s);
    scene_start(&s.scene);
    scene_run(&s.scene, 6 * MINUTE_MS); // the baseline, spread
    double ours[ROUNDS], curl[ROUNDS], wrk[ROUNDS];
    for (unsigned i = 0; i < ROUNDS; i++) {
        if (is_gzip) {
            write_feed(&s, i + 1);
            struct timespec later[2] = {{.tv_sec = 1800000000 + i}, {.tv_sec = 1800000000 + i}};
            utimensat(AT_FDCWD, scene_path(&s.scene, "www/feed.xml"), later, 0);
        }
        ours[i] = wave(&s);
        curl[i] = curl_wave(&s);
        wrk[i] = with_wrk ? wrk_rate(&s) : 0;
    }
    double a = bench_median(ours, ROUNDS), b = bench_median(curl, ROUNDS), c = bench_median(wrk, ROUNDS);
    printf("%u hosts, %s: feedwatchd %.0f polls/s, curl --parallel %.0f/s", hosts, is_gzip ? "200 gzip" : "304", a, b);
    printf(with_wrk ? ", wrk %.0f/s\n" : "\n", c);
    bench_result(result, a / b, "ratio");
    if (with_wrk)
        bench_result("poll_304_ratio_wrk", a / c, "ratio");
    scene_stop(&s.scene);
    stop_nginx(&s);
    scene_done(&s.scene);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    setenv("FEEDWATCH_TOP", ".", 0);
    setenv("FEEDWATCH_OUT", "build", 0);
    bench_hosts(3000, false, "poll_304_ratio_curl_3k", true);
    if (!getenv("FEEDWATCH_BENCH_SHORT")) bench_hosts(9500, false, "poll_304_ratio_curl_9500", false);
    if (!getenv("FEEDWATCH_BENCH_SHORT")) bench_hosts(3000, true, "poll_200gz_ratio_curl", false);
    return 0;
}
