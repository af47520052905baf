// SPDX-License-Identifier: MIT
//
// No input makes matching superlinear. Each case is run at a size and at four times that size; what it costs may grow
// tenfold at most (a quadratic case grows sixteenfold). Cost is counted in instructions of this thread where the kernel
// lets one count them, else in its CPU time, the least of several runs: never the time on a clock. Beside it stand the
// limits: what is refused, at check, before any work is done.
#include "tests/tools/check.h"

#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "rules/check.h"
#include "rules/explain.h"
#include "rules/load.h"

enum { GROWTH_MAX = 10, FACTOR = 4, RUNS = 5 };

static const struct conf_spec *const tables[] = {rules_specs, NULL};

// ---- what it costs ----

static int counter_open(void)
{
    struct perf_event_attr attr = {.type = PERF_TYPE_HARDWARE, .size = sizeof attr,
                                   .config = PERF_COUNT_HW_INSTRUCTIONS, .exclude_kernel = 1, .exclude_hv = 1};
    return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static uint64_t cost_now(int counter)
{
    uint64_t n = 0;
    if (counter >= 0 && read(counter, &n, sizeof n) == sizeof n)
        return n;
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

struct bench {
    struct conf conf;
    struct rules rules;
    struct diags ds;
    struct ruleset *set;
};

static void open_bench(struct bench *b, struct str text, const struct conf_loader *loader)
{
    *b = (struct bench){0};
    diags_init(&b->ds);
    conf_parse(&b->conf, tables, S("a.rules"), text, loader, &b->ds);
    rules_read(&b->rules, &b->conf, loader, &b->ds);
    b->set = b->ds.errors ? NULL : rules_compile(&b->rules, 1, &b->ds);
}

static void close_bench(struct bench *b)
{
    ruleset_unref(b->set);
    diags_done(&b->ds);
    rules_done(&b->rules);
    conf_done(&b->conf);
}

// ---- texts that grow ----

struct growing {
    const char *why;
    const char *rule;  // the expression of `when`, and further lines
    const char *piece; // of the text, repeated
    size_t n;          // times, at the small size
};

static struct str repeated(struct buf *out, const char *piece, size_t n)
{
    buf_init(out, SIZE_MAX);
    for (size_t i = 0; i < n; i++)
        buf_add(out, str_of(piece));
    return buf_str(out);
}

static uint64_t cost_of_matching(int counter, struct match_scratch *scratch, const struct ruleset *set, struct str text)
{
    uint64_t least = UINT64_MAX;
    struct arena arena;
    arena_init(&arena, SIZE_MAX / 2);
    for (int i = 0; i < RUNS; i++) {
        struct doc doc = {.title = S("a"), .body = text};
        struct matches found = {0};
        uint64_t before = cost_now(counter);
        match_run(set, scratch, &doc, &arena, &found);
        uint64_t cost = cost_now(counter) - before;
        least = cost < least ? cost : least;
        for (size_t k = 0; k < found.n; k++)
            assert_true(found.list[k].n_hits <= MATCH_HITS_MAX && found.list[k].n_hits <= found.list[k].total);
        arena_reset(&arena);
    }
    arena_done(&arena);
    return least;
}

static const struct growing texts[] = {
    {"one letter", "aaa* OR *aaa* OR aaa~", "a", 524288},
    {"one letter, a regex of it", "/a+b/ AND x", "a", 524288},
    {"one letter, nested repeats", "/(a|aa)+$/ OR /(a*)*b/ OR /(.*)(.*)(.*)x/", "a", 524288},
    {"one letter, then another", "/a+b/ OR /ba+/ OR /a+$/", "a", 60000},
    {"what is no quote", "/\"[^\"]*truce/", "\"many words and no other quote ", 9000},
    {"every place a hit of a regex", "/a/ OR /[a ]/", "a ", 60000},
    {"one word", "a", "a ", 60000},
    {"one word, near itself", "a NEAR/1000 a", "a ", 60000},
    {"near what is not there", "a NEAR/1000 zzz", "a ", 60000},
    {"near at the far end", "(a NEAR/1000 (b OR c)) AND c", "a ", 60000},
    {"a chain", "a NEAR/5 a NEAR/1000 a NEAR/5 a NEAR/1000 a ONEAR/7 a", "a ", 60000},
    {"in order", "a ONEAR/1000 b ONEAR/1000 a", "a a b ", 20000},
    {"in one endless sentence", "a SAME b SAME a", "a b ", 30000},
    {"a phrase of one word", "\"a a a a a a a a\" OR \"a a a a a a a b\"", "a ", 60000},
    {"a phrase with slop", "\"a a a a b\"~100 OR \"a b a b c\"~100", "a b ", 30000},
    {"a scoped veto everywhere", "a\n unless NEAR/1000 (zzz)\n unless NEAR/3 (b)\n unless SAME (c)", "a a a a a b ", 10000},
    {"scoped vetoes that all hold", "a\n unless NEAR/1000 (a)", "a ", 60000},
    {"a veto of long phrases", "b\n unless NEAR/1 (\"a a a a a a a a\"~100)", "a b ", 30000},
    {"compounds", "a-a OR a-a-a-a OR aa", "a-", 60000},
    {"dots", "a.a OR U.S. OR \"a a\"", "a.", 60000},
    {"apostrophes", "a's OR d'or OR \"d or\"", "d'", 60000},
    {"marks on one letter", "a OR aaa*", "\xcc\x81", 60000},
    {"marks on each letter", "a OR ééé* OR *éeé*", "e\xcc\x81", 60000},
    {"what drops out", "a OR aaa*", "\xe2\x80\x8b", 60000},
    {"bad bytes", "a OR aaa*", "\xff\xc3", 60000},
    {"quotes and signs", "a OR c++ OR \"a b\"", "'\"+&.-", 30000},
    {"a word before signs without end", "c++ OR AT&T OR a", "+", 200000},
    {"exact case", "=A OR =a OR =\"a A\" OR =\"A a A\"", "a A ", 30000},
    {"blanks", "a", " ", 524288},
    {"Han", "停火 OR 火停火 OR \"停 火 停\" OR (停 NEAR/1000 火)", "停火", 40000},
    {"Arabic articles", "الهدنة OR وال* OR للل*", "وبالال ", 20000},
    {"sentences", "\"a b\" OR (a SAME b)", "a. b. ", 30000},
    {"counting", "3 OF (a, b, c, a b, a NEAR/2 b)", "a b ", 30000},
};

static void matching_grows_with_the_text_and_no_faster(void **state)
{
    (void)state;
    int counter = counter_open();
    size_t bad = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct bench b;
        struct buf rule, small, large;
        buf_init(&rule, 1 << 16);
        buf_addf(&rule, "rule r {\n when %s\n}\n", texts[i].rule);
        open_bench(&b, buf_str(&rule), NULL);
        if (!b.set)
            fail_msg("%s: %.*s", texts[i].why, STR_ARG(b.ds.list[0].message));
        struct str one = repeated(&small, texts[i].piece, texts[i].n / 2);
        struct str four = repeated(&large, texts[i].piece, texts[i].n / 2 * FACTOR);
        struct match_scratch *scratch = match_scratch_new();
        cost_of_matching(counter, scratch, b.set, four); // buffers grow
        uint64_t less = cost_of_matching(counter, scratch, b.set, one);
        uint64_t more = cost_of_matching(counter, scratch, b.set, four);
        if (getenv("FEEDWATCH_VERBOSE"))
            printf("%-34s %12llu %12llu  x %.1f\n", texts[i].why, (unsigned long long)less, (unsigned long long)more,
                   (double)more / (double)less);
        if (more > less * GROWTH_MAX) {
            print_error("%s: %.1f times the work for %d times the text\n", texts[i].why, (double)more / (double)less,
                        FACTOR);
            bad++;
        }
        match_scratch_free(scratch);
        buf_done(&rule);
        buf_done(&small);
        buf_done(&large);
        close_bench(&b);
    }
    if (counter >= 0)
        close(counter);
    assert_int_equal(bad, 0);
}

// ---- rules that grow ----

// Each makes a file of rules of size n.
static void nested_parentheses(struct buf *out, size_t n)
{
    buf_add(out, S("rule r {\n when "));
    for (size_t i = 0; i < n; i++)
        buf_add_char(out, '(');
    buf_add_char(out, 'a');
    for (size_t i = 0; i < n; i++)
        buf_add_char(out, ')');
    buf_add(out, S("\n}\n"));
}

static void times(struct buf *out, size_t n, const char *before, const char *piece, const char *after)
{
    buf_addf(out, "rule r {\n when %s", before);
    for (size_t i = 0; i < n; i++)
        buf_add(out, str_of(piece));
    buf_addf(out, "%s\n}\n", after);
}

static void nested_nots(struct buf *out, size_t n) { times(out, n, "a AND ", "NOT ", "b"); }
static void nested_dashes(struct buf *out, size_t n) { times(out, n, "a ", "-(", "b"); }
static void nested_fields(struct buf *out, size_t n) { times(out, n, "", "title:", "a"); }
static void nested_counts(struct buf *out, size_t n) { times(out, n, "", "1 OF (", "a"); }
static void open_parentheses(struct buf *out, size_t n) { times(out, n, "", "(", ""); }
static void closing_parentheses(struct buf *out, size_t n) { times(out, n, "a", ")", ""); }
static void many_sames(struct buf *out, size_t n) { times(out, n, "a", " OR a", ""); }
static void many_nears(struct buf *out, size_t n) { times(out, n, "a", " NEAR/5 a", ""); }
static void many_phrases(struct buf *out, size_t n) { times(out, n, "a", " OR \"a a\"", ""); }
static void many_ats(struct buf *out, size_t n) { times(out, n, "a", " OR @b", ""); }
static void many_quotes(struct buf *out, size_t n) { times(out, n, "a", " \"", ""); }
static void many_slashes(struct buf *out, size_t n) { times(out, n, "a", " /", ""); }

static void many_terms(struct buf *out, size_t n)
{
    buf_add(out, S("rule r {\n when a"));
    for (size_t i = 0; i < n; i++)
        buf_addf(out, " OR w%zu", i);
    buf_add(out, S("\n}\n"));
}

static void many_wildcards(struct buf *out, size_t n)
{
    buf_add(out, S("rule r {\n when a"));
    for (size_t i = 0; i < n; i++)
        buf_addf(out, " OR aaa%zu* OR *aaa%zu*", i, i);
    buf_add(out, S("\n}\n"));
}

static void many_vetoes(struct buf *out, size_t n)
{
    buf_add(out, S("rule r {\n when a\n"));
    for (size_t i = 0; i < n; i++)
        buf_addf(out, " unless b%zu\n unless NEAR/3 c%zu\n", i, i);
    buf_add(out, S("}\n"));
}

static void doubling_sets(struct buf *out, size_t n)
{
    buf_add(out, S("set s0 a OR b\n"));
    for (size_t i = 1; i < n; i++)
        buf_addf(out, "set s%zu @s%zu OR @s%zu\n", i, i - 1, i - 1);
    buf_addf(out, "rule r {\n when @s%zu\n}\n", n - 1);
}

static void doubling_lists(struct buf *out, size_t n)
{
    buf_add(out, S("list s0 file x\n"));
    for (size_t i = 1; i < n; i++)
        buf_addf(out, "set s%zu @s%zu OR @s%zu\n", i, i - 1, i - 1);
    buf_addf(out, "rule r {\n when @s%zu NEAR/3 a\n}\n", n - 1);
}

static void chained_sets(struct buf *out, size_t n)
{
    buf_add(out, S("set s0 a OR b\n"));
    for (size_t i = 1; i < n; i++)
        buf_addf(out, "set s%zu @s%zu\n", i, i - 1);
    buf_addf(out, "rule r {\n when @s%zu\n}\n", n - 1);
}

static void backward_sets(struct buf *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_addf(out, "set s%zu @s%zu\n", i, i + 1);
    buf_addf(out, "set s%zu a\nrule r {\n when @s0\n}\n", n);
}

static void sharing_rules(struct buf *out, size_t n)
{
    buf_add(out, S("set s a"));
    for (size_t i = 0; i < 1000; i++)
        buf_addf(out, " OR w%zu", i);
    buf_add_char(out, '\n');
    for (size_t i = 0; i < n; i++)
        buf_addf(out, "rule r%zu {\n when @s NEAR/3 x%zu\n}\n", i, i);
}

static void circles(struct buf *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_addf(out, "set s%zu @s%zu OR @s%zu\n", i, (i + 1) % n, (i + 7) % n);
    buf_add(out, S("rule r {\n when @s0\n}\n"));
}

struct rule_growing {
    const char *why;
    void (*make)(struct buf *out, size_t n);
    size_t n;         // the small size
    int good_up_to;   // sizes of the test are good: 2 both, 1 the small one, 0 none
};

static const struct rule_growing files[] = {
    {"nested parentheses", nested_parentheses, 2500, 0},
    {"NOTs", nested_nots, 2500, 0},
    {"dashes", nested_dashes, 2500, 0},
    {"fields", nested_fields, 2500, 0},
    {"counts", nested_counts, 2500, 0},
    {"open parentheses", open_parentheses, 2500, 0},
    {"closing parentheses", closing_parentheses, 2500, 0},
    {"one word again and again", many_sames, 2500, 2},
    {"a chain of NEARs", many_nears, 2500, 0},
    {"phrases", many_phrases, 2500, 2},
    {"unknown sets", many_ats, 2500, 0},
    {"quotes", many_quotes, 2500, 0},
    {"slashes", many_slashes, 500, 2},
    {"terms", many_terms, 4000, 2},
    {"wildcards that begin alike", many_wildcards, 500, 2},
    {"vetoes", many_vetoes, 500, 2},
    {"sets of sets, doubling", doubling_sets, 10, 1},
    {"sets of a list, doubling", doubling_lists, 10, 1},
    {"sets of sets, a chain", chained_sets, 100, 1},
    {"sets in circles", circles, 500, 0},
    {"sets of sets, backwards", backward_sets, 10000, 0},
    {"rules that share a large set", sharing_rules, 20, 2},
};

static bool find_any(void *context, struct str pattern, struct str from, struct arena *a, struct str **out_paths,
                     size_t *out_n, struct err *err)
{
    (void)context, (void)from, (void)err;
    *out_paths = ARENA_NEW(a, struct str);
    **out_paths = pattern;
    *out_n = 1;
    return true;
}

static bool read_any(void *context, struct str path, struct arena *a, struct str *out_text, struct err *err)
{
    (void)context, (void)path, (void)a, (void)err;
    *out_text = S("x y\nz\n");
    return true;
}

// Reading, compiling, lint, matching and explaining: everything that is done with a rule file.
static uint64_t cost_of_rules(int counter, const struct rule_growing *file, size_t n, bool *out_is_good)
{
    static const struct conf_loader loader = {NULL, find_any, read_any};
    uint64_t least = UINT64_MAX;
    struct buf text, doc_text;
    buf_init(&text, SIZE_MAX);
    file->make(&text, n);
    struct str words = repeated(&doc_text, "a b aaa ", 200);
    for (int i = 0; i < 3; i++) {
        struct bench b;
        struct arena arena;
        arena_init(&arena, SIZE_MAX / 2);
        uint64_t before = cost_now(counter);
        open_bench(&b, buf_str(&text), &loader);
        rules_lint(&b.rules, b.set, NULL, &b.ds);
        *out_is_good = b.set != NULL;
        if (b.set) {
            struct doc doc = {.title = S("a"), .body = words};
            struct matches found = {0};
            struct explanation x;
            struct match_scratch *scratch = match_scratch_new();
            match_run(b.set, scratch, &doc, &arena, &found);
            explain_rule(&b.rules.entries[0], &doc, &arena, &x);
            explanation_done(&x);
            match_scratch_free(scratch);
        }
        close_bench(&b);
        arena_done(&arena);
        uint64_t cost = cost_now(counter) - before;
        least = cost < least ? cost : least;
    }
    buf_done(&text);
    buf_done(&doc_text);
    return least;
}

static void rule_files_cost_what_their_size_says(void **state)
{
    (void)state;
    int counter = counter_open();
    size_t bad = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        bool is_good = false, is_large_good = false;
        uint64_t less = cost_of_rules(counter, &files[i], files[i].n, &is_good);
        uint64_t more = cost_of_rules(counter, &files[i], files[i].n * FACTOR, &is_large_good);
        if (getenv("FEEDWATCH_VERBOSE"))
            printf("%-34s %12llu %12llu  x %.1f  %d\n", files[i].why, (unsigned long long)less,
                   (unsigned long long)more, (double)more / (double)less, is_good + is_large_good);
        if (more > less * GROWTH_MAX || is_good + is_large_good != files[i].good_up_to) {
            print_error("%s: %.1f times the work for %d times the size; good: %d\n", files[i].why,
                        (double)more / (double)less, FACTOR, is_good + is_large_good);
            bad++;
        }
    }
    if (counter >= 0)
        close(counter);
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matching_grows_with_the_text_and_no_faster),
        cmocka_unit_test(rule_files_cost_what_their_size_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
