// SPDX-License-Identifier: MIT
//
// Silences: what a person does not want to hear until a time. A silenced alert is kept, listed and can be sent by hand;
// the first alert after the end says how many were hidden.
//
// A matcher is words with all to be met:  rule=ceasefire-* feed="Example World" severity<=notice tag=world title=*gold*
// Names: rule, feed (title or URL), severity, tag, title, url. `=` takes `*` for any run of characters and ignores the
// case of letters; `!=` is its opposite; severity also takes <= and >=.
#ifndef ALERTS_SILENCE_H
#define ALERTS_SILENCE_H

#include "alerts/alert.h"

enum { SILENCE_TERMS_MAX = 8 };     // words of a matcher
enum { SILENCES_MAX = 1000 };       // at once: a list that people read
enum { SILENCE_TEXT_BYTES = 1024 }; // of a matcher and of a comment

enum silence_field { SILENCE_RULE, SILENCE_FEED, SILENCE_SEVERITY, SILENCE_TAG, SILENCE_TITLE, SILENCE_URL };
enum silence_operator { SILENCE_IS, SILENCE_IS_NOT, SILENCE_AT_MOST, SILENCE_AT_LEAST };

struct silence_term {
    enum silence_field field;
    enum silence_operator op;
    struct str pattern; // a view into the matcher's text
    enum severity severity;
};

struct silence_matcher {
    struct silence_term terms[SILENCE_TERMS_MAX];
    size_t n; // at least 1: nothing silences everything by accident (write rule=*)
};

// A silence as it is kept.
struct silence {
    uint64_t id;        // 1, 2, 3 ...
    struct str matcher; // its text
    struct str comment; // why; who, where the API knows
    wall_t created;
    wall_t until;
    uint32_t hidden;    // alerts so far
    uint32_t told;      // of those, how many an alert after the end has reported
};

// Reads a matcher. Its terms are views into `text`. Fails with the place (col) of the first mistake.
bool silence_parse(struct str text, struct silence_matcher *out, struct err *err) MUST_CHECK;

// Tells whether a matcher meets an alert. Also the preview: the caller runs it over the alerts of the last 7 days.
bool silence_meets(const struct silence_matcher *matcher, const struct alert *alert);

struct silence_list; // what decide asks; owns copies

struct silence_list *silence_list_open(void);
void silence_list_close(struct silence_list *list);

// Puts a silence into the list, or replaces the one of its id (a new `until`, for one). False: the matcher cannot be
// read, the list is full.
bool silence_list_put(struct silence_list *list, const struct silence *silence, struct err *err) MUST_CHECK;

// Returns the silence that hides the alert at `now` (the one that ends last), counted as hidden there, or NULL.
// Valid until the next change of the list.
const struct silence *silence_list_hides(struct silence_list *list, const struct alert *alert, wall_t now);

// Returns how many alerts the ended silences that meet this one hid and nobody reported, and counts them as reported.
uint32_t silence_list_hidden_before(struct silence_list *list, const struct alert *alert, wall_t now);

// Copies the silences that changed since the last call into the arena, to be committed; returns how many.
size_t silence_list_changes(struct silence_list *list, struct arena *arena, struct silence **out);

// Returns the i-th silence, or NULL past the end.
const struct silence *silence_list_at(const struct silence_list *list, size_t i);

// Drops silences that ended before `now` and have nothing left to report, or ended SILENCE_REPORT_DAYS ago: nothing
// that they would meet has come since. Returns how many, their ids in the arena: the store is to forget them too.
enum { SILENCE_REPORT_DAYS = 30 };
size_t silence_list_prune(struct silence_list *list, wall_t now, struct arena *arena, uint64_t **out_ids);

#endif
