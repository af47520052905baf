// SPDX-License-Identifier: MIT
//
// feeds/identity: sequences of fetches of one feed, one scene for each way in which the wild breaks ids. After every
// fetch the same document is fetched again and must hold nothing new and change nothing: no repeats. What is new must
// be found: no misses.
#include "tests/tools/check.h"

#include "base/mem.h"
#include "feeds/identity.h"
#include "tests/tools/fetches.h"

#define A {"a", "http://h.example/a", "Title A", "text a", 0}
#define B {"b", "http://h.example/b", "Title B", "text b", 0}
#define C {"c", "http://h.example/c", "Title C", "text c", 0}
#define D {"d", "http://h.example/d", "Title D", "text d", 0}

static void an_ordinary_feed(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", B, A);
    assert_true(s.last.is_first);
    FETCH(&s, "NKK", C, B, A);
    assert_false(s.last.is_first);
    FETCH(&s, "NKK", D, C, B);
    assert_int_equal(marks_count(s.marks), 4);
    close_scene(&s);
}

static void order_reversed(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NNN", C, B, A);
    FETCH(&s, "KKK", A, B, C);
    FETCH(&s, "KKKN", A, B, C, D);
    close_scene(&s);
}

static void a_first_document_without_items_is_a_baseline_too(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    fetch_at(&s, "", NULL, 0, __LINE__);
    assert_true(s.last.is_first);
    FETCH(&s, "N", A);
    assert_false(s.last.is_first);
    close_scene(&s);
}

static void shrunk_to_nothing_and_back(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NNN", C, B, A);
    fetch_at(&s, "", NULL, 0, __LINE__);
    s.day += 100;
    fetch_at(&s, "", NULL, 0, __LINE__);
    FETCH(&s, "NKKK", D, C, B, A);
    close_scene(&s);
}

static void ids_that_change_at_each_fetch(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"1-b", "http://h/b", "B", "b", 0}, {"1-a", "http://h/a", "A", "a", 0});
    FETCH(&s, "NKK", {"2-c", "http://h/c", "C", "c", 0}, {"2-b", "http://h/b", "B", "b", 0},
          {"2-a", "http://h/a", "A", "a", 0});
    assert_true(s.last.became_volatile);
    assert_true(marks_are_volatile(s.marks));
    FETCH(&s, "NKKK", {"3-d", "http://h/d", "D", "d", 0}, {"3-c", "http://h/c", "C", "c", 0},
          {"3-b", "http://h/b", "B", "b", 0}, {"3-a", "http://h/a", "A", "a", 0});
    FETCH(&s, "NEK", {"2-c", "http://h/e", "E", "e", 0}, {"4-d", "http://h/d", "D two", "d", 0},
          {"4-c", "http://h/c", "C", "c", 0});
    close_scene(&s);
}

static void ids_that_change_at_each_fetch_without_links(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NNN", {"1", "", "A", "a", 0}, {"2", "", "B", "b", 0}, {"3", "", "C", "c", 0});
    FETCH(&s, "NRRR", {"4", "", "D", "d", 0}, {"5", "", "A", "a", 0}, {"6", "", "B", "b", 0}, {"7", "", "C", "c", 0});
    FETCH(&s, "NRRRR", {"8", "", "E", "e", 0}, {"9", "", "D", "d", 0}, {"10", "", "A", "a", 0}, {"11", "", "B", "b", 0},
          {"12", "", "C", "c", 0});
    close_scene(&s);
}

static void http_becomes_https(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"http://h/b", "http://h/b", "B", "b", 0}, {"http://h/a", "http://h/a", "A", "a", 0});
    FETCH(&s, "NKK", {"https://h/c", "https://h/c", "C", "c", 0}, {"https://h/b", "https://h/b", "B", "b", 0},
          {"https://H/a", "https://h/a", "A", "a", 0});
    close_scene(&s);
}

