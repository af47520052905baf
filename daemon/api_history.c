// SPDX-License-Identifier: MIT
//
// History for the control API. See api_history.h.
#include "daemon/api_history.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/conf.h"
#include "daemon/api_history_parts.h"
#include "daemon/api_json.h"
#include "feeds/date.h"
#include "feeds/url.h"

enum {
    LIST_DEFAULT = 50,           // a screen
    LIST_MAX = 10000,            // one answer; more is read in pages
    SCAN_MAX = 100000,           // alerts looked at for one answer
    PREVIEW_SHOWN = 20,
    BACKUPS_KEPT = 7,
};

bool api_history_time(struct str text, wall_t now, wall_t *out, struct err *err)
{
    static const struct conf_arg duration = {.type = CONF_DURATION};
    struct conf_value value;
    if (conf_read(text, &duration, &value, NULL)) {
        *out = wall_add(now, -value.number);
        return true;
    }
    struct date date = date_read(text, now);
    if (date.state != DATE_OK)
        return err_set(err, "expected a time back (24h) or a date (2026-11-24T08:00Z), found \"%.*s\"", STR_ARG(text));
    *out = date.at;
    return true;
}

static bool limit_read(struct asking *a, size_t *out)
{
    struct str text = api_argument(a->request, "limit");
    uint64_t n = LIST_DEFAULT;
    if (text.n > 0 && (!str_to_u64(text, LIST_MAX, &n) || n == 0)) {
        err_set(&a->reply.err, "limit: expected 1 to %d, found \"%.*s\"", LIST_MAX, STR_ARG(text));
        return api_fail(a, CONTROL_BAD, NULL);
    }
    *out = n;
    return true;
}

static bool time_read(struct asking *a, const char *name, wall_t *out)
{
    struct str text = api_argument(a->request, name);
    if (text.n == 0 || api_history_time(text, a->now, out, &a->reply.err))
        return true;
    err_wrap(&a->reply.err, "%s", name);
    return api_fail(a, CONTROL_BAD, NULL);
}

// ---- alerts ----

struct alert_filter {
    struct alert_query query;
    struct str text, state;
    struct str feed;       // its name; empty: any, or the one of the query
    enum severity severity;
    bool has_severity;
};

// The store finds by fate; which of those that were sent still wait is seen at each one.
static bool state_read(struct asking *a, struct alert_filter *out)
{
    struct str text = api_argument(a->request, "state"), known[FATES + DELIVERY_STATES];
    size_t n = 0;
    out->state = text;
    out->query.fate = text.n == 0 ? -1 : FATES;
    for (int fate = 0; fate < FATES; fate++) {
        known[n] = str_of(alert_fate_name((enum alert_fate)fate));
        if (str_eq(text, known[n++]))
            out->query.fate = fate;
    }
    for (int state = 0; state < DELIVERY_STATES; state++) {
        if (state == DELIVERY_DONE)
            continue; // of an alert it is called sent
        known[n] = str_of(delivery_state_name((enum delivery_state)state));
        if (str_eq(text, known[n++]))
            out->query.fate = FATE_SENT;
    }
    if (out->query.fate != FATES)
        return true;
    struct str near = suggest(text, known, n);
    err_set(&a->reply.err, "state: expected sent, waiting, held, digested, dead, dropped, baseline, silenced, joined or"
            " rebased, found \"%.*s\"%s%.*s", STR_ARG(text), near.n > 0 ? "; did you mean " : "", STR_ARG(near));
    return api_fail(a, CONTROL_BAD, NULL);
}

static bool severity_read(struct asking *a, struct alert_filter *out)
{
    struct str text = api_argument(a->request, "severity");
    out->has_severity = text.n > 0;
    if (!out->has_severity || severity_of(text, &out->severity))
        return true;
    err_set(&a->reply.err, "severity: expected debug, info, notice, warning or critical, found \"%.*s\"",
            STR_ARG(text));
    return api_fail(a, CONTROL_BAD, NULL);
}

