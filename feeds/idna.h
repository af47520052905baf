// SPDX-License-Identifier: MIT
//
// Host names beyond ASCII. curl can do it (with libidn2), but only through the process's locale, which is C here.
#ifndef FEEDS_IDNA_H
#define FEEDS_IDNA_H

#include "base/arena.h"

// Returns a host name (UTF-8) in lower-case ASCII: labels mapped by NFKC and case folding, then Punycode (RFC 3492).
// A name that cannot be one (a label over 63 bytes, bad UTF-8, nothing left of it) comes back as it is, ASCII letters
// in lower case.
struct str idna_to_ascii(struct arena *a, struct str host);

#endif
