// SPDX-License-Identifier: MIT
//
// The verdict on an HTTP answer, and what a poll leaves in the feed's state. docs/polling.md tells each rule with the
// trouble it saves a server owner. See response.h.
#include "feeds/response.h"
#include "feeds/url.h"

// ---- verdict -------------------------------------------------------------------------------------------------------

static enum fault fault_of_status(uint32_t status)
{
    switch (status) {
    case 204:
    case 205: return FAULT_EMPTY;
    case 304: return FAULT_UNASKED_304;
    case 401:
    case 407: return FAULT_AUTH;
    case 403: return FAULT_FORBIDDEN;
    case 404: return FAULT_NOT_FOUND;
    case 410: return FAULT_GONE;
    case 429: return FAULT_SLOW_DOWN;
    default: return status >= 500 && status < 600 ? FAULT_SERVER : FAULT_STATUS;
    }
}

static struct verdict failed(enum fault fault, struct str detail, struct arena *a)
{
    struct verdict v = {.kind = VERDICT_FAILED, .fault = fault};
    v.error = detail.n ? arena_fmt(a, "%s: %.*s", fault_phrase(fault), STR_ARG(detail)) : str_of(fault_phrase(fault));
    return v;
}

static struct str without_fragment(struct str url)
{
    return str_head(url, str_find_char(url, '#'));
}

static bool was_asked(const struct trail *trail, struct str url)
{
    for (size_t i = 0; i < trail->n; i++)
        if (str_eq(without_fragment(trail->urls[i]), url))
            return true;
    return false;
}

static struct verdict judge_redirect(const struct response *r, struct trail *trail, struct arena *a)
{
    const char *why = NULL;
    struct str target = without_fragment(url_resolve(a, r->url, r->location));
    if (r->location.n == 0)
        return failed(FAULT_REDIRECT, arena_fmt(a, "HTTP %u without a Location", r->status), a);
    if (!url_is_fetchable(target, &why))
        return failed(FAULT_REDIRECT, arena_fmt(a, "%.*s %s", STR_ARG(url_redacted(a, target)), why), a);
    if (was_asked(trail, target))
        return failed(FAULT_REDIRECT, arena_fmt(a, "in a circle, back to %.*s", STR_ARG(url_redacted(a, target))), a);
    if (trail->n > REDIRECTS_MAX)
        return failed(FAULT_REDIRECT, arena_fmt(a, "more than %d times", REDIRECTS_MAX), a);
    bool is_downgrade = str_eq_nocase(url_cut(r->url).scheme, S("https")) &&
                        str_eq_nocase(url_cut(target).scheme, S("http"));
    struct verdict v = {.kind = VERDICT_REDIRECT, .target = target};
    v.is_permanent = (r->status == 301 || r->status == 308) && !is_downgrade;
    trail->is_permanent &= v.is_permanent;
    trail->urls[trail->n++] = target;
    return v;
}

static struct verdict judge_status(const struct response *r, struct trail *trail, struct arena *a)
{
    switch (r->status) {
    case 200:
    case 203:
    case 226: return (struct verdict){.kind = VERDICT_BODY};
    case 301:
    case 302:
    case 303:
    case 307:
    case 308: return judge_redirect(r, trail, a);
    case 304:
        if (r->was_conditional)
            return (struct verdict){.kind = VERDICT_UNCHANGED};
        break;
    default: break;
    }
    enum fault fault = fault_of_status(r->status);
    struct verdict v = failed(fault, arena_fmt(a, "HTTP %u", r->status), a);
    if (fault == FAULT_GONE)
        v.kind = VERDICT_GONE;
    return v;
}

struct verdict response_judge(const struct response *r, struct trail *trail, wall_t now, struct arena *a)
{
    if (r->fault != FAULT_NONE)
        return failed(r->fault, r->fault_text, a);
    if (r->status == 0)
        return failed(FAULT_PROTOCOL, (struct str){0}, a);
    struct verdict v = judge_status(r, trail, a);
    if (r->status >= 300)
        v.hold_until = response_retry_until(r, now);
    if (r->status == 429 || (r->status == 503 && v.hold_until.ms)) {
        v.kind = VERDICT_SLOW_DOWN;
        v.fault = FAULT_SLOW_DOWN;
    }
    if (v.hold_until.ms > trail->hold_until.ms)
        trail->hold_until = v.hold_until;
    return v;
}

// ---- what it leaves ------------------------------------------------------------------------------------------------

static struct str kept_text(struct str text, struct arena *a)
{
    return text.n ? arena_str(a, text) : (struct str){0};
}

// A new body brings its own pair, or none: what it does not carry is cleared. A 304 may renew either.
static void keep_validators(struct feed *feed, const struct response *r, bool is_body, struct arena *a)
{
    struct validators *v = &feed->validators;
    if (is_body || r->validators.etag.n)
        v->etag = kept_text(r->validators.etag, a);
    if (is_body || r->validators.last_modified.n)
        v->last_modified = kept_text(r->validators.last_modified, a);
    bool has_any = v->etag.n || v->last_modified.n;
    v->url = has_any && !str_eq(r->url, feed->url) ? arena_str(a, r->url) : (struct str){0};
}

