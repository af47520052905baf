// SPDX-License-Identifier: MIT
//
// Lists of feeds. Reading goes the way that feeds go (decoder, cleaner, libxml2's push parser), so that a list with
// bare ampersands in its addresses, or in an old encoding, is read as well as a feed would be.
#include "feeds/opml.h"

#include <libxml/parser.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "feeds/clean.h"
#include "feeds/decode.h"
#include "feeds/html.h"
#include "feeds/marks.h"
#include "feeds/url.h"

enum { TAGS_MAX = 256, TITLE_MAX = 4096 }; // of a feed, in number; of a list, in bytes
enum { ATTRIBUTE_FIELDS = 5 }; // libxml2 hands an attribute over as five pointers

struct open_outline {
    struct str folder; // its name, empty where it is a feed
    bool has_children;
    bool is_feed;
};

struct reader {
    struct arena *arena;
    struct opml *out;
    struct decoder decoder;
    struct cleaner cleaner;
    xmlParserCtxt *ctxt;
    struct repair repairs[REPAIR_KINDS];
    struct mark_table by_url;
    struct open_outline open[OPML_DEPTH_MAX];
    size_t depth;     // of outlines, also beyond the cap
    const struct clean_output *output; // while it is read
    size_t mark;      // the next of its texts
    bool is_opml, is_in_title;
};

// ---- attributes ----------------------------------------------------------------------------------------------------

// libxml2 leaves one reference in attribute values when it is not told to replace entities, and it is not.
static struct str unreferenced(struct str s, struct arena *a)
{
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        out[n++] = s.p[i];
        i += str_starts(str_from(s, i), S("&#38;")) ? 4 : 0;
    }
    return str_trim(str_make(out, n));
}

static struct str attribute(const struct reader *r, const xmlChar **list, int n, struct str name)
{
    for (int i = 0; i < n; i++) {
        const xmlChar **one = list + (ptrdiff_t)i * ATTRIBUTE_FIELDS;
        struct str value = str_make((const char *)one[3], (size_t)(one[4] - one[3]));
        if (!str_eq_nocase(str_of((const char *)one[0]), name) || !value.n)
            continue;
        bool is_whole = clean_output_value(r->output, &value);
        return is_whole ? str_trim(arena_str(r->arena, value)) : unreferenced(value, r->arena);
    }
    return (struct str){0};
}

// ---- outlines ------------------------------------------------------------------------------------------------------

static void add_tag(struct reader *r, struct opml_feed *feed, struct str tag)
{
    struct str *tags = (struct str *)(uintptr_t)feed->tags; // our own, not shared yet
    tag = str_trim(tag);
    while (tag.n && tag.p[0] == '/')
        tag = str_from(tag, 1);
    for (size_t i = 0; i < feed->n_tags; i++)
        if (str_eq(feed->tags[i], tag))
            return;
    if (tag.n == 0 || feed->n_tags == TAGS_MAX)
        return;
    ARENA_PUSH(r->arena, tags, feed->n_tags, tag);
    feed->tags = tags;
}

static void add_tags(struct reader *r, struct opml_feed *feed, struct str categories)
{
    for (size_t i = 0; i < r->depth && i < OPML_DEPTH_MAX; i++)
        add_tag(r, feed, r->open[i].folder);
    while (categories.p)
        add_tag(r, feed, str_cut(&categories, ','));
}

static struct opml_feed *find_or_add(struct reader *r, struct str url)
{
    uint64_t key = hash64_seeded(0, url) | 1;
    size_t cursor = SIZE_MAX, index = 0;
    while (mark_table_next(&r->by_url, key, &cursor, &index))
        if (str_eq(r->out->feeds[index].url, url))
            return &r->out->feeds[index];
    if (r->out->n_feeds == OPML_FEEDS_MAX) {
        r->out->n_dropped++;
        return NULL;
    }
    struct opml_feed feed = {.url = url};
    mark_table_add(&r->by_url, key, r->out->n_feeds);
    ARENA_PUSH(r->arena, r->out->feeds, r->out->n_feeds, feed);
    return &r->out->feeds[r->out->n_feeds - 1];
}

// The name of a feed: many readers write its address where it has none, which is no title (and may hold a secret).
static struct str name_of(struct str text, struct str title)
{
    struct str name = text.n && !url_is_http(text) ? text : title;
    return url_is_http(name) ? (struct str){0} : name;
}

