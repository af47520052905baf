// SPDX-License-Identifier: MIT
//
// Character references of HTML, for the XML cleaner and for HTML to text.
#ifndef FEEDS_ENTITY_H
#define FEEDS_ENTITY_H

#include "base/str.h"

enum { ENTITY_NAME_MAX = 31 }; // CounterClockwiseContourIntegral, the longest name

// Returns the UTF-8 text of a named reference of the HTML standard (name without & and ;, case matters), or the empty
// view where there is none. The text is static.
struct str entity_named(struct str name);

// Returns the code point that a numeric reference means: 0x80-0x9f are read as windows-1252, as every browser does;
// surrogates, values above 0x10ffff and non-characters give U+FFFD, and controls that no text may hold give 0.
uint32_t entity_numeric(uint64_t number);

// Returns the code point of a byte of windows-1252; the five bytes that it leaves open give U+FFFD.
uint32_t cp1252_code(unsigned char byte);

#endif
