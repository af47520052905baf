// SPDX-License-Identifier: MIT
//
// What each field means, in an item or in the feed itself. Each has a rank: the feed's own element wins over an
// extension's, and the first of two equals stays.
#include "feeds/build.h"
#include "feeds/date.h"
#include "feeds/fields_parts.h"
#include "feeds/url.h"

// ---- ranks

static bool outranks(struct builder *b, enum build_place place, enum field field, enum rank rank)
{
    enum rank *held = place == PLACE_ITEM ? &b->item_ranks[field] : &b->feed_ranks[field];
    if (rank <= *held)
        return false;
    *held = rank;
    return true;
}

// The rank of the field at hand: an own element, unless a prefix in RSS makes it a guest.
static enum rank own_rank(const struct builder *b)
{
    bool is_guest = b->capture.has_prefix && (b->doc->format == FORMAT_RSS || b->doc->format == FORMAT_RDF) &&
                    (b->capture.space == NS_ATOM || b->capture.space == NS_ATOM03);
    return is_guest ? RANK_EXTENSION : RANK_OWN;
}

// ---- lists

static bool is_full(struct builder *b, size_t n)
{
    if (n >= LIST_MAX)
        b->doc->repairs[REPAIR_LIMIT].count++;
    return n >= LIST_MAX;
}

void field_add_author(struct builder *b, enum build_place place, struct person person, enum rank rank)
{
    struct item *item = &b->item;
    struct feed_meta *meta = &b->doc->meta;
    enum rank *held = place == PLACE_ITEM ? &b->item_ranks[FIELD_AUTHORS] : &b->feed_ranks[FIELD_AUTHORS];
    if ((!person.name.n && !person.email.n && !person.uri.n) || is_full(b, place == PLACE_ITEM ? item->n_authors
                                                                                               : meta->n_authors))
        return;
    if (rank < *held)
        return;
    if (rank > *held) { // better ones than those so far
        *held = rank;
        *(place == PLACE_ITEM ? &item->n_authors : &meta->n_authors) = 0;
    }
    if (place == PLACE_ITEM)
        ARENA_PUSH(b->item_arena, item->authors, item->n_authors, person);
    else
        ARENA_PUSH(b->arena, meta->authors, meta->n_authors, person);
}

void field_add_category(struct builder *b, enum build_place place, struct category category)
{
    struct item *item = &b->item;
    struct feed_meta *meta = &b->doc->meta;
    const struct category *list = place == PLACE_ITEM ? item->categories : meta->categories;
    size_t n = place == PLACE_ITEM ? item->n_categories : meta->n_categories;
    if ((!category.term.n && !category.label.n) || is_full(b, n))
        return;
    for (size_t i = 0; i < n && i < LIST_COMPARED_MAX; i++) {
        if (str_eq(list[i].term, category.term) && str_eq(list[i].scheme, category.scheme))
            return;
    }
    if (place == PLACE_ITEM)
        ARENA_PUSH(b->item_arena, item->categories, item->n_categories, category);
    else
        ARENA_PUSH(b->arena, meta->categories, meta->n_categories, category);
}

void field_add_enclosure(struct builder *b, struct enclosure enclosure)
{
    struct item *item = &b->item;
    if (!enclosure.url.n || is_full(b, item->n_enclosures))
        return;
    for (size_t i = 0; i < item->n_enclosures && i < LIST_COMPARED_MAX; i++) {
        if (str_eq(item->enclosures[i].url, enclosure.url))
            return;
    }
    ARENA_PUSH(b->item_arena, item->enclosures, item->n_enclosures, enclosure);
}

// How well an alternate link stands for the item's page.
static enum rank link_rank(const struct link *link, bool is_own)
{
    bool is_page = !link->type.n || str_starts_nocase(link->type, S("text/html")) ||
                   str_starts_nocase(link->type, S("application/xhtml"));
    if (!is_own)
        return is_page ? RANK_EXTENSION : RANK_GUESS;
    return is_page ? RANK_OWN : RANK_OWN_WEAK;
}

