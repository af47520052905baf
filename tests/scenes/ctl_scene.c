// SPDX-License-Identifier: MIT
//
// feedwatchctl as a person at a terminal meets it: every command against the real daemon, in text and as JSON; the
// daemon down; wrong lines; its help.
#include "tests/tools/check.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/shard.h"
#include "tests/tools/folder.h"
#include "tests/tools/paper.h"

static const char RULES[] =
    "rule truce {\n title \"Truces\"\n when truce\n group none\n severity warning\n notify desk\n}\n";

// One command line, at most five words of it.
struct line {
    const char *words[6];
    int status;
    const char *text; // what the answer holds, in text
    const char *key;  // and as JSON
};

static struct str run(struct scene *s, const struct line *line, const char *more, int *out_status)
{
    const char *const *w = line->words;
    const char *argv[7] = {0};
    size_t n = 0;
    for (size_t i = 0; i < 6 && w[i]; i++)
        argv[n++] = w[i];
    argv[n] = more;
    return scene_ctl(s, out_status, argv[0], argv[1], argv[2], argv[3], argv[4], argv[5], argv[6], NULL);
}

static void check_text(struct scene *s, const struct line *line)
{
    int status;
    struct str out = run(s, line, NULL, &status);
    if (status != line->status || str_find(out, str_of(line->text)) == out.n)
        fail_msg("feedwatchctl %s %s: status %d, not %d, or no \"%s\" in: %.*s", line->words[0],
                 line->words[1] ? line->words[1] : "", status, line->status, line->text, STR_ARG(out));
    if (str_find_char(out, '\033') < out.n)
        fail_msg("colour off a terminal: %.*s", STR_ARG(out));
}

// The object on standard output comes first; what follows it is standard error.
static void check_json(struct scene *s, const struct line *line)
{
    int status;
    struct str out = run(s, line, "--json", &status);
    json_t *answer = json_loadb(out.p, out.n, JSON_DISABLE_EOF_CHECK, NULL);
    if (status != line->status || !json_object_get(answer, line->key))
        fail_msg("feedwatchctl %s %s --json: status %d, not %d, or no \"%s\" in: %.*s", line->words[0],
                 line->words[1] ? line->words[1] : "", status, line->status, line->key, STR_ARG(out));
    json_decref(answer);
}

static void check_lines(struct scene *s, const struct line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (lines[i].text)
            check_text(s, &lines[i]);
        if (lines[i].key)
            check_json(s, &lines[i]);
    }
}
#define CHECK_LINES(s, lines) check_lines((s), (lines), sizeof(lines) / sizeof *(lines))

// Returns a text of the first object in a list of an answer; it lives as long as the scene.
static const char *first_of(struct scene *s, const char *group, const char *list, const char *name)
{
    int status;
    struct str out = scene_ctl(s, &status, group, "list", "--json", NULL);
    json_t *answer = json_loadb(out.p, out.n, 0, NULL);
    const char *text = json_string_value(json_object_get(json_array_get(json_object_get(answer, list), 0), name));
    if (status != 0 || !text)
        fail_msg("feedwatchctl %s list: status %d, %.*s", group, status, STR_ARG(out));
    const char *kept = arena_fmt(&s->arena, "%s", text).p;
    json_decref(answer);
    return kept;
}

static void open_with_alert(struct scene *s, struct paper *p, const char *name)
{
    scene_open(s, name);
    paper_open(p, s, "127.0.0.2", PRESS_RSS);
    scene_config(s, paper_config(p, "name \"World & Wire\"\n tags world\n"));
    scene_write(s, "rules.d/truce.rules", "%s", RULES);
    scene_start(s);
    paper_print(p, "g1", "A truce \u202efrom midnight", NULL);
    scene_run(s, 11 * MINUTE_MS);
    scene_until_acked(s, "truce g1", 1);
}

static void end(struct scene *s)
{
    scene_stop(s);
    scene_done(s);
}

