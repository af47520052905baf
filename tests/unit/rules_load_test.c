// SPDX-License-Identifier: MIT
//
// rules/load, check and explain: from text to verdicts. Broken files are in tests/golden/diags.
#include "tests/tools/check.h"

#include "rules/check.h"
#include "rules/explain.h"

static const struct conf_spec *const tables[] = {rules_specs, NULL};

struct bench {
    struct conf conf;
    struct rules rules;
    struct diags ds;
    struct ruleset *set;
    struct arena arena;
};

static void open_bench(struct bench *b, const char *text, const struct conf_loader *loader)
{
    *b = (struct bench){0};
    diags_init(&b->ds);
    arena_init(&b->arena, 16 << 20);
    conf_parse(&b->conf, tables, S("a.rules"), str_of(text), NULL, &b->ds);
    rules_read(&b->rules, &b->conf, loader, &b->ds);
    b->set = b->ds.errors ? NULL : rules_compile(&b->rules, 1, &b->ds);
}

static void close_bench(struct bench *b)
{
    ruleset_unref(b->set);
    diags_done(&b->ds);
    rules_done(&b->rules);
    conf_done(&b->conf);
    arena_done(&b->arena);
}

static bool matches(struct bench *b, const char *title, const char *body)
{
    struct match_scratch *scratch = match_scratch_new();
    struct doc doc = {.title = str_of(title), .body = str_of(body)};
    struct matches found = {0};
    match_run(b->set, scratch, &doc, &b->arena, &found);
    match_scratch_free(scratch);
    return found.n > 0;
}

static void every_property_reaches_the_rule(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b,
               "rule talks {\n title \"Talks\"\n when truce\n severity critical\n tags a b\n notify desk\n"
               " throttle 30/1h\n group none\n feeds tag:world name:\"Example World\"\n hours 22:00-06:00 Europe/Kyiv\n"
               " on changed\n was old\n note \"why\"\n test match \"truce\"\n}\n",
               NULL);
    assert_int_equal(b.ds.errors, 0);
    const struct rule *r = ruleset_find(b.set, S("talks"));
    assert_str(r->title, "Talks");
    assert_int_equal(r->severity, SEVERITY_CRITICAL);
    assert_int_equal(r->n_tags, 2);
    assert_str(r->tags[1], "b");
    assert_str(r->notify[0], "desk");
    assert_int_equal(r->throttle_max, 30);
    assert_int_equal(r->throttle_per_ms, 3600000);
    assert_int_equal(r->group, GROUP_NONE);
    assert_true(r->scope[0].is_tag);
    assert_str(r->scope[1].value, "Example World");
    assert_int_equal(r->hours_from_minute, 22 * 60);
    assert_int_equal(r->hours_to_minute, 6 * 60);
    assert_str(r->hours_zone, "Europe/Kyiv");
    assert_int_equal(r->on, ON_CHANGED);
    assert_str(r->was, "old");
    assert_str(r->note, "why");
    assert_str(r->query, "truce");
    close_bench(&b);
}

static void a_rule_without_properties_has_the_defaults(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b, "rule talks {\n when truce\n}\n", NULL);
    const struct rule *r = ruleset_find(b.set, S("talks"));
    assert_int_equal(r->severity, SEVERITY_NOTICE);
    assert_int_equal(r->group, GROUP_STORY);
    assert_int_equal(r->on, ON_MATCH);
    assert_false(r->has_hours);
    assert_int_equal(r->throttle_max, 0);
    close_bench(&b);
}

static bool find_beside(void *context, struct str pattern, struct str from, struct arena *a, struct str **out_paths,
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

static bool read_context(void *context, struct str path, struct arena *a, struct str *out_text, struct err *err)
{
    (void)path;
    (void)a;
    (void)err;
    *out_text = *(const struct str *)context;
    return true;
}

static void a_set_is_used_by_any_name_that_it_may_have(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "_a", "-a", ".a", ":a", "a:b", "a-b_c.d:", "перемирря", "1"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct buf text;
        buf_init(&text, 4096);
        buf_addf(&text, "set %s truce\nrule x {\n when (@%s NEAR/3 talks) OR 2 OF (@%s, envoy)\n}\n", names[i], names[i],
                 names[i]);
        struct bench b;
        open_bench(&b, buf_z(&text), NULL);
        assert_int_equal(b.ds.errors, 0);
        assert_true(matches(&b, "A truce, talks", ""));
        close_bench(&b);
        buf_done(&text);
    }
}

