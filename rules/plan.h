// SPDX-License-Identifier: MIT
//
// Under which terms a rule is filed. For the builder only.
//
// Any match of a rule holds at least one of its keys: the cheapest such choice is taken, by how common the terms are
// likely to be. What else every match holds is looked at before the rule is run: what the key's own branch asks for
// besides it (the words of a phrase must stand side by side), and one of the guards, which are the keys of the cheapest
// other branch.
#ifndef RULES_PLAN_H
#define RULES_PLAN_H

#include "rules/compile.h"

enum { GUARDS_MAX = 15 }; // more are mostly held

struct plan_key {
    uint32_t term;
    uint32_t own; // a bit (vocabulary.h) that the document must hold too; NO_BIT: none
};

struct plan {
    const struct term *terms;
    uint32_t *weights;       // of terms: larger is more common
    bool *are_words;         // which of them are words: beside the weights, as the terms themselves lie far apart
    const struct leaf *leaves;
    struct plan_key *keys; // grows
    size_t n_keys, keys_room;
    size_t first; // of the keys that are being chosen
    uint32_t guards[GUARDS_MAX]; // bits; none: the keys say all
    uint32_t n_guards;
};

// Weighs n terms, whose hashes have this key; terms and leaves must outlive the plan.
void plan_init(struct plan *plan, const struct term *terms, uint32_t n, struct word_key key, const struct leaf *leaves);
void plan_done(struct plan *plan);

// Fills keys and guards for the tree at `code`; no keys: the rule must run on every text.
void plan_tree(struct plan *plan, const uint32_t *code);

#endif
