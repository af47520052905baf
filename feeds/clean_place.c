// SPDX-License-Identifier: MIT
//
// The cleaner's repairs and their places. Lines are counted when a repair asks, at the latest at the end of a piece.
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "feeds/clean_parts.h"

// Returns the number of line ends in [p, to). All of every document passes here.
static uint32_t line_ends(const char *p, const char *to)
{
    uint64_t n = 0;
#ifdef __SSE2__
    enum { BLOCKS_MAX = 255 }; // as many as a byte can count
    while (to - p >= 16) {
        __m128i sums = _mm_setzero_si128();
        for (int i = 0; i < BLOCKS_MAX && to - p >= 16; i++, p += 16) {
            __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
            sums = _mm_sub_epi8(sums, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
        }
        uint64_t halves[2];
        _mm_storeu_si128((__m128i *)(void *)halves, _mm_sad_epu8(sums, _mm_setzero_si128()));
        n += halves[0] + halves[1];
    }
#endif
    for (; p < to; p++)
        n += *p == '\n';
    return (uint32_t)n;
}

void clean_count_lines(struct cleaner *c, const char *to)
{
    uint32_t n = line_ends(c->counted, to);
    const char *start = to; // of the last line
    while (n > 0 && start[-1] != '\n')
        start--;
    c->line += n;
    c->col = n > 0 ? 1 + (uint32_t)(to - start) : c->col + (uint32_t)(to - c->counted);
    c->counted = to;
}

void clean_repair_first(struct cleaner *c, enum repair_kind kind, const char *at)
{
    struct repair *repair = &c->repairs[kind];
    repair->count++;
    if (at && c->piece && at >= c->counted) {
        clean_count_lines(c, at);
        repair->line = c->line;
        repair->col = c->col;
    } else {
        repair->line = c->token_line ? c->token_line : c->line;
        repair->col = c->token_line ? c->token_col : c->col;
    }
}

void clean_junk(struct cleaner *c, const char *at)
{
    enum repair_kind kind = c->is_rooted ? REPAIR_JUNK_AFTER : REPAIR_JUNK_BEFORE;
    if (c->repairs[kind].count == 0) // one stretch or many: that depends on where it is cut
        clean_repair(c, kind, at);
}

void clean_repair_here(struct cleaner *c, enum repair_kind kind)
{
    c->token_line = 0;
    clean_repair(c, kind, NULL);
}
