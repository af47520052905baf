// SPDX-License-Identifier: MIT
//
// Rules for tests. See rulebook.h.
#include "tests/tools/rulebook.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

void rulebook_init(struct rulebook *b)
{
    *b = (struct rulebook){0};
    arena_init(&b->arena, SIZE_MAX);
    diags_init(&b->ds);
    expr_sets_init(&b->sets, &b->arena);
}

void rulebook_done(struct rulebook *b)
{
    free(b->sources);
    diags_done(&b->ds);
    arena_done(&b->arena);
}

static struct source *source_of(struct rulebook *b, struct str text)
{
    struct source *s = ARENA_NEW(&b->arena, struct source);
    s->name = S("test");
    s->text = arena_str(&b->arena, text);
    return s;
}

void rulebook_set(struct rulebook *b, const char *name, const char *expr)
{
    struct source *s = source_of(b, str_of(expr));
    expr_sets_add(&b->sets, str_of(name), s, 0, 0, expr_parse(s, 0, s->text.n, EXPR_SET_BODY, &b->arena, &b->ds));
}

void rulebook_list(struct rulebook *b, const char *name, const struct str *phrases, size_t n)
{
    expr_sets_add_list(&b->sets, str_of(name), source_of(b, str_of(name)), 0, 0, phrases, n);
}

static struct expr *read_expr(struct rulebook *b, const struct source *s, size_t at, size_t n, enum expr_role role)
{
    if (!b->is_linked)
        expr_sets_link(&b->sets, &b->ds);
    b->is_linked = true;
    struct expr *e = expr_parse(s, at, n, role, &b->arena, &b->ds);
    if (b->ds.errors == 0)
        expr_check(e, role, s, &b->sets, &b->ds);
    return e;
}

struct expr *rulebook_expr(struct rulebook *b, struct str text, enum expr_role role)
{
    return read_expr(b, source_of(b, text), 0, text.n, role);
}

// The source of a rule: its expressions, a line each, as they stand in one file.
static struct source *rule_source_of(struct rulebook *b, struct str when, const struct str *unless, size_t n_unless)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    buf_add(&text, when);
    for (size_t i = 0; i < n_unless; i++) {
        buf_add_char(&text, '\n');
        buf_add(&text, unless[i]);
    }
    struct source *s = source_of(b, buf_str(&text));
    buf_done(&text);
    return s;
}

void rulebook_rule(struct rulebook *b, struct str name, struct str when, const struct str *unless, size_t n_unless)
{
    if ((b->n & (b->n - 1)) == 0)
        b->sources = realloc(b->sources, (b->n ? b->n * 2 : 1) * sizeof *b->sources);
    const struct source *s = rule_source_of(b, when, unless, n_unless);
    struct rule_source *r = &b->sources[b->n++];
    *r = (struct rule_source){.source = s, .n_unless = n_unless};
    r->rule.name = arena_str(&b->arena, name);
    r->rule.query = str_head(s->text, when.n);
    r->when = read_expr(b, s, 0, when.n, EXPR_WHEN);
    const struct expr **list = ARENA_ARRAY(&b->arena, const struct expr *, n_unless + 1);
    for (size_t i = 0, at = when.n + 1; i < n_unless; at += unless[i].n + 1, i++)
        list[i] = read_expr(b, s, at, unless[i].n, EXPR_UNLESS);
    r->unless = list;
}

struct ruleset *rulebook_build(struct rulebook *b)
{
    if (b->ds.errors)
        return NULL;
    struct ruleset_builder *builder = ruleset_builder_new(0x5EED);
    for (size_t i = 0; i < b->n; i++)
        ruleset_builder_add(builder, &b->sources[i]);
    return ruleset_build(builder, &b->ds);
}

bool rulebook_matches(const char *when, const char *unless, const char *body)
{
    struct rulebook b;
    rulebook_init(&b);
    struct str veto = str_of(unless);
    rulebook_rule(&b, S("r"), str_of(when), &veto, unless ? 1 : 0);
    struct ruleset *set = rulebook_build(&b);
    if (!set) {
        struct buf text;
        buf_init(&text, 1 << 16);
        diags_render(&b.ds, false, &text);
        fprintf(stderr, "%s\n", buf_z(&text));
        abort();
    }
    struct match_scratch *scratch = match_scratch_new();
    struct matches found;
    struct doc doc = {.body = str_of(body)};
    match_run(set, scratch, &doc, &b.arena, &found);
    match_scratch_free(scratch);
    ruleset_unref(set);
    rulebook_done(&b);
    return found.n == 1;
}
