// SPDX-License-Identifier: MIT
//
// Articles and rules for bench-match: a real English vocabulary (Debian's wamerican) under a Zipf law, articles of about
// 3 KB, rules of 2 to 6 terms from the same law's middle, and phrases of rules planted in articles. Seeded.
#ifndef TESTS_BENCH_MATCH_CORPUS_H
#define TESTS_BENCH_MATCH_CORPUS_H

#include "base/arena.h"
#include "base/rng.h"
#include "rules/match.h"

enum script { SCRIPT_LATIN, SCRIPT_CYRILLIC, SCRIPT_ARABIC, SCRIPT_HAN };
enum term_style { TERM_WORDS, TERM_WILDCARDS, TERM_STEMS, TERM_REGEXES };

struct bench_rule {
    struct str terms[6]; // words or two-word phrases, lower case, in the script asked for
    size_t n_terms;
    struct str text;     // the expression: (a OR b) AND c ...
};

struct bench_corpus {
    struct arena arena;
    struct rng rng;
    struct str *words; // by rank
    size_t n_words;
    struct bench_rule *rules;
    size_t n_rules;
    struct doc *docs;
    size_t n_docs;
    size_t bytes; // of all docs
};

// Makes the corpus. False with a line on standard error where the word list is not installed.
bool bench_corpus_init(struct bench_corpus *corpus, size_t n_rules, size_t n_docs, enum script script, uint64_t seed);
void bench_corpus_done(struct bench_corpus *corpus);

// Compiles the first n rules, the first term of each in the given style where it is a single word. *out_build_s, where
// not NULL, is set to the CPU seconds that ruleset_build took (without reading the expressions). Aborts on an error.
struct ruleset *bench_corpus_compile(struct bench_corpus *corpus, size_t n, enum term_style style,
                                     double *out_build_s);

// Returns the set with one rule's expression replaced, by way of ruleset_edit.
struct ruleset *bench_corpus_edit(const struct ruleset *set, const char *name, const char *expression);

#endif
