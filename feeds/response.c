// SPDX-License-Identifier: MIT
//
// Reading the head of an HTTP answer, and what its times mean. Header values come from strangers: what does not fit its
// grammar counts as absent, and numbers stop at bounds instead of wrapping.
#include "feeds/response.h"

#include "feeds/date.h"

enum { VALIDATOR_BYTES_MAX = 1024 }; // longer ones cost each feed more than a body once in a while

void response_init(struct response *r, struct str url)
{
    *r = (struct response){.url = url, .retry_s = -1, .max_age_s = -1};
}

struct request request_make(const struct feed *feed, struct str url)
{
    struct request q = {.url = url, .ask_identity = feed->flags & FEED_ASK_IDENTITY};
    bool is_plain = feed->flags & (FEED_FORCE | FEED_RELEARN) || (feed->options && feed->options->ignore_validators);
    struct str owner = feed->validators.url.n ? feed->validators.url : feed->url;
    if (!is_plain && str_eq(url, owner)) {
        q.etag = feed->validators.etag;
        q.last_modified = feed->validators.last_modified;
    }
    return q;
}

// ---- header fields -------------------------------------------------------------------------------------------------

// Digits only; what is too large for a sane number is the bound. -1: no number.
static int64_t read_seconds(struct str text)
{
    enum { BOUND_S = 10 * 365 * 86400 };
    uint64_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        if (!char_is_digit(text.p[i]))
            return -1;
    if (text.n == 0)
        return -1;
    return str_to_u64(text, BOUND_S, &n) ? (int64_t)n : BOUND_S;
}

static wall_t read_date(struct str text)
{
    wall_t at = {0};
    return date_read_http(text, &at) ? at : (wall_t){0};
}

static struct str unquoted(struct str s)
{
    bool is_quoted = s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"';
    return is_quoted ? str_make(s.p + 1, s.n - 2) : s;
}

static void read_cache_control(struct response *r, struct str value)
{
    struct str rest = value;
    while (rest.p) {
        struct str argument = str_cut(&rest, ',');
        struct str name = str_trim(str_cut(&argument, '='));
        if (str_eq_nocase(name, S("max-age")) && r->max_age_s < 0)
            r->max_age_s = read_seconds(unquoted(str_trim(argument)));
        else if (str_eq_nocase(name, S("no-cache")) || str_eq_nocase(name, S("no-store")))
            r->no_cache = true;
    }
}

static bool has_word(struct str list, struct str word)
{
    struct str rest = unquoted(str_trim(list));
    while (rest.p)
        if (str_eq_nocase(str_trim(str_cut(&rest, ' ')), word))
            return true;
    return false;
}

// One link of a Link header (RFC 8288): <target>; name=value; ... Returns the bytes it takes.
static size_t read_link(struct response *r, struct str s, struct arena *a)
{
    size_t open = str_find_char(s, '<'), close = str_find_char(s, '>'), at = close;
    if (close == s.n || open > close)
        return s.n;
    struct str target = str_trim(str_make(s.p + open + 1, close - open - 1));
    bool is_quoted = false;
    size_t part = ++at;
    for (;; at++) {
        bool is_end = at == s.n || (!is_quoted && s.p[at] == ',');
        if (at < s.n && s.p[at] == '"')
            is_quoted = !is_quoted;
        if (!is_end && (is_quoted || s.p[at] != ';'))
            continue;
        struct str value = str_make(s.p + part, at - part), name = str_trim(str_cut(&value, '='));
        if (str_eq_nocase(name, S("rel")) && has_word(value, S("hub")) && !r->hub.n)
            r->hub = arena_str(a, target);
        if (str_eq_nocase(name, S("rel")) && has_word(value, S("self")) && !r->self.n)
            r->self = arena_str(a, target);
        part = at + 1;
        if (is_end)
            return at == s.n ? at : at + 1;
    }
}

