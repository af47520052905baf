// SPDX-License-Identifier: MIT
//
// The index of a segment: under which terms its rules are filed. For the builder only.
#ifndef RULES_FILING_H
#define RULES_FILING_H

#include "rules/compile.h"

// Files the rules of g, whose code and terms are made, and the phrases of its lists; fills their costs.
void file_segment(struct segment *g, const struct compiler *c);

#endif
