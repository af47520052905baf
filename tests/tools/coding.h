// SPDX-License-Identifier: MIT
//
// The content codings of HTTP, for the origin's answers: honest bodies and bombs.
#ifndef TESTS_TOOLS_CODING_H
#define TESTS_TOOLS_CODING_H

#include "tests/tools/origin.h"

// Appends to out what a server sends for `body` followed by `blanks` blanks. The blanks never stand in memory at once.
void coding_apply(enum origin_coding coding, struct str body, uint64_t blanks, struct buf *out);

// Returns the name in Content-Encoding, or NULL for ORIGIN_PLAIN.
const char *coding_name(enum origin_coding coding);

#endif
