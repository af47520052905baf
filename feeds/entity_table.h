// SPDX-License-Identifier: MIT
//
// The table behind feeds/entity.h, sorted by the bytes of the names.
#ifndef FEEDS_ENTITY_TABLE_H
#define FEEDS_ENTITY_TABLE_H

#include <stddef.h>

struct entity_row {
    const char *name; // without & and ;
    const char *utf8; // one character, or two
};

extern const struct entity_row entity_table[];
extern const size_t entity_table_n;

#endif
