// SPDX-License-Identifier: MIT
//
// Trees -> code. See compile.h; leaves are compile_leaf.c's.
#include "rules/compile.h"

#include "base/hash.h"
#include "base/mem.h"

static void compile_tree(struct compiler *c, const struct expr *e);

void compiler_emit(struct compiler *c, uint32_t word)
{
    if (c->n_code == c->code_room) {
        c->code_room = c->code_room ? c->code_room * 2 : 256;
        c->code = mem_resize_array(c->code, c->code_room, sizeof *c->code);
    }
    c->code[c->n_code++] = word;
}

static struct term_slot *slot_of(struct compiler *c, uint64_t hash)
{
    size_t at = hash & (c->n_slots - 1);
    while (c->slots[at].term && c->slots[at].hash != hash)
        at = (at + 1) & (c->n_slots - 1);
    return &c->slots[at];
}

static void grow_slots(struct compiler *c)
{
    struct term_slot *old = c->slots;
    size_t n_old = c->n_slots;
    c->n_slots = n_old ? n_old * 2 : 1024;
    c->slots = mem_alloc_array(c->n_slots, sizeof *c->slots);
    for (size_t i = 0; i < n_old; i++)
        if (old[i].term)
            *slot_of(c, old[i].hash) = old[i];
    mem_free(old);
}

void compiler_count_uses(struct compiler *c)
{
    for (size_t i = 0; i < c->n_slots; i++)
        if (c->slots[i].term)
            c->terms[c->slots[i].term - 1].uses = c->slots[i].uses;
}

static uint32_t find_or_add(struct compiler *c, enum term_kind kind, uint64_t hash, struct str folded, struct str name)
{
    if ((c->n_terms + 1) * (size_t)2 > c->n_slots)
        grow_slots(c);
    struct term_slot *slot = slot_of(c, hash);
    slot->uses++;
    if (slot->term)
        return slot->term - 1;
    if (c->n_terms == c->terms_room) {
        c->terms_room = c->terms_room ? c->terms_room * 2 : 256;
        c->terms = mem_resize_array(c->terms, c->terms_room, sizeof *c->terms);
    }
    c->terms[c->n_terms] = (struct term){
        .hash = hash,
        .kind = kind,
        .folded = arena_str(&c->g->arena, folded),
        .name = str_eq(folded, name) ? (struct str){0} : arena_str(&c->g->arena, name),
        .source = c->source,
        .literal = NO_TERM,
    };
    struct term *term = &c->terms[c->n_terms];
    if (!term->name.p)
        term->name = term->folded;
    slot->hash = hash;
    slot->term = ++c->n_terms;
    return c->n_terms - 1;
}

uint32_t compiler_term(struct compiler *c, enum term_kind kind, struct str folded, struct str name)
{
    // Kinds other than words get hashes of their own: another seed.
    uint64_t hash = kind == TERM_WORD ? word_hash(c->text.key, folded)
                                      : hash64_seeded(c->g->seed + (uint64_t)kind * 0x9E3779B97F4A7C15u, folded);
    return find_or_add(c, kind, hash, folded, name);
}

// Fills in the term of the word that has waited longest.
static void settle_first(struct compiler *c)
{
    const struct waiting_word *w = &c->waiting[(c->n_waited - c->n_waiting--) % WAITING_MAX];
    struct str folded = {w->word.folded, w->word.n};
    c->code[w->at] |= find_or_add(c, TERM_WORD, w->word.hash, folded, w->word.name);
}

void compiler_emit_short(struct compiler *c, uint32_t code, const struct short_word *word)
{
    if (c->n_waiting == WAITING_MAX)
        settle_first(c);
    if (c->n_slots)
        __builtin_prefetch(&c->slots[word->hash & (c->n_slots - 1)]);
    c->waiting[c->n_waited++ % WAITING_MAX] = (struct waiting_word){*word, c->n_code};
    c->n_waiting++;
    compiler_emit(c, code);
}

void compiler_settle(struct compiler *c)
{
    while (c->n_waiting)
        settle_first(c);
}

uint32_t compile_list(struct compiler *c, const struct expr_set *set)
{
    for (uint32_t i = 0; i < c->n_lists; i++)
        if (c->lists[i] == set)
            return c->list_terms[i];
    uint32_t list = compiler_term(c, TERM_LIST, set->name, arena_fmt(&c->g->arena, "@%.*s", STR_ARG(set->name)));
    c->lists = mem_resize_array(c->lists, c->n_lists + 1, sizeof *c->lists);
    c->list_terms = mem_resize_array(c->list_terms, c->n_lists + 1, sizeof *c->list_terms);
    c->lists[c->n_lists] = set;
    c->list_terms[c->n_lists++] = list;
    for (size_t i = 0; i < set->n_list; i++) {
        if (c->g->n_listed == c->listed_room) {
            c->listed_room = c->listed_room ? c->listed_room * 2 : 256;
            c->g->listed = mem_resize_array(c->g->listed, c->listed_room, sizeof *c->g->listed);
        }
        c->g->listed[c->g->n_listed++] = (struct listed){(uint32_t)c->n_code, list};
        struct expr phrase = {.kind = EXPR_PHRASE, .text = set->list[i]};
        compile_leaf(c, &phrase);
    }
    return list;
}

