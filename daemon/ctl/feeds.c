// SPDX-License-Identifier: MIT
//
// Feeds of the running daemon. A feed is named by its id, its URL or the name that the configuration gives it.
#include <stdio.h>

#include "daemon/ctl/client.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/answer.h"
#include "daemon/ctl/say.h"
#include "daemon/ctl/show.h"
#include "daemon/ctl/views.h"

static struct str feed_title(const json_t *feed)
{
    struct str name = answer_text(feed, "name"), title = answer_text(feed, "title");
    return name.n > 0 ? name : title.n > 0 ? title : answer_text(feed, "url");
}

static void feed_row(const struct ctl_call *call, const json_t *feed, wall_t now, struct table *t)
{
    struct str state = answer_text(feed, "state");
    table_cell(t, answer_text(feed, "id"));
    table_cell(t, feed_title(feed));
    table_cell_marked(t, state, show_mark(call, state));
    show_moment(t, answer_time(feed, "last_ms"), now, "never");
    show_next(t, answer_time(feed, "next_ms"), now);
    show_count(t, feed, "items");
    table_cell(t, answer_text(feed, "error"));
}

void view_feeds(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    static const struct table_column columns[] = {
        {"ID", TABLE_LEFT, 0},    {"FEED", TABLE_LEFT, 16},    {"STATE", TABLE_LEFT, 0},   {"LAST", TABLE_RIGHT, 0},
        {"NEXT", TABLE_RIGHT, 0}, {"ITEMS", TABLE_RIGHT, 0}, {"NOTE", TABLE_LEFT, 12},
    };
    static const struct show_list list = {"feeds", "no feeds yet; add one: feedwatchctl feeds add URL", columns,
                                          sizeof columns / sizeof *columns, feed_row};
    show_list(call, answer, &list, out);
}

static void filtered_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    if (json_array_size(json_object_get(answer, "feeds")) > 0)
        view_feeds(call, answer, out);
    else
        buf_add(out, S("no feed is like that; all of them: feedwatchctl feeds list\n"));
}

int ctl_feeds_list(const struct ctl_call *call)
{
    struct buf path = show_path("/api/v1/feeds", NULL, "");
    show_query(call, &path, (const char *const[]){"state", "tag", "limit", NULL});
    bool is_filtered = ctl_value(call, "state") || ctl_value(call, "tag");
    return show(call, "GET", path, NULL, is_filtered ? filtered_render : view_feeds);
}

static void field(const struct ctl_call *call, const char *name, struct str value, struct buf *out)
{
    if (value.n == 0)
        return;
    buf_addf(out, "%s%-12s%s ", say_mark(call, SAY_DIM), name, say_mark(call, SAY_PLAIN));
    say_text(out, value);
    buf_add_char(out, '\n');
}

static void field_tags(const struct ctl_call *call, const json_t *tags, struct buf *out)
{
    struct buf words;
    buf_init(&words, SAY_BYTES_MAX);
    size_t i;
    json_t *tag;
    json_array_foreach(tags, i, tag)
        buf_addf(&words, "%s%s", i ? " " : "", json_string_value(tag));
    field(call, "tags", buf_str(&words), out);
    buf_done(&words);
}

static void field_moment(const struct ctl_call *call, const char *name, wall_t at, wall_t now, struct buf *out)
{
    if (at.ms == 0)
        return;
    buf_addf(out, "%s%-12s%s ", say_mark(call, SAY_DIM), name, say_mark(call, SAY_PLAIN));
    say_clock(out, at, now);
    buf_add_char(out, '\n');
}

static void show_render(const struct ctl_call *call, const json_t *feed, struct buf *out)
{
    wall_t now = answer_now(feed);
    struct str state = answer_text(feed, "state");
    const char *mark = show_mark(call, state);
    buf_addf(out, "%s", say_mark(call, SAY_BOLD));
    say_text(out, feed_title(feed));
    buf_addf(out, "%s  %s%.*s%s\n", say_mark(call, SAY_PLAIN), mark, STR_ARG(state), mark[0] ? "\033[0m" : "");
    field(call, "id", answer_text(feed, "id"), out);
    field(call, "url", answer_text(feed, "url"), out);
    field(call, "first url", answer_text(feed, "first_url"), out);
    field(call, "moving to", answer_text(feed, "moving_to"), out);
    field(call, "title", answer_text(feed, "title"), out);
    field(call, "site", answer_text(feed, "site"), out);
    field_tags(call, json_object_get(feed, "tags"), out);
    field(call, "comes from", answer_text(feed, "origin"), out);
    field(call, "error", answer_text(feed, "error"), out);
    field_moment(call, "failing", answer_time(feed, "failing_since_ms"), now, out);
    field_moment(call, "last poll", answer_time(feed, "last_ms"), now, out);
    field_moment(call, "last good", answer_time(feed, "good_ms"), now, out);
    field_moment(call, "next poll", answer_time(feed, "next_ms"), now, out);
    field_moment(call, "last news", answer_time(feed, "changed_ms"), now, out);
    int64_t failures = answer_number(feed, "failures");
    buf_addf(out, "%s%-12s%s %lld known", say_mark(call, SAY_DIM), "items", say_mark(call, SAY_PLAIN),
             (long long)answer_number(feed, "items"));
    if (failures > 0)
        buf_addf(out, "; %lld failure%s in a row", (long long)failures, failures == 1 ? "" : "s");
    buf_add_char(out, '\n');
}