static void add_feed_link(struct builder *b, struct link link, bool is_own)
{
    struct feed_meta *meta = &b->doc->meta;
    ARENA_PUSH(b->arena, meta->links, meta->n_links, link);
    if (str_eq_nocase(link.rel, S("self")) && !meta->self.n)
        meta->self = link.href;
    else if (str_eq_nocase(link.rel, S("hub")))
        ARENA_PUSH(b->arena, meta->hubs, meta->n_hubs, link.href);
    else if (str_eq_nocase(link.rel, S("alternate")) && outranks(b, PLACE_FEED, FIELD_LINK, link_rank(&link, is_own)))
        meta->link = link.href;
}

struct str field_relation(struct str rel)
{
    static const struct str registry = STR("http://www.iana.org/assignments/relation/");
    return rel.n > registry.n && str_starts_nocase(rel, registry) ? str_from(rel, registry.n) : rel;
}

void field_add_link(struct builder *b, enum build_place place, struct link link, bool is_own)
{
    if (!link.href.n || is_full(b, place == PLACE_ITEM ? b->item.n_links : b->doc->meta.n_links))
        return;
    link.rel = field_relation(link.rel);
    if (!link.rel.n)
        link.rel = S("alternate");
    if (place == PLACE_FEED) {
        add_feed_link(b, link, is_own);
    } else if (place == PLACE_ITEM) {
        ARENA_PUSH(b->item_arena, b->item.links, b->item.n_links, link);
        if (str_eq_nocase(link.rel, S("alternate")) && outranks(b, place, FIELD_LINK, link_rank(&link, is_own)))
            b->item.link = link.href;
    } else if (place == PLACE_SOURCE && str_eq_nocase(link.rel, S("alternate")) && !b->item.source.link.n) {
        b->item.source.link = link.href;
    }
}

// ---- texts

static bool is_atom(const struct builder *b)
{
    return b->capture.space == NS_ATOM || b->capture.space == NS_ATOM03 || b->doc->format == FORMAT_ATOM;
}

// Returns how the text at hand is to be read.
static enum text_type text_type_of(const struct builder *b)
{
    const struct build_capture *c = &b->capture;
    if (c->is_markup || str_eq_nocase(c->type, S("xhtml")))
        return TEXT_XHTML;
    bool may_be_plain = c->element == EL_TITLE || c->element == EL_RIGHTS || c->element == EL_DC_TITLE || is_atom(b);
    if (!may_be_plain)
        return TEXT_HTML;
    bool is_html = str_find_nocase(c->type, S("html")) < c->type.n;
    return is_html ? TEXT_HTML : TEXT_PLAIN;
}

// Returns the text at hand as it is kept; base64 is decoded where the feed says so.
static struct text take_text(struct builder *b, struct str body, enum build_kept kind)
{
    const struct build_capture *c = &b->capture;
    struct text text = {.type = text_type_of(b)};
    bool is_typed = (c->space == NS_ATOM || (c->space == NS_ATOM03 && !c->mode.n)) && c->type.n && !c->is_markup &&
                    str_find_char(c->type, '/') < c->type.n && !str_starts_nocase(c->type, S("text/")) &&
                    !str_ends(c->type, S("xml"));
    if (str_eq_nocase(c->mode, S("base64")) || is_typed) {
        struct str decoded;
        if (base64_text(build_arena(b), body, &decoded))
            body = decoded;
    }
    text.body = build_keep_as(b, body, kind);
    return text;
}

static void set_text(struct builder *b, enum build_place place, enum field field, enum rank rank, struct str body)
{
    struct item *item = &b->item;
    struct feed_meta *meta = &b->doc->meta;
    struct text *into = field == FIELD_TITLE     ? (place == PLACE_ITEM ? &item->title : &meta->title)
                        : field == FIELD_CONTENT ? &item->content
                                                 : (place == PLACE_ITEM ? &item->summary : &meta->description);
    static const struct str open = STR("<![CDATA["), close = STR("]]>");
    if (!b->capture.is_markup && str_starts(body, open) && str_ends(body, close)) // a section escaped, or in a section
        body = str_trim(str_make(body.p + open.n, body.n - open.n - close.n));
    if (body.n && outranks(b, place, field, rank))
        *into = take_text(b, body, field == FIELD_TITLE ? KEPT_TITLE : KEPT_BODY);
}

