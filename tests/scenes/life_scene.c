// SPDX-License-Identifier: MIT
//
// Start, stop, second start: the life of the process.
#include "tests/tools/check.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/shard.h"
#include "tests/tools/folder.h"
#include "tests/tools/paper.h"

enum { EXIT_REFUSED = 1, EXIT_AGAIN = 75 };

static const char RULES[] = "rule truce {\n when truce\n group none\n notify desk\n}\n";

static void open_with_paper(struct scene *s, struct paper *p, const char *name)
{
    scene_open(s, name);
    paper_open(p, s, "127.0.0.2", PRESS_RSS);
    scene_config(s, paper_config(p, ""));
    scene_write(s, "rules.d/truce.rules", "%s", RULES);
    scene_start(s);
}

static void second_daemon_is_refused_and_names_the_first(void **state)
{
    (void)state;
    static struct scene first, second;
    struct paper p;
    open_with_paper(&first, &p, "second");
    // A stage of its own, whose daemon is given the first one's configuration.
    scene_open(&second, "second-b");
    folder_remove(second.folder);
    memcpy(second.folder, first.folder, sizeof second.folder);
    assert_int_equal(scene_start_fails(&second, NULL), EXIT_REFUSED);
    char pid[32];
    snprintf(pid, sizeof pid, "%d", (int)scene_pid(&first));
    assert_true(scene_says(&second, pid));
    second.folder[0] = '\0'; // it is the first one's to remove
    scene_done(&second);

    // The first one was not disturbed.
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_run(&first, 11 * MINUTE_MS);
    assert_int_equal(receiver_acked(&first.receiver, "truce g1"), 1);
    scene_stop(&first);
    scene_done(&first);
}

static void state_of_a_killed_daemon_is_taken_over(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    open_with_paper(&s, &p, "takeover");
    scene_kill(&s);
    s.now = wall_add(s.now, 20 * MINUTE_MS);
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_start(&s);
    scene_run(&s, 2 * SHARD_HOST_GAP_MS); // hosts rest first
    scene_until_acked(&s, "truce g1", 1);
    scene_stop(&s);
    scene_done(&s);
}

static bool is_asking(struct scene *s, const void *paper)
{
    (void)s;
    return paper_polls(paper) == 2;
}

static bool is_posting(struct scene *s, const void *context)
{
    (void)context;
    return s->receiver.counts.requests > 0;
}

static void stop_during_a_poll_loses_nothing(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    open_with_paper(&s, &p, "stop-poll");
    p.manner = (struct origin_reply){.fault = ORIGIN_HOLD, .fault_at = 200};
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_run_begin(&s, 11 * MINUTE_MS);
    scene_until(&s, "the second poll", is_asking, &p);
    scene_stop(&s);
    p.manner = (struct origin_reply){0};
    paper_serve(&p);
    s.now = wall_add(s.now, 30 * MINUTE_MS);
    scene_start(&s);
    scene_until_acked(&s, "truce g1", 1);
    scene_stop(&s);
    scene_done(&s);
}

static void stop_during_a_delivery_loses_nothing_and_keeps_the_id(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    open_with_paper(&s, &p, "stop-delivery");
    receiver_plan(&s.receiver, (struct receiver_plan){.fault = RECEIVER_NO_ANSWER, .times = 1});
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_run_begin(&s, 11 * MINUTE_MS);
    scene_until(&s, "the first attempt", is_posting, NULL);
    scene_stop(&s);
    s.now = wall_add(s.now, 30 * MINUTE_MS);
    scene_start(&s);
    scene_until_acked(&s, "truce g1", 1);
    assert_int_equal(receiver_report(&s.receiver).ids, 1);
    assert_int_equal(receiver_report(&s.receiver).changed_body, 0);
    scene_stop(&s);
    scene_done(&s);
}

// Sends a request on a connection to the control socket.
static void send_request(int fd, const char *path)
{
    char request[128];
    int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    assert_int_equal(send(fd, request, (size_t)n, 0), n);
}

// Connects, and asks once so that the daemon has taken the connection.
static int connect_to_daemon(struct scene *s)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char answer[4096];
    snprintf(address.sun_path, sizeof address.sun_path, "%s/control.sock", s->folder);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    send_request(fd, "/");
    assert_true(recv(fd, answer, sizeof answer, 0) > 0);
    return fd;
}

