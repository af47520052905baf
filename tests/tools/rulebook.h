// SPDX-License-Identifier: MIT
//
// Rules for tests, from expressions alone: no rule file, no properties.
#ifndef TESTS_TOOLS_RULEBOOK_H
#define TESTS_TOOLS_RULEBOOK_H

#include "rules/expr.h"
#include "rules/match.h"

struct rulebook {
    struct arena arena;
    struct diags ds;
    struct expr_sets sets;
    struct rule_source *sources;
    size_t n;
    bool is_linked;
};

void rulebook_init(struct rulebook *b);
void rulebook_done(struct rulebook *b);

// Adds a set, a list (phrases end with NULL), a rule; an unless that is NULL ends the list of them.
void rulebook_set(struct rulebook *b, const char *name, const char *expr);
void rulebook_list(struct rulebook *b, const char *name, const struct str *phrases, size_t n);
void rulebook_rule(struct rulebook *b, struct str name, struct str when, const struct str *unless, size_t n_unless);

// Compiles; NULL where there were errors (b->ds has them).
struct ruleset *rulebook_build(struct rulebook *b);

// Parses, links and checks one expression.
struct expr *rulebook_expr(struct rulebook *b, struct str text, enum expr_role role);

// Whether a rule of one expression and one unless (NULL: none) matches a body; fails the test on errors.
bool rulebook_matches(const char *when, const char *unless, const char *body);

#endif
