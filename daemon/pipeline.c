// SPDX-License-Identifier: MIT
#include "daemon/pipeline.h"


#include "base/mem.h"
#include "base/utf8.h"
#include "daemon/article.h"
#include "feeds/html.h"
#include "feeds/parse.h"
#include "feeds/url.h"

enum {
    PACKED_BYTES_MAX = 1 << 20,
    OFFERED_BYTES_MAX = 256, // of an address that a line can still show
    FEED_TITLE_BYTES = 1024, // each item is matched and kept with it, each alert tells it
};

struct pipeline {
    const struct pipeline_tools *tools;
    struct outcome *outcome;
    struct str url; // asked now
    struct response response;
    struct verdict verdict;
    struct trail trail;
    struct parser *parser;
    uint64_t body_bytes;
    enum body_state body;
};

struct outcome *outcome_new(void)
{
    struct outcome *o = mem_alloc(sizeof *o);
    arena_init(&o->arena, OUTCOME_BYTES_MAX);
    return o;
}

void outcome_free(struct outcome *o)
{
    if (!o)
        return;
    arena_done(&o->arena);
    mem_free(o);
}

static void ask(struct pipeline *p, struct str url)
{
    p->url = url;
    response_init(&p->response, url);
    p->body_bytes = 0;
}

struct pipeline *pipeline_begin(const struct pipeline_tools *tools, struct outcome *outcome)
{
    struct pipeline *p = mem_alloc(sizeof *p);
    p->tools = tools;
    p->outcome = outcome;
    outcome->feed = outcome->before;
    p->trail.urls[0] = outcome->before.url;
    p->trail.n = 1;
    p->trail.is_permanent = true;
    ask(p, outcome->before.url);
    return p;
}

struct request pipeline_request(const struct pipeline *p) { return request_make(&p->outcome->before, p->url); }

void pipeline_line(struct pipeline *p, struct str line) { response_line(&p->response, line, &p->outcome->arena); }

static bool status_has_document(uint32_t status) { return status == 200 || status == 203 || status == 226; }

void pipeline_feed(struct pipeline *p, const void *bytes, size_t n, wall_t now)
{
    if (!n || !status_has_document(p->response.status))
        return;
    p->body_bytes += n;
    if (!p->parser) {
        const struct feed_options *options = p->outcome->feed.options;
        struct arena *a = &p->outcome->arena;
        struct parse_options how = {
            .url = url_public(a, p->response.url),
            .content_type = p->response.content_type,
            .content_location = p->response.content_location,
            .content_language = options && options->language.n ? options->language : p->response.content_language,
            .now = now,
        };
        p->parser = parser_open(&how, a);
    }
    parser_feed(p->parser, bytes, n);
}

static enum body_state body_of(const struct pipeline *p, const struct document *doc)
{
    if (!doc)
        return BODY_EMPTY;
    switch (doc->quality) {
    case QUALITY_WELL_FORMED:
    case QUALITY_REPAIRED:
        return BODY_PARSED;
    case QUALITY_PARTIAL:
        return BODY_PARTIAL;
    case QUALITY_NOT_A_FEED:
        return p->body_bytes ? BODY_NOT_A_FEED : BODY_EMPTY;
    }
    return BODY_NOT_A_FEED;
}

// What a person should know of an answer that is no feed: an address in the page is the one that was meant.
static struct str what_came(const struct document *doc, struct arena *a)
{
    struct str offered = doc->n_advertised ? doc->advertised[0].href : (struct str){0};
    if (!offered.n || offered.n > OFFERED_BYTES_MAX)
        return doc->what_instead;
    return arena_fmt(a, "%.*s, which offers the feed %.*s", STR_ARG(doc->what_instead),
                     STR_ARG(url_redacted(a, offered)));
}

