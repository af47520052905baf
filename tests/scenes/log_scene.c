// SPDX-License-Identifier: MIT
//
// Where the log of the real daemon goes, and who waits for it.
#include "tests/tools/check.h"

#include <signal.h>
#include <unistd.h>

#include "tests/tools/folder.h"
#include "tests/tools/paper.h"

static bool has_ended(struct scene *s, const void *context)
{
    (void)context;
    return !scene_is_running(s);
}


enum { RULES_N = 60, ARTICLES = 40 }; // the lines of their alerts are more than the way to the reader holds

static void open_with_many_lines(struct scene *s, struct paper *p, const char *name)
{
    struct buf rules;
    scene_open(s, name);
    paper_open(p, s, "127.0.0.2", PRESS_RSS);
    buf_init(&rules, 1 << 20);
    for (int i = 0; i < RULES_N; i++)
        buf_addf(&rules, "rule r%d {\n when truce\n group none\n throttle off\n notify desk syslog\n}\n", i);
    scene_write(s, "rules.d/truce.rules", "%s", buf_z(&rules));
    buf_done(&rules);
    s->is_real_time = true; // a stepped clock waits for the log
    s->receiver.daemon_clock = NULL;
}

// Starts it as `feedwatchd --foreground 2>&1 | less` that nobody pages on, and lets it say more than that holds.
static void start_with_unread_log(struct scene *s, struct paper *p, const char *name)
{
    int status;
    open_with_many_lines(s, p, name);
    scene_config(s, paper_config(p, ""));
    scene_start(s);
    scene_expect(s, "baseline");
    uv_read_stop((uv_stream_t *)&s->daemon.errors);
    paper_print_many(p, "m", "truce", ARTICLES);
    scene_ctl(s, &status, "feeds", "poll", "--force", paper_url(p), NULL);
    assert_int_equal(status, 0);
    scene_until_acked(s, NULL, (size_t)RULES_N * ARTICLES);
}

static void a_log_that_nobody_reads_holds_nobody_up(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    int status;
    start_with_unread_log(&s, &p, "unread-log");
    size_t before = s.log.n;
    paper_print(&p, "last", "A truce from midnight", NULL);
    scene_ctl(&s, &status, "feeds", "poll", "--force", paper_url(&p), NULL);
    scene_until_acked(&s, "r0 last", 1);
    assert_int_equal(s.log.n, before);
    uint64_t asked = uv_now(&s.loop);
    scene_signal(&s, SIGTERM);
    scene_until(&s, "the daemon's end", has_ended, NULL);
    assert_int_equal(s.daemon.status, 0);
    assert_true(uv_now(&s.loop) - asked < SCENE_STOP_MS);
    scene_done(&s);
}

static bool has_no_socket(struct scene *s, const void *context)
{
    (void)context;
    return access(scene_path(s, "control.sock"), F_OK) != 0;
}

// A person who presses Ctrl-C twice, a log rotation: the stop goes on to its end.
static void a_signal_during_the_stop_does_not_end_it(void **state)
{
    (void)state;
    static const int numbers[] = {SIGUSR1, SIGHUP, SIGINT, SIGTERM};
    static struct scene s;
    struct paper p;
    start_with_unread_log(&s, &p, "signal-stop");
    scene_signal(&s, SIGTERM);
    scene_until(&s, "the stop", has_no_socket, NULL);
    assert_true(scene_is_running(&s)); // for LOG_STOP_MS yet
    for (size_t i = 0; i < 4; i++)
        scene_signal(&s, numbers[i]);
    scene_until(&s, "the daemon's end", has_ended, NULL);
    assert_int_equal(s.daemon.status, 0);
    scene_done(&s);
}

// As the unread log, with --once.
static void once_waits_for_no_reader_that_never_comes(void **state)
{
    (void)state;
    static struct scene s;
    struct paper p;
    open_with_many_lines(&s, &p, "once-unread");
    paper_print_many(&p, "m", "truce", ARTICLES);
    scene_config(&s, paper_config(&p, "first-run all\n"));
    s.mode = "--once";
    scene_launch(&s);
    uv_read_stop((uv_stream_t *)&s.daemon.errors);
    scene_until_acked(&s, NULL, (size_t)RULES_N * ARTICLES);
    uint64_t all_done = uv_now(&s.loop);
    scene_until(&s, "the daemon's end", has_ended, NULL);
    assert_int_equal(s.daemon.status, 0);
    assert_true(uv_now(&s.loop) - all_done < SCENE_STOP_MS);
    assert_int_equal(s.log.n, 0);
    scene_done(&s);
}

