// SPDX-License-Identifier: MIT
//
// See idna.h. The encoder follows RFC 3492 section 6.3 with its parameters for IDNA.
#include "feeds/idna.h"

#include <utf8proc.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { LABEL_MAX = 63, HOST_MAX = 253 };
enum { BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, BIAS = 72, FIRST = 128 };

static uint32_t adapt(uint32_t delta, uint32_t points, bool is_first)
{
    uint32_t k = 0;
    delta = is_first ? delta / DAMP : delta / 2;
    delta += delta / points;
    for (; delta > (BASE - TMIN) * TMAX / 2; k += BASE)
        delta /= BASE - TMIN;
    return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static char digit(uint32_t d)
{
    return (char)(d < 26 ? 'a' + d : '0' + d - 26);
}

static void add_delta(struct buf *out, uint32_t delta, uint32_t bias)
{
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
        if (delta < t)
            break;
        buf_add_char(out, digit(t + (delta - t) % (BASE - t)));
        delta = (delta - t) / (BASE - t);
    }
    buf_add_char(out, digit(delta));
}

// Labels are short (63 code points at most), so neither the quadratic loop nor an overflow is to be feared.
static void add_punycode(struct buf *out, const uint32_t *codes, uint32_t n)
{
    uint32_t next = FIRST, delta = 0, bias = BIAS, done = 0;
    for (uint32_t i = 0; i < n; i++)
        if (codes[i] < FIRST) {
            buf_add_char(out, (char)codes[i]);
            done++;
        }
    uint32_t basic = done;
    if (basic)
        buf_add_char(out, '-');
    while (done < n) {
        uint32_t least = UINT32_MAX;
        for (uint32_t i = 0; i < n; i++)
            if (codes[i] >= next && codes[i] < least)
                least = codes[i];
        delta += (least - next) * (done + 1);
        next = least;
        for (uint32_t i = 0; i < n; i++) {
            delta += codes[i] < next;
            if (codes[i] != next)
                continue;
            add_delta(out, delta, bias);
            bias = adapt(delta, done + 1, done == basic);
            delta = 0;
            done++;
        }
        delta++;
        next++;
    }
}

static bool add_label(struct buf *out, struct str label)
{
    uint32_t codes[LABEL_MAX];
    uint32_t n = 0;
    bool is_ascii = true;
    for (struct str rest = label; rest.n; n++) {
        if (n == LABEL_MAX)
            return false;
        rest = str_from(rest, utf8_decode(rest, &codes[n]));
        bool is_sign = codes[n] < FIRST && !char_is_alnum((char)codes[n]) && codes[n] != '-' && codes[n] != '_';
        if (is_sign) // of a blank of another script, say: no host has it
            return false;
        is_ascii &= codes[n] < FIRST;
    }
    if (is_ascii)
        return buf_add(out, label);
    size_t start = out->n;
    buf_add(out, S("xn--"));
    add_punycode(out, codes, n);
    return out->n - start <= LABEL_MAX;
}

static struct str lowered(struct arena *a, struct str s)
{
    char *out = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        out[i] = char_lower(s.p[i]);
    return str_make(out, s.n);
}

// Turns the ideographic full stop into a dot (UTS 46; NFKC leaves it). Returns the new length.
static size_t plain_stops(char *p, size_t n)
{
    size_t out = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_stop = i + 2 < n && memcmp(p + i, "\xE3\x80\x82", 3) == 0;
        p[out++] = is_stop ? '.' : p[i];
        i += is_stop ? 2 : 0;
    }
    return out;
}

struct str idna_to_ascii(struct arena *a, struct str host)
{
    utf8proc_uint8_t *mapped = NULL;
    if (utf8_is_ascii(host) || host.n > HOST_MAX * 4)
        return lowered(a, host);
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)host.p, (utf8proc_ssize_t)host.n, &mapped,
                                      UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                          UTF8PROC_IGNORE);
    if (n < 0)
        return lowered(a, host);
    struct buf out;
    buf_init(&out, HOST_MAX + LABEL_MAX + 8);
    bool is_good = true;
    struct str rest = str_make((const char *)mapped, plain_stops((char *)mapped, (size_t)n));
    while (rest.p && is_good) {
        is_good = add_label(&out, str_cut(&rest, '.'));
        if (rest.p)
            buf_add_char(&out, '.');
    }
    is_good &= out.n && !out.is_cut; // letters that mapping drops alone leave no name
    struct str result = is_good ? arena_str(a, buf_str(&out)) : lowered(a, host);
    buf_done(&out);
    mem_free(mapped);
    return result;
}
