// SPDX-License-Identifier: MIT
//
// JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), streaming: text in pieces -> items by the builder.
//
// A filter stands before yajl. It holds each string until it is whole, because yajl reads a token again from its
// start at every piece; cuts a string at the text cap; mends what yajl refuses (json_filter.c, json_grammar.c). A value
// of a type nobody expects is skipped.
#ifndef FEEDS_JSONFEED_H
#define FEEDS_JSONFEED_H

#include "feeds/build.h"

struct json_reader;

// Makes a reader that fills the builder's document.
struct json_reader *json_open(struct builder *builder, struct document *doc) __attribute__((returns_nonnull));

// Frees it. Accepts NULL.
void json_close(struct json_reader *j);

// Reads valid UTF-8; ends the text.
void json_read(struct json_reader *j, struct str text);
void json_end(struct json_reader *j);

#endif
