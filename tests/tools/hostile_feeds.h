// SPDX-License-Identifier: MIT
//
// Feeds made to cost much: one row a class of attack, used by the unit test (which counts) and the bench (which times).
#ifndef TESTS_TOOLS_HOSTILE_FEEDS_H
#define TESTS_TOOLS_HOSTILE_FEEDS_H

#include "base/buf.h"

#define HOSTILE_RSS "<rss version=\"2.0\"><channel><title>T</title>"
#define HOSTILE_END "<item><title>last</title><guid>last</guid></item></channel></rss>"

// head, unit `count` times, tail.
struct hostile {
    const char *name, *head, *unit, *tail;
    size_t count;
    bool finds_last; // the item behind the attack, with the id "last", is read
    const char *why;
};


extern const struct hostile hostile_feeds[];
extern const size_t hostile_feeds_n;

// Returns the feed with its unit `count` times; the caller owns it.
struct buf hostile_make(const char *head, const char *unit, size_t count, const char *tail);

#endif
