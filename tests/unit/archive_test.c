// SPDX-License-Identifier: MIT
#include "store/archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/tools/check.h"

static const int64_t NOVEMBER = 1793491200000; // 2026-11-01
static const int64_t OCTOBER = NOVEMBER - 31LL * DAY_MS, SEPTEMBER = OCTOBER - 30LL * DAY_MS;

struct rig {
    char directory[64];
    struct archive *archive;
};

static int set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    struct err err = {0};
    snprintf(rig->directory, sizeof rig->directory, "/tmp/feedwatch-archive-XXXXXX");
    assert_non_null(mkdtemp(rig->directory));
    rig->archive = archive_open(str_of(rig->directory), &err);
    assert_non_null(rig->archive);
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    char command[128];
    archive_close(rig->archive);
    snprintf(command, sizeof command, "rm -rf %s", rig->directory);
    assert_int_equal(system(command), 0);
    free(rig);
    return 0;
}

static struct archive_item item_of(uint64_t item, int64_t fetched_ms)
{
    return (struct archive_item){.feed = 1, .item = item, .content = 3, .fetched = {fetched_ms}, .published = {7},
                                 .feed_url = S("https://a.example/f"), .feed_title = S("A"), .tags = S("x y"),
                                 .guid = S("g"), .url = S("https://a.example/1"), .language = S("uk"),
                                 .authors = S("N\nM"), .categories = S("c"), .title = S("Заголовок"),
                                 .summary = S("summary"), .body = S("body")};
}

static void append(struct rig *rig, struct archive_item item)
{
    struct err err = {0};
    if (!archive_append(rig->archive, &item, 1, &err))
        fail_msg("%s", err.text);
}

static size_t count(struct rig *rig, int64_t since_ms, int64_t until_ms, uint64_t *first, uint64_t *last)
{
    struct err err = {0};
    struct archive_item item;
    size_t n = 0;
    struct archive_reader *r = archive_read(str_of(rig->directory), (wall_t){since_ms}, (wall_t){until_ms}, &err);
    assert_non_null(r);
    enum archive_step step;
    while ((step = archive_next(r, &item, &err)) == ARCHIVE_ITEM) {
        if (n++ == 0)
            *first = item.item;
        *last = item.item;
    }
    archive_reader_close(r);
    assert_int_equal(step, ARCHIVE_END);
    return n;
}

static bool exists(struct rig *rig, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", rig->directory, name);
    return access(path, F_OK) == 0;
}

static void every_field_comes_back(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    struct archive_item item;
    append(rig, item_of(42, NOVEMBER));
    struct archive_reader *r = archive_read(str_of(rig->directory), (wall_t){0}, (wall_t){0}, &err);
    assert_int_equal(archive_next(r, &item, &err), ARCHIVE_ITEM);
    assert_int_equal(item.feed, 1);
    assert_int_equal(item.item, 42);
    assert_int_equal(item.content, 3);
    assert_int_equal(item.fetched.ms, NOVEMBER);
    assert_int_equal(item.published.ms, 7);
    assert_str(item.feed_url, "https://a.example/f");
    assert_str(item.feed_title, "A");
    assert_str(item.tags, "x y");
    assert_str(item.guid, "g");
    assert_str(item.url, "https://a.example/1");
    assert_str(item.language, "uk");
    assert_str(item.authors, "N\nM");
    assert_str(item.categories, "c");
    assert_str(item.title, "Заголовок");
    assert_str(item.summary, "summary");
    assert_str(item.body, "body");
    assert_int_equal(archive_next(r, &item, &err), ARCHIVE_END);
    archive_reader_close(r);
}

static void each_month_has_its_file_and_is_read_in_order(void **state)
{
    struct rig *rig = *state;
    struct archive_item items[] = {item_of(1, OCTOBER - 1), item_of(2, OCTOBER), item_of(3, NOVEMBER - 1),
                                   item_of(4, NOVEMBER)};
    struct err err = {0};
    uint64_t first, last;
    assert_true(archive_append(rig->archive, items, 4, &err));
    assert_true(exists(rig, "archive-2026-09.db") && exists(rig, "archive-2026-10.db")
                && exists(rig, "archive-2026-11.db"));
    assert_int_equal(count(rig, 0, 0, &first, &last), 4);
    assert_int_equal(first, 1);
    assert_int_equal(last, 4);
    assert_int_equal(count(rig, OCTOBER, NOVEMBER, &first, &last), 2);
    assert_int_equal(first, 2);
    assert_int_equal(last, 3);
    assert_int_equal(count(rig, NOVEMBER + 1, 0, &first, &last), 0);
}

static void a_reader_sees_what_comes_while_the_archive_is_open(void **state)
{
    struct rig *rig = *state;
    uint64_t first, last;
    append(rig, item_of(1, NOVEMBER));
    assert_int_equal(count(rig, 0, 0, &first, &last), 1);
    append(rig, item_of(2, NOVEMBER + 1));
    assert_int_equal(count(rig, 0, 0, &first, &last), 2);
}

