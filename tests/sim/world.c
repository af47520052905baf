// SPDX-License-Identifier: MIT
//
// Servers and their articles. An article's words are drawn so that some fit a rule from the start, some only once
// edited; guids are "i-FEED-NUMBER" ("j-..." once a feed announced its archive anew).
#include "tests/sim/world_parts.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tests/tools/press.h"

enum { BODY_BYTES_MAX = 1 << 20, START_S = 1795438800 }; // 23 November 2026, 13:00 UTC

const char *const world_rule_names[WORLD_RULES] = {"truce", "grain"};

const char world_rules[] = "rule truce {\n when truce\n group none\n throttle 100000/1h\n notify desk far\n}\n"
                           "rule grain {\n when grain\n group none\n throttle 4/1h\n notify desk\n}\n";

static const char *const WORDS[] = {"harbour", "council", "winter", "bridge", "market", "train",  "river",
                                    "school",  "votes",   "storm",  "museum", "ferry",  "copper", "orchard"};

static const char *word(struct rng *rng) { return WORDS[rng_below(rng, sizeof WORDS / sizeof *WORDS)]; }

static void article_draw(struct world *w, struct world_feed *f, struct world_article *a, wall_t published)
{
    struct rng *rng = &w->rng;
    a->published = published;
    a->words[0] = word(rng);
    a->words[1] = word(rng);
    for (unsigned rule = 0; rule < WORLD_RULES; rule++)
        a->mask |= rng_unit(rng) < (rule == 0 ? 0.25 : 0.15) ? 1U << rule : 0;
    if (rng_unit(rng) < 0.05) {
        a->edited = wall_add(published, (int64_t)rng_below(rng, 6LL * HOUR_MS));
        a->edited_mask = a->mask | (1U << rng_below(rng, WORLD_RULES));
    }
    f->n_articles++;
}

static void feed_draw(struct world *w, unsigned i)
{
    struct rng *rng = &w->rng;
    struct world_feed *f = &w->feeds[i];
    int64_t span_ms = (int64_t)(w->options.days + 2) * DAY_MS;
    double per_day = 0.5 + rng_unit(rng) * rng_unit(rng) * 60;
    size_t room = (size_t)(per_day * 2 * (double)(w->options.days + 2)) + WORLD_SHOWN + 8;
    f->host = (unsigned)rng_below(rng, w->n_hosts);
    f->format = (enum press_format)rng_below(rng, 4);
    f->articles = ARENA_ARRAY(&w->arena, struct world_article, room);
    f->options.allow_private = true;
    f->options.every_s = i % 3 == 0 ? 0 : 900 + 300 * (uint32_t)rng_below(rng, 6);
    f->max_age_s = rng_unit(rng) < 0.2 ? 1800 : 0;
    f->has_etag = rng_unit(rng) < 0.8;
    if (rng_unit(rng) < 0.05)
        f->reannounced = wall_add(w->start, (int64_t)rng_below(rng, (uint64_t)w->options.days * DAY_MS));
    wall_t at = wall_add(w->start, -2LL * DAY_MS);
    while (f->n_articles < room - 1 && wall_diff(at, w->start) < span_ms - 2LL * DAY_MS) {
        article_draw(w, f, &f->articles[f->n_articles], at);
        double gap_days = -__builtin_log(1 - rng_unit(rng)) / per_day;
        at = wall_add(at, 1000 + (int64_t)(gap_days * DAY_MS));
    }
}

// Each host has a few storms: a time when it answers 429 or 503 and says for how long.
static void host_draw(struct world *w, unsigned i)
{
    for (unsigned k = 0; k < HOST_STORMS; k++) {
        struct world_storm *s = &w->hosts[i].storms[k];
        s->from = wall_add(w->start, (int64_t)rng_below(&w->rng, (uint64_t)w->options.days * DAY_MS));
        s->to = wall_add(s->from, (int64_t)rng_below(&w->rng, 2LL * HOUR_MS));
        s->status = rng_below(&w->rng, 2) ? 429 : 503;
    }
}

