// SPDX-License-Identifier: MIT
//
// Stems: `talk~` finds what the item's language makes the same stem of. For the engine only.
//
// The word is stemmed as it is spelled (lower case, accents kept), then folded. The word itself is found too, as it is
// without the `~`: a stemmer sees another one where the text leaves out an accent or puts an article before it. In a
// language that libstemmer lacks that is all; a text of unknown language is stemmed as English, whose stemmer leaves
// other scripts alone.
#ifndef RULES_STEM_H
#define RULES_STEM_H

#include "rules/compile.h"

struct stemmers; // of one thread, opened as they are needed

struct stemmers *stemmers_new(void);
void stemmers_free(struct stemmers *s);

// Indexes the stems among the terms in every language there is.
void stems_build(struct segment *g, const struct term *terms, uint32_t n);

// Returns the number of a language ("uk", "pt-br"; empty: unknown): 0 for one that has no stemmer.
unsigned stem_language(struct str lang);

// Calls found(context, term) for each stem that the word meets, for some of them twice: as spelled in the text, and
// folded.
void stems_match(const struct segment *g, struct stemmers *s, unsigned language, struct str spelled, struct str folded,
                 void (*found)(void *, uint32_t), void *context);

#endif
