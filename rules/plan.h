// SPDX-License-Identifier: MIT
//
// Under which terms a rule is filed. For the builder only.
//
// Any match of a rule holds at least one of its keys: the cheapest such choice is taken, by how common the terms are
// likely to be. The guard is another term that every match holds, looked at before the rule is run.
#ifndef RULES_PLAN_H
#define RULES_PLAN_H

#include "rules/compile.h"

struct plan {
    const uint32_t *weights; // of terms: larger is more common
    const struct leaf *leaves;
    uint32_t *keys; // grows
    size_t n_keys, keys_room;
    uint32_t guard;
};

// Fills keys and guard for the tree at `code`; no keys: the rule must run on every text. plan->keys is kept between
// calls and freed by the caller.
void plan_tree(struct plan *plan, const uint32_t *code);

// Returns how common each term is likely to be, to be freed by the caller.
uint32_t *plan_weights(const struct term *terms, uint32_t n);

#endif
