// SPDX-License-Identifier: MIT
//
// The naive evaluator: every rule on every document, straight from the tree, by trying everything. It shares with the
// engine the reading of text into words and nothing else: words are compared as bytes, NEARs by all combinations.
#ifndef TESTS_TOOLS_NAIVE_H
#define TESTS_TOOLS_NAIVE_H

#include "rules/expr.h"
#include "rules/text.h"

struct naive_hit {
    uint32_t pos, end;
    struct place place;
    const struct text_value *value;
    struct str regex; // pattern of a regex's hit
};

struct naive_hits {
    struct naive_hit *list;
    size_t n, room;
};

struct naive_rule;

// Prepares a rule (trees linked and checked, and outliving it).
struct naive_rule *naive_rule_new(const struct expr *when, const struct expr *const *unless, size_t n_unless);
void naive_rule_free(struct naive_rule *rule);

// Whether the rule matches the document that was read into t; fills the hits, by place, each once. The language is
// given as the engine reports it.
bool naive_run(const struct naive_rule *rule, const struct text *t, struct str lang, struct naive_hits *out);

#endif
