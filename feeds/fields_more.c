// SPDX-License-Identifier: MIT
//
// More fields: those that stand in attributes, people, images, sources, polling hints.
#include "base/utf8.h"
#include "feeds/fields_parts.h"
#include "feeds/url.h"

// ---- base64

static int base64_digit(char ch)
{
    if (ch >= 'A' && ch <= 'Z')
        return ch - 'A';
    if (ch >= 'a' && ch <= 'z')
        return ch - 'a' + 26;
    if (char_is_digit(ch))
        return ch - '0' + 52;
    return ch == '+' || ch == '-' ? 62 : ch == '/' || ch == '_' ? 63 : -1;
}

bool base64_text(struct arena *a, struct str encoded, struct str *out)
{
    char *text = arena_alloc(a, encoded.n / 4 * 3 + 4);
    size_t n = 0, digits = 0;
    uint32_t bits = 0;
    for (size_t i = 0; i < encoded.n && encoded.p[i] != '='; i++) {
        int digit = base64_digit(encoded.p[i]);
        if (digit < 0 && char_is_space(encoded.p[i]))
            continue;
        if (digit < 0)
            return false;
        bits = bits << 6 | (uint32_t)digit;
        if (++digits % 4 == 0) {
            text[n++] = (char)(bits >> 16);
            text[n++] = (char)(bits >> 8);
            text[n++] = (char)bits;
        }
    }
    if (digits % 4 == 1 || digits == 0)
        return false;
    if (digits % 4 == 2)
        text[n++] = (char)(bits >> 4);
    if (digits % 4 == 3) {
        text[n++] = (char)(bits >> 10);
        text[n++] = (char)(bits >> 2);
    }
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)text[i] < 0x20 && !char_is_space(text[i]))
            return false;
    }
    *out = str_trim(str_make(text, n));
    return utf8_valid(*out) == out->n;
}

// ---- people

struct person person_keep(struct builder *b, struct str text)
{
    struct person person = person_read(build_keep(b, text));
    return person;
}

void person_part(struct builder *b, struct str text)
{
    struct person *person = &b->person;
    struct str *into = b->capture.element == EL_NAME    ? &person->name
                       : b->capture.element == EL_EMAIL ? &person->email
                                                        : &person->uri;
    if (into->n || !text.n)
        return;
    *into = into == &person->uri ? build_address(b, build_top(b)->base, text) : build_keep(b, text);
    b->has_person = true;
}

// ---- sources, images

void source_part(struct builder *b, struct str text)
{
    struct item_source *source = &b->item.source;
    switch (b->capture.element) {
    case EL_TITLE: source->title = source->title.n ? source->title : build_keep(b, text); break;
    case EL_ID: source->id = source->id.n ? source->id : build_keep(b, text); break;
    default: break;
    }
}

void field_set_image(struct builder *b, enum build_place place, enum element element, struct str url)
{
    enum rank rank = element == EL_IMAGE || element == EL_LOGO ? RANK_OWN
                     : element == EL_ITUNES_IMAGE              ? RANK_EXTENSION
                                                               : RANK_GUESS;
    if (!url.n)
        return;
    if (element == EL_ICON && place == PLACE_FEED) {
        b->doc->meta.icon = url;
        return;
    }
    enum rank *held = place == PLACE_ITEM ? &b->item_ranks[FIELD_IMAGE] : &b->feed_ranks[FIELD_IMAGE];
    if (rank <= *held)
        return;
    *held = rank;
    *(place == PLACE_ITEM ? &b->item.image : &b->doc->meta.image) = url;
}

// ---- when to ask again

static uint32_t number_in(struct str text, uint32_t max)
{
    uint64_t number = 0;
    return str_to_u64(str_trim(text), max, &number) ? (uint32_t)number : 0;
}

static uint32_t day_bit(struct str text)
{
    static const struct str days[] = {STR("sun"), STR("mon"), STR("tue"), STR("wed"), STR("thu"), STR("fri"),
                                      STR("sat")};
    for (uint32_t i = 0; i < 7; i++) {
        if (str_starts_nocase(text, days[i]))
            return 1u << i;
    }
    return 0;
}

static uint32_t period_seconds(struct str text)
{
    static const struct { struct str name; uint32_t seconds; } periods[] = {
        {STR("hourly"), 3600},    {STR("daily"), 86400},   {STR("weekly"), 604800},
        {STR("monthly"), 2592000}, {STR("yearly"), 31536000},
    };
    for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) {
        if (str_eq_nocase(text, periods[i].name))
            return periods[i].seconds;
    }
    return 0;
}

void schedule_end(struct builder *b, struct str text)
{
    struct feed_meta *meta = &b->doc->meta;
    uint64_t hour;
    if (b->has_item)
        return;
    switch (b->capture.element) {
    case EL_TTL: meta->ttl_minutes = number_in(text, 60 * 24 * 366); break;
    case EL_HOUR:
        if (str_to_u64(text, 24, &hour)) // 24 stands for 0 in RSS 0.91
            meta->skip_hours |= 1u << (hour % 24);
        break;
    case EL_DAY: meta->skip_days |= day_bit(text); break;
    case EL_UPDATE_PERIOD: b->sy_period_s = period_seconds(text); break;
    case EL_UPDATE_FREQUENCY: b->sy_frequency = number_in(text, 100000); break;
    default: break;
    }
}

