// SPDX-License-Identifier: MIT
#include "alerts/story.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "tests/tools/check.h"

#define BODY                                                                                                           \
    "Envoys from both sides met in the harbour city on Tuesday and agreed to keep the guns silent while engineers "    \
    "repair the water works, the mediator said. The pause covers the northern front and the coast road, and observers " \
    "will count lorries at the two crossings. Neither side would say how long the pause may last."
// The same agency text as a second paper prints it: a lead of its own, a sentence cut, a word changed.
#define BODY_COPY                                                                                                      \
    "Our correspondent reports: Envoys from both sides met in the harbour city on Tuesday and agreed to keep the guns " \
    "silent while engineers repair the water works, the mediator said. The pause covers the northern front and the "   \
    "coast road, and monitors will count lorries at the two crossings."
#define LIST                                                                                                           \
    "The treasury has added %s names to its list of sanctioned persons and bodies. Their property is frozen and "      \
    "nobody may deal with them without a licence. The list is kept by the office for assets and is updated when the "  \
    "council decides so. Banks must report holdings within ten days."

static struct story_signature sign(const char *url, const char *title, const char *text)
{
    struct story_signature s;
    story_sign(str_of(url), str_of(title), str_of(text), &s);
    return s;
}

static struct story_row row_of(uint64_t feed, uint64_t item, const char *url, const char *title, const char *text)
{
    return (struct story_row){.feed = feed, .item = item, .seen = {1000}, .signature = sign(url, title, text),
                              .rule = S("r"), .feed_title = S("Feed"), .title = str_of(title), .url = str_of(url)};
}

static struct story_place place(struct story_window *w, struct story_row row)
{
    struct story_place p;
    story_place(w, &row, &p);
    return p;
}

static int open_window(void **state) { return *state = story_window_open(1000, 42), 0; }
static int close_window(void **state) { return story_window_close(*state), 0; }

static void copies_are_alike_and_other_events_are_not(void **state)
{
    (void)state;
    struct story_signature a = sign("", "Guns fall silent", BODY), b = sign("", "Pause agreed", BODY_COPY);
    struct story_signature c = sign("", "Sanctions", LIST);
    assert_true(story_likeness(&a, &b) > 0.5);
    assert_true(story_likeness(&a, &c) < 0.1);
    assert_true(story_likeness(&a, &a) == 1);
}

static void the_estimate_is_near_the_true_similarity(void **state)
{
    (void)state;
    // Two texts of 300 words that share their first half: 148 of 448 shingles are common.
    char a[4096] = "", b[4096] = "";
    size_t na = 0, nb = 0;
    for (int i = 0; i < 300; i++) {
        na += (size_t)snprintf(a + na, sizeof a - na, "w%d ", i);
        nb += (size_t)snprintf(b + nb, sizeof b - nb, "w%d ", i < 150 ? i : i + 1000);
    }
    struct story_signature sa = sign("", "", a), sb = sign("", "", b);
    double likeness = story_likeness(&sa, &sb);
    assert_true(likeness > 148.0 / 448 - 0.15 && likeness < 148.0 / 448 + 0.15);
}

static void short_texts_are_like_nothing(void **state)
{
    (void)state;
    struct story_signature a = sign("", "Talks resume in the harbour city", "");
    assert_true(story_likeness(&a, &a) == 0);
}

static void numbers_differ_when_each_has_one_of_its_own(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool differ;
    } cases[] = {
        {"12 names added", "7 names added", true},
        {"12 names added", "names added", false},
        {"5 killed", "5 killed, 20 wounded", false},
        {"1,200 homes", "1200 homes", false},
        {"1.200 homes", "1,300 homes", true},
        {"covid19 ward", "covid20 ward", false}, // part of a name
        {"rates at 3.5", "rates at 3.75", true},
        {"no number", "none here", false},
        {"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", "1", true}, // too many to tell
        {"chapter 7.", "chapter 7", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct story_signature a = sign("", cases[i].a, ""), b = sign("", cases[i].b, "");
        if (story_numbers_differ(&a, &b) != cases[i].differ || story_numbers_differ(&b, &a) != cases[i].differ)
            fail_msg("%s / %s", cases[i].a, cases[i].b);
    }
}