// A permanent redirect is believed after the same answer three times: half of them are a captive portal, a server in
// the middle of its move, or a mistake of an evening.
static bool keep_move(struct feed *feed, const struct trail *trail, struct arena *a)
{
    bool is_move = trail->n > 1 && trail->is_permanent;
    struct str target = is_move ? trail->urls[trail->n - 1] : (struct str){0};
    if (!is_move || !str_eq(target, feed->moving_to))
        feed->moving_seen = 0;
    feed->moving_to = kept_text(target, a);
    if (!is_move || ++feed->moving_seen < MOVE_TIMES)
        return false;
    feed->url = feed->moving_to;
    if (str_eq(feed->validators.url, feed->url))
        feed->validators.url = (struct str){0};
    feed->moving_to = (struct str){0};
    feed->moving_seen = 0;
    return true;
}

static struct settled settle_good(struct feed *feed, const struct response *r, const struct trail *trail,
                                  enum body_state body, wall_t now, struct arena *a)
{
    struct settled s = {.is_good = true, .recovered = feed->flags & FEED_BROKEN_TOLD};
    if (body != BODY_PARTIAL)
        keep_validators(feed, r, body == BODY_PARSED, a);
    s.moved = keep_move(feed, trail, a);
    feed->fresh_until = response_fresh_until(r, now);
    feed->hold_until = trail->hold_until;
    feed->fault = FAULT_NONE;
    feed->failures = 0;
    feed->failing_since = feed->gone_at = (wall_t){0};
    feed->error = (struct str){0};
    feed->flags &= ~(uint32_t)(FEED_BROKEN_TOLD | FEED_STOPPED);
    feed->good_at = now;
    return s;
}

// A 429 that does not say for how long: an hour, doubled each time.
static wall_t slow_down_until(const struct feed *feed, wall_t now)
{
    int64_t pause_s = SLOW_DOWN_FIRST_S;
    for (uint32_t i = 1; i < feed->failures && pause_s < RETRY_AFTER_MAX_S; i++)
        pause_s *= 2;
    return wall_add(now, (pause_s < RETRY_AFTER_MAX_S ? pause_s : RETRY_AFTER_MAX_S) * SECOND_MS);
}

static struct settled settle_failed(struct feed *feed, const struct verdict *v, const struct trail *trail, wall_t now,
                                    struct arena *a)
{
    struct settled s = {.is_good = false};
    feed->fault = v->fault;
    feed->error = kept_text(v->error, a);
    feed->failures += feed->failures < UINT32_MAX;
    feed->fresh_until = (wall_t){0};
    feed->hold_until = trail->hold_until;
    if (!feed->failing_since.ms)
        feed->failing_since = now;
    if (v->fault == FAULT_SLOW_DOWN && !feed->hold_until.ms)
        feed->hold_until = slow_down_until(feed, now);
    if (v->fault == FAULT_ENCODING)
        feed->flags |= FEED_ASK_IDENTITY;
    if (v->kind == VERDICT_GONE) {
        s.stopped = feed->gone_at.ms && wall_diff(now, feed->gone_at) <= DAY_MS + HOUR_MS;
        feed->gone_at = now;
    } else {
        feed->gone_at = (wall_t){0};
    }
    if (s.stopped)
        feed->flags |= FEED_STOPPED;
    bool is_long = wall_diff(now, feed->failing_since) >= BROKEN_AFTER_MS;
    s.broken = is_long && !s.stopped && !(feed->flags & FEED_BROKEN_TOLD);
    if (s.broken)
        feed->flags |= FEED_BROKEN_TOLD;
    return s;
}

// What is known only when the body came: the transfer broke off, or what came is no feed.
static enum fault fault_of_body(const struct response *r, enum body_state body)
{
    if (r->fault != FAULT_NONE)
        return r->fault;
    switch (body) {
    case BODY_PARSED:
    case BODY_PARTIAL: return FAULT_NONE;
    case BODY_NOT_A_FEED: return FAULT_NOT_A_FEED;
    case BODY_NONE:
    case BODY_EMPTY: break;
    }
    return FAULT_EMPTY;
}

struct settled response_settle(struct feed *feed, const struct response *r, const struct verdict *v,
                               const struct trail *trail, enum body_state body, wall_t now, struct arena *a)
{
    struct verdict final = *v;
    feed->polled_at = now;
    feed->flags &= ~(uint32_t)FEED_FORCE;
    if (v->kind == VERDICT_BODY && fault_of_body(r, body) != FAULT_NONE)
        final = failed(fault_of_body(r, body), r->fault_text, a);
    if (final.kind == VERDICT_BODY || final.kind == VERDICT_UNCHANGED)
        return settle_good(feed, r, trail, body, now, a);
    return settle_failed(feed, &final, trail, now, a);
}
