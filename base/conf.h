// SPDX-License-Identifier: MIT
//
// The one block grammar of daemon, feeds and rules:
//
//   statement = WORD { argument } [ "{" newline { statement } "}" ] newline
//   argument  = a bare word | "quoted, with \" \\ \n \t"
//   comment   = "#" at a line's start or after white space, up to the line's end
//   include   = "include" PATTERN        at the top level; relative to the file that says it, in byte order
//
// A schema (tables of struct conf_spec) says which statements there are, what their arguments are and which of them
// take an expression: the rest of the line as it stands, and further lines while a parenthesis is open. All errors of
// all files are found in one run; a tree is handed out whole, and only its reader decides whether errors forbid it.
// Values are checked and read here once: a consumer takes value->number and meets no second error.
//
// Nothing here touches a file: what has to be read comes through struct conf_loader.
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include "base/diag.h"

enum conf_type {
    CONF_END,        // no argument: ends a list of them
    CONF_NAME,       // letters, digits, - _ . : and anything beyond ASCII; at most CONF_NAME_BYTES_MAX
    CONF_TEXT,       // a word or a quoted string
    CONF_NUMBER,     // 0 and up
    CONF_DURATION,   // 30s, 5m, 12h, 7d, 2w, 500ms -> number in ms; 0 needs no unit
    CONF_SIZE,       // 4096, 10KiB, 10MiB, 1GiB -> number in bytes
    CONF_RATE,       // 30/1h -> number 30 over 3600000 ms; 30/h is the same; the one choice, `off`, 0 over 0
    CONF_YES_NO,     // yes or no -> number 1 or 0
    CONF_CHOICE,     // one of `choices` -> number is its place, from 0
    CONF_HOURS,      // 08:00-20:00 -> number 480 to over 1200, minutes of the day; the end may lie before the start
    CONF_EXPRESSION, // the rest; text is the source as it stands, comments included
};

struct conf_arg {
    enum conf_type type;
    const char *choices; // CONF_CHOICE: separated by blanks; CONF_RATE: "off", or NULL where it has no such word
    int64_t min, max;    // allowed numbers; max 0: no bounds
};

enum conf_flags {
    CONF_REPEATS = 1,   // may be written more than once in its block
    CONF_UNIQUE = 2,    // repeats, but its first argument must not
    CONF_REQUIRED = 4,  // its block is an error without it
    CONF_MANY = 8,      // the last argument may be written many times, at least once
    CONF_OPTIONAL = 16, // the last argument may be missing
    CONF_SECRET = 32,   // may hold a secret, or an address that has one: conf_hide, and no message quotes it whole
};

enum { CONF_ARGS_MAX = 3, CONF_NAME_BYTES_MAX = 128, CONF_INCLUDE_DEPTH_MAX = 8, CONF_SPECS_MAX = 64 };

struct conf_spec {
    struct str word;
    struct conf_arg args[CONF_ARGS_MAX];
    unsigned flags;
    const struct conf_spec *block; // what may stand in its braces, ended by an empty word; NULL: it has no block
};

struct conf_value {
    struct str text;      // unquoted
    size_t at, n;         // where it stands in the source, quotes included
    bool is_quoted;
    int64_t number, over; // as enum conf_type says
};

struct conf_node {
    const struct conf_spec *spec;
    const struct source *source;
    size_t at, n;             // its word
    size_t end;               // one past its last byte
    size_t body_at, body_end; // between the braces; equal where it has none
    struct conf_value *args;
    size_t n_args;
    struct conf_node *first; // in its block
    struct conf_node *next;  // in the same block
    bool is_broken;          // an error was told about it: its arguments may be missing
};

// How text comes in. Both give the caller's arena what they return; false with err set otherwise.
struct conf_loader {
    void *context;
    // Returns the files that a pattern names, in byte order; a pattern without * ? [ is a file that must be there.
    // A relative one starts at the folder of `from`, the file that says it.
    bool (*find)(void *context, struct str pattern, struct str from, struct arena *a, struct str **out_paths,
                 size_t *out_n, struct err *err);
    // Returns the bytes of a file.
    bool (*read)(void *context, struct str path, struct arena *a, struct str *out_text, struct err *err);
};

struct conf {
    struct arena arena; // owns sources, nodes, values
    struct conf_node *first;
    struct source **sources; // every file read, in order: what a watcher of changes looks at
    size_t n_sources;
    struct conf_names *names; // first arguments that must be unique
};

// Parses a file and what it includes. `tables` is a NULL-terminated list of top-level specs. Adds what is wrong to
// diags and returns true when it added no error; the tree is there either way. diags points into conf: it goes first.
bool conf_load(struct conf *conf, const struct conf_spec *const *tables, struct str path,
               const struct conf_loader *loader, struct diags *diags);

// The same with the text at hand; `loader` may be NULL: then include is kept as a statement and reads nothing. The
// text must outlive conf.
bool conf_parse(struct conf *conf, const struct conf_spec *const *tables, struct str name, struct str text,
                const struct conf_loader *loader, struct diags *diags);

// Parses one more file into a tree that conf_load or conf_parse began (names stay unique over all of them).
bool conf_load_more(struct conf *conf, const struct conf_spec *const *tables, struct str path,
                    const struct conf_loader *loader, struct diags *diags);

// Frees the tree. Accepts a zeroed struct.
void conf_done(struct conf *conf);

// Returns the first statement in the list from `node` on that is spelled `word`, or NULL.
const struct conf_node *conf_find(const struct conf_node *node, struct str word);

// Returns the first argument of statement `word` in the block of `node`, or NULL where it is absent or broken.
const struct conf_value *conf_value(const struct conf_node *node, struct str word);

// Returns a path as the file `from` means it, NUL-terminated, in the arena: a relative one starts at the file's folder.
struct str conf_path(struct str path, struct str from, struct arena *a);

// Adds an error about an argument, or about the statement's word where value is NULL. Returns it for diag_help.
struct diag *conf_error(struct diags *diags, const struct conf_node *node, const struct conf_value *value,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

// Marks what of each diagnostic's line diags_render must not show to others than the one who has the file open: what
// stands behind a word that is CONF_SECRET, and what looks like an address, a login or a key behind any but a rule's.
// Rules and their expressions stay whole. `tables` as above.
void conf_hide(struct diags *diags, const struct conf_spec *const *tables);

// Reads one value of a type by itself (command lines take them too). False with err set, saying what was expected.
bool conf_read(struct str text, const struct conf_arg *arg, struct conf_value *out, struct err *err) MUST_CHECK;

// Returns where the string of an expression ends that a quote at i opens: behind its closing quote, or at its line's
// end where it has none; i itself where no quote stands. A plain quote is closed by a plain one, a typographic one by
// any.
size_t conf_string_end(struct str text, size_t i);

#endif
