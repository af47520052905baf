// SPDX-License-Identifier: MIT
//
// What every match of a regex holds inside one word, so that most texts need not be searched. For the engine only.
#ifndef RULES_REGEX_LITERAL_H
#define RULES_REGEX_LITERAL_H

#include "base/str.h"

enum {
    REGEX_LITERAL_MIN = 3, // letters; fewer stand in most texts
    REGEX_LITERAL_MAX = 64,
};

// Finds the longest run of ASCII letters and digits that stands in every match, and writes it in lower case to out.
// Such a run lies within one word of the text and its folded form (base/fold.h) holds it. Empty: there is none, or the
// pattern uses what this reader does not follow.
struct str regex_literal(struct str pattern, char out[REGEX_LITERAL_MAX]);

#endif
