// SPDX-License-Identifier: MIT
//
// Hash tables: uthash (UT_hash_handle, HASH_ADD, HASH_FIND), with this house's answer when memory is out.
//
// By itself uthash leaves with exit(-1) and not a word, running atexit functions on a half-changed table. Here it is as
// in base/mem.h: one line on standard error, and the process aborts. `make layers` refuses <uthash.h> anywhere else. A
// file that wants its own HASH_FUNCTION (a seeded one, for keys that strangers choose) defines it before this.
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/mem.h"

#define uthash_fatal(text) mem_out()
#include <uthash.h>

#endif
