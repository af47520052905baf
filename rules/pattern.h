// SPDX-License-Identifier: MIT
//
// Word patterns: word* and *word*, indexed by their first three letters. For the engine only.
#ifndef RULES_PATTERN_H
#define RULES_PATTERN_H

#include "rules/compile.h"

// Indexes the patterns among the terms.
void patterns_build(struct segment *g, const struct term *terms, uint32_t n);

// Calls found(context, term) for each pattern that the folded word meets, once for each. Linear in the word for a
// bounded number of patterns that begin with the same three letters.
void patterns_match(const struct segment *g, struct str folded, void (*found)(void *, uint32_t), void *context);

#endif
