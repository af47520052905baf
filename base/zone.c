// SPDX-License-Identifier: MIT
//
// TZif -> zone. See zone.h.
//
//   header, data with 32-bit times | from version 2 on: header, data with 64-bit times, "\n" POSIX TZ string "\n"
//   data: times, type of each, types (offset i32, is dst u8, name u8), names, leap seconds, two lists of flags
//
// Behind the last transition the TZ string holds ("EET-2EEST,M3.5.0/3,M10.5.0/4"): files of today end with this year.
#include "base/zone.h"

enum { HEADER_BYTES = 44, TYPE_BYTES = 6, TRANSITIONS_MAX = 100000, TYPES_MAX = 256 };
enum { OFFSET_S_MAX = 26 * 3600 }; // RFC 8536 3.2: -25:59:59 to 26:00

enum day_kind { DAY_JULIAN, DAY_ZERO, DAY_WEEK }; // Jn, n, Mm.w.d

struct switching { // when the TZ string changes to or from summer time
    enum day_kind kind;
    int month, week, day; // day alone for the first two
    int32_t time_s;       // of that day, local time before the change
};

struct tail {
    bool is_there, has_summer;
    int32_t standard_s, summer_s;
    struct switching begin, end; // of summer time
};

struct zone {
    size_t n;
    const int64_t *at_s;      // transitions, rising
    const int32_t *offset_s;  // from each on
    int32_t first_s;          // before the first
    struct tail tail;
};

struct counts {
    uint32_t utc, standard, leaps, times, types, name_bytes;
};

static uint64_t number_at(struct str s, size_t at, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | (unsigned char)s.p[at + (size_t)i];
    return value;
}

static bool read_header(struct str s, struct counts *out, char *out_version)
{
    if (s.n < HEADER_BYTES || !str_starts(s, S("TZif")))
        return false;
    uint32_t *const numbers[] = {&out->utc, &out->standard, &out->leaps, &out->times, &out->types, &out->name_bytes};
    for (size_t i = 0; i < 6; i++)
        *numbers[i] = (uint32_t)number_at(s, 20 + i * 4, 4);
    *out_version = s.p[4];
    return out->times <= TRANSITIONS_MAX && out->types > 0 && out->types <= TYPES_MAX &&
           out->leaps <= TRANSITIONS_MAX && out->name_bytes <= TRANSITIONS_MAX && out->utc <= out->types &&
           out->standard <= out->types;
}

static size_t data_bytes(const struct counts *c, size_t time_bytes)
{
    return c->times * (time_bytes + 1) + c->types * TYPE_BYTES + c->name_bytes + c->leaps * (time_bytes + 4) +
           c->standard + c->utc;
}

static bool read_data(struct str s, const struct counts *c, int time_bytes, struct arena *arena, struct zone *out)
{
    size_t types = c->times * (size_t)(time_bytes + 1);
    int64_t *at = ARENA_ARRAY(arena, int64_t, c->times + 1);
    int32_t *offsets = ARENA_ARRAY(arena, int32_t, c->times + 1), by_type[TYPES_MAX] = {0};
    for (size_t i = 0; i < c->types; i++) {
        by_type[i] = (int32_t)number_at(s, types + i * TYPE_BYTES, 4);
        if (by_type[i] < -OFFSET_S_MAX || by_type[i] > OFFSET_S_MAX)
            return false;
    }
    for (size_t i = 0; i < c->times; i++) {
        uint64_t time = number_at(s, i * (size_t)time_bytes, time_bytes);
        unsigned type = (unsigned char)s.p[c->times * (size_t)time_bytes + i];
        at[i] = time_bytes == 4 ? (int32_t)time : (int64_t)time;
        if (type >= c->types || (i && at[i] <= at[i - 1]))
            return false;
        offsets[i] = by_type[type];
    }
    out->n = c->times;
    out->at_s = at;
    out->offset_s = offsets;
    out->first_s = by_type[0];
    return true;
}

// ---- the TZ string (POSIX 8.3, with the hours of RFC 8536 3.3.1) ----

static bool take_char(struct str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = str_from(*s, 1);
    return true;
}

static bool take_number(struct str *s, int max, int *out)
{
    int value = 0;
    size_t n = 0;
    while (n < s->n && n < 4 && char_is_digit(s->p[n]))
        value = value * 10 + (s->p[n++] - '0');
    if (n == 0 || value > max)
        return false;
    *s = str_from(*s, n);
    *out = value;
    return true;
}

// EET or <+0330>.
static bool take_name(struct str *s)
{
    size_t n = 0;
    if (s->n && s->p[0] == '<') {
        n = str_find_char(*s, '>');
        *s = str_from(*s, n < s->n ? n + 1 : n);
        return n > 1;
    }
    while (n < s->n && char_is_alpha(s->p[n]))
        n++;
    *s = str_from(*s, n);
    return n >= 3;
}

// [+-]h[:m[:s]]
static bool take_time(struct str *s, int32_t *out)
{
    int hours = 0, minutes = 0, seconds = 0;
    bool is_negative = take_char(s, '-');
    if (!is_negative)
        take_char(s, '+');
    if (!take_number(s, 167, &hours) || (take_char(s, ':') && !take_number(s, 59, &minutes)) ||
        (take_char(s, ':') && !take_number(s, 59, &seconds)))
        return false;
    int32_t all = hours * 3600 + minutes * 60 + seconds;
    *out = is_negative ? -all : all;
    return true;
}

