// SPDX-License-Identifier: MIT
//
// Reading text into words. See text.h.
//
// Three speeds. Runs of ASCII letters are read, folded and hashed in registers. Where anything
// else touches the run it is read again by letters: one look-up in the fold table for scripts of two and three bytes,
// utf8proc only where marks combine. What stands between words is looked at for compounds and for ends of sentences.
#include "rules/text.h"

#include "base/mem.h"
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
    *t = (struct text){.table = table, .key = word_key_of(seed)};
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
    t->key = word_key_of(seed);
    t->n_words = t->n_places = t->n_values = t->n_folded = 0;
    t->pos = t->phrase = t->sentence = 0;
    t->n_singles = 0;
    t->has_cut = false;
    t->has_ordinals = false;
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

struct spelling {
    uint64_t hash;
    size_t folded, n; // in text.folded
};

static inline void push_word(struct text *t, uint32_t pos, size_t length, struct spelling w, unsigned flags)
{
    t->words[t->n_words++] = (struct word){
        .hash = w.hash,
        .pos = pos,
        .phrase = t->phrase,
        .sentence = t->sentence,
        .folded = (uint32_t)w.folded,
        .folded_n = (uint16_t)w.n,
        .length = (uint8_t)length,
        .flags = (uint8_t)flags,
    };
}

// The joined word whose folded bytes are [folded, end).
static void push_joined(struct text *t, uint32_t pos, size_t length, size_t folded, size_t end)
{
    size_t n = end - folded;
    uint64_t hash = word_hash(t->key, (struct str){t->folded + folded, n});
    if (n <= UINT16_MAX)
        push_word(t, pos, length, (struct spelling){hash, folded, n}, WORD_JOINED);
}

// The compound that ended before the folded byte `end`, as a whole; its pairs were pushed as they came. Words stay in
// order of their position: it goes in behind its first part.
static void end_compound(struct scan *s, size_t end)
{
    struct text *t = s->t;
    size_t had = t->n_words;
    if (s->parts > 2 && s->parts <= COMPOUND_MAX)
        push_joined(t, t->pos - (uint32_t)s->parts, s->parts, s->compound_folded, end);
    if (t->n_words > had) {
        struct word whole = t->words[had];
        struct word *at = &t->words[s->compound_word + 1];
        memmove(at + 1, at, (size_t)(&t->words[had] - at) * sizeof *at);
        *at = whole;
    }
    s->parts = 1;
}

void scan_compound_end(struct scan *s)
{
    end_compound(s, s->t->n_folded);
}

// Ends the word whose source is [start, end); its folded bytes are the last ones.
static inline void end_word(struct scan *s, size_t start, size_t end, struct spelling w, unsigned flags)
{
    struct text *t = s->t;
    bool is_tied = s->hyphen_end == start && s->parts > 0 && start > 0 && s->hyphen_start == s->word_end;
    if (!is_tied && s->parts > 1)
        end_compound(s, w.folded);
    if (s->break_level) {
        t->phrase++;
        t->sentence += s->break_level > 1;
        s->break_level = 0;
    }
    if (is_tied) {
        push_joined(t, t->pos - 1, 2, s->word_folded, t->n_folded);
        s->parts++;
        flags |= WORD_HYPHEN;
    } else {
        s->parts = 1;
        s->compound_folded = w.folded;
        s->compound_word = t->n_words;
    }
    push_word(t, t->pos, 1, w, flags);
    t->places[t->n_places++] = (struct place){(uint32_t)start, (uint32_t)end};
    s->word_folded = w.folded;
    s->word_end = end;
    s->word_is_dotted = s->dot_end == start && start > 0;
    t->pos++;
}

// The hash of folded bytes behind which there is room, as word_hash makes it.
static inline uint64_t hash_in_room(const struct text *t, size_t folded, size_t n)
{
    if (n > WORD_SHORT)
        return word_hash(t->key, (struct str){t->folded + folded, n});
    bytes16 bytes;
    memcpy(&bytes, t->folded + folded, sizeof bytes);
    uint64_t word[2];
    bytes16_halves(bytes, word);
    uint64_t first = n >= 8 ? UINT64_MAX : ((uint64_t)1 << n * 8) - 1;
    uint64_t second = n == WORD_SHORT ? UINT64_MAX : n > 8 ? ((uint64_t)1 << (n - 8) * 8) - 1 : 0;
    return word_hash_short(t->key, word[0] & first, word[1] & second);
}

// The run of letters and digits behind `at`, folded; at most WORD_BYTES_MAX of it.
static struct spelling read_long(struct scan *s, size_t at)
{
    struct text *t = s->t;
    size_t stop = s->s.n - at > WORD_BYTES_MAX ? at + WORD_BYTES_MAX : s->s.n;
    struct spelling w = {.folded = t->n_folded};
    char *out = t->folded + t->n_folded;
    for (; at < stop && char_is_alnum(s->s.p[at]); at++)
        out[w.n++] = char_lower(s->s.p[at]);
    w.hash = word_hash(t->key, (struct str){out, w.n});
    t->has_cut |= w.n == WORD_BYTES_MAX;
    return w;
}

// The same for runs of up to 16 bytes with 17 behind `at`, as almost all are: without a branch on the length.
static inline struct spelling read_short(struct scan *s, size_t at)
{
    struct spelling w = {.folded = s->t->n_folded};
    w.hash = word_read_short(s->t->key, s->s.p + at, s->t->folded + w.folded, &w.n);
    if (w.n == WORD_SHORT && kinds[(unsigned char)s->s.p[at + WORD_SHORT]] == KIND_WORD)
        return read_long(s, at);
    return w;
}

