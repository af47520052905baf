// SPDX-License-Identifier: MIT
//
// docs/rules.md and feedwatch-rules(5) say of the language what it does: each expression in a table finds what its row
// says and passes over what it must, each example loads, and the tests in it hold.
#include "tests/tools/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "rules/check.h"
#include "tests/tools/folder.h"

struct example {
    const char *said;   // as the manual writes it: an expression, or a statement
    const char *finds;  // arguments of `test match`, ' for "
    const char *passes; // of `test reject`
};

static const struct example examples[] = {
    // Words
    {"truce", "'A #Truce’s end'", "'truces'"},
    {"cease-fire", "'ceasefire'", "'We cease. Fire!'"},
    {"ceasefire", "'A cease-fire'", "'cease fire'"},
    {"\"peace deal\"", "'A peace deal'", "'Peace. Deal done'"},
    {"\"peace deal\"~3", "'peace and a fair deal'", "'peace and a very fair deal'"},
    {"перемир*", "'Перемирие'", "'мир'"},
    {"*missile*", "'antimissiles'", "'miss'"},
    {"negotiate~", "'They negotiated' lang:en", "'They negated' lang:en"},
    {"=Turkey", "'Turkey votes'", "'TURKEY and a turkey'"},
    {"=\"White House\"", "'the White House'", "'a white house'"},
    {"停火", "'加沙停火谈判'", "'停 战 火'"},
    {"/BTR-\\d+[A-Z]?/", "'a BTR-82A'", "'a btr-82a'"},
    {"AT&T", "'AT&T pays'", "'AT and T'"},
    {"c++", "'In C++'", "'In C'"},
    {"U.S.", "'U.S. envoys'", "'us'"},
    // Joining words
    {"truce talks", "'Talks\\nA truce.'", "'truce'"},
    {"truce AND talks", "'Talks\\nA truce.'", "'talks'"},
    {"truce OR armistice", "'armistice'", "'talks'"},
    {"truce NOT game", "'truce'", "'truce\\na game'"},
    {"truce -game", "'truce'", "'truce\\na game'"},
    {"2 OF (truce, talks, envoy*)", "'Envoys at talks'", "'envoys and an envoy'"},
    {"(truce OR armistice) talks", "'armistice talks'", "'talks'"},
    // Near each other
    {"truce NEAR/12 talks", "'talks 2 3 4 5 6 7 8 9 10 11 12 truce'", "'talks 2 3 4 5 6 7 8 9 10 11 12 13 truce'"},
    {"peace ONEAR/2 (deal OR plan*)", "'peace and plans'", "'peace and a deal'"},
    {"convoy SAME attack*", "'An attack, they say, on a convoy.'", "'Attacks go on. A convoy left.'"},
    {"a NEAR/5 b NEAR/5 c", "'a 2 3 4 5 b 2 3 4 5 c'", "'a 2 3 4 5 b 2 3 4 5 6 c'"},
    // How do I write: the table counts the steps from word to word
    {"truce OR talks", "'talks'", "'game'"},
    {"unless game", "'truce'", "'truce game'"},
    {"truce NEAR/10 talks", "'talks 2 3 4 5 6 7 8 9 10 truce'", "'talks 2 3 4 5 6 7 8 9 10 11 truce'"},
    {"truce ONEAR/10 talks", "'truce 2 3 4 5 6 7 8 9 10 talks'", "'talks truce'"},
    {"truce SAME talks", "'A truce, and talks.'", "'A truce. Talks follow.'"},
    {"unless NEAR/6 (band OR album)", "'Truce, a band\\nFar from there, in quite other lands, a truce holds.'",
     "'Truce, a new album'"},
    {"truce NEAR/1000 truce", "'One truce\\nAnother truce, and a truce.'", "'One truce'"},
    {"negotiat*", "'negotiators'", "'renegotiate'"},
    {"/missiles?\\b/i", "'Antimissiles'", "'missilery'"},
    {"apple ONEAR/1 orchard*", "'apple orchards'", "'apple and orchards'"},
    {"/organi[sz]ation/i", "'Organisations'", "'organiation'"},
    {"ceasefire OR ceasfire", "'a ceasfire'", "'a cesefire'"},
    {"élan", "'ELAN'", "'elanus'"},
    {"/élan/", "'avec élan'", "'with elan'"},
    {"/tr.ce/i", "'Traces'", "'tres'"},
    {"title:truce", "'truce'", "'x\\ntruce'"},
    {"title:(truce OR talks)", "'talks'", "'x\\ntalks'"},
    {"summary:truce", "'x' summary:truce", "'truce\\ntruce'"},
    {"body:truce", "'x\\ntruce'", "'truce'"},
    {"author:\"Jane Doe\"", "'x' author:'By Jane Doe'", "'Jane Doe' author:'Jane Roe'"},
    {"category:world", "'x' category:'World news'", "'world' category:sport"},
    {"url:\"example.org\"", "'x' url:'https://www.example.org/1'", "'x' url:'https://example.com/1'"},
    {"url:\"example.org/world\"", "'x' url:'https://example.org/world/1'", "'x' url:'https://example.org/sport/1'"},
    {"feeds name:\"Example World\"", NULL, NULL}, // a test does not look at feeds
    {"feeds tag:world", NULL, NULL},
    {"lang:uk", "'x' lang:uk-UA", "'x' lang:ru"},
    {"/#truce\\b/i", "'A #Truce'", "'A truce'"},
    {"severity critical", NULL, NULL},
    {"set truce  ceasefire OR armistice", "'armistice'", "'truce'"},
    {"@truce", "'armistice'", "'truce'"},
    {"list towns file towns.txt", "'in El Fasher'", "'in Fasher'"},
    {"@towns", "'in El Fasher'", "'in Fasher'"},
    {"truce # why", "'truce'", "'why'"},
};

