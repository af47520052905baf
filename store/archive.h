// SPDX-License-Identifier: MIT
//
// The archive: every item that was new, as the rules saw it, for replay ("what would this rule have matched?") and
// audit. One file a month, archive-2026-11.db, in the state directory. Written after the alert transaction, never
// inside: an archive that fails or lags costs no alert. The oldest file goes first when age or size is over.
//
// An item is one packed row: replay reads 100,000 a second, as views into the page, without copying.
#ifndef STORE_ARCHIVE_H
#define STORE_ARCHIVE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

enum { ARCHIVE_DAYS = 90 };                                     // kept by default
static const uint64_t ARCHIVE_BYTES = 5ULL * 1024 * 1024 * 1024; // and not more than that
enum { ARCHIVE_TEXT_BYTES = 64 * 1024 };                        // of a body; the rest is cut at a character

struct archive_item {
    uint64_t feed;
    uint64_t item;    // identity in its feed
    uint64_t content; // hash
    wall_t fetched;
    wall_t published; // 0: not known
    struct str feed_url, feed_title;
    struct str tags;  // of the feed, one blank between
    struct str guid, url, language;
    struct str authors, categories; // one newline between
    struct str title, summary, body; // plain text
};

struct archive;

// Opens the archive of a state directory for writing. Nothing is made before the first item.
struct archive *archive_open(struct str directory, struct err *err);
void archive_close(struct archive *archive);

// Appends items in one transaction, to the file of the month in which each was fetched.
bool archive_append(struct archive *archive, const struct archive_item *items, size_t n, struct err *err) MUST_CHECK;

// Removes whole files: those that ended more than `days` ago, then the oldest while all are over bytes_max (never the
// newest). Returns how many through *out_n.
bool archive_prune(struct archive *archive, wall_t now, unsigned days, uint64_t bytes_max, unsigned *out_n,
                   struct err *err) MUST_CHECK;

// ---- reading: any thread, any process, while the archive is written ----

struct archive_reader;

// Opens a reader of the items fetched in [since, until) (until 0: open), oldest file first, in the order of arrival.
struct archive_reader *archive_read(struct str directory, wall_t since, wall_t until, struct err *err);
void archive_reader_close(struct archive_reader *reader);

// The same, going on behind a place that an earlier reader came to: how the archive is read in pages.
struct archive_place { // zeroed: before the first item
    uint32_t month;    // 12 * year + month - 1
    int64_t row;       // of that month's file: the last that was read
};
struct archive_reader *archive_read_on(struct str directory, struct archive_place place, wall_t since, wall_t until,
                                       struct err *err);

// Returns the place behind the item that archive_next gave last.
struct archive_place archive_reader_place(const struct archive_reader *reader);

// Counts the items fetched since then by the numbers of the rows, without reading them: for a progress bar.
bool archive_count(struct str directory, wall_t since, uint64_t *out_n, struct err *err) MUST_CHECK;

// Gives the next item, its texts valid until the next call. ARCHIVE_END after the last.
enum archive_step { ARCHIVE_ITEM, ARCHIVE_END, ARCHIVE_FAILED };
enum archive_step archive_next(struct archive_reader *reader, struct archive_item *out, struct err *err);

// Finds the newest state of one item, its texts in the arena: `rules explain --item`. Feed 0: of whatever feed. False
// with an empty err: there is none.
bool archive_find(struct str directory, uint64_t feed, uint64_t item, struct arena *arena, struct archive_item *out,
                  struct err *err) MUST_CHECK;

#endif
