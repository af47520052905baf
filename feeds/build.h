// SPDX-License-Identifier: MIT
//
// The builder: events of elements and text -> items and the feed's own fields. It keeps a stack of what is open, the
// text of the innermost field, and the item at hand; fields.c knows what each field means.
//
// All formats share it: an element means the same wherever it stands, and each field has a rank, so that an extension
// never replaces the feed's own value and the first of two equals stays.
#ifndef FEEDS_BUILD_H
#define FEEDS_BUILD_H

#include "base/buf.h"
#include "feeds/clean.h"
#include "feeds/names.h"
#include "feeds/parse.h"

// What a text is kept as: titles and short fields (ids, addresses, dates) have room beyond the cap of a body.
enum build_kept { KEPT_BODY, KEPT_TITLE, KEPT_SHORT };

// Whose fields the innermost elements are.
enum build_place { PLACE_NONE, PLACE_FEED, PLACE_ITEM, PLACE_PERSON, PLACE_SOURCE, PLACE_IMAGE, PLACE_IGNORED };

// Who says a value: the higher rank wins, the first of equals.
enum rank { RANK_NONE, RANK_LAST, RANK_GUESS, RANK_EXTENSION, RANK_OWN_WEAK, RANK_OWN };

enum field {
    FIELD_TITLE, FIELD_LINK, FIELD_ID, FIELD_SUMMARY, FIELD_CONTENT, FIELD_PUBLISHED, FIELD_UPDATED, FIELD_LANGUAGE,
    FIELD_IMAGE, FIELD_AUTHORS, FIELD_GENERATOR, FIELDS
};

struct build_frame {
    enum element element;
    enum build_place place; // of its children
    struct str base;        // for relative addresses
    struct str language;
    size_t name_at; // in builder.names, inside markup
};

// An attribute as the reader of a format found it.
struct build_attribute {
    struct str local, prefix, value;
};

struct build_tag {
    enum element element;
    enum name_space space;
    struct str local, prefix;
    const struct build_attribute *attributes;
    size_t n_attributes;
};

// The field whose text is being gathered.
struct build_capture {
    bool is_on;
    bool is_markup;   // child elements were seen: the text is markup by now
    bool is_tag_open; // a child's start tag has no '>' yet
    uint32_t depth;   // of its frame
    enum element element;
    enum name_space space;
    enum rank rank;
    bool has_prefix;
    bool is_raw;      // the text inside markup is HTML too (a type of html that holds elements)
    struct str type, mode, src, href, rel; // attributes, in the arena
    struct str scheme, label, term;
    bool is_permalink;
};

struct builder {
    const struct parse_options *options;
    const struct parse_limits *limits;
    struct arena *arena;      // the document's
    struct arena *item_arena; // the item's: the same, or its own where it is not kept
    struct arena own_arena;
    struct document *doc;
    size_t arena_start; // bytes in the arena before

    uint32_t depth;
    struct build_capture capture;
    struct buf text;
    struct buf names; // of the open elements of markup

    bool awaits_address; // an empty link ended, and its address may follow as text: gathered in text

    struct item item;
    bool has_item;
    bool is_item_kept;      // false: past a cap
    size_t item_text_bytes, feed_text_bytes; // kept so far
    size_t item_address_bytes, feed_address_bytes; // of references and their bases that were resolved
    enum rank item_ranks[FIELDS], feed_ranks[FIELDS];
    struct person person;
    bool has_person;
    uint32_t sy_period_s, sy_frequency;

    struct build_frame frames[CLEAN_DEPTH_MAX + 2]; // not zeroed beyond depth
};

// Makes a builder that fills doc. The options, the arena and doc must outlive it.
void build_init(struct builder *b, const struct parse_options *options, struct arena *arena, struct document *doc);
void build_done(struct builder *b);

// An element begins, ends; text inside it. Unbalanced calls are a bug of the caller.
void build_start(struct builder *b, const struct build_tag *tag);
void build_end(struct builder *b);
void build_text(struct builder *b, struct str text);

// The document ends; is_whole false says that an item may be cut off.
void build_finish(struct builder *b, bool is_whole);

// ---- shared with fields.c and the JSON reader

// Returns the arena of the fields at hand, and the innermost base and language.
struct arena *build_arena(struct builder *b);
const struct build_frame *build_top(const struct builder *b);

// Begins an item, counted, with no fields. Ends it: keeps it or hands it to the callback.
void build_item_begin(struct builder *b);
void build_item_end(struct builder *b);

// Returns the bytes that may still be kept; the text cut to them, in the arena. build_keep is for short fields.
size_t build_room(const struct builder *b, enum build_kept kind);
struct str build_keep_as(struct builder *b, struct str text, enum build_kept kind);
struct str build_keep(struct builder *b, struct str text);
// Returns a reference made absolute, in the arena; empty where the item is not kept.
struct str build_address(struct builder *b, struct str base, struct str reference);

// Takes a value whose text is complete, or the text that stood behind an empty link, where HTML's serialisers put it.
void field_end(struct builder *b, enum build_place place, struct str text);
void field_loose_address(struct builder *b, enum build_place place, struct str text);

// Takes what an element says by its attributes alone, when it begins.
void field_start(struct builder *b, enum build_place place, const struct build_tag *tag);

// The item, or the feed, is complete: fills what follows from other fields.
void field_item_done(struct builder *b);
void field_feed_done(struct builder *b);

// Returns the value of an attribute by local name without case, NULL view where there is none.
struct str tag_attribute(const struct build_tag *tag, struct str local);

// Adds to the item's or the feed's lists.
void field_add_author(struct builder *b, enum build_place place, struct person person, enum rank rank);
void field_add_category(struct builder *b, enum build_place place, struct category category);
void field_add_link(struct builder *b, enum build_place place, struct link link, bool is_own);
struct str field_relation(struct str rel); // a registered relation without its registry
void field_add_enclosure(struct builder *b, struct enclosure enclosure);

// Reads "name (address)", "address (name)", "name <address>" and either alone.
struct person person_read(struct str text);

#endif
