// SPDX-License-Identifier: MIT
#include "daemon/log.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "daemon/loop.h"
#include "daemon/message_id.h"
#include "daemon/queue.h"

static const int priorities[] = {
    [LOG_LEVEL_ERROR] = LOG_ERR,   [LOG_LEVEL_WARNING] = LOG_WARNING, [LOG_LEVEL_NOTICE] = LOG_NOTICE,
    [LOG_LEVEL_INFO] = LOG_INFO,   [LOG_LEVEL_DEBUG] = LOG_DEBUG,
};

static const char *const level_names[] = {"error", "warning", "notice", "info", "debug"};

enum { FIELDS_MAX = 8 };

struct record {
    struct message message;
    enum log_level level;
    const char *id; // of daemon/message_id.h, or NULL
    wall_t at;
    enum log_to to; // a move: it and what follows goes there; LOG_TO_AUTO: none
    struct str text; // empty: a move that is not told
    struct str fields[FIELDS_MAX]; // NAME=value, for the journal
    size_t n_fields;
    char bytes[];
};

struct log {
    struct queue queue;
    struct clock *clock;
    struct clock apart; // counts the lines under way in real time
    struct metrics *metrics;
    pthread_t thread;
    struct message *taken; // from the queue, and not written yet; the thread's, and after its end log_stop's
    struct queue ended;    // closed when the thread has written all
    bool has_written_all;  // atomic
    uint64_t written;      // atomic: lines
    int level; // atomic
    enum log_to to;       // never LOG_TO_AUTO; the thread's
    enum log_to moved_to; // the same, of the last move that was asked for; who moves it
    enum log_to asked_to; // what was asked for then: LOG_TO_AUTO is not chosen again
};

// Their libraries lose a line without a word where nobody listens, so that is looked at before each one: a restart of
// the journal is no reason to give it up for good.
static const char journal_socket[] = "/run/systemd/journal/socket", syslog_socket[] = "/dev/log";

static bool is_there(const char *socket) { return access(socket, W_OK) == 0; }

// What standard error is decides, as systemd documents it for JOURNAL_STREAM.
static enum log_to choose(enum log_to asked)
{
    if (asked != LOG_TO_AUTO)
        return asked;
    struct stat s;
    unsigned long long device = 0, inode = 0;
    const char *stream = getenv("JOURNAL_STREAM");
    if (stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && fstat(STDERR_FILENO, &s) == 0 &&
        s.st_dev == device && s.st_ino == inode)
        return LOG_TO_JOURNAL;
    return isatty(STDERR_FILENO) || !is_there(syslog_socket) ? LOG_TO_STDERR : LOG_TO_SYSLOG;
}

static void write_all(const char *p, size_t n)
{
    while (n) {
        ssize_t wrote = write(STDERR_FILENO, p, n);
        if (wrote < 0 && errno == EAGAIN) { // whoever shares it has made it so; this thread may wait
            struct pollfd full = {.fd = STDERR_FILENO, .events = POLLOUT};
            poll(&full, 1, -1);
            continue;
        }
        if (wrote <= 0)
            return; // nobody reads: there is nowhere to say so
        p += wrote;
        n -= (size_t)wrote;
    }
}

