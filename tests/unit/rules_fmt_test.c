// SPDX-License-Identifier: MIT
//
// rules/fmt: canonical form, what must stay, and that formatting twice changes nothing.
#include "tests/tools/check.h"

#include <stdlib.h>

#include "base/rng.h"
#include "rules/fmt.h"
#include "rules/load.h"

static const struct conf_spec *const tables[] = {rules_specs, NULL};

static struct buf format(struct str text)
{
    struct source source = {S("x.rules"), text};
    struct buf out;
    struct diags ds;
    diags_init(&ds);
    buf_init(&out, 1 << 20);
    if (!rules_format(&source, tables, &out, &ds))
        fail_msg("%.*s: %.*s\n%.*s", STR_ARG(source.name), STR_ARG(ds.list[0].message), STR_ARG(text));
    diags_done(&ds);
    return out;
}

static void check(const char *text, const char *expected)
{
    struct buf once = format(str_of(text)), twice = format(buf_str(&once));
    assert_str(buf_str(&once), expected);
    assert_str(buf_str(&twice), expected);
    buf_done(&once);
    buf_done(&twice);
}

static void arguments_stand_in_one_column(void **state)
{
    (void)state;
    check("rule a {\nwhen x\n  severity warning\n title   \"T\"\n\n\n test match \"x\"\ntest  reject  \"y\"\n}\n",
          "rule a {\n    when      x\n    severity  warning\n    title     \"T\"\n\n    test match  \"x\"\n"
          "    test reject \"y\"\n}\n");
}

static void comments_stay_where_they_say_something(void **state)
{
    (void)state;
    check("# head\n\n\n\n#second\nset a b # why\n# of c\nrule c { # here\n\n  # in\n when x   # tail\n\n # last\n\n}\n# end",
          "# head\n\n#second\nset a b  # why\n# of c\nrule c {  # here\n    # in\n    when  x  # tail\n\n    # last\n}\n"
          "\n# end\n");
}

static void an_expression_keeps_its_lines(void **state)
{
    (void)state;
    check("set a ( b   OR c # first\n  OR( d ,e )\n\n  # alone\n  OR \"x  y\" OR /a  b\\/( /i )\n",
          "set a (b OR c  # first\n       OR(d, e)\n       # alone\n       OR \"x  y\" OR /a  b\\/( /i)\n");
}

static void a_block_is_followed_by_an_empty_line(void **state)
{
    (void)state;
    check("rule a {\n when x\n}\nrule b\n{\n when y\n}", "rule a {\n    when  x\n}\n\nrule b {\n    when  y\n}\n");
}

static void what_does_not_parse_is_not_touched(void **state)
{
    (void)state;
    struct source source = {S("x.rules"), S("rule a {\n whn x\n}\n")};
    struct buf out;
    struct diags ds;
    diags_init(&ds);
    buf_init(&out, 1 << 20);
    assert_false(rules_format(&source, tables, &out, &ds));
    assert_int_equal(out.n, 0);
    assert_true(ds.errors > 0);
    diags_done(&ds);
    buf_done(&out);
}

// Random files out of the grammar's pieces, with random white space and comments between them.
static void random_blank(struct rng *rng, struct buf *b, bool is_inside)
{
    static const char *const line[] = {" ", "  ", "\t", "   "};
    static const char *const inside[] = {" ", "\n", "  # note (\n", "\n\n   ", " # \" quote\n   # /two\n"};
    buf_add(b, is_inside ? str_of(inside[rng_below(rng, 5)]) : str_of(line[rng_below(rng, 4)]));
}

static void random_expression(struct rng *rng, struct buf *b, unsigned depth)
{
    static const char *const leaves[] = {"word", "cease-fire", "\"two  words\"", "/a b\\/c/i", "title:x", "peace*",
                                         "-bad", "\"x\"~3", "AT&T", "перемир*", "停火", "@set", "a#b"};
    bool is_group = depth > 0;
    if (is_group)
        buf_add_char(b, '(');
    if (is_group && rng_below(rng, 2))
        random_blank(rng, b, true);
    for (uint64_t i = 0, n = 1 + rng_below(rng, 4); i < n; i++) {
        if (i) {
            random_blank(rng, b, is_group);
            buf_add(b, rng_below(rng, 2) ? S("OR") : S("NEAR/5"));
            random_blank(rng, b, is_group);
        }
        if (depth < 4 && rng_below(rng, 3) == 0)
            random_expression(rng, b, depth + 1);
        else
            buf_add(b, str_of(leaves[rng_below(rng, sizeof leaves / sizeof *leaves)]));
    }
    if (is_group && rng_below(rng, 2))
        random_blank(rng, b, true);
    if (is_group)
        buf_add_char(b, ')');
}

static void random_file(struct rng *rng, struct buf *b)
{
    static const char *const between[] = {"", "\n", "# note\n", "\n\n\n", "   # note\n\n#two\n"};
    for (uint64_t i = 0, n = rng_below(rng, 5); i < n; i++) {
        buf_add(b, str_of(between[rng_below(rng, 5)]));
        buf_addf(b, rng_below(rng, 2) ? "rule r%llu {\n" : "rule\tr%llu { # c\n", (unsigned long long)i);
        buf_add(b, str_of(between[rng_below(rng, 5)]));
        buf_add(b, S(" when "));
        random_expression(rng, b, 0);
        buf_add(b, rng_below(rng, 2) ? S("  #x\n") : S("\n"));
        buf_add(b, str_of(between[rng_below(rng, 5)]));
        buf_add(b, rng_below(rng, 2) ? S("test   match \"a # b\" # t\n}\n") : S("tags a   b\n  }\n"));
        buf_add(b, str_of(between[rng_below(rng, 5)]));
        buf_addf(b, "set s%llu ", (unsigned long long)i);
        random_expression(rng, b, 0);
        buf_add_char(b, '\n');
    }
}

// The bytes of a text without its white space: what formatting must not change.
static struct buf essence(struct str text)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < text.n; i++)
        if (!char_is_space(text.p[i]))
            buf_add_char(&b, text.p[i]);
    return b;
}

static void formatting_is_idempotent_and_loses_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        struct rng rng;
        rng_init(&rng, seed);
        struct buf text;
        buf_init(&text, 1 << 20);
        random_file(&rng, &text);
        struct buf once = format(buf_str(&text)), twice = format(buf_str(&once));
        struct buf before = essence(buf_str(&text)), after = essence(buf_str(&once));
        if (!str_eq(buf_str(&once), buf_str(&twice)) || !str_eq(buf_str(&before), buf_str(&after)))
            fail_msg("seed %llu:\n%s\nonce:\n%s\ntwice:\n%s", (unsigned long long)seed, buf_z(&text), buf_z(&once),
                     buf_z(&twice));
        buf_done(&text);
        buf_done(&once);
        buf_done(&twice);
        buf_done(&before);
        buf_done(&after);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_stand_in_one_column),
        cmocka_unit_test(comments_stay_where_they_say_something),
        cmocka_unit_test(an_expression_keeps_its_lines),
        cmocka_unit_test(a_block_is_followed_by_an_empty_line),
        cmocka_unit_test(what_does_not_parse_is_not_touched),
        cmocka_unit_test(formatting_is_idempotent_and_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
