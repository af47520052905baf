// SPDX-License-Identifier: MIT
//
// The naive evaluator. See naive.h. Written to be obviously right, not fast.
#include "tests/tools/naive.h"

#include <libstemmer.h>
#include <regex.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { SPLITS_MAX = 16, PIECES_MAX = 16, TEXT_FIELDS = 7 };

struct piece {
    struct str folded, cased, glue;
    bool is_single;
};

struct way { // of writing a leaf: each hyphen kept or not
    struct piece pieces[PIECES_MAX];
    size_t n;
};

struct node {
    const struct expr *e;
    struct node **children;
    size_t n_children;
    struct way *ways;
    size_t n_ways;
    regex_t regex;
};

struct naive_rule {
    struct arena arena;
    struct fold_table *table;
    struct node *when;
    struct node **unless;
    size_t n_unless;
};

struct run {
    const struct text *t;
    struct str lang;
    const struct naive_hits *vetoes; // of scoped vetoes
    const struct expr_join *joins;
    size_t n_vetoes;
};

static void push(struct naive_hits *h, struct naive_hit hit)
{
    if (h->n == h->room) {
        h->room = h->room ? h->room * 2 : 16;
        h->list = mem_resize_array(h->list, h->room, sizeof *h->list);
    }
    h->list[h->n++] = hit;
}

// ---- preparing ----------------------------------------------------------------------------------------------------

static struct str letters_only(struct arena *a, struct str s, bool is_cased)
{
    struct buf b;
    buf_init(&b, SIZE_MAX);
    for (size_t at = 0; at < s.n;) {
        struct fold f;
        is_cased ? fold_next_cased(str_from(s, at), &f) : fold_next(str_from(s, at), &f);
        for (size_t i = 0; (f.class == FOLD_WORD || f.class == FOLD_SINGLE) && i < f.n; i++)
            utf8_add(&b, f.codes[i]);
        at += f.bytes;
    }
    struct str copy = arena_str(a, buf_str(&b));
    buf_done(&b);
    return copy;
}

static struct str signs_only(struct arena *a, struct str s, bool is_last)
{
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        bool is_sign = s.p[i] == '&' || s.p[i] == '+' || s.p[i] == '.' || s.p[i] == '\'';
        if (is_sign && (!is_last || s.p[i] == '+'))
            out[n++] = s.p[i];
    }
    return (struct str){out, n};
}

static void add_way(struct naive_rule *r, struct node *node, const struct text *t, const size_t *parts, size_t n_parts,
                    unsigned split)
{
    struct way *way = &node->ways[node->n_ways++];
    bool is_plain = node->e->kind != EXPR_PHRASE;
    unsigned hyphen = 0;
    for (size_t i = 0; i < n_parts;) {
        size_t last = i;
        while (last + 1 < n_parts && t->words[parts[last + 1]].flags & WORD_HYPHEN && !(split >> hyphen++ & 1))
            last++;
        size_t start = t->places[i].start;
        size_t stop = last + 1 < n_parts ? t->places[last + 1].start : node->e->text.n;
        struct str source = {node->e->text.p + start, t->places[last].end - start};
        size_t end = t->places[last].end;
        struct str gap = {node->e->text.p + end, stop > end ? stop - end : 0};
        struct str folded = {0};
        for (size_t k = i; k <= last; k++) {
            struct str one = word_folded(t, &t->words[parts[k]]);
            folded = arena_fmt(&r->arena, "%.*s%.*s", STR_ARG(folded), STR_ARG(one));
        }
        way->pieces[way->n++] = (struct piece){
            .folded = folded,
            .cased = letters_only(&r->arena, source, true),
            .glue = is_plain ? signs_only(&r->arena, gap, last + 1 == n_parts) : (struct str){0},
            .is_single = t->words[parts[last]].flags & WORD_SINGLE,
        };
        i = last + 1;
    }
}

