// SPDX-License-Identifier: MIT
//
// `feeds parse --json`: documents and items as JSON, written straight into the output: an archive of 100 MB would
// spend most of its time on trees of values otherwise. What is absent in the feed is absent here.
#include <stdio.h>

#include "base/utf8.h"
#include "daemon/ctl/feeds_parse.h"
#include "daemon/ctl/say.h"

// ---- writing: a comma goes before whatever does not follow an opening bracket

static void comma(struct buf *out)
{
    char last = out->n ? out->p[out->n - 1] : '{';
    if (last != '{' && last != '[')
        buf_add_char(out, ',');
}

static void key(struct buf *out, const char *name)
{
    comma(out);
    buf_add_char(out, '"');
    buf_add(out, str_of(name));
    buf_add(out, S("\":"));
}

// One character that cannot be copied: JSON's own, a control, or what could steer a terminal. Returns its length.
static size_t escape(struct buf *out, struct str rest)
{
    uint32_t code;
    if (rest.p[0] == '"' || rest.p[0] == '\\') {
        buf_add_char(out, '\\');
        buf_add_char(out, rest.p[0]);
        return 1;
    }
    size_t n = utf8_decode(rest, &code);
    if (code == '\n' || code == '\t') {
        buf_add(out, code == '\n' ? S("\\n") : S("\\t"));
    } else if (code < 0x20 || say_is_steering(code)) {
        buf_addf(out, "\\u%04x", code);
    } else {
        buf_add(out, str_head(rest, n));
    }
    return n;
}

static void string(struct buf *out, struct str text)
{
    // Bytes that may begin such a character: C2 (C1 controls), D8 (U+061C), E2 (U+200E and others).
    static const bool stops[256] = {
        [0 ... 0x1f] = true, ['"'] = true, ['\\'] = true, [0x7f] = true, [0xc2] = true, [0xd8] = true, [0xe2] = true,
    };
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.n;) {
        size_t plain = i;
        while (plain < text.n && !stops[(unsigned char)text.p[plain]])
            plain++;
        buf_add(out, str_make(text.p + i, plain - i));
        i = plain < text.n ? plain + escape(out, str_from(text, plain)) : plain;
    }
    buf_add_char(out, '"');
}

static void put(struct buf *out, const char *name, struct str text)
{
    if (text.n == 0)
        return;
    key(out, name);
    string(out, text);
}

static void put_number(struct buf *out, const char *name, uint64_t number)
{
    if (number == 0)
        return;
    key(out, name);
    buf_addf(out, "%llu", (unsigned long long)number);
}

static void put_flag(struct buf *out, const char *name, bool is_true)
{
    key(out, name);
    buf_add(out, is_true ? S("true") : S("false"));
}

static void open(struct buf *out, const char *name, char bracket)
{
    if (name)
        key(out, name);
    else
        comma(out);
    buf_add_char(out, bracket);
}

static void shut(struct buf *out, char bracket) { buf_add_char(out, bracket); }

// ---- parts

static void put_date(struct buf *out, const char *name, const struct date *date)
{
    char text[WALL_RFC3339_BYTES], problem[32];
    bool is_old = date->state == DATE_ABSURD && date->at.ms > 366ll * DAY_MS && civil_of(date->at).year < 1990;
    if (date->state == DATE_OK || is_old) // what is absurdly late is a mistake; what is old may be a test's date
        put(out, name, str_of(wall_rfc3339(date->at, false, text)));
    if (date->state != DATE_UNREADABLE && date->state != DATE_ABSURD)
        return;
    snprintf(problem, sizeof problem, "%s_problem", name);
    open(out, problem, '{');
    put(out, "problem", date->state == DATE_ABSURD ? S("absurd") : S("unreadable"));
    put(out, "raw", date->raw);
    shut(out, '}');
}

static void put_text(struct buf *out, const char *name, const char *type_name, const struct text *text)
{
    static const char *const types[] = {[TEXT_PLAIN] = "text", [TEXT_HTML] = "html", [TEXT_XHTML] = "xhtml"};
    if (!text->body.n)
        return;
    put(out, name, text->body);
    put(out, type_name, str_of(types[text->type]));
}

static void put_people(struct buf *out, const struct person *list, size_t n)
{
    if (n == 0)
        return;
    open(out, "authors", '[');
    for (size_t i = 0; i < n; i++) {
        open(out, NULL, '{');
        put(out, "name", list[i].name);
        put(out, "email", list[i].email);
        put(out, "uri", list[i].uri);
        shut(out, '}');
    }
    shut(out, ']');
}

static void put_categories(struct buf *out, const struct category *list, size_t n)
{
    if (n == 0)
        return;
    open(out, "categories", '[');
    for (size_t i = 0; i < n; i++) {
        open(out, NULL, '{');
        put(out, "term", list[i].term);
        put(out, "scheme", list[i].scheme);
        put(out, "label", list[i].label);
        shut(out, '}');
    }
    shut(out, ']');
}

static void put_links(struct buf *out, const char *name, const struct link *list, size_t n)
{
    if (n == 0)
        return;
    open(out, name, '[');
    for (size_t i = 0; i < n; i++) {
        open(out, NULL, '{');
        put(out, "href", list[i].href);
        put(out, "rel", list[i].rel);
        put(out, "type", list[i].type);
        put(out, "title", list[i].title);
        put(out, "hreflang", list[i].hreflang);
        shut(out, '}');
    }
    shut(out, ']');
}

