// SPDX-License-Identifier: MIT
#include "tests/bench/poll_stage.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tools/bench.h"

enum { WRK_SECONDS = 1, ITEMS = 30, PORT = 18377, BASELINE_STEPS = 20 };

static void run(const char *command)
{
    if (system(command) != 0) {
        fprintf(stderr, "poll_stage: failed: %s\n", command);
        exit(1);
    }
}

static const char *address(struct poll_stage *s, unsigned i)
{
    return arena_fmt(&s->scene.arena, "127.%u.%u.%u", 1 + i / 62500, i / 250 % 250, 1 + i % 250).p;
}

void poll_stage_edition(struct poll_stage *s, unsigned edition)
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
    const char *path = scene_write(&s->scene, "www/feed.xml", "%s", buf_z(&text));
    buf_done(&text);
    struct timespec at[2] = {{.tv_sec = 1800000000 + edition}, {.tv_sec = 1800000000 + edition}};
    utimensat(AT_FDCWD, path, at, 0);
}

// One certificate of our own for all addresses, trusted beside the system's.
static void make_certificate(struct poll_stage *s)
{
    const char *folder = s->scene.folder;
    struct buf names;
    buf_init(&names, 1 << 20);
    for (unsigned i = 0; i < s->hosts; i++)
        buf_addf(&names, "%sIP:%s", i ? "," : "", address(s, i));
    run(arena_fmt(&s->scene.arena,
                  "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30000 -subj /CN=bench "
                  "-addext subjectAltName=%s -keyout %s/key.pem -out %s/cert.pem 2>/dev/null && "
                  "cat /etc/ssl/certs/ca-certificates.crt %s/cert.pem >%s/ca.pem",
                  buf_z(&names), folder, folder, folder, folder).p);
    s->ca = scene_path(&s->scene, "ca.pem");
    buf_done(&names);
}

static void await_port(const char *host)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    inet_pton(AF_INET, host, &at.sin_addr);
    for (double begun = bench_seconds(); bench_seconds() - begun < 10; usleep(10 * 1000)) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        bool is_there = fd >= 0 && connect(fd, (const struct sockaddr *)&at, sizeof at) == 0;
        close(fd);
        if (is_there)
            return;
    }
    fprintf(stderr, "poll_stage: nginx does not answer at port %d\n", PORT);
    exit(1);
}

static void start_nginx(struct poll_stage *s)
{
    const char *folder = s->scene.folder;
    const char *tls = s->is_tls ? arena_fmt(&s->scene.arena, "ssl_certificate %s/cert.pem; ssl_certificate_key %s/key.pem; "
                                            "ssl_session_cache off;", folder, folder).p : "";
    scene_write(&s->scene, "nginx.conf",
                "daemon off; master_process off; worker_processes 1; pid %s/nginx.pid; error_log %s/nginx.log;\n"
                "events { worker_connections 8192; }\n"
                "http { access_log off; keepalive_timeout 0; etag on; gzip on; gzip_min_length 1; gzip_types *;\n"
                "  client_body_temp_path %s/t1; proxy_temp_path %s/t2; fastcgi_temp_path %s/t3;\n"
                "  uwsgi_temp_path %s/t4; scgi_temp_path %s/t5;\n"
                "  server { listen %d backlog=8192 %s; root %s/www; %s } }\n",
                folder, folder, folder, folder, folder, folder, folder, PORT, s->is_tls ? "ssl" : "", folder, tls);
    poll_stage_edition(s, 0);
    const char *conf = scene_path(&s->scene, "nginx.conf");
    s->nginx = fork();
    if (s->nginx == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); // a bench that fails leaves nothing behind
        execl("/usr/sbin/nginx", "nginx", "-p", folder, "-c", conf, (char *)NULL);
        _exit(127);
    }
    await_port(address(s, 0));
}

