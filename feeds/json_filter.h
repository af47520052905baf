// SPDX-License-Identifier: MIT
//
// JSON as found -> JSON that yajl reads in linear time: see feeds/jsonfeed.h.
#ifndef FEEDS_JSON_FILTER_H
#define FEEDS_JSON_FILTER_H

#include "base/buf.h"
#include "feeds/document.h"

struct json_filter {
    void (*write)(void *context, struct str json);
    void *context;
    struct repair *repairs;
    struct buf out;
    bool is_in_string;
    char escape[8];       // an escape sequence that is not whole yet, from its backslash on
    size_t n_escape;
    size_t string_bytes;  // of the open string, written so far
    size_t string_max;
    bool is_cut;          // the open string is over its cap
    size_t word_bytes;    // of a number or a literal
    bool has_comma;       // a comma is held back: it may be a trailing one
    uint32_t high;        // \uD8xx was seen: its other half must follow
    bool is_begun;        // the first '{' was seen
    enum json_comment { NO_COMMENT, SLASH, LINE_COMMENT, BLOCK_COMMENT, BLOCK_STAR } comment;
};

// Makes a filter; strings are cut at string_max bytes.
void json_filter_init(struct json_filter *f, size_t string_max, struct repair *repairs);
void json_filter_done(struct json_filter *f);

// Reads valid UTF-8; ends the text (what is held goes out, an open string stays out).
void json_filter_read(struct json_filter *f, struct str text);
void json_filter_end(struct json_filter *f);

#endif
