// SPDX-License-Identifier: MIT
//
// Feeds for benches that run the real daemon against an origin of a scene.
#ifndef TESTS_BENCH_VALLEYS_H
#define TESTS_BENCH_VALLEYS_H

#include "tests/tools/scene.h"

// Serves at ADDRESS/feed an RSS feed of `items` items, each a truce in another valley; `feed` tells the feeds apart. The
// items of a shorter serving are those of a longer one, so that only the rest is new.
void valleys_serve(struct scene *s, const char *address, unsigned feed, unsigned items);

#endif
