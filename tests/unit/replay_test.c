// SPDX-License-Identifier: MIT
//
// Pages of the archive (daemon/api_items.h), and what a replay counts on them.
#include "tests/tools/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "daemon/api_items.h"
#include "daemon/ctl/replay.h"
#include "daemon/ctl/rules_running.h"
#include "store/archive.h"

static const wall_t now = {1793491200000}; // 2026-11-01

struct rig {
    char directory[64];
};

static int set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    snprintf(rig->directory, sizeof rig->directory, "/tmp/feedwatch-replay-XXXXXX");
    assert_non_null(mkdtemp(rig->directory));
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", rig->directory);
    assert_int_equal(system(command), 0);
    free(rig);
    return 0;
}

static void fill(struct rig *rig, uint64_t n)
{
    struct err err = {0};
    struct archive *archive = archive_open(str_of(rig->directory), &err);
    for (uint64_t i = 0; i < n; i++) {
        struct archive_item item = {.feed = 5, .item = i + 1, .fetched = {now.ms + (int64_t)i}, .published = {i ? 3 : 0},
                                    .feed_title = S("World"), .feed_url = S("https://a.example/f"), .tags = S("a b"),
                                    .url = S("https://a.example/1"), .language = S("uk"), .authors = S("N O\nM"),
                                    .categories = S("c"), .title = S("title"), .summary = S("sum"), .body = S("body")};
        assert_true(archive_append(archive, &item, 1, &err));
    }
    archive_close(archive);
}

static void pages_give_every_item_once_in_order(void **state)
{
    struct rig *rig = *state;
    fill(rig, 50);
    for (size_t bytes = 1; bytes < 4000; bytes = bytes * 3 + 1) {
        struct buf text, place;
        struct err err = {0};
        struct api_page page = {0};
        struct api_item item;
        uint64_t expected = 1;
        buf_init(&text, API_PAGE_BYTES_MAX);
        buf_init(&place, API_PLACE_BYTES);
        while (!page.is_last) {
            buf_reset(&text);
            const struct api_items_query query = {.place = buf_str(&place), .bytes = bytes};
            assert_true(api_items_page(str_of(rig->directory), &query, now, &text, &err));
            assert_true(api_page_read(buf_str(&text), &page));
            assert_int_equal(page.now.ms, now.ms);
            assert_int_equal(page.total, place.n ? 0 : 50);
            while (api_page_next(&page, &item) == API_PAGE_ITEM)
                assert_int_equal(item.item, expected++);
            buf_reset(&place);
            buf_add(&place, page.place);
        }
        assert_int_equal(expected, 51);
        buf_done(&text);
        buf_done(&place);
    }
}

static void an_item_comes_through_a_page_whole(void **state)
{
    struct rig *rig = *state;
    struct buf text;
    struct err err = {0};
    struct api_page page;
    struct api_item item;
    struct arena arena;
    fill(rig, 2);
    buf_init(&text, API_PAGE_BYTES_MAX);
    arena_init(&arena, 1 << 20);
    assert_true(api_items_one(str_of(rig->directory), 5, 2, now, &text, &err));
    assert_true(api_page_read(buf_str(&text), &page) && page.is_last);
    assert_int_equal(api_page_next(&page, &item), API_PAGE_ITEM);
    assert_int_equal(item.feed, 5);
    assert_int_equal(item.fetched.ms, now.ms + 1);
    assert_int_equal(item.published.ms, 3);
    assert_str(item.feed_url, "https://a.example/f");
    struct doc doc = api_item_doc(&item, &arena);
    assert_str(doc.title, "title");
    assert_str(doc.summary, "sum");
    assert_str(doc.body, "body");
    assert_str(doc.feed, "World");
    assert_str(doc.url, "https://a.example/1");
    assert_str(doc.lang, "uk");
    assert_int_equal(doc.n_authors, 2);
    assert_str(doc.authors[0], "N O");
    assert_int_equal(doc.n_tags, 2);
    assert_str(doc.tags[1], "b");
    assert_int_equal(doc.n_categories, 1);
    assert_int_equal(api_page_next(&page, &item), API_PAGE_END);
    buf_reset(&text);
    assert_false(api_items_one(str_of(rig->directory), 5, 3, now, &text, &err));
    assert_int_equal(err.text[0], '\0');
    arena_done(&arena);
    buf_done(&text);
}

