// SPDX-License-Identifier: MIT
//
// Places of leaves, and how they stand to each other. See eval.h.
//
// A phrase is a walk from each place of its first word; each further word is taken at its earliest place behind the
// one before. Word i cannot stand before the start plus i, so the cursors only move forward: linear in the postings
// for a phrase of bounded length.
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "rules/eval.h"

void spans_grow(struct spans *s)
{
    s->room = s->room ? s->room * 2 : 64;
    s->list = mem_resize_array(s->list, s->room, sizeof *s->list);
}

static int by_place(const void *a, const void *b)
{
    const struct span *x = a;
    const struct span *y = b;
    if (x->pos != y->pos)
        return x->pos < y->pos ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    if (x->aux != y->aux)
        return x->aux < y->aux ? -1 : 1;
    return (x->code > y->code) - (x->code < y->code);
}

// The same place; what regexes find inside one word are places of their own.
static bool is_same_place(const struct span *a, const struct span *b)
{
    return a->pos == b->pos && a->end == b->end && (a->aux == b->aux || !((a->aux | b->aux) & AUX_REGEX));
}

static void sort(struct span *list, size_t n)
{
    enum { FEW = 16 };
    if (n > FEW) {
        qsort(list, n, sizeof *list, by_place);
        return;
    }
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && by_place(&list[k - 1], &list[k]) > 0; k--) {
            struct span swapped = list[k];
            list[k] = list[k - 1];
            list[k - 1] = swapped;
        }
}

void spans_settle(struct spans *s, size_t first)
{
    size_t n = s->n - first;
    if (n < 2)
        return;
    struct span *list = s->list + first;
    bool is_sorted = true;
    for (size_t i = 1; i < n && is_sorted; i++)
        is_sorted = by_place(&list[i - 1], &list[i]) <= 0;
    if (!is_sorted)
        sort(list, n);
    size_t kept = 1;
    for (size_t i = 1; i < n; i++)
        if (!is_same_place(&list[i], &list[kept - 1]))
            list[kept++] = list[i];
    s->n = first + kept;
}

void spans_settle_long(struct spans *s, size_t first, size_t *at)
{
    spans_settle(s, first);
    size_t twice = (s->n - first) * 2;
    *at = twice > SPANS_SETTLE_MIN ? twice : SPANS_SETTLE_MIN;
}

void spans_sort(struct spans *s)
{
    if (s->n)
        qsort(s->list, s->n, sizeof *s->list, by_place);
}

static struct span span_of(const struct node *node, uint32_t code)
{
    return (struct span){node->pos, node->pos + node->length, node->phrase, node->sentence, code, node->aux};
}

static void term_spans(struct eval *e, uint32_t term, uint32_t fields, uint32_t code, struct spans *out)
{
    for (uint32_t at = eval_head(e, term); at; at = e->nodes[at - 1].next)
        if (e->nodes[at - 1].field & fields)
            spans_push(out, span_of(&e->nodes[at - 1], code));
}

// The bytes that positions [pos, end) take, in the value they lie in.
static struct str source_of(const struct eval *e, uint32_t pos, uint32_t end, const struct text_value **out_value)
{
    const struct text_value *v = text_value_at(e->text, pos);
    struct place p = text_place(e->text, v, pos, end);
    *out_value = v;
    return (struct str){v->text.p + p.start, p.end - p.start};
}

// Whether the source, its case kept and all that is no letter left out, is these bytes.
static bool is_cased(struct str source, struct str want)
{
    size_t seen = 0;
    for (size_t at = 0; at < source.n;) {
        struct fold f;
        fold_next_cased(str_from(source, at), &f);
        for (size_t i = 0; i < f.n && (f.class == FOLD_WORD || f.class == FOLD_SINGLE); i++) {
            char bytes[4];
            size_t n = utf8_encode(f.codes[i], bytes);
            if (seen + n > want.n || memcmp(want.p + seen, bytes, n) != 0)
                return false;
            seen += n;
        }
        at += f.bytes;
    }
    return seen == want.n;
}

// Whether what stands behind position end - 1 is the glue; up to the next word, or for the last at least so much.
static bool is_glued(const struct eval *e, uint32_t end, struct str glue, bool is_last)
{
    const struct text_value *v;
    struct str word = source_of(e, end - 1, end, &v);
    size_t at = (size_t)(word.p - v->text.p) + word.n;
    bool has_next = end - v->first_pos < v->n_places;
    size_t stop = has_next ? text_place(e->text, v, end, end + 1).start : v->text.n;
    size_t seen = 0;
    while (at < stop && (!is_last || seen < glue.n)) {
        struct fold f;
        char c = fold_sign(str_from(v->text, at), &f);
        at += f.bytes;
        if (f.class == FOLD_DROP || (!is_last && f.class == FOLD_SPACE))
            continue;
        if (seen >= glue.n || glue.p[seen++] != c)
            return false;
    }
    return seen == glue.n;
}