static void the_host_flips(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NNN", {"http://h/c", "http://h/c", "C", "c", 0}, {"http://h/b", "http://h/b", "B", "b", 0},
          {"http://h/a", "http://h/a", "A", "a", 0});
    FETCH(&s, "NRRR", {"http://news.h/d", "http://news.h/d", "D", "d", 0}, {"http://news.h/c", "http://news.h/c", "C", "c", 0},
          {"http://news.h/b", "http://news.h/b", "B", "b", 0}, {"http://news.h/a", "http://news.h/a", "A", "a", 0});
    assert_int_equal(s.last.n_rekeyed, 3);
    assert_true(s.last.items[1].was != 0 && s.last.items[1].was != s.last.items[1].identity);
    FETCH(&s, "RRRR", {"http://h/d", "http://h/d", "D", "d", 0}, {"http://h/c", "http://h/c", "C", "c", 0},
          {"http://h/b", "http://h/b", "B", "b", 0}, {"http://h/a", "http://h/a", "A", "a", 0});
    close_scene(&s);
}

static void a_feed_of_two_items_moves(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"http://h/b", "http://h/b", "B", "b", 0}, {"http://h/a", "http://h/a", "A", "a", 0});
    FETCH(&s, "RR", {"http://x/b", "http://x/b", "B", "b", 0}, {"http://x/a", "http://x/a", "A", "a", 0});
    close_scene(&s);
}

static void duplicate_ids_in_one_document(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"0", "http://h/b", "B", "b", 0}, {"0", "http://h/a", "A", "a", 0});
    FETCH(&s, "KK", {"0", "http://h/a", "A", "a", 0}, {"0", "http://h/b", "B", "b", 0});
    FETCH(&s, "NKK", {"0", "http://h/c", "C", "c", 0}, {"0", "http://h/b", "B", "b", 0}, {"0", "http://h/a", "A", "a", 0});
    FETCH(&s, "K", {"0", "http://h/b", "B", "b", 0});
    FETCH(&s, "N", {"0", "http://h/d", "D", "d", 0});
    close_scene(&s);
}

static void one_id_for_all_and_no_links(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"0", "", "B", "b", 0}, {"0", "", "A", "a", 0});
    FETCH(&s, "NKK", {"0", "", "C", "c", 0}, {"0", "", "B", "b", 0}, {"0", "", "A", "a", 0});
    close_scene(&s);
}

static void one_id_and_one_link_for_all(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"http://h/", "http://h/x", "B", "b", 0}, {"http://h/", "http://h/x", "A", "a", 0});
    FETCH(&s, "NKK", {"http://h/", "http://h/x", "C", "c", 0}, {"http://h/", "http://h/x", "B", "b", 0},
          {"http://h/", "http://h/x", "A", "a", 0});
    FETCH(&s, "KNK", {"http://h/", "http://h/x", "C", "c", 0}, {"http://h/", "http://h/x", "D", "d", 0},
          {"http://h/", "http://h/x", "A", "a", 0});
    close_scene(&s);
}

static void an_item_listed_twice_is_one(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NCN", A, A, B);
    FETCH(&s, "KKC", A, B, {"a", "http://h.example/a", "Title A", "text a, longer", 0});
    close_scene(&s);
}

static void an_id_is_used_again_for_a_new_article(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", A, B);
    FETCH(&s, "NK", {"a", "http://h.example/new", "Another title", "another text", 0}, B);
    uint64_t identity = s.last.items[0].identity;
    FETCH(&s, "EK", {"a", "http://h.example/new", "Another title", "another text, edited", 0}, B);
    assert_true(s.last.items[0].identity == identity);
    FETCH(&s, "NK", {"a", "http://h.example/third", "A third title", "a third text", 0}, B);
    assert_true(s.last.items[0].identity != identity);
    close_scene(&s);
}

static void a_new_slug_is_an_edit(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", A, B);
    FETCH(&s, "EK", {"a", "http://h.example/better-title", "Better title", "text a", 0}, B);
    FETCH(&s, "KK", {"a", "http://h.example/a-third-address", "Better title", "text a", 0}, B);
    close_scene(&s);
}

static void ids_are_addresses_with_tracking_parameters(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"http://h/a?utm_source=rss&utm_id=1", "http://h/a?utm_source=rss&utm_id=1", "A", "a", 0},
          {"http://h/b?fbclid=1", "http://h/b?fbclid=1", "B", "b", 0});
    FETCH(&s, "KKN", {"http://h/a?utm_source=feed&utm_id=2", "http://h/a?utm_source=feed&utm_id=2", "A", "a", 0},
          {"http://h/b", "http://h/b", "B", "b", 0}, {"http://h/c?utm_id=2", "http://h/c?utm_id=2", "C", "c", 0});
    close_scene(&s);
}

