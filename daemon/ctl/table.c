// SPDX-License-Identifier: MIT
//
// Table layout. See table.h. Each column is as wide as its widest cell; where that is too much for the terminal, the
// columns that may shrink give way, the widest first, one column of the screen at a time.
#include "daemon/ctl/table.h"

#include <assert.h>

#include "base/utf8.h"

enum { GAP = 2, TABLE_BYTES_MAX = 256 << 20, CELL_BYTES_MAX = 16 << 10 }; // a cell longer than that is no cell

void table_init(struct table *t, const struct table_column *columns, size_t n_columns)
{
    assert(n_columns <= TABLE_COLUMNS_MAX);
    *t = (struct table){.columns = columns, .n_columns = n_columns};
    arena_init(&t->arena, TABLE_BYTES_MAX);
}

void table_done(struct table *t)
{
    arena_done(&t->arena);
    *t = (struct table){0};
}

void table_cell_marked(struct table *t, struct str text, const char *mark)
{
    struct buf clean;
    buf_init(&clean, CELL_BYTES_MAX);
    utf8_sanitise(text, &clean);
    ARENA_PUSH(&t->arena, t->cells, t->n_cells, arena_str(&t->arena, buf_str(&clean)));
    ARENA_PUSH(&t->arena, t->marks, t->n_marks, mark);
    buf_done(&clean);
}

void table_cell(struct table *t, struct str text) { table_cell_marked(t, text, ""); }

void table_cellf(struct table *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    table_cell(t, arena_fmtv(&t->arena, format, args));
    va_end(args);
}

static void widths_measure(const struct table *t, size_t widths[TABLE_COLUMNS_MAX])
{
    for (size_t c = 0; c < t->n_columns; c++)
        widths[c] = utf8_columns(str_of(t->columns[c].title));
    for (size_t i = 0; i < t->n_cells; i++) {
        size_t columns = utf8_columns(t->cells[i]);
        if (columns > widths[i % t->n_columns])
            widths[i % t->n_columns] = columns;
    }
}

static void widths_shrink(const struct table *t, size_t width, size_t widths[TABLE_COLUMNS_MAX])
{
    size_t total = GAP * (t->n_columns - 1);
    for (size_t c = 0; c < t->n_columns; c++)
        total += widths[c];
    while (total > width) {
        size_t widest = t->n_columns;
        for (size_t c = 0; c < t->n_columns; c++) {
            bool may_shrink = t->columns[c].columns_min > 0 && widths[c] > t->columns[c].columns_min;
            if (may_shrink && (widest == t->n_columns || widths[c] > widths[widest]))
                widest = c;
        }
        if (widest == t->n_columns)
            return;
        widths[widest]--;
        total--;
    }
}

// Returns the longest head of s that takes at most `columns` of a terminal.
static struct str head_of_columns(struct str s, size_t columns)
{
    size_t at = 0;
    for (size_t taken = 0; at < s.n;) {
        size_t n = utf8_length(str_from(s, at));
        taken += utf8_columns((struct str){s.p + at, n});
        if (taken > columns)
            break;
        at += n;
    }
    return str_head(s, at);
}

static void cell_render(const struct table *t, struct str text, size_t c, size_t width, const char *mark,
                        struct buf *out)
{
    struct buf cut;
    buf_init(&cut, CELL_BYTES_MAX + 4);
    if (utf8_columns(text) > width) {
        buf_add(&cut, head_of_columns(text, width - 1));
        buf_add(&cut, S("…"));
        text = buf_str(&cut);
    }
    size_t columns = utf8_columns(text);
    size_t pad = columns < width ? width - columns : 0;
    bool is_last = c + 1 == t->n_columns;
    if (t->columns[c].align == TABLE_RIGHT)
        buf_addf(out, "%*s", (int)pad, "");
    buf_addf(out, "%s%.*s%s", mark, STR_ARG(text), mark[0] ? "\033[0m" : "");
    if (t->columns[c].align == TABLE_LEFT && !is_last)
        buf_addf(out, "%*s", (int)pad, "");
    if (!is_last)
        buf_addf(out, "%*s", GAP, "");
    buf_done(&cut);
}

static void line_end(struct buf *out)
{
    while (out->n > 0 && out->p[out->n - 1] == ' ')
        out->n--;
    buf_add_char(out, '\n');
}

void table_render(const struct table *t, size_t width, bool has_colour, struct buf *out)
{
    assert(t->n_cells % t->n_columns == 0);
    size_t widths[TABLE_COLUMNS_MAX];
    widths_measure(t, widths);
    if (width > 0)
        widths_shrink(t, width, widths);
    for (size_t c = 0; c < t->n_columns; c++)
        cell_render(t, str_of(t->columns[c].title), c, widths[c], has_colour ? "\033[1m" : "", out);
    line_end(out);
    for (size_t i = 0; i < t->n_cells; i++) {
        size_t c = i % t->n_columns;
        cell_render(t, t->cells[i], c, widths[c], has_colour ? t->marks[i] : "", out);
        if (c + 1 == t->n_columns)
            line_end(out);
    }
}
