// SPDX-License-Identifier: MIT
//
// A regex as it is given to vectorscan: composed as the texts are, and one with letters beyond ASCII as a pattern for
// each of its alternatives, without the \b at their ends, which vectorscan knows of ASCII alone. For the engine only.
#ifndef RULES_REGEX_BRANCH_H
#define RULES_REGEX_BRANCH_H

#include "base/arena.h"

struct regex_branch {
    const char *pattern; // ends with NUL
    bool begins, ends;   // a word must begin, or end, where the match does: a \b stood there
    bool has_boundary;   // a \b or \B is left inside
};

enum { REGEX_BRANCHES_MAX = 256 }; // of one regex; one with more is left whole

// Returns a regex with its letters and the marks behind them composed, but for those in classes, in the arena.
struct str regex_composed(struct str regex, struct arena *a);

// Cuts a regex into its alternatives (`a|b`, `(a|b)`, not `x(a|b)`), in the arena; *out_n is at least 1. One of pure
// ASCII, one without \b, and one that uses what is not followed here (flags inside, \Q, verbs) is left whole.
struct regex_branch *regex_branches(struct str regex, struct arena *a, size_t *out_n);

// Returns the same left whole: one pattern, whose ends are cut where it has no alternatives.
struct regex_branch *regex_whole(struct str regex, struct arena *a, size_t *out_n);

// Returns the place behind the class that begins at `at`; SIZE_MAX where it does not end.
size_t regex_class_end(struct str pattern, size_t at);

#endif
