// SPDX-License-Identifier: MIT
//
// The hours of a rule. See hours.h. The next opening is looked for minute by minute: clocks that are put forward or
// back need no case of their own, and it is done once for an alert that is held.
#include "alerts/hours.h"

#include "base/zone.h"

enum { SEARCH_MINUTES = 3 * 24 * 60 }; // hours that fall into a skipped hour come a day later

static bool is_inside(const struct rule *rule, wall_t at)
{
    unsigned minute = zone_minute(rule->zone, at), from = rule->hours_from_minute, to = rule->hours_to_minute;
    return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

wall_t hours_open(const struct rule *rule, wall_t now)
{
    if (!rule->has_hours || is_inside(rule, now))
        return now;
    wall_t at = {now.ms - now.ms % MINUTE_MS};
    for (int i = 0; i < SEARCH_MINUTES; i++) {
        at = wall_add(at, MINUTE_MS);
        if (is_inside(rule, at))
            return at;
    }
    return at; // not to be reached: hours have a length
}
