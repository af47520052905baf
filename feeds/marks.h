// SPDX-License-Identifier: MIT
//
// The packed marks of a feed (layout in identity.h) as an array, and the tables that find in them. Only
// feeds/identity*.c, and feeds/opml.c for the table, know this.
#ifndef FEEDS_MARKS_H
#define FEEDS_MARKS_H

#include "base/arena.h"
#include "base/clock.h"

enum { MARK_BYTES = 17, MARKS_VERSION = 2, MARKS_HEAD_BYTES = 6, MARKS_RUN_BYTES = 4 };
enum { MARKS_VOLATILE = 1, MARKS_ONE_LINK = 2 }; // flags: ids, or links, tell nothing about items of this feed

struct mark {
    uint64_t id;    // 48 bits
    uint64_t link;  // 40 bits, 0: none, or not its own
    uint32_t title; // 24 bits, 0: none; of a mark that version 1 wrote the low 16
    uint32_t text;
    uint16_t day;   // since 1970, when it was last seen
};

struct marks {
    uint8_t flags;
    struct mark *list;
    size_t n;
};

enum { MARK_DIGEST_LOW = 0xFFFF }; // what version 1 kept of a digest

// Returns what a mark keeps of a hash of 64 bits (24 of them), and of a link's 48 (40 of them); 0 of 0 alone.
uint32_t mark_digest(uint64_t hash);
uint64_t mark_link(uint64_t link);

// Tells whether a mark has this digest, as far as it knows it: a digest of 24 bits has its upper eight never all 0.
static inline bool mark_has_digest(uint32_t of_mark, uint32_t digest)
{
    return of_mark > MARK_DIGEST_LOW ? of_mark == digest : of_mark == (digest & MARK_DIGEST_LOW);
}

// Reads a blob of this version or the one before; false where it is damaged. An empty blob is no marks.
bool marks_read(struct str blob, struct arena *a, struct marks *out);

// Returns the blob in the arena. Days must not fall along the list.
struct str marks_write(const struct marks *m, struct arena *a);

// Drops what may be forgotten (see MARKS_KEEP_*): from the front, where the longest unseen are. n_present marks at the
// end are in the newest document and always stay.
void marks_evict(struct marks *m, size_t n_present, uint16_t today);

// A table from 48-bit keys to indexes; equal keys are kept side by side, in order of insertion.
struct mark_table {
    uint64_t *keys; // 0: free
    uint32_t *indexes;
    size_t mask;
};

// Makes a table for at most n keys.
void mark_table_init(struct mark_table *t, size_t n, struct arena *a);

// Adds a key; 0 is not kept.
void mark_table_add(struct mark_table *t, uint64_t key, size_t index);

// Walks the indexes of a key: start with *cursor SIZE_MAX. False at the end.
bool mark_table_next(const struct mark_table *t, uint64_t key, size_t *cursor, size_t *out_index);

// Returns the first index of a key, or SIZE_MAX.
size_t mark_table_find(const struct mark_table *t, uint64_t key);

#endif
