// SPDX-License-Identifier: MIT
//
// A byte buffer that grows up to a cap. Reaching the cap cuts what is added and sets is_cut, which stays set until
// buf_reset: the caller decides whether that is an error, a count or a shorter text.
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>

#include "base/str.h"

struct buf {
    char *p; // NUL-terminated after every call once anything was added
    size_t n;
    size_t room;      // bytes allocated
    size_t bytes_max; // the cap on n
    bool is_cut;
};

// Makes an empty buffer that holds at most bytes_max bytes. Allocates nothing yet.
void buf_init(struct buf *b, size_t bytes_max);

// Frees the bytes; b may be used again after buf_init. Accepts a zeroed struct.
void buf_done(struct buf *b);

// Empties the buffer and clears is_cut; keeps the memory.
void buf_reset(struct buf *b);

// Appends; false when the cap cut it (as much as fits was added).
bool buf_add(struct buf *b, struct str s);
bool buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool buf_addv(struct buf *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

static inline bool buf_add_char(struct buf *b, char c)
{
    if (b->n + 1 >= b->room || b->n == b->bytes_max)
        return buf_add(b, (struct str){&c, 1});
    b->p[b->n++] = c;
    b->p[b->n] = '\0';
    return true;
}

// Makes room for n more bytes and returns where they go, or NULL where the cap does not allow it; the caller writes
// there and then adds to b->n what it wrote (buf_wrote keeps the terminator).
char *buf_room(struct buf *b, size_t n);
void buf_wrote(struct buf *b, size_t n);

// A view of the content, valid until the next change.
static inline struct str buf_str(const struct buf *b) { return (struct str){b->p, b->n}; }

// The content as a NUL-terminated string, "" when empty; valid until the next change.
static inline const char *buf_z(const struct buf *b) { return b->p ? b->p : ""; }

#endif
