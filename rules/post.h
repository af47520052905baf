// SPDX-License-Identifier: MIT
//
// Words of a document -> postings of a segment's terms. For the engine only.
#ifndef RULES_POST_H
#define RULES_POST_H

#include "rules/eval.h"

// Tells e which terms of e->g the document in e->text holds, and posts them; those of a text without spaces may be left
// to post_needed, which posts what candidates ask for. Regexes wait until a rule asks for them.
void post_text(struct eval *e);

// Posts what the rules in e->candidates ask for, where post_text has not.
void post_needed(struct eval *e);

#endif
