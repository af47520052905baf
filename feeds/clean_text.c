// SPDX-License-Identifier: MIT
//
// The cleaner's text: runs between tags, and the output. What a reference stands for is in clean_reference.c.
//
// A run goes into the XML while it is short and plain ASCII. From its first reference or other character on, or where
// it is longer than a mark is worth, it goes aside.
#include <assert.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "feeds/clean_parts.h"

enum { ASIDE_BYTES = 40 }; // a mark costs libxml2 about as much as so many characters

// ---- output

static void close_aside(struct cleaner *c)
{
    if (!c->is_aside)
        return;
    c->is_aside = false;
    assert(c->n_ends < CLEAN_MARKS_MAX);
    clean_out(c, CLEAN_MARK, sizeof CLEAN_MARK - 1);
    c->ends[c->n_ends++] = (uint32_t)c->texts.n;
}

void clean_write_out(struct cleaner *c)
{
    close_aside(c);
    struct clean_output output = {buf_str(&c->out), buf_str(&c->texts), buf_str(&c->values), c->ends, c->value_ends,
                                  c->n_ends, c->n_values};
    c->sink.write(c->sink.context, &output);
    buf_reset(&c->out);
    buf_reset(&c->texts);
    buf_reset(&c->values);
    c->n_ends = c->n_values = 0;
    if (c->watch)
        clean_section_over(c);
}

// Texts reached texts_max. What is watched stays until it is told what it is.
static void texts_are_full(struct cleaner *c)
{
    if (c->watch == CLEAN_WATCH_ON && c->state == CLEAN_CDATA) {
        c->watch = CLEAN_WATCH_FULL;
        c->texts_max = SIZE_MAX;
    } else {
        clean_write_out(c);
    }
}

static inline void put_text(struct cleaner *c, const char *p, size_t n)
{
    if (n < c->texts.room - c->texts.n) {
        memcpy(c->texts.p + c->texts.n, p, n);
        c->texts.n += n;
    } else {
        buf_add(&c->texts, str_make(p, n));
    }
    c->is_aside = true;
    if (c->texts.n >= c->texts_max)
        texts_are_full(c);
}

void clean_put_text(struct cleaner *c, const char *p, size_t n) { put_text(c, p, n); }

void clean_put_plain(struct cleaner *c, const char *p, size_t n)
{
    if (c->is_aside || n > ASIDE_BYTES) {
        clean_put_text(c, p, n);
        return;
    }
    clean_out(c, p, n);
    clean_write(c, false);
}

static void put_brackets(struct cleaner *c, uint32_t n)
{
    static const char many[] = "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]";
    for (uint32_t some; n > 0; n -= some) {
        some = n < sizeof many - 1 ? n : (uint32_t)sizeof many - 1;
        if (c->watch)
            clean_put_text(c, many, some);
        else
            clean_put_plain(c, many, some);
    }
}

// The first half of a pair of references to surrogates found no second one.
static void settle_surrogate(struct cleaner *c)
{
    if (c->high_surrogate) {
        c->high_surrogate = 0;
        clean_put_text(c, "\xef\xbf\xbd", 3);
    }
}

void clean_end_run(struct cleaner *c)
{
    if (c->high_surrogate)
        settle_surrogate(c);
    if (c->brackets)
        put_brackets(c, c->brackets);
    c->brackets = 0;
    if (c->watch) {
        c->watch = CLEAN_WATCH_NO;
        c->texts_max = CLEAN_TEXTS_BYTES;
    }
    close_aside(c);
    if (c->n_ends >= CLEAN_MARKS_MAX - 1) // here, as a tag may follow that is not written
        clean_write_out(c);
}

// ---- runs

static bool is_stop(unsigned char ch, enum clean_scan_kind kind)
{
    if (ch < 0x20)
        return ch != '\n' && ch != '\t' && ch != '\r';
    if (ch == ']' || ch == 0xef)
        return true;
    if (kind == SCAN_CDATA)
        return ch == '[';
    return ch == '<' || ch == '&' || (kind == SCAN_PLAIN && ch >= 0x80);
}

