// SPDX-License-Identifier: MIT
//
// Passing over letters, sixteen bytes at a time. See html_letters.h.
//
// A block's stops are bits. A blank is none where both its neighbours are ordinary: the one before it is, or the run
// had ended there, and the one behind it is the next bit. A blank that is a block's last byte begins the next block.
#include "feeds/html_letters.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

const unsigned char html_byte_stops[256] = {
    ['<'] = STOP_MARKUP, ['&'] = STOP_MARKUP, [']'] = STOP_BRACKET, [0x7F] = STOP_SPACE, [0xC2] = STOP_WIDE,
    [0 ... ' '] = STOP_SPACE,
};

#ifdef __SSE2__
static inline __m128i is(__m128i v, char byte) { return _mm_cmpeq_epi8(v, _mm_set1_epi8(byte)); }

// Returns bits for those of 16 bytes that may stop. `bracket` is ']', or '<' where brackets do not stop.
static inline unsigned stops16(__m128i v, char bracket)
{
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(' ')), v);
    __m128i markup = _mm_or_si128(_mm_or_si128(is(v, '<'), is(v, '&')), is(v, bracket));
    __m128i rare = _mm_or_si128(is(v, 0x7F), is(v, (char)0xC2));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(low, markup), rare));
}
#endif

// Passes over whole blocks, up to a byte that may stop or less than a block before the end.
static inline size_t pass_blocks(struct str in, size_t at, unsigned stops, bool is_first, char *out)
{
#ifdef __SSE2__
    char bracket = stops & STOP_BRACKET ? ']' : '<';
    size_t start = at;
    while (in.n - at >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(in.p + at));
        if (out)
            _mm_storeu_si128((__m128i *)(void *)(out + (at - start)), v);
        unsigned all = stops16(v, bracket), blanks = (unsigned)_mm_movemask_epi8(is(v, ' '));
        unsigned found = all & ~(blanks & ~(all >> 1) & 0x7FFF & ~(unsigned)is_first);
        is_first = false;
        if (found == 0) {
            at += 16;
            continue;
        }
        unsigned n = (unsigned)__builtin_ctz(found);
        at += n;
        if (n < 15 || in.p[at] != ' ')
            break;
    }
#else
    (void)stops, (void)is_first, (void)out, (void)in;
#endif
    return at;
}

static inline size_t pass_letters(struct str in, size_t at, unsigned stops, char *out)
{
    size_t start = at;
    at = pass_blocks(in, at, stops, true, out);
    while (at < in.n) {
        bool is_stop = html_stops_at(in, at, stops);
        bool is_inner_blank = is_stop && in.p[at] == ' ' && at > start && at + 1 < in.n &&
                              !html_stops_at(in, at + 1, stops);
        if (is_stop && !is_inner_blank)
            break;
        if (out)
            out[at - start] = in.p[at];
        at++;
        if (in.n - at >= 16)
            at = pass_blocks(in, at, stops, false, out ? out + (at - start) : NULL);
    }
    return at;
}

size_t html_skip_letters(struct str in, size_t at, unsigned stops) { return pass_letters(in, at, stops, NULL); }

size_t html_copy_letters(struct str in, size_t at, unsigned stops, char *out)
{
    return pass_letters(in, at, stops, out);
}

// Returns the first byte from `at` on that is one of four.
static inline size_t find_of(struct str in, size_t at, char a, char b, char c, char d)
{
#ifdef __SSE2__
    for (; in.n - at >= 16; at += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(in.p + at));
        __m128i any = _mm_or_si128(_mm_or_si128(is(v, a), is(v, b)), _mm_or_si128(is(v, c), is(v, d)));
        unsigned found = (unsigned)_mm_movemask_epi8(any);
        if (found)
            return at + (unsigned)__builtin_ctz(found);
    }
#endif
    while (at < in.n && in.p[at] != a && in.p[at] != b && in.p[at] != c && in.p[at] != d)
        at++;
    return at;
}

size_t html_find_markup(struct str in, size_t at) { return find_of(in, at, '<', '<', '&', '&'); }

size_t html_find_special(struct str in, size_t at) { return find_of(in, at, '<', '>', '&', '"'); }

size_t html_find_tag_stop(struct str in, size_t at) { return find_of(in, at, '>', '>', '"', '\''); }