static void a_copy_in_another_feed_joins_and_the_rule_has_told_it(void **state)
{
    struct story_window *w = *state;
    struct story_place first = place(w, row_of(1, 10, "https://a.example/1", "Guns fall silent", BODY));
    struct story_place copy = place(w, row_of(2, 20, "https://b.example/2", "Pause agreed", BODY_COPY));
    assert_true(first.is_first_article && first.is_first_of_rule);
    assert_int_equal(copy.story, first.story);
    assert_false(copy.is_first_article || copy.is_first_of_rule);
    assert_int_equal(copy.size, 2);
    assert_int_equal(copy.n_members, 2);
    assert_str(copy.members[0].url, "https://a.example/1");
    assert_str(copy.members[1].title, "Pause agreed");
}

static void a_rule_that_matches_first_later_still_alerts(void **state)
{
    struct story_window *w = *state;
    place(w, row_of(1, 10, "", "Guns fall silent", BODY));
    struct story_row other = row_of(2, 20, "", "Pause agreed", BODY_COPY);
    other.rule = S("another");
    assert_true(place(w, other).is_first_of_rule);
    other.feed = 3;
    assert_false(place(w, other).is_first_of_rule);
}

static void look_alikes_of_one_feed_are_two_stories(void **state)
{
    struct story_window *w = *state;
    struct story_place a = place(w, row_of(1, 10, "", "Guns fall silent", BODY));
    struct story_place b = place(w, row_of(1, 11, "", "Pause agreed", BODY_COPY));
    assert_int_not_equal(a.story, b.story);
    assert_true(b.is_first_of_rule);
}

static void a_story_takes_one_article_of_a_feed(void **state)
{
    struct story_window *w = *state;
    place(w, row_of(1, 10, "", "Guns fall silent", BODY));
    place(w, row_of(2, 20, "", "Pause agreed", BODY_COPY));
    // Like the article of feed 2, but feed 1 has told this story: it must be news.
    assert_true(place(w, row_of(1, 11, "", "Guns fall silent again", BODY)).is_first_of_rule);
}

static void differing_numbers_veto_a_join_across_feeds(void **state)
{
    struct story_window *w = *state;
    char twelve[1024], seven[1024];
    snprintf(twelve, sizeof twelve, LIST, "12");
    snprintf(seven, sizeof seven, LIST, "7");
    struct story_row a = row_of(1, 10, "", "12 names added", twelve), b = row_of(2, 20, "", "7 names added", seven);
    assert_true(story_likeness(&a.signature, &b.signature) > 0.7);
    assert_int_not_equal(place(w, a).story, place(w, b).story);
}

static void the_same_address_or_text_joins_without_likeness(void **state)
{
    struct story_window *w = *state;
    uint64_t story = place(w, row_of(1, 10, "https://a.example/1", "One title", "")).story;
    assert_int_equal(place(w, row_of(2, 20, "https://a.example/1", "Another", "")).story, story);
    story = place(w, row_of(1, 11, "", "Talks resume in the harbour city", "")).story;
    assert_int_equal(place(w, row_of(2, 21, "", "TALKS resume, in the Harbour City", "")).story, story);
}

static void front_pages_and_titles_of_few_words_join_nothing(void **state)
{
    struct story_window *w = *state;
    uint64_t a = place(w, row_of(1, 10, "https://a.example/", "Live updates", "")).story;
    assert_int_not_equal(place(w, row_of(2, 20, "https://a.example/", "Live updates", "")).story, a);
    a = place(w, row_of(1, 11, "https://a.example", "x", "")).story;
    assert_int_not_equal(place(w, row_of(2, 21, "https://a.example", "x", "")).story, a);
}

