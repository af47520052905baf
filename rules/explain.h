// SPDX-License-Identifier: MIT
//
// Why a rule matches a text, or why it does not: its expressions as a tree in which every branch says whether it holds
// and every leaf shows what it found. Asked of the production matcher, which is given the branches as rules of their
// own, so that an explanation never disagrees with an alert.
#ifndef RULES_EXPLAIN_H
#define RULES_EXPLAIN_H

#include "rules/load.h"

enum explain_role { EXPLAIN_WHEN, EXPLAIN_UNLESS, EXPLAIN_SCOPED }; // SCOPED: an `unless NEAR/n ...`

struct explain_node {
    const struct expr *expr;
    const struct source *source; // where expr->at lies
    unsigned depth;              // 0: a whole `when` or `unless`
    bool holds;
    bool is_leaf;                // asked of the matcher: has hits where it holds
    struct hit *hits;
    size_t n_hits;
    size_t total;
};

struct explain_part {
    enum explain_role role;
    struct explain_node *nodes; // in the order of the text, parents before children
    size_t n_nodes;
    bool holds;    // WHEN: found; UNLESS: vetoes the article; SCOPED: some hit of `when` dies by it
    bool is_fatal; // UNLESS, SCOPED: by this one alone the rule does not match
};

struct explanation {
    bool is_match;
    struct explain_part *parts; // `when`, then each `unless`
    size_t n_parts;
    const struct explain_node *blame; // no match: the deepest branch that fails, or the veto's; else NULL
    struct match match;               // of the rule, where it matches
    struct ruleset *held;             // what hits point into; explanation_done lets it go
};

// Explains what a (sound) rule makes of a document. Everything but `held` lives in the arena. `scope`, `hours` and `on`
// are not looked at.
void explain_rule(const struct rule_entry *entry, const struct doc *doc, struct arena *arena, struct explanation *out);
void explanation_done(struct explanation *x);

// Appends it as a person reads it: a verdict, then the tree.
void explain_render(const struct explanation *x, const struct rule_entry *entry, bool with_colour, struct buf *out);

// Appends the reason of the verdict in one line: `"video game" (unless) is in the title` or `talks is nowhere`.
void explain_reason(const struct explanation *x, struct buf *out);

#endif