static void start_outline(struct reader *r, const xmlChar **list, int n)
{
    struct str type = attribute(r, list, n, S("type")), url = attribute(r, list, n, S("xmlUrl"));
    struct str text = attribute(r, list, n, S("text")), title = attribute(r, list, n, S("title"));
    bool is_rss = str_eq_nocase(type, S("rss")) || str_eq_nocase(type, S("atom"));
    if (url.n == 0 && is_rss)
        url = attribute(r, list, n, S("url"));
    struct opml_feed *feed = url.n ? find_or_add(r, url) : NULL;
    if (feed) {
        if (feed->title.n == 0)
            feed->title = name_of(text, title);
        if (feed->site.n == 0)
            feed->site = attribute(r, list, n, S("htmlUrl"));
        if (feed->line == 0)
            feed->line = r->cleaner.line;
        add_tags(r, feed, attribute(r, list, n, S("category")));
    }
    if (r->depth && r->depth <= OPML_DEPTH_MAX)
        r->open[r->depth - 1].has_children = true;
    if (r->depth < OPML_DEPTH_MAX)
        r->open[r->depth] = (struct open_outline){.folder = text.n ? text : title, .is_feed = url.n || is_rss};
    if (r->depth < OPML_DEPTH_MAX && r->open[r->depth].is_feed)
        r->open[r->depth].folder = (struct str){0};
    r->out->n_without_url += is_rss && url.n == 0;
    r->depth++;
}

static void on_start(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
                     const xmlChar **namespaces, int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    struct reader *r = context;
    struct str name = str_of((const char *)local);
    (void)prefix, (void)uri, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    r->is_opml |= str_eq_nocase(name, S("opml"));
    r->is_in_title = r->is_opml && r->depth == 0 && str_eq_nocase(name, S("title"));
    if (r->is_opml && str_eq_nocase(name, S("outline")))
        start_outline(r, attributes, n_attributes);
}

static void on_end(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
    struct reader *r = context;
    (void)prefix, (void)uri;
    r->is_in_title = false;
    if (!r->depth || !str_eq_nocase(str_of((const char *)local), S("outline")))
        return;
    r->depth--;
    if (r->depth < OPML_DEPTH_MAX)
        r->out->n_without_url += !r->open[r->depth].is_feed && !r->open[r->depth].has_children;
}

static void add_title(struct reader *r, struct str text)
{
    text = utf8_head(text, r->out->title.n < TITLE_MAX ? TITLE_MAX - r->out->title.n : 0);
    if (r->is_in_title && text.n)
        r->out->title = arena_fmt(r->arena, "%.*s%.*s", STR_ARG(r->out->title), STR_ARG(text));
}

static void on_text(void *context, const xmlChar *text, int n)
{
    if (n > 0)
        add_title(context, str_make((const char *)text, (size_t)n));
}

// The cleaner hands some texts over beside the XML, with a mark in their place.
static void on_mark(void *context, const xmlChar *target, const xmlChar *data)
{
    struct reader *r = context;
    (void)target, (void)data;
    if (r->mark >= r->output->n_ends)
        return;
    size_t start = r->mark ? r->output->ends[r->mark - 1] : 0, end = r->output->ends[r->mark];
    struct str text = str_make(r->output->texts.p + start, end - start);
    r->mark++;
    add_title(r, text);
}

// ---- the way of the bytes ------------------------------------------------------------------------------------------

static void on_xml(void *context, const struct clean_output *output)
{
    struct reader *r = context;
    r->output = output;
    r->mark = 0;
    xmlParseChunk(r->ctxt, output->xml.p, (int)output->xml.n, 0);
}

static void on_decoded(void *context, struct str text)
{
    struct reader *r = context;
    clean_feed(&r->cleaner, text.p, text.n);
}

static void on_bad(void *context) { (void)context; }

static void read_all(struct reader *r, struct str text)
{
    enum { PIECE = 65536 };
    static const struct clean_output nothing;
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC, .startElementNs = on_start, .endElementNs = on_end,
                         .characters = on_text, .cdataBlock = on_text, .processingInstruction = on_mark};
    r->ctxt = xmlCreatePushParserCtxt(&sax, r, NULL, 0, NULL);
    xmlCtxtUseOptions(r->ctxt, XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    decode_init(&r->decoder, (struct decode_sink){on_decoded, on_bad, r}, S(""));
    clean_init(&r->cleaner, (struct clean_sink){on_xml, r}, &parse_limits_default, r->repairs);
    for (size_t at = 0; at < text.n; at += PIECE) {
        struct str piece = str_head(str_from(text, at), PIECE);
        decode_feed(&r->decoder, piece.p, piece.n);
    }
    decode_end(&r->decoder);
    clean_end(&r->cleaner);
    r->output = &nothing;
    r->mark = 0;
    xmlParseChunk(r->ctxt, NULL, 0, 1);
    decode_done(&r->decoder);
    clean_done(&r->cleaner);
    xmlFreeParserCtxt(r->ctxt);
}