static void items_without_ids_go_by_link(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"", "http://h/b", "B", "b", 0}, {"", "http://h/a", "A", "a", 0});
    FETCH(&s, "NEK", {"", "http://h/c", "C", "c", 0}, {"", "http://h/b", "B edited", "b", 0}, {"", "http://h/a", "A", "a", 0});
    FETCH(&s, "KKK", {"http://h/c", "http://h/c", "C", "c", 0}, {"http://h/b", "http://h/b", "B edited", "b", 0},
          {"http://h/a", "http://h/a", "A", "a", 0});
    close_scene(&s);
}

static void items_without_ids_and_links_go_by_text(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"", "", "B", "b", 0}, {"", "", "A", "a", 0});
    FETCH(&s, "NKK", {"", "", "A", "another a", 0}, {"", "", "B", "b", 0}, {"", "", "A", "a", 0});
    close_scene(&s);
}

static void one_link_for_all(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NNN", {"c", "http://h/status", "C", "c", 0}, {"b", "http://h/status", "B", "b", 0},
          {"a", "http://h/status", "A", "a", 0});
    FETCH(&s, "NKKK", {"d", "http://h/status", "D", "d", 0}, {"c", "http://h/status", "C", "c", 0},
          {"b", "http://h/status", "B", "b", 0}, {"a", "http://h/status", "A", "a", 0});
    FETCH(&s, "N", {"e", "http://h/status", "E", "e", 0});
    FETCH(&s, "N", {"f", "http://h/status", "F", "f", 0});
    close_scene(&s);
}

static void one_link_for_all_and_no_ids(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"", "http://h/status", "B", "b", 0}, {"", "http://h/status", "A", "a", 0});
    FETCH(&s, "NKK", {"", "http://h/status", "C", "c", 0}, {"", "http://h/status", "B", "b", 0},
          {"", "http://h/status", "A", "a", 0});
    close_scene(&s);
}

static void the_front_page_is_no_items_link(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    s.site = "https://h/news/";
    FETCH(&s, "N", {"a", "http://h/", "A", "a", 0});
    FETCH(&s, "N", {"b", "http://h/", "B", "b", 0});
    FETCH(&s, "N", {"c", "http://h/news/", "C", "c", 0});
    FETCH(&s, "N", {"d", "http://h/news/", "D", "d", 0});
    close_scene(&s);
}

static void a_live_blog_keeps_its_link(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"live-1", "http://h/live", "Live: one", "one", 0}, B);
    FETCH(&s, "EK", {"live-2", "http://h/live", "Live: two", "two one", 0}, B);
    FETCH(&s, "EK", {"live-3", "http://h/live", "Live: three", "three two one", 0}, B);
    FETCH(&s, "NEK", {"x", "http://h/x", "X", "x", 0}, {"live-4", "http://h/live", "Live: four", "four", 0}, B);
    close_scene(&s);
}

static void fragments_tell_the_posts_of_a_live_blog_apart(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", {"", "http://h/live#2", "Two", "two", 0}, {"", "http://h/live#1", "One", "one", 0});
    FETCH(&s, "NKK", {"", "http://h/live#3", "Three", "three", 0}, {"", "http://h/live#2", "Two", "two", 0},
          {"", "http://h/live#1", "One", "one", 0});
    close_scene(&s);
}

static void edits_of_title_and_body(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NNN", A, B, C);
    FETCH(&s, "EKK", {"a", "http://h.example/a", "Title A, edited", "text a", 0}, B, C);
    uint64_t content = s.last.items[0].content, identity = s.last.items[0].identity;
    FETCH(&s, "KEK", {"a", "http://h.example/a", "Title A, edited", "text a", 0},
          {"b", "http://h.example/b", "Title B", "text b, edited", 0}, C);
    assert_true(s.last.items[0].content == content && s.last.items[0].identity == identity);
    FETCH(&s, "KKK", {"a", "http://h.example/a", "<b>Title</b> A, edited", "<p>text a</p>", 0},
          {"b", "http://h.example/b", "Title B", "text b,\n edited", 0}, C);
    close_scene(&s);
}