enum pipeline_step pipeline_answer(struct pipeline *p, enum fault fault, struct str fault_text, wall_t now)
{
    struct outcome *o = p->outcome;
    struct request asked = pipeline_request(p);
    p->response.was_conditional = asked.etag.n || asked.last_modified.n;
    p->response.fault = fault;
    p->response.fault_text = arena_str(&o->arena, fault_text);
    p->verdict = response_judge(&p->response, &p->trail, now, &o->arena);
    const struct document *doc = p->parser ? parser_end(p->parser, fault != FAULT_NONE) : NULL;
    p->parser = NULL;
    o->body_bytes += p->body_bytes;
    if (p->verdict.kind == VERDICT_REDIRECT) {
        ask(p, p->verdict.target);
        return PIPELINE_ASK;
    }
    p->body = BODY_NONE;
    if (p->verdict.kind == VERDICT_BODY) {
        p->body = body_of(p, doc);
        o->document = doc;
        if (p->body == BODY_NOT_A_FEED && fault == FAULT_NONE)
            p->response.fault_text = what_came(doc, &o->arena);
    }
    return PIPELINE_DONE;
}

// Takes over what the document says of the feed, picks the items, matches them.
static void read_document(struct pipeline *p, wall_t now)
{
    struct outcome *o = p->outcome;
    struct feed *feed = &o->feed;
    const struct document *doc = o->document;
    const struct feed_options *options = feed->options;
    const struct judge_options how = {
        .choice = options ? options->identity : IDENTITY_AUTO,
        .now = now,
        .good_at = o->before.good_at,
        .is_partial = p->body == BODY_PARTIAL,
    };
    struct judgement judged = identity_judge(feed->marks, doc, p->tools->key, &how, &o->arena);
    feed->marks = judged.marks;
    bool is_first = judged.is_first || !(feed->flags & FEED_BASELINED);
    struct str title = utf8_head(html_text_of(&doc->meta.title, &o->arena).text, FEED_TITLE_BYTES);
    if (title.n)
        feed->title = title;
    if (doc->meta.link.n)
        feed->site = doc->meta.link;
    facts_make(feed, doc, &o->arena, &o->facts);
    bool *is_new = ARENA_ARRAY(&o->arena, bool, doc->n_items + 1);
    for (size_t i = 0; i < doc->n_items; i++)
        is_new[i] = judged.items[i].news == ITEM_NEW;
    schedule_learn(feed, doc, is_new, is_first, now);
    if (is_first && p->body == BODY_PARTIAL && doc->n_items == 0)
        return; // cut before its first item: the baseline is still to come
    struct decide_poll *d = &o->decide;
    d->is_first = is_first;
    d->is_relearning = feed->flags & FEED_RELEARN;
    o->is_rebaselined = judged.is_rebaselined;
    articles_match(p->tools, o, &judged);
    feed->flags = (feed->flags | FEED_BASELINED) & ~(uint32_t)FEED_RELEARN;
}

static bool packs_alike(const struct feed *a, const struct feed *b)
{
    struct buf x, y;
    buf_init(&x, PACKED_BYTES_MAX);
    buf_init(&y, PACKED_BYTES_MAX);
    feed_pack(a, &x);
    feed_pack(b, &y);
    bool alike = str_eq(buf_str(&x), buf_str(&y));
    buf_done(&x);
    buf_done(&y);
    return alike;
}

// Tells whether what is kept of a feed is as it was. An unchanged poll leaves all but its times alone, down to the
// pointers: that is seen without packing both (a tenth of the instructions of such a poll).
static bool keeps_alike(const struct feed *before, const struct feed *after)
{
    struct feed f = *after;
    f.polled_at = before->polled_at;
    f.good_at = before->good_at;
    f.due = before->due;
    f.fresh_until = before->fresh_until;
    if (str_eq(f.validators.etag, before->validators.etag))
        f.validators.etag = before->validators.etag;
    if (str_eq(f.validators.last_modified, before->validators.last_modified))
        f.validators.last_modified = before->validators.last_modified;
    struct str was = str_make((const char *)before, sizeof *before), is = str_make((const char *)&f, sizeof f);
    return str_eq(was, is) || packs_alike(before, after);
}