enum { N_EXAMPLES = sizeof examples / sizeof *examples };

static const struct conf_spec *const tables[] = {rules_specs, NULL};

static void page_read(const char *name, struct buf *out)
{
    const char *top = getenv("FEEDWATCH_TOP");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", top ? top : ".", name);
    buf_init(out, 1 << 20);
    if (!file_read(path, out))
        fail_msg("%s cannot be read", path);
}

static bool find_named(void *context, struct str pattern, struct str from, struct arena *a, struct str **out_paths,
                       size_t *out_n, struct err *err)
{
    (void)context;
    (void)from;
    (void)err;
    *out_paths = ARENA_NEW(a, struct str);
    **out_paths = pattern;
    *out_n = 1;
    return true;
}

static bool read_towns(void *context, struct str path, struct arena *a, struct str *out_text, struct err *err)
{
    (void)context;
    (void)path;
    (void)a;
    (void)err;
    *out_text = S("El Fasher\nKhan Younis\n");
    return true;
}

// Loads a text of rules and runs the tests in it; prints what is wrong. Adds to *tests those that ran.
static bool holds(struct str text, size_t *tests)
{
    static const struct conf_loader loader = {NULL, find_named, read_towns};
    struct conf conf = {0};
    struct rules rules = {0};
    struct diags ds;
    struct buf told;
    diags_init(&ds);
    buf_init(&told, 1 << 20);
    conf_parse(&conf, tables, S("the manual"), text, NULL, &ds);
    rules_read(&rules, &conf, &loader, &ds);
    struct ruleset *set = ds.errors ? NULL : rules_compile(&rules, 1, &ds);
    if (set)
        *tests += rules_test(&rules, set, &ds);
    diags_render(&ds, false, &told);
    bool is_good = ds.errors == 0;
    if (!is_good)
        print_error("%s\nin\n%.*s\n", buf_z(&told), STR_ARG(text));
    buf_done(&told);
    ruleset_unref(set);
    diags_done(&ds);
    rules_done(&rules);
    conf_done(&conf);
    return is_good;
}

static void add_test(struct buf *out, const char *kind, const char *arguments)
{
    if (!arguments)
        return;
    buf_addf(out, "    test %s ", kind);
    for (const char *c = arguments; *c; c++)
        buf_add_char(out, *c == '\'' ? '"' : *c);
    buf_add_char(out, '\n');
}

// What stands in a line of a rule; all else in the tables is an expression.
static bool is_property(struct str text)
{
    static const char *const words[] = {"when ", "unless ", "feeds ", "severity "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(text, str_of(words[i])))
            return true;
    return false;
}

// Writes a file around something of the manual, with the sets that the manual speaks of; the rule is left open.
static void add_rule(struct buf *out, struct str said)
{
    bool is_set = str_starts(said, S("set ")), is_list = str_starts(said, S("list "));
    buf_addf(out, "%s%s", is_set ? "" : "set truce ceasefire OR armistice\n", is_list ? "" : "list towns file towns.txt\n");
    buf_addf(out, "set nature storm\nset armed troops\n");
    if (is_set || is_list)
        buf_addf(out, "%.*s\nrule x {\n    when %s\n", STR_ARG(said), is_set ? "@truce" : "@towns");
    else if (str_starts(said, S("when ")))
        buf_addf(out, "rule x {\n    %.*s\n", STR_ARG(said));
    else if (is_property(said))
        buf_addf(out, "rule x {\n    when truce\n    %.*s\n", STR_ARG(said));
    else
        buf_addf(out, "rule x {\n    when %.*s\n", STR_ARG(said));
}

