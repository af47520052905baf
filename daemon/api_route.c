// SPDX-License-Identifier: MIT
//
// The map of the control API. See api_route.h. A star in a pattern stands for one segment, which becomes the id.
#include "daemon/api_route.h"

#include <stdio.h>

enum { ID_BYTES_MAX = 8 << 10 }; // feeds may be named by their URL

struct row {
    const char *method;
    const char *pattern;
    enum route_kind kind;
    enum control_verb verb;
};

static const struct row rows[] = {
    {"GET", "/", ROUTE_INDEX, 0},
    {"GET", "/healthz", ROUTE_HEALTHZ, CONTROL_HEALTH},
    {"GET", "/metrics", ROUTE_CONTROL, CONTROL_METRICS},
    {"GET", "/api/v1/status", ROUTE_CONTROL, CONTROL_STATUS},
    {"GET", "/api/v1/health", ROUTE_CONTROL, CONTROL_HEALTH},
    {"GET", "/api/v1/feeds", ROUTE_CONTROL, CONTROL_FEEDS_LIST},
    {"POST", "/api/v1/feeds", ROUTE_CONTROL, CONTROL_FEED_ADD},
    {"GET", "/api/v1/feeds/*", ROUTE_CONTROL, CONTROL_FEED_SHOW},
    {"DELETE", "/api/v1/feeds/*", ROUTE_CONTROL, CONTROL_FEED_RM},
    {"GET", "/api/v1/feeds/*/why", ROUTE_CONTROL, CONTROL_FEED_WHY},
    {"POST", "/api/v1/feeds/*/poll", ROUTE_CONTROL, CONTROL_FEED_POLL},
    {"POST", "/api/v1/feeds/*/pause", ROUTE_CONTROL, CONTROL_FEED_PAUSE},
    {"POST", "/api/v1/feeds/*/resume", ROUTE_CONTROL, CONTROL_FEED_RESUME},
    {"GET", "/api/v1/opml", ROUTE_CONTROL, CONTROL_OPML_EXPORT},
    {"POST", "/api/v1/opml", ROUTE_CONTROL, CONTROL_OPML_IMPORT},
    {"GET", "/api/v1/alerts", ROUTE_CONTROL, CONTROL_ALERTS_LIST},
    {"GET", "/api/v1/alerts/*", ROUTE_CONTROL, CONTROL_ALERT_SHOW},
    {"POST", "/api/v1/alerts/*/resend", ROUTE_CONTROL, CONTROL_ALERT_RESEND},
    {"GET", "/api/v1/deliveries", ROUTE_CONTROL, CONTROL_DELIVERIES_LIST},
    {"POST", "/api/v1/deliveries/retry", ROUTE_CONTROL, CONTROL_DELIVERY_RETRY},
    {"POST", "/api/v1/deliveries/drop", ROUTE_CONTROL, CONTROL_DELIVERY_DROP},
    {"POST", "/api/v1/deliveries/*/retry", ROUTE_CONTROL, CONTROL_DELIVERY_RETRY},
    {"POST", "/api/v1/deliveries/*/drop", ROUTE_CONTROL, CONTROL_DELIVERY_DROP},
    {"GET", "/api/v1/silences", ROUTE_CONTROL, CONTROL_SILENCE_LIST},
    {"POST", "/api/v1/silences", ROUTE_CONTROL, CONTROL_SILENCE_ADD},
    {"GET", "/api/v1/silences/preview", ROUTE_CONTROL, CONTROL_SILENCE_PREVIEW},
    {"DELETE", "/api/v1/silences/*", ROUTE_CONTROL, CONTROL_SILENCE_EXPIRE},
    {"GET", "/api/v1/receivers", ROUTE_CONTROL, CONTROL_RECEIVERS_LIST},
    {"POST", "/api/v1/receivers/*/test", ROUTE_CONTROL, CONTROL_RECEIVER_TEST},
    {"GET", "/api/v1/rules", ROUTE_CONTROL, CONTROL_RULES_LIST},
    {"GET", "/api/v1/rules/source", ROUTE_CONTROL, CONTROL_RULES_SOURCE},
    {"GET", "/api/v1/items", ROUTE_CONTROL, CONTROL_ITEMS_LIST},
    {"GET", "/api/v1/items/*", ROUTE_CONTROL, CONTROL_ITEM_SHOW},
    {"POST", "/api/v1/reload", ROUTE_CONTROL, CONTROL_RELOAD},
    {"GET", "/api/v1/log", ROUTE_CONTROL, CONTROL_LOG_LEVEL},
    {"PUT", "/api/v1/log", ROUTE_CONTROL, CONTROL_LOG_SET},
    {"POST", "/api/v1/backup", ROUTE_CONTROL, CONTROL_BACKUP},
};

// What of reading is for the machine's own people: a list to be imported again holds addresses as they are, with logins
// and keys.
static bool is_private(enum control_verb verb) { return verb == CONTROL_OPML_EXPORT; }

enum { ROWS = sizeof rows / sizeof rows[0] };

// Tells whether a path fits a pattern; *out_id is the segment that the star stands for, still encoded.
static bool fits(struct str pattern, struct str path, struct str *out_id)
{
    struct str id = S("");
    while (pattern.p && path.p) {
        struct str want = str_cut(&pattern, '/'), have = str_cut(&path, '/');
        if (str_eq(want, S("*")) && have.n > 0)
            id = have;
        else if (!str_eq(want, have))
            return false;
    }
    *out_id = id;
    return !pattern.p && !path.p;
}

