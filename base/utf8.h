// SPDX-License-Identifier: MIT
//
// UTF-8: decoding that never fails, validity, counting, and the one sanitiser for text that leaves the process.
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/buf.h"

enum { UTF8_BAD = 0xFFFD }; // U+FFFD REPLACEMENT CHARACTER stands for each maximal bad subpart (Unicode 15, 3.9)

// Reads the code point at the start of s (which is not empty) and returns its length in bytes (1 to 4); a bad sequence
// gives UTF8_BAD and the length of its maximal subpart. Overlong forms, surrogates and values over U+10FFFF are bad.
size_t utf8_decode(struct str s, uint32_t *out_code);

// Returns the length in bytes of the first character of s, as utf8_decode does; 0 for the empty view.
size_t utf8_length(struct str s);

// Writes a code point as 1 to 4 bytes and returns how many; surrogates and values too large become UTF8_BAD.
size_t utf8_encode(uint32_t code, char out[4]);

// Appends a code point.
bool utf8_add(struct buf *b, uint32_t code);

// Returns how many bytes at the start of s are valid UTF-8 (s.n when all are). Fast on ASCII.
size_t utf8_valid(struct str s);

// Tells whether all bytes are ASCII.
bool utf8_is_ascii(struct str s);

// Returns the number of code points, bad sequences counting one each.
size_t utf8_count(struct str s);

// Returns the columns of a terminal that s takes (wide East Asian characters 2, combining marks 0).
size_t utf8_columns(struct str s);

// Returns the longest head of s that is at most n bytes and does not cut a character.
struct str utf8_head(struct str s, size_t n);

// Appends s as it may appear in a log line, on a terminal or on a page: C0, C1, DEL, U+2028, U+2029 and bidirectional
// controls as \xNN or \u{NNNN} (newline and tab as one blank), bad UTF-8 as U+FFFD. One text stays one line.
// Where the cap of out cuts it, no character and no escape is cut in two.
void utf8_sanitise(struct str s, struct buf *out);

#endif
