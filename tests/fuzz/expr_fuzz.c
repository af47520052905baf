// SPDX-License-Identifier: MIT
//
// Any bytes as an expression: no crash, every place of an error inside the text, and what parses compiles and matches.
#include <assert.h>
#include <stdlib.h>

#include "tests/tools/rulebook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct rulebook b;
    rulebook_init(&b);
    rulebook_set(&b, "set", "talk* OR \"a b\"");
    struct str text = {(const char *)data, n};
    rulebook_rule(&b, S("r"), text, &text, n % 3 == 0);
    for (size_t i = 0; i < b.ds.n; i++)
        assert(b.ds.list[i].at + b.ds.list[i].n <= n);
    bool has_regex = memchr(data, '/', n) != NULL; // compiling an automaton is slow and not ours to fuzz
    struct ruleset *set = has_regex ? NULL : rulebook_build(&b);
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
