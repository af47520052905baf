// SPDX-License-Identifier: MIT
//
// Standard Webhooks 1.0.0 signatures as a receiver checks them: code apart from the daemon's, so that an error there
// does not hide here.
#ifndef TESTS_TOOLS_SIGNATURE_H
#define TESTS_TOOLS_SIGNATURE_H

#include "base/arena.h"
#include "base/clock.h"
#include "tests/tools/wire.h"

// Decodes whsec_BASE64 into the arena; the empty view where it is none or not of 24 to 64 bytes.
struct str signature_secret(const char *text, struct arena *arena);

// Returns NULL where the request is signed by one of the secrets within 5 minutes of now, else what is wrong.
const char *signature_fault(const struct wire_request *request, const struct str *secrets, size_t n, wall_t now);

#endif