static void lists_and_shows(void **state)
{
    (void)state;
    struct scene s;
    struct paper p;
    open_with_alert(&s, &p, "ctl-lists");
    const char *feed = first_of(&s, "feeds", "feeds", "id");
    const char *alert = first_of(&s, "alerts", "alerts", "id");
    const struct line lines[] = {
        {{"status"}, 0, "feedwatchd", "feeds"},
        {{"health"}, 0, "all is well", "ok"},
        {{"metrics"}, 0, "\nfeedwatch_alerts_total 1\n", NULL},
        {{"feeds", "list"}, 0, "World & Wire", "feeds"},
        {{"feeds", "list", "--state", "failing"}, 0, "no feed is like that", "feeds"},
        {{"feeds", "list", "--state", "broken"}, 64, "expected ok, failing, gone, paused or new", "error"},
        {{"feeds", "list", "--limit", "0"}, 64, "limit: expected 1 to 10000", "error"},
        {{"feeds", "list", "--tag", "world"}, 0, feed, "total"},
        {{"alerts", "list", "--feed", "World & Wire"}, 0, "A truce", "alerts"},
        {{"alerts", "list", "--severity", "loud"}, 64, "severity: expected debug", "error"},
        {{"feeds", "show", feed}, 0, "127.0.0.2", "id"},
        {{"feeds", "show", feed}, 0, "\ntags         world\n", "good_ms"},
        {{"feeds", "show", feed}, 0, "\nlast news    2026-", "changed_ms"},
        {{"feeds", "show", paper_url(&p)}, 0, feed, "url"},
        {{"feeds", "why", feed}, 0, "next poll", "reasons"},
        {{"feeds", "why", "World & Wire"}, 0, "next poll", "reasons"},
        {{"feeds", "why", "nobody"}, 66, "next: feedwatchctl feeds list", "error"},
        {{"alerts", "list"}, 0, "truce", "alerts"},
        {{"alerts", "list", "--since", "1h", "--rule", "truce"}, 0, "A truce", "alerts"},
        {{"alerts", "list", "--text", "armistice"}, 0, "no alerts", "alerts"},
        {{"alerts", "list", "--since", "soon"}, 64, "expected a time back", "error"},
        {{"alerts", "list", "--state", "snet"}, 64, "did you mean sent", "error"},
        {{"alerts", "show", alert}, 0, "[truce]", "payload"},
        {{"alerts", "show", alert}, 0, "done", "deliveries"},
        {{"alerts", "show", "alr_00000000000000000000000000"}, 66, "there is no alert", "error"},
        {{"alerts", "show", "x"}, 64, "next: feedwatchctl alerts list", "error"},
        {{"alerts", "tail"}, 0, "A truce \\u{202e}from midnight", "id"},
        {{"deliveries", "list"}, 0, "nothing waits", "deliveries"},
        {{"deliveries", "list", "--state", "done"}, 0, "desk", "deliveries"},
        {{"receivers", "list"}, 0, "desk", "receivers"},
        {{"receivers", "test", "desk"}, 0, "accepted: desk answered 2", "ok"},
        {{"receivers", "test", "syslog"}, 1, "syslog is no webhook", "error"},
        {{"receivers", "test", "dsk"}, 66, "did you mean desk?", "error"},
        {{"silence", "list"}, 0, "nothing is silenced", "silences"},
        {{"log", "level"}, 0, "info", "level"},
    };
    CHECK_LINES(&s, lines);
    end(&s);
}

