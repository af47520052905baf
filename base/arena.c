// SPDX-License-Identifier: MIT
//
// An arena of blocks in a list. See arena.h.
//
// Blocks grow from 1 KiB, which is all that an unchanged poll or the cutting of an address needs (zeroing 16 KiB for
// each of them was a quarter of a poll's instructions), to 16 KiB, in which most polls with new items fit. What is
// larger than a quarter of that gets a block of its own, hung behind the current one, so that a big body does not waste
// the rest of it.
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdio.h>

#include "base/mem.h"

enum { FIRST_BLOCK_BYTES = 1000, BLOCK_BYTES = 16 * 1024, OWN_BLOCK_BYTES = BLOCK_BYTES / 4 };

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *a, size_t bytes_max)
{
    *a = (struct arena){.bytes_max = bytes_max};
}

static void free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *next = block->next;
        mem_free(block);
        block = next;
    }
}

void arena_done(struct arena *a)
{
    free_blocks(a->blocks);
    *a = (struct arena){0};
}

void arena_reset(struct arena *a)
{
    struct arena_block *keep = a->blocks;
    if (keep && keep->size <= BLOCK_BYTES) {
        free_blocks(keep->next);
        memset(keep->bytes, 0, keep->used);
        keep->next = NULL;
        keep->used = 0;
    } else {
        free_blocks(keep);
        a->blocks = NULL;
    }
    a->bytes = 0;
}

void arena_move(struct arena *to, struct arena *from)
{
    assert(!to->blocks);
    *to = *from;
    *from = (struct arena){.bytes_max = to->bytes_max};
}

enum kind { SHARED, OWN, OWN_NOT_ZEROED };

static struct arena_block *add_block(struct arena *a, size_t size, enum kind kind)
{
    size_t bytes = sizeof(struct arena_block) + size;
    struct arena_block *block = kind == OWN_NOT_ZEROED ? mem_resize_array(NULL, bytes, 1) : mem_alloc(bytes);
    block->size = size;
    block->used = kind == SHARED ? 0 : size;
    struct arena_block **at = kind != SHARED && a->blocks ? &a->blocks->next : &a->blocks;
    block->next = *at;
    *at = block;
    return block;
}

static size_t next_size(const struct arena_block *last, size_t need)
{
    if (!last)
        return need <= FIRST_BLOCK_BYTES ? FIRST_BLOCK_BYTES : BLOCK_BYTES;
    size_t size = last->size * 4 > need ? last->size * 4 : need;
    return size < BLOCK_BYTES ? size : BLOCK_BYTES;
}

static size_t rounded(size_t n)
{
    assert(n < SIZE_MAX / 2);
    return (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

static void *allocate(struct arena *a, size_t n, bool is_zeroed)
{
    size_t need = rounded(n);
    a->bytes += need;
    if (need > OWN_BLOCK_BYTES)
        return add_block(a, need, is_zeroed ? OWN : OWN_NOT_ZEROED)->bytes;
    struct arena_block *block = a->blocks;
    if (!block || block->size - block->used < need)
        block = add_block(a, next_size(block, need), SHARED);
    char *p = block->bytes + block->used;
    block->used += need;
    return p;
}

void *arena_alloc(struct arena *a, size_t n) { return allocate(a, n, true); }

void *arena_bytes(struct arena *a, size_t n) { return allocate(a, n, false); }

void *arena_trim(struct arena *a, void *p, size_t n, size_t used)
{
    size_t had = rounded(n), keep = rounded(used);
    assert(used <= n && a->blocks);
    a->bytes -= had - keep;
    if (had > OWN_BLOCK_BYTES) {
        struct arena_block **at = a->blocks->bytes == (char *)p ? &a->blocks : &a->blocks->next;
        assert((*at)->bytes == (char *)p);
        *at = mem_resize_array(*at, sizeof(struct arena_block) + keep, 1);
        (*at)->size = (*at)->used = keep;
        return (*at)->bytes;
    }
    struct arena_block *block = a->blocks;
    assert((char *)p + had == block->bytes + block->used);
    memset((char *)p + keep, 0, had - keep); // what is not used is zeros
    block->used -= had - keep;
    return p;
}

struct str arena_str(struct arena *a, struct str s)
{
    return (struct str){arena_dupz(a, s), s.n};
}

char *arena_dupz(struct arena *a, struct str s)
{
    char *p = arena_bytes(a, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

struct str arena_fmt(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str s = arena_fmtv(a, format, args);
    va_end(args);
    return s;
}

struct str arena_fmtv(struct arena *a, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    assert(n >= 0);
    char *p = arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return (struct str){p, (size_t)n};
}

void *arena_grow(struct arena *a, void *p, size_t count, size_t size)
{
    bool is_full = count == 0 || (count >= 4 && (count & (count - 1)) == 0);
    if (!is_full)
        return p;
    void *larger = arena_alloc(a, (count ? count * 2 : 4) * size);
    if (count)
        memcpy(larger, p, count * size);
    return larger;
}
