// SPDX-License-Identifier: MIT
//
// JSON as found -> JSON that yajl reads in linear time: see feeds/jsonfeed.h.
#ifndef FEEDS_JSON_FILTER_H
#define FEEDS_JSON_FILTER_H

#include "base/buf.h"
#include "feeds/document.h"

enum { JSON_DEPTH_MAX = 64, JSON_WORD_MAX = 64, JSON_BLANKS_MAX = 32 };

// What JSON's grammar wants next.
enum json_want { WANT_ROOT, WANT_KEY, WANT_COLON, WANT_VALUE, WANT_COMMA, WANT_NOTHING };

struct json_filter {
    void (*write)(void *context, struct str json);
    void *context;
    struct repair *repairs;
    struct buf out;
    const char *at, *counted; // in the piece at hand: where reading is, up to where lines are counted
    uint32_t line, col;

    // strings
    enum json_part { OUTSIDE, IN_STRING, BEHIND_QUOTE } part;
    char quote;           // that the open string began with
    bool is_key;
    char escape[8];       // an escape sequence that is not whole yet, from its backslash on
    size_t n_escape;
    char blanks[JSON_BLANKS_MAX]; // between a quote that may be the string's end and what tells
    size_t n_blanks;
    size_t string_bytes;  // of the open string, written so far
    size_t string_max;
    bool is_cut;          // the open string is over its cap
    uint32_t high;        // \uD8xx was seen: its other half must follow

    // between them
    enum json_want want;
    bool has_comma;       // a comma is held back: it may be a trailing one
    char open[JSON_DEPTH_MAX]; // '{' and '['
    uint8_t plain[JSON_DEPTH_MAX]; // elements so far that are no containers, at most 255; 255 too where one is
    char held;            // a bracket that fits badly: what follows tells whether it is one too many
    char before;          // the byte before this one
    size_t token_at, string_at; // in out: where the last token with its comma begins, its quote; SIZE_MAX: written
    uint32_t n_open;
    size_t n_skipped;     // open beyond the deepest level that is kept: all in them is dropped
    char word[JSON_WORD_MAX]; // a number, a literal, a name without quotes
    size_t n_word;
    enum json_comment { NO_COMMENT, SLASH, LINE_COMMENT, BLOCK_COMMENT, BLOCK_STAR } comment;
};

// Makes a filter; strings are cut at string_max bytes.
void json_filter_init(struct json_filter *f, size_t string_max, struct repair *repairs);
void json_filter_done(struct json_filter *f);

// Reads valid UTF-8; ends the text (what is held goes out, an open string is closed).
void json_filter_read(struct json_filter *f, struct str text);
void json_filter_end(struct json_filter *f);

// ---- shared by json_filter.c and json_grammar.c

// Adds to what yajl gets, unless it stands too deep. Counts a repair.
void json_put(struct json_filter *f, const char *p, size_t n);
void json_mend(struct json_filter *f, enum repair_kind kind);

// One byte outside of strings; true where it begins one (f->quote is set).
bool json_outside(struct json_filter *f, char ch);

// Closes the bracket that is held back, if there is one.
void json_settle(struct json_filter *f);

// A string, number or literal is complete.
void json_token_done(struct json_filter *f);

#endif