static void changes_take_effect(void **state)
{
    (void)state;
    struct scene s;
    struct paper p;
    open_with_alert(&s, &p, "ctl-changes");
    const char *feed = first_of(&s, "feeds", "feeds", "id");
    const char *alert = first_of(&s, "alerts", "alerts", "id");
    const struct line lines[] = {
        {{"feeds", "pause", feed}, 0, "paused", NULL},
        {{"feeds", "list", "--state", "paused"}, 0, feed, NULL},
        {{"feeds", "why", feed}, 0, "it is paused; feedwatchctl feeds resume", NULL},
        {{"feeds", "resume", feed}, 0, "resumed", NULL},
        {{"feeds", "poll", feed}, 0, "polling", "id"},
        {{"feeds", "rm", feed}, 1, "configuration", "error"},
        {{"feeds", "add", "http://127.0.0.9:9/x", "--name", "Ninth"}, 0, "added", NULL},
        {{"feeds", "add", "http://127.0.0.9:9/x"}, 0, "known already", NULL},
        {{"feeds", "add", "ftp://x.example/"}, 64, "http", "error"},
        {{"feeds", "list"}, 0, "Ninth", NULL},
        {{"feeds", "add", "http://127.0.0.9:9/t", "--tag", "wire,east"}, 0, "added", NULL},
        {{"feeds", "list", "--tag", "east"}, 0, "http://127.0.0.9:9/t", NULL},
        {{"feeds", "rm", "http://127.0.0.9:9/t"}, 0, "removed", NULL},
        {{"feeds", "add", "http://127.0.0.9:9/t", "--tag", "x\nallow-private yes"}, 64, "cannot be kept", NULL},
        {{"feeds", "show", "Ninth"}, 0, "http://127.0.0.9:9/x", "id"},
        {{"feeds", "add", "http://127.0.0.9:9/y", "--name", "Ninth"}, 0, "added", NULL},
        {{"feeds", "rm", "Ninth"}, 1, "2 feeds have the name \"Ninth\"", "error"},
        {{"feeds", "rm", "http://127.0.0.9:9/y"}, 0, "removed", NULL},
        {{"feeds", "export"}, 0, "http://127.0.0.9:9/x", "opml"},
        {{"feeds", "rm", "http://127.0.0.9:9/x"}, 0, "removed", NULL},
        {{"feeds", "show", "http://127.0.0.9:9/x"}, 66, "no", "error"},
        {{"alerts", "resend", alert}, 0, "1 delivery is due now", NULL},
        {{"deliveries", "retry"}, 64, "name deliveries by id", NULL},
        {{"deliveries", "drop", "--receiver", ""}, 64, "the value of --receiver is empty: --receiver NAME", "error"},
        {{"deliveries", "drop", "."}, 64, "expected the number of a delivery", "error"},
        {{"alerts", "resend", alert, "--receiver="}, 64, "the value of --receiver is empty", "error"},
        {{"deliveries", "retry", "--all"}, 0, "due now", "deliveries"},
        {{"silence", "preview", "rule=truce"}, 0, "1 of the 1 alerts", "hidden"},
        {{"silence", "add", "rule=truce"}, 64, "needs an end", NULL},
        {{"silence", "add", "rle=truce", "--for", "2h"}, 64, "rule", "error"},
        {{"silence", "add", "rule=truce", "--for", "2x"}, 64, "for: expected a duration such as", "error"},
        {{"silence", "add", "rule=truce", "--until", "later"}, 64, "until: expected a date", "error"},
        {{"silence", "add", "rule=truce", "--until", "2020-01-01"}, 64, "2020-01-01 is over", "error"},
        {{"silence", "add", "rule=truce", "--for", "2h"}, 0, "until", NULL},
        {{"silence", "list"}, 0, "rule=truce", NULL},
        {{"silence", "expire", "1"}, 0, "rule=truce", NULL},
        {{"silence", "add", "rule=truc*", "--for", "2h"}, 0, "rule=truc*  until", NULL},
        {{"silence", "add", "rule=truse", "--for", "2h"}, 0, "no rule that runs is called so", "note"},
        {{"log", "level", "debug"}, 0, "debug", "level"},
        {{"log", "level", "loud"}, 64, "debug", "error"},
        {{"backup"}, 0, "backup", "path"},
    };
    CHECK_LINES(&s, lines);
    scene_run(&s, MINUTE_MS);
    scene_expect(&s, "debug poll feed=http://127.0.0.2:"); // whatever it brings
    assert_int_equal(receiver_report(&s.receiver).requests, 2);
    assert_int_equal(receiver_report(&s.receiver).ids, 1);
    end(&s);
}

static void a_feed_that_the_configuration_pauses_is_not_resumed_by_hand(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s, "ctl-paused");
    scene_config(&s, "feed http://127.0.0.9:9/p {\n name \"Ninth\"\n paused yes\n}\n");
    scene_start(&s);
    const struct line lines[] = {
        {{"feeds", "why", "Ninth"}, 0, "the configuration pauses it", NULL},
        {{"feeds", "resume", "Ninth"}, 1, "take `paused` out there", "error"},
        {{"status"}, 0, "1, 1 paused\n", NULL},
    };
    CHECK_LINES(&s, lines);
    end(&s);
}

// What the TCP face on 127.0.0.9, where nobody else listens, answers to a GET: head and body, in the scene's arena.
static struct str get_over_tcp(struct scene *s, int port, const char *path)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 8)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    dprintf(fd, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", path);
    struct buf text;
    buf_init(&text, 1 << 20);
    char piece[4096];
    for (ssize_t n; (n = read(fd, piece, sizeof piece)) > 0;)
        buf_add(&text, str_make(piece, (size_t)n));
    close(fd);
    struct str answer = arena_str(&s->arena, buf_str(&text));
    buf_done(&text);
    return answer;
}

static void who_reads_over_tcp_sees_no_path_of_a_webhook(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s, "ctl-tcp");
    int port = 20000 + (int)(getpid() % 20000), status;
    scene_config(&s, arena_fmt(&s.arena, "listen 127.0.0.9:%d\n", port).p);
    scene_start(&s);
    const char *const paths[] = {"/api/v1/status", "/api/v1/receivers"};
    for (size_t i = 0; i < 2; i++) {
        struct str answer = get_over_tcp(&s, port, paths[i]);
        bool has_host = str_find(answer, S("\"target\":\"http://")) < answer.n;
        if (!str_starts(answer, S("HTTP/1.1 200")) || !has_host || str_find(answer, S("/hook")) < answer.n)
            fail_msg("%s: %.*s", paths[i], STR_ARG(answer));
    }
    struct str own = scene_ctl(&s, &status, "receivers", "list", NULL);
    assert_true(str_find(own, S("/hook")) < own.n);
    end(&s);
}

