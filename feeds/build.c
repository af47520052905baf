// SPDX-License-Identifier: MIT
//
// The builder's stack: which place an element opens, when a field's text is gathered, and what markup inside a text
// becomes. What the fields mean is in fields.c.
//
// A text field gathers characters as they are until a child element comes; from then on it is markup, and what was
// gathered is escaped after the fact ("naked" HTML in an RSS title, Atom's XHTML). People and sources are both text
// (RSS) and containers (Atom): their text is dropped when a known child comes.
#include "feeds/build.h"

#include "feeds/html_letters.h"
#include "feeds/url.h"

enum { OWN_ARENA_MAX = 1 << 30 };

void build_init(struct builder *b, const struct parse_options *options, struct arena *arena, struct document *doc)
{
    memset(b, 0, offsetof(struct builder, frames));
    b->options = options;
    b->arena = b->item_arena = arena;
    b->doc = doc;
    b->limits = options->limits;
    b->arena_start = arena->bytes;
    buf_init(&b->text, 0);
    buf_init(&b->names, SIZE_MAX);
    arena_init(&b->own_arena, OWN_ARENA_MAX);
    b->frames[0] = (struct build_frame){.place = PLACE_NONE, .base = options->url};
}

void build_done(struct builder *b)
{
    buf_done(&b->text);
    buf_done(&b->names);
    arena_done(&b->own_arena);
}

struct arena *build_arena(struct builder *b) { return b->has_item ? b->item_arena : b->arena; }

const struct build_frame *build_top(const struct builder *b) { return &b->frames[b->depth]; }

struct str tag_attribute(const struct build_tag *tag, struct str local)
{
    const struct build_attribute *guest = NULL; // rdf:about; but xlink:href is not href where both stand
    for (size_t i = 0; i < tag->n_attributes; i++) {
        const struct build_attribute *a = &tag->attributes[i];
        if (!str_eq_nocase(a->local, local) || str_eq(a->prefix, S("xml")))
            continue;
        if (a->prefix.n == 0)
            return str_trim(a->value);
        guest = guest ? guest : a;
    }
    return guest ? str_trim(guest->value) : (struct str){NULL, 0};
}

static struct str xml_attribute(const struct build_tag *tag, struct str local)
{
    for (size_t i = 0; i < tag->n_attributes; i++) {
        if (str_eq(tag->attributes[i].prefix, S("xml")) && str_eq(tag->attributes[i].local, local))
            return str_trim(tag->attributes[i].value);
    }
    return (struct str){NULL, 0};
}

// ---- items

void build_item_begin(struct builder *b)
{
    b->item = (struct item){0};
    b->has_item = true;
    b->item_text_bytes = b->item_address_bytes = 0;
    memset(b->item_ranks, 0, sizeof b->item_ranks);
    bool is_full = !b->options->on_item && b->arena->bytes - b->arena_start > b->limits->kept_max;
    b->is_item_kept = b->doc->n_items < b->limits->items_max && !is_full;
    b->item_arena = b->is_item_kept && !b->options->on_item ? b->arena : &b->own_arena;
    if (!b->is_item_kept) {
        b->doc->n_dropped++;
        b->doc->repairs[REPAIR_LIMIT].count++;
    }
}

void build_item_end(struct builder *b)
{
    b->has_item = false;
    if (b->is_item_kept && b->options->on_item) {
        b->options->on_item(b->options->context, &b->item, b->doc);
        b->doc->n_items++;
    } else if (b->is_item_kept) {
        ARENA_PUSH(b->arena, b->doc->items, b->doc->n_items, b->item);
    }
    if (b->item_arena != b->arena)
        arena_reset(&b->own_arena);
}

// ---- text that turns out to be markup

static void add_escaped(struct buf *out, struct str text, bool is_attribute)
{
    size_t from = 0;
    for (size_t i = 0; (i = html_find_special(text, i)) < text.n; i++) {
        struct str as;
        switch (text.p[i]) {
        case '&': as = S("&amp;"); break;
        case '<': as = S("&lt;"); break;
        case '>': as = S("&gt;"); break;
        case '"':
            if (!is_attribute)
                continue;
            as = S("&quot;");
            break;
        default: continue; // not reached: the search stops at these four
        }
        buf_add(out, str_make(text.p + from, i - from));
        buf_add(out, as);
        from = i + 1;
    }
    buf_add(out, str_from(text, from));
}

