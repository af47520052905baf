// SPDX-License-Identifier: MIT
//
// A document as words: what the engine, the naive evaluator of the tests and the expressions themselves are made of,
// so that a rule and a text are read by the same eyes.
//
//   text      The cease-fire’s terms. Fire!          values of several fields follow each other with a gap
//   position  0   1     2     3      4               no phrase and no NEAR reaches over
//   words     the cease fire  terms  fire            each with its folded bytes and their hash
//   joined        ceasefire (1, length 2)            a compound is its parts, its neighbours joined and the whole
//   phrase    0 ----------------- -  1               counts ends of sentences, colons and semicolons
//   sentence  0 ------------------   1               counts ends of sentences only
#ifndef RULES_TEXT_H
#define RULES_TEXT_H

#include "base/fold.h"
#include "rules/match.h"
#include "rules/word_hash.h"

enum {
    TEXT_GAP = 2048,      // positions between two values: more than NEAR_MAX and a long phrase
    WORD_BYTES_MAX = 256, // a longer run of letters is cut into words of this size
    COMPOUND_MAX = 8,     // parts that are joined as a whole
};

enum {
    WORD_JOINED = 1,  // a compound's joined form
    WORD_HYPHEN = 2,  // a hyphen ties it to the word before
    WORD_SINGLE = 4,  // a script without spaces: one character
    WORD_PLAIN = 8,   // ASCII in the source: folding took case only
};

struct word {
    uint64_t hash;     // seeded, of the folded bytes
    uint32_t pos;
    uint32_t phrase;
    uint32_t sentence;
    uint32_t folded;   // offset in text.folded
    uint16_t folded_n;
    uint8_t length;    // positions it takes
    uint8_t flags;
};

struct place {
    uint32_t start, end; // bytes in the value's text
};

// One text: a field, or one of its values.
struct text_value {
    struct str text;
    uint32_t first_pos;
    uint32_t first_place;
    uint32_t n_places;
    uint32_t first_word;
    uint32_t n_words;
    enum doc_field field;
    uint32_t index; // which author, category or tag
    bool is_ascii;  // bytes are code points
};

struct text {
    const struct fold_table *table;
    struct word_key key; // of the hashes
    struct word *words;
    size_t n_words;
    struct place *places;
    size_t n_places;
    struct text_value *values;
    size_t n_values;
    char *folded;
    size_t n_folded;
    size_t words_room, places_room, values_room, folded_room;
    uint32_t pos, phrase, sentence; // of the next word
    size_t n_singles; // words of scripts without spaces
    bool has_cut;     // some run of letters was longer than WORD_BYTES_MAX
    bool has_ordinals; // the document's language writes them with a dot
};

// Makes an empty text; the table is kept.
void text_init(struct text *t, const struct fold_table *table, uint64_t seed);
void text_done(struct text *t);

// Empties it for the next document; keeps the memory.
void text_reset(struct text *t, uint64_t seed);

// Reads one value. Linear in its length.
void text_add(struct text *t, enum doc_field field, uint32_t index, struct str text);

// Reads all fields of a document (but the language, which is no text: it tells what a dot behind a number is).
void text_add_doc(struct text *t, const struct doc *doc);

// Returns the value that a position lies in.
const struct text_value *text_value_at(const struct text *t, uint32_t pos);

// Returns the bytes of the value's text that positions [pos, end) take.
static inline struct place text_place(const struct text *t, const struct text_value *value, uint32_t pos, uint32_t end)
{
    const struct place *places = t->places + value->first_place;
    return (struct place){places[pos - value->first_pos].start, places[end - 1 - value->first_pos].end};
}

static inline struct str word_folded(const struct text *t, const struct word *w)
{
    return (struct str){t->folded + w->folded, w->folded_n};
}

// Cuts the Arabic article with its joined prepositions from folded bytes, if at least `letters_min` letters stay.
// `source` is what they were folded from: an alef with a hamza or madda belongs to the word (ألغاز, puzzles, is no
// غاز, gas). Returns the bytes to cut, 0 for none.
size_t text_arabic_article(struct str folded, struct str source, size_t letters_min);

// Tells whether the dot behind this word (folded) is an abbreviation's: dr, prof, bzw, млн.
bool text_is_abbreviation(struct str folded);

// Tells whether a language, as a document declares it, writes ordinals with a dot: am 24. Februar, 1. FC Köln.
bool text_has_ordinals(struct str lang);

#endif
