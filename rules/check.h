// SPDX-License-Identifier: MIT
//
// What is checked about rules that read without an error: their tests (a failing one is an error: a reload refuses the
// set) and lint (warnings: what is allowed and hardly meant).
#ifndef RULES_CHECK_H
#define RULES_CHECK_H

#include "rules/load.h"

// How common a term (a word or a phrase) is in the archive of articles; `share` 0..1. NULL where there is no archive to
// ask.
struct check_archive {
    void *context;
    bool (*share)(void *context, const struct expr *term, double *out_share); // false: not known
};

// A term that more than this share of all articles hold tells nothing.
#define CHECK_SHARE_MAX 0.05

// Adds a warning for all that is hardly meant: lower-case and/or/not, operators and wildcards of other products, (?i)
// in a regex, branches that another one makes useless, an `unless` that kills every hit, rules and sets that say the
// same, sets that nobody uses, stems in a language that has none, rules without a test, without a required word, with
// terms that are everywhere.
void rules_lint(const struct rules *rules, const struct ruleset *set, const struct check_archive *archive,
                struct diags *ds);

// Runs the tests beside the rules, adds an error with the reason for each that fails, and returns how many ran.
size_t rules_test(const struct rules *rules, const struct ruleset *set, struct diags *ds);

#endif
