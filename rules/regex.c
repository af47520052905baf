// SPDX-License-Identifier: MIT
//
// Regular expressions on top of vectorscan. See regex.h.
//
// The automaton tells every end of every match as it passes, in order of the ends, each with its leftmost start. What
// is kept of one regex is a stack: a match that starts at or before those on top swallows them; one that starts inside
// the top is left out. Of several alternatives one that ends earlier may come a little later.
#include "rules/regex.h"

#include <hs/hs.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "rules/regex_branch.h"

// An alternative of a regex. A \b at its ends is looked at where a match is told: vectorscan has none of Unicode.
struct branch {
    uint32_t number; // of its regex
    bool begins, ends;
};

struct regexes {
    hs_database_t *database;
    hs_database_t **alone; // by number of the regex; NULL: it has no literal
    uint32_t *terms;       // by number, ascending
    uint32_t *literals;
    struct branch *branches; // by id of a pattern
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
    struct str subject; // what is scanned
};

// What is compiled: a pattern for each alternative.
struct set {
    const char **patterns;
    unsigned *flags;
    unsigned *ids; // a pattern's place here
    const struct term **terms;
    unsigned n, room;
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

// Tells of each regex that is refused, once.
static bool check_set(const struct set *set, struct diags *ds)
{
    const struct term *refused = NULL;
    for (unsigned i = 0; i < set->n; i++) {
        hs_expr_info_t *info = NULL;
        hs_compile_error_t *error = NULL;
        bool is_good = hs_expression_info(set->patterns[i], set->flags[i], &info, &error) == HS_SUCCESS;
        if (!is_good && refused != set->terms[i]) {
            refused = set->terms[i];
            refuse(ds, refused, error->message);
        }
        free(info);
        hs_free_compile_error(error);
    }
    return !refused;
}

static bool compile(const struct set *set, unsigned from, unsigned n, hs_database_t **out, struct diags *ds)
{
    hs_compile_error_t *error = NULL;
    if (hs_compile_multi(set->patterns + from, set->flags + from, set->ids + from, n, HS_MODE_BLOCK, NULL, out,
                         &error) == HS_SUCCESS)
        return true;
    unsigned which = error->expression >= 0 && (unsigned)error->expression < n ? (unsigned)error->expression : 0;
    refuse(ds, set->terms[from + which], error->message);
    hs_free_compile_error(error);
    return false;
}

// Compiles; a pattern that is refused is told, and with it the build has failed.
static bool compile_set(struct regexes *r, const struct set *set, struct diags *ds)
{
    bool ok = check_set(set, ds) && compile(set, 0, set->n, &r->database, ds);
    for (unsigned i = 0, n = 1; ok && i < set->n; i += n) {
        unsigned number = r->branches[i].number;
        for (n = 1; i + n < set->n && r->branches[i + n].number == number; n++)
            continue;
        ok = r->literals[number] == NO_TERM || compile(set, i, n, &r->alone[number], ds);
    }
    return ok;
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

static void set_grow(struct set *set, struct regexes *r)
{
    if (set->n < set->room)
        return;
    set->room = set->room ? set->room * 2 : 64;
    set->patterns = mem_resize_array(set->patterns, set->room, sizeof *set->patterns);
    set->flags = mem_resize_array(set->flags, set->room, sizeof *set->flags);
    set->ids = mem_resize_array(set->ids, set->room, sizeof *set->ids);
    set->terms = mem_resize_array(set->terms, set->room, sizeof *set->terms);
    r->branches = mem_resize_array(r->branches, set->room, sizeof *r->branches);
}

static void set_done(struct set *set)
{
    mem_free(set->patterns);
    mem_free(set->flags);
    mem_free(set->ids);
    mem_free(set->terms);
}

static unsigned flags_of(const struct regex_branch *b, const struct term *term)
{
    return HS_FLAG_SOM_LEFTMOST | HS_FLAG_UTF8 | (b->has_boundary ? 0u : HS_FLAG_UCP) |
           (term->leaf->is_caseless ? HS_FLAG_CASELESS : 0u);
}

// Drops the alternatives that can never match, which are no fault beside others. Returns how many are left; 0: there is
// one that cannot be compiled by itself.
static size_t drop_dead(struct regex_branch *branches, size_t n, const struct term *term)
{
    size_t alive = 0;
    bool is_refused = false;
    for (size_t i = 0; i < n; i++) {
        hs_database_t *database = NULL;
        hs_compile_error_t *error = NULL;
        bool ok = hs_compile(branches[i].pattern, flags_of(&branches[i], term), HS_MODE_BLOCK, NULL, &database,
                             &error) == HS_SUCCESS;
        is_refused |= !ok && !strstr(error->message, "never match");
        if (ok)
            branches[alive++] = branches[i];
        hs_free_database(database);
        hs_free_compile_error(error);
    }
    return is_refused ? 0 : alive;
}

static void set_add(struct set *set, struct regexes *r, const struct term *term, uint32_t number, struct arena *a)
{
    size_t n;
    struct regex_branch *branches = regex_branches(term->leaf->text, a, &n);
    if (n > 1 && (n = drop_dead(branches, n, term)) == 0)
        branches = regex_whole(term->leaf->text, a, &n);
    for (size_t i = 0; i < n; i++) {
        const struct regex_branch *b = &branches[i];
        set_grow(set, r);
        set->patterns[set->n] = b->pattern;
        set->flags[set->n] = flags_of(b, term);
        set->ids[set->n] = set->n;
        set->terms[set->n] = term;
        r->branches[set->n++] = (struct branch){number, b->begins, b->ends};
    }
}

bool regexes_build(struct segment *g, const struct term *terms, uint32_t n, struct diags *ds)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < n; i++)
        count += terms[i].kind == TERM_REGEX;
    if (!count)
        return true;
    struct set set = {0};
    struct regexes *r = mem_alloc(sizeof *r);
    r->refs = 1;
    r->terms = mem_alloc_array(count, sizeof *r->terms);
    r->literals = mem_alloc_array(count, sizeof *r->literals);
    r->alone = mem_alloc_array(count, sizeof(hs_database_t *));
    g->regexes = r;
    for (uint32_t i = 0; i < n; i++) {
        if (terms[i].kind != TERM_REGEX)
            continue;
        set_add(&set, r, &terms[i], r->n, &g->arena);
        r->literals[r->n] = terms[i].literal;
        r->terms[r->n++] = i;
    }
    bool ok = compile_set(r, &set, ds);
    g->bytes += ok ? bytes_of(r) : 0;
    set_done(&set);
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
    mem_free(r->branches);
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

static int on_match(unsigned pattern, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
    (void)flags;
    struct regex_scratch *s = context;
    const struct branch *branch = &s->now->branches[pattern];
    if ((branch->begins && !is_boundary(s->subject, from)) || (branch->ends && !is_boundary(s->subject, to)))
        return 0;
    uint32_t id = branch->number;
    if (s->n >= s->room) {
        s->room = s->room ? s->room * 2 : 64;
        s->hits = mem_resize_array(s->hits, s->room, sizeof *s->hits);
        s->below = mem_resize_array(s->below, s->room, sizeof *s->below);
    }
    uint32_t swallowed = 0, *top = &s->tops[id];
    while (*top && s->hits[*top - 1].place.start >= to && from < s->hits[*top - 1].place.start)
        top = &s->below[*top - 1]; // alternatives are told out of order by a byte or two
    while (*top && from <= s->hits[*top - 1].place.start) {
        s->hits[*top - 1].term = NO_TERM;
        swallowed = *top;
        *top = s->below[swallowed - 1];
    }
    if (*top && from < s->hits[*top - 1].place.end)
        return 0;
    if (!swallowed && s->counts[id]++ >= REGEX_HITS_MAX)
        return 0;
    uint32_t at = swallowed ? swallowed - 1 : (uint32_t)s->n++;
    s->hits[at] = (struct regex_hit){s->now->terms[id], {(uint32_t)from, (uint32_t)to}};
    s->below[at] = *top;
    *top = at + 1;
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
