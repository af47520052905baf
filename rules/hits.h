// SPDX-License-Identifier: MIT
//
// Spans -> what a match tells: bytes, code points, term and snippet. For the engine only.
#ifndef RULES_HITS_H
#define RULES_HITS_H

#include "rules/eval.h"

// Fills a match from e->hits.
void hits_make(const struct eval *e, struct arena *arena, struct match *out);

#endif