static void put_enclosures(struct buf *out, const struct enclosure *list, size_t n)
{
    if (n == 0)
        return;
    open(out, "enclosures", '[');
    for (size_t i = 0; i < n; i++) {
        open(out, NULL, '{');
        put(out, "url", list[i].url);
        put(out, "type", list[i].type);
        if (list[i].length >= 0) {
            key(out, "length");
            buf_addf(out, "%lld", (long long)list[i].length);
        }
        shut(out, '}');
    }
    shut(out, ']');
}

static void put_source(struct buf *out, const struct item_source *source)
{
    if (!source->title.n && !source->link.n && !source->id.n)
        return;
    open(out, "source", '{');
    put(out, "title", source->title);
    put(out, "link", source->link);
    put(out, "id", source->id);
    shut(out, '}');
}

static void put_bits(struct buf *out, const char *name, uint32_t bits)
{
    if (bits == 0)
        return;
    open(out, name, '[');
    for (int i = 0; i < 32; i++) {
        if (bits >> i & 1) {
            comma(out);
            buf_addf(out, "%d", i);
        }
    }
    shut(out, ']');
}

// ---- the whole

void feeds_parse_item_json(const struct item *item, struct buf *out)
{
    buf_add_char(out, '{');
    put(out, "id", item->id);
    if (item->id.n)
        put_flag(out, "guid_is_permalink", item->id_is_permalink);
    put(out, "known_by", item->id.n ? S("id") : item->link.n ? S("link") : S("text"));
    put(out, "link", item->link);
    put_links(out, "links", item->links, item->n_links);
    put_text(out, "title", "title_type", &item->title);
    put_text(out, "summary", "summary_type", &item->summary);
    put_text(out, "content", "content_type", &item->content);
    put_people(out, item->authors, item->n_authors);
    put_date(out, "published", &item->published);
    put_date(out, "updated", &item->updated);
    put_categories(out, item->categories, item->n_categories);
    put_enclosures(out, item->enclosures, item->n_enclosures);
    put(out, "language", item->language);
    put(out, "comments", item->comments);
    put(out, "image", item->image);
    put_source(out, &item->source);
    if (item->is_text_cut)
        put_flag(out, "is_text_cut", true);
    if (item->is_cut_off)
        put_flag(out, "is_cut_off", true);
    buf_add_char(out, '}');
}

static void put_feed(struct buf *out, const struct feed_meta *meta)
{
    open(out, "feed", '{');
    put_text(out, "title", "title_type", &meta->title);
    put_text(out, "summary", "summary_type", &meta->description);
    put(out, "link", meta->link);
    put(out, "self", meta->self);
    put(out, "id", meta->id);
    put(out, "language", meta->language);
    put_people(out, meta->authors, meta->n_authors);
    put_date(out, "published", &meta->published);
    put_date(out, "updated", &meta->updated);
    put_categories(out, meta->categories, meta->n_categories);
    put_links(out, "links", meta->links, meta->n_links);
    if (meta->n_hubs)
        open(out, "hubs", '[');
    for (size_t i = 0; i < meta->n_hubs; i++) {
        comma(out);
        string(out, meta->hubs[i]);
    }
    if (meta->n_hubs)
        shut(out, ']');
    put(out, "image", meta->image);
    put(out, "icon", meta->icon);
    put(out, "generator", meta->generator);
    put(out, "rights", meta->rights);
    put_number(out, "ttl", meta->ttl_minutes);
    put_number(out, "update_period_s", meta->update_period_s);
    put_bits(out, "skip_hours", meta->skip_hours);
    put_bits(out, "skip_days", meta->skip_days);
    shut(out, '}');
}

static void put_repairs(struct buf *out, const struct document *doc)
{
    open(out, "repairs", '[');
    for (int kind = 0; kind < REPAIR_KINDS; kind++) {
        const struct repair *repair = &doc->repairs[kind];
        if (repair->count == 0)
            continue;
        open(out, NULL, '{');
        put(out, "what", str_of(repair_phrase((enum repair_kind)kind)));
        put_number(out, "count", repair->count);
        put_number(out, "line", repair->line);
        put_number(out, "col", repair->col);
        shut(out, '}');
    }
    shut(out, ']');
}

void feeds_parse_document_json(const struct document *doc, struct buf *out)
{
    put(out, "format", str_of(document_format_name(doc)));
    put(out, "version", doc->version);
    put(out, "encoding", doc->encoding);
    put(out, "encoding_why", doc->encoding_why);
    put_flag(out, "wellformed", doc->quality == QUALITY_WELL_FORMED);
    put(out, "quality", str_of(quality_name(doc->quality)));
    put(out, "what_instead", doc->what_instead);
    put_repairs(out, doc);
    put_links(out, "advertised", doc->advertised, doc->n_advertised);
    key(out, "items");
    buf_addf(out, "%zu", doc->n_items);
    put_number(out, "dropped", doc->n_dropped);
    put_number(out, "bytes", doc->bytes);
    put_feed(out, &doc->meta);
}
