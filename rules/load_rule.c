// SPDX-License-Identifier: MIT
//
// One rule: its properties, expressions and tests. Values were checked by the grammar; what is left are the forms that
// only rules have (field:value) and the trees.
#include "base/clock.h"
#include "rules/load_parts.h"

// Undoes the quotes of the part behind the colon of name:"Example World".
static struct str unquote(struct str s)
{
    bool is_quoted = s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"';
    return is_quoted ? str_make(s.p + 1, s.n - 2) : s;
}

static const struct str *read_names(struct rules *rules, const struct conf_node *node, struct diags *ds, size_t *out_n)
{
    struct str *names = ARENA_ARRAY(&rules->arena, struct str, node->n_args);
    size_t n = 0;
    for (size_t i = 0; i < node->n_args; i++) {
        for (size_t j = 0; j < i; j++)
            if (str_eq(node->args[j].text, node->args[i].text))
                conf_error(ds, node, &node->args[i], "%.*s is named twice", STR_ARG(node->args[i].text));
        names[n++] = node->args[i].text;
    }
    *out_n = n;
    return names;
}

// feeds tag:world name:"Example World"
static void read_scope(struct rules *rules, const struct conf_node *node, struct rule *rule, struct diags *ds)
{
    struct rule_scope *scope = NULL;
    size_t n = 0;
    for (size_t i = 0; i < node->n_args; i++) {
        struct str value = node->args[i].text, word = str_cut(&value, ':');
        value = unquote(value);
        bool is_tag = str_eq(word, S("tag"));
        if (!value.p || value.n == 0 || (!is_tag && !str_eq(word, S("name")))) {
            struct diag *d = conf_error(ds, node, &node->args[i], "expected tag:NAME or name:\"NAME\", found %.*s",
                                        STR_ARG(str_head(node->args[i].text, 60)));
            diag_help(ds, d, "feeds tag:world name:\"Example World\" takes feeds of that tag and the named one");
            continue;
        }
        ARENA_PUSH(&rules->arena, scope, n, ((struct rule_scope){is_tag, value}));
    }
    rule->scope = scope;
    rule->n_scope = n;
}

static void read_property(struct rules *rules, const struct conf_node *node, struct rule *rule, struct diags *ds)
{
    const struct conf_value *v = node->args;
    struct str word = node->spec->word;
    if (str_eq(word, S("title"))) {
        rule->title = v->text;
    } else if (str_eq(word, S("note"))) {
        rule->note = v->text;
    } else if (str_eq(word, S("was"))) {
        rule->was = v->text;
    } else if (str_eq(word, S("severity"))) {
        rule->severity = (enum severity)v->number;
    } else if (str_eq(word, S("group"))) {
        rule->group = (enum rule_group)v->number;
    } else if (str_eq(word, S("on"))) {
        rule->on = (enum rule_on)v->number;
    } else if (str_eq(word, S("tags"))) {
        rule->tags = read_names(rules, node, ds, &rule->n_tags);
    } else if (str_eq(word, S("notify"))) {
        rule->notify = read_names(rules, node, ds, &rule->n_notify);
    } else if (str_eq(word, S("feeds"))) {
        read_scope(rules, node, rule, ds);
    } else if (str_eq(word, S("throttle"))) {
        rule->throttle_max = (uint32_t)v->number;
        rule->throttle_per_ms = v->over ? v->over : HOUR_MS; // off: 0 an hour is no limit
    } else if (str_eq(word, S("hours"))) {
        rule->has_hours = true;
        rule->hours_from_minute = (uint16_t)v->number;
        rule->hours_to_minute = (uint16_t)v->over;
        rule->hours_zone = node->n_args > 1 ? node->args[1].text : (struct str){0};
        rule->zone = load_zone(rules, node, ds);
    }
}

static struct expr *read_tree(struct rules *rules, const struct conf_node *node, enum expr_role role, struct diags *ds)
{
    const struct conf_value *v = &node->args[0];
    struct expr *tree = expr_parse(node->source, v->at, v->n, role, &rules->arena, ds);
    expr_check(tree, role, node->source, &rules->sets, ds);
    return tree;
}

