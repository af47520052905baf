// SPDX-License-Identifier: MIT
//
// See fmt_expr.h. The expression is cut into pieces that hold no blank, and these are set one after the other: nothing
// can get lost, and what is written has no second reading.
#include "rules/fmt_expr.h"

#include "base/conf.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { DEPTH_MAX = 64 }; // deeper ones are set below the last of them

enum piece_kind { PIECE_WORD, PIECE_OPERATOR, PIECE_COMMA, PIECE_OPEN, PIECE_CLOSE, PIECE_COMMENT };

struct piece {
    struct str text;
    size_t columns;
    enum piece_kind kind;
    bool has_space;   // before it, in the source
    bool has_newline; // there as well
};

struct pieces {
    struct piece *list; // the first and the last one are the pair around it all
    size_t n, room;
};

struct setter {
    const struct piece *pieces;
    size_t n;
    struct buf *out;
    size_t base, column;
    size_t widest; // line without its comment
    size_t depth;
    size_t open[DEPTH_MAX];           // columns
    bool is_flowing[DEPTH_MAX];       // a line was broken in this parenthesis: what follows flows in
    bool breaks_before;               // AND and OR
};

// One piece of an expression: what has no blank in it, or a whole string, regex or parenthesis.
static size_t piece_end(struct str s, size_t i)
{
    size_t start = i;
    if (strchr("(),", s.p[i]))
        return i + 1;
    while (i < s.n && !char_is_space(s.p[i]) && !strchr("(),", s.p[i])) {
        bool opens_regex = s.p[i] == '/' && (i == start || strchr(":-", s.p[i - 1]));
        if (!opens_regex) {
            size_t end = conf_string_end(s, i);
            i = end > i ? end : i + 1;
            continue;
        }
        i++;
        while (i < s.n && s.p[i] != '/' && s.p[i] != '\n')
            i += s.p[i] == '\\' && i + 1 < s.n ? 2 : 1;
        i += i < s.n && s.p[i] == '/';
    }
    return i;
}

static enum piece_kind kind_of(struct str text)
{
    if (str_eq(text, S("OR")) || str_eq(text, S("AND")))
        return PIECE_OPERATOR;
    if (text.n != 1)
        return PIECE_WORD;
    return text.p[0] == '(' ? PIECE_OPEN : text.p[0] == ')' ? PIECE_CLOSE : text.p[0] == ',' ? PIECE_COMMA : PIECE_WORD;
}

static void add(struct pieces *p, struct piece piece)
{
    if (p->n == p->room) {
        p->room = p->room ? p->room * 2 : 64;
        p->list = mem_resize_array(p->list, p->room, sizeof *p->list);
    }
    piece.columns = utf8_columns(piece.text);
    p->list[p->n++] = piece;
}

static struct pieces cut(struct str s)
{
    struct pieces p = {0};
    bool has_space = false, has_newline = false;
    add(&p, (struct piece){.text = S("("), .kind = PIECE_OPEN});
    for (size_t i = 0; i < s.n;) {
        if (char_is_space(s.p[i])) {
            has_newline = has_newline || s.p[i] == '\n';
            has_space = true;
            i++;
            continue;
        }
        bool is_comment = s.p[i] == '#' && (has_space || i == 0);
        size_t end = is_comment ? i + str_find_char(str_from(s, i), '\n') : piece_end(s, i);
        struct str text = str_trim(str_make(s.p + i, end - i));
        add(&p, (struct piece){.text = text, .kind = is_comment ? PIECE_COMMENT : kind_of(text),
                               .has_space = has_space, .has_newline = has_newline});
        has_space = has_newline = false;
        i = end;
    }
    add(&p, (struct piece){.text = S(")"), .kind = PIECE_CLOSE});
    return p;
}

static size_t level_of(size_t depth) { return depth < DEPTH_MAX ? depth - 1 : DEPTH_MAX - 1; }

static size_t deeper(size_t depth, const struct piece *p)
{
    return p->kind == PIECE_OPEN ? depth + 1 : depth - (p->kind == PIECE_CLOSE && depth > 0);
}

static bool has_blank(const struct setter *s, size_t i)
{
    const struct piece *p = &s->pieces[i], *before = i ? p - 1 : NULL;
    if (before && before->kind == PIECE_COMMA)
        return true;
    return p->has_space && p->kind != PIECE_CLOSE && p->kind != PIECE_COMMA && before && before->kind != PIECE_OPEN;
}

