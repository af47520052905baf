// SPDX-License-Identifier: MIT
//
// The parser put together: decoder -> (sniffed) -> cleaner and libxml2, or JSON, or a page's links -> document.
//
// The decoder's text is held until SNIFF_BYTES are there, so that the choice does not depend on the pieces. XML that
// may still turn out to be a feed goes the feed's way: junk costs nothing there, and no root found means no feed.
#include "feeds/parse.h"

#include <libxml/parser.h>
#include <libxml/xmlmemory.h>

#include "base/mem.h"
#include "feeds/advertised.h"
#include "feeds/build.h"
#include "feeds/clean.h"
#include "feeds/decode.h"
#include "feeds/jsonfeed.h"
#include "feeds/sniff.h"
#include "feeds/xml.h"

const struct parse_limits parse_limits_default = {
    .items_max = 2000,
    .item_text_max = 256 << 10,
    .kept_max = 10 << 20,
    .depth_max = CLEAN_DEPTH_MAX,
    .tag_bytes_max = 64 << 10,
    .tag_again_max = 4 << 20,
    .attributes_max = 256,
    .elements_max = 240000,
    .item_elements_max = 32768,
    .entities_bytes_max = 4096,
};

const struct parse_limits parse_limits_off = {
    .items_max = UINT32_MAX,
    .item_text_max = 1u << 30,
    .kept_max = UINT64_MAX,
    .depth_max = CLEAN_DEPTH_MAX,
    .tag_bytes_max = 64 << 10,
    .tag_again_max = 256 << 20,
    .attributes_max = 256,
    .elements_max = UINT32_MAX,
    .item_elements_max = UINT32_MAX,
    .entities_bytes_max = 4096,
};

struct parser {
    struct parse_options options;
    struct arena *arena;
    struct document *doc;
    struct decoder decoder;
    struct buf head; // text not sniffed yet
    bool is_sniffed;
    enum sniff_kind kind;
    struct xml_reader *xml;
    struct json_reader *json;
    struct advertised page;
    struct builder builder; // these two clear what they need of their many kilobytes
    struct cleaner cleaner;
};

// ---- routing

static void on_xml(void *context, const struct clean_output *output)
{
    struct parser *p = context;
    xml_read(p->xml, output);
}

static void route(struct parser *p, struct str text)
{
    switch (p->kind) {
    case SNIFF_XML: case SNIFF_OTHER: clean_feed(&p->cleaner, text.p, text.n); break;
    case SNIFF_JSON: json_read(p->json, text); break;
    case SNIFF_HTML: advertised_read(&p->page, text); break;
    case SNIFF_EMPTY: break;
    }
}

static void choose(struct parser *p)
{
    p->kind = sniff(str_head(buf_str(&p->head), SNIFF_BYTES));
    p->is_sniffed = true;
    if (p->kind == SNIFF_EMPTY && p->head.n >= SNIFF_BYTES)
        p->kind = SNIFF_OTHER; // a page of blanks and then who knows what
    if (p->kind == SNIFF_XML || p->kind == SNIFF_OTHER)
        p->xml = xml_open(&p->builder, p->doc);
    else if (p->kind == SNIFF_JSON)
        p->json = json_open(&p->builder, p->doc);
    struct buf head = p->head;
    buf_init(&p->head, SIZE_MAX);
    if (head.n)
        route(p, buf_str(&head));
    buf_done(&head);
}

static void on_text(void *context, struct str text)
{
    struct parser *p = context;
    if (p->is_sniffed) {
        route(p, text);
        return;
    }
    buf_add(&p->head, text);
    if (p->head.n >= SNIFF_BYTES)
        choose(p);
}

static void on_bad_bytes(void *context)
{
    struct parser *p = context;
    clean_repair_here(&p->cleaner, REPAIR_BAD_BYTES);
}

// ---- the parser