static bool is_changed(const struct outcome *o)
{
    return o->decide.n_candidates || o->is_rebaselined || o->settled.moved || o->settled.broken ||
           o->settled.recovered || o->settled.stopped || !str_eq(o->before.url, o->feed.url) ||
           !str_eq(o->before.marks, o->feed.marks) || !keeps_alike(&o->before, &o->feed);
}

// When a feed has failed for a day that is told, so that moment is not slept through, whatever the back-off.
static wall_t due_of(const struct feed *feed, const struct schedule *schedule, wall_t now)
{
    wall_t due = schedule->due;
    if (!feed->failures || (feed->flags & FEED_BROKEN_TOLD) || due.ms == SCHEDULE_NEVER.ms)
        return due;
    wall_t tell = wall_add(feed->failing_since, BROKEN_AFTER_MS);
    bool is_between = tell.ms > now.ms && tell.ms < due.ms && tell.ms >= feed->hold_until.ms;
    return is_between ? tell : due;
}

void pipeline_end(struct pipeline *p, struct now ended)
{
    struct outcome *o = p->outcome;
    wall_t now = ended.wall;
    o->ended = ended;
    struct feed *feed = &o->feed;
    const struct feed_options *options = feed->options;
    feed->flags &= ~(uint32_t)FEED_FORCE;
    o->decide.first_run = options ? options->first_run : FIRST_BASELINE;
    o->decide.first_n = options ? options->first_n : 0;
    o->decide.first_since_s = options ? options->first_since_s : 0;
    o->decide.previous_ok = o->before.good_at;
    o->decide.fetched = o->decide.detected = now;
    if (p->body == BODY_PARSED || p->body == BODY_PARTIAL)
        read_document(p, now);
    if (o->n_new)
        feed->changed_at = now;
    o->decide.feed = &o->facts;
    o->settled = response_settle(feed, &p->response, &p->verdict, &p->trail, p->body, now, &o->arena);
    o->schedule = schedule_next(feed, &p->tools->policy, p->tools->rng, now);
    feed->due = due_of(feed, &o->schedule, now);
    o->verdict = p->verdict.kind;
    o->status = p->response.status;
    o->hold_until = p->verdict.hold_until;
    o->is_changed = is_changed(o);
    if (o->is_changed && !o->facts.id)
        facts_make(feed, o->document, &o->arena, &o->facts); // an unchanged feed is told to nobody
    mem_free(p);
}

void outcome_follow_clock(struct outcome *o, struct now now)
{
    int64_t step_ms = now_step(o->ended, now);
    wall_t *ahead[] = {&o->feed.due, &o->hold_until, &o->feed.hold_until, &o->feed.fresh_until};
    for (size_t i = 0; i < sizeof ahead / sizeof *ahead; i++)
        if (ahead[i]->ms > o->ended.wall.ms && ahead[i]->ms != SCHEDULE_NEVER.ms)
            *ahead[i] = wall_add(*ahead[i], step_ms);
    o->feed.polled_at = wall_add(o->feed.polled_at, step_ms);
    o->ended = now;
}

void pipeline_drop(struct pipeline *p)
{
    if (!p)
        return;
    parser_close(p->parser);
    mem_free(p);
}

void pipeline_run(const struct pipeline_tools *tools, struct outcome *outcome, struct str head, struct str body,
                  wall_t now)
{
    struct pipeline *p = pipeline_begin(tools, outcome);
    while (head.n)
        pipeline_line(p, str_trim(str_cut(&head, '\n')));
    pipeline_feed(p, body.p, body.n, now);
    // A redirect cannot be followed here: what it leads to is another answer.
    if (pipeline_answer(p, FAULT_NONE, (struct str){0}, now) == PIPELINE_ASK)
        pipeline_answer(p, FAULT_CONNECT, S("the redirect was not followed"), now);
    pipeline_end(p, (struct now){.wall = now});
}
