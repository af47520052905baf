// SPDX-License-Identifier: MIT
//
// JSON of the control API. See api_json.h.
#include "daemon/api_json.h"

#include <stdio.h>

#include "base/utf8.h"
#include "feeds/identity.h"
#include "feeds/url.h"

enum { TEXT_BYTES_MAX = 64 << 10 };

void api_json_text(json_t *object, const char *name, struct str text)
{
    if (text.n == 0)
        return;
    text = utf8_head(text, TEXT_BYTES_MAX);
    if (utf8_valid(text) == text.n) {
        json_object_set_new(object, name, json_stringn_nocheck(text.p, text.n));
        return;
    }
    struct buf clean;
    buf_init(&clean, 3 * TEXT_BYTES_MAX); // U+FFFD has three bytes
    for (size_t i = 0; i < text.n;) {
        uint32_t code;
        i += utf8_decode(str_from(text, i), &code);
        utf8_add(&clean, code);
    }
    json_object_set_new(object, name, json_stringn_nocheck(clean.p, clean.n));
    buf_done(&clean);
}

void api_json_time(json_t *object, const char *name, wall_t at)
{
    if (at.ms != 0 && at.ms != INT64_MAX)
        json_object_set_new(object, name, json_integer(at.ms));
}

void api_json_number(json_t *object, const char *name, uint64_t number)
{
    json_object_set_new(object, name, json_integer((json_int_t)number));
}

static json_t *words(struct str list)
{
    json_t *array = json_array();
    while (list.p) {
        struct str word = str_cut(&list, ' ');
        if (word.n > 0)
            json_array_append_new(array, json_stringn(word.p, word.n));
    }
    return array;
}

static void url_set(json_t *object, const char *name, struct str url)
{
    struct buf text;
    buf_init(&text, 2 * URL_BYTES_MAX);
    url_redact(url, &text);
    api_json_text(object, name, buf_str(&text));
    buf_done(&text);
}

static void feed_id_set(json_t *object, const char *name, uint64_t id)
{
    char text[FEED_ID_BYTES];
    if (id != 0)
        api_json_text(object, name, str_of(feed_id_write(id, text)));
}

const char *api_json_feed_state(const struct feed *feed)
{
    if (feed->flags & FEED_STOPPED)
        return "gone";
    if (feed->flags & FEED_PAUSED || (feed->options && feed->options->paused))
        return "paused";
    if (feed->failures > 0)
        return "failing";
    return feed->good_at.ms > 0 ? "ok" : "new";
}

static json_t *feed_tags(const struct feed *feed)
{
    json_t *tags = json_array();
    for (size_t i = 0; feed->options && i < feed->options->n_tags; i++)
        json_array_append_new(tags, json_stringn(feed->options->tags[i].p, feed->options->tags[i].n));
    return tags;
}

// Who a feed is: the same head in every answer about one.
static json_t *feed_head(const struct feed *feed)
{
    json_t *object = json_object();
    feed_id_set(object, "id", feed->id);
    url_set(object, "url", feed->url);
    if (feed->options)
        api_json_text(object, "name", feed->options->name);
    api_json_text(object, "title", feed->title);
    json_object_set_new(object, "state", json_string(api_json_feed_state(feed)));
    api_json_time(object, "next_ms", feed->due);
    return object;
}

json_t *api_json_feed(const struct feed *feed)
{
    json_t *object = feed_head(feed);
    if (!str_eq(feed->url, feed->first_url))
        url_set(object, "first_url", feed->first_url);
    url_set(object, "moving_to", feed->moving_to);
    url_set(object, "site", feed->site);
    json_object_set_new(object, "origin", json_string(feed->origin == ORIGIN_ADDED ? "added" : "configuration"));
    json_object_set_new(object, "tags", feed_tags(feed));
    api_json_time(object, "last_ms", feed->polled_at);
    api_json_time(object, "good_ms", feed->good_at);
    api_json_time(object, "changed_ms", feed->changed_at);
    api_json_number(object, "items", marks_count(feed->marks));
    api_json_number(object, "failures", feed->failures);
    if (feed->failures > 0) {
        api_json_time(object, "failing_since_ms", feed->failing_since);
        json_object_set_new(object, "fault", json_string(fault_word(feed->fault)));
        api_json_text(object, "error", feed->error.n > 0 ? feed->error : str_of(fault_phrase(feed->fault)));
    }
    return object;
}

// Why a feed is not polled at all, and what changes that.
static const char *stop_phrase(const struct feed *feed)
{
    if (feed->flags & FEED_STOPPED)
        return "its server said twice that it is gone for good (410); feedwatchctl feeds resume asks it again";
    if (feed->options && feed->options->paused)
        return "the configuration pauses it";
    return "it is paused; feedwatchctl feeds resume polls it again";
}