static void prepare_leaf(struct naive_rule *r, struct node *node)
{
    if (node->e->kind == EXPR_REGEX) {
        int flags = REG_EXTENDED | REG_NEWLINE | (node->e->is_caseless ? REG_ICASE : 0);
        if (regcomp(&node->regex, arena_dupz(&r->arena, node->e->text), flags) != 0)
            abort();
        return;
    }
    struct text t;
    text_init(&t, r->table, 0);
    text_add(&t, FIELD_URL, 0, node->e->text);
    size_t parts[PIECES_MAX];
    size_t n = 0;
    unsigned hyphens = 0;
    for (size_t i = 0; i < t.n_words && n < PIECES_MAX; i++)
        if (!(t.words[i].flags & WORD_JOINED)) {
            hyphens += n > 0 && t.words[i].flags & WORD_HYPHEN;
            parts[n++] = i;
        }
    node->ways = ARENA_ARRAY(&r->arena, struct way, SPLITS_MAX);
    for (unsigned split = 0; split < 1u << hyphens && split < SPLITS_MAX; split++)
        add_way(r, node, &t, parts, n, split);
    text_done(&t);
}

static struct node *prepare(struct naive_rule *r, const struct expr *e)
{
    struct node *node = ARENA_NEW(&r->arena, struct node);
    node->e = e;
    if (e->kind == EXPR_SET && e->set->expr)
        return prepare(r, e->set->expr);
    if (e->kind == EXPR_SET) { // a list: OR of its phrases
        struct expr *any = ARENA_NEW(&r->arena, struct expr);
        any->kind = EXPR_OR;
        node->e = any;
        for (size_t i = 0; i < e->set->n_list; i++) {
            struct expr *phrase = ARENA_NEW(&r->arena, struct expr);
            phrase->kind = EXPR_PHRASE;
            phrase->text = e->set->list[i];
            ARENA_PUSH(&r->arena, node->children, node->n_children, prepare(r, phrase));
        }
        return node;
    }
    for (size_t i = 0; i < e->n_children; i++)
        ARENA_PUSH(&r->arena, node->children, node->n_children, prepare(r, e->children[i]));
    if (e->kind >= EXPR_WORD && e->kind <= EXPR_REGEX)
        prepare_leaf(r, node);
    return node;
}

struct naive_rule *naive_rule_new(const struct expr *when, const struct expr *const *unless, size_t n_unless)
{
    struct naive_rule *r = mem_alloc(sizeof *r);
    arena_init(&r->arena, SIZE_MAX);
    r->table = fold_table_new();
    r->when = prepare(r, when);
    r->n_unless = n_unless;
    r->unless = ARENA_ARRAY(&r->arena, struct node *, n_unless + 1);
    for (size_t i = 0; i < n_unless; i++)
        r->unless[i] = prepare(r, unless[i]);
    return r;
}

static void free_regexes(struct node *node)
{
    if (node->e->kind == EXPR_REGEX)
        regfree(&node->regex);
    for (size_t i = 0; i < node->n_children; i++)
        free_regexes(node->children[i]);
}

void naive_rule_free(struct naive_rule *r)
{
    free_regexes(r->when);
    for (size_t i = 0; i < r->n_unless; i++)
        free_regexes(r->unless[i]);
    fold_table_free(r->table);
    arena_done(&r->arena);
    mem_free(r);
}

// ---- leaves -------------------------------------------------------------------------------------------------------

static bool is_stem_of(struct str text, struct str rule, struct str lang)
{
    if (str_eq(text, rule))
        return true;
    struct str primary = str_head(lang, str_find_char(lang, '-'));
    char name[8] = "en";
    if (primary.n && primary.n < sizeof name) {
        memcpy(name, primary.p, primary.n);
        name[primary.n] = '\0';
    }
    struct sb_stemmer *s = sb_stemmer_new(name, NULL);
    if (!s)
        return false;
    char first[256];
    const sb_symbol *stem = sb_stemmer_stem(s, (const sb_symbol *)text.p, (int)text.n);
    size_t n = (size_t)sb_stemmer_length(s);
    memcpy(first, stem, n);
    stem = sb_stemmer_stem(s, (const sb_symbol *)rule.p, (int)rule.n);
    bool same = str_eq((struct str){first, n}, (struct str){(const char *)stem, (size_t)sb_stemmer_length(s)});
    sb_stemmer_delete(s);
    return same;
}

