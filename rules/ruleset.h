// SPDX-License-Identifier: MIT
//
// What a set is made of: segments, each with the places of its rules in the set. For the engine only.
//
// A whole build makes one segment. An edit adds a small one with the changed rules and marks those that they replace as
// gone; the large one is shared, not copied. Each segment costs a look-up a word, so ruleset_is_patchy asks for a whole
// build after a few.
#ifndef RULES_RULESET_H
#define RULES_RULESET_H

#include "rules/segment.h"

#define RULE_GONE UINT32_MAX

struct segment_use {
    struct segment *g;
    uint32_t *indexes; // of its rules in the set; RULE_GONE; NULL: their own numbers
};

// Returns the index in the set of a rule of the segment, or RULE_GONE.
static inline uint32_t segment_use_index(const struct segment_use *use, uint32_t rule)
{
    return use->indexes ? use->indexes[rule] : rule;
}

// What all edits of a set share.
struct shared {
    int refs;
    struct fold_table *table;
};

struct ruleset {
    int refs;
    uint64_t seed;
    struct shared *shared;
    struct segment_use *segments;
    size_t n_segments;
    struct place_in {
        uint32_t segment, rule;
    } *rules; // by index
    size_t n_rules;
    size_t edited;     // rules changed since the whole build
};

#endif