// Tells whether a line may end before piece i: by this setter's manner, or by any.
static bool may_break(const struct setter *s, size_t i, bool in_any_manner)
{
    const struct piece *p = &s->pieces[i], *before = p - 1;
    if (i == 0 || p->kind == PIECE_COMMENT || before->kind == PIECE_COMMENT)
        return false;
    return before->kind == PIECE_COMMA || (before->kind == PIECE_OPERATOR && (in_any_manner || !s->breaks_before)) ||
           (p->kind == PIECE_OPERATOR && (in_any_manner || s->breaks_before));
}

// The columns from piece i to where a line may end next: groups on the way are taken whole, those behind the end of its
// own parenthesis up to their first such place.
static size_t columns_to_break(const struct setter *s, size_t i)
{
    size_t columns = s->pieces[i].columns, depth = deeper(s->depth, &s->pieces[i]);
    bool has_left = depth < s->depth;
    for (size_t k = i + 1; k < s->n; k++) {
        const struct piece *p = &s->pieces[k];
        if (p->kind == PIECE_COMMENT || p->has_newline || (may_break(s, k, false) && (has_left || depth <= s->depth)))
            break;
        columns += has_blank(s, k) + p->columns;
        depth = deeper(depth, p);
        has_left = has_left || depth < s->depth;
    }
    return columns;
}

// Tells whether piece i begins a line.
static bool begins_line(struct setter *s, size_t i)
{
    const struct piece *p = &s->pieces[i];
    bool is_inside = s->depth > 0, *is_flowing = is_inside ? &s->is_flowing[level_of(s->depth)] : NULL;
    if (p->kind == PIECE_COMMENT || (i && p[-1].kind == PIECE_COMMENT)) {
        if (is_inside)
            *is_flowing = false;
        return p->has_newline;
    }
    if (p->has_newline && !(is_inside && *is_flowing && may_break(s, i, true)))
        return true;
    bool is_free = is_inside && (p->has_newline || may_break(s, i, false));
    if (!is_free || s->column + has_blank(s, i) + columns_to_break(s, i) <= FMT_COLUMNS_MAX)
        return false;
    *is_flowing = true;
    return true;
}

static void spaces(struct setter *s, size_t n)
{
    s->column += n;
    while (n--)
        buf_add_char(s->out, ' ');
}

static void set(struct setter *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct piece *p = &s->pieces[i];
        if (begins_line(s, i)) {
            buf_add_char(s->out, '\n');
            s->column = 0;
            spaces(s, s->depth ? s->open[level_of(s->depth)] : s->base);
        } else {
            spaces(s, i == 0 ? 0 : p->kind == PIECE_COMMENT ? 2 : has_blank(s, i));
        }
        buf_add(s->out, p->text);
        s->column += p->columns;
        if (p->kind != PIECE_COMMENT && s->column > s->widest)
            s->widest = s->column;
        s->depth = deeper(s->depth, p);
        if (p->kind == PIECE_OPEN && s->depth <= DEPTH_MAX) {
            s->open[s->depth - 1] = s->column;
            s->is_flowing[s->depth - 1] = false;
        }
    }
}

// Tells whether the lines of the expression begin with AND and OR, and none ends with one.
static bool begins_with_operators(const struct pieces *p)
{
    size_t begin = 0, end = 0;
    for (size_t i = 1; i < p->n; i++) {
        begin += p->list[i].has_newline && p->list[i].kind == PIECE_OPERATOR;
        end += p->list[i].has_newline && p->list[i - 1].kind == PIECE_OPERATOR;
    }
    return begin && !end;
}

static bool has_operator_outside(const struct pieces *p)
{
    size_t depth = 0;
    for (size_t i = 1; i + 1 < p->n; i++) {
        if (depth == 0 && p->list[i].kind == PIECE_OPERATOR)
            return true;
        depth = deeper(depth, &p->list[i]);
    }
    return false;
}

void fmt_expression(struct str text, size_t base, struct buf *out)
{
    struct pieces p = cut(text);
    const size_t before = out->n;
    struct setter s = {.pieces = p.list + 1, .n = p.n - 2, .out = out, .base = base, .column = base};
    s.breaks_before = begins_with_operators(&p);
    set(&s);
    if (s.widest > FMT_COLUMNS_MAX && has_operator_outside(&p)) {
        out->n = before;
        s = (struct setter){.pieces = p.list, .n = p.n, .out = out, .base = base, .column = base,
                            .breaks_before = s.breaks_before};
        set(&s);
    }
    mem_free(p.list);
}
