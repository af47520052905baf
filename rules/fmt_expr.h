// SPDX-License-Identifier: MIT
//
// The canonical form of one expression. For fmt.c only.
//
// Lines stay as they were written, but for those over FMT_COLUMNS_MAX: they are broken behind AND, OR and commas (or
// before AND and OR, where the lines of the expression begin so already), at the outermost parenthesis at which that
// helps, and what follows flows in until a comment or the end of the parenthesis. A line can be broken only inside
// parentheses, so an expression that has its AND or OR outside gets a pair around all of it.
//
// Breaks are decided by columns and words alone, not by where the lines ended before, so that what comes out is not
// changed again: a place that did not fit is an end of a line then, and one that did fits again.
#ifndef RULES_FMT_EXPR_H
#define RULES_FMT_EXPR_H

#include "base/buf.h"

enum { FMT_COLUMNS_MAX = 100 };

// Appends the expression, whose first byte comes into the column `base`.
void fmt_expression(struct str s, size_t base, struct buf *out);

#endif
