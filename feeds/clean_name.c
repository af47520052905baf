// SPDX-License-Identifier: MIT
//
// Names of elements and attributes, for the cleaner: where they end, and which of them are a feed's frame.
#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "feeds/clean_name.h"

// XML 1.0 (fifth edition) NameStartChar and NameChar, the colon apart.
static bool is_name_code(uint32_t code, bool is_first)
{
    static const uint32_t first[][2] = {
        {'A', 'Z'},         {'_', '_'},         {'a', 'z'},         {0xc0, 0xd6},     {0xd8, 0xf6},
        {0xf8, 0x2ff},      {0x370, 0x37d},     {0x37f, 0x1fff},    {0x200c, 0x200d}, {0x2070, 0x218f},
        {0x2c00, 0x2fef},   {0x3001, 0xd7ff},   {0xf900, 0xfdcf},   {0xfdf0, 0xfffd}, {0x10000, 0xeffff},
    };
    static const uint32_t later[][2] = {{'-', '.'}, {'0', '9'}, {0xb7, 0xb7}, {0x300, 0x36f}, {0x203f, 0x2040}};
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        if (code >= first[i][0] && code <= first[i][1])
            return true;
    }
    for (size_t i = 0; i < sizeof later / sizeof later[0] && !is_first; i++) {
        if (code >= later[i][0] && code <= later[i][1])
            return true;
    }
    return false;
}

size_t clean_name_length(struct str s)
{
    bool had_colon = false;
    size_t n = 0;
    while (n < s.n && n < CLEAN_NAME_MAX && char_is_alpha(s.p[n]))
        n++; // most names are letters alone
    bool is_first = n == 0;
    while (n < s.n && n <= CLEAN_NAME_MAX) {
        char ch = s.p[n];
        size_t step = 1;
        if (ch == ':') {
            if (is_first || had_colon)
                break;
            had_colon = is_first = true;
            n++;
            continue;
        }
        if ((unsigned char)ch < 0x80) {
            bool is_later = ch == '-' || ch == '.' || char_is_digit(ch);
            if (!char_is_alpha(ch) && ch != '_' && !(is_later && !is_first))
                break;
        } else {
            uint32_t code;
            step = utf8_decode(str_from(s, n), &code);
            if (!is_name_code(code, is_first))
                break;
        }
        n += step;
        is_first = false;
    }
    return is_first && n > 0 ? n - 1 : n; // a colon at the end is no part
}

struct str clean_name(struct str tag)
{
    size_t from = tag.n > 1 && tag.p[1] == '/' ? clean_skip_blanks(tag, 2) : 1; // "</ name>" is meant as one
    struct str rest = str_from(tag, from);
    return str_head(rest, clean_name_length(rest));
}

struct str clean_local_name(struct str name)
{
    const char *colon = memchr(name.p, ':', name.n);
    return colon ? str_from(name, (size_t)(colon - name.p) + 1) : name;
}

enum clean_kind clean_kind_of(struct str name)
{
    static const struct { struct str name; enum clean_kind kind; } known[] = {
        {STR("item"), CLEAN_ITEM}, {STR("entry"), CLEAN_ITEM}, {STR("channel"), CLEAN_FEED}, {STR("rss"), CLEAN_FEED},
        {STR("feed"), CLEAN_FEED}, {STR("rdf"), CLEAN_FEED},   {STR("opml"), CLEAN_FEED},
    };
    enum { LAST = 1u << ('m' & 31) | 1u << ('y' & 31) | 1u << ('l' & 31) | 1u << ('s' & 31) | 1u << ('d' & 31) |
                  1u << ('f' & 31) };
    char last = name.n < 3 ? 0 : name.p[name.n - 1];
    if (!char_is_alpha(last) || !((unsigned)LAST >> (last & 31) & 1))
        return CLEAN_OTHER; // by its last letter: nearly all names end here
    struct str local = clean_local_name(name);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (local.n == known[i].name.n && str_eq_nocase(local, known[i].name))
            return known[i].kind;
    }
    return CLEAN_OTHER;
}

// Extensions whose elements hold text, or elements with a prefix. Others (podcast:liveItem, activity:object) have
// titles and links of their own.
static bool is_simple_extension(struct str name)
{
    static const struct str prefixes[] = {
        STR("itunes:"), STR("media:"),  STR("dc:"),      STR("sy:"),         STR("slash:"),      STR("wfw:"),
        STR("atom:"),   STR("georss:"), STR("dcterms:"), STR("feedburner:"), STR("googleplay:"), STR("content:"),
    };
    size_t n = str_find_char(str_head(name, 12), ':');
    for (size_t i = 0; n < name.n && i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (prefixes[i].n == n + 1 && str_starts_nocase(name, prefixes[i]))
            return true;
    }
    return false;
}