static void become_markup(struct builder *b)
{
    struct build_capture *c = &b->capture;
    if (c->is_markup)
        return;
    c->is_markup = true;
    c->is_raw = str_eq_nocase(c->type, S("html")) || str_eq_nocase(c->type, S("text/html"));
    if (c->is_raw)
        return;
    if (str_find_char(buf_str(&b->text), '&') == b->text.n && str_find_char(buf_str(&b->text), '<') == b->text.n &&
        str_find_char(buf_str(&b->text), '>') == b->text.n)
        return;
    struct buf plain = b->text;
    buf_init(&b->text, plain.bytes_max);
    add_escaped(&b->text, buf_str(&plain), false);
    buf_done(&plain);
}

static void close_markup_tag(struct builder *b)
{
    if (b->capture.is_tag_open)
        buf_add_char(&b->text, '>');
    b->capture.is_tag_open = false;
}

static void add_markup_name(struct buf *out, enum name_space space, struct str prefix, struct str local)
{
    if (prefix.n && space != NS_XHTML) {
        buf_add(out, prefix);
        buf_add_char(out, ':');
    }
    buf_add(out, local);
}

// Inline markup loses its xml:base when it leaves the feed, so its addresses are made absolute here.
static struct str markup_value(struct builder *b, const struct build_attribute *a)
{
    static const struct str addresses[] = {
        STR("href"), STR("src"), STR("cite"), STR("longdesc"), STR("usemap"), STR("action"), STR("background"),
        STR("classid"), STR("codebase"), STR("data"), STR("profile"), STR("poster"),
    };
    if (a->prefix.n || a->value.n > URL_BYTES_MAX || !build_top(b)->base.n)
        return a->value;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        if (str_eq_nocase(a->local, addresses[i]) && !str_starts(a->value, S("#"))) {
            struct str address = build_address(b, build_top(b)->base, a->value);
            return address.n ? address : a->value;
        }
    }
    return a->value;
}

static void markup_start(struct builder *b, const struct build_tag *tag)
{
    become_markup(b);
    close_markup_tag(b);
    buf_add_char(&b->text, '<');
    add_markup_name(&b->text, tag->space, tag->prefix, tag->local);
    for (size_t i = 0; i < tag->n_attributes; i++) {
        const struct build_attribute *a = &tag->attributes[i];
        buf_add_char(&b->text, ' ');
        add_markup_name(&b->text, NS_OTHER, a->prefix, a->local);
        buf_add(&b->text, S("=\""));
        add_escaped(&b->text, markup_value(b, a), true);
        buf_add_char(&b->text, '"');
    }
    b->capture.is_tag_open = true;
    b->frames[b->depth].name_at = b->names.n;
    add_markup_name(&b->names, tag->space, tag->prefix, tag->local);
}

static void markup_end(struct builder *b)
{
    static const struct str voids[] = {
        STR("br"), STR("img"), STR("hr"), STR("input"), STR("area"), STR("base"), STR("col"), STR("embed"),
        STR("link"), STR("meta"), STR("param"), STR("source"), STR("track"), STR("wbr"),
    };
    size_t at = b->frames[b->depth].name_at;
    struct str name = str_from(buf_str(&b->names), at);
    bool is_void = false;
    for (size_t i = 0; i < sizeof voids / sizeof voids[0] && b->capture.is_tag_open; i++)
        is_void |= str_eq_nocase(name, voids[i]);
    if (is_void) {
        buf_add(&b->text, S(" />"));
        b->capture.is_tag_open = false;
    } else {
        close_markup_tag(b);
        buf_add(&b->text, S("</"));
        buf_add(&b->text, name);
        buf_add_char(&b->text, '>');
    }
    b->names.n = at;
}

// Appends as buf_add does, without a call where there is room.
static inline void add_text(struct buf *out, struct str text)
{
    if (text.n > 0 && text.n < out->room - out->n && text.n <= out->bytes_max - out->n) {
        memcpy(out->p + out->n, text.p, text.n);
        out->n += text.n;
        out->p[out->n] = '\0';
    } else {
        buf_add(out, text);
    }
}

void build_text(struct builder *b, struct str text)
{
    if (!b->capture.is_on) {
        if (b->awaits_address)
            add_text(&b->text, text);
        return;
    }
    if (!b->capture.is_markup) {
        add_text(&b->text, text);
        return;
    }
    close_markup_tag(b);
    if (b->capture.is_raw)
        buf_add(&b->text, text);
    else
        add_escaped(&b->text, text, false);
}

