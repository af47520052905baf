// SPDX-License-Identifier: MIT
//
// The canonical form of a file in the block grammar, comments kept:
//
//   - four blanks a block; the arguments of a block's statements in one column, two blanks behind the longest word
//   - one blank between words, none inside parentheses; what a line held stays on it, further lines of an expression
//     begin below the innermost open parenthesis; a line over 100 columns is broken (fmt_expr.h)
//   - a comment behind a statement two blanks off it, one on its own line in the column of its block
//   - at most one empty line, none at a block's ends, one behind a block at the top
//
// Formatting twice gives what formatting once gave, and a formatted file means what it meant.
#ifndef RULES_FMT_H
#define RULES_FMT_H

#include "base/conf.h"

// Appends the canonical form of the source. False, with the errors in ds and nothing appended, where it does not parse:
// what is not understood is not touched. `tables` as for conf_parse.
bool rules_format(const struct source *source, const struct conf_spec *const *tables, struct buf *out,
                  struct diags *ds);

#endif