bool opml_read(struct str text, struct arena *a, struct opml *out, struct err *err)
{
    struct reader *r = mem_alloc(sizeof *r);
    struct opml list = {.n_feeds = 0};
    r->arena = a;
    r->out = &list;
    mark_table_init(&r->by_url, OPML_FEEDS_MAX, a);
    read_all(r, text);
    bool is_opml = r->is_opml;
    mem_free(r);
    if (!is_opml)
        return err_set(err, "found no <opml> in it: a list of feeds in OPML is expected");
    if (list.n_feeds == 0)
        return err_set(err, "found no feed in it: expected <outline xmlUrl=\"https://...\"/>");
    list.title = str_trim(list.title);
    *out = list;
    return true;
}

// ---- writing -------------------------------------------------------------------------------------------------------

static void add_attribute(struct buf *out, const char *name, struct str value)
{
    if (value.n == 0)
        return;
    buf_addf(out, " %s=\"", name);
    html_escape(value, out);
    buf_add_char(out, '"');
}

static void add_feed(const struct opml_feed *feed, const char *indent, struct buf *out)
{
    buf_addf(out, "%s<outline type=\"rss\"", indent);
    struct buf address;
    buf_init(&address, 8 * URL_BYTES_MAX);
    if (feed->title.n == 0)
        url_redact(feed->url, &address); // a text is shown, and read back as a title
    add_attribute(out, "text", feed->title.n ? feed->title : buf_str(&address));
    buf_done(&address);
    add_attribute(out, "xmlUrl", feed->url);
    add_attribute(out, "htmlUrl", feed->site);
    for (size_t i = 1; i < feed->n_tags; i++) {
        buf_add(out, i == 1 ? S(" category=\"") : S(","));
        html_escape(feed->tags[i], out);
    }
    buf_add(out, feed->n_tags > 1 ? S("\"/>\n") : S("/>\n"));
}

// Feeds of one folder are chained: heads[k] is the first feed of the k-th folder by appearance, next[i] the one after
// feed i.
static void add_folders(const struct opml *list, struct buf *out)
{
    struct arena a;
    struct mark_table folders;
    arena_init(&a, SIZE_MAX);
    mark_table_init(&folders, list->n_feeds, &a);
    size_t *next = ARENA_ARRAY(&a, size_t, list->n_feeds + 1), *last = ARENA_ARRAY(&a, size_t, list->n_feeds + 1);
    size_t *heads = ARENA_ARRAY(&a, size_t, list->n_feeds + 1), n = 0;
    for (size_t i = 0; i < list->n_feeds; i++) {
        next[i] = SIZE_MAX;
        if (list->feeds[i].n_tags == 0)
            continue;
        uint64_t key = hash64_seeded(0, list->feeds[i].tags[0]) | 1;
        size_t folder = mark_table_find(&folders, key);
        if (folder == SIZE_MAX) {
            mark_table_add(&folders, key, n);
            heads[n] = last[n] = i;
            n++;
            continue;
        }
        next[last[folder]] = i;
        last[folder] = i;
    }
    for (size_t k = 0; k < n; k++) {
        buf_add(out, S("    <outline"));
        add_attribute(out, "text", list->feeds[heads[k]].tags[0]);
        buf_add(out, S(">\n"));
        for (size_t i = heads[k]; i != SIZE_MAX; i = next[i])
            add_feed(&list->feeds[i], "      ", out);
        buf_add(out, S("    </outline>\n"));
    }
    arena_done(&a);
}

void opml_write(const struct opml *list, wall_t now, struct buf *out)
{
    char date[WALL_HTTP_BYTES];
    buf_add(out, S("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n  <head>\n    <title>"));
    html_escape(list->title.n ? list->title : S("feedwatchd"), out);
    buf_addf(out, "</title>\n    <dateCreated>%s</dateCreated>\n  </head>\n  <body>\n", wall_http(now, date));
    for (size_t i = 0; i < list->n_feeds; i++)
        if (list->feeds[i].n_tags == 0)
            add_feed(&list->feeds[i], "    ", out);
    add_folders(list, out);
    buf_add(out, S("  </body>\n</opml>\n"));
}
