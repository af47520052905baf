// SPDX-License-Identifier: MIT
#include "daemon/article.h"

#include "base/utf8.h"
#include "feeds/html.h"
#include "feeds/url.h"

enum { AUTHORS_BYTES = 8192 }; // of an item: those of the feed are each item's that names none

// An address is no title: it may have a secret in it, and titles are shown whole.
static struct str title_of(const struct feed *feed, struct arena *a)
{
    return feed_has_name(feed) ? feed_name(feed) : url_host(a, feed->url);
}

void facts_make(const struct feed *feed, const struct document *doc, struct arena *a, struct feed_facts *out)
{
    static const struct feed_options none;
    const struct feed_options *options = feed->options ? feed->options : &none;
    struct str *tags = ARENA_ARRAY(a, struct str, options->n_tags + 1);
    for (size_t i = 0; i < options->n_tags; i++)
        tags[i] = options->tags[i];
    *out = (struct feed_facts){
        .id = feed->id,
        .url = url_redacted(a, feed->url),
        .title = title_of(feed, a),
        .site_url = feed->site,
        .tags = tags,
        .n_tags = options->n_tags,
        .format = doc ? str_of(document_format_name(doc)) : (struct str){0},
    };
}

// Tells whether the rules are to see an item.
static bool is_news(enum item_news news, bool is_rebaselined)
{
    switch (news) {
    case ITEM_NEW:
    case ITEM_EDITED:
        return true;
    case ITEM_OLD:
        return is_rebaselined; // kept with what they match, sent to nobody
    case ITEM_KNOWN:
    case ITEM_REKEYED:
    case ITEM_COPY:
    case ITEM_CUT:
        return false;
    }
    return false;
}

static wall_t date_of(const struct item *item)
{
    return item->published.state == DATE_OK ? item->published.at
           : item->updated.state == DATE_OK ? item->updated.at
                                            : (wall_t){0};
}

// How many items of the document are newer: by date where both have one, else by order.
static uint32_t rank_of(const struct document *doc, size_t i)
{
    uint32_t rank = 0;
    wall_t at = date_of(&doc->items[i]);
    for (size_t k = 0; k < doc->n_items; k++) {
        wall_t other = date_of(&doc->items[k]);
        bool both = at.ms && other.ms && at.ms != other.ms;
        rank += k != i && (both ? other.ms > at.ms : k < i);
    }
    return rank;
}

static struct article *article_make(const struct item *item, const struct document *doc,
                                    const struct item_verdict *verdict, struct arena *a)
{
    struct article *article = ARENA_NEW(a, struct article);
    article->item = item;
    article->title = html_text_of(&item->title, a).text;
    article->summary = html_text_of(&item->summary, a).text;
    article->body = utf8_head(html_text_of(&item->content, a).text, ARTICLE_TEXT_BYTES);
    article->canonical_url = item->link.n ? url_canonical(a, item->link) : (struct str){0};
    article->authors = item_authors(item, doc, &article->n_authors);
    article->key = verdict->identity;
    article->content = verdict->content;
    article->is_edited = verdict->news == ITEM_EDITED;
    article->is_old = verdict->news == ITEM_OLD;
    return article;
}

static void fill_lists(const struct article *article, struct arena *a, struct outcome_item *out)
{
    struct str *authors = ARENA_ARRAY(a, struct str, article->n_authors + 1);
    size_t left = AUTHORS_BYTES;
    for (size_t i = 0; i < article->n_authors; i++) {
        const struct person *p = &article->authors[i];
        struct str name = utf8_head(p->name.n ? p->name : p->email, left);
        left -= name.n;
        if (name.n)
            authors[out->n_authors++] = name;
    }
    const struct item *item = article->item;
    struct str *categories = ARENA_ARRAY(a, struct str, item->n_categories * 2 + 1);
    for (size_t i = 0; i < item->n_categories; i++) {
        const struct category *c = &item->categories[i];
        if (c->term.n)
            categories[out->n_categories++] = c->term;
        if (c->label.n && !str_eq(c->label, c->term))
            categories[out->n_categories++] = c->label;
    }
    out->authors = authors;
    out->categories = categories;
}

struct candidates {
    struct candidate *list;
    size_t n;
};

static void match_article(const struct pipeline_tools *tools, struct outcome *o, struct article *article,
                          const struct outcome_item *item, size_t index, struct candidates *found)
{
    const struct feed_options *options = o->feed.options;
    const struct doc doc = {
        .title = article->title,
        .summary = article->summary,
        .body = article->body,
        .authors = item->authors,
        .n_authors = item->n_authors,
        .categories = item->categories,
        .n_categories = item->n_categories,
        .url = article->item->link,
        .feed = o->facts.title,
        .tags = o->facts.tags,
        .n_tags = o->facts.n_tags,
        .lang = options && options->language.n ? options->language : item_language(article->item, o->document),
    };
    struct matches matches = {0};
    match_run(tools->rules, tools->scratch, &doc, &o->arena, &matches);
    article->language = matches.language;
    if (!matches.n)
        return;
    article->rank = rank_of(o->document, index);
    article_sign(article);
    for (size_t i = 0; i < matches.n; i++) {
        struct candidate c =
            candidate_make(tools->key, o->feed.id, options ? options->was : 0, article, matches.list[i].rule,
                           &matches.list[i]);
        ARENA_PUSH(&o->arena, found->list, found->n, c);
    }
}

void articles_match(const struct pipeline_tools *tools, struct outcome *o, const struct judgement *judged)
{
    const struct document *doc = o->document;
    struct candidates found = {0};
    for (size_t i = doc->n_items; i-- > 0;) { // feeds have the newest first; alerts go out oldest first
        const struct item_verdict *v = &judged->items[i];
        if (!is_news(v->news, judged->is_rebaselined))
            continue;
        struct article *article = article_make(&doc->items[i], doc, v, &o->arena);
        struct outcome_item item = {.article = article};
        fill_lists(article, &o->arena, &item);
        match_article(tools, o, article, &item, i, &found);
        ARENA_PUSH(&o->arena, o->items, o->n_items, item);
    }
    o->n_new = judged->n_new;
    o->n_edited = judged->n_edited;
    o->decide.items = (uint32_t)doc->n_items;
    o->decide.candidates = found.list;
    o->decide.n_candidates = found.n;
}
