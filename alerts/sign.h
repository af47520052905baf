// SPDX-License-Identifier: MIT
//
// Signatures of webhooks by Standard Webhooks 1.0.0: HMAC-SHA256 over "id.timestamp.body", base64, prefixed "v1,".
#ifndef ALERTS_SIGN_H
#define ALERTS_SIGN_H

#include "base/buf.h"
#include "base/err.h"

enum { SIGN_KEY_BYTES_MIN = 24, SIGN_KEY_BYTES_MAX = 64 }; // the specification's range
enum { SIGN_KEYS_MAX = 4 };          // signatures side by side while keys rotate; a header stays short
enum { SIGN_TOLERANCE_S = 5 * 60 };  // of a timestamp, as the reference libraries have it

struct sign_key {
    unsigned char bytes[SIGN_KEY_BYTES_MAX];
    size_t n;
};

// Reads a secret: "whsec_" and the base64 of 24 to 64 bytes, white space at both ends ignored (a file ends with a
// newline). Fails on everything else without repeating any of the secret in the text.
bool sign_key_parse(struct str text, struct sign_key *out_key, struct err *err) MUST_CHECK;

// Appends the value of `webhook-signature`: one "v1,..." for each of the n keys (1 to SIGN_KEYS_MAX), one blank
// between. timestamp_s is the value of `webhook-timestamp`, seconds since 1970.
void sign_header(const struct sign_key *keys, size_t n, struct str id, int64_t timestamp_s, struct str body,
                 struct buf *out);

// Tells whether one of the signatures of a header is right under the key and the timestamp is within
// SIGN_TOLERANCE_S of now_s. Compares in constant time. What a receiver does; here for tests and tools.
bool sign_verify(const struct sign_key *key, struct str id, int64_t timestamp_s, struct str body, struct str header,
                 int64_t now_s);

#endif