struct world *world_open(const struct sim_options *options, struct sim_result *result)
{
    struct world *w = mem_alloc(sizeof *w);
    w->options = *options;
    w->result = result;
    w->start = (wall_t){(int64_t)START_S * SECOND_MS};
    arena_init(&w->arena, 1 << 30);
    rng_init(&w->rng, options->seed);
    w->n_hosts = options->feeds * 3 / 5 + 1;
    w->hosts = mem_alloc_array(w->n_hosts, sizeof *w->hosts);
    w->feeds = mem_alloc_array(options->feeds, sizeof *w->feeds);
    for (unsigned i = 0; i < w->n_hosts; i++)
        host_draw(w, i);
    for (unsigned i = 0; i < options->feeds; i++)
        feed_draw(w, i);
    return w;
}

void world_close(struct world *w)
{
    books_done(w);
    arena_done(&w->arena);
    mem_free(w->hosts);
    mem_free(w->feeds);
    mem_free(w);
}

const char *world_url(const struct world *w, unsigned feed, struct arena *a)
{
    return arena_fmt(a, "http://h%u.example/f%u", w->feeds[feed].host, feed).p;
}

const struct feed_options *world_options(const struct world *w, unsigned feed) { return &w->feeds[feed].options; }

// ---- what a feed shows --------------------------------------------------------------------------------------------

// The newest articles at a time: [*out_from, to). Articles are drawn in order of time.
size_t feed_shows(const struct world_feed *f, wall_t at, size_t *out_from)
{
    size_t low = 0, high = f->n_articles;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (f->articles[middle].published.ms <= at.ms)
            low = middle + 1;
        else
            high = middle;
    }
    *out_from = low > WORLD_SHOWN ? low - WORLD_SHOWN : 0;
    return low;
}

bool feed_is_reannounced(const struct world_feed *f, wall_t at) { return f->reannounced.ms && at.ms >= f->reannounced.ms; }

unsigned article_mask(const struct world_article *a, wall_t at)
{
    return a->edited.ms && at.ms >= a->edited.ms ? a->edited_mask : a->mask;
}

static wall_t server_time(const struct world *w, struct moment now) { return wall_add(w->start, now.true_ms); }

static struct press_article article_print(struct world *w, unsigned feed, size_t number, wall_t at, struct arena *arena)
{
    const struct world_feed *f = &w->feeds[feed];
    const struct world_article *a = &f->articles[number];
    unsigned mask = article_mask(a, at);
    char letter = feed_is_reannounced(f, at) ? 'j' : 'i';
    return (struct press_article){
        .guid = arena_fmt(arena, "%c-%u-%zu", letter, feed, number).p,
        .link = arena_fmt(arena, "http://h%u.example/a/%c/%u-%zu", f->host, letter, feed, number).p,
        .title = arena_fmt(arena, "The %s and the %s, part %zu of %u%s%s", a->words[0], a->words[1], number, feed,
                           mask & 1 ? ": a truce" : "", mask & 2 ? " over grain" : "").p,
        .html = "<p>More of it inside.</p>",
        .published = a->published,
    };
}

static struct str document_print(struct world *w, unsigned feed, wall_t at, struct arena *arena)
{
    const struct world_feed *f = &w->feeds[feed];
    struct press_article shown[WORLD_SHOWN + 1];
    size_t from, to = feed_shows(f, at, &from), n = 0;
    for (size_t i = to; i > from; i--)
        shown[n++] = article_print(w, feed, i - 1, at, arena);
    if (n > 2 && rng_unit(&w->rng) < 0.1) { // out of order
        struct press_article first = shown[0];
        shown[0] = shown[n - 1];
        shown[n - 1] = first;
    }
    if (n > 0 && rng_unit(&w->rng) < 0.03) { // one of them twice
        shown[n] = shown[rng_below(&w->rng, n)];
        n++;
    }
    struct press_feed about = {
        .format = f->format,
        .title = arena_fmt(arena, "Paper %u", feed).p,
        .link = arena_fmt(arena, "http://h%u.example/%u", f->host, feed).p,
    };
    struct buf text;
    buf_init(&text, BODY_BYTES_MAX);
    press_print(&about, shown, n, &text);
    struct str body = arena_str(arena, buf_str(&text));
    buf_done(&text);
    return body;
}