// Cut at any byte a page is refused or ends, and nothing behind its end is read (asan sees it).
static void a_page_that_is_cut_is_no_page(void **state)
{
    struct rig *rig = *state;
    struct buf text;
    struct err err = {0};
    fill(rig, 2);
    buf_init(&text, API_PAGE_BYTES_MAX);
    const struct api_items_query query = {.bytes = API_PAGE_BYTES};
    assert_true(api_items_page(str_of(rig->directory), &query, now, &text, &err));
    size_t whole = 0;
    for (size_t n = 0; n < text.n; n++) {
        char *copy = malloc(n + 1);
        struct api_page page;
        struct api_item item;
        memcpy(copy, text.p, n);
        size_t items = 0;
        enum api_page_step step = API_PAGE_END;
        if (api_page_read(str_make(copy, n), &page))
            while ((step = api_page_next(&page, &item)) == API_PAGE_ITEM)
                items++;
        whole += step == API_PAGE_END && items > 0;
        assert_true(items < 2);
        free(copy);
    }
    assert_int_equal(whole, 1); // just behind the first item
    buf_done(&text);
}

static void a_place_that_is_none_is_told(void **state)
{
    struct rig *rig = *state;
    static const char *const places[] = {"x", "1", "1-", "-1", "1-x", "99999999999-1", "1-99999999999999999999"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct buf text;
        struct err err = {0};
        buf_init(&text, API_PAGE_BYTES_MAX);
        const struct api_items_query query = {.place = str_of(places[i]), .bytes = API_PAGE_BYTES};
        assert_false(api_items_page(str_of(rig->directory), &query, now, &text, &err));
        assert_true(str_starts(str_of(err.text), S("expected the place")));
        buf_done(&text);
    }
}

static void ids_of_items_are_read_as_they_are_written(void **state)
{
    (void)state;
    char text[API_ITEM_ID_BYTES];
    uint64_t item = 0;
    assert_string_equal(api_item_id(0xfedcba9876543210u, text), "fedcba9876543210");
    assert_true(api_item_id_read(S("FEDCBA9876543210"), &item));
    assert_true(item == 0xfedcba9876543210u);
    assert_false(api_item_id_read(S("fedcba987654321"), &item));
    assert_false(api_item_id_read(S("fedcba98765432100"), &item));
    assert_false(api_item_id_read(S("fedcba987654321g"), &item));
}

// ---- replay ----

struct book {
    struct conf conf;
    struct rules rules;
    struct diags ds;
    struct ruleset *set;
};

static void book_open(struct book *b, const char *text)
{
    static const struct conf_spec *const tables[] = {rules_specs, NULL};
    *b = (struct book){0};
    diags_init(&b->ds);
    conf_parse(&b->conf, tables, S("a.rules"), str_of(text), NULL, &b->ds);
    rules_read(&b->rules, &b->conf, NULL, &b->ds);
    assert_int_equal(b->ds.errors, 0);
    b->set = rules_compile(&b->rules, 1, &b->ds);
}

static void book_close(struct book *b)
{
    ruleset_unref(b->set);
    diags_done(&b->ds);
    rules_done(&b->rules);
    conf_done(&b->conf);
}

static const char *const titles[] = {"truce", "truce game", "armistice", "grain", "truce two", "nothing"};

