// SPDX-License-Identifier: MIT
//
// Tables of feedwatchctl: alignment by terminal columns, shrinking, hostile cells.
#include "tests/tools/check.h"

#include "daemon/ctl/table.h"

static const struct table_column two[] = {{"NAME", TABLE_LEFT, 4}, {"N", TABLE_RIGHT, 0}};

static void render(const struct table *t, size_t width, bool has_colour, const char *expected)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    table_render(t, width, has_colour, &out);
    assert_str(buf_str(&out), expected);
    buf_done(&out);
}

static void wide_characters_take_two_columns_and_marks_none(void **state)
{
    (void)state;
    struct table t;
    table_init(&t, two, 2);
    table_cell(&t, S("停火"));
    table_cell(&t, S("1"));
    table_cell(&t, S("e\u0301t\u00e9"));
    table_cell(&t, S("22"));
    render(&t, 0, false, "NAME   N\n停火   1\ne\u0301t\u00e9   22\n");
    table_done(&t);
}

static void a_narrow_terminal_cuts_at_a_character_with_an_ellipsis(void **state)
{
    (void)state;
    struct table t;
    table_init(&t, two, 2);
    table_cell(&t, S("停火停火停火"));
    table_cell(&t, S("7"));
    render(&t, 9, false, "NAME    N\n停火…   7\n");
    table_done(&t);
}

static void columns_that_may_not_shrink_keep_their_width(void **state)
{
    (void)state;
    struct table t;
    table_init(&t, two, 2);
    table_cell(&t, S("abcdefgh"));
    table_cell(&t, S("123456789"));
    render(&t, 1, false, "NAME          N\nabc…  123456789\n");
    table_done(&t);
}

static void a_hostile_cell_stays_one_line_without_escapes(void **state)
{
    (void)state;
    struct table t;
    table_init(&t, two, 2);
    table_cell(&t, S("a\nb\x1b[2J"));
    table_cell(&t, S("1"));
    render(&t, 0, false, "NAME        N\na b\\x1b[2J  1\n");
    table_done(&t);
}

static void colour_goes_around_the_cell_and_not_into_its_width(void **state)
{
    (void)state;
    struct table t;
    table_init(&t, two, 2);
    table_cell_marked(&t, S("ok"), "\033[32m");
    table_cell(&t, S("1"));
    render(&t, 0, true, "\033[1mNAME\033[0m  \033[1mN\033[0m\n\033[32mok\033[0m    1\n");
    render(&t, 0, false, "NAME  N\nok    1\n");
    table_done(&t);
}

static void an_empty_last_cell_leaves_no_blank_at_the_end(void **state)
{
    (void)state;
    static const struct table_column columns[] = {{"A", TABLE_LEFT, 0}, {"NOTE", TABLE_LEFT, 0}};
    struct table t;
    table_init(&t, columns, 2);
    table_cell(&t, S("x"));
    table_cell(&t, S(""));
    render(&t, 0, false, "A  NOTE\nx\n");
    table_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wide_characters_take_two_columns_and_marks_none),
        cmocka_unit_test(a_narrow_terminal_cuts_at_a_character_with_an_ellipsis),
        cmocka_unit_test(columns_that_may_not_shrink_keep_their_width),
        cmocka_unit_test(a_hostile_cell_stays_one_line_without_escapes),
        cmocka_unit_test(colour_goes_around_the_cell_and_not_into_its_width),
        cmocka_unit_test(an_empty_last_cell_leaves_no_blank_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
