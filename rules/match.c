// SPDX-License-Identifier: MIT
//
// One document against a set. See match.h.
//
//   words -> terms (hash), patterns and stems (cached a word) -> phrases of lists -> candidates (keys, guards) -> code
#include "rules/match.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "rules/hits.h"
#include "rules/pattern.h"
#include "rules/ruleset.h"

enum { AHEAD = 8 }; // words whose slot of the vocabulary is fetched ahead: covers the latency of a far cache

struct match_scratch {
    struct text text;
    struct eval eval;
    struct segment_state *states;
    size_t n_states;
    struct matches found;
    size_t found_room;
    uint32_t *words; // terms of the word at hand, while they are gathered
    size_t n_words, words_room;
};

struct match_scratch *match_scratch_new(void)
{
    struct match_scratch *s = mem_alloc(sizeof *s);
    text_init(&s->text, NULL, 0);
    s->eval.text = &s->text;
    s->eval.regex = regex_scratch_new();
    s->eval.stemmers = stemmers_new();
    return s;
}

static void state_done(struct segment_state *st)
{
    segment_unref(st->g);
    mem_free(st->terms);
    mem_free(st->rule_epochs);
    mem_free(st->present);
    mem_free(st->no_patterns);
    mem_free(st->no_stems);
    mem_free(st->words);
    mem_free(st->stems);
    *st = (struct segment_state){0};
}

void match_scratch_free(struct match_scratch *s)
{
    if (!s)
        return;
    text_done(&s->text);
    for (size_t i = 0; i < s->n_states; i++)
        state_done(&s->states[i]);
    mem_free(s->states);
    mem_free(s->found.list);
    mem_free(s->words);
    struct eval *e = &s->eval;
    mem_free(e->nodes);
    mem_free(e->present);
    mem_free(e->candidates);
    mem_free(e->regex_places);
    mem_free(e->stack.list);
    mem_free(e->vetoed.list);
    mem_free(e->hits.list);
    mem_free(e->vetoes);
    mem_free(e->ends);
    regex_scratch_free(e->regex);
    stemmers_free(e->stemmers);
    mem_free(s);
}

static void state_init(struct segment_state *st, struct segment *g)
{
    *st = (struct segment_state){.g = segment_ref(g)};
    st->terms = mem_alloc_array((size_t)g->n_terms + 1, sizeof *st->terms);
    st->rule_epochs = mem_alloc_array((size_t)g->n_rules + 1, sizeof *st->rule_epochs);
    st->present = mem_alloc_array((size_t)g->n_terms / 64 + 1, sizeof *st->present);
    if (g->n_patterns) {
        st->words = mem_alloc_array(CACHE_ENTRIES, sizeof *st->words);
        st->no_patterns = mem_alloc_array(NONE_ENTRIES, sizeof *st->no_patterns);
    }
    if (g->n_stem_slots) {
        st->stems = mem_alloc_array(CACHE_ENTRIES, sizeof *st->stems);
        st->no_stems = mem_alloc_array(NONE_ENTRIES, sizeof *st->no_stems);
    }
}

// Keeps the states of segments that are in the set, makes those that are new, drops the rest.
static void states_follow(struct match_scratch *s, const struct ruleset *set)
{
    for (size_t i = 0; s->eval.state && i < s->eval.n_present; i++) // of the last document: its state may go
        s->eval.state->present[s->eval.present[i] >> 6] = 0;
    s->eval.state = NULL;
    bool is_same = s->n_states == set->n_segments;
    for (size_t i = 0; is_same && i < s->n_states; i++)
        is_same = s->states[i].g == set->segments[i].g;
    if (is_same)
        return;
    struct segment_state *states = mem_alloc_array(set->n_segments + 1, sizeof *states);
    for (size_t i = 0; i < set->n_segments; i++) {
        for (size_t k = 0; k < s->n_states && !states[i].g; k++)
            if (s->states[k].g == set->segments[i].g) {
                states[i] = s->states[k];
                s->states[k] = (struct segment_state){0};
            }
        if (!states[i].g)
            state_init(&states[i], set->segments[i].g);
    }
    for (size_t k = 0; k < s->n_states; k++)
        if (s->states[k].g)
            state_done(&s->states[k]);
    mem_free(s->states);
    s->states = states;
    s->n_states = set->n_segments;
}

static inline uint32_t find_term(const struct segment *g, uint64_t hash)
{
    size_t mask = g->n_slots - 1;
    for (size_t at = hash & mask; g->slot_hashes[at]; at = (at + 1) & mask)
        if (g->slot_hashes[at] == hash)
            return g->slot_terms[at];
    return NO_TERM;
}

