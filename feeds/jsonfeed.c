// SPDX-License-Identifier: MIT
//
// JSON Feed on top of yajl's events. A stack of places says whose keys are read; values of an unexpected type, and
// keys that are not the standard's, are skipped with all that is in them. RSS written as JSON ({"rss": {"channel":
// {..., "item": [...]}}}, as scripting.com publishes it) goes the same way under the names of its elements.
#include "feeds/jsonfeed.h"

#include <assert.h>
#include <yajl/yajl_parse.h>

#include "base/mem.h"
#include "feeds/date.h"
#include "feeds/json_filter.h"
#include "feeds/url.h"

enum json_place {
    AT_TOP, AT_ITEMS, AT_ITEM, AT_PEOPLE, AT_PERSON, AT_TAGS, AT_FILES, AT_FILE, AT_HUBS, AT_HUB, AT_SKIP
};

enum { KEY_MAX = 32 };

struct json_reader {
    yajl_handle yajl;
    struct json_filter filter;
    struct builder *builder;
    struct document *doc;
    enum json_place places[JSON_DEPTH_MAX];
    uint32_t depth;
    char key[KEY_MAX]; // "" where it is too long to be known
    struct person person;
    struct enclosure file;
    struct str hub_url;
    struct str external_url;
    bool is_dead;
    bool has_items;
    bool is_rss; // inside a channel
};

static enum json_place place_at(const struct json_reader *j) { return j->depth ? j->places[j->depth - 1] : AT_SKIP; }

static bool is_key(const struct json_reader *j, const char *name) { return strcmp(j->key, name) == 0; }

// A member of the standard's has a value of another type. Members of nobody's standard may hold anything.
static void wrong_type(struct json_reader *j)
{
    static const char *const members[] = {
        "version", "title", "description", "home_page_url", "feed_url", "icon", "favicon", "language", "author",
        "authors", "items", "hubs", "id", "url", "external_url", "content_html", "content_text", "summary", "image",
        "banner_image", "date_published", "date_modified", "tags", "attachments",
    };
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        j->doc->repairs[REPAIR_TYPE].count += place_at(j) != AT_SKIP && is_key(j, members[i]);
}

// ---- values

static struct str keep(struct json_reader *j, struct str text) { return build_keep(j->builder, str_trim(text)); }

static void keep_first(struct json_reader *j, struct str *into, struct str text, enum build_kept kind)
{
    if (!into->n)
        *into = build_keep_as(j->builder, str_trim(text), kind);
}

static struct str address(struct json_reader *j, struct str text)
{
    return build_address(j->builder, j->builder->options->url, str_trim(text));
}

static struct date date_of(struct json_reader *j, struct str text)
{
    struct date date = date_read(text, j->builder->options->now);
    date.raw = keep(j, str_head(date.raw, DATE_TEXT_MAX));
    return date;
}

static void top_string(struct json_reader *j, struct str text)
{
    struct feed_meta *meta = &j->doc->meta;
    if (is_key(j, "version")) {
        bool is_feed = str_find_nocase(text, S("jsonfeed.org/version/")) < text.n;
        size_t at = str_find_nocase(text, S("version/")) + 8;
        while (text.n && text.p[text.n - 1] == '/')
            text.n--;
        j->doc->format = is_feed ? FORMAT_JSON : j->doc->format;
        if (is_feed || (text.n && char_is_digit(text.p[0]))) // some write only "1.0"
            j->doc->version = keep(j, str_head(is_feed ? str_from(text, at) : text, 8));
    } else if (is_key(j, "title")) {
        keep_first(j, &meta->title.body, text, KEPT_TITLE);
    } else if (is_key(j, "description")) {
        keep_first(j, &meta->description.body, text, KEPT_BODY);
    } else if (is_key(j, j->is_rss ? "link" : "home_page_url")) {
        meta->link = address(j, text);
        field_add_link(j->builder, PLACE_FEED, (struct link){.href = meta->link, .rel = S("alternate")}, true);
    } else if (is_key(j, "feed_url")) {
        meta->id = keep(j, text);
        field_add_link(j->builder, PLACE_FEED, (struct link){.href = address(j, text), .rel = S("self")}, true);
    } else if (is_key(j, "icon")) {
        meta->image = address(j, text);
    } else if (is_key(j, "favicon")) {
        meta->icon = address(j, text);
    } else if (is_key(j, "language")) {
        keep_first(j, &meta->language, text, KEPT_SHORT);
    } else if (is_key(j, "author")) {
        field_add_author(j->builder, PLACE_FEED, (struct person){.name = keep(j, text)}, RANK_OWN);
    }
}

