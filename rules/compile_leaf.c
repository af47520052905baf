// SPDX-License-Identifier: MIT
//
// Leaves -> terms, phrases and variants. See compile.h.
//
// A leaf is read by the same tokenizer as the texts, so that both fold alike. Each hyphen in it may stand or not, so a
// leaf with hyphens has variants: `cease-fire` is `ceasefire` or `cease fire`. What a word holds inside besides hyphens
// (AT&T, c++, U.S.) must stand in the text too. A * or ~ belongs to the last word.
#include "rules/compile.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "rules/regex_branch.h"
#include "rules/regex_literal.h"

enum {
    SHORT_WORDS_MAX = 8,  // of a leaf that is read without a tokenizer; longer phrases are rare
    SHORT_BYTES_MAX = 64,
};

// A word of the leaf: the parts [first, last] of the leaf's words, joined.
struct piece {
    size_t first, last;
};

struct leaf_text {
    struct compiler *c;
    const struct expr *e;
    size_t *parts; // indexes into c->text.words of the words without the joined ones
    size_t n_parts;
    struct variant variants[VARIANTS_MAX];
    size_t n_variants;
};

static void read_parts(struct leaf_text *l)
{
    struct text *t = &l->c->text;
    text_reset(t, l->c->g->seed);
    text_add(t, FIELD_URL, 0, l->e->text); // as an address: a phrase of a rule has no sentences
    l->parts = mem_alloc_array(t->n_words + 1, sizeof *l->parts);
    for (size_t i = 0; i < t->n_words; i++)
        if (!(t->words[i].flags & WORD_JOINED))
            l->parts[l->n_parts++] = i;
}

static const struct word *part(const struct leaf_text *l, size_t i)
{
    return &l->c->text.words[l->parts[i]];
}

static struct str piece_folded(const struct leaf_text *l, struct piece piece)
{
    const struct word *first = part(l, piece.first);
    const struct word *last = part(l, piece.last);
    return (struct str){l->c->text.folded + first->folded, last->folded + last->folded_n - first->folded};
}

static struct str piece_source(const struct leaf_text *l, struct piece piece)
{
    const struct place *places = l->c->text.places;
    size_t start = places[piece.first].start;
    return (struct str){l->e->text.p + start, places[piece.last].end - start};
}

// The bytes of a source with case kept and all that is no letter left out.
static struct str cased(struct arena *arena, struct str source)
{
    struct buf out;
    buf_init(&out, SIZE_MAX);
    for (size_t at = 0; at < source.n;) {
        struct fold f;
        fold_next_cased(str_from(source, at), &f);
        for (size_t i = 0; i < f.n && (f.class == FOLD_WORD || f.class == FOLD_SINGLE); i++)
            utf8_add(&out, f.codes[i]);
        at += f.bytes;
    }
    struct str copy = arena_str(arena, buf_str(&out));
    buf_done(&out);
    return copy;
}

// What stands between two parts of an unquoted word, quotes made one; behind the last only +.
static struct str glue(struct arena *arena, struct str text)
{
    char *out = arena_alloc(arena, text.n + 1);
    size_t n = 0;
    for (size_t at = 0; at < text.n;) {
        struct fold f;
        char c = fold_sign(str_from(text, at), &f);
        if (c == '\'' || c == '&' || c == '+' || c == '.')
            out[n++] = c;
        at += f.bytes;
    }
    return (struct str){out, n};
}

static uint32_t piece_term(struct leaf_text *l, struct piece piece, bool is_last)
{
    struct compiler *c = l->c;
    struct str folded = piece_folded(l, piece);
    bool is_single = part(l, piece.last)->flags & WORD_SINGLE;
    struct str source = piece_source(l, piece);
    enum term_kind kind = TERM_WORD;
    if (is_last && !is_single) {
        kind = l->e->kind == EXPR_PREFIX  ? TERM_PREFIX
               : l->e->kind == EXPR_INFIX ? TERM_INFIX
               : l->e->kind == EXPR_STEM  ? TERM_STEM
                                          : TERM_WORD;
    }
    switch (kind) {
    case TERM_WORD: return compiler_term(c, kind, folded, source);
    case TERM_PREFIX: return compiler_term(c, kind, folded, arena_fmt(&c->g->arena, "%.*s*", STR_ARG(source)));
    case TERM_INFIX: return compiler_term(c, kind, folded, arena_fmt(&c->g->arena, "*%.*s*", STR_ARG(source)));
    case TERM_STEM: return compiler_term(c, kind, source, arena_fmt(&c->g->arena, "%.*s~", STR_ARG(source)));
    case TERM_REGEX:
    case TERM_LIST: break;
    }
    return NO_TERM;
}

