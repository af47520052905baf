// SPDX-License-Identifier: MIT
//
// What load.c and load_rule.c share.
#ifndef RULES_LOAD_PARTS_H
#define RULES_LOAD_PARTS_H

#include "rules/load.h"

// Reads one `rule` statement: its properties, its trees (parsed and checked against the linked sets) and its tests.
struct rule_entry load_rule(struct rules *rules, const struct conf_node *node, struct diags *ds);

// Returns the zone of a rule's hours (the second argument of `hours`, else the system's), read once a name. NULL: UTC,
// or an error was told.
const struct zone *load_zone(struct rules *rules, const struct conf_node *hours, struct diags *ds);

#endif
