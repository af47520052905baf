// SPDX-License-Identifier: MIT
//
// Articles and rules for bench-match. See match_corpus.h.
#include "tests/bench/match_corpus.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "rules/expr.h"
#include "tests/tools/bench.h"

enum {
    WORDS_MAX = 40000,     // what a newspaper uses in years
    DOC_BYTES = 3000,
    RULE_RANK_FIRST = 150, // the most frequent words are nobody's watch words
    PLANTED_PERMILLE = 30, // of sentences: a phrase of some rule
};

static const char word_list[] = "/usr/share/dict/american-english";

// Reads the list, keeps plain lower-case words and gives them ranks by a seeded shuffle that prefers short ones: real
// frequencies are not needed, their shape is.
static bool read_words(struct bench_corpus *c)
{
    FILE *file = fopen(word_list, "re");
    if (!file) {
        fprintf(stderr, "bench: %s is not there; `make bench-deps` installs it\n", word_list);
        return false;
    }
    char line[128];
    c->words = ARENA_ARRAY(&c->arena, struct str, WORDS_MAX);
    while (c->n_words < WORDS_MAX && fgets(line, sizeof line, file)) {
        struct str word = str_trim(str_of(line));
        bool is_plain = word.n >= 3 && word.n <= 12;
        for (size_t i = 0; i < word.n; i++)
            is_plain = is_plain && word.p[i] >= 'a' && word.p[i] <= 'z';
        if (is_plain && rng_below(&c->rng, 2))
            c->words[c->n_words++] = arena_str(&c->arena, word);
    }
    fclose(file);
    for (size_t i = c->n_words - 1; i > 0; i--) {
        size_t j = rng_below(&c->rng, i + 1);
        bool is_better = c->words[j].n <= c->words[i].n || i > c->n_words / 2;
        if (is_better) {
            struct str swapped = c->words[i];
            c->words[i] = c->words[j];
            c->words[j] = swapped;
        }
    }
    return c->n_words > 1000;
}

// Spells every word with letters of another script; a Han word is two to four characters.
static void respell(struct bench_corpus *c, enum script script)
{
    for (size_t i = 0; i < c->n_words && script != SCRIPT_LATIN; i++) {
        struct str word = c->words[i];
        struct buf b;
        buf_init(&b, 64);
        size_t letters = script == SCRIPT_HAN ? (word.n + 2) / 4 + 1 : word.n;
        for (size_t k = 0; k < letters; k++) {
            uint32_t letter = (uint32_t)(word.p[k] - 'a');
            if (script == SCRIPT_CYRILLIC)
                utf8_add(&b, 0x430 + letter);
            else if (script == SCRIPT_ARABIC)
                utf8_add(&b, 0x628 + letter % 18);
            else
                utf8_add(&b, 0x4E00 + (uint32_t)((i * 7 + k * 977 + letter * 131) % 3000));
        }
        c->words[i] = arena_str(&c->arena, buf_str(&b));
        buf_done(&b);
    }
}

// A rank under Zipf's law (exponent 1, by inversion of its harmonic sum).
static size_t zipf(struct bench_corpus *c, size_t first)
{
    double low = log((double)first + 1), high = log((double)c->n_words);
    return (size_t)exp(low + (high - low) * rng_unit(&c->rng)) - 1;
}

static void make_rule(struct bench_corpus *c, struct bench_rule *rule)
{
    rule->n_terms = 2 + rng_below(&c->rng, 5);
    for (size_t t = 0; t < rule->n_terms; t++) {
        struct str word = c->words[zipf(c, RULE_RANK_FIRST)];
        bool is_phrase = rng_below(&c->rng, 4) == 0;
        rule->terms[t] = is_phrase ? arena_fmt(&c->arena, "%.*s %.*s", STR_ARG(word),
                                               STR_ARG(c->words[zipf(c, RULE_RANK_FIRST)]))
                                   : word;
    }
}

static void add_term(struct buf *b, struct str term, enum term_style style, size_t index)
{
    bool is_phrase = str_find_char(term, ' ') < term.n;
    bool is_styled = !is_phrase && style != TERM_WORDS && index == 0;
    if (is_phrase)
        buf_addf(b, "\"%.*s\"", STR_ARG(term));
    else if (!is_styled)
        buf_add(b, term);
    else if (style == TERM_WILDCARDS)
        buf_addf(b, "%.*s*", STR_ARG(str_head(term, term.n > 5 ? term.n - 2 : term.n)));
    else if (style == TERM_STEMS)
        buf_addf(b, "%.*s~", STR_ARG(term));
    else
        buf_addf(b, "/\\b%.*ss?\\b/i", STR_ARG(term));
}

// (a OR b) AND c: the first terms are alternatives, the last is required; rules of two terms are a AND b.
static struct str rule_text(struct arena *arena, const struct bench_rule *rule, enum term_style style)
{
    struct buf b;
    buf_init(&b, 4096);
    size_t alternatives = rule->n_terms - 1;
    buf_add(&b, S("("));
    for (size_t t = 0; t < alternatives; t++) {
        if (t)
            buf_add(&b, S(" OR "));
        add_term(&b, rule->terms[t], style, t);
    }
    buf_add(&b, S(") AND "));
    add_term(&b, rule->terms[alternatives], TERM_WORDS, alternatives);
    struct str text = arena_str(arena, buf_str(&b));
    buf_done(&b);
    return text;
}

