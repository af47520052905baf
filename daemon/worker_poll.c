// SPDX-License-Identifier: MIT

#include "base/mem.h"
#include "daemon/keeper.h"
#include "daemon/message_id.h"
#include "daemon/worker_parts.h"
#include "daemon/writer.h"
#include "feeds/url.h"

#include <utlist.h>

// Short on purpose: curl copies a header letter by letter. RDF and text/xml are met by the last range.
#define ACCEPT                                                                                                         \
    "Accept: application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.8"

static void on_line(void *context, struct str line)
{
    struct poll *p = context;
    pipeline_line(p->pipeline, line);
}

static bool on_piece(void *context, const char *bytes, size_t n)
{
    struct poll *p = context;
    pipeline_feed(p->pipeline, bytes, n, p->now);
    return true;
}

static void on_done(void *context, const struct http_result *result);

static void ask(struct poll *p, struct now now)
{
    struct worker *w = p->worker;
    p->has_asked = true;
    struct arena *a = &p->outcome->arena;
    const struct feed_options *options = p->outcome->before.options;
    struct request r = pipeline_request(p->pipeline);
    size_t n = 0;
    p->headers[n++] = ACCEPT;
    if (r.etag.n)
        p->headers[n++] = arena_fmt(a, "If-None-Match: %.*s", STR_ARG(r.etag)).p;
    if (r.last_modified.n)
        p->headers[n++] = arena_fmt(a, "If-Modified-Since: %.*s", STR_ARG(r.last_modified)).p;
    if (r.ask_identity)
        p->headers[n++] = "Accept-Encoding: identity";
    const char *user = NULL;
    if (options && options->credential.n && url_same_origin(r.url, p->outcome->before.first_url)) {
        bool is_header = str_find(options->credential, S(": ")) < options->credential.n;
        const char *text = arena_dupz(a, options->credential);
        if (is_header)
            p->headers[n++] = text;
        else
            user = text;
    }
    p->headers[n] = NULL;
    p->now = now.wall;
    const char *proxy = p->config->proxy;
    if (options && options->proxy.n)
        proxy = str_eq(options->proxy, S("none")) ? NULL : arena_dupz(a, options->proxy);
    const struct http_request request = {
        .url = arena_dupz(a, r.url),
        .headers = p->headers,
        .encodings = r.ask_identity ? NULL : "gzip, br, deflate",
        .ca = options && options->ca_file.n ? arena_dupz(a, options->ca_file) : NULL,
        .proxy = proxy,
        .user_password = user,
        .reach = options && options->allow_private ? HTTP_ANY : HTTP_PUBLIC,
        .total_ms = options && options->timeout_s ? options->timeout_s * SECOND_MS : POLL_MS,
        .body_bytes_max = POLL_BODY_BYTES_MAX,
        .context = p,
        .line = on_line,
        .piece = on_piece,
        .done = on_done,
    };
    p->transfer = http_start(w->http, &request);
}

static void free_poll(struct poll *p)
{
    config_unref(p->config);
    mem_free(p);
}

// A baseline says how much there was to alert of, had it been news.
static void tell_baseline(struct log *log, const struct outcome *o, struct str url, uint32_t baseline, const char *next)
{
    log_say(log, LOG_LEVEL_INFO, NULL, "baseline feed=%.*s items=%zu would_have_matched=%u next=%s", STR_ARG(url),
            o->document->n_items, baseline, next);
}

static const char *time_text(wall_t at, char out[WALL_RFC3339_BYTES])
{
    return at.ms == INT64_MAX ? "never" : wall_rfc3339(at, false, out);
}

static bool is_baseline(const struct outcome *o) { return o->decide.is_first && o->document && o->settled.is_good; }

static bool is_new_failure(const struct outcome *o)
{
    return o->feed.failures && (o->feed.failures == 1 || o->feed.fault != o->before.fault);
}

