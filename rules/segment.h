// SPDX-License-Identifier: MIT
//
// The compiled form of some rules: what rule.h calls a set is made of a few of these. For the engine's files only.
//
//   word of the text --hash--> term --keys--> rules filed under it --guards--> candidates --code--> spans
//
// A term is anything that a text can hold at a place: a word, a word pattern, a stem, a regex, a whole list. Words are
// found by their hash; the others are worked out and then look the same.
#ifndef RULES_SEGMENT_H
#define RULES_SEGMENT_H

#include "base/fold.h"
#include "rules/code.h"
#include "rules/expr.h"
#include "rules/match.h"
#include "rules/vocabulary.h"

enum {
    FIELDS_TEXT = 1 << FIELD_TITLE | 1 << FIELD_SUMMARY | 1 << FIELD_BODY,
    VARIANTS_MAX = 16, // ways to write the hyphens of one leaf
};

// One way to meet a leaf: terms in order.
struct variant {
    const uint32_t *terms;
    const struct str *cased; // of `=`: what each word is with its case; NULL: any case
    const struct str *glue;  // what stands between the words, and behind the last: "&", "", "++"; NULL: anything
    uint32_t n;
};

// A leaf that is more than a term or a plain phrase.
struct leaf {
    struct str text;
    const struct variant *variants;
    uint32_t n_variants;
    uint32_t slop;
};

struct pattern {
    uint64_t start; // its first three letters
    struct str text;
    uint32_t term;
    bool is_infix;
};

// A stem: what a language makes of the rule's word.
struct stem {
    uint64_t hash; // of language and stem
    uint32_t term;
};

// A rule filed under a term: a candidate where the document holds the bit (vocabulary.h) and, with KEY_HAS_MORE, one of
// some guards besides.
struct key {
    uint32_t bit;
    uint32_t rule; // or KEY_HAS_MORE and where in key_more the rest stands
};
#define KEY_HAS_MORE (1u << 31)

struct regexes;
struct stemmers;

// A phrase of a list: met, it is posted under the list's term.
struct listed {
    uint32_t code;
    uint32_t term;
};

struct segment {
    int refs;
    struct arena arena; // properties, leaves, names
    uint64_t seed;
    const struct fold_table *table;
    struct vocabulary vocabulary;
    uint32_t n_terms;
    struct str *names;      // of terms, as a rule wrote them first
    uint32_t *key_starts;   // n_terms + 1: where each term's entries begin
    struct key *keys;
    uint32_t *key_more;     // of entries with KEY_HAS_MORE: rule, count of guards, guards
    uint32_t n_key_more;
    bool has_pairs;         // some entry asks for a pair
    bool is_by_words;       // each rule is filed, and under words: no patterns, stems or lists
    uint32_t *list_starts;  // the same for phrases of lists; NULL: there are none
    struct key *list_keys;  // rule: the phrase; no bit
    struct listed *listed;
    uint32_t n_listed;
    uint32_t *always;       // rules without a required word
    uint32_t n_always;
    uint32_t *with_regex;   // rules that hold a regex
    uint32_t n_with_regex;
    uint32_t *code;
    size_t n_code;
    uint32_t *rule_code;    // where each rule's code begins, and where that of the last one ends
    struct rule *rules;
    uint32_t n_rules;
    struct rule_cost *costs;
    uint32_t *name_slots;     // rules by name: open addressing, index + 1
    size_t n_name_slots;
    struct leaf *leaves;
    uint32_t n_leaves;
    struct str *langs;
    uint32_t n_langs;
    struct pattern *patterns; // sorted by start
    uint32_t n_patterns;
    uint32_t *pattern_slots;  // by start; open addressing, index + 1
    uint32_t n_pattern_slots;
    struct stem *stems;       // open addressing by hash; hash 0: free
    uint32_t n_stem_slots;    // 0: no rule asks for stems
    struct regexes *regexes;  // NULL: none
    size_t bytes;             // of the engine
};

// Compiles a draft and empties it: its rules become the segment's. NULL with diagnostics on errors.
struct draft;
struct segment *segment_build(struct draft *draft, uint64_t seed, const struct fold_table *table, struct diags *ds);
struct segment *segment_ref(struct segment *g);
void segment_unref(struct segment *g);

// Returns the rule of this name, g->n_rules where there is none.
uint32_t segment_find(const struct segment *g, struct str name);

#endif
