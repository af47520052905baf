// SPDX-License-Identifier: MIT
//
// What fields.c and fields_more.c share.
#ifndef FEEDS_FIELDS_PARTS_H
#define FEEDS_FIELDS_PARTS_H

#include "feeds/build.h"

enum {
    LIST_MAX = 1000,        // elements kept of each list of an item or the feed; real ones have a few dozen
    LIST_COMPARED_MAX = 64, // of a list's elements, to find doubles: a hostile item has thousands
    KEYWORDS_MAX = 256,     // of one keyword list
};

// Decodes base64 with white space in it; false where it is none, or what comes out is no UTF-8 text.
bool base64_text(struct arena *a, struct str encoded, struct str *out);

// Keeps the image of an item or the feed, by the rank of the element that names it.
void field_set_image(struct builder *b, enum build_place place, enum element element, struct str url);

// Reads a date and keeps it, by rank.
void field_set_date(struct builder *b, enum build_place place, enum field field, enum rank rank, struct str text);

// Reads a person's text and keeps it.
struct person person_keep(struct builder *b, struct str text);

// A part of a person, of an item's source.
void person_part(struct builder *b, struct str text);
void source_part(struct builder *b, struct str text);

// What tells when to ask again: ttl, hours, days, sy:*.
void schedule_end(struct builder *b, struct str text);

#endif