// Tells what a person should know of this poll.
static void tell_news(struct log *log, const struct outcome *o, uint32_t baseline, struct str url)
{
    const struct feed *f = &o->feed;
    struct arena a;
    arena_init(&a, 1 << 16);
    char next[WALL_RFC3339_BYTES];
    if (is_baseline(o))
        tell_baseline(log, o, url, baseline, time_text(f->due, next));
    if (o->settled.moved)
        log_say(log, LOG_LEVEL_NOTICE, MESSAGE_FEED_MOVED, "feed=%.*s moved for good to=%.*s",
                STR_ARG(url_redacted(&a, o->before.url)), STR_ARG(url));
    if (o->is_rebaselined)
        log_say(log, LOG_LEVEL_NOTICE, MESSAGE_FEED_REBASELINED,
                "feed=%.*s announced its archive anew: recorded, nothing sent", STR_ARG(url));
    if (o->settled.stopped)
        log_say(log, LOG_LEVEL_WARNING, MESSAGE_FEED_GONE,
                "feed=%.*s is gone (410 twice in a day) and is polled no more; feedwatchctl feeds resume asks again",
                STR_ARG(url));
    bool is_news = is_new_failure(o);
    if (is_news)
        log_say(log, LOG_LEVEL_WARNING, NULL, "feed=%.*s failed: %.*s; next try %s", STR_ARG(url),
                STR_ARG(f->error), time_text(f->due, next));
    for (size_t i = 0; is_news && o->document && i < o->document->n_advertised && i < 5; i++)
        log_say(log, LOG_LEVEL_NOTICE, NULL, "feed=%.*s is a page that offers the feed: %.*s", STR_ARG(url),
                STR_ARG(url_redacted(&a, o->document->advertised[i].href)));
    if (!f->failures && o->before.failures)
        log_say(log, LOG_LEVEL_INFO, NULL, "feed=%.*s answers again after %u failure%s", STR_ARG(url),
                o->before.failures, o->before.failures == 1 ? "" : "s");
    arena_done(&a);
}

static void tell_poll(struct log *log, const struct outcome *o)
{
    struct arena a;
    arena_init(&a, 1 << 16);
    char next[WALL_RFC3339_BYTES];
    const char *result = !o->settled.is_good ? fault_word(o->feed.fault)
                         : o->verdict == VERDICT_UNCHANGED ? "unchanged" : "read";
    log_say(log, LOG_LEVEL_DEBUG, NULL,
            "poll feed=%.*s result=%s status=%u bytes=%llu items=%zu new=%zu edited=%zu next=%s",
            STR_ARG(url_redacted(&a, o->feed.url)), result, o->status, (unsigned long long)o->body_bytes,
            o->document ? o->document->n_items : 0, o->n_new, o->n_edited, time_text(o->feed.due, next));
    arena_done(&a);
}

// Most polls have nothing to tell, and cost nothing here.
static void tell(const struct worker *w, const struct outcome *o, uint32_t baseline)
{
    if (log_level(w->threads->log) >= LOG_LEVEL_DEBUG)
        tell_poll(w->threads->log, o);
    bool is_news = is_baseline(o) || o->settled.moved || o->is_rebaselined || o->settled.stopped || is_new_failure(o) ||
                   (!o->feed.failures && o->before.failures);
    if (!is_news)
        return;
    struct arena a;
    arena_init(&a, 1 << 16);
    tell_news(w->threads->log, o, baseline, url_redacted(&a, o->feed.url));
    arena_done(&a);
}

static void count(const struct worker *w, const struct outcome *o)
{
    struct metrics *m = w->threads->metrics;
    metric_add(m, METRIC_POLLS, 1);
    if (o->verdict == VERDICT_UNCHANGED)
        metric_add(m, METRIC_POLLS_UNCHANGED, 1);
    if (!o->settled.is_good)
        metric_add(m, METRIC_POLLS_FAILED, 1);
    metric_add(m, METRIC_POLL_BYTES, o->body_bytes);
    metric_add(m, METRIC_ITEMS_NEW, o->n_new);
    metric_add(m, METRIC_ITEMS_EDITED, o->n_edited);
}

// A person removed the feed while it was asked: its row is gone, and nothing may bring it back. Or another took over
// its state as it was before, finds the same news, and tells them under its own ids. What the configuration merely no
// longer names keeps its row and has its last say.
static bool is_for_nobody(const struct worker *w, const struct outcome *o)
{
    bool is_removed = o->before.origin == ORIGIN_ADDED;
    return shard_is_leaving(w->shard, o->before.id) && (is_removed || config_feed_heir(w->config, o->before.id));
}

// The answer is whole and computed: to the writer if anything durable changed, else straight back to rest.
static void finish(struct poll *p, struct now now)
{
    struct worker *w = p->worker;
    pipeline_end(p->pipeline, now);
    pace_ended(w);
    poll_end_visit(p, p->outcome->hold_until);
    count(w, p->outcome);
    w->has_polled = true;
    if (p->outcome->is_changed && !is_for_nobody(w, p->outcome)) {
        struct work *work = mem_alloc(sizeof *work);
        work->message.kind = WRITER_WORK;
        work->message.bytes = sizeof *work + p->outcome->arena.bytes;
        work->worker = w;
        work->outcome = p->outcome;
        work->config = config_ref(p->config);
        queue_push(w->threads->writer, &work->message);
    } else {
        shard_finish_unchanged(w->shard, &p->outcome->feed, p->outcome->hold_until, now);
        tell(w, p->outcome, 0);
        outcome_free(p->outcome);
    }
    free_poll(p);
}

