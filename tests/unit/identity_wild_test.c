// SPDX-License-Identifier: MIT
//
// feeds/identity: what ids, links and documents of the wild do between two fetches, one scene each. As in
// identity_test.c, every document is fetched twice and the second time must change nothing.
#include "tests/tools/check.h"

#include "tests/tools/fetches.h"

static void ids_with_a_session_in_their_query(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "N", {"http://h/a?PHPSESSID=11", "http://h/a?PHPSESSID=11", "A", "a", 0});
    FETCH(&s, "NE", {"http://h/b?PHPSESSID=22", "http://h/b?PHPSESSID=22", "B", "b", 0},
          {"http://h/a?PHPSESSID=22", "http://h/a?PHPSESSID=22", "A", "a, edited", 0});
    FETCH(&s, "KK", {"http://h/b;jsessionid=33", "http://h/b;jsessionid=33", "B", "b", 0},
          {"http://h/a;jsessionid=33", "http://h/a;jsessionid=33", "A", "a, edited", 0});
    close_scene(&s);
}

static void ids_with_a_session_of_no_known_name(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"http://h/b?v=11", "http://h/b", "B", "b", 0}, {"http://h/a?v=11", "http://h/a", "A", "a", 0});
    FETCH(&s, "NKE", {"http://h/c?v=22", "http://h/c", "C", "c", 0}, {"http://h/b?v=22", "http://h/b", "B", "b", 0},
          {"http://h/a?v=22", "http://h/a", "A", "a, edited", 0});
    assert_true(s.last.became_volatile);
    FETCH(&s, "NKKK", {"http://h/d?v=33", "http://h/d", "D", "d", 0}, {"http://h/c?v=33", "http://h/c", "C", "c", 0},
          {"http://h/b?v=33", "http://h/b", "B", "b", 0}, {"http://h/a?v=33", "http://h/a", "A", "a, edited", 0});
    close_scene(&s);
}

static void ids_that_are_links_with_a_changing_fragment(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "N", {"http://h/a#xtor=RSS-1", "http://h/a#xtor=RSS-1", "A", "a", 0});
    FETCH(&s, "NK", {"http://h/b#xtor=RSS-2", "http://h/b#xtor=RSS-2", "B", "b", 0},
          {"http://h/a#xtor=RSS-2", "http://h/a#xtor=RSS-2", "A", "a", 0});
    FETCH(&s, "KK", {"http://h/b#x9", "http://h/b", "B", "b", 0}, {"http://h/a#x9", "http://h/a", "A", "a", 0});
    FETCH(&s, "NKK", {"http://h/c#x10", "http://h/c", "C", "c", 0}, {"http://h/b#x10", "http://h/b", "B", "b", 0},
          {"http://h/a#x10", "http://h/a", "A", "a", 0});
    close_scene(&s);
}

static void ids_with_the_time_of_the_fetch(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NNN", {"b-1700000000", "http://h/b", "B", "b", 0}, {"a-1700000000", "http://h/a", "A", "a", 0},
          {"z-1700000000", "http://h/z", "Z", "z", 0});
    FETCH(&s, "NKK", {"c-1700003600", "http://h/c", "C", "c", 0}, {"b-1700003600", "http://h/b", "B", "b", 0},
          {"a-1700003600", "http://h/a", "A", "a", 0});
    FETCH(&s, "NKE", {"d-1700007200", "http://h/d", "D", "d", 0}, {"c-1700007200", "http://h/c", "C", "c", 0},
          {"b-1700007200", "http://h/b", "B", "b, edited", 0});
    close_scene(&s);
}

static void ids_in_the_language_of_the_request(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"Post 2", "http://h/2", "B", "b", 0}, {"Post 1", "http://h/1", "A", "a", 0});
    FETCH(&s, "EE", {"Beitrag 2", "http://h/2", "B de", "b de", 0}, {"Beitrag 1", "http://h/1", "A de", "a de", 0});
    FETCH(&s, "NKK", {"Beitrag 3", "http://h/3", "C de", "c de", 0}, {"Beitrag 2", "http://h/2", "B de", "b de", 0},
          {"Beitrag 1", "http://h/1", "A de", "a de", 0});
    close_scene(&s);
}

static void two_items_swap_their_ids(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NNN", {"1", "http://h/a", "A", "a", 0}, {"2", "http://h/b", "B", "b", 0}, {"3", "http://h/c", "C", "c", 0});
    uint64_t a = s.last.items[0].identity, b = s.last.items[1].identity;
    FETCH(&s, "KKK", {"2", "http://h/a", "A", "a", 0}, {"1", "http://h/b", "B", "b", 0}, {"3", "http://h/c", "C", "c", 0});
    assert_true(s.last.items[0].identity == a && s.last.items[1].identity == b);
    FETCH(&s, "NKKK", {"4", "http://h/d", "D", "d", 0}, {"2", "http://h/a", "A", "a", 0}, {"1", "http://h/b", "B", "b", 0},
          {"3", "http://h/c", "C", "c", 0});
    close_scene(&s);
}

