// SPDX-License-Identifier: MIT
//
// Identity over whole feeds as published (../shared/corpora/real, where it is there): an item that appears is found, in
// every feed, and an item that was there is never found again.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/tools/check.h"
#include "tests/tools/folder.h"

#include "feeds/identity.h"
#include "feeds/parse.h"

struct totals {
    size_t feeds, items, copies;
};

static struct judgement fetch(struct str *marks, struct document *doc, int64_t day, struct arena *a)
{
    struct hash_key key;
    struct judge_options options = {.now = {day * DAY_MS}, .good_at = {(day - 1) * DAY_MS}};
    hash_key_from_seed(&key, 1);
    struct judgement j = identity_judge(*marks, doc, &key, &options, a);
    *marks = j.marks;
    return j;
}

static void reverse(struct document *doc)
{
    for (size_t i = 0; i < doc->n_items / 2; i++) {
        struct item other = doc->items[i];
        doc->items[i] = doc->items[doc->n_items - 1 - i];
        doc->items[doc->n_items - 1 - i] = other;
    }
}

// The first item stands in the feed once more: id and link of another, and its title or its text.
static bool is_listed_again(const struct document *doc)
{
    const struct item *first = &doc->items[0];
    for (size_t i = 1; i < doc->n_items; i++) {
        const struct item *other = &doc->items[i];
        bool is_alike = str_eq(first->title.body, other->title.body) || str_eq(first->summary.body, other->summary.body);
        if (is_alike && str_eq(first->id, other->id) && str_eq(first->link, other->link))
            return true;
    }
    return false;
}

// The newest item is held back at first; then it comes, then the order is turned round, then nothing is left, then all.
static void check_feed(struct document *doc, const char *name, struct totals *t, struct arena *a)
{
    struct str marks = {0};
    struct document older = *doc, nothing = *doc;
    older.items++;
    older.n_items--;
    nothing.n_items = 0;
    struct judgement j = fetch(&marks, &older, 20000, a);
    size_t copies = 0;
    for (size_t i = 0; i < j.n; i++)
        copies += j.items[i].news == ITEM_COPY;
    t->copies += copies;
    if (j.n_new + copies != older.n_items)
        fail_msg("%s: %zu of %zu items in the baseline", name, j.n_new, older.n_items);
    j = fetch(&marks, &older, 20001, a);
    if (j.n_new || j.n_edited || j.is_changed)
        fail_msg("%s: %zu new, %zu edited when nothing changed", name, j.n_new, j.n_edited);
    j = fetch(&marks, doc, 20002, a);
    if (j.n_new != 1 && !is_listed_again(doc))
        fail_msg("%s: %zu new when one item appeared", name, j.n_new);
    fetch(&marks, &nothing, 20003, a);
    reverse(doc);
    j = fetch(&marks, doc, 20004, a);
    if (j.n_new || j.n_rekeyed || j.n_old)
        fail_msg("%s: %zu new when the order was turned round", name, j.n_new);
    t->feeds++;
    t->items += doc->n_items;
}

static void one_file(const char *folder, const char *name, struct totals *t)
{
    char path[4096];
    struct buf body;
    struct arena a;
    buf_init(&body, 64 << 20);
    arena_init(&a, (size_t)1 << 30);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    struct parse_options options = {.url = S("https://example.org/feed"), .now = {20000 * (int64_t)DAY_MS}};
    if (file_read(path, &body)) {
        struct document *doc = parse_whole(&options, buf_str(&body), &a);
        if (doc->n_items > 1)
            check_feed(doc, name, t, &a);
    }
    buf_done(&body);
    arena_done(&a);
}

static void real_feeds_repeat_nothing_and_miss_nothing(void **state)
{
    (void)state;
    const char *top = getenv("FEEDWATCH_TOP");
    char folder[4000];
    snprintf(folder, sizeof folder, "%s/../shared/corpora/real", top ? top : ".");
    DIR *dir = opendir(folder);
    struct totals t = {0};
    if (!dir) {
        print_message("skipped: no %s\n", folder);
        skip();
    }
    for (struct dirent *e = readdir(dir); e; e = readdir(dir))
        if (e->d_name[0] != '.' && !strstr(e->d_name, "MANIFEST"))
            one_file(folder, e->d_name, &t);
    closedir(dir);
    print_message("%zu feeds, %zu items, %zu of them copies\n", t.feeds, t.items, t.copies);
    assert_true(t.feeds > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_feeds_repeat_nothing_and_miss_nothing),
    };
    parse_library_init();
    return cmocka_run_group_tests_name("identity_real", tests, NULL, NULL);
}