static void gather(void *context, uint32_t term)
{
    struct match_scratch *s = context;
    for (size_t i = 0; i < s->n_words && i < 64; i++)
        if (s->words[i] == term)
            return;
    if (s->n_words == s->words_room) {
        s->words_room = s->words_room ? s->words_room * 2 : 64;
        s->words = mem_resize_array(s->words, s->words_room, sizeof *s->words);
    }
    s->words[s->n_words++] = term;
}

// Most words meet no pattern and no stem: one tag says so.
static uint32_t tag_of(uint64_t key)
{
    return (uint32_t)(key >> 32) | 1;
}

static bool is_none(const uint32_t *none, uint64_t key)
{
    return none[key & (NONE_ENTRIES - 1)] == tag_of(key);
}

// Posts what the cache says of a word; false: it must be worked out, and goes into *out_entry if it is small.
static bool post_cached(struct match_scratch *s, struct cached *cache, uint64_t key, const struct word *w,
                        uint32_t field, struct cached **out_entry)
{
    struct cached *c = &cache[key & (CACHE_ENTRIES - 1)];
    *out_entry = c;
    if (c->key != key)
        return false;
    for (uint32_t i = 0; i < c->n; i++)
        eval_post(&s->eval, c->terms[i], w, field, 0);
    return true;
}

static void post_gathered(struct match_scratch *s, struct cached *entry, uint64_t key, const struct word *w,
                          uint32_t field)
{
    for (size_t i = 0; i < s->n_words; i++)
        eval_post(&s->eval, s->words[i], w, field, 0);
    if (s->n_words > CACHE_TERMS)
        return;
    entry->key = key;
    entry->n = (uint32_t)s->n_words;
    for (size_t i = 0; i < s->n_words; i++)
        entry->terms[i] = s->words[i];
}

static void post_patterns(struct match_scratch *s, const struct word *w, uint32_t field)
{
    struct cached *entry;
    struct eval *e = &s->eval;
    uint64_t key = w->hash | 1;
    if (is_none(e->state->no_patterns, key))
        return;
    if (post_cached(s, e->state->words, key, w, field, &entry))
        return;
    s->n_words = 0;
    patterns_match(e->g, word_folded(&s->text, w), gather, s);
    if (s->n_words)
        post_gathered(s, entry, key, w, field);
    else
        e->state->no_patterns[key & (NONE_ENTRIES - 1)] = tag_of(key);
}

static void post_stems(struct match_scratch *s, const struct text_value *v, const struct word *w, uint32_t field)
{
    struct eval *e = &s->eval;
    struct place p = text_place(&s->text, v, w->pos, w->pos + w->length);
    struct str spelled = {v->text.p + p.start, p.end - p.start};
    // ASCII is spelled as it is folded, but for the hyphen of a compound.
    uint64_t key = w->flags & WORD_PLAIN ? w->hash : hash64_seeded(e->g->seed + 1, spelled);
    key ^= (e->stem_lang + 1) * 0x9E3779B97F4A7C15u;
    key |= 1;
    if (is_none(e->state->no_stems, key))
        return;
    struct cached *entry;
    if (post_cached(s, e->state->stems, key, w, field, &entry))
        return;
    s->n_words = 0;
    stems_match(e->g, e->stemmers, e->stem_lang, spelled, word_folded(&s->text, w), gather, s);
    if (s->n_words)
        post_gathered(s, entry, key, w, field);
    else
        e->state->no_stems[key & (NONE_ENTRIES - 1)] = tag_of(key);
}

static void post_value(struct match_scratch *s, const struct text_value *v)
{
    struct eval *e = &s->eval;
    const struct segment *g = e->g;
    const struct word *words = s->text.words + v->first_word;
    size_t mask = g->n_slots - 1;
    uint32_t field = 1u << v->field;
    for (uint32_t i = 0; i < v->n_words; i++) {
        if (i + AHEAD < v->n_words)
            __builtin_prefetch(&g->slot_hashes[words[i + AHEAD].hash & mask]);
        uint32_t term = find_term(g, words[i].hash);
        if (term != NO_TERM)
            eval_post(e, term, &words[i], field, 0);
        if (words[i].flags & WORD_SINGLE)
            continue;
        if (g->n_patterns)
            post_patterns(s, &words[i], field);
        if (g->n_stem_slots)
            post_stems(s, v, &words[i], field);
    }
}

