// SPDX-License-Identifier: MIT
//
// HTML to plain text, for titles, summaries and bodies, with a map on demand from each place of the
// text back to the original.
//
// Not a browser: a scanner of one pass that never fails and never needs a tree. Tags vanish; tags that stand for a
// break of the text part words, the others do not ("<b>b</b>uffer" is one word); script, style, comments and what
// browsers do not show are dropped; character references become their characters (all of HTML 5's names); HTML that
// was escaped once too often is read once more. Text is UTF-8 in, UTF-8 out.
//
//   break            in the text   made by
//   of a word        blank         white space, <td>, <img>
//   of a line        \n            <br>, <li>, <div>, <tr>, a title's end ...
//   of a paragraph   \n\n          <p>, <h1>, <blockquote>, <table> ...; a blank line of plain text
//
// Breaks never stand at the start or the end, and never meet: the strongest of a run stays.
#ifndef FEEDS_HTML_H
#define FEEDS_HTML_H

#include "base/buf.h"
#include "feeds/item.h"

struct html_text {
    struct str text;     // plain, trimmed, without control characters other than \n
    struct str original; // what was read
    bool is_plain;       // it was read as plain text
    bool was_escaped;    // the HTML was escaped once too often
};

// A piece of text that maps to the original byte for byte, or, where is_whole, as one unit (a character reference, a
// break). Pieces are in order, the first one begins at text 0, and each ends where the next one begins.
struct html_piece {
    uint32_t text;     // offset in the plain text
    uint32_t original; // offset in the original where its first byte comes from
    uint32_t length;   // bytes of the original that it covers
    bool is_whole;
};

struct html_map {
    struct html_piece *pieces; // none where text and original are the same bytes
    size_t n_pieces;
};

enum { HTML_TEXT_MAX = 1 << 20 }; // bytes of one text; what is longer is cut at a character. An item's cap is 256 KiB

// Returns the plain text of `html`: in the arena, or, where they are the same bytes, a view of `html` itself. Time and
// memory are linear in its length.
struct html_text html_to_text(struct str html, struct arena *a);

// Returns the plain text of a feed's text: HTML and XHTML as above; plain text keeps its characters, has its white
// space folded in the same way, and is read as HTML only where it plainly is (a closed element of HTML's own names, or
// a character reference where the feed said "plain" without being asked: RSS titles).
struct html_text html_text_of(const struct text *text, struct arena *a);

// Returns the map of a text back to its original, in the arena. It reads the original again, so that the many texts
// that nobody asks about cost none.
struct html_map html_map(const struct html_text *t, struct arena *a);

// Returns what bytes of the original the bytes [start, end) of the text come from; tags around them are left out,
// tags between them are inside.
void html_origin(const struct html_map *map, size_t start, size_t end, size_t *out_start, size_t *out_end);

// Tells whether a text that claims to be plain holds HTML: an element of HTML's names that ends in '>', or a character
// reference with its semicolon. Linear.
bool html_looks_like_html(struct str text);

// Appends `text` escaped for HTML (& < > " ').
void html_escape(struct str text, struct buf *out);

// Reads the character reference at the start of s, which begins with '&'. Returns the bytes it takes, 0 where it is
// none, and one or two code points (0: only one). Numbers follow HTML 5: cp1252 for 128-159, U+FFFD for impossible
// ones; 0 stands for control characters. A name without its semicolon counts where HTML 5 lists it so and no letter,
// digit or '=' follows.
size_t html_reference(struct str s, uint32_t out_code[2]);

// Mixes the letters of a text that a reader sees (outside tags and comments, without white space) into 64 bits: what
// the content hash of an item is made of. Much cheaper than the text itself; equal for equal text whatever its tags.
struct hash_key;
uint64_t html_digest(const struct hash_key *key, struct str html);

#endif
