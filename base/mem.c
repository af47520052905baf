// SPDX-License-Identifier: MIT
//
// Allocation that does not fail. See mem.h.
#define _DEFAULT_SOURCE // reallocarray
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>

void *mem_alloc(size_t n)
{
    return mem_alloc_array(1, n);
}

void *mem_alloc_array(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    assert(p && "out of memory");
    return p;
}

void *mem_resize_array(void *p, size_t count, size_t size)
{
    p = reallocarray(p, count ? count : 1, size ? size : 1);
    assert(p && "out of memory");
    return p;
}

char *mem_dupz(struct str s)
{
    char *z = mem_alloc(s.n + 1);
    if (s.n)
        memcpy(z, s.p, s.n);
    return z;
}

void mem_free(void *p)
{
    free(p);
}
