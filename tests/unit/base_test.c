// SPDX-License-Identifier: MIT
//
// base/: views, buffers, arena, errors and carets, UTF-8, calendar, randomness, hashing.
#include "tests/tools/check.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/hash.h"
#include "base/rng.h"
#include "base/table.h"
#include "base/utf8.h"

static void str_cut_walks_a_list_with_empty_parts(void **state)
{
    (void)state;
    struct str rest = S("a,,bc");
    assert_str(str_cut(&rest, ','), "a");
    assert_str(str_cut(&rest, ','), "");
    assert_str(str_cut(&rest, ','), "bc");
    assert_null(rest.p);
}

static void str_numbers_refuse_what_is_not_all_digits(void **state)
{
    (void)state;
    uint64_t n = 7;
    assert_true(str_to_u64(S("18446744073709551615"), UINT64_MAX, &n));
    assert_int_equal(n, UINT64_MAX);
    static const char *const bad[] = {"", "-1", "1 ", "18446744073709551616", "0x1", "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(str_to_u64(str_of(bad[i]), UINT64_MAX, &n));
    assert_false(str_to_u64(S("11"), 10, &n));
    int64_t s = 0;
    assert_true(str_to_i64(S("-42"), &s));
    assert_int_equal(s, -42);
}

static void str_find_nocase_finds_the_first_in_either_case(void **state)
{
    static const struct { const char *text, *needle; size_t at; } cases[] = {
        {"abc", "", 0},         {"", "a", 0},         {"abc", "abcd", 3},     {"xxAbXab", "ab", 2},
        {"axAxaB", "AB", 4},    {"aAaAAb", "ab", 4},  {"<a><?XML", "<?xml", 3}, {"a-B-A-b", "-a", 3},
        {"[a{b`c@", "`C", 4},   {"@[", "`", 2},       {"ab", "B", 1},         {"aaaa", "ab", 4},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(str_find_nocase(str_of(cases[i].text), str_of(cases[i].needle)), cases[i].at);
}

static void buf_at_its_cap_cuts_and_says_so(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 8);
    assert_true(buf_add(&b, S("12345678")));
    assert_false(b.is_cut);
    assert_false(buf_add_char(&b, '9'));
    assert_true(b.is_cut);
    assert_str(buf_str(&b), "12345678");
    assert_null(buf_room(&b, 1));
    buf_reset(&b);
    assert_false(buf_addf(&b, "%s", "a longer text than fits"));
    assert_str(buf_str(&b), "a longer");
    buf_done(&b);
}

static void arena_keeps_small_and_large_apart_and_aligned(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 100000);
    for (size_t n = 1; n < 30000; n = n * 3 + 1) {
        char *p = arena_alloc(&a, n);
        assert_int_equal((uintptr_t)p % 16, 0);
        memset(p, 0xAA, n);
    }
    int *v = NULL;
    size_t n = 0;
    for (int i = 0; i < 1000; i++)
        ARENA_PUSH(&a, v, n, i);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(v[i], i);
    assert_false(arena_is_full(&a));
    arena_alloc(&a, 100000);
    assert_true(arena_is_full(&a));
    struct arena b = {0};
    arena_move(&b, &a);
    assert_int_equal(v[999], 999);
    arena_reset(&b);
    char *fresh = arena_alloc(&b, 64);
    for (int i = 0; i < 64; i++)
        assert_int_equal(fresh[i], 0);
    arena_done(&b);
    arena_done(&a);
}

