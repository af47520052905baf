// SPDX-License-Identifier: MIT
//
// base/conf: the tree, values with units, expressions over lines, includes. What a person sees when a file is wrong is
// in tests/golden/diags, which diags_test.c runs.
#include "tests/tools/check.h"

#include "base/conf.h"

static const struct conf_spec rule_block[] = {
    {.word = STR("title"), .args = {{.type = CONF_TEXT}}},
    {.word = STR("when"), .args = {{.type = CONF_EXPRESSION}}, .flags = CONF_REQUIRED},
    {.word = STR("unless"), .args = {{.type = CONF_EXPRESSION}}, .flags = CONF_REPEATS},
    {.word = STR("throttle"), .args = {{.type = CONF_RATE}}},
    {.word = STR("tags"), .args = {{.type = CONF_NAME}}, .flags = CONF_MANY},
    {.word = STR("hours"), .args = {{.type = CONF_HOURS}, {.type = CONF_TEXT}}, .flags = CONF_OPTIONAL},
    {.word = {0}},
};
static const struct conf_spec top[] = {
    {.word = STR("every"), .args = {{.type = CONF_DURATION}}},
    {.word = STR("budget"), .args = {{.type = CONF_SIZE}}},
    {.word = STR("set"), .args = {{.type = CONF_NAME}, {.type = CONF_EXPRESSION}}, .flags = CONF_UNIQUE},
    {.word = STR("rule"), .args = {{.type = CONF_NAME}}, .flags = CONF_UNIQUE, .block = rule_block},
    {.word = {0}},
};
static const struct conf_spec *const tables[] = {top, NULL};

struct bench {
    struct conf conf;
    struct diags diags;
    bool is_ok;
};

static void parse(struct bench *b, const char *text, const struct conf_loader *loader)
{
    diags_init(&b->diags);
    b->is_ok = conf_parse(&b->conf, tables, S("main.conf"), str_of(text), loader, &b->diags);
}

static void done(struct bench *b)
{
    diags_done(&b->diags);
    conf_done(&b->conf);
}

static void an_expression_runs_on_inside_parentheses(void **state)
{
    (void)state;
    struct bench b;
    parse(&b,
          "rule a {\n"
          "  when (truce OR # a ) in a comment closes nothing\n"
          "        \"a ) in quotes\" OR /a\\/\\)/i OR AC/DC\n"
          "        title)   # behind it\n"
          "  title \"x # y\" # z\n"
          "}\n",
          NULL);
    assert_true(b.is_ok);
    const struct conf_value *when = conf_value(b.conf.first, S("when"));
    assert_true(str_starts(when->text, S("(truce")));
    assert_true(str_ends(when->text, S("title)")));
    assert_str(conf_value(b.conf.first, S("title"))->text, "x # y");
    done(&b);
}

static void an_unclosed_parenthesis_ends_at_the_next_property(void **state)
{
    (void)state;
    struct bench b;
    parse(&b, "rule a {\n  when (truce OR (talks\n  title x\n}\nset s (a OR b\nset t c\n", NULL);
    assert_str(conf_value(b.conf.first, S("when"))->text, "(truce OR (talks");
    assert_str(conf_value(b.conf.first, S("title"))->text, "x");
    const struct conf_node *s = conf_find(b.conf.first, S("set"));
    assert_str(s->args[1].text, "(a OR b");
    assert_str(s->next->args[1].text, "c");
    done(&b);
}

static void a_hash_inside_a_word_is_no_comment(void **state)
{
    (void)state;
    struct bench b;
    parse(&b, "rule a {\n when x\n title https://x/#a\n hours 22:00-06:30 Europe/Kyiv#\n}", NULL);
    assert_true(b.is_ok);
    assert_str(conf_value(b.conf.first, S("title"))->text, "https://x/#a");
    const struct conf_node *hours = conf_find(b.conf.first->first, S("hours"));
    assert_int_equal(hours->args[0].number, 22 * 60);
    assert_int_equal(hours->args[0].over, 6 * 60 + 30);
    assert_str(hours->args[1].text, "Europe/Kyiv#");
    done(&b);
}

