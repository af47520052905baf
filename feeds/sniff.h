// SPDX-License-Identifier: MIT
//
// What a body is, by its first characters and never by its content type.
#ifndef FEEDS_SNIFF_H
#define FEEDS_SNIFF_H

#include "base/str.h"

enum { SNIFF_BYTES = 4096 }; // what is looked at; warnings of a broken server before the feed are shorter

enum sniff_kind { SNIFF_EMPTY, SNIFF_XML, SNIFF_JSON, SNIFF_HTML, SNIFF_OTHER };

// Returns what the text is whose head (up to SNIFF_BYTES, valid UTF-8 but for its end) is given. XML stands for
// anything in which a feed's root may still come: tags that are no page's, or junk before one.
enum sniff_kind sniff(struct str head);

#endif
