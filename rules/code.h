// SPDX-License-Identifier: MIT
//
// The code of rules: 32-bit words in prefix order, the operation in the upper 4 bits, its argument below. For the
// engine's files only.
//
//   TERM t | REGEX t | PHRASE slop:12,n:16 t.. | LEAF i | LANG i | FALSE | NOT x | FIELD mask x
//   AND n size x.. | OR n size x.. | OF n size k x.. | NEAR n size join.. x..     size: of all of it, in words
//   a rule: is scoped:1,count of vetoes, when, vetoes; a veto: x, or SCOPED link:16,distance:12 x
#ifndef RULES_CODE_H
#define RULES_CODE_H

#include <stddef.h>
#include <stdint.h>

enum op {
    OP_TERM, OP_REGEX, OP_PHRASE, OP_LEAF, OP_LANG, OP_FALSE, OP_NOT, OP_FIELD,
    OP_AND, OP_OR, OP_OF, OP_NEAR, OP_SCOPED,
};
enum {
    OP_SHIFT = 28,
    ARG_MASK = (1 << OP_SHIFT) - 1,
    PHRASE_SLOP_SHIFT = 16, // of its argument: slop above, count of words below
    PHRASE_COUNT_MASK = (1 << PHRASE_SLOP_SHIFT) - 1,
    JOIN_SHIFT = 16,        // link above, distance below
};
#define RULE_HAS_SCOPE (1u << 31) // only some feeds: the rule's properties say which

static inline enum op code_op(uint32_t word) { return (enum op)(word >> OP_SHIFT); }
static inline uint32_t code_arg(uint32_t word) { return word & ARG_MASK; }
static inline uint32_t code_word(enum op op, size_t arg) { return (uint32_t)op << OP_SHIFT | (uint32_t)arg; }

// Returns how many words the node at `code` takes itself, without its children: where the first of these begins, or,
// as code is in prefix order, the next node of a walk over all.
static inline size_t code_head(const uint32_t *code)
{
    switch (code_op(*code)) {
    case OP_TERM:
    case OP_REGEX:
    case OP_LEAF:
    case OP_LANG:
    case OP_FALSE:
    case OP_NOT:
    case OP_FIELD:
    case OP_SCOPED: break;
    case OP_PHRASE: return 1 + (code_arg(*code) & PHRASE_COUNT_MASK);
    case OP_AND:
    case OP_OR: return 2;
    case OP_OF: return 3;
    case OP_NEAR: return 1 + code_arg(*code);
    }
    return 1;
}

// Returns how many words it takes with its children.
static inline size_t code_size(const uint32_t *code)
{
    size_t wrapped = 0;
    for (;; wrapped++) {
        const uint32_t *at = code + wrapped;
        switch (code_op(*at)) {
        case OP_NOT:
        case OP_FIELD:
        case OP_SCOPED: break;
        case OP_TERM:
        case OP_REGEX:
        case OP_PHRASE:
        case OP_LEAF:
        case OP_LANG:
        case OP_FALSE: return wrapped + code_head(at);
        case OP_AND:
        case OP_OR:
        case OP_OF:
        case OP_NEAR: return wrapped + at[1];
        }
    }
}

#endif
