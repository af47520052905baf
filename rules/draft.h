// SPDX-License-Identifier: MIT
//
// Rules that are to be compiled: their properties, copied once, in the memory that the segment will keep. For the
// engine's files only.
#ifndef RULES_DRAFT_H
#define RULES_DRAFT_H

#include "base/arena.h"
#include "rules/rule.h"

// What is needed of a rule until it is compiled (rule.h: struct rule_source).
struct rule_trees {
    const struct expr *when;
    const struct expr *const *unless;
    size_t n_unless;
    const struct source *source;
};

struct draft {
    struct rule *rules;
    struct rule_trees *trees;
    size_t n, room;
    struct arena arena; // strings and arrays of the rules
};

void draft_init(struct draft *d);
void draft_done(struct draft *d);

// Adds a rule: copies all but the trees.
void draft_add(struct draft *d, const struct rule_source *source);

// Returns a number that changes with what a rule does: its properties but the note, and its trees, sets unfolded.
uint64_t draft_version(const struct rule *rule, const struct rule_trees *trees);

#endif
