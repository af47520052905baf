// SPDX-License-Identifier: MIT
//
// Passing over letters, sixteen bytes at a time. See html_letters.h.
#include "feeds/html_letters.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

const unsigned char html_stops[256] = {
    ['<'] = STOP_MARKUP, ['&'] = STOP_MARKUP, [']'] = STOP_MARKUP, [0x7F] = STOP_SPACE, [0xC2] = STOP_WIDE,
    [0 ... ' '] = STOP_SPACE,
};

#ifdef __SSE2__
// Returns bits for those of 16 bytes that may stop, single blanks between two that do not left out.
static unsigned stops16(const char *p, bool is_first)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i stop = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(' ')), v);
    static const char others[] = {'<', '&', ']', 0x7F, (char)0xC2};
    for (size_t i = 0; i < sizeof others; i++)
        stop = _mm_or_si128(stop, _mm_cmpeq_epi8(v, _mm_set1_epi8(others[i])));
    unsigned all = (unsigned)_mm_movemask_epi8(stop);
    unsigned blanks = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));
    unsigned inner = blanks & ~(all >> 1) & 0x7FFF & ~(unsigned)is_first; // what follows the last byte is not known
    return all & ~inner;
}
#endif

size_t html_skip_letters(struct str in, size_t at, bool is_first)
{
#ifdef __SSE2__
    for (; in.n - at >= 16; at += 16, is_first = false) {
        unsigned found = stops16(in.p + at, is_first);
        if (found)
            return at + (size_t)__builtin_ctz(found);
    }
#endif
    while (at < in.n && !html_stops[(unsigned char)in.p[at]])
        at++;
    return at;
}
