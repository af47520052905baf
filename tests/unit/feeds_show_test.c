// SPDX-License-Identifier: MIT
//
// What `feedwatchctl feeds parse` shows a person: tests/golden/shown/NAME.txt for tests/golden/feeds/NAME.feed, read as
// if fetched from https://harbour.example/feed. To accept a change:
//
//   FEEDWATCH_TOP=$PWD FEEDWATCH_UPDATE=1 build/tests/unit/feeds_show_test && git diff tests/golden/shown
#include <stdio.h>
#include <stdlib.h>

#include "daemon/ctl/feeds_parse.h"
#include "feeds/parse.h"
#include "tests/tools/check.h"
#include "tests/tools/feed_file.h"

static void show(struct str body, struct arena *arena, struct buf *out)
{
    struct ctl_call call = {.columns = 0};
    struct parse_options options = {
        .url = S("https://harbour.example/feed"),
        .now = {1795478400000}, // 2026-11-24T00:00:00Z
    };
    const struct document *doc = parse_whole(&options, body, arena);
    feeds_parse_show_document(&call, doc, out);
    for (size_t i = 0; i < doc->n_items; i++)
        feeds_parse_show_item(&call, &doc->items[i], i + 1, out);
}

static void check_shown(const char *name, size_t *differing)
{
    const char *top = getenv("FEEDWATCH_TOP");
    char feed[4096], shown[4096];
    struct arena arena;
    struct buf found;
    arena_init(&arena, SIZE_MAX);
    buf_init(&found, SIZE_MAX);
    snprintf(feed, sizeof feed, "%s/tests/golden/feeds/%s.feed", top ? top : ".", name);
    snprintf(shown, sizeof shown, "%s/tests/golden/shown/%s.txt", top ? top : ".", name);
    show(feed_file_read(&arena, feed), &arena, &found);
    if (getenv("FEEDWATCH_UPDATE")) {
        FILE *file = fopen(shown, "we");
        assert_non_null(file);
        fwrite(found.p, 1, found.n, file);
        fclose(file);
    }
    struct str expected = feed_file_read(&arena, shown);
    if (!str_eq(expected, buf_str(&found))) {
        (*differing)++;
        print_error("%s is shown as\n%.*s\n", feed, STR_ARG(buf_str(&found)));
    }
    buf_done(&found);
    arena_done(&arena);
}

static void a_feed_is_shown_as_written_beside_it(void **state)
{
    (void)state;
    static const char *const names[] = {"all-at-once", "page", "json-cut", "extensions", "nothing", "gbk"};
    size_t differing = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        check_shown(names[i], &differing);
    assert_int_equal(differing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_feed_is_shown_as_written_beside_it),
    };
    parse_library_init();
    return cmocka_run_group_tests_name("feeds_show", tests, NULL, NULL);
}