static void who_reads_over_tcp_changes_nothing(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s, "ctl-tcp-log");
    int port = 20000 + (int)(getpid() % 20000);
    scene_config(&s, arena_fmt(&s.arena, "listen 127.0.0.9:%d\n", port).p);
    scene_start(&s);
    struct str answer = get_over_tcp(&s, port, "/api/v1/log?level=error");
    if (!str_starts(answer, S("HTTP/1.1 200")) || str_find(answer, S("\"level\":\"error\"")) < answer.n)
        fail_msg("%.*s", STR_ARG(answer));
    const struct line lines[] = {
        {{"log", "level"}, 0, "info\n", "level"},
        {{"log", "level", ""}, 64, "expected error, warning, notice, info or debug", "error"},
        {{"log", "level", "error"}, 0, "error\n", "level"},
        {{"log", "level"}, 0, "error\n", "level"},
    };
    CHECK_LINES(&s, lines);
    end(&s);
}

static void who_reads_over_tcp_sees_no_login_of_a_feed(void **state)
{
    (void)state;
    static struct scene s;
    scene_open(&s, "ctl-tcp");
    int port = 20000 + (int)(getpid() % 20000), status;
    scene_config(&s, arena_fmt(&s.arena, "listen 127.0.0.9:%d\nfeed \"http://me:HUSH@127.0.0.9:9/f?key=HUSH\" {\n"
                               " paused yes\n}\n", port).p);
    scene_start(&s);
    static const struct { const char *path, *head; } reads[] = {
        {"/", "HTTP/1.1 200"}, {"/api/v1/feeds", "HTTP/1.1 200"}, {"/api/v1/opml", "HTTP/1.1 403"},
    };
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        struct str answer = get_over_tcp(&s, port, reads[i].path);
        if (!str_starts(answer, str_of(reads[i].head)) || str_find(answer, S("HUSH")) < answer.n)
            fail_msg("%s: %.*s", reads[i].path, STR_ARG(answer));
    }
    struct str own = scene_ctl(&s, &status, "feeds", "export", NULL); // what is imported again is whole
    assert_true(status == 0 && str_find(own, S("http://me:HUSH@127.0.0.9:9/f?key=HUSH")) < own.n);
    end(&s);
}

static void an_answer_that_quotes_the_path_of_a_webhook_tells_nobody(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    scene_open(&s, "ctl-tcp");
    int port = 20000 + (int)(getpid() % 20000), status;
    origin_serve(&s.origin, "127.0.0.3", "/hooks/HUSH",
                 (struct origin_reply){.status = 404, .body = S("Cannot POST /hooks/HUSH")});
    const char *url = origin_url(&s.origin, "127.0.0.3", "/hooks/HUSH");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    scene_config(&s, arena_fmt(&s.arena, "listen 127.0.0.9:%d\nwebhook chat {\n url \"%s\"\n}\n%s", port, url,
                               paper_config(&p, "")).p);
    scene_write(&s, "rules.d/truce.rules", "rule truce {\n when truce\n notify chat\n}\n");
    scene_start(&s);
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_run(&s, 20 * MINUTE_MS);
    scene_expect(&s, "HTTP 404: Cannot POST ***");
    const char *alert = arena_fmt(&s.arena, "/api/v1/alerts/%s", first_of(&s, "alerts", "alerts", "id")).p;
    const char *const paths[] = {"/healthz", "/api/v1/status", "/api/v1/receivers", alert};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct str answer = get_over_tcp(&s, port, paths[i]);
        if (str_find(answer, S("Cannot POST ***")) == answer.n || str_find(answer, S("HUSH")) < answer.n)
            fail_msg("%s: %.*s", paths[i], STR_ARG(answer));
    }
    struct str own = scene_ctl(&s, &status, "receivers", "list", "--json", NULL); // there the address is whole
    assert_true(str_find(own, S("/hooks/HUSH")) < own.n);
    assert_null(strstr(buf_z(&s.log), "HUSH"));
    end(&s);
}

