// SPDX-License-Identifier: MIT
//
// Names of elements and attributes, as the cleaner tells them.
#ifndef FEEDS_CLEAN_NAME_H
#define FEEDS_CLEAN_NAME_H

#include "feeds/clean.h"

// White space, and control characters, which part words too.
static inline bool clean_is_blank(char ch) { return (unsigned char)ch <= ' '; }

// White space of XML. Vertical tabs and form feeds are none there.
static inline bool clean_is_white(char ch) { return ch == ' ' || ch == '\n' || ch == '\t' || ch == '\r'; }

// Returns the first offset from i on that is not blank.
static inline size_t clean_skip_blanks(struct str s, size_t i)
{
    while (i < s.n && clean_is_blank(s.p[i]))
        i++;
    return i;
}

// Returns the length of the name at the start of s: XML's names with at most one colon, inside.
size_t clean_name_length(struct str s);

// Returns what stands behind a name's colon, or all of it.
struct str clean_local_name(struct str name);

// Returns what an element of that name is in a feed, whatever its prefix and case. All but CLEAN_OTHER may stand
// outside of any root.
enum clean_kind clean_kind_of(struct str name);

// Returns which of the fields in which no other field can stand an element is.
enum clean_field clean_field_of(struct str name);

// Returns a hash that letters' case does not change. It only saves comparisons.
uint32_t clean_name_hash(struct str name);

// Returns the end of the name of ASCII letters, digits, '-', '_', '.' and one colon between two letters that begins at
// p: nearly all names are such. NULL where none does.
const char *clean_sound_name(const char *p, const char *end);

// Tells whether what stands behind the '<' at p is a name and a character that follows none in a tag ("<a@b").
bool clean_is_no_tag(const char *p, const char *end);

// Returns the name that a tag ("<name", "</name") begins with, NULL view where none can begin so.
struct str clean_name(struct str tag);

#endif