int ctl_feeds_show(const struct ctl_call *call)
{
    return show_each(call, "GET", "/api/v1/feeds/", "", NULL, show_render);
}

// One reason: the deciding one first and marked, the others with the time that each would have allowed.
static void reason_line(const struct ctl_call *call, const json_t *reason, wall_t now, struct buf *out)
{
    wall_t not_before = answer_time(reason, "not_before_ms");
    bool is_decisive = answer_flag(reason, "decided");
    buf_addf(out, "  %s%s ", say_mark(call, is_decisive ? SAY_BOLD : SAY_DIM), is_decisive ? "=>" : "  ");
    say_text(out, answer_text(reason, "text"));
    if (not_before.ms > 0) {
        buf_add(out, S(": not before "));
        say_clock(out, not_before, now);
    }
    buf_addf(out, "%s\n", say_mark(call, SAY_PLAIN));
}

static void why_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    wall_t now = answer_now(answer), next = answer_time(answer, "next_ms");
    buf_addf(out, "%s", say_mark(call, SAY_BOLD));
    say_text(out, feed_title(answer));
    buf_addf(out, "%s\nlast poll ", say_mark(call, SAY_PLAIN));
    say_moment(out, answer_time(answer, "last_ms"), now);
    buf_add(out, S(", next poll "));
    if (next.ms == 0)
        buf_add(out, S("not planned"));
    else
        say_clock(out, next, now);
    buf_add_char(out, '\n');
    size_t i;
    json_t *reason;
    json_array_foreach(json_object_get(answer, "reasons"), i, reason)
        reason_line(call, reason, now, out);
    double posts = json_real_value(json_object_get(answer, "posts_per_day"));
    if (posts > 0 && answer_time(answer, "good_ms").ms > 0) // else nothing is known of it
        buf_addf(out, "  it brings about %.1f items a day\n", posts);
    if (answer_text(answer, "error").n > 0) {
        buf_add(out, S("  last error: "));
        say_text(out, answer_text(answer, "error"));
        buf_add_char(out, '\n');
    }
}

int ctl_feeds_why(const struct ctl_call *call)
{
    return show_each(call, "GET", "/api/v1/feeds/", "/why", NULL, why_render);
}

// One line about what was done to a feed: "added 3f2a91  https://...".
static void done_line(const char *what, const json_t *feed, struct buf *out)
{
    buf_addf(out, "%s ", what);
    say_text(out, answer_text(feed, "id"));
    buf_add(out, S("  "));
    say_text(out, answer_text(feed, "url"));
    buf_add_char(out, '\n');
}

static void add_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    bool is_new = answer_flag(answer, "is_new");
    done_line(is_new ? "added" : "known already:", answer, out);
    if (!is_new && (ctl_value(call, "name") || ctl_value(call, "tag") || ctl_value(call, "every")))
        buf_add(out, S("  its options stay as they are; feeds rm, then feeds add gives it others\n"));
}

int ctl_feeds_add(const struct ctl_call *call)
{
    int first = CTL_OK;
    for (size_t i = 0; i < call->n_words; i++) {
        json_t *body = show_body(call, (const char *const[]){"name", "tag", "every", NULL});
        json_object_set_new(body, "url", json_string(call->words[i]));
        int code = show(call, "POST", show_path("/api/v1/feeds", NULL, ""), body, add_render);
        if (first == CTL_OK)
            first = code;
        if (code == CTL_UNAVAILABLE)
            break;
    }
    return first;
}

static void rm_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    (void)call;
    done_line("removed", answer, out);
}

int ctl_feeds_rm(const struct ctl_call *call)
{
    return show_each(call, "DELETE", "/api/v1/feeds/", "", NULL, rm_render);
}

static void pause_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    (void)call;
    done_line("paused", answer, out);
}

int ctl_feeds_pause(const struct ctl_call *call)
{
    return show_each(call, "POST", "/api/v1/feeds/", "/pause", NULL, pause_render);
}

static void resume_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    (void)call;
    done_line("resumed", answer, out);
}

int ctl_feeds_resume(const struct ctl_call *call)
{
    return show_each(call, "POST", "/api/v1/feeds/", "/resume", NULL, resume_render);
}

static void poll_render(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    (void)call;
    done_line("polling", answer, out);
}

int ctl_feeds_poll(const struct ctl_call *call)
{
    bool is_forced = ctl_value(call, "force") != NULL;
    if (is_forced && !call->is_json)
        fprintf(stderr, "feedwatchctl: --force asks without the validators: the whole feed is sent again\n");
    json_t *body = show_body(call, (const char *const[]){"force", NULL});
    return show_each(call, "POST", "/api/v1/feeds/", "/poll", body, poll_render);
}
