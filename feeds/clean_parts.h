// SPDX-License-Identifier: MIT
//
// What the files of the cleaner (clean*.c) share among themselves.
#ifndef FEEDS_CLEAN_PARTS_H
#define FEEDS_CLEAN_PARTS_H

#include <string.h>

#include "feeds/clean.h"

// ---- clean_place.c: repairs

// Counts lines up to `to`, a place in the current piece.
void clean_count_lines(struct cleaner *c, const char *to);

// Counts a repair at the place `at` of the current piece, or at the token in pend where `at` is NULL; the first of a
// kind has its place noted.
void clean_repair_first(struct cleaner *c, enum repair_kind kind, const char *at);
static inline void clean_repair(struct cleaner *c, enum repair_kind kind, const char *at)
{
    if (c->repairs[kind].count > 0)
        c->repairs[kind].count++;
    else
        clean_repair_first(c, kind, at);
}

// ---- clean_text.c: text runs and the output

// Writes text of a run: ASCII without markup, or any text. No control characters in it.
void clean_put_plain(struct cleaner *c, const char *p, size_t n);
void clean_put_text(struct cleaner *c, const char *p, size_t n);

// Appends to the output, which has room for what one token may need.
static inline void clean_out(struct cleaner *c, const char *p, size_t n)
{
    if (n < c->out.room - c->out.n) {
        memcpy(c->out.p + c->out.n, p, n);
        c->out.n += n;
    } else {
        buf_add(&c->out, str_make(p, n));
    }
}

// Ends the run of text that is being written, so that a tag may follow.
void clean_end_run(struct cleaner *c);

// Hands the output to the sink, all of it, or where there is enough.
void clean_write_out(struct cleaner *c);
static inline void clean_write(struct cleaner *c, bool is_last)
{
    bool is_enough = c->out.n >= CLEAN_WRITE_BYTES || c->values.n >= CLEAN_TEXTS_BYTES;
    if (is_enough || is_last)
        clean_write_out(c);
}

// Reads character data from p on; returns where it stopped: at the end, at a '<' or '&'.
const char *clean_run(struct cleaner *c, const char *p, const char *end);

// Reads the text of a CDATA section; returns where it stopped: at the end, behind the "]]>" that ended the section
// (which sets the state back to CLEAN_TEXT), or where it shows that the section lost its end (CLEAN_WATCH_LOST).
const char *clean_section(struct cleaner *c, const char *p, const char *end);

// Returns the first byte of [p, end) that text cannot pass over: '<', '&', ']', control characters, and by kind:
enum clean_scan_kind {
    SCAN_PLAIN, // of a run that goes into the XML: also what is not ASCII
    SCAN_TEXT,  // of a run that goes aside: only 0xEF of what is not ASCII, as non-characters begin with it
    SCAN_CDATA, // inside a CDATA section: '[', but neither '<' nor '&'
};
const char *clean_scan(const char *p, const char *end, enum clean_scan_kind kind);

// Returns the first byte of [p, end) that a value in `quote`s cannot pass over: the quote, '<', '&', control characters
// (white space other than blanks included), 0xEF.
const char *clean_scan_value(const char *p, const char *end, char quote);

// Returns the character that a reference of XML's own stands for, p standing behind its '&', and its length without
// that; 0 if it is none of the usual ones.
size_t clean_usual_reference(const char *p, const char *end, char *out);

// ---- clean_reference.c: references

// Writes what the reference `&body;` stands for; false where it stands for nothing.
bool clean_reference(struct cleaner *c, struct str body, const char *at);

// Appends an attribute's value in XML's spelling: references mended, quotes and '<' escaped.
void clean_value(struct cleaner *c, struct str value, const char *at);

// Keeps the entity that a declaration `<!ENTITY name "value">` declares, if it is a simple one.
void clean_declare(struct cleaner *c, struct str declaration);

// ---- clean_drop.c: in CLEAN_COMMENT, CLEAN_PI and CLEAN_DECL; each returns where it stopped

const char *clean_comment(struct cleaner *c, const char *p, const char *end);
const char *clean_pi(struct cleaner *c, const char *p, const char *end);
const char *clean_decl(struct cleaner *c, const char *p, const char *end);

// ---- clean_section.c: CDATA sections whose end was lost

// Notes that a section begins, and that the run of text that it stands in is no longer watched.
void clean_section_begin(struct cleaner *c);
void clean_section_over(struct cleaner *c);

// Tells whether texts end in the mark that begins a section, and a section is open and watched.
bool clean_section_has_section(const struct cleaner *c);

// Tells whether the section that is open lost its end, by what came of it. What stands behind that end is then in
// texts, from `lost` on.
bool clean_section_is_lost(struct cleaner *c, const char *at);

// The same where the field's end was lost as well: by an end tag of that name, which ends nothing that is open, behind
// the section that took an item's start; and by what stands in a section that is open at the document's end.
bool clean_section_is_cut(struct cleaner *c, struct str name, const char *at);
bool clean_section_has_rest(struct cleaner *c);

// ---- clean_tag.c: tags and the stack of open elements

// Reads a whole tag, from '<' to '>'. Returns false where it is none, so that its '<' is text.
bool clean_tag(struct cleaner *c, struct str tag, const char *at);

// Tells whether the tag that s begins with is an item's, or the end of an element that is open.
bool clean_is_feed_tag(const struct cleaner *c, struct str s);

// Counts what stands outside of any feed's element.
void clean_junk(struct cleaner *c, const char *at);

// Reads a tag that is "<name>" or "</name>", whose name is one of XML's (ASCII).
void clean_plain_tag(struct cleaner *c, struct str tag, const char *at);

// Tells whether an item is open.
bool clean_is_in_item(const struct cleaner *c);

// Tells whether the text ends inside a field of an item, or between its fields where more was to come.
bool clean_is_item_cut(const struct cleaner *c);

// What goes before each start tag: ends what its element cannot stand in. Returns false where it may not go out.
bool clean_may_start(struct cleaner *c, struct str name, enum clean_kind kind, bool has_attributes, const char *at);

// Notes that an element is open.
void clean_push(struct cleaner *c, struct str name, enum clean_kind kind);

// Closes all elements that are open.
void clean_close_all(struct cleaner *c);

// ---- clean_sound.c

// Reads the start tag at p if it is as XML wants it, whole before `end` and inside an element: it goes out as it came,
// after one look. Returns its end, or NULL where anything is otherwise, and nothing was done then.
const char *clean_sound_tag(struct cleaner *c, const char *p, const char *end);

#endif
