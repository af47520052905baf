// SPDX-License-Identifier: MIT
//
// HTML to text: one pass over the bytes.
//
// The scanner copies runs of ordinary characters, and turns white space, tags and references into either nothing or a
// pending break. A break is written only when the next character comes, so that none stands at an end and runs melt.
// Text that is one such run is not copied at all.
//
// Few texts are ever traced back to their original, so a reading makes no map; html_map.c reads once more for one, and
// then each write says where in the original it comes from.
//
// Linear whatever comes: a search that failed once (for a quote, for an end tag, for the end of a comment) is not made
// again; what is unclosed then is text, or ends at the next '>'.
#include "feeds/html.h"

#include <string.h>

#include "base/utf8.h"
#include "feeds/html_letters.h"
#include "feeds/html_names.h"
#include "feeds/html_parts.h"

enum gap { GAP_NONE, GAP_WORD, GAP_LINE, GAP_PARAGRAPH };

struct scanner {
    struct arena *arena;
    struct str in;
    size_t at;
    char *out;
    size_t n;
    struct html_map *map;   // NULL: none is wanted
    enum gap gap;           // owed before the next character
    size_t gap_at;          // where in the original it began
    bool was_br;            // the gap ends in a <br>
    bool is_plain;          // no tags, no references: only white space is looked at
    bool quotes_are_broken; // a tag with an unclosed quote was seen: tags end at the first '>'
    uint32_t without_end;   // bits of hidden elements of which no end tag follows any more
    size_t last_tag_end;    // behind the last '>' of all: no tag ends after it; SIZE_MAX: not looked for yet
    size_t pre_depth;
    size_t cdata_depth;
    size_t n_tags;
};

// ---- writing -------------------------------------------------------------------------------------------------------

// Counts n bytes written, which came from `length` bytes of the original; these are the same n unless is_whole.
static inline void wrote(struct scanner *s, size_t original, size_t length, size_t n, bool is_whole)
{
    if (s->map) {
        struct html_piece piece = {(uint32_t)s->n, (uint32_t)original, (uint32_t)length, is_whole};
        html_map_add(s->map, piece, s->arena);
    }
    s->n += n;
}

static inline void write_gap(struct scanner *s)
{
    if (s->gap != GAP_NONE && s->n > 0) {
        char first = s->gap == GAP_WORD ? ' ' : '\n';
        size_t n = s->gap == GAP_PARAGRAPH ? 2 : 1, length = s->at - s->gap_at;
        bool is_same = n == 1 && length == 1 && s->in.p[s->gap_at] == first;
        s->out[s->n] = first;
        s->out[s->n + 1] = '\n'; // of a paragraph; else the next write is here
        wrote(s, s->gap_at, length, n, !is_same);
    }
    s->gap = GAP_NONE;
    s->was_br = false;
}

static void owe_gap(struct scanner *s, enum gap gap, size_t at)
{
    if (s->gap == GAP_NONE)
        s->gap_at = at;
    if (gap > s->gap)
        s->gap = gap;
}

// Copies one byte that turned out to be ordinary.
static void write_byte(struct scanner *s)
{
    write_gap(s);
    s->out[s->n] = s->in.p[s->at];
    wrote(s, s->at, 1, 1, false);
    s->at++;
}

// Copies the run of ordinary bytes that begins here.
static void write_letters(struct scanner *s, unsigned stops)
{
    write_gap(s);
    size_t end = html_copy_letters(s->in, s->at, stops, s->out + s->n), n = end - s->at;
    wrote(s, s->at, n, n, false);
    s->at = end;
}

// Writes what a reference of `length` bytes stands for.
static void write_code(struct scanner *s, const uint32_t code[2], size_t length)
{
    char bytes[8] = {0};
    write_gap(s);
    size_t n = utf8_encode(code[0], bytes);
    if (code[1])
        n += utf8_encode(code[1], bytes + n);
    memcpy(s->out + s->n, bytes, sizeof bytes);
    wrote(s, s->at, length, n, true);
    s->at += length;
}

