// SPDX-License-Identifier: MIT
//
// Leaving out documents before they are read: where each rule of a segment is filed under words, a document that holds
// none of these words matches nothing, and saying so takes a fraction of reading it. For the engine's files only.
#ifndef RULES_SIEVE_H
#define RULES_SIEVE_H

#include "rules/segment.h"
#include "rules/text.h"

// How often it was worth it, kept by who asks: a set with a candidate in most documents is better off without.
struct sieve {
    unsigned asked, passed; // of late
    unsigned rest;          // documents until it is tried again
};

// Tells whether a rule of the segment may match the document: false is sure. The text is worked in.
bool sieve_passes(struct sieve *v, const struct segment *g, struct text *t, const struct doc *doc);

#endif
