// SPDX-License-Identifier: MIT
//
// The log alone: what becomes a record, where it goes, and what happens to those whose reader is slow or not there.
// The journal, syslog and their sockets are this program's own.
#include "tests/tools/check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/log.h"
#include "daemon/message_id.h"

// ---- what the log writes to, instead of the system's ----

struct seen {
    struct buf journal; // NAME=value, a line each; an empty line ends a record
    struct buf syslog;  // "PRIORITY text", a line each
    bool has_journal, has_syslog;
    int journal_answer;
};

static struct seen *seen(void)
{
    static struct seen the;
    return &the;
}

// The library adds the place in the source.
int sd_journal_sendv_with_location(const char *file, const char *line, const char *func, const struct iovec *v, int n)
{
    (void)file, (void)line, (void)func;
    for (int i = 0; i < n; i++) {
        buf_add(&seen()->journal, str_make(v[i].iov_base, v[i].iov_len));
        buf_add_char(&seen()->journal, '\n');
    }
    buf_add_char(&seen()->journal, '\n');
    return seen()->journal_answer;
}

static void take_syslog(int priority, const char *format, va_list args)
{
    buf_addf(&seen()->syslog, "%d ", priority);
    buf_addv(&seen()->syslog, format, args);
    buf_add_char(&seen()->syslog, '\n');
}

#undef syslog
void syslog(int priority, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    take_syslog(priority, format, args);
    va_end(args);
}

// What a fortified build calls.
void __syslog_chk(int priority, int flag, const char *format, ...);
void __syslog_chk(int priority, int flag, const char *format, ...)
{
    (void)flag;
    va_list args;
    va_start(args, format);
    take_syslog(priority, format, args);
    va_end(args);
}

int access(const char *path, int mode)
{
    if (strcmp(path, "/dev/log") == 0)
        return seen()->has_syslog ? 0 : -1;
    if (strcmp(path, "/run/systemd/journal/socket") == 0)
        return seen()->has_journal ? 0 : -1;
    return faccessat(AT_FDCWD, path, mode, 0);
}

// ---- the stage: standard error is a file, or a pipe ----

enum { ENOUGH_MS = 60 * 1000 }; // for a reader that reads

struct stage {
    struct clock clock;
    struct metrics metrics;
    struct log *log;
    int terminal; // the real standard error
    int file;
    struct buf text;
};

static void setup_at(struct stage *s, enum log_to to, int target)
{
    fflush(stderr);
    s->clock.is_stepped = true;
    s->clock.wall_ms = 1790000000123;
    s->terminal = dup(STDERR_FILENO);
    s->file = target;
    assert_true(dup2(target, STDERR_FILENO) >= 0);
    buf_init(&s->text, 16 << 20);
    buf_init(&seen()->journal, 1 << 20);
    buf_init(&seen()->syslog, 1 << 20);
    s->log = log_start(to, &s->clock, &s->metrics);
}

static void begin(struct stage *s, enum log_to to)
{
    char path[] = "/tmp/feedwatch-log-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    *s = (struct stage){0};
    setup_at(s, to, fd);
}

// Ends the log, so that all is written, and reads what went to standard error.
static const char *end(struct stage *s)
{
    log_stop(s->log, ENOUGH_MS, false);
    s->log = NULL;
    dup2(s->terminal, STDERR_FILENO);
    close(s->terminal);
    lseek(s->file, 0, SEEK_SET);
    char piece[4096];
    for (ssize_t n; (n = read(s->file, piece, sizeof piece)) > 0;)
        buf_add(&s->text, str_make(piece, (size_t)n));
    close(s->file);
    return buf_z(&s->text);
}

static void done(struct stage *s)
{
    buf_done(&s->text);
    buf_done(&seen()->journal);
    buf_done(&seen()->syslog);
}

#define AT "2026-09-21T14:13:20.123Z"

static void a_record_is_one_clean_line(void **state)
{
    (void)state;
    struct stage s;
    begin(&s, LOG_TO_STDERR);
    log_say(s.log, LOG_LEVEL_NOTICE, NULL, "started %d", 1);
    log_say(s.log, LOG_LEVEL_ERROR, NULL, "two\n\nlines\n");
    log_say(s.log, LOG_LEVEL_INFO, NULL, "a\tb\x1b[2J \xe2\x80\xae" "c \xff");
    log_say(s.log, LOG_LEVEL_INFO, NULL, "%s", "");
    assert_string_equal(end(&s), AT " notice started 1\n" AT " error two\n" AT " error lines\n"
                                 AT " info a b\\x1b[2J \\u{202e}c \xef\xbf\xbd\n");
    done(&s);
}

