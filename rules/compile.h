// SPDX-License-Identifier: MIT
//
// Trees -> code (rules/code.h). For the builder only.
#ifndef RULES_COMPILE_H
#define RULES_COMPILE_H

#include "rules/draft.h"
#include "rules/segment.h"
#include "rules/text.h"

enum term_kind { TERM_WORD, TERM_PREFIX, TERM_INFIX, TERM_STEM, TERM_REGEX, TERM_LIST };

struct term {
    uint64_t hash;
    struct str name;   // as the rule wrote it
    struct str folded; // of words and patterns
    uint32_t uses;     // filled when all are there
    enum term_kind kind;
    const struct expr *leaf;     // REGEX
    const struct source *source; // REGEX: where it stands
    uint32_t literal;            // REGEX: an INFIX that some word of each match holds; NO_TERM: none
};

// Beside its hash, so that finding a term that is there reads one line of memory.
struct term_slot {
    uint64_t hash;
    uint32_t term; // index + 1; 0: free
    uint32_t uses; // in leaves of rules: how common it may be
};

// A word of at most 16 letters and digits of ASCII, as nearly all are in rules.
struct short_word {
    uint64_t hash;
    char folded[WORD_SHORT];
    size_t n;
    struct str name; // as the rule wrote it
};

// Such a word whose term is not yet in the code: its slot is being fetched, as a new rule's words lie anywhere.
struct waiting_word {
    struct short_word word;
    size_t at; // in the code
};
enum { WAITING_MAX = 8 }; // words between the fetch and the use: covers the latency of a far cache

// What a segment is made in.
struct compiler {
    struct segment *g;
    struct text text; // of the leaf at hand
    struct diags *ds;
    const struct source *source;
    struct term *terms;
    uint32_t n_terms, terms_room;
    struct term_slot *slots; // of all terms: open addressing
    size_t n_slots;
    uint32_t *code;
    size_t n_code, code_room;
    struct waiting_word waiting[WAITING_MAX]; // a ring
    size_t n_waited, n_waiting;               // words that were put into it, and that are in it
    uint32_t leaves_room, langs_room, listed_room;
    const struct expr_set **lists; // compiled already
    uint32_t *list_terms;
    uint32_t n_lists;
};

// Appends the code of one rule.
void compile_rule(struct compiler *c, const struct rule_trees *rule, bool has_scope);

// Appends the code of the phrases of a list (once) and returns its term.
uint32_t compile_list(struct compiler *c, const struct expr_set *set);

// Returns the term of this kind and bytes, a new one where there is none.
uint32_t compiler_term(struct compiler *c, enum term_kind kind, struct str folded, struct str name);

// Appends a word of code to which the term of a short word is added; it is there after compiler_settle at the latest.
void compiler_emit_short(struct compiler *c, uint32_t code, const struct short_word *word);

// Fills in the terms of all short words so far.
void compiler_settle(struct compiler *c);

// Fills in how often each term is used.
void compiler_count_uses(struct compiler *c);

void compiler_emit(struct compiler *c, uint32_t word);

// Appends the code of a leaf.
void compile_leaf(struct compiler *c, const struct expr *e);

#endif