static bool word_is(const struct run *r, const struct node *node, const struct way *way, size_t i, const struct word *w)
{
    const struct piece *p = &way->pieces[i];
    struct str have = word_folded(r->t, w);
    bool is_last = i + 1 == way->n && !p->is_single;
    if (is_last && node->e->kind == EXPR_PREFIX ? !str_starts(have, p->folded)
        : is_last && node->e->kind == EXPR_INFIX ? str_find(have, p->folded) == have.n
        : is_last && node->e->kind == EXPR_STEM  ? !is_stem_of(have, p->folded, r->lang)
                                                 : !str_eq(have, p->folded))
        return false;
    const struct text_value *v = text_value_at(r->t, w->pos);
    struct place at = text_place(r->t, v, w->pos, w->pos + w->length);
    if (node->e->is_exact) {
        struct arena a;
        arena_init(&a, SIZE_MAX);
        struct str have_cased = letters_only(&a, (struct str){v->text.p + at.start, at.end - at.start}, true);
        bool same = str_eq(have_cased, p->cased);
        arena_done(&a);
        if (!same)
            return false;
    }
    return true;
}

static bool is_glued(const struct run *r, const struct way *way, size_t i, uint32_t end)
{
    bool has_glue = false;
    for (size_t k = 0; k < way->n; k++)
        has_glue |= way->pieces[k].glue.n > 0;
    if (!has_glue)
        return true;
    const struct text_value *v = text_value_at(r->t, end - 1);
    size_t at = text_place(r->t, v, end - 1, end).end;
    bool has_next = end - v->first_pos < v->n_places;
    size_t stop = has_next ? text_place(r->t, v, end, end + 1).start : v->text.n;
    struct str glue = way->pieces[i].glue;
    if (i + 1 == way->n)
        return str_starts((struct str){v->text.p + at, stop - at}, glue);
    size_t seen = 0;
    for (; at < stop; at++)
        if (v->text.p[at] != ' ' && v->text.p[at] != '\n' && (seen >= glue.n || glue.p[seen++] != v->text.p[at]))
            return false;
    return seen == glue.n;
}

static void follow(const struct run *r, const struct node *node, const struct way *way, size_t i, const struct word *first,
                   uint32_t end, uint32_t slop, struct naive_hits *out)
{
    if (i == way->n) {
        push(out, (struct naive_hit){.pos = first->pos, .end = end});
        return;
    }
    uint32_t nearest = UINT32_MAX; // each word at its earliest place behind the one before
    for (size_t k = 0; k < r->t->n_words; k++) {
        const struct word *w = &r->t->words[k];
        struct node any = *node;
        struct expr plain = *node->e;
        plain.is_exact = false;
        any.e = &plain;
        if (w->pos >= end && w->pos < nearest && word_is(r, &any, way, i, w))
            nearest = w->pos;
    }
    if (nearest == UINT32_MAX || nearest - end > slop)
        return;
    for (size_t k = 0; k < r->t->n_words; k++) {
        const struct word *w = &r->t->words[k];
        if (w->pos == nearest && w->phrase == first->phrase && word_is(r, node, way, i, w) &&
            is_glued(r, way, i, w->pos + w->length))
            follow(r, node, way, i + 1, first, w->pos + w->length, slop - (nearest - end), out);
    }
}

static void regex_hits(const struct run *r, const struct node *node, uint32_t fields, struct naive_hits *out)
{
    for (size_t i = 0; i < r->t->n_values; i++) {
        const struct text_value *v = &r->t->values[i];
        if (!(fields >> v->field & 1))
            continue;
        char *z = mem_dupz(v->text);
        size_t from = 0;
        regmatch_t m;
        while (regexec(&node->regex, z + from, 1, &m, from ? REG_NOTBOL : 0) == 0) {
            struct place at = {(uint32_t)(from + (size_t)m.rm_so), (uint32_t)(from + (size_t)m.rm_eo)};
            const struct place *places = r->t->places + v->first_place;
            uint32_t low = 0;
            while (low < v->n_places && places[low].end <= at.start)
                low++;
            uint32_t high = low;
            while (high < v->n_places && places[high].start < at.end)
                high++;
            push(out, (struct naive_hit){v->first_pos + low, v->first_pos + high, at, v, node->e->text});
            from = at.end;
        }
        mem_free(z);
    }
}

static bool is_disjoint(const struct naive_hit *a, const struct naive_hit *b)
{
    return a->end <= b->pos || b->end <= a->pos;
}