static void configure(struct poll_stage *s)
{
    const char *scheme = s->is_tls ? "https" : "http";
    struct buf feeds, urls;
    buf_init(&feeds, 64 << 20);
    buf_init(&urls, 64 << 20);
    if (s->is_tls)
        buf_addf(&feeds, "ca \"%s\"\n", s->ca);
    for (unsigned i = 0; i < s->hosts; i++) {
        const char *host = address(s, i);
        buf_addf(&feeds, "feed %s://%s:%d/feed.xml {\n allow-private yes\n every 30m\n floor 30m\n}\n", scheme, host,
                 PORT);
        buf_addf(&urls, "url = \"%s://%s:%d/feed.xml\"\noutput = /dev/null\n", scheme, host, PORT);
    }
    scene_config(&s->scene, buf_z(&feeds));
    scene_write(&s->scene, "rules.d/none.rules", "rule none {\n    when quibblewax\n    notify desk\n}\n");
    scene_write(&s->scene, "urls.txt", "%s", buf_z(&urls));
    buf_done(&feeds);
    buf_done(&urls);
}

void poll_stage_open(struct poll_stage *s)
{
    scene_open(&s->scene, "bench-poll");
    if (s->is_tls)
        make_certificate(s);
    start_nginx(s);
    configure(s);
    scene_start(&s->scene);
    for (int i = 0; i < BASELINE_STEPS; i++) // the start is spread over five minutes
        scene_jump(&s->scene, 6 * MINUTE_MS / BASELINE_STEPS);
    double good = poll_stage_metric(s, "feedwatch_polls_total") - poll_stage_metric(s, "feedwatch_polls_failed_total");
    if (good < s->hosts) {
        fprintf(stderr, "poll_stage: not every feed was read\n");
        exit(1);
    }
}

void poll_stage_done(struct poll_stage *s)
{
    scene_stop(&s->scene);
    kill(s->nginx, SIGTERM);
    waitpid(s->nginx, NULL, 0);
    scene_done(&s->scene);
}

double poll_stage_metric(struct poll_stage *s, const char *name)
{
    int status;
    struct arena a;
    arena_init(&a, 1 << 20);
    struct str text = scene_ctl(&s->scene, &status, "metrics", NULL);
    struct str line = arena_fmt(&a, "\n%s ", name);
    size_t at = str_find(text, line);
    double value = at < text.n ? atof(arena_dupz(&a, str_head(str_from(text, at + line.n), 20))) : -1;
    arena_done(&a);
    return value;
}

double poll_stage_wave(struct poll_stage *s, unsigned steps)
{
    double before = poll_stage_metric(s, "feedwatch_polls_total");
    double begun = bench_seconds();
    for (unsigned i = 0; i < steps; i++)
        scene_jump(&s->scene, HOUR_MS / steps);
    double took = bench_seconds() - begun;
    double polls = poll_stage_metric(s, "feedwatch_polls_total") - before;
    if (polls >= s->hosts)
        return took * s->hosts / polls;
    fprintf(stderr, "poll_stage: %.0f of %u feeds were polled\n", polls, s->hosts);
    exit(1);
}

double poll_stage_curl(struct poll_stage *s)
{
    const char *condition = s->is_gzip ? "--compressed" : "-H 'If-Modified-Since: Fri, 01 Jan 2038 00:00:00 GMT'";
    const char *ca = s->is_tls ? arena_fmt(&s->scene.arena, "--cacert %s", s->ca).p : "";
    const char *command =
        arena_fmt(&s->scene.arena, "curl -sS --parallel --parallel-max 200 %s %s -K %s/urls.txt >/dev/null 2>%s/curl.err",
                  condition, ca, s->scene.folder, s->scene.folder).p;
    double begun = bench_seconds();
    run(command);
    return bench_seconds() - begun;
}

double poll_stage_wrk(struct poll_stage *s)
{
    return bench_wrk(arena_fmt(&s->scene.arena,
                               "wrk -t1 -c200 -d%ds -H 'Connection: close' -H 'If-Modified-Since: Fri, 01 Jan 2038 "
                               "00:00:00 GMT' http://127.0.0.1:%d/feed.xml", WRK_SECONDS, PORT).p);
}