// ---- dates

// The text of a date without tags: a few feeds write `<time datetime="...">5 May 2020 10:00</time>`, escaped or not.
static struct str without_tags(struct arena *a, struct str text)
{
    size_t less = text.n <= DATE_TEXT_MAX ? str_find_char(text, '<') : text.n;
    if (less >= text.n)
        return text;
    char *out = arena_alloc(a, text.n);
    size_t n = 0;
    bool is_tag = false;
    for (size_t i = 0; i < text.n; i++) {
        is_tag |= text.p[i] == '<';
        if (!is_tag)
            out[n++] = text.p[i];
        is_tag &= text.p[i] != '>';
    }
    return str_trim(str_make(out, n));
}

void field_set_date(struct builder *b, enum build_place place, enum field field, enum rank rank, struct str text)
{
    struct date date = date_read(without_tags(build_arena(b), text), b->options->now);
    if (date.state == DATE_ABSENT)
        return;
    if (date.state == DATE_UNREADABLE && rank > RANK_GUESS)
        rank = RANK_GUESS; // whoever can be read is better
    if (!outranks(b, place, field, rank))
        return;
    date.raw = build_keep(b, str_head(date.raw, DATE_TEXT_MAX));
    struct feed_meta *meta = &b->doc->meta;
    if (place == PLACE_ITEM)
        *(field == FIELD_PUBLISHED ? &b->item.published : &b->item.updated) = date;
    else
        *(field == FIELD_PUBLISHED ? &meta->published : &meta->updated) = date;
}

// Returns false where the element is no date.
static bool date_end(struct builder *b, enum build_place place, struct str text)
{
    enum rank own = own_rank(b);
    switch (b->capture.element) {
    case EL_PUBDATE: field_set_date(b, place, FIELD_PUBLISHED, RANK_OWN, text); return true;
    case EL_PUBLISHED: field_set_date(b, place, FIELD_PUBLISHED, own, text); return true;
    case EL_ISSUED: field_set_date(b, place, FIELD_PUBLISHED, own < RANK_OWN ? own : RANK_OWN_WEAK, text); return true;
    case EL_CREATED: field_set_date(b, place, FIELD_PUBLISHED, RANK_GUESS + 1, text); return true;
    case EL_UPDATED: field_set_date(b, place, FIELD_UPDATED, own, text); return true;
    case EL_LAST_BUILD: field_set_date(b, place, FIELD_UPDATED, RANK_OWN, text); return true;
    case EL_DC_DATE: field_set_date(b, place, FIELD_UPDATED, RANK_EXTENSION, text); return true;
    case EL_DC_MODIFIED: field_set_date(b, place, FIELD_UPDATED, RANK_OWN_WEAK, text); return true;
    default: return false;
    }
}

// ---- addresses

static struct str resolve(struct builder *b, struct str reference)
{
    return build_address(b, build_top(b)->base, reference);
}

static void link_end(struct builder *b, enum build_place place, struct str text)
{
    if (b->capture.href.n || !text.n)
        return; // taken at its start
    struct link link = {.href = resolve(b, text), .rel = field_relation(b->capture.rel), .type = b->capture.type};
    field_add_link(b, place, link, own_rank(b) == RANK_OWN);
    if (place == PLACE_ITEM && str_eq_nocase(link.rel, S("enclosure")))
        field_add_enclosure(b, (struct enclosure){link.href, link.type, -1});
}

void field_loose_address(struct builder *b, enum build_place place, struct str text)
{
    if (place != PLACE_ITEM && place != PLACE_FEED)
        return;
    struct str address = url_is_http(text) ? resolve(b, text) : (struct str){NULL, 0};
    field_add_link(b, place, (struct link){.href = address}, true);
}

