// SPDX-License-Identifier: MIT
//
// HTML's elements and what they do to text. Only feeds/html*.c know this.
#ifndef FEEDS_HTML_NAMES_H
#define FEEDS_HTML_NAMES_H

#include "base/str.h"

enum html_effect {
    EFFECT_UNKNOWN,   // no element of HTML
    EFFECT_NONE,      // inline: joins
    EFFECT_WORD,      // parts words
    EFFECT_LINE,
    EFFECT_BR,        // two in a row make a paragraph
    EFFECT_PARAGRAPH,
    EFFECT_PRE,       // a paragraph whose line ends count
    EFFECT_RAW,       // its content is no text, up to its end tag or the end of all
    EFFECT_HIDDEN,    // its content is not shown, up to its end tag; without one it hides nothing
};

struct html_element {
    struct str name;
    uint8_t effect;
    uint8_t bit;      // of EFFECT_HIDDEN elements: its number
    bool is_telling;  // its start tag alone shows that a text is HTML
};

// All of them. feeds/html_slots.h is made from the list by tests/tools/html_slots.py.
extern const struct html_element html_elements[];
extern const size_t html_elements_n;

// Returns the length of the name that begins at s: a letter, then letters, digits, ':', '-' and '_'; 0 where there is
// none. *out_key is its key: the last eight characters, letters in lower case.
size_t html_name(struct str s, uint64_t *out_key);

// Returns the element of a name in any case and its key, or NULL.
const struct html_element *html_element_of(struct str name, uint64_t key);

// The same for a name alone.
const struct html_element *html_element_find(struct str name);

#endif