// All threads of the process stand.
static bool is_standing(struct scene *s, const void *context)
{
    (void)context;
    char line[512];
    FILE *f = fopen(arena_fmt(&s->arena, "/proc/%d/stat", (int)scene_pid(s)).p, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    fclose(f);
    return strstr(line, ") T ") != NULL;
}

static void on_tick(uv_timer_t *timer) { (void)timer; }

// Question and SIGTERM come in one turn of main's loop, so that the question comes home when all others have ended.
static void what_is_asked_as_the_stop_begins_touches_nothing_that_is_gone(void **state)
{
    static const char *const questions[] = {"/api/v1/rules", "/api/v1/status", "/api/v1/health", "/metrics",
                                            "/api/v1/receivers", "/api/v1/feeds", "/api/v1/alerts"};
    enum { QUESTIONS = sizeof questions / sizeof *questions };
    (void)state;
    static struct scene s;
    static uv_timer_t tick;
    scene_open(&s, "asked-at-stop");
    scene_config(&s, "feed http://127.0.0.2:9/a {\n tags here\n}\n");
    scene_write(&s, "rules.d/far.rules", "rule far {\n feeds tag:nowhere\n when truce\n notify desk\n}\n");
    s.env[s.n_env++] = "MALLOC_PERTURB_=85"; // what is used after it was freed is seen
    uv_timer_init(&s.loop, &tick);
    uv_timer_start(&tick, on_tick, 1, 1);
    for (int i = 0; i < QUESTIONS; i++) {
        scene_start(&s);
        int fd = connect_to_daemon(&s);
        scene_signal(&s, SIGSTOP);
        scene_until(&s, "a standing daemon", is_standing, NULL);
        send_request(fd, questions[i]);
        scene_signal(&s, SIGTERM);
        scene_signal(&s, SIGCONT);
        if (scene_wait_end(&s, SCENE_STOP_MS) != 0)
            fail_msg("asked for %s, it ended with %d", questions[i], s.daemon.status);
        close(fd);
    }
    uv_close((uv_handle_t *)&tick, NULL);
    scene_done(&s);
}

static bool is_holding_reloads(struct scene *s, const void *context)
{
    (void)context;
    char status[4096];
    FILE *f = fopen(arena_fmt(&s->arena, "/proc/%d/status", (int)scene_pid(s)).p, "r");
    size_t n = f ? fread(status, 1, sizeof status - 1, f) : 0;
    if (f)
        fclose(f);
    status[n] = 0;
    const char *blocked = strstr(status, "SigBlk:");
    return blocked && strtoull(blocked + sizeof "SigBlk:", NULL, 16) >> (SIGHUP - 1) & 1;
}

// Not ready yet, it would be ended by such a signal: systemd may be told to reload while it starts.
static void a_reload_asked_for_during_the_start_is_done_after_it(void **state)
{
    (void)state;
    static struct scene s;
    static uv_timer_t tick;
    struct paper p;
    sqlite3 *db;
    open_with_paper(&s, &p, "early");
    uv_timer_init(&s.loop, &tick);
    uv_timer_start(&tick, on_tick, 1, 1);
    scene_stop(&s);
    assert_int_equal(sqlite3_open(scene_path(&s, "state/state.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK); // the start waits for that
    scene_launch(&s);
    scene_until(&s, "signals that wait", is_holding_reloads, NULL);
    scene_signal(&s, SIGHUP);
    scene_signal(&s, SIGUSR1);
    sqlite3_close(db);
    scene_expect(&s, "ready");
    scene_expect(&s, "reloaded");
    uv_close((uv_handle_t *)&tick, NULL);
    scene_settle(&s);
    scene_stop(&s);
    scene_done(&s);
}

static void restart_polls_nobody_before_its_time(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    open_with_paper(&s, &p, "interval");
    for (int i = 0; i < 5; i++) {
        scene_run(&s, MINUTE_MS);
        if (i % 2)
            scene_stop(&s);
        else
            scene_kill(&s);
        s.now = wall_add(s.now, 20 * SECOND_MS);
        scene_start(&s);
    }
    assert_int_equal(paper_polls(&p), 1);
    scene_run(&s, 6 * MINUTE_MS);
    assert_int_equal(paper_polls(&p), 2);
    scene_stop(&s);
    scene_done(&s);
}

static size_t polls_of(const struct paper *one, const struct paper *other)
{
    return paper_polls(one) + paper_polls(other);
}

// Two feeds of one host, of which the second waits for the host's gap: the next life keeps it, whatever it knows.
static void a_quick_restart_asks_no_host_again_within_its_gap(void **state)
{
    enum { RESTART_MS = 200 };
    (void)state;
    static struct scene s;
    struct paper one, other;
    scene_open(&s, "quick");
    paper_open(&one, &s, "127.0.0.2", PRESS_RSS);
    paper_open(&other, &s, "127.0.0.2", PRESS_RSS);
    other.path = "/other";
    paper_serve(&other);
    scene_config(&s, arena_fmt(&s.arena, "%s%s", paper_config(&one, ""), paper_config(&other, "")).p);
    scene_write(&s, "rules.d/truce.rules", "%s", RULES);
    scene_start(&s);
    assert_int_equal(polls_of(&one, &other), 1);
    for (int i = 0; i < 4; i++) { // the rest begins anew each time
        if (i % 2)
            scene_stop(&s);
        else
            scene_kill(&s);
        s.now = wall_add(s.now, RESTART_MS);
        scene_start(&s);
        assert_int_equal(polls_of(&one, &other), 1);
    }
    scene_run(&s, SHARD_HOST_GAP_MS - RESTART_MS);
    assert_int_equal(polls_of(&one, &other), 1);
    scene_run(&s, SHARD_HOST_GAP_MS);
    assert_int_equal(polls_of(&one, &other), 2);
    scene_stop(&s);
    scene_done(&s);
}

// Its last sign of life is up to a minute old then, and its last poll, which changed nothing, just now.
static void a_start_after_a_kill_asks_no_host_within_its_gap(void **state)
{
    enum { RESTART_MS = 200 };
    (void)state;
    static struct scene s;
    struct paper one, other;
    open_with_paper(&s, &one, "killed");
    for (int i = 0; i < 1200 && paper_polls(&one) < 2; i++)
        scene_run(&s, SECOND_MS);
    assert_int_equal(paper_polls(&one), 2);
    scene_kill(&s);
    paper_open(&other, &s, "127.0.0.2", PRESS_RSS);
    other.path = "/other";
    paper_serve(&other);
    scene_config(&s, arena_fmt(&s.arena, "%s%s", paper_config(&one, ""), paper_config(&other, "")).p);
    s.now = wall_add(s.now, RESTART_MS);
    scene_start(&s);
    assert_int_equal(polls_of(&one, &other), 2);
    scene_run(&s, SHARD_HOST_GAP_MS - RESTART_MS);
    assert_int_equal(polls_of(&one, &other), 2);
    scene_run(&s, SHARD_HOST_GAP_MS);
    assert_int_equal(polls_of(&one, &other), 3);
    scene_stop(&s);
    scene_done(&s);
}

static void wrong_clock_starts_no_storm_and_loses_nothing(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    open_with_paper(&s, &p, "clock");
    scene_wrong_clock(&s, -HOUR_MS);
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_run(&s, 2LL * HOUR_MS);
    assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 1);
    size_t before = paper_polls(&p);
    scene_wrong_clock(&s, HOUR_MS);
    assert_in_range(paper_polls(&p), before, before + 1);
    paper_print(&p, "g2", "Another truce", NULL);
    scene_run(&s, 30 * MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, "truce g2"), 1);
    assert_int_equal(receiver_report(&s.receiver).requests, 2);
    scene_stop(&s);
    scene_done(&s);
}

// A clock that was years ahead for a while: what it left behind stops neither feeds nor rows.
static void clock_that_was_years_ahead(const char *name, bool is_killed)
{
    static const int64_t years = 700LL * DAY_MS;
    static struct scene s;
    struct paper p;
    size_t held;
    scene_open(&s, name);
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    scene_config(&s, paper_config(&p, ""));
    scene_write(&s, "rules.d/truce.rules", "%srule flood {\n when flood\n throttle 1/24h\n notify desk\n}\n", RULES);
    scene_start(&s);
    scene_wrong_clock(&s, years);
    receiver_plan(&s.receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 503});
    paper_print(&p, "g1", "A truce from midnight", NULL);
    paper_print(&p, "f1", "A flood in the north", NULL);
    paper_print(&p, "f2", "Another flood, in the south", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 0); // waits for its next try
    scene_rows(&s, "SELECT alert FROM delivery WHERE state = 1", &held);
    assert_int_equal(held, 1); // and one for a digest
    scene_wrong_clock(&s, -years);
    if (is_killed)
        scene_kill(&s);
    receiver_be_well(&s.receiver);
    paper_print(&p, "g2", "Another truce", NULL);
    if (is_killed)
        scene_start(&s);
    scene_run(&s, HOUR_MS);
    assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 1);
    assert_int_equal(receiver_acked(&s.receiver, "truce g2"), 1);
    scene_rows(&s, "SELECT alert FROM delivery WHERE state = 1", &held);
    assert_int_equal(held, 0);
    scene_stop(&s);
    scene_start(&s);
    paper_print(&p, "g3", "A third truce", NULL);
    scene_run(&s, HOUR_MS);
    assert_int_equal(receiver_acked(&s.receiver, "truce g3"), 1);
    scene_stop(&s);
    scene_done(&s);
}

