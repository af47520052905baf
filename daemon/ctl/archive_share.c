// SPDX-License-Identifier: MIT
//
// Counting terms in the archive. See archive_share.h. Lint is run twice: first with an archive that only takes down
// what it is asked for, so that what is counted is just what lint will ask.
#include "daemon/ctl/archive_share.h"

#include <stdlib.h>

#include "base/mem.h"
#include "daemon/ctl/archive.h"

enum { SEED = 1, ARENA_BYTES = 64 << 20 };

#define SINCE "30d"

static int compare(const struct expr *a, const struct expr *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->is_exact != b->is_exact)
        return a->is_exact ? 1 : -1;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return str_cmp(a->text, b->text);
}

static int by_term(const void *a, const void *b)
{
    return compare(*(const struct expr *const *)a, *(const struct expr *const *)b);
}

static bool take_down(void *context, const struct expr *term, double *out_share)
{
    struct archive_share *s = context;
    (void)out_share;
    if ((s->n & (s->n - 1)) == 0)
        s->terms = mem_resize_array(s->terms, s->n ? s->n * 2 : 1, sizeof *s->terms);
    s->terms[s->n++] = term;
    return false;
}

static bool share_of(void *context, const struct expr *term, double *out_share)
{
    struct archive_share *s = context;
    const struct expr *const *found = s->n ? bsearch(&term, s->terms, s->n, sizeof *s->terms, by_term) : NULL;
    if (!found || s->is_told[found - s->terms])
        return false;
    s->is_told[found - s->terms] = true;
    *out_share = (double)s->counts[found - s->terms] / (double)s->items;
    return true;
}

static void take_terms(struct archive_share *s, const struct rules *rules)
{
    *s = (struct archive_share){0};
    struct diags quiet;
    diags_init(&quiet);
    rules_lint(rules, NULL, &(struct check_archive){s, take_down}, &quiet);
    diags_done(&quiet);
    if (s->n)
        qsort(s->terms, s->n, sizeof *s->terms, by_term);
    size_t kept = 0;
    for (size_t i = 0; i < s->n; i++)
        if (kept == 0 || compare(s->terms[kept - 1], s->terms[i]) != 0)
            s->terms[kept++] = s->terms[i];
    s->n = kept;
    s->counts = mem_alloc_array(s->n + 1, sizeof *s->counts);
    s->is_told = mem_alloc_array(s->n + 1, sizeof *s->is_told);
    s->ask = (struct check_archive){s, share_of};
}

void archive_share_done(struct archive_share *s)
{
    mem_free(s->terms);
    mem_free(s->counts);
    mem_free(s->is_told);
    *s = (struct archive_share){0};
}

// Returns a set of one rule a term. NULL where the engine refuses one: told by whoever compiles the rules.
static struct ruleset *terms_compile(const struct archive_share *s, struct arena *arena)
{
    struct diags quiet;
    diags_init(&quiet);
    struct ruleset_builder *b = ruleset_builder_new(SEED);
    for (size_t i = 0; i < s->n; i++) {
        struct expr *term = ARENA_NEW(arena, struct expr);
        *term = (struct expr){.kind = s->terms[i]->kind, .is_exact = s->terms[i]->is_exact,
                              .number = s->terms[i]->number, .text = s->terms[i]->text};
        struct rule_source source = {.rule.name = arena_fmt(arena, "%zu", i), .when = term};
        ruleset_builder_add(b, &source);
    }
    struct ruleset *set = ruleset_build(b, &quiet);
    diags_done(&quiet);
    return set;
}

static void count_page(struct archive_share *s, const struct ruleset *set, struct match_scratch *scratch,
                       struct api_page *page, struct arena *arena)
{
    struct api_item item;
    while (s->items < SHARE_ITEMS_MAX && api_page_next(page, &item) == API_PAGE_ITEM) {
        struct matches found = {0};
        arena_reset(arena);
        struct doc doc = api_item_doc(&item, arena);
        match_run(set, scratch, &doc, arena, &found);
        for (size_t i = 0; i < found.n; i++)
            s->counts[found.list[i].index]++;
        s->items++;
    }
}

static void count_all(struct archive_share *s, struct archive_pages *pages)
{
    struct arena kept, arena;
    struct buf bytes;
    struct api_page page;
    bool is_more = true;
    arena_init(&kept, ARENA_BYTES);
    arena_init(&arena, ARENA_BYTES);
    buf_init(&bytes, 2 * API_PAGE_BYTES_MAX);
    struct match_scratch *scratch = match_scratch_new();
    struct ruleset *set = terms_compile(s, &kept);
    while (set && s->items < SHARE_ITEMS_MAX && archive_pages_next(pages, &bytes, &page, &is_more) == CTL_OK &&
           is_more)
        count_page(s, set, scratch, &page, &arena);
    ruleset_unref(set);
    match_scratch_free(scratch);
    buf_done(&bytes);
    arena_done(&arena);
    arena_done(&kept);
}

bool archive_share_count(struct archive_share *s, const struct ctl_call *call, const struct rules *rules)
{
    int code;
    *s = (struct archive_share){0};
    struct archive_pages *pages = archive_pages_open(call, SINCE, NULL, true, &code);
    if (!pages)
        return false;
    take_terms(s, rules);
    if (s->n)
        count_all(s, pages);
    archive_pages_close(pages);
    return s->items >= SHARE_ITEMS_MIN;
}
