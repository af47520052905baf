// SPDX-License-Identifier: MIT
//
// Standard Webhooks signatures on libcrypto's HMAC and base64. See sign.h.
#include "alerts/sign.h"

#include <assert.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

#include "base/mem.h"

enum { MAC_BYTES = 32, MAC_BASE64 = 44 };

static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (char_is_digit(c))
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// Decodes base64 with or without its padding; libcrypto's decoder wants whole groups and counts padding as bytes.
static bool decode(struct str text, unsigned char *out, size_t room, size_t *out_n)
{
    size_t pad = 0;
    while (text.n && pad < 2 && text.p[text.n - 1] == '=') {
        text.n--;
        pad++;
    }
    if (text.n % 4 == 1 || (pad && (text.n + pad) % 4 != 0))
        return false;
    uint32_t bits = 0;
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        int digit = digit_of(text.p[i]);
        if (digit < 0)
            return false;
        bits = bits << 6 | (uint32_t)digit;
        if (i % 4 == 0)
            continue;
        if (n == room)
            return false;
        out[n++] = (unsigned char)(bits >> (2 * (3 - i % 4)));
    }
    *out_n = n;
    return true;
}

bool sign_key_parse(struct str text, struct sign_key *out_key, struct err *err)
{
    static const struct str prefix = STR("whsec_");
    struct str s = str_trim(text);
    if (s.n == 0)
        return err_set(err, "the secret is empty: expected whsec_ and the base64 of 24 to 64 random bytes");
    if (!str_starts(s, prefix))
        return err_set(err, "the secret does not begin with whsec_: expected whsec_ and the base64 of 24 to 64 bytes");
    struct sign_key key = {0};
    unsigned char bytes[SIGN_KEY_BYTES_MAX + 1];
    size_t n = 0;
    if (!decode(str_from(s, prefix.n), bytes, sizeof bytes, &n)) {
        bool is_long = s.n - prefix.n > (size_t)(SIGN_KEY_BYTES_MAX + 2) / 3 * 4;
        return is_long ? err_set(err, "the secret is longer than 64 bytes: expected whsec_ and base64 of 24 to 64")
                       : err_set(err, "what follows whsec_ is not base64");
    }
    if (n < SIGN_KEY_BYTES_MIN || n > SIGN_KEY_BYTES_MAX)
        return err_set(err, "the secret has %zu bytes: expected 24 to 64 (openssl rand -base64 32 makes one)", n);
    memcpy(key.bytes, bytes, n);
    key.n = n;
    OPENSSL_cleanse(bytes, sizeof bytes);
    *out_key = key;
    return true;
}

// Writes the base64 of the HMAC of "id.timestamp.body", and a NUL.
static void mac_base64(const struct sign_key *key, struct str id, int64_t timestamp_s, struct str body,
                       char out[MAC_BASE64 + 1])
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    buf_add(&text, id);
    buf_addf(&text, ".%" PRId64 ".", timestamp_s);
    buf_add(&text, body);
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    const unsigned char *done =
        HMAC(EVP_sha256(), key->bytes, (int)key->n, (const unsigned char *)buf_z(&text), text.n, mac, &n);
    if (!done)
        mem_out();
    assert(n == MAC_BYTES);
    EVP_EncodeBlock((unsigned char *)out, mac, MAC_BYTES);
    buf_done(&text);
}

void sign_header(const struct sign_key *keys, size_t n, struct str id, int64_t timestamp_s, struct str body,
                 struct buf *out)
{
    assert(n >= 1 && n <= SIGN_KEYS_MAX);
    for (size_t i = 0; i < n; i++) {
        char mac[MAC_BASE64 + 1];
        mac_base64(&keys[i], id, timestamp_s, body, mac);
        buf_addf(out, "%sv1,%s", i ? " " : "", mac);
    }
}

bool sign_verify(const struct sign_key *key, struct str id, int64_t timestamp_s, struct str body, struct str header,
                 int64_t now_s)
{
    if (timestamp_s < now_s - SIGN_TOLERANCE_S || timestamp_s > now_s + SIGN_TOLERANCE_S)
        return false;
    char mac[MAC_BASE64 + 1];
    mac_base64(key, id, timestamp_s, body, mac);
    bool is_right = false;
    while (header.p) {
        struct str part = str_cut(&header, ' ');
        if (!str_starts(part, S("v1,")) || part.n != 3 + MAC_BASE64)
            continue;
        is_right |= CRYPTO_memcmp(part.p + 3, mac, MAC_BASE64) == 0;
    }
    return is_right;
}
