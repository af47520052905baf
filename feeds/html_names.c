// SPDX-License-Identifier: MIT
//
// Character references in text, and the elements of HTML. See html_names.h.
#include "feeds/html_names.h"

#include "base/utf8.h"
#include "feeds/entity.h"
#include "feeds/html.h"
#include "feeds/html_slots.h"

// ---- character references ------------------------------------------------------------------------------------------

// The names that count without their semicolon: those of HTML 2.
static const struct str bare_names[] = {
    STR("AElig"), STR("AMP"), STR("Aacute"), STR("Acirc"), STR("Agrave"), STR("Aring"), STR("Atilde"), STR("Auml"),
    STR("COPY"), STR("Ccedil"), STR("ETH"), STR("Eacute"), STR("Ecirc"), STR("Egrave"), STR("Euml"), STR("GT"),
    STR("Iacute"), STR("Icirc"), STR("Igrave"), STR("Iuml"), STR("LT"), STR("Ntilde"), STR("Oacute"), STR("Ocirc"),
    STR("Ograve"), STR("Oslash"), STR("Otilde"), STR("Ouml"), STR("QUOT"), STR("REG"), STR("THORN"), STR("Uacute"),
    STR("Ucirc"), STR("Ugrave"), STR("Uuml"), STR("Yacute"), STR("aacute"), STR("acirc"), STR("acute"), STR("aelig"),
    STR("agrave"), STR("amp"), STR("aring"), STR("atilde"), STR("auml"), STR("brvbar"), STR("ccedil"), STR("cedil"),
    STR("cent"), STR("copy"), STR("curren"), STR("deg"), STR("divide"), STR("eacute"), STR("ecirc"), STR("egrave"),
    STR("eth"), STR("euml"), STR("frac12"), STR("frac14"), STR("frac34"), STR("gt"), STR("iacute"), STR("icirc"),
    STR("iexcl"), STR("igrave"), STR("iquest"), STR("iuml"), STR("laquo"), STR("lt"), STR("macr"), STR("micro"),
    STR("middot"), STR("nbsp"), STR("not"), STR("ntilde"), STR("oacute"), STR("ocirc"), STR("ograve"), STR("ordf"),
    STR("ordm"), STR("oslash"), STR("otilde"), STR("ouml"), STR("para"), STR("plusmn"), STR("pound"), STR("quot"),
    STR("raquo"), STR("reg"), STR("sect"), STR("shy"), STR("sup1"), STR("sup2"), STR("sup3"), STR("szlig"),
    STR("thorn"), STR("times"), STR("uacute"), STR("ucirc"), STR("ugrave"), STR("uml"), STR("uuml"), STR("yacute"),
    STR("yen"), STR("yuml"),
};

static bool is_bare(struct str name)
{
    size_t low = 0, high = sizeof bare_names / sizeof *bare_names;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_cmp(bare_names[middle], name);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static size_t read_number(struct str s, uint32_t *out_code)
{
    bool is_hex = s.n > 2 && char_lower(s.p[2]) == 'x';
    size_t start = is_hex ? 3 : 2, at = start;
    uint64_t code = 0;
    for (; at < s.n; at++) {
        char c = char_lower(s.p[at]);
        bool is_letter = is_hex && c >= 'a' && c <= 'f';
        if (!char_is_digit(c) && !is_letter)
            break;
        uint64_t value = (uint64_t)(is_letter ? c - 'a' + 10 : c - '0');
        code = code > 0x110000 ? code : code * (is_hex ? 16 : 10) + value;
    }
    if (at == start)
        return 0;
    *out_code = entity_numeric(code);
    return at < s.n && s.p[at] == ';' ? at + 1 : at;
}

// The few names that nearly all references have.
static size_t read_usual(struct str s, uint32_t *out_code)
{
    static const struct { struct str text; uint32_t code; } usual[] = {
        {STR("&amp;"), '&'}, {STR("&lt;"), '<'}, {STR("&gt;"), '>'}, {STR("&quot;"), '"'}, {STR("&nbsp;"), 0xA0},
    };
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        if (s.p[1] == usual[i].text.p[1] && str_starts(s, usual[i].text)) {
            *out_code = usual[i].code;
            return usual[i].text.n;
        }
    }
    return 0;
}

size_t html_reference(struct str s, uint32_t out_code[2])
{
    out_code[1] = 0;
    size_t usual = s.n > 3 ? read_usual(s, out_code) : 0;
    if (usual)
        return usual;
    if (s.n >= 3 && s.p[1] == '#')
        return read_number(s, out_code);
    size_t n = 1;
    while (n < s.n && n <= ENTITY_NAME_MAX && char_is_alnum(s.p[n]))
        n++;
    bool is_ended = n < s.n && s.p[n] == ';', is_parameter = n < s.n && s.p[n] == '=';
    struct str name = str_make(s.p + 1, n - 1);
    if (n == 1 || (!is_ended && (is_parameter || !is_bare(name))))
        return 0;
    struct str text = entity_named(name);
    if (text.n == 0)
        return 0;
    size_t first = utf8_decode(text, &out_code[0]);
    if (first < text.n)
        utf8_decode(str_from(text, first), &out_code[1]);
    return n + is_ended;
}

// ---- elements ------------------------------------------------------------------------------------------------------

#define E(name, effect) {STR(name), EFFECT_##effect, 0, false}
#define TELLS(name, effect) {STR(name), EFFECT_##effect, 0, true}
#define HIDES(name, bit) {STR(name), EFFECT_HIDDEN, bit, false}

const struct html_element html_elements[] = {
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

const size_t html_elements_n = sizeof html_elements / sizeof *html_elements;

size_t html_name(struct str s, uint64_t *out_key)
{
    static const bool is_part[256] = {
        ['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true, [':'] = true, ['-'] = true, ['_'] = true,
    };
    uint64_t key = 0;
    size_t n = 0;
    if (s.n == 0 || !char_is_alpha(s.p[0]))
        return 0;
    for (; n < s.n && is_part[(unsigned char)s.p[n]]; n++)
        key = key << 8 | (unsigned char)(s.p[n] | 0x20);
    *out_key = key;
    return n;
}

// Names of up to eight characters are their key; of a longer one ("blockquote") all are compared.
const struct html_element *html_element_of(struct str name, uint64_t key)
{
    size_t slot = element_slots[key * SLOT_FACTOR >> (64 - SLOT_BITS)];
    const struct html_element *e = slot ? &html_elements[slot - 1] : NULL;
    return e && e->name.n == name.n && str_eq_nocase(e->name, name) ? e : NULL;
}

const struct html_element *html_element_find(struct str name)
{
    uint64_t key;
    return name.n && html_name(name, &key) == name.n ? html_element_of(name, key) : NULL;
}
