// SPDX-License-Identifier: MIT
//
// Diagnostics with carets. See diag.h.
#include "base/diag.h"

#include "base/utf8.h"

enum {
    ARENA_BYTES = 1 << 20,   // 200 messages of any length that makes sense
    LINE_COLUMNS_MAX = 160,  // a longer line is shown around its mark
    SUGGEST_BYTES_MAX = 64,  // longer words are no typos of ours
};

void diags_init(struct diags *ds)
{
    *ds = (struct diags){0};
    arena_init(&ds->arena, ARENA_BYTES);
}

void diags_done(struct diags *ds)
{
    arena_done(&ds->arena);
    *ds = (struct diags){0};
}

struct diag *diag_add(struct diags *ds, enum diag_level level, const struct source *source, size_t at, size_t n,
                      const char *format, ...)
{
    ds->errors += level == DIAG_ERROR;
    ds->warnings += level == DIAG_WARNING;
    if (ds->n >= DIAGS_MAX) {
        ds->dropped++;
        return NULL;
    }
    va_list args;
    va_start(args, format);
    struct str message = arena_fmtv(&ds->arena, format, args);
    va_end(args);
    struct diag d = {.level = level, .source = source, .at = at, .n = n, .message = message};
    ARENA_PUSH(&ds->arena, ds->list, ds->n, d);
    return &ds->list[ds->n - 1];
}

void diag_help(struct diags *ds, struct diag *d, const char *format, ...)
{
    if (!d)
        return;
    va_list args;
    va_start(args, format);
    d->help = arena_fmtv(&ds->arena, format, args);
    va_end(args);
}

static size_t source_rank(const struct diags *ds, const struct source *source)
{
    size_t i = 0;
    while (i < ds->n && ds->list[i].source != source)
        i++;
    return i;
}

void diags_sort(struct diags *ds)
{
    // Insertion sort: stable, and there are at most DIAGS_MAX. Ranks are taken before anything moves.
    size_t rank[DIAGS_MAX];
    for (size_t i = 0; i < ds->n; i++)
        rank[i] = source_rank(ds, ds->list[i].source);
    for (size_t i = 1; i < ds->n; i++) {
        struct diag d = ds->list[i];
        size_t r = rank[i], j = i;
        for (; j > 0 && (rank[j - 1] > r || (rank[j - 1] == r && ds->list[j - 1].at > d.at)); j--) {
            ds->list[j] = ds->list[j - 1];
            rank[j] = rank[j - 1];
        }
        ds->list[j] = d;
        rank[j] = r;
    }
}

