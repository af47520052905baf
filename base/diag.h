// SPDX-License-Identifier: MIT
//
// Diagnostics of text that people write (configuration, rules): all of a run are collected and then shown like this:
//
//   rules.d/truce.rules:4:22: error: NEAR needs words on both sides, found ")"
//       4 |     when  truce NEAR/12 )
//         |                         ^
//         = help: write a word, a phrase or a group of them after NEAR/12
//
// A diagnostic is a range of bytes in a source. A source (name and text) must outlive the diagnostics.
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct source {
    struct str name; // the file as the person named it
    struct str text; // its bytes
};

enum diag_level { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE };

struct diag {
    enum diag_level level;
    const struct source *source; // NULL: about no place in a file
    size_t at;                   // byte offset in the source
    size_t n;                    // bytes marked, 0 for a point
    struct str message;
    struct str help; // empty: none
    bool is_cut;     // its line is shown up to cut_at only, a byte offset in the source: conf_hide
    size_t cut_at;
};

struct diags {
    struct arena arena; // owns messages
    struct diag *list;
    size_t n;
    size_t errors;
    size_t warnings;
    size_t dropped; // beyond DIAGS_MAX: counted, and told at the end
};

enum { DIAGS_MAX = 200 }; // nobody reads more in one run

// Makes an empty collection.
void diags_init(struct diags *ds);

// Frees it. Accepts a zeroed struct.
void diags_done(struct diags *ds);

// Adds one about n bytes at `at` of source. The message takes printf's form. Returns it (for diag_help), or NULL when
// there are DIAGS_MAX already.
struct diag *diag_add(struct diags *ds, enum diag_level level, const struct source *source, size_t at, size_t n,
                      const char *format, ...) __attribute__((format(printf, 6, 7)));

// Sets the help line of a diagnostic; d may be NULL.
void diag_help(struct diags *ds, struct diag *d, const char *format, ...) __attribute__((format(printf, 3, 4)));

// Sorts by source (in order of first appearance), then by place, keeping the order of equal places.
void diags_sort(struct diags *ds);

// Appends all of them as a person reads them, with a caret under each place; ANSI colour where asked for. What a cut
// hides of a line is written as ***, without a caret.
void diags_render(const struct diags *ds, bool with_colour, struct buf *out);

// Returns the 1-based line and column (in code points) of a byte offset.
void source_place(const struct source *source, size_t at, uint32_t *out_line, uint32_t *out_col);

// Returns the candidate nearest to word by edit distance (a swap of neighbours counts once), if it is near enough to
// be what was meant (distance at most a third of the word's length, at least 1), else the first that the word (of 3
// letters or more) begins; else the empty view.
struct str suggest(struct str word, const struct str *candidates, size_t n);

#endif
