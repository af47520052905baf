// SPDX-License-Identifier: MIT
#include "tests/tools/paper.h"

enum { FEED_BYTES_MAX = 64 << 20 };

static const char *const TYPES[] = {"application/rss+xml", "application/atom+xml", "application/rdf+xml",
                                    "application/feed+json"};

void paper_serve(struct paper *p)
{
    char date[WALL_HTTP_BYTES];
    struct buf text;
    buf_init(&text, FEED_BYTES_MAX);
    press_print(&p->feed, p->articles, p->n < PAPER_SHOWN ? p->n : PAPER_SHOWN, &text);
    struct origin_reply reply = p->manner;
    reply.body = buf_str(&text);
    reply.type = reply.type ? reply.type : TYPES[p->feed.format];
    reply.etag = arena_fmt(&p->scene->arena, "\"%s-v%u\"", p->address, p->version).p;
    reply.modified = wall_http(p->scene->now, date);
    origin_serve(&p->scene->origin, p->address, p->path, reply);
    buf_done(&text);
}

void paper_open(struct paper *p, struct scene *s, const char *address, enum press_format format)
{
    *p = (struct paper){.scene = s, .path = "/feed"};
    p->address = arena_dupz(&s->arena, str_of(address));
    p->feed.format = format;
    p->feed.title = arena_fmt(&s->arena, "Paper of %s", address).p;
    p->feed.link = arena_fmt(&s->arena, "https://%s.example/", address).p;
    p->room = 2 * PAPER_SHOWN;
    p->articles = ARENA_ARRAY(&s->arena, struct press_article, p->room);
    paper_serve(p);
}

// Twice the room: a thousand kills print 5,000 articles.
static void make_room(struct paper *p)
{
    struct press_article *old = p->articles;
    p->room *= 2;
    p->articles = ARENA_ARRAY(&p->scene->arena, struct press_article, p->room);
    memcpy(p->articles, old, p->n * sizeof *old);
}

static void article_add(struct paper *p, const char *guid, const char *title, const char *html)
{
    struct arena *a = &p->scene->arena;
    if (p->n == p->room)
        make_room(p);
    memmove(p->articles + 1, p->articles, p->n * sizeof *p->articles);
    p->n++;
    p->articles[0] = (struct press_article){
        .guid = arena_dupz(a, str_of(guid)),
        .link = arena_fmt(a, "%s%s", p->feed.link, guid).p,
        .title = arena_dupz(a, str_of(title)),
        .html = html ? arena_dupz(a, str_of(html)) : arena_fmt(a, "<p>%s</p>", title).p,
        .published = p->scene->now,
    };
}

void paper_print(struct paper *p, const char *guid, const char *title, const char *html)
{
    article_add(p, guid, title, html);
    p->version++;
    paper_serve(p);
}

void paper_print_many(struct paper *p, const char *prefix, const char *word, size_t n)
{
    for (size_t i = 1; i <= n; i++) {
        char guid[64], title[160];
        snprintf(guid, sizeof guid, "%s-%zu", prefix, i);
        snprintf(title, sizeof title, "Report %s number %zu: %s in district %zu", prefix, i, word, i * 7);
        article_add(p, guid, title, NULL);
    }
    p->version++;
    paper_serve(p);
}

void paper_edit(struct paper *p, const char *guid, const char *title)
{
    struct arena *a = &p->scene->arena;
    for (size_t i = 0; i < p->n; i++) {
        if (strcmp(p->articles[i].guid, guid) == 0) {
            p->articles[i].title = arena_dupz(a, str_of(title));
            p->articles[i].html = arena_fmt(a, "<p>%s</p>", title).p;
        }
    }
    p->version++;
    paper_serve(p);
}

const char *paper_url(struct paper *p) { return origin_url(&p->scene->origin, p->address, p->path); }

const char *paper_config(struct paper *p, const char *more)
{
    return arena_fmt(&p->scene->arena, "feed %s {\n    allow-private yes\n    every 10m\n%s}\n", paper_url(p), more).p;
}

size_t paper_polls(const struct paper *p) { return origin_count(&p->scene->origin, p->address, p->path); }

const struct origin_seen *paper_last_poll(const struct paper *p)
{
    return origin_last(&p->scene->origin, p->address, p->path);
}
