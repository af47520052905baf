// SPDX-License-Identifier: MIT
//
// Matching: one document against a whole ruleset. Pure: same document and set, same matches.
//
// A document has named fields of plain text (UTF-8; what is not is repaired as it is read). Hits say where in those
// very bytes a term was found, so that whoever made the text from HTML can go back to the markup.
#ifndef RULES_MATCH_H
#define RULES_MATCH_H

#include "base/arena.h"
#include "rules/rule.h"

enum doc_field {
    FIELD_TITLE,
    FIELD_SUMMARY,
    FIELD_BODY,
    FIELD_AUTHOR,
    FIELD_CATEGORY,
    FIELD_URL,
    FIELD_FEED,
    FIELD_TAG,
    FIELD_LANG,
};
enum { FIELD_COUNT = FIELD_LANG + 1 };

struct doc {
    struct str title, summary, body; // plain text: paragraphs parted by a newline or more
    const struct str *authors;
    size_t n_authors;
    const struct str *categories;
    size_t n_categories;
    struct str url;
    struct str feed; // its name
    const struct str *tags; // of the feed
    size_t n_tags;
    bool is_of_any_feed; // it came from none: every rule's `feeds` takes it
    struct str lang; // as declared ("en", "pt-BR"); empty: detected by script
};

struct snippet {
    struct str before, hit, after; // views of the field, cut at words, about 60 characters each side
};

struct hit {
    enum doc_field field;
    uint32_t value;         // which author, category or tag; else 0
    size_t start, end;      // bytes in the field's text
    size_t start_cp, end_cp; // code points in the field's text
    struct str term;        // the leaf as the rule has it: `talk*`, `"peace deal"`, `停火`
    struct snippet snippet;
};

enum { MATCH_HITS_MAX = 20 }; // as many terms as an alert carries

struct match {
    const struct rule *rule;
    uint32_t index;    // of the rule in its ruleset
    struct hit *hits; // by field, then place; at most MATCH_HITS_MAX
    size_t n_hits;
    size_t total;      // hits there were
    bool is_truncated; // total > n_hits
};

struct matches {
    struct match *list; // by index of rule
    size_t n;
    struct str language; // declared or detected, lower case ("uk", "pt-br"); empty: unknown
};

struct match_scratch;

// Makes and frees the memory that a thread matches with; it serves any number of rulesets, one call at a time.
struct match_scratch *match_scratch_new(void);
void match_scratch_free(struct match_scratch *scratch);

// Matches the document. Hits are views of the document's texts and of the ruleset; arrays are in the arena.
// Linear in the text for every rule that the text makes a candidate.
void match_run(const struct ruleset *set, struct match_scratch *scratch, const struct doc *doc, struct arena *arena,
               struct matches *out);

// Returns the language of the text by its script and letters ("uk", "zh"), empty when they do not tell.
struct str language_detect(struct str text);

// Returns the language of a document: as declared, in lower case, else detected; empty: unknown. In the arena.
struct str match_language(const struct doc *doc, struct arena *arena);

// The word of the language for a field: "title"; and the field of a word (false: no such field; "text" is none).
struct str field_name(enum doc_field field);
bool field_of(struct str name, enum doc_field *out);

#endif
