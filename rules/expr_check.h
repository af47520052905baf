// SPDX-License-Identifier: MIT
//
// What expr_check.c and expr_sets.c ask of each other.
#ifndef RULES_EXPR_CHECK_H
#define RULES_EXPR_CHECK_H

#include "rules/expr.h"

// Ties every @name of a tree to its set. Returns false after telling of those that there are not; they become EXPR_BAD.
bool expr_link(struct expr *e, const struct source *source, const struct expr_sets *sets, struct diags *ds);

// Tells whether a tree may be an operand of NEAR, ONEAR or SAME; false: *out_bad is the part that may not.
bool expr_is_operand(const struct expr *e, const struct expr **out_bad);

// Tells whether every document that a tree matches holds one of its words; false: *out_why is the part that needs none.
bool expr_is_positive(const struct expr *e, const struct expr **out_why);

#endif
