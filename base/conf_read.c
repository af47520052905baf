// SPDX-License-Identifier: MIT
//
// Values of the block grammar: numbers with units, choices, hours. Every refusal says what was expected, by example,
// and what was found.
#include <stdio.h>

#include "base/clock.h"
#include "base/conf_parts.h"

struct unit {
    struct str name;
    int64_t factor;
};

static const struct unit durations[] = {
    {STR("ms"), 1},          {STR("s"), SECOND_MS},    {STR("m"), MINUTE_MS},
    {STR("h"), HOUR_MS},     {STR("d"), DAY_MS},       {STR("w"), 7 * (int64_t)DAY_MS},
};
static const struct unit sizes[] = {
    {STR("KiB"), 1 << 10}, {STR("MiB"), 1 << 20}, {STR("GiB"), 1 << 30},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool refuse(struct err *err, const char *expected, struct str found)
{
    return err_set(err, "expected %s, found \"%.*s\"", expected, STR_ARG(str_head(conf_quotable(found), 80)));
}

// Takes the digits at the start of *rest.
static bool take_digits(struct str *rest, int64_t *out)
{
    size_t n = 0;
    while (n < rest->n && char_is_digit(rest->p[n]))
        n++;
    uint64_t number = 0;
    if (n == 0 || !str_to_u64(str_head(*rest, n), INT64_MAX, &number))
        return false;
    *rest = str_from(*rest, n);
    *out = (int64_t)number;
    return true;
}

// Takes the letters at the start of *rest as a unit; 0 when they are none.
static int64_t take_unit(struct str *rest, const struct unit *units, size_t n_units)
{
    size_t n = 0;
    while (n < rest->n && char_is_alpha(rest->p[n]))
        n++;
    for (size_t i = 0; i < n_units; i++) {
        if (str_eq(str_head(*rest, n), units[i].name)) {
            *rest = str_from(*rest, n);
            return units[i].factor;
        }
    }
    return 0;
}

static bool read_duration(struct str text, int64_t *out)
{
    int64_t total = 0, last = INT64_MAX;
    if (str_eq(text, S("0"))) {
        *out = 0;
        return true;
    }
    while (text.n) { // 1h30m: units fall from part to part
        int64_t number = 0, part = 0;
        if (!take_digits(&text, &number))
            return false;
        int64_t factor = take_unit(&text, durations, COUNT(durations));
        if (factor == 0 || factor >= last || __builtin_mul_overflow(number, factor, &part) ||
            __builtin_add_overflow(total, part, &total))
            return false;
        last = factor;
    }
    *out = total;
    return last != INT64_MAX;
}

static bool read_size(struct str text, int64_t *out)
{
    int64_t number = 0;
    if (!take_digits(&text, &number))
        return false;
    int64_t factor = text.n ? take_unit(&text, sizes, COUNT(sizes)) : 1;
    return factor && text.n == 0 && !__builtin_mul_overflow(number, factor, out);
}

// 30/1h, or 30/h for one of the unit.
static bool read_rate(struct str text, int64_t *out_number, int64_t *out_over)
{
    struct str over = text, count = str_cut(&over, '/');
    uint64_t number = 0;
    if (!over.p || !str_to_u64(count, INT32_MAX, &number) || number == 0)
        return false;
    struct str unit = over;
    int64_t over_ms = take_unit(&unit, durations, COUNT(durations));
    if (over_ms == 0 || unit.n) {
        if (!read_duration(over, &over_ms) || over_ms == 0)
            return false;
    }
    *out_number = (int64_t)number;
    *out_over = over_ms;
    return true;
}

// 08:00 as minutes of the day; 24:00 only as an end.
static bool read_clock(struct str text, int64_t minutes_max, int64_t *out)
{
    uint64_t hour = 0, minute = 0;
    if (text.n != 5 || text.p[2] != ':' || !str_to_u64(str_head(text, 2), 24, &hour) ||
        !str_to_u64(str_from(text, 3), 59, &minute) || (int64_t)(hour * 60 + minute) > minutes_max)
        return false;
    *out = (int64_t)(hour * 60 + minute);
    return true;
}

static bool read_hours(struct str text, int64_t *out_from, int64_t *out_until)
{
    struct str until = text, from = str_cut(&until, '-');
    int64_t a = 0, b = 0;
    if (!until.p || !read_clock(from, 24 * 60 - 1, &a) || !read_clock(until, 24 * 60, &b) || a == b)
        return false;
    *out_from = a;
    *out_until = b;
    return true;
}

// Returns the place of text among blank-separated choices, or -1.
static int64_t choice_index(const char *choices, struct str text)
{
    struct str rest = str_of(choices);
    for (int64_t i = 0; rest.p; i++)
        if (str_eq(str_cut(&rest, ' '), text))
            return i;
    return -1;
}

static bool read_choice(struct str text, const char *choices, int64_t *out, struct err *err)
{
    int64_t i = choice_index(choices, text);
    if (i >= 0) {
        *out = i;
        return true;
    }
    char list[160] = "one of ";
    size_t n = strlen(list);
    for (const char *c = choices; *c && n + 3 < sizeof list; c++) {
        if (*c == ' ')
            list[n++] = ',';
        list[n++] = *c;
    }
    list[n] = 0;
    return refuse(err, list, text);
}

static bool read_name(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!char_is_alnum(text.p[i]) && !strchr("-_.:", text.p[i]) && (signed char)text.p[i] > 0)
            return false;
    return text.n > 0 && text.n <= CONF_NAME_BYTES_MAX;
}

