// SPDX-License-Identifier: MIT
//
// Time zones: the compiled form that the system keeps in /usr/share/zoneinfo (TZif, RFC 8536, versions 1 to 4), read
// from bytes, and what a clock on the wall there shows. libc knows one zone a process and reads files; this is pure.
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

struct zone;

// Reads a TZif file; the zone lives in the arena. NULL with err set: it is none, or damaged.
const struct zone *zone_read(struct str bytes, struct arena *arena, struct err *err);

// Returns what is to be added to UTC for local time at that moment, in seconds. zone NULL: UTC.
int32_t zone_offset_s(const struct zone *zone, wall_t at);

// Returns the minute of the local day, 0 to 1439.
unsigned zone_minute(const struct zone *zone, wall_t at);

#endif