static void set_str(struct builder *b, enum build_place place, enum field field, enum rank rank, struct str value,
                    struct str *out)
{
    if (value.n && outranks(b, place, field, rank))
        *out = build_keep(b, value);
}

// Returns false where the element is no address, id or other short text.
static bool short_end(struct builder *b, enum build_place place, struct str text)
{
    struct item *item = &b->item;
    struct feed_meta *meta = &b->doc->meta;
    bool in_item = place == PLACE_ITEM;
    switch (b->capture.element) {
    case EL_LINK: link_end(b, place, text); return true;
    case EL_ENCLOSURE:
        if (in_item && url_is_http(text)) // written as a link is in RSS
            field_add_enclosure(b, (struct enclosure){resolve(b, text), b->capture.type, -1});
        return true;
    case EL_ORIG_LINK:
        if (in_item)
            field_add_link(b, place, (struct link){.href = resolve(b, text), .rel = S("alternate")}, false);
        return true;
    case EL_GUID:
        if (in_item && text.n && b->item_ranks[FIELD_ID] < RANK_OWN)
            item->id_is_permalink = b->capture.is_permalink;
        set_str(b, place, FIELD_ID, RANK_OWN, text, in_item ? &item->id : &meta->id);
        return true;
    case EL_ID: set_str(b, place, FIELD_ID, own_rank(b), text, in_item ? &item->id : &meta->id); return true;
    case EL_DC_IDENTIFIER:
        set_str(b, place, FIELD_ID, RANK_EXTENSION, text, in_item ? &item->id : &meta->id);
        return true;
    case EL_COMMENTS:
        if (in_item && !item->comments.n)
            item->comments = resolve(b, text);
        return true;
    case EL_LANGUAGE:
        set_str(b, place, FIELD_LANGUAGE, b->capture.space == NS_DC ? RANK_EXTENSION : RANK_OWN, text,
                in_item ? &item->language : &meta->language);
        return true;
    case EL_RIGHTS:
        if (!in_item && !meta->rights.n)
            meta->rights = build_keep(b, text);
        return true;
    case EL_GENERATOR: set_str(b, place, FIELD_GENERATOR, RANK_OWN, text, &meta->generator); return true;
    case EL_LOGO: case EL_ICON: case EL_ITUNES_IMAGE:
        if (!b->capture.href.n)
            field_set_image(b, place, b->capture.element, resolve(b, text));
        return true;
    default: return false;
    }
}

// ---- people, categories

static bool person_end(struct builder *b, enum build_place place, struct str text)
{
    switch (b->capture.element) {
    case EL_AUTHOR: field_add_author(b, place, person_keep(b, text), own_rank(b)); return true;
    case EL_CREATOR: case EL_OWNER:
        field_add_author(b, place, person_keep(b, text), RANK_EXTENSION);
        return true;
    case EL_MANAGING_EDITOR: field_add_author(b, place, person_keep(b, text), RANK_OWN_WEAK); return true;
    case EL_ITUNES_AUTHOR: field_add_author(b, place, person_keep(b, text), RANK_GUESS); return true;
    case EL_CONTRIBUTOR: case EL_WEBMASTER: return true;
    default: return false;
    }
}

static void keywords_end(struct builder *b, enum build_place place, struct str text)
{
    struct str scheme = b->capture.space == NS_ITUNES ? S("http://www.itunes.com/") : S("");
    for (size_t n = 0; text.p && text.n && n < KEYWORDS_MAX; n++) {
        struct str word = str_trim(str_cut(&text, ','));
        field_add_category(b, place, (struct category){.term = build_keep(b, word), .scheme = scheme});
    }
}

static bool category_end(struct builder *b, enum build_place place, struct str text)
{
    const struct build_capture *c = &b->capture;
    switch (c->element) {
    case EL_CATEGORY: case EL_SUBJECT: case EL_MEDIA_CATEGORY:
        field_add_category(b, place, (struct category){c->term.n ? c->term : build_keep(b, text), c->scheme, c->label});
        return true;
    case EL_KEYWORDS: keywords_end(b, place, text); return true;
    default: return false;
    }
}