// The id is the item's place in the document: the newest is always 1.
static void ids_that_are_places(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NNN", {"1", "http://h/c", "C", "c", 0}, {"2", "http://h/b", "B", "b", 0}, {"3", "http://h/a", "A", "a", 0});
    FETCH(&s, "NKKK", {"1", "http://h/d", "D", "d", 0}, {"2", "http://h/c", "C", "c", 0},
          {"3", "http://h/b", "B", "b", 0}, {"4", "http://h/a", "A", "a", 0});
    FETCH(&s, "NNKK", {"1", "http://h/f", "F", "f", 0}, {"2", "http://h/e", "E", "e", 0},
          {"3", "http://h/d", "D", "d", 0}, {"4", "http://h/c", "C", "c", 0});
    close_scene(&s);
}

static void a_move_to_https_and_other_ids(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"17", "http://h/b", "B", "b", 0}, {"16", "http://h/a", "A", "a", 0});
    FETCH(&s, "NKK", {"tag:h,2026:3", "https://h/c", "C", "c", 0}, {"tag:h,2026:2", "https://h/b", "B", "b", 0},
          {"tag:h,2026:1", "https://h/a", "A", "a", 0});
    FETCH(&s, "NKKK", {"tag:h,2026:4", "https://h/d", "D", "d", 0}, {"tag:h,2026:3", "https://h/c", "C", "c", 0},
          {"tag:h,2026:2", "https://h/b", "B", "b", 0}, {"tag:h,2026:1", "https://h/a", "A", "a", 0});
    close_scene(&s);
}

static void one_title_for_two_articles(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "N", {"http://h/1", "http://h/1", "Correction", "first", 0});
    FETCH(&s, "NK", {"http://h/2", "http://h/2", "Correction", "second", 0},
          {"http://h/1", "http://h/1", "Correction", "first", 0});
    FETCH(&s, "NKK", {"http://h/3", "http://h/3", "Correction", "first", 0},
          {"http://h/2", "http://h/2", "Correction", "second", 0}, {"http://h/1", "http://h/1", "Correction", "first", 0});
    close_scene(&s);
}

static void spellings_of_one_address(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"http://h.example/a", "http://h.example/a/", "a final slash"},
        {"http://h.example/a/", "https://www.h.example/a", "www and the slash"},
        {"http://h.example/%c3%a9", "http://h.example/%C3%A9", "hex digits"},
        {"http://h.example/a%7Eb", "http://h.example/a~b", "an escape that is none"},
        {"http://h.example/a?id=1", "HTTP://H.EXAMPLE:80/a?id=1", "capitals and port"},
        {"http://h.example/a", "http://h.example/a/amp", "AMP in the path"},
        {"http://h.example/a/", "http://h.example/a/amp/", "AMP in the path, and a slash"},
        {"http://h.example/a", "http://h.example/a?amp=1", "AMP in the query"},
        {"http://h.example/a?id=1", "http://h.example/a/?id=1&utm_source=feed", "slash and tracking"},
        {" http://h.example/a", "http://h.example/a ", "white space around"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene s;
        open_scene(&s);
        FETCH(&s, "N", {rows[i][0], rows[i][0], "A", "a", 0});
        // With a new text, so that nothing but the address can tell.
        fetch_at(&s, "E", &(struct row){rows[i][1], rows[i][1], "A two", "a two", 0}, 1, (int)i);
        close_scene(&s);
    }
}

static void addresses_of_two_articles(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"http://h.example/a", "http://h.example/A"},       {"http://h.example/a", "http://h.example/a?id=1"},
        {"http://h.example/a", "http://h.example/a#2"},     {"http://h.example/a", "http://m.h.example/a"},
        {"http://h.example/a", "http://h.example/a/example"}, {"http://h.example/?p=1", "http://h.example/?p=2"},
        {"http://h.example/lamp", "http://h.example/l"},    {"http://h.example/a?amp=2", "http://h.example/a"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene s;
        open_scene(&s);
        FETCH(&s, "N", {rows[i][0], rows[i][0], "A", "a", 0});
        fetch_at(&s, "N", &(struct row){rows[i][1], rows[i][1], "B", "b", 0}, 1, (int)i);
        close_scene(&s);
    }
}

static void spellings_of_one_id(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"urn:uuid:0AF3-BC", "", "A", "a", 0}, {"Post  7\n of May", "", "B", "b", 0});
    FETCH(&s, "EE", {"URN:UUID:0af3-bc", "", "A two", "a two", 0}, {" Post 7 of May ", "", "B two", "b two", 0});
    FETCH(&s, "NN", {"urn:uuid:0AF3-BD", "", "A", "a", 0}, {"post 7 of May", "", "C", "c", 0});
    close_scene(&s);
}

static void a_title_edited_under_its_guid_changes_the_link(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"1", "http://h/first-title", "First title", "text", 0}, {"0", "http://h/z", "Z", "z", 0});
    FETCH(&s, "EK", {"1", "http://h/second-title", "Second title", "text", 0}, {"0", "http://h/z", "Z", "z", 0});
    FETCH(&s, "EK", {"1", "http://h/second-title", "Second title", "text and more", 0}, {"0", "http://h/z", "Z", "z", 0});
    close_scene(&s);
}