static bool take_switching(struct str *s, struct switching *out)
{
    *out = (struct switching){.kind = DAY_ZERO, .time_s = 2 * 3600};
    if (!take_char(s, ','))
        return false;
    bool is_good;
    if (take_char(s, 'M')) {
        out->kind = DAY_WEEK;
        is_good = take_number(s, 12, &out->month) && take_char(s, '.') && take_number(s, 5, &out->week) &&
                  take_char(s, '.') && take_number(s, 6, &out->day) && out->month > 0 && out->week > 0;
    } else if (take_char(s, 'J')) {
        out->kind = DAY_JULIAN;
        is_good = take_number(s, 365, &out->day) && out->day > 0;
    } else {
        is_good = take_number(s, 365, &out->day);
    }
    return is_good && (!take_char(s, '/') || take_time(s, &out->time_s));
}

static bool read_tail(struct str s, struct tail *out)
{
    *out = (struct tail){.is_there = s.n > 0};
    if (s.n == 0)
        return true;
    if (!take_name(&s) || !take_time(&s, &out->standard_s))
        return false;
    out->standard_s = -out->standard_s; // POSIX counts to the west
    if (s.n == 0)
        return true;
    out->has_summer = true;
    out->summer_s = out->standard_s + 3600;
    if (!take_name(&s))
        return false;
    if (s.n && s.p[0] != ',') {
        if (!take_time(&s, &out->summer_s))
            return false;
        out->summer_s = -out->summer_s;
    }
    return take_switching(&s, &out->begin) && take_switching(&s, &out->end) && s.n == 0;
}

static bool is_leap(int64_t year) { return civil_days(year + 1, 1, 1) - civil_days(year, 1, 1) == 366; }

// Seconds since the epoch at which the clocks change in a year, as if local time were UTC.
static int64_t switching_at(const struct switching *w, int64_t year)
{
    int64_t days = civil_days(year, 1, 1);
    if (w->kind == DAY_ZERO) {
        days += w->day;
    } else if (w->kind == DAY_JULIAN) {
        days += w->day - 1 + (w->day >= 60 && is_leap(year)); // February 29 is never counted
    } else {
        int64_t first = civil_days(year, w->month, 1);
        int64_t next = w->month == 12 ? civil_days(year + 1, 1, 1) : civil_days(year, w->month + 1, 1);
        int64_t weekday = ((first + 4) % 7 + 7) % 7; // day 0 was a Thursday
        days = first + (w->day - weekday + 7) % 7 + 7 * (w->week - 1);
        while (days >= next)
            days -= 7;
    }
    return days * 86400 + w->time_s;
}

static int32_t tail_offset(const struct tail *tail, int64_t at_s)
{
    if (!tail->has_summer)
        return tail->standard_s;
    int64_t year = civil_of((wall_t){(at_s + tail->standard_s) * SECOND_MS}).year;
    int64_t begin = switching_at(&tail->begin, year) - tail->standard_s;
    int64_t end = switching_at(&tail->end, year) - tail->summer_s;
    bool is_summer = begin < end ? at_s >= begin && at_s < end : at_s >= begin || at_s < end;
    return is_summer ? tail->summer_s : tail->standard_s;
}

// ---- all of it ----

static bool read(struct str s, struct arena *arena, struct zone *zone)
{
    struct counts counts = {0};
    char version = 0;
    if (!read_header(s, &counts, &version) || s.n - HEADER_BYTES < data_bytes(&counts, 4))
        return false;
    if (version < '2')
        return read_data(str_from(s, HEADER_BYTES), &counts, 4, arena, zone);
    s = str_from(s, HEADER_BYTES + data_bytes(&counts, 4));
    if (!read_header(s, &counts, &version) || s.n - HEADER_BYTES < data_bytes(&counts, 8) ||
        !read_data(str_from(s, HEADER_BYTES), &counts, 8, arena, zone))
        return false;
    struct str footer = str_from(s, HEADER_BYTES + data_bytes(&counts, 8));
    return take_char(&footer, '\n') && str_find_char(footer, '\n') < footer.n &&
           read_tail(str_cut(&footer, '\n'), &zone->tail);
}

const struct zone *zone_read(struct str bytes, struct arena *arena, struct err *err)
{
    struct zone *zone = ARENA_NEW(arena, struct zone);
    if (read(bytes, arena, zone))
        return zone;
    err_set(err, "it is no time zone (TZif), or damaged");
    return NULL;
}

int32_t zone_offset_s(const struct zone *zone, wall_t at)
{
    if (!zone)
        return 0;
    int64_t s = at.ms / SECOND_MS - (at.ms % SECOND_MS < 0);
    size_t from = 0, to = zone->n; // finds how many transitions are not later
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (zone->at_s[middle] <= s)
            from = middle + 1;
        else
            to = middle;
    }
    if (from == zone->n && zone->tail.is_there)
        return tail_offset(&zone->tail, s);
    return from ? zone->offset_s[from - 1] : zone->first_s;
}

unsigned zone_minute(const struct zone *zone, wall_t at)
{
    int64_t local_ms = at.ms + (int64_t)zone_offset_s(zone, at) * SECOND_MS;
    int64_t of_day = (local_ms % DAY_MS + DAY_MS) % DAY_MS;
    return (unsigned)(of_day / MINUTE_MS);
}