struct walk {
    const struct variant *v;
    uint32_t cursors[PHRASE_WORDS_MAX];
    uint32_t slop, fields, code;
};

static bool word_fits(const struct eval *e, const struct variant *v, uint32_t i, const struct node *node)
{
    if (v->cased) {
        const struct text_value *ignored;
        if (!is_cased(source_of(e, node->pos, node->pos + node->length, &ignored), v->cased[i]))
            return false;
    }
    return !v->glue || is_glued(e, node->pos + node->length, v->glue[i], i + 1 == v->n);
}

// Takes the words behind the first one; the last may be a pattern that is met more than once at its place.
static void walk_from(struct eval *e, struct walk *w, const struct node *first, struct spans *out)
{
    uint32_t end = first->pos + first->length;
    uint32_t slop = w->slop;
    for (uint32_t i = 1; i < w->v->n; i++) {
        uint32_t *cursor = &w->cursors[i];
        while (*cursor && e->nodes[*cursor - 1].pos < first->pos + i)
            *cursor = e->nodes[*cursor - 1].next;
        uint32_t at = *cursor;
        while (at && e->nodes[at - 1].pos < end)
            at = e->nodes[at - 1].next;
        if (!at)
            return;
        const struct node *node = &e->nodes[at - 1];
        if (node->pos - end > slop || node->phrase != first->phrase || !word_fits(e, w->v, i, node))
            return;
        slop -= node->pos - end;
        end = node->pos + node->length;
        for (uint32_t twin = node->next; i + 1 == w->v->n && twin; twin = e->nodes[twin - 1].next) {
            const struct node *other = &e->nodes[twin - 1];
            if (other->pos != node->pos)
                break;
            spans_push(out, (struct span){first->pos, other->pos + other->length, first->phrase, first->sentence,
                                          w->code, 0});
        }
    }
    spans_push(out, (struct span){first->pos, end, first->phrase, first->sentence, w->code, 0});
}

static void variant_spans(struct eval *e, const struct variant *v, uint32_t slop, uint32_t fields, uint32_t code,
                          struct spans *out)
{
    FOLD_UNSET struct walk w; // only as many cursors as there are words
    w.v = v;
    w.slop = slop;
    w.fields = fields;
    w.code = code;
    w.cursors[0] = 0; // a phrase of no words stands nowhere
    for (uint32_t i = 0; i < v->n; i++) {
        w.cursors[i] = eval_head(e, v->terms[i]);
        if (!w.cursors[i])
            return;
    }
    for (uint32_t at = w.cursors[0]; at; at = e->nodes[at - 1].next) {
        const struct node *node = &e->nodes[at - 1];
        if (node->field & fields && word_fits(e, v, 0, node))
            walk_from(e, &w, node, out);
    }
}

bool spans_of_leaf(struct eval *e, const uint32_t *code, uint32_t fields, struct spans *out)
{
    size_t first = out->n;
    uint32_t arg = code_arg(*code);
    uint32_t at = (uint32_t)(code - e->g->code);
    switch (code_op(*code)) {
    case OP_TERM:
    case OP_REGEX: term_spans(e, arg, fields, at, out); break;
    case OP_PHRASE: {
        struct variant v = {.terms = code + 1, .n = arg & PHRASE_COUNT_MASK};
        variant_spans(e, &v, arg >> PHRASE_SLOP_SHIFT, fields, at, out);
        break;
    }
    case OP_LEAF: {
        const struct leaf *leaf = &e->g->leaves[arg];
        for (uint32_t i = 0; i < leaf->n_variants; i++)
            variant_spans(e, &leaf->variants[i], leaf->slop, fields, at, out);
        break;
    }
    case OP_LANG:
    case OP_FALSE:
    case OP_NOT:
    case OP_FIELD:
    case OP_AND:
    case OP_OR:
    case OP_OF:
    case OP_NEAR:
    case OP_SCOPED: break;
    }
    return out->n > first;
}

static void operand_spans(struct eval *e, const uint32_t *code, uint32_t fields, size_t first, size_t *settle_at,
                          struct spans *out)
{
    if (code_op(*code) != OP_OR) {
        spans_of_leaf(e, code, fields, out);
        return;
    }
    const uint32_t *child = code + code_head(code);
    for (uint32_t i = 0; i < code_arg(*code); i++, child += code_size(child)) {
        operand_spans(e, child, fields, first, settle_at, out);
        spans_settle_if_long(out, first, settle_at);
    }
}

