// SPDX-License-Identifier: MIT
//
// One item of a feed, whatever the feed's format. Plain data: all of it lives in one arena, all text is valid UTF-8
// without control characters, nothing here owns anything.
//
// An absent field is the empty view, an empty list, DATE_ABSENT. Addresses are absolute where a base was known
// (RFC 3986 against xml:base, else the address fetched) and else as written. What the feed inherits to its items
// (authors, language) is not copied into them: item_authors and item_language in feeds/document.h look there.
#ifndef FEEDS_ITEM_H
#define FEEDS_ITEM_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"

// How the body of a text is to be read: as it is, as HTML, as HTML that was inline markup of the feed itself.
enum text_type { TEXT_PLAIN, TEXT_HTML, TEXT_XHTML };

struct text {
    struct str body;
    enum text_type type;
};

struct person {
    struct str name;
    struct str email;
    struct str uri;
};

struct category {
    struct str term;
    struct str scheme;
    struct str label;
};

struct link {
    struct str href;
    struct str rel; // "alternate" where the feed gives none
    struct str type;
    struct str title;
    struct str hreflang;
};

struct enclosure {
    struct str url;
    struct str type;
    int64_t length; // bytes, -1 where the feed does not say
};

// DATE_ABSURD: readable, but before 1990 or more than a day ahead of the clock; `at` is set all the same.
enum date_state { DATE_ABSENT, DATE_OK, DATE_UNREADABLE, DATE_ABSURD };

struct date {
    enum date_state state;
    wall_t at;      // set when DATE_OK or DATE_ABSURD
    struct str raw; // as the feed wrote it
};

// The feed that an item was taken from (RSS source, atom:source).
struct item_source {
    struct str title;
    struct str link;
    struct str id;
};

struct item {
    struct str id;          // guid, atom:id, rdf:about, JSON id, as written (trimmed); never resolved
    bool id_is_permalink;   // the feed offers its id as the item's address
    struct str link;        // the item's page
    struct link *links;     // all of them, in order, that one included
    size_t n_links;
    struct text title;
    struct text summary;
    struct text content;
    struct person *authors;
    size_t n_authors;
    struct date published;
    struct date updated;
    struct category *categories;
    size_t n_categories;
    struct enclosure *enclosures;
    size_t n_enclosures;
    struct str language;
    struct str comments;    // address of the item's comments
    struct str image;
    struct item_source source;
    bool is_text_cut;       // a cap took part of its text
    bool is_cut_off;        // the document ended inside one of its fields, or it was to go on
};

#endif
