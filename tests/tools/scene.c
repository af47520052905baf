// SPDX-License-Identifier: MIT
#include "tests/tools/scene.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "tests/tools/check.h"
#include "tests/tools/folder.h"

enum {
    ARENA_BYTES_MAX = 1 << 28,
    LOG_BYTES_MAX = 64 << 20,
    OUTPUT_BYTES_MAX = 16 << 20,
    SHOWN_BYTES = 4000, // of the log's end, where a wait fails
    START_S = 1795438800, // 23 November 2026, 13:00 UTC, in seconds: a Monday, no change of clocks near
};

static const char *top(void)
{
    const char *folder = getenv("FEEDWATCH_TOP");
    return folder ? folder : ".";
}

static const char *out_folder(void)
{
    const char *folder = getenv("FEEDWATCH_OUT");
    return folder ? folder : "build";
}

// ---- the clock's answers ------------------------------------------------------------------------------------------

static void clock_tell(struct scene *s, const char *line)
{
    assert(!s->is_asking);
    s->is_asking = true;
    child_tell(&s->daemon, line);
}

// A run is asked for in pieces of a minute, so that origin and receiver know the daemon's time to the minute.
static void run_next(struct scene *s)
{
    char line[64];
    int64_t piece = s->run_left_ms < MINUTE_MS ? s->run_left_ms : MINUTE_MS;
    s->run_left_ms -= piece;
    snprintf(line, sizeof line, "run %lld", (long long)piece);
    clock_tell(s, line);
}

// Takes the answer that is there, if one is, and asks for the next piece of a run.
static void clock_pump(struct scene *s)
{
    char line[CHILD_LINE_BYTES_MAX];
    if (!s->is_asking || !child_answer(&s->daemon, line))
        return;
    s->is_asking = false;
    struct str rest = str_of(line);
    struct str word = str_cut(&rest, ' ');
    int64_t ms;
    if (str_eq(word, S("ok")) && str_to_i64(rest, &ms))
        s->now = (wall_t){ms};
    else if (!str_eq(word, S("idle")))
        fail_msg("the clock answered \"%s\"", line);
    if (s->run_left_ms > 0)
        run_next(s);
}

// ---- waiting ------------------------------------------------------------------------------------------------------

static void on_bound(uv_timer_t *timer) { *(bool *)timer->data = true; }

static void on_timer_closed(uv_handle_t *handle) { handle->data = NULL; }

// Turns the loop until is_true or the bound. Returns whether it became true.
static bool turn_until(struct scene *s, bool (*is_true)(struct scene *, const void *), const void *context,
                       int bound_ms)
{
    bool is_late = false;
    uv_timer_t timer = {.data = &is_late};
    uv_timer_init(&s->loop, &timer);
    uv_update_time(&s->loop);
    // Again each millisecond: a timer that fires as a turn begins does not end its wait (libuv 1.44).
    uv_timer_start(&timer, on_bound, (uint64_t)bound_ms, 1);
    bool became_true;
    while (clock_pump(s), !(became_true = is_true(s, context)) && !is_late)
        uv_run(&s->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&timer, on_timer_closed);
    while (timer.data)
        uv_run(&s->loop, UV_RUN_NOWAIT);
    return became_true;
}

static bool is_never(struct scene *s, const void *context)
{
    (void)s;
    (void)context;
    return false;
}

void scene_live(struct scene *s, uint64_t ms) { turn_until(s, is_never, NULL, (int)ms); }

static void fail_with_log(struct scene *s, const char *what)
{
    struct str end = buf_str(&s->log);
    end = str_from(end, end.n > SHOWN_BYTES ? end.n - SHOWN_BYTES : 0);
    struct buf books;
    buf_init(&books, 1 << 16);
    receiver_describe(&s->receiver, &books);
    print_error("waited for: %s\nthe daemon %s (status %d); the end of its log:\n%.*s\nreceiver: %s\n", what,
                s->daemon.is_running ? "runs" : "does not run", s->daemon.status, STR_ARG(end), buf_z(&books));
    buf_done(&books);
    fail();
}

void scene_until(struct scene *s, const char *what, bool (*is_true)(struct scene *, const void *), const void *context)
{
    if (!turn_until(s, is_true, context, SCENE_WAIT_MS))
        fail_with_log(s, what);
}