static void what_is_below_the_level_is_left_out(void **state)
{
    (void)state;
    struct stage s;
    begin(&s, LOG_TO_STDERR);
    for (int level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++) {
        enum log_level read_back = LOG_LEVEL_ERROR;
        assert_true(log_level_of(str_of(log_level_name((enum log_level)level)), &read_back));
        assert_int_equal(read_back, level);
    }
    enum log_level level = LOG_LEVEL_NOTICE;
    assert_false(log_level_of(S("warn"), &level) || log_level_of(S(""), &level));
    assert_int_equal(level, LOG_LEVEL_NOTICE); // untouched
    assert_int_equal(log_level(s.log), LOG_LEVEL_INFO);
    log_say(s.log, LOG_LEVEL_DEBUG, NULL, "not");
    log_set_level(s.log, LOG_LEVEL_DEBUG);
    log_say(s.log, LOG_LEVEL_DEBUG, NULL, "this");
    log_set_level(s.log, LOG_LEVEL_ERROR);
    log_say(s.log, LOG_LEVEL_WARNING, NULL, "nor this");
    log_say(s.log, LOG_LEVEL_ERROR, NULL, "but this");
    assert_string_equal(end(&s), AT " debug this\n" AT " error but this\n");
    done(&s);
}

static void a_long_line_is_cut_at_a_character(void **state)
{
    (void)state;
    static const struct { size_t before, n; const char *tail, *why; } cases[] = {
        {LOG_LINE_BYTES - 1, LOG_LINE_BYTES, "a", "at the limit"},
        {LOG_LINE_BYTES, LOG_LINE_BYTES, "a", "one past it"},
        {LOG_LINE_BYTES - 2, LOG_LINE_BYTES, "\xd0\x96", "a character that fits"},
        {LOG_LINE_BYTES - 1, LOG_LINE_BYTES - 1, "\xd0\x96", "a character that does not"},
        {LOG_LINE_BYTES - 2, LOG_LINE_BYTES - 2, "\x1b", "an escape that does not"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static const size_t head = sizeof AT " info " - 1;
        char text[LOG_LINE_BYTES + 8];
        struct stage s;
        memset(text, 'x', cases[i].before);
        snprintf(text + cases[i].before, 8, "%s", cases[i].tail);
        begin(&s, LOG_TO_STDERR);
        log_say(s.log, LOG_LEVEL_INFO, NULL, "%s", text);
        end(&s);
        if (s.text.n != head + cases[i].n + 1)
            fail_msg("%s: %zu bytes, not %zu", cases[i].why, s.text.n - head - 1, cases[i].n);
        done(&s);
    }
}

static void the_last_line_of_a_long_report_is_not_lost(void **state)
{
    (void)state;
    struct stage s;
    struct buf text;
    buf_init(&text, 1 << 20);
    while (text.n < 256 << 10) // what a reload may have to tell
        buf_addf(&text, "feedwatch.conf:1:1: error: unknown statement\n");
    begin(&s, LOG_TO_STDERR);
    log_say(s.log, LOG_LEVEL_ERROR, NULL, "%s\nreload refused", buf_z(&text));
    end(&s);
    assert_true(str_ends(buf_str(&s.text), S("error reload refused\n")));
    buf_done(&text);
    done(&s);
}

// ---- where it goes ----

static void a_record_of_the_journal_has_its_fields(void **state)
{
    (void)state;
    struct stage s;
    begin(&s, LOG_TO_JOURNAL);
    seen()->has_journal = true;
    log_say(s.log, LOG_LEVEL_WARNING, MESSAGE_STORE_TROUBLE, "the disk is full");
    log_say(s.log, LOG_LEVEL_INFO, NULL, "no id");
    assert_string_equal(end(&s), "");
    assert_string_equal(buf_z(&seen()->journal),
                        "MESSAGE=the disk is full\nPRIORITY=4\nMESSAGE_ID=" MESSAGE_STORE_TROUBLE
                        "\nSYSLOG_IDENTIFIER=feedwatchd\n\n"
                        "MESSAGE=no id\nPRIORITY=6\nSYSLOG_IDENTIFIER=feedwatchd\n\n");
    seen()->has_journal = false;
    done(&s);
}

static void a_line_of_the_journal_says_what_it_is_about(void **state)
{
    (void)state;
    static const struct { const char *text, *fields; } cases[] = {
        {"feed=https://a.example/f failed: its server says feed=x id=y receiver=z",
         "FEEDWATCH_FEED=https://a.example/f\nFEEDWATCH_FEED_URL=https://a.example/f\n\n"},
        {"feed=https://a.example/f moved for good to=https://b.example/",
         "FEEDWATCH_FEED=https://a.example/f\nFEEDWATCH_FEED_URL=https://a.example/f\n"
         "FEEDWATCH_URL=https://b.example/\n\n"},
        {"dead letter id=alr_1 receiver=desk attempts=3: HTTP 410: id=alr_2",
         "FEEDWATCH_ALERT_ID=alr_1\nFEEDWATCH_RECEIVER=desk\n\n"},
        {"feed=a feed=b feed=c feed=d feed=e", "FEEDWATCH_FEED=a\nFEEDWATCH_FEED_URL=a\n\n"},
        {"nothing of it", "SYSLOG_IDENTIFIER=feedwatchd\n\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stage s;
        begin(&s, LOG_TO_JOURNAL);
        seen()->has_journal = true;
        log_say(s.log, LOG_LEVEL_WARNING, NULL, "%s", cases[i].text);
        end(&s);
        if (!str_ends(buf_str(&seen()->journal), str_of(cases[i].fields)))
            fail_msg("%s: %s", cases[i].text, buf_z(&seen()->journal));
        seen()->has_journal = false;
        done(&s);
    }
}

static void an_alert_of_the_journal_can_be_filtered_by(void **state)
{
    (void)state;
    static const struct { enum alert_kind kind; enum severity severity; const char *id, *priority; } cases[] = {
        {ALERT_MATCHED, SEVERITY_WARNING, MESSAGE_ALERT, "PRIORITY=4"},
        {ALERT_UPDATED, SEVERITY_CRITICAL, MESSAGE_ALERT, "PRIORITY=3"},
        {ALERT_DIGEST, SEVERITY_NOTICE, MESSAGE_DIGEST, "PRIORITY=5"},
        {ALERT_FEED_BROKEN, SEVERITY_INFO, MESSAGE_FEED_BROKEN, "PRIORITY=6"},
        {ALERT_FEED_RECOVERED, SEVERITY_DEBUG, MESSAGE_FEED_RECOVERED, "PRIORITY=7"},
        {ALERT_FEED_REBASELINED, SEVERITY_INFO, MESSAGE_FEED_REBASELINED, "PRIORITY=6"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stage s;
        begin(&s, LOG_TO_JOURNAL);
        seen()->has_journal = true;
        log_set_level(s.log, LOG_LEVEL_ERROR); // an alert is no chatter: it comes at any level
        const struct alert alert = {
            .kind = cases[i].kind, .severity = cases[i].severity, .rule = S("truce"), .feed_title = S("Paper"),
            .feed_url = S("https://a.example/f"),
            .url = S("https://a.example/1"), .story = 0xabc, .title = S("A truce"), .body = S("{\"x\": 1}"),
        };
        log_alert(s.log, &alert);
        end(&s);
        char id[64];
        snprintf(id, sizeof id, "MESSAGE_ID=%s", cases[i].id);
        const char *const fields[] = {id, cases[i].priority, "rule=truce ", "FEEDWATCH_RULE=truce\n",
                                      "FEEDWATCH_FEED=Paper\n", "FEEDWATCH_FEED_URL=https://a.example/f\n", "FEEDWATCH_URL=https://a.example/1\n",
                                      "FEEDWATCH_STORY=0000000000000abc\n", "FEEDWATCH_JSON={\"x\": 1}\n",
                                      "FEEDWATCH_ALERT_ID=alr_"};
        for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
            if (!strstr(buf_z(&seen()->journal), fields[k]))
                fail_msg("%s is not in\n%s", fields[k], buf_z(&seen()->journal));
        seen()->has_journal = false;
        done(&s);
    }
}

static void a_target_that_is_not_there_is_replaced_by_standard_error(void **state)
{
    (void)state;
    static const struct {
        enum log_to to;
        bool has_journal, has_syslog;
        int answer;
        char goes; // to the journal, syslog, or standard error
        const char *why;
    } cases[] = {
        {LOG_TO_JOURNAL, true, true, 0, 'j', "it is there"},
        {LOG_TO_JOURNAL, false, true, 0, 'e', "no journal: its library would lose the line without a word"},
        {LOG_TO_JOURNAL, true, true, -5, 'e', "the journal refuses"},
        {LOG_TO_SYSLOG, true, true, 0, 's', "it is there"},
        {LOG_TO_SYSLOG, true, false, 0, 'e', "no syslog: the same"},
        {LOG_TO_STDERR, true, true, 0, 'e', "asked for"},
        {LOG_TO_AUTO, true, true, 0, 's', "standard error is neither the journal nor a terminal"},
        {LOG_TO_AUTO, true, false, 0, 'e', "and no syslog either"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stage s;
        seen()->has_journal = cases[i].has_journal;
        seen()->has_syslog = cases[i].has_syslog;
        seen()->journal_answer = cases[i].answer;
        begin(&s, cases[i].to);
        log_say(s.log, LOG_LEVEL_ERROR, NULL, "hello");
        end(&s);
        bool in_error = strcmp(buf_z(&s.text), AT " error hello\n") == 0;
        bool in_syslog = strcmp(buf_z(&seen()->syslog), "3 hello\n") == 0;
        bool in_journal = seen()->journal.n > 0 && cases[i].answer == 0;
        if (in_error != (cases[i].goes == 'e') || in_syslog != (cases[i].goes == 's') ||
            in_journal != (cases[i].goes == 'j'))
            fail_msg("%s: error %d, syslog %d, journal %d", cases[i].why, in_error, in_syslog, in_journal);
        done(&s);
    }
    *seen() = (struct seen){0};
}

static void standard_error_of_the_journal_is_known(void **state)
{
    (void)state;
    struct stage s;
    struct stat st;
    char stream[64];
    seen()->has_journal = true;
    for (int wrong = 0; wrong < 2; wrong++) {
        char path[] = "/tmp/feedwatch-log-XXXXXX";
        int fd = mkstemp(path);
        unlink(path);
        assert_int_equal(fstat(fd, &st), 0);
        snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev,
                 (unsigned long long)st.st_ino + (unsigned)wrong); // redirected since: another file
        setenv("JOURNAL_STREAM", stream, 1);
        s = (struct stage){0};
        setup_at(&s, LOG_TO_AUTO, fd);
        log_say(s.log, LOG_LEVEL_ERROR, NULL, "hello");
        end(&s);
        assert_int_equal(seen()->journal.n > 0, !wrong);
        assert_int_equal(s.text.n > 0, wrong);
        done(&s);
    }
    unsetenv("JOURNAL_STREAM");
    *seen() = (struct seen){0};
}

static void a_reload_moves_it(void **state)
{
    (void)state;
    struct stage s;
    struct err err;
    seen()->has_syslog = true;
    begin(&s, LOG_TO_STDERR);
    log_say(s.log, LOG_LEVEL_WARNING, NULL, "before");
    assert_true(log_move(s.log, LOG_TO_STDERR, &err)); // where it is
    assert_true(log_move(s.log, LOG_TO_SYSLOG, &err));
    log_say(s.log, LOG_LEVEL_WARNING, NULL, "100%% there");
    log_set_level(s.log, LOG_LEVEL_ERROR);
    assert_true(log_move(s.log, LOG_TO_STDERR, &err)); // too little to be told, and it moves
    log_say(s.log, LOG_LEVEL_ERROR, NULL, "back");
    assert_string_equal(end(&s), AT " warning before\n" AT " info the log moves to syslog\n" AT " error back\n");
    assert_string_equal(buf_z(&seen()->syslog), "6 the log has moved here from standard error\n4 100% there\n");
    done(&s);
    *seen() = (struct seen){0};
}

// A syslog that restarts while the configuration is read again.
static void auto_is_chosen_once(void **state)
{
    (void)state;
    struct stage s;
    struct err err;
    seen()->has_syslog = true;
    begin(&s, LOG_TO_AUTO);
    seen()->has_syslog = false;
    assert_true(log_move(s.log, LOG_TO_AUTO, &err));
    seen()->has_syslog = true;
    log_say(s.log, LOG_LEVEL_ERROR, NULL, "there");
    assert_string_equal(end(&s), "");
    assert_string_equal(buf_z(&seen()->syslog), "3 there\n");
    done(&s);
    *seen() = (struct seen){0};
}

static void it_stays_where_a_reload_names_what_is_not_there(void **state)
{
    (void)state;
    struct stage s;
    struct err err;
    begin(&s, LOG_TO_STDERR);
    errno = ENOENT; // of this program's access, too
    assert_false(log_move(s.log, LOG_TO_SYSLOG, &err));
    assert_string_equal(err.text, "the log stays with standard error, syslog is not there: /dev/log: "
                                  "No such file or directory");
    assert_false(log_move(s.log, LOG_TO_JOURNAL, &err));
    log_say(s.log, LOG_LEVEL_ERROR, NULL, "hello");
    seen()->has_journal = true; // a later reload finds it
    assert_true(log_move(s.log, LOG_TO_JOURNAL, &err));
    log_say(s.log, LOG_LEVEL_ERROR, NULL, "again");
    assert_string_equal(end(&s), AT " error hello\n" AT " info the log moves to the journal\n");
    assert_true(str_find(buf_str(&seen()->journal), S("MESSAGE=again")) < seen()->journal.n);
    done(&s);
    *seen() = (struct seen){0};
}

// ---- slow readers ----

// Reads a pipe to its end, in a child, with a pause after each piece: what came goes to a file, and the parent says when
// to begin.
static pid_t start_reader(const int from[2], int to, int go, int pause_ms)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    close(from[1]); // or the end never comes
    char piece[1 << 16];
    if (read(go, piece, 1) != 1)
        _exit(1);
    for (ssize_t n; (n = read(from[0], piece, sizeof piece)) > 0;)
        if (write(to, piece, (size_t)n) != n || poll(NULL, 0, pause_ms) != 0)
            _exit(1);
    _exit(0);
}

static void a_slow_reader_costs_lines_that_are_counted_and_told(bool is_nonblocking)
{
    enum { LINES = 40000 };
    int pipe_fds[2] = {-1, -1}, go[2] = {-1, -1};
    char path[] = "/tmp/feedwatch-log-XXXXXX", last[64];
    int fd = mkstemp(path);
    unlink(path);
    assert_true(pipe(pipe_fds) == 0 && pipe(go) == 0);
    struct stage s = {0};
    fcntl(pipe_fds[0], F_SETFD, FD_CLOEXEC);
    pid_t reader = start_reader(pipe_fds, fd, go[0], 0);
    if (is_nonblocking) // a flag of the open file: whoever shares our standard error may have set it
        fcntl(pipe_fds[1], F_SETFL, O_NONBLOCK);
    setup_at(&s, LOG_TO_STDERR, pipe_fds[1]);
    for (int i = 0; i < LINES; i++) // nobody reads, and this returns all the same
        log_say(s.log, LOG_LEVEL_INFO, NULL, "line %d ............................................................", i);
    uint64_t dropped = metric_get(&s.metrics, METRIC_LOG_DROPPED);
    assert_true(write(go[1], "g", 1) == 1);
    log_stop(s.log, ENOUGH_MS, false);
    dup2(s.terminal, STDERR_FILENO);
    close(s.terminal);
    close(pipe_fds[1]);
    int status;
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
    lseek(fd, 0, SEEK_SET);
    char piece[4096];
    for (ssize_t n; (n = read(fd, piece, sizeof piece)) > 0;)
        buf_add(&s.text, str_make(piece, (size_t)n));
    assert_true(dropped > 0 && dropped < LINES);
    snprintf(last, sizeof last, "warning %llu log lines were dropped: the log was slower\n",
             (unsigned long long)dropped);
    assert_true(str_ends(buf_str(&s.text), str_of(last)));
    size_t lines = 0;
    for (size_t i = 0; i < s.text.n; i++)
        lines += s.text.p[i] == '\n';
    assert_int_equal(lines, LINES - dropped + 1); // and what was not dropped is there, whole
    close(fd), close(pipe_fds[0]), close(go[0]), close(go[1]);
    done(&s);
}

static void a_patient_stop_waits_as_long_as_lines_are_taken(void **state)
{
    enum { LINES = 8000, WAIT_MS = 300, PAUSE_MS = 50 }; // 16 pieces: in all more than the wait
    (void)state;
    int pipe_fds[2] = {-1, -1}, go[2] = {-1, -1};
    char path[] = "/tmp/feedwatch-log-XXXXXX";
    int fd = mkstemp(path), status;
    struct stat file;
    unlink(path);
    assert_true(pipe(pipe_fds) == 0 && pipe(go) == 0);
    struct stage s = {0};
    fcntl(pipe_fds[0], F_SETFD, FD_CLOEXEC);
    pid_t reader = start_reader(pipe_fds, fd, go[0], PAUSE_MS);
    setup_at(&s, LOG_TO_STDERR, pipe_fds[1]);
    for (int i = 0; i < LINES; i++)
        log_say(s.log, LOG_LEVEL_INFO, NULL, "line %05d ...........................................................", i);
    assert_int_equal(metric_get(&s.metrics, METRIC_LOG_DROPPED), 0);
    assert_true(write(go[1], "g", 1) == 1);
    log_stop(s.log, WAIT_MS, true);
    dup2(s.terminal, STDERR_FILENO);
    close(s.terminal);
    close(pipe_fds[1]);
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
    assert_int_equal(fstat(fd, &file), 0);
    assert_int_equal(file.st_size % LINES, 0); // lines of one length, and none is missing
    assert_int_equal(file.st_size / LINES, sizeof AT - 1 + 77);
    close(fd), close(pipe_fds[0]), close(go[0]), close(go[1]);
    done(&s);
}

// Before, this waited for ever.
static void a_stop_waits_for_no_reader_that_never_comes(void **state)
{
    enum { WAIT_MS = 30 };
    (void)state;
    static const struct { int lines; bool is_nonblocking; const char *why; } cases[] = {
        {2000, false, "more than a pipe holds"},
        {2000, true, "the same, and whoever shares it made it so"},
        {100000, false, "more than the queue holds"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int pipe_fds[2] = {-1, -1};
        struct stage s = {0};
        struct timespec from, to;
        assert_int_equal(pipe(pipe_fds), 0);
        if (cases[i].is_nonblocking)
            fcntl(pipe_fds[1], F_SETFL, O_NONBLOCK);
        setup_at(&s, LOG_TO_STDERR, pipe_fds[1]);
        for (int k = 0; k < cases[i].lines; k++)
            log_say(s.log, LOG_LEVEL_INFO, NULL, "line %d ............................................................", k);
        alarm(60); // a hang fails, and does not stop the run
        clock_gettime(CLOCK_MONOTONIC, &from);
        log_stop(s.log, WAIT_MS, false);
        clock_gettime(CLOCK_MONOTONIC, &to);
        alarm(0);
        dup2(s.terminal, STDERR_FILENO);
        close(s.terminal), close(pipe_fds[0]), close(pipe_fds[1]);
        int64_t took_ms = (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
        if (took_ms < WAIT_MS || took_ms > 5000)
            fail_msg("%s: took %lld ms", cases[i].why, (long long)took_ms);
        assert_true(clock_is_idle(&s.clock)); // what was dropped is not under way for ever
        done(&s);
    }
}

static void lines_that_nobody_reads_in_time_are_dropped_and_told(void **state)
{
    (void)state;
    a_slow_reader_costs_lines_that_are_counted_and_told(false);
}

static void a_pipe_that_does_not_block_gets_whole_lines(void **state)
{
    (void)state;
    a_slow_reader_costs_lines_that_are_counted_and_told(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_one_clean_line),
        cmocka_unit_test(what_is_below_the_level_is_left_out),
        cmocka_unit_test(a_long_line_is_cut_at_a_character),
        cmocka_unit_test(the_last_line_of_a_long_report_is_not_lost),
        cmocka_unit_test(a_record_of_the_journal_has_its_fields),
        cmocka_unit_test(a_line_of_the_journal_says_what_it_is_about),
        cmocka_unit_test(an_alert_of_the_journal_can_be_filtered_by),
        cmocka_unit_test(a_target_that_is_not_there_is_replaced_by_standard_error),
        cmocka_unit_test(standard_error_of_the_journal_is_known),
        cmocka_unit_test(a_reload_moves_it),
        cmocka_unit_test(auto_is_chosen_once),
        cmocka_unit_test(it_stays_where_a_reload_names_what_is_not_there),
        cmocka_unit_test(lines_that_nobody_reads_in_time_are_dropped_and_told),
        cmocka_unit_test(a_pipe_that_does_not_block_gets_whole_lines),
        cmocka_unit_test(a_patient_stop_waits_as_long_as_lines_are_taken),
        cmocka_unit_test(a_stop_waits_for_no_reader_that_never_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
