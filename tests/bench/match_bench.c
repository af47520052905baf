// SPDX-License-Identifier: MIT
//
// bench-match: articles a second through the production matcher, beside what others would use for the same words, on one
// core in one run, by CPU time: vectorscan and Aho-Corasick on all literals of all rules (which find words and evaluate
// nothing), PCRE2's JIT with one alternation a rule (as filters in readers do it), grep as a process, and PostgreSQL's
// full-text search the other way round.
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tests/bench/aho_corasick.h"
#include "tests/bench/match_corpus.h"
#include "tests/bench/match_grep.h"
#include "tests/bench/match_postgres.h"
#include "tests/tools/bench.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { DOCS = 1000, SEED = 20261123, ROUNDS = 7, STYLED_RULES = 1000 };

struct work {
    const struct bench_corpus *corpus;
    size_t docs; // of the corpus, for one turn
    const struct ruleset *set;
    struct match_scratch *scratch;
    struct aho *aho;
    uint8_t *seen;
    hs_database_t *database;
    hs_scratch_t *hs_scratch;
    pcre2_code **codes;
    size_t n_codes;
    pcre2_match_data *match_data;
    size_t hits;
};

static void run_ours(void *context)
{
    struct work *w = context;
    struct arena arena;
    arena_init(&arena, SIZE_MAX / 2);
    for (size_t i = 0; i < w->docs; i++) {
        struct matches matches = {0};
        match_run(w->set, w->scratch, &w->corpus->docs[i], &arena, &matches);
        w->hits += matches.n;
        arena_reset(&arena);
    }
    arena_done(&arena);
}

static void run_aho(void *context)
{
    struct work *w = context;
    for (size_t i = 0; i < w->docs; i++)
        w->hits += aho_scan(w->aho, w->corpus->docs[i].title, w->seen) +
                   aho_scan(w->aho, w->corpus->docs[i].body, w->seen);
}

static int on_hit(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
    (void)id, (void)from, (void)to, (void)flags;
    ++*(size_t *)context;
    return 0;
}

static void run_vectorscan(void *context)
{
    struct work *w = context;
    for (size_t i = 0; i < w->docs; i++) {
        const struct doc *doc = &w->corpus->docs[i];
        hs_scan(w->database, doc->title.p, (unsigned)doc->title.n, 0, w->hs_scratch, on_hit, &w->hits);
        hs_scan(w->database, doc->body.p, (unsigned)doc->body.n, 0, w->hs_scratch, on_hit, &w->hits);
    }
}

static void run_pcre(void *context)
{
    struct work *w = context;
    for (size_t i = 0; i < w->docs; i++) {
        struct str body = w->corpus->docs[i].body;
        for (size_t r = 0; r < w->n_codes; r++)
            w->hits += pcre2_jit_match(w->codes[r], (PCRE2_SPTR)body.p, body.n, 0, 0, w->match_data, NULL) > 0;
    }
}

// All terms of the first n rules, in one list (in the corpus' arena).
static struct str *terms_of(struct bench_corpus *c, size_t n, size_t *out_n)
{
    struct str *terms = ARENA_ARRAY(&c->arena, struct str, n * 6);
    *out_n = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t t = 0; t < c->rules[i].n_terms; t++)
            terms[(*out_n)++] = c->rules[i].terms[t];
    return terms;
}

static void build_vectorscan(struct work *w, const struct str *terms, size_t n)
{
    const char **texts = mem_alloc_array(n, sizeof *texts);
    unsigned *flags = mem_alloc_array(n, sizeof *flags), *ids = mem_alloc_array(n, sizeof *ids);
    size_t *lengths = mem_alloc_array(n, sizeof *lengths);
    for (size_t i = 0; i < n; i++) {
        texts[i] = terms[i].p;
        lengths[i] = terms[i].n;
        flags[i] = HS_FLAG_CASELESS;
        ids[i] = (unsigned)i;
    }
    hs_compile_error_t *error = NULL;
    if (hs_compile_lit_multi(texts, flags, ids, lengths, (unsigned)n, HS_MODE_BLOCK, NULL, &w->database, &error) ||
        hs_alloc_scratch(w->database, &w->hs_scratch))
        abort();
    mem_free(texts), mem_free(flags), mem_free(ids), mem_free(lengths);
}

static void build_pcre(struct work *w, const struct bench_corpus *c, size_t n)
{
    w->codes = mem_alloc_array(n, sizeof(pcre2_code *));
    w->n_codes = n;
    for (size_t i = 0; i < n; i++) {
        struct buf b;
        buf_init(&b, 4096);
        buf_add(&b, S("\\b(?:"));
        for (size_t t = 0; t < c->rules[i].n_terms; t++)
            buf_addf(&b, "%s%.*s", t ? "|" : "", STR_ARG(c->rules[i].terms[t]));
        buf_add(&b, S(")\\b"));
        int code = 0;
        PCRE2_SIZE at = 0;
        w->codes[i] = pcre2_compile((PCRE2_SPTR)b.p, b.n, PCRE2_CASELESS | PCRE2_UTF, &code, &at, NULL);
        pcre2_jit_compile(w->codes[i], PCRE2_JIT_COMPLETE);
        buf_done(&b);
    }
    w->match_data = pcre2_match_data_create(1, NULL);
}

