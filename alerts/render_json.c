// SPDX-License-Identifier: MIT
//
// Values and simple parts of a payload. See render_json.h. Out of memory is a line and an abort, as everywhere
// (base/mem.h): jansson reports it as NULL or -1.
#include "alerts/render_json.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "feeds/feed.h"

void json_set(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new_nocheck(object, name, value) != 0)
        mem_out();
}

void json_add(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        mem_out();
}

void json_set_number(json_t *object, const char *name, int64_t value) { json_set(object, name, json_integer(value)); }

void json_set_bool(json_t *object, const char *name, bool value) { json_set(object, name, json_boolean(value)); }

// Returns any bytes as a JSON string, what is no UTF-8 as U+FFFD.
static json_t *valid(struct str text, bool is_cut)
{
    if (!is_cut && utf8_valid(text) == text.n)
        return json_stringn_nocheck(text.n ? text.p : "", text.n);
    struct buf clean;
    buf_init(&clean, SIZE_MAX);
    for (struct str rest = text; rest.n;) {
        uint32_t code;
        size_t n = utf8_decode(rest, &code);
        utf8_add(&clean, code);
        rest = str_from(rest, n);
    }
    if (is_cut)
        buf_add(&clean, S("\xe2\x80\xa6"));
    json_t *value = json_stringn_nocheck(buf_z(&clean), clean.n);
    buf_done(&clean);
    return value;
}

json_t *json_text(struct str text, size_t bytes_max)
{
    struct str head = utf8_head(text, bytes_max);
    return valid(head, head.n < text.n);
}

json_t *json_chars(struct str text, size_t chars_max)
{
    size_t n = 0;
    for (size_t i = 0; i < chars_max && n < text.n; i++)
        n += utf8_length(str_from(text, n));
    return valid(str_head(text, n), n < text.n && chars_max > 0);
}

void json_set_text(json_t *object, const char *name, struct str text, size_t bytes_max)
{
    json_set(object, name, json_text(text, bytes_max));
}

void json_set_url(json_t *object, const char *name, struct str url, size_t bytes_max)
{
    json_set(object, name, url.n <= bytes_max ? json_text(url, bytes_max) : json_string(""));
}

void json_set_time(json_t *object, const char *name, wall_t at)
{
    char text[WALL_RFC3339_BYTES];
    json_set(object, name, at.ms ? json_string(wall_rfc3339(at, true, text)) : json_null());
}

json_t *json_words(struct str words, size_t n_max, size_t bytes_max)
{
    json_t *list = json_array();
    while (words.n && json_array_size(list) < n_max)
        json_add(list, json_text(str_cut(&words, ' '), bytes_max));
    return list;
}

const char *json_hex(uint64_t number, char out[17])
{
    for (int i = 0; i < 16; i++)
        out[i] = "0123456789abcdef"[number >> (60 - 4 * i) & 15];
    out[16] = '\0';
    return out;
}

json_t *json_alert(const struct alert *alert)
{
    char id[ALERT_ID_BYTES];
    json_t *object = json_object();
    json_set_text(object, "id", str_of(alert_id_text(alert->id, id)), ALERT_ID_BYTES);
    json_set_number(object, "revision", alert->revision);
    json_set_number(object, "seq", (int64_t)alert->seq);
    json_set_text(object, "severity", severity_name(alert->severity), 64);
    json_set_bool(object, "late", alert->is_late);
    json_set_bool(object, "first_of_story", alert->is_first_of_story);
    json_set_text(object, "dedup_key", str_of(alert_id_text(alert->dedup_key, id)), ALERT_ID_BYTES);
    json_set_number(object, "silenced_before", alert->silenced_before);
    return object;
}

json_t *json_feed(const struct feed_facts *feed, const struct json_limits *l)
{
    json_t *tags = json_array();
    for (size_t i = 0; i < feed->n_tags && i < l->list; i++)
        json_add(tags, json_text(feed->tags[i], l->text_bytes));
    json_t *object = json_object();
    char id[FEED_ID_BYTES];
    json_set_text(object, "id", str_of(feed_id_write(feed->id, id)), l->text_bytes);
    json_set_url(object, "url", feed->url, l->text_bytes);
    json_set_text(object, "title", feed->title, l->text_bytes);
    json_set_url(object, "site_url", feed->site_url, l->text_bytes);
    json_set(object, "tags", tags);
    json_set_text(object, "format", feed->format, l->text_bytes);
    return object;
}

json_t *json_times(const struct alert *alert)
{
    json_t *times = json_object();
    json_set_time(times, "published_at", alert->published);
    json_set_time(times, "fetched_at", alert->fetched);
    json_set_time(times, "detected_at", alert->detected);
    json_set_time(times, "queued_at", alert->queued);
    return times;
}

struct str json_write(const json_t *root, struct arena *arena)
{
    char *text = json_dumps(root, JSON_COMPACT);
    if (!text)
        mem_out();
    struct str copy = arena_str(arena, str_of(text));
    free(text);
    return copy;
}