// One field of a test's document, as lang:uk or feed:"Example World". False where it is none.
static bool test_field(struct rules *rules, struct doc *doc, struct str text)
{
    struct str value = text, word = str_cut(&value, ':');
    enum doc_field field;
    if (!value.p || !field_of(word, &field))
        return false;
    value = unquote(value);
    struct str *one = ARENA_NEW(&rules->arena, struct str);
    *one = value;
    switch (field) {
    case FIELD_TITLE: doc->title = value; break;
    case FIELD_SUMMARY: doc->summary = value; break;
    case FIELD_BODY: doc->body = value; break;
    case FIELD_URL: doc->url = value; break;
    case FIELD_FEED: doc->feed = value; break;
    case FIELD_LANG: doc->lang = value; break;
    case FIELD_AUTHOR: doc->authors = one, doc->n_authors = 1; break;
    case FIELD_CATEGORY: doc->categories = one, doc->n_categories = 1; break;
    case FIELD_TAG: doc->tags = one, doc->n_tags = 1; break;
    }
    return true;
}

// test match "Title\nText" lang:en: the quoted text is the title, and behind its first newline the body.
static void read_test(struct rules *rules, const struct conf_node *node, struct rule_test *out, struct diags *ds)
{
    *out = (struct rule_test){.node = node, .wants_match = node->args[0].number == 1, .doc.is_of_any_feed = true};
    bool has_text = false;
    for (size_t i = 1; i < node->n_args; i++) {
        const struct conf_value *v = &node->args[i];
        if (v->is_quoted && !has_text) {
            struct str body = v->text;
            out->doc.title = str_cut(&body, '\n');
            out->doc.body = body;
            has_text = true;
        } else if (v->is_quoted || !test_field(rules, &out->doc, v->text)) {
            struct diag *d = conf_error(ds, node, v, "expected one quoted text and fields, as lang:en, found %.*s",
                                        STR_ARG(str_head(v->text, 60)));
            diag_help(ds, d, "test match \"the text\" or test reject \"the text\" lang:en");
        }
    }
}

static void read_tests(struct rules *rules, struct rule_entry *entry, struct diags *ds)
{
    struct rule_test *tests = NULL;
    size_t n = 0;
    for (const struct conf_node *node = entry->node->first; node; node = node->next) {
        if (node->is_broken || !str_eq(node->spec->word, S("test")))
            continue;
        if (n == RULE_TESTS_MAX) {
            conf_error(ds, node, NULL, "a rule has at most %d tests", RULE_TESTS_MAX);
            break;
        }
        struct rule_test test;
        read_test(rules, node, &test, ds);
        ARENA_PUSH(&rules->arena, tests, n, test);
    }
    entry->tests = tests;
    entry->n_tests = n;
}

struct rule_entry load_rule(struct rules *rules, const struct conf_node *node, struct diags *ds)
{
    size_t errors = ds->errors;
    struct rule_entry entry = {.node = node};
    struct rule *rule = &entry.made.rule;
    rule->severity = SEVERITY_NOTICE;
    rule->name = node->n_args ? node->args[0].text : (struct str){0};
    size_t n_unless = 0;
    for (const struct conf_node *p = node->first; p; p = p->next) {
        if (p->is_broken || p->n_args == 0)
            continue;
        if (str_eq(p->spec->word, S("when"))) {
            entry.made.when = read_tree(rules, p, EXPR_WHEN, ds);
            rule->query = p->args[0].text;
        } else if (str_eq(p->spec->word, S("unless"))) {
            struct expr *tree = read_tree(rules, p, EXPR_UNLESS, ds);
            ARENA_PUSH(&rules->arena, entry.unless, n_unless, tree);
        } else {
            read_property(rules, p, rule, ds);
        }
    }
    read_tests(rules, &entry, ds);
    entry.made.unless = (const struct expr *const *)entry.unless;
    entry.made.n_unless = n_unless;
    entry.made.source = node->source;
    entry.is_broken = node->is_broken || !entry.made.when || ds->errors != errors;
    return entry;
}