static void values_carry_their_units(void **state)
{
    (void)state;
    static const struct { enum conf_type type; const char *text; int64_t number, over; } good[] = {
        {CONF_DURATION, "0", 0, 0},          {CONF_DURATION, "30s", 30000, 0},    {CONF_DURATION, "1h30m", 5400000, 0},
        {CONF_DURATION, "2w", 1209600000, 0}, {CONF_DURATION, "500ms", 500, 0},   {CONF_SIZE, "4096", 4096, 0},
        {CONF_SIZE, "10MiB", 10 << 20, 0},   {CONF_RATE, "30/1h", 30, 3600000},   {CONF_RATE, "5/m", 5, 60000},
        {CONF_YES_NO, "yes", 1, 0},          {CONF_YES_NO, "no", 0, 0},           {CONF_NUMBER, "7", 7, 0},
        {CONF_HOURS, "08:00-24:00", 480, 1440},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct conf_value v = {0};
        struct err err = {0};
        assert_true(conf_read(str_of(good[i].text), &(struct conf_arg){.type = good[i].type}, &v, &err));
        assert_int_equal(v.number, good[i].number);
        assert_int_equal(v.over, good[i].over);
    }
}

static void values_without_sense_are_refused(void **state)
{
    (void)state;
    static const struct { enum conf_type type; const char *text, *why; } bad[] = {
        {CONF_DURATION, "", "empty"},          {CONF_DURATION, "30", "no unit"},   {CONF_DURATION, "5min", "not a unit"},
        {CONF_DURATION, "30m1h", "rising"},    {CONF_DURATION, "-1s", "negative"}, {CONF_SIZE, "10MB", "not a unit"},
        {CONF_DURATION, "99999999999999999w", "overflow"}, {CONF_SIZE, "99999999999999GiB", "overflow"},
        {CONF_RATE, "30", "no duration"},      {CONF_RATE, "0/h", "nothing"},      {CONF_RATE, "3/0s", "no time"},
        {CONF_HOURS, "8:00-20:00", "one digit"}, {CONF_HOURS, "08:00-08:00", "empty"},
        {CONF_HOURS, "24:00-08:00", "24 as a start"}, {CONF_HOURS, "08:60-09:00", "minute 60"},
        {CONF_YES_NO, "true", "not the word"}, {CONF_NUMBER, "1.5", "fraction"},   {CONF_NAME, "a b", "blank"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct conf_value v = {0};
        struct err err = {0};
        if (conf_read(str_of(bad[i].text), &(struct conf_arg){.type = bad[i].type}, &v, &err))
            fail_msg("\"%s\" was taken: %s", bad[i].text, bad[i].why);
        assert_true(strncmp(err.text, "expected ", 9) == 0);
    }
}

static void a_name_may_have_its_longest_length_and_no_more(void **state)
{
    (void)state;
    char name[CONF_NAME_BYTES_MAX + 1];
    memset(name, 'a', sizeof name);
    struct conf_value v;
    struct err err;
    const struct conf_arg arg = {.type = CONF_NAME};
    assert_true(conf_read(str_make(name, CONF_NAME_BYTES_MAX), &arg, &v, &err));
    assert_false(conf_read(str_make(name, CONF_NAME_BYTES_MAX + 1), &arg, &v, &err));
}

// Files in memory: name and text by turns, ended by NULL.
static bool memory_find(void *context, struct str pattern, struct str from, struct arena *a, struct str **out_paths,
                        size_t *out_n, struct err *err)
{
    (void)from;
    (void)err;
    struct str *paths = NULL;
    size_t n = 0, star = str_find_char(pattern, '*');
    for (const char *const *file = context; *file; file += 2)
        if (star < pattern.n ? str_starts(str_of(*file), str_head(pattern, star)) : str_eq(str_of(*file), pattern))
            ARENA_PUSH(a, paths, n, str_of(*file));
    if (!n && star == pattern.n)
        ARENA_PUSH(a, paths, n, pattern);
    *out_paths = paths;
    *out_n = n;
    return true;
}

static bool memory_read(void *context, struct str path, struct arena *a, struct str *out_text, struct err *err)
{
    (void)a;
    for (const char *const *file = context; *file; file += 2) {
        if (str_eq(str_of(file[0]), path)) {
            *out_text = str_of(file[1]);
            return true;
        }
    }
    return err_set(err, "cannot open %.*s: No such file or directory", STR_ARG(path));
}

static void an_include_stands_where_it_is_written(void **state)
{
    (void)state;
    const char *files[] = {"d/a", "set a x\n", "d/b", "set b y\n", NULL};
    const struct conf_loader loader = {files, memory_find, memory_read};
    struct bench b;
    parse(&b, "set first w\ninclude d/*\nset last z\ninclude none/*\n", &loader);
    assert_true(b.is_ok);
    static const char *const names[] = {"first", "a", "b", "last"};
    const struct conf_node *node = b.conf.first;
    for (size_t i = 0; i < 4; i++, node = node->next)
        assert_str(node->args[0].text, names[i]);
    assert_null(node);
    assert_int_equal(b.conf.n_sources, 3);
    done(&b);
}

static void include_failures_are_told_at_the_include(void **state)
{
    (void)state;
    const char *files[] = {"loop", "include loop\n", "twice", "set a x\n", NULL};
    const struct conf_loader loader = {files, memory_find, memory_read};
    static const struct { const char *text, *message; } cases[] = {
        {"include gone\n", "cannot open gone: No such file or directory"},
        {"include loop\n", "loop includes itself"},
        {"set a y\ninclude twice\n", "set a is written twice"},
    };
    for (size_t i = 0; i < 3; i++) {
        struct bench b;
        parse(&b, cases[i].text, &loader);
        assert_false(b.is_ok);
        assert_int_equal(b.diags.n, 1);
        assert_str(b.diags.list[0].message, cases[i].message);
        done(&b);
    }
}

static void names_are_unique_among_a_hundred_thousand(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 64 << 20);
    for (int i = 0; i < 100000; i++)
        buf_addf(&text, "set s%d word\n", i);
    buf_addf(&text, "set s%d word\n", 77777);
    struct bench b;
    parse(&b, buf_z(&text), NULL);
    assert_int_equal(b.diags.errors, 1);
    assert_str(b.diags.list[0].help, "the first is at main.conf:77778");
    done(&b);
    buf_done(&text);
}

