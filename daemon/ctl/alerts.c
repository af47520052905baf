// SPDX-License-Identifier: MIT
//
// Alerts of the running daemon: list, tail, resend. One alert in full is in alert_show.c.
#include <poll.h>
#include <stdio.h>

#include "alerts/alert.h"
#include "daemon/ctl/client.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/answer.h"
#include "daemon/ctl/say.h"
#include "daemon/ctl/show.h"
#include "daemon/ctl/views.h"

enum { TAIL_RULE_COLUMNS = 18 }; // lines come one by one: most names fit, a longer one moves its own line alone
enum { TAIL_EVERY_MS = 1000 }; // how often `tail --follow` asks; an answer without news costs the daemon microseconds
#define TAIL_AT_ONCE "1000"    // alerts of such an answer: after a night's absence they come in seconds

static const char *const filters[] = {"rule", "feed", "severity", "state", "since", "until", "text", "limit", NULL};

static void alert_row(const struct ctl_call *call, const json_t *alert, wall_t now, struct table *t)
{
    struct str severity = answer_text(alert, "severity"), state = answer_text(alert, "state");
    show_moment(t, answer_time(alert, "at_ms"), now, "-");
    table_cell_marked(t, severity, show_mark(call, severity));
    table_cell(t, answer_text(alert, "rule"));
    table_cell(t, answer_text(alert, "title"));
    table_cell(t, answer_text(json_object_get(alert, "feed"), "title"));
    table_cell_marked(t, state, show_mark(call, state));
    table_cell(t, answer_text(alert, "id"));
}

void view_alerts(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    static const struct table_column columns[] = {
        {"WHEN", TABLE_RIGHT, 0},  {"SEVERITY", TABLE_LEFT, 0}, {"RULE", TABLE_LEFT, 12},
        {"TITLE", TABLE_LEFT, 20}, {"FEED", TABLE_LEFT, 10},    {"STATE", TABLE_LEFT, 0}, {"ID", TABLE_LEFT, 0},
    };
    static const struct show_list list = {
        "alerts", "no alerts; why an article did not match: feedwatchctl rules explain RULE --item ADDRESS", columns,
        sizeof columns / sizeof *columns, alert_row};
    show_list(call, answer, &list, out);
}

int ctl_alerts_list(const struct ctl_call *call)
{
    struct buf path = show_path("/api/v1/alerts", NULL, "");
    show_query(call, &path, filters);
    return show(call, "GET", path, NULL, view_alerts);
}

static void tail_line(const struct ctl_call *call, const json_t *alert, struct buf *out)
{
    char utc[WALL_RFC3339_BYTES];
    struct str severity = answer_text(alert, "severity");
    buf_addf(out, "%s  %s%-8.*s%s  %s", wall_rfc3339(answer_time(alert, "at_ms"), false, utc),
             show_mark(call, severity), STR_ARG(severity), say_mark(call, SAY_PLAIN), say_mark(call, SAY_BOLD));
    size_t begun = out->n;
    say_text(out, answer_text(alert, "rule"));
    size_t used = out->n - begun;
    buf_addf(out, "%*s%s  ", used < TAIL_RULE_COLUMNS ? (int)(TAIL_RULE_COLUMNS - used) : 0, "",
             say_mark(call, SAY_PLAIN));
    say_text(out, answer_text(alert, "title"));
    buf_addf(out, "  %s", say_mark(call, SAY_DIM));
    say_text(out, answer_text(json_object_get(alert, "feed"), "title"));
    buf_add(out, S("  "));
    say_text(out, answer_text(alert, "url"));
    buf_addf(out, "%s\n", say_mark(call, SAY_PLAIN));
}

// Where a tail is: behind the newest alert that it was told of, printed or of another severity. seq 0: none yet.
struct tail {
    const struct ctl_call *call;
    int64_t seq;
    wall_t at;
    char id[ALERT_ID_BYTES];
    struct buf since; // not empty: the history was replaced, and only what is newer counts
    bool is_away;     // the daemon, at the last question
};

static void tail_remember(struct tail *t, const json_t *alert)
{
    if (answer_number(alert, "seq") <= t->seq)
        return;
    t->seq = answer_number(alert, "seq");
    t->at = answer_time(alert, "at_ms");
    snprintf(t->id, sizeof t->id, "%.*s", STR_ARG(answer_text(alert, "id")));
    buf_reset(&t->since);
}