// ---- an element's end

static void text_end(struct builder *b, enum build_place place, struct str text)
{
    bool in_item = place == PLACE_ITEM;
    switch (b->capture.element) {
    case EL_TITLE: set_text(b, place, FIELD_TITLE, own_rank(b), text); break;
    case EL_MEDIA_TITLE: set_text(b, place, FIELD_TITLE, RANK_GUESS, text); break;
    case EL_DC_TITLE: set_text(b, place, FIELD_TITLE, RANK_EXTENSION, text); break;
    case EL_DESCRIPTION: set_text(b, place, FIELD_SUMMARY, RANK_OWN, text); break;
    case EL_SUMMARY: case EL_CDF_ABSTRACT: set_text(b, place, FIELD_SUMMARY, own_rank(b), text); break;
    case EL_SUBTITLE: // a feed's; no item has one by any format
        set_text(b, place, FIELD_SUMMARY, in_item ? RANK_GUESS : own_rank(b), text);
        break;
    case EL_DC_DESCRIPTION: set_text(b, place, FIELD_SUMMARY, RANK_EXTENSION, text); break;
    case EL_ITUNES_SUMMARY: case EL_MEDIA_DESCRIPTION: set_text(b, place, FIELD_SUMMARY, RANK_GUESS, text); break;
    case EL_ITUNES_SUBTITLE: set_text(b, place, FIELD_SUMMARY, RANK_LAST, text); break;
    case EL_CONTENT: case EL_ENCODED:
        if (in_item)
            set_text(b, place, FIELD_CONTENT, own_rank(b), text);
        break;
    case EL_BODY:
        if (in_item)
            set_text(b, place, FIELD_CONTENT, RANK_EXTENSION, text);
        break;
    default: schedule_end(b, text); break;
    }
}

void field_end(struct builder *b, enum build_place place, struct str text)
{
    switch (place) {
    case PLACE_PERSON: person_part(b, text); return;
    case PLACE_SOURCE: source_part(b, text); return;
    case PLACE_IMAGE:
        if (b->capture.element == EL_URL)
            field_set_image(b, PLACE_FEED, EL_IMAGE, resolve(b, text));
        return;
    case PLACE_NONE: case PLACE_IGNORED: return;
    case PLACE_FEED: case PLACE_ITEM: break;
    }
    if (b->capture.element == EL_SOURCE)
        b->item.source.title = build_keep(b, text);
    else if (!date_end(b, place, text) && !short_end(b, place, text) && !person_end(b, place, text) &&
             !category_end(b, place, text))
        text_end(b, place, text);
}

// ---- the end of an item, of the feed

void field_item_done(struct builder *b)
{
    struct item *item = &b->item;
    if (!b->is_item_kept)
        return;
    if (!item->link.n && item->id_is_permalink && url_is_http(item->id))
        item->link = item->id;
    else if (!item->link.n && item->id_is_permalink && str_starts(item->id, S("/")))
        item->link = resolve(b, item->id);
    bool is_place_likely = b->doc->format == FORMAT_ATOM || b->doc->format == FORMAT_RDF; // RSS says so itself
    if (!item->link.n && is_place_likely && url_is_http(item->id))
        item->link = item->id;
    const struct build_frame *frame = build_top(b);
    if (!item->language.n && frame->language.n && !str_eq(frame->language, b->frames[b->depth - 1].language))
        item->language = frame->language;
}

void field_feed_done(struct builder *b)
{
    struct feed_meta *meta = &b->doc->meta;
    if (!meta->language.n)
        {
        struct str tags = b->options->content_language; // the first of a list
        meta->language = arena_str(b->arena, str_head(str_trim(str_head(tags, str_find_char(tags, ','))), 64));
    }
    if (b->sy_period_s)
        meta->update_period_s = b->sy_period_s / (b->sy_frequency ? b->sy_frequency : 1);
}