// ---- tags ----------------------------------------------------------------------------------------------------------

static size_t find_from(struct str s, size_t from, struct str needle, bool nocase)
{
    struct str rest = str_from(s, from);
    return from + (nocase ? str_find_nocase(rest, needle) : str_find(rest, needle));
}

// Tells whether any tag ends at `at` or later.
static bool some_tag_ends(struct scanner *s, size_t at)
{
    if (s->last_tag_end == SIZE_MAX) {
        for (s->last_tag_end = s->in.n; s->last_tag_end > at && s->in.p[s->last_tag_end - 1] != '>'; s->last_tag_end--)
            ;
    }
    return at < s->last_tag_end;
}

// Tells whether a value begins at the quote at `at`: the last character before it that is no white space, from `from`
// on, is '='.
static bool is_behind_equals(struct str in, size_t from, size_t at)
{
    while (at > from && char_is_space(in.p[at - 1]))
        at--;
    return at > from && in.p[at - 1] == '=';
}

// Returns where the tag ends whose name ends at `at` (behind its '>'), or 0 where it has no end.
static size_t tag_end(struct scanner *s, size_t at)
{
    struct str in = s->in;
    if (in.p[at] == '>')
        return at + 1;
    if (!some_tag_ends(s, at))
        return 0;
    for (size_t from = at, i = at; !s->quotes_are_broken; from = i) {
        i = html_find_tag_stop(in, i);
        if (i < in.n && in.p[i] == '>')
            return i + 1;
        if (i < in.n && is_behind_equals(in, from, i))
            i += 1 + str_find_char(str_from(in, i + 1), in.p[i]);
        s->quotes_are_broken = i >= in.n;
        i++;
    }
    size_t end = at + str_find_char(str_from(in, at), '>');
    return end < in.n ? end + 1 : 0;
}

// Returns the first byte behind the end tag of an element whose content starts at `from`; 0 where there is none.
static size_t content_end(const struct scanner *s, struct str name, size_t from)
{
    while (from < s->in.n) {
        size_t at = find_from(s->in, from, S("</"), false);
        struct str rest = str_from(s->in, at + 2);
        if (str_starts_nocase(rest, name) && (rest.n == name.n || !char_is_alnum(rest.p[name.n]))) {
            size_t end = at + str_find_char(str_from(s->in, at), '>');
            return end < s->in.n ? end + 1 : s->in.n;
        }
        from = at + 2;
    }
    return 0;
}

// Passes over the content of an element that does not show it.
static void skip_content(struct scanner *s, const struct html_element *e)
{
    bool is_raw = e->effect == EFFECT_RAW;
    if (!is_raw && (s->without_end >> e->bit & 1))
        return;
    size_t end = content_end(s, e->name, s->at);
    if (end)
        s->at = end;
    else if (is_raw)
        s->at = s->in.n;
    else
        s->without_end |= 1u << e->bit;
}

static void break_for(struct scanner *s, const struct html_element *e, bool is_end, size_t start)
{
    switch ((enum html_effect)e->effect) {
    case EFFECT_UNKNOWN:
    case EFFECT_NONE: break;
    case EFFECT_RAW:
    case EFFECT_HIDDEN:
    case EFFECT_WORD: owe_gap(s, GAP_WORD, start); break;
    case EFFECT_LINE: owe_gap(s, GAP_LINE, start); break;
    case EFFECT_BR:
        owe_gap(s, s->was_br ? GAP_PARAGRAPH : GAP_LINE, start);
        s->was_br = true;
        break;
    case EFFECT_PRE: s->pre_depth = is_end ? (s->pre_depth ? s->pre_depth - 1 : 0) : s->pre_depth + 1; // fall through
    case EFFECT_PARAGRAPH: owe_gap(s, GAP_PARAGRAPH, start); break;
    }
}

// "x <y and y> z": no element of HTML, and nothing in it looks like an attribute.
static bool has_attribute(struct str name, struct str behind)
{
    size_t n = 0;
    while (n < behind.n && behind.p[n] != '<' && behind.p[n] != '>' && behind.p[n] != '=')
        n++;
    bool is_custom = str_find_char(name, '-') < name.n || str_find_char(name, ':') < name.n;
    return is_custom || (n < behind.n && behind.p[n] == '=');
}