// Prints the alerts of an answer but the first `skip`, oldest first, as lines or JSON lines, and remembers the newest.
static int tail_print(struct tail *t, const json_t *answer, size_t skip, bool is_newest_first)
{
    const struct ctl_call *call = t->call;
    const json_t *alerts = json_object_get(answer, "alerts");
    const char *severity = ctl_value(call, "severity");
    struct buf text;
    buf_init(&text, SAY_BYTES_MAX);
    size_t n = json_array_size(alerts);
    for (size_t i = skip; i < n; i++) {
        const json_t *alert = json_array_get(alerts, is_newest_first ? n - 1 - i : i);
        tail_remember(t, alert);
        if (severity && !str_eq(answer_text(alert, "severity"), str_of(severity)))
            continue;
        if (call->is_json)
            say_json_line(alert, false, &text);
        else
            tail_line(call, alert, &text);
    }
    int code = say(&text);
    buf_done(&text);
    return code;
}

// Waits for the next question; false when the reader of standard output has gone.
static bool tail_wait(void)
{
    struct pollfd out = {.fd = 1};
    return poll(&out, 1, TAIL_EVERY_MS) >= 0 && !(out.revents & (POLLERR | POLLHUP | POLLNVAL));
}

// Asks, and tells once that the daemon does not answer: it is restarted, perhaps for an upgrade. *out NULL: not now.
static int tail_poll(struct tail *t, struct buf *path, json_t **out)
{
    *out = NULL;
    int code = client_poll(t->call, buf_z(path), out);
    buf_done(path);
    bool is_away = code == CTL_TEMPORARY;
    if (is_away && !t->is_away)
        fputs("feedwatchctl: the daemon does not answer: waiting for it\n", stderr);
    t->is_away = is_away;
    return is_away ? CTL_OK : code;
}

// Where a restart found the state lost or restored, numbers begin anew, and those that come may be below ours. Then all
// alerts count that are later than the last one printed.
static void tail_begin_anew(struct tail *t)
{
    char utc[WALL_RFC3339_BYTES];
    t->seq = 0;
    buf_reset(&t->since);
    buf_add(&t->since, str_of(wall_rfc3339(wall_add(t->at, 1), true, utc)));
}

// Asks from the last alert on, which comes first if the history is still the one that it stood in. Of all severities:
// the daemon would look again and again at those that it leaves out.
static int tail_more(struct tail *t)
{
    char after[32];
    struct buf path = show_path("/api/v1/alerts", NULL, "");
    show_query(t->call, &path, (const char *const[]){"rule", NULL});
    client_query(&path, "limit", TAIL_AT_ONCE);
    snprintf(after, sizeof after, "%lld", t->seq > 0 ? (long long)t->seq - 1 : 0);
    client_query(&path, "after", after);
    client_query(&path, "since", t->since.n ? buf_z(&t->since) : NULL);
    json_t *answer;
    int code = tail_poll(t, &path, &answer);
    const json_t *last = json_array_get(json_object_get(answer, "alerts"), 0);
    if (answer && t->seq > 0 && !str_eq(answer_text(last, "id"), str_of(t->id)))
        tail_begin_anew(t);
    else if (answer)
        code = tail_print(t, answer, t->seq > 0, false);
    json_decref(answer);
    return code;
}

// Begins with the last n alerts, of the severity that is wanted where so asked.
static int tail_begin(struct tail *t, const char *severity, const char *n, bool is_printed)
{
    struct buf path = show_path("/api/v1/alerts", NULL, "");
    show_query(t->call, &path, (const char *const[]){"rule", NULL});
    client_query(&path, "severity", severity);
    client_query(&path, "limit", n);
    json_t *answer = NULL;
    int code = client_ask(t->call, "GET", buf_z(&path), NULL, &answer);
    if (code == CTL_OK && is_printed)
        code = tail_print(t, answer, 0, true);
    else if (code == CTL_OK)
        tail_remember(t, json_array_get(json_object_get(answer, "alerts"), 0));
    json_decref(answer);
    buf_done(&path);
    return code;
}

int ctl_alerts_tail(const struct ctl_call *call)
{
    struct tail t = {.call = call};
    const char *severity = ctl_value(call, "severity"), *lines = ctl_value(call, "lines");
    buf_init(&t.since, WALL_RFC3339_BYTES);
    int code = CTL_OK;
    if (severity && ctl_value(call, "follow")) // the last one of that severity may be long ago
        code = tail_begin(&t, NULL, "1", false);
    if (code == CTL_OK)
        code = tail_begin(&t, severity, lines ? lines : "10", true);
    while (code == CTL_OK && ctl_value(call, "follow") && tail_wait())
        code = tail_more(&t);
    buf_done(&t.since);
    return code;
}

static void resend_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    (void)call;
    int64_t n = answer_number(answer, "deliveries");
    buf_addf(out, "%lld %s due now, under the same id\n", (long long)n, n == 1 ? "delivery is" : "deliveries are");
}

int ctl_alerts_resend(const struct ctl_call *call)
{
    struct buf path = show_path("/api/v1/alerts/", call->words[0], "/resend");
    return show(call, "POST", path, show_body(call, (const char *const[]){"receiver", NULL}), resend_render);
}