static uint32_t sentence_of(const struct run *r, const struct naive_hit *h)
{
    const struct text_value *v = text_value_at(r->t, h->pos);
    uint32_t sentence = 0;
    for (size_t k = v->first_word; k < v->first_word + v->n_words; k++)
        if (r->t->words[k].pos <= h->pos)
            sentence = r->t->words[k].sentence;
    return sentence;
}

static bool stands(const struct run *r, const struct naive_hit *a, const struct naive_hit *b, struct expr_join join)
{
    if (join.link == LINK_SAME)
        return sentence_of(r, a) == sentence_of(r, b) && is_disjoint(a, b);
    if (b->pos >= a->end && b->pos - a->end < join.distance)
        return true;
    return join.link == LINK_NEAR && a->pos >= b->end && a->pos - b->end < join.distance;
}

static bool is_vetoed(const struct run *r, const struct naive_hit *h)
{
    for (size_t i = 0; i < r->n_vetoes; i++)
        for (size_t k = 0; k < r->vetoes[i].n; k++) {
            const struct naive_hit *v = &r->vetoes[i].list[k];
            if (r->joins[i].link == LINK_SAME ? sentence_of(r, h) == sentence_of(r, v)
                                              : !is_disjoint(h, v) || stands(r, h, v, r->joins[i]))
                return true;
        }
    return false;
}

static void operand_hits(const struct run *r, const struct node *node, uint32_t fields, bool is_filtered,
                         struct naive_hits *out)
{
    struct naive_hits all = {0};
    if (node->e->kind == EXPR_OR) {
        for (size_t i = 0; i < node->n_children; i++)
            operand_hits(r, node->children[i], fields, false, &all);
    } else if (node->e->kind == EXPR_REGEX) {
        regex_hits(r, node, fields, &all);
    } else {
        for (size_t i = 0; i < node->n_ways; i++)
            for (size_t k = 0; k < r->t->n_words; k++) {
                const struct word *w = &r->t->words[k];
                if (fields >> text_value_at(r->t, w->pos)->field & 1 && word_is(r, node, &node->ways[i], 0, w) &&
                    is_glued(r, &node->ways[i], 0, w->pos + w->length))
                    follow(r, node, &node->ways[i], 1, w, w->pos + w->length,
                           node->e->kind == EXPR_PHRASE ? node->e->number : 0, &all);
            }
    }
    for (size_t i = 0; i < all.n; i++)
        if (!is_filtered || !is_vetoed(r, &all.list[i]))
            push(out, all.list[i]);
    mem_free(all.list);
}

// ---- trees --------------------------------------------------------------------------------------------------------

// Tries every chain that goes on from hit `at` of operand i; marks those that come to the end.
static bool chain(const struct run *r, const struct node *node, const struct naive_hits *hits, bool **marks, size_t i,
                  size_t at)
{
    if (i + 1 == node->n_children) {
        marks[i][at] = true;
        return true;
    }
    bool any = false;
    for (size_t k = 0; k < hits[i + 1].n; k++)
        if (stands(r, &hits[i].list[at], &hits[i + 1].list[k], node->e->joins[i]))
            any |= chain(r, node, hits, marks, i + 1, k);
    marks[i][at] |= any;
    return any;
}

static bool near(const struct run *r, const struct node *node, uint32_t fields, bool is_filtered, struct naive_hits *out)
{
    struct naive_hits *hits = mem_alloc_array(node->n_children, sizeof *hits);
    bool **marks = mem_alloc_array(node->n_children, sizeof *marks);
    for (size_t i = 0; i < node->n_children; i++) {
        operand_hits(r, node->children[i], fields, is_filtered, &hits[i]);
        marks[i] = mem_alloc_array(hits[i].n + 1, sizeof **marks);
    }
    bool any = false;
    for (size_t k = 0; k < hits[0].n; k++)
        any |= chain(r, node, hits, marks, 0, k);
    for (size_t i = 0; i < node->n_children; i++) {
        for (size_t k = 0; k < hits[i].n && out; k++)
            if (marks[i][k])
                push(out, hits[i].list[k]);
        mem_free(hits[i].list);
        mem_free(marks[i]);
    }
    mem_free(hits);
    mem_free(marks);
    return any;
}

