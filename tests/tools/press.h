// SPDX-License-Identifier: MIT
//
// Prints articles as a feed: what the origins of scenes, the simulation and the demo serve.
#ifndef TESTS_TOOLS_PRESS_H
#define TESTS_TOOLS_PRESS_H

#include "base/buf.h"
#include "base/clock.h"

enum press_format { PRESS_RSS, PRESS_ATOM, PRESS_RDF, PRESS_JSON };

struct press_article {
    const char *guid;  // NULL: none
    const char *link;  // NULL: none
    const char *title; // text; escaped as the format asks
    const char *html;  // the body as HTML; NULL: none
    wall_t published;  // 0: none
};

struct press_feed {
    enum press_format format;
    const char *title, *link;
    const char *encoding; // as iconv knows it; NULL: UTF-8
    const char *extra;    // markup put into the channel as it stands; NULL: none
};

// Appends the feed to out.
void press_print(const struct press_feed *feed, const struct press_article *articles, size_t n, struct buf *out);

#endif
