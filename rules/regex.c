// SPDX-License-Identifier: MIT
//
// Regular expressions on top of vectorscan. See regex.h.
//
// The automaton tells every end of every match as it passes, in order of the ends, each with its leftmost start. What
// is kept of one regex is a stack: a match that starts at or before those on top swallows them; one that starts inside
// the top is left out.
#include "rules/regex.h"

#include <hs/hs.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

// A \b at an end of a pattern. Vectorscan has no Unicode \b, so it is looked at where a match is told.
struct ends {
    bool begins, ends;
};

struct regexes {
    hs_database_t *database;
    hs_database_t *any; // the same without places: a third of the cost, and most texts hold none
    uint32_t *terms; // by number of the regex
    struct ends *ends;
    unsigned n;
};

struct regex_scratch {
    hs_scratch_t *hs;
    const struct regexes *of; // that hs was made for
    struct regex_hit *hits;   // offsets in the NFKC text until the scan ends
    size_t n, room;
    uint32_t *tops; // by number: index + 1 of the last hit
    uint32_t *counts;
    uint32_t *below; // by hit: index + 1 of the one before it of the same regex
    size_t below_room;
    unsigned numbers;
    char *nfkc;
    uint32_t *origin; // of each byte of nfkc, and of its end
    size_t nfkc_room, origin_room;
    const struct regexes *now;
    struct str subject; // what is scanned
};

struct set {
    const char **patterns;
    unsigned *flags;
    unsigned *ids;
    const struct term **terms;
    unsigned n;
};

static void refuse(struct diags *ds, const struct term *t, const char *why)
{
    struct diag *d = diag_add(ds, DIAG_ERROR, t->source, t->leaf->at, t->leaf->n, "the regex is refused: %s", why);
    diag_help(ds, d, "back references, look-around and what may match nothing cannot be searched in linear time");
}

// Compiles; a pattern that is refused is told, and with it the build has failed.
static bool compile_set(struct regexes *r, struct set *set, struct diags *ds)
{
    bool ok = true;
    for (unsigned i = 0; i < set->n; i++) {
        hs_expr_info_t *info = NULL;
        hs_compile_error_t *error = NULL;
        if (hs_expression_info(set->patterns[i], set->flags[i], &info, &error) != HS_SUCCESS) {
            refuse(ds, set->terms[i], error->message);
            ok = false;
        }
        free(info);
        hs_free_compile_error(error);
    }
    if (!ok)
        return false;
    hs_compile_error_t *error = NULL;
    if (hs_compile_multi(set->patterns, set->flags, set->ids, set->n, HS_MODE_BLOCK, NULL, &r->database, &error) ==
        HS_SUCCESS) {
        for (unsigned i = 0; i < set->n; i++)
            set->flags[i] = (set->flags[i] & ~(unsigned)HS_FLAG_SOM_LEFTMOST) | HS_FLAG_SINGLEMATCH;
        if (hs_compile_multi(set->patterns, set->flags, set->ids, set->n, HS_MODE_BLOCK, NULL, &r->any, &error) ==
            HS_SUCCESS)
            return true;
    }
    int which = error->expression;
    refuse(ds, set->terms[which >= 0 && (unsigned)which < set->n ? (unsigned)which : 0], error->message);
    hs_free_compile_error(error);
    return false;
}

static bool has_boundary(struct str p)
{
    for (size_t i = 0; i + 1 < p.n; i++)
        if (p.p[i] == '\\' && (p.p[++i] == 'b' || p.p[i] == 'B'))
            return true;
    return false;
}

static bool has_top_choice(struct str p)
{
    int depth = 0;
    bool is_in_class = false;
    for (size_t i = 0; i < p.n; i++) {
        if (p.p[i] == '\\') {
            i++;
        } else if (is_in_class || p.p[i] == '[') {
            is_in_class = p.p[i] != ']';
        } else {
            depth += (p.p[i] == '(') - (p.p[i] == ')');
            if (p.p[i] == '|' && depth == 0)
                return true;
        }
    }
    return false;
}

