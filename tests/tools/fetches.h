// SPDX-License-Identifier: MIT
//
// Fetches of one feed, one after the other, for the tests of feeds/identity: rows are items, letters are verdicts.
#ifndef TESTS_TOOLS_FETCHES_H
#define TESTS_TOOLS_FETCHES_H

#include "base/hash.h"
#include "feeds/identity.h"

struct row {
    const char *id, *link, *title, *text;
    int64_t day; // of its date, 0: none
};

struct scene {
    struct arena arena;
    struct hash_key key;
    struct str marks;
    struct judge_options options;
    struct judgement last;
    const char *site;
    int64_t day;
};

enum { DAY_ONE = 20000 };

// Opens a scene at DAY_ONE without marks; closes it.
void open_scene(struct scene *s);
void close_scene(struct scene *s);

// An item as feeds/parse would make it.
struct item item_of(const struct row *r);

// Fetches a document and compares a letter an item: N new, E edited, K known, R rekeyed, O old, C copy. Then fetches it
// again, which must find nothing new and change nothing. Fails the test with `line`.
void fetch_at(struct scene *s, const char *expected, const struct row *rows, size_t n, int line);

#define FETCH(s, expected, ...)                                                                                        \
    fetch_at((s), (expected), (const struct row[]){__VA_ARGS__},                                                       \
             sizeof((const struct row[]){__VA_ARGS__}) / sizeof(struct row), __LINE__)

#endif
