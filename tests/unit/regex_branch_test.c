// SPDX-License-Identifier: MIT
//
// rules/regex_branch: the alternatives of a regex, as they are compiled.
#include "tests/tools/check.h"

#include "base/buf.h"
#include "rules/regex_branch.h"

// Writes the alternatives, a ; between them: ^ where a word must begin, $ where one must end, ! where a \\b is left.
static const char *text_of(struct arena *a, const char *regex)
{
    size_t n;
    const struct regex_branch *list = regex_branches(str_of(regex), a, &n);
    const char *text = "";
    for (size_t i = 0; i < n; i++)
        text = arena_fmt(a, "%s%s%s%s%s%s", text, i ? ";" : "", list[i].begins ? "^" : "", list[i].pattern,
                         list[i].ends ? "$" : "", list[i].has_boundary ? "!" : "").p;
    return text;
}

struct row {
    const char *regex, *expected;
};

static void check_rows(const struct row *rows, size_t n)
{
    struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < n; i++)
        if (strcmp(text_of(&a, rows[i].regex), rows[i].expected) != 0)
            fail_msg("%s: found %s, expected %s", rows[i].regex, text_of(&a, rows[i].regex), rows[i].expected);
    arena_done(&a);
}

static void a_regex_is_cut_into_its_alternatives(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"а", "а"},
        {"\\bа\\b", "^а$"},
        {"\\bа|б\\b", "^а;б$"},
        {"(\\bа|б\\b)", "^а;б$"},
        {"(?:\\bа|(б|(?:в\\b)))", "^а;б;в$"},
        {"((((а))))|\\bб", "а;^б"},
        {"(а)(\\bб)", "(а)(\\bб)!"},
        {"(а|\\bб)+", "(а|\\bб)+!"},
        {"\\bx(а|б)", "^x(а|б)"},
        {"\\b(а|б)\\b", "^(а|б)$"},
        {"(\\bа\\b|б)в", "(\\bа\\b|б)в!"},
        {"а\\b.б", "а\\b.б!"},
        {"а\\\\b|\\bб", "а\\\\b;^б"},
        {"а\\|б\\b", "а\\|б$"},
        {"[а|б]|\\bв", "[а|б];^в"},
        {"[]|]|\\bв", "[]|];^в"},
        {"[^]|(]|\\bв", "[^]|(];^в"},
        {"[[:alpha:]|]|\\bв", "[[:alpha:]|];^в"},
        {"[[:|а]\\b|б", "[[:|а]$;б"},
        {"[[:]|\\bв", "[[:];^в"},
        {"[\\]|]|\\bв", "[\\]|];^в"},
        {"\\bа|", "^а;"},
        {"а|б", "а|б"}, // without \\b it is left whole
        {"\\ba\\b", "^a$"},
        {"\\ba\\b|\\bb\\b", "\\ba\\b|\\bb\\b!"}, // of pure ASCII, too
        {"(\\ba\\b)", "(\\ba\\b)!"},
        {"\\b[а|б", "^[а|б"}, // no class: refused
        {"(?i)\\bа|б", "(?i)\\bа|б!"},
        {"а\\b|(?<n>б)", "а\\b|(?<n>б)!"},
        {"\\Q\\bа|б\\E", "\\Q\\bа|б\\E!"},
        {"(*UTF)\\bа|б", "(*UTF)\\bа|б!"},
        {"\\bа)|(б", "\\bа)|(б!"},
        {"(\\bа|б", "(\\bа|б!"},
        {"", ""},
        {"a\\", "a\\"},
    };
    check_rows(rows, sizeof rows / sizeof *rows);
}

static void a_regex_that_is_too_much_is_left_whole(void **state)
{
    (void)state;
    enum { DEEP = 100000 };
    struct arena a;
    struct buf regex;
    size_t n;
    arena_init(&a, 1 << 24);
    buf_init(&regex, 1 << 20);
    for (int i = 0; i < REGEX_BRANCHES_MAX - 1; i++)
        buf_add(&regex, S("\\bа|"));
    buf_add(&regex, S("б"));
    regex_branches(buf_str(&regex), &a, &n);
    assert_int_equal(n, REGEX_BRANCHES_MAX);
    buf_add(&regex, S("|в"));
    assert_string_equal(regex_branches(buf_str(&regex), &a, &n)->pattern, buf_z(&regex));
    assert_int_equal(n, 1);
    buf_done(&regex);
    buf_init(&regex, 1 << 20);
    for (int i = 0; i < DEEP; i++)
        buf_add(&regex, S("("));
    buf_add(&regex, S("\\bа"));
    for (int i = 0; i < DEEP; i++)
        buf_add(&regex, S(")"));
    regex_branches(buf_str(&regex), &a, &n);
    assert_int_equal(n, 1);
    buf_done(&regex);
    arena_done(&a);
}

static void letters_of_a_regex_are_composed_as_those_of_texts(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"e\u0301?s", "\u00E9?s"},
        {"\\be\u0301", "^\u00E9"},
        {"[e\u0301]x", "[e\u0301]x"}, // in a class each stands for itself
        {"\\d\u0301", "\\d\u0301"},
        {"\uFF21\uFF08b\u2026?", "\uFF21\uFF08b\u2026?"}, // one that becomes several, or syntax, stays
        {"a\u00ADb", "a\u00ADb"},
        {"\\\u00E9", "\\\u00E9"},
    };
    check_rows(rows, sizeof rows / sizeof *rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_regex_is_cut_into_its_alternatives),
        cmocka_unit_test(a_regex_that_is_too_much_is_left_whole),
        cmocka_unit_test(letters_of_a_regex_are_composed_as_those_of_texts),
    };
    return cmocka_run_group_tests_name("regex_branch", tests, NULL, NULL);
}
