// SPDX-License-Identifier: MIT
//
// Views of bytes. See str.h.
#define _GNU_SOURCE // memmem
#include "base/str.h"

bool str_eq_nocase(struct str a, struct str b)
{
    return a.n == b.n && str_starts_nocase(a, b);
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order)
        return order;
    return a.n < b.n ? -1 : a.n > b.n;
}

bool str_starts(struct str s, struct str head)
{
    return s.n >= head.n && str_eq(str_head(s, head.n), head);
}

bool str_starts_nocase(struct str s, struct str head)
{
    if (s.n < head.n)
        return false;
    for (size_t i = 0; i < head.n; i++)
        if (s.p[i] != head.p[i] && char_lower(s.p[i]) != char_lower(head.p[i]))
            return false;
    return true;
}

bool str_ends(struct str s, struct str tail)
{
    return s.n >= tail.n && str_eq(str_from(s, s.n - tail.n), tail);
}

size_t str_find(struct str s, struct str needle)
{
    if (needle.n == 0)
        return 0;
    if (s.n < needle.n)
        return s.n;
    const char *at = memmem(s.p, s.n, needle.p, needle.n);
    return at ? (size_t)(at - s.p) : s.n;
}

// Returns the first place of c from i on, s.n where there is none.
static size_t find_char_from(struct str s, size_t i, char c)
{
    return i + str_find_char(str_from(s, i), c);
}

size_t str_find_nocase(struct str s, struct str needle)
{
    if (needle.n == 0 || s.n < needle.n)
        return needle.n == 0 ? 0 : s.n;
    char lower = char_lower(needle.p[0]), upper = char_is_alpha(lower) ? (char)(lower - 32) : lower;
    size_t next_lower = find_char_from(s, 0, lower), next_upper = upper == lower ? s.n : find_char_from(s, 0, upper);
    for (;;) {
        size_t i = next_lower < next_upper ? next_lower : next_upper;
        if (i + needle.n > s.n)
            return s.n;
        if (str_starts_nocase(str_from(s, i), needle))
            return i;
        if (i == next_lower)
            next_lower = find_char_from(s, i + 1, lower);
        else
            next_upper = find_char_from(s, i + 1, upper);
    }
}

size_t str_find_char(struct str s, char c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? (size_t)(at - s.p) : s.n;
}

struct str str_trim(struct str s)
{
    while (s.n && char_is_space(s.p[0]))
        s = str_from(s, 1);
    while (s.n && char_is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct str str_cut(struct str *rest, char sep)
{
    struct str all = *rest;
    size_t at = str_find_char(all, sep);
    *rest = at < all.n ? (struct str){all.p + at + 1, all.n - at - 1} : (struct str){NULL, 0};
    return str_head(all, at);
}

bool str_to_u64(struct str s, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!char_is_digit(s.p[i]))
            return false;
        uint64_t digit = (uint64_t)(s.p[i] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (s.n == 0 || value > max)
        return false;
    *out = value;
    return true;
}

bool str_to_i64(struct str s, int64_t *out)
{
    bool is_negative = s.n && s.p[0] == '-';
    if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
        s = str_from(s, 1);
    uint64_t value = 0;
    if (!str_to_u64(s, INT64_MAX, &value))
        return false;
    *out = is_negative ? -(int64_t)value : (int64_t)value;
    return true;
}
