// SPDX-License-Identifier: MIT
//
// The outbox: what waits, what is dead, sending it again, giving it up. And the receivers it goes to.
#include "daemon/ctl/commands.h"
#include "daemon/ctl/answer.h"
#include "daemon/ctl/client.h"
#include "daemon/ctl/say.h"
#include "daemon/ctl/show.h"

static void delivery_row(const struct ctl_call *call, const json_t *one, wall_t now, struct table *t)
{
    struct str state = answer_text(one, "state"), error = answer_text(one, "error");
    int64_t status = answer_number(one, "status");
    bool is_waiting = str_eq(state, S("waiting")) || str_eq(state, S("held"));
    table_cell(t, answer_text(one, "id"));
    table_cell(t, answer_text(one, "receiver"));
    table_cell_marked(t, state, show_mark(call, state));
    show_count(t, one, "attempts");
    show_next(t, is_waiting ? answer_time(one, "due_ms") : (wall_t){0}, now);
    table_cell(t, answer_text(one, "title"));
    if (error.n > 0 || status == 0)
        table_cell(t, error);
    else
        table_cellf(t, "HTTP %lld", (long long)status);
}

static void list_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    static const struct table_column columns[] = {
        {"ID", TABLE_LEFT, 0},        {"RECEIVER", TABLE_LEFT, 8}, {"STATE", TABLE_LEFT, 0}, {"TRIES", TABLE_RIGHT, 0},
        {"NEXT", TABLE_RIGHT, 0},     {"TITLE", TABLE_LEFT, 20},   {"LAST ANSWER", TABLE_LEFT, 16},
    };
    static const struct show_list list = {
        "deliveries", "nothing waits and nothing is dead; --state done shows what was delivered", columns,
        sizeof columns / sizeof *columns, delivery_row};
    show_list(call, answer, &list, out);
}

int ctl_deliveries_list(const struct ctl_call *call)
{
    struct buf path = show_path("/api/v1/deliveries", NULL, "");
    show_query(call, &path, (const char *const[]){"receiver", "state", "limit", NULL});
    return show(call, "GET", path, NULL, list_render);
}

static void retry_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    (void)call;
    int64_t n = answer_number(answer, "deliveries");
    buf_addf(out, "%lld %s due now\n", (long long)n, n == 1 ? "delivery is" : "deliveries are");
}

static void drop_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    (void)call;
    int64_t n = answer_number(answer, "deliveries");
    buf_addf(out, "%lld %s given up\n", (long long)n, n == 1 ? "delivery is" : "deliveries are");
}

// The ones named, or with options all that fit; without either nothing is done, since "all" should be said.
static int change(const struct ctl_call *call, const char *verb_path, const char *all_path, show_fn render)
{
    bool is_chosen = ctl_value(call, "receiver") || ctl_value(call, "state") || ctl_value(call, "all");
    if (call->n_words > 0 && is_chosen)
        return say_error(call, CTL_USAGE, NULL, "either ids or --receiver, --state, --all: not both");
    if (call->n_words > 0)
        return show_each(call, "POST", "/api/v1/deliveries/", verb_path, NULL, render);
    if (!is_chosen)
        return say_error(call, CTL_USAGE, "feedwatchctl deliveries list --state dead",
                         "name deliveries by id, or say which: --receiver NAME, --state dead, --all");
    json_t *body = show_body(call, (const char *const[]){"receiver", "state", "all", NULL});
    return show(call, "POST", show_path(all_path, NULL, ""), body, render);
}

int ctl_deliveries_retry(const struct ctl_call *call)
{
    return change(call, "/retry", "/api/v1/deliveries/retry", retry_render);
}

int ctl_deliveries_drop(const struct ctl_call *call)
{
    return change(call, "/drop", "/api/v1/deliveries/drop", drop_render);
}

static void receiver_row(const struct ctl_call *call, const json_t *one, wall_t now, struct table *t)
{
    struct str state = answer_text(one, "state");
    table_cell(t, answer_text(one, "name"));
    table_cell(t, answer_text(one, "kind"));
    table_cell_marked(t, state, show_mark(call, state));
    show_count(t, one, "waiting");
    show_count(t, one, "held");
    show_count(t, one, "dead");
    show_moment(t, answer_time(one, "last_ok_ms"), now, "-");
    show_moment(t, answer_time(one, "failing_since_ms"), now, "-");
    table_cell(t, answer_text(one, "target"));
    table_cell(t, answer_text(one, "error"));
}

static void receivers_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    static const struct table_column columns[] = {
        {"NAME", TABLE_LEFT, 0},     {"KIND", TABLE_LEFT, 0},  {"STATE", TABLE_LEFT, 0}, {"WAITING", TABLE_RIGHT, 0},
        {"HELD", TABLE_RIGHT, 0},    {"DEAD", TABLE_RIGHT, 0}, {"LAST OK", TABLE_RIGHT, 0},
        {"FAILING", TABLE_RIGHT, 0}, {"TARGET", TABLE_LEFT, 20}, {"NOTE", TABLE_LEFT, 12},
    };
    static const struct show_list list = {
        "receivers", "no receivers but the log; a webhook or file block of the configuration makes one", columns,
        sizeof columns / sizeof *columns, receiver_row};
    show_list(call, answer, &list, out);
}

int ctl_receivers_list(const struct ctl_call *call)
{
    return show(call, "GET", show_path("/api/v1/receivers", NULL, ""), NULL, receivers_render);
}

static void test_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    bool is_ok = answer_flag(answer, "ok");
    int64_t status = answer_number(answer, "status");
    buf_addf(out, "%s%s%s: ", say_mark(call, is_ok ? SAY_GREEN : SAY_RED), is_ok ? "accepted" : "not accepted",
             say_mark(call, SAY_PLAIN));
    say_text(out, answer_text(answer, "name"));
    if (status)
        buf_addf(out, " answered %lld", (long long)status);
    if (answer_text(answer, "address").n) {
        buf_add(out, S(" from "));
        say_text(out, answer_text(answer, "address"));
    }
    buf_addf(out, " in %lld ms", (long long)answer_number(answer, "took_ms"));
    if (answer_text(answer, "error").n) {
        buf_add(out, S(": "));
        say_text(out, answer_text(answer, "error"));
    }
    buf_add(out, S("\n  webhook-id "));
    say_text(out, answer_text(answer, "id"));
    buf_add_char(out, '\n');
}

int ctl_receivers_test(const struct ctl_call *call)
{
    int first = CTL_OK;
    for (size_t i = 0; i < call->n_words; i++) {
        struct buf path = show_path("/api/v1/receivers/", call->words[i], "/test");
        json_t *answer = NULL;
        int code = client_ask(call, "POST", buf_z(&path), NULL, &answer);
        if (code == CTL_OK)
            code = show_print(call, answer, test_render);
        if (code == CTL_OK && !answer_flag(answer, "ok"))
            code = CTL_REFUSED;
        first = first == CTL_OK ? code : first;
        json_decref(answer);
        buf_done(&path);
        if (code == CTL_UNAVAILABLE)
            break; // it will not be there for the next one either
    }
    return first;
}