#ifdef __SSE2__
static inline __m128i is(__m128i v, char byte) { return _mm_cmpeq_epi8(v, _mm_set1_epi8(byte)); }

static inline __m128i is_below_blank(__m128i v) { return _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v); }

static inline __m128i specials16(__m128i v, enum clean_scan_kind kind)
{
    __m128i hit = _mm_or_si128(is(v, ']'), kind == SCAN_PLAIN ? v : is(v, (char)0xef)); // v: the high bit
    if (kind == SCAN_CDATA)
        return _mm_or_si128(hit, is(v, '['));
    return _mm_or_si128(hit, _mm_or_si128(is(v, '<'), is(v, '&')));
}

// White space is told from other control characters only where there is any.
static inline unsigned stops16(__m128i v, enum clean_scan_kind kind)
{
    __m128i hit = specials16(v, kind), below = is_below_blank(v);
    unsigned hits = (unsigned)_mm_movemask_epi8(_mm_or_si128(hit, below));
    if (!hits)
        return 0;
    __m128i white = _mm_or_si128(is(v, '\n'), _mm_or_si128(is(v, '\t'), is(v, '\r')));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(hit, _mm_andnot_si128(white, below)));
}

static inline __m128i load16(const char *p) { return _mm_loadu_si128((const __m128i *)(const void *)p); }
#endif

static inline __attribute__((always_inline)) const char *scan(const char *p, const char *end, enum clean_scan_kind kind)
{
#ifdef __SSE2__
    for (; end - p >= 16; p += 16) {
        unsigned hits = stops16(load16(p), kind);
        if (hits)
            return p + __builtin_ctz(hits);
    }
#endif
    while (p < end && !is_stop((unsigned char)*p, kind))
        p++;
    return p;
}

const char *clean_scan(const char *p, const char *end, enum clean_scan_kind kind)
{
    switch (kind) {
    case SCAN_PLAIN: return scan(p, end, SCAN_PLAIN);
    case SCAN_TEXT: return scan(p, end, SCAN_TEXT);
    case SCAN_CDATA: return scan(p, end, SCAN_CDATA);
    }
    return p;
}

const char *clean_scan_value(const char *p, const char *end, char quote)
{
#ifdef __SSE2__
    for (; end - p >= 16; p += 16) {
        __m128i v = load16(p), markup = _mm_or_si128(is(v, '<'), is(v, '&'));
        __m128i rare = _mm_or_si128(is_below_blank(v), is(v, (char)0xef));
        unsigned hits = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(markup, rare), is(v, quote)));
        if (hits)
            return p + __builtin_ctz(hits);
    }
#endif
    for (; p < end; p++) {
        unsigned char ch = (unsigned char)*p;
        if (ch < 0x20 || ch == 0xef || ch == '<' || ch == '&' || *p == quote)
            break;
    }
    return p;
}

// Brackets were held back and *p is none: they are text, unless "]]>" ends the section (true then).
static bool settle_brackets(struct cleaner *c, const char *p, bool is_cdata)
{
    uint32_t n = c->brackets;
    c->brackets = 0;
    if (*p == '>' && n >= 2 && is_cdata) {
        put_brackets(c, n - 2);
        return true;
    }
    put_brackets(c, n);
    return false;
}

// One byte that a scan stopped at, which is no ']' and no markup. Returns the place behind it.
static const char *read_stop(struct cleaner *c, const char *p, const char *end)
{
    unsigned char ch = (unsigned char)*p;
    if (ch < 0x20) {
        clean_repair(c, REPAIR_CONTROL, p);
        return p + 1;
    }
    c->is_aside = true; // outside ASCII: the rest of the run goes aside
    if (ch != 0xef || end - p < 3)
        return p;
    if ((unsigned char)p[1] == 0xbf && (unsigned char)p[2] >= 0xbe)
        clean_repair(c, REPAIR_CONTROL, p); // U+FFFE and U+FFFF are no characters
    else
        clean_put_text(c, p, 3);
    return p + 3;
}

