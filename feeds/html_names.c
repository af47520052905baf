// SPDX-License-Identifier: MIT
//
// Character references and elements of HTML. See html_names.h.
#include "feeds/html_names.h"

#include "feeds/html.h"

// ---- character references ------------------------------------------------------------------------------------------

static const struct html_name *find_name(struct str name)
{
    size_t low = 0, high = n_html_names;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct html_name *n = &html_names[middle];
        int order = str_cmp(str_make(html_name_letters + n->at, n->n), name);
        if (order == 0)
            return n;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

// HTML 5, "numeric character reference end state": 128-159 are what cp1252 has there.
static uint32_t mend_code(uint32_t code)
{
    static const uint16_t cp1252[32] = {
        0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D,   0x017E, 0x0178};
    if (code >= 0x80 && code <= 0x9F)
        return cp1252[code - 0x80];
    bool is_bad = code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF);
    return is_bad ? 0xFFFD : code;
}

static size_t read_number(struct str s, uint32_t *out_code)
{
    bool is_hex = s.n > 2 && char_lower(s.p[2]) == 'x';
    size_t start = is_hex ? 3 : 2, at = start;
    uint32_t code = 0;
    for (; at < s.n; at++) {
        char c = char_lower(s.p[at]);
        bool is_letter = is_hex && c >= 'a' && c <= 'f';
        if (!char_is_digit(c) && !is_letter)
            break;
        uint32_t value = (uint32_t)(is_letter ? c - 'a' + 10 : c - '0');
        code = code > 0x110000 ? code : code * (is_hex ? 16 : 10) + value;
    }
    if (at == start)
        return 0;
    *out_code = mend_code(code);
    return at < s.n && s.p[at] == ';' ? at + 1 : at;
}

size_t html_reference(struct str s, uint32_t out_code[2])
{
    enum { NAME_MAX_BYTES = 32 }; // CounterClockwiseContourIntegral has 31
    out_code[1] = 0;
    if (s.n >= 3 && s.p[1] == '#')
        return read_number(s, out_code);
    size_t n = 1;
    while (n < s.n && n <= NAME_MAX_BYTES && char_is_alnum(s.p[n]))
        n++;
    bool is_ended = n < s.n && s.p[n] == ';';
    const struct html_name *name = n > 1 ? find_name(str_make(s.p + 1, n - 1)) : NULL;
    bool counts = name && (is_ended || (name->is_bare && !(n < s.n && s.p[n] == '=')));
    if (!counts)
        return 0;
    out_code[0] = name->code[0];
    out_code[1] = name->code[1];
    return n + is_ended;
}

// ---- elements ------------------------------------------------------------------------------------------------------

#define E(name, effect) {STR(name), EFFECT_##effect, 0, false}
#define TELLS(name, effect) {STR(name), EFFECT_##effect, 0, true}
#define HIDES(name, bit) {STR(name), EFFECT_HIDDEN, bit, false}

static const struct html_element elements[] = {
    E("a", NONE), E("abbr", NONE), E("acronym", NONE), E("address", PARAGRAPH), E("area", NONE),
    E("article", PARAGRAPH), E("aside", PARAGRAPH), HIDES("audio", 0), E("b", NONE), E("base", NONE), E("bdi", NONE),
    E("bdo", NONE), E("big", NONE), E("blink", NONE), TELLS("blockquote", PARAGRAPH), E("body", PARAGRAPH),
    TELLS("br", BR), E("button", WORD), HIDES("canvas", 1), E("caption", LINE), E("center", LINE), E("cite", NONE),
    E("code", NONE), E("col", NONE), E("colgroup", NONE), E("data", NONE), HIDES("datalist", 2), E("dd", LINE),
    E("del", NONE), E("details", PARAGRAPH), E("dfn", NONE), E("dir", PARAGRAPH), TELLS("div", LINE),
    E("dl", PARAGRAPH), E("dt", LINE), E("em", NONE), E("embed", WORD), E("fieldset", PARAGRAPH),
    E("figcaption", LINE), E("figure", PARAGRAPH), E("font", NONE), E("footer", PARAGRAPH), E("form", PARAGRAPH),
    TELLS("h1", PARAGRAPH), TELLS("h2", PARAGRAPH), TELLS("h3", PARAGRAPH), TELLS("h4", PARAGRAPH),
    TELLS("h5", PARAGRAPH), TELLS("h6", PARAGRAPH), HIDES("head", 3), E("header", PARAGRAPH), E("hgroup", PARAGRAPH),
    TELLS("hr", PARAGRAPH), E("html", PARAGRAPH), E("i", NONE), HIDES("iframe", 4), TELLS("img", WORD),
    E("input", WORD), E("ins", NONE), E("kbd", NONE), E("label", NONE), E("legend", LINE), E("li", LINE),
    E("link", NONE), E("main", PARAGRAPH), E("map", NONE), E("mark", NONE), E("marquee", LINE), E("menu", PARAGRAPH),
    E("meta", NONE), E("meter", NONE), E("nav", PARAGRAPH), E("nobr", NONE), HIDES("noembed", 5),
    HIDES("noframes", 6), E("noscript", WORD), HIDES("object", 7), E("ol", PARAGRAPH), E("optgroup", LINE),
    E("option", LINE), E("output", NONE), TELLS("p", PARAGRAPH), E("param", NONE), E("picture", WORD),
    E("pre", PRE), E("progress", NONE), E("q", NONE), HIDES("rp", 8), E("rt", WORD), E("ruby", NONE), E("s", NONE),
    E("samp", NONE), TELLS("script", RAW), E("section", PARAGRAPH), HIDES("select", 9), E("slot", NONE),
    E("small", NONE), E("source", NONE), E("span", NONE), E("strike", NONE), E("strong", NONE), TELLS("style", RAW),
    E("sub", NONE), E("summary", LINE), E("sup", NONE), HIDES("svg", 10), TELLS("table", PARAGRAPH),
    E("tbody", LINE), E("td", WORD), HIDES("template", 11), HIDES("textarea", 12), E("tfoot", LINE), E("th", WORD),
    E("thead", LINE), E("time", NONE), HIDES("title", 13), E("tr", LINE), E("track", NONE), E("tt", NONE),
    E("u", NONE), E("ul", PARAGRAPH), E("var", NONE), HIDES("video", 14), E("wbr", NONE), E("xmp", PRE),
};

const struct html_element *html_element_find(struct str name)
{
    char lower[12]; // "blockquote" and "figcaption" have 10 letters
    if (name.n == 0 || name.n > sizeof lower)
        return NULL;
    for (size_t i = 0; i < name.n; i++)
        lower[i] = char_lower(name.p[i]);
    struct str key = str_make(lower, name.n);
    size_t low = 0, high = sizeof elements / sizeof *elements;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_cmp(elements[middle].name, key);
        if (order == 0)
            return &elements[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