static void write_stderr(const struct record *r)
{
    char time[WALL_RFC3339_BYTES], line[ALERT_LINE_BYTES + LOG_LINE_BYTES];
    int n = snprintf(line, sizeof line, "%s %s %.*s\n", wall_rfc3339(r->at, true, time), level_names[r->level],
                     STR_ARG(r->text));
    if (n > 0)
        write_all(line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

static struct iovec iovec_of(const char *p, size_t n) { return (struct iovec){(void *)(uintptr_t)p, n}; }

static void write_journal(const struct record *r)
{
    char message[LOG_LINE_BYTES + 16], priority[16];
    int n = snprintf(message, sizeof message, "MESSAGE=%.*s", STR_ARG(r->text));
    int k = snprintf(priority, sizeof priority, "PRIORITY=%d", priorities[r->level]);
    struct iovec v[FIELDS_MAX + 4];
    int count = 0;
    v[count++] = iovec_of(message, (size_t)n < sizeof message ? (size_t)n : sizeof message - 1);
    v[count++] = iovec_of(priority, (size_t)k);
    char id[64];
    if (r->id)
        v[count++] = iovec_of(id, (size_t)snprintf(id, sizeof id, "MESSAGE_ID=%s", r->id));
    v[count++] = iovec_of("SYSLOG_IDENTIFIER=feedwatchd", strlen("SYSLOG_IDENTIFIER=feedwatchd"));
    for (size_t i = 0; i < r->n_fields; i++)
        v[count++] = iovec_of(r->fields[i].p, r->fields[i].n);
    if (!is_there(journal_socket) || sd_journal_sendv(v, count) < 0)
        write_stderr(r);
}

static void write_record(struct log *log, const struct record *r)
{
    if (r->to != LOG_TO_AUTO)
        log->to = r->to;
    if (!r->text.n)
        return;
    switch (log->to) {
    case LOG_TO_JOURNAL:
        write_journal(r);
        break;
    case LOG_TO_SYSLOG:
        if (is_there(syslog_socket))
            syslog(priorities[r->level], "%.*s", STR_ARG(r->text));
        else
            write_stderr(r);
        break;
    case LOG_TO_AUTO:
    case LOG_TO_STDERR:
        write_stderr(r);
        break;
    }
}

static void drop_first(struct log *log)
{
    struct message *first = log->taken;
    size_t bytes = first->bytes;
    log->taken = first->next;
    mem_free(first);
    queue_handled(&log->queue, bytes);
}

// Only while it writes, which may wait for ever (a pipe that nobody reads, a terminal held with ^S, a journal that
// hangs), may the thread be cancelled.
static void *log_main(void *context)
{
    struct log *log = context;
    int before;
    thread_begin("fw-log");
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    uint64_t told = 0;
    while ((log->taken = queue_take_all(&log->queue, -1))) {
        for (; log->taken; drop_first(log)) {
            pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
            write_record(log, (struct record *)log->taken);
            pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
            __atomic_fetch_add(&log->written, 1, __ATOMIC_RELAXED);
        }
        uint64_t dropped = metric_get(log->metrics, METRIC_LOG_DROPPED);
        if (dropped > told)
            log_say(log, LOG_LEVEL_WARNING, NULL, "%llu log lines were dropped: the log was slower",
                    (unsigned long long)(dropped - told));
        told = dropped;
    }
    __atomic_store_n(&log->has_written_all, true, __ATOMIC_RELEASE);
    queue_close(&log->ended);
    return NULL;
}

struct log *log_start(enum log_to to, struct clock *clock, struct metrics *metrics)
{
    struct log *log = mem_alloc(sizeof *log);
    log->clock = clock;
    log->metrics = metrics;
    log->level = LOG_LEVEL_INFO;
    log->to = log->moved_to = choose(to);
    log->asked_to = to;
    openlog("feedwatchd", LOG_PID, LOG_DAEMON);
    // A scene's clock waits for each line. In real time `--once` asks that count whether all is done, and a reader that
    // is stuck must not hold it up.
    struct clock *count = clock->is_stepped ? clock : &log->apart;
    queue_init(&log->queue, count, LOG_QUEUE_BYTES, NULL, NULL);
    queue_init(&log->ended, count, 0, NULL, NULL);
    int failed = pthread_create(&log->thread, NULL, log_main, log);
    assert(!failed);
    return log;
}

void log_stop(struct log *log, int wait_ms, bool is_patient)
{
    if (!log)
        return;
    queue_close(&log->queue);
    uint64_t written, seen;
    do {
        written = __atomic_load_n(&log->written, __ATOMIC_RELAXED);
        queue_take_all(&log->ended, wait_ms); // nothing comes: it waits for the close
        seen = __atomic_load_n(&log->written, __ATOMIC_RELAXED);
    } while (is_patient && seen > written && !__atomic_load_n(&log->has_written_all, __ATOMIC_ACQUIRE));
    if (!__atomic_load_n(&log->has_written_all, __ATOMIC_ACQUIRE))
        pthread_cancel(log->thread);
    pthread_join(log->thread, NULL);
    do {
        while (log->taken)
            drop_first(log);
        log->taken = queue_take_all(&log->queue, 0);
    } while (log->taken);
    queue_done(&log->queue);
    queue_done(&log->ended);
    mem_free(log);
}

struct field {
    const char *name; // with its =
    struct str value;
};

// Makes a record around a text that is clean already, with copies of the fields behind it.
static struct record *record_make(struct log *log, enum log_level level, const char *id, struct str text,
                                  const struct field *fields, size_t n_fields)
{
    assert(n_fields <= FIELDS_MAX);
    size_t room = text.n;
    for (size_t i = 0; i < n_fields; i++)
        room += strlen(fields[i].name) + fields[i].value.n;
    struct record *r = mem_alloc(sizeof *r + room);
    r->message.bytes = sizeof *r + room;
    r->level = level;
    r->id = id;
    r->at = clock_now(log->clock).wall;
    memcpy(r->bytes, text.p, text.n);
    r->text = str_make(r->bytes, text.n);
    char *p = r->bytes + text.n;
    for (size_t i = 0; i < n_fields; i++) {
        size_t n = strlen(fields[i].name);
        memcpy(p, fields[i].name, n);
        if (fields[i].value.n)
            memcpy(p + n, fields[i].value.p, fields[i].value.n);
        r->fields[r->n_fields++] = str_make(p, n + fields[i].value.n);
        p += n + fields[i].value.n;
    }
    return r;
}

// Reads what a line is about from the keys in it, for the journal and its catalog. Behind the first word that ends with
// a colon stands what others say, a server's answer for one, and no key of ours.
static size_t fields_of(struct str line, struct field out[static FIELDS_MAX])
{
    static const struct {
        struct str key;
        const char *name;
    } keys[] = {
        {STR("feed="), "FEEDWATCH_FEED="},         {STR("feed="), "FEEDWATCH_FEED_URL="},
        {STR("receiver="), "FEEDWATCH_RECEIVER="}, {STR("id="), "FEEDWATCH_ALERT_ID="},
        {STR("to="), "FEEDWATCH_URL="},
    };
    enum { KEYS = sizeof keys / sizeof *keys };
    static_assert((int)KEYS <= (int)FIELDS_MAX, "each is taken once");
    bool is_taken[KEYS] = {false};
    size_t n = 0;
    for (struct str rest = line, word = {0}; rest.p && !str_ends(word, S(":"));) {
        word = str_cut(&rest, ' ');
        for (size_t i = 0; i < KEYS; i++)
            if (!is_taken[i] && str_starts(word, keys[i].key)) {
                out[n++] = (struct field){keys[i].name, str_from(word, keys[i].key.n)};
                is_taken[i] = true;
            }
    }
    return n;
}

static void hand_over(struct log *log, struct record *r)
{
    if (queue_has_room(&log->queue)) {
        queue_push(&log->queue, &r->message);
        return;
    }
    metric_add(log->metrics, METRIC_LOG_DROPPED, 1);
    mem_free(r);
}

void log_say(struct log *log, enum log_level level, const char *id, const char *format, ...)
{
    if (level > log_level(log))
        return;
    struct buf raw, line;
    buf_init(&raw, LOG_TEXT_BYTES);
    va_list args;
    va_start(args, format);
    buf_addv(&raw, format, args);
    va_end(args);
    for (struct str rest = buf_str(&raw); rest.n;) {
        struct str one = str_cut(&rest, '\n');
        if (!one.n)
            continue;
        buf_init(&line, LOG_LINE_BYTES);
        utf8_sanitise(one, &line);
        struct field fields[FIELDS_MAX];
        size_t n_fields = fields_of(buf_str(&line), fields);
        if (line.n)
            hand_over(log, record_make(log, level, id, buf_str(&line), fields, n_fields));
        buf_done(&line);
    }
    buf_done(&raw);
}

bool log_move(struct log *log, enum log_to to, struct err *err)
{
    static const char *const names[] = {
        [LOG_TO_AUTO] = "", [LOG_TO_JOURNAL] = "the journal", [LOG_TO_STDERR] = "standard error",
        [LOG_TO_SYSLOG] = "syslog",
    };
    const char *from = names[log->moved_to];
    bool is_still_auto = to == LOG_TO_AUTO && log->asked_to == LOG_TO_AUTO; // a syslog that restarts moves nothing
    enum log_to target = is_still_auto ? log->moved_to : choose(to);
    const char *socket = target == LOG_TO_JOURNAL ? journal_socket : target == LOG_TO_SYSLOG ? syslog_socket : NULL;
    if (target == log->moved_to) {
        log->asked_to = to;
        return true;
    }
    if (socket && !is_there(socket))
        return err_set(err, "the log stays with %s, %s is not there: %s: %s", from, names[target], socket,
                       strerror(errno));
    log_say(log, LOG_LEVEL_INFO, NULL, "the log moves to %s", names[target]);
    char text[64] = "";
    if (log_level(log) >= LOG_LEVEL_INFO)
        snprintf(text, sizeof text, "the log has moved here from %s", from);
    struct record *r = record_make(log, LOG_LEVEL_INFO, NULL, str_of(text), NULL, 0);
    r->to = target;
    queue_push(&log->queue, &r->message); // however full it is: a move is no line
    log->moved_to = target;
    log->asked_to = to;
    return true;
}

static enum log_level level_of(enum severity severity)
{
    switch (severity) {
    case SEVERITY_DEBUG:
        return LOG_LEVEL_DEBUG;
    case SEVERITY_INFO:
        return LOG_LEVEL_INFO;
    case SEVERITY_NOTICE:
        return LOG_LEVEL_NOTICE;
    case SEVERITY_WARNING:
        return LOG_LEVEL_WARNING;
    case SEVERITY_CRITICAL:
        return LOG_LEVEL_ERROR;
    }
    return LOG_LEVEL_NOTICE;
}

static const char *id_of(enum alert_kind kind)
{
    switch (kind) {
    case ALERT_DIGEST:
        return MESSAGE_DIGEST;
    case ALERT_FEED_BROKEN:
        return MESSAGE_FEED_BROKEN;
    case ALERT_FEED_RECOVERED:
        return MESSAGE_FEED_RECOVERED;
    case ALERT_FEED_REBASELINED:
        return MESSAGE_FEED_REBASELINED;
    case ALERT_MATCHED:
    case ALERT_UPDATED:
    case ALERT_ENDPOINT_TEST:
    case ALERT_ENDPOINT_RECOVERED:
    case ALERT_KINDS:
        break;
    }
    return MESSAGE_ALERT;
}

void log_alert(struct log *log, const struct alert *alert)
{
    struct buf line;
    buf_init(&line, ALERT_LINE_BYTES);
    alert_line(alert, &line);
    char text[ALERT_ID_BYTES], story[24];
    snprintf(story, sizeof story, "%016llx", (unsigned long long)alert->story);
    const struct field fields[] = {
        {"FEEDWATCH_RULE=", alert->rule},
        {"FEEDWATCH_ALERT_ID=", str_of(alert_id_text(alert->id, text))},
        {"FEEDWATCH_FEED=", alert->feed_title},
        {"FEEDWATCH_FEED_URL=", alert->feed_url},
        {"FEEDWATCH_URL=", alert->url},
        {"FEEDWATCH_STORY=", str_of(story)},
        {"FEEDWATCH_JSON=", alert->body},
    };
    hand_over(log, record_make(log, level_of(alert->severity), id_of(alert->kind), buf_str(&line), fields,
                               sizeof fields / sizeof *fields));
    buf_done(&line);
}

void log_set_level(struct log *log, enum log_level level) { __atomic_store_n(&log->level, level, __ATOMIC_RELAXED); }

enum log_level log_level(const struct log *log)
{
    return (enum log_level)__atomic_load_n(&log->level, __ATOMIC_RELAXED);
}

const char *log_level_name(enum log_level level) { return level_names[level]; }

bool log_level_of(struct str name, enum log_level *out)
{
    for (int i = LOG_LEVEL_ERROR; i <= LOG_LEVEL_DEBUG; i++)
        if (str_eq(name, str_of(level_names[i]))) {
            *out = (enum log_level)i;
            return true;
        }
    return false;
}
