// SPDX-License-Identifier: MIT
//
// The parts of a payload that need nothing but themselves, and putting values into JSON objects: text is made valid
// UTF-8 and cut at a character, times are RFC 3339 or null. Functions that take a json_t take it over.
#ifndef ALERTS_RENDER_JSON_H
#define ALERTS_RENDER_JSON_H

#include <jansson.h>

#include "alerts/alert.h"
#include "alerts/candidate.h"

struct json_limits {
    size_t summary_chars; // of the article's summary
    size_t text_bytes;    // of any other text
    size_t terms;         // of a match
    size_t list;          // of tags, authors, categories, enclosures
    size_t members;       // of a story
};

void json_set(json_t *object, const char *name, json_t *value);
void json_add(json_t *array, json_t *value);
void json_set_number(json_t *object, const char *name, int64_t value);
void json_set_bool(json_t *object, const char *name, bool value);

// Returns text of at most bytes_max bytes or chars_max code points; what was cut ends in an ellipsis.
json_t *json_text(struct str text, size_t bytes_max);
json_t *json_chars(struct str text, size_t chars_max);
void json_set_text(json_t *object, const char *name, struct str text, size_t bytes_max);

// Puts an address; one that is too long is left empty, because half of one leads elsewhere.
void json_set_url(json_t *object, const char *name, struct str url, size_t bytes_max);

// Puts a time as RFC 3339 with milliseconds, 0 as null.
void json_set_time(json_t *object, const char *name, wall_t at);

// Returns the words of a text with blanks between as an array.
json_t *json_words(struct str words, size_t n_max, size_t bytes_max);

// Writes a number as 16 digits. Returns out.
const char *json_hex(uint64_t number, char out[17]);

// Return these parts of `data`.
json_t *json_alert(const struct alert *alert);
json_t *json_feed(const struct feed_facts *feed, const struct json_limits *limits);
json_t *json_times(const struct alert *alert);

// Returns the JSON on one line, keys in the order they were put, in the arena.
struct str json_write(const json_t *root, struct arena *arena);

#endif
