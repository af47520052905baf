// SPDX-License-Identifier: MIT
//
// Running code: truth first, by the cheapest test there is; spans only where places matter. See eval.h.
#include "rules/eval.h"

#include "base/mem.h"

static void clear_bits(struct eval *e)
{
    uint64_t *bits = e->state->bits;
    if (e->state->g->has_pairs)
        memset(bits, 0, PAIR_BITS / 8);
    for (size_t i = 0; i < e->n_present; i++)
        bits[term_bit(e->present[i]) >> 6] = 0;
}

void eval_begin(struct eval *e, struct segment_state *state)
{
    eval_end(e);
    e->state = state;
    e->g = state->g;
    e->n_nodes = e->n_present = e->n_regex_places = 0;
    e->is_regex_scanned = false;
    e->n_alone = 0;
    regex_scratch_reset(e->regex);
}

void eval_end(struct eval *e)
{
    if (e->state)
        clear_bits(e);
    e->state = NULL;
}

void eval_room(struct eval *e)
{
    if (e->n_nodes == e->nodes_room) {
        e->nodes_room = e->nodes_room ? e->nodes_room * 2 : 1024;
        e->nodes = mem_resize_array(e->nodes, e->nodes_room, sizeof *e->nodes);
    }
    if (e->n_present == e->present_room)
        eval_grow_present(e);
}

void eval_grow_present(struct eval *e)
{
    e->present_room = e->present_room ? e->present_room * 2 : 256;
    e->present = mem_resize_array(e->present, e->present_room, sizeof *e->present);
}

static bool is_language(struct str have, struct str want)
{
    if (str_is_empty(have))
        return str_eq(want, S("unknown"));
    return str_starts(have, want) && (have.n == want.n || have.p[want.n] == '-');
}

// Whether an operand has a span; leaves the stack as it was.
static bool has_spans(struct eval *e, const uint32_t *code, uint32_t fields, bool is_filtered)
{
    size_t first = e->stack.n;
    size_t n = spans_of(e, code, fields, is_filtered, &e->stack);
    e->stack.n = first;
    return n > 0;
}

static void scan_if_regex(struct eval *e, const uint32_t *code)
{
    uint32_t arg = code_arg(*code);
    if (code_op(*code) == OP_REGEX)
        eval_regex(e, arg);
    if (code_op(*code) != OP_OR)
        return;
    const uint32_t *child = code + 2;
    for (uint32_t i = 0; i < arg; i++, child += code_size(child))
        scan_if_regex(e, child);
}

// A chain of NEARs: what stands to its left neighbour as it should, then what stands so to its right one. What is left
// takes part in a whole chain. Appends it to out (NULL: only whether there is one).
static bool near_chain(struct eval *e, const uint32_t *code, uint32_t fields, bool is_filtered, struct spans *out)
{
    uint32_t n = code_arg(*code);
    const uint32_t *joins = code + 2;
    const uint32_t *child = joins + n - 1;
    size_t bottom = e->stack.n;
    struct {
        size_t first, n;
    } *parts = mem_alloc_array(n, sizeof *parts);
    bool holds = true;
    for (uint32_t i = 0; i < n && holds; i++, child += code_size(child)) {
        if (e->g->regexes)
            scan_if_regex(e, child);
        parts[i].first = e->stack.n;
        parts[i].n = spans_of(e, child, fields, is_filtered, &e->stack);
        struct expr_join join = {i ? (enum expr_link)(joins[i - 1] >> JOIN_SHIFT) : LINK_NEAR,
                                 i ? joins[i - 1] & 0xFFFF : 0};
        if (i > 0)
            parts[i].n = spans_near(e, e->stack.list + parts[i - 1].first, parts[i - 1].n,
                                    e->stack.list + parts[i].first, parts[i].n, join, true);
        e->stack.n = parts[i].first + parts[i].n;
        holds = parts[i].n > 0;
    }
    for (uint32_t i = n - 1; holds && out && i-- > 0;) {
        struct expr_join join = {(enum expr_link)(joins[i] >> JOIN_SHIFT), joins[i] & 0xFFFF};
        parts[i].n = spans_near(e, e->stack.list + parts[i + 1].first, parts[i + 1].n, e->stack.list + parts[i].first,
                                parts[i].n, join, false);
    }
    for (uint32_t i = 0; holds && out && i < n; i++)
        for (size_t k = 0; k < parts[i].n; k++)
            spans_push(out, e->stack.list[parts[i].first + k]);
    mem_free(parts);
    e->stack.n = bottom;
    return holds;
}

bool eval_tree(struct eval *e, const uint32_t *code, uint32_t fields, bool is_filtered)
{
    uint32_t arg = code_arg(*code);
    switch (code_op(*code)) {
    case OP_REGEX:
        eval_regex(e, arg);
        return is_filtered ? has_spans(e, code, fields, true) : eval_has(e, arg, fields);
    case OP_TERM: return is_filtered ? has_spans(e, code, fields, true) : eval_has(e, arg, fields);
    case OP_PHRASE:
    case OP_LEAF: return has_spans(e, code, fields, is_filtered);
    case OP_LANG: return is_language(e->lang, e->g->langs[arg]);
    case OP_FALSE: return false;
    case OP_NOT: return !eval_tree(e, code + 1, fields, false);
    case OP_FIELD: return eval_tree(e, code + 1, arg, is_filtered);
    case OP_SCOPED: return false;
    case OP_NEAR: return near_chain(e, code, fields, is_filtered, NULL);
    case OP_AND:
    case OP_OR:
    case OP_OF: break;
    }
    enum op op = code_op(*code);
    uint32_t need = op == OP_AND ? arg : op == OP_OR ? 1 : code[2];
    const uint32_t *child = code + code_head(code);
    uint32_t met = 0;
    for (uint32_t i = 0; i < arg && met < need; i++, child += code_size(child)) {
        met += eval_tree(e, child, fields, is_filtered);
        if (met + (arg - 1 - i) < need)
            return false;
    }
    return met >= need;
}

