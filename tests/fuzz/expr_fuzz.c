// SPDX-License-Identifier: MIT
//
// Any bytes as an expression: no crash, every place of an error inside its text, and what parses compiles and matches.
// And as a regex: cut into its alternatives, of which vectorscan makes the rest.
// A rule joins a set made once, as an edit does: a whole build makes a fold table anew, which takes longer than the rest.
#include <assert.h>
#include <stdlib.h>

#include "rules/regex_branch.h"
#include "tests/tools/rulebook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct ruleset *empty_set(void)
{
    static const struct ruleset *set;
    if (!set) {
        struct diags ds;
        diags_init(&ds);
        set = ruleset_build(ruleset_builder_new(0x5EED), &ds);
        assert(set && ds.n == 0);
        diags_done(&ds);
    }
    return set;
}

static void cut_regex(struct str regex)
{
    struct arena a;
    size_t n;
    arena_init(&a, SIZE_MAX);
    struct str composed = regex_composed(regex, &a);
    assert(composed.n <= regex.n);
    const struct regex_branch *branches = regex_branches(regex, &a, &n);
    assert(n >= 1 && n <= REGEX_BRANCHES_MAX);
    for (size_t i = 0; i < n; i++)
        assert(strlen(branches[i].pattern) <= composed.n);
    arena_done(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    cut_regex((struct str){(const char *)data, n});
    struct rulebook b;
    rulebook_init(&b);
    rulebook_set(&b, "set", "talk* OR \"a b\"");
    struct str text = {(const char *)data, n};
    rulebook_rule(&b, S("r"), text, &text, n % 3 == 0);
    for (size_t i = 0; i < b.ds.n; i++) {
        const struct diag *d = &b.ds.list[i];
        assert(!d->source || d->at + d->n <= d->source->text.n);
    }
    bool has_regex = memchr(data, '/', n) != NULL; // compiling an automaton is slow and not ours to fuzz
    struct ruleset *set = NULL;
    if (b.ds.errors == 0 && !has_regex)
        set = ruleset_edit(empty_set(), b.sources, b.n, NULL, 0, &b.ds);
    if (set) {
        struct match_scratch *scratch = match_scratch_new();
        struct matches found;
        struct doc doc = {.title = S("talks a b"), .body = text};
        match_run(set, scratch, &doc, &b.arena, &found);
        match_scratch_free(scratch);
        ruleset_unref(set);
    }
    rulebook_done(&b);
    return 0;
}