static void replay_titles(struct replay *r)
{
    struct replay_hand hand;
    replay_hand_init(&hand, r);
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        struct api_item item = {.item = i + 1, .fetched = {1000 + (int64_t)i}, .title = str_of(titles[i]),
                                .feed_title = S("F")};
        replay_match(&hand, &item);
        if (i % 2)
            replay_count(r, &hand);
    }
    replay_hand_done(&hand);
}

static void two_sets_are_compared_rule_by_rule(void **state)
{
    (void)state;
    struct book new, old;
    struct replay r;
    book_open(&new, "rule truce {\n when truce OR armistice\n unless game\n}\nrule corn {\n when grain\n was grain\n}\n");
    book_open(&old, "rule gone {\n when nothing\n}\nrule grain {\n when grain\n}\nrule truce {\n when truce\n}\n");
    replay_init(&r, new.set, old.set, 10);
    replay_titles(&r);
    assert_int_equal(r.items, 6);
    assert_int_equal(r.n_rows, 3);
    assert_str(r.rows[0].name, "truce");
    assert_int_equal(r.rows[0].hits, 3);
    assert_int_equal(r.rows[0].added, 1);
    assert_int_equal(r.rows[0].removed, 1);
    assert_str(r.rows[1].name, "corn"); // the same rule under a new name: nothing changed
    assert_int_equal(r.rows[1].hits, 1);
    assert_int_equal(r.rows[1].added + r.rows[1].removed, 0);
    assert_str(r.rows[2].name, "gone");
    assert_true(r.rows[2].is_gone);
    assert_int_equal(r.rows[2].removed, 1);
    size_t first, n;
    const struct replay_ring *ring = replay_shown(&r, &first, &n);
    assert_int_equal(n, 3); // only what changed is shown, oldest first
    assert_int_equal(ring->list[0].change, REPLAY_REMOVED);
    assert_str(ring->list[0].title, "truce game");
    assert_int_equal(ring->list[1].change, REPLAY_ADDED);
    assert_str(ring->list[1].hit, "armistice");
    assert_int_equal(ring->list[2].change, REPLAY_REMOVED);
    assert_str(ring->list[2].rule, "gone");
    replay_done(&r);
    book_close(&new);
    book_close(&old);
}

static void the_newest_hits_are_kept(void **state)
{
    (void)state;
    for (size_t room = 0; room <= 4; room++) {
        struct book b;
        struct replay r;
        size_t first, n;
        book_open(&b, "rule truce {\n when truce\n}\n");
        replay_init(&r, b.set, NULL, room);
        replay_titles(&r);
        const struct replay_ring *ring = replay_shown(&r, &first, &n);
        assert_int_equal(ring->n, 3);
        assert_int_equal(n, room < 3 ? room : 3);
        if (n)
            assert_str(ring->list[(first + n - 1) % ring->room].title, "truce two");
        if (n == 2)
            assert_str(ring->list[first].title, "truce game");
        replay_done(&r);
        book_close(&b);
    }
}

static void sets_are_the_same_when_each_rule_is(void **state)
{
    (void)state;
    struct book a, b, c;
    book_open(&a, "rule x {\n when one\n}\nrule y {\n when two\n}\n");
    book_open(&b, "rule y {\n when  two\n note \"why\"\n}\nrule x {\n when one\n test match \"one\"\n}\n");
    book_open(&c, "rule x {\n when one\n}\nrule y {\n when two OR 2\n}\n");
    assert_true(rules_are_same(a.set, b.set));
    assert_false(rules_are_same(a.set, c.set));
    book_close(&a);
    book_close(&b);
    book_close(&c);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(pages_give_every_item_once_in_order),
        T(an_item_comes_through_a_page_whole),
        T(a_page_that_is_cut_is_no_page),
        T(a_place_that_is_none_is_told),
        cmocka_unit_test(ids_of_items_are_read_as_they_are_written),
        cmocka_unit_test(two_sets_are_compared_rule_by_rule),
        cmocka_unit_test(the_newest_hits_are_kept),
        cmocka_unit_test(sets_are_the_same_when_each_rule_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