size_t clean_usual_reference(const char *p, const char *end, char *out)
{
    size_t n = (size_t)(end - p);
    if (n >= 3 && p[1] == 't' && p[2] == ';' && (p[0] == 'l' || p[0] == 'g')) {
        *out = p[0] == 'l' ? '<' : '>';
        return 3;
    }
    if (n >= 4 && memcmp(p, "amp;", 4) == 0) {
        *out = '&';
        return 4;
    }
    if (n >= 5 && memcmp(p, "quot;", 5) == 0) {
        *out = '"';
        return 5;
    }
    return 0;
}

// A '<' or '&' in text: what is no more than a character is written. Returns the place behind it, or p where it is a
// token of its own.
static inline const char *read_markup(struct cleaner *c, const char *p, const char *end)
{
    if (end - p < 2 || c->high_surrogate)
        return p;
    bool is_lt = *p == '<';
    char next = p[1], character = *p;
    size_t n = is_lt ? 0 : clean_usual_reference(p + 1, end, &character);
    bool is_bare = n == 0 && (next == ' ' || next == '\n' || next == *p || char_is_digit(next));
    if (n == 0 && (!is_bare || (!is_lt && char_is_digit(next))))
        return p;
    if (n == 0)
        clean_repair(c, is_lt ? REPAIR_BARE_LESS_THAN : REPAIR_BARE_AMPERSAND, p);
    put_text(c, &character, 1);
    return p + 1 + n;
}

// Brackets held back turned out to be text. "]]>" may not stand in XML's.
static const char *put_brackets_of_text(struct cleaner *c, const char *p)
{
    bool had_two = c->brackets >= 2;
    settle_brackets(c, p, false);
    if (*p == '>' && had_two)
        clean_put_text(c, p++, 1);
    return p;
}

static inline const char *count_brackets(struct cleaner *c, const char *p, const char *end)
{
    for (; p < end && *p == ']'; p++)
        c->brackets++;
    return p;
}

const char *clean_run(struct cleaner *c, const char *p, const char *end)
{
    if (c->high_surrogate && *p != '&')
        settle_surrogate(c);
    while (p < end) {
        if (c->brackets && *p != ']') {
            p = put_brackets_of_text(c, p);
            continue;
        }
        const char *q = c->is_aside ? clean_scan(p, end, SCAN_TEXT) : scan(p, end, SCAN_PLAIN);
        if (!c->is_aside)
            clean_put_plain(c, p, (size_t)(q - p));
        else if (q > p)
            put_text(c, p, (size_t)(q - p));
        p = q;
        if (p == end)
            return p;
        if (*p == '<' || *p == '&') {
            q = read_markup(c, p, end);
            if (q == p)
                return p;
            p = q;
        } else if (*p == ']') {
            p = count_brackets(c, p, end);
        } else {
            p = read_stop(c, p, end);
        }
    }
    return p;
}

const char *clean_section(struct cleaner *c, const char *p, const char *end)
{
    if (c->high_surrogate)
        settle_surrogate(c);
    while (p < end) {
        if (c->brackets && *p != ']') {
            if (!settle_brackets(c, p, true))
                continue;
            c->state = CLEAN_TEXT;
            c->closed = c->texts.n;
            if (c->watch == CLEAN_WATCH_FULL)
                clean_section_over(c);
            return p + 1;
        }
        const char *q = scan(p, end, SCAN_CDATA);
        if (q > p)
            put_text(c, p, (size_t)(q - p));
        p = q;
        if (p == end || (c->watch == CLEAN_WATCH_FULL && clean_section_is_lost(c, p)))
            return p;
        if (*p == ']') {
            p = count_brackets(c, p, end);
        } else if (*p == '[') {
            put_text(c, p++, 1);
            if (clean_section_has_section(c) && clean_section_is_lost(c, p - 1))
                return p;
        } else {
            p = read_stop(c, p, end);
        }
    }
    return p;
}