static int hex_digit(char c)
{
    if (char_is_digit(c))
        return c - '0';
    c = char_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Appends s with %XX decoded and, in a query, plus as a blank; false on a bad or NUL escape.
static bool unescape(struct str s, bool is_query, struct buf *out)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i] == '+' && is_query ? ' ' : s.p[i];
        if (c == '%') {
            int high = i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(s.p[i + 2]) : -1;
            if (low < 0 || high * 16 + low == 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        buf_add_char(out, c);
    }
    return !out->is_cut;
}

static void bad(struct route *route, const char *what)
{
    route->kind = ROUTE_BAD;
    err_set(&route->err, "%s", what);
}

static void query_read(struct route *route, struct str query)
{
    struct buf name, value;
    buf_init(&name, ID_BYTES_MAX);
    buf_init(&value, ID_BYTES_MAX);
    while (query.p && route->kind != ROUTE_BAD) {
        struct str pair = str_cut(&query, '&');
        struct str left = str_cut(&pair, '=');
        buf_reset(&name);
        buf_reset(&value);
        bool is_readable = unescape(left, true, &name) && unescape(pair, true, &value);
        json_t *text = is_readable ? json_stringn(value.p ? value.p : "", value.n) : NULL;
        if (left.n > 0 && (!text || json_object_set(route->args, buf_z(&name), text) != 0))
            bad(route, "the query is not percent-encoded UTF-8, or too long");
        json_decref(text);
    }
    buf_done(&name);
    buf_done(&value);
}

void route_find(struct route *route, struct str method, struct str target, bool is_local)
{
    *route = (struct route){.kind = ROUTE_NONE, .args = json_object()};
    buf_init(&route->id, ID_BYTES_MAX);
    struct str query = target, id = S("");
    struct str path = str_cut(&query, '?');
    if (str_eq(method, S("HEAD")))
        method = S("GET");
    for (size_t i = 0; i < ROWS; i++) {
        struct str encoded;
        if (!fits(str_of(rows[i].pattern), path, &encoded))
            continue;
        // A literal path wins over a star: "/deliveries/retry" stands before it, "/silences/preview" too.
        bool is_method = str_eq(str_of(rows[i].method), method);
        if (!is_method && route->kind == ROUTE_NONE)
            route->kind = ROUTE_METHOD;
        if (!is_method)
            continue;
        bool is_open = str_eq(method, S("GET")) && !is_private(rows[i].verb);
        route->kind = is_local || is_open ? rows[i].kind : ROUTE_LOCAL;
        route->verb = rows[i].verb;
        id = encoded;
        break;
    }
    if (route->kind == ROUTE_METHOD && !is_local)
        route->kind = str_eq(method, S("GET")) ? ROUTE_METHOD : ROUTE_LOCAL;
    if (!unescape(id, false, &route->id))
        bad(route, "the path is not percent-encoded, or too long");
    query_read(route, query);
}

void route_body(struct route *route, struct str body)
{
    if (body.n == 0 || route->kind == ROUTE_BAD)
        return;
    json_error_t why;
    json_t *object = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, &why);
    if (json_is_object(object))
        json_object_update(route->args, object);
    else if (object)
        bad(route, "the body is JSON, but no object");
    else {
        route->kind = ROUTE_BAD;
        err_set_at(&route->err, (uint32_t)why.line, (uint32_t)why.column, "the body is no JSON: %s", why.text);
    }
    json_decref(object);
}

void route_done(struct route *route)
{
    buf_done(&route->id);
    json_decref(route->args);
    *route = (struct route){0};
}

// An IPv4 or IPv6 address as it stands in a Host header; loose, since a name that passes has no letters beyond hex.
static bool is_address(struct str host)
{
    if (str_starts(host, S("[")))
        return str_ends(host, S("]"));
    size_t dots = 0;
    for (size_t i = 0; i < host.n; i++) {
        dots += host.p[i] == '.';
        if (!char_is_digit(host.p[i]) && host.p[i] != '.')
            return false;
    }
    return dots == 3;
}

bool route_host_is_ours(struct str host, const char *const *hosts)
{
    size_t close = str_find_char(host, ']');
    size_t colon = str_find_char(str_from(host, close < host.n ? close : 0), ':');
    host = str_head(host, (close < host.n ? close : 0) + colon);
    if (is_address(host) || str_eq_nocase(host, S("localhost")))
        return true;
    for (; hosts && *hosts; hosts++)
        if (str_eq_nocase(host, str_of(*hosts)))
            return true;
    return false;
}

unsigned route_status(enum control_outcome outcome)
{
    switch (outcome) {
    case CONTROL_OK: return 200;
    case CONTROL_BAD: return 400;
    case CONTROL_NOT_FOUND: return 404;
    case CONTROL_REFUSED: return 409;
    case CONTROL_CONFIG: return 422;
    case CONTROL_BUSY: return 503;
    }
    return 500;
}

void route_index(const char *version, struct buf *out)
{
    buf_addf(out, "feedwatchd %s\n\n", version);
    for (size_t i = 0; i < ROWS; i++)
        if (str_eq(str_of(rows[i].method), S("GET")) && rows[i].kind != ROUTE_INDEX && !is_private(rows[i].verb))
            buf_addf(out, "%s\n", rows[i].pattern);
    buf_add(out, S("\nChanges, and OPML, go over the Unix socket: feedwatchctl(1).\n"));
}
