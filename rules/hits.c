// SPDX-License-Identifier: MIT
//
// Spans -> hits. See hits.h.
#include "rules/hits.h"

#include <stdio.h>

enum {
    SNIPPET_BYTES = 120, // about 60 letters of any script each side
    SLOP_DIGITS = 11,    // and the ~
};

// A phrase between quotes, with its slop.
static struct str phrase_text(const struct segment *g, const uint32_t *code, struct arena *arena)
{
    uint32_t n = code_arg(*code) & PHRASE_COUNT_MASK;
    uint32_t slop = code_arg(*code) >> PHRASE_SLOP_SHIFT;
    size_t bytes = 2 + n + 1 + SLOP_DIGITS;
    for (uint32_t i = 0; i < n; i++)
        bytes += g->names[code[1 + i]].n;
    char *out = arena_alloc(arena, bytes);
    size_t at = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct str name = g->names[code[1 + i]];
        out[at++] = i ? ' ' : '"';
        memcpy(out + at, name.p, name.n);
        at += name.n;
    }
    out[at++] = '"';
    if (slop)
        at += (size_t)snprintf(out + at, SLOP_DIGITS + 1, "~%u", slop);
    return (struct str){out, at};
}

// The leaf as the rule has it.
static struct str term_text(const struct eval *e, const struct span *s, struct arena *arena)
{
    const uint32_t *code = e->g->code + s->code;
    if (code_op(*code) == OP_TERM && s->aux) // of a list: the phrase
        code = e->g->code + e->g->listed[s->aux - 1].code;
    uint32_t arg = code_arg(*code);
    if (code_op(*code) == OP_LEAF)
        return e->g->leaves[arg].text;
    if (code_op(*code) != OP_PHRASE)
        return e->g->names[arg];
    return phrase_text(e->g, code, arena);
}

static bool is_boundary(struct str text, size_t at)
{
    return at == 0 || at >= text.n || ((unsigned char)text.p[at] & 0xC0) != 0x80;
}

// Marks the white space of 16 bytes: 0xFF each, the first eight in out[0].
static void mark_spaces(const char *p, uint64_t out[2])
{
    bytes16 bytes;
    memcpy(&bytes, p, sizeof bytes);
    bytes16_halves((bytes16)((bytes == ' ') | (bytes - '\t' <= '\r' - '\t')), out);
}

// Returns how many bytes stand before the first white space of n bytes, n where there is none. How long a word is, is a
// coin's toss to the processor: 16 bytes are looked at without a branch.
static size_t bytes_before_space(const char *p, size_t n)
{
    uint64_t spaces[2];
    size_t i = 0;
    for (; i + sizeof(bytes16) <= n; i += sizeof(bytes16)) {
        mark_spaces(p + i, spaces);
        if (spaces[0] | spaces[1])
            return i + (size_t)__builtin_ctzll(spaces[0] ? spaces[0] : spaces[1]) / 8 + (spaces[0] ? 0 : 8);
    }
    while (i < n && !char_is_space(p[i]))
        i++;
    return i;
}

// Returns how many bytes stand behind the last white space of n bytes, n where there is none.
static size_t bytes_behind_space(const char *p, size_t n)
{
    uint64_t spaces[2];
    size_t left = n;
    for (; left >= sizeof(bytes16); left -= sizeof(bytes16)) {
        mark_spaces(p + left - sizeof(bytes16), spaces);
        if (spaces[0] | spaces[1])
            return n - left + (size_t)__builtin_clzll(spaces[1] ? spaces[1] : spaces[0]) / 8 + (spaces[1] ? 0 : 8);
    }
    while (left > 0 && !char_is_space(p[left - 1]))
        left--;
    return n - left;
}

// What stands around bytes [start, end): cut at a space where there is one near, else at a character.
static struct snippet snippet_of(struct str text, size_t start, size_t end)
{
    enum { NEAR = SNIPPET_BYTES / 3 };
    size_t from = start > SNIPPET_BYTES ? start - SNIPPET_BYTES : 0;
    size_t to = text.n - end > SNIPPET_BYTES ? end + SNIPPET_BYTES : text.n;
    if (from > 0) {
        size_t cut = bytes_before_space(text.p + from, NEAR);
        from += cut < NEAR ? cut + 1 : 0;
    }
    if (to < text.n) { // a space at `to` cuts nothing off
        size_t cut = bytes_behind_space(text.p + to + 1 - NEAR, NEAR);
        to -= cut < NEAR ? cut : 0;
    }
    while (!is_boundary(text, from))
        from++;
    while (!is_boundary(text, to))
        to--;
    from = from > start ? start : from;
    to = to < end ? end : to;
    return (struct snippet){{text.p + from, start - from}, {text.p + start, end - start}, {text.p + end, to - end}};
}

// Code points of UTF-8: what leads them is counted, sixteen bytes at a time, as matches ask for it by the thousand.
static size_t count_points(const struct text_value *v, size_t from, size_t to)
{
    typedef int8_t signed16 __attribute__((vector_size(16)));
    if (v->is_ascii)
        return to - from;
    size_t n = 0;
    while (to - from >= 16) {
        signed16 sum = {0};
        size_t stop = to - from > 16 * 127 ? from + 16 * 127 : to;
        for (; from + 16 <= stop; from += 16) {
            signed16 bytes;
            memcpy(&bytes, v->text.p + from, sizeof bytes);
            sum -= (signed16)(bytes > (int8_t)0xBF);
        }
        for (int i = 0; i < 16; i++)
            n += (size_t)sum[i];
    }
    for (; from < to; from++)
        n += ((unsigned char)v->text.p[from] & 0xC0) != 0x80;
    return n;
}

void hits_make(const struct eval *e, struct arena *arena, struct match *out)
{
    out->total = e->hits.n;
    out->n_hits = out->total < MATCH_HITS_MAX ? out->total : MATCH_HITS_MAX;
    out->is_truncated = out->total > out->n_hits;
    out->hits = out->n_hits ? ARENA_ARRAY(arena, struct hit, out->n_hits) : NULL;
    const struct text_value *value = NULL;
    size_t byte = 0; // code points are counted once along the value
    size_t point = 0;
    for (size_t i = 0; i < out->n_hits; i++) {
        const struct span *s = &e->hits.list[i];
        bool is_in_last = value && s->pos >= value->first_pos && s->pos - value->first_pos < value->n_places;
        const struct text_value *v = is_in_last ? value : text_value_at(e->text, s->pos);
        bool is_regex = code_op(e->g->code[s->code]) == OP_REGEX;
        struct place p = is_regex ? e->regex_places[s->aux & ~(uint32_t)AUX_REGEX]
                                  : text_place(e->text, v, s->pos, s->end);
        if (v != value || p.start < byte) {
            value = v;
            byte = point = 0;
        }
        point += count_points(v, byte, p.start);
        byte = p.start;
        out->hits[i] = (struct hit){
            .field = v->field,
            .value = v->index,
            .start = p.start,
            .end = p.end,
            .start_cp = point,
            .end_cp = point + count_points(v, p.start, p.end),
            .term = term_text(e, s, arena),
            .snippet = snippet_of(v->text, p.start, p.end),
        };
    }
}
