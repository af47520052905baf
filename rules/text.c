// SPDX-License-Identifier: MIT
//
// Reading text into words. See text.h.
//
// Three speeds. Runs of ASCII letters are copied with their case folded, a table look-up a byte. Where anything else
// touches the run it is read again by clusters: one look-up in the fold table for scripts of two and three bytes,
// utf8proc only where marks combine. What stands between words is looked at for compounds and for ends of sentences.
#include "rules/text.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "rules/text_parts.h"

// Kinds of ASCII bytes; 0 parts words and means nothing else.
enum { KIND_WORD = 1, KIND_SIGN, KIND_WIDE };

static const uint8_t kinds[256] = {
    ['0' ... '9'] = KIND_WORD, ['A' ... 'Z'] = KIND_WORD, ['a' ... 'z'] = KIND_WORD, ['\n'] = KIND_SIGN,
    ['-'] = KIND_SIGN,         ['.'] = KIND_SIGN,         ['\''] = KIND_SIGN,        ['`'] = KIND_SIGN,
    [':'] = KIND_SIGN,         [';'] = KIND_SIGN,         ['!'] = KIND_SIGN,         ['?'] = KIND_SIGN,
    [0x80 ... 0xFF] = KIND_WIDE,
};

void text_init(struct text *t, const struct fold_table *table, uint64_t seed)
{
    *t = (struct text){.table = table, .seed = seed};
}

void text_done(struct text *t)
{
    mem_free(t->words);
    mem_free(t->places);
    mem_free(t->values);
    mem_free(t->folded);
    *t = (struct text){0};
}

void text_reset(struct text *t, uint64_t seed)
{
    t->seed = seed;
    t->n_words = t->n_places = t->n_values = t->n_folded = 0;
    t->pos = t->phrase = t->sentence = 0;
}

static void room(void **p, size_t *have, size_t want, size_t size)
{
    if (want <= *have)
        return;
    size_t grown = *have < 256 ? 256 : *have;
    while (grown < want)
        grown *= 2;
    *p = mem_resize_array(*p, grown, size);
    *have = grown;
}

// Room for one more word and its joined forms, and for folded bytes of what is left of the value.
static inline void room_for_word(struct scan *s)
{
    struct text *t = s->t;
    if (t->n_words + 8 > t->words_room)
        room((void **)&t->words, &t->words_room, t->n_words + 8, sizeof *t->words);
    if (t->n_places + 1 > t->places_room)
        room((void **)&t->places, &t->places_room, t->n_places + 1, sizeof *t->places);
    size_t folded = t->n_folded + WORD_BYTES_MAX + 4 * FOLD_CODES_MAX;
    if (folded > t->folded_room)
        room((void **)&t->folded, &t->folded_room, folded, 1);
}

static void push_word(struct scan *s, uint32_t pos, size_t length, size_t folded, size_t end, unsigned flags)
{
    struct text *t = s->t;
    size_t n = end - folded;
    if (n > UINT16_MAX)
        return;
    t->words[t->n_words++] = (struct word){
        .hash = XXH3_64bits_withSeed(t->folded + folded, n, t->seed),
        .pos = pos,
        .phrase = t->phrase,
        .sentence = t->sentence,
        .folded = (uint32_t)folded,
        .folded_n = (uint16_t)n,
        .length = (uint8_t)length,
        .flags = (uint8_t)flags,
    };
}

// The compound that ended behind the last word, as a whole; its pairs were pushed as they came. Words stay in order of
// their position: it goes in behind its first part.
void scan_compound_end(struct scan *s)
{
    struct text *t = s->t;
    if (s->parts > 2 && s->parts <= COMPOUND_MAX) {
        push_word(s, t->pos - (uint32_t)s->parts, s->parts, s->compound_folded, t->n_folded, WORD_JOINED);
        struct word whole = t->words[t->n_words - 1];
        struct word *at = &t->words[s->compound_word + 1];
        memmove(at + 1, at, (size_t)(&t->words[t->n_words - 1] - at) * sizeof *at);
        *at = whole;
    }
    s->parts = 1;
}

// Ends the word whose folded bytes begin at `folded` and whose source is [start, end).
static inline void end_word(struct scan *s, size_t start, size_t end, size_t folded, unsigned flags)
{
    struct text *t = s->t;
    bool is_tied = s->parts > 0 && start > 0 && s->hyphen_end == start && s->hyphen_start == s->word_end;
    if (!is_tied && s->parts > 1) {
        size_t now = t->n_folded;
        t->n_folded = folded;
        scan_compound_end(s);
        t->n_folded = now;
    }
    if (s->break_level) {
        t->phrase++;
        t->sentence += s->break_level > 1;
        s->break_level = 0;
    }
    if (is_tied) {
        push_word(s, t->pos - 1, 2, s->word_folded, t->n_folded, WORD_JOINED);
        s->parts++;
    } else {
        s->parts = 1;
        s->compound_folded = folded;
        s->compound_word = t->n_words;
    }
    push_word(s, t->pos, 1, folded, t->n_folded, flags | (is_tied ? WORD_HYPHEN : 0));
    t->places[t->n_places++] = (struct place){(uint32_t)start, (uint32_t)end};
    s->word_folded = folded;
    s->word_end = end;
    s->word_is_dotted = s->dot_end == start && start > 0;
    t->pos++;
}