// ---- opening and closing ------------------------------------------------------------------------------------------

void scene_open(struct scene *s, const char *name)
{
    signal(SIGPIPE, SIG_IGN); // a daemon killed while we write to it
    *s = (struct scene){.now = {(int64_t)START_S * SECOND_MS}, .mode = "--foreground"};
    uv_loop_init(&s->loop);
    arena_init(&s->arena, ARENA_BYTES_MAX);
    buf_init(&s->log, LOG_BYTES_MAX);
    const char *scratch = getenv("TMPDIR"); // short: a path of a socket takes 107 bytes
    int n = snprintf(s->folder, sizeof s->folder, "%s/feedwatch-%s.%ld", scratch ? scratch : "/tmp", name,
                     (long)getpid());
    assert(n > 0 && (size_t)n < sizeof s->folder);
    folder_remove(s->folder);
    folder_make(s->folder);
    origin_init(&s->origin, &s->loop);
    s->origin.daemon_clock = &s->now;
    receiver_init(&s->receiver, &s->loop, "127.0.0.1", 0, SCENE_SECRET, 1);
    s->receiver.daemon_clock = &s->now;
}

void scene_done(struct scene *s)
{
    if (!s->arena.bytes_max)
        return;
    if (s->daemon.pid)
        child_done(&s->daemon);
    origin_done(&s->origin);
    receiver_done(&s->receiver);
    int busy = uv_loop_close(&s->loop);
    assert(busy == 0);
    if (s->folder[0])
        folder_remove(s->folder);
    buf_done(&s->log);
    arena_done(&s->arena);
    *s = (struct scene){0};
}

// ---- files --------------------------------------------------------------------------------------------------------

const char *scene_path(struct scene *s, const char *name) { return arena_fmt(&s->arena, "%s/%s", s->folder, name).p; }

const char *scene_write(struct scene *s, const char *name, const char *format, ...)
{
    const char *path = scene_path(s, name);
    va_list args;
    va_start(args, format);
    struct str text = arena_fmtv(&s->arena, format, args);
    va_end(args);
    folder_make_parents(path);
    if (!file_write(path, text))
        fail_msg("cannot write %s: %s", path, strerror(errno));
    return path;
}

void scene_config(struct scene *s, const char *more)
{
    const char *secret = scene_write(s, "secret", "%s\n", SCENE_SECRET);
    chmod(secret, 0600);
    folder_make(scene_path(s, "rules.d"));
    scene_write(s, "feedwatch.conf",
                "instance scene\n"
                "state \"%s/state\"\n"
                "socket \"%s/control.sock\"\n"
                "log stderr\n"
                "webhook desk {\n"
                "    url \"%s\"\n"
                "    secret \"file:%s\"\n"
                "}\n%s"
                "include rules.d/*.rules\n",
                s->folder, s->folder, receiver_url(&s->receiver, "/hook"), secret, more);
}

void scene_each_row(struct scene *s, const char *query, void (*visit)(void *context, const struct str *columns, int n),
                    void *context)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    struct str columns[SCENE_COLUMNS_MAX];
    if (sqlite3_open_v2(scene_path(s, "state/state.db"), &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, query, -1, &row, NULL) != SQLITE_OK)
        fail_msg("%s: %s", query, sqlite3_errmsg(db));
    int n = sqlite3_column_count(row);
    assert_in_range(n, 1, SCENE_COLUMNS_MAX);
    while (sqlite3_step(row) == SQLITE_ROW) {
        for (int i = 0; i < n; i++) {
            const char *bytes = sqlite3_column_blob(row, i);
            columns[i] = str_make(bytes, (size_t)sqlite3_column_bytes(row, i));
        }
        visit(context, columns, n);
    }
    sqlite3_finalize(row);
    sqlite3_close(db);
}

struct digest {
    uint64_t hash;
    size_t n_rows;
};

static void add_to_digest(void *context, const struct str *columns, int n)
{
    struct digest *d = context;
    for (int i = 0; i < n; i++)
        d->hash = hash64_seeded(d->hash + 1, columns[i]);
    d->n_rows++;
}

uint64_t scene_rows(struct scene *s, const char *query, size_t *out_n)
{
    struct digest d = {0};
    scene_each_row(s, query, add_to_digest, &d);
    *out_n = d.n_rows;
    return d.hash;
}