enum { BOUND_BYTES = 32 };

// Writes a bound as it would be written in a file: of a duration in its largest whole unit, but for weeks.
static const char *bound_text(const struct conf_arg *arg, int64_t bound, char out[BOUND_BYTES])
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"d", DAY_MS}, {"h", HOUR_MS}, {"m", MINUTE_MS}, {"s", SECOND_MS}};
    const char *unit = arg->type == CONF_DURATION ? "ms" : "";
    for (size_t i = 0; arg->type == CONF_DURATION && i < COUNT(units); i++)
        if (bound % units[i].ms == 0) {
            bound /= units[i].ms;
            unit = units[i].unit;
            break;
        }
    snprintf(out, BOUND_BYTES, "%lld%s", (long long)bound, unit);
    return out;
}

static bool check_bounds(const struct conf_arg *arg, int64_t number, struct str text, struct err *err)
{
    if (arg->max == 0 || (number >= arg->min && number <= arg->max))
        return true;
    char min[BOUND_BYTES], max[BOUND_BYTES];
    return err_set(err, "\"%.*s\" is out of bounds: between %s and %s%s", STR_ARG(str_head(text, 80)),
                   bound_text(arg, arg->min, min), bound_text(arg, arg->max, max),
                   arg->type == CONF_SIZE ? " bytes" : "");
}

bool conf_read(struct str text, const struct conf_arg *arg, struct conf_value *out, struct err *err)
{
    struct conf_value v = {.text = text};
    uint64_t number = 0;
    switch (arg->type) {
    case CONF_END:
    case CONF_TEXT:
    case CONF_EXPRESSION:
        break;
    case CONF_NAME:
        if (!read_name(text))
            return refuse(err, "a name (letters, digits, - _ . :)", text);
        break;
    case CONF_NUMBER:
        if (!str_to_u64(text, INT64_MAX, &number))
            return refuse(err, "a number", text);
        v.number = (int64_t)number;
        break;
    case CONF_DURATION:
        if (!read_duration(text, &v.number))
            return refuse(err, "a duration such as 30s, 5m, 12h or 7d", text);
        break;
    case CONF_SIZE:
        if (!read_size(text, &v.number))
            return refuse(err, "a size such as 4096, 64KiB or 10MiB", text);
        break;
    case CONF_RATE:
        if (arg->choices && str_eq(text, str_of(arg->choices))) {
            *out = v; // 0 over 0
            return true;
        }
        if (!read_rate(text, &v.number, &v.over))
            return refuse(err, arg->choices ? "a count over a duration such as 30/1h, or off"
                                            : "a count over a duration such as 30/1h", text);
        break;
    case CONF_YES_NO:
        if (!read_choice(text, "no yes", &v.number, NULL))
            return refuse(err, "yes or no", text);
        break;
    case CONF_CHOICE:
        if (!read_choice(text, arg->choices, &v.number, err))
            return false;
        break;
    case CONF_HOURS:
        if (!read_hours(text, &v.number, &v.over))
            return refuse(err, "hours such as 08:00-20:00", text);
        break;
    }
    if (!check_bounds(arg, v.number, text, err))
        return false;
    *out = v;
    return true;
}
