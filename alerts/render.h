// SPDX-License-Identifier: MIT
//
// Payloads. A body is rendered once, by the writer before the commit, and is identical in every attempt; after an
// upgrade old rows go out as they were rendered. Schema 1 is docs/alert.schema.json; fields are only ever added.
#ifndef ALERTS_RENDER_H
#define ALERTS_RENDER_H

#include "alerts/decide.h"

enum { RENDER_BYTES = 20 * 1024 };      // a body is kept under this by shortening texts and lists
enum { RENDER_BYTES_MAX = 256 * 1024 }; // no body is larger: an article with hostile URLs and names included
enum { RENDER_TERMS_MAX = 20 };         // hits shown of a match; `total` counts all
enum { RENDER_SUMMARY_MAX = 2000 };     // code points of the article's summary
enum { RENDER_SCHEMA = 1 };

struct render_context {
    struct str instance; // its name, of the configuration or the host
    struct str version;  // of feedwatchd
};

// Returns the body, format `standard`, of what was decided: UTF-8 JSON in the arena, at most RENDER_BYTES_MAX.
struct str render_standard(const struct render_context *context, const struct decided *decided, struct arena *arena);

// A format makes one body of a decided alert; `standard` is built first and handed in, so that formats need not walk
// the facts again.
struct render_format {
    struct str name;
    struct str content_type;
    struct str (*render)(const struct render_context *context, const struct decided *decided, struct str standard,
                         struct arena *arena);
};

// Returns the format of a name, or NULL. The table of them is in render.c; "standard" is always there.
const struct render_format *render_format_find(struct str name);

// Returns the i-th format, or NULL past the end: for "did you mean" and `--help`.
const struct render_format *render_format_at(size_t i);

// Fills alert.body of everything decided, and decision->rows and ->bodies, which the store takes: the last step before
// the commit, once a decision.
void render_decision(const struct render_context *context, struct decision *decision, struct arena *arena);

#endif
