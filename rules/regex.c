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
    hs_database_t **alone; // by number of the regex; NULL: it has no literal
    uint32_t *terms;       // by number, ascending
    uint32_t *literals;
    struct ends *ends;
    unsigned n;
    int refs; // atomic: a segment's, and of each scratch that is made for it
};

// A value in NFKC.
struct subject {
    enum { SUBJECT_NONE, SUBJECT_SAME, SUBJECT_OWN } kind; // SAME: the text itself, as ASCII is
    size_t at, n;                                          // OWN: in nfkc
};

struct regex_scratch {
    hs_scratch_t *hs;
    struct regexes *of; // that hs was made for; held, as another set could be given its address
    struct regex_hit *hits;   // offsets in the NFKC text until the scan ends
    size_t n, room;
    uint32_t *tops; // by number: index + 1 of the last hit
    uint32_t *counts;
    uint32_t *below; // by hit: index + 1 of the one before it of the same regex
    size_t below_room;
    unsigned numbers;
    struct subject *subjects; // by value of the document; made when they are asked for
    size_t n_subjects, subjects_room;
    char *nfkc;
    uint32_t *origin; // of each byte of nfkc, and of the end of each subject
    size_t n_nfkc, nfkc_room;
    const struct regexes *now;
    unsigned alone;     // the number of the regex that is scanned for; REGEX_ALL
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
    struct str said = str_of(why);
    const char *help = "back references, look-around and what may match nothing cannot be searched in linear time";
    if (str_find(said, S("too large")) < said.n)
        help = "., \\w, \\W and [^x] stand for all of Unicode: repeat them less, write a class of letters, "
               "or use NEAR/n";
    else if (str_find(said, S("never match")) < said.n)
        help = "a ^, $ or \\b in it stands where none can hold, as the \\b of x\\by";
    struct diag *d = diag_add(ds, DIAG_ERROR, t->source, t->leaf->at, t->leaf->n, "the regex is refused: %s", why);
    diag_help(ds, d, "%s", help);
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
    if (hs_compile_multi(set->patterns, set->flags, set->ids, set->n, HS_MODE_BLOCK, NULL, &r->database, &error) !=
        HS_SUCCESS) {
        int which = error->expression;
        refuse(ds, set->terms[which >= 0 && (unsigned)which < set->n ? (unsigned)which : 0], error->message);
        hs_free_compile_error(error);
        return false;
    }
    const unsigned zero = 0;
    for (unsigned i = 0; i < set->n; i++) {
        if (r->literals[i] == NO_TERM)
            continue;
        if (hs_compile_multi(&set->patterns[i], &set->flags[i], &zero, 1, HS_MODE_BLOCK, NULL, &r->alone[i], &error) !=
            HS_SUCCESS) {
            refuse(ds, set->terms[i], error->message);
            hs_free_compile_error(error);
            return false;
        }
    }
    return true;
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

static size_t bytes_of(const struct regexes *r)
{
    size_t all = 0;
    size_t bytes;
    if (hs_database_size(r->database, &bytes) == HS_SUCCESS)
        all += bytes;
    for (unsigned i = 0; i < r->n; i++)
        if (r->alone[i] && hs_database_size(r->alone[i], &bytes) == HS_SUCCESS)
            all += bytes;
    return all;
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
    r->refs = 1;
    r->terms = mem_alloc_array(count, sizeof *r->terms);
    r->literals = mem_alloc_array(count, sizeof *r->literals);
    r->alone = mem_alloc_array(count, sizeof(hs_database_t *));
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
        r->literals[set.n] = terms[i].literal;
        r->terms[set.n++] = i;
    }
    r->n = count;
    bool ok = compile_set(r, &set, ds);
    g->bytes += ok ? bytes_of(r) : 0;
    mem_free(set.patterns);
    mem_free(set.flags);
    mem_free(set.ids);
    mem_free(set.terms);
    return ok;
}