// Takes \b from both ends of a pattern, where it stands for the whole of it. What is left of \b inside is ASCII's.
static struct str cut_ends(struct str p, struct ends *out)
{
    *out = (struct ends){false, false};
    if (has_top_choice(p))
        return p;
    if (str_starts(p, S("\\b"))) {
        out->begins = true;
        p = str_from(p, 2);
    }
    size_t slashes = 0;
    while (slashes + 1 < p.n && p.p[p.n - 2 - slashes] == '\\')
        slashes++;
    if (slashes % 2 == 1 && p.p[p.n - 1] == 'b') {
        out->ends = true;
        p.n -= 2;
    }
    return p;
}

bool regexes_build(struct segment *g, const struct term *terms, uint32_t n, struct diags *ds)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < n; i++)
        count += terms[i].kind == TERM_REGEX;
    if (!count)
        return true;
    struct set set = {.patterns = mem_alloc_array(count, sizeof(char *)),
                      .flags = mem_alloc_array(count, sizeof(unsigned)),
                      .ids = mem_alloc_array(count, sizeof(unsigned)),
                      .terms = mem_alloc_array(count, sizeof(void *))};
    struct regexes *r = mem_alloc(sizeof *r);
    r->terms = mem_alloc_array(count, sizeof *r->terms);
    r->ends = mem_alloc_array(count, sizeof *r->ends);
    g->regexes = r;
    for (uint32_t i = 0; i < n; i++) {
        if (terms[i].kind != TERM_REGEX)
            continue;
        struct str pattern = cut_ends(terms[i].leaf->text, &r->ends[set.n]);
        set.patterns[set.n] = arena_dupz(&g->arena, pattern);
        set.flags[set.n] = HS_FLAG_SOM_LEFTMOST | HS_FLAG_UTF8 | (has_boundary(pattern) ? 0u : HS_FLAG_UCP) |
                           (terms[i].leaf->is_caseless ? HS_FLAG_CASELESS : 0u);
        set.ids[set.n] = set.n;
        set.terms[set.n] = &terms[i];
        r->terms[set.n++] = i;
    }
    r->n = count;
    bool ok = compile_set(r, &set, ds);
    size_t bytes = 0;
    if (ok && hs_database_size(r->database, &bytes) == HS_SUCCESS)
        g->bytes += bytes;
    mem_free(set.patterns);
    mem_free(set.flags);
    mem_free(set.ids);
    mem_free(set.terms);
    return ok;
}

void regexes_free(struct regexes *r)
{
    if (!r)
        return;
    hs_free_database(r->database);
    hs_free_database(r->any);
    mem_free(r->terms);
    mem_free(r->ends);
    mem_free(r);
}

struct regex_scratch *regex_scratch_new(void)
{
    return mem_alloc(sizeof(struct regex_scratch));
}

void regex_scratch_free(struct regex_scratch *s)
{
    if (!s)
        return;
    hs_free_scratch(s->hs);
    mem_free(s->hits);
    mem_free(s->tops);
    mem_free(s->counts);
    mem_free(s->below);
    mem_free(s->nfkc);
    mem_free(s->origin);
    mem_free(s);
}

static bool is_word_at(struct str s, size_t at)
{
    struct fold f;
    if (at >= s.n)
        return false;
    fold_next_nfkc(str_from(s, at), false, &f);
    return f.class == FOLD_WORD || f.class == FOLD_SINGLE || s.p[at] == '_';
}

// Whether a word begins or ends at this byte.
static bool is_boundary(struct str s, size_t at)
{
    size_t before = at;
    while (before > 0 && ((unsigned char)s.p[--before] & 0xC0) == 0x80)
        continue;
    return is_word_at(s, at) != (at > 0 && is_word_at(s, before));
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
    (void)flags;
    struct regex_scratch *s = context;
    const struct ends *ends = &s->now->ends[id];
    if ((ends->begins && !is_boundary(s->subject, from)) || (ends->ends && !is_boundary(s->subject, to)))
        return 0;
    uint32_t swallowed = 0;
    while (s->tops[id] && from <= s->hits[s->tops[id] - 1].place.start) {
        s->hits[s->tops[id] - 1].term = NO_TERM;
        swallowed = s->tops[id];
        s->tops[id] = s->below[swallowed - 1];
    }
    if (s->tops[id] && from < s->hits[s->tops[id] - 1].place.end)
        return 0;
    if (!swallowed && s->counts[id]++ >= REGEX_HITS_MAX)
        return 0;
    uint32_t at = swallowed ? swallowed - 1 : (uint32_t)s->n++;
    if (at >= s->room) {
        s->room = s->room ? s->room * 2 : 64;
        s->hits = mem_resize_array(s->hits, s->room, sizeof *s->hits);
        s->below = mem_resize_array(s->below, s->room, sizeof *s->below);
    }
    s->hits[at] = (struct regex_hit){s->now->terms[id], {(uint32_t)from, (uint32_t)to}};
    s->below[at] = s->tops[id];
    s->tops[id] = at + 1;
    return 0;
}