static void an_arena_takes_back_what_its_newest_allocation_does_not_use(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 100, 4096, 4097, 16384, 100000}; // 4096 is the last that shares a block
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct arena a;
        arena_init(&a, SIZE_MAX);
        char *first = i % 2 ? arena_alloc(&a, 10) : NULL; // with a block before it, and without
        size_t before = a.bytes;
        char *p = arena_bytes(&a, sizes[i]);
        memset(p, 'x', sizes[i]);
        p = arena_trim(&a, p, sizes[i], sizes[i] / 2);
        assert_int_equal(a.bytes - before, (sizes[i] / 2 + 15) / 16 * 16);
        for (size_t k = 0; k < sizes[i] / 2; k++)
            assert_int_equal(p[k], 'x');
        char *next = arena_alloc(&a, 200);
        for (size_t k = 0; k < 200; k++)
            assert_int_equal(next[k], 0); // whatever was written there
        memset(next, 'y', 200);
        assert_true(sizes[i] < 2 || p[sizes[i] / 2 - 1] == 'x');
        assert_true(!first || first[9] == 0);
        arena_done(&a);
    }
}

static void err_travels_up_with_its_causes(void **state)
{
    (void)state;
    struct err err = {0};
    assert_false(err_set_at(&err, 3, 7, "expected a number, found \"%s\"", "x"));
    assert_false(err_wrap(&err, "feed %s", "a"));
    assert_string_equal(err.text, "feed a: expected a number, found \"x\"");
    assert_int_equal(err.line, 3);
    char longer[2 * ERR_TEXT_BYTES];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    err_set(&err, "%s", longer);
    assert_int_equal(strlen(err.text), ERR_TEXT_BYTES - 1);
}

static void diag_carets_stand_under_wide_and_cyrillic_text(void **state)
{
    (void)state;
    struct source source = {S("a.rules"), S("set x\n\twhen 停火 перемирие OOPS\n")};
    struct diags ds;
    diags_init(&ds);
    size_t at = str_find(source.text, S("OOPS"));
    struct diag *d = diag_add(&ds, DIAG_ERROR, &source, at, 4, "unknown word \"%s\"", "OOPS");
    diag_help(&ds, d, "did you mean \"%s\"?", "OR");
    diag_add(&ds, DIAG_WARNING, &source, 0, 3, "first in the file, added last");
    diags_sort(&ds);
    struct buf out;
    buf_init(&out, 4096);
    diags_render(&ds, false, &out);
    assert_string_equal(buf_z(&out), "a.rules:1:1: warning: first in the file, added last\n"
                                     "    1 | set x\n"
                                     "      | ^~~\n"
                                     "a.rules:2:20: error: unknown word \"OOPS\"\n"
                                     "    2 |  when 停火 перемирие OOPS\n"
                                     "      |                      ^~~~\n"
                                     "      = help: did you mean \"OR\"?\n");
    assert_int_equal(ds.errors, 1);
    buf_done(&out);
    diags_done(&ds);
}

static void diag_beyond_the_cap_is_counted(void **state)
{
    (void)state;
    struct source source = {S("a"), S("x")};
    struct diags ds;
    diags_init(&ds);
    for (int i = 0; i < DIAGS_MAX + 3; i++)
        diag_add(&ds, DIAG_ERROR, &source, 0, 1, "no");
    assert_int_equal(ds.n, DIAGS_MAX);
    assert_int_equal(ds.dropped, 3);
    assert_int_equal(ds.errors, DIAGS_MAX + 3);
    diags_done(&ds);
}

static void suggest_finds_typos_and_not_strangers(void **state)
{
    (void)state;
    static const struct str names[] = {STR("severity"), STR("throttle"), STR("title")};
    assert_str(suggest(S("sevrity"), names, 3), "severity");
    assert_str(suggest(S("tilte"), names, 3), "title");
    assert_str(suggest(S("banana"), names, 3), "");
    assert_str(suggest(S(""), names, 3), "");
}

