// SPDX-License-Identifier: MIT
//
// Drafts of rules and their versions. See draft.h.
#include "rules/draft.h"

#include "base/hash.h"
#include "base/mem.h"
#include "rules/code.h"
#include "rules/expr.h"
#include "rules/word_hash.h"

enum { ARENA_BYTES = 1 << 30 }; // rules are the administrator's: no cap but the sum of theirs

void draft_init(struct draft *d)
{
    *d = (struct draft){0};
    arena_init(&d->arena, ARENA_BYTES);
}

void draft_done(struct draft *d)
{
    arena_done(&d->arena);
    mem_free(d->rules);
    mem_free(d->trees);
    *d = (struct draft){0};
}

// Most properties are not set: those take no memory.
static struct str copy_text(struct arena *arena, struct str text)
{
    return text.n ? arena_str(arena, text) : S("");
}

static struct str *copy_strings(struct arena *arena, const struct str *strings, size_t n)
{
    struct str *copy = n ? ARENA_ARRAY(arena, struct str, n) : NULL;
    for (size_t i = 0; i < n; i++)
        copy[i] = arena_str(arena, strings[i]);
    return copy;
}

static void copy_rule(struct arena *arena, const struct rule *from, struct rule *r)
{
    *r = *from;
    struct str *const texts[] = {&r->name, &r->title, &r->query, &r->note, &r->was, &r->hours_zone};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = copy_text(arena, *texts[i]);
    r->tags = copy_strings(arena, r->tags, r->n_tags);
    r->notify = copy_strings(arena, r->notify, r->n_notify);
    struct rule_scope *scope = r->n_scope ? ARENA_ARRAY(arena, struct rule_scope, r->n_scope) : NULL;
    for (size_t i = 0; i < r->n_scope; i++)
        scope[i] = (struct rule_scope){r->scope[i].is_tag, arena_str(arena, r->scope[i].value)};
    r->scope = scope;
}

void draft_add(struct draft *d, const struct rule_source *source)
{
    if (d->n == d->room) {
        d->room = d->room ? d->room * 2 : 16;
        d->rules = mem_resize_array(d->rules, d->room, sizeof *d->rules);
        d->trees = mem_resize_array(d->trees, d->room, sizeof *d->trees);
    }
    size_t n = source->n_unless;
    const struct expr **unless = n ? ARENA_ARRAY(&d->arena, const struct expr *, n) : NULL;
    for (size_t i = 0; i < n; i++)
        unless[i] = source->unless[i];
    d->trees[d->n] = (struct rule_trees){source->when, unless, n, source->source};
    copy_rule(&d->arena, &source->rule, &d->rules[d->n++]);
}

// ---- versions -----------------------------------------------------------------------------------------------------

static void mix(uint64_t *version, uint64_t first, uint64_t second)
{
    static const uint64_t high = 0x9E3779B97F4A7C15u;
    *version = word_hash_short((struct word_key){*version, high}, first, second);
}

static uint64_t read8(const char *p)
{
    uint64_t bytes;
    memcpy(&bytes, p, sizeof bytes);
    return le64toh(bytes);
}

static uint64_t read4(const char *p)
{
    uint32_t bytes;
    memcpy(&bytes, p, sizeof bytes);
    return le32toh(bytes);
}

// Mixes a number below 2^32 and a text. Most texts are short: their first and last bytes, which may overlap, say all,
// as in XXH3.
static void mix_text(uint64_t *version, uint64_t number, struct str text)
{
    size_t n = text.n;
    uint64_t head = number << 32 | n;
    if (n > 16) {
        mix(version, head, hash64_seeded(*version, text));
    } else if (n >= 8) {
        mix(version, head, read8(text.p));
        if (n > 8)
            mix(version, n, read8(text.p + n - 8));
    } else if (n >= 4) {
        mix(version, head, read4(text.p) << 32 | read4(text.p + n - 4));
    } else {
        const unsigned char *p = (const unsigned char *)text.p;
        mix(version, head, n ? (uint64_t)p[0] << 16 | (uint64_t)p[n / 2] << 8 | p[n - 1] : 0);
    }
}

static void mix_tree(uint64_t *version, const struct expr *e)
{
    mix(version, (uint64_t)e->kind << 48 | (uint64_t)e->fields << 32 | e->number,
        (uint64_t)e->text.n << 32 | (uint64_t)e->n_children << 2 | (uint64_t)e->is_exact << 1 | e->is_caseless);
    if (e->kind == EXPR_SET && e->set->expr) {
        mix_tree(version, e->set->expr);
        return;
    }
    if (e->text.n)
        mix_text(version, 0, e->text);
    for (size_t i = 0; e->kind == EXPR_NEAR && i + (e->is_scoped ? 0 : 1) < e->n_children; i++)
        mix(version, e->joins[i].link, e->joins[i].distance);
    for (size_t i = 0; i < e->n_children; i++)
        mix_tree(version, e->children[i]);
}

uint64_t draft_version(const struct rule *r, const struct rule_trees *trees)
{
    uint64_t v = 1;
    mix_text(&v, r->severity, r->name);
    mix_text(&v, r->group, r->title);
    mix_text(&v, r->on, r->was);
    mix_text(&v, r->has_hours, r->hours_zone);
    mix(&v, (uint64_t)r->hours_from_minute << 16 | r->hours_to_minute, r->throttle_max);
    mix(&v, (uint64_t)r->throttle_per_ms, trees->n_unless);
    mix(&v, r->n_tags, (uint64_t)r->n_notify << 32 | r->n_scope);
    for (size_t i = 0; i < r->n_tags; i++)
        mix_text(&v, 0, r->tags[i]);
    for (size_t i = 0; i < r->n_notify; i++)
        mix_text(&v, 0, r->notify[i]);
    for (size_t i = 0; i < r->n_scope; i++)
        mix_text(&v, r->scope[i].is_tag, r->scope[i].value);
    mix_tree(&v, trees->when);
    for (size_t i = 0; i < trees->n_unless; i++)
        mix_tree(&v, trees->unless[i]);
    return v;
}
