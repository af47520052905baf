// SPDX-License-Identifier: MIT
//
// The feeds of the running daemon: list, why.
#include "daemon/ctl/client.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/json.h"
#include "daemon/ctl/say.h"
#include "daemon/ctl/table.h"

static const char *mark_of_state(const struct ctl_call *call, struct str state)
{
    if (str_eq(state, S("ok")))
        return say_mark(call, SAY_GREEN);
    if (str_eq(state, S("failing")) || str_eq(state, S("gone")))
        return say_mark(call, SAY_RED);
    return say_mark(call, str_eq(state, S("paused")) ? SAY_YELLOW : SAY_DIM);
}

static void moment_cell(struct table *t, wall_t at, wall_t now, const char *none)
{
    struct buf text;
    buf_init(&text, 64);
    if (at.ms == 0)
        buf_add(&text, str_of(none));
    else
        say_moment(&text, at, now);
    table_cell(t, buf_str(&text));
    buf_done(&text);
}

static struct str feed_title(const json_t *feed)
{
    struct str name = json_text(feed, "name"), title = json_text(feed, "title");
    return name.n > 0 ? name : title.n > 0 ? title : json_text(feed, "url");
}

static void list_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    static const struct table_column columns[] = {
        {"ID", TABLE_LEFT, 0},    {"FEED", TABLE_LEFT, 16},  {"STATE", TABLE_LEFT, 0},
        {"LAST", TABLE_RIGHT, 0}, {"NEXT", TABLE_RIGHT, 0}, {"ITEMS", TABLE_RIGHT, 0},
        {"ALERTS", TABLE_RIGHT, 0}, {"NOTE", TABLE_LEFT, 12},
    };
    struct table t;
    table_init(&t, columns, sizeof columns / sizeof columns[0]);
    wall_t now = json_time(answer, "now_ms");
    size_t i;
    json_t *feed;
    json_array_foreach(json_object_get(answer, "feeds"), i, feed) {
        struct str state = json_text(feed, "state");
        table_cell(&t, json_text(feed, "id"));
        table_cell(&t, feed_title(feed));
        table_cell_marked(&t, state, mark_of_state(call, state));
        moment_cell(&t, json_time(feed, "last_ms"), now, "never");
        moment_cell(&t, json_time(feed, "next_ms"), now, "-");
        table_cellf(&t, "%lld", (long long)json_number(feed, "items"));
        table_cellf(&t, "%lld", (long long)json_number(feed, "alerts"));
        table_cell(&t, json_text(feed, "error"));
    }
    table_render(&t, call->columns, call->has_colour, out);
    table_done(&t);
    int64_t total = json_number(answer, "total"), shown = (int64_t)json_array_size(json_object_get(answer, "feeds"));
    if (total > shown)
        buf_addf(out, "%lld of %lld feeds; --limit N shows more\n", (long long)shown, (long long)total);
}

int ctl_feeds_list(const struct ctl_call *call)
{
    struct buf path, text;
    buf_init(&path, 8192);
    buf_add(&path, S("/api/v1/feeds"));
    client_query(&path, "state", ctl_value(call, "state"));
    client_query(&path, "tag", ctl_value(call, "tag"));
    client_query(&path, "limit", ctl_value(call, "limit"));
    json_t *answer;
    int code = client_ask(call, "GET", buf_z(&path), NULL, &answer);
    buf_done(&path);
    if (code != CTL_OK)
        return code;
    buf_init(&text, SAY_BYTES_MAX);
    if (call->is_json) {
        code = say_json(call, answer);
    } else if (json_array_size(json_object_get(answer, "feeds")) == 0) {
        buf_add(&text, S("no feeds; add one: feedwatchctl feeds add URL\n"));
        code = say(&text);
    } else {
        list_render(call, answer, &text);
        code = say(&text);
    }
    buf_done(&text);
    json_decref(answer);
    return code;
}

int ctl_feeds_why(const struct ctl_call *call)
{
    struct buf path, text;
    buf_init(&path, 8192);
    buf_add(&path, S("/api/v1/feeds/"));
    client_escape(&path, str_of(call->words[0]));
    buf_add(&path, S("/why"));
    json_t *answer;
    int code = client_ask(call, "GET", buf_z(&path), NULL, &answer);
    buf_done(&path);
    if (code != CTL_OK)
        return code;
    buf_init(&text, SAY_BYTES_MAX);
    if (call->is_json) {
        code = say_json(call, answer);
    } else {
        say_text(&text, feed_title(answer));
        buf_add(&text, S("\nnext poll "));
        say_moment(&text, json_time(answer, "next_ms"), json_time(answer, "now_ms"));
        buf_add_char(&text, '\n');
        size_t i;
        json_t *reason;
        json_array_foreach(json_object_get(answer, "reasons"), i, reason) {
            buf_add(&text, S("  "));
            say_text(&text, json_text(reason, "text"));
            buf_add_char(&text, '\n');
        }
        code = say(&text);
    }
    buf_done(&text);
    json_decref(answer);
    return code;
}
