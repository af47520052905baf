// SPDX-License-Identifier: MIT
//
// The feeds that an HTML page offers: <link rel="alternate" type="application/rss+xml" href="...">, streaming, as
// the page arrives. Only tags are looked at; scripts, styles and comments are passed over.
#ifndef FEEDS_ADVERTISED_H
#define FEEDS_ADVERTISED_H

#include "base/buf.h"
#include "feeds/document.h"

enum { ADVERTISED_MAX = 32 }; // a page offers a handful; a blog with a feed a category a dozen

struct advertised {
    struct arena *arena;
    struct document *doc;
    struct str base;     // the page's address, or its <base href>
    struct buf tag;      // of the tag at hand, from behind its '<'
    int state;
    char quote;
    uint32_t matched;    // characters of a closing mark
    char before;         // last character of the tag that was not white space
    bool has_base;
    uint32_t n_links;    // of feeds, doubles too
    struct str script;   // the end tag of an element that holds text only
};

// Makes a scanner that adds to doc->advertised, in the arena.
void advertised_init(struct advertised *s, struct arena *arena, struct document *doc, struct str url);
void advertised_done(struct advertised *s);

// Reads the next piece of the page, UTF-8.
void advertised_read(struct advertised *s, struct str text);

#endif
