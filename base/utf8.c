// SPDX-License-Identifier: MIT
//
// UTF-8. See utf8.h. The decoder follows table 3-7 of the Unicode standard: after the first byte only the second one
// has a range that depends on it.
#include "base/utf8.h"

#include <utf8proc.h>

size_t utf8_decode(struct str s, uint32_t *out_code)
{
    const unsigned char *p = (const unsigned char *)s.p;
    uint32_t first = p[0];
    if (first < 0x80) {
        *out_code = first;
        return 1;
    }
    *out_code = UTF8_BAD;
    if (first < 0xC2 || first > 0xF4)
        return 1;
    size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (s.n < 2 || p[1] < low || p[1] > high)
        return 1;
    uint32_t code = (first & (0xFFu >> (length + 1))) << 6 | (p[1] & 0x3Fu);
    for (size_t i = 2; i < length; i++) {
        if (i >= s.n || (p[i] & 0xC0) != 0x80)
            return i;
        code = code << 6 | (p[i] & 0x3Fu);
    }
    *out_code = code;
    return length;
}

size_t utf8_length(struct str s)
{
    uint32_t code;
    return s.n ? utf8_decode(s, &code) : 0;
}

size_t utf8_encode(uint32_t code, char out[4])
{
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = UTF8_BAD;
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(lead[length] | code);
    return length;
}

bool utf8_add(struct buf *b, uint32_t code)
{
    char bytes[4];
    size_t n = utf8_encode(code, bytes);
    return buf_add(b, str_make(bytes, n));
}

// Returns the length of a character of two or three bytes that is valid whatever its second byte, within its usual
// range: nearly all characters outside ASCII. 0: it must be looked at.
static size_t usual_length(const unsigned char *p)
{
    bool is_second = (p[1] & 0xC0) == 0x80;
    if (p[0] >= 0xC2 && p[0] <= 0xDF)
        return is_second ? 2 : 0;
    bool is_three = p[0] >= 0xE1 && p[0] <= 0xEF && p[0] != 0xED;
    return is_three && is_second && (p[2] & 0xC0) == 0x80 ? 3 : 0;
}

size_t utf8_valid(struct str s)
{
    size_t i = 0;
    while (i < s.n) {
        uint64_t word;
        while (i + sizeof word <= s.n) {
            memcpy(&word, s.p + i, sizeof word);
            if (word & UINT64_C(0x8080808080808080))
                break;
            i += sizeof word;
        }
        while (i < s.n && (unsigned char)s.p[i] < 0x80)
            i++;
        for (size_t n = 1; n > 0 && i + 4 <= s.n;) {
            n = usual_length((const unsigned char *)s.p + i);
            i += n;
        }
        if (i >= s.n)
            break;
        uint32_t code;
        size_t n = utf8_decode((struct str){s.p + i, s.n - i}, &code);
        // U+FFFD itself is valid: three bytes, EF BF BD.
        if (code == UTF8_BAD && !(n == 3 && (unsigned char)s.p[i] == 0xEF && (unsigned char)s.p[i + 2] == 0xBD))
            return i;
        i += n;
    }
    return s.n;
}

bool utf8_is_ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

size_t utf8_count(struct str s)
{
    size_t count = 0;
    for (; s.n; count++)
        s = str_from(s, utf8_length(s));
    return count;
}

size_t utf8_columns(struct str s)
{
    size_t columns = 0;
    while (s.n) {
        uint32_t code;
        s = str_from(s, utf8_decode(s, &code));
        int width = code < 0x80 ? 1 : utf8proc_charwidth((utf8proc_int32_t)code);
        columns += width > 0 ? (size_t)width : 0;
    }
    return columns;
}

struct str utf8_head(struct str s, size_t n)
{
    if (n >= s.n)
        return s;
    while (n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80)
        n--;
    return str_head(s, n);
}

// Tells whether a code point could forge a line or reorder what stands around it.
static bool is_unsafe(uint32_t code)
{
    bool is_control = code < 0x20 || (code >= 0x7F && code <= 0x9F);
    bool is_separator = code == 0x2028 || code == 0x2029;
    bool is_bidi = code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
                   (code >= 0x2066 && code <= 0x2069);
    return is_control || is_separator || is_bidi;
}

// Returns how many bytes at the front are printable ASCII.
static size_t plain_run(struct str s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7F)
        n++;
    return n;
}

void utf8_sanitise(struct str s, struct buf *out)
{
    while (s.n) {
        uint32_t code;
        size_t n = plain_run(s), before = out->n;
        if (n > 1) {
            if (!buf_add(out, str_head(s, n)))
                return; // each of them was whole
            s = str_from(s, n);
            continue;
        }
        n = utf8_decode(s, &code);
        bool fits;
        if (code == '\n' || code == '\t' || code == '\r')
            fits = buf_add_char(out, ' ');
        else if (is_unsafe(code))
            fits = buf_addf(out, code < 0x100 ? "\\x%02x" : "\\u{%04x}", code);
        else
            fits = utf8_add(out, code);
        if (!fits) {
            out->n = before; // what would not be whole
            out->p[before] = '\0';
            return;
        }
        s = str_from(s, n);
    }
}
