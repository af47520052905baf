// SPDX-License-Identifier: MIT
//
// Allocation that does not fail. See mem.h.
#define _DEFAULT_SOURCE // reallocarray
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// glibc keeps what is freed up to this size in a list of each thread, and its calloc never looks there.
enum { THREAD_CACHE_BYTES = 1032 };

void *mem_alloc(size_t n)
{
    return mem_alloc_array(1, n);
}

void *mem_alloc_array(size_t count, size_t size)
{
    size_t n = 0;
    bool is_small = !__builtin_mul_overflow(count ? count : 1, size ? size : 1, &n) && n <= THREAD_CACHE_BYTES;
    void *p = is_small ? malloc(n) : calloc(count ? count : 1, size ? size : 1);
    if (!p)
        mem_out();
    return is_small ? memset(p, 0, n) : p;
}

void *mem_resize_array(void *p, size_t count, size_t size)
{
    p = reallocarray(p, count ? count : 1, size ? size : 1);
    if (!p)
        mem_out();
    return p;
}

char *mem_dupz(struct str s)
{
    char *z = mem_alloc(s.n + 1);
    if (s.n)
        memcpy(z, s.p, s.n);
    return z;
}

void mem_out(void)
{
    struct str line = S("out of memory: the process ends\n");
    ssize_t wrote = write(STDERR_FILENO, line.p, line.n);
    (void)wrote;
    abort();
}

void mem_free(void *p)
{
    free(p);
}