static void clock_that_was_years_ahead_stops_nothing(void **state)
{
    (void)state;
    clock_that_was_years_ahead("ahead", false);
}

static void clock_that_was_years_ahead_stops_nothing_after_a_kill(void **state)
{
    (void)state;
    clock_that_was_years_ahead("ahead-kill", true);
}

static void change_store(struct scene *s, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(scene_path(s, "state/state.db"), &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 10000);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

// All pages but the first, which says what the file is, become noise; what the daemon has of them in memory is old.
static void damage_store(struct scene *s)
{
    change_store(s, "UPDATE meta SET value = value + 1 WHERE name = 'heartbeat'; PRAGMA wal_checkpoint(TRUNCATE)");
    int fd = open(scene_path(s, "state/state.db"), O_WRONLY);
    char noise[4096];
    memset(noise, 0xa5, sizeof noise);
    off_t size = lseek(fd, 0, SEEK_END);
    for (off_t at = sizeof noise; at < size; at += (off_t)sizeof noise)
        assert_int_equal(pwrite(fd, noise, sizeof noise, at), sizeof noise);
    close(fd);
}

static bool has_ended(struct scene *s, const void *context)
{
    (void)context;
    return !scene_is_running(s);
}

// A store that no waiting mends: the daemon ends so that it is started again, and goes on.
static void store_lost_while_it_runs(const char *name, void (*lose)(struct scene *s), const char *said)
{
    static struct scene s;
    struct paper p;
    int status;
    open_with_paper(&s, &p, name);
    scene_ctl(&s, &status, "backup", NULL);
    assert_int_equal(status, 0);
    lose(&s);
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_run_begin(&s, 11 * MINUTE_MS);
    scene_until(&s, "the end of the daemon", has_ended, NULL);
    assert_int_equal(scene_wait_end(&s, SCENE_STOP_MS), EXIT_AGAIN);
    assert_int_equal(receiver_acked(&s.receiver, NULL), 0);
    s.now = wall_add(s.now, 11 * MINUTE_MS);
    scene_launch(&s);
    if (said)
        scene_expect(&s, said);
    scene_expect(&s, "ready");
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 1);
    scene_stop(&s);
    scene_done(&s);
}

