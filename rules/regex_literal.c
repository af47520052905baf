// SPDX-License-Identifier: MIT
//
// Literals of regexes. See regex_literal.h.
//
// Only what stands outside of all groups and classes counts, and a letter that a quantifier makes optional does not.
// Syntax that changes how letters are read (\Q, \x.., (?x), verbs) makes the reader give up.
#include "rules/regex_literal.h"

#include "rules/regex_branch.h"

struct reader {
    struct str p;
    size_t at;
    size_t depth;
    char run[REGEX_LITERAL_MAX];
    size_t n;
    char *best;
    size_t n_best;
};

static void keep(struct reader *r, size_t from, size_t to)
{
    if (to - from > r->n_best) {
        memcpy(r->best, r->run + from, to - from);
        r->n_best = to - from;
    }
}

// Ends the run at hand; keeps what is the longest. In NFKC the signs of trade and service marks are letters, which are
// no part of the word: a text may have its tm and sm from them.
static void end_run(struct reader *r)
{
    size_t from = 0;
    for (size_t i = 0; i + 1 < r->n; i++)
        if ((r->run[i] == 't' || r->run[i] == 's') && r->run[i + 1] == 'm') {
            keep(r, from, i);
            from = ++i + 1;
        }
    keep(r, from, r->n);
    r->n = 0;
}

// Behind the class that begins at r->at; false: it does not end.
static bool skip_class(struct reader *r)
{
    r->at = regex_class_end(r->p, r->at);
    return r->at <= r->p.n;
}

// An escape: a class, an anchor, or a sign for itself. False: one that is not followed.
static bool skip_escape(struct reader *r)
{
    char c = r->at + 1 < r->p.n ? r->p.p[r->at + 1] : 0;
    r->at += 2;
    return c && (!char_is_alnum(c) || memchr("bBdDwWsSAzZ", c, 11));
}

static bool skip_group(struct reader *r)
{
    struct str rest = str_from(r->p, r->at + 1);
    r->depth++;
    r->at++;
    return !str_starts(rest, S("*")) && (!str_starts(rest, S("?")) || str_starts(rest, S("?:")));
}

// ? * {..} make what stands before them optional, for all that is known.
static void read_quantifier(struct reader *r)
{
    r->n -= r->n > 0;
    if (r->depth == 0)
        end_run(r);
    size_t end = r->at + 1;
    while (r->p.p[r->at] == '{' && end < r->p.n && (char_is_digit(r->p.p[end]) || r->p.p[end] == ','))
        end++;
    bool is_count = end > r->at + 1 && end < r->p.n && r->p.p[end] == '}'; // else the brace stands for itself
    r->at = is_count ? end + 1 : r->at + 1;
}

// One step; false: no literal is known.
static bool step(struct reader *r)
{
    char c = r->p.p[r->at];
    if (char_is_alnum(c)) {
        if (r->depth == 0 && r->n < REGEX_LITERAL_MAX)
            r->run[r->n++] = char_lower(c);
        r->at++;
        return true;
    }
    if (c == '?' || c == '*' || c == '{') {
        read_quantifier(r);
        return true;
    }
    if (r->depth == 0)
        end_run(r);
    switch (c) {
    case '\\': return skip_escape(r);
    case '[': return skip_class(r);
    case '(': return skip_group(r);
    case ')':
        r->at++;
        return r->depth-- > 0;
    case '|': r->at++; return r->depth > 0;
    default: r->at++; return true;
    }
}

struct str regex_literal(struct str pattern, char out[REGEX_LITERAL_MAX])
{
    struct reader r = {.p = pattern, .best = out};
    while (r.at < pattern.n)
        if (!step(&r))
            return (struct str){0};
    end_run(&r);
    return r.n_best >= REGEX_LITERAL_MIN ? (struct str){out, r.n_best} : (struct str){0};
}
