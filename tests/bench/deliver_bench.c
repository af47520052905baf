// SPDX-License-Identifier: MIT
//
// Deliveries a second of the real daemon: alerts pile up in the outbox while their receiver is down; then it comes up
// (nginx, which answers 200 at once), and the time until the outbox is empty counts: windows read from the store, each
// post signed, each result durable before the next use of its place. Beside it wrk with as many connections and a body
// of the same size: what nginx takes from a sender that does nothing else.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/bench/valleys.h"
#include "tests/tools/bench.h"
#include "tests/tools/check.h"
#include "tests/tools/scene.h"

enum { FEEDS = 5, ITEMS = 1000, PORT = 18378, BODY_BYTES = 1600, WRK_SECONDS = 2, CONNECTIONS = 4 };

static void run(const char *command)
{
    if (system(command) != 0) {
        fprintf(stderr, "deliver_bench: failed: %s\n", command);
        exit(1);
    }
}

static void serve(struct scene *s, unsigned feed, unsigned items)
{
    valleys_serve(s, arena_fmt(&s->arena, "127.0.1.%u", feed + 1).p, feed, items);
}

static void configure(struct scene *s)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_addf(&text, "webhook fast {\n    url http://127.0.0.1:%d/hook\n    secret \"file:%s/secret\"\n}\n", PORT,
             s->folder);
    for (unsigned i = 0; i < FEEDS; i++) {
        serve(s, i, 1);
        buf_addf(&text, "feed %s {\n    allow-private yes\n    every 10m\n}\n",
                 origin_url(&s->origin, arena_fmt(&s->arena, "127.0.1.%u", i + 1).p, "/feed"));
    }
    scene_config(s, buf_z(&text));
    scene_write(s, "rules.d/truce.rules",
                "rule truce {\n    when truce\n    group none\n    throttle 1000000/1h\n    notify fast\n}\n");
    scene_write(s, "nginx.conf",
                "daemon on; master_process off; worker_processes 1; pid %s/nginx.pid; error_log %s/nginx.log;\n"
                "events { worker_connections 1024; }\n"
                "http { access_log off; keepalive_requests 1000000; client_body_temp_path %s/t1; proxy_temp_path %s/t2;\n"
                "  fastcgi_temp_path %s/t3; uwsgi_temp_path %s/t4; scgi_temp_path %s/t5;\n"
                "  server { listen 127.0.0.1:%d; location / { return 200; } } }\n",
                s->folder, s->folder, s->folder, s->folder, s->folder, s->folder, s->folder, PORT);
    scene_write(s, "post.lua", "wrk.method = \"POST\"\nwrk.body = string.rep(\"x\", %d)\n", BODY_BYTES);
    buf_done(&text);
}

static double metric(struct scene *s, const char *name)
{
    int status;
    struct str text = scene_ctl(s, &status, "metrics", NULL);
    struct str line = arena_fmt(&s->arena, "\n%s ", name);
    size_t at = str_find(text, line);
    return at < text.n ? atof(arena_dupz(&s->arena, str_head(str_from(text, at + line.n), 20))) : -1;
}

static double wrk_rate(struct scene *s)
{
    return bench_wrk(arena_fmt(&s->arena, "wrk -t1 -c%d -d%ds -s %s/post.lua http://127.0.0.1:%d/hook", CONNECTIONS,
                               WRK_SECONDS, s->folder, PORT).p);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    setenv("FEEDWATCH_TOP", ".", 0);
    setenv("FEEDWATCH_OUT", "build", 0);
    static struct scene s;
    scene_open(&s, "bench-deliver");
    configure(&s);
    scene_start(&s);
    for (unsigned i = 0; i < FEEDS; i++)
        serve(&s, i, ITEMS);
    double begun = bench_seconds();
    scene_run(&s, 12 * MINUTE_MS); // every alert is committed; the receiver is down
    double committed = bench_seconds() - begun;
    double before = metric(&s, "feedwatch_deliveries_total");
    run(arena_fmt(&s.arena, "/usr/sbin/nginx -p %s -c %s/nginx.conf 2>/dev/null", s.folder, s.folder).p);
    begun = bench_seconds();
    scene_jump(&s, 20 * MINUTE_MS); // past the breaker's longest pause: the probe, then all
    double took = bench_seconds() - begun;
    double done = metric(&s, "feedwatch_deliveries_total") - before;
    double bare = wrk_rate(&s);
    printf("%d alerts found and committed in %.2f s; %.0f delivered in %.2f s; wrk posts %.0f/s\n", FEEDS * (ITEMS - 1),
           committed, done, took, bare);
    bench_result("deliver_posts_s", done / took, "posts/s");
    bench_result("deliver_ratio_bare", done / took / bare, "ratio");
    run(arena_fmt(&s.arena, "kill $(cat %s/nginx.pid)", s.folder).p);
    scene_stop(&s);
    scene_done(&s);
    return done >= FEEDS * (ITEMS - 1) * 0.9 ? 0 : 1;
}
