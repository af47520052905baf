// SPDX-License-Identifier: MIT
//
// Lint: what a rule may say and hardly means. Every finding is a warning with a caret and what to write instead.
//
// Two branches are compared by what they match, as far as their form tells: a word is covered by itself and by a
// wildcard that takes it in. This finds what slips into lists that grow over years; it proves nothing more.
#include "rules/check.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "rules/regex_branch.h"

enum { FIELDS_OF_TEXT = 1 << FIELD_TITLE | 1 << FIELD_SUMMARY | 1 << FIELD_BODY };

struct linter {
    const struct rules *rules;
    const struct check_archive *archive;
    struct diags *ds;
    const struct source *source; // of the tree that is walked
    bool *is_set_used;           // by index of set
    bool is_elsewhere;           // in a field that is none of the article's text
};

static struct diag *warn(struct linter *l, const struct expr *e, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static struct diag *warn(struct linter *l, const struct expr *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str message = arena_fmtv(&l->ds->arena, format, args);
    va_end(args);
    return diag_add(l->ds, DIAG_WARNING, l->source, e->at, e->n, "%.*s", STR_ARG(message));
}

static bool same(const struct expr *a, const struct expr *b)
{
    bool is_exact = a->is_exact || a->kind == EXPR_REGEX;
    bool is_alike = a->kind == b->kind && a->is_exact == b->is_exact && a->fields == b->fields &&
                    a->number == b->number && a->is_caseless == b->is_caseless && a->is_scoped == b->is_scoped &&
                    a->n_children == b->n_children &&
                    (is_exact ? str_eq(a->text, b->text) : str_eq_nocase(a->text, b->text));
    for (size_t i = 0; is_alike && i < a->n_children; i++)
        is_alike = same(a->children[i], b->children[i]);
    for (size_t i = 0; is_alike && a->joins && b->joins && i + 1 < a->n_children; i++)
        is_alike = a->joins[i].link == b->joins[i].link && a->joins[i].distance == b->joins[i].distance;
    return is_alike;
}

// Tells whether all that `inner` finds, `outer` finds as well.
static bool covers(const struct expr *outer, const struct expr *inner)
{
    if (same(outer, inner))
        return true;
    bool is_word = inner->kind == EXPR_WORD || inner->kind == EXPR_PREFIX || inner->kind == EXPR_STEM;
    if (outer->kind == EXPR_PREFIX && is_word && inner->kind != EXPR_STEM)
        return str_eq_nocase(str_head(inner->text, outer->text.n), outer->text);
    if (outer->kind == EXPR_INFIX && (is_word || inner->kind == EXPR_INFIX) && inner->kind != EXPR_STEM)
        return str_find_nocase(inner->text, outer->text) < inner->text.n;
    if (outer->kind == EXPR_WORD && !outer->is_exact && inner->kind == EXPR_WORD)
        return str_eq_nocase(outer->text, inner->text);
    if (outer->kind == EXPR_STEM && inner->kind == EXPR_WORD)
        return str_eq_nocase(outer->text, inner->text);
    if (inner->kind == EXPR_AND)
        for (size_t i = 0; i < inner->n_children; i++)
            if (covers(outer, inner->children[i]))
                return true;
    return false;
}

static struct str text_of(const struct linter *l, const struct expr *e)
{
    return str_head(str_head(str_from(l->source->text, e->at), e->n), 60);
}

static void lint_or(struct linter *l, const struct expr *e)
{
    enum { COMPARED_MAX = 400 }; // each with each: 80,000 comparisons of a few bytes
    size_t n = e->n_children < COMPARED_MAX ? e->n_children : COMPARED_MAX;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            const struct expr *outer = e->children[j], *inner = e->children[i];
            if (i == j || !covers(outer, inner) || (j > i && covers(inner, outer)))
                continue;
            if (same(outer, inner))
                warn(l, inner, "`%.*s` stands here twice", STR_ARG(text_of(l, inner)));
            else
                warn(l, inner, "`%.*s` is never needed: `%.*s` finds all of it", STR_ARG(text_of(l, inner)),
                     STR_ARG(text_of(l, outer)));
            break;
        }
    }
}

