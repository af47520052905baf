// SPDX-License-Identifier: MIT
//
// A receiver that is not ours (../shared/tools/receiver.mjs, on node's own crypto) accepts every signature, in real
// time, through 503s and lost answers. Skipped, with a line, where it or node is not there.
#include "tests/tools/check.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/tools/folder.h"
#include "tests/tools/paper.h"

enum { ALERTS = 30 };

struct stage {
    struct scene s;
    struct paper p;
    struct child node;
    struct buf report, errors;
    const char *port_file, *journal;
};

static bool has_port(struct scene *s, const void *context)
{
    (void)s;
    return access(((const struct stage *)context)->port_file, R_OK) == 0;
}

// Starts it. False: it is not there.
static bool peer_start(struct stage *t)
{
    const char *top = getenv("FEEDWATCH_TOP");
    struct err err;
    struct scene *s = &t->s;
    const char *script = arena_fmt(&s->arena, "%s/../shared/tools/receiver.mjs", top ? top : ".").p;
    const char *argv[] = {"/usr/bin/node", script, "--port-file", t->port_file, "--secret", SCENE_SECRET, "--journal",
                          t->journal, "--fault", "status=503,p=0.2,first", "--fault", "lostack,p=0.1,first", "--key",
                          "/data/alert/id", "--duration", "120", NULL};
    if (access(script, R_OK) != 0 || access(argv[0], X_OK) != 0)
        return false;
    struct child_spec spec = {.argv = argv, .out = &t->report, .errors = &t->errors};
    if (!child_start(&t->node, &s->loop, &spec, &err))
        fail_msg("%s", err.text);
    scene_until(s, "the receiver's port", has_port, t);
    return true;
}

// Counts the alerts whose acceptance the sender knows of, by its journal: a lost answer is followed by a repeat.
static bool are_accepted(struct scene *s, const void *context)
{
    (void)s;
    struct buf text;
    size_t n = 0;
    buf_init(&text, 16 << 20);
    file_read(((const struct stage *)context)->journal, &text);
    for (struct str rest = buf_str(&text); rest.p && rest.n;) {
        struct str line = str_cut(&rest, '\n');
        n += str_find(line, S("\"ack\":true")) < line.n && str_find(line, S("lostack")) == line.n;
    }
    buf_done(&text);
    return n >= ALERTS;
}

static bool has_reported(struct scene *s, const void *context)
{
    (void)s;
    const struct child *c = context;
    return !c->is_running && uv_is_closing((const uv_handle_t *)&c->out);
}

static void print_and_configure(struct stage *t)
{
    struct scene *s = &t->s;
    struct buf port;
    buf_init(&port, 64);
    file_read(t->port_file, &port);
    s->is_real_time = true;
    paper_open(&t->p, s, "127.0.0.2", PRESS_RSS);
    scene_config(s, arena_fmt(&s->arena,
                              "feed %s {\n allow-private yes\n every 1s\n floor 1s\n}\n"
                              "webhook peer {\n url http://127.0.0.1:%.*s/hook\n secret \"file:%s\"\n}\n",
                              paper_url(&t->p), STR_ARG(str_trim(buf_str(&port))), scene_path(s, "secret")).p);
    scene_write(s, "rules.d/truce.rules", "rule truce {\n when truce\n group none\n throttle 1000/1h\n notify peer\n}\n");
    buf_done(&port);
}

static void judge(struct stage *t)
{
    json_t *report = json_loadb(t->report.p, t->report.n, 0, NULL);
    const json_t *signatures = json_object_get(report, "signature");
    printf("peer: %lld requests, %lld accepted, signatures good in %lld\n",
           (long long)json_integer_value(json_object_get(report, "requests")),
           (long long)json_integer_value(json_object_get(report, "acked_ids")),
           (long long)json_integer_value(json_object_get(signatures, "ok")));
    if (t->node.status != 0)
        fail_msg("it found promises broken:\n%s", buf_z(&t->report));
    assert_int_equal(json_integer_value(json_object_get(report, "acked_ids")), ALERTS);
    assert_int_equal(json_object_size(signatures), 1); // "ok" alone
    json_decref(report);
}

static void peer_receiver_accepts_every_signature(void **state)
{
    (void)state;
    static struct stage t;
    scene_open(&t.s, "peer");
    buf_init(&t.report, 1 << 20);
    buf_init(&t.errors, 1 << 20);
    t.port_file = scene_path(&t.s, "port");
    t.journal = scene_path(&t.s, "peer.journal");
    if (!peer_start(&t)) {
        printf("skipped: node or ../shared/tools/receiver.mjs is not there\n");
        scene_done(&t.s);
        return;
    }
    print_and_configure(&t);
    scene_start(&t.s);
    scene_expect(&t.s, "baseline");
    paper_print_many(&t.p, "peer", "truce", ALERTS);
    scene_until(&t.s, "thirty alerts accepted", are_accepted, &t);
    child_signal(&t.node, SIGTERM);
    scene_until(&t.s, "the receiver's report", has_reported, &t.node);
    judge(&t);
    child_done(&t.node);
    scene_stop(&t.s);
    buf_done(&t.report);
    buf_done(&t.errors);
    scene_done(&t.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(peer_receiver_accepts_every_signature)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
