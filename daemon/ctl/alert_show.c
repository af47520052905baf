// SPDX-License-Identifier: MIT
//
// One alert in full, for a person: the article with its hits marked, the rule, the story, what was decided, and every
// attempt to deliver it. The payload is schema 1 (docs/alerts.md).
#include <stdio.h>

#include "daemon/ctl/commands.h"
#include "daemon/ctl/answer.h"
#include "daemon/ctl/say.h"
#include "daemon/ctl/show.h"

static void label(const struct ctl_call *call, const char *name, struct buf *out)
{
    buf_addf(out, "%s%-10s%s", say_mark(call, SAY_DIM), name, say_mark(call, SAY_PLAIN));
}

static void line(const struct ctl_call *call, const char *name, struct str value, struct buf *out)
{
    if (value.n == 0)
        return;
    label(call, name, out);
    say_text(out, value);
    buf_add_char(out, '\n');
}

static void head_add(const struct ctl_call *call, const json_t *answer, const json_t *data, struct buf *out)
{
    struct str severity = answer_text(answer, "severity"), state = answer_text(answer, "state");
    buf_addf(out, "%s", say_mark(call, SAY_BOLD));
    say_text(out, answer_text(answer, "title"));
    buf_addf(out, "%s\n%s%.*s%s  ", say_mark(call, SAY_PLAIN), show_mark(call, severity), STR_ARG(severity),
             say_mark(call, SAY_PLAIN));
    say_text(out, answer_text(answer, "rule"));
    buf_add(out, S("  "));
    say_clock(out, answer_time(answer, "at_ms"), answer_now(answer));
    buf_addf(out, "  %s%.*s%s%s\n\n", show_mark(call, state), STR_ARG(state), say_mark(call, SAY_PLAIN),
             answer_flag(answer, "late") ? "  late" : "");
    line(call, "url", answer_text(answer, "url"), out);
    line(call, "feed", answer_text(json_object_get(answer, "feed"), "title"), out);
    const json_t *rule = json_object_get(data, "rule");
    line(call, "rule", answer_text(rule, "title"), out);
    line(call, "query", answer_text(rule, "query"), out);
    line(call, "version", answer_text(rule, "version"), out);
    line(call, "id", answer_text(answer, "id"), out);
}

static void hits_add(const struct ctl_call *call, const json_t *match, struct buf *out)
{
    const json_t *terms = json_object_get(match, "terms");
    size_t n = json_array_size(terms);
    for (size_t i = 0; i < n; i++) {
        const json_t *term = json_array_get(terms, i), *snippet = json_object_get(term, "snippet");
        label(call, i == 0 ? "hits" : "", out);
        buf_addf(out, "%s%-8.*s%s ", say_mark(call, SAY_DIM), STR_ARG(answer_text(term, "field")),
                 say_mark(call, SAY_PLAIN));
        say_text(out, answer_text(snippet, "before"));
        buf_addf(out, "%s", call->has_colour ? "\033[1;33m" : "[");
        say_text(out, answer_text(snippet, "hit"));
        buf_addf(out, "%s", call->has_colour ? "\033[0m" : "]");
        say_text(out, answer_text(snippet, "after"));
        buf_add_char(out, '\n');
    }
    int64_t total = answer_number(match, "total");
    if (total > (int64_t)n)
        buf_addf(out, "%-10sand %lld more\n", "", (long long)(total - (int64_t)n));
}

static void story_add(const struct ctl_call *call, const json_t *story, struct buf *out)
{
    const json_t *members = json_object_get(story, "members");
    if (json_array_size(members) < 2)
        return;
    label(call, "story", out);
    buf_addf(out, "%lld articles:\n", (long long)answer_number(story, "size"));
    for (size_t i = 0; i < json_array_size(members); i++) {
        buf_addf(out, "%-10s  ", "");
        say_text(out, answer_text(json_array_get(members, i), "feed"));
        buf_add(out, S(": "));
        say_text(out, answer_text(json_array_get(members, i), "title"));
        buf_add_char(out, '\n');
    }
}

// The alerts that a digest carries.
static void digest_add(const struct ctl_call *call, const json_t *digest, struct buf *out)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(digest, "alerts"), i, one) {
        label(call, i == 0 ? "carries" : "", out);
        say_text(out, answer_text(one, "id"));
        buf_add(out, S("  "));
        say_text(out, answer_text(one, "title"));
        buf_add(out, S(" ("));
        say_text(out, answer_text(one, "feed"));
        buf_add(out, S(")\n"));
    }
}

static void decisions_add(const struct ctl_call *call, const json_t *decisions, struct buf *out)
{
    for (size_t i = 0; i < json_array_size(decisions); i++)
        line(call, i == 0 ? "decided" : "", str_of(json_string_value(json_array_get(decisions, i))), out);
}

static void attempt_add(const json_t *attempt, wall_t now, struct buf *out)
{
    buf_addf(out, "%-12s", "");
    say_moment(out, answer_time(attempt, "at_ms"), now);
    buf_add(out, S(": "));
    int64_t status = answer_number(attempt, "status");
    struct str error = answer_text(attempt, "error"), address = answer_text(attempt, "address");
    if (error.n > 0)
        say_text(out, error); // begins with the status where there was one
    else if (status > 0 && address.n > 0)
        buf_addf(out, "HTTP %lld", (long long)status);
    else
        buf_add(out, S("written")); // a file or the log
    if (address.n > 0) {
        buf_add(out, S(", "));
        say_text(out, address);
    }
    buf_addf(out, ", %lld ms\n", (long long)answer_number(attempt, "took_ms"));
}

static void deliveries_add(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    wall_t now = answer_now(answer);
    size_t i, k;
    json_t *delivery, *attempt;
    json_array_foreach(json_object_get(answer, "deliveries"), i, delivery) {
        struct str state = answer_text(delivery, "state");
        label(call, i == 0 ? "sent to" : "", out);
        say_text(out, answer_text(delivery, "receiver"));
        buf_addf(out, ": %s%.*s%s", show_mark(call, state), STR_ARG(state), say_mark(call, SAY_PLAIN));
        bool is_held = str_eq(state, S("held"));
        if (answer_time(delivery, "due_ms").ms > 0 && (is_held || str_eq(state, S("waiting")))) {
            buf_add(out, is_held ? S(" by the rule's throttle or hours, goes out in a summary ")
                                 : S(", next attempt "));
            say_moment(out, answer_time(delivery, "due_ms"), now);
        }
        if (answer_text(delivery, "digest").n > 0) {
            buf_add(out, S(" in "));
            say_text(out, answer_text(delivery, "digest"));
        }
        buf_add_char(out, '\n');
        json_array_foreach(json_object_get(delivery, "attempts"), k, attempt)
            attempt_add(attempt, now, out);
    }
}

static void render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    const json_t *data = answer_in(answer, "payload", "data");
    head_add(call, answer, data, out);
    hits_add(call, json_object_get(data, "match"), out);
    line(call, "summary", answer_text(json_object_get(data, "article"), "summary"), out);
    story_add(call, json_object_get(data, "story"), out);
    digest_add(call, json_object_get(data, "digest"), out);
    decisions_add(call, json_object_get(answer, "decisions"), out);
    deliveries_add(call, answer, out);
}

int ctl_alerts_show(const struct ctl_call *call) { return show_each(call, "GET", "/api/v1/alerts/", "", NULL, render); }