static bool filter_read(struct asking *a, struct alert_filter *out)
{
    *out = (struct alert_filter){.text = api_argument(a->request, "text")};
    out->query.rule = api_argument(a->request, "rule");
    struct str feed = api_argument(a->request, "feed"), after = api_argument(a->request, "after");
    if (feed.n > 0 && url_is_http(feed))
        out->query.feed = feed_id(feed);
    else if (feed.n > 0 && !feed_id_read(feed, &out->query.feed))
        out->feed = feed;
    if (after.n > 0 && !str_to_u64(after, UINT64_MAX, &out->query.after_seq)) {
        err_set(&a->reply.err, "after: expected the seq of an alert, found \"%.*s\"", STR_ARG(after));
        return api_fail(a, CONTROL_BAD, NULL);
    }
    out->query.is_oldest_first = after.n > 0;
    return state_read(a, out) && severity_read(a, out) && time_read(a, "since", &out->query.since) &&
           time_read(a, "until", &out->query.until);
}

static bool fits(const struct alert_filter *filter, const struct alert *alert)
{
    if (filter->has_severity && filter->severity != alert->severity)
        return false;
    if (filter->feed.n > 0 && !str_eq(filter->feed, alert->feed_title))
        return false;
    if (filter->state.n > 0 && !str_eq(filter->state, str_of(alert_state_name(alert))))
        return false;
    return filter->text.n == 0 || str_find_nocase(alert->title, filter->text) < alert->title.n;
}

typedef void (*alert_fn)(void *context, const struct alert *alert);

// Calls `each` for the first n alerts that fit, a page at a time; *out_more: there may be more.
static bool alerts_each(struct asking *a, struct alert_filter *filter, size_t n, alert_fn each, void *context,
                        bool *out_more)
{
    size_t found = 0;
    *out_more = false;
    for (size_t seen = 0; seen < SCAN_MAX;) {
        struct alert *page;
        size_t n_page;
        filter->query.n = PAGE;
        filter->query.with_rows = true;
        arena_reset(&a->arena);
        if (!store_alerts(a->side, &filter->query, &a->arena, &page, &n_page, &a->reply.err))
            return api_fail(a, CONTROL_BUSY, "feedwatchctl health");
        for (size_t i = 0; i < n_page; i++) {
            if (!fits(filter, &page[i]))
                continue;
            *out_more = found == n;
            if (*out_more)
                return true;
            each(context, &page[i]);
            found++;
        }
        if (n_page < PAGE)
            return true;
        seen += n_page;
        uint64_t *edge = filter->query.is_oldest_first ? &filter->query.after_seq : &filter->query.before_seq;
        *edge = page[n_page - 1].seq;
    }
    *out_more = true;
    return true;
}

static void alert_append(void *list, const struct alert *alert)
{
    json_array_append_new(list, api_json_alert(alert));
}

static void alerts_list(struct asking *a)
{
    struct alert_filter filter;
    size_t n = 0;
    bool has_more = false;
    json_t *list = json_array();
    bool is_read = filter_read(a, &filter) && limit_read(a, &n);
    const uint64_t id = filter.query.feed;
    is_read = is_read && alerts_each(a, &filter, n, alert_append, list, &has_more);
    struct str feed = api_argument(a->request, "feed");
    if (is_read && json_array_size(list) == 0 && id && !url_is_http(feed)) { // a name may look like an id
        filter_read(a, &filter);
        filter.query.feed = 0;
        filter.feed = feed;
        is_read = alerts_each(a, &filter, n, alert_append, list, &has_more);
    }
    if (is_read)
        a->reply.json = json_pack("{s:O, s:b, s:I}", "alerts", list, "more", has_more, "now_ms", (json_int_t)a->now.ms);
    json_decref(list);
}

static void said(json_t *list, const char *text) { json_array_append_new(list, json_string(text)); }

// What decide did, in the words of a person.
static json_t *decisions(const struct alert *alert)
{
    json_t *list = json_array();
    char text[160];
    switch (alert->fate) {
    case FATE_SENT: break;
    case FATE_BASELINE: said(list, "not sent: found in the first poll of the feed"); break;
    case FATE_SILENCED:
        snprintf(text, sizeof text, "not sent: hidden by silence %llu", (unsigned long long)alert->silenced_by);
        said(list, text);
        break;
    case FATE_JOINED: said(list, "not sent: the rule told this story already, from another feed"); break;
    case FATE_REBASED: said(list, "not sent: part of an archive that was announced again"); break;
    case FATES: break;
    }
    if (alert->is_first_of_story && alert->fate == FATE_SENT && alert->story != 0)
        said(list, "first of its story");
    if (alert->is_late)
        said(list, "late: it appeared while the daemon was down");
    if (alert->revision > 1) {
        snprintf(text, sizeof text, "revision %u: the article changed", alert->revision);
        said(list, text);
    }
    if (alert->silenced_before > 0) {
        snprintf(text, sizeof text, "%u alerts before it were silenced", alert->silenced_before);
        said(list, text);
    }
    return list;
}

