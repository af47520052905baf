// SPDX-License-Identifier: MIT
//
// Alerts of the running daemon: list, tail, resend. One alert in full is in alert_show.c.
#include <poll.h>
#include <stdio.h>

#include "daemon/ctl/client.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/answer.h"
#include "daemon/ctl/say.h"
#include "daemon/ctl/show.h"
#include "daemon/ctl/views.h"

enum { TAIL_RULE_COLUMNS = 18 }; // lines come one by one: most names fit, a longer one moves its own line alone
enum { TAIL_EVERY_MS = 1000 }; // how often `tail --follow` asks; an answer without news costs the daemon microseconds

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

// Prints the alerts of an answer, oldest first, as lines or as JSON lines, and remembers the newest in *seq.
static int tail_print(const struct ctl_call *call, const json_t *answer, bool is_newest_first, int64_t *seq)
{
    const json_t *alerts = json_object_get(answer, "alerts");
    struct buf text;
    buf_init(&text, SAY_BYTES_MAX);
    size_t n = json_array_size(alerts);
    for (size_t i = 0; i < n; i++) {
        const json_t *alert = json_array_get(alerts, is_newest_first ? n - 1 - i : i);
        int64_t its = answer_number(alert, "seq");
        *seq = its > *seq ? its : *seq;
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

int ctl_alerts_tail(const struct ctl_call *call)
{
    struct buf path = show_path("/api/v1/alerts", NULL, "");
    show_query(call, &path, (const char *const[]){"rule", "severity", NULL});
    client_query(&path, "limit", ctl_value(call, "lines") ? ctl_value(call, "lines") : "10");
    json_t *answer = NULL;
    int64_t seq = 0;
    int code = client_ask(call, "GET", buf_z(&path), NULL, &answer);
    if (code == CTL_OK)
        code = tail_print(call, answer, true, &seq);
    seq = seq > 0 ? seq : answer_number(answer, "newest");
    json_decref(answer);
    while (code == CTL_OK && ctl_value(call, "follow") && tail_wait()) {
        char after[32];
        snprintf(after, sizeof after, "%lld", (long long)seq);
        buf_reset(&path);
        buf_add(&path, S("/api/v1/alerts"));
        show_query(call, &path, (const char *const[]){"rule", "severity", NULL});
        client_query(&path, "after", after);
        answer = NULL;
        code = client_ask(call, "GET", buf_z(&path), NULL, &answer);
        if (code == CTL_OK)
            code = tail_print(call, answer, false, &seq);
        json_decref(answer);
    }
    buf_done(&path);
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