static void a_store_damaged_while_it_runs_is_repaired_by_the_next_start(void **state)
{
    (void)state;
    store_lost_while_it_runs("damaged", damage_store, "took its place");
}

// What was told before is not told again under other ids, whatever a feed's first poll would tell, and however often it
// is started before the feed answers.
static void a_lost_store_makes_each_feed_learn_before_it_tells(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    scene_open(&s, "lost");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    scene_config(&s, paper_config(&p, "first-run all\n"));
    scene_write(&s, "rules.d/truce.rules", "%s", RULES);
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_start(&s);
    scene_until_acked(&s, "truce g1", 1);
    scene_stop(&s);
    damage_store(&s);
    p.manner.status = 503;
    paper_serve(&p);
    s.now = wall_add(s.now, HOUR_MS);
    scene_launch(&s);
    scene_expect(&s, "there is no whole backup");
    scene_expect(&s, "ready");
    scene_settle(&s);
    scene_kill(&s);
    p.manner.status = 0;
    paper_serve(&p);
    s.now = wall_add(s.now, HOUR_MS);
    scene_start(&s);
    scene_run(&s, HOUR_MS);
    assert_int_equal(receiver_report(&s.receiver).requests, 1);
    paper_print(&p, "g2", "Another truce", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    assert_int_equal(receiver_acked(&s.receiver, "truce g2"), 1);
    assert_int_equal(receiver_report(&s.receiver).requests, 2);
    scene_stop(&s);
    scene_done(&s);
}

static void claim_store(struct scene *s) { change_store(s, "UPDATE meta SET value = value + 1 WHERE name = 'epoch'"); }

static void a_store_that_another_process_claimed_is_left(void **state)
{
    (void)state;
    store_lost_while_it_runs("claimed", claim_store, NULL);
}

static void sleeping_machine_wakes_to_one_poll_a_feed(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    open_with_paper(&s, &p, "asleep");
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_jump(&s, 8LL * HOUR_MS);
    scene_run(&s, 6 * MINUTE_MS);
    assert_int_equal(paper_polls(&p), 2);
    assert_int_equal(receiver_acked(&s.receiver, "truce g1"), 1);
    scene_stop(&s);
    scene_done(&s);
}

static void status_and_lists_answer_while_it_runs(void **state)
{
    static const char *const commands[][3] = {
        {"status", "--json", NULL}, {"feeds", "list", "--json"}, {"alerts", "list", "--json"}, {"status", NULL, NULL},
    };
    (void)state;
    static struct scene s;
    struct paper p;
    open_with_paper(&s, &p, "ctl");
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        int status;
        struct str out = scene_ctl(&s, &status, commands[i][0], commands[i][1], commands[i][2], NULL);
        if (status != 0 || out.n == 0)
            fail_msg("feedwatchctl %s: status %d, %.*s", commands[i][0], status, STR_ARG(out));
    }
    int status;
    struct str alerts = scene_ctl(&s, &status, "alerts", "list", "--json", NULL);
    assert_true(str_find(alerts, S("A truce from midnight")) < alerts.n);
    scene_stop(&s);
    scene_ctl(&s, &status, "status", NULL);
    assert_int_equal(status, 69);
    scene_done(&s);
}

