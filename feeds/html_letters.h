// SPDX-License-Identifier: MIT
//
// The bytes of HTML that are copied as they are: nearly all are letters, or single blanks between them.
#ifndef FEEDS_HTML_LETTERS_H
#define FEEDS_HTML_LETTERS_H

#include "base/str.h"

enum { STOP_SPACE = 1, STOP_MARKUP = 2, STOP_WIDE = 4 };

// What a byte may be besides ordinary: white space, markup, the first byte of a control or a no-break space; else 0.
extern const unsigned char html_stops[256];

// Returns the first byte from `at` on that may stop (in.n where none does). Single blanks between two bytes that do
// not are passed over, but for one at `at` itself where is_first. A blank that it returns may still be such a one.
size_t html_skip_letters(struct str in, size_t at, bool is_first);

#endif