size_t spans_of(struct eval *e, const uint32_t *code, uint32_t fields, bool is_filtered, struct spans *out)
{
    size_t first = out->n, settle_at = SPANS_SETTLE_MIN;
    operand_spans(e, code, fields, first, &settle_at, out);
    spans_settle(out, first);
    for (size_t i = 0; is_filtered && i < e->n_vetoes; i++)
        out->n = first + spans_veto(e->vetoed.list + e->vetoes[i].first, e->vetoes[i].n, out->list + first,
                                    out->n - first, e->vetoes[i].join);
    return out->n - first;
}

// ---- how spans stand ----------------------------------------------------------------------------------------------

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static const uint32_t *sorted_ends(struct eval *e, const struct span *by, size_t n)
{
    if (n > e->ends_room) {
        e->ends_room = n * 2;
        e->ends = mem_resize_array(e->ends, e->ends_room, sizeof *e->ends);
    }
    bool is_sorted = true;
    for (size_t i = 0; i < n; i++) {
        e->ends[i] = by[i].end;
        is_sorted &= i == 0 || by[i - 1].end <= by[i].end;
    }
    if (!is_sorted)
        qsort(e->ends, n, sizeof *e->ends, by_value);
    return e->ends;
}

// The first of the sorted spans that starts at or behind pos; n: none.
static size_t first_from(const struct span *by, size_t n, uint32_t pos)
{
    size_t low = 0;
    while (low < n) {
        size_t middle = (low + n) / 2;
        if (by[middle].pos < pos)
            low = middle + 1;
        else
            n = middle;
    }
    return low;
}

// The largest of the sorted ends that is at most pos; UINT32_MAX: none.
static uint32_t last_end(const uint32_t *ends, size_t n, uint32_t pos)
{
    size_t low = 0;
    while (low < n) {
        size_t middle = (low + n) / 2;
        if (ends[middle] <= pos)
            low = middle + 1;
        else
            n = middle;
    }
    return low ? ends[low - 1] : UINT32_MAX;
}

// SAME: another span of the sentence that does not overlap. One pass over the sentences of both.
static size_t near_same(const struct span *by, size_t n_by, struct span *list, size_t n)
{
    size_t kept = 0;
    size_t from = 0;
    for (size_t i = 0; i < n;) {
        uint32_t sentence = list[i].sentence;
        while (from < n_by && by[from].sentence < sentence)
            from++;
        uint32_t least_end = UINT32_MAX;
        uint32_t last_pos = 0;
        bool has = false;
        for (size_t k = from; k < n_by && by[k].sentence == sentence; k++) {
            least_end = by[k].end < least_end ? by[k].end : least_end;
            last_pos = by[k].pos;
            has = true;
        }
        for (; i < n && list[i].sentence == sentence; i++)
            if (has && (least_end <= list[i].pos || last_pos >= list[i].end))
                list[kept++] = list[i];
    }
    return kept;
}

size_t spans_near(struct eval *e, const struct span *by, size_t n_by, struct span *list, size_t n,
                  struct expr_join join, bool is_behind)
{
    if (join.link == LINK_SAME)
        return near_same(by, n_by, list, n);
    const uint32_t *ends = sorted_ends(e, by, n_by);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_near = false;
        if (join.link == LINK_NEAR || is_behind) { // one of `by` before it
            uint32_t end = last_end(ends, n_by, list[i].pos);
            is_near = end != UINT32_MAX && list[i].pos - end < join.distance;
        }
        if (!is_near && (join.link == LINK_NEAR || !is_behind)) { // one behind it
            size_t next = first_from(by, n_by, list[i].end);
            is_near = next < n_by && by[next].pos - list[i].end < join.distance;
        }
        if (is_near)
            list[kept++] = list[i];
    }
    return kept;
}

size_t spans_veto(const struct span *by, size_t n_by, struct span *list, size_t n, struct expr_join join)
{
    size_t kept = 0;
    size_t from = 0;
    uint32_t reach = join.link == LINK_SAME ? 0 : join.distance;
    for (size_t i = 0; i < n; i++) {
        bool is_vetoed = false;
        if (join.link == LINK_SAME) {
            while (from < n_by && by[from].sentence < list[i].sentence)
                from++;
            is_vetoed = from < n_by && by[from].sentence == list[i].sentence;
        } else {
            // Phrases of `by` may be long, so the window opens where the longest could still reach; so may what regexes
            // find, up to 255 positions.
            uint32_t widest = reach + PHRASE_WORDS_MAX * COMPOUND_MAX + SLOP_MAX;
            uint32_t open = list[i].pos > widest ? list[i].pos - widest : 0;
            for (size_t k = first_from(by, n_by, open); k < n_by && !is_vetoed; k++) {
                if (by[k].pos >= list[i].end && by[k].pos - list[i].end >= reach)
                    break;
                is_vetoed = by[k].end > list[i].pos || list[i].pos - by[k].end < reach;
            }
        }
        if (!is_vetoed)
            list[kept++] = list[i];
    }
    return kept;
}