// The glue behind part i, or before the end.
static struct str glue_behind(const struct leaf_text *l, size_t i)
{
    const struct place *places = l->c->text.places;
    size_t from = places[i].end;
    size_t to = i + 1 < l->n_parts ? places[i + 1].start : l->e->text.n;
    size_t n = to > from ? to - from : 0; // two words that one character is folded into have the same place
    struct str g = glue(&l->c->g->arena, (struct str){l->e->text.p + from, n});
    if (i + 1 == l->n_parts)
        while (g.n && g.p[g.n - 1] != '+')
            g.n--;
    return g;
}

static bool needs_glue(const struct leaf_text *l)
{
    if (l->e->kind == EXPR_PHRASE)
        return false;
    const struct place *places = l->c->text.places;
    for (size_t i = 0; i < l->n_parts; i++) {
        size_t to = i + 1 < l->n_parts ? places[i + 1].start : l->e->text.n;
        if (places[i].end < to && glue_behind(l, i).n)
            return true;
    }
    return false;
}

// Adds the variant whose hyphens are kept where the bits of `split` say so.
static void add_variant(struct leaf_text *l, uint64_t split)
{
    struct arena *arena = &l->c->g->arena;
    struct piece *pieces = mem_alloc_array(l->n_parts, sizeof *pieces);
    size_t n = 0;
    unsigned hyphen = 0;
    for (size_t i = 0; i < l->n_parts; i++) {
        bool is_tied = i > 0 && part(l, i)->flags & WORD_HYPHEN;
        if (is_tied && !(split >> (hyphen++ & 63) & 1))
            pieces[n - 1].last = i;
        else
            pieces[n++] = (struct piece){i, i};
    }
    uint32_t *terms = ARENA_ARRAY(arena, uint32_t, n);
    struct variant v = {.terms = terms, .n = (uint32_t)n};
    struct str *casings = l->e->is_exact ? ARENA_ARRAY(arena, struct str, n) : NULL;
    struct str *glues = needs_glue(l) ? ARENA_ARRAY(arena, struct str, n) : NULL;
    for (size_t i = 0; i < n; i++) {
        terms[i] = piece_term(l, pieces[i], i + 1 == n);
        if (casings)
            casings[i] = cased(arena, piece_source(l, pieces[i]));
        if (glues)
            glues[i] = glue_behind(l, pieces[i].last);
    }
    v.cased = casings;
    v.glue = glues;
    l->variants[l->n_variants++] = v;
    mem_free(pieces);
}

// A beginning may be longer than the article before it is a word: `الهد*` also finds what lost its article.
static void add_without_article(struct leaf_text *l)
{
    if (l->e->kind != EXPR_PREFIX || l->n_parts != 1)
        return;
    struct str folded = word_folded(&l->c->text, part(l, 0));
    size_t cut = text_arabic_article(folded, piece_source(l, (struct piece){0, 0}), 2);
    if (!cut)
        return;
    uint32_t *terms = ARENA_NEW(&l->c->g->arena, uint32_t);
    *terms = compiler_term(l->c, TERM_PREFIX, str_from(folded, cut),
                           arena_fmt(&l->c->g->arena, "%.*s*", STR_ARG(l->e->text)));
    l->variants[l->n_variants++] = (struct variant){.terms = terms, .n = 1};
}

static void emit_leaf(struct leaf_text *l)
{
    struct compiler *c = l->c;
    const struct variant *v = &l->variants[0];
    bool is_plain = l->n_variants == 1 && !v->cased && !v->glue;
    if (is_plain && v->n == 1) {
        compiler_emit(c, code_word(OP_TERM, v->terms[0]));
        return;
    }
    uint32_t slop = l->e->kind == EXPR_PHRASE ? l->e->number : 0;
    if (is_plain && v->n <= PHRASE_WORDS_MAX) {
        compiler_emit(c, code_word(OP_PHRASE, slop << PHRASE_SLOP_SHIFT | v->n));
        for (size_t i = 0; i < v->n; i++)
            compiler_emit(c, v->terms[i]);
        return;
    }
    if (c->g->n_leaves == c->leaves_room) {
        c->leaves_room = c->leaves_room ? c->leaves_room * 2 : 64;
        c->g->leaves = mem_resize_array(c->g->leaves, c->leaves_room, sizeof *c->g->leaves);
    }
    struct variant *variants = ARENA_ARRAY(&c->g->arena, struct variant, l->n_variants);
    memcpy(variants, l->variants, l->n_variants * sizeof *variants);
    struct str text = l->e->n ? (struct str){c->source->text.p + l->e->at, l->e->n} : l->e->text;
    compiler_emit(c, code_word(OP_LEAF, c->g->n_leaves));
    c->g->leaves[c->g->n_leaves++] = (struct leaf){.text = arena_str(&c->g->arena, text), .variants = variants,
                                                   .n_variants = (uint32_t)l->n_variants, .slop = slop};
}

