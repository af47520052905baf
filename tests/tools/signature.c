// SPDX-License-Identifier: MIT
#include "tests/tools/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { TOLERANCE_MS = 5 * MINUTE_MS, SIGNED_BYTES_MAX = WIRE_REQUEST_BYTES_MAX + 256, MAC_BYTES = 32 };

// Decodes padded base64 into out and returns the length, 0 where it is none.
static size_t base64_decode(struct str in, unsigned char *out, size_t room)
{
    if (in.n == 0 || in.n % 4 != 0 || in.n / 4 * 3 > room)
        return 0;
    int n = EVP_DecodeBlock(out, (const unsigned char *)in.p, (int)in.n);
    if (n < 0)
        return 0;
    size_t padding = (in.p[in.n - 1] == '=') + (size_t)(in.p[in.n - 2] == '=');
    return (size_t)n - padding;
}

struct str signature_secret(const char *text, struct arena *arena)
{
    struct str in = str_of(text);
    if (!str_starts(in, S("whsec_")))
        return S("");
    unsigned char bytes[96];
    size_t n = base64_decode(str_from(in, 6), bytes, sizeof bytes);
    return n < 24 || n > 64 ? S("") : arena_str(arena, str_make((char *)bytes, n));
}

static bool is_signed_by(struct str secret, struct str content, struct str signatures)
{
    unsigned char mac[MAC_BYTES], given[96];
    unsigned n = sizeof mac;
    if (!HMAC(EVP_sha256(), secret.p, (int)secret.n, (const unsigned char *)content.p, content.n, mac, &n))
        return false;
    struct str rest = signatures;
    while (rest.p) {
        struct str one = str_cut(&rest, ' ');
        if (str_starts(one, S("v1,")) && base64_decode(str_from(one, 3), given, sizeof given) == MAC_BYTES &&
            CRYPTO_memcmp(given, mac, MAC_BYTES) == 0)
            return true;
    }
    return false;
}

const char *signature_fault(const struct wire_request *request, const struct str *secrets, size_t n, wall_t now)
{
    struct str id = wire_header(request, "webhook-id");
    struct str stamp = wire_header(request, "webhook-timestamp");
    struct str signatures = wire_header(request, "webhook-signature");
    uint64_t at_s;
    if (str_is_empty(id))
        return "no webhook-id";
    if (str_find_char(id, '.') < id.n)
        return "a dot in webhook-id";
    if (!str_to_u64(stamp, INT64_MAX / 1000, &at_s))
        return "webhook-timestamp is not a number of seconds";
    int64_t off_ms = now.ms - (int64_t)at_s * 1000;
    if (off_ms > TOLERANCE_MS || off_ms < -TOLERANCE_MS)
        return "webhook-timestamp is more than 5 minutes off";
    if (!signatures.p)
        return "no webhook-signature";
    struct buf content;
    buf_init(&content, SIGNED_BYTES_MAX);
    buf_addf(&content, "%.*s.%.*s.", STR_ARG(id), STR_ARG(stamp));
    buf_add(&content, request->body);
    bool is_good = false;
    for (size_t i = 0; i < n && !is_good; i++)
        is_good = is_signed_by(secrets[i], buf_str(&content), signatures);
    buf_done(&content);
    return is_good ? NULL : "no signature fits";
}