static void item_string(struct json_reader *j, struct str text)
{
    struct item *item = &j->builder->item;
    if (is_key(j, j->is_rss ? "guid" : "id")) {
        keep_first(j, &item->id, text, KEPT_SHORT);
    } else if (is_key(j, j->is_rss ? "link" : "url")) {
        item->link = address(j, text);
        field_add_link(j->builder, PLACE_ITEM, (struct link){.href = item->link, .rel = S("alternate")}, true);
    } else if (is_key(j, "external_url")) {
        j->external_url = address(j, text);
        field_add_link(j->builder, PLACE_ITEM, (struct link){.href = j->external_url, .rel = S("related")}, true);
    } else if (is_key(j, "title")) {
        keep_first(j, &item->title.body, text, KEPT_TITLE);
    } else if (is_key(j, "summary")) {
        keep_first(j, &item->summary.body, text, KEPT_BODY);
    } else if (is_key(j, j->is_rss ? "description" : "content_html") && text.n) {
        item->content = (struct text){build_keep_as(j->builder, str_trim(text), KEPT_BODY), TEXT_HTML};
    } else if (is_key(j, "content_text")) {
        keep_first(j, &item->content.body, text, KEPT_BODY);
    } else if (is_key(j, j->is_rss ? "pubDate" : "date_published")) {
        item->published = date_of(j, text);
    } else if (is_key(j, "date_modified")) {
        item->updated = date_of(j, text);
    } else if (is_key(j, "image") || (is_key(j, "banner_image") && !item->image.n)) {
        item->image = address(j, text);
    } else if (is_key(j, "language")) {
        keep_first(j, &item->language, text, KEPT_SHORT);
    } else if (is_key(j, "author")) {
        field_add_author(j->builder, PLACE_ITEM, (struct person){.name = keep(j, text)}, RANK_OWN);
    } else if (is_key(j, "tags")) {
        field_add_category(j->builder, PLACE_ITEM, (struct category){.term = keep(j, text)});
    }
}

static void file_size(struct json_reader *j, struct str text)
{
    uint64_t size;
    struct str whole = str_trim(str_head(text, str_find_char(text, '.')));
    j->file.length = str_to_u64(whole, INT64_MAX, &size) ? (int64_t)size : -1;
}

static void string_value(struct json_reader *j, struct str text)
{
    switch (place_at(j)) {
    case AT_TOP: top_string(j, text); break;
    case AT_ITEM: item_string(j, text); break;
    case AT_TAGS:
        field_add_category(j->builder, j->builder->has_item ? PLACE_ITEM : PLACE_FEED,
                           (struct category){.term = keep(j, text)});
        break;
    case AT_PEOPLE: // a list of names
        field_add_author(j->builder, j->builder->has_item ? PLACE_ITEM : PLACE_FEED,
                         (struct person){.name = keep(j, text)}, RANK_OWN);
        break;
    case AT_PERSON:
        if (is_key(j, "name"))
            j->person.name = keep(j, text);
        else if (is_key(j, "email"))
            j->person.email = keep(j, text);
        else if (is_key(j, "url"))
            j->person.uri = address(j, text);
        break;
    case AT_FILE:
        if (is_key(j, "url"))
            j->file.url = address(j, text);
        else if (is_key(j, "mime_type"))
            j->file.type = keep(j, text);
        else if (is_key(j, "size_in_bytes"))
            file_size(j, text);
        break;
    case AT_HUB:
        if (is_key(j, "url"))
            j->hub_url = address(j, text);
        break;
    case AT_ITEMS: case AT_FILES: case AT_HUBS: wrong_type(j); break;
    case AT_SKIP: break;
    }
}

