// SPDX-License-Identifier: MIT
//
// `feeds parse --json`: documents and items as JSON. What is absent in the feed is absent here.
#include "daemon/ctl/feeds_parse.h"

#include <stdio.h>

static void put(json_t *object, const char *name, struct str text)
{
    if (text.n)
        json_object_set_new(object, name, json_stringn(text.p, text.n));
}

static void put_list(json_t *object, const char *name, json_t *list)
{
    if (json_array_size(list))
        json_object_set_new(object, name, list);
    else
        json_decref(list);
}

static void put_date(json_t *object, const char *name, const struct date *date)
{
    char text[WALL_RFC3339_BYTES];
    bool is_old = date->state == DATE_ABSURD && date->at.ms > 366ll * DAY_MS && civil_of(date->at).year < 1990;
    if (date->state == DATE_OK || is_old) // what is absurdly late is a mistake; what is old may be a test's date
        json_object_set_new(object, name, json_string(wall_rfc3339(date->at, false, text)));
    if (date->state == DATE_UNREADABLE || date->state == DATE_ABSURD) {
        json_t *bad = json_pack("{s:s}", "problem", date->state == DATE_ABSURD ? "absurd" : "unreadable");
        put(bad, "raw", date->raw);
        char problem[32];
        snprintf(problem, sizeof problem, "%s_problem", name);
        json_object_set_new(object, problem, bad);
    }
}

static void put_text(json_t *object, const char *name, const struct text *text)
{
    static const char *const types[] = {[TEXT_PLAIN] = "text", [TEXT_HTML] = "html", [TEXT_XHTML] = "xhtml"};
    char type[32];
    if (!text->body.n)
        return;
    put(object, name, text->body);
    snprintf(type, sizeof type, "%s_type", name);
    json_object_set_new(object, type, json_string(types[text->type]));
}

static json_t *people(const struct person *list, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *person = json_object();
        put(person, "name", list[i].name);
        put(person, "email", list[i].email);
        put(person, "uri", list[i].uri);
        json_array_append_new(array, person);
    }
    return array;
}

static json_t *categories(const struct category *list, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *category = json_object();
        put(category, "term", list[i].term);
        put(category, "scheme", list[i].scheme);
        put(category, "label", list[i].label);
        json_array_append_new(array, category);
    }
    return array;
}

static json_t *links(const struct link *list, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *link = json_object();
        put(link, "href", list[i].href);
        put(link, "rel", list[i].rel);
        put(link, "type", list[i].type);
        put(link, "title", list[i].title);
        put(link, "hreflang", list[i].hreflang);
        json_array_append_new(array, link);
    }
    return array;
}

static json_t *enclosures(const struct enclosure *list, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *enclosure = json_object();
        put(enclosure, "url", list[i].url);
        put(enclosure, "type", list[i].type);
        if (list[i].length >= 0)
            json_object_set_new(enclosure, "length", json_integer(list[i].length));
        json_array_append_new(array, enclosure);
    }
    return array;
}

json_t *feeds_parse_item_json(const struct item *item)
{
    json_t *object = json_object();
    put(object, "id", item->id);
    if (item->id.n)
        json_object_set_new(object, "guid_is_permalink", json_boolean(item->id_is_permalink));
    put(object, "link", item->link);
    put_list(object, "links", links(item->links, item->n_links));
    put_text(object, "title", &item->title);
    put_text(object, "summary", &item->summary);
    put_text(object, "content", &item->content);
    put_list(object, "authors", people(item->authors, item->n_authors));
    put_date(object, "published", &item->published);
    put_date(object, "updated", &item->updated);
    put_list(object, "categories", categories(item->categories, item->n_categories));
    put_list(object, "enclosures", enclosures(item->enclosures, item->n_enclosures));
    put(object, "language", item->language);
    put(object, "comments", item->comments);
    put(object, "image", item->image);
    if (item->source.title.n || item->source.link.n || item->source.id.n) {
        json_t *source = json_object();
        put(source, "title", item->source.title);
        put(source, "link", item->source.link);
        put(source, "id", item->source.id);
        json_object_set_new(object, "source", source);
    }
    if (item->is_text_cut)
        json_object_set_new(object, "is_text_cut", json_true());
    if (item->is_cut_off)
        json_object_set_new(object, "is_cut_off", json_true());
    return object;
}

static void put_number(json_t *object, const char *name, uint64_t number)
{
    if (number)
        json_object_set_new(object, name, json_integer((json_int_t)number));
}

static void put_bits(json_t *object, const char *name, uint32_t bits)
{
    json_t *list = json_array();
    for (int i = 0; i < 32; i++) {
        if (bits >> i & 1)
            json_array_append_new(list, json_integer(i));
    }
    put_list(object, name, list);
}

static json_t *feed(const struct feed_meta *meta)
{
    json_t *object = json_object();
    put_text(object, "title", &meta->title);
    put_text(object, "summary", &meta->description);
    put(object, "link", meta->link);
    put(object, "self", meta->self);
    put(object, "id", meta->id);
    put(object, "language", meta->language);
    put_list(object, "authors", people(meta->authors, meta->n_authors));
    put_date(object, "published", &meta->published);
    put_date(object, "updated", &meta->updated);
    put_list(object, "categories", categories(meta->categories, meta->n_categories));
    put_list(object, "links", links(meta->links, meta->n_links));
    json_t *hubs = json_array();
    for (size_t i = 0; i < meta->n_hubs; i++)
        json_array_append_new(hubs, json_stringn(meta->hubs[i].p, meta->hubs[i].n));
    put_list(object, "hubs", hubs);
    put(object, "image", meta->image);
    put(object, "icon", meta->icon);
    put(object, "generator", meta->generator);
    put(object, "rights", meta->rights);
    put_number(object, "ttl", meta->ttl_minutes);
    put_number(object, "update_period_s", meta->update_period_s);
    put_bits(object, "skip_hours", meta->skip_hours);
    put_bits(object, "skip_days", meta->skip_days);
    return object;
}

static json_t *repairs(const struct document *doc)
{
    json_t *list = json_array();
    for (int kind = 0; kind < REPAIR_KINDS; kind++) {
        const struct repair *repair = &doc->repairs[kind];
        if (repair->count == 0)
            continue;
        json_t *object = json_pack("{s:s, s:i}", "what", repair_phrase((enum repair_kind)kind), "count",
                                   (int)repair->count);
        put_number(object, "line", repair->line);
        put_number(object, "col", repair->col);
        json_array_append_new(list, object);
    }
    return list;
}

json_t *feeds_parse_document_json(const struct document *doc)
{
    json_t *object = json_object();
    json_object_set_new(object, "format", json_string(document_format_name(doc)));
    put(object, "version", doc->version);
    put(object, "encoding", doc->encoding);
    put(object, "encoding_why", doc->encoding_why);
    json_object_set_new(object, "wellformed", json_boolean(doc->quality == QUALITY_WELL_FORMED));
    json_object_set_new(object, "quality", json_string(quality_name(doc->quality)));
    put(object, "what_instead", doc->what_instead);
    put_list(object, "repairs", repairs(doc));
    put_list(object, "advertised", links(doc->advertised, doc->n_advertised));
    json_object_set_new(object, "items", json_integer((json_int_t)doc->n_items));
    put_number(object, "dropped", doc->n_dropped);
    put_number(object, "bytes", doc->bytes);
    json_object_set_new(object, "feed", feed(&doc->meta));
    return object;
}