// A set is unfolded where it is used; a list is a term.
static void compile_set(struct compiler *c, const struct expr *e)
{
    if (!e->set->expr) {
        // The phrases' code must not lie inside the rule's: it is appended before (compile_lists_of).
        compiler_emit(c, code_word(OP_TERM, compile_list(c, e->set)));
        return;
    }
    const struct source *outer = c->source;
    c->source = e->set->source;
    compile_tree(c, e->set->expr);
    c->source = outer;
}

static void compile_lists_of(struct compiler *c, const struct expr *e)
{
    if (e->kind == EXPR_SET && e->set->expr)
        compile_lists_of(c, e->set->expr);
    else if (e->kind == EXPR_SET)
        compile_list(c, e->set);
    for (size_t i = 0; i < e->n_children; i++)
        compile_lists_of(c, e->children[i]);
}

static void compile_lang(struct compiler *c, const struct expr *e)
{
    if (e->kind == EXPR_OR) {
        size_t at = c->n_code;
        compiler_emit(c, code_word(OP_OR, e->n_children));
        compiler_emit(c, 0);
        for (size_t i = 0; i < e->n_children; i++)
            compile_lang(c, e->children[i]);
        c->code[at + 1] = (uint32_t)(c->n_code - at); // an OR may stand in an OR
        return;
    }
    if (c->g->n_langs == c->langs_room) {
        c->langs_room = c->langs_room ? c->langs_room * 2 : 8;
        c->g->langs = mem_resize_array(c->g->langs, c->langs_room, sizeof *c->g->langs);
    }
    char *code = arena_dupz(&c->g->arena, e->text);
    for (size_t i = 0; i < e->text.n; i++)
        code[i] = code[i] == '_' ? '-' : char_lower(code[i]);
    compiler_emit(c, code_word(OP_LANG, c->g->n_langs));
    c->g->langs[c->g->n_langs++] = (struct str){code, e->text.n};
}

static void compile_children(struct compiler *c, const struct expr *e, enum op op)
{
    size_t at = c->n_code;
    compiler_emit(c, code_word(op, e->n_children));
    compiler_emit(c, 0);
    if (op == OP_OF)
        compiler_emit(c, e->number);
    for (size_t i = 0; op == OP_NEAR && i + 1 < e->n_children; i++)
        compiler_emit(c, (uint32_t)e->joins[i].link << JOIN_SHIFT | e->joins[i].distance);
    for (size_t i = 0; i < e->n_children; i++)
        compile_tree(c, e->children[i]);
    c->code[at + 1] = (uint32_t)(c->n_code - at);
}

static void compile_tree(struct compiler *c, const struct expr *e)
{
    switch (e->kind) {
    case EXPR_OR: compile_children(c, e, OP_OR); break;
    case EXPR_AND: compile_children(c, e, OP_AND); break;
    case EXPR_OF: compile_children(c, e, OP_OF); break;
    case EXPR_NEAR: compile_children(c, e, OP_NEAR); break;
    case EXPR_NOT:
        compiler_emit(c, code_word(OP_NOT, 0));
        compile_tree(c, e->children[0]);
        break;
    case EXPR_FIELD:
        if (e->fields == 1 << FIELD_LANG) {
            compile_lang(c, e->children[0]);
            break;
        }
        compiler_emit(c, code_word(OP_FIELD, e->fields));
        compile_tree(c, e->children[0]);
        break;
    case EXPR_SET: compile_set(c, e); break;
    case EXPR_WORD:
    case EXPR_PREFIX:
    case EXPR_INFIX:
    case EXPR_STEM:
    case EXPR_PHRASE:
    case EXPR_REGEX: compile_leaf(c, e); break;
    case EXPR_BAD: compiler_emit(c, code_word(OP_FALSE, 0)); break;
    }
}

void compile_rule(struct compiler *c, const struct rule_trees *rule, bool has_scope)
{
    c->source = rule->source;
    compile_lists_of(c, rule->when);
    for (size_t i = 0; i < rule->n_unless; i++)
        compile_lists_of(c, rule->unless[i]);
    c->g->rule_code[c->g->n_rules] = (uint32_t)c->n_code;
    compiler_emit(c, (uint32_t)rule->n_unless | (has_scope ? RULE_HAS_SCOPE : 0));
    compile_tree(c, rule->when);
    for (size_t i = 0; i < rule->n_unless; i++) {
        const struct expr *veto = rule->unless[i];
        if (veto->is_scoped) {
            compiler_emit(c, code_word(OP_SCOPED, (size_t)veto->joins[0].link << JOIN_SHIFT | veto->joins[0].distance));
            veto = veto->children[0];
        }
        compile_tree(c, veto);
    }
}