// ---- yajl's events

static int on_string(void *context, const unsigned char *p, size_t n)
{
    string_value(context, str_make((const char *)p, n));
    return 1;
}

static int on_number(void *context, const char *p, size_t n)
{
    struct json_reader *j = context;
    struct str text = str_make(p, n);
    if (place_at(j) == AT_FILE && is_key(j, "size_in_bytes")) {
        file_size(j, text);
    } else if (place_at(j) == AT_ITEM && is_key(j, "id")) { // "publishers sometimes use numbers": taken as text
        string_value(j, text);
    } else if (place_at(j) == AT_ITEM || place_at(j) == AT_TOP) {
        string_value(j, text);
        wrong_type(j);
    }
    return 1;
}

static int on_boolean(void *context, int is_true)
{
    (void)is_true, (void)context; // the standard's only one is `expired`
    return 1;
}

static int on_null(void *context)
{
    (void)context;
    return 1;
}

static int on_key(void *context, const unsigned char *p, size_t n)
{
    struct json_reader *j = context;
    size_t kept = n < KEY_MAX ? n : 0;
    memcpy(j->key, p, kept);
    j->key[kept] = '\0';
    return 1;
}

static int push(struct json_reader *j, enum json_place place)
{
    assert(j->depth < JSON_DEPTH_MAX); // the filter keeps no more
    j->places[j->depth++] = place;
    return 1;
}

static int on_start_map(void *context)
{
    struct json_reader *j = context;
    enum json_place place = AT_SKIP;
    if (j->depth == 0 || (place_at(j) == AT_TOP && is_key(j, "rss"))) {
        place = AT_TOP;
    } else if (place_at(j) == AT_TOP && is_key(j, "items")) { // a list as an object with numbers for names
        wrong_type(j);
        place = AT_ITEMS;
        j->has_items = true;
    } else if (place_at(j) == AT_TOP && is_key(j, "channel")) {
        place = AT_TOP;
        j->is_rss = true;
        j->doc->format = FORMAT_RSS;
    } else if (place_at(j) == AT_ITEMS || (place_at(j) == AT_TOP && j->is_rss && is_key(j, "item"))) {
        place = AT_ITEM;
        j->external_url = (struct str){NULL, 0};
        build_item_begin(j->builder);
    } else if (place_at(j) == AT_PEOPLE ||
               ((place_at(j) == AT_TOP || place_at(j) == AT_ITEM) && (is_key(j, "author") || is_key(j, "authors")))) {
        place = AT_PERSON;
        j->person = (struct person){0};
    } else if (place_at(j) == AT_FILES || (place_at(j) == AT_ITEM && is_key(j, "attachments"))) {
        place = AT_FILE;
        j->file = (struct enclosure){.length = -1};
    } else if (place_at(j) == AT_HUBS) {
        place = AT_HUB;
        j->hub_url = (struct str){NULL, 0};
    } else {
        wrong_type(j);
    }
    return push(j, place);
}

static void item_done(struct json_reader *j)
{
    struct item *item = &j->builder->item;
    if (!item->link.n)
        item->link = j->external_url;
    if (!item->link.n && url_is_http(item->id))
        item->link = item->id;
    build_item_end(j->builder);
}

static int on_end_map(void *context)
{
    struct json_reader *j = context;
    struct builder *b = j->builder;
    switch (place_at(j)) {
    case AT_ITEM: item_done(j); break;
    case AT_PERSON: field_add_author(b, b->has_item ? PLACE_ITEM : PLACE_FEED, j->person, RANK_OWN); break;
    case AT_FILE: field_add_enclosure(b, j->file); break;
    case AT_HUB:
        if (j->hub_url.n)
            field_add_link(b, PLACE_FEED, (struct link){.href = j->hub_url, .rel = S("hub")}, true);
        break;
    default: break;
    }
    j->depth--;
    j->key[0] = '\0';
    return 1;
}

