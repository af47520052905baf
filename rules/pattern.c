// SPDX-License-Identifier: MIT
//
// Word patterns. See pattern.h.
#include "rules/pattern.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { CODE_BITS = 21 };

// The first three letters as one number; false: there are fewer.
static bool start_of(struct str s, uint64_t *out, size_t *out_first)
{
    uint64_t start = 0;
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        if (at >= s.n)
            return false;
        uint32_t code;
        at += utf8_decode(str_from(s, at), &code);
        start = start << CODE_BITS | code;
        if (i == 0)
            *out_first = at;
    }
    *out = start;
    return true;
}

static size_t slot_of(const struct segment *g, uint64_t start)
{
    return (size_t)((start * 0x9E3779B97F4A7C15u) >> 32) & (g->n_pattern_slots - 1);
}

static int by_start(const void *a, const void *b)
{
    const struct pattern *x = a;
    const struct pattern *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->term > y->term) - (x->term < y->term);
}

void patterns_build(struct segment *g, const struct term *terms, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        g->n_patterns += terms[i].kind == TERM_PREFIX || terms[i].kind == TERM_INFIX;
    if (!g->n_patterns)
        return;
    g->patterns = mem_alloc_array(g->n_patterns, sizeof *g->patterns);
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (terms[i].kind != TERM_PREFIX && terms[i].kind != TERM_INFIX)
            continue;
        struct pattern *p = &g->patterns[count++];
        *p = (struct pattern){.text = terms[i].folded, .term = i, .is_infix = terms[i].kind == TERM_INFIX};
        size_t ignored;
        start_of(p->text, &p->start, &ignored); // shorter ones (behind a hyphen) have start 0: looked at for each word
    }
    qsort(g->patterns, g->n_patterns, sizeof *g->patterns, by_start);
    g->n_pattern_slots = 64;
    while (g->n_pattern_slots < g->n_patterns * 2)
        g->n_pattern_slots *= 2;
    g->pattern_slots = mem_alloc_array(g->n_pattern_slots, sizeof *g->pattern_slots);
    for (uint32_t i = 0; i < g->n_patterns; i++) {
        if (i > 0 && g->patterns[i].start == g->patterns[i - 1].start)
            continue;
        size_t at = slot_of(g, g->patterns[i].start);
        while (g->pattern_slots[at])
            at = (at + 1) & (g->n_pattern_slots - 1);
        g->pattern_slots[at] = i + 1;
    }
    g->bytes += g->n_patterns * sizeof *g->patterns + g->n_pattern_slots * sizeof *g->pattern_slots;
}

static uint32_t first_with(const struct segment *g, uint64_t start)
{
    size_t at = slot_of(g, start);
    for (; g->pattern_slots[at]; at = (at + 1) & (g->n_pattern_slots - 1))
        if (g->patterns[g->pattern_slots[at] - 1].start == start)
            return g->pattern_slots[at] - 1;
    return g->n_patterns;
}

void patterns_match(const struct segment *g, struct str folded, void (*found)(void *, uint32_t), void *context)
{
    for (uint32_t i = 0; i < g->n_patterns && g->patterns[i].start == 0; i++)
        if (g->patterns[i].is_infix ? str_find(folded, g->patterns[i].text) < folded.n
                                    : str_starts(folded, g->patterns[i].text))
            found(context, g->patterns[i].term);
    size_t step = 0;
    for (size_t at = 0; at < folded.n; at += step) {
        uint64_t start;
        struct str rest = str_from(folded, at);
        if (!start_of(rest, &start, &step))
            return;
        for (uint32_t i = first_with(g, start); i < g->n_patterns && g->patterns[i].start == start; i++) {
            const struct pattern *p = &g->patterns[i];
            if ((at > 0 && !p->is_infix) || !str_starts(rest, p->text))
                continue;
            if (p->is_infix && at > 0 && str_find(folded, p->text) < at)
                continue; // found at an earlier place already
            found(context, p->term);
        }
    }
}