enum clean_field clean_field_of(struct str name)
{
    enum { LINE = CLEAN_FIELD_LINE, BODY = CLEAN_FIELD_BODY, PERSON = CLEAN_FIELD_PERSON, EMPTY = CLEAN_FIELD_EMPTY };
    enum { BYTES_MAX = 15 };
    static const struct { struct str name; uint8_t field; } known[] = { // by length
        {STR("p"), EMPTY},
        {STR("id"), LINE}, {STR("br"), EMPTY}, {STR("hr"), EMPTY},
        {STR("ttl"), LINE},
        {STR("link"), LINE}, {STR("guid"), LINE}, {STR("docs"), LINE},
        {STR("title"), LINE}, {STR("cloud"), EMPTY},
        {STR("issued"), LINE}, {STR("author"), PERSON},
        {STR("pubdate"), LINE}, {STR("updated"), LINE}, {STR("summary"), BODY}, {STR("dc:date"), LINE},
        {STR("category"), LINE}, {STR("comments"), LINE}, {STR("language"), LINE}, {STR("modified"), LINE},
        {STR("published"), LINE}, {STR("enclosure"), EMPTY}, {STR("copyright"), LINE}, {STR("generator"), LINE},
        {STR("webmaster"), LINE},
        {STR("dc:creator"), LINE}, {STR("dc:subject"), LINE},
        {STR("description"), BODY}, {STR("atom10:link"), EMPTY}, {STR("contributor"), PERSON},
        {STR("lastbuilddate"), LINE},
        {STR("managingeditor"), LINE},
        {STR("content:encoded"), BODY},
    };
    static const uint8_t first[BYTES_MAX + 2] = {0, 0, 1, 4, 5, 8, 10, 12, 16, 20, 25, 27, 30, 30, 31, 32, 33};
    static_assert(sizeof known / sizeof known[0] == 33, "first has where each length begins");
    size_t begin = name.n > BYTES_MAX ? 0 : first[name.n], end = name.n > BYTES_MAX ? 0 : first[name.n + 1];
    for (size_t i = begin; i < end; i++) {
        if (char_lower(name.p[0]) == known[i].name.p[0] && str_eq_nocase(name, known[i].name))
            return (enum clean_field)known[i].field;
    }
    return is_simple_extension(name) ? CLEAN_FIELD_EMPTY : CLEAN_FIELD_NO;
}

// Of the first and the last eight bytes.
uint32_t clean_name_hash(struct str name)
{
    uint64_t head = 0, tail = 0;
    if (name.n >= 8) {
        memcpy(&head, name.p, 8);
        memcpy(&tail, name.p + name.n - 8, 8);
    } else {
        for (size_t i = 0; i < name.n; i++)
            head = head << 8 | (unsigned char)name.p[i];
    }
    uint64_t mixed = ((head | 0x2020202020202020u) * 0x9e3779b97f4a7c15u) ^ ((tail | 0x2020202020202020u) + name.n);
    return (uint32_t)((mixed * 0xd6e8feb86659fd93u) >> 32);
}

const char *clean_sound_name(const char *p, const char *end)
{
    enum { FIRST = 1, LATER = 2 };
    static const uint8_t kinds[256] = {
        ['a' ... 'z'] = FIRST | LATER, ['A' ... 'Z'] = FIRST | LATER, ['0' ... '9'] = LATER,
        ['-'] = LATER, ['.'] = LATER, ['_'] = LATER,
    };
    const char *start = p, *colon = NULL;
    if (p == end || !(kinds[(unsigned char)*p] & FIRST))
        return NULL;
    for (p++; p < end; p++) {
        if (kinds[(unsigned char)*p] & LATER)
            continue;
        if (*p != ':' || colon || end - p < 2 || !(kinds[(unsigned char)p[1]] & FIRST))
            break;
        colon = p;
    }
    return p - start < CLEAN_NAME_MAX ? p : NULL;
}

bool clean_is_no_tag(const char *p, const char *end)
{
    const char *q = clean_sound_name(p + 1, end);
    unsigned char next = q && q < end ? (unsigned char)*q : ' ';
    return next > ' ' && next < 0x7f && next != ':' && next != '/' && next != '>' && next != '<';
}