static void lint_and(struct linter *l, const struct expr *e)
{
    for (size_t i = 0; i < e->n_children; i++) {
        const struct expr *c = e->children[i];
        for (size_t j = 0; j < e->n_children && j < 400; j++)
            if (c->kind == EXPR_NOT && e->children[j]->kind != EXPR_NOT && covers(c->children[0], e->children[j]))
                warn(l, c, "this can never match: `%.*s` is asked for and forbidden",
                     STR_ARG(text_of(l, e->children[j])));
        for (size_t j = 0; j < i && j < 400; j++)
            if (c->kind != EXPR_NOT && same(c, e->children[j]))
                warn(l, c, "`%.*s` stands here twice", STR_ARG(text_of(l, c)));
    }
}

static bool has_letter_of(struct str text, const char *letters)
{
    struct str set = str_of(letters);
    for (size_t i = 0; i + 1 < set.n; i += 2) // all of them take two bytes
        if (str_find(text, str_make(set.p + i, 2)) < text.n)
            return true;
    return false;
}

// An operator word stands between others; alone, or as one of several, it may be meant.
static void lint_operator(struct linter *l, const struct expr *e, const struct expr *parent)
{
    static const char *const operators[] = {"and", "or", "not", "near", "same"};
    static const struct {
        const char *theirs, *ours;
    } of_others[] = { // of search engines, media monitors and library catalogues
        {"AROUND", "NEAR/n"}, {"WITHIN", "ONEAR/n"}, {"BEFORE", "ONEAR/n"},        {"ADJ", "ONEAR/1"},
        {"SENTENCE", "SAME"}, {"ANDNOT", "NOT"},     {"PARAGRAPH", "NEAR/n, for instance NEAR/50"},
    };
    if (!parent || parent->kind != EXPR_AND || e->kind != EXPR_WORD || e->is_exact)
        return;
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (str_eq(e->text, str_of(operators[i])))
            diag_help(l->ds, warn(l, e, "`%s` in lower case is a word to look for", operators[i]),
                      "operators are upper case; quote the word where it is meant");
    for (size_t i = 0; i < sizeof of_others / sizeof *of_others; i++)
        if (str_eq(e->text, str_of(of_others[i].theirs)))
            diag_help(l->ds, warn(l, e, "`%s` is no operator but a word to look for", of_others[i].theirs),
                      "write %s; quote the word where it is meant", of_others[i].ours);
}

// Tells whether a star stands where other languages have a wildcard: at a word's end or start, or for a word.
static bool has_wildcard(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '*')
            continue;
        bool is_behind_word = i > 0 && !char_is_space(text.p[i - 1]);
        bool is_before_word = i + 1 < text.n && !char_is_space(text.p[i + 1]);
        bool is_starred = (is_behind_word && text.p[i - 1] == '*') || (is_before_word && text.p[i + 1] == '*');
        if (!is_starred && !(is_behind_word && is_before_word)) // "M*A*S*H" and "f***" are meant
            return true;
    }
    return false;
}

// Vectorscan knows a \b, and beside it \w and \d, of ASCII alone; at the ends of alternatives it is ours.
static void lint_regex(struct linter *l, const struct expr *e)
{
    if (str_find(e->text, S("(?i)")) < e->text.n || str_find(e->text, S("(i?)")) < e->text.n)
        diag_help(l->ds, warn(l, e, "case is not ignored by a mark inside the regex"), "write /regex/i");
    struct arena a;
    size_t n;
    arena_init(&a, SIZE_MAX);
    const struct regex_branch *branches = regex_branches(e->text, &a, &n);
    bool is_narrow = false;
    for (size_t i = 0; i < n; i++)
        is_narrow |= branches[i].has_boundary && !utf8_is_ascii(str_of(branches[i].pattern));
    arena_done(&a);
    if (is_narrow)
        diag_help(l->ds, warn(l, e, "a \\b inside a regex takes letters beyond ASCII for no letters"),
                  "it knows them at the ends of the regex and its alternatives; NEAR joins words, as one NEAR/5 two");
}

