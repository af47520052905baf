// SPDX-License-Identifier: MIT
//
// PostgreSQL as a matcher: a table of rules, each a tsquery, and articles asked for the rules that they satisfy. That is
// its full-text search the other way round, as alerts are built on it.
#ifndef TESTS_BENCH_MATCH_POSTGRES_H
#define TESTS_BENCH_MATCH_POSTGRES_H

#include "tests/bench/match_corpus.h"

// Joins the first n_docs articles of the corpus with its first n_rules rules in a scratch cluster. Returns the seconds
// of CPU that the statement took (the median of three after one to warm up; loading, planning and start are left out),
// and in *out_matches the pairs that it found; negative: PostgreSQL is not installed or failed.
double bench_postgres(const struct bench_corpus *c, size_t n_docs, size_t n_rules, size_t *out_matches);

#endif