static bool is_lang(const struct node *node, struct str lang)
{
    if (node->e->kind == EXPR_OR) {
        for (size_t i = 0; i < node->n_children; i++)
            if (is_lang(node->children[i], lang))
                return true;
        return false;
    }
    if (lang.n == 0)
        return str_eq(node->e->text, S("unknown"));
    return str_eq_nocase(str_head(lang, str_find_char(lang, '-')), node->e->text) || str_eq_nocase(lang, node->e->text);
}

// Whether the tree holds; the hits of what holds in it go to out (NULL: none wanted).
static bool holds(const struct run *r, const struct node *node, uint32_t fields, bool is_filtered,
                  struct naive_hits *out)
{
    const struct expr *e = node->e;
    struct naive_hits mine = {0};
    size_t met = 0;
    switch (e->kind) {
    case EXPR_NOT: return !holds(r, node->children[0], fields, false, NULL);
    case EXPR_FIELD:
        if (e->fields == 1 << FIELD_LANG)
            return is_lang(node->children[0], r->lang);
        return holds(r, node->children[0], e->fields, is_filtered, out);
    case EXPR_NEAR: return near(r, node, fields, is_filtered, out);
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_OF: {
        for (size_t i = 0; i < node->n_children; i++) {
            size_t before = mine.n;
            if (holds(r, node->children[i], fields, is_filtered, &mine))
                met++;
            else
                mine.n = before;
        }
        size_t need = e->kind == EXPR_OR ? 1 : e->kind == EXPR_AND ? node->n_children : e->number;
        for (size_t i = 0; met >= need && out && i < mine.n; i++)
            push(out, mine.list[i]);
        mem_free(mine.list);
        return met >= need;
    }
    default: break;
    }
    operand_hits(r, node, fields, is_filtered, &mine);
    met = mine.n;
    for (size_t i = 0; out && i < mine.n; i++)
        push(out, mine.list[i]);
    mem_free(mine.list);
    return met > 0;
}

static int by_place(const void *a, const void *b)
{
    const struct naive_hit *x = a;
    const struct naive_hit *y = b;
    if (x->pos != y->pos)
        return x->pos < y->pos ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    if (x->regex.n == 0 || y->regex.n == 0)
        return (x->regex.n > 0) - (y->regex.n > 0);
    int pattern = str_cmp(x->regex, y->regex);
    return pattern ? pattern : (x->place.start > y->place.start) - (x->place.start < y->place.start);
}

static void settle(const struct text *t, struct naive_hits *h)
{
    if (h->n)
        qsort(h->list, h->n, sizeof *h->list, by_place);
    size_t kept = 0;
    for (size_t i = 0; i < h->n; i++) {
        struct naive_hit *hit = &h->list[i];
        if (kept && by_place(&h->list[kept - 1], hit) == 0)
            continue;
        hit->value = text_value_at(t, hit->pos);
        if (!hit->regex.n)
            hit->place = text_place(t, hit->value, hit->pos, hit->end);
        h->list[kept++] = *hit;
    }
    h->n = kept;
}

bool naive_run(const struct naive_rule *rule, const struct text *t, struct str lang, struct naive_hits *out)
{
    out->n = 0;
    struct naive_hits *vetoes = mem_alloc_array(rule->n_unless + 1, sizeof *vetoes);
    struct expr_join *joins = mem_alloc_array(rule->n_unless + 1, sizeof *joins);
    struct run r = {.t = t, .lang = lang, .vetoes = vetoes, .joins = joins};
    bool ok = holds(&r, rule->when, TEXT_FIELDS, false, NULL);
    for (size_t i = 0; i < rule->n_unless && ok; i++) {
        struct node *veto = rule->unless[i];
        if (!veto->e->is_scoped) {
            ok = !holds(&r, veto, TEXT_FIELDS, false, NULL);
            continue;
        }
        joins[r.n_vetoes] = veto->e->joins[0];
        operand_hits(&r, veto->children[0], TEXT_FIELDS, false, &vetoes[r.n_vetoes]);
        r.n_vetoes++;
    }
    ok = ok && holds(&r, rule->when, TEXT_FIELDS, true, out);
    for (size_t i = 0; i < rule->n_unless; i++)
        mem_free(vetoes[i].list);
    mem_free(vetoes);
    mem_free(joins);
    settle(t, out);
    return ok;
}
