// SPDX-License-Identifier: MIT
//
// Choosing keys. See plan.h.
#include "rules/plan.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
    NEVER = 1 << 30, // the weight of what needs no word
    COMMON_SLOTS = 512,
};

// Words that stand in most texts of their language. A rule filed under one of them would run all the time; that is
// right, only slow, so the list need not be long.
static const char *const common[] = {
    "the",  "of",   "and",  "to",   "in",    "a",    "is",   "that", "for",  "it",   "was",  "on",   "with",  "as",
    "be",   "at",   "by",   "this", "from",  "have", "or",   "had",  "not",  "are",  "but",  "were", "has",   "an",
    "they", "will", "said", "one",  "their", "who",  "which", "been", "more", "its", "he",   "she",  "we",    "you",
    "his",  "her",  "new",  "after", "over", "up",   "out",  "about", "s",   "t",    "i",    "no",   "all",   "can",
    "der",  "die",  "das",  "und",  "von",   "den",  "mit",  "im",   "le",   "la",   "les",  "de",   "des",   "et",
    "du",   "en",   "un",   "une",  "el",    "los",  "las",  "que",  "y",    "del",  "para", "por",  "con",   "w",
    "z",    "na",   "nie",  "sie",  "do",    "o",    "ve",   "bir",  "bu",   "и",    "в",    "на",   "не",    "что",
    "с",    "і",    "з",    "у",    "що",    "та",   "за",   "по",   "до",   "от",   "для",  "من",   "في",    "على",
    "ان",   "الى",  "إلى",  "عن",   "的",    "一",   "是",   "在",   "不",   "了",   "有",   "和",   "人",    "这",
};

// Their hashes, so that a term is looked up once and not compared with each.
struct common_words {
    uint64_t slots[COMMON_SLOTS];
};

static void common_words_init(struct common_words *w, struct word_key key)
{
    *w = (struct common_words){{0}};
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        uint64_t hash = word_hash(key, str_of(common[i]));
        size_t at = hash & (COMMON_SLOTS - 1);
        while (w->slots[at])
            at = (at + 1) & (COMMON_SLOTS - 1);
        w->slots[at] = hash;
    }
}

static bool is_common(const struct common_words *w, uint64_t hash)
{
    size_t at = hash & (COMMON_SLOTS - 1);
    while (w->slots[at] && w->slots[at] != hash)
        at = (at + 1) & (COMMON_SLOTS - 1);
    return w->slots[at] != 0;
}

static uint32_t word_weight(const struct term *t, uint32_t uses, bool is_in_most)
{
    uint32_t letters = t->folded.n < 16 ? (uint32_t)utf8_count(t->folded) : 8;
    uint32_t missing = letters < 8 ? 8 - letters : 0; // shorter ones are more common
    return 4 + uses + missing * missing + (is_in_most ? 1000 : 0);
}

static uint32_t weight_of(const struct term *t, const struct common_words *words)
{
    uint32_t uses = t->uses < 10000 ? t->uses : 10000;
    switch (t->kind) {
    case TERM_WORD: return word_weight(t, uses, is_common(words, t->hash));
    case TERM_PREFIX:
    case TERM_INFIX:
    case TERM_STEM: return 30 + uses;
    case TERM_LIST: return 200;
    case TERM_REGEX: break;
    }
    return NEVER;
}

void plan_init(struct plan *plan, const struct term *terms, uint32_t n, struct word_key key, const struct leaf *leaves)
{
    struct common_words words;
    common_words_init(&words, key);
    *plan = (struct plan){.terms = terms, .leaves = leaves};
    plan->weights = mem_alloc_array(n + 1, sizeof *plan->weights);
    plan->are_words = mem_alloc_array(n + 1, sizeof *plan->are_words);
    for (uint32_t i = 0; i < n; i++) {
        plan->weights[i] = weight_of(&terms[i], &words);
        plan->are_words[i] = terms[i].kind == TERM_WORD;
    }
}

void plan_done(struct plan *plan)
{
    mem_free(plan->weights);
    mem_free(plan->are_words);
    mem_free(plan->keys);
    *plan = (struct plan){0};
}

