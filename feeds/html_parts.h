// SPDX-License-Identifier: MIT
//
// What html.c and html_map.c share: one reading of HTML or plain text.
#ifndef FEEDS_HTML_PARTS_H
#define FEEDS_HTML_PARTS_H

#include "feeds/html.h"

struct html_reading {
    struct str text; // in the arena, or the very bytes read
    size_t n_tags;
    bool is_same;    // the text has the same bytes as what was read
};

// Reads `in` once. A map that is not NULL is filled: empty where the text is the very bytes read.
struct html_reading html_read(struct str in, bool is_plain, struct html_map *map, struct arena *a);

// Adds the next piece to a map: it begins where the text ends so far. One that continues the last one joins it.
void html_map_add(struct html_map *map, struct html_piece piece, struct arena *a);

#endif
