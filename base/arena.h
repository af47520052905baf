// SPDX-License-Identifier: MIT
//
// An arena: many small allocations, one release. Each poll has one, and it travels with the poll's outcome from the
// worker to the writer. Code that works on a document never frees.
//
// The cap is soft: an allocation never fails, so that no caller has an error path for it, but arena_is_full says when
// the cap is passed, and whoever fills an arena from outside data asks it after each item and stops there.
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>

#include "base/str.h"

struct arena {
    struct arena_block *blocks; // newest first
    size_t bytes;               // asked for so far, large blocks included
    size_t bytes_max;
};

// Makes an empty arena whose soft cap is bytes_max. Allocates nothing yet.
void arena_init(struct arena *a, size_t bytes_max);

// Releases everything. Accepts a zeroed struct.
void arena_done(struct arena *a);

// Releases everything but one block of ordinary size, for the next use.
void arena_reset(struct arena *a);

// Moves all of `from` into the empty arena `to`; views into it stay valid.
void arena_move(struct arena *to, struct arena *from);

// Returns n zeroed bytes aligned for any type; never NULL.
void *arena_alloc(struct arena *a, size_t n) __attribute__((returns_nonnull));
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_alloc((a), sizeof(type) * (count)))

// Returns n bytes that hold anything, aligned for any type; never NULL. For text that is written over at once.
void *arena_bytes(struct arena *a, size_t n) __attribute__((returns_nonnull));

// Gives back all but the first `used` of the n bytes at p, which must be the arena's newest allocation. Returns where
// the used ones are now.
void *arena_trim(struct arena *a, void *p, size_t n, size_t used) __attribute__((returns_nonnull));

// Returns a copy of s in the arena.
struct str arena_str(struct arena *a, struct str s);

// Returns a NUL-terminated copy of s in the arena.
char *arena_dupz(struct arena *a, struct str s);

// Returns formatted text in the arena (NUL-terminated behind the view).
struct str arena_fmt(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str arena_fmtv(struct arena *a, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

// Tells whether more than the cap was asked for.
static inline bool arena_is_full(const struct arena *a) { return a->bytes > a->bytes_max; }

// Appends one element to an array that lives in the arena and doubles when full (the old copy stays until release).
// `vec` is an lvalue pointer, `n` an lvalue count. Capacity is the power of two at or above n, at least 4.
#define ARENA_PUSH(a, vec, n, value)                                                                                   \
    do {                                                                                                               \
        (vec) = arena_grow((a), (vec), (n), sizeof *(vec));                                                            \
        (vec)[(n)++] = (value);                                                                                        \
    } while (0)

// The work of ARENA_PUSH: returns p, or a copy of its count elements with room for more.
void *arena_grow(struct arena *a, void *p, size_t count, size_t size) __attribute__((returns_nonnull));

#endif
