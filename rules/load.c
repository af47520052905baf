// SPDX-License-Identifier: MIT
//
// Rule files to trees. See load.h. Properties are in load_rule.c; here are the sets, the lists and the order of work:
// all sets first (a rule may stand before its set, in another file), then every rule against them.
#include "rules/load.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "rules/load_parts.h"

enum { ARENA_BYTES = 1 << 30 }; // a soft cap: what is read is capped by the loader

static bool is_word(const struct conf_node *node, const char *word) { return str_eq(node->spec->word, str_of(word)); }

static void read_set(struct rules *rules, const struct conf_node *node, struct diags *ds)
{
    if (node->n_args == 0 || (node->is_broken && node->n_args == 2))
        return; // no name, or a second set of the name: told already
    const struct conf_value *name = &node->args[0];
    struct expr *body = NULL;
    if (node->n_args == 2)
        body = expr_parse(node->source, node->args[1].at, node->args[1].n, EXPR_SET_BODY, &rules->arena, ds);
    // A set without a body stands as an empty list, so that what uses it is not told to be unknown as well.
    if (body)
        expr_sets_add(&rules->sets, name->text, node->source, name->at, name->n, body);
    else
        expr_sets_add_list(&rules->sets, name->text, node->source, name->at, name->n, NULL, 0);
}

// One phrase a line; `#` begins a comment at the line's start.
static void read_phrases(struct rules *rules, const struct source *source, const struct conf_node *node,
                         struct rules_list_file *file, struct str **out_phrases, struct diags *ds)
{
    struct str rest = str_starts(source->text, S("\xef\xbb\xbf")) ? str_from(source->text, 3) : source->text;
    struct str *phrases = NULL;
    size_t n = 0;
    while (rest.p && rest.n) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (n == LIST_ENTRIES_MAX) {
            diag_add(ds, DIAG_ERROR, source, (size_t)(line.p - source->text.p), line.n,
                     "a list holds at most %d phrases", LIST_ENTRIES_MAX);
            break;
        }
        if (utf8_valid(line) < line.n) { // cut off in the middle of a character, or another encoding
            diag_add(ds, DIAG_ERROR, source, (size_t)(line.p - source->text.p) + utf8_valid(line), 1,
                     "this is no UTF-8");
            break;
        }
        if (expr_phrase_words(line) > PHRASE_WORDS_MAX)
            diag_add(ds, DIAG_ERROR, source, (size_t)(line.p - source->text.p), line.n,
                     "a phrase of %zu words: at most %d are matched", expr_phrase_words(line), PHRASE_WORDS_MAX);
        ARENA_PUSH(&rules->arena, phrases, n, line);
    }
    if (n == 0)
        diag_add(ds, DIAG_WARNING, node->source, node->args[2].at, node->args[2].n,
                 "the list %.*s is empty: @%.*s matches nothing", STR_ARG(source->name), STR_ARG(node->args[0].text));
    file->n_phrases = n;
    *out_phrases = phrases;
}

static void read_list(struct rules *rules, const struct conf_node *node, const struct conf_loader *loader,
                      struct diags *ds)
{
    if (node->n_args == 0 || (node->is_broken && node->n_args == 3))
        return;
    const struct conf_value *name = &node->args[0];
    struct str *paths = NULL, *phrases = NULL;
    size_t n_paths = 0;
    struct rules_list_file file = {.node = node};
    struct err err = {0};
    if (!node->is_broken && loader) {
        struct source *source = ARENA_NEW(&rules->arena, struct source);
        bool is_found = loader->find(loader->context, node->args[2].text, node->source->name, &rules->arena, &paths,
                                     &n_paths, &err);
        if (is_found && n_paths == 1 && loader->read(loader->context, paths[0], &rules->arena, &source->text, &err)) {
            source->name = file.path = paths[0];
            read_phrases(rules, source, node, &file, &phrases, ds);
            ARENA_PUSH(&rules->arena, rules->lists, rules->n_lists, file);
        } else {
            conf_error(ds, node, &node->args[2], "%s", err.text[0] ? err.text : "a list is one file, not a pattern");
        }
    }
    expr_sets_add_list(&rules->sets, name->text, node->source, name->at, name->n, phrases, file.n_phrases);
}