static void alerts_are_kept_as_long_as_the_configuration_says(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    int status;
    scene_open(&s, "retention");
    paper_open(&p, &s, "127.0.0.2", PRESS_RSS);
    const char *feed = paper_config(&p, "");
    scene_config(&s, feed);
    scene_write(&s, "rules.d/truce.rules", "%s", RULES);
    scene_start(&s);
    paper_print(&p, "g1", "A truce from midnight", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    scene_until_acked(&s, "truce g1", 1);
    scene_jump(&s, 25 * HOUR_MS);
    paper_print(&p, "g2", "Another truce", NULL);
    scene_run(&s, 11 * MINUTE_MS);
    scene_until_acked(&s, "truce g2", 1);
    struct str list = scene_ctl(&s, &status, "alerts", "list", NULL);
    assert_true(str_find(list, S("A truce from midnight")) < list.n);
    // The retention is shortened while it runs.
    struct buf more;
    buf_init(&more, 1 << 16);
    buf_addf(&more, "retention 1d\n%s", feed);
    scene_config(&s, buf_z(&more));
    buf_done(&more);
    scene_ctl(&s, &status, "reload", "--wait", NULL);
    assert_int_equal(status, 0);
    scene_run(&s, 11 * MINUTE_MS);
    list = scene_ctl(&s, &status, "alerts", "list", NULL);
    assert_int_equal(str_find(list, S("A truce from midnight")), list.n);
    assert_true(str_find(list, S("Another truce")) < list.n);
    scene_stop(&s);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(second_daemon_is_refused_and_names_the_first),
        cmocka_unit_test(state_of_a_killed_daemon_is_taken_over),
        cmocka_unit_test(stop_during_a_poll_loses_nothing),
        cmocka_unit_test(stop_during_a_delivery_loses_nothing_and_keeps_the_id),
        cmocka_unit_test(what_is_asked_as_the_stop_begins_touches_nothing_that_is_gone),
        cmocka_unit_test(a_reload_asked_for_during_the_start_is_done_after_it),
        cmocka_unit_test(restart_polls_nobody_before_its_time),
        cmocka_unit_test(a_quick_restart_asks_no_host_again_within_its_gap),
        cmocka_unit_test(a_start_after_a_kill_asks_no_host_within_its_gap),
        cmocka_unit_test(wrong_clock_starts_no_storm_and_loses_nothing),
        cmocka_unit_test(clock_that_was_years_ahead_stops_nothing),
        cmocka_unit_test(clock_that_was_years_ahead_stops_nothing_after_a_kill),
        cmocka_unit_test(a_store_damaged_while_it_runs_is_repaired_by_the_next_start),
        cmocka_unit_test(a_lost_store_makes_each_feed_learn_before_it_tells),
        cmocka_unit_test(a_store_that_another_process_claimed_is_left),
        cmocka_unit_test(sleeping_machine_wakes_to_one_poll_a_feed),
        cmocka_unit_test(status_and_lists_answer_while_it_runs),
        cmocka_unit_test(alerts_are_kept_as_long_as_the_configuration_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