// The target that a configuration names, in place of the one before.
static void name_target(struct scene *s, const char *target)
{
    const char *path = scene_path(s, "feedwatch.conf");
    struct buf text;
    buf_init(&text, 1 << 16);
    assert_true(file_read(path, &text));
    struct str all = buf_str(&text);
    size_t at = str_find(all, S("\nlog "));
    struct str rest = str_from(all, at + 1);
    assert_true(at < all.n);
    scene_write(s, "feedwatch.conf", "%.*s\nlog %s%.*s", (int)at, all.p, target,
                STR_ARG(str_from(rest, str_find_char(rest, '\n'))));
    buf_done(&text);
}

// Whether this machine has a syslog or not.
static void a_reload_moves_the_log_or_says_why_it_stays(void **state)
{
    (void)state;
    static struct scene s;
    int status;
    bool has_syslog = access("/dev/log", W_OK) == 0;
    scene_open(&s, "log-moves");
    scene_config(&s, "");
    s.mode = NULL; // a target of the command line would win
    scene_start(&s);
    name_target(&s, "syslog");
    scene_ctl(&s, &status, "reload", "--wait", NULL);
    assert_int_equal(status, 0);
    if (has_syslog) {
        scene_expect(&s, "the log moves to syslog");
    } else {
        scene_expect(&s, "reloaded: generation 2");
        scene_expect(&s, "the log stays with standard error, syslog is not there: /dev/log: ");
    }
    scene_signal(&s, SIGHUP);
    if (!has_syslog)
        scene_expect(&s, "the log stays with standard error"); // each reload says so
    scene_settle(&s);
    assert_false(scene_says(&s, "reloaded")); // it says that where it has gone
    name_target(&s, "stderr");
    scene_ctl(&s, &status, "reload", "--wait", NULL);
    if (has_syslog)
        scene_expect(&s, "the log has moved here from syslog");
    scene_expect(&s, "reloaded: generation 4");
    scene_stop(&s);
    scene_done(&s);
}

static void the_command_lines_target_wins_over_a_reloads(void **state)
{
    (void)state;
    static struct scene s;
    int status;
    scene_open(&s, "log-stays");
    scene_config(&s, "");
    scene_start(&s);
    name_target(&s, "syslog");
    scene_ctl(&s, &status, "reload", "--wait", NULL);
    assert_int_equal(status, 0);
    scene_settle(&s);
    assert_false(scene_says(&s, "the log "));
    scene_expect(&s, "reloaded: generation 2");
    scene_stop(&s);
    scene_done(&s);
}

// As a script starts it that closes what it does not need.
static void a_closed_standard_error_is_no_file_of_the_daemons(void **state)
{
    (void)state;
    static struct scene s;
    struct err err;
    scene_open(&s, "closed");
    scene_config(&s, "");
    const char *argv[] = {"/bin/sh", "-c", "exec \"$@\" <&- >&- 2>&-", "sh", scene_built(&s, "feedwatchd"),
                          "--config", scene_path(&s, "feedwatch.conf"), "--once", NULL};
    const struct child_spec spec = {.argv = argv, .out = &s.log, .errors = &s.log};
    if (!child_start(&s.daemon, &s.loop, &spec, &err))
        fail_msg("%s", err.text);
    assert_int_equal(scene_wait_end(&s, SCENE_WAIT_MS), 0);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reload_moves_the_log_or_says_why_it_stays),
        cmocka_unit_test(the_command_lines_target_wins_over_a_reloads),
        cmocka_unit_test(a_closed_standard_error_is_no_file_of_the_daemons),
        cmocka_unit_test(a_log_that_nobody_reads_holds_nobody_up),
        cmocka_unit_test(a_signal_during_the_stop_does_not_end_it),
        cmocka_unit_test(once_waits_for_no_reader_that_never_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