static void one_item_is_found_in_its_newest_form(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    struct archive_item item;
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    append(rig, item_of(5, SEPTEMBER));
    struct archive_item edited = item_of(5, NOVEMBER);
    edited.title = S("Edited");
    append(rig, edited);
    assert_true(archive_find(str_of(rig->directory), 1, 5, &arena, &item, &err));
    assert_str(item.title, "Edited");
    assert_false(archive_find(str_of(rig->directory), 1, 6, &arena, &item, &err));
    assert_int_equal(err.text[0], '\0');
    arena_done(&arena);
}

// Reads on from one place to the next, so many items each time.
static void a_reader_goes_on_where_another_ended(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    for (uint64_t i = 0; i < 7; i++)
        append(rig, item_of(i + 1, i < 3 ? OCTOBER + (int64_t)i : NOVEMBER + (int64_t)i));
    for (size_t size = 1; size <= 8; size++) {
        struct archive_place place = {0};
        struct archive_item item;
        uint64_t expected = 2; // since leaves the first out
        for (enum archive_step step = ARCHIVE_ITEM; step == ARCHIVE_ITEM;) {
            struct archive_reader *r = archive_read_on(str_of(rig->directory), place, (wall_t){OCTOBER + 1},
                                                       (wall_t){NOVEMBER + 6}, &err);
            for (size_t i = 0; i < size && (step = archive_next(r, &item, &err)) == ARCHIVE_ITEM; i++)
                assert_int_equal(item.item, expected++);
            place = archive_reader_place(r);
            archive_reader_close(r);
            assert_int_not_equal(step, ARCHIVE_FAILED);
        }
        assert_int_equal(expected, 7); // until leaves the last out
    }
}

static void items_are_counted_by_their_rows(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    uint64_t n = 9;
    assert_true(archive_count(str_of(rig->directory), (wall_t){0}, &n, &err));
    assert_int_equal(n, 0);
    for (uint64_t i = 0; i < 5; i++)
        append(rig, item_of(i, i < 2 ? OCTOBER : NOVEMBER + (int64_t)i));
    assert_true(archive_count(str_of(rig->directory), (wall_t){0}, &n, &err));
    assert_int_equal(n, 5);
    assert_true(archive_count(str_of(rig->directory), (wall_t){NOVEMBER + 3}, &n, &err));
    assert_int_equal(n, 2);
    assert_true(archive_count(str_of(rig->directory), (wall_t){NOVEMBER + 5}, &n, &err));
    assert_int_equal(n, 0);
}

static void an_item_is_found_without_its_feed(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    struct archive_item item;
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    append(rig, item_of(UINT64_MAX, OCTOBER));
    assert_true(archive_find(str_of(rig->directory), 0, UINT64_MAX, &arena, &item, &err));
    assert_int_equal(item.feed, 1);
    assert_false(archive_find(str_of(rig->directory), 0, 7, &arena, &item, &err));
    arena_done(&arena);
}

static void old_months_go_whole_and_the_newest_stays(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    unsigned n = 9;
    append(rig, item_of(1, SEPTEMBER));
    append(rig, item_of(2, OCTOBER));
    append(rig, item_of(3, NOVEMBER));
    // 90 days after September's last day it is not yet more than 90 days.
    assert_true(archive_prune(rig->archive, (wall_t){OCTOBER + 90LL * DAY_MS}, 90, ARCHIVE_BYTES, &n, &err));
    assert_int_equal(n, 0);
    assert_true(archive_prune(rig->archive, (wall_t){OCTOBER + 90LL * DAY_MS + 1}, 90, ARCHIVE_BYTES, &n, &err));
    assert_int_equal(n, 1);
    assert_false(exists(rig, "archive-2026-09.db"));
    assert_true(archive_prune(rig->archive, (wall_t){NOVEMBER}, 90, 1, &n, &err)); // too large: oldest first
    assert_int_equal(n, 1);
    assert_true(exists(rig, "archive-2026-11.db"));
    append(rig, item_of(4, NOVEMBER));
}

static void a_text_is_cut_at_its_cap_and_at_a_character(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};
    struct archive_item item = item_of(1, NOVEMBER);
    char *body = malloc(ARCHIVE_TEXT_BYTES + 2);
    memset(body, 'a', ARCHIVE_TEXT_BYTES - 1);
    memcpy(body + ARCHIVE_TEXT_BYTES - 1, "\xd0\x96", 3);
    item.body = str_of(body);
    append(rig, item);
    struct archive_reader *r = archive_read(str_of(rig->directory), (wall_t){0}, (wall_t){0}, &err);
    assert_int_equal(archive_next(r, &item, &err), ARCHIVE_ITEM);
    assert_int_equal(item.body.n, ARCHIVE_TEXT_BYTES - 1);
    archive_reader_close(r);
    free(body);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(every_field_comes_back),
        T(each_month_has_its_file_and_is_read_in_order),
        T(a_reader_sees_what_comes_while_the_archive_is_open),
        T(one_item_is_found_in_its_newest_form),
        T(a_reader_goes_on_where_another_ended),
        T(items_are_counted_by_their_rows),
        T(an_item_is_found_without_its_feed),
        T(old_months_go_whole_and_the_newest_stays),
        T(a_text_is_cut_at_its_cap_and_at_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
