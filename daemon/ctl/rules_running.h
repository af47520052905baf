// SPDX-License-Identifier: MIT
//
// The rules that the daemon runs, whatever stands in the files by now: what an edited file is compared with.
#ifndef DAEMON_CTL_RULES_RUNNING_H
#define DAEMON_CTL_RULES_RUNNING_H

#include <jansson.h>

#include "daemon/ctl/rule_files.h"

struct rules_running {
    json_t *answer; // owns the text
    struct rule_files files;
    uint64_t generation;
};

// Asks the daemon and compiles. CTL_OK, or the code after it told why not. rules_running_done accepts a zeroed struct.
int rules_running_load(struct rules_running *running, const struct ctl_call *call);
void rules_running_done(struct rules_running *running);

// Tells whether every rule of both is the same, but for its notes, its tests and what its lists hold.
bool rules_are_same(const struct ruleset *a, const struct ruleset *b);

// Tells whether both have the same lists of the same phrases.
bool rules_lists_are_same(const struct rules *a, const struct rules *b);

#endif
