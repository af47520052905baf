// SPDX-License-Identifier: MIT
//
// Words of a document -> postings of a segment's terms. For the engine only.
#ifndef RULES_POST_H
#define RULES_POST_H

#include "rules/eval.h"

// Posts all that the document in e->text holds of the terms of e->g; regexes wait until a rule asks for them.
void post_text(struct eval *e);

#endif
