// SPDX-License-Identifier: MIT
//
// Canonical form. See fmt.h. The tree tells where each statement stands; what lies between two of them are comments
// and empty lines, and what lies in an expression is copied piece by piece, so that nothing can get lost. An expression
// that cannot be read stays as it is.
#include "rules/fmt.h"

#include "base/utf8.h"
#include "rules/expr.h"
#include "rules/fmt_expr.h"

enum { INDENT = 4 };

struct writer {
    const struct source *source;
    struct str text; // of it
    struct buf *out;
    bool wants_blank; // an empty line before what comes next
    bool is_first;    // nothing was written in this block yet: no empty line
};

static void spaces(struct writer *w, size_t n)
{
    while (n--)
        buf_add_char(w->out, ' ');
}

static struct str slice(const struct writer *w, size_t from, size_t to)
{
    return str_head(str_from(w->text, from), to - from); // an empty text has no bytes to point at
}

static void begin_line(struct writer *w, unsigned depth)
{
    if (w->wants_blank && !w->is_first)
        buf_add_char(w->out, '\n');
    w->wants_blank = w->is_first = false;
    spaces(w, (size_t)depth * INDENT);
}

// What stands between two statements: the rest of a line, which may hold a comment, and then whole lines.
static void gap(struct writer *w, size_t from, size_t to, unsigned depth, bool is_behind)
{
    struct str rest = slice(w, from, to);
    bool is_line_rest = is_behind;
    while (rest.p && rest.n) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        if (is_line_rest && line.n) {
            w->out->n -= w->out->n > 0; // back onto the line of the statement
            buf_add(w->out, S("  "));
            buf_add(w->out, line);
            buf_add_char(w->out, '\n');
        } else if (line.n && !is_line_rest) {
            begin_line(w, depth);
            buf_add(w->out, line);
            buf_add_char(w->out, '\n');
        } else if (!is_line_rest && rest.p) {
            w->wants_blank = true;
        }
        is_line_rest = false;
    }
}

// The column of the line that is being written.
static size_t column(const struct writer *w)
{
    size_t start = w->out->n;
    while (start > 0 && w->out->p[start - 1] != '\n')
        start--;
    return utf8_columns(str_make(w->out->p + start, w->out->n - start));
}

static size_t choice_width(const struct conf_arg *arg)
{
    size_t widest = 0;
    for (struct str rest = str_of(arg->choices); rest.p;) {
        struct str one = str_cut(&rest, ' ');
        widest = one.n > widest ? one.n : widest;
    }
    return widest;
}

// Tells whether an expression can be read: only then is it known where its lines may end.
static bool is_readable(const struct writer *w, const struct conf_value *v)
{
    struct arena a;
    struct diags ds;
    arena_init(&a, SIZE_MAX);
    diags_init(&ds);
    expr_parse(w->source, v->at, v->n, EXPR_UNLESS, &a, &ds); // the role that may begin with everything
    bool is_good = ds.errors == 0;
    diags_done(&ds);
    arena_done(&a);
    return is_good;
}

static void arguments(struct writer *w, const struct conf_node *node, size_t word_width)
{
    const struct conf_spec *spec = node->spec;
    bool is_led_by_choice = spec->args[0].type == CONF_CHOICE && spec->args[1].type != CONF_END;
    spaces(w, node->n_args && !is_led_by_choice && word_width > node->n ? word_width - node->n : 0);
    for (size_t i = 0; i < node->n_args; i++) {
        const struct conf_value *v = &node->args[i];
        buf_add_char(w->out, ' ');
        if (i < CONF_ARGS_MAX && spec->args[i].type == CONF_EXPRESSION && is_readable(w, v))
            fmt_expression(slice(w, v->at, v->at + v->n), column(w), w->out);
        else
            buf_add(w->out, slice(w, v->at, v->at + v->n));
        if (i == 0 && is_led_by_choice && node->n_args > 1)
            spaces(w, choice_width(&spec->args[0]) - v->n);
    }
}

static size_t args_end(const struct conf_node *node)
{
    const struct conf_value *last = node->n_args ? &node->args[node->n_args - 1] : NULL;
    return last ? last->at + last->n : node->at + node->n;
}

static bool is_led_by_choice(const struct conf_node *node)
{
    return node->spec->args[0].type == CONF_CHOICE && node->spec->args[1].type != CONF_END;
}

// Writes the statements of one block and what lies around them, up to `to`.
static void statements(struct writer *w, const struct conf_node *first, size_t from, size_t to, unsigned depth)
{
    size_t widest = 0;
    for (const struct conf_node *node = first; node && depth; node = node->next)
        if (!is_led_by_choice(node))
            widest = node->n > widest ? node->n : widest;
    bool is_behind = depth > 0;
    for (const struct conf_node *node = first; node; node = node->next) {
        gap(w, from, node->at, depth, is_behind);
        begin_line(w, depth);
        buf_add(w->out, slice(w, node->at, node->at + node->n));
        arguments(w, node, widest ? widest + 1 : 0);
        if (node->spec->block) {
            buf_add(w->out, S(" {\n"));
            w->is_first = true;
            gap(w, args_end(node), node->body_at - 1, depth + 1, false);
            statements(w, node->first, node->body_at, node->body_end, depth + 1);
            w->wants_blank = w->is_first = false;
            spaces(w, (size_t)depth * INDENT);
            buf_add_char(w->out, '}');
        }
        buf_add_char(w->out, '\n');
        w->wants_blank = node->spec->block && depth == 0;
        from = node->end;
        is_behind = true;
    }
    gap(w, from, to, depth, is_behind);
}

bool rules_format(const struct source *source, const struct conf_spec *const *tables, struct buf *out,
                  struct diags *ds)
{
    struct conf conf;
    // The diagnostics point into a source that goes with the tree: they are told of the caller's.
    struct diags own;
    diags_init(&own);
    bool is_ok = conf_parse(&conf, tables, source->name, source->text, NULL, &own);
    for (size_t i = 0; i < own.n; i++) {
        const struct diag *d = &own.list[i];
        diag_help(ds, diag_add(ds, d->level, source, d->at, d->n, "%.*s", STR_ARG(d->message)), "%.*s",
                  STR_ARG(d->help));
    }
    if (is_ok) {
        struct writer w = {.source = source, .text = source->text, .out = out, .is_first = true};
        statements(&w, conf.first, str_starts(source->text, S("\xef\xbb\xbf")) ? 3 : 0, source->text.n, 0);
    }
    diags_done(&own);
    conf_done(&conf);
    return is_ok;
}