static void a_pinned_item_stays_above(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"pin", "http://h/pin", "Pinned", "pinned", DAY_ONE - 300}, {"a", "http://h/a", "A", "a", 0});
    for (int i = 0; i < 40; i++) {
        const char *id = arena_fmt(&s.arena, "new %d", i).p, *link = arena_fmt(&s.arena, "http://h/new/%d", i).p;
        FETCH(&s, "KN", {"pin", "http://h/pin", "Pinned", "pinned", DAY_ONE - 300}, {id, link, id, link, 0});
    }
    close_scene(&s);
}

// A window over a longer list: pages are shown in turn, and each item comes and goes.
static void pages_that_slide(void **state)
{
    (void)state;
    struct scene s;
    struct row rows[12];
    open_scene(&s);
    for (int i = 0; i < 12; i++)
        rows[i] = (struct row){arena_fmt(&s.arena, "%d", i).p, arena_fmt(&s.arena, "http://h/?p=%d", i).p,
                               arena_fmt(&s.arena, "Title %d", i).p, arena_fmt(&s.arena, "text %d", i).p, 0};
    fetch_at(&s, "NNNN", rows + 4, 4, __LINE__);
    fetch_at(&s, "NNNN", rows + 8, 4, __LINE__);
    fetch_at(&s, "KKKK", rows + 6, 4, __LINE__);
    fetch_at(&s, "NNKK", rows + 2, 4, __LINE__);
    s.day += 20;
    fetch_at(&s, "NNKKKKKKKKKK", rows, 12, __LINE__);
    close_scene(&s);
}

static void the_teaser_becomes_the_whole_text_and_back(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "N", {"1", "http://h/1", "A", "Teaser", 0});
    FETCH(&s, "E", {"1", "http://h/1", "A", "Teaser and the whole text", 0});
    FETCH(&s, "E", {"1", "http://h/1", "A", "Teaser", 0});
    FETCH(&s, "E", {"1", "http://h/1", "A", "", 0});
    close_scene(&s);
}

static void ids_appear_where_there_were_none_and_go_again(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"", "http://h/b", "B", "b", 0}, {"", "http://h/a", "A", "a", 0});
    FETCH(&s, "KK", {"12", "http://h/b", "B", "b", 0}, {"11", "http://h/a", "A", "a", 0});
    FETCH(&s, "NKK", {"", "http://h/c", "C", "c", 0}, {"", "http://h/b", "B", "b", 0}, {"", "http://h/a", "A", "a", 0});
    close_scene(&s);
}

static void an_empty_id_is_none(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {" ", "http://h/b", "B", "b", 0}, {"\n", "http://h/a", "A", "a", 0});
    FETCH(&s, "NKK", {" ", "http://h/c", "C", "c", 0}, {" ", "http://h/b", "B", "b", 0}, {"", "http://h/a", "A", "a", 0});
    close_scene(&s);
}

// A deleted item comes back weeks later, at the top.
static void an_item_taken_back_and_published_again(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"2", "http://h/b", "B", "b", 0}, {"1", "http://h/a", "A", "a", 0});
    FETCH(&s, "K", {"1", "http://h/a", "A", "a", 0});
    s.day += 25;
    FETCH(&s, "KK", {"2", "http://h/b", "B", "b", 0}, {"1", "http://h/a", "A", "a", 0});
    close_scene(&s);
}

// Some programs put a counter of comments or views into the text.
static void a_counter_in_the_text_is_an_edit_and_never_new(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "N", {"1", "http://h/a", "A", "text (3 comments)", 0});
    for (int i = 4; i < 20; i++)
        FETCH(&s, "E", {"1", "http://h/a", "A", arena_fmt(&s.arena, "text (%d comments)", i).p, 0});
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_with_a_session_in_their_query),
        cmocka_unit_test(ids_with_a_session_of_no_known_name),
        cmocka_unit_test(ids_that_are_links_with_a_changing_fragment),
        cmocka_unit_test(ids_with_the_time_of_the_fetch),
        cmocka_unit_test(ids_in_the_language_of_the_request),
        cmocka_unit_test(two_items_swap_their_ids),
        cmocka_unit_test(ids_that_are_places),
        cmocka_unit_test(a_move_to_https_and_other_ids),
        cmocka_unit_test(one_title_for_two_articles),
        cmocka_unit_test(spellings_of_one_address),
        cmocka_unit_test(addresses_of_two_articles),
        cmocka_unit_test(spellings_of_one_id),
        cmocka_unit_test(a_title_edited_under_its_guid_changes_the_link),
        cmocka_unit_test(a_pinned_item_stays_above),
        cmocka_unit_test(pages_that_slide),
        cmocka_unit_test(the_teaser_becomes_the_whole_text_and_back),
        cmocka_unit_test(ids_appear_where_there_were_none_and_go_again),
        cmocka_unit_test(an_empty_id_is_none),
        cmocka_unit_test(an_item_taken_back_and_published_again),
        cmocka_unit_test(a_counter_in_the_text_is_an_edit_and_never_new),
    };
    return cmocka_run_group_tests_name("identity_wild", tests, NULL, NULL);
}
