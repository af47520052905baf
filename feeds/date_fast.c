// SPDX-License-Identifier: MIT
//
// Dates by pattern: the forms that nearly all feeds use, and those of HTTP headers.
//
// A pattern's letters stand for: a, A weekday (short, long); d day of two digits or a blank and one; b short month;
// Y, y year of four, two digits; m month; H M S; f an optional fraction; z GMT, UTC, UT, Z, +hhmm or +hh:mm; g GMT.
// Other characters stand for themselves; T also for a blank.
#include "feeds/date.h"
#include "feeds/date_order.h"

struct parts {
    int year, month, day, hour, minute, second, ms, zone;
};

static bool take_digits(struct str *s, size_t n, bool may_pad, int *out)
{
    if (s->n < n)
        return false;
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_pad = may_pad && i == 0 && s->p[0] == ' ';
        if (!char_is_digit(s->p[i]) && !is_pad)
            return false;
        value = value * 10 + (is_pad ? 0 : s->p[i] - '0');
    }
    *s = str_from(*s, n);
    *out = value;
    return true;
}

static bool take_name(struct str *s, const char *names, int *out)
{
    if (s->n < 3)
        return false;
    for (int i = 0; names[3 * i]; i++) {
        if (memcmp(names + 3 * i, s->p, 3) == 0) {
            *s = str_from(*s, 3);
            *out = i;
            return true;
        }
    }
    return false;
}

static bool take_weekday(struct str *s, bool is_long)
{
    int day = 0;
    static const struct str endings[7] = {STR("day"), STR("day"), STR("sday"), STR("nesday"),
                                          STR("rsday"), STR("day"), STR("urday")};
    if (!take_name(s, "SunMonTueWedThuFriSat", &day))
        return false;
    if (is_long && !str_starts(*s, endings[day]))
        return false;
    *s = str_from(*s, is_long ? endings[day].n : 0);
    return true;
}

static bool take_fraction(struct str *s, int *out_ms)
{
    if (s->n < 2 || s->p[0] != '.' || !char_is_digit(s->p[1]))
        return true;
    *s = str_from(*s, 1);
    int scale = 100;
    for (; s->n && char_is_digit(s->p[0]); *s = str_from(*s, 1)) {
        *out_ms += (s->p[0] - '0') * scale;
        scale /= 10;
    }
    return true;
}

static bool take_zone(struct str *s, int *out_minutes)
{
    if (str_eq(*s, S("GMT")) || str_eq(*s, S("Z")) || str_eq(*s, S("UTC")) || str_eq(*s, S("UT"))) {
        *s = str_from(*s, s->n);
        return true;
    }
    if (s->n < 5 || (s->p[0] != '+' && s->p[0] != '-'))
        return false;
    int sign = s->p[0] == '-' ? -1 : 1, hours = 0, minutes = 0;
    *s = str_from(*s, 1);
    if (!take_digits(s, 2, false, &hours))
        return false;
    if (s->n && s->p[0] == ':')
        *s = str_from(*s, 1);
    if (!take_digits(s, 2, false, &minutes) || hours > 24 || minutes > 59)
        return false;
    *out_minutes = sign * (hours * 60 + minutes);
    return true;
}

static bool take_month(struct str *s, int *out_month)
{
    if (!take_name(s, "JanFebMarAprMayJunJulAugSepOctNovDec", out_month))
        return false;
    ++*out_month;
    return true;
}

static bool take_literal(struct str *s, char c)
{
    if (!s->n || (s->p[0] != c && !(c == 'T' && s->p[0] == ' ')))
        return false;
    *s = str_from(*s, 1);
    return true;
}

static bool take(struct str *s, char letter, struct parts *p)
{
    switch (letter) {
    case 'a': return take_weekday(s, false);
    case 'A': return take_weekday(s, true);
    case 'b': return take_month(s, &p->month);
    case 'd': return take_digits(s, 2, true, &p->day);
    case 'm': return take_digits(s, 2, false, &p->month);
    case 'Y': return take_digits(s, 4, false, &p->year);
    case 'y':
        if (!take_digits(s, 2, false, &p->year))
            return false;
        p->year += p->year < DATE_PIVOT ? 2000 : 1900;
        return true;
    case 'H': return take_digits(s, 2, false, &p->hour);
    case 'M': return take_digits(s, 2, false, &p->minute);
    case 'S': return take_digits(s, 2, false, &p->second);
    case 'f': return take_fraction(s, &p->ms);
    case 'z': return take_zone(s, &p->zone);
    case 'g': return take_literal(s, 'G') && take_literal(s, 'M') && take_literal(s, 'T');
    default: return take_literal(s, letter);
    }
}

static bool fits(struct str text, const char *pattern, wall_t *out_at)
{
    struct parts p = {.month = 1, .day = 1};
    for (; *pattern; pattern++)
        if (!take(&text, *pattern, &p))
            return false;
    if (text.n || p.minute > 59 || p.second > 60)
        return false;
    uint64_t digits = (((uint64_t)p.year * 100 + (uint64_t)p.month) * 100 + (uint64_t)p.day) * 10000 +
                      (uint64_t)(p.hour * 100 + p.minute);
    if (!date_of_digits(digits, false, out_at))
        return false;
    out_at->ms += p.second * SECOND_MS + p.ms - p.zone * MINUTE_MS;
    return true;
}

static bool fits_any(struct str text, const char *const *patterns, size_t n, wall_t *out_at)
{
    wall_t at = {0};
    for (size_t i = 0; i < n; i++) {
        if (fits(text, patterns[i], &at)) {
            *out_at = at;
            return true;
        }
    }
    return false;
}

bool date_read_fast(struct str text, wall_t *out_at)
{
    static const char *const patterns[] = {"a, d b Y H:M:S z", "Y-m-dTH:M:Sfz"};
    return fits_any(text, patterns, 2, out_at);
}

bool date_read_http(struct str text, wall_t *out_at)
{
    static const char *const patterns[] = {"a, d b Y H:M:S g", "A, d-b-y H:M:S g", "a b d H:M:S Y"};
    return fits_any(str_trim(text), patterns, 3, out_at);
}
