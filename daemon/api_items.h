// SPDX-License-Identifier: MIT
//
// Archived items for those who match them again: replay, explain, lint. The daemon answers them in pages of raw
// documents (GET /api/v1/items), because whoever replays has rules of his own and the whole matcher at hand; where no
// daemon runs, feedwatchctl makes the same pages itself from the files.
//
//   page:  "fwi1", now i64, total u64, last u8 (1: nothing follows), place text; records
//   record: feed u64, item u64, fetched i64, published i64, 10 texts        a text: length u32, bytes
//
// Little-endian. The place of the last page is where the next one begins.
#ifndef DAEMON_API_ITEMS_H
#define DAEMON_API_ITEMS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "rules/match.h"

enum {
    API_PAGE_BYTES = 4 << 20,      // a page ends with the item that passes it: 1,300 articles of 3 KB, 10 ms of history
    API_PAGE_BYTES_MAX = 16 << 20, // with one item of the largest kind behind it
    API_PLACE_BYTES = 40,
};

struct api_items_query {
    wall_t since, until;  // until 0: open
    struct str place;     // of the page before; empty: the first
    size_t bytes;         // API_PAGE_BYTES; fewer in tests
};

// Appends a page of the archive in a state directory. Blocks. False: the archive cannot be read, or the place is none.
bool api_items_page(struct str state, const struct api_items_query *query, wall_t now, struct buf *out,
                    struct err *err) MUST_CHECK;

// Appends a page of one item; feed 0: of whatever feed. False with an empty err: it is not in the archive.
bool api_items_one(struct str state, uint64_t feed, uint64_t item, wall_t now, struct buf *out,
                   struct err *err) MUST_CHECK;

struct api_item { // texts are views into the page
    uint64_t feed;
    uint64_t item; // identity in its feed: what payloads call article.id
    wall_t fetched, published;
    struct str feed_title, feed_url, tags, url, language;
    struct str authors, categories; // one newline between
    struct str title, summary, body;
};

struct api_page {
    wall_t now;        // of who made it
    uint64_t total;    // of the first page: items that the query has, roughly; rows are counted by their numbers
    bool is_last;
    struct str place;  // where the next page begins
    struct str rest;   // records not read yet
};

// Reads the head of a page, which must outlive *out. False: it is none.
bool api_page_read(struct str bytes, struct api_page *out) MUST_CHECK;

// Takes the next item. API_PAGE_BROKEN: the bytes are none.
enum api_page_step { API_PAGE_ITEM, API_PAGE_END, API_PAGE_BROKEN };
enum api_page_step api_page_next(struct api_page *page, struct api_item *out);

// Makes the document that rules match; lists are in the arena, texts views into the page.
struct doc api_item_doc(const struct api_item *item, struct arena *arena);

// Writes and reads the id of an item as people and payloads have it: 16 hexadecimal digits. Returns out.
enum { API_ITEM_ID_BYTES = 17 };
const char *api_item_id(uint64_t item, char out[API_ITEM_ID_BYTES]);
bool api_item_id_read(struct str text, uint64_t *out_item);

#endif