static int stop_at_once(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
    (void)id, (void)from, (void)to, (void)flags, (void)context;
    return 1;
}

// The NFKC form and where its bytes come from; the text itself where it is ASCII.
static struct str normalise(struct regex_scratch *s, struct str text, bool *out_is_same)
{
    size_t ascii = 0;
    while (ascii < text.n && (unsigned char)text.p[ascii] < 0x80)
        ascii++;
    *out_is_same = ascii == text.n;
    if (*out_is_same)
        return text;
    size_t n = 0;
    for (size_t at = 0; at < text.n;) {
        struct fold f;
        fold_next_nfkc(str_from(text, at), false, &f);
        if (n + 4 * FOLD_CODES_MAX + 1 > s->nfkc_room) {
            s->nfkc_room = (s->nfkc_room + text.n + 4 * FOLD_CODES_MAX) * 2;
            s->nfkc = mem_resize_array(s->nfkc, s->nfkc_room, 1);
            s->origin = mem_resize_array(s->origin, s->nfkc_room, sizeof *s->origin);
        }
        for (size_t i = 0; i < f.n; i++) {
            size_t bytes = utf8_encode(f.codes[i], s->nfkc + n);
            for (size_t b = 0; b < bytes; b++)
                s->origin[n++] = (uint32_t)at;
        }
        at += f.bytes;
    }
    s->origin[n] = (uint32_t)text.n;
    return (struct str){s->nfkc, n};
}

static int by_term(const void *a, const void *b)
{
    const struct regex_hit *x = a;
    const struct regex_hit *y = b;
    if (x->term != y->term)
        return x->term < y->term ? -1 : 1;
    return (x->place.start > y->place.start) - (x->place.start < y->place.start);
}

const struct regex_hit *regexes_scan(const struct regexes *r, struct regex_scratch *s, struct str text, size_t *out_n)
{
    *out_n = 0;
    if (s->of != r && (hs_alloc_scratch(r->database, &s->hs) != HS_SUCCESS ||
                       hs_alloc_scratch(r->any, &s->hs) != HS_SUCCESS))
        return NULL;
    s->of = r;
    if (r->n > s->numbers) {
        s->numbers = r->n;
        s->tops = mem_resize_array(s->tops, r->n, sizeof *s->tops);
        s->counts = mem_resize_array(s->counts, r->n, sizeof *s->counts);
    }
    memset(s->tops, 0, r->n * sizeof *s->tops);
    memset(s->counts, 0, r->n * sizeof *s->counts);
    s->n = 0;
    s->now = r;
    bool is_same;
    struct str nfkc = normalise(s, text, &is_same);
    s->subject = nfkc;
    if (nfkc.n == 0 || nfkc.n > UINT32_MAX ||
        hs_scan(r->any, nfkc.p, (unsigned)nfkc.n, 0, s->hs, stop_at_once, s) != HS_SCAN_TERMINATED ||
        hs_scan(r->database, nfkc.p, (unsigned)nfkc.n, 0, s->hs, on_match, s) != HS_SUCCESS)
        return NULL;
    if (s->n)
        qsort(s->hits, s->n, sizeof *s->hits, by_term);
    while (s->n && s->hits[s->n - 1].term == NO_TERM) // swallowed ones sort last
        s->n--;
    for (size_t i = 0; i < s->n && !is_same; i++)
        s->hits[i].place = (struct place){s->origin[s->hits[i].place.start], s->origin[s->hits[i].place.end]};
    *out_n = s->n;
    return s->hits;
}
