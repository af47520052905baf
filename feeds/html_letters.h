// SPDX-License-Identifier: MIT
//
// The bytes of HTML that are copied as they are: nearly all are letters, or single blanks between them.
#ifndef FEEDS_HTML_LETTERS_H
#define FEEDS_HTML_LETTERS_H

#include "base/str.h"

// What ends a run of letters. White space and controls always do; the rest is asked for.
enum { STOP_SPACE = 1, STOP_MARKUP = 2, STOP_BRACKET = 4, STOP_WIDE = 8 };

// Which of these a byte is; 0: ordinary.
extern const unsigned char html_byte_stops[256];

// Tells whether the byte at `at` ends a run. 0xC2 begins controls (C2 80 to C2 9F), the no-break space (C2 A0) and
// letters.
static inline bool html_stops_at(struct str in, size_t at, unsigned stops)
{
    unsigned kind = html_byte_stops[(unsigned char)in.p[at]];
    if (kind == STOP_WIDE)
        return at + 1 < in.n && (unsigned char)in.p[at + 1] <= 0xA0;
    return kind & (stops | STOP_SPACE);
}

enum { HTML_COPY_SLACK = 16 }; // bytes behind its run that html_copy_letters may write

// Returns where the run of ordinary bytes that begins at `at` ends, in.n at most: bytes that no kind of `stops` (a mask
// of STOP_MARKUP for '<' and '&', STOP_BRACKET for ']') nor white space nor a control ends, and single blanks between
// two of them. Each byte is looked at once.
size_t html_skip_letters(struct str in, size_t at, unsigned stops);

// The same, and copies the run to `out`, which has room for it and HTML_COPY_SLACK.
size_t html_copy_letters(struct str in, size_t at, unsigned stops, char *out);

// Returns the first '<' or '&' from `at` on, in.n where there is none.
size_t html_find_markup(struct str in, size_t at);

// Returns the first '<', '>', '&' or '"' from `at` on, in.n where there is none.
size_t html_find_special(struct str in, size_t at);

// Returns the first '>' or quote from `at` on, in.n where there is none.
size_t html_find_tag_stop(struct str in, size_t at);

#endif