// ---- the stack

static bool is_person(enum element e)
{
    return e == EL_AUTHOR || e == EL_CONTRIBUTOR || e == EL_CREATOR || e == EL_MANAGING_EDITOR || e == EL_OWNER ||
           e == EL_ITUNES_AUTHOR || e == EL_WEBMASTER;
}

// Returns the place that an element opens for its children.
static enum build_place place_within(enum element e, enum build_place place)
{
    switch (e) {
    case EL_RSS: case EL_RDF: case EL_FEED: case EL_CHANNEL:
        return place == PLACE_NONE || place == PLACE_FEED ? PLACE_FEED : PLACE_IGNORED;
    case EL_IMAGE:
        return place == PLACE_FEED ? PLACE_IMAGE : PLACE_IGNORED;
    case EL_SOURCE:
        return place == PLACE_ITEM ? PLACE_SOURCE : PLACE_IGNORED;
    case EL_MEDIA_GROUP: case EL_MEDIA_CONTENT: case EL_SKIP_HOURS: case EL_SKIP_DAYS: case EL_ITUNES_CATEGORY:
        return place;
    default:
        return is_person(e) && (place == PLACE_ITEM || place == PLACE_FEED || place == PLACE_SOURCE) ? PLACE_PERSON
                                                                                                     : PLACE_IGNORED;
    }
}

// Tells whether the element's text is a field where it stands.
static bool has_text(enum element e, enum build_place place)
{
    switch (e) {
    case EL_UNKNOWN: case EL_RSS: case EL_RDF: case EL_FEED: case EL_CHANNEL: case EL_ITEM: case EL_IMAGE:
    case EL_TEXTINPUT: case EL_MEDIA_GROUP: case EL_MEDIA_CONTENT: case EL_SKIP_HOURS: case EL_SKIP_DAYS:
    case EL_ITUNES_CATEGORY:
        return false;
    case EL_SOURCE:
        return place == PLACE_ITEM;
    case EL_URL:
        return place == PLACE_IMAGE || place == PLACE_PERSON;
    case EL_NAME: case EL_EMAIL: case EL_URI:
        return place == PLACE_PERSON;
    case EL_TITLE: case EL_LINK: case EL_ID:
        return place == PLACE_ITEM || place == PLACE_FEED || place == PLACE_SOURCE;
    default:
        return place == PLACE_ITEM || place == PLACE_FEED;
    }
}

static struct str keep_attribute(struct builder *b, const struct build_tag *tag, struct str local)
{
    struct str value = str_head(tag_attribute(tag, local), URL_BYTES_MAX);
    return value.n ? build_keep(b, value) : value;
}

static enum build_kept kept_as(enum element e)
{
    switch (e) {
    case EL_TITLE: case EL_DC_TITLE: case EL_MEDIA_TITLE:
        return KEPT_TITLE;
    case EL_DESCRIPTION: case EL_SUMMARY: case EL_SUBTITLE: case EL_CONTENT: case EL_ENCODED: case EL_BODY:
    case EL_MEDIA_DESCRIPTION: case EL_ITUNES_SUMMARY: case EL_ITUNES_SUBTITLE: case EL_DC_DESCRIPTION:
    case EL_CDF_ABSTRACT:
        return KEPT_BODY;
    default:
        return KEPT_SHORT;
    }
}

static void capture_start(struct builder *b, const struct build_tag *tag)
{
    struct build_capture *c = &b->capture;
    *c = (struct build_capture){.is_on = true, .depth = b->depth, .element = tag->element, .space = tag->space};
    c->has_prefix = tag->prefix.n > 0;
    buf_reset(&b->text);
    b->text.bytes_max = build_room(b, kept_as(tag->element)) + 4; // a character over, to see that something was cut
    if (tag->n_attributes == 0) {
        c->is_permalink = true;
        return;
    }
    c->type = keep_attribute(b, tag, S("type"));
    c->mode = keep_attribute(b, tag, S("mode"));
    c->href = keep_attribute(b, tag, S("href"));
    c->rel = keep_attribute(b, tag, S("rel"));
    c->src = keep_attribute(b, tag, S("src"));
    c->term = keep_attribute(b, tag, S("term"));
    c->label = keep_attribute(b, tag, S("label"));
    c->scheme = keep_attribute(b, tag, S("scheme"));
    if (!c->scheme.n)
        c->scheme = keep_attribute(b, tag, S("domain"));
    c->is_permalink = !str_eq_nocase(tag_attribute(tag, S("isPermaLink")), S("false"));
}

