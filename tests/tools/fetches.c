// SPDX-License-Identifier: MIT
//
// The scenes of tests/tools/fetches.h.
#include "tests/tools/check.h"

#include "base/mem.h"
#include "tests/tools/fetches.h"

void open_scene(struct scene *s)
{
    *s = (struct scene){.day = DAY_ONE};
    arena_init(&s->arena, (size_t)1 << 30);
    hash_key_from_seed(&s->key, 42);
}

void close_scene(struct scene *s) { arena_done(&s->arena); }

struct item item_of(const struct row *r)
{
    struct item item = {.id = str_of(r->id), .link = str_of(r->link)};
    item.title.body = str_of(r->title);
    item.content = (struct text){str_of(r->text), TEXT_HTML};
    if (r->day)
        item.published = (struct date){.state = DATE_OK, .at = {r->day * DAY_MS}};
    return item;
}

static char letter_of(enum item_news news)
{
    static const char letters[] = "NEKROCX"; // new, edited, known, rekeyed, old, copy, cut
    return letters[news];
}

static void judge(struct scene *s, const struct row *rows, size_t n, char *out)
{
    struct document doc = {.items = ARENA_ARRAY(&s->arena, struct item, n + 1), .n_items = n};
    doc.meta.link = str_of(s->site);
    for (size_t i = 0; i < n; i++)
        doc.items[i] = item_of(&rows[i]);
    s->options.now = (wall_t){s->day * DAY_MS};
    s->last = identity_judge(s->marks, &doc, &s->key, &s->options, &s->arena);
    assert_true(marks_are_valid(s->last.marks));
    s->marks = s->last.marks;
    s->options.good_at = s->options.now;
    for (size_t i = 0; i < n; i++)
        out[i] = letter_of(s->last.items[i].news);
    out[n] = 0;
}

void fetch_at(struct scene *s, const char *expected, const struct row *rows, size_t n, int line)
{
    char *found = mem_alloc(n + 1);
    s->day++;
    judge(s, rows, n, found);
    if (strcmp(found, expected) != 0)
        fail_msg("line %d: found %s, expected %s", line, found, expected);
    struct judgement first = s->last;
    judge(s, rows, n, found);
    for (size_t i = 0; i < n; i++)
        if (found[i] != 'K' && found[i] != 'C')
            fail_msg("line %d: fetched again, item %zu is %c", line, i, found[i]);
    if (s->last.is_changed)
        fail_msg("line %d: fetched again, the marks changed", line);
    for (size_t i = 0; i < n; i++)
        assert_true(s->last.items[i].identity == first.items[i].identity);
    s->last = first;
    mem_free(found);
}