static void read_links(struct response *r, struct str value, struct arena *a)
{
    while (value.n && !(r->hub.n && r->self.n))
        value = str_from(value, read_link(r, value, a));
}

static void keep(struct str *field, struct str value, size_t bytes_max, struct arena *a)
{
    for (size_t i = 0; i < value.n; i++)
        if ((unsigned char)value.p[i] < ' ' && value.p[i] != '\t')
            return;
    if (field->n == 0 && value.n <= bytes_max)
        *field = arena_str(a, value);
}

static void read_retry_after(struct response *r, struct str value)
{
    r->retry_s = read_seconds(value);
    r->retry_at = read_date(value);
}

static void read_status_line(struct response *r, struct str line)
{
    struct response fresh;
    uint64_t status = 0;
    response_init(&fresh, r->url);
    fresh.was_conditional = r->was_conditional;
    struct str rest = line;
    str_cut(&rest, ' ');
    if (rest.p && str_to_u64(str_head(str_trim(rest), 3), 999, &status))
        fresh.status = (uint32_t)status;
    *r = fresh;
}

void response_line(struct response *r, struct str line, struct arena *a)
{
    if (str_starts_nocase(line, S("HTTP/"))) {
        read_status_line(r, line);
        return;
    }
    struct str value = line, name = str_cut(&value, ':');
    if (!value.p || name.n == 0 || char_is_space(name.p[0]))
        return;
    value = str_trim(value);
    const struct {
        struct str name;
        struct str *field;
        size_t bytes_max;
    } kept[] = {
        {STR("etag"), &r->validators.etag, VALIDATOR_BYTES_MAX},
        {STR("last-modified"), &r->validators.last_modified, VALIDATOR_BYTES_MAX},
        {STR("content-type"), &r->content_type, 1024},
        {STR("content-location"), &r->content_location, 8192},
        {STR("content-language"), &r->content_language, 256},
        {STR("location"), &r->location, 8192},
    };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (str_eq_nocase(name, kept[i].name))
            keep(kept[i].field, value, kept[i].bytes_max, a);
    if (str_eq_nocase(name, S("cache-control")))
        read_cache_control(r, value);
    else if (str_eq_nocase(name, S("link")))
        read_links(r, value, a);
    else if (str_eq_nocase(name, S("retry-after")))
        read_retry_after(r, value);
    else if (str_eq_nocase(name, S("date")))
        r->date = read_date(value);
    else if (str_eq_nocase(name, S("expires")))
        r->expires = read_date(value);
    else if (str_eq_nocase(name, S("age")))
        r->age_s = read_seconds(value) > 0 ? read_seconds(value) : 0;
}

// ---- times ---------------------------------------------------------------------------------------------------------

static wall_t bounded(wall_t now, int64_t pause_ms, int64_t max_s)
{
    if (pause_ms <= 0)
        return (wall_t){0};
    return wall_add(now, pause_ms < max_s * SECOND_MS ? pause_ms : max_s * SECOND_MS);
}

// A date is compared with the server's own clock where it tells it: what counts is the pause that was meant.
wall_t response_retry_until(const struct response *r, wall_t now)
{
    if (r->retry_s >= 0)
        return bounded(now, r->retry_s * SECOND_MS, RETRY_AFTER_MAX_S);
    if (r->retry_at.ms == 0)
        return (wall_t){0};
    return bounded(now, wall_diff(r->retry_at, r->date.ms ? r->date : now), RETRY_AFTER_MAX_S);
}

wall_t response_fresh_until(const struct response *r, wall_t now)
{
    if (r->no_cache)
        return (wall_t){0};
    if (r->max_age_s >= 0)
        return bounded(now, (r->max_age_s - r->age_s) * SECOND_MS, FRESH_MAX_S);
    if (r->expires.ms == 0)
        return (wall_t){0};
    return bounded(now, wall_diff(r->expires, r->date.ms ? r->date : now), FRESH_MAX_S);
}