static void free_peers(struct work *w)
{
    if (w->aho)
        aho_free(w->aho);
    hs_free_scratch(w->hs_scratch);
    hs_free_database(w->database);
    for (size_t i = 0; i < w->n_codes; i++)
        pcre2_code_free(w->codes[i]);
    pcre2_match_data_free(w->match_data);
    mem_free(w->codes);
    mem_free(w->seen);
}

// grep with all literals, once, in the manner of the race; more rules than 1,000 take it minutes.
static void bench_grep_beside(const struct bench_corpus *c, const struct str *terms, size_t n_terms, double ours)
{
    enum { GREP_DOCS = 200 };
    size_t hits = 0;
    double took_s = bench_grep(c, GREP_DOCS, terms, n_terms, &hits);
    if (took_s <= 0)
        printf("  grep could not be run\n");
    else
        printf("  %-36s %12.1f /s %8.3f x feedwatch, whole rules (%zu hits)\n", "grep -o -F -w -i -f, a process",
               GREP_DOCS / took_s, GREP_DOCS / took_s / ours, hits);
}

// PostgreSQL over as many articles as make a million pairs with the rules: its cost is one of pairs, so few articles tell
// what many do. The matches of ours over the same articles stand beside its own.
static void bench_postgres_beside(const struct work *w, size_t n_rules, double ours)
{
    enum { PAIRS_MAX = 1000000 };
    struct work same = *w;
    same.docs = n_rules * w->docs > PAIRS_MAX ? PAIRS_MAX / n_rules : w->docs;
    same.hits = 0;
    size_t matches = 0;
    double took_s = bench_postgres(w->corpus, same.docs, n_rules, &matches);
    if (took_s <= 0) {
        printf("  PostgreSQL could not be run\n");
        return;
    }
    run_ours(&same);
    printf("  %-36s %12.1f /s %8.3f x feedwatch (%zu articles, %zu matches; feedwatch %zu)\n",
           "PostgreSQL, article @@ each tsquery", (double)same.docs / took_s, (double)same.docs / took_s / ours,
           same.docs, matches, same.hits);
}

// One number of rules: ours beside the peers, and what the set costs to build and to hold.
static void bench_size(struct bench_corpus *c, size_t n_rules, const char *label)
{
    static char name[64];
    printf("%s rules, %zu articles of %zu bytes\n", label, c->n_docs, c->bytes / c->n_docs);
    size_t n_terms = 0;
    const struct str *terms = terms_of(c, n_rules, &n_terms);
    double build_s = 0;
    struct work w = {.corpus = c, .docs = c->n_docs, .scratch = match_scratch_new()};
    w.set = bench_corpus_compile(c, n_rules, TERM_WORDS, &build_s);
    double begun = bench_cpu_seconds();
    w.aho = aho_build(terms, n_terms);
    double aho_s = bench_cpu_seconds() - begun;
    begun = bench_cpu_seconds();
    build_vectorscan(&w, terms, n_terms);
    printf("  built in %.1f ms, %.0f bytes a rule; Aho-Corasick %.0f ms; vectorscan %.0f ms\n", build_s * 1e3,
           (double)ruleset_engine_bytes(w.set) / (double)n_rules, aho_s * 1e3, (bench_cpu_seconds() - begun) * 1e3);
    w.seen = mem_alloc(n_terms);
    struct work few = w;
    bool with_pcre = n_rules <= 1000;
    if (with_pcre) {
        build_pcre(&few, c, n_rules);
        few.docs = n_rules <= 100 ? 200 : 20;
    }
    struct contender race[] = {
        {"feedwatch, whole rules", run_ours, &w, (double)w.docs, 0},
        {"vectorscan, literals only", run_vectorscan, &w, (double)w.docs, 0},
        {"Aho-Corasick, literals only", run_aho, &w, (double)w.docs, 0},
        {"PCRE2 JIT, a rule at a time", run_pcre, &few, (double)few.docs, 0},
    };
    bench_race_cpu(race, with_pcre ? 4 : 3, ROUNDS);
    if (with_pcre)
        bench_grep_beside(c, terms, n_terms, race[0].median);
    bench_postgres_beside(&w, n_rules, race[0].median);
    snprintf(name, sizeof name, "match_%s_articles_s", label);
    bench_result(name, race[0].median, "articles/s");
    if (n_rules == 1000)
        bench_result("match_1k_ratio_vectorscan", race[0].median / race[1].median, "ratio");
    if (n_rules == 100000) {
        bench_result("match_100k_build_ms", build_s * 1e3, "ms");
        bench_result("match_bytes_rule", (double)ruleset_engine_bytes(w.set) / (double)n_rules, "bytes");
    }
    ruleset_unref(w.set);
    match_scratch_free(w.scratch);
    free_peers(&few);
}