static void lint_leaf(struct linter *l, const struct expr *e)
{
    if (e->kind == EXPR_PHRASE && has_wildcard(e->text))
        diag_help(l->ds, warn(l, e, "a * in quotes is no wildcard and finds nothing"),
                  "one* ONEAR/1 two* for words that begin so, \"one two\"~1 for any word between");
    if (e->kind == EXPR_REGEX)
        lint_regex(l, e);
    if (e->kind == EXPR_STEM) {
        const char *language = has_letter_of(e->text, "іїєґІЇЄҐ") ? "Ukrainian"
                               : has_letter_of(e->text, "ąćęłńśźżĄĆĘŁŃŚŹŻ") ? "Polish" : NULL;
        if (language)
            diag_help(l->ds, warn(l, e, "there are no stems for %s: `~` takes the word as it stands", language),
                      "use a wildcard, as word*");
    }
    double share = 0;
    bool is_counted = !l->is_elsewhere && (e->kind == EXPR_WORD || e->kind == EXPR_PHRASE);
    if (l->archive && is_counted && l->archive->share(l->archive->context, e, &share) && share > CHECK_SHARE_MAX)
        diag_help(l->ds, warn(l, e, "`%.*s` stands in %.1f %% of the articles in the archive",
                              STR_ARG(str_head(e->text, 60)), share * 100),
                  "so common a word tells little by itself; `rules replay` shows what the rule finds");
}

static void walk(struct linter *l, const struct expr *e, const struct expr *parent)
{
    lint_operator(l, e, parent);
    if (e->n_children == 0)
        lint_leaf(l, e);
    if (e->kind == EXPR_OR)
        lint_or(l, e);
    if (e->kind == EXPR_AND)
        lint_and(l, e);
    if (e->kind == EXPR_SET && e->set)
        l->is_set_used[e->set->index] = true;
    bool was_elsewhere = l->is_elsewhere;
    l->is_elsewhere = was_elsewhere || (e->kind == EXPR_FIELD && e->fields & ~FIELDS_OF_TEXT);
    for (size_t i = 0; i < e->n_children; i++)
        walk(l, e->children[i], e);
    l->is_elsewhere = was_elsewhere;
}

// An `unless` that holds wherever `when` does.
static void lint_veto(struct linter *l, const struct expr *when, const struct expr *unless)
{
    if (unless->kind == EXPR_NEAR && unless->is_scoped)
        return;
    size_t n = unless->kind == EXPR_OR ? unless->n_children : 1;
    for (size_t i = 0; i < n; i++) {
        const struct expr *veto = unless->kind == EXPR_OR ? unless->children[i] : unless;
        bool kills_all = covers(veto, when);
        for (size_t j = 0; when->kind == EXPR_OR && !kills_all && j < when->n_children; j++)
            if (same(veto, when->children[j]))
                warn(l, veto, "`%.*s` is a branch of `when`, which can never match by it", STR_ARG(text_of(l, veto)));
        if (kills_all)
            warn(l, veto, "the rule can never match: `%.*s` is in all that `when` finds", STR_ARG(text_of(l, veto)));
    }
}

static void lint_rule(struct linter *l, const struct rule_entry *entry, const struct ruleset *set)
{
    l->source = entry->node->source;
    walk(l, entry->made.when, NULL);
    for (size_t i = 0; i < entry->made.n_unless; i++) {
        walk(l, entry->made.unless[i], NULL);
        lint_veto(l, entry->made.when, entry->made.unless[i]);
    }
    const struct conf_value *name = &entry->node->args[0];
    if (entry->n_tests == 0)
        diag_help(l->ds, diag_add(l->ds, DIAG_WARNING, l->source, name->at, name->n, "rule %.*s has no test",
                                  STR_ARG(name->text)), "test match \"a headline that it must find\"");
    const struct rule *rule = set ? ruleset_find(set, name->text) : NULL;
    if (!rule || !ruleset_cost(set, ruleset_index(set, rule->name)).is_always)
        return;
    struct rule_cost cost = ruleset_cost(set, ruleset_index(set, rule->name));
    diag_help(l->ds, diag_add(l->ds, DIAG_WARNING, l->source, name->at, name->n,
                              "rule %.*s has no required word: it runs on every article (terms: %u, regexes: %u)",
                              STR_ARG(name->text), cost.n_terms, cost.n_regexes),
              "a word that must be there as well, joined by AND, lets most articles pass at no cost");
}