struct parser *parser_open(const struct parse_options *options, struct arena *arena)
{
    struct parser *p = mem_resize_array(NULL, 1, sizeof *p);
    memset(p, 0, offsetof(struct parser, builder));
    p->options = *options;
    if (!p->options.limits)
        p->options.limits = &parse_limits_default;
    p->arena = arena;
    p->doc = ARENA_NEW(arena, struct document);
    buf_init(&p->head, SIZE_MAX);
    decode_init(&p->decoder, (struct decode_sink){on_text, on_bad_bytes, p}, options->content_type);
    clean_init(&p->cleaner, (struct clean_sink){on_xml, p}, p->options.limits, p->doc->repairs);
    build_init(&p->builder, &p->options, arena, p->doc);
    advertised_init(&p->page, arena, p->doc, options->url);
    return p;
}

void parser_close(struct parser *p)
{
    if (!p)
        return;
    decode_done(&p->decoder);
    clean_done(&p->cleaner);
    build_done(&p->builder);
    xml_close(p->xml);
    json_close(p->json);
    advertised_done(&p->page);
    buf_done(&p->head);
    mem_free(p);
}

void parser_feed(struct parser *p, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    p->doc->bytes += n;
    decode_feed(&p->decoder, bytes, n);
}

// ---- the verdict

static struct str what_instead(const struct parser *p)
{
    switch (p->kind) {
    case SNIFF_EMPTY: return S("nothing");
    case SNIFF_HTML: return S("an HTML page");
    case SNIFF_JSON: return S("JSON that is no feed");
    case SNIFF_XML: return S("XML that is no feed");
    case SNIFF_OTHER: return S("neither XML nor JSON");
    }
    return S("");
}

static enum quality judge(const struct parser *p)
{
    const struct document *doc = p->doc;
    if (doc->format == FORMAT_NONE)
        return QUALITY_NOT_A_FEED;
    if (doc->repairs[REPAIR_CUT_OFF].count || doc->repairs[REPAIR_LIMIT].count || doc->repairs[REPAIR_SYNTAX].count)
        return QUALITY_PARTIAL;
    for (int kind = 0; kind < REPAIR_KINDS; kind++) {
        if (doc->repairs[kind].count)
            return QUALITY_REPAIRED;
    }
    return QUALITY_WELL_FORMED;
}

struct document *parser_end(struct parser *p, bool is_truncated)
{
    struct document *doc = p->doc;
    decode_end(&p->decoder);
    if (!p->is_sniffed)
        choose(p);
    if (p->xml) {
        p->cleaner.is_truncated = is_truncated;
        clean_end(&p->cleaner);
        xml_end(p->xml);
    }
    if (p->json)
        json_end(p->json);
    if (is_truncated)
        doc->repairs[REPAIR_CUT_OFF].count++;
    if (p->decoder.label_lied)
        doc->repairs[REPAIR_ENCODING].count++;
    build_finish(&p->builder, doc->repairs[REPAIR_CUT_OFF].count == 0);
    doc->encoding = arena_str(p->arena, str_of(p->decoder.name));
    doc->encoding_why = str_of(p->decoder.why);
    doc->quality = judge(p);
    if (doc->quality == QUALITY_NOT_A_FEED)
        doc->what_instead = what_instead(p);
    parser_close(p);
    return doc;
}

struct document *parse_whole(const struct parse_options *options, struct str body, struct arena *arena)
{
    struct parser *p = parser_open(options, arena);
    parser_feed(p, body.p, body.n);
    return parser_end(p, false);
}

// ---- libxml2's own set-up

static xmlParserInputPtr refuse_entity(const char *url, const char *id, xmlParserCtxtPtr context)
{
    (void)url, (void)id, (void)context;
    return NULL;
}

static void ignore_error(void *context, const char *message, ...)
{
    (void)context, (void)message;
}

// libxml2's own malloc promises no zeros, and it asks for large buffers.
static void *xml_allocate(size_t n) { return mem_resize_array(NULL, n ? n : 1, 1); }

static void *xml_resize(void *p, size_t n) { return mem_resize_array(p, n ? n : 1, 1); }

static char *xml_duplicate(const char *text) { return mem_dupz(str_of(text)); }

void parse_library_init(void)
{
    xmlMemSetup(mem_free, xml_allocate, xml_resize, xml_duplicate);
    xmlInitParser();
    xmlSetExternalEntityLoader(refuse_entity);
    xmlSetGenericErrorFunc(NULL, ignore_error);
    xmlThrDefSetGenericErrorFunc(NULL, ignore_error);
}
