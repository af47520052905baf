// SPDX-License-Identifier: MIT
//
// The state of reading one value, shared by text.c (words of ASCII) and text_slow.c (all else). For these two only.
#ifndef RULES_TEXT_PARTS_H
#define RULES_TEXT_PARTS_H

#include "rules/text.h"

struct scan {
    struct text *t;
    struct str s;
    size_t at;
    size_t word_end;        // bytes: end of the last word; SIZE_MAX before the first
    size_t word_folded;     // its folded bytes begin here
    size_t hyphen_start;    // the last hyphen
    size_t hyphen_end;
    size_t dot_end;         // behind the last dot that ended no sentence
    size_t parts;           // of the compound that the last word belongs to
    size_t compound_folded; // where that begins in the folded bytes
    size_t compound_word;   // its first word
    int break_level;        // before the next word: 1 a phrase ends, 2 a sentence
    bool word_is_dotted;    // the last word follows a dot directly: the B of z.B.
    bool is_address;        // a URL has no sentences
};

// Reads what stands at s->at: a word by clusters, a sign, or nothing; moves s->at.
void scan_slow(struct scan *s);

// Reads the ASCII sign at s->at.
void scan_sign(struct scan *s);

// Ends a word / makes room for one (see text.c).
void scan_word_end(struct scan *s, size_t start, size_t end, size_t folded, unsigned flags);
void scan_word_room(struct scan *s);
void scan_compound_end(struct scan *s);

#endif