static uint64_t tree_hash(const struct expr *e)
{
    uint64_t parts[] = {(uint64_t)e->kind, e->fields, e->number, hash64_seeded(1, e->text)};
    uint64_t h = hash64_seeded(e->is_exact, str_make((const char *)parts, sizeof parts));
    for (size_t i = 0; i < e->n_children; i++)
        h = h * 0x9E3779B97F4A7C15u + tree_hash(e->children[i]);
    return h;
}

struct twin {
    uint64_t hash;
    const struct rule_entry *entry;
};

static int by_hash(const void *a, const void *b)
{
    const struct twin *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->entry > y->entry) - (x->entry < y->entry);
}

static bool says_the_same(const struct rule_entry *a, const struct rule_entry *b)
{
    bool is_same = same(a->made.when, b->made.when) && a->made.n_unless == b->made.n_unless &&
                   a->made.rule.n_scope == b->made.rule.n_scope;
    for (size_t i = 0; is_same && i < a->made.n_unless; i++)
        is_same = same(a->made.unless[i], b->made.unless[i]);
    for (size_t i = 0; is_same && i < a->made.rule.n_scope; i++)
        is_same = str_eq(a->made.rule.scope[i].value, b->made.rule.scope[i].value);
    return is_same;
}

static void lint_twins(struct linter *l)
{
    const struct rules *rules = l->rules;
    struct twin *twins = ARENA_ARRAY(&l->ds->arena, struct twin, rules->n_entries);
    size_t n = 0;
    for (size_t i = 0; i < rules->n_entries; i++)
        if (!rules->entries[i].is_broken)
            twins[n++] = (struct twin){tree_hash(rules->entries[i].made.when), &rules->entries[i]};
    if (n)
        qsort(twins, n, sizeof *twins, by_hash);
    for (size_t i = 1; i < n; i++) {
        const struct rule_entry *a = twins[i - 1].entry, *b = twins[i].entry;
        if (twins[i].hash == twins[i - 1].hash && says_the_same(a, b))
            diag_add(l->ds, DIAG_WARNING, b->node->source, b->node->args[0].at, b->node->args[0].n,
                     "rule %.*s says the same as rule %.*s", STR_ARG(b->made.rule.name), STR_ARG(a->made.rule.name));
    }
}

void rules_lint(const struct rules *rules, const struct ruleset *set, const struct check_archive *archive,
                struct diags *ds)
{
    struct linter l = {.rules = rules, .archive = archive, .ds = ds};
    l.is_set_used = ARENA_ARRAY(&ds->arena, bool, rules->sets.n);
    for (size_t i = 0; i < rules->sets.n; i++) {
        l.source = rules->sets.sets[i]->source;
        if (rules->sets.sets[i]->expr)
            walk(&l, rules->sets.sets[i]->expr, NULL);
    }
    size_t broken = 0;
    for (size_t i = 0; i < rules->n_entries; i++) {
        if (rules->entries[i].is_broken)
            broken++;
        else
            lint_rule(&l, &rules->entries[i], set);
    }
    for (size_t i = 0; i < rules->sets.n && !broken; i++) { // a broken rule may be the one that uses it
        const struct expr_set *s = rules->sets.sets[i];
        if (!l.is_set_used[s->index])
            diag_add(ds, DIAG_WARNING, s->source, s->at, s->n, "nothing uses @%.*s", STR_ARG(s->name));
    }
    lint_twins(&l);
    diags_sort(ds);
}