// Takes an element's start or end tag at s->at; false where the '<' is only a character.
static bool take_tag(struct scanner *s, bool is_end)
{
    size_t start = s->at, name_at = start + 1 + is_end;
    struct str rest = str_from(s->in, name_at);
    uint64_t key;
    size_t n = html_name(rest, &key);
    bool is_closed = n < rest.n && (char_is_space(rest.p[n]) || rest.p[n] == '/' || rest.p[n] == '>');
    if (n == 0 || !is_closed)
        return false;
    struct str name = str_head(rest, n);
    const struct html_element *e = html_element_of(name, key);
    if (!e && char_is_space(rest.p[n]) && !has_attribute(name, str_from(rest, n)))
        return false;
    size_t end = tag_end(s, name_at + n);
    if (end == 0)
        return false;
    bool is_empty = s->in.p[end - 2] == '/' && end - 2 > start;
    s->n_tags++;
    s->at = end;
    if (!e)
        return true;
    break_for(s, e, is_end || is_empty, start);
    if ((e->effect == EFFECT_RAW || e->effect == EFFECT_HIDDEN) && !is_end && !is_empty)
        skip_content(s, e);
    return true;
}

// <!-- -->, <![CDATA[ ]]>, <!doctype>, <?xml?>. A comment without an end hides the rest, as in browsers.
static bool take_declaration(struct scanner *s)
{
    struct str rest = str_from(s->in, s->at);
    if (str_starts(rest, S("<![CDATA["))) {
        s->cdata_depth++;
        s->at += 9;
        return true;
    }
    if (str_starts(rest, S("<!--"))) {
        size_t end = find_from(rest, 2, S("-->"), false);
        s->at += end < rest.n ? end + 3 : rest.n;
        return true;
    }
    bool is_declaration = rest.n > 2 && (rest.p[1] == '?' || char_is_alpha(rest.p[2]) || rest.p[2] == '[');
    if (!is_declaration || !some_tag_ends(s, s->at))
        return false;
    s->at += str_find_char(rest, '>') + 1;
    return true;
}

static void take_less_than(struct scanner *s)
{
    char next = s->at + 1 < s->in.n ? s->in.p[s->at + 1] : 0;
    bool is_taken = false;
    if (next == '!' || next == '?')
        is_taken = take_declaration(s);
    else if (next == '/')
        is_taken = take_tag(s, true);
    else if (char_is_alpha(next))
        is_taken = take_tag(s, false);
    if (!is_taken)
        write_byte(s);
}

// ---- characters ----------------------------------------------------------------------------------------------------

static bool is_blank_code(uint32_t code)
{
    return code <= ' ' || code == 0x7F || code == 0xA0;
}

// A reference; one that was escaped once too often ("&amp;nbsp;") is read to its end, at most three times over.
static void take_reference(struct scanner *s)
{
    uint32_t code[2] = {0};
    struct str rest = str_from(s->in, s->at);
    size_t n = html_reference(rest, code);
    for (int again = 0; again < 3 && n && code[0] == '&' && code[1] == 0; again++) {
        char inner[40] = "&";
        if (s->at + n == s->in.n || (rest.p[n] != '#' && !char_is_alpha(rest.p[n])))
            break;
        struct str more = str_head(str_from(rest, n), sizeof inner - 1);
        size_t semicolon = str_find_char(more, ';');
        uint32_t inner_code[2] = {0};
        if (semicolon == more.n)
            break;
        memcpy(inner + 1, more.p, semicolon + 1);
        if (html_reference(str_make(inner, semicolon + 2), inner_code) != semicolon + 2)
            break;
        n += semicolon + 1;
        memcpy(code, inner_code, sizeof code);
    }
    if (n == 0) {
        write_byte(s);
    } else if (code[1] == 0 && is_blank_code(code[0])) {
        owe_gap(s, GAP_WORD, s->at);
        s->at += n;
    } else {
        write_code(s, code, n);
    }
}

