// SPDX-License-Identifier: MIT
//
// Posting. See post.h.
//
// A segment of plain words asks the vocabulary's filter for all words first and looks up only what passes it. One with
// patterns or stems looks each word up in what is known of words; what is not known yet is worked out once. Of a text
// without spaces nearly every word is a term, and few are asked for: they are noted, and posted when they are needed.
#include "rules/post.h"

#include "base/hash.h"
#include "base/mem.h"
#include "rules/pattern.h"

static const uint64_t LANGUAGE_MIX = 0x9E3779B97F4A7C15u;
enum { BLOCK = 128 }; // words read at once: what they need of far tables fits the nearest cache
enum { AHEAD = 8 }; // words whose place in a table is fetched ahead: covers the latency of a far cache

// Adds a term of the word at hand, once.
static void gather(void *context, uint32_t term)
{
    struct eval *e = context;
    for (size_t i = 0; i < e->n_met && i < 64; i++)
        if (e->met[i] == term)
            return;
    if (e->n_met == e->met_room) {
        e->met_room = e->met_room ? e->met_room * 2 : 64;
        e->met = mem_resize_array(e->met, e->met_room, sizeof *e->met);
    }
    e->met[e->n_met++] = term;
}

static struct str spelled(const struct text *t, const struct text_value *v, const struct word *w)
{
    struct place p = text_place(t, v, w->pos, w->pos + w->length);
    return (struct str){v->text.p + p.start, p.end - p.start};
}

// What decides a word's meaning: its folded bytes; where there are stems its language and how it is spelled too. ASCII
// is spelled as it is folded, but for the hyphen of a compound.
static uint64_t key_of(const struct eval *e, const struct text_value *v, const struct word *w)
{
    unsigned language = e->g->n_stem_slots ? e->stem_lang : 0;
    bool is_folded = language == 0 || w->flags & WORD_PLAIN;
    uint64_t hash = is_folded ? w->hash : hash64_seeded(e->g->seed + 1, spelled(e->text, v, w));
    return (hash ^ language * LANGUAGE_MIX) | 1;
}

// Works a word out and keeps it.
static void post_new(struct eval *e, const struct text_value *v, const struct word *w, uint64_t key)
{
    const struct segment *g = e->g;
    struct str folded = word_folded(e->text, w);
    uint32_t term = vocabulary_find(&g->vocabulary, w->hash);
    e->n_met = 0;
    if (g->n_patterns)
        patterns_match(g, folded, gather, e);
    if (g->n_stem_slots)
        stems_match(g, e->stemmers, e->stem_lang, spelled(e->text, v, w), folded, gather, e);
    uint32_t field = 1u << v->field;
    if (term != NO_TERM)
        eval_post(e, term, w, field, 0);
    for (size_t i = 0; i < e->n_met; i++)
        eval_post(e, e->met[i], w, field, 0);
    known_add(&e->state->known, key, term, e->met, e->n_met);
}

// Words of a segment with patterns or stems.
static void post_known(struct eval *e, const struct text_value *v, const struct word *words, uint32_t *own)
{
    const struct known *k = &e->state->known;
    uint32_t field = 1u << v->field;
    uint64_t plain = e->g->n_stem_slots ? e->stem_lang * LANGUAGE_MIX : 0;
    for (uint32_t i = 0; i < v->n_words; i++) {
        const struct word *w = &words[i];
        if (i + AHEAD < v->n_words)
            __builtin_prefetch(&k->slots[((words[i + AHEAD].hash ^ plain) | 1) & (k->n_slots - 1)]);
        uint64_t key = key_of(e, v, w);
        const struct meaning *m = w->flags & WORD_SINGLE ? NULL : known_find(k, key);
        own[i] = m ? m->term : vocabulary_find(&e->g->vocabulary, w->hash);
        if (!m && !(w->flags & WORD_SINGLE)) {
            post_new(e, v, w, key);
            continue;
        }
        if (own[i] != NO_TERM)
            eval_post(e, own[i], w, field, 0);
        const uint32_t *more = m && m->more ? &k->more[m->more - 1] : NULL;
        for (uint32_t t = 0; more && t < *more; t++)
            eval_post(e, more[1 + t], w, field, 0);
    }
}