// The vetoes filter what is sorted; else that can wait until all of the rule is there.
static bool gather_leaf(struct eval *e, const uint32_t *code, uint32_t fields, bool is_filtered, struct spans *out)
{
    return is_filtered ? spans_of(e, code, fields, true, out) > 0 : spans_of_leaf(e, code, fields, out);
}

// AND, OR and OF; what was gathered goes again where too few hold.
static bool gather_branch(struct eval *e, const uint32_t *code, uint32_t fields, bool is_filtered, struct spans *out)
{
    uint32_t arg = code_arg(*code);
    enum op op = code_op(*code);
    uint32_t need = op == OP_AND ? arg : op == OP_OR ? 1 : code[2];
    const uint32_t *child = code + code_head(code);
    size_t first = out->n, settle_at = SPANS_SETTLE_MIN;
    uint32_t met = 0;
    for (uint32_t i = 0; i < arg; i++, child += code_size(child)) {
        met += eval_gather(e, child, fields, is_filtered, out);
        spans_settle_if_long(out, first, &settle_at);
        if (met + (arg - 1 - i) < need)
            break;
    }
    if (met < need)
        out->n = first;
    return met >= need;
}

bool eval_gather(struct eval *e, const uint32_t *code, uint32_t fields, bool is_filtered, struct spans *out)
{
    switch (code_op(*code)) {
    case OP_REGEX:
        eval_regex(e, code_arg(*code));
        return gather_leaf(e, code, fields, is_filtered, out);
    case OP_TERM:
    case OP_PHRASE:
    case OP_LEAF: return gather_leaf(e, code, fields, is_filtered, out);
    case OP_NEAR: return near_chain(e, code, fields, is_filtered, out);
    case OP_FIELD: return eval_gather(e, code + 1, code_arg(*code), is_filtered, out);
    case OP_AND:
    case OP_OR:
    case OP_OF: return gather_branch(e, code, fields, is_filtered, out);
    case OP_NOT:
    case OP_LANG:
    case OP_FALSE:
    case OP_SCOPED: break;
    }
    return eval_tree(e, code, fields, is_filtered);
}

static bool is_in_scope(const struct eval *e, const struct rule *r)
{
    if (e->doc->is_of_any_feed)
        return true;
    for (size_t i = 0; i < r->n_scope; i++) {
        if (!r->scope[i].is_tag && str_eq(r->scope[i].value, e->doc->feed))
            return true;
        for (size_t k = 0; r->scope[i].is_tag && k < e->doc->n_tags; k++)
            if (str_eq(r->scope[i].value, e->doc->tags[k]))
                return true;
    }
    return false;
}

// Reads the vetoes: false when a plain one holds; scoped ones are kept for the filter.
static bool read_vetoes(struct eval *e, const uint32_t *code, uint32_t n)
{
    e->n_vetoes = 0;
    e->vetoed.n = 0;
    for (uint32_t i = 0; i < n; i++, code += code_size(code)) {
        if (code_op(*code) != OP_SCOPED) {
            if (eval_tree(e, code, FIELDS_TEXT, false))
                return false;
            continue;
        }
        if (e->g->regexes)
            scan_if_regex(e, code + 1);
        if (e->n_vetoes == e->vetoes_room) {
            e->vetoes_room = e->vetoes_room ? e->vetoes_room * 2 : 8;
            e->vetoes = mem_resize_array(e->vetoes, e->vetoes_room, sizeof *e->vetoes);
        }
        uint32_t arg = code_arg(*code);
        struct veto veto = {{(enum expr_link)(arg >> JOIN_SHIFT), arg & 0xFFFF}, e->vetoed.n, 0};
        veto.n = spans_of(e, code + 1, FIELDS_TEXT, false, &e->vetoed);
        if (veto.n)
            e->vetoes[e->n_vetoes++] = veto;
    }
    return true;
}

bool eval_rule(struct eval *e, uint32_t rule)
{
    const uint32_t *code = e->g->code + e->g->rule_code[rule];
    uint32_t n_unless = *code & ~RULE_HAS_SCOPE;
    bool has_scope = *code++ & RULE_HAS_SCOPE;
    e->hits.n = 0;
    if (!eval_gather(e, code, FIELDS_TEXT, false, &e->hits) || (has_scope && !is_in_scope(e, &e->g->rules[rule])))
        return false;
    if (n_unless && !read_vetoes(e, code + code_size(code), n_unless))
        return false;
    if (n_unless && e->n_vetoes) {
        e->hits.n = 0;
        if (!eval_gather(e, code, FIELDS_TEXT, true, &e->hits))
            return false;
    }
    spans_settle(&e->hits, 0);
    return true;
}
