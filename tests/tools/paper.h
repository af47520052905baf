// SPDX-License-Identifier: MIT
//
// A newspaper of a scene: a feed at an address of its own that grows as the scene goes on. Each change is served with
// a new entity tag and date, the newest article first, as papers do it.
#ifndef TESTS_TOOLS_PAPER_H
#define TESTS_TOOLS_PAPER_H

#include "tests/tools/press.h"
#include "tests/tools/scene.h"

enum { PAPER_SHOWN = 40 }; // of all that it has printed, the newest

struct paper {
    struct scene *scene;
    const char *address, *path;
    struct press_feed feed;
    struct press_article *articles; // newest first
    size_t n, room;
    unsigned version;
    struct origin_reply manner; // how it is served: body, type, etag and modified are filled in
};

// Makes a paper without an article and serves it at http://ADDRESS:PORT/feed.
void paper_open(struct paper *p, struct scene *s, const char *address, enum press_format format);

// Prints an article and serves it. guid is its id; the text of the body is `html`, or "<p>TITLE</p>" where NULL.
void paper_print(struct paper *p, const char *guid, const char *title, const char *html);

// Prints n articles "PREFIX-1", ... whose titles hold the word, and serves them at once.
void paper_print_many(struct paper *p, const char *prefix, const char *word, size_t n);

// Changes the title of an article that is out already.
void paper_edit(struct paper *p, const char *guid, const char *title);

// Serves what is printed again in the present manner (which a scene changes in p->manner).
void paper_serve(struct paper *p);

// Returns its feed statement for the configuration: private addresses allowed, a poll every 10 minutes, then `more`.
const char *paper_config(struct paper *p, const char *more);

const char *paper_url(struct paper *p);
size_t paper_polls(const struct paper *p);
const struct origin_seen *paper_last_poll(const struct paper *p);

#endif
