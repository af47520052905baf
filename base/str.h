// SPDX-License-Identifier: MIT
//
// Views of bytes: a pointer and a length, owned by somebody else.
//
// Everything inside feedwatchd passes text as `struct str`. A NUL-terminated string exists only where a library wants
// one (str_dupz in base/arena.h makes it). A view is never written through, and `p` may be NULL where `n` is 0.
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *p;
    size_t n;
};

// A view of a string literal, usable as an initialiser: static const struct str x = STR("abc");
#define STR(literal) {"" literal, sizeof(literal) - 1}
// The same as an expression.
#define S(literal) ((struct str)STR(literal))
// For printf("%.*s", STR_ARG(s)): lengths beyond INT_MAX are cut.
#define STR_ARG(s) (int)((s).n > 0x7fffffff ? 0x7fffffff : (s).n), ((s).p ? (s).p : "")

// Returns a view of the n bytes at p.
static inline struct str str_make(const char *p, size_t n) { return (struct str){p, n}; }

// Returns a view of a NUL-terminated string; NULL gives the empty view.
static inline struct str str_of(const char *z) { return (struct str){z, z ? strlen(z) : 0}; }

// Tells whether two views hold the same bytes.
static inline bool str_eq(struct str a, struct str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }

// Tells whether a view is empty.
static inline bool str_is_empty(struct str s) { return s.n == 0; }

// Returns s from byte `from` on; `from` beyond the end gives the empty view.
static inline struct str str_from(struct str s, size_t from)
{
    return from >= s.n ? (struct str){s.p, 0} : (struct str){s.p + from, s.n - from};
}

// Returns at most the first `n` bytes of s.
static inline struct str str_head(struct str s, size_t n) { return (struct str){s.p, n < s.n ? n : s.n}; }

// Tells whether two views are equal apart from the case of ASCII letters.
bool str_eq_nocase(struct str a, struct str b);

// Orders by bytes, a prefix before its extensions: <0, 0, >0.
int str_cmp(struct str a, struct str b);

// Tells whether s begins / ends with the given bytes; _nocase ignores the case of ASCII letters.
bool str_starts(struct str s, struct str head);
bool str_starts_nocase(struct str s, struct str head);
bool str_ends(struct str s, struct str tail);

// Returns the offset of the first occurrence, or s.n where there is none.
size_t str_find(struct str s, struct str needle);
size_t str_find_nocase(struct str s, struct str needle);
size_t str_find_char(struct str s, char c);

// Returns s without ASCII white space (blank, tab, CR, LF, VT, FF) at both ends.
struct str str_trim(struct str s);

// Cuts *rest at the first `sep`: returns what stands before it and leaves in *rest what stands after it (empty, with
// p NULL, when there was no separator left). Use: while (rest.p) part = str_cut(&rest, ',');
struct str str_cut(struct str *rest, char sep);

// Reads all of s as a decimal number: digits only, no sign, no space. False (and *out untouched) on anything else or
// on overflow of `max`.
bool str_to_u64(struct str s, uint64_t max, uint64_t *out);

// The same with an optional sign.
bool str_to_i64(struct str s, int64_t *out);

// ASCII classes and case that no locale changes.
static inline bool char_is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static inline bool char_is_digit(char c) { return c >= '0' && c <= '9'; }
static inline char char_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static inline bool char_is_alpha(char c) { return (unsigned char)((c | 0x20) - 'a') < 26; }
static inline bool char_is_alnum(char c) { return char_is_alpha(c) || char_is_digit(c); }

#endif