static void a_list_is_one_phrase_a_line(void **state)
{
    (void)state;
    struct str text = S("# towns\nEl Fasher\r\n\n  Khan Younis  \n#Rafah\n");
    const struct conf_loader loader = {&text, find_beside, read_context};
    struct bench b;
    open_bench(&b, "list towns file towns.txt\nrule shelling {\n when @towns AND shelling\n}\n", &loader);
    assert_int_equal(b.rules.n_lists, 1);
    assert_int_equal(b.rules.lists[0].n_phrases, 2);
    assert_true(matches(&b, "Shelling in Khan Younis", ""));
    assert_false(matches(&b, "Shelling in Rafah", ""));
    close_bench(&b);
}

static void a_list_holds_a_hundred_thousand_phrases_and_no_more(void **state)
{
    (void)state;
    for (int over = 0; over <= 1; over++) {
        struct buf text;
        buf_init(&text, 8 << 20);
        for (int i = 0; i < LIST_ENTRIES_MAX + over; i++)
            buf_addf(&text, "town%d\n", i);
        struct str view = buf_str(&text);
        const struct conf_loader loader = {&view, find_beside, read_context};
        struct bench b;
        open_bench(&b, "list towns file towns.txt\nrule shelling {\n when @towns\n}\n", &loader);
        assert_int_equal(b.ds.errors, over);
        if (!over)
            assert_true(matches(&b, "To town99999", ""));
        close_bench(&b);
        buf_done(&text);
    }
}

// A list of one phrase of n words.
static size_t errors_of_phrase(size_t n, bool *out_matches)
{
    struct buf text, title;
    buf_init(&text, 1 << 16);
    buf_init(&title, 1 << 16);
    for (size_t i = 0; i < n; i++)
        buf_addf(&title, "%sw%zu", i ? " " : "", i);
    buf_addf(&text, "rule a {\n when \"%s\" OR @l\n}\nlist l file x\n", buf_z(&title));
    struct str view = buf_str(&title);
    const struct conf_loader loader = {&view, find_beside, read_context};
    struct bench b;
    open_bench(&b, buf_z(&text), &loader);
    size_t errors = b.ds.errors;
    *out_matches = !errors && matches(&b, buf_z(&title), "");
    close_bench(&b);
    buf_done(&text);
    buf_done(&title);
    return errors;
}

static void a_phrase_has_sixty_four_words_and_no_more(void **state)
{
    (void)state;
    bool is_match;
    assert_int_equal(errors_of_phrase(PHRASE_WORDS_MAX, &is_match), 0);
    assert_true(is_match);
    assert_int_equal(errors_of_phrase(PHRASE_WORDS_MAX + 1, &is_match), 2); // in the rule and in the list
}

// A character of three bytes may be six words, and a long name is few.
static void words_of_a_phrase_are_counted_whatever_their_bytes(void **state)
{
    static const struct {
        const char *unit;
        int n;
        bool is_too_long;
    } cases[] = {
        {"\u3316", 10, false}, {"\u3316", 11, true}, {"\u3316", 21, true},
        {"Общество ", 64, false}, {"Общество ", 65, true}, {"Aktiengesellschaft ", 64, false}, {"a-", 65, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf text;
        buf_init(&text, 1 << 16);
        for (int k = 0; k < cases[i].n; k++)
            buf_add(&text, str_of(cases[i].unit));
        if ((expr_phrase_words(buf_str(&text)) > PHRASE_WORDS_MAX) != cases[i].is_too_long)
            fail_msg("%d of %s: %zu words", cases[i].n, cases[i].unit, expr_phrase_words(buf_str(&text)));
        buf_done(&text);
    }
}

static size_t errors_of(struct buf *text)
{
    struct bench b;
    open_bench(&b, buf_z(text), NULL);
    size_t errors = b.ds.errors;
    close_bench(&b);
    buf_done(text);
    return errors;
}

static void a_chain_of_nears_has_sixty_four_operands_and_no_more(void **state)
{
    (void)state;
    for (size_t over = 0; over <= 1; over++) {
        struct buf text;
        buf_init(&text, 1 << 16);
        buf_add(&text, S("rule a {\n when a"));
        for (size_t i = 1; i < NEAR_OPERANDS_MAX + over; i++)
            buf_add(&text, S(" NEAR/3 a"));
        buf_add(&text, S("\n}\n"));
        assert_int_equal(errors_of(&text), over);
    }
}

// In either order of the file.
static void sets_are_nested_a_hundred_deep_and_no_deeper(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        size_t over = i & 1, n = SETS_DEPTH_MAX + over, is_backwards = i >> 1;
        struct buf text;
        buf_init(&text, 1 << 16);
        for (size_t k = 0; k <= n; k++) {
            size_t which = is_backwards ? k : n - k;
            if (which == n)
                buf_addf(&text, "set s%zu truce\n", which);
            else
                buf_addf(&text, "set s%zu @s%zu\n", which, which + 1);
        }
        buf_add(&text, S("rule a {\n when @s0\n}\n"));
        assert_int_equal(errors_of(&text) > 0, over);
    }
}

