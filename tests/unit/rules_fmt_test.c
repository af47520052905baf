// SPDX-License-Identifier: MIT
//
// rules/fmt: canonical form, what must stay, and that formatting twice changes nothing.
#include "tests/tools/check.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/rng.h"
#include "daemon/config_schema.h"
#include "rules/fmt.h"
#include "rules/load.h"
#include "tests/tools/folder.h"

#define TEN "aaaaaaaaaa"
#define FIFTY TEN TEN TEN TEN TEN

static const struct conf_spec *const tables[] = {rules_specs, NULL};

static const struct conf_spec *const file_tables[] = {config_specs, rules_specs, NULL};

static struct buf format_by(const struct conf_spec *const *by, struct str text)
{
    struct source source = {S("x.rules"), text};
    struct buf out;
    struct diags ds;
    diags_init(&ds);
    buf_init(&out, 1 << 20);
    if (!rules_format(&source, by, &out, &ds))
        fail_msg("%.*s: %.*s\n%.*s", STR_ARG(source.name), STR_ARG(ds.list[0].message), STR_ARG(text));
    diags_done(&ds);
    return out;
}

static struct buf format(struct str text) { return format_by(tables, text); }

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
    check("set a ( b   OR c # first\n  OR 2 OF( d ,e )\n\n  # alone\n  OR \"x  y\" OR /a  b\\/[(] /i )\n",
          "set a (b OR c  # first\n       OR 2 OF(d, e)\n       # alone\n       OR \"x  y\" OR /a  b\\/[(] /i)\n");
}