static void a_status_page_may_say_the_same_twice(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "N", {"1", "http://h/1", "All systems work", "", 0});
    FETCH(&s, "NK", {"2", "http://h/2", "All systems work", "", 0}, {"1", "http://h/1", "All systems work", "", 0});
    FETCH(&s, "N", {"3", "http://h/3", "All systems work", "", 0});
    FETCH(&s, "NNK", {"5", "http://h/5", "All systems work", "", 0}, {"4", "http://h/4", "Down", "", 0},
          {"3", "http://h/3", "All systems work", "", 0});
    close_scene(&s);
}

static const char *text_of(struct scene *s, const char *head, size_t i)
{
    return arena_fmt(&s->arena, "%s%zu", head, i).p;
}

static void fill(struct scene *s, struct row *rows, size_t n, const char *id, const char *link, const char *text,
                 int64_t newest_day)
{
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct row){text_of(s, id, i), text_of(s, link, i), text_of(s, "Title ", i), text_of(s, text, i),
                               newest_day ? newest_day - (int64_t)i : 0};
}

static const char *letters(struct scene *s, char first, size_t n_first, char rest, size_t n)
{
    char *out = arena_alloc(&s->arena, n + 1);
    memset(out, rest, n);
    memset(out, first, n_first);
    return out;
}

static void the_whole_archive_announced_under_other_ids(void **state)
{
    (void)state;
    struct scene s;
    struct row rows[30];
    open_scene(&s);
    fill(&s, rows, 30, "old-", "http://h/old/", "text ", DAY_ONE - 60);
    fetch_at(&s, letters(&s, 'N', 30, 'N', 30), rows, 30, __LINE__);
    fill(&s, rows, 30, "new-", "http://h/new/", "<p>Teaser of text ", DAY_ONE - 60);
    rows[0] = (struct row){"fresh", "http://h/fresh", "Fresh", "fresh", s.day};
    fetch_at(&s, letters(&s, 'N', 1, 'R', 30), rows, 30, __LINE__);
    assert_true(s.last.is_rebaselined);
    close_scene(&s);
}

static void old_items_never_seen_are_an_archive(void **state)
{
    (void)state;
    struct scene s;
    struct row rows[200];
    open_scene(&s);
    fill(&s, rows, 200, "id-", "http://h/", "text ", DAY_ONE);
    fetch_at(&s, letters(&s, 'N', 10, 'N', 10), rows, 10, __LINE__);
    fetch_at(&s, letters(&s, 'K', 10, 'O', 200), rows, 200, __LINE__);
    assert_true(s.last.is_rebaselined);
    assert_int_equal(s.last.n_old, 190);
    close_scene(&s);
}

static void a_late_item_with_an_old_date_is_new(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", A, B);
    FETCH(&s, "NKK", {"late", "http://h/late", "Late", "late", DAY_ONE - 400}, A, B);
    close_scene(&s);
}

static void after_a_long_sleep_all_items_are_new(void **state)
{
    (void)state;
    struct scene s;
    struct row rows[50];
    open_scene(&s);
    FETCH(&s, "NN", A, B);
    s.day += 30;
    fill(&s, rows, 50, "id-", "http://h/", "text ", s.day);
    for (size_t i = 0; i < 50; i++)
        rows[i].day = s.day - (int64_t)(i / 2);
    fetch_at(&s, letters(&s, 'N', 50, 'N', 50), rows, 50, __LINE__);
    assert_false(s.last.is_rebaselined);
    close_scene(&s);
}

static void reports_of_one_title_are_new_each_day(void **state)
{
    (void)state;
    struct scene s;
    struct row rows[10];
    open_scene(&s);
    for (int64_t day = 0; day < 5; day++) {
        for (size_t i = 0; i < 10; i++)
            rows[i] = (struct row){arena_fmt(&s.arena, "%d-%zu", (int)day, i).p,
                                   arena_fmt(&s.arena, "http://h/%d/%zu", (int)day, i).p,
                                   arena_fmt(&s.arena, "Weather in town %zu", i).p,
                                   arena_fmt(&s.arena, "rain %d mm in %zu", (int)day, i).p, s.day + 1};
        fetch_at(&s, "NNNNNNNNNN", rows, 10, __LINE__);
    }
    close_scene(&s);
}