static void each_example_finds_what_its_row_says(void **state)
{
    (void)state;
    size_t wrong = 0, tests = 0, expected = 0;
    for (size_t i = 0; i < N_EXAMPLES; i++) {
        struct buf text;
        buf_init(&text, 1 << 16);
        add_rule(&text, str_of(examples[i].said));
        add_test(&text, "match", examples[i].finds);
        add_test(&text, "reject", examples[i].passes);
        buf_addf(&text, "}\n");
        expected += (size_t)(examples[i].finds != NULL) + (size_t)(examples[i].passes != NULL);
        wrong += !holds(buf_str(&text), &tests);
        buf_done(&text);
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(tests, expected);
}

// Marks the examples that stand between ` in a cell. Returns how many there are that no example has.
static size_t mark_cell(struct str cell, bool *is_said)
{
    size_t unknown = 0;
    while (cell.p) {
        str_cut(&cell, '`');
        if (!cell.p)
            break;
        struct str span = str_cut(&cell, '`');
        size_t i = 0;
        while (i < N_EXAMPLES && !str_eq(span, str_of(examples[i].said)))
            i++;
        if (i < N_EXAMPLES)
            is_said[i] = true;
        else
            print_error("no example says what `%.*s` finds\n", STR_ARG(span));
        unknown += i == N_EXAMPLES;
    }
    return unknown;
}

// The tables of a section: marks what stands in the column (0 is the first).
static size_t mark_section(struct str page, const char *heading, int column, bool *is_said)
{
    size_t at = str_find(page, str_of(heading));
    assert_true(at < page.n);
    struct str rest = str_from(page, at + strlen(heading));
    size_t unknown = 0;
    while (rest.p) {
        struct str line = str_cut(&rest, '\n');
        if (str_starts(line, S("## ")))
            break;
        if (!str_starts(line, S("| ")))
            continue;
        str_cut(&line, '|');
        for (int i = 0; i < column; i++)
            str_cut(&line, '|');
        unknown += mark_cell(str_cut(&line, '|'), is_said);
    }
    return unknown;
}

static void each_expression_of_the_tables_is_an_example(void **state)
{
    (void)state;
    bool is_said[N_EXAMPLES] = {false};
    struct buf page;
    page_read("docs/rules.md", &page);
    size_t wrong = mark_section(buf_str(&page), "\n## Words\n", 0, is_said) +
                   mark_section(buf_str(&page), "\n## Joining words\n", 0, is_said) +
                   mark_section(buf_str(&page), "\n## Near each other\n", 0, is_said) +
                   mark_section(buf_str(&page), "\n## How do I write ...\n", 1, is_said);
    for (size_t i = 0; i < N_EXAMPLES; i++) {
        if (!is_said[i])
            print_error("the manual no longer says `%s`\n", examples[i].said);
        wrong += !is_said[i];
    }
    buf_done(&page);
    assert_int_equal(wrong, 0);
}

// A block of the manual: a whole file, or lines of rules, each by itself.
static bool block_holds(struct str block, size_t *tests)
{
    if (!is_property(block))
        return holds(block, tests);
    bool is_good = true;
    while (block.p) {
        struct str line = str_cut(&block, '\n');
        if (line.n == 0)
            continue;
        struct buf text;
        buf_init(&text, 1 << 16);
        add_rule(&text, line);
        buf_addf(&text, "}\n");
        is_good &= holds(buf_str(&text), tests);
        buf_done(&text);
    }
    return is_good;
}

static void each_block_of_rules_loads_and_its_tests_hold(void **state)
{
    (void)state;
    static const char open[] = "\n```rules\n", close[] = "\n```\n";
    struct buf page;
    page_read("docs/rules.md", &page);
    size_t blocks = 0, wrong = 0, tests = 0;
    struct str rest = buf_str(&page);
    for (size_t at; (at = str_find(rest, str_of(open))) < rest.n; blocks++) {
        rest = str_from(rest, at + sizeof open - 1);
        size_t n = str_find(rest, str_of(close));
        wrong += !block_holds(str_head(rest, n), &tests);
        rest = str_from(rest, n);
    }
    assert_int_equal(str_find(buf_str(&page), S("```\nrule ")), page.n); // none is left without its mark
    buf_done(&page);
    assert_int_equal(wrong, 0);
    assert_true(blocks >= 5);
    assert_true(tests >= 5);
}

static void the_rule_of_the_man_page_loads_and_its_tests_hold(void **state)
{
    (void)state;
    struct buf page;
    page_read("docs/feedwatch-rules.5", &page);
    size_t at = str_find(buf_str(&page), S("\nset "));
    struct str text = str_from(buf_str(&page), at + 1);
    size_t tests = 0;
    assert_true(holds(str_head(text, str_find(text, S(".Ed"))), &tests));
    assert_int_equal(tests, 2);
    buf_done(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_example_finds_what_its_row_says),
        cmocka_unit_test(each_expression_of_the_tables_is_an_example),
        cmocka_unit_test(each_block_of_rules_loads_and_its_tests_hold),
        cmocka_unit_test(the_rule_of_the_man_page_loads_and_its_tests_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