static void utf8_repairs_by_maximal_subparts(void **state)
{
    (void)state;
    static const struct { const char *in; size_t n; uint32_t code; size_t length; } table[] = {
        {"A", 1, 'A', 1},
        {"\xC3\xA9", 2, 0xE9, 2},
        {"\xE2\x82\xAC", 3, 0x20AC, 3},
        {"\xF0\x9F\x98\x80", 4, 0x1F600, 4},
        {"\xC0\xAF", 2, UTF8_BAD, 1},         // overlong
        {"\xED\xA0\x80", 3, UTF8_BAD, 1},     // surrogate
        {"\xF4\x90\x80\x80", 4, UTF8_BAD, 1}, // over U+10FFFF
        {"\xE2\x82", 2, UTF8_BAD, 2},         // cut off
        {"\xF0\x9F\x98", 3, UTF8_BAD, 3},
        {"\xE2(", 2, UTF8_BAD, 1},
        {"\x80", 1, UTF8_BAD, 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        uint32_t code = 0;
        assert_int_equal(utf8_decode(str_make(table[i].in, table[i].n), &code), table[i].length);
        assert_int_equal(code, table[i].code);
    }
    assert_int_equal(utf8_valid(S("plain ascii, then \xEF\xBF\xBD and \xC3\xA9 and \xFF tail")), 33);
    assert_str(utf8_head(S("a\xE2\x82\xAC"), 3), "a");
}

static void utf8_sanitiser_lets_no_title_forge_a_line(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 256);
    utf8_sanitise(S("a\nb\x1b[31m\xC2\x85\xE2\x80\xA8\xE2\x80\xAE\xFFz\x7f"), &out);
    assert_string_equal(buf_z(&out), "a b\\x1b[31m\\x85\\u{2028}\\u{202e}\xEF\xBF\xBDz\\x7f");
    buf_done(&out);
}

static void clock_agrees_with_the_calendar_both_ways(void **state)
{
    (void)state;
    assert_int_equal(civil_days(1970, 1, 1), 0);
    assert_int_equal(civil_days(2000, 2, 29), 11016);
    for (int64_t day = -800000; day < 800000; day += 97) {
        struct civil c = civil_of((wall_t){day * DAY_MS + 5});
        assert_int_equal(civil_days(c.year, c.month, c.day), day);
    }
    char text[WALL_RFC3339_BYTES], http[WALL_HTTP_BYTES];
    assert_string_equal(wall_rfc3339((wall_t){1795453509123}, true, text), "2026-11-23T17:05:09.123Z");
    assert_string_equal(wall_rfc3339((wall_t){1795453509123}, false, text), "2026-11-23T17:05:09Z");
    static const struct { int64_t year; const char *text; } ends[] = {
        {-1, "-001-01-01T00:00:00Z"}, {0, "0000-01-01T00:00:00Z"}, {999, "0999-01-01T00:00:00Z"},
        {9999, "9999-01-01T00:00:00Z"}, {10000, "10000-01-01T00:00:00Z"},
    };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        wall_t first = {civil_days(ends[i].year, 1, 1) * DAY_MS};
        assert_string_equal(wall_rfc3339(first, false, text), ends[i].text);
    }
    assert_string_equal(wall_http((wall_t){1795453509123}, http), "Mon, 23 Nov 2026 17:05:09 GMT");
}

static void times_stop_at_the_ends_of_their_type(void **state)
{
    (void)state;
    assert_int_equal(wall_add((wall_t){INT64_MAX - 1}, 5).ms, INT64_MAX);
    assert_int_equal(mono_add((mono_t){INT64_MIN + 1}, -5).ms, INT64_MIN);
    assert_int_equal(wall_diff((wall_t){INT64_MAX}, (wall_t){-1}), INT64_MAX);
    assert_int_equal(mono_diff((mono_t){INT64_MIN}, (mono_t){1}), INT64_MIN);
    assert_int_equal(wall_diff((wall_t){7}, (wall_t){9}), -2);
}

static void rng_repeats_by_seed_and_stays_in_range(void **state)
{
    (void)state;
    struct rng a, b;
    rng_init(&a, 42);
    rng_init(&b, 42);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(rng_u64(&a), rng_u64(&b));
        double u = rng_unit(&a);
        assert_true(u >= 0 && u < 1);
        rng_unit(&b);
        assert_true(rng_below(&a, 7) < 7);
        rng_below(&b, 7);
    }
}