// The code point of a single character of three bytes.
static inline uint32_t code_of(const unsigned char *c)
{
    return (c[0] & 0xFu) << 12 | (c[1] & 0x3Fu) << 6 | (c[2] & 0x3Fu);
}

// The term of a word of a text without spaces. For common Han characters a table answers sooner than the vocabulary.
static inline uint32_t term_of(const struct vocabulary *v, const struct word *w, const unsigned char *folded)
{
    bool is_three = w->flags & WORD_SINGLE && w->folded_n == HAN_BYTES;
    uint32_t code = is_three ? code_of(folded + w->folded) - HAN_FIRST : HAN_COUNT;
    return v->han && code < HAN_COUNT ? v->han[code] : vocabulary_find(v, w->hash);
}

// Notes the terms of words of a segment that has nothing but words, of a text without spaces. Whether a character is a
// term, and a new one, is a coin's toss to the processor: so no branch asks.
static void note_singles(struct eval *e, const struct word *words, uint32_t *own, size_t n)
{
    const struct vocabulary *v = &e->g->vocabulary;
    const unsigned char *folded = (const unsigned char *)e->text->folded;
    uint64_t *bits = e->state->bits;
    while (e->present_room - e->n_present < n + 1)
        eval_grow_present(e);
    uint32_t *present = e->present + e->n_present;
    for (size_t i = 0; i < n; i++) {
        uint32_t term = own[i] = term_of(v, &words[i], folded);
        uint32_t is_term = term != NO_TERM;
        uint32_t bit = term_bit(is_term ? term : 0);
        uint64_t had = bits[bit >> 6];
        uint64_t has = had | (uint64_t)is_term << (bit & 63);
        bits[bit >> 6] = has;
        *present = term;
        present += has != had;
    }
    e->n_present = (size_t)(present - e->present);
}

// Sets the bits of pairs, likewise without a branch.
static void note_single_pairs(struct eval *e, const struct word *words, const uint32_t *own, size_t n)
{
    uint64_t *bits = e->state->bits;
    for (size_t i = 1; i < n; i++) {
        uint32_t bit = pair_bit(own[i - 1], own[i]);
        bool is_pair = (own[i - 1] != NO_TERM) & (own[i] != NO_TERM) & (words[i - 1].phrase == words[i].phrase);
        bits[bit >> 6] |= (uint64_t)is_pair << (bit & 63);
    }
}

// At most a block of words of a segment that has nothing but words: the filter is asked for all, then the vocabulary
// for those that pass it, then they are posted; so that what each step reads was fetched during the one before.
static void post_plain(struct eval *e, const struct word *words, uint32_t *own, size_t n, uint32_t field)
{
    const struct vocabulary *v = &e->g->vocabulary;
    uint8_t passed[BLOCK] = {0};
    size_t n_passed = 0;
    for (size_t i = 0; i < n; i++) {
        own[i] = NO_TERM;
        passed[n_passed] = (uint8_t)i;
        n_passed += vocabulary_may_have(v, words[i].hash);
        __builtin_prefetch(&v->slots[words[i].hash & (v->n_slots - 1)]);
    }
    for (size_t i = 0; i < n_passed; i++) {
        uint32_t term = own[passed[i]] = vocabulary_find(v, words[passed[i]].hash);
        __builtin_prefetch(&e->state->terms[term == NO_TERM ? 0 : term]);
    }
    for (size_t i = 0; i < n_passed; i++)
        if (own[passed[i]] != NO_TERM)
            eval_post(e, own[passed[i]], &words[passed[i]], field, 0);
}

