// SPDX-License-Identifier: MIT
//
// Calendar arithmetic without libc's time functions, which read files and the environment. See clock.h.
#include "base/clock.h"

#include <stdio.h>

// Howard Hinnant, "chrono-compatible low-level date algorithms": days_from_civil. Years begin in March, so that the
// leap day is the last of its year; an era is 400 years, 146,097 days.
int64_t civil_days(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

// The same source: civil_from_days.
struct civil civil_of(wall_t t)
{
    int64_t seconds = floor_div(t.ms, 1000);
    int64_t days = floor_div(seconds, 86400);
    int rest = (int)(seconds - days * 86400);
    int64_t z = days + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (int)((5 * doy + 2) / 153);
    int month = mp < 10 ? mp + 3 : mp - 9;
    return (struct civil){
        .year = yoe + era * 400 + (month <= 2),
        .month = month,
        .day = (int)(doy - (153 * mp + 2) / 5 + 1),
        .hour = rest / 3600,
        .minute = rest / 60 % 60,
        .second = rest % 60,
        .weekday = (int)(((days + 4) % 7 + 7) % 7),
    };
}

const char *wall_rfc3339(wall_t t, bool with_ms, char out[WALL_RFC3339_BYTES])
{
    struct civil c = civil_of(t);
    int ms = (int)(t.ms - floor_div(t.ms, 1000) * 1000);
    char fraction[8] = "";
    if (with_ms)
        snprintf(fraction, sizeof fraction, ".%03d", ms % 1000);
    if (c.year < 0 || c.year > 9999 || with_ms) {
        snprintf(out, WALL_RFC3339_BYTES, "%04lld-%02d-%02dT%02d:%02d:%02d%sZ", (long long)c.year, c.month, c.day,
                 c.hour, c.minute, c.second, fraction);
        return out;
    }
    const int parts[] = {(int)c.year / 100, (int)c.year % 100, c.month, c.day, c.hour, c.minute, c.second};
    static const char behind[] = "\0--T::Z"; // printf took a tenth of the time of `feeds parse --json`
    char *p = out;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        *p++ = (char)('0' + parts[i] / 10);
        *p++ = (char)('0' + parts[i] % 10);
        if (behind[i])
            *p++ = behind[i];
    }
    *p = '\0';
    return out;
}

const char *wall_http(wall_t t, char out[WALL_HTTP_BYTES])
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil c = civil_of(t);
    snprintf(out, WALL_HTTP_BYTES, "%s, %02d %s %04lld %02d:%02d:%02d GMT", days[c.weekday], c.day,
             months[c.month - 1], (long long)c.year, c.hour, c.minute, c.second);
    return out;
}
