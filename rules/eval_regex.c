// SPDX-License-Identifier: MIT
//
// Regexes of one document, when a rule asks. See eval.h.
//
// Most regexes have a literal (regex_literal.h): where no word holds it there is nothing to find. The first few that
// are left are searched alone, which costs a tenth of searching for all; then all are.
#include "base/mem.h"
#include "rules/eval.h"

// The positions that bytes [start, end) of a value take.
static void position_of(const struct text *t, const struct text_value *v, struct place p, struct word *out)
{
    const struct place *places = t->places + v->first_place;
    size_t low = 0;
    size_t high = v->n_places;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (places[middle].end <= p.start)
            low = middle + 1;
        else
            high = middle;
    }
    size_t end = low;
    while (end < v->n_places && places[end].start < p.end && end - low < UINT8_MAX)
        end++;
    out->pos = v->first_pos + (uint32_t)low;
    out->length = (uint8_t)(end - low);
}

// Phrase and sentence of a position: those of the word there, or of the last before it.
static void parts_at(const struct text *t, const struct text_value *v, struct word *out)
{
    size_t low = v->first_word;
    size_t high = low + v->n_words;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->words[middle].pos <= out->pos)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > v->first_word) {
        out->phrase = t->words[low - 1].phrase;
        out->sentence = t->words[low - 1].sentence;
    }
}

static void post_hit(struct eval *e, const struct text_value *v, const struct regex_hit *hit)
{
    struct word w = {0};
    position_of(e->text, v, hit->place, &w);
    parts_at(e->text, v, &w);
    if (e->n_regex_places == e->regex_places_room) {
        e->regex_places_room = e->regex_places_room ? e->regex_places_room * 2 : 64;
        e->regex_places = mem_resize_array(e->regex_places, e->regex_places_room, sizeof *e->regex_places);
    }
    eval_post(e, hit->term, &w, 1u << v->field, AUX_REGEX | (uint32_t)e->n_regex_places);
    e->regex_places[e->n_regex_places++] = hit->place;
}

static bool was_alone(const struct eval *e, uint32_t term)
{
    for (unsigned i = 0; i < e->n_alone; i++)
        if (e->alone[i] == term)
            return true;
    return false;
}

// Searches all values for one regex, or for all that were not searched for alone.
static void scan(struct eval *e, unsigned number)
{
    for (size_t i = 0; i < e->text->n_values; i++) {
        const struct text_value *v = &e->text->values[i];
        size_t n;
        const struct regex_hit *hits = regexes_scan(e->g->regexes, e->regex, number, i, v, &n);
        for (size_t k = 0; k < n; k++)
            if (number != REGEX_ALL || !was_alone(e, hits[k].term))
                post_hit(e, v, &hits[k]);
    }
}

void eval_regex(struct eval *e, uint32_t term)
{
    if (e->is_regex_scanned)
        return;
    unsigned number = regexes_number(e->g->regexes, term);
    uint32_t literal = regexes_literal(e->g->regexes, number);
    bool has_literal = literal != NO_TERM;
    if ((has_literal && !e->text->has_cut && !eval_is_present(e, literal)) || was_alone(e, term))
        return;
    if (has_literal && e->n_alone < REGEX_ALONE_MAX) {
        scan(e, number);
        e->alone[e->n_alone++] = term;
        return;
    }
    e->is_regex_scanned = true;
    scan(e, REGEX_ALL);
}