static void a_refused_reload_tells_no_secret(void **state)
{
    (void)state;
    static struct scene s;
    scene_open(&s, "ctl-tcp");
    int port = 20000 + (int)(getpid() % 20000), status;
    const char *listen = arena_fmt(&s.arena, "listen 127.0.0.9:%d\n", port).p;
    scene_config(&s, listen);
    scene_start(&s);
    static const char *const mistakes[] = {
        "feed http://me:HUSH@127.0.0.2/ {\n}\nfeed http://me:HUSH@127.0.0.2/ {\n}\n",
        "webhook other {\n url http://127.0.0.1/\n secret whsec_HUSH\n}\n",
        "webhook other {\n url http://127.0.0.1/\n header \"Authorization Bearer HUSH\"\n}\n",
        "feed http://127.0.0.2/ {\n credential bob:HUSH\n}\n",
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        scene_config(&s, arena_fmt(&s.arena, "%s%s", listen, mistakes[i]).p);
        struct str told[] = {
            scene_ctl(&s, &status, "reload", "--wait", NULL),
            get_over_tcp(&s, port, "/api/v1/status"),
            get_over_tcp(&s, port, "/healthz"),
        };
        scene_expect(&s, "reload refused, generation 1 goes on");
        for (size_t k = 0; k < 3; k++)
            if (str_find(told[k], S(": error: ")) == told[k].n || str_find(told[k], S("HUSH")) < told[k].n)
                fail_msg("%s", told[k].p);
    }
    assert_null(strstr(buf_z(&s.log), "HUSH"));
    scene_stop(&s);
    assert_int_equal(scene_start_fails(&s, NULL), 78); // the service manager has its standard error in the journal
    assert_null(strstr(buf_z(&s.log), "HUSH"));
    scene_done(&s);
}

// ---- tail --follow ----

struct following {
    struct child ctl;
    struct buf out, errors;
    const char *wanted;
};

static const char WAITS[] = "feedwatchctl: the daemon does not answer: waiting for it\n";

static void follow(struct scene *s, struct following *f)
{
    struct err err;
    const char *argv[] = {scene_built(s, "feedwatchctl"), "alerts", "tail", "-f", "--json", "--severity", "warning", NULL};
    const char *env[] = {arena_fmt(&s->arena, "FEEDWATCH_SOCKET=%s", scene_path(s, "control.sock")).p, NULL};
    buf_init(&f->out, 1 << 20);
    buf_init(&f->errors, 1 << 20);
    const struct child_spec spec = {.argv = argv, .env = env, .out = &f->out, .errors = &f->errors};
    assert_true(child_start(&f->ctl, &s->loop, &spec, &err));
}

static bool has_said(struct scene *s, const void *context)
{
    (void)s;
    const struct following *f = context;
    return strstr(buf_z(&f->out), f->wanted) || strstr(buf_z(&f->errors), f->wanted) || !f->ctl.is_running;
}

// Waits until it has said that, and is still there.
static void until_said(struct scene *s, struct following *f, const char *text)
{
    f->wanted = text;
    scene_until(s, text, has_said, f);
    if (!f->ctl.is_running)
        fail_msg("the tail ended with %d before \"%s\": %s%s", f->ctl.status, text, buf_z(&f->out), buf_z(&f->errors));
}

static size_t times_said(const struct buf *text, const char *what)
{
    size_t n = 0;
    for (const char *p = buf_z(text); (p = strstr(p, what)); p++)
        n++;
    return n;
}

static bool has_ended(struct scene *s, const void *ctl)
{
    (void)s;
    return !((const struct child *)ctl)->is_running;
}

static void follow_end(struct scene *s, struct following *f)
{
    child_signal(&f->ctl, 2); // Ctrl-C
    scene_until(s, "the end of tail", has_ended, &f->ctl);
    child_done(&f->ctl);
    buf_done(&f->out);
    buf_done(&f->errors);
}

// The next article comes out while the daemon is away, and is polled after its return.
static void print_and_return(struct scene *s, struct paper *p, const char *guid, const char *title)
{
    paper_print(p, guid, title, NULL);
    receiver_expect(&s->receiver, arena_fmt(&s->arena, "truce %s", guid).p);
    scene_start(s);
    scene_run(s, 11 * MINUTE_MS);
}