static int on_start_array(void *context)
{
    struct json_reader *j = context;
    enum json_place at = place_at(j), place = AT_SKIP;
    bool is_owner = at == AT_TOP || at == AT_ITEM;
    if (at == AT_TOP && is_key(j, j->is_rss ? "item" : "items")) {
        place = AT_ITEMS;
        j->has_items = true;
    } else if (is_owner && (is_key(j, "authors") || is_key(j, "author"))) {
        place = AT_PEOPLE;
    } else if (is_owner && is_key(j, "tags")) {
        place = AT_TAGS;
    } else if (at == AT_ITEM && is_key(j, "attachments")) {
        place = AT_FILES;
    } else if (at == AT_TOP && is_key(j, "hubs")) {
        place = AT_HUBS;
    }
    return push(j, place);
}

static int on_end_array(void *context)
{
    struct json_reader *j = context;
    j->depth--;
    j->key[0] = '\0';
    return 1;
}

// ---- the reader

static void parse(void *context, struct str json)
{
    struct json_reader *j = context;
    if (j->is_dead)
        return;
    if (yajl_parse(j->yajl, (const unsigned char *)json.p, json.n) != yajl_status_ok) {
        j->is_dead = true;
        j->doc->repairs[REPAIR_SYNTAX].count++;
        j->doc->repairs[REPAIR_CUT_OFF].count++;
    }
}

static void *yajl_memory(void *context, size_t n)
{
    (void)context;
    return mem_alloc(n);
}

static void *yajl_more_memory(void *context, void *p, size_t n)
{
    (void)context;
    return mem_resize_array(p, n, 1);
}

static void yajl_free_memory(void *context, void *p)
{
    (void)context;
    mem_free(p);
}

struct json_reader *json_open(struct builder *builder, struct document *doc)
{
    static const yajl_callbacks callbacks = {
        .yajl_null = on_null,           .yajl_boolean = on_boolean,       .yajl_number = on_number,
        .yajl_string = on_string,       .yajl_start_map = on_start_map,   .yajl_map_key = on_key,
        .yajl_end_map = on_end_map,     .yajl_start_array = on_start_array, .yajl_end_array = on_end_array,
    };
    yajl_alloc_funcs memory = {yajl_memory, yajl_more_memory, yajl_free_memory, NULL};
    struct json_reader *j = mem_alloc(sizeof *j);
    j->builder = builder;
    j->doc = doc;
    json_filter_init(&j->filter, (size_t)builder->limits->item_text_max + 8, doc->repairs);
    j->filter.write = parse;
    j->filter.context = j;
    j->yajl = yajl_alloc(&callbacks, &memory, j);
    yajl_config(j->yajl, yajl_allow_comments, 1);
    yajl_config(j->yajl, yajl_allow_trailing_garbage, 1);
    yajl_config(j->yajl, yajl_dont_validate_strings, 1); // the decoder did
    return j;
}

void json_close(struct json_reader *j)
{
    if (!j)
        return;
    yajl_free(j->yajl);
    json_filter_done(&j->filter);
    mem_free(j);
}

void json_read(struct json_reader *j, struct str text) { json_filter_read(&j->filter, text); }

void json_end(struct json_reader *j)
{
    json_filter_end(&j->filter);
    if (!j->is_dead && (j->depth > 0 || yajl_complete_parse(j->yajl) != yajl_status_ok))
        j->doc->repairs[REPAIR_CUT_OFF].count++;
    if (j->builder->has_item) {
        j->builder->item.is_cut_off = true;
        item_done(j);
    }
    if (j->has_items && j->doc->format == FORMAT_NONE)
        j->doc->format = FORMAT_JSON; // a feed that forgot its version
}
