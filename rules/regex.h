// SPDX-License-Identifier: MIT
//
// Regular expressions of a segment (vectorscan): all in one automaton, and those that have a literal in one of their
// own too. For the engine only.
//
// They see the NFKC text with case and accents kept, one value at a time. Of each, the leftmost longest matches that
// do not overlap are told, as if it were alone.
#ifndef RULES_REGEX_H
#define RULES_REGEX_H

#include "rules/compile.h"

struct regexes;
struct regex_scratch; // of one thread

struct regex_hit {
    uint32_t term;
    struct place place; // in the value's text
};

enum { REGEX_HITS_MAX = 512 }; // of one regex in one value; more are not told
#define REGEX_ALL UINT32_MAX

// Compiles the regexes among the terms into g->regexes. False with diagnostics where one is refused.
bool regexes_build(struct segment *g, const struct term *terms, uint32_t n, struct diags *ds);

// Gives the segment's back; a scratch that was made for them holds them until it is made for others. NULL is accepted.
void regexes_free(struct regexes *r);

struct regex_scratch *regex_scratch_new(void);
void regex_scratch_free(struct regex_scratch *s);

// Forgets the texts of the last document.
void regex_scratch_reset(struct regex_scratch *s);

// The number of a regex by its term; and its literal (compile.h), NO_TERM: none.
unsigned regexes_number(const struct regexes *r, uint32_t term);
uint32_t regexes_literal(const struct regexes *r, unsigned number);

// Scans value `index` of a document for one regex that has a literal, or for REGEX_ALL. Returns the hits in an array
// of the scratch, valid until the next call, by term, then place.
const struct regex_hit *regexes_scan(const struct regexes *r, struct regex_scratch *s, unsigned number, size_t index,
                                     const struct text_value *value, size_t *out_n);

#endif