// A run of ASCII letters and digits; anything wide behind it sends it to the slow reader.
static inline void read_ascii(struct scan *s)
{
    room_for_word(s);
    struct text *t = s->t;
    const unsigned char *p = (const unsigned char *)s->s.p;
    size_t start = s->at;
    size_t i = start;
    size_t stop = s->s.n - start > WORD_BYTES_MAX ? start + WORD_BYTES_MAX : s->s.n;
    char *out = t->folded + t->n_folded;
    do {
        unsigned char c = p[i++];
        *out++ = (char)(c | (c >= 'A' && c <= 'Z' ? 32 : 0));
    } while (i < stop && kinds[p[i]] == KIND_WORD);
    if (i < s->s.n && p[i] >= 0x80) {
        scan_slow(s);
        return;
    }
    size_t folded = t->n_folded;
    t->n_folded += i - start;
    end_word(s, start, i, folded, WORD_PLAIN);
    s->at = i;
}

void scan_word_end(struct scan *s, size_t start, size_t end, size_t folded, unsigned flags)
{
    end_word(s, start, end, folded, flags);
}

void scan_word_room(struct scan *s)
{
    room_for_word(s);
}

void text_add(struct text *t, enum doc_field field, uint32_t index, struct str text)
{
    if (str_is_empty(text))
        return;
    room((void **)&t->values, &t->values_room, t->n_values + 1, sizeof *t->values);
    struct text_value *value = &t->values[t->n_values++];
    *value = (struct text_value){.text = text, .first_pos = t->pos, .first_place = (uint32_t)t->n_places,
                                 .first_word = (uint32_t)t->n_words, .field = field, .index = index};
    struct scan s = {.t = t, .s = text, .is_address = field == FIELD_URL, .word_end = SIZE_MAX,
                     .hyphen_start = SIZE_MAX - 1, .hyphen_end = SIZE_MAX, .dot_end = SIZE_MAX};
    const unsigned char *p = (const unsigned char *)text.p;
    unsigned char all = 0;
    for (size_t i = 0; i < text.n; i++)
        all |= p[i];
    value->is_ascii = all < 0x80;
    while (s.at < text.n) {
        switch (kinds[p[s.at]]) {
        case KIND_WORD: read_ascii(&s); break;
        case KIND_SIGN: scan_sign(&s); break;
        case KIND_WIDE: scan_slow(&s); break;
        default: s.at++; break;
        }
    }
    if (s.parts > 1) {
        room_for_word(&s);
        scan_compound_end(&s);
    }
    value->n_places = (uint32_t)t->n_places - value->first_place;
    value->n_words = (uint32_t)t->n_words - value->first_word;
    t->pos += TEXT_GAP;
    t->phrase++;
    t->sentence++;
}

void text_add_doc(struct text *t, const struct doc *doc)
{
    text_add(t, FIELD_TITLE, 0, doc->title);
    text_add(t, FIELD_SUMMARY, 0, doc->summary);
    text_add(t, FIELD_BODY, 0, doc->body);
    for (size_t i = 0; i < doc->n_authors; i++)
        text_add(t, FIELD_AUTHOR, (uint32_t)i, doc->authors[i]);
    for (size_t i = 0; i < doc->n_categories; i++)
        text_add(t, FIELD_CATEGORY, (uint32_t)i, doc->categories[i]);
    text_add(t, FIELD_URL, 0, doc->url);
    text_add(t, FIELD_FEED, 0, doc->feed);
    for (size_t i = 0; i < doc->n_tags; i++)
        text_add(t, FIELD_TAG, (uint32_t)i, doc->tags[i]);
}

const struct text_value *text_value_at(const struct text *t, uint32_t pos)
{
    size_t low = 0;
    size_t high = t->n_values;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (t->values[middle].first_pos <= pos)
            low = middle;
        else
            high = middle;
    }
    return &t->values[low];
}

struct place text_place(const struct text *t, const struct text_value *value, uint32_t pos, uint32_t end)
{
    const struct place *places = t->places + value->first_place;
    return (struct place){places[pos - value->first_pos].start, places[end - 1 - value->first_pos].end};
}