// ---- the daemon ---------------------------------------------------------------------------------------------------

const char *scene_built(struct scene *s, const char *name)
{
    return arena_fmt(&s->arena, "%s/%s/%s", *out_folder() == '/' ? "" : top(), out_folder(), name).p;
}

static void launch(struct scene *s, const char *const *argv)
{
    struct err err;
    const char *env[SCENE_ENV_MAX + 4];
    size_t n = 0;
    for (size_t i = 0; i < s->n_env; i++)
        env[n++] = s->env[i];
    env[n++] = arena_fmt(&s->arena, "XDG_RUNTIME_DIR=%s", s->folder).p;
    env[n++] = arena_fmt(&s->arena, "XDG_STATE_HOME=%s", s->folder).p;
    if (!s->is_real_time)
        env[n++] = arena_fmt(&s->arena, "FEEDWATCH_TEST_CLOCK=3:%lld", (long long)s->now.ms).p;
    env[n] = NULL;
    struct child_spec spec = {
        .argv = argv,
        .env = env,
        .out = &s->log,
        .errors = &s->log,
        .has_control = !s->is_real_time,
        .limits = s->limits,
        .n_limits = s->n_limits,
    };
    s->is_asking = false;
    s->run_left_ms = 0;
    if (s->daemon.pid) {
        assert_false(s->daemon.is_running);
        child_done(&s->daemon);
    }
    if (!child_start(&s->daemon, &s->loop, &spec, &err))
        fail_msg("%s", err.text);
}

void scene_launch(struct scene *s)
{
    const char *argv[] = {scene_built(s, "feedwatchd"), "--config", scene_path(s, "feedwatch.conf"), s->mode, NULL};
    launch(s, argv);
}

void scene_start(struct scene *s)
{
    scene_mark(s);
    scene_launch(s);
    scene_expect(s, "ready");
    if (!s->is_real_time)
        scene_settle(s);
}

// Puts `first` and those behind it, up to a NULL, behind the n that argv (of SCENE_ARGS_MAX, zeroed) has.
static void add_arguments(const char **argv, size_t n, const char *first, va_list more)
{
    for (const char *a = first; a; a = va_arg(more, const char *)) {
        assert(n < SCENE_ARGS_MAX - 1);
        argv[n++] = a;
    }
}

int scene_start_fails(struct scene *s, const char *argument, ...)
{
    const char *argv[SCENE_ARGS_MAX] = {scene_built(s, "feedwatchd"), "--config", scene_path(s, "feedwatch.conf")};
    va_list args;
    va_start(args, argument);
    add_arguments(argv, 3, argument, args);
    va_end(args);
    scene_mark(s);
    launch(s, argv);
    return scene_wait_end(s, SCENE_WAIT_MS);
}

static bool has_ended(struct scene *s, const void *context)
{
    (void)context;
    // The pipes close after the last line was read.
    return !s->daemon.is_running && uv_is_closing((uv_handle_t *)&s->daemon.errors);
}

int scene_wait_end(struct scene *s, int bound_ms)
{
    if (!turn_until(s, has_ended, NULL, bound_ms))
        fail_with_log(s, "the daemon's end");
    return s->daemon.status;
}

void scene_stop(struct scene *s)
{
    child_signal(&s->daemon, SIGTERM);
    int status = scene_wait_end(s, SCENE_STOP_MS);
    if (status != 0)
        fail_with_log(s, "exit status 0 after SIGTERM");
}

void scene_kill(struct scene *s)
{
    child_signal(&s->daemon, SIGKILL);
    scene_wait_end(s, SCENE_WAIT_MS);
}

void scene_signal(struct scene *s, int number) { child_signal(&s->daemon, number); }
pid_t scene_pid(const struct scene *s) { return s->daemon.pid; }
bool scene_is_running(const struct scene *s) { return s->daemon.is_running; }

static bool ctl_has_ended(struct scene *s, const void *context)
{
    (void)s;
    const struct child *c = context;
    return !c->is_running && uv_is_closing((const uv_handle_t *)&c->out) &&
           uv_is_closing((const uv_handle_t *)&c->errors);
}

