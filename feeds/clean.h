// SPDX-License-Identifier: MIT
//
// The cleaner: UTF-8 text that claims to be XML -> XML that libxml2 reads to its end.
//
//        +--------------------------- text ---------------------------+
//        |  '<' + letter or '/'  -> TAG      -> '>'                   |
//   TEXT-+  '<!--' COMMENT, '<![CDATA[' CDATA, '<!D' DECL, '<?' PI    +-> out -> sink
//        |  '&'                  -> REF      -> ';'                   |
//        +------------------------------------------------------------+
//
// Pieces may be cut anywhere: a token that a piece's end cuts waits in `pend` and is scanned on, never again.
//
// What goes out: one synthetic root around everything; balanced tags with unique, quoted attributes; no declaration,
// comment, CDATA section or processing instruction of the feed's. Text that is long, or not plain ASCII, goes aside:
// its characters are checked and its references resolved already, so libxml2 gets only a mark in its place, and the
// reader puts the text back when that comes. libxml2 would check such text a character at a time (half of its time),
// and a CDATA section in push mode again from its start at each piece, which is quadratic. Values of attributes that
// are long or hold references go aside likewise.
//
// An element costs some hundred times what a byte of text costs, so elements have caps: of a document, and of an item,
// so that one cannot take them all. Past a cap their tags are as if they were not there.
//
// Every write ends between tokens; the stack holds the output's open tags in order; work is linear: what began as a tag
// and is none is scanned again, and quotes can be set so that each '<' in it looks far; hence a cap on such bytes.
#ifndef FEEDS_CLEAN_H
#define FEEDS_CLEAN_H

#include "base/buf.h"
#include "feeds/clean_output.h"
#include "feeds/parse.h"

enum {
    CLEAN_DEPTH_MAX = 250,      // libxml2 itself refuses more than 256
    CLEAN_WRITE_BYTES = 16384,  // of XML in a write; four pieces of the transfer's smallest
    CLEAN_TEXTS_BYTES = 16384,  // of text aside in a write, more while a section may have lost its end, and
    CLEAN_MARKS_MAX = 2048,     // their number: XML of that size has hardly more
    CLEAN_VALUES_MAX = 512,     // of attributes aside in a write; more stay in the XML
    CLEAN_ROOM_BYTES = 8192,    // more that the output has room for, so that it rarely grows
    CLEAN_ATTRIBUTES_ROOM = 256, // of one tag
    CLEAN_ENTITIES_MAX = 64,    // declared text entities kept
    CLEAN_EXPANDED_MAX = 1 << 20, // bytes that declared entities may expand to in a document
    CLEAN_ITEM_ELEMENTS_SURE = 64, // that an item may have in the last fifth of a document's
    CLEAN_NAME_MAX = 128,       // bytes of an element's or attribute's name
    CLEAN_WATCHED_BYTES = 65536, // of a section, in which the end of its field is looked for; few are longer
};

enum clean_state {
    CLEAN_TEXT,     // between tags
    CLEAN_REF,      // "&" and what may belong to it in pend
    CLEAN_LT,       // "<" seen
    CLEAN_TAG,      // a start or end tag in pend
    CLEAN_TAG_SKIP, // the rest of a tag over its cap
    CLEAN_BANG,     // "<!" seen, its kind not known yet
    CLEAN_COMMENT,
    CLEAN_CDATA,
    CLEAN_PI,
    CLEAN_DECL, // <!DOCTYPE, <!ENTITY and anything else of the kind
};

// Whether the CDATA sections of a run of text may have lost their end: see clean_section.c.
enum clean_watch {
    CLEAN_WATCH_NO, CLEAN_WATCH_ON, // the second: all that came of them is in `texts`
    CLEAN_WATCH_FULL, // as much came as is watched: now it is told
    CLEAN_WATCH_LOST, CLEAN_WATCH_OVER, // texts from `lost` on are to be read again; not watched until the run ends
};

