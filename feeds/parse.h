// SPDX-License-Identifier: MIT
//
// The feed parser: bytes of a response, in pieces as they arrive -> struct document.
//
//   bytes -> sniff -> decode -> clean -> libxml2 push SAX2 -> formats -> items in the arena
//                  \-> yajl push --------------------------^
//                  \-> HTML page: only its feed links are kept
//
// The result does not depend on where the pieces are cut. Nothing is fetched, no declaration of a DTD is obeyed, no
// input is too bad: what can be read is read, and the document says how much mending it took. One parser serves one
// body; several threads may have a parser each.
#ifndef FEEDS_PARSE_H
#define FEEDS_PARSE_H

#include "feeds/document.h"

// The caps of one document. Reaching one is counted as REPAIR_LIMIT and leaves the document readable.
struct parse_limits {
    uint32_t items_max;         // further items are counted and dropped
    uint32_t item_text_max;     // bytes of text kept of an item, or of the feed; 64 KiB more for its short fields
    uint64_t kept_max;          // bytes kept of a whole document (the arena's growth); items stop there
    uint32_t depth_max;         // elements; deeper ones are read as if they were not there
    uint32_t tag_bytes_max;     // a longer tag is dropped
    uint32_t tag_again_max;     // bytes read again as they began a tag and are none; further such are dropped
    uint32_t attributes_max;    // further ones of a tag are dropped
    uint32_t elements_max;      // of a document; further ones are read as if they were not there
    uint32_t item_elements_max; // since an item began, likewise; 64 in the last fifth of a document's
    uint32_t entities_bytes_max; // names and values of internal text entities kept
};

// The caps of the daemon: 2,000 items (eight times the longest real feed seen), 256 KiB an item, 10 MiB a document
// (a body's own cap), depth 256, tag 64 KiB, 256 attributes, 240,000 elements and 32,768 an item (the feeds at hand
// have 6,000 at most), entities 4 KiB.
extern const struct parse_limits parse_limits_default;

// No caps on items, elements and kept bytes, 1 GiB of text an item: a person looks at an archive. The caps that bound
// work (depth, tag, attributes, entities) stay.
extern const struct parse_limits parse_limits_off;

struct parse_options {
    struct str url;              // address that the body came from, the base of relative ones; may be empty
    struct str content_type;     // of the response, with its charset; may be empty
    struct str content_location; // kept for the record; no base since RFC 7231
    struct str content_language; // of the response; used where the feed says none
    wall_t now;                  // tells absurd dates; 0: no date is too late
    const struct parse_limits *limits; // NULL: parse_limits_default

    // Callback mode, where not NULL: each item goes here when it ends and is not kept; its memory lives until the
    // call returns. `doc` holds what is known of the feed so far (what follows the items is missing yet).
    void (*on_item)(void *context, const struct item *item, const struct document *doc);
    void *context;
};

struct parser;

// Starts to read one body. Results live in `arena`, which must outlive what is used of them; options are copied, the
// text they point to must stay until parser_end.
struct parser *parser_open(const struct parse_options *options, struct arena *arena) __attribute__((returns_nonnull));

// Reads the next n bytes at p; any n, also 0. Work is linear in the bytes, whatever they are.
void parser_feed(struct parser *p, const void *bytes, size_t n);

// Ends the body, frees the parser and returns the document, which lives in the arena. is_truncated says that the
// transfer broke off, so that the document is partial however it looks.
struct document *parser_end(struct parser *p, bool is_truncated) __attribute__((returns_nonnull));

// Frees a parser without a result; what it put into the arena stays there. Accepts NULL.
void parser_close(struct parser *p);

// The three in one, for a body that is at hand.
struct document *parse_whole(const struct parse_options *options, struct str body, struct arena *arena)
    __attribute__((returns_nonnull));

// Once a process, before the first parser and before threads: libxml2's own set-up, allocation that aborts when
// memory is out, and a loader that refuses every outside entity.
void parse_library_init(void);

#endif