static void who_follows_alerts_goes_on_over_restarts(void **state)
{
    (void)state;
    static struct scene s;
    static struct following f;
    struct paper p;
    open_with_alert(&s, &p, "ctl-follow");
    follow(&s, &f);
    until_said(&s, &f, "from midnight");
    scene_stop(&s);
    until_said(&s, &f, WAITS);
    scene_write(&s, "rules.d/other.rules", "rule other {\n when second\n group none\n severity info\n notify desk\n}\n");
    receiver_expect(&s.receiver, "other g2");
    print_and_return(&s, &p, "g2", "A second truce");
    until_said(&s, &f, "A second truce");
    scene_kill(&s);
    buf_reset(&f.errors);
    until_said(&s, &f, WAITS);
    scene_live(&s, 2200); // it asks two times more, and says nothing
    print_and_return(&s, &p, "g3", "A third truce");
    until_said(&s, &f, "A third truce");
    assert_int_equal(times_said(&f.out, "\"id\":\"alr_"), 3); // each once
    assert_int_equal(times_said(&f.errors, "\n"), 1);
    follow_end(&s, &f);
    end(&s);
}

// The state is lost: the numbers of alerts begin anew, below those that were printed.
static void who_follows_alerts_misses_none_where_the_state_was_lost(void **state)
{
    (void)state;
    static struct scene s;
    static struct following f;
    struct paper p;
    open_with_alert(&s, &p, "ctl-follow-lost");
    paper_print(&p, "g2", "A second truce", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    follow(&s, &f);
    until_said(&s, &f, "A second truce");
    scene_stop(&s);
    folder_remove(scene_path(&s, "state"));
    s.now = wall_add(s.now, HOUR_MS);
    scene_start(&s); // the two are found in the first poll: kept, and listed
    scene_run(&s, 11 * MINUTE_MS);
    paper_print(&p, "g3", "A third truce", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    until_said(&s, &f, "A third truce");
    assert_int_equal(times_said(&f.out, "\"state\":\"baseline\""), 2);
    assert_int_equal(times_said(&f.out, "\"id\":\"alr_"), 5);
    follow_end(&s, &f);
    end(&s);
}

static void opml_goes_in_and_out(void **state)
{
    (void)state;
    struct scene s;
    struct paper p;
    open_with_alert(&s, &p, "ctl-opml");
    const char *file = scene_write(&s, "list.opml",
                                   "<opml version=\"2.0\"><body><outline text=\"w\">"
                                   "<outline type=\"rss\" text=\"One\" xmlUrl=\"http://127.0.0.9:9/1\"/>"
                                   "<outline type=\"rss\" text=\"Two\" xmlUrl=\"gopher://127.0.0.9/\"/>"
                                   "</outline></body></opml>");
    const char *other = scene_write(&s, "other.opml", "<opml version=\"2.0\"><body>"
                                    "<outline xmlUrl=\"http://127.0.0.9:9/other\"/></body></opml>");
    const struct line lines[] = {
        {{"feeds", "import", file}, 0, "1 added, 0 known already, 1 refused", NULL},
        {{"feeds", "import", file}, 0, "0 added, 1 known already, 1 refused", "refused"},
        {{"feeds", "list", "--tag", "east"}, 0, "no feed is like that", NULL},
        {{"feeds", "import", other, "--tag", "wire,east"}, 0, "1 added", NULL},
        {{"feeds", "list", "--tag", "east"}, 0, "http://127.0.0.9:9/other", NULL},
        {{"feeds", "import", "/nowhere"}, 66, "/nowhere: No such file", NULL},
        {{"feeds", "export"}, 0, "xmlUrl=\"http://127.0.0.9:9/1\"", NULL},
    };
    CHECK_LINES(&s, lines);
    end(&s);
}

enum { WORKERS = 2, CROWD = 30000 };

// A host whose feeds are that worker's.
static const char *host_of_worker(struct scene *s, unsigned worker)
{
    for (unsigned i = 2;; i++) {
        const char *url = arena_fmt(&s->arena, "http://127.0.1.%u:9/", i).p;
        if (shard_virtual(str_of(url)) % WORKERS == worker)
            return url;
    }
}

static void count_row(void *n, const struct str *columns, int n_columns)
{
    (void)columns, (void)n_columns;
    ++*(size_t *)n;
}

// The first worker has polled its feed while the next one still adds a crowd: what the poll found stays recorded.
static void a_poll_during_an_import_is_not_undone_by_its_end(void **state)
{
    (void)state;
    static struct scene s;
    struct buf list;
    scene_open(&s, "ctl-import");
    scene_config(&s, arena_fmt(&s.arena, "workers %d\n", WORKERS).p);
    scene_start(&s);
    const char *first = host_of_worker(&s, 0), *crowd = host_of_worker(&s, 1);
    buf_init(&list, 8 << 20);
    buf_addf(&list, "<opml version=\"2.0\"><body><outline xmlUrl=\"%sone\"/>", first);
    for (unsigned i = 0; i < CROWD; i++)
        buf_addf(&list, "<outline xmlUrl=\"%s%u\"/>", crowd, i);
    const char *file = scene_write(&s, "crowd.opml", "%s</body></opml>", buf_z(&list));
    buf_done(&list);
    const struct line lines[] = {{{"feeds", "import", file}, 0, "30001 added, 0 known already, 0 refused", NULL}};
    CHECK_LINES(&s, lines);
    scene_settle(&s);
    size_t n_rows = 0, n_polled = 0;
    scene_each_row(&s, "SELECT 1 FROM feed", count_row, &n_rows);
    scene_each_row(&s, "SELECT 1 FROM feed WHERE polled > 0 AND first_url LIKE '%one'", count_row, &n_polled);
    assert_int_equal(n_rows, 1 + CROWD);
    assert_int_equal(n_polled, 1);
    end(&s);
}

static void reload_waits_and_tells_all_errors(void **state)
{
    (void)state;
    struct scene s;
    struct paper p;
    open_with_alert(&s, &p, "ctl-reload");
    const struct line well[] = {{{"reload", "--wait"}, 0, "generation 2 runs", NULL}};
    CHECK_LINES(&s, well);
    scene_config(&s, "webhook away {\n url \"https://example.org/\"\n secret file:/nowhere\n}\n");
    const struct line warned[] = {{{"reload", "--wait"}, 0, "/nowhere cannot be read: No such file", "warnings"}};
    CHECK_LINES(&s, warned);
    scene_write(&s, "rules.d/truce.rules", "rule truce {\n wen truce\n}\nrule other {\n when (truce\n}\n");
    const struct line ill[] = {
        {{"reload", "--wait"}, 78, "truce.rules:2:2", "error"},
        {{"reload", "--wait"}, 78, "truce.rules:5", "error"},
        {{"status"}, 0, "the last reload was refused", "reload"},
        {{"health"}, 1, "reload", "reasons"},
    };
    CHECK_LINES(&s, ill);
    end(&s);
}

static void check_needs_no_daemon_and_finds_the_example_good(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s, "ctl-check");
    const char *example = arena_fmt(&s.arena, "%s/systemd/example/feedwatch.conf", getenv("FEEDWATCH_TOP")).p;
    const char *ill = scene_write(&s, "ill.conf", "workers many\nfed https://a.example/\n");
    const struct line lines[] = {
        {{"check", "--config", example}, 0, "0 errors, 0 warnings", "findings"},
        {{"check", "--config", ill}, 78, "ill.conf:1:9: error:", "findings"},
        {{"check", "--config", ill}, 78, "refused", "ok"},
        {{"check", "--config", "/nowhere.conf"}, 78, "/nowhere.conf", NULL},
    };
    CHECK_LINES(&s, lines);
    scene_done(&s);
}

static void without_a_daemon_it_says_so_and_how_to_go_on(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s, "ctl-down");
    const struct line lines[] = {
        {{"status"}, 69, "the daemon is not running: there is no socket at ", "error"},
        {{"status"}, 69, "next: systemctl start feedwatchd", "next"},
        {{"feeds", "list"}, 69, "without it: check, feeds parse, rules check", "error"},
        {{"feeds", "show", "a", "b"}, 69, "not running", NULL},
        {{"metrics"}, 69, "not running", NULL},
        {{"alerts", "tail", "-f"}, 69, "not running", NULL},
        {{"reload", "--wait"}, 69, "not running", NULL},
    };
    CHECK_LINES(&s, lines);
    scene_done(&s);
}