// A run of ASCII letters and digits; anything wide behind it sends it to the slow reader.
static inline void read_ascii(struct scan *s)
{
    room_for_word(s);
    size_t start = s->at;
    struct spelling w = s->s.n - start > WORD_SHORT ? read_short(s, start) : read_long(s, start);
    size_t end = start + w.n;
    if (end < s->s.n && (unsigned char)s->s.p[end] >= 0x80) {
        scan_slow(s);
        return;
    }
    s->t->n_folded += w.n;
    end_word(s, start, end, w, WORD_PLAIN);
    s->at = end;
}

// The three bytes of a common Han character at `at`, which is a word that folds to itself; 0: another character, or one
// behind which a mark could follow.
static inline uint32_t han_at(struct str s, size_t at)
{
    uint32_t bytes = 0; // and the one behind it
    if (at + 4 <= s.n)
        memcpy(&bytes, s.p + at, 4);
    else if (at + 3 == s.n)
        memcpy(&bytes, s.p + at, 3);
    uint32_t big = be32toh(bytes);
    uint32_t next = big & 0xFF;
    bool is_han = (big >> 8) - 0xE4B880u <= 0xE9BFBFu - 0xE4B880u && (big & 0xC0C000) == 0x808000;
    bool is_alone = next < 0xCC || next - 0xE4 <= 0xE9 - 0xE4;
    return is_han && is_alone ? le32toh(bytes) & 0xFFFFFF : 0;
}

static inline struct spelling spell_han(struct text *t, uint32_t bytes)
{
    struct spelling w = {word_hash_short(t->key, bytes, 0), t->n_folded, 3};
    bytes = htole32(bytes);
    memcpy(t->folded + t->n_folded, &bytes, sizeof bytes);
    t->n_folded += 3;
    return w;
}

// Reads a Han character that something may tie to what stands before it.
static void read_first_han(struct scan *s, uint32_t bytes)
{
    struct text *t = s->t;
    end_word(s, s->at, s->at + 3, spell_han(t, bytes), WORD_SINGLE);
    s->at += 3;
    if (s->parts > 1 && han_at(s->s, s->at))
        end_compound(s, t->n_folded);
}

// A run of common Han characters, a word each, with at most a space after each.
static bool read_han(struct scan *s)
{
    enum { RUN = WORD_BYTES_MAX / 3 };
    struct text *t = s->t;
    uint32_t bytes = han_at(s->s, s->at);
    if (!bytes)
        return false;
    room_for_word(s);
    if (t->n_words + RUN + 8 > t->words_room)
        room((void **)&t->words, &t->words_room, t->n_words + RUN + 8, sizeof *t->words);
    if (t->n_places + RUN > t->places_room)
        room((void **)&t->places, &t->places_room, t->n_places + RUN, sizeof *t->places);
    if (s->hyphen_end == s->at || s->parts > 1 || s->break_level) {
        read_first_han(s, bytes);
        bytes = han_at(s->s, s->at);
    }
    size_t at = s->at;
    struct word *word = t->words + t->n_words;
    struct place *place = t->places + t->n_places;
    uint32_t pos = t->pos, phrase = t->phrase, sentence = t->sentence;
    size_t folded = t->n_folded;
    struct word_key key = t->key;
    struct str text = s->s;
    char *out = t->folded;
    for (size_t i = 1; bytes && i < RUN; i++, word++, place++) {
        word->hash = word_hash_short(key, bytes, 0);
        word->pos = pos++;
        word->phrase = phrase;
        word->sentence = sentence;
        word->folded = (uint32_t)folded;
        word->folded_n = 3;
        word->length = 1;
        word->flags = WORD_SINGLE;
        place->start = (uint32_t)at;
        at += 3;
        place->end = (uint32_t)at;
        bytes = htole32(bytes);
        memcpy(out + folded, &bytes, sizeof bytes);
        folded += 3;
        at += at < text.n && text.p[at] == ' ';
        bytes = han_at(text, at);
    }
    size_t n = (size_t)(word - t->words) - t->n_words;
    if (n == 0)
        return true;
    t->n_singles += n;
    s->word_is_dotted = n == 1 && s->dot_end == s->at && s->at > 0;
    t->n_words += n;
    t->n_places += n;
    t->pos = pos;
    t->n_folded = folded;
    s->at = at;
    s->word_end = place[-1].end;
    s->parts = 1;
    s->compound_folded = s->word_folded = folded - 3;
    s->compound_word = t->n_words - 1;
    return true;
}

void scan_word_end(struct scan *s, size_t start, size_t end, size_t folded, unsigned flags)
{
    struct text *t = s->t;
    size_t n = t->n_folded - folded;
    struct spelling w = {hash_in_room(t, folded, n), folded, n};
    end_word(s, start, end, w, flags);
}

void scan_word_room(struct scan *s)
{
    room_for_word(s);
}

// Whether all bytes are ASCII.
static bool is_ascii(struct str s)
{
    bytes16 all[2] = {{0}, {0}};
    size_t i = 0;
    for (; i + sizeof all <= s.n; i += sizeof all) {
        bytes16 bytes[2];
        memcpy(bytes, s.p + i, sizeof bytes);
        all[0] |= bytes[0];
        all[1] |= bytes[1];
    }
    for (; i < s.n; i++)
        all[0][0] |= (unsigned char)s.p[i];
    uint64_t both[2];
    bytes16_halves((all[0] | all[1]) & 0x80, both);
    return !(both[0] | both[1]);
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
    value->is_ascii = is_ascii(text);
    while (s.at < text.n) {
        switch (kinds[p[s.at]]) {
        case KIND_WORD: read_ascii(&s); break;
        case KIND_SIGN: scan_sign(&s); break;
        case KIND_WIDE:
            if (!read_han(&s))
                scan_slow(&s);
            break;
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
    t->has_ordinals = text_has_ordinals(doc->lang);
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
