// SPDX-License-Identifier: MIT
//
// Spans -> hits. See hits.h.
#include "rules/hits.h"

enum { SNIPPET_BYTES = 120 }; // about 60 letters of any script each side

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
    struct buf text;
    buf_init(&text, SIZE_MAX);
    for (uint32_t i = 0; i < (arg & 0xFFFF); i++)
        buf_addf(&text, "%s%.*s", i ? " " : "\"", STR_ARG(e->g->names[code[1 + i]]));
    buf_add_char(&text, '"');
    if (arg >> PHRASE_SLOP_SHIFT)
        buf_addf(&text, "~%u", arg >> PHRASE_SLOP_SHIFT);
    struct str copy = arena_str(arena, buf_str(&text));
    buf_done(&text);
    return copy;
}

static bool is_boundary(struct str text, size_t at)
{
    return at == 0 || at >= text.n || ((unsigned char)text.p[at] & 0xC0) != 0x80;
}

// What stands around bytes [start, end): cut at a space where there is one near, else at a character.
static struct snippet snippet_of(struct str text, size_t start, size_t end)
{
    size_t from = start > SNIPPET_BYTES ? start - SNIPPET_BYTES : 0;
    size_t to = text.n - end > SNIPPET_BYTES ? end + SNIPPET_BYTES : text.n;
    for (size_t i = from; from > 0 && i < start && i < from + SNIPPET_BYTES / 3; i++)
        if (char_is_space(text.p[i])) {
            from = i + 1;
            break;
        }
    for (size_t i = to; to < text.n && i > end && i > to - SNIPPET_BYTES / 3; i--)
        if (char_is_space(text.p[i])) {
            to = i;
            break;
        }
    while (!is_boundary(text, from))
        from++;
    while (!is_boundary(text, to))
        to--;
    from = from > start ? start : from;
    to = to < end ? end : to;
    return (struct snippet){{text.p + from, start - from}, {text.p + start, end - start}, {text.p + end, to - end}};
}

// Code points of valid UTF-8: a loop that the compiler makes wide; matches ask for it by the thousand.
static size_t count_points(const struct text_value *v, size_t from, size_t to)
{
    if (v->is_ascii)
        return to - from;
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        n += ((unsigned char)v->text.p[i] & 0xC0) != 0x80;
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
        const struct text_value *v = text_value_at(e->text, s->pos);
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