// What of a document its entity tag stands for: how many articles are out, and how many of them are edited.
static const char *document_tag(const struct world *w, unsigned feed, wall_t at, struct arena *arena)
{
    const struct world_feed *f = &w->feeds[feed];
    size_t from, to = feed_shows(f, at, &from), edited = 0;
    for (size_t i = from; i < to; i++)
        edited += f->articles[i].edited.ms && at.ms >= f->articles[i].edited.ms;
    return arena_fmt(arena, "\"%zu-%zu-%d\"", to, edited, feed_is_reannounced(f, at)).p;
}

// ---- answering ----------------------------------------------------------------------------------------------------

static const char *head_of(struct arena *a, int status, const char *lines)
{
    return arena_fmt(a, "HTTP/1.1 %d X\r\nContent-Type: application/xml\r\n%s", status, lines).p;
}

// True: the host is in a storm, and that was the answer.
static bool answer_storm(struct world *w, unsigned feed, struct moment now, struct arena *a, struct world_answer *out)
{
    struct world_host *h = &w->hosts[w->feeds[feed].host];
    wall_t at = out->view.at;
    for (unsigned k = 0; k < HOST_STORMS; k++) {
        const struct world_storm *s = &h->storms[k];
        if (at.ms < s->from.ms || at.ms >= s->to.ms)
            continue;
        uint32_t seconds = 60 + (uint32_t)rng_below(&w->rng, 3600);
        out->head = str_of(head_of(a, s->status, arena_fmt(a, "Retry-After: %u\r\n", seconds).p));
        int64_t until = out->view.not_before_ms = now.true_ms + (int64_t)seconds * SECOND_MS;
        h->held_until_ms = until > h->held_until_ms ? until : h->held_until_ms;
        return true;
    }
    return false;
}

// True: this poll has an accident, and that was the answer.
static bool answer_accident(struct world *w, unsigned feed, struct arena *a, struct world_answer *out)
{
    double dice = rng_unit(&w->rng);
    if (dice < 0.01) {
        out->fault = FAULT_TIMEOUT;
        out->latency_ms = 30 * SECOND_MS;
    } else if (dice < 0.02) {
        out->fault = FAULT_CONNECT;
    } else if (dice < 0.03) {
        out->head = str_of(head_of(a, rng_below(&w->rng, 2) ? 500 : 404, ""));
    } else if (dice < 0.035) {
        out->head = str_of(head_of(a, 302, arena_fmt(a, "Location: %s\r\n", world_url(w, feed, a)).p)); // a loop
    } else if (dice < 0.04) {
        out->head = str_of(head_of(a, 200, ""));
    } else if (dice < 0.055) { // cut off or reset within the body
        struct str whole = document_print(w, feed, out->view.at, a);
        out->head = str_of(head_of(a, 200, ""));
        out->body = str_head(whole, rng_below(&w->rng, whole.n));
        out->fault = FAULT_BROKEN_OFF;
        out->view.has_document = true;
    } else {
        return false;
    }
    return true;
}

void world_ask(struct world *w, unsigned feed, const struct request *request, bool is_hop, struct moment now,
               struct arena *a, struct world_answer *out)
{
    struct world_feed *f = &w->feeds[feed];
    books_request(w, feed, is_hop, now);
    *out = (struct world_answer){.latency_ms = 5 + (int64_t)rng_below(&w->rng, 2000),
                                 .view = {.feed = feed, .at = server_time(w, now)}};
    w->result->polls++;
    if (answer_storm(w, feed, now, a, out) || answer_accident(w, feed, a, out)) {
        w->result->failures++;
        return;
    }
    const char *tag = f->has_etag ? document_tag(w, feed, out->view.at, a) : "";
    const char *lines = arena_fmt(a, "%s%s%s", f->has_etag ? "ETag: " : "", tag, f->has_etag ? "\r\n" : "").p;
    if (f->max_age_s) {
        lines = arena_fmt(a, "%sCache-Control: max-age=%u\r\n", lines, f->max_age_s).p;
        out->view.not_before_ms = now.true_ms + (int64_t)f->max_age_s * SECOND_MS;
    }
    if (f->has_etag && str_eq(request->etag, str_of(tag))) {
        out->head = str_of(head_of(a, 304, lines));
        w->result->unchanged++;
        return;
    }
    out->head = str_of(head_of(a, 200, lines));
    out->body = document_print(w, feed, out->view.at, a);
    out->view.has_document = out->view.is_whole = true;
}