// Phrases of lists whose key the document holds are posted under their lists, in order of their places.
static void post_lists(struct match_scratch *s)
{
    struct eval *e = &s->eval;
    const struct segment *g = e->g;
    size_t n_present = e->n_present;
    e->hits.n = 0;
    for (size_t i = 0; i < n_present; i++) {
        uint32_t term = e->present[i];
        for (uint32_t k = g->list_starts[term]; k < g->list_starts[term + 1]; k++) {
            uint32_t which = g->list_keys[k];
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
        struct word w = {.pos = span->pos, .phrase = span->phrase, .sentence = span->sentence,
                         .length = (uint8_t)(span->end - span->pos)};
        eval_post(e, span->code, &w, 1u << text_value_at(&s->text, span->pos)->field, span->aux);
    }
}

static void candidate(struct eval *e, uint32_t rule)
{
    if (e->state->rule_epochs[rule] == e->state->epoch)
        return;
    e->state->rule_epochs[rule] = e->state->epoch;
    if (e->n_candidates == e->candidates_room) {
        e->candidates_room = e->candidates_room ? e->candidates_room * 2 : 256;
        e->candidates = mem_resize_array(e->candidates, e->candidates_room, sizeof *e->candidates);
    }
    e->candidates[e->n_candidates++] = rule;
}

static void gather_candidates(struct eval *e)
{
    const struct segment *g = e->g;
    for (uint32_t i = 0; i < g->n_always; i++)
        candidate(e, g->always[i]);
    for (size_t i = 0; i < e->n_present; i++) {
        uint32_t term = e->present[i];
        for (uint32_t k = g->key_starts[term]; k < g->key_starts[term + 1]; k++) {
            uint32_t guard = g->keys[k].guard;
            if (guard == NO_TERM || eval_is_present(e, guard))
                candidate(e, g->keys[k].rule);
        }
    }
}

static void run_segment(struct match_scratch *s, const struct segment_use *use, struct segment_state *state,
                        struct arena *arena)
{
    struct eval *e = &s->eval;
    eval_begin(e, state);
    for (size_t i = 0; i < s->text.n_values; i++)
        post_value(s, &s->text.values[i]);
    if (e->g->list_starts)
        post_lists(s);
    gather_candidates(e);
    for (size_t i = 0; i < e->n_candidates; i++) {
        uint32_t rule = e->candidates[i];
        if (i + AHEAD < e->n_candidates)
            __builtin_prefetch(&e->g->code[e->g->rule_code[e->candidates[i + AHEAD]]]);
        if (use->indexes[rule] == RULE_GONE || !eval_rule(e, rule))
            continue;
        struct match m = {.rule = e->g->rules[rule], .index = use->indexes[rule]};
        hits_make(e, arena, &m);
        if (s->found.n == s->found_room) {
            s->found_room = s->found_room ? s->found_room * 2 : 64;
            s->found.list = mem_resize_array(s->found.list, s->found_room, sizeof *s->found.list);
        }
        s->found.list[s->found.n++] = m;
    }
}

static int by_index(const void *a, const void *b)
{
    const struct match *x = a;
    const struct match *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

struct str match_language(const struct doc *doc, struct arena *arena)
{
    struct str lang = str_trim(doc->lang);
    if (lang.n >= 2 && lang.n <= 35 && !str_eq_nocase(lang, S("und"))) { // RFC 5646 4.4.1: 35 bytes are enough
        char *out = arena_dupz(arena, lang);
        for (size_t i = 0; i < lang.n; i++)
            out[i] = out[i] == '_' ? '-' : char_lower(out[i]);
        return (struct str){out, lang.n};
    }
    struct str found = language_detect(doc->body);
    if (str_is_empty(found))
        found = language_detect(doc->summary);
    return str_is_empty(found) ? language_detect(doc->title) : found;
}

void match_run(const struct ruleset *set, struct match_scratch *s, const struct doc *doc, struct arena *arena,
               struct matches *out)
{
    states_follow(s, set);
    s->text.table = set->shared->table;
    text_reset(&s->text, set->seed);
    text_add_doc(&s->text, doc);
    struct eval *e = &s->eval;
    e->doc = doc;
    e->lang = match_language(doc, arena);
    e->stem_lang = stem_language(e->lang);
    s->found.n = 0;
    for (size_t i = 0; i < set->n_segments; i++)
        run_segment(s, &set->segments[i], &s->states[i], arena);
    if (s->found.n > 1)
        qsort(s->found.list, s->found.n, sizeof *s->found.list, by_index);
    out->language = e->lang;
    out->n = s->found.n;
    out->list = out->n ? ARENA_ARRAY(arena, struct match, out->n) : NULL;
    if (out->n)
        memcpy(out->list, s->found.list, out->n * sizeof *out->list);
}

static const struct str field_names[FIELD_COUNT] = {STR("title"),    STR("summary"), STR("body"),
                                                    STR("author"),   STR("category"), STR("url"),
                                                    STR("feed"),     STR("tag"),     STR("lang")};

struct str field_name(enum doc_field field)
{
    return field_names[field];
}

bool field_of(struct str name, enum doc_field *out)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (str_eq(name, field_names[i])) {
            *out = (enum doc_field)i;
            return true;
        }
    return false;
}
