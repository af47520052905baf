// SPDX-License-Identifier: MIT
//
// The daemon as a whole: status, health, metrics, reload, log level, backup.
#include "daemon/ctl/client.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/answer.h"
#include "daemon/ctl/say.h"
#include "daemon/ctl/show.h"
#include "daemon/ctl/views.h"

// One line of the status: a label and what follows it, sanitised by what adds to `out`.
static void label(const struct ctl_call *call, const char *name, struct buf *out)
{
    buf_addf(out, "%s%-10s%s ", say_mark(call, SAY_BOLD), name, say_mark(call, SAY_PLAIN));
}

// Appends ", N what" where N is not 0; the first one without the comma.
static void count_add(const json_t *object, const char *name, const char *what, const char *mark, struct buf *out)
{
    int64_t n = answer_number(object, name);
    if (n != 0)
        buf_addf(out, ", %s%lld %s%s", mark, (long long)n, what, mark[0] ? "\033[0m" : "");
}

static void feeds_line(const struct ctl_call *call, const json_t *feeds, struct buf *out)
{
    label(call, "feeds", out);
    buf_addf(out, "%lld", (long long)answer_number(feeds, "total"));
    count_add(feeds, "ok", "ok", "", out);
    count_add(feeds, "failing", "failing", say_mark(call, SAY_RED), out);
    count_add(feeds, "gone", "gone", say_mark(call, SAY_RED), out);
    count_add(feeds, "paused", "paused", say_mark(call, SAY_YELLOW), out);
    count_add(feeds, "new", "not yet polled", say_mark(call, SAY_DIM), out);
    buf_add_char(out, '\n');
}

static void daemon_line(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    wall_t now = answer_now(answer);
    label(call, "daemon", out);
    buf_add(out, S("feedwatchd "));
    say_text(out, answer_text(answer, "version"));
    buf_addf(out, ", process %lld, up ", (long long)answer_number(answer, "pid"));
    say_span(out, wall_diff(now, answer_time(answer, "started_ms")));
    buf_add_char(out, '\n');
    label(call, "config", out);
    say_text(out, answer_text(answer, "config"));
    buf_addf(out, ", generation %lld", (long long)answer_number(answer, "generation"));
    const json_t *reload = json_object_get(answer, "reload");
    if (answer_number(reload, "at_ms") > 0 && !answer_flag(reload, "ok")) {
        buf_addf(out, "\n%10s %sthe last reload was refused ", "", say_mark(call, SAY_RED));
        say_moment(out, answer_time(reload, "at_ms"), now);
        buf_addf(out, "%s: feedwatchctl check --config ", say_mark(call, SAY_PLAIN));
        say_text(out, answer_text(answer, "config"));
    }
    buf_add_char(out, '\n');
}

static void work_lines(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    const json_t *polls = json_object_get(answer, "polls");
    label(call, "polls", out);
    buf_addf(out, "%lld since the start", (long long)answer_number(polls, "total"));
    count_add(polls, "last_hour", "in the last hour", "", out);
    count_add(polls, "in_flight", "in flight", "", out);
    buf_add_char(out, '\n');
    label(call, "rules", out);
    buf_addf(out, "%lld\n", (long long)answer_number(answer, "rules"));
    label(call, "alerts", out);
    buf_addf(out, "%lld since the start", (long long)answer_number(json_object_get(answer, "alerts"), "total"));
    count_add(json_object_get(answer, "alerts"), "today", "today", "", out);
    buf_add_char(out, '\n');
    const json_t *deliveries = json_object_get(answer, "deliveries");
    label(call, "deliveries", out);
    buf_addf(out, "%lld waiting", (long long)answer_number(deliveries, "waiting"));
    count_add(deliveries, "held", "held for a digest or its hours", "", out);
    count_add(deliveries, "dead", "dead (feedwatchctl deliveries list --state dead)", say_mark(call, SAY_RED), out);
    buf_add_char(out, '\n');
}

static void store_line(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    label(call, "store", out);
    say_text(out, answer_text(json_object_get(answer, "store"), "engine"));
    int64_t bytes = answer_number(json_object_get(answer, "store"), "bytes");
    if (bytes > 0) {
        buf_add(out, S(", "));
        say_bytes(out, bytes);
    }
    if (answer_number(answer, "memory_bytes") > 0) {
        buf_add(out, S("; memory "));
        say_bytes(out, answer_number(answer, "memory_bytes"));
    }
    buf_add_char(out, '\n');
}

