// SPDX-License-Identifier: MIT
//
// Payload schema 1 on jansson, and the table of formats. See render.h; docs/alert.schema.json is the contract.
//
// A body is tried with generous limits first and then with tighter ones until it fits: a usual article never meets the
// second row of the table, a hostile one never passes the last.
#include "alerts/render.h"

#include <assert.h>
#include <jansson.h>

#include "alerts/render_json.h"
#include "base/utf8.h"

static const struct json_limits limits[] = {
    {.summary_chars = RENDER_SUMMARY_MAX, .text_bytes = 4096, .terms = RENDER_TERMS_MAX, .list = 50,
     .members = STORY_MEMBERS_SHOWN},
    {.summary_chars = 500, .text_bytes = 1024, .terms = 10, .list = 10, .members = 5},
    {.summary_chars = 0, .text_bytes = 256, .terms = 3, .list = 3, .members = 1},
};

static json_t *json_terms(const struct match *match, const struct json_limits *l)
{
    json_t *terms = json_array();
    for (size_t i = 0; i < match->n_hits && i < l->terms; i++) {
        const struct hit *hit = &match->hits[i];
        json_t *snippet = json_object();
        json_set_text(snippet, "before", hit->snippet.before, l->text_bytes);
        json_set_text(snippet, "hit", hit->snippet.hit, l->text_bytes);
        json_set_text(snippet, "after", hit->snippet.after, l->text_bytes);
        json_t *term = json_object();
        json_set_text(term, "term", hit->term, l->text_bytes);
        json_set_text(term, "field", field_name(hit->field), l->text_bytes);
        json_set_text(term, "text", hit->snippet.hit, l->text_bytes);
        json_set_number(term, "start", (int64_t)hit->start_cp);
        json_set_number(term, "end", (int64_t)hit->end_cp);
        json_set(term, "snippet", snippet);
        json_add(terms, term);
    }
    return terms;
}

static json_t *json_match(const struct candidate *c, const struct json_limits *l)
{
    json_t *match = json_object();
    json_set(match, "terms", json_terms(c->match, l));
    json_set_number(match, "total", (int64_t)c->match->total);
    json_set_bool(match, "truncated", c->match->is_truncated || c->match->n_hits > l->terms);
    json_set_text(match, "language", c->article->language, l->text_bytes);
    return match;
}

static json_t *json_rule(const struct alert *alert, const struct rule *rule, const struct json_limits *l)
{
    json_t *object = json_object();
    json_set_text(object, "name", alert->rule, l->text_bytes);
    json_set_text(object, "title", alert->rule_title, l->text_bytes);
    json_set_text(object, "version", alert->rule_version, l->text_bytes);
    json_set(object, "tags", json_words(alert->tags, l->list, l->text_bytes));
    json_set_text(object, "query", rule ? rule->query : S(""), l->text_bytes);
    return object;
}

// Whether the article's date is the feed's own word, missing, or ahead of the clock.
static struct str date_trust(const struct item *item, wall_t now)
{
    const struct date *date = item->published.state == DATE_ABSENT ? &item->updated : &item->published;
    if (date->state != DATE_OK && date->state != DATE_ABSURD)
        return S("absent");
    return wall_diff(date->at, now) > 0 ? S("future") : S("feed");
}

static json_t *json_authors(const struct article *article, const struct json_limits *l)
{
    json_t *list = json_array();
    for (size_t i = 0; i < article->n_authors && i < l->list; i++) {
        const struct person *p = &article->authors[i];
        struct str name = p->name.n ? p->name : p->email.n ? p->email : p->uri;
        json_add(list, json_text(name, l->text_bytes));
    }
    return list;
}

static json_t *json_categories(const struct item *item, const struct json_limits *l)
{
    json_t *list = json_array();
    for (size_t i = 0; i < item->n_categories && i < l->list; i++) {
        const struct category *c = &item->categories[i];
        json_add(list, json_text(c->label.n ? c->label : c->term, l->text_bytes));
    }
    return list;
}

