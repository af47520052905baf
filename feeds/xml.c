// SPDX-License-Identifier: MIT
//
// libxml2 in push mode with SAX2 handlers, and the resynchroniser.
//
// The cleaner balances tags and drops what libxml2 would stop at, so that the resynchroniser is for what nobody
// thought of, and for one known case: a dictionary of names that is full, at some 22 MB.
#include "feeds/xml.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/mem.h"

enum {
    ATTRIBUTES_MAX = 256, // as many as the cleaner lets through
    NAMES_REMEMBERED = 128, // a power of two; feeds use about 40
    SPACES_REMEMBERED = 8,
    OWN_NAME_MAX = 1024,
    SPACES_OPEN_MAX = 256,
    DICTIONARY_MAX = 20000, // names; a real feed has some hundred
    RESTARTS_MAX = 64,    // each loses an item; a document that needs more is none
    PATH_MAX_DEPTH = 8,   // a feed's items are two deep
};

// A name of libxml2's dictionary: the pointers are the name.
struct remembered {
    const xmlChar *local, *prefix, *uri;
    uint16_t local_bytes, prefix_bytes; // the cleaner's names are short
    uint8_t element, space;             // enum element, enum name_space
};

struct known_space {
    const xmlChar *uri, *prefix;
    enum name_space space;
    bool is_known;
};

struct xml_reader {
    xmlParserCtxt *ctxt;
    struct builder *builder;
    struct document *doc;
    const struct clean_output *output; // while it is read
    size_t mark;       // the next of its texts
    bool has_own;      // the root's namespace is nobody's, or undeclared: all in it is the feed's own
    struct str own_uri, own_prefix;
    struct known_space spaces[SPACES_REMEMBERED];
    uint32_t n_spaces;
    struct buf path;   // "<rss>", "<channel>": what is open outside of items, for a restart
    uint32_t path_depth; // elements in it
    uint32_t depth;    // elements open, the synthetic root not counted
    uint32_t muted;    // start tags of a restart still to come: the builder has them open
    uint32_t restarts;
    bool is_skipping;  // until the next item

    struct remembered names[NAMES_REMEMBERED];
    struct build_attribute attributes[ATTRIBUTES_MAX]; // of the tag at hand; not zeroed
};

static struct str view(const xmlChar *z) { return str_of((const char *)z); }

// ---- what the root says

// RDF says its version by the namespace of its elements.
static void see_rdf_version(struct xml_reader *x, enum name_space space)
{
    if (space == NS_RSS10)
        x->doc->version = S("1.0");
    else if (space == NS_RSS090)
        x->doc->version = S("0.90");
}

static void see_root(struct xml_reader *x, const struct build_tag *tag, int n_namespaces, const xmlChar **namespaces)
{
    struct document *doc = x->doc;
    struct str version = tag_attribute(tag, S("version"));
    switch (tag->element) {
    case EL_RSS:
        doc->format = FORMAT_RSS;
        doc->version = arena_str(x->builder->arena, str_head(version, 16));
        break;
    case EL_RDF:
        doc->format = FORMAT_RDF;
        for (int i = 0; i < n_namespaces; i++) {
            if (!namespaces[2 * i])
                see_rdf_version(x, name_space_of(view(namespaces[2 * i + 1]), S("")));
        }
        break;
    case EL_FEED:
        doc->format = FORMAT_ATOM;
        doc->version = tag->space == NS_ATOM03 || str_eq(version, S("0.3")) ? S("0.3") : S("1.0");
        break;
    case EL_CHANNEL: {
        bool is_cdf = tag->space == NS_CDF || tag_attribute(tag, S("href")).n || tag_attribute(tag, S("lastmod")).n ||
                      tag_attribute(tag, S("base")).n;
        doc->format = is_cdf ? FORMAT_CDF : FORMAT_RSS;
        break;
    }
    case EL_ITEM: doc->format = str_eq_nocase(tag->local, S("entry")) ? FORMAT_ATOM : FORMAT_RSS; break;
    default: break;
    }
}

// ---- events

// A feed has a handful of namespaces and dozens of names in each.
static enum name_space space_of(struct xml_reader *x, const xmlChar *uri, const xmlChar *prefix)
{
    for (size_t i = 0; i < SPACES_REMEMBERED; i++) {
        if (x->spaces[i].uri == uri && x->spaces[i].prefix == prefix && x->spaces[i].is_known)
            return x->spaces[i].space;
    }
    bool is_own = x->has_own && str_eq(x->own_uri, view(uri)) && (uri || str_eq(x->own_prefix, view(prefix)));
    struct known_space *slot = &x->spaces[x->n_spaces++ % SPACES_REMEMBERED];
    *slot = (struct known_space){uri, prefix, is_own ? NS_CORE : name_space_of(view(uri), view(prefix)), true};
    return slot->space;
}

