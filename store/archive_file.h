// SPDX-License-Identifier: MIT
//
// Files of the archive and the packed row in them. Private to store/archive*.c.
//
//   row: feed u64, item u64, content u64, fetched i64, published i64, 10 lengths u32, the 10 texts, summary
//
// Little-endian; the summary takes what is left of the row. Pages are 32 KiB, so that a usual article lies in one page
// and is read in place; with SQLite's 4 KiB most would be chained over several and copied together.
#ifndef STORE_ARCHIVE_FILE_H
#define STORE_ARCHIVE_FILE_H

#include <limits.h>

#include "base/buf.h"
#include "store/archive.h"
#include "store/sql.h"

enum { ARCHIVE_TEXTS = 10 };
enum { ARCHIVE_NAME_BYTES = sizeof "archive-292278994-08.db" };

// Writes "archive-2026-11.db". Returns out.
const char *archive_name(wall_t at, char out[ARCHIVE_NAME_BYTES]);

// Lists the archive's files by name, oldest first; free each and the list.
int archive_list(const char *directory, char ***out);
void archive_list_free(char **list, int n);

// Returns the month of a file as struct archive_place counts it, and its end, by its name.
uint32_t archive_month(const char *name);
wall_t archive_month_end(const char *name);

// Appends the packed row. Texts are cut at their caps.
void archive_pack(const struct archive_item *item, struct buf *out);

// Reads a packed row; texts are views into it. False where it is damaged.
bool archive_unpack(struct str row, struct archive_item *out);

#endif