static void a_rule_has_twenty_thousand_terms_and_no_more(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        bool over = i & 1, has_set = i >> 1;
        struct buf text;
        buf_init(&text, 1 << 20);
        buf_add(&text, has_set ? S("set s w") : S("rule a {\n when w"));
        size_t n = (size_t)EXPR_TERMS_MAX + over - has_set;
        for (size_t k = 1; k < n; k++)
            buf_addf(&text, " OR w%zu", k);
        buf_add(&text, has_set ? S("\nrule a {\n when @s OR x\n}\n") : S("\n}\n"));
        assert_int_equal(errors_of(&text), over);
    }
}

static void a_throttle_may_be_off(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b, "rule a {\n when truce\n throttle off\n}\nrule b {\n when truce\n}\n", NULL);
    assert_int_equal(ruleset_find(b.set, S("a"))->throttle_max, 0);
    assert_true(ruleset_find(b.set, S("a"))->throttle_per_ms > 0);
    assert_int_equal(ruleset_find(b.set, S("b"))->throttle_per_ms, 0);
    close_bench(&b);
}

static void a_rule_may_stand_before_its_set(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b, "rule a {\n when @x\n}\nset x @y OR truce\nset y armistice\n", NULL);
    assert_true(matches(&b, "An armistice", ""));
    close_bench(&b);
}

static void two_rules_cannot_take_one_history(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b, "rule a {\n when x1\n was old\n}\nrule b {\n when x2\n was old\n}\n", NULL);
    assert_int_equal(b.ds.errors, 1);
    assert_str(b.ds.list[0].message, "was old: rule a took its history already");
    close_bench(&b);
}

// An archive in which every word is as common as its number says: w5 stands in 5 % of it.
static bool share_in_name(void *context, const struct expr *term, double *out_share)
{
    uint64_t percent = 0;
    ++*(size_t *)context;
    if (!str_to_u64(str_from(term->text, 1), 100, &percent))
        return false;
    *out_share = (double)percent / 100;
    return true;
}

static void a_term_in_more_than_a_twentieth_of_the_archive_is_told(void **state)
{
    (void)state;
    struct bench b;
    size_t asked = 0;
    const struct check_archive archive = {&asked, share_in_name};
    open_bench(&b,
               "set s w6 OR w5\nrule a {\n when (w7 OR w4) AND \"w8\" AND @s AND title:w9 AND feed:w50 AND lang:w60\n"
               " unless w10 OR tag:w70 OR w11*\n test match \"x\"\n}\n",
               NULL);
    rules_lint(&b.rules, b.set, &archive, &b.ds);
    static const char *const told[] = {"w6", "w7", "w8", "w9", "w10"};
    size_t n = 0;
    for (size_t i = 0; i < b.ds.n; i++) {
        struct str m = b.ds.list[i].message;
        if (str_find(m, S("of the articles in the archive")) == m.n)
            continue;
        assert_true(n < 5 && str_find(m, str_of(told[n])) == 1);
        n++;
    }
    assert_int_equal(n, 5);
    assert_int_equal(asked, 7); // what is no text of the article is not asked about
    close_bench(&b);
}

static void a_test_leaves_feeds_hours_and_on_aside(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b,
               "rule a {\n when truce\n feeds name:\"Example World\" tag:wire\n hours 01:00-02:00 UTC\n on changed\n"
               " test match \"a truce\"\n test match \"a truce\" feed:Other tag:other\n test reject \"a game\"\n}\n",
               NULL);
    assert_int_equal(b.ds.errors, 0);
    assert_int_equal(rules_test(&b.rules, b.set, &b.ds), 3);
    assert_int_equal(b.ds.errors, 0);
    assert_false(matches(&b, "a truce", "")); // an article is of a feed
    close_bench(&b);
}