// How far the scan of a tag has come.
struct clean_tag_scan {
    char quote;        // open quote, 0 outside of a value
    char before;       // last character that was not white space
    bool is_gt_known;  // a '>' stands in the open value,
    size_t gt, n;      // at this offset of the tag; bytes scanned
};

struct clean_attribute {
    struct str name, value;
    bool is_clean; // may go out as it came
};

// What a name stands for. All but CLEAN_OTHER hold elements only: white space in them is nobody's text.
enum clean_kind { CLEAN_OTHER, CLEAN_FEED, CLEAN_ITEM };

// What another field of the item or the feed ends: a text of one line, or of many, which may hold HTML; a person, who
// may have a title, a link and more; an element that says all by its attributes, or holds elements with a prefix only.
enum clean_field { CLEAN_FIELD_NO, CLEAN_FIELD_LINE, CLEAN_FIELD_BODY, CLEAN_FIELD_PERSON, CLEAN_FIELD_EMPTY };
struct clean_open {
    uint32_t hash;  // of the name in lower case
    uint32_t at, n; // place of the name in `names`
    enum clean_kind kind;
    enum clean_field field;
};

struct clean_entity {
    struct str name, value; // in the cleaner's arena
};

struct cleaner {
    struct clean_sink sink;
    const struct parse_limits *limits;
    struct repair *repairs;

    enum clean_state state;
    struct buf out, texts, values, pend, spare;
    struct clean_tag_scan scan;
    size_t n_ends, n_values; // texts and values aside so far
    bool is_aside; // the run of text goes aside from here on
    enum clean_watch watch;
    size_t texts_max; // when they are written out
    size_t watched, section, closed, searched, lost; // places in texts: the first section, the last one, its end, how
    size_t tag, ended, item, cut; // far it was searched, what is read again; last tag, end of the field, item, and the
    uint32_t quoted; // item that has a section; start tags of the field that was searched for, without their ends
    uint32_t brackets, matched; // ']' seen and not written yet; characters seen of a comment's or instruction's end
    uint64_t comment_tail; // the last bytes of a comment
    char decl_quote;      // inside a declaration,
    uint32_t decl_depth;  // its '[' and '<'
    uint32_t high_surrogate; // a reference to half a character, waiting for the other half

    uint32_t depth, roots, unwritten; // the last: open elements past a cap, not written
    uint32_t elements, item_elements; // written so far, and since the last item began
    struct buf names;   // of the open elements
    bool is_rooted, is_truncated; // a feed's element was seen; the caller knows that more was to come
    uint32_t comment_items, again; // that begin in a comment; bytes of tags that were none

    struct arena arena; // of the entities
    size_t n_entities, entity_bytes, expanded;

    const char *piece, *counted; // NULL while pend is read again; lines are counted when a repair asks, or a piece ends
    uint32_t line, col, token_line, token_col; // of `counted`; where the token in pend begins

    // From here on not zeroed: most documents need little of these 30 KB.
    uint32_t ends[CLEAN_MARKS_MAX], value_ends[CLEAN_VALUES_MAX];
    struct clean_open open[CLEAN_DEPTH_MAX];
    struct clean_attribute attributes[CLEAN_ATTRIBUTES_ROOM]; // of the tag at hand
    struct clean_entity entities[CLEAN_ENTITIES_MAX];
};

// Makes a cleaner that writes to sink. repairs is an array of REPAIR_KINDS that it counts in. clean_done frees it, and
// accepts a zeroed struct.
void clean_init(struct cleaner *c, struct clean_sink sink, const struct parse_limits *limits, struct repair *repairs);
void clean_done(struct cleaner *c);

// Reads the next n bytes, valid UTF-8 whose characters are whole within the piece. clean_end closes what is open and
// writes the rest.
void clean_feed(struct cleaner *c, const char *p, size_t n);
void clean_end(struct cleaner *c);

// Counts a repair at the end of what was fed.
void clean_repair_here(struct cleaner *c, enum repair_kind kind);
#endif
