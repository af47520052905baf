// SPDX-License-Identifier: MIT
//
// `hours 08:00-20:00 Europe/Kyiv`: when a rule tells. What it finds outside them is decided, kept and listed at once,
// and held for its receivers until they begin.
#ifndef ALERTS_HOURS_H
#define ALERTS_HOURS_H

#include "base/clock.h"
#include "rules/rule.h"

// Returns the first moment from `now` on that lies in the rule's hours, to the minute: `now` itself where it does, and
// for a rule without hours.
wall_t hours_open(const struct rule *rule, wall_t now);

#endif