// Each part behind its length in eight bytes, hashed as one text: short ones are joined, long ones are not.
static void hash_of_parts_is_that_of_what_they_make_together(void **state)
{
    (void)state;
    struct hash_key key;
    struct buf all, text;
    hash_key_from_seed(&key, 7);
    buf_init(&all, 1 << 16);
    buf_init(&text, 1 << 16);
    for (size_t n = 0; n < 1100; n++) {
        struct str parts[2] = {str_head(buf_str(&text), n / 3), str_from(buf_str(&text), n / 3)};
        buf_reset(&all);
        for (size_t i = 0; i < 2; i++) {
            uint64_t length = parts[i].n;
            for (int b = 0; b < 8; b++)
                buf_add_char(&all, (char)(length >> (8 * b)));
            buf_add(&all, parts[i]);
        }
        assert_true(hash64_parts(&key, parts, 2) == hash64(&key, buf_str(&all)));
        buf_add_char(&text, (char)(n * 31));
    }
    buf_done(&all);
    buf_done(&text);
}

static void hash_parts_do_not_run_together(void **state)
{
    (void)state;
    struct hash_key key, other;
    hash_key_from_seed(&key, 1);
    hash_key_from_seed(&other, 2);
    struct str ab_c[] = {STR("ab"), STR("c")}, a_bc[] = {STR("a"), STR("bc")};
    assert_int_not_equal(hash64_parts(&key, ab_c, 2), hash64_parts(&key, a_bc, 2));
    assert_int_not_equal(hash64(&key, S("x")), hash64(&other, S("x")));
    assert_int_equal(hash64(&key, S("x")), hash64(&key, S("x")));
    assert_int_not_equal(hash128_parts(&key, ab_c, 2).high, hash128_parts(&key, a_bc, 2).high);
}

struct entry {
    int key;
    UT_hash_handle hh;
};

static void *no_memory(size_t n)
{
    (void)n;
    return NULL;
}

#undef uthash_malloc
#define uthash_malloc(n) no_memory(n)

// What a child does whose table gets no memory.
static void fill_a_table(int error)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    dup2(error, STDERR_FILENO);
    struct entry e = {.key = 1}, *table = NULL;
    HASH_ADD_INT(table, key, &e);
    _exit(0);
}

static void a_table_without_memory_says_one_line_and_aborts(void **state)
{
    (void)state;
    int ends[2] = {-1, -1}, status = 0;
    char text[512] = "";
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        fill_a_table(ends[1]);
    close(ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    ssize_t n = read(ends[0], text, sizeof text - 1);
    close(ends[0]);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_true(n > 0 && strstr(text, "out of memory") && strchr(text, '\n') == text + n - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(str_cut_walks_a_list_with_empty_parts),
        cmocka_unit_test(str_numbers_refuse_what_is_not_all_digits),
        cmocka_unit_test(str_find_nocase_finds_the_first_in_either_case),
        cmocka_unit_test(buf_at_its_cap_cuts_and_says_so),
        cmocka_unit_test(arena_keeps_small_and_large_apart_and_aligned),
        cmocka_unit_test(an_arena_takes_back_what_its_newest_allocation_does_not_use),
        cmocka_unit_test(err_travels_up_with_its_causes),
        cmocka_unit_test(diag_carets_stand_under_wide_and_cyrillic_text),
        cmocka_unit_test(diag_beyond_the_cap_is_counted),
        cmocka_unit_test(suggest_finds_typos_and_not_strangers),
        cmocka_unit_test(utf8_repairs_by_maximal_subparts),
        cmocka_unit_test(utf8_sanitiser_lets_no_title_forge_a_line),
        cmocka_unit_test(clock_agrees_with_the_calendar_both_ways),
        cmocka_unit_test(times_stop_at_the_ends_of_their_type),
        cmocka_unit_test(rng_repeats_by_seed_and_stays_in_range),
        cmocka_unit_test(hash_parts_do_not_run_together),
        cmocka_unit_test(hash_of_parts_is_that_of_what_they_make_together),
        cmocka_unit_test(a_table_without_memory_says_one_line_and_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