// Most leaves: a word, or words, with nothing special about them. False: it is another.
static bool emit_plain(struct leaf_text *l, unsigned hyphens)
{
    bool is_plain = (l->e->kind == EXPR_WORD || l->e->kind == EXPR_PHRASE) && !l->e->is_exact && !hyphens;
    if (!is_plain || needs_glue(l))
        return false;
    if (l->n_parts > 1)
        compiler_emit(l->c, code_word(OP_PHRASE, l->e->number << PHRASE_SLOP_SHIFT | l->n_parts));
    for (size_t i = 0; i < l->n_parts; i++) {
        uint32_t term = piece_term(l, (struct piece){i, i}, false);
        compiler_emit(l->c, l->n_parts > 1 ? term : code_word(OP_TERM, term));
    }
    return true;
}

static void compile_regex(struct compiler *c, const struct expr *e)
{
    struct str name = arena_fmt(&c->g->arena, "/%.*s/%s", STR_ARG(e->text), e->is_caseless ? "i" : "");
    uint32_t term = compiler_term(c, TERM_REGEX, name, name);
    if (!c->terms[term].leaf) {
        c->terms[term].leaf = e;
        c->terms[term].source = c->source;
        char literal[REGEX_LITERAL_MAX];
        struct str found = regex_literal(regex_composed(e->text, &c->g->arena), literal);
        uint32_t held = found.n ? compiler_term(c, TERM_INFIX, found, arena_fmt(&c->g->arena, "*%.*s*", STR_ARG(found)))
                                : NO_TERM;
        c->terms[term].literal = held;
    }
    compiler_emit(c, code_word(OP_REGEX, term));
}

// Reads a leaf that is nothing but short words with a space between them, as most are. Returns how many, 0: it is more.
static size_t read_short(const struct compiler *c, const struct expr *e, struct short_word out[SHORT_WORDS_MAX])
{
    bool is_plain = (e->kind == EXPR_WORD || e->kind == EXPR_PHRASE) && !e->is_exact;
    if (!is_plain || e->text.n > SHORT_BYTES_MAX)
        return 0;
    char text[SHORT_BYTES_MAX + WORD_SHORT + 1] = {0}; // 16 bytes are read at once, and the one behind them
    memcpy(text, e->text.p, e->text.n);
    size_t n_words = 0;
    for (size_t at = 0; at < e->text.n; n_words++) {
        if (n_words == SHORT_WORDS_MAX)
            return 0;
        struct short_word *w = &out[n_words];
        w->hash = word_read_short(c->text.key, text + at, w->folded, &w->n);
        w->name = (struct str){e->text.p + at, w->n};
        at += w->n;
        if (w->n == 0 || w->n == WORD_SHORT || (at < e->text.n && text[at++] != ' '))
            return 0;
    }
    return n_words;
}

// Such a leaf needs no tokenizer.
static bool compile_short(struct compiler *c, const struct expr *e)
{
    FOLD_UNSET struct short_word words[SHORT_WORDS_MAX]; // only as many as there are
    size_t n = read_short(c, e, words);
    if (n > 1)
        compiler_emit(c, code_word(OP_PHRASE, e->number << PHRASE_SLOP_SHIFT | n));
    for (size_t i = 0; i < n; i++)
        compiler_emit_short(c, n > 1 ? 0 : code_word(OP_TERM, 0), &words[i]);
    return n > 0;
}

void compile_leaf(struct compiler *c, const struct expr *e)
{
    if (compile_short(c, e))
        return;
    if (e->kind == EXPR_REGEX) {
        compile_regex(c, e);
        return;
    }
    struct leaf_text l = {.c = c, .e = e};
    read_parts(&l);
    unsigned hyphens = 0;
    for (size_t i = 1; i < l.n_parts; i++)
        hyphens += (part(&l, i)->flags & WORD_HYPHEN) != 0;
    if (l.n_parts == 0 || l.n_parts > PHRASE_WORDS_MAX) {
        compiler_emit(c, code_word(OP_FALSE, 0)); // expr_check has told
    } else if (!emit_plain(&l, hyphens)) {
        if (hyphens <= 3)
            for (uint64_t split = 0; split < 1u << hyphens; split++)
                add_variant(&l, split);
        else // many: all of them kept, or none
            add_variant(&l, 0), add_variant(&l, UINT64_MAX);
        add_without_article(&l);
        emit_leaf(&l);
    }
    mem_free(l.parts);
}