static const struct remembered *remember(struct xml_reader *x, const xmlChar *local, const xmlChar *prefix,
                                         const xmlChar *uri)
{
    uintptr_t key = (uintptr_t)local / 8 * 31 + (uintptr_t)uri / 8 + (uintptr_t)prefix / 16;
    struct remembered *slot = &x->names[(key ^ key >> 8) & (NAMES_REMEMBERED - 1)];
    if (slot->local == local && slot->prefix == prefix && slot->uri == uri)
        return slot;
    *slot = (struct remembered){.local = local, .prefix = prefix, .uri = uri};
    slot->local_bytes = (uint16_t)view(local).n;
    slot->prefix_bytes = (uint16_t)view(prefix).n;
    slot->space = (uint8_t)space_of(x, uri, prefix);
    slot->element = (uint8_t)name_element(slot->space, view(local), prefix != NULL);
    return slot;
}

static void path_push(struct xml_reader *x, struct str local)
{
    if (x->builder->has_item || x->path_depth != x->depth - 2 || x->path_depth == PATH_MAX_DEPTH)
        return;
    x->path_depth++;
    buf_add_char(&x->path, '<');
    buf_add(&x->path, local);
    buf_add_char(&x->path, '>');
}

static void path_pop(struct xml_reader *x, const xmlChar *local)
{
    if (x->path_depth != x->depth - 1) // depth still counts the element that ends
        return;
    x->path_depth--;
    x->path.n -= view(local).n + 2;
}

// libxml2 leaves "&#38;" for '&' in a value, for a tree that would read it again. Such a value is a copy of its own,
// not a view of the input.
static struct str attribute_value(const struct xml_reader *x, const xmlChar *start, const xmlChar *end)
{
    struct str value = str_make((const char *)start, (size_t)(end - start));
    if (clean_output_value(x->output, &value) || value.n == 0 || !memchr(value.p, '&', value.n))
        return value;
    size_t at = str_find(value, S("&#38;"));
    if (at == value.n)
        return value;
    char *p = (char *)(uintptr_t)value.p;
    size_t n = at;
    for (size_t i = at; i < value.n; i++) {
        bool is_amp = str_starts(str_from(value, i), S("&#38;"));
        p[n++] = p[i];
        i += is_amp ? 4 : 0;
    }
    return str_make(p, n);
}

// A root of a feed's name in a namespace that is none of a feed's: the whole feed is written in that one.
static const struct remembered *adopt_namespace(struct xml_reader *x, const xmlChar *local, const xmlChar *prefix,
                                                const xmlChar *uri)
{
    enum element element = name_element(NS_CORE, view(local), false);
    if (element != EL_RSS && element != EL_RDF && element != EL_FEED && element != EL_CHANNEL && element != EL_ITEM)
        return remember(x, local, prefix, uri);
    x->has_own = true;
    x->own_uri = arena_str(x->builder->arena, str_head(view(uri), OWN_NAME_MAX));
    x->own_prefix = arena_str(x->builder->arena, str_head(view(prefix), OWN_NAME_MAX));
    memset(x->names, 0, sizeof x->names);
    memset(x->spaces, 0, sizeof x->spaces);
    return remember(x, local, prefix, uri);
}

static void on_start(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
                     const xmlChar **namespaces, int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    struct xml_reader *x = context;
    (void)n_defaulted;
    if (x->depth++ == 0) // the synthetic root
        return;
    if (x->muted > 0) {
        x->muted--;
        return;
    }
    if (prefix && !uri)
        x->doc->repairs[REPAIR_UNDECLARED_PREFIX].count++;
    const struct remembered *name = remember(x, local, prefix, uri);
    if (x->doc->format == FORMAT_NONE && name->element == EL_UNKNOWN)
        name = adopt_namespace(x, local, prefix, uri);
    struct build_tag tag = {.element = name->element, .space = name->space, .attributes = x->attributes};
    tag.local = str_make((const char *)local, name->local_bytes);
    tag.prefix = str_make((const char *)prefix, name->prefix_bytes);
    for (int i = 0; i < n_attributes && i < ATTRIBUTES_MAX; i++) {
        const xmlChar **a = attributes + (size_t)i * 5;
        x->attributes[i] = (struct build_attribute){view(a[0]), view(a[1]), attribute_value(x, a[3], a[4])};
        tag.n_attributes++;
    }
    for (int i = 0; i < n_namespaces && x->builder->capture.is_on && tag.n_attributes < ATTRIBUTES_MAX; i++) {
        struct str uri_declared = view(namespaces[2 * i + 1]);
        if (!namespaces[2 * i] && name_space_of(uri_declared, S("")) != NS_XHTML) // SVG or MathML in a text
            x->attributes[tag.n_attributes++] = (struct build_attribute){.local = S("xmlns"), .value = uri_declared};
    }
    if (x->doc->format == FORMAT_NONE)
        see_root(x, &tag, n_namespaces, namespaces);
    else if (x->doc->format == FORMAT_RDF && !x->doc->version.n)
        see_rdf_version(x, tag.space);
    build_start(x->builder, &tag);
    path_push(x, tag.local); // an item is none of the path
}

