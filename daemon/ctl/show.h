// SPDX-License-Identifier: MIT
//
// The shape of nearly every command: make a path, ask the daemon, print its answer for a person or as JSON.
#ifndef DAEMON_CTL_SHOW_H
#define DAEMON_CTL_SHOW_H

#include <jansson.h>

#include "base/buf.h"
#include "base/clock.h"
#include "daemon/ctl/ctl.h"
#include "daemon/ctl/table.h"

// Appends an answer as a person reads it.
typedef void (*show_fn)(const struct ctl_call *call, const json_t *answer, struct buf *out);

// Asks (body is consumed, NULL for none; path is freed) and prints. Returns the exit code.
int show(const struct ctl_call *call, const char *method, struct buf path, json_t *body, show_fn render);

// Prints an answer that is there already.
int show_print(const struct ctl_call *call, const json_t *answer, show_fn render);

// Returns a path that begins so; `before`, then `id` escaped (NULL for none), then `after`.
struct buf show_path(const char *before, const char *id, const char *after);

// Adds those of the named options that were given to the path's query. The list ends with NULL.
void show_query(const struct ctl_call *call, struct buf *path, const char *const *options);

// The same as a JSON object, for a body. Switches become true.
json_t *show_body(const struct ctl_call *call, const char *const *options);

// Asks once for each operand (the path is before + operand + after; the body, if not NULL, is the same for all and is
// consumed) and prints each answer; goes on after a failure and returns the first failure's code.
int show_each(const struct ctl_call *call, const char *method, const char *before, const char *after, json_t *body,
              show_fn render);

// Cells that lists share. A moment is relative to now; `none` stands for 0.
void show_moment(struct table *t, wall_t at, wall_t now, const char *none);
void show_next(struct table *t, wall_t at, wall_t now); // what is past is now: it waits for its turn
void show_count(struct table *t, const json_t *object, const char *name);

// The colour of a feed's, an alert's or a delivery's state, and of a severity.
const char *show_mark(const struct ctl_call *call, struct str state);

// Prints a table that is full, and frees it.
void show_table(const struct ctl_call *call, struct table *t, struct buf *out);

// Appends a line "  HEAD: TEXT" for each object of a list, by the names of the two.
void show_pairs(const json_t *list, const char *head, const char *text, struct buf *out);

// A list in an answer, as a table: what it is called there, what is said where it is empty (NULL: the head line alone),
// its columns, and what adds one row of cells.
struct show_list {
    const char *name, *empty;
    const struct table_column *columns;
    size_t n_columns;
    void (*row)(const struct ctl_call *call, const json_t *one, wall_t now, struct table *t);
};

// Appends the list, and that the daemon has more than it sent where it does.
void show_list(const struct ctl_call *call, const json_t *answer, const struct show_list *list, struct buf *out);

#endif