void view_status(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    daemon_line(call, answer, out);
    feeds_line(call, json_object_get(answer, "feeds"), out);
    work_lines(call, answer, out);
    store_line(call, answer, out);
}

int ctl_status(const struct ctl_call *call)
{
    return show(call, "GET", show_path("/api/v1/status", NULL, ""), NULL, view_status);
}

// Feeds that fail are told and are no reason: most often their servers are the ones to mend.
static void feeds_that(struct buf *out, int64_t n, int64_t total, const char *state)
{
    if (n > 0)
        buf_addf(out, "%lld of %lld feeds %s %s: feedwatchctl feeds list --state %s\n", (long long)n,
                 (long long)total, n == 1 ? "is" : "are", state, state);
}

static void health_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    if (answer_flag(answer, "ok"))
        buf_addf(out, "%sall is well%s\n", say_mark(call, SAY_GREEN), say_mark(call, SAY_PLAIN));
    size_t i;
    json_t *reason;
    json_array_foreach(json_object_get(answer, "reasons"), i, reason) {
        say_text(out, answer_text(reason, "what"));
        if (answer_time(reason, "since_ms").ms > 0) {
            buf_add(out, S("\n  since "));
            say_clock(out, answer_time(reason, "since_ms"), answer_now(answer));
        }
        if (answer_text(reason, "next").n > 0) {
            buf_add(out, S("\n  next: "));
            say_text(out, answer_text(reason, "next"));
        }
        buf_add_char(out, '\n');
    }
    const json_t *feeds = json_object_get(answer, "feeds");
    int64_t total = answer_number(feeds, "total");
    feeds_that(out, answer_number(feeds, "failing"), total, "failing");
    feeds_that(out, answer_number(feeds, "gone"), total, "gone");
}

int ctl_health(const struct ctl_call *call)
{
    json_t *answer = NULL;
    int code = client_ask(call, "GET", "/api/v1/health", NULL, &answer);
    if (code == CTL_OK)
        code = show_print(call, answer, health_render);
    if (code == CTL_OK && !answer_flag(answer, "ok"))
        code = CTL_REFUSED;
    json_decref(answer);
    return code;
}

int ctl_metrics(const struct ctl_call *call)
{
    struct buf text;
    buf_init(&text, SAY_BYTES_MAX);
    int code = client_text(call, "GET", "/metrics", S(""), &text);
    if (code == CTL_OK)
        code = say(&text);
    buf_done(&text);
    return code;
}

static void reload_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    if (!ctl_value(call, "wait")) {
        buf_add(out, S("asked for; \"feedwatchctl reload --wait\" tells how it went\n"));
        return;
    }
    for (struct str rest = answer_text(answer, "warnings"); rest.n;) {
        say_text(out, str_cut(&rest, '\n'));
        buf_add_char(out, '\n');
    }
    buf_addf(out, "generation %lld runs\n", (long long)answer_number(answer, "generation"));
}

int ctl_reload(const struct ctl_call *call)
{
    json_t *body = show_body(call, (const char *const[]){"wait", NULL});
    return show(call, "POST", show_path("/api/v1/reload", NULL, ""), body, reload_render);
}

static void level_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    (void)call;
    say_text(out, answer_text(answer, "level"));
    buf_add_char(out, '\n');
}

int ctl_log_level(const struct ctl_call *call)
{
    struct buf path = show_path("/api/v1/log", NULL, "");
    if (call->n_words == 0)
        return show(call, "GET", path, NULL, level_render);
    return show(call, "PUT", path, json_pack("{s:s}", "level", call->words[0]), level_render);
}

static void backup_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    (void)call;
    say_text(out, answer_text(answer, "path"));
    buf_add(out, S(": "));
    say_bytes(out, answer_number(answer, "bytes"));
    buf_add_char(out, '\n');
}

int ctl_backup(const struct ctl_call *call)
{
    return show(call, "POST", show_path("/api/v1/backup", NULL, ""), NULL, backup_render);
}