void regexes_free(struct regexes *r)
{
    if (!r || __atomic_sub_fetch(&r->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    hs_free_database(r->database);
    for (unsigned i = 0; i < r->n; i++)
        hs_free_database(r->alone[i]);
    mem_free(r->alone);
    mem_free(r->terms);
    mem_free(r->literals);
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
    regexes_free(s->of);
    mem_free(s->hits);
    mem_free(s->tops);
    mem_free(s->counts);
    mem_free(s->below);
    mem_free(s->subjects);
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
    if (s->alone != REGEX_ALL)
        id = s->alone;
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

void regex_scratch_reset(struct regex_scratch *s)
{
    s->n_subjects = s->n_nfkc = 0;
}

unsigned regexes_number(const struct regexes *r, uint32_t term)
{
    unsigned low = 0;
    for (unsigned high = r->n; low + 1 < high;) {
        unsigned middle = (low + high) / 2;
        if (r->terms[middle] <= term)
            low = middle;
        else
            high = middle;
    }
    return low;
}

uint32_t regexes_literal(const struct regexes *r, unsigned number)
{
    return r->literals[number];
}

// Appends the NFKC form and where its bytes come from.
static struct subject normalise(struct regex_scratch *s, struct str text)
{
    size_t begun = s->n_nfkc;
    for (size_t at = 0; at < text.n;) {
        struct fold f;
        fold_next_nfkc(str_from(text, at), false, &f);
        if (s->n_nfkc + 4 * FOLD_CODES_MAX + 1 > s->nfkc_room) {
            s->nfkc_room = (s->nfkc_room + text.n + 4 * FOLD_CODES_MAX) * 2;
            s->nfkc = mem_resize_array(s->nfkc, s->nfkc_room, 1);
            s->origin = mem_resize_array(s->origin, s->nfkc_room, sizeof *s->origin);
        }
        for (size_t i = 0; i < f.n; i++) {
            size_t bytes = utf8_encode(f.codes[i], s->nfkc + s->n_nfkc);
            for (size_t b = 0; b < bytes; b++)
                s->origin[s->n_nfkc++] = (uint32_t)at;
        }
        at += f.bytes;
    }
    s->origin[s->n_nfkc++] = (uint32_t)text.n;
    return (struct subject){SUBJECT_OWN, begun, s->n_nfkc - 1 - begun};
}

static const struct subject *subject_of(struct regex_scratch *s, size_t index, const struct text_value *value)
{
    if (index >= s->subjects_room) {
        s->subjects_room = index + 16;
        s->subjects = mem_resize_array(s->subjects, s->subjects_room, sizeof *s->subjects);
    }
    while (s->n_subjects <= index)
        s->subjects[s->n_subjects++].kind = SUBJECT_NONE;
    struct subject *subject = &s->subjects[index];
    if (subject->kind == SUBJECT_NONE)
        *subject = value->is_ascii ? (struct subject){SUBJECT_SAME, 0, value->text.n} : normalise(s, value->text);
    return subject;
}

static int by_term(const void *a, const void *b)
{
    const struct regex_hit *x = a;
    const struct regex_hit *y = b;
    if (x->term != y->term)
        return x->term < y->term ? -1 : 1;
    return (x->place.start > y->place.start) - (x->place.start < y->place.start);
}

static struct regexes *hold(const struct regexes *r)
{
    struct regexes *counted = (struct regexes *)(uintptr_t)r;
    __atomic_add_fetch(&counted->refs, 1, __ATOMIC_RELAXED);
    return counted;
}

// Makes the scratch fit the set; false: vectorscan has no memory for it.
static bool fit(struct regex_scratch *s, const struct regexes *r)
{
    if (s->of == r)
        return true;
    if (hs_alloc_scratch(r->database, &s->hs) != HS_SUCCESS)
        return false;
    for (unsigned i = 0; i < r->n; i++)
        if (r->alone[i] && hs_alloc_scratch(r->alone[i], &s->hs) != HS_SUCCESS)
            return false;
    regexes_free(s->of);
    s->of = hold(r);
    if (r->n > s->numbers) {
        s->numbers = r->n;
        s->tops = mem_resize_array(s->tops, r->n, sizeof *s->tops);
        s->counts = mem_resize_array(s->counts, r->n, sizeof *s->counts);
    }
    return true;
}

const struct regex_hit *regexes_scan(const struct regexes *r, struct regex_scratch *s, unsigned number, size_t index,
                                     const struct text_value *value, size_t *out_n)
{
    *out_n = 0;
    if (!fit(s, r))
        return NULL;
    unsigned first = number == REGEX_ALL ? 0 : number;
    size_t numbers = number == REGEX_ALL ? r->n : 1;
    memset(s->tops + first, 0, numbers * sizeof *s->tops);
    memset(s->counts + first, 0, numbers * sizeof *s->counts);
    s->n = 0;
    s->now = r;
    s->alone = number;
    const struct subject *subject = subject_of(s, index, value);
    bool is_same = subject->kind == SUBJECT_SAME;
    s->subject = (struct str){is_same ? value->text.p : s->nfkc + subject->at, subject->n};
    const hs_database_t *database = number == REGEX_ALL ? r->database : r->alone[number];
    if (subject->n == 0 || subject->n > UINT32_MAX ||
        hs_scan(database, s->subject.p, (unsigned)subject->n, 0, s->hs, on_match, s) != HS_SUCCESS)
        return NULL;
    if (s->n)
        qsort(s->hits, s->n, sizeof *s->hits, by_term);
    while (s->n && s->hits[s->n - 1].term == NO_TERM) // swallowed ones sort last
        s->n--;
    const uint32_t *origin = s->origin + subject->at;
    for (size_t i = 0; i < s->n && !is_same; i++)
        s->hits[i].place = (struct place){origin[s->hits[i].place.start], origin[s->hits[i].place.end]};
    *out_n = s->n;
    return s->hits;
}