// ---- what stands in attributes

static struct str attribute(struct builder *b, const struct build_tag *tag, struct str local)
{
    struct str value = str_head(tag_attribute(tag, local), URL_BYTES_MAX);
    return value.n ? build_keep(b, value) : value;
}

static struct str address(struct builder *b, const struct build_tag *tag, struct str local)
{
    return build_address(b, build_top(b)->base, tag_attribute(tag, local));
}

static int64_t length_of(struct str text)
{
    uint64_t length;
    return str_to_u64(text, INT64_MAX, &length) ? (int64_t)length : -1;
}

static void enclosure_start(struct builder *b, const struct build_tag *tag)
{
    struct str url = address(b, tag, S("url"));
    if (!url.n)
        url = address(b, tag, S("href"));
    if (!url.n)
        url = address(b, tag, S("resource"));
    struct str length = tag_attribute(tag, S("length"));
    if (!length.n)
        length = tag_attribute(tag, S("fileSize"));
    field_add_enclosure(b, (struct enclosure){url, attribute(b, tag, S("type")), length_of(length)});
}

static void link_start(struct builder *b, enum build_place place, const struct build_tag *tag)
{
    struct link link = {.href = address(b, tag, S("href"))};
    if (!link.href.n)
        return;
    link.rel = field_relation(attribute(b, tag, S("rel")));
    link.type = attribute(b, tag, S("type"));
    link.title = attribute(b, tag, S("title"));
    link.hreflang = attribute(b, tag, S("hreflang"));
    bool is_guest = tag->prefix.n && (b->doc->format == FORMAT_RSS || b->doc->format == FORMAT_RDF);
    field_add_link(b, place, link, !is_guest);
    if (place == PLACE_ITEM && str_eq_nocase(link.rel, S("enclosure")))
        field_add_enclosure(b, (struct enclosure){link.href, link.type, length_of(tag_attribute(tag, S("length")))});
}

// CDF writes the address and the date of a channel or an item as attributes.
static void cdf_start(struct builder *b, enum build_place place, const struct build_tag *tag)
{
    field_add_link(b, place, (struct link){.href = address(b, tag, S("href"))}, true);
    field_set_date(b, place, FIELD_UPDATED, RANK_OWN, tag_attribute(tag, S("lastmod")));
}

// What the root or the channel tells by its attributes.
static void feed_start(struct builder *b, const struct build_tag *tag)
{
    const struct build_frame *frame = build_top(b);
    struct feed_meta *meta = &b->doc->meta;
    if (frame->language.n && b->feed_ranks[FIELD_LANGUAGE] < RANK_GUESS) {
        meta->language = frame->language;
        b->feed_ranks[FIELD_LANGUAGE] = RANK_GUESS;
    }
    if (tag->element == EL_CHANNEL && b->doc->format == FORMAT_CDF)
        cdf_start(b, PLACE_FEED, tag);
}

static void item_start(struct builder *b, const struct build_tag *tag)
{
    struct str about = tag_attribute(tag, S("about"));
    if (about.n) {
        b->item.id = build_keep(b, about);
        b->item_ranks[FIELD_ID] = RANK_OWN_WEAK;
    }
    if (b->doc->format == FORMAT_CDF)
        cdf_start(b, PLACE_ITEM, tag);
}

void field_start(struct builder *b, enum build_place place, const struct build_tag *tag)
{
    bool in_item = place == PLACE_ITEM, is_known = in_item || place == PLACE_FEED;
    switch (tag->element) {
    case EL_RSS: case EL_RDF: case EL_FEED: case EL_CHANNEL: feed_start(b, tag); break;
    case EL_ITEM:
        if (build_top(b)->place == PLACE_ITEM)
            item_start(b, tag);
        break;
    case EL_LINK:
        if (is_known || place == PLACE_SOURCE)
            link_start(b, place, tag);
        break;
    case EL_ENCLOSURE: case EL_MEDIA_CONTENT:
        if (in_item)
            enclosure_start(b, tag);
        break;
    case EL_MEDIA_THUMBNAIL:
        if (is_known)
            field_set_image(b, place, EL_MEDIA_THUMBNAIL, address(b, tag, S("url")));
        break;
    case EL_ITUNES_IMAGE: case EL_LOGO:
        if (is_known)
            field_set_image(b, place, tag->element, address(b, tag, S("href")));
        break;
    case EL_IMAGE:
        if (place == PLACE_FEED)
            field_set_image(b, place, EL_MEDIA_THUMBNAIL, address(b, tag, S("resource")));
        break;
    case EL_SOURCE:
        if (in_item)
            b->item.source.link = address(b, tag, S("url"));
        break;
    case EL_ITUNES_CATEGORY:
        if (is_known)
            field_add_category(b, place, (struct category){.term = attribute(b, tag, S("text")),
                                                           .scheme = S("http://www.itunes.com/")});
        break;
    case EL_GENERATOR_AGENT:
        if (!b->doc->meta.generator.n)
            b->doc->meta.generator = attribute(b, tag, S("resource"));
        break;
    default: break;
    }
}
