// SPDX-License-Identifier: MIT
//
// Expressions -> trees, by recursive descent one word ahead. See expr.h for the grammar.
//
// Recovery: where an operand is missing EXPR_BAD stands for it and reading goes on at the same word; a ")" too many is
// told and skipped; an open "(" is told where it stands. Each error is told once.
#include "rules/expr_lex.h"

struct parser {
    struct lexer lexer;
    struct lex now;
    struct arena *arena;
    size_t behind; // where the last word that was taken ends
    int depth;
    bool is_too_deep;
};

static struct expr *parse_or(struct parser *p);

static void take(struct parser *p)
{
    p->behind = p->now.at + p->now.n;
    p->now = lex_next(&p->lexer);
}

static struct diag *fault(struct parser *p, size_t at, size_t n, const char *message)
{
    return diag_add(p->lexer.ds, DIAG_ERROR, p->lexer.source, at, n, "%s", message);
}

static void adopt(struct parser *p, struct expr *parent, struct expr *child)
{
    ARENA_PUSH(p->arena, parent->children, parent->n_children, child);
    size_t end = child->at + child->n;
    if (end > parent->at + parent->n)
        parent->n = end - parent->at;
}

static struct expr *bad(struct parser *p)
{
    return expr_new(p->arena, EXPR_BAD, p->now.at, p->now.n);
}

static struct str now_text(const struct parser *p)
{
    return (struct str){p->lexer.source->text.p + p->now.at, p->now.n};
}

// Tells that a word or phrase should stand here.
static struct expr *missing(struct parser *p, const char *after)
{
    if (p->now.kind == LEX_BAD) {
        take(p);
        return bad(p);
    }
    size_t at = p->now.kind == LEX_END ? p->behind : p->now.at;
    const char *what = "expected a word or phrase";
    struct diag *d;
    if (p->now.kind == LEX_END)
        d = diag_add(p->lexer.ds, DIAG_ERROR, p->lexer.source, at, 0, "%s%s, found the end", what, after);
    else
        d = diag_add(p->lexer.ds, DIAG_ERROR, p->lexer.source, at, p->now.n, "%s%s, found \"%.*s\"", what, after,
                     STR_ARG(now_text(p)));
    if (p->now.kind == LEX_CLOSE || p->now.kind == LEX_END)
        diag_help(p->lexer.ds, d, "write a word, a \"phrase\" or a group in parentheses here");
    else if (p->now.kind == LEX_NEAR)
        diag_help(p->lexer.ds, d, "it stands between two words: a %.*s b; only `unless` may begin with NEAR or SAME",
                  STR_ARG(now_text(p)));
    else
        diag_help(p->lexer.ds, d, "operators are upper case; put \"%.*s\" in quotes to find the word",
                  STR_ARG(now_text(p)));
    return bad(p);
}

// What is inside parentheses is skipped, without recursion, up to the one that closes.
static void skip_group(struct parser *p)
{
    size_t open = 1;
    while (open && p->now.kind != LEX_END) {
        open += p->now.kind == LEX_OPEN;
        open -= p->now.kind == LEX_CLOSE;
        take(p);
    }
}

static void close_group(struct parser *p, size_t open_at)
{
    if (p->now.kind == LEX_CLOSE) {
        take(p);
        return;
    }
    struct diag *d = fault(p, open_at, 1, "this parenthesis is never closed");
    if (p->now.kind == LEX_COMMA)
        diag_help(p->lexer.ds, d, "commas part the members of \"2 OF (a, b, c)\"; elsewhere write OR");
    else
        diag_help(p->lexer.ds, d, "add a ) where the group ends");
    if (p->now.kind == LEX_COMMA)
        skip_group(p);
}

static bool go_deeper(struct parser *p, size_t at)
{
    if (++p->depth <= EXPR_DEPTH_MAX)
        return true;
    if (!p->is_too_deep) {
        struct diag *d = diag_add(p->lexer.ds, DIAG_ERROR, p->lexer.source, at, 1,
                                  "parentheses are nested deeper than %d", EXPR_DEPTH_MAX);
        diag_help(p->lexer.ds, d, "name inner groups with set and use them as @name");
    }
    p->is_too_deep = true;
    return false;
}

static struct expr *parse_group(struct parser *p)
{
    size_t at = p->now.at;
    take(p);
    if (!go_deeper(p, at)) {
        skip_group(p);
        p->depth--;
        return bad(p);
    }
    struct expr *e;
    if (p->now.kind == LEX_CLOSE) {
        struct diag *d = fault(p, at, p->now.at + 1 - at, "empty parentheses");
        diag_help(p->lexer.ds, d, "write a word or phrase inside, or leave them out");
        e = bad(p);
    } else {
        e = parse_or(p);
    }
    close_group(p, at);
    p->depth--;
    e->at = at;
    e->n = p->behind - at;
    return e;
}