static void push_frame(struct builder *b, const struct build_tag *tag)
{
    const struct build_frame *parent = &b->frames[b->depth];
    struct build_frame *frame = &b->frames[++b->depth];
    *frame = (struct build_frame){.element = tag->element, .base = parent->base, .language = parent->language};
    if (tag->n_attributes == 0)
        return;
    struct str base = xml_attribute(tag, S("base")), language = xml_attribute(tag, S("lang"));
    if (base.n) {
        struct str resolved = build_address(b, frame->base, base);
        frame->base = resolved.n ? resolved : frame->base;
    }
    if (language.p)
        frame->language = arena_str(build_arena(b), str_head(language, 64));
}

// Another tag comes behind an empty link: what stood between them is its address, or nothing.
static void settle_address(struct builder *b)
{
    b->awaits_address = false;
    field_loose_address(b, b->frames[b->depth].place, str_trim(buf_str(&b->text)));
}

void build_start(struct builder *b, const struct build_tag *tag)
{
    enum build_place place = b->frames[b->depth].place;
    if (b->awaits_address)
        settle_address(b);
    struct build_capture *c = &b->capture;
    bool is_container = c->is_on && c->depth == b->depth && place != PLACE_IGNORED && has_text(tag->element, place);
    bool begins_item = tag->element == EL_ITEM && !c->is_on && !b->has_item;
    if (begins_item)
        build_item_begin(b); // before its attributes are kept
    push_frame(b, tag);
    if (c->is_on && !is_container) {
        b->frames[b->depth].place = PLACE_IGNORED;
        markup_start(b, tag);
        return;
    }
    c->is_on = false;
    enum build_place within = begins_item ? PLACE_ITEM : place_within(tag->element, place);
    b->frames[b->depth].place = within;
    if (within == PLACE_PERSON) {
        b->person = (struct person){0};
        b->has_person = false;
    }
    field_start(b, place, tag);
    if (tag->element == EL_CONTENT && str_starts_nocase(tag_attribute(tag, S("type")), S("multipart/")))
        b->frames[b->depth].place = place; // Atom 0.3: the same content in several types
    else if (has_text(tag->element, place))
        capture_start(b, tag);
}

// XML's line ends: CR LF and CR are LF. libxml2 does it in plain text only, not in CDATA.
static void fold_line_ends(struct buf *text)
{
    char *cr = text->n ? memchr(text->p, '\r', text->n) : NULL;
    if (!cr)
        return;
    size_t out = (size_t)(cr - text->p);
    for (size_t i = out; i < text->n; i++) {
        if (text->p[i] == '\r' && i + 1 < text->n && text->p[i + 1] == '\n')
            continue;
        text->p[out++] = text->p[i] == '\r' ? '\n' : text->p[i];
    }
    text->n = out;
}

void build_end(struct builder *b)
{
    struct build_frame *frame = &b->frames[b->depth];
    struct build_capture *c = &b->capture;
    enum build_place outer = b->frames[b->depth - 1].place;
    if (b->awaits_address)
        settle_address(b);
    if (c->is_on && b->depth > c->depth) {
        markup_end(b);
    } else if (c->is_on) {
        fold_line_ends(&b->text);
        struct str text = str_trim(buf_str(&b->text));
        field_end(b, outer, text);
        c->is_on = false;
        b->awaits_address = c->element == EL_LINK && text.n == 0 && !c->href.n;
        if (b->awaits_address)
            buf_reset(&b->text);
    } else if (frame->place == PLACE_PERSON && b->has_person) {
        if (frame->element != EL_CONTRIBUTOR && frame->element != EL_WEBMASTER)
            field_add_author(b, outer == PLACE_SOURCE ? PLACE_ITEM : outer, b->person, // RFC 4287, 4.2.1
                             outer == PLACE_SOURCE         ? RANK_LAST
                             : frame->element == EL_AUTHOR ? RANK_OWN
                                                           : RANK_EXTENSION);
    }
    bool ends_item = frame->element == EL_ITEM && frame->place == PLACE_ITEM;
    if (ends_item)
        field_item_done(b);
    b->depth--;
    if (ends_item)
        build_item_end(b);
}

void build_finish(struct builder *b, bool is_whole)
{
    (void)is_whole;
    while (b->depth > 0)
        build_end(b);
    field_feed_done(b);
}