static void a_test_s_text_is_title_and_body(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b,
               "rule a {\n when title:head AND body:text AND lang:uk AND feed:\"World News\"\n"
               " test match \"head\\ntext\" lang:uk feed:\"World News\"\n test reject \"text\\nhead\" lang:uk\n}\n",
               NULL);
    assert_int_equal(rules_test(&b.rules, b.set, &b.ds), 2);
    assert_int_equal(b.ds.errors, 0);
    close_bench(&b);
}

static struct explanation explain(struct bench *b, const char *title)
{
    struct explanation x;
    struct doc doc = {.title = str_of(title)};
    explain_rule(&b->rules.entries[0], &doc, &b->arena, &x);
    return x;
}

static void an_explanation_names_what_decides(void **state)
{
    (void)state;
    static const struct { const char *title, *reason; } cases[] = {
        {"Truce talks", "it matches by title: [Truce] talks"},
        {"Truce", "`(talks OR envoy*)` is not there"},
        {"Talks about peace", "`truce` is not there"},
        {"Truce talks in a video game", "`\"video game\"` vetoes it (unless): title: Truce talks in a [video game]"},
        {"The band Truce talks", "`band` vetoes it (unless): title: The [band] Truce talks"},
    };
    struct bench b;
    open_bench(&b,
               "rule a {\n when truce AND (talks OR envoy*)\n unless \"video game\" OR multiplayer\n"
               " unless NEAR/3 (band OR album)\n}\n",
               NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct explanation x = explain(&b, cases[i].title);
        struct buf reason;
        buf_init(&reason, 4096);
        explain_reason(&x, &reason);
        assert_str(buf_str(&reason), cases[i].reason);
        buf_done(&reason);
        explanation_done(&x);
    }
    close_bench(&b);
}

static void an_explanation_agrees_with_the_matcher(void **state)
{
    (void)state;
    static const char *const titles[] = {"a1 b2", "a1", "b2 c3 d4", "a1 d4", "c3 b2 a1", "d4 c3", "a1 b2 c3 d4", ""};
    static const char *const rules[] = {
        "rule r {\n when a1 AND NOT b2\n}\n",        "rule r {\n when 2 OF (a1, b2, c3)\n unless d4\n}\n",
        "rule r {\n when title:(a1 OR b2) c3\n}\n", "rule r {\n when (a1 ONEAR/1 b2) OR (c3 -b2)\n}\n",
    };
    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++) {
        struct bench b;
        open_bench(&b, rules[r], NULL);
        for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
            struct explanation x = explain(&b, titles[i]);
            assert_int_equal(x.is_match, matches(&b, titles[i], ""));
            bool is_vetoed = false;
            for (size_t j = 1; j < x.n_parts; j++)
                is_vetoed = is_vetoed || x.parts[j].nodes[0].holds;
            assert_int_equal(x.is_match, x.parts[0].nodes[0].holds && !is_vetoed);
            explanation_done(&x);
        }
        close_bench(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_property_reaches_the_rule),
        cmocka_unit_test(a_rule_without_properties_has_the_defaults),
        cmocka_unit_test(a_set_is_used_by_any_name_that_it_may_have),
        cmocka_unit_test(a_list_is_one_phrase_a_line),
        cmocka_unit_test(a_list_holds_a_hundred_thousand_phrases_and_no_more),
        cmocka_unit_test(a_phrase_has_sixty_four_words_and_no_more),
        cmocka_unit_test(words_of_a_phrase_are_counted_whatever_their_bytes),
        cmocka_unit_test(a_chain_of_nears_has_sixty_four_operands_and_no_more),
        cmocka_unit_test(sets_are_nested_a_hundred_deep_and_no_deeper),
        cmocka_unit_test(a_rule_has_twenty_thousand_terms_and_no_more),
        cmocka_unit_test(a_throttle_may_be_off),
        cmocka_unit_test(a_rule_may_stand_before_its_set),
        cmocka_unit_test(two_rules_cannot_take_one_history),
        cmocka_unit_test(a_term_in_more_than_a_twentieth_of_the_archive_is_told),
        cmocka_unit_test(a_test_leaves_feeds_hours_and_on_aside),
        cmocka_unit_test(a_test_s_text_is_title_and_body),
        cmocka_unit_test(an_explanation_names_what_decides),
        cmocka_unit_test(an_explanation_agrees_with_the_matcher),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
