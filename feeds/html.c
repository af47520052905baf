// SPDX-License-Identifier: MIT
//
// HTML to text: one pass over the bytes.
//
// The scanner copies runs of ordinary characters, and turns white space, tags and references into either nothing or a
// pending break. A break is written only when the next character comes, so that none stands at an end and runs melt.
// Every write says where in the original it comes from; neighbouring writes that continue each other share a piece.
//
// Linear whatever comes: a search that failed once (for a quote, for an end tag, for the end of a comment) is not made
// again; what is unclosed then is text, or ends at the next '>'.
#include "feeds/html.h"

#include "base/utf8.h"
#include "feeds/html_letters.h"
#include "feeds/html_names.h"

enum gap { GAP_NONE, GAP_WORD, GAP_LINE, GAP_PARAGRAPH };

struct scanner {
    struct arena *arena;
    struct str in;
    size_t at;
    char *out;
    size_t n;
    struct html_piece *pieces;
    size_t n_pieces;
    enum gap gap;           // owed before the next character
    size_t gap_at;          // where in the original it began
    bool was_br;            // the gap ends in a <br>
    bool is_plain;          // no tags, no references: only white space is looked at
    bool quotes_are_broken; // a tag with an unclosed quote was seen: tags end at the first '>'
    uint32_t without_end;   // bits of hidden elements of which no end tag follows any more
    size_t last_tag_end;    // behind the last '>' of all: no tag ends after it
    size_t pre_depth;
    size_t cdata_depth;
    size_t n_tags;
};

// ---- writing -------------------------------------------------------------------------------------------------------

static void add_piece(struct scanner *s, size_t original, size_t length, size_t n, bool is_whole)
{
    struct html_piece *last = s->n_pieces ? &s->pieces[s->n_pieces - 1] : NULL;
    bool continues = last && !is_whole && !last->is_whole && last->original + last->length == original;
    if (continues) {
        last->length += (uint32_t)length;
    } else {
        struct html_piece piece = {(uint32_t)s->n, (uint32_t)original, (uint32_t)length, is_whole};
        ARENA_PUSH(s->arena, s->pieces, s->n_pieces, piece);
    }
    s->n += n;
}

