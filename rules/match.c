// SPDX-License-Identifier: MIT
//
// One document against a set. See match.h.
//
//   words -> terms (hash), patterns and stems (cached a word) -> phrases of lists -> candidates (keys, guards) -> code
#include "rules/match.h"

#include <stdlib.h>

#include "base/mem.h"
#include "rules/hits.h"
#include "rules/post.h"
#include "rules/ruleset.h"
#include "rules/sieve.h"

enum {
    AHEAD = 8,  // candidates that are fetched ahead: covers the latency of a far cache
    BLOCK = 32, // terms whose entries are fetched at once: more would push each other out of the nearest cache
};

struct match_scratch {
    struct text text;
    struct eval eval;
    struct segment_state *states;
    size_t n_states;
    struct sieve sieve; // of a set of one segment
    struct matches found;
    size_t found_room;
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

void match_scratch_free(struct match_scratch *s)
{
    if (!s)
        return;
    text_done(&s->text);
    for (size_t i = 0; i < s->n_states; i++)
        state_done(&s->states[i]);
    mem_free(s->states);
    mem_free(s->found.list);
    struct eval *e = &s->eval;
    mem_free(e->nodes);
    mem_free(e->present);
    mem_free(e->own);
    mem_free(e->needed);
    mem_free(e->met);
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

// Keeps the states of segments that are in the set, makes those that are new, drops the rest.
static void states_follow(struct match_scratch *s, const struct ruleset *set)
{
    eval_end(&s->eval); // of the last document: its state may go
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
    s->sieve = (struct sieve){0};
}

// Adds the rule of an entry with guards where the document holds one of them.
static void gather_guarded(struct eval *e, const uint32_t *more)
{
    bool is_held = false;
    for (uint32_t i = 0; i < more[1] && !is_held; i++)
        is_held = eval_has_bit(e, more[2 + i]);
    if (is_held)
        state_add_candidate(e->state, more[0]);
}

// Reads the rules filed under a term: at 100,000 rules one bit in 26 is held.
static void gather_filed(struct eval *e, uint32_t term)
{
    const struct segment *g = e->g;
    const struct key *end = g->keys + g->key_starts[term + 1];
    for (const struct key *key = g->keys + g->key_starts[term]; key < end; key++) {
        if (!eval_has_bit(e, key->bit))
            continue;
        if (key->rule & KEY_HAS_MORE)
            gather_guarded(e, g->key_more + (key->rule & ~KEY_HAS_MORE));
        else
            state_add_candidate(e->state, key->rule);
    }
}

// Lists the candidates in the order of rules.
static void list_candidates(struct eval *e)
{
    struct segment_state *st = e->state;
    e->n_candidates = 0;
    for (size_t top = 0; top <= e->g->n_rules >> 12; top++)
        for (; st->candidates_top[top]; st->candidates_top[top] &= st->candidates_top[top] - 1) {
            size_t word = top << 6 | (size_t)__builtin_ctzll(st->candidates_top[top]);
            for (; st->candidates[word]; st->candidates[word] &= st->candidates[word] - 1) {
                if (e->n_candidates == e->candidates_room) {
                    e->candidates_room = e->candidates_room ? e->candidates_room * 2 : 256;
                    e->candidates = mem_resize_array(e->candidates, e->candidates_room, sizeof *e->candidates);
                }
                e->candidates[e->n_candidates++] =
                    (uint32_t)(word << 6) | (uint32_t)__builtin_ctzll(st->candidates[word]);
            }
        }
}

// Reads the rules filed under at most a block of terms. What each step reads was fetched during the one before; terms
// that none is filed under are left out without a branch.
static void gather_block(struct eval *e, const uint32_t *terms, size_t n)
{
    const uint32_t *starts = e->g->key_starts;
    uint32_t filed[BLOCK] = {0}; // as the build does anyhow; the analyser cannot tell what is set
    size_t n_filed = 0;
    for (size_t i = 0; i < n; i++)
        __builtin_prefetch(&starts[terms[i]]);
    for (size_t i = 0; i < n; i++) {
        uint32_t first = starts[terms[i]];
        __builtin_prefetch(&e->g->keys[first]);
        filed[n_filed] = terms[i];
        n_filed += starts[terms[i] + 1] > first;
    }
    for (size_t i = 0; i < n_filed; i++)
        gather_filed(e, filed[i]);
}

static void gather_candidates(struct eval *e)
{
    const struct segment *g = e->g;
    for (uint32_t i = 0; i < g->n_always; i++)
        state_add_candidate(e->state, g->always[i]);
    for (uint32_t i = 0; e->text->has_cut && i < g->n_with_regex; i++) // no word may hold what a regex finds
        state_add_candidate(e->state, g->with_regex[i]);
    for (size_t i = 0; i < e->n_present; i += BLOCK)
        gather_block(e, e->present + i, e->n_present - i < BLOCK ? e->n_present - i : BLOCK);
    list_candidates(e);
}

static void run_segment(struct match_scratch *s, const struct segment_use *use, struct segment_state *state,
                        struct arena *arena)
{
    struct eval *e = &s->eval;
    eval_begin(e, state);
    post_text(e);
    gather_candidates(e);
    post_needed(e);
    for (size_t i = 0; i < e->n_candidates; i++) {
        uint32_t rule = e->candidates[i];
        if (i + AHEAD * 2 < e->n_candidates)
            __builtin_prefetch(&e->g->rule_code[e->candidates[i + AHEAD * 2]]);
        if (i + AHEAD < e->n_candidates) {
            const uint32_t *code = &e->g->code[e->g->rule_code[e->candidates[i + AHEAD]]];
            __builtin_prefetch(code);
            __builtin_prefetch(code + 64 / sizeof *code);
        }
        uint32_t index = segment_use_index(use, rule);
        if (index == RULE_GONE || !eval_rule(e, rule))
            continue;
        struct match m = {.rule = &e->g->rules[rule], .index = index};
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
    struct eval *e = &s->eval;
    e->doc = doc;
    e->lang = match_language(doc, arena);
    if (set->n_segments == 1 && !sieve_passes(&s->sieve, set->segments[0].g, &s->text, doc)) {
        *out = (struct matches){.language = e->lang};
        return;
    }
    text_reset(&s->text, set->seed);
    text_add_doc(&s->text, doc);
    e->stem_lang = stem_language(e->lang);
    s->found.n = 0;
    for (size_t i = 0; i < set->n_segments; i++)
        run_segment(s, &set->segments[i], &s->states[i], arena);
    if (set->n_segments > 1 && s->found.n > 1)
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