static void after_72_hours_the_story_is_told_again(void **state)
{
    struct story_window *w = *state;
    struct story_row a = row_of(1, 10, "", "Guns fall silent", BODY), b = row_of(2, 20, "", "Pause", BODY_COPY);
    struct story_row c = row_of(3, 30, "", "Guns", BODY);
    place(w, a);
    b.seen = wall_add(a.seen, STORY_LIFE_MS - 1);
    assert_false(place(w, b).is_first_of_rule);
    c.seen = wall_add(a.seen, STORY_LIFE_MS); // it joins by the copy, but the alert was 72 hours ago
    struct story_place p = place(w, c);
    assert_int_equal(p.size, 3);
    assert_true(p.is_first_of_rule);
}

static void an_edited_article_stays_in_its_story_and_is_not_hidden_by_itself(void **state)
{
    struct story_window *w = *state;
    struct story_place first = place(w, row_of(1, 10, "", "Guns fall silent", BODY));
    struct story_place again = place(w, row_of(1, 10, "", "Guns fall silent, updated", LIST));
    assert_int_equal(again.story, first.story);
    assert_true(again.is_first_of_rule);
    assert_int_equal(again.size, 1);
}

static void a_restored_window_decides_as_before(void **state)
{
    struct story_window *w = *state;
    struct story_row a = row_of(1, 10, "https://a.example/1", "Guns fall silent", BODY);
    a.story = place(w, a).story;
    struct story_window *after = story_window_open(1000, 99);
    story_restore(after, &a);
    struct story_place copy = place(after, row_of(2, 20, "", "Pause agreed", BODY_COPY));
    assert_int_equal(copy.story, a.story);
    assert_false(copy.is_first_of_rule);
    assert_str(copy.members[0].title, "Guns fall silent");
    story_window_close(after);
}

static void the_oldest_are_overwritten_and_their_chains_end(void **state)
{
    (void)state;
    struct story_window *w = story_window_open(50, 42);
    for (uint64_t i = 0; i < 500; i++) {
        char title[64];
        snprintf(title, sizeof title, "event number n%llu of the long list", (unsigned long long)i);
        struct story_place p = place(w, row_of(i, i, "", title, BODY)); // all alike: every chain is long
        assert_true(p.size <= 500 && p.n_members <= STORY_MEMBERS_SHOWN);
    }
    assert_int_equal(story_window_count(w), 50);
    story_window_close(w);
}

static void a_full_window_stays_under_64_megabytes(void **state)
{
    (void)state;
    struct story_window *w = story_window_open(0, 1);
    assert_true(story_window_bytes(w) < 64u * 1000 * 1000);
    story_window_close(w);
}

static void words_of_scripts_without_spaces_are_characters(void **state)
{
    (void)state;
    struct story_signature a = sign("", "停火谈判在开罗恢复", ""), b = sign("", "停火", "");
    assert_int_not_equal(a.text, 0);
    assert_int_equal(a.shingles, 7);
    assert_int_equal(b.text, 0);
}

int main(void)
{
#define WITH_WINDOW(test) cmocka_unit_test_setup_teardown(test, open_window, close_window)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_are_alike_and_other_events_are_not),
        cmocka_unit_test(the_estimate_is_near_the_true_similarity),
        cmocka_unit_test(short_texts_are_like_nothing),
        cmocka_unit_test(numbers_differ_when_each_has_one_of_its_own),
        WITH_WINDOW(a_copy_in_another_feed_joins_and_the_rule_has_told_it),
        WITH_WINDOW(a_rule_that_matches_first_later_still_alerts),
        WITH_WINDOW(look_alikes_of_one_feed_are_two_stories),
        WITH_WINDOW(a_story_takes_one_article_of_a_feed),
        WITH_WINDOW(differing_numbers_veto_a_join_across_feeds),
        WITH_WINDOW(the_same_address_or_text_joins_without_likeness),
        WITH_WINDOW(front_pages_and_titles_of_few_words_join_nothing),
        WITH_WINDOW(after_72_hours_the_story_is_told_again),
        WITH_WINDOW(an_edited_article_stays_in_its_story_and_is_not_hidden_by_itself),
        WITH_WINDOW(a_restored_window_decides_as_before),
        cmocka_unit_test(the_oldest_are_overwritten_and_their_chains_end),
        cmocka_unit_test(a_full_window_stays_under_64_megabytes),
        cmocka_unit_test(words_of_scripts_without_spaces_are_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