static void the_option_identity_overrides(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    s.options.choice = IDENTITY_ID;
    FETCH(&s, "N", {"1", "http://h/live", "One", "one", 0});
    FETCH(&s, "NK", {"2", "http://h/live", "Two", "two", 0}, {"1", "http://h/live", "One", "one", 0});
    FETCH(&s, "N", {"3", "http://h/live", "Three", "three", 0});
    close_scene(&s);
    open_scene(&s);
    s.options.choice = IDENTITY_LINK;
    FETCH(&s, "N", {"1", "http://h/a", "One", "one", 0});
    FETCH(&s, "NE", {"1", "http://h/b", "Two", "two", 0}, {"2", "http://h/a", "One", "edited", 0});
    close_scene(&s);
    open_scene(&s);
    s.options.choice = IDENTITY_TEXT;
    FETCH(&s, "N", {"1", "http://h/a", "One", "one", 0});
    FETCH(&s, "NK", {"1", "http://h/a", "One", "two", 0}, {"2", "http://h/b", "One", "one", 0});
    close_scene(&s);
}

static void an_item_that_was_cut_off_waits(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    struct row row = A;
    struct item item = item_of(&row);
    struct document doc = {.items = &item, .n_items = 1};
    item.is_cut_off = true;
    s.options.now.ms = (int64_t)DAY_ONE * DAY_MS;
    s.last = identity_judge(s.marks, &doc, &s.key, &s.options, &s.arena);
    assert_int_equal(s.last.items[0].news, ITEM_CUT);
    s.marks = s.last.marks;
    assert_int_equal(marks_count(s.marks), 0);
    FETCH(&s, "N", A);
    item.title.body = S("Tit");
    s.last = identity_judge(s.marks, &doc, &s.key, &s.options, &s.arena);
    assert_int_equal(s.last.items[0].news, ITEM_KNOWN);
    close_scene(&s);
}

static void damaged_marks_silence_and_are_written_anew(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NN", A, B);
    s.marks.n--;
    assert_false(marks_are_valid(s.marks));
    FETCH(&s, "OO", A, B);
    FETCH(&s, "NKK", C, A, B);
    close_scene(&s);
}

static void only_old_marks_beyond_the_floor_are_forgotten(void **state)
{
    (void)state;
    struct scene s;
    struct row rows[MARKS_KEEP_MIN + 60];
    open_scene(&s);
    fill(&s, rows, MARKS_KEEP_MIN + 60, "id-", "http://h/", "text ", 0);
    fetch_at(&s, letters(&s, 'N', MARKS_KEEP_MIN, 'N', MARKS_KEEP_MIN), rows, MARKS_KEEP_MIN, __LINE__);
    s.day += MARKS_KEEP_DAYS - 2;
    fetch_at(&s, letters(&s, 'N', 20, 'N', 20), rows + MARKS_KEEP_MIN, 20, __LINE__);
    assert_int_equal(marks_count(s.marks), MARKS_KEEP_MIN + 20);
    s.day += 20;
    fetch_at(&s, letters(&s, 'N', 20, 'N', 20), rows + MARKS_KEEP_MIN + 20, 20, __LINE__);
    assert_int_equal(marks_count(s.marks), MARKS_KEEP_MIN);
    fetch_at(&s, letters(&s, 'K', 40, 'K', 40), rows + MARKS_KEEP_MIN, 40, __LINE__);
    close_scene(&s);
}