static void wrong_lines_say_what_was_meant(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s, "ctl-wrong");
    const struct line lines[] = {
        {{"feed", "list"}, 64, "did you mean \"feeds\"?\n  next: feedwatchctl --help\n", "error"},
        {{"feeds", "lst"}, 64, "did you mean \"list\"?\n  next: feedwatchctl feeds --help\n", "error"},
        {{"feeds", "parse", "/tmp"}, 66, "/tmp: Is a directory", "error"},
        {{"feeds", "why"}, 64, "\"feeds why\" needs FEED...\n  next: feedwatchctl feeds why --help\n", "error"},
        {{"alerts", "list", "--sine", "1h"}, 64, "did you mean \"--since\"?", "error"},
        {{"completion", "tcsh"}, 64, "bash, zsh and fish", NULL},
    };
    CHECK_LINES(&s, lines);
    scene_done(&s);
}

static void help_is_as_written(void **state)
{
    (void)state;
    struct scene s;
    scene_open(&s, "ctl-help");
    int status;
    struct str out = scene_ctl(&s, &status, "--help", NULL);
    assert_int_equal(status, 0);
    const char *path = arena_fmt(&s.arena, "%s/tests/golden/ctl/help.txt", getenv("FEEDWATCH_TOP")).p;
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s cannot be read", path);
    char golden[16 << 10];
    size_t n = fread(golden, 1, sizeof golden, file);
    fclose(file);
    if (!str_eq(out, str_make(golden, n)))
        fail_msg("the help is not that of %s; if it should change:  build/feedwatchctl --help >%s", path, path);
    for (struct str rest = out; rest.p;)
        assert_true(str_cut(&rest, '\n').n <= 80);
    scene_done(&s);
}