static struct expr *parse_of(struct parser *p)
{
    struct expr *e = expr_new(p->arena, EXPR_OF, p->now.at, p->now.n);
    uint64_t number = 0;
    str_to_u64(p->now.leaf->text, EXPR_TERMS_MAX, &number);
    e->number = (uint32_t)number;
    take(p);
    take(p); // OF
    size_t open_at = p->now.at;
    if (p->now.kind != LEX_OPEN) {
        struct diag *d = fault(p, p->behind - 2, 2, "OF needs a list in parentheses");
        diag_help(p->lexer.ds, d, "%u OF (one, two, \"a phrase\")", e->number);
        e->kind = EXPR_BAD;
        return e;
    }
    if (!go_deeper(p, open_at)) {
        take(p);
        skip_group(p);
        e->kind = EXPR_BAD;
        p->depth--;
        return e;
    }
    do {
        take(p);
        adopt(p, e, parse_or(p));
    } while (p->now.kind == LEX_COMMA);
    close_group(p, open_at);
    p->depth--;
    e->n = p->behind - e->at;
    if (e->number == 0 || e->number > e->n_children) {
        struct diag *d = diag_add(p->lexer.ds, DIAG_ERROR, p->lexer.source, e->at, e->n,
                                  "%u OF %zu can %s", e->number, e->n_children, e->number ? "never be" : "not fail");
        diag_help(p->lexer.ds, d, "the number runs from 1 (OR) to the count of members (AND)");
    }
    return e;
}

static bool is_number(struct str s)
{
    uint64_t ignored;
    return str_to_u64(s, UINT32_MAX, &ignored);
}

static struct expr *parse_field(struct parser *p);

static struct expr *parse_atom(struct parser *p, const char *after)
{
    struct expr *e;
    switch (p->now.kind) {
    case LEX_OPEN: return parse_group(p);
    case LEX_FIELD: return parse_field(p);
    case LEX_SET:
        e = expr_new(p->arena, EXPR_SET, p->now.at, p->now.n);
        e->text = p->now.text;
        take(p);
        return e;
    case LEX_LEAF: {
        e = p->now.leaf;
        if (e->kind == EXPR_WORD && !e->is_exact && is_number(e->text)) {
            struct lexer ahead = p->lexer; // a look ahead that tells nothing
            struct diags quiet;
            diags_init(&quiet);
            ahead.ds = &quiet;
            bool is_of = lex_next(&ahead).kind == LEX_OF;
            diags_done(&quiet);
            if (is_of)
                return parse_of(p);
        }
        take(p);
        return e;
    }
    case LEX_END:
    case LEX_CLOSE:
    case LEX_COMMA:
    case LEX_AND:
    case LEX_OR:
    case LEX_NOT:
    case LEX_MINUS:
    case LEX_NEAR:
    case LEX_OF:
    case LEX_BAD: break;
    }
    return missing(p, after);
}

static struct expr *parse_field(struct parser *p)
{
    struct expr *e = expr_new(p->arena, EXPR_FIELD, p->now.at, p->now.n);
    e->fields = p->now.fields;
    take(p);
    if (!go_deeper(p, e->at)) { // a:a:a:...
        e->kind = EXPR_BAD;
        while (p->now.kind == LEX_FIELD)
            take(p);
        p->depth--;
        return e;
    }
    adopt(p, e, parse_atom(p, " after the field"));
    p->depth--;
    return e;
}

static struct expr *parse_near(struct parser *p, const char *after)
{
    struct expr *first = parse_atom(p, after);
    if (p->now.kind != LEX_NEAR)
        return first;
    struct expr *e = expr_new(p->arena, EXPR_NEAR, first->at, 0);
    adopt(p, e, first);
    size_t n_joins = 0;
    while (p->now.kind == LEX_NEAR) {
        ARENA_PUSH(p->arena, e->joins, n_joins, p->now.join);
        struct str op = now_text(p);
        take(p);
        struct str behind = arena_fmt(p->arena, " after %.*s", STR_ARG(op));
        adopt(p, e, parse_atom(p, behind.p));
    }
    return e;
}