// 3,000 known headlines without a text: the few bits that are kept of one may well be those of a new one.
static void headlines_of_a_wire_are_new_however_many_are_known(void **state)
{
    (void)state;
    enum { KNOWN = 1500, NEW = 2, ROUNDS = 60 };
    struct scene s;
    struct row *rows = mem_alloc_array(2 * KNOWN + NEW * ROUNDS, sizeof *rows);
    open_scene(&s);
    fill(&s, rows, 2 * KNOWN + NEW * ROUNDS, "id-", "http://h/", "", 0);
    for (size_t i = 0; i < 2 * KNOWN + NEW * ROUNDS; i++)
        rows[i].text = "";
    fetch_at(&s, letters(&s, 'N', KNOWN, 'N', KNOWN), rows, KNOWN, __LINE__);
    fetch_at(&s, letters(&s, 'N', KNOWN, 'N', KNOWN), rows + KNOWN, KNOWN, __LINE__);
    for (size_t round = 0; round < ROUNDS; round++)
        fetch_at(&s, "NN", rows + 2 * KNOWN + NEW * round, NEW, __LINE__);
    struct row *moved = rows + 2 * KNOWN; // and a crowd is one
    for (size_t i = 0; i < 20; i++) {
        moved[i].id = text_of(&s, "post-", i);
        moved[i].link = text_of(&s, "http://new/", i);
    }
    fetch_at(&s, letters(&s, 'R', 20, 'R', 20), moved, 20, __LINE__);
    close_scene(&s);
    mem_free(rows);
}

static void marks_stop_at_their_cap(void **state)
{
    (void)state;
    enum { ROUND = 1500 };
    struct scene s;
    struct row *rows = mem_alloc_array(4 * ROUND, sizeof *rows);
    open_scene(&s);
    fill(&s, rows, (size_t)4 * ROUND, "id-", "http://h/", "text ", 0);
    for (size_t round = 0; round < 4; round++)
        fetch_at(&s, letters(&s, 'N', ROUND, 'N', ROUND), rows + round * ROUND, ROUND, __LINE__);
    assert_int_equal(marks_count(s.marks), MARKS_MAX);
    fetch_at(&s, letters(&s, 'K', ROUND, 'K', ROUND), rows + (size_t)2 * ROUND, ROUND, __LINE__);
    close_scene(&s);
    mem_free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_feed),
        cmocka_unit_test(order_reversed),
        cmocka_unit_test(a_first_document_without_items_is_a_baseline_too),
        cmocka_unit_test(shrunk_to_nothing_and_back),
        cmocka_unit_test(ids_that_change_at_each_fetch),
        cmocka_unit_test(ids_that_change_at_each_fetch_without_links),
        cmocka_unit_test(http_becomes_https),
        cmocka_unit_test(the_host_flips),
        cmocka_unit_test(a_feed_of_two_items_moves),
        cmocka_unit_test(duplicate_ids_in_one_document),
        cmocka_unit_test(one_id_for_all_and_no_links),
        cmocka_unit_test(one_id_and_one_link_for_all),
        cmocka_unit_test(an_item_listed_twice_is_one),
        cmocka_unit_test(an_id_is_used_again_for_a_new_article),
        cmocka_unit_test(a_new_slug_is_an_edit),
        cmocka_unit_test(ids_are_addresses_with_tracking_parameters),
        cmocka_unit_test(items_without_ids_go_by_link),
        cmocka_unit_test(items_without_ids_and_links_go_by_text),
        cmocka_unit_test(one_link_for_all),
        cmocka_unit_test(one_link_for_all_and_no_ids),
        cmocka_unit_test(the_front_page_is_no_items_link),
        cmocka_unit_test(a_live_blog_keeps_its_link),
        cmocka_unit_test(fragments_tell_the_posts_of_a_live_blog_apart),
        cmocka_unit_test(edits_of_title_and_body),
        cmocka_unit_test(a_status_page_may_say_the_same_twice),
        cmocka_unit_test(the_whole_archive_announced_under_other_ids),
        cmocka_unit_test(old_items_never_seen_are_an_archive),
        cmocka_unit_test(a_late_item_with_an_old_date_is_new),
        cmocka_unit_test(after_a_long_sleep_all_items_are_new),
        cmocka_unit_test(reports_of_one_title_are_new_each_day),
        cmocka_unit_test(the_option_identity_overrides),
        cmocka_unit_test(an_item_that_was_cut_off_waits),
        cmocka_unit_test(damaged_marks_silence_and_are_written_anew),
        cmocka_unit_test(only_old_marks_beyond_the_floor_are_forgotten),
        cmocka_unit_test(headlines_of_a_wire_are_new_however_many_are_known),
        cmocka_unit_test(marks_stop_at_their_cap),
    };
    return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