static json_t *attempts_of(const struct alert_history *history, struct str receiver)
{
    json_t *list = json_array();
    for (size_t i = 0; i < history->n_attempts; i++) {
        const struct attempt *attempt = &history->attempts[i];
        if (!str_eq(attempt->receiver, receiver))
            continue;
        json_t *one = json_object();
        api_json_number(one, "number", attempt->number);
        api_json_time(one, "at_ms", attempt->at);
        api_json_number(one, "took_ms", attempt->took_ms);
        api_json_number(one, "status", attempt->status);
        api_json_text(one, "address", attempt->address);
        api_json_text(one, "error", attempt->reason);
        json_array_append_new(list, one);
    }
    return list;
}

static void alert_show(struct asking *a)
{
    struct alert_history history;
    if (!api_alert_find(a, &history))
        return;
    json_t *object = api_json_alert(history.alert), *deliveries = json_array();
    for (size_t i = 0; i < history.n_deliveries; i++) {
        json_t *one = api_json_delivery(&history.deliveries[i]);
        json_object_set_new(one, "attempts", attempts_of(&history, history.deliveries[i].receiver));
        json_array_append_new(deliveries, one);
    }
    struct str body = history.alert->body;
    json_object_set_new(object, "decisions", decisions(history.alert));
    json_object_set_new(object, "deliveries", deliveries);
    json_object_set_new(object, "payload", body.n > 0 ? json_loadb(body.p, body.n, 0, NULL) : json_null());
    json_object_set_new(object, "now_ms", json_integer(a->now.ms));
    a->reply.json = object;
}

// ---- deliveries ----

// The title of the alert and its last attempt: what a person knows a row by.
static bool delivery_describe(struct asking *a, const struct delivery *delivery, json_t *object)
{
    struct alert_history history;
    if (!store_alert(a->side, delivery->alert, &a->arena, &history, &a->reply.err))
        return api_fail(a, CONTROL_BUSY, "feedwatchctl health");
    if (!history.alert)
        return true;
    api_json_text(object, "title", history.alert->title);
    for (size_t i = history.n_attempts; i > 0; i--) {
        const struct attempt *attempt = &history.attempts[i - 1];
        if (!str_eq(attempt->receiver, delivery->receiver))
            continue;
        api_json_time(object, "last_ms", attempt->at);
        api_json_number(object, "status", attempt->status);
        api_json_text(object, "error", attempt->reason);
        break;
    }
    return true;
}

// Without a state, what is done with is left out: the question is what waits and what is dead.
static void deliveries_list(struct asking *a)
{
    struct delivery_query query;
    size_t n = 0;
    if (!api_delivery_filter(a, &query) || !limit_read(a, &n))
        return;
    json_t *list = json_array();
    bool has_more = false, is_read = true;
    for (size_t seen = 0, n_page = PAGE; n_page == PAGE && seen < SCAN_MAX && is_read && !has_more; seen += n_page) {
        struct delivery *page;
        query.n = PAGE;
        is_read = store_deliveries(a->side, &query, &a->arena, &page, &n_page, &a->reply.err) ||
                  api_fail(a, CONTROL_BUSY, "feedwatchctl health");
        for (size_t i = 0; is_read && i < n_page && !has_more; i++) {
            query.after_row = page[i].row;
            if (query.state < 0 && !api_is_open(&page[i]))
                continue;
            has_more = json_array_size(list) == n;
            json_t *one = has_more ? NULL : api_json_delivery(&page[i]);
            is_read = has_more || delivery_describe(a, &page[i], one);
            if (one)
                json_array_append_new(list, one);
        }
    }
    if (is_read)
        a->reply.json =
            json_pack("{s:O, s:b, s:I}", "deliveries", list, "more", has_more, "now_ms", (json_int_t)a->now.ms);
    json_decref(list);
}

// ---- others ----

struct preview {
    struct silence_matcher matcher;
    json_t *shown;
    uint64_t of, hidden;
};