static void make_doc(struct bench_corpus *c, struct doc *doc)
{
    struct buf b;
    buf_init(&b, DOC_BYTES + 1024);
    size_t words_in_sentence = 0;
    while (b.n < DOC_BYTES) {
        bool is_planted = rng_below(&c->rng, 1000) < PLANTED_PERMILLE;
        const struct bench_rule *rule = &c->rules[rng_below(&c->rng, c->n_rules)];
        struct str word = is_planted ? rule->terms[rng_below(&c->rng, rule->n_terms)] : c->words[zipf(c, 0)];
        size_t at = b.n;
        buf_add(&b, word);
        if (words_in_sentence == 0 && b.p[at] >= 'a' && b.p[at] <= 'z')
            b.p[at] = (char)(b.p[at] - 32);
        bool is_end = ++words_in_sentence > 8 && rng_below(&c->rng, 8) == 0;
        buf_add(&b, is_end ? S(". ") : S(" "));
        words_in_sentence = is_end ? 0 : words_in_sentence;
    }
    struct str text = arena_str(&c->arena, buf_str(&b));
    size_t title_end = 70;
    while (title_end < text.n && text.p[title_end] != ' ')
        title_end++;
    *doc = (struct doc){.title = str_head(text, title_end), .body = str_from(text, title_end + 1), .lang = S("en")};
    c->bytes += text.n;
    buf_done(&b);
}

bool bench_corpus_init(struct bench_corpus *c, size_t n_rules, size_t n_docs, enum script script, uint64_t seed)
{
    *c = (struct bench_corpus){0};
    arena_init(&c->arena, SIZE_MAX / 2);
    rng_init(&c->rng, seed);
    if (!read_words(c)) {
        bench_corpus_done(c);
        return false;
    }
    respell(c, script);
    c->n_rules = n_rules;
    c->rules = ARENA_ARRAY(&c->arena, struct bench_rule, n_rules);
    for (size_t i = 0; i < n_rules; i++)
        make_rule(c, &c->rules[i]);
    c->n_docs = n_docs;
    c->docs = ARENA_ARRAY(&c->arena, struct doc, n_docs);
    for (size_t i = 0; i < n_docs; i++)
        make_doc(c, &c->docs[i]);
    return true;
}

void bench_corpus_done(struct bench_corpus *c)
{
    arena_done(&c->arena);
    *c = (struct bench_corpus){0};
}

static void die(const struct diags *ds)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    diags_render(ds, false, &b);
    fprintf(stderr, "bench: the rules do not compile:\n%s", buf_z(&b));
    abort();
}

// Parses an expression, checks it and returns it as a rule's source; source and tree live in the arena.
static struct rule_source rule_of(struct str name, struct str text, const struct expr_sets *sets, struct arena *arena,
                                  struct diags *ds)
{
    struct source *source = ARENA_NEW(arena, struct source);
    *source = (struct source){name, text};
    struct expr *when = expr_parse(source, 0, text.n, EXPR_WHEN, arena, ds);
    if (!expr_check(when, EXPR_WHEN, source, sets, ds))
        die(ds);
    return (struct rule_source){.rule = {.name = name, .query = text}, .when = when, .source = source};
}

struct ruleset *bench_corpus_compile(struct bench_corpus *c, size_t n, enum term_style style, double *out_build_s)
{
    assert(n <= c->n_rules);
    struct arena arena;
    arena_init(&arena, SIZE_MAX / 2);
    struct diags ds;
    diags_init(&ds);
    struct expr_sets sets;
    expr_sets_init(&sets, &arena);
    if (!expr_sets_link(&sets, &ds))
        die(&ds);
    struct ruleset_builder *builder = ruleset_builder_new(7);
    for (size_t i = 0; i < n; i++) {
        struct rule_source rule = rule_of(arena_fmt(&arena, "r%zu", i), rule_text(&arena, &c->rules[i], style), &sets,
                                          &arena, &ds);
        ruleset_builder_add(builder, &rule);
    }
    double begun = bench_cpu_seconds();
    struct ruleset *set = ruleset_build(builder, &ds);
    if (out_build_s)
        *out_build_s = bench_cpu_seconds() - begun;
    if (!set)
        die(&ds);
    diags_done(&ds);
    arena_done(&arena);
    return set;
}

struct ruleset *bench_corpus_edit(const struct ruleset *old, const char *name, const char *expression)
{
    struct arena arena;
    arena_init(&arena, SIZE_MAX / 2);
    struct diags ds;
    diags_init(&ds);
    struct expr_sets sets;
    expr_sets_init(&sets, &arena);
    struct rule_source rule = rule_of(str_of(name), str_of(expression), &sets, &arena, &ds);
    struct ruleset *set = ruleset_edit(old, &rule, 1, NULL, 0, &ds);
    if (!set)
        die(&ds);
    diags_done(&ds);
    arena_done(&arena);
    return set;
}
