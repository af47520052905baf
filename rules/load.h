// SPDX-License-Identifier: MIT
//
// Rule files: from the statements set, list and rule of a parsed configuration to checked trees, and from those to a
// compiled set. What is wrong is told all at once, in base/diag's form; nothing is half-loaded.
//
//   conf_load (tables with rules_specs) -> rules_read -> rules_compile -> ruleset
//                                              \-> rules_check, rules_tests (rules/check.h)
//
// Knows no receivers and no feeds: whether the names after `notify` and `feeds` exist is the daemon's to check, by the
// nodes of the entries.
#ifndef RULES_LOAD_H
#define RULES_LOAD_H

#include "base/conf.h"
#include "rules/expr.h"
#include "rules/match.h"
#include "rules/rule.h"

// The statements of rule files: set, list, rule. A table for conf_load.
extern const struct conf_spec rules_specs[];

enum { LIST_ENTRIES_MAX = 100000, RULE_TESTS_MAX = 200 };

// `test match "text"`: what the rule must do with a text.
struct rule_test {
    const struct conf_node *node;
    bool wants_match;
    struct doc doc; // the text as title, what follows its first newline as body; fields as the test says
};

struct rule_entry {
    const struct conf_node *node;
    struct rule_source made;    // what the builder takes
    struct expr **unless;       // made.unless
    const struct rule_test *tests;
    size_t n_tests;
    bool is_broken;             // an error was told about it
};

// A list file, for whoever watches it by its modification time.
struct rules_list_file {
    struct str path;
    const struct conf_node *node;
    size_t n_phrases;
};

// A time zone that some rule's hours are in.
struct rules_zone {
    struct str name;
    const struct zone *zone;
};

struct rules {
    struct arena arena; // owns trees, phrases, texts of list files, zones
    const struct conf_loader *loader; // while they are read
    bool has_no_zones;                // UTC stands for every time zone
    struct rules_zone *zones;
    size_t n_zones;
    const struct conf *conf;
    struct expr_sets sets;
    struct rule_entry *entries; // in the order read
    size_t n_entries;
    const struct rule_entry **by_name; // sorted
    struct rules_list_file *lists;
    size_t n_lists;
};

// Reads the statements of a configuration. Adds what is wrong to ds and returns true when it added no error. `loader`
// reads the files of `list` and of time zones; NULL: lists are taken as empty, and zones as UTC. conf must outlive
// rules, and both outlive ds.
bool rules_read(struct rules *rules, const struct conf *conf, const struct conf_loader *loader, struct diags *ds);

// The same for rules that another process has checked and whose hours are of no account here: no time zone is read, nor
// missed where this machine has none of that name.
bool rules_read_zoneless(struct rules *rules, const struct conf *conf, const struct conf_loader *loader,
                         struct diags *ds);

// Frees it. Accepts a zeroed struct.
void rules_done(struct rules *rules);

// Compiles what was read without an error. NULL with diagnostics where the engine refuses something (a regex).
struct ruleset *rules_compile(const struct rules *rules, uint64_t seed, struct diags *ds);

// Returns the entry of a rule, or NULL.
const struct rule_entry *rules_find(const struct rules *rules, struct str name);

#endif