static void a_byte_order_mark_and_carriage_returns_do_no_harm(void **state)
{
    (void)state;
    struct bench b;
    parse(&b, "\xef\xbb\xbf" "every 5m\r\nrule a {\r\n  when x OR y\r\n}\r\n", NULL);
    assert_true(b.is_ok);
    assert_str(b.conf.first->next->first->args[0].text, "x OR y");
    done(&b);
}

static void a_node_knows_its_extent(void **state)
{
    (void)state;
    const char *text = "every 5m # c\nrule a { # d\n  when x\n}\n";
    struct bench b;
    parse(&b, text, NULL);
    const struct conf_node *every = b.conf.first, *rule = every->next;
    assert_int_equal(every->end, 8);
    assert_str(str_make(text + rule->body_at, rule->body_end - rule->body_at), " # d\n  when x\n");
    assert_int_equal(text[rule->end - 1], '}');
    done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_expression_runs_on_inside_parentheses),
        cmocka_unit_test(an_unclosed_parenthesis_ends_at_the_next_property),
        cmocka_unit_test(a_hash_inside_a_word_is_no_comment),
        cmocka_unit_test(values_carry_their_units),
        cmocka_unit_test(values_without_sense_are_refused),
        cmocka_unit_test(a_name_may_have_its_longest_length_and_no_more),
        cmocka_unit_test(an_include_stands_where_it_is_written),
        cmocka_unit_test(include_failures_are_told_at_the_include),
        cmocka_unit_test(names_are_unique_among_a_hundred_thousand),
        cmocka_unit_test(a_byte_order_mark_and_carriage_returns_do_no_harm),
        cmocka_unit_test(a_node_knows_its_extent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