static json_t *json_enclosures(const struct item *item, const struct json_limits *l)
{
    json_t *list = json_array();
    for (size_t i = 0; i < item->n_enclosures && i < l->list; i++) {
        json_t *object = json_object();
        json_set_url(object, "url", item->enclosures[i].url, l->text_bytes);
        json_set_text(object, "type", item->enclosures[i].type, l->text_bytes);
        json_set(object, "length", item->enclosures[i].length < 0 ? json_null()
                                                                  : json_integer(item->enclosures[i].length));
        json_add(list, object);
    }
    return list;
}

static json_t *json_article(const struct alert *alert, const struct article *article, const struct json_limits *l)
{
    const struct item *item = article->item;
    json_t *object = json_object();
    char key[17];
    json_set_text(object, "id", str_of(json_hex(article->key, key)), l->text_bytes);
    json_set_text(object, "guid", item->id, l->text_bytes);
    json_set_url(object, "url", alert->url, l->text_bytes);
    json_set_url(object, "canonical_url", article->canonical_url, l->text_bytes);
    json_set_text(object, "title", article->title, l->text_bytes);
    struct str summary = article->summary.n ? article->summary : article->body;
    json_set(object, "summary", json_chars(summary, l->summary_chars));
    json_set(object, "authors", json_authors(article, l));
    json_set(object, "categories", json_categories(item, l));
    json_set_text(object, "language", article->language, l->text_bytes);
    json_set_time(object, "published_at", alert->published);
    json_set_time(object, "updated_at", item->updated.state == DATE_OK ? item->updated.at : (wall_t){0});
    json_set_text(object, "date_trust", date_trust(item, alert->queued), l->text_bytes);
    json_set(object, "enclosures", json_enclosures(item, l));
    return object;
}

static json_t *json_story(const struct decided *d, const struct json_limits *l)
{
    const struct story_place *place = &d->place;
    json_t *members = json_array();
    for (size_t i = 0; i < place->n_members && i < l->members; i++) {
        json_t *member = json_object();
        json_set_text(member, "feed", place->members[i].feed, l->text_bytes);
        json_set_url(member, "url", place->members[i].url, l->text_bytes);
        json_set_text(member, "title", place->members[i].title, l->text_bytes);
        json_add(members, member);
    }
    char id[17];
    json_t *story = json_object();
    json_set_text(story, "id", str_of(json_hex(place->story, id)), l->text_bytes);
    json_set_number(story, "seq", place->size);
    json_set_number(story, "size", place->size);
    json_set_time(story, "first_seen_at", place->first_seen);
    json_set(story, "members", members);
    return story;
}

static json_t *json_links(const struct alert *alert, struct arena *arena)
{
    char id[ALERT_ID_BYTES];
    alert_id_text(alert->id, id);
    json_t *links = json_object();
    struct str silence = arena_fmt(arena, "feedwatchctl silence add --for 2h 'rule=%.*s'", STR_ARG(alert->rule));
    json_set_text(links, "silence", alert->rule.n ? silence : S(""), RENDER_BYTES);
    struct str explain = arena_fmt(arena, "feedwatchctl alerts show %s", id);
    json_set_text(links, "explain", alert->kind == ALERT_ENDPOINT_TEST ? S("") : explain, RENDER_BYTES); // kept nowhere
    return links;
}

static json_t *json_held(const struct decided *d, const struct json_limits *l)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->n_held; i++) {
        const struct alert *a = &d->held[i];
        char id[ALERT_ID_BYTES];
        json_t *object = json_object();
        json_set_text(object, "id", str_of(alert_id_text(a->id, id)), l->text_bytes);
        json_set_text(object, "severity", severity_name(a->severity), l->text_bytes);
        json_set_text(object, "title", a->title, l->text_bytes < 512 ? l->text_bytes : 512);
        json_set_url(object, "url", a->url, l->text_bytes);
        json_set_text(object, "feed", a->feed_title, l->text_bytes < 256 ? l->text_bytes : 256);
        json_set_time(object, "published_at", a->published);
        json_set_time(object, "queued_at", a->queued);
        json_add(list, object);
    }
    json_t *digest = json_object();
    json_set_number(digest, "count", (int64_t)d->n_held);
    json_set_text(digest, "receiver", d->receiver, l->text_bytes);
    json_set(digest, "alerts", list);
    return digest;
}