static void reason_add(json_t *reasons, const struct feed *feed, const struct schedule *schedule,
                       enum schedule_reason reason)
{
    const char *phrase = reason == REASON_STOPPED ? stop_phrase(feed) : schedule_reason_phrase(reason);
    json_t *one = json_object();
    api_json_number(one, "what", reason);
    api_json_time(one, "not_before_ms", schedule->not_before[reason]);
    json_object_set_new(one, "decided", json_boolean(reason == schedule->decided));
    api_json_text(one, "text", str_of(phrase));
    json_array_append_new(reasons, one);
}

json_t *api_json_why(const struct feed *feed, const struct schedule *schedule)
{
    json_t *object = feed_head(feed), *reasons = json_array();
    api_json_time(object, "last_ms", feed->polled_at);
    api_json_time(object, "good_ms", feed->good_at);
    json_object_set_new(object, "posts_per_day", json_real(schedule->posts_per_day));
    api_json_number(object, "jitter_s", schedule->jitter_s);
    reason_add(reasons, feed, schedule, schedule->decided);
    for (int reason = 0; reason < REASON_COUNT; reason++)
        if (schedule->not_before[reason].ms != 0 && reason != (int)schedule->decided)
            reason_add(reasons, feed, schedule, (enum schedule_reason)reason);
    json_object_set_new(object, "reasons", reasons);
    if (feed->failures > 0)
        api_json_text(object, "error", feed->error);
    return object;
}

json_t *api_json_alert(const struct alert *alert)
{
    char id[ALERT_ID_BYTES];
    json_t *object = json_object(), *feed = json_object();
    api_json_text(object, "id", str_of(alert_id_text(alert->id, id)));
    api_json_number(object, "seq", alert->seq);
    json_object_set_new(object, "type", json_string(alert_kind_name(alert->kind)));
    json_object_set_new(object, "state", json_string(alert_state_name(alert)));
    api_json_text(object, "severity", severity_name(alert->severity));
    api_json_text(object, "rule", alert->rule);
    json_object_set_new(object, "tags", words(alert->tags));
    api_json_time(object, "at_ms", alert->queued);
    api_json_time(object, "published_ms", alert->published);
    json_object_set_new(object, "late", json_boolean(alert->is_late));
    api_json_number(object, "revision", alert->revision);
    api_json_text(object, "title", alert->title);
    api_json_text(object, "url", alert->url);
    feed_id_set(feed, "id", alert->feed);
    url_set(feed, "url", alert->feed_url);
    api_json_text(feed, "title", alert->feed_title);
    if (json_object_size(feed) > 0)
        json_object_set(object, "feed", feed);
    json_decref(feed);
    return object;
}

json_t *api_json_delivery(const struct delivery *delivery)
{
    char id[ALERT_ID_BYTES], row[24];
    json_t *object = json_object();
    snprintf(row, sizeof row, "%llu", (unsigned long long)delivery->row);
    api_json_text(object, "id", str_of(row));
    api_json_text(object, "alert", str_of(alert_id_text(delivery->alert, id)));
    api_json_text(object, "receiver", delivery->receiver);
    api_json_text(object, "rule", delivery->rule);
    api_json_text(object, "format", delivery->format);
    json_object_set_new(object, "state", json_string(delivery_state_name(delivery->state)));
    api_json_number(object, "attempts", delivery->attempts);
    api_json_time(object, "queued_ms", delivery->queued);
    api_json_time(object, "due_ms", delivery->due);
    if (delivery->state == DELIVERY_DIGESTED)
        api_json_text(object, "digest", str_of(alert_id_text(delivery->digest, id)));
    return object;
}

json_t *api_json_silence(const struct silence *silence)
{
    char id[24];
    json_t *object = json_object();
    snprintf(id, sizeof id, "%llu", (unsigned long long)silence->id);
    api_json_text(object, "id", str_of(id));
    api_json_text(object, "matcher", silence->matcher);
    api_json_text(object, "comment", silence->comment);
    api_json_time(object, "created_ms", silence->created);
    api_json_time(object, "until_ms", silence->until);
    api_json_number(object, "hidden", silence->hidden);
    return object;
}

json_t *api_json_finding(const struct diag *d)
{
    static const char *const levels[] = {"error", "warning", "note"};
    json_t *one = json_pack("{s:s, s:s%}", "level", levels[d->level], "message", d->message.p, d->message.n);
    if (d->source) {
        uint32_t line, column;
        source_place(d->source, d->at, &line, &column);
        json_object_set_new(one, "file", json_stringn(d->source->name.p, d->source->name.n));
        json_object_set_new(one, "line", json_integer(line));
        json_object_set_new(one, "column", json_integer(column));
    }
    if (d->help.n > 0)
        json_object_set_new(one, "help", json_stringn(d->help.p, d->help.n));
    return one;
}
