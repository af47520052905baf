// SPDX-License-Identifier: MIT
//
// Alternatives of regexes. See regex_branch.h.
//
// Pure ASCII is left as it is: there vectorscan's own \b is right but for letters of the text beyond ASCII, it knows
// every place where a match may start, and its alternatives together cost less.
#include "rules/regex_branch.h"

#include "base/fold.h"
#include "base/utf8.h"

enum { BYTES_MAX = 16000, DEPTH_MAX = 200 }; // of a regex that is cut; vectorscan takes none that is longer

// [:alpha:] and its like, at i within a class; returns its bytes, 0 where it is none.
static size_t named_class(struct str p, size_t i)
{
    size_t end = i + 2;
    if (!str_starts(str_from(p, i), S("[:")))
        return 0;
    end += end < p.n && p.p[end] == '^';
    while (end < p.n && char_is_alpha(p.p[end]))
        end++;
    return str_starts(str_from(p, end), S(":]")) ? end + 2 - i : 0;
}

size_t regex_class_end(struct str p, size_t at)
{
    size_t i = at + 1;
    i += i < p.n && p.p[i] == '^';
    i += i < p.n && p.p[i] == ']'; // first in a class it stands for itself
    while (i < p.n && p.p[i] != ']') {
        size_t named = p.p[i] == '[' ? named_class(p, i) : 0;
        i += named ? named : p.p[i] == '\\' ? 2 : 1;
    }
    return i < p.n ? i + 1 : SIZE_MAX;
}

// Behind what stands at `at`: an escape, a class, or one byte. depth: of the groups there.
static size_t pass(struct str p, size_t at, size_t *depth)
{
    if (p.p[at] == '[') {
        size_t end = regex_class_end(p, at);
        return end < p.n ? end : p.n;
    }
    if (p.p[at] == '\\')
        return at + 2 < p.n ? at + 2 : p.n;
    *depth += p.p[at] == '(';
    *depth -= p.p[at] == ')' && *depth > 0;
    return at + 1;
}

// Groups are followed that only group, and whose brackets are even.
static bool is_followed(struct str p)
{
    size_t depth = 0;
    for (size_t i = 0; i < p.n; i = pass(p, i, &depth)) {
        struct str rest = str_from(p, i);
        bool is_plain = !str_starts(rest, S("(?")) || str_starts(rest, S("(?:"));
        bool is_open = p.p[i] == '[' && regex_class_end(p, i) == SIZE_MAX;
        if (!is_plain || is_open || str_starts(rest, S("(*")) || str_starts(rest, S("\\Q")) ||
            (p.p[i] == ')' && depth == 0) || depth > DEPTH_MAX)
            return false;
    }
    return depth == 0;
}

// Returns where the first | outside of all groups stands, p.n where there is none.
static size_t find_choice(struct str p)
{
    size_t depth = 0;
    for (size_t i = 0; i < p.n; i = pass(p, i, &depth))
        if (p.p[i] == '|' && depth == 0)
            return i;
    return p.n;
}

// Takes away the group that all of the pattern is: a quantifier behind it is outside of it.
static struct str unwrap(struct str p)
{
    while (p.n > 2 && p.p[0] == '(') {
        size_t depth = 0, i = 0;
        do
            i = pass(p, i, &depth);
        while (depth > 0 && i < p.n);
        if (i < p.n || p.p[p.n - 1] != ')')
            break;
        bool is_silent = str_starts(p, S("(?:"));
        p = str_head(str_from(p, is_silent ? 3 : 1), p.n - (is_silent ? 4 : 2));
    }
    return p;
}

static bool has_boundary(struct str p)
{
    for (size_t i = 0; i + 1 < p.n; i++)
        if (p.p[i] == '\\' && (p.p[++i] == 'b' || p.p[i] == 'B'))
            return true;
    return false;
}

// Takes \b from both ends of an alternative, where it stands for the whole of it.
static struct regex_branch cut_ends(struct str p, struct arena *a)
{
    struct regex_branch b = {.begins = str_starts(p, S("\\b"))};
    p = str_from(p, b.begins ? 2 : 0);
    size_t slashes = 0;
    while (slashes + 1 < p.n && p.p[p.n - 2 - slashes] == '\\')
        slashes++;
    b.ends = slashes % 2 == 1 && p.p[p.n - 1] == 'b';
    p.n -= b.ends ? 2 : 0;
    b.has_boundary = has_boundary(p);
    b.pattern = arena_dupz(a, p);
    return b;
}

static void cut(struct str p, struct arena *a, struct regex_branch **list, size_t *n)
{
    p = unwrap(p);
    size_t choice = find_choice(p);
    if (choice == p.n) {
        ARENA_PUSH(a, *list, *n, cut_ends(p, a));
        return;
    }
    for (;; choice = find_choice(p)) {
        struct str one = unwrap(str_head(p, choice));
        if (find_choice(one) < one.n) // its group holds more of them
            cut(one, a, list, n);
        else
            ARENA_PUSH(a, *list, *n, cut_ends(one, a));
        if (choice == p.n)
            return;
        p = str_from(p, choice + 1);
    }
}

struct str regex_composed(struct str regex, struct arena *a)
{
    char *out = arena_alloc(a, 2 * regex.n + 4);
    size_t n = 0, depth = 0, end;
    for (size_t at = 0; at < regex.n; at = end) {
        bool is_letter = char_is_alnum(regex.p[at]) || (unsigned char)regex.p[at] >= 0x80;
        struct fold f = {.n = 0};
        if (is_letter)
            fold_next_nfkc(str_from(regex, at), false, &f);
        end = is_letter ? at + f.bytes : pass(regex, at, &depth);
        char bytes[4];
        uint32_t first;
        size_t n_first = utf8_decode(str_from(regex, at), &first);
        bool is_composed = is_letter && f.n == 1 && f.codes[0] >= 0x80 && f.bytes > n_first;
        struct str piece = is_composed ? str_make(bytes, utf8_encode(f.codes[0], bytes))
                                       : str_head(str_from(regex, at), end - at);
        memcpy(out + n, piece.p, piece.n);
        n += piece.n;
    }
    return str_make(out, n);
}

struct regex_branch *regex_branches(struct str regex, struct arena *a, size_t *out_n)
{
    struct regex_branch *list = NULL;
    struct str pattern = regex_composed(regex, a);
    bool is_cut = !utf8_is_ascii(pattern) && pattern.n <= BYTES_MAX && has_boundary(pattern) && is_followed(pattern);
    *out_n = 0;
    if (is_cut)
        cut(pattern, a, &list, out_n);
    return is_cut && *out_n <= REGEX_BRANCHES_MAX ? list : regex_whole(regex, a, out_n);
}

struct regex_branch *regex_whole(struct str regex, struct arena *a, size_t *out_n)
{
    struct regex_branch *list = NULL;
    struct str pattern = regex_composed(regex, a);
    struct regex_branch whole = {.pattern = arena_dupz(a, pattern), .has_boundary = has_boundary(pattern)};
    *out_n = 0;
    ARENA_PUSH(a, list, *out_n, find_choice(pattern) < pattern.n ? whole : cut_ends(pattern, a));
    return list;
}
