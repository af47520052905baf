// SPDX-License-Identifier: MIT
//
// Expressions of the rule language: text -> tree, with every error of an expression told in one run.
//
//   expr  = and { "OR" and }                and  = unary { [ "AND" ] unary }       unary = [ "NOT" | "-" ] near
//   near  = atom { ( "NEAR/" n | "ONEAR/" n | "SAME" ) atom }
//   atom  = "(" expr ")" | field ":" atom | "@" set | n "OF" "(" expr { "," expr } ")" | leaf
//   leaf  = word | word "*" | "*" word "*" | word "~" | [ "=" ] word | [ "=" ] string [ "~" n ] | "/" regex "/" [ "i" ]
//
// Three steps, so that sets may be defined after their use and in other files: expr_parse reads one expression,
// expr_sets_link ties the sets to each other, expr_check ties one tree to the sets and tells what makes no sense.
#ifndef RULES_EXPR_H
#define RULES_EXPR_H

#include "base/diag.h"

enum expr_kind {
    EXPR_OR,     // children
    EXPR_AND,    // children
    EXPR_NOT,    // one child
    EXPR_NEAR,   // children: operands; links[i] joins child i and i + 1
    EXPR_OF,     // children, `number` of them
    EXPR_FIELD,  // one child, `fields`
    EXPR_SET,    // text: the name; set: what it stands for
    EXPR_WORD,   // text
    EXPR_PREFIX, // text: without the *
    EXPR_INFIX,  // text: without the *s
    EXPR_STEM,   // text: without the ~
    EXPR_PHRASE, // text: between the quotes, escapes undone; number: slop
    EXPR_REGEX,  // text: between the slashes, \/ undone
    EXPR_BAD,    // stands where an error was told
};

enum expr_link { LINK_NEAR, LINK_ONEAR, LINK_SAME };

struct expr_join {
    enum expr_link link;
    uint32_t distance; // NEAR, ONEAR: 1 .. NEAR_MAX
};

struct expr {
    enum expr_kind kind;
    bool is_exact;    // WORD, PHRASE: `=`, keeps case
    bool is_caseless; // REGEX: /x/i
    uint16_t fields;  // FIELD: bits 1 << enum doc_field
    uint32_t number;  // OF, PHRASE
    struct str text;
    size_t at, n;     // place in the source, for carets and explain
    struct expr **children;
    size_t n_children;
    struct expr_join *joins;      // NEAR: n_children - 1 of them
    const struct expr_set *set;   // SET
    bool is_scoped;               // NEAR at the top of `unless NEAR/6 (...)`: one child and one join, the veto's reach
};

enum {
    NEAR_MAX = 1000,        // farther apart is not near; keeps the gap between fields larger than any distance
    SLOP_MAX = 100,
    EXPR_DEPTH_MAX = 200,   // nested parentheses; nobody writes 20, and the parser recurses
    EXPR_TERMS_MAX = 50000, // leaves of a rule, sets unfolded
    NEAR_OPERANDS_MAX = 64, // of one chain: each costs a pass over the places of its neighbour
    SETS_DEPTH_MAX = 100,   // sets made of sets made of sets
    EXPR_BYTES_MAX = 1 << 20,
    PHRASE_WORDS_MAX = 64,  // matching a phrase costs its length at each place it may begin
    REGEX_REPEAT_MAX = 100, // of {n,m}: larger ones blow up the automaton
};

enum expr_role { EXPR_WHEN, EXPR_UNLESS, EXPR_SET_BODY };

// Parses the n bytes at `at` of the source (comments count as space). Errors go to ds, at their places; a tree is
// returned all the same, with EXPR_BAD where one was. Only an `unless` may begin with NEAR/n or SAME. In the arena.
struct expr *expr_parse(const struct source *source, size_t at, size_t n, enum expr_role role, struct arena *arena,
                        struct diags *ds);

// A named set: an expression, or a list of exact phrases kept by another program.
struct expr_set {
    struct str name;
    const struct source *source;
    size_t at, n;            // of the name in the source
    struct expr *expr;       // NULL: a list
    const struct str *list;  // phrases
    size_t n_list;
    uint32_t index;          // order of adding
    uint8_t mark;            // of the search for circles
    // Filled by expr_sets_link, so that no use of a set walks through it again:
    uint32_t terms;          // leaves, the sets in it unfolded; saturates
    uint32_t depth;          // of its tree, likewise
    uint32_t nesting;        // sets it is made of that are made of sets ...: 0 for one made of none
    bool is_operand;         // may stand beside NEAR
    bool is_positive;        // what it matches holds one of its words
};

struct expr_sets {
    struct arena *arena;
    struct expr_set **sets;
    size_t n;
    struct expr_set **by_name; // sorted; made by expr_sets_link
};

// Makes an empty registry whose memory is the arena's.
void expr_sets_init(struct expr_sets *sets, struct arena *arena);

// Adds a set or a list. Duplicates are told by expr_sets_link.
void expr_sets_add(struct expr_sets *sets, struct str name, const struct source *source, size_t at, size_t n,
                   struct expr *expr);
void expr_sets_add_list(struct expr_sets *sets, struct str name, const struct source *source, size_t at, size_t n,
                        const struct str *phrases, size_t n_phrases);

// Ties sets to the sets they use; tells duplicates, unknown names (with the nearest one) and circles, and checks each
// body. False when it told an error.
bool expr_sets_link(struct expr_sets *sets, struct diags *ds);

// Ties a tree to the (linked) sets and tells what makes no sense: unknown sets, operands of NEAR that have no place,
// an only negative expression, words without letters, too short wildcards, regexes with too large repeats, too many
// terms. False when it told an error.
bool expr_check(struct expr *expr, enum expr_role role, const struct source *source, const struct expr_sets *sets,
                struct diags *ds);

// Returns how many words a phrase has, or a number that is no more than PHRASE_WORDS_MAX where that is plain.
size_t expr_phrase_words(struct str text);

// Returns the set of this name, or NULL.
const struct expr_set *expr_sets_find(const struct expr_sets *sets, struct str name);

#endif
