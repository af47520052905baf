// SPDX-License-Identifier: MIT
#include "tests/tools/check.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tools/child.h"

struct stage {
    uv_loop_t loop;
    struct buf out, errors;
    struct child child;
};

static struct stage *stage_open(struct stage *s)
{
    *s = (struct stage){0};
    uv_loop_init(&s->loop);
    buf_init(&s->out, 1 << 16);
    buf_init(&s->errors, 1 << 16);
    return s;
}

static void stage_done(struct stage *s)
{
    child_done(&s->child);
    buf_done(&s->out);
    buf_done(&s->errors);
    assert_int_equal(uv_loop_close(&s->loop), 0);
}

static void start(struct stage *s, const char *script, bool has_control, const struct child_limit *limit)
{
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    const char *env[] = {"MARK=seen", NULL};
    struct child_spec spec = {.argv = argv, .env = env, .out = &s->out, .errors = &s->errors,
                              .has_control = has_control, .limits = limit, .n_limits = limit != NULL};
    struct err err;
    assert_true(child_start(&s->child, &s->loop, &spec, &err));
}

static void run_to_end(struct stage *s)
{
    while (s->child.is_running || !uv_is_closing((uv_handle_t *)&s->child.out) ||
           !uv_is_closing((uv_handle_t *)&s->child.errors))
        uv_run(&s->loop, UV_RUN_ONCE);
}

static void output_environment_and_status_arrive(void **state)
{
    (void)state;
    struct stage s;
    start(stage_open(&s), "echo $MARK; echo bad >&2; exit 78", false, NULL);
    run_to_end(&s);
    assert_str(buf_str(&s.out), "seen\n");
    assert_str(buf_str(&s.errors), "bad\n");
    assert_int_equal(s.child.status, 78);
    stage_done(&s);
}

static void control_socket_carries_lines_both_ways(void **state)
{
    (void)state;
    struct stage s;
    char line[CHILD_LINE_BYTES_MAX];
    start(stage_open(&s), "read x <&3; echo \"got $x\" >&3; read y <&3", true, NULL);
    child_tell(&s.child, "now");
    while (!child_answer(&s.child, line))
        uv_run(&s.loop, UV_RUN_ONCE);
    assert_string_equal(line, "got now");
    stage_done(&s); // still reading: killed
}

static void end_by_signal_is_told(void **state)
{
    (void)state;
    struct stage s;
    start(stage_open(&s), "kill -9 $$", false, NULL);
    run_to_end(&s);
    assert_int_equal(s.child.status, 128 + SIGKILL);
    stage_done(&s);
}

static void limit_holds_in_the_child_alone(void **state)
{
    (void)state;
    struct stage s;
    struct rlimit before, after;
    getrlimit(RLIMIT_NOFILE, &before);
    start(stage_open(&s), "ulimit -n", false, &(struct child_limit){RLIMIT_NOFILE, 33});
    run_to_end(&s);
    assert_str(buf_str(&s.out), "33\n");
    getrlimit(RLIMIT_NOFILE, &after);
    assert_int_equal(before.rlim_cur, after.rlim_cur);
    stage_done(&s);
}

static void missing_program_is_an_error(void **state)
{
    (void)state;
    struct stage s;
    stage_open(&s);
    const char *argv[] = {"/nowhere/at/all", NULL};
    struct err err;
    assert_false(child_start(&s.child, &s.loop, &(struct child_spec){.argv = argv}, &err));
    assert_string_equal(err.text, "cannot start /nowhere/at/all: no such file or directory");
    assert_int_equal(uv_loop_close(&s.loop), 0);
    buf_done(&s.out);
    buf_done(&s.errors);
}

enum { DEATH_MS_MAX = 60000 }; // a loaded machine; the kernel needs microseconds

// Starts a child that would stay, tells its pid, and dies without a word.
static void parent_that_crashes(int told)
{
    struct stage s;
    start(stage_open(&s), "kill -STOP $$", false, NULL);
    if (write(told, &s.child.pid, sizeof s.child.pid) == (ssize_t)sizeof s.child.pid)
        raise(SIGKILL);
    _exit(1);
}

// The child inherits the pipe's end, so that the end of the pipe is the end of the child.
static void a_child_dies_with_who_started_it(void **state)
{
    (void)state;
    int ends[2], status;
    pid_t child = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t parent = fork();
    if (parent == 0)
        parent_that_crashes(ends[1]);
    close(ends[1]);
    assert_int_equal(read(ends[0], &child, sizeof child), sizeof child);
    assert_int_equal(waitpid(parent, &status, 0), parent);
    struct pollfd end = {.fd = ends[0], .events = POLLIN};
    bool is_over = poll(&end, 1, DEATH_MS_MAX) == 1 && (end.revents & POLLHUP);
    if (!is_over)
        kill(child, SIGKILL);
    close(ends[0]);
    assert_true(is_over);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_environment_and_status_arrive), cmocka_unit_test(control_socket_carries_lines_both_ways),
        cmocka_unit_test(end_by_signal_is_told),                cmocka_unit_test(limit_holds_in_the_child_alone),
        cmocka_unit_test(missing_program_is_an_error),          cmocka_unit_test(a_child_dies_with_who_started_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