static void preview_count(void *context, const struct alert *alert)
{
    struct preview *preview = context;
    preview->of++;
    if (!silence_meets(&preview->matcher, alert))
        return;
    preview->hidden++;
    if (json_array_size(preview->shown) < PREVIEW_SHOWN)
        json_array_append_new(preview->shown, api_json_alert(alert));
}

static void silence_preview(struct asking *a)
{
    struct preview preview = {0};
    struct alert_filter filter = {.query.fate = FATE_SENT, .query.since = wall_add(a->now, -7LL * DAY_MS)};
    bool has_more;
    if (!silence_parse(api_argument(a->request, "matcher"), &preview.matcher, &a->reply.err)) {
        api_fail(a, CONTROL_BAD, "feedwatchctl silence preview --help");
        return;
    }
    preview.shown = json_array();
    if (alerts_each(a, &filter, SCAN_MAX, preview_count, &preview, &has_more))
        a->reply.json = json_pack("{s:I, s:I, s:O}", "of", (json_int_t)preview.of, "hidden",
                                  (json_int_t)preview.hidden, "alerts", preview.shown);
    json_decref(preview.shown);
}

// Adds the counts since `ago_ms` to the objects by rule.
static bool rule_counts_add(struct asking *a, json_t *by_rule, const char *name, int64_t ago_ms)
{
    struct rule_count *counts;
    size_t n;
    if (!store_rule_counts(a->side, wall_add(a->now, -ago_ms), &a->arena, &counts, &n, &a->reply.err))
        return api_fail(a, CONTROL_BUSY, "feedwatchctl health");
    for (size_t i = 0; i < n; i++) {
        const char *rule = arena_dupz(&a->arena, counts[i].rule);
        json_t *one = json_object_get(by_rule, rule);
        if (!one) {
            json_object_set_new(by_rule, rule, json_object());
            one = json_object_get(by_rule, rule);
        }
        api_json_number(one, name, counts[i].alerts);
        api_json_time(one, "last_ms", counts[i].last);
    }
    return true;
}

static void rule_counts(struct asking *a)
{
    json_t *by_rule = json_object();
    if (rule_counts_add(a, by_rule, "hits_today", DAY_MS) && rule_counts_add(a, by_rule, "hits_7d", 7LL * DAY_MS) &&
        rule_counts_add(a, by_rule, "hits_30d", 30LL * DAY_MS))
        a->reply.json = json_pack("{s:O, s:I}", "counts", by_rule, "now_ms", (json_int_t)a->now.ms);
    json_decref(by_rule);
}

static void backup(struct asking *a)
{
    struct str path;
    if (!store_backup(a->side, a->now, BACKUPS_KEPT, &a->arena, &path, &a->reply.err)) {
        api_fail(a, CONTROL_BUSY, "feedwatchctl health");
        return;
    }
    struct stat file;
    int64_t bytes = stat(arena_dupz(&a->arena, path), &file) == 0 ? file.st_size : 0;
    a->reply.json = json_object();
    api_json_text(a->reply.json, "path", path);
    json_object_set_new(a->reply.json, "bytes", json_integer(bytes));
}

bool api_history_knows(enum control_verb verb)
{
    return verb == CONTROL_ALERTS_LIST || verb == CONTROL_ALERT_SHOW || verb == CONTROL_DELIVERIES_LIST ||
           verb == CONTROL_SILENCE_PREVIEW || verb == CONTROL_RULES_LIST || verb == CONTROL_BACKUP;
}

struct api_reply api_history_answer(struct store_side *side, const struct control_request *request, wall_t now)
{
    struct asking a = {.side = side, .request = request, .now = now, .reply.outcome = CONTROL_OK};
    arena_init(&a.arena, ARENA_BYTES_MAX);
    if (request->verb == CONTROL_ALERTS_LIST)
        alerts_list(&a);
    else if (request->verb == CONTROL_ALERT_SHOW)
        alert_show(&a);
    else if (request->verb == CONTROL_DELIVERIES_LIST)
        deliveries_list(&a);
    else if (request->verb == CONTROL_SILENCE_PREVIEW)
        silence_preview(&a);
    else if (request->verb == CONTROL_RULES_LIST)
        rule_counts(&a);
    else if (request->verb == CONTROL_BACKUP)
        backup(&a);
    arena_done(&a.arena);
    return a.reply;
}