static int by_name(const void *a, const void *b)
{
    const struct rule_entry *x = *(const struct rule_entry *const *)a, *y = *(const struct rule_entry *const *)b;
    return str_cmp(x->made.rule.name, y->made.rule.name);
}

static int by_former_name(const void *a, const void *b)
{
    const struct rule_entry *x = *(const struct rule_entry *const *)a, *y = *(const struct rule_entry *const *)b;
    int order = str_cmp(x->made.rule.was, y->made.rule.was);
    return order ? order : (x > y) - (x < y);
}

static void sort_names(struct rules *rules)
{
    rules->by_name = ARENA_ARRAY(&rules->arena, const struct rule_entry *, rules->n_entries);
    for (size_t i = 0; i < rules->n_entries; i++)
        rules->by_name[i] = &rules->entries[i];
    if (rules->n_entries)
        qsort(rules->by_name, rules->n_entries, sizeof *rules->by_name, by_name);
}

// Rules that took over a history that another one took as well, or that is still borne.
static void check_former_names(struct rules *rules, struct diags *ds)
{
    const struct rule_entry **renamed = NULL;
    size_t n = 0;
    for (size_t i = 0; i < rules->n_entries; i++)
        if (rules->entries[i].made.rule.was.n)
            ARENA_PUSH(&rules->arena, renamed, n, &rules->entries[i]);
    if (n)
        qsort(renamed, n, sizeof *renamed, by_former_name);
    for (size_t i = 0; i < n; i++) {
        struct str was = renamed[i]->made.rule.was;
        const struct conf_value *value = conf_value(renamed[i]->node, S("was"));
        if (rules_find(rules, was))
            diag_help(ds, conf_error(ds, renamed[i]->node, value, "was %.*s: a rule of this name is still there",
                                     STR_ARG(was)),
                      "take out the rule %.*s, or this line", STR_ARG(was));
        if (i && str_eq(renamed[i - 1]->made.rule.was, was))
            conf_error(ds, renamed[i]->node, value, "was %.*s: rule %.*s took its history already", STR_ARG(was),
                       STR_ARG(renamed[i - 1]->made.rule.name));
    }
}

static bool read_all(struct rules *rules, const struct conf *conf, const struct conf_loader *loader, bool has_no_zones,
                     struct diags *ds)
{
    size_t errors = ds->errors;
    *rules = (struct rules){.conf = conf, .loader = loader, .has_no_zones = has_no_zones};
    arena_init(&rules->arena, ARENA_BYTES);
    expr_sets_init(&rules->sets, &rules->arena);
    for (const struct conf_node *node = conf->first; node; node = node->next) {
        if (is_word(node, "set"))
            read_set(rules, node, ds);
        else if (is_word(node, "list"))
            read_list(rules, node, loader, ds);
    }
    expr_sets_link(&rules->sets, ds);
    for (const struct conf_node *node = conf->first; node; node = node->next) {
        if (!is_word(node, "rule"))
            continue;
        struct rule_entry entry = load_rule(rules, node, ds);
        ARENA_PUSH(&rules->arena, rules->entries, rules->n_entries, entry);
    }
    rules->loader = NULL;
    sort_names(rules);
    check_former_names(rules, ds);
    diags_sort(ds);
    return ds->errors == errors;
}

bool rules_read(struct rules *rules, const struct conf *conf, const struct conf_loader *loader, struct diags *ds)
{
    return read_all(rules, conf, loader, false, ds);
}

bool rules_read_zoneless(struct rules *rules, const struct conf *conf, const struct conf_loader *loader,
                         struct diags *ds)
{
    return read_all(rules, conf, loader, true, ds);
}

void rules_done(struct rules *rules)
{
    arena_done(&rules->arena);
    *rules = (struct rules){0};
}

struct ruleset *rules_compile(const struct rules *rules, uint64_t seed, struct diags *ds)
{
    struct ruleset_builder *b = ruleset_builder_new(seed);
    for (size_t i = 0; i < rules->n_entries; i++)
        if (!rules->entries[i].is_broken)
            ruleset_builder_add(b, &rules->entries[i].made);
    return ruleset_build(b, ds);
}

const struct rule_entry *rules_find(const struct rules *rules, struct str name)
{
    size_t from = 0, to = rules->n_entries;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = str_cmp(rules->by_name[middle]->made.rule.name, name);
        if (order == 0)
            return rules->by_name[middle];
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}
