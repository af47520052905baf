// SPDX-License-Identifier: MIT
//
// The marks themselves: how many bytes of what, and what an older feedwatchd left is read on.
#include "tests/tools/check.h"

#include "feeds/html.h"
#include "feeds/marks.h"
#include "tests/tools/fetches.h"

enum { HEAD_BYTES = MARKS_HEAD_BYTES + MARKS_RUN_BYTES, OLD_BYTES = 16 }; // of a blob with one run; of a mark of version 1

#define A {"a", "http://h.example/a", "Title A", "text a", 0}
#define B {"b", "http://h.example/b", "Title B", "text b", 0}
#define C {"c", "http://h.example/c", "Title C", "text c", 0}
#define D {"d", "http://h.example/d", "Title D", "", 0}

static void a_mark_takes_seventeen_bytes(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NNN", A, B, C);
    assert_int_equal(s.marks.n, HEAD_BYTES + 3 * 17);
    assert_int_equal(s.marks.p[0], 2);
    close_scene(&s);
}

// Writes the marks as version 1 did: a link of 48 bits, and 16 each of title and text.
static struct str as_version_1(struct scene *s)
{
    size_t n = marks_count(s->marks), bytes = HEAD_BYTES + n * OLD_BYTES;
    char *blob = arena_alloc(&s->arena, bytes), *to = blob + HEAD_BYTES;
    const char *from = s->marks.p + HEAD_BYTES;
    memcpy(blob, s->marks.p, HEAD_BYTES);
    blob[0] = 1;
    for (size_t i = 0; i < n; i++, from += MARK_BYTES, to += OLD_BYTES) {
        memcpy(to, from, 11);
        to[11] = '\x7e'; // the link's upper bits, of which version 2 knows nothing
        memcpy(to + 12, from + 11, 2);
        memcpy(to + 14, from + 14, 2);
    }
    return str_make(blob, bytes);
}

static void marks_of_version_1_are_read_and_left_alone(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NNNN", D, C, B, A);
    s.marks = as_version_1(&s);
    FETCH(&s, "KKKK", D, C, B, A);
    assert_int_equal(s.marks.p[0], 1); // nothing is written where nothing changed
    s.marks = as_version_1(&s);
    s.marks.n--;
    assert_false(marks_are_valid(s.marks));
    close_scene(&s);
}

static void what_version_1_knew_is_still_known_by_each_way(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NNNN", D, C, B, A);
    s.marks = as_version_1(&s);
    FETCH(&s, "NEK", {"e", "http://h.example/e", "Title E", "text e", 0}, {"b", "http://h.example/b", "Title B2", "text b", 0},
          {"x", "http://h.example/a", "Title A", "text a", 0}); // by id, by link
    assert_int_equal(s.marks.p[0], 2);
    FETCH(&s, "KKKK", D, C, {"b", "http://h.example/b", "Title B2", "text b", 0}, A); // two of 16 bits still
    close_scene(&s);
}

static void a_site_that_moves_keeps_what_version_1_knew(void **state)
{
    (void)state;
    struct scene s;
    open_scene(&s);
    FETCH(&s, "NNN", C, B, A);
    s.marks = as_version_1(&s);
    FETCH(&s, "NRRR", {"http://new/e", "http://new/e", "Title E", "text e", 0},
          {"http://new/c", "http://new/c", "Title C", "text c", 0}, {"http://new/b", "http://new/b", "Title B", "text b", 0},
          {"http://new/a", "http://new/a", "Title A", "text a", 0});
    close_scene(&s);
}

// Returns two titles whose digests agree in the 16 bits that version 1 had.
static void find_alike(struct scene *s, const char **out_one, const char **out_other)
{
    enum { TRIES = 1 << 16 };
    const char **seen = ARENA_ARRAY(&s->arena, const char *, MARK_DIGEST_LOW + 1);
    for (int i = 0; i < TRIES; i++) {
        const char *title = arena_fmt(&s->arena, "Headline %d", i).p;
        const char **at = &seen[mark_digest(html_digest(&s->key, str_of(title))) & MARK_DIGEST_LOW];
        if (*at) {
            *out_one = *at;
            *out_other = title;
            return;
        }
        *at = title;
    }
    fail_msg("no two are alike");
}

static void a_headline_whose_edit_has_the_same_sixteen_bits_is_edited(void **state)
{
    (void)state;
    struct scene s;
    const char *one = NULL, *other = NULL;
    open_scene(&s);
    find_alike(&s, &one, &other);
    FETCH(&s, "N", {"a", "http://h.example/a", one, "text", 0});
    FETCH(&s, "E", {"a", "http://h.example/a", other, "text", 0});
    close_scene(&s);
}

static void a_digest_is_nothing_of_nothing_alone(void **state)
{
    (void)state;
    static const uint64_t hashes[] = {1, 1ull << 16, 1ull << 24, 1ull << 32 | 1, 0xFFull << 16, UINT64_MAX};
    assert_int_equal(mark_digest(0), 0);
    assert_int_equal(mark_link(0), 0);
    assert_int_equal(mark_link(1ull << 40), 1);
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
        uint32_t digest = mark_digest(hashes[i]);
        assert_true(digest > MARK_DIGEST_LOW && digest < 1 << 24);
        assert_true(mark_has_digest(digest, digest) && mark_has_digest(digest & MARK_DIGEST_LOW, digest));
        assert_false(mark_has_digest(0, digest) || mark_has_digest(digest, 0));
    }
    assert_true(mark_has_digest(0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mark_takes_seventeen_bytes),
        cmocka_unit_test(marks_of_version_1_are_read_and_left_alone),
        cmocka_unit_test(what_version_1_knew_is_still_known_by_each_way),
        cmocka_unit_test(a_site_that_moves_keeps_what_version_1_knew),
        cmocka_unit_test(a_headline_whose_edit_has_the_same_sixteen_bits_is_edited),
        cmocka_unit_test(a_digest_is_nothing_of_nothing_alone),
    };
    return cmocka_run_group_tests_name("marks", tests, NULL, NULL);
}
