// SPDX-License-Identifier: MIT
//
// `feedwatchctl feeds parse`: what a feed is, by the daemon's own parser, without a daemon. This header joins its
// parts: feeds_parse.c reads, feeds_parse_json.c answers machines, feeds_parse_show.c a person.
#ifndef DAEMON_CTL_FEEDS_PARSE_H
#define DAEMON_CTL_FEEDS_PARSE_H

#include "base/buf.h"
#include "daemon/ctl/ctl.h"
#include "feeds/document.h"

// Appends an item as a JSON object, or the document as the members of one, its items apart: together they make
// {"entries": [{...}], "format", "encoding", "wellformed", "feed": {...}} and what else is known.
void feeds_parse_item_json(const struct item *item, struct buf *out);
void feeds_parse_document_json(const struct document *doc, struct buf *out);

// Appends what a person wants to see: the document's verdict, its feed, an item.
void feeds_parse_show_document(const struct ctl_call *call, const struct document *doc, struct buf *out);
void feeds_parse_show_item(const struct ctl_call *call, const struct item *item, size_t number, struct buf *out);

#endif
