// SPDX-License-Identifier: MIT
//
// The archive of items on the command line: from the daemon where one runs, else from the files of its state
// directory, which are only read. Both come as the pages of daemon/api_items.h.
#ifndef DAEMON_CTL_ARCHIVE_H
#define DAEMON_CTL_ARCHIVE_H

#include "daemon/api_items.h"
#include "daemon/ctl/ctl.h"

struct archive_pages;

// Opens it for the items fetched since then; times as lists take them (24h, a date), until NULL: open. NULL after
// telling what is wrong, *out_code the code to end with. `is_quiet`: tells nothing.
struct archive_pages *archive_pages_open(const struct ctl_call *call, const char *since, const char *until,
                                         bool is_quiet, int *out_code);
void archive_pages_close(struct archive_pages *pages);

// Reads the next page into bytes and *out, which views them. CTL_OK; false through *out_more: there was none. One call
// at a time, from any thread.
int archive_pages_next(struct archive_pages *pages, struct buf *bytes, struct api_page *out, bool *out_more);

// Finds one item by its id, by that of an alert about it, or by its address (http or https, compared as
// feeds/url.h's url_canonical does; of several the one that was fetched last, after a walk through the whole archive).
// Its texts are in the arena. CTL_OK, or the code after it told why not.
int archive_item_find(const struct ctl_call *call, const char *id, struct arena *arena, struct api_item *out);

#endif
