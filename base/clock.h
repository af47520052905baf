// SPDX-License-Identifier: MIT
//
// Time as an argument. Wall time (what calendars and HTTP mean; it may jump) and monotonic time (what waiting means)
// are different types, so that the compiler refuses to mix them. Nothing in the pure folders reads a clock: daemon/
// reads both once per turn of a loop and passes them down.
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

typedef struct {
    int64_t ms; // since 1970-01-01T00:00:00Z; 0 also stands for "not known" where a comment says so
} wall_t;

typedef struct {
    int64_t ms; // since some start of its own, never going back, and going on while the machine sleeps
} mono_t;

struct now {
    wall_t wall;
    mono_t mono;
};

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, HOUR_MS = 60 * MINUTE_MS, DAY_MS = 24 * HOUR_MS };

// Sums and differences stop at the ends of the type: a damaged store and a lying server may name any time.
static inline int64_t ms_add(int64_t a, int64_t b)
{
    int64_t sum;
    return !__builtin_add_overflow(a, b, &sum) ? sum : b < 0 ? INT64_MIN : INT64_MAX;
}
static inline int64_t ms_diff(int64_t later, int64_t earlier)
{
    int64_t diff;
    return !__builtin_sub_overflow(later, earlier, &diff) ? diff : later < earlier ? INT64_MIN : INT64_MAX;
}
static inline wall_t wall_add(wall_t t, int64_t ms) { return (wall_t){ms_add(t.ms, ms)}; }
static inline mono_t mono_add(mono_t t, int64_t ms) { return (mono_t){ms_add(t.ms, ms)}; }
static inline int64_t wall_diff(wall_t later, wall_t earlier) { return ms_diff(later.ms, earlier.ms); }
static inline int64_t mono_diff(mono_t later, mono_t earlier) { return ms_diff(later.ms, earlier.ms); }

// Returns by how much the wall clock was set between two moments, beyond the time that passed; below 0: back.
static inline int64_t now_step(struct now from, struct now to)
{
    return ms_diff(wall_diff(to.wall, from.wall), mono_diff(to.mono, from.mono));
}

struct civil {
    int64_t year;
    int month;   // 1-12
    int day;     // 1-31
    int hour;    // 0-23
    int minute;  // 0-59
    int second;  // 0-59
    int weekday; // 0 Sunday - 6 Saturday
};

// Returns the days since 1970-01-01 of a date of the proleptic Gregorian calendar. No range is checked.
int64_t civil_days(int64_t year, int month, int day);

// Returns a wall time as UTC date and time.
struct civil civil_of(wall_t t);

enum { WALL_RFC3339_BYTES = sizeof "+292278994-08-17T07:12:55.807Z" };

// Writes t as RFC 3339 in UTC: 2026-11-23T17:05:09Z, with milliseconds where asked for. Returns out.
const char *wall_rfc3339(wall_t t, bool with_ms, char out[WALL_RFC3339_BYTES]);

// Writes t as the IMF-fixdate of RFC 9110 section 5.6.7: Mon, 23 Nov 2026 17:05:09 GMT. Returns out.
enum { WALL_HTTP_BYTES = sizeof "Mon, 23 Nov 292278994 17:05:09 GMT" };
const char *wall_http(wall_t t, char out[WALL_HTTP_BYTES]);

#endif