static bool has_tried(struct scene *s, const void *times)
{
    const struct receiver_alert *a = receiver_find(&s->receiver, "truce g1");
    return a && a->attempts == *(const unsigned *)times;
}

static void what_was_told_to_nobody_can_be_sent_by_hand(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    int status;
    scene_open(&s, "ctl-resend");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    paper_print(&p, "g1", "A truce from midnight", NULL); // out before the first poll: kept as baseline
    const char *more = arena_fmt(&s.arena, "webhook other {\n url \"%s\"\n secret \"file:%s/secret\"\n}\n%s",
                                 receiver_url(&s.receiver, "/other"), s.folder, paper_config(&p, "")).p;
    scene_config(&s, more);
    scene_write(&s, "rules.d/truce.rules", "%s", RULES);
    scene_start(&s);
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(receiver_report(&s.receiver).requests, 0);
    const char *alert = first_of(&s, "alerts", "alerts", "id");
    scene_write(&s, "rules.d/truce.rules", "rule other {\n when other\n}\n");
    scene_ctl(&s, &status, "reload", "--wait", NULL);
    const struct line rule_gone[] = {
        {{"alerts", "list"}, 0, "baseline", NULL},
        {{"alerts", "resend", alert}, 1, "no rule of the configuration says whom to tell", NULL},
    };
    CHECK_LINES(&s, rule_gone);
    scene_write(&s, "rules.d/truce.rules", "%s", RULES);
    scene_ctl(&s, &status, "reload", "--wait", NULL);
    const struct line to_desk[] = {
        {{"alerts", "resend", "--receiver", "nobody", alert}, 1, "receiver nobody is not in the configuration", NULL},
        {{"alerts", "resend", "--receiver", "syslog", alert}, 1, "receiver syslog is the log", NULL},
        {{"alerts", "resend", alert}, 0, "1 delivery is due now", NULL}, // as the rule says: not to the other
    };
    CHECK_LINES(&s, to_desk);
    scene_until(&s, "one to desk", has_tried, &(unsigned){1});
    scene_settle(&s);
    const struct line to_other[] = {
        {{"alerts", "resend", "--receiver", "other", alert}, 0, "1 delivery is due now", NULL},
    };
    CHECK_LINES(&s, to_other);
    scene_until(&s, "one to the other", has_tried, &(unsigned){2});
    scene_settle(&s);
    assert_int_equal(receiver_report(&s.receiver).changed_path, 1); // the same id, to each of the two
    assert_int_equal(receiver_report(&s.receiver).requests, 2);
    scene_stop(&s);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_needs_no_daemon_and_finds_the_example_good),
        cmocka_unit_test(without_a_daemon_it_says_so_and_how_to_go_on),
        cmocka_unit_test(wrong_lines_say_what_was_meant),
        cmocka_unit_test(help_is_as_written),
        cmocka_unit_test(lists_and_shows),
        cmocka_unit_test(changes_take_effect),
        cmocka_unit_test(a_feed_that_the_configuration_pauses_is_not_resumed_by_hand),
        cmocka_unit_test(who_reads_over_tcp_sees_no_path_of_a_webhook),
        cmocka_unit_test(who_reads_over_tcp_changes_nothing),
        cmocka_unit_test(who_reads_over_tcp_sees_no_login_of_a_feed),
        cmocka_unit_test(an_answer_that_quotes_the_path_of_a_webhook_tells_nobody),
        cmocka_unit_test(a_refused_reload_tells_no_secret),
        cmocka_unit_test(who_follows_alerts_goes_on_over_restarts),
        cmocka_unit_test(who_follows_alerts_misses_none_where_the_state_was_lost),
        cmocka_unit_test(opml_goes_in_and_out),
        cmocka_unit_test(a_poll_during_an_import_is_not_undone_by_its_end),
        cmocka_unit_test(what_was_told_to_nobody_can_be_sent_by_hand),
        cmocka_unit_test(reload_waits_and_tells_all_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
