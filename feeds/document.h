// SPDX-License-Identifier: MIT
//
// What one body of a feed says, whatever its format: the feed about itself, its items, and how good the document was.
// Plain data in the arena of the items (feeds/item.h).
#ifndef FEEDS_DOCUMENT_H
#define FEEDS_DOCUMENT_H

#include "feeds/item.h"

enum feed_format { FORMAT_NONE, FORMAT_RSS, FORMAT_RDF, FORMAT_ATOM, FORMAT_JSON, FORMAT_CDF };

// Whole: as the standard wants it. Repaired: read entirely, after mending. Partial: it ends early, or a cap was
// reached, so that absent items say nothing. Not a feed: no item list at all; never "all items are gone".
enum quality { QUALITY_WELL_FORMED, QUALITY_REPAIRED, QUALITY_PARTIAL, QUALITY_NOT_A_FEED };

enum repair_kind {
    REPAIR_JUNK_BEFORE,     // bytes before the root
    REPAIR_JUNK_AFTER,      // content after the root's end
    REPAIR_DECLARATION,     // an XML declaration in a wrong place or of an unknown version
    REPAIR_ENCODING,        // the label lies about the bytes
    REPAIR_BAD_BYTES,       // bytes that the encoding does not have
    REPAIR_CONTROL,         // control characters, surrogates, NUL
    REPAIR_BARE_AMPERSAND,
    REPAIR_BARE_LESS_THAN,
    REPAIR_HTML_ENTITY,     // &nbsp; and its like without a declaration
    REPAIR_UNKNOWN_ENTITY,
    REPAIR_CHAR_REFERENCE,  // &#128; - &#159;, &#0; and other references to no character
    REPAIR_TAG,             // a tag with broken attributes
    REPAIR_UNDECLARED_PREFIX,
    REPAIR_UNCLOSED,        // end tags supplied
    REPAIR_STRAY_END,       // end tags without a start
    REPAIR_COMMENT,         // broken comment, processing instruction, declaration or CDATA mark
    REPAIR_ROOT,            // no root, or several: items taken where they were found
    REPAIR_SYNTAX,          // the XML or JSON parser gave up and was started again
    REPAIR_JSON,            // JSON: comments, trailing commas, escapes that it does not have
    REPAIR_TYPE,            // JSON: a value of an unexpected type
    REPAIR_CUT_OFF,         // the document ends early
    REPAIR_LIMIT,           // a cap was reached
    REPAIR_KINDS
};

struct repair {
    uint32_t count; // 0: not needed
    uint32_t line;  // of the first one, 1-based; 0 where unknown
    uint32_t col;   // in bytes, 1-based
};

// What the feed says about itself.
struct feed_meta {
    struct text title;
    struct text description;
    struct str link; // its site
    struct str self; // its own address
    struct str *hubs; // WebSub
    size_t n_hubs;
    struct link *links;
    size_t n_links;
    struct str id;
    struct str language;
    struct person *authors;
    size_t n_authors;
    struct date published;
    struct date updated;
    struct category *categories;
    size_t n_categories;
    struct str image;
    struct str icon;
    struct str generator;
    struct str rights;
    uint32_t ttl_minutes;     // RSS ttl; 0: not said
    uint32_t skip_hours;      // bit h: do not ask in hour h, GMT
    uint32_t skip_days;       // bit d: do not ask on day d, 0 Sunday
    uint32_t update_period_s; // sy:updatePeriod / sy:updateFrequency, in seconds; 0: not said
};

struct document {
    enum feed_format format;
    struct str version;         // "0.91", "2.0", "1.0", "1.1"; empty where none is said
    struct str encoding;        // name of the encoding that was used
    struct str encoding_why;    // one phrase: which evidence decided
    enum quality quality;
    struct repair repairs[REPAIR_KINDS];
    struct str what_instead;    // QUALITY_NOT_A_FEED: "an HTML page", "nothing", ...
    struct feed_meta meta;
    struct item *items;         // in document order; empty in callback mode
    size_t n_items;             // items read, in callback mode too
    size_t n_dropped;           // items past the cap, counted and left out
    struct link *advertised;    // feeds that a page offers, where it is one
    size_t n_advertised;
    uint64_t bytes;             // of the body as it came
};

// Returns the item's authors, or those of its feed where it names none.
static inline const struct person *item_authors(const struct item *item, const struct document *doc, size_t *out_n)
{
    *out_n = item->n_authors ? item->n_authors : doc->meta.n_authors;
    return item->n_authors ? item->authors : doc->meta.authors;
}

// Returns the item's language tag, or that of its feed.
static inline struct str item_language(const struct item *item, const struct document *doc)
{
    return item->language.n ? item->language : doc->meta.language;
}

// Returns the name of a format with its version as users and machines know it: "rss20", "rss10", "atom10", "json11",
// "none". A static string.
const char *document_format_name(const struct document *doc);

// Returns a repair in a few words ("bare & escaped"), a quality in one ("repaired"). Static strings.
const char *repair_phrase(enum repair_kind kind);
const char *quality_name(enum quality quality);

#endif
