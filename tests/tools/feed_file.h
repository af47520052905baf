// SPDX-License-Identifier: MIT
//
// Feeds for tests: files read whole, parsed in pieces of any size, written as JSON to compare.
#ifndef TESTS_TOOLS_FEED_FILE_H
#define TESTS_TOOLS_FEED_FILE_H

#include "base/arena.h"
#include "feeds/parse.h"

// Reads a file into the arena. Returns the empty view where there is none.
struct str feed_file_read(struct arena *a, const char *path);

// Calls fn for each file under a directory whose name ends in one of the suffixes (NULL ends the list), in the order
// of their paths. Returns how many there were.
size_t feed_file_each(const char *directory, const char *const *suffixes, void (*fn)(void *context, const char *path),
                      void *context);

// Parses body in pieces: of `piece` bytes, or, where piece is 0, of random lengths from `seed`.
struct document *feed_file_parse(const struct parse_options *options, struct str body, size_t piece, uint64_t seed,
                                 struct arena *a);

#endif
