// SPDX-License-Identifier: MIT
//
// Unicode folding: characters -> what they are compared by. Case, width, ligatures and optional marks go; what makes
// another word stays. docs/rules.md, "How text is read", has the list.
//
// The unit is a cluster: a character with the combining marks behind it, so that composed and decomposed spellings are
// one. A table made once answers for lone characters below U+3000; the large CJK blocks need none.
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include "base/str.h"

enum fold_class {
    FOLD_SPACE,  // parts words
    FOLD_OTHER,  // punctuation and symbols: parts words
    FOLD_WORD,   // letter, digit or mark: runs of them are a word
    FOLD_SINGLE, // a word by itself: Han, kana, Hangul, and scripts written without spaces (Thai, Lao, Khmer, Burmese)
    FOLD_HYPHEN, // every dash
    FOLD_QUOTE,  // apostrophes and single quotes
    FOLD_QUOTES, // double and angle quotes
    FOLD_STOP,   // ends a sentence whatever follows: ! ? 。 । ۔
    FOLD_DOT,    // may end one
    FOLD_COLON,  // ends a phrase: : ;
    FOLD_BREAK,  // newline
    FOLD_DROP,   // soft hyphen, zero width, optional marks: as if it were not there
};

enum {
    FOLD_CODES_MAX = 64,      // folded code points of one cluster: NFKC's longest has 18, and 30 marks
    FOLD_TABLE_CODES = 0x3000 // scripts of small letters end here
};

struct fold {
    enum fold_class class;
    size_t bytes; // of the source that were read
    size_t n;     // folded code points
    uint32_t codes[FOLD_CODES_MAX];
};

// An entry: the folded code point, the class, and two flags.
enum {
    FOLD_CODE_BITS = 21,
    FOLD_CLASS_MASK = 15,
    FOLD_EXTENDS = 1 << 25, // joins the character before it in a cluster
    FOLD_SLOW = 1 << 26,    // folds to several code points: fold_next knows
};

struct fold_table {
    uint32_t entries[FOLD_TABLE_CODES];
};

// Makes the table: four milliseconds. Read only from then on, any thread. Free with fold_table_free.
struct fold_table *fold_table_new(void);
void fold_table_free(struct fold_table *table);

static inline uint32_t fold_entry_code(uint32_t entry) { return entry & ((1u << FOLD_CODE_BITS) - 1); }
static inline enum fold_class fold_entry_class(uint32_t entry)
{
    return (enum fold_class)((entry >> FOLD_CODE_BITS) & FOLD_CLASS_MASK);
}

// For the hot loops: a cluster is filled by who reads it, and zeroing it first costs more than the reading.
#define FOLD_UNSET __attribute__((uninitialized))

// Folds the cluster at the start of s (not empty). Marks beyond 30 on one base are read and dropped.
void fold_next(struct str s, struct fold *out);

// The same without folding case (accents still go): what `=Word` compares by.
void fold_next_cased(struct str s, struct fold *out);

// Composes the cluster at the start of s to NFKC, folding neither case nor accents unless is_lower says to fold case:
// what regexes see, and what stemmers stem. Class and bytes as fold_next.
void fold_next_nfkc(struct str s, bool is_lower, struct fold *out);

// Reads the cluster at the start of s as fold_next_nfkc does. Returns the ASCII character that it is, of full width or
// small ones too, ' for every apostrophe; 0 where it is none.
char fold_sign(struct str s, struct fold *out);

// Tells whether a code point joins the one before it: combining marks, jamo vowels and finals, halfwidth voicing.
bool fold_extends(uint32_t code);

// Tells whether a code point is a double or angle quote.
bool fold_is_quotes(uint32_t code);

// Tells whether a code point is a combining mark.
bool fold_is_mark(uint32_t code);

#endif