// White space: a blank; in <pre> a line end is one; in plain text a blank line parts paragraphs.
static void take_space(struct scanner *s)
{
    size_t start = s->at, lines = 0;
    while (s->at < s->in.n) {
        unsigned char c = (unsigned char)s->in.p[s->at];
        bool is_nbsp = c == 0xC2 && s->at + 1 < s->in.n && (unsigned char)s->in.p[s->at + 1] == 0xA0;
        bool is_c1 = c == 0xC2 && s->at + 1 < s->in.n && (unsigned char)s->in.p[s->at + 1] < 0xA0;
        if (c > ' ' && c != 0x7F && !is_nbsp && !is_c1)
            break;
        lines += c == '\n';
        s->at += is_nbsp || is_c1 ? 2 : 1;
    }
    enum gap gap = GAP_WORD;
    if (lines && s->pre_depth)
        gap = lines > 1 ? GAP_PARAGRAPH : GAP_LINE;
    else if (s->is_plain && lines > 1)
        gap = GAP_PARAGRAPH;
    owe_gap(s, gap, start);
}

static void take_bracket(struct scanner *s)
{
    bool is_end = str_starts(str_from(s->in, s->at), S("]]>"));
    s->cdata_depth -= is_end;
    if (is_end)
        s->at += 3;
    else
        write_byte(s);
}

static void scan(struct scanner *s)
{
    while (s->at < s->in.n) {
        unsigned stops = s->is_plain ? 0 : s->cdata_depth ? STOP_MARKUP | STOP_BRACKET : STOP_MARKUP;
        if (!html_stops_at(s->in, s->at, stops)) {
            write_letters(s, stops);
            continue;
        }
        switch (s->in.p[s->at]) {
        case '<': take_less_than(s); break;
        case '&': take_reference(s); break;
        case ']': take_bracket(s); break;
        default: take_space(s);
        }
    }
}

// The most that text can be longer than its HTML: "&nGt;" has 5 bytes and stands for 6. Writes may pass its end.
static size_t text_bytes_max(size_t n)
{
    return n + n / 4 + 2 * HTML_COPY_SLACK;
}

struct html_reading html_read(struct str in, bool is_plain, struct html_map *map, struct arena *a)
{
    size_t same = html_skip_letters(in, 0, is_plain ? 0 : STOP_MARKUP);
    if (same == in.n)
        return (struct html_reading){.text = in, .is_same = true};
    struct scanner s = {.arena = a, .in = in, .is_plain = is_plain, .map = map, .last_tag_end = SIZE_MAX};
    size_t room = text_bytes_max(in.n);
    s.out = arena_bytes(a, room);
    scan(&s);
    if (!map)
        s.out = arena_trim(a, s.out, room, s.n);
    bool is_same = s.n == in.n && memcmp(s.out, in.p, s.n) == 0;
    return (struct html_reading){.text = str_make(s.out, s.n), .n_tags = s.n_tags, .is_same = is_same};
}

// HTML without a single tag of its own whose text holds closed elements was escaped once too often.
static struct html_text read_html(struct str html, struct arena *a)
{
    struct html_reading once = html_read(html, false, NULL, a);
    struct html_text t = {.text = once.text, .original = html};
    if (once.n_tags > 0 || once.is_same || !html_looks_like_html(once.text))
        return t;
    t.text = html_read(once.text, false, NULL, a).text;
    t.was_escaped = true;
    return t;
}

struct html_text html_to_text(struct str html, struct arena *a)
{
    return read_html(utf8_head(html, HTML_TEXT_MAX), a);
}

struct html_text html_text_of(const struct text *text, struct arena *a)
{
    struct str body = utf8_head(text->body, HTML_TEXT_MAX);
    if (text->type != TEXT_PLAIN || html_looks_like_html(body))
        return read_html(body, a);
    return (struct html_text){.text = html_read(body, true, NULL, a).text, .original = body, .is_plain = true};
}
