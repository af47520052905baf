// SPDX-License-Identifier: MIT
//
// Unicode folding: characters -> what they are compared by. Case, width, ligatures and optional marks go; what makes
// another word stays. docs/matching.md has the list, rules.md of the design the reasons.
//
// The unit is a cluster: a character with the combining marks behind it, so that composed and decomposed spellings
// are one. A table made once answers for single characters below U+3000 and the CJK blocks need none.
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include "base/buf.h"
#include "base/str.h"

enum fold_class {
    FOLD_SPACE,   // parts words
    FOLD_OTHER,   // punctuation and symbols: parts words
    FOLD_WORD,    // letter, digit or mark: runs of them are a word
    FOLD_SINGLE,  // a word by itself: Han, kana, Hangul, Thai, Lao, Khmer, Burmese
    FOLD_HYPHEN,  // every dash
    FOLD_QUOTE,   // apostrophes and single quotes
    FOLD_QUOTES,  // double quotes, angle quotes
    FOLD_STOP,    // ends a sentence whatever follows: 。 ! ? । ۔
    FOLD_DOT,     // may end one
    FOLD_COLON,   // ends a phrase: : ;
    FOLD_BREAK,   // newline, paragraph separator
    FOLD_DROP,    // soft hyphen, zero width: as if it were not there
};

enum { FOLD_CODES_MAX = 40 }; // folded code points of one cluster: NFKC's longest (U+FDFA) has 18

struct fold {
    enum fold_class class;
    size_t bytes;  // of the source that were read
    size_t n;      // folded code points
    uint32_t codes[FOLD_CODES_MAX];
};

struct fold_table;

// Makes the table (a few milliseconds, 48 KiB); shared by all threads, read only. Free with fold_table_free.
struct fold_table *fold_table_new(void);
void fold_table_free(struct fold_table *table);

// Folds the cluster at the start of s (not empty). Marks beyond 30 on one base are read and dropped.
void fold_next(const struct fold_table *table, struct str s, struct fold *out);

// The same without folding case (accents still go): for `=Word`.
void fold_next_cased(const struct fold_table *table, struct str s, struct fold *out);

#endif