static struct expr *parse_unary(struct parser *p, const char *after)
{
    if (p->now.kind != LEX_NOT && p->now.kind != LEX_MINUS)
        return parse_near(p, after);
    struct expr *e = expr_new(p->arena, EXPR_NOT, p->now.at, p->now.n);
    const char *name = p->now.kind == LEX_NOT ? " after NOT" : " after -";
    take(p);
    if (p->now.kind == LEX_NOT || p->now.kind == LEX_MINUS) {
        struct diag *d = fault(p, e->at, p->now.at + p->now.n - e->at, "NOT twice says nothing");
        diag_help(p->lexer.ds, d, "leave both out");
        while (p->now.kind == LEX_NOT || p->now.kind == LEX_MINUS)
            take(p);
    }
    adopt(p, e, parse_near(p, name));
    return e;
}

static bool begins_operand(const struct parser *p)
{
    switch (p->now.kind) {
    case LEX_OPEN:
    case LEX_NOT:
    case LEX_MINUS:
    case LEX_FIELD:
    case LEX_SET:
    case LEX_LEAF:
    case LEX_BAD: return true;
    case LEX_END:
    case LEX_CLOSE:
    case LEX_COMMA:
    case LEX_AND:
    case LEX_OR:
    case LEX_NEAR:
    case LEX_OF: break;
    }
    return false;
}

static struct expr *parse_and(struct parser *p, const char *after)
{
    struct expr *first = parse_unary(p, after);
    struct expr *e = NULL;
    while (p->now.kind == LEX_AND || p->now.kind == LEX_NEAR || p->now.kind == LEX_OF || begins_operand(p)) {
        if (p->now.kind == LEX_BAD) { // told already
            take(p);
            continue;
        }
        if (p->now.kind == LEX_NEAR || p->now.kind == LEX_OF) {
            missing(p, p->now.kind == LEX_OF ? "; OF needs a number before it" : "");
            take(p);
            continue;
        }
        const char *name = "";
        if (p->now.kind == LEX_AND) {
            take(p);
            name = " after AND";
        }
        if (!e) {
            e = expr_new(p->arena, EXPR_AND, first->at, 0);
            adopt(p, e, first);
        }
        adopt(p, e, parse_unary(p, name));
    }
    return e ? e : first;
}

static struct expr *parse_or(struct parser *p)
{
    struct expr *first = parse_and(p, "");
    struct expr *e = NULL;
    while (p->now.kind == LEX_OR) {
        take(p);
        if (!e) {
            e = expr_new(p->arena, EXPR_OR, first->at, 0);
            adopt(p, e, first);
        }
        adopt(p, e, parse_and(p, " after OR"));
    }
    return e ? e : first;
}

// `unless NEAR/6 (band OR album)`: one operand, and nothing behind it.
static struct expr *parse_scoped(struct parser *p)
{
    struct expr *e = expr_new(p->arena, EXPR_NEAR, p->now.at, p->now.n);
    size_t n_joins = 0;
    ARENA_PUSH(p->arena, e->joins, n_joins, p->now.join);
    e->is_scoped = true;
    take(p);
    adopt(p, e, parse_atom(p, " that vetoes a hit"));
    if (p->now.kind != LEX_END && p->now.kind != LEX_CLOSE) {
        struct diag *d = fault(p, p->now.at, p->now.n, "a scoped unless takes one group and nothing behind it");
        diag_help(p->lexer.ds, d, "write another unless line for another condition");
        while (p->now.kind != LEX_END)
            take(p);
    }
    return e;
}

struct expr *expr_parse(const struct source *source, size_t at, size_t n, enum expr_role role, struct arena *arena,
                        struct diags *ds)
{
    struct parser p = {.lexer = {source, at, at + n, arena, ds}, .arena = arena, .behind = at};
    if (n > EXPR_BYTES_MAX) {
        diag_add(ds, DIAG_ERROR, source, at, 0, "an expression of %zu bytes; at most %d are allowed", n,
                 EXPR_BYTES_MAX);
        return expr_new(arena, EXPR_BAD, at, n);
    }
    p.now = lex_next(&p.lexer);
    bool is_scoped = role == EXPR_UNLESS && p.now.kind == LEX_NEAR;
    struct expr *e = is_scoped ? parse_scoped(&p) : parse_or(&p);
    while (p.now.kind != LEX_END) {
        if (p.now.kind == LEX_CLOSE) {
            struct diag *d = fault(&p, p.now.at, 1, "nothing is open for this parenthesis to close");
            diag_help(ds, d, "leave it out, or open a group before it");
        } else if (p.now.kind == LEX_COMMA) {
            struct diag *d = fault(&p, p.now.at, 1, "a comma stands only between the members of \"2 OF (a, b, c)\"");
            diag_help(ds, d, "write OR or AND");
        }
        take(&p);
        if (p.now.kind != LEX_END && p.now.kind != LEX_CLOSE && p.now.kind != LEX_COMMA)
            parse_or(&p); // only for its errors
    }
    return e;
}