// Sets the bits of words that stand side by side in one phrase.
static void note_pairs(struct eval *e, const struct word *words, const uint32_t *own, size_t n)
{
    uint64_t *bits = e->state->bits;
    uint32_t before = NO_TERM;
    uint32_t phrase = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t term = own[i];
        if (term != NO_TERM && before != NO_TERM && phrase == words[i].phrase) {
            uint32_t bit = pair_bit(before, term);
            bits[bit >> 6] |= (uint64_t)1 << (bit & 63);
        }
        before = term;
        phrase = words[i].phrase;
    }
}

// The same where there are compounds: a word and its joined forms end at different places, so several may follow one.
static void note_joined_pairs(struct eval *e, const struct word *words, const uint32_t *own, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (own[i] == NO_TERM)
            continue;
        uint32_t end = words[i].pos + words[i].length;
        for (size_t k = i + 1; k < n && words[k].pos <= end; k++)
            if (words[k].pos == end && own[k] != NO_TERM && words[k].phrase == words[i].phrase)
                eval_set_bit(e, pair_bit(own[i], own[k]));
    }
}

static void post_value(struct eval *e, const struct text_value *v)
{
    const struct word *words = e->text->words + v->first_word;
    uint32_t *own = e->own + v->first_word;
    bool is_known = e->g->n_patterns || e->g->n_stem_slots;
    if (is_known)
        post_known(e, v, words, own);
    else if (e->is_lazy)
        note_singles(e, words, own, v->n_words);
    else
        for (size_t i = 0; i < v->n_words; i += BLOCK)
            post_plain(e, words + i, own + i, v->n_words - i < BLOCK ? v->n_words - i : BLOCK, 1u << v->field);
    if (!e->g->has_pairs)
        return;
    bool is_joined = v->n_words != v->n_places; // a joined word has no place of its own
    if (!is_joined && e->is_lazy)
        note_single_pairs(e, words, own, v->n_words);
    else if (!is_joined)
        note_pairs(e, words, own, v->n_words);
    else
        note_joined_pairs(e, words, own, v->n_words);
}

// Phrases of lists whose key the document holds are posted under their lists, in order of their places.
static void post_lists(struct eval *e)
{
    const struct segment *g = e->g;
    size_t n_present = e->n_present;
    e->hits.n = 0;
    for (size_t i = 0; i < n_present; i++) {
        uint32_t term = e->present[i];
        for (uint32_t k = g->list_starts[term]; k < g->list_starts[term + 1]; k++) {
            uint32_t which = g->list_keys[k].rule;
            size_t first = e->hits.n;
            spans_of(e, g->code + g->listed[which].code, UINT16_MAX, false, &e->hits);
            for (size_t h = first; h < e->hits.n; h++) {
                e->hits.list[h].aux = which + 1;
                e->hits.list[h].code = g->listed[which].term;
            }
        }
    }
    spans_sort(&e->hits);
    for (size_t h = 0; h < e->hits.n; h++) {
        const struct span *span = &e->hits.list[h];
        struct word w = {.pos = span->pos, .phrase = span->phrase, .sentence = span->sentence};
        eval_post(e, span->code, &w, 1u << text_value_at(e->text, span->pos)->field, span->aux);
        e->nodes[e->n_nodes - 1].length = (uint16_t)(span->end - span->pos); // more than a word's: 64 compounds
    }
}

void post_text(struct eval *e)
{
    if (e->text->n_words > e->own_room) {
        e->own_room = e->text->n_words * 2;
        e->own = mem_resize_array(e->own, e->own_room, sizeof *e->own);
    }
    bool is_plain = !e->g->n_patterns && !e->g->n_stem_slots && !e->g->list_starts;
    e->is_lazy = is_plain && e->text->n_singles * 2 > e->text->n_words;
    for (size_t i = 0; i < e->text->n_values; i++)
        post_value(e, &e->text->values[i]);
    if (e->g->list_starts)
        post_lists(e);
}