// A typographic quote opens a string and any quote closes it, where a plain one is closed by a plain one.
static void a_phrase_in_typographic_quotes_is_one_piece(void **state)
{
    (void)state;
    check("set a (\u201Cx  y\u201D  OR \u00ABdeal #1 (b,c\u00BB OR\n b)\n",
          "set a (\u201Cx  y\u201D OR \u00ABdeal #1 (b,c\u00BB OR\n       b)\n");
    check("set a (\u201Ex  y\"  OR \"x  \u201Cy\"  OR\n z)\n", "set a (\u201Ex  y\" OR \"x  \u201Cy\" OR\n       z)\n");
    check("set a (\u201Cx \\\"  y \\\u201D  OR z)\n", "set a (\u201Cx \\\"  y \\\u201D OR z)\n");
    check("set a (" FIFTY " OR " TEN TEN TEN " OR \u201Cc OR d AND e, f\u201D)\n",
          "set a (" FIFTY " OR " TEN TEN TEN " OR\n       \u201Cc OR d AND e, f\u201D)\n");
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

// ---- long lines ----

#define WIDE_10 "停火停火停火停火停火"
#define WIDE_30 WIDE_10 WIDE_10 WIDE_10
#define AT_100 "set a (" FIFTY " OR " TEN TEN TEN "bbb OR " // 100 columns with a last word of 1 and a )

// Found by conf_fuzz: such a line was broken, and broken elsewhere the next time.
static void an_expression_that_cannot_be_read_stays_as_it_is(void **state)
{
    (void)state;
    static const char *const whens[] = {
        "tr)cease* OR truce OR  a_word_that_is_long_enough_for_all_of_this a_second_one_that_follows \"truce\" OR peace",
        "(((truce OR  a_word_that_is_long_enough_for_all_of_this, a_second_one_that_follows) AND a_third_one OR peace",
        "(truce AND envoy OR  a_word_that_is_long_enough_for_all_of_this) AND a_second_one OR a_third_one OR a_truce\"",
        "2 OF (truce,peace,#a_word_that_is_long_enough_for_all_of_this, a_second_one_that_follows, a_third_one, armistice)",
        "truce) OR (a_word_that_is_long_enough_for_all_of_this OR a_second_one_that_follows AND a_third_one OR peace",
    };
    for (size_t i = 0; i < sizeof whens / sizeof *whens; i++) {
        char text[256];
        snprintf(text, sizeof text, "rule a {\n    when  %s\n}\n", whens[i]);
        check(text, text);
    }
}

static void a_line_over_100_columns_is_broken(void **state)
{
    (void)state;
    static const struct { const char *text, *expected; } cases[] = {
        // At the limit and one past it.
        {AT_100 "c)\n", AT_100 "c)\n"},
        {AT_100 "cc)\n", "set a (" FIFTY " OR " TEN TEN TEN "bbb OR\n       cc)\n"},
        // Outside of parentheses no line can end: a pair goes around all of it, and goes around it once.
        {"set a " FIFTY " OR " FIFTY " AND b\n", "set a (" FIFTY " OR\n       " FIFTY " AND b)\n"},
        {"set a (" FIFTY " OR b) AND (" FIFTY " OR c)\n", "set a ((" FIFTY " OR b) AND\n       (" FIFTY " OR c))\n"},
        // Where a place inside serves, there is no pair.
        {"set a (" FIFTY " OR " TEN TEN TEN " OR " TEN TEN ") AND c\n",
         "set a (" FIFTY " OR " TEN TEN TEN " OR\n       " TEN TEN ") AND c\n"},
        // What stands together stays together: the outermost parenthesis at which it helps.
        {"set a (" FIFTY " AND (" TEN TEN TEN " OR " TEN TEN ") OR d)\n",
         "set a (" FIFTY " AND\n       (" TEN TEN TEN " OR " TEN TEN ") OR d)\n"},
        {"set a (b OR (" FIFTY " OR " TEN TEN TEN " OR " TEN ") OR c)\n",
         "set a (b OR\n       (" FIFTY " OR " TEN TEN TEN " OR\n        " TEN ") OR c)\n"},
        // Behind a comma.
        {"set a 2 OF (" FIFTY ", " FIFTY ", c)\n", "set a 2 OF (" FIFTY ",\n            " FIFTY ", c)\n"},
        // Before AND and OR where the other lines are so.
        {"set a (b\n       OR " FIFTY " OR " FIFTY ")\n", "set a (b\n       OR " FIFTY "\n       OR " FIFTY ")\n"},
        // What follows flows in, up to a comment or the end of the parenthesis.
        {"set a (" FIFTY " OR " FIFTY " OR\n       c OR\n       d OR  # why\n       e OR\n       f)\n",
         "set a (" FIFTY " OR\n       " FIFTY " OR c OR d OR  # why\n       e OR\n       f)\n"},
        {"set a ((" FIFTY " OR " FIFTY ") OR\n       c OR\n       d)\n",
         "set a ((" FIFTY " OR\n        " FIFTY ") OR\n       c OR\n       d)\n"},
        // A comment may be as long as it likes, and what has no place to break at.
        {"set a (b OR  # " FIFTY FIFTY "\n       c)\n", "set a (b OR  # " FIFTY FIFTY "\n       c)\n"},
        {"set a \"" FIFTY " " FIFTY "\"\n", "set a \"" FIFTY " " FIFTY "\"\n"},
        {"set a " FIFTY " NEAR/3 " FIFTY "\n", "set a " FIFTY " NEAR/3 " FIFTY "\n"},
        // Wide characters take two columns.
        {"set a (" WIDE_30 " OR " WIDE_10 " OR " TEN "bbbb)\n", "set a (" WIDE_30 " OR " WIDE_10 " OR\n       " TEN "bbbb)\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i].text, cases[i].expected);
}

static bool trees_are_same(const struct expr *a, const struct expr *b)
{
    bool is_same = a->kind == b->kind && a->fields == b->fields && a->number == b->number &&
                   a->is_exact == b->is_exact && a->is_caseless == b->is_caseless && a->is_scoped == b->is_scoped &&
                   a->n_children == b->n_children && str_eq(a->text, b->text);
    size_t n_joins = a->kind != EXPR_NEAR ? 0 : a->is_scoped ? a->n_children : a->n_children - 1;
    for (size_t i = 0; is_same && i < n_joins; i++)
        is_same = a->joins[i].link == b->joins[i].link && a->joins[i].distance == b->joins[i].distance;
    for (size_t i = 0; is_same && i < a->n_children; i++)
        is_same = trees_are_same(a->children[i], b->children[i]);
    return is_same;
}

static struct expr *tree_of(const struct conf_node *node, struct arena *a, struct diags *ds)
{
    const struct conf_value *v = &node->args[node->n_args - 1];
    struct str word = node->spec->word;
    enum expr_role role = str_eq(word, S("set")) ? EXPR_SET_BODY : str_eq(word, S("unless")) ? EXPR_UNLESS : EXPR_WHEN;
    return expr_parse(node->source, v->at, v->n, role, a, ds);
}

// Fails unless both lists of statements say the same; returns how many expressions they have.
static size_t compare_statements(const struct conf_node *a, const struct conf_node *b, struct arena *arena)
{
    size_t n = 0;
    struct diags ds;
    diags_init(&ds);
    for (; a && b; a = a->next, b = b->next) {
        bool is_same = a->spec == b->spec && a->n_args == b->n_args;
        for (size_t i = 0; is_same && i < a->n_args; i++)
            if (a->spec->args[i < CONF_ARGS_MAX ? i : 0].type != CONF_EXPRESSION)
                is_same = str_eq(a->args[i].text, b->args[i].text);
            else
                n++, is_same = trees_are_same(tree_of(a, arena, &ds), tree_of(b, arena, &ds));
        if (!is_same)
            fail_msg("%.*s: another one at %zu", STR_ARG(a->source->name), a->at);
        n += compare_statements(a->first, b->first, arena);
    }
    assert_true(!a && !b);
    diags_done(&ds);
    return n;
}

// Formats twice. Returns how many expressions were compared; 0 where it does not parse.
static size_t check_meaning(struct str name, struct str text)
{
    struct conf before, after;
    struct diags ds;
    struct arena arena;
    size_t n = 0;
    diags_init(&ds);
    arena_init(&arena, 1 << 30);
    if (conf_parse(&before, file_tables, name, text, NULL, &ds)) {
        struct buf once = format_by(file_tables, text), twice = format_by(file_tables, buf_str(&once));
        assert_str(buf_str(&once), buf_z(&twice));
        assert_true(conf_parse(&after, file_tables, name, buf_str(&once), NULL, &ds));
        n = compare_statements(before.first, after.first, &arena);
        conf_done(&after);
        buf_done(&once);
        buf_done(&twice);
    }
    diags_done(&ds);
    conf_done(&before);
    arena_done(&arena);
    return n;
}

static void every_rule_file_means_what_it_meant(void **state)
{
    (void)state;
    const char *top = getenv("FEEDWATCH_TOP");
    glob_t files = {0};
    size_t n = 0;
    if (top)
        assert_int_equal(chdir(top), 0);
    glob("systemd/example/rules.d/*.rules", 0, NULL, &files);
    glob("tests/golden/diags/*.rules", GLOB_APPEND, NULL, &files);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct buf text;
        buf_init(&text, 16 << 20);
        assert_true(file_read(files.gl_pathv[i], &text));
        n += check_meaning(str_of(files.gl_pathv[i]), buf_str(&text));
        buf_done(&text);
    }
    globfree(&files);
    assert_true(n > 200);
}

// Words of any length in groups of any depth, lines and comments where they may be.
static void random_group(struct rng *rng, struct buf *b, unsigned depth)
{
    static const char *const joints[] = {" OR ", " OR\n", "\n OR ", " AND ", " OR # why (\n", "\n# why\n AND ", " "};
    bool is_list = depth > 0 && rng_below(rng, 6) == 0, is_inside = depth > 0;
    buf_add(b, is_list ? S("2 OF (") : is_inside ? S("(") : S(""));
    for (uint64_t i = 0, n = 3 + rng_below(rng, 9); i < n; i++) {
        if (i)
            buf_add(b, is_list ? S(", ") : str_of(joints[is_inside ? rng_below(rng, 7) : 3 * rng_below(rng, 2)]));
        if (depth < 4 && rng_below(rng, 4) == 0)
            random_group(rng, b, depth + 1);
        else
            buf_addf(b, "w%.*s", (int)rng_below(rng, 40), "ordwordwordwordwordwordwordwordwordwordword");
    }
    buf_add(b, is_inside ? S(")") : S(""));
}

static void random_long_expressions_mean_what_they_meant(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct rng rng;
        struct buf text;
        char name[32];
        rng_init(&rng, seed);
        buf_init(&text, 1 << 20);
        buf_add(&text, S("rule a {\n when "));
        random_group(&rng, &text, 0);
        buf_add(&text, S("\n unless "));
        random_group(&rng, &text, 1);
        buf_add(&text, S("\n}\n"));
        snprintf(name, sizeof name, "seed %llu", (unsigned long long)seed);
        assert_int_equal(check_meaning(str_of(name), buf_str(&text)), 2);
        buf_done(&text);
    }
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
                                         "-bad", "\"x\"~3", "AT&T", "перемир*", "停火", "@set", "a#b", "\u201Ctwo  (words\u201D", "\u00ABone, #two\""};
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

// Tells whether `after` is `before` but for pairs of parentheses, which a long expression gets around it.
static bool is_same_but_for_pairs(struct str before, struct str after)
{
    size_t i = 0;
    int opened = 0, closed = 0;
    for (size_t k = 0; k < after.n; k++) {
        if (i < before.n && before.p[i] == after.p[k])
            i++;
        else if (after.p[k] == '(')
            opened++;
        else if (after.p[k] == ')')
            closed++;
        else
            return false;
    }
    return i == before.n && opened == closed;
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
        if (!str_eq(buf_str(&once), buf_str(&twice)) || !is_same_but_for_pairs(buf_str(&before), buf_str(&after)))
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
        cmocka_unit_test(a_phrase_in_typographic_quotes_is_one_piece),
        cmocka_unit_test(a_block_is_followed_by_an_empty_line),
        cmocka_unit_test(what_does_not_parse_is_not_touched),
        cmocka_unit_test(an_expression_that_cannot_be_read_stays_as_it_is),
        cmocka_unit_test(a_line_over_100_columns_is_broken),
        cmocka_unit_test(every_rule_file_means_what_it_meant),
        cmocka_unit_test(random_long_expressions_mean_what_they_meant),
        cmocka_unit_test(formatting_is_idempotent_and_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
