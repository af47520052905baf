// SPDX-License-Identifier: MIT
//
// A plain Aho-Corasick automaton (Aho and Corasick, CACM 18(6), 1975) over bytes with ASCII case folded: a peer for
// bench-match. It only finds words; it evaluates no rule, knows no word bounds, folds nothing else.
#ifndef TESTS_BENCH_AHO_CORASICK_H
#define TESTS_BENCH_AHO_CORASICK_H

#include "base/str.h"

struct aho;

// Builds the automaton of n words; their numbers are their places in the list.
struct aho *aho_build(const struct str *words, size_t n);
void aho_free(struct aho *a);

// Scans the text and sets seen[word] = 1 for each word found; returns how many occurrences there were.
size_t aho_scan(const struct aho *a, struct str text, uint8_t *seen);

#endif
