// SPDX-License-Identifier: MIT
//
// Rows and columns for a terminal, aligned by what a character takes there (wide East Asian ones two). Pure: the
// width and whether there is colour are arguments. Cells are sanitised as they come in, so a title from a feed can
// neither colour, nor move the cursor, nor break a line.
#ifndef DAEMON_CTL_TABLE_H
#define DAEMON_CTL_TABLE_H

#include "base/arena.h"
#include "base/buf.h"

enum table_align { TABLE_LEFT, TABLE_RIGHT };

struct table_column {
    const char *title;
    enum table_align align;
    size_t columns_min; // it may shrink to this where the terminal is too narrow; 0: it never shrinks
};

enum { TABLE_COLUMNS_MAX = 12 };

struct table {
    struct arena arena;
    const struct table_column *columns;
    size_t n_columns;
    struct str *cells; // row after row
    size_t n_cells;
    const char **marks; // beside cells: an escape sequence before the cell, or ""
    size_t n_marks;
};

// Makes an empty table; `columns` must outlive it.
void table_init(struct table *t, const struct table_column *columns, size_t n_columns);
void table_done(struct table *t);

// Appends the next cell; the row is full when there were as many as columns.
void table_cell(struct table *t, struct str text);
void table_cellf(struct table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

// The same with an escape sequence that colours it ("" for none).
void table_cell_marked(struct table *t, struct str text, const char *mark);

// Appends the table, with a head line, to out: no line longer than `width` terminal columns (0: as long as it takes)
// as far as the columns that may shrink allow; what is cut ends in an ellipsis. No space ends a line.
void table_render(const struct table *t, size_t width, bool has_colour, struct buf *out);

#endif
