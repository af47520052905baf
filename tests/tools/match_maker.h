// SPDX-License-Identifier: MIT
//
// Candidates for tests of alerts/: one feed, one rule, articles by number. All of it in an arena.
#ifndef TESTS_TOOLS_MATCH_MAKER_H
#define TESTS_TOOLS_MATCH_MAKER_H

#include "alerts/decide.h"

struct match_maker {
    struct arena arena;
    struct hash_key secret;
    struct decide_state state;
    struct feed_facts feed;
    struct rule rule;
    struct receiver_ref receiver[2]; // desk, archive
    struct receivers receivers;
    wall_t now;
};

void match_maker_init(struct match_maker *m);
void match_maker_done(struct match_maker *m);

// Returns an article of the given identity with a hit in its title; change it before match_maker_candidate.
struct article *match_maker_article(struct match_maker *m, uint64_t key, const char *title);

// Returns the candidate of a rule for an article.
struct candidate match_maker_candidate(struct match_maker *m, struct article *article, const struct rule *rule);

// Decides one poll with these candidates, and returns the decision.
struct decision match_maker_decide(struct match_maker *m, const struct decide_poll *poll,
                                   const struct candidate *candidates, size_t n);

#endif
