// SPDX-License-Identifier: MIT
//
// A watch rule as the rest of the program sees it, and the compiled set of all rules.
//
// A ruleset is immutable and counted: whoever holds a reference may read it from any thread, and `struct rule`
// pointers into it live as long as the reference. A reload makes a new set beside the old one and swaps a pointer.
//
// The way to a set: text -> rules/expr.h (trees) -> ruleset_builder_add for each rule -> ruleset_build. A set in which
// few rules change is made from the one before by ruleset_edit, which compiles only what changed.
#ifndef RULES_RULE_H
#define RULES_RULE_H

#include "base/diag.h"
#include "base/str.h"

struct expr;
struct expr_sets;
struct zone;

enum severity { SEVERITY_DEBUG, SEVERITY_INFO, SEVERITY_NOTICE, SEVERITY_WARNING, SEVERITY_CRITICAL };
enum rule_group { GROUP_STORY, GROUP_NONE };
enum rule_on { ON_MATCH, ON_NEW, ON_CHANGED }; // which articles may alert; ON_MATCH is the default

// `feeds tag:world name:"Example World"`: one of them must hold.
struct rule_scope {
    bool is_tag; // else the name of the feed
    struct str value;
};

struct rule {
    struct str name;
    struct str title; // empty: the name serves
    struct str query; // the text of `when`, white space as written
    struct str note;
    struct str was;   // former name, empty: none
    const struct str *tags;
    size_t n_tags;
    const struct str *notify; // none: every receiver
    size_t n_notify;
    const struct rule_scope *scope; // none: every feed
    size_t n_scope;
    enum severity severity;
    enum rule_group group;
    enum rule_on on;
    uint32_t throttle_max;       // alerts in throttle_per_ms; 0: no limit (`throttle off`)
    int64_t throttle_per_ms;     // 0: the rule says nothing, and the usual throttle holds
    bool has_hours;
    uint16_t hours_from_minute;  // of the day; from > to runs over midnight
    uint16_t hours_to_minute;
    struct str hours_zone;       // empty: the system's
    const struct zone *zone;     // of hours, owned by the struct rules that it was read into; NULL: UTC
    uint64_t version;            // hash of everything above but the note and of the expressions, sets unfolded
};

// What makes one rule: its properties and its trees, linked and checked (rules/expr.h). Strings are copied into the
// set; the trees must live until ruleset_build or ruleset_edit returns. rule.version is filled there.
struct rule_source {
    struct rule rule;
    const struct expr *when;
    const struct expr *const *unless;
    size_t n_unless;
    const struct source *source; // of the rule, for errors that only compiling finds (a refused regex)
};

struct ruleset;
struct ruleset_builder;

// Starts a set. `seed` keys the word hashes: draw it from randomness where texts come from outside.
struct ruleset_builder *ruleset_builder_new(uint64_t seed);

// Drops a builder that was not built. NULL is accepted.
void ruleset_builder_free(struct ruleset_builder *b);

// Adds a rule; names must be unique (the caller has told of duplicates). Copies all strings.
void ruleset_builder_add(struct ruleset_builder *b, const struct rule_source *rule);

// Compiles what was added and frees the builder. On errors (a regex that the engine refuses) adds diagnostics and
// returns NULL. About 1.1 us a rule; regexes cost far more, so call it off the loops. Free with ruleset_unref.
struct ruleset *ruleset_build(struct ruleset_builder *b, struct diags *ds);

// Returns a set like `old` with the rules of `changed` replacing those of the same name or added at the end, and the
// rules named in `removed` gone. Only the changed rules are compiled: milliseconds in a set of 100,000. NULL with
// diagnostics on errors. `old` keeps its reference. When the changes since the last whole build pass 1/16 of the set
// matching pays for them; ruleset_is_patchy then says that a whole build is due.
struct ruleset *ruleset_edit(const struct ruleset *old, const struct rule_source *changed, size_t n_changed,
                             const struct str *removed, size_t n_removed, struct diags *ds);
bool ruleset_is_patchy(const struct ruleset *set);

// Counts references. Any thread. unref accepts NULL and frees with the last one.
struct ruleset *ruleset_ref(const struct ruleset *set);
void ruleset_unref(const struct ruleset *set);

// The rules, by index in the order added; every index below the count is a live rule.
size_t ruleset_count(const struct ruleset *set);
const struct rule *ruleset_rule(const struct ruleset *set, size_t index);
const struct rule *ruleset_find(const struct ruleset *set, struct str name); // NULL: none of this name

// The index of the rule of this name; ruleset_count where there is none.
size_t ruleset_index(const struct ruleset *set, struct str name);

// Bytes of the compiled engine (without the properties of the rules), for bench and status.
size_t ruleset_engine_bytes(const struct ruleset *set);

// What a rule costs: whether it must run on every document because it has no required word, and how many words it is
// filed under.
struct rule_cost {
    bool is_always;
    uint32_t n_keys;
    uint32_t n_terms;
    uint32_t n_regexes;
};
struct rule_cost ruleset_cost(const struct ruleset *set, size_t index);

// The word of the language for a severity: "warning"; and back (false: no such word).
struct str severity_name(enum severity severity);
bool severity_of(struct str name, enum severity *out);

#endif
