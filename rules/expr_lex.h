// SPDX-License-Identifier: MIT
//
// Words of the expression language. For expr_lex.c and expr_parse.c only.
#ifndef RULES_EXPR_LEX_H
#define RULES_EXPR_LEX_H

#include "rules/expr.h"

enum lex_kind {
    LEX_END,
    LEX_OPEN,
    LEX_CLOSE,
    LEX_COMMA,
    LEX_AND,
    LEX_OR,
    LEX_NOT,
    LEX_MINUS,
    LEX_NEAR,  // also ONEAR, SAME: join
    LEX_OF,
    LEX_FIELD, // fields
    LEX_SET,   // text
    LEX_LEAF,  // leaf: a whole leaf, as a tree node
    LEX_BAD,   // told already
};

struct lex {
    enum lex_kind kind;
    size_t at, n;
    struct expr_join join;
    uint16_t fields;
    struct str text;
    struct expr *leaf;
};

struct lexer {
    const struct source *source;
    size_t at, end;
    struct arena *arena;
    struct diags *ds;
};

// Reads the next word of the expression, telling what is wrong in it.
struct lex lex_next(struct lexer *l);

// Makes a tree node in the arena.
struct expr *expr_new(struct arena *arena, enum expr_kind kind, size_t at, size_t n);

#endif