// Edits one rule of 100,000 and looks until an article matches it: the median of several edits.
static void bench_edit(struct bench_corpus *c)
{
    struct ruleset *set = bench_corpus_compile(c, c->n_rules, TERM_WORDS, NULL);
    struct match_scratch *scratch = match_scratch_new();
    struct doc doc = {.title = S("Zyzzogeton seen at the harbour"), .lang = S("en")};
    double took[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        struct arena arena;
        arena_init(&arena, SIZE_MAX / 2);
        char name[32];
        snprintf(name, sizeof name, "r%d", i * 1009);
        double begun = bench_cpu_seconds();
        struct ruleset *edited = bench_corpus_edit(set, name, "zyzzogeton AND harbour");
        struct matches matches = {0};
        match_run(edited, scratch, &doc, &arena, &matches);
        took[i] = (bench_cpu_seconds() - begun) * 1e3;
        if (matches.n != 1)
            abort();
        ruleset_unref(edited);
        arena_done(&arena);
    }
    bench_result("match_edit_ms", bench_median(took, ROUNDS), "ms");
    ruleset_unref(set);
    match_scratch_free(scratch);
}

// 1,000 rules with one term each of a dearer kind, beside the same rules with words: the cost as a multiple.
static void bench_styles(struct bench_corpus *c)
{
    static const struct { enum term_style style; const char *label, *result; } styles[] = {
        {TERM_WORDS, "words", NULL},
        {TERM_WILDCARDS, "wildcards", "match_wildcard_ratio"},
        {TERM_STEMS, "stems", "match_stem_ratio"},
        {TERM_REGEXES, "regexes", "match_regex_ratio"},
    };
    enum { N = sizeof styles / sizeof *styles };
    printf("%d rules with one term each of another kind\n", STYLED_RULES);
    struct work work[N];
    struct contender race[N];
    for (size_t i = 0; i < N; i++) {
        work[i] = (struct work){.corpus = c, .docs = c->n_docs, .scratch = match_scratch_new()};
        work[i].set = bench_corpus_compile(c, STYLED_RULES, styles[i].style, NULL);
        race[i] = (struct contender){styles[i].label, run_ours, &work[i], (double)c->n_docs, 0};
    }
    bench_race_cpu(race, N, ROUNDS);
    for (size_t i = 0; i < N; i++) {
        if (styles[i].result)
            bench_result(styles[i].result, race[0].median / race[i].median, "times the cost of words");
        ruleset_unref(work[i].set);
        match_scratch_free(work[i].scratch);
    }
}

// Bytes a second of other scripts beside English, 1,000 rules each; the worst of them is the result.
static void bench_scripts(void)
{
    static const char *const names[] = {"Latin", "Cyrillic", "Arabic", "Han"};
    struct bench_corpus corpora[4];
    struct work work[4];
    struct contender race[4];
    printf("scripts, bytes a second, 1000 rules\n");
    for (int i = 0; i < 4; i++) {
        if (!bench_corpus_init(&corpora[i], 1000, DOCS / 2, (enum script)i, SEED))
            exit(1);
        work[i] = (struct work){.corpus = &corpora[i], .docs = DOCS / 2, .scratch = match_scratch_new()};
        work[i].set = bench_corpus_compile(&corpora[i], 1000, TERM_WORDS, NULL);
        race[i] = (struct contender){names[i], run_ours, &work[i], (double)corpora[i].bytes, 0};
    }
    bench_race_cpu(race, 4, ROUNDS);
    double worst = race[1].median;
    for (int i = 0; i < 4; i++) {
        worst = i && race[i].median < worst ? race[i].median : worst;
        ruleset_unref(work[i].set);
        match_scratch_free(work[i].scratch);
        bench_corpus_done(&corpora[i]);
    }
    bench_result("match_multilingual_ratio", worst / race[0].median, "ratio");
}

int main(void)
{
    struct bench_corpus corpus;
    if (!bench_corpus_init(&corpus, 100000, DOCS, SCRIPT_LATIN, SEED))
        return 1;
    bench_size(&corpus, 100, "100");
    bench_size(&corpus, 1000, "1k");
    bench_size(&corpus, 10000, "10k");
    bench_size(&corpus, 100000, "100k");
    bench_edit(&corpus);
    bench_styles(&corpus);
    bench_scripts();
    bench_corpus_done(&corpus);
    return 0;
}