static void write_gap(struct scanner *s)
{
    if (s->gap != GAP_NONE && s->n > 0) {
        const char *text = s->gap == GAP_WORD ? " " : s->gap == GAP_LINE ? "\n" : "\n\n";
        size_t n = strlen(text), length = s->at - s->gap_at;
        bool is_same = n == 1 && length == 1 && s->in.p[s->gap_at] == *text;
        memcpy(s->out + s->n, text, n);
        add_piece(s, s->gap_at, length, n, !is_same);
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

// Copies n ordinary bytes.
static void write_bytes(struct scanner *s, size_t n)
{
    write_gap(s);
    memcpy(s->out + s->n, s->in.p + s->at, n);
    add_piece(s, s->at, n, n, false);
    s->at += n;
}

// Writes what a reference of `length` bytes stands for.
static void write_code(struct scanner *s, const uint32_t code[2], size_t length)
{
    char bytes[8];
    write_gap(s);
    size_t n = utf8_encode(code[0], bytes);
    if (code[1])
        n += utf8_encode(code[1], bytes + n);
    memcpy(s->out + s->n, bytes, n);
    add_piece(s, s->at, length, n, true);
    s->at += length;
}

// ---- tags ----------------------------------------------------------------------------------------------------------

static size_t find_from(struct str s, size_t from, struct str needle, bool nocase)
{
    struct str rest = str_from(s, from);
    return from + (nocase ? str_find_nocase(rest, needle) : str_find(rest, needle));
}

// Returns where the tag that begins at `at` ends (behind its '>'), or 0 where it has no end.
static size_t tag_end(struct scanner *s, size_t at)
{
    struct str in = s->in;
    if (at >= s->last_tag_end)
        return 0;
    if (!s->quotes_are_broken) {
        size_t i = at;
        char before = 0; // the last character that is no white space: a quote opens behind '=' only
        for (; i < in.n && in.p[i] != '>'; i++) {
            char c = in.p[i];
            if ((c == '"' || c == '\'') && before == '=') {
                i += 1 + str_find_char(str_from(in, i + 1), c);
                if (i >= in.n)
                    break;
            }
            before = char_is_space(c) ? before : c;
        }
        if (i < in.n)
            return i + 1;
        s->quotes_are_broken = true;
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
    while (n < behind.n && (behind.p[n] == 0 || !strchr("<>=", behind.p[n])))
        n++;
    bool is_custom = str_find_char(name, '-') < name.n || str_find_char(name, ':') < name.n;
    return is_custom || (n < behind.n && behind.p[n] == '=');
}

// Takes an element's start or end tag at s->at; false where the '<' is only a character.
static bool take_tag(struct scanner *s, bool is_end)
{
    size_t start = s->at, name_at = start + 1 + is_end, n = 0;
    struct str rest = str_from(s->in, name_at);
    while (n < rest.n && (char_is_alnum(rest.p[n]) || rest.p[n] == ':' || rest.p[n] == '-' || rest.p[n] == '_'))
        n++;
    bool is_name = n > 0 && char_is_alpha(rest.p[0]);
    bool is_closed = n < rest.n && (char_is_space(rest.p[n]) || rest.p[n] == '/' || rest.p[n] == '>');
    if (!is_name || !is_closed)
        return false;
    struct str name = str_head(rest, n);
    const struct html_element *e = html_element_find(name);
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
    if (!is_declaration || s->at >= s->last_tag_end)
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
        write_bytes(s, 1);
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
        write_bytes(s, 1);
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

static bool stops_at(const struct scanner *s, size_t at)
{
    unsigned char c = (unsigned char)s->in.p[at], next = at + 1 < s->in.n ? (unsigned char)s->in.p[at + 1] : 0xFF;
    switch (html_stops[c]) {
    case STOP_SPACE: return true;
    case STOP_MARKUP: return !s->is_plain && (c != ']' || s->cdata_depth);
    case STOP_WIDE: return next <= 0xA0;
    default: return false;
    }
}

// Tells how many bytes from here on are copied as they are: ordinary ones, and single blanks between two of them.
static size_t ordinary(const struct scanner *s)
{
    size_t at = html_skip_letters(s->in, s->at, true);
    for (; at < s->in.n; at = html_skip_letters(s->in, at + 1, false)) {
        bool is_inner_blank = s->in.p[at] == ' ' && at > s->at && at + 1 < s->in.n && !stops_at(s, at + 1);
        if (!is_inner_blank && stops_at(s, at))
            break;
    }
    return at - s->at;
}

static void scan(struct scanner *s)
{
    while (s->at < s->in.n) {
        size_t n = ordinary(s);
        if (n) {
            write_bytes(s, n);
            continue;
        }
        char c = s->in.p[s->at];
        if (c == '<' && !s->is_plain) {
            take_less_than(s);
        } else if (c == '&' && !s->is_plain) {
            take_reference(s);
        } else if (c == ']') {
            bool is_end = str_starts(str_from(s->in, s->at), S("]]>"));
            s->cdata_depth -= is_end;
            if (is_end)
                s->at += 3;
            else
                write_bytes(s, 1);
        } else {
            take_space(s);
        }
    }
}

// The most that text can be longer than its HTML: "&nGt;" has 5 bytes and stands for 6.
static size_t text_bytes_max(size_t n)
{
    return n + n / 4 + 16;
}

static struct html_text run(struct str in, bool is_plain, struct arena *a, size_t *out_tags)
{
    struct scanner s = {.arena = a, .in = in, .is_plain = is_plain};
    s.out = arena_alloc(a, text_bytes_max(in.n));
    for (s.last_tag_end = in.n; s.last_tag_end > 0 && in.p[s.last_tag_end - 1] != '>'; s.last_tag_end--)
        ;
    scan(&s);
    *out_tags = s.n_tags;
    bool is_same = s.n == in.n && (s.n == 0 || memcmp(s.out, in.p, s.n) == 0);
    return (struct html_text){.text = str_make(s.out, s.n),
                              .original = in,
                              .pieces = is_same ? NULL : s.pieces,
                              .n_pieces = is_same ? 0 : s.n_pieces};
}

// ---- the map back --------------------------------------------------------------------------------------------------

static const struct html_piece *piece_at(const struct html_text *t, size_t at)
{
    size_t low = 0, high = t->n_pieces;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (t->pieces[middle].text <= at)
            low = middle;
        else
            high = middle;
    }
    return &t->pieces[low];
}

void html_origin(const struct html_text *t, size_t start, size_t end, size_t *out_start, size_t *out_end)
{
    *out_start = start;
    *out_end = end;
    if (t->n_pieces == 0)
        return;
    const struct html_piece *first = piece_at(t, start), *last = piece_at(t, end > start ? end - 1 : start);
    *out_start = first->original + (first->is_whole ? 0 : start - first->text);
    *out_end = last->original + (last->is_whole ? last->length : end - last->text);
}

// Makes the map of a text that was read twice lead to the first original: a piece of the second reading is cut where
// the first one's pieces end. Both walk forward.
static void join_maps(struct html_text *t, const struct html_text *first, struct arena *a)
{
    struct html_piece *joined = NULL;
    size_t n = 0;
    struct html_piece same = {0, 0, (uint32_t)t->original.n, false};
    size_t n_second = t->text.n == 0 ? 0 : t->n_pieces ? t->n_pieces : 1;
    for (size_t i = 0; i < n_second; i++) {
        const struct html_piece *p = t->n_pieces ? &t->pieces[i] : &same;
        if (p->is_whole) {
            size_t start = 0, end = 0;
            html_origin(first, p->original, p->original + p->length, &start, &end);
            struct html_piece whole = {p->text, (uint32_t)start, (uint32_t)(end - start), true};
            ARENA_PUSH(a, joined, n, whole);
            continue;
        }
        for (uint32_t done = 0; done < p->length;) {
            const struct html_piece *q = piece_at(first, p->original + done);
            uint32_t into = p->original + done - q->text;
            const struct html_piece *next = q + 1 < first->pieces + first->n_pieces ? q + 1 : NULL;
            uint32_t ends = next ? next->text : (uint32_t)first->text.n;
            uint32_t left = ends - (p->original + done), length = left < p->length - done ? left : p->length - done;
            struct html_piece part = {p->text + done, q->is_whole ? q->original : q->original + into,
                                      q->is_whole ? q->length : length, q->is_whole};
            ARENA_PUSH(a, joined, n, part);
            done += length;
        }
    }
    t->pieces = joined;
    t->n_pieces = n;
    t->original = first->original;
}

// HTML without a single tag of its own whose text holds closed elements was escaped once too often.
static struct html_text read_html(struct str html, struct arena *a)
{
    size_t tags = 0;
    struct html_text t = run(html, false, a, &tags);
    if (tags > 0 || t.n_pieces == 0 || !html_looks_like_html(t.text))
        return t;
    struct html_text second = run(t.text, false, a, &tags);
    join_maps(&second, &t, a);
    second.was_escaped = true;
    return second;
}

struct html_text html_to_text(struct str html, struct arena *a)
{
    return read_html(utf8_head(html, HTML_TEXT_MAX), a);
}

struct html_text html_text_of(const struct text *text, struct arena *a)
{
    size_t tags = 0;
    struct str body = utf8_head(text->body, HTML_TEXT_MAX);
    if (text->type == TEXT_PLAIN && !html_looks_like_html(body))
        return run(body, true, a, &tags);
    return read_html(body, a);
}
