// SPDX-License-Identifier: MIT
//
// Allocation that does not fail: when memory is out, one line goes to standard error and the process aborts. That needs
// no memory: assert's own message does, and says "Unexpected error." then.
//
// The store is durable and the service manager restarts a clean process, so no caller has a second path for "no
// memory". Sizes that come from outside are capped before they reach this file.
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include "base/str.h"

// Returns n zeroed bytes (n 0 counts as 1), to be given to mem_free. Any thread.
void *mem_alloc(size_t n) __attribute__((malloc, returns_nonnull));

// Returns count zeroed elements of size bytes each; a product that overflows is a bug and aborts.
void *mem_alloc_array(size_t count, size_t size) __attribute__((malloc, returns_nonnull));

// Returns p grown or shrunk to count elements of size bytes; new bytes are not zeroed.
void *mem_resize_array(void *p, size_t count, size_t size) __attribute__((returns_nonnull));

// Returns a NUL-terminated copy of s, to be given to mem_free.
char *mem_dupz(struct str s) __attribute__((malloc, returns_nonnull));

// Says "out of memory" in one line and aborts: for what a library could not allocate.
void mem_out(void) __attribute__((noreturn, cold));

// Frees what the functions above returned; NULL is accepted.
void mem_free(void *p);

#endif
