// SPDX-License-Identifier: MIT
//
// Lists of feeds in OPML (1.0, 1.1, 2.0), to and from other readers.
#ifndef FEEDS_OPML_H
#define FEEDS_OPML_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"

enum { OPML_FEEDS_MAX = 100000, OPML_DEPTH_MAX = 32 };

struct opml_feed {
    struct str url;   // xmlUrl, trimmed
    struct str title; // text, else title
    struct str site;  // htmlUrl
    const struct str *tags; // the folders it stands in, outermost first, and its categories; no doubles
    size_t n_tags;
    uint32_t line;
};

struct opml {
    struct str title;
    struct opml_feed *feeds; // in order; an address that stands twice comes once, with the tags of both
    size_t n_feeds;
    size_t n_without_url;    // outlines with type="rss" or no children that name no feed
    size_t n_dropped;        // beyond OPML_FEEDS_MAX
};

// Reads a list, mending what a browser would; false where the text holds no <opml> or no outline. All in the arena.
bool opml_read(struct str text, struct arena *a, struct opml *out, struct err *err) MUST_CHECK;

// Appends a list as OPML 2.0, folders by first tag, with `now` as its date.
void opml_write(const struct opml *list, wall_t now, struct buf *out);

#endif
