// SPDX-License-Identifier: MIT
//
// The tests beside the rules. See check.h; lint is in lint.c.
#include "rules/check.h"

#include "rules/explain.h"

enum { REASON_BYTES = 400, ARENA_BYTES = 16 << 20 };

static bool is_among(const struct matches *matches, struct str name)
{
    for (size_t i = 0; i < matches->n; i++)
        if (str_eq(matches->list[i].rule->name, name))
            return true;
    return false;
}

static void say_failed(const struct rule_entry *entry, const struct rule_test *test, struct diags *ds)
{
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct explanation x;
    explain_rule(entry, &test->doc, &arena, &x);
    struct buf reason;
    buf_init(&reason, REASON_BYTES);
    explain_reason(&x, &reason);
    const struct conf_value *text = &test->node->args[test->node->n_args > 1];
    struct diag *d = conf_error(ds, test->node, text, "test fails: rule %.*s %s this",
                                STR_ARG(entry->made.rule.name), test->wants_match ? "does not match" : "matches");
    if (reason.n)
        diag_help(ds, d, "%s", buf_z(&reason));
    buf_done(&reason);
    explanation_done(&x);
    arena_done(&arena);
}

size_t rules_test(const struct rules *rules, const struct ruleset *set, struct diags *ds)
{
    struct match_scratch *scratch = match_scratch_new();
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    size_t ran = 0;
    for (size_t i = 0; i < rules->n_entries; i++) {
        const struct rule_entry *entry = &rules->entries[i];
        for (size_t j = 0; j < entry->n_tests && !entry->is_broken; j++) {
            struct matches matches = {0};
            arena_reset(&arena);
            match_run(set, scratch, &entry->tests[j].doc, &arena, &matches);
            if (is_among(&matches, entry->made.rule.name) != entry->tests[j].wants_match)
                say_failed(entry, &entry->tests[j], ds);
            ran++;
        }
    }
    arena_done(&arena);
    match_scratch_free(scratch);
    return ran;
}