static json_t *json_data(const struct render_context *context, const struct decided *d, const struct json_limits *l,
                         struct arena *arena)
{
    const struct alert *alert = &d->alert;
    json_t *data = json_object();
    json_set(data, "alert", json_alert(alert));
    if (alert->rule.n)
        json_set(data, "rule", json_rule(alert, d->candidate ? d->candidate->rule : NULL, l));
    if (d->candidate) {
        json_set(data, "match", json_match(d->candidate, l));
        json_set(data, "article", json_article(alert, d->candidate->article, l));
    } else {
        json_set_text(data, "message", alert->title, l->text_bytes);
    }
    if (d->feed)
        json_set(data, "feed", json_feed(d->feed, l));
    if (d->place.story)
        json_set(data, "story", json_story(d, l));
    if (alert->kind == ALERT_DIGEST)
        json_set(data, "digest", json_held(d, l));
    else if (d->receiver.n)
        json_set_text(data, "receiver", d->receiver, l->text_bytes);
    json_set(data, "times", json_times(alert));
    json_t *instance = json_object();
    json_set_text(instance, "name", context->instance, l->text_bytes);
    json_set_text(instance, "version", context->version, l->text_bytes);
    json_set(data, "instance", instance);
    json_set(data, "links", json_links(alert, arena));
    return data;
}

struct str render_standard(const struct render_context *context, const struct decided *decided, struct arena *arena)
{
    struct str body = {0};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        json_t *root = json_object();
        json_set_text(root, "type", str_of(alert_kind_name(decided->alert.kind)), 64);
        json_set_time(root, "timestamp", decided->alert.queued);
        json_set_number(root, "schema", RENDER_SCHEMA);
        json_set(root, "data", json_data(context, decided, &limits[i], arena));
        body = json_write(root, arena);
        json_decref(root);
        if (body.n <= RENDER_BYTES)
            break;
    }
    assert(body.n <= RENDER_BYTES_MAX);
    return body;
}

// ---- formats: one row each. The bodies of chat services and templates join here. -----------------------------------

static struct str as_it_is(const struct render_context *context, const struct decided *decided, struct str standard,
                           struct arena *arena)
{
    (void)context, (void)decided, (void)arena;
    return standard;
}

static const struct render_format formats[] = {
    {STR("standard"), STR("application/json"), as_it_is},
};

const struct render_format *render_format_at(size_t i)
{
    return i < sizeof formats / sizeof *formats ? &formats[i] : NULL;
}

const struct render_format *render_format_find(struct str name)
{
    for (size_t i = 0; render_format_at(i); i++) {
        if (str_eq(formats[i].name, name))
            return &formats[i];
    }
    return NULL;
}

// ---- a whole decision ----------------------------------------------------------------------------------------------

static bool is_for(const struct delivery *delivery, const struct alert *alert)
{
    return delivery->alert.low == alert->id.low && delivery->alert.high == alert->id.high;
}

// Adds the bodies of one alert in the formats of its deliveries, which stand together from *next on.
static void add_bodies(const struct render_context *context, struct decision *decision, const struct decided *d,
                       size_t *next, struct arena *arena)
{
    const struct render_format *done[sizeof formats / sizeof *formats];
    size_t n_done = 0;
    for (; *next < decision->n_deliveries && is_for(&decision->deliveries[*next], &d->alert); ++*next) {
        const struct render_format *format = render_format_find(decision->deliveries[*next].format);
        assert(format); // the configuration names only formats that are there
        bool is_done = format == &formats[0]; // that one lies in the alert
        for (size_t i = 0; i < n_done; i++)
            is_done |= done[i] == format;
        if (is_done)
            continue;
        done[n_done++] = format;
        struct body body = {d->alert.id, format->name, format->render(context, d, d->alert.body, arena)};
        ARENA_PUSH(arena, decision->bodies, decision->n_bodies, body);
    }
}

void render_decision(const struct render_context *context, struct decision *decision, struct arena *arena)
{
    size_t next = 0;
    decision->rows = ARENA_ARRAY(arena, struct alert, decision->n_alerts);
    for (size_t i = 0; i < decision->n_alerts; i++) {
        struct decided *d = &decision->alerts[i];
        d->alert.body = render_standard(context, d, arena);
        decision->rows[i] = d->alert;
        add_bodies(context, decision, d, &next, arena);
    }
    assert(next == decision->n_deliveries); // they stand in the order of their alerts
}
