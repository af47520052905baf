// SPDX-License-Identifier: MIT
//
// Explanations as text: a verdict in one line, and the tree with what every leaf found.
#include "base/utf8.h"
#include "rules/explain.h"

enum {
    SHOWN_EXPR_BYTES = 72,
    AFTER_CUT_BYTES = 45, // a shorter rest is the text's own end
    SHOWN_HITS_MAX = 3,
    LEAVES_OF_A_SILENT_OR = 6,
};

// The rule's own words for a node, on one line.
static void add_expr(const struct explain_node *node, struct buf *out)
{
    struct str text = str_head(str_from(node->source->text, node->expr->at), node->expr->n);
    bool is_cut = text.n > SHOWN_EXPR_BYTES;
    text = is_cut ? utf8_head(text, SHOWN_EXPR_BYTES) : text;
    bool was_blank = false;
    for (size_t i = 0; i < text.n; i++) {
        bool is_blank = char_is_space(text.p[i]);
        if (!is_blank || !was_blank)
            buf_add_char(out, is_blank ? ' ' : text.p[i]);
        was_blank = is_blank;
    }
    if (is_cut)
        buf_add(out, S(" ..."));
}

static const char *name_of(const struct expr *e)
{
    switch (e->kind) {
    case EXPR_OR: return "one of";
    case EXPR_AND: return "all of";
    default: return "";
    }
}

static void add_hit(const struct hit *hit, bool with_colour, struct buf *out)
{
    buf_addf(out, "%.*s: ", STR_ARG(field_name(hit->field)));
    if (hit->snippet.before.n && hit->start > hit->snippet.before.n)
        buf_add(out, S("..."));
    utf8_sanitise(hit->snippet.before, out);
    buf_add(out, with_colour ? S("\033[1;32m") : S("["));
    utf8_sanitise(hit->snippet.hit, out);
    buf_add(out, with_colour ? S("\033[0m") : S("]"));
    utf8_sanitise(hit->snippet.after, out);
    if (hit->snippet.after.n >= AFTER_CUT_BYTES)
        buf_add(out, S("..."));
}

static void indent(unsigned depth, struct buf *out)
{
    for (unsigned i = 0; i < depth; i++)
        buf_add(out, S("  "));
}

static void render_node(const struct explain_node *node, unsigned shift, bool with_colour, struct buf *out)
{
    const char *yes = with_colour ? "\033[32m+\033[0m" : "+", *no = with_colour ? "\033[31m-\033[0m" : "-";
    indent(node->depth + shift, out);
    buf_addf(out, "%s ", node->holds ? yes : no);
    const char *name = name_of(node->expr);
    if (*name)
        buf_addf(out, "%s ", name);
    add_expr(node, out);
    buf_add_char(out, '\n');
    for (size_t i = 0; i < node->n_hits && i < SHOWN_HITS_MAX; i++) {
        indent(node->depth + shift + 2, out);
        add_hit(&node->hits[i], with_colour, out);
        buf_add_char(out, '\n');
    }
    if (node->total > SHOWN_HITS_MAX) {
        indent(node->depth + shift + 2, out);
        buf_addf(out, "and %zu more\n", node->total - SHOWN_HITS_MAX);
    }
}

// An OR of many leaves: those that hold, and how many do not.
static void render_nodes(const struct explain_part *part, bool with_colour, struct buf *out)
{
    size_t silent = 0;
    for (size_t i = 0; i < part->n_nodes; i++) {
        const struct explain_node *node = &part->nodes[i];
        silent = node->is_leaf && !node->holds ? silent + 1 : 0;
        if (silent <= LEAVES_OF_A_SILENT_OR)
            render_node(node, 1, with_colour, out);
        bool is_last = i + 1 == part->n_nodes || !part->nodes[i + 1].is_leaf || part->nodes[i + 1].holds;
        if (silent > LEAVES_OF_A_SILENT_OR && is_last) {
            indent(node->depth + 1, out);
            buf_addf(out, "- and %zu more that are not there\n", silent - LEAVES_OF_A_SILENT_OR);
        }
    }
}

static const struct explain_part *part_of(const struct explanation *x, const struct explain_node *node)
{
    const struct explain_part *part = x->parts;
    while (node < part->nodes || node >= part->nodes + part->n_nodes)
        part++;
    return part;
}

void explain_reason(const struct explanation *x, struct buf *out)
{
    if (x->is_match) {
        buf_add(out, S("it matches by "));
        if (x->match.n_hits)
            add_hit(&x->match.hits[0], false, out);
        return;
    }
    if (!x->blame) {
        buf_add(out, S("each hit of `when` has one of the `unless` near it: together they leave none"));
        return;
    }
    bool is_veto = part_of(x, x->blame)->role != EXPLAIN_WHEN;
    buf_add_char(out, '`');
    add_expr(x->blame, out);
    if (is_veto) {
        buf_add(out, S("` vetoes it (unless)"));
        if (x->blame->n_hits) {
            buf_add(out, S(": "));
            add_hit(&x->blame->hits[0], false, out);
        }
    } else {
        buf_add(out, x->blame->expr->kind == EXPR_NOT ? S("` forbids what is there") : S("` is not there"));
    }
}

void explain_render(const struct explanation *x, const struct rule_entry *entry, bool with_colour, struct buf *out)
{
    static const char *const roles[] = {"when", "unless", "unless (only hits near it)"};
    buf_addf(out, "%.*s: %s\n", STR_ARG(entry->made.rule.name), x->is_match ? "match" : "no match");
    buf_add(out, S("because "));
    explain_reason(x, out);
    buf_add(out, S("\n\n"));
    for (size_t i = 0; i < x->n_parts; i++) {
        const struct explain_part *part = &x->parts[i];
        const char *verdict = i == 0            ? (part->holds ? "holds" : "does not hold")
                              : part->is_fatal  ? "vetoes"
                              : part->holds     ? "takes hits away"
                                                : "does not veto";
        buf_addf(out, "%s %s\n", roles[part->role], verdict);
        render_nodes(part, with_colour, out);
    }
}