void source_place(const struct source *source, size_t at, uint32_t *out_line, uint32_t *out_col)
{
    struct str head = str_head(source->text, at);
    uint32_t line = 1;
    size_t start = 0;
    for (size_t i = 0; i < head.n; i++) {
        if (head.p[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    *out_line = line;
    *out_col = (uint32_t)utf8_count(str_from(head, start)) + 1;
}

// Appends s with tabs and controls as one blank each, so that the caret below stands right.
static void add_plain(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        buf_add_char(out, (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f ? ' ' : s.p[i]);
}

static void add_spaces(struct buf *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_add_char(out, ' ');
}

// Returns the offset that lies `columns` code points before `at`, not before `floor`.
static size_t columns_before(struct str text, size_t at, size_t floor, size_t columns)
{
    while (at > floor && columns) {
        at--;
        columns -= ((unsigned char)text.p[at] & 0xc0) != 0x80;
    }
    return at;
}

// The source line of a diagnostic and the caret line below it.
static void render_excerpt(const struct diag *d, uint32_t line, struct buf *out)
{
    struct str text = d->source->text;
    size_t place = d->at < text.n ? d->at : text.n, at = d->is_cut && d->cut_at < place ? d->cut_at : place;
    size_t start = at, end = at;
    while (start > 0 && text.p[start - 1] != '\n')
        start--;
    while (end < text.n && text.p[end] != '\n' && text.p[end] != '\r')
        end++;
    end = d->is_cut && d->cut_at < end ? d->cut_at : end;
    size_t from = columns_before(text, at, start, LINE_COLUMNS_MAX / 2);
    size_t to = from;
    for (size_t columns = 0; to < end && columns < LINE_COLUMNS_MAX; columns++)
        to += utf8_length(str_head(str_from(text, to), end - to));
    buf_addf(out, "%5u | ", line);
    add_plain(out, (struct str){text.p + from, to - from});
    if (d->is_cut)
        buf_add(out, S("***"));
    if (d->is_cut && place >= d->cut_at) {
        buf_add_char(out, '\n');
        return;
    }
    buf_add(out, S("\n      | "));
    add_spaces(out, utf8_columns((struct str){text.p + from, at - from}));
    size_t marked_end = at + d->n < to ? at + d->n : to;
    size_t marks = marked_end > at ? utf8_columns((struct str){text.p + at, marked_end - at}) : 0;
    buf_add_char(out, '^');
    for (size_t i = 1; i < marks; i++)
        buf_add_char(out, '~');
    buf_add_char(out, '\n');
}

static void render_one(const struct diag *d, bool with_colour, struct buf *out)
{
    static const struct { const char *name, *colour; } levels[] = {
        [DIAG_ERROR] = {"error", "\033[1;31m"},
        [DIAG_WARNING] = {"warning", "\033[1;35m"},
        [DIAG_NOTE] = {"note", "\033[1;36m"},
    };
    const char *on = with_colour ? levels[d->level].colour : "", *off = with_colour ? "\033[0m" : "";
    uint32_t line = 0, col = 0;
    if (d->source) {
        source_place(d->source, d->at, &line, &col);
        buf_addf(out, "%.*s:%u:%u: ", STR_ARG(d->source->name), line, col);
    }
    buf_addf(out, "%s%s:%s %.*s\n", on, levels[d->level].name, off, STR_ARG(d->message));
    if (d->source)
        render_excerpt(d, line, out);
    if (d->help.n)
        buf_addf(out, "      = help: %.*s\n", STR_ARG(d->help));
}

void diags_render(const struct diags *ds, bool with_colour, struct buf *out)
{
    for (size_t i = 0; i < ds->n; i++)
        render_one(&ds->list[i], with_colour, out);
    if (ds->dropped)
        buf_addf(out, "and %zu more\n", ds->dropped);
}

// Optimal string alignment distance, rows kept for the last two characters.
static size_t distance(struct str a, struct str b)
{
    size_t rows[3][SUGGEST_BYTES_MAX + 1];
    for (size_t j = 0; j <= b.n; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            bool is_same = char_lower(a.p[i - 1]) == char_lower(b.p[j - 1]);
            size_t best = above[j - 1] + !is_same;
            best = above[j] + 1 < best ? above[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            bool is_swap = i > 1 && j > 1 && char_lower(a.p[i - 1]) == char_lower(b.p[j - 2]) &&
                           char_lower(a.p[i - 2]) == char_lower(b.p[j - 1]);
            if (is_swap && above2[j - 2] + 1 < best)
                best = above2[j - 2] + 1;
            row[j] = best;
        }
    }
    return rows[a.n % 3][b.n];
}

struct str suggest(struct str word, const struct str *candidates, size_t n)
{
    struct str best = {0};
    if (word.n == 0 || word.n > SUGGEST_BYTES_MAX)
        return best;
    size_t limit = word.n / 3 > 1 ? word.n / 3 : 1, nearest = limit + 1;
    for (size_t i = 0; i < n; i++) {
        if (candidates[i].n == 0 || candidates[i].n > SUGGEST_BYTES_MAX)
            continue;
        size_t d = distance(word, candidates[i]);
        if (d < nearest) {
            nearest = d;
            best = candidates[i];
        }
    }
    for (size_t i = 0; i < n && !best.n && word.n >= 3; i++) // "warn": a word cut short
        if (candidates[i].n <= SUGGEST_BYTES_MAX && str_starts_nocase(candidates[i], word))
            best = candidates[i];
    return best;
}