static void on_end(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
    struct xml_reader *x = context;
    (void)prefix, (void)uri;
    if (x->depth > 1) {
        path_pop(x, local);
        build_end(x->builder);
    }
    x->depth--;
}

static void on_text(void *context, const xmlChar *text, int n)
{
    struct xml_reader *x = context;
    build_text(x->builder, str_make((const char *)text, (size_t)n));
}

// The next of the texts that went aside.
static void put_aside(struct xml_reader *x)
{
    uint32_t from = x->mark ? x->output->ends[x->mark - 1] : 0, to = x->output->ends[x->mark];
    x->mark++;
    if (to > from) // nothing was left of a run of control characters
        build_text(x->builder, str_make(x->output->texts.p + from, to - from));
}

// A mark: of a text, that the document ends inside the item, or that the item is none.
static void on_mark(void *context, const xmlChar *target, const xmlChar *data)
{
    struct xml_reader *x = context;
    (void)data;
    struct item *item = &x->builder->item;
    if (target[0] == CLEAN_CUT[2])
        item->is_cut_off = x->builder->has_item;
    else if (target[0] == CLEAN_BLANK[2])
        x->builder->is_item_kept &= item->id.n || item->link.n; // RDF and CDF have these in its tag
    else if (x->mark < x->output->n_ends)
        put_aside(x);
}

// ---- the parser

static void start_parser(struct xml_reader *x)
{
    xmlSAXHandler sax = {0};
    sax.initialized = XML_SAX2_MAGIC;
    sax.startElementNs = on_start;
    sax.endElementNs = on_end;
    sax.characters = on_text;
    sax.ignorableWhitespace = on_text; // the same: white space is not looked at once more
    sax.processingInstruction = on_mark;
    memset(x->names, 0, sizeof x->names);
    memset(x->spaces, 0, sizeof x->spaces);
    x->ctxt = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
    xmlCtxtUseOptions(x->ctxt, XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}

struct xml_reader *xml_open(struct builder *builder, struct document *doc)
{
    struct xml_reader *x = mem_resize_array(NULL, 1, sizeof *x);
    memset(x, 0, offsetof(struct xml_reader, names)); // start_parser clears the names
    x->builder = builder;
    x->doc = doc;
    buf_init(&x->path, 4096);
    start_parser(x);
    return x;
}

void xml_close(struct xml_reader *x)
{
    if (!x)
        return;
    xmlFreeParserCtxt(x->ctxt);
    buf_done(&x->path);
    mem_free(x);
}

// So counts what is quadratic: libxml2 looks through all namespaces that are open, and its dictionary stops growing.
static bool has_given_up(const struct xml_reader *x)
{
    bool is_costly = x->ctxt->nsNr > 2 * SPACES_OPEN_MAX || xmlDictSize(x->ctxt->dict) > DICTIONARY_MAX;
    return x->ctxt->instate == XML_PARSER_EOF || x->ctxt->disableSAX || is_costly;
}

// Returns what begins at the next start tag of an item; the texts of marks before it are passed over.
static struct str from_next_item(struct xml_reader *x, struct str xml)
{
    for (; xml.n > 0; xml = str_from(xml, 1)) {
        xml = str_from(xml, str_find_char(xml, '<'));
        struct str name = str_from(xml, 1);
        if (str_starts_nocase(name, S("item")) || str_starts_nocase(name, S("entry")))
            return xml;
        x->mark += str_starts(xml, S(CLEAN_MARK));
    }
    return xml;
}

// Starts again: a new parser, told of the elements that the builder has open outside of items.
static void restart(struct xml_reader *x)
{
    x->doc->repairs[REPAIR_SYNTAX].count++;
    x->restarts++;
    xmlFreeParserCtxt(x->ctxt);
    for (; x->depth > x->path_depth + 1; x->depth--) // ends the broken item, with what it has
        build_end(x->builder);
    start_parser(x);
    x->muted = x->path_depth;
    x->depth = 0;
    xmlParseChunk(x->ctxt, "<_>", 3, 0);
    xmlParseChunk(x->ctxt, x->path.p, (int)x->path.n, 0);
    x->is_skipping = true;
}

void xml_read(struct xml_reader *x, const struct clean_output *output)
{
    struct str xml = output->xml;
    x->output = output;
    x->mark = 0;
    if (x->is_skipping) {
        xml = from_next_item(x, xml);
        x->is_skipping = xml.n == 0;
    }
    if (xml.n == 0 || has_given_up(x))
        return;
    xmlParseChunk(x->ctxt, xml.p, (int)xml.n, 0);
    if (has_given_up(x) && x->restarts < RESTARTS_MAX)
        restart(x);
}

void xml_end(struct xml_reader *x)
{
    static const struct clean_output nothing;
    x->output = &nothing;
    x->mark = 0;
    xmlParseChunk(x->ctxt, NULL, 0, 1);
}
