// SPDX-License-Identifier: MIT
//
// Public and special addresses, from IANA's special-purpose registries of IPv4 and IPv6.
#include "feeds/address.h"

struct range {
    unsigned char prefix[16];
    unsigned char bits;
};

static const struct range special_v4[] = {
    {{0}, 8},                // "this network" (RFC 791)
    {{10}, 8},               // private (RFC 1918)
    {{100, 64}, 10},         // shared by carriers (RFC 6598)
    {{127}, 8},              // loopback
    {{169, 254}, 16},        // link-local (RFC 3927), cloud metadata
    {{172, 16}, 12},         // private
    {{192, 0, 0}, 24},       // protocol assignments (RFC 6890)
    {{192, 0, 2}, 24},       // documentation
    {{192, 88, 99}, 24},     // 6to4 relays, deprecated (RFC 7526)
    {{192, 168}, 16},        // private
    {{198, 18}, 15},         // benchmarking (RFC 2544)
    {{198, 51, 100}, 24},    // documentation
    {{203, 0, 113}, 24},     // documentation
    {{224}, 4},              // multicast
    {{240}, 4},              // reserved, broadcast
};

// Only 2000::/3 is given out as global unicast; these parts of it are special.
static const struct range special_v6[] = {
    {{0x20, 0x01, 0x00}, 23},             // protocol assignments; Teredo is looked at before
    {{0x20, 0x01, 0x0D, 0xB8}, 32},       // documentation
    {{0x3F, 0xFF, 0x00}, 20},             // documentation (RFC 9637)
};

static bool is_in(const unsigned char *bytes, const struct range *r)
{
    size_t whole = r->bits / 8;
    unsigned rest = r->bits % 8;
    if (memcmp(bytes, r->prefix, whole) != 0)
        return false;
    return rest == 0 || bytes[whole] >> (8 - rest) == r->prefix[whole] >> (8 - rest);
}

static bool is_public_v4(const unsigned char bytes[4])
{
    for (size_t i = 0; i < sizeof special_v4 / sizeof *special_v4; i++)
        if (is_in(bytes, &special_v4[i]))
            return false;
    return true;
}

// Finds the IPv4 address that an IPv6 one carries. Teredo's client address is stored inverted (RFC 4380 section 4);
// the local NAT64 prefix 64:ff9b:1::/48 (RFC 8215) holds the address in bytes 6-7 and 9-10 or at the end: both forms of
// it are refused as private, being local by definition.
static bool carried_v4(const unsigned char b[16], unsigned char out[4])
{
    static const unsigned char zero[12];
    static const unsigned char nat64[12] = {0x00, 0x64, 0xFF, 0x9B};
    bool is_mapped = memcmp(b, zero, 10) == 0 && b[10] == 0xFF && b[11] == 0xFF;
    bool is_translated = memcmp(b, zero, 8) == 0 && b[8] == 0xFF && b[9] == 0xFF && b[10] == 0 && b[11] == 0;
    bool is_compatible = memcmp(b, zero, 12) == 0;
    bool is_isatap = b[8] <= 2 && (b[8] & 0xFD) == 0 && b[9] == 0 && b[10] == 0x5E && b[11] == 0xFE;
    if (is_mapped || is_translated || is_compatible || memcmp(b, nat64, 12) == 0 || is_isatap) {
        memcpy(out, b + 12, 4);
        return true;
    }
    if (b[0] == 0x20 && b[1] == 0x02) {
        memcpy(out, b + 2, 4);
        return true;
    }
    if (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0 && b[3] == 0) {
        for (int i = 0; i < 4; i++)
            out[i] = (unsigned char)~b[12 + i];
        return true;
    }
    return false;
}

bool is_public_address(const unsigned char *bytes, size_t n)
{
    unsigned char v4[4];
    if (n == 4)
        return is_public_v4(bytes);
    if (n != 16)
        return false;
    bool is_global = (bytes[0] & 0xE0) == 0x20;
    if (carried_v4(bytes, v4)) {
        // An ISATAP address also needs a global prefix; the other forms have one of their own.
        bool has_own_prefix = is_global || bytes[0] == 0;
        return has_own_prefix && is_public_v4(v4);
    }
    for (size_t i = 0; i < sizeof special_v6 / sizeof *special_v6; i++)
        if (is_in(bytes, &special_v6[i]))
            return false;
    return is_global;
}

bool is_metadata_address(const unsigned char *bytes, size_t n)
{
    static const unsigned char ec2[16] = {0xFD, 0x00, 0x0E, 0xC2, [14] = 0x02, [15] = 0x54};
    unsigned char v4[4];
    if (n == 4)
        return bytes[0] == 169 && bytes[1] == 254;
    if (n != 16)
        return false;
    if ((bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80) || memcmp(bytes, ec2, 16) == 0)
        return true;
    return carried_v4(bytes, v4) && is_metadata_address(v4, 4);
}

static bool read_v4(struct str text, unsigned char out[4])
{
    struct str rest = text;
    for (int i = 0; i < 4; i++) {
        uint64_t n = 0;
        struct str part = str_cut(&rest, '.');
        bool is_last = rest.p == NULL;
        if (part.n > 3 || (part.n > 1 && part.p[0] == '0') || !str_to_u64(part, 255, &n) || is_last != (i == 3))
            return false;
        out[i] = (unsigned char)n;
    }
    return true;
}

static bool read_group(struct str part, unsigned char out[2])
{
    unsigned value = 0;
    if (part.n < 1 || part.n > 4)
        return false;
    for (size_t i = 0; i < part.n; i++) {
        char c = char_lower(part.p[i]);
        if (!char_is_digit(c) && !(c >= 'a' && c <= 'f'))
            return false;
        value = value * 16 + (unsigned)(char_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    out[0] = (unsigned char)(value >> 8);
    out[1] = (unsigned char)value;
    return true;
}

// Reads the groups of one side of "::"; the last one may be an IPv4 address. Returns the bytes, or SIZE_MAX.
static size_t read_groups(struct str text, unsigned char out[16], bool may_end_in_v4)
{
    size_t n = 0;
    if (text.n == 0)
        return 0;
    struct str rest = text;
    while (rest.p) {
        struct str part = str_cut(&rest, ':');
        if (!rest.p && may_end_in_v4 && n <= 12 && read_v4(part, out + n))
            return n + 4;
        if (n > 14 || !read_group(part, out + n))
            return SIZE_MAX;
        n += 2;
    }
    return n;
}

size_t address_read(struct str text, unsigned char out[16])
{
    unsigned char head[16] = {0}, tail[16] = {0};
    if (read_v4(text, out))
        return 4;
    size_t gap = str_find(text, S("::"));
    if (gap == text.n) {
        if (read_groups(text, head, true) != 16)
            return 0;
        memcpy(out, head, 16);
        return 16;
    }
    size_t n_head = read_groups(str_head(text, gap), head, false);
    size_t n_tail = read_groups(str_from(text, gap + 2), tail, true);
    if (n_head == SIZE_MAX || n_tail == SIZE_MAX || n_head + n_tail > 14)
        return 0;
    memset(out, 0, 16);
    memcpy(out, head, n_head);
    memcpy(out + 16 - n_tail, tail, n_tail);
    return 16;
}