static void on_done(void *context, const struct http_result *result)
{
    struct poll *p = context;
    struct worker *w = p->worker;
    struct now now = clock_now(w->threads->clock);
    clock_begin(w->threads->clock); // until the alarm is set: what waits from now on is known to it
    p->transfer = NULL;
    p->now = now.wall;
    DL_DELETE(w->asking, p);
    bool is_over = pipeline_answer(p->pipeline, result->fault, result->text, now.wall) == PIPELINE_DONE;
    if (is_over) {
        finish(p, now);
    } else {
        p->hop_at = now.mono;
        DL_APPEND(w->hopping, p);
    }
    polls_start(w, now);
    worker_set_alarm(w);
    if (is_over)
        worker_poll_ended(w); // last: what it made room for has begun
    clock_end(w->threads->clock);
}

// Notes whether a hop waits for its time, which is nothing under way to the stepped clock.
static void set_waiting(struct poll *p, bool is_waiting)
{
    if (is_waiting && !p->is_waiting) {
        clock_end(p->worker->threads->clock);
        pace_ended(p->worker);
    } else if (!is_waiting && p->is_waiting) {
        clock_begin(p->worker->threads->clock);
    }
    p->is_waiting = is_waiting;
}

// The next host wants to be left alone, for long, or before the poll has asked anybody: it is begun anew when that is
// over. Waiting it would keep its place among the requests in flight, and as many of them as there are places would
// stop the worker.
static void put_off(struct poll *p, int64_t wait_ms, struct now now)
{
    struct worker *w = p->worker;
    DL_DELETE(w->hopping, p);
    set_waiting(p, false);
    pace_ended(w);
    shard_give_back(w->shard, p->outcome->before.id, wait_ms, now);
    pipeline_drop(p->pipeline);
    outcome_free(p->outcome);
    free_poll(p);
    worker_poll_ended(w);
}

void poll_may_ask(struct poll *p, int64_t wait_ms, struct now now)
{
    struct worker *w = p->worker;
    if (wait_ms > (p->has_asked ? HOP_WAIT_MS : 0)) {
        put_off(p, wait_ms, now);
        return;
    }
    p->hop_at = mono_add(now.mono, wait_ms);
    set_waiting(p, wait_ms > 0);
    if (wait_ms > 0)
        return;
    DL_DELETE(w->hopping, p);
    DL_APPEND(w->asking, p);
    ask(p, now);
}

static void hop(struct worker *w, struct now now)
{
    for (struct poll *p = w->hopping, *next; p; p = next) {
        next = p->next;
        if (p->hop_at.ms > now.mono.ms)
            continue;
        set_waiting(p, false);
        poll_hop(p, now);
    }
}

static void start(struct worker *w, struct outcome *outcome, struct now now)
{
    struct poll *p = mem_alloc(sizeof *p);
    p->worker = w;
    p->outcome = outcome;
    p->config = config_ref(w->config);
    p->tools = (struct pipeline_tools){
        .rules = p->config->rules,
        .scratch = w->scratch,
        .key = w->threads->key,
        .policy = w->policy,
        .rng = &w->rng,
    };
    p->pipeline = pipeline_begin(&p->tools, outcome);
    pace_began(w);
    worker_poll_began(w);
    bool is_foreign = worker_is_foreign(w, shard_feed_host(w->shard, outcome->before.id));
    if (is_foreign) {
        DL_APPEND(w->hopping, p);
        poll_hop(p, now);
    } else {
        DL_APPEND(w->asking, p);
        ask(p, now);
    }
}

void polls_start(struct worker *w, struct now now)
{
    if (w->is_quiet)
        return;
    hop(w, now);
    while (pace_allows(w) &&
           !(w->is_blocked = !queue_has_room(w->threads->writer) || !queue_has_room(w->threads->keeper))) {
        struct outcome *outcome = outcome_new();
        if (!shard_start(w->shard, now, &outcome->arena, &outcome->before)) {
            outcome_free(outcome);
            break;
        }
        start(w, outcome, now);
    }
}

void poll_committed(struct worker *w, struct work *work, struct now now)
{
    struct outcome *o = work->outcome;
    if (work->is_committed) {
        outcome_follow_clock(o, now);
        shard_finish(w->shard, &o->feed, o->hold_until, now);
        tell(w, o, work->baseline);
    } else {
        shard_give_back(w->shard, o->before.id, MINUTE_MS, now);
        o->n_items = 0; // the archive holds what was committed
    }
    work->message.kind = KEEPER_WORK;
    queue_push(w->threads->keeper, &work->message);
}

void polls_drop(struct worker *w)
{
    struct poll **lists[] = {&w->asking, &w->hopping};
    for (size_t i = 0; i < 2; i++)
        while (*lists[i]) {
            struct poll *p = *lists[i];
            DL_DELETE(*lists[i], p);
            set_waiting(p, false);
            http_cancel(p->transfer);
            poll_end_visit(p, (wall_t){0});
            pipeline_drop(p->pipeline);
            outcome_free(p->outcome);
            free_poll(p);
            worker_poll_ended(w);
        }
}
