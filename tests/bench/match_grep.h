// SPDX-License-Identifier: MIT
//
// grep as a matcher: all literals of all rules over a stream of articles, one a line.
#ifndef TESTS_BENCH_MATCH_GREP_H
#define TESTS_BENCH_MATCH_GREP_H

#include "tests/bench/match_corpus.h"

// Runs `grep -o -F -w -i -f` with the terms over the first n_docs articles of the corpus, each fed to it as a line.
// Returns the seconds of CPU that it took, its start included, and in *out_hits the lines it printed; negative: it
// could not be run.
double bench_grep(const struct bench_corpus *c, size_t n_docs, const struct str *terms, size_t n_terms,
                  size_t *out_hits);

#endif
