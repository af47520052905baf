// SPDX-License-Identifier: MIT
//
// A capped byte buffer. See buf.h.
#include "base/buf.h"

#include <assert.h>
#include <stdio.h>

#include "base/mem.h"

void buf_init(struct buf *b, size_t bytes_max)
{
    *b = (struct buf){.bytes_max = bytes_max};
}

void buf_done(struct buf *b)
{
    mem_free(b->p);
    *b = (struct buf){0};
}

void buf_reset(struct buf *b)
{
    b->n = 0;
    b->is_cut = false;
    if (b->p)
        b->p[0] = '\0';
}

// Grows the allocation so that `want` bytes and a terminator fit.
static void grow(struct buf *b, size_t want)
{
    if (want + 1 <= b->room)
        return;
    size_t room = b->room ? b->room : 64;
    while (room < want + 1)
        room *= 2;
    b->p = mem_resize_array(b->p, room, 1);
    b->room = room;
}

bool buf_add(struct buf *b, struct str s)
{
    size_t left = b->bytes_max - b->n;
    bool fits = s.n <= left;
    size_t n = fits ? s.n : left;
    grow(b, b->n + n);
    if (n)
        memcpy(b->p + b->n, s.p, n);
    b->n += n;
    b->p[b->n] = '\0';
    b->is_cut |= !fits;
    return fits;
}

bool buf_addf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    bool fits = buf_addv(b, format, args);
    va_end(args);
    return fits;
}

bool buf_addv(struct buf *b, const char *format, va_list args)
{
    char small[512];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    assert(n >= 0);
    bool fits;
    if ((size_t)n < sizeof small) {
        fits = buf_add(b, (struct str){small, (size_t)n});
    } else {
        char *big = mem_alloc((size_t)n + 1);
        vsnprintf(big, (size_t)n + 1, format, again);
        fits = buf_add(b, (struct str){big, (size_t)n});
        mem_free(big);
    }
    va_end(again);
    return fits;
}

char *buf_room(struct buf *b, size_t n)
{
    if (n > b->bytes_max - b->n) {
        b->is_cut = true;
        return NULL;
    }
    grow(b, b->n + n);
    return b->p + b->n;
}

void buf_wrote(struct buf *b, size_t n)
{
    assert(b->n + n < b->room);
    b->n += n;
    b->p[b->n] = '\0';
}