static uint32_t lightest(const struct plan *p, const uint32_t *terms, size_t n)
{
    uint32_t best = terms[0];
    for (size_t i = 1; i < n; i++)
        if (p->weights[terms[i]] < p->weights[best])
            best = terms[i];
    return best;
}

static uint32_t cap(uint64_t weight)
{
    return weight < NEVER ? (uint32_t)weight : NEVER;
}

static uint32_t cost(const struct plan *p, const uint32_t *code);

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// Any n - k + 1 members of "k of n" hold at least one that is met: the cheapest ones. Returns the weight at which the
// choice ends: members up to it are taken.
static uint32_t of_cost(const struct plan *p, const uint32_t *code, uint32_t *out_limit)
{
    uint32_t n = code_arg(*code);
    uint32_t need = n - code[2] + 1;
    uint32_t *costs = mem_alloc_array(n, sizeof *costs);
    const uint32_t *child = code + code_head(code);
    for (uint32_t i = 0; i < n; i++, child += code_size(child))
        costs[i] = cost(p, child);
    qsort(costs, n, sizeof *costs, by_number);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < need && i < n; i++)
        sum += costs[i];
    *out_limit = need && need <= n ? costs[need - 1] : 0;
    mem_free(costs);
    return cap(sum);
}

static uint32_t cost(const struct plan *p, const uint32_t *code)
{
    uint32_t arg = code_arg(*code);
    uint64_t sum = 0;
    uint32_t least = NEVER;
    switch (code_op(*code)) {
    case OP_TERM: return p->weights[arg];
    case OP_PHRASE: return p->weights[lightest(p, code + 1, arg & PHRASE_COUNT_MASK)];
    case OP_LEAF:
        for (uint32_t i = 0; i < p->leaves[arg].n_variants; i++) {
            const struct variant *v = &p->leaves[arg].variants[i];
            sum += p->weights[lightest(p, v->terms, v->n)];
        }
        return cap(sum);
    case OP_FALSE: return 0;
    case OP_REGEX: return p->terms[arg].literal == NO_TERM ? NEVER : p->weights[p->terms[arg].literal];
    case OP_LANG:
    case OP_NOT: return NEVER;
    case OP_FIELD:
    case OP_SCOPED: return cost(p, code + 1);
    case OP_AND:
    case OP_NEAR:
    case OP_OR: {
        const uint32_t *child = code + code_head(code);
        for (uint32_t i = 0; i < arg; i++, child += code_size(child)) {
            uint32_t one = cost(p, child);
            sum += one;
            least = one < least ? one : least;
        }
        return code_op(*code) == OP_OR ? cap(sum) : least;
    }
    case OP_OF: return of_cost(p, code, &least);
    }
    return NEVER;
}

static void add_key(struct plan *p, uint32_t term, uint32_t own)
{
    for (size_t i = p->first; i < p->n_keys && i < p->first + 16; i++) // few are the same: no need to compare hundreds
        if (p->keys[i].term == term && p->keys[i].own == own)
            return;
    if (p->n_keys == p->keys_room) {
        p->keys_room = p->keys_room ? p->keys_room * 2 : 64;
        p->keys = mem_resize_array(p->keys, p->keys_room, sizeof *p->keys);
    }
    p->keys[p->n_keys++] = (struct plan_key){term, own};
}

// What a phrase asks for besides its key: the rarest two words that stand side by side, or, where others may stand
// between them or a word is no plain one, another word.
static uint32_t own_of(const struct plan *p, const uint32_t *terms, size_t n, uint32_t slop, uint32_t key)
{
    uint32_t own = NO_BIT;
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i + 1 < n && slop == 0; i++) {
        uint64_t weight = (uint64_t)p->weights[terms[i]] + p->weights[terms[i + 1]];
        bool is_plain = p->are_words[terms[i]] && p->are_words[terms[i + 1]];
        if (is_plain && weight < least) {
            least = weight;
            own = pair_bit(terms[i], terms[i + 1]);
        }
    }
    bool has_pair = own != NO_BIT;
    for (size_t i = 0; i < n && !has_pair; i++)
        if (terms[i] != key && p->weights[terms[i]] < least) {
            least = p->weights[terms[i]];
            own = term_bit(terms[i]);
        }
    return own;
}

