// SPDX-License-Identifier: MIT
//
// feedwatchctl against daemons that answer otherwise than they should, and against none: exit codes, which scripts
// depend on, and what a person is told to do next. Each daemon is a child that gives one answer to every request.
#include "tests/tools/check.h"

#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/ctl/args.h"
#include "tests/tools/ctl_line.h"
#include "tests/tools/folder.h"

struct stage {
    char folder[40], path[80];
    struct ctl_line line;
    pid_t daemon;
    const char *of_severity; // what the daemon answers to who asks for a severity; NULL: as to all
    int asked;               // where it writes its requests; 0: nowhere
};

static int setup(void **state)
{
    struct stage *s = mem_alloc(sizeof *s);
    *state = s;
    snprintf(s->folder, sizeof s->folder, "/tmp/feedwatch-client-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    snprintf(s->path, sizeof s->path, "%s/s", s->folder);
    s->line.socket = s->path;
    return 0;
}

static void daemon_stop(struct stage *s)
{
    if (s->daemon) {
        kill(s->daemon, SIGKILL);
        waitpid(s->daemon, NULL, 0);
    }
    s->daemon = 0;
    unlink(s->path);
}

static int teardown(void **state)
{
    struct stage *s = *state;
    daemon_stop(s);
    ctl_line_done(&s->line);
    folder_remove(s->folder);
    mem_free(s);
    return 0;
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void daemon_start(struct stage *s, const char *answer)
{
    daemon_stop(s);
    int fd = listen_at(s->path);
    assert_int_equal(listen(fd, 8), 0);
    s->daemon = fork();
    assert_true(s->daemon >= 0);
    if (s->daemon > 0) {
        close(fd);
        return;
    }
    for (;;) {
        char request[4096];
        int client = accept(fd, NULL, NULL);
        // A client that only looks whether anybody is there sends nothing.
        ssize_t n = client >= 0 ? recv(client, request, sizeof request - 1, 0) : 0;
        if (n > 0) {
            request[n] = '\0';
            const char *said = s->of_severity && strstr(request, "severity=") ? s->of_severity : answer;
            if (s->asked)
                (void)!write(s->asked, request, (size_t)n);
            (void)!send(client, said, strlen(said), MSG_NOSIGNAL);
        }
        close(client);
    }
}

// An answer with a body of its own length.
static void daemon_answers(struct stage *s, const char *status, const char *body)
{
    char answer[4096];
    snprintf(answer, sizeof answer, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", status,
             strlen(body), body);
    daemon_start(s, answer);
}

static void an_answer_that_is_none_ends_with_its_exit_code(void **state)
{
    struct stage *s = *state;
    static const struct {
        const char *status, *body; // NULL: the body is all that comes
        int code;
        const char *err, *why;
    } cases[] = {
        {"200 OK", "{}", CTL_REFUSED, NULL, "health that is not ok"},
        {"200 OK", "{\"ok\":true}", CTL_OK, "", "health"},
        {"400 Bad Request", "{\"error\":\"odd\"}", CTL_USAGE, "feedwatchctl: odd\n", "the arguments"},
        {"404 Not Found", "{\"error\":\"odd\"}", CTL_NOT_FOUND, "feedwatchctl: odd\n", "no such thing"},
        {"409 Conflict", "{\"error\":\"odd\",\"next\":\"rest\"}", CTL_REFUSED, "odd\n  next: rest\n", "and how on"},
        {"422 Unprocessable", "{\"error\":\"odd\"}", CTL_CONFIG, "feedwatchctl: odd\n", "configuration"},
        {"503 Busy", "{\"error\":\"odd\"}", CTL_TEMPORARY, "feedwatchctl: odd\n", "later"},
        {"500 Broken", "{\"error\":\"odd\"}", CTL_INTERNAL, "feedwatchctl: odd\n", "broken"},
        {"404 Not Found", "", CTL_INTERNAL, "the daemon answered 404 without a reason", "no reason"},
        {"500 Broken", "oops", CTL_INTERNAL, "the daemon answered 500 without a reason", "no JSON"},
        {"200 OK", "oops", CTL_INTERNAL, "the daemon answered what is no JSON", "no JSON, and well"},
        {"200 OK", "", CTL_INTERNAL, "the daemon answered what is no JSON", "nothing"},
        {NULL, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", CTL_TEMPORARY, "the daemon broke off its answer",
         "cut off"},
        {NULL, "", CTL_TEMPORARY, "the daemon broke off its answer", "no answer"},
        {NULL, "garbage\r\n\r\n", CTL_TEMPORARY, "the daemon broke off its answer", "no HTTP"},
        {"404 Not Found", "{\"error\":\"a\\u001b[2Jb\\nc\"}", CTL_NOT_FOUND, "a\\x1b[2Jb", "a terminal's escape"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].status)
            daemon_answers(s, cases[i].status, cases[i].body);
        else
            daemon_start(s, cases[i].body);
        int code = ctl_line_run(&s->line, "health", NULL);
        struct str err = buf_str(&s->line.err);
        bool is_told = !cases[i].err || (cases[i].err[0] ? str_find(err, str_of(cases[i].err)) < err.n : err.n == 0);
        if (code != cases[i].code || !is_told)
            fail_msg("%s: %d, not %d: %.*s", cases[i].why, code, cases[i].code, STR_ARG(err));
    }
}

static void a_daemon_that_cannot_be_asked_is_told_with_the_way_on(void **state)
{
    struct stage *s = *state;
    char longer[120];
    memset(longer, 'x', sizeof longer - 1);
    longer[0] = '/';
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(ctl_line_run(&s->line, "status", NULL), CTL_UNAVAILABLE);
    assert_non_null(strstr(buf_z(&s->line.err), "the daemon is not running: there is no socket at "));
    assert_non_null(strstr(buf_z(&s->line.err), "next: systemctl start feedwatchd"));
    int fd = listen_at(s->path); // left by a daemon that was killed
    assert_int_equal(ctl_line_run(&s->line, "status", NULL), CTL_UNAVAILABLE);
    assert_non_null(strstr(buf_z(&s->line.err), "the daemon is not running: nobody listens at "));
    close(fd);
    s->line.socket = longer;
    assert_int_equal(ctl_line_run(&s->line, "status", NULL), CTL_USAGE);
    assert_non_null(strstr(buf_z(&s->line.err), "over 107 bytes"));
    assert_int_equal(s->line.out.n, 0);
}

static void lists_say_so_where_they_are_empty_or_longer(void **state)
{
    struct stage *s = *state;
    static const struct {
        const char *line, *body, *out;
    } cases[] = {
        {"alerts list", "{\"alerts\":[]}", "rules explain RULE --item ADDRESS\n"},
        {"feeds list", "{\"feeds\":[]}", "no feeds yet; add one: "},
        {"feeds list", "{\"feeds\":[{\"id\":\"abc\",\"next_ms\":5000}],\"now_ms\":9000}", "   now      0\n"},
        {"feeds list", "{\"feeds\":[{\"id\":\"abc\",\"next_ms\":9000}],\"now_ms\":5000}", "in 4s      0\n"},
        {"deliveries list", "{\"deliveries\":[{\"state\":\"waiting\",\"due_ms\":5000}],\"now_ms\":9000}", "  now\n"},
        {"health", "{\"ok\":true,\"reasons\":[],\"feeds\":{\"total\":9,\"failing\":1,\"gone\":2}}",
         "all is well\n1 of 9 feeds is failing: feedwatchctl feeds list --state failing\n"
         "2 of 9 feeds are gone: feedwatchctl feeds list --state gone\n"},
        {"feeds list --tag x", "{\"feeds\":[]}", "no feed is like that; "},
        {"deliveries list", "{\"deliveries\":[]}", "nothing waits and nothing is dead; "},
        {"silence list", "{\"silences\":[]}", "nothing is silenced\n"},
        {"receivers list", "{\"receivers\":[]}", "no receivers but the log; "},
        {"feeds list", "{\"feeds\":[{\"id\":\"abc\"}],\"total\":1000}", "1 of 1000 feeds; --limit N shows more\n"},
        {"alerts list", "{\"alerts\":[{\"title\":\"x\\ny\"}],\"more\":true}", "there are more alerts: --limit N\n"},
        {"alerts list", "{\"alerts\":[{\"title\":\"x\\ny\"}],\"more\":true}", "  x y\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        daemon_answers(s, "200 OK", cases[i].body);
        int code = ctl_line_run(&s->line, cases[i].line, NULL);
        if (code != CTL_OK || !strstr(buf_z(&s->line.out), cases[i].out))
            fail_msg("%s: %d: %s", cases[i].line, code, buf_z(&s->line.out));
    }
}

// "$UNSET" must not mean everything. There is no daemon: what were asked would end otherwise.
static void an_option_with_an_empty_value_asks_nothing(void **state)
{
    struct stage *s = *state;
    static const char *const lines[] = {
        "deliveries drop --receiver=", "deliveries drop --state=", "deliveries retry --receiver=",
        "deliveries retry --all --state=", "deliveries list --receiver=", "alerts resend alr_x --receiver=",
        "alerts list --rule=", "alerts tail --rule=", "feeds list --tag=", "feeds add https://a.example/ --every=",
        "feeds import /dev/null --tag=", "silence add rule=x --for= --until=2030-01-01", "rules replay --since=",
        "rules list --rules=", "feeds parse --limits=", "check --config=",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        int code = ctl_line_run(&s->line, lines[i], NULL);
        if (code != CTL_USAGE)
            fail_msg("%s: %d: %s", lines[i], code, buf_z(&s->line.err));
    }
}

static void a_question_reaches_the_daemon_as_it_was_meant(void **state)
{
    struct stage *s = *state;
    static const struct {
        const char *line, *asked;
    } cases[] = {
        {"deliveries drop --all", "POST /api/v1/deliveries/drop"},
        {"deliveries drop --all", "\r\n\r\n{\"all\":true}"},
        {"deliveries retry --all --state dead", "\r\n\r\n{\"state\":\"dead\",\"all\":true}"},
        {"deliveries drop .", "POST /api/v1/deliveries/./drop "}, // no folder: an operand
        {"feeds rm ..", "DELETE /api/v1/feeds/.. "},
        {"deliveries retry --receiver desk", "\r\n\r\n{\"receiver\":\"desk\"}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int asked[2];
        char request[4096] = "";
        assert_int_equal(pipe(asked), 0);
        s->asked = asked[1];
        daemon_answers(s, "200 OK", "{\"deliveries\":2}");
        close(asked[1]);
        assert_int_equal(ctl_line_run(&s->line, cases[i].line, NULL), CTL_OK);
        assert_true(read(asked[0], request, sizeof request - 1) > 0);
        if (!strstr(request, cases[i].asked))
            fail_msg("%s asks %s", cases[i].line, request);
        close(asked[0]);
    }
}

static const char ALERT[] =
    "{\"id\":\"alr_x\",\"title\":\"A truce\",\"severity\":\"warning\",\"state\":\"waiting\",\"rule\":\"truce\","
    "\"at_ms\":1000,\"now_ms\":61000,\"late\":true,\"decisions\":[\"first of its story\",\"2 alerts were silenced\"],"
    "\"payload\":{\"data\":{\"match\":{\"total\":3,\"terms\":[{\"field\":\"title\",\"snippet\":{\"before\":\"A \","
    "\"hit\":\"truce\",\"after\":\"\"}}]},\"story\":{\"size\":2,\"members\":[{\"feed\":\"One\",\"title\":\"A truce\"},"
    "{\"feed\":\"Two\",\"title\":\"Truce!\"}]},\"digest\":{\"alerts\":["
    "{\"id\":\"alr_z\",\"title\":\"Another truce\",\"feed\":\"One\"},"
    "{\"id\":\"alr_w\",\"title\":\"A third\",\"feed\":\"Two\"}]}}},\"deliveries\":["
    "{\"receiver\":\"desk\",\"state\":\"waiting\",\"due_ms\":121000,\"attempts\":["
    "{\"at_ms\":1000,\"status\":503,\"error\":\"HTTP 503: busy\",\"address\":\"127.0.0.1\",\"took_ms\":4},"
    "{\"at_ms\":1000,\"status\":0,\"error\":\"no answer in time\",\"took_ms\":20000}]},"
    "{\"receiver\":\"two\",\"state\":\"done\",\"attempts\":["
    "{\"at_ms\":1000,\"status\":200,\"address\":\"::1\",\"took_ms\":5}]},"
    "{\"receiver\":\"log\",\"state\":\"done\",\"attempts\":[{\"at_ms\":1000,\"status\":200,\"took_ms\":0}]},"
    "{\"receiver\":\"late\",\"state\":\"held\",\"due_ms\":121000,\"attempts\":[]},"
    "{\"receiver\":\"sums\",\"state\":\"digested\",\"digest\":\"alr_y\",\"attempts\":[]}]}";

static void an_alert_is_shown_with_all_that_became_of_it(void **state)
{
    struct stage *s = *state;
    static const char *const parts[] = {
        "A truce\nwarning  truce  1970-01-01T00:00:01Z (1m ago)  waiting  late\n",
        "hits      title    A [truce]\n          and 2 more\n",
        "story     2 articles:\n            One: A truce\n            Two: Truce!\n",
        "decided   first of its story\n          2 alerts were silenced\n",
        "sent to   desk: waiting, next attempt in 1m\n",
        "1m ago: HTTP 503: busy, 127.0.0.1, 4 ms\n",
        "1m ago: no answer in time, 20000 ms\n",
        "two: done\n            1m ago: HTTP 200, ::1, 5 ms\n",
        "log: done\n            1m ago: written, 0 ms\n",
        "late: held by the rule's throttle or hours, goes out in a summary in 1m\n",
        "sums: digested in alr_y\n",
        "carries   alr_z  Another truce (One)\n          alr_w  A third (Two)\n",
    };
    daemon_answers(s, "200 OK", ALERT);
    assert_int_equal(ctl_line_run(&s->line, "alerts show alr_x", NULL), CTL_OK);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(buf_z(&s->line.out), parts[i]))
            fail_msg("not there: %s\nin: %s", parts[i], buf_z(&s->line.out));
}

// ---- tail --follow, into a pipe ----

// Reads what is written or drawn until `wanted` is there (NULL: to the end, when its program has gone).
static void read_until(int from, struct buf *out, const char *wanted)
{
    char piece[4096];
    while (!wanted || str_find(buf_str(out), str_of(wanted)) == out->n) {
        ssize_t n = read(from, piece, sizeof piece);
        if (n <= 0)
            break;
        buf_add(out, str_make(piece, (size_t)n));
    }
}

// Runs it in a child; returns the other ends of its standard output and error.
static pid_t tail_start(struct stage *s, char *severity, int *out, int *errors)
{
    int to[2], err[2];
    assert_int_equal(pipe(to) | pipe(err), 0);
    pid_t child = fork();
    if (child == 0) {
        char *argv[] = {"feedwatchctl", "alerts", "tail", "-f", "--severity", severity, NULL};
        struct args args;
        dup2(to[1], STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
        for (int i = 0; i < 2; i++)
            close(to[i]), close(err[i]);
        args_read(&args, ctl_commands, severity ? 6 : 4, argv);
        args.call.socket = s->path;
        _exit(args.call.command->run(&args.call));
    }
    close(to[1]);
    close(err[1]);
    *out = to[0];
    *errors = err[0];
    return child;
}

static void a_tail_ends_when_its_reader_goes_and_not_when_the_daemon_does(void **state)
{
    struct stage *s = *state;
    static const struct {
        const char *status, *body; // what comes instead of an answer; NULL: nobody is there
        const char *told;
        int code;
    } cases[] = {
        {NULL, NULL, "feedwatchctl: the daemon does not answer: waiting for it\n", CTL_OK},
        {"503 Busy", "{\"error\":\"odd\"}", "feedwatchctl: the daemon does not answer: waiting for it\n", CTL_OK},
        {"400 Bad", "{\"error\":\"odd\"}", "feedwatchctl: odd\n", CTL_USAGE}, // waiting helps nothing: it ends
        {"200 OK", "oops", "feedwatchctl: the daemon answered what is no JSON", CTL_INTERNAL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf told;
        int out, errors, status;
        char piece[256];
        buf_init(&told, 1 << 16);
        daemon_answers(s, "200 OK", "{\"alerts\":[{\"id\":\"alr_x\",\"seq\":7,\"title\":\"A truce\"}]}");
        pid_t child = tail_start(s, NULL, &out, &errors);
        read_until(out, &told, "A truce");
        buf_reset(&told);
        if (cases[i].status)
            daemon_answers(s, cases[i].status, cases[i].body);
        else
            daemon_stop(s);
        read_until(errors, &told, cases[i].told);
        daemon_stop(s); // it has inherited the pipe
        close(out);
        assert_int_equal(waitpid(child, &status, 0), child);
        while (read(errors, piece, sizeof piece) > 0) // it told the rest
            ;
        close(errors);
        bool is_told = str_find(buf_str(&told), str_of(cases[i].told)) < told.n;
        if (!WIFEXITED(status) || WEXITSTATUS(status) != cases[i].code || !is_told)
            fail_msg("case %zu: %x, %s", i, (unsigned)status, buf_z(&told));
        buf_done(&told);
    }
}

// The last critical one is ever so long ago, or there was none: what came since is not read again every second.
static void a_tail_of_one_severity_goes_on_from_the_newest_of_all(void **state)
{
    struct stage *s = *state;
    struct buf told;
    int out, errors, asked[2];
    assert_int_equal(pipe(asked), 0);
    buf_init(&told, 1 << 16);
    s->asked = asked[1];
    s->of_severity = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nConnection: close\r\n\r\n{\"alerts\":[]}";
    daemon_answers(s, "200 OK", "{\"alerts\":[{\"id\":\"alr_x\",\"seq\":900,\"severity\":\"info\"}]}");
    close(asked[1]);
    pid_t child = tail_start(s, "critical", &out, &errors);
    read_until(asked[0], &told, "after=");
    read_until(asked[0], &told, "\r\n\r\n");
    struct str request = str_from(buf_str(&told), str_find(buf_str(&told), S("limit=1000")));
    if (!str_starts(request, S("limit=1000&after=899 "))) // of all severities, and from the newest on
        fail_msg("asked for: %s", buf_z(&told));
    kill(child, SIGINT);
    assert_int_equal(waitpid(child, NULL, 0), child);
    daemon_stop(s);
    close(out);
    close(errors);
    close(asked[0]);
    buf_done(&told);
}

// ---- top, on a terminal of the test's own ----

enum { ROWS = 5, COLUMNS = 60 };
#define SCREEN_OPEN "\033[?1049h\033[?25l"
#define SCREEN_CLOSE "\033[?25h\033[?1049l"

// Runs top on a new terminal; returns the terminal's other end.
static int top_start(struct stage *s, pid_t *out_child)
{
    int master, slave;
    const struct winsize size = {.ws_row = ROWS, .ws_col = COLUMNS};
    assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
    *out_child = fork();
    if (*out_child == 0) {
        close(master);
        char *argv[] = {"feedwatchctl", "top", NULL};
        struct args args;
        dup2(slave, STDOUT_FILENO);
        dup2(slave, STDERR_FILENO);
        args_read(&args, ctl_commands, 2, argv);
        args.call.socket = s->path;
        args.call.columns = COLUMNS;
        args.call.has_colour = false;
        _exit(args.call.command->run(&args.call));
    }
    close(slave);
    return master;
}

static void top_draws_within_the_screen_and_puts_it_back(void **state)
{
    struct stage *s = *state;
    static const struct {
        bool is_daemon_gone; // else a person ends it
        int code;
        const char *after, *why;
    } cases[] = {
        {false, CTL_OK, "", "Ctrl-C"},
        {true, CTL_UNAVAILABLE, "the daemon is not running", "told on the screen that stays"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;
        pid_t child;
        int status;
        buf_init(&out, 1 << 20);
        daemon_answers(s, "200 OK", "{\"version\":\"9.9\"}");
        int master = top_start(s, &child);
        read_until(master, &out, "polls");
        if (cases[i].is_daemon_gone)
            daemon_stop(s);
        else
            kill(child, SIGINT);
        read_until(master, &out, NULL);
        close(master);
        assert_int_equal(waitpid(child, &status, 0), child);
        static const struct str head = STR(SCREEN_OPEN "\033[H\033[J");
        struct str all = buf_str(&out);
        size_t end = str_find(all, S(SCREEN_CLOSE));
        assert_true(str_starts(all, head) && end < all.n);
        struct str after = str_from(all, end + strlen(SCREEN_CLOSE));
        bool is_told = cases[i].after[0] ? str_find(after, str_of(cases[i].after)) < after.n : after.n == 0;
        if (WEXITSTATUS(status) != cases[i].code || !is_told)
            fail_msg("%s: %d: %.*s", cases[i].why, WEXITSTATUS(status), STR_ARG(after));
        // Four rows of five, the last one left for the cursor: the status has more.
        struct str screen = str_head(all, end);
        assert_true(str_find(screen, S("\npolls")) < screen.n && str_find(screen, S("\nrules")) == screen.n);
        buf_done(&out);
    }
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGE(an_answer_that_is_none_ends_with_its_exit_code),
        ON_STAGE(a_daemon_that_cannot_be_asked_is_told_with_the_way_on),
        ON_STAGE(an_option_with_an_empty_value_asks_nothing),
        ON_STAGE(a_question_reaches_the_daemon_as_it_was_meant),
        ON_STAGE(an_alert_is_shown_with_all_that_became_of_it),
        ON_STAGE(a_tail_ends_when_its_reader_goes_and_not_when_the_daemon_does),
        ON_STAGE(a_tail_of_one_severity_goes_on_from_the_newest_of_all),
        ON_STAGE(top_draws_within_the_screen_and_puts_it_back),
        ON_STAGE(lists_say_so_where_they_are_empty_or_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