struct str scene_ctl(struct scene *s, int *out_status, const char *argument, ...)
{
    const char *argv[SCENE_ARGS_MAX] = {scene_built(s, "feedwatchctl")};
    va_list args;
    va_start(args, argument);
    add_arguments(argv, 1, argument, args);
    va_end(args);
    const char *env[] = {arena_fmt(&s->arena, "FEEDWATCH_SOCKET=%s/control.sock", s->folder).p, NULL};
    struct buf out, errors;
    buf_init(&out, OUTPUT_BYTES_MAX);
    buf_init(&errors, OUTPUT_BYTES_MAX);
    struct child ctl;
    struct err err;
    struct child_spec spec = {.argv = argv, .env = env, .out = &out, .errors = &errors};
    if (!child_start(&ctl, &s->loop, &spec, &err))
        fail_msg("%s", err.text);
    scene_until(s, "feedwatchctl's end", ctl_has_ended, &ctl);
    *out_status = ctl.status;
    child_done(&ctl);
    struct str text = arena_fmt(&s->arena, "%s%s", buf_z(&out), buf_z(&errors));
    buf_done(&out);
    buf_done(&errors);
    return text;
}

// ---- time ---------------------------------------------------------------------------------------------------------

static bool has_answered(struct scene *s, const void *context)
{
    (void)context;
    return (!s->is_asking && s->run_left_ms == 0) || has_ended(s, NULL);
}

static void clock_wait(struct scene *s, const char *asked)
{
    scene_until(s, asked, has_answered, NULL);
    if (s->is_asking)
        fail_with_log(s, asked);
}

static void clock_ask(struct scene *s, const char *verb, int64_t ms)
{
    char line[64];
    snprintf(line, sizeof line, "%s %lld", verb, (long long)ms);
    clock_tell(s, line);
    clock_wait(s, line);
}

void scene_settle(struct scene *s)
{
    clock_tell(s, "idle");
    clock_wait(s, "idle");
}

void scene_run_begin(struct scene *s, int64_t ms)
{
    s->run_left_ms = ms;
    run_next(s);
}

void scene_run_end(struct scene *s) { clock_wait(s, "the end of a run"); }

void scene_run_end_or_death(struct scene *s) { scene_until(s, "the end of a run", has_answered, NULL); }

void scene_run(struct scene *s, int64_t ms)
{
    scene_run_begin(s, ms);
    scene_run_end(s);
    scene_settle(s);
}

void scene_jump(struct scene *s, int64_t ms)
{
    clock_ask(s, "advance", ms);
    scene_settle(s);
}

void scene_wrong_clock(struct scene *s, int64_t ms)
{
    clock_ask(s, "wall", ms);
    scene_settle(s);
}

// ---- the log ------------------------------------------------------------------------------------------------------

static struct str log_since_mark(const struct scene *s) { return str_from(buf_str(&s->log), s->log_mark); }

bool scene_says(const struct scene *s, const char *text)
{
    struct str log = log_since_mark(s);
    return str_find(log, str_of(text)) < log.n;
}

void scene_mark(struct scene *s) { s->log_mark = s->log.n; }

static bool has_said(struct scene *s, const void *text)
{
    struct str log = log_since_mark(s);
    size_t at = str_find(log, str_of(text));
    return at < log.n && str_find_char(str_from(log, at), '\n') < log.n - at;
}

static bool has_said_or_ended(struct scene *s, const void *text) { return has_said(s, text) || has_ended(s, NULL); }

struct str scene_expect(struct scene *s, const char *text)
{
    scene_until(s, text, has_said_or_ended, text);
    if (!has_said(s, text))
        fail_with_log(s, text);
    struct str log = log_since_mark(s);
    size_t from = str_find(log, str_of(text));
    size_t to = from + str_find_char(str_from(log, from), '\n');
    while (from > 0 && log.p[from - 1] != '\n')
        from--;
    s->log_mark += to + 1;
    return arena_str(&s->arena, str_make(log.p + from, to - from));
}

struct acked {
    const char *key;
    size_t n;
};

static bool are_acked(struct scene *s, const void *context)
{
    const struct acked *a = context;
    return receiver_acked(&s->receiver, a->key) >= a->n;
}

void scene_until_acked(struct scene *s, const char *key, size_t n)
{
    scene_until(s, key ? key : "alerts at the receiver", are_acked, &(struct acked){key, n});
}