static void add_phrase(struct plan *p, const uint32_t *terms, size_t n, uint32_t slop)
{
    uint32_t key = lightest(p, terms, n);
    add_key(p, key, own_of(p, terms, n, slop, key));
}

static void find_cheapest(const struct plan *p, const uint32_t *code, const uint32_t *out[2]);

static void choose(struct plan *p, const uint32_t *code)
{
    uint32_t arg = code_arg(*code);
    const uint32_t *child, *cheapest[2];
    switch (code_op(*code)) {
    case OP_TERM: add_key(p, arg, NO_BIT); break;
    case OP_PHRASE: add_phrase(p, code + 1, arg & PHRASE_COUNT_MASK, arg >> PHRASE_SLOP_SHIFT); break;
    case OP_LEAF:
        for (uint32_t i = 0; i < p->leaves[arg].n_variants; i++)
            add_phrase(p, p->leaves[arg].variants[i].terms, p->leaves[arg].variants[i].n, p->leaves[arg].slop);
        break;
    case OP_FIELD:
    case OP_SCOPED: choose(p, code + 1); break;
    case OP_AND:
    case OP_NEAR:
        find_cheapest(p, code, cheapest);
        if (cheapest[0])
            choose(p, cheapest[0]);
        break;
    case OP_OR:
        child = code + code_head(code);
        for (uint32_t i = 0; i < arg; i++, child += code_size(child))
            choose(p, child);
        break;
    case OP_OF: {
        uint32_t limit;
        of_cost(p, code, &limit);
        child = code + code_head(code);
        for (uint32_t i = 0; i < arg; i++, child += code_size(child))
            if (cost(p, child) <= limit)
                choose(p, child);
        break;
    }
    case OP_REGEX: add_key(p, p->terms[arg].literal, NO_BIT); break;
    case OP_LANG:
    case OP_NOT:
    case OP_FALSE: break;
    }
}

// The branches of an AND or NEAR that are cheapest to file under, the cheapest first; NULL: there is none.
static void find_cheapest(const struct plan *p, const uint32_t *code, const uint32_t *out[2])
{
    uint32_t least[2] = {NEVER, NEVER};
    out[0] = out[1] = NULL;
    const uint32_t *child = code + code_head(code);
    for (uint32_t i = 0; i < code_arg(*code); i++, child += code_size(child)) {
        uint32_t one = cost(p, child);
        bool is_best = one < least[0];
        if (!is_best && one >= least[1])
            continue;
        least[1] = is_best ? least[0] : one;
        out[1] = is_best ? out[0] : child;
        least[0] = is_best ? one : least[0];
        out[0] = is_best ? child : out[0];
    }
}

// The keys of a branch are guards: what stands side by side says more than the word it was found by.
static void choose_guards(struct plan *p, const uint32_t *code)
{
    size_t n_keys = p->n_keys;
    p->first = n_keys;
    choose(p, code);
    for (size_t i = n_keys; i < p->n_keys && p->n_keys - n_keys <= GUARDS_MAX; i++) {
        const struct plan_key *k = &p->keys[i];
        p->guards[p->n_guards++] = k->own < PAIR_BITS ? k->own : term_bit(k->term);
    }
    p->n_keys = n_keys;
}

void plan_tree(struct plan *plan, const uint32_t *code)
{
    plan->n_keys = plan->n_guards = 0;
    plan->first = 0;
    while (code_op(*code) == OP_FIELD)
        code++;
    if (code_op(*code) != OP_AND && code_op(*code) != OP_NEAR) {
        if (cost(plan, code) < NEVER)
            choose(plan, code);
        return;
    }
    const uint32_t *cheapest[2];
    find_cheapest(plan, code, cheapest);
    if (!cheapest[0])
        return;
    choose(plan, cheapest[0]);
    if (cheapest[1])
        choose_guards(plan, cheapest[1]);
}
