// SPDX-License-Identifier: MIT
//
// Order of the numbers of a date. See date_order.h.
#include "feeds/date_order.h"

#include "feeds/date.h"

struct ymd {
    int64_t year;
    int month;
    int day;
};

static int month_days(int64_t year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && is_leap);
}

bool date_numbers_add(struct date_numbers *n, uint64_t value, unsigned digits, enum date_mark mark, uint32_t sign)
{
    bool is_basic = digits == 8 || digits == 7;
    if (n->n == 3 + (n->list[0].mark == MARK_WEEK) || digits > 8 || (is_basic && n->n > 0))
        return false;
    n->list[n->n++] = (struct date_number){value, digits, mark, sign};
    return true;
}

bool date_numbers_suffice(const struct date_numbers *n)
{
    if (n->n == 1 && n->list[0].digits >= 7)
        return true;
    return n->month ? n->n == 2 : n->n == 3;
}

static int64_t full_year(const struct date_number *y)
{
    if (y->digits > 2)
        return (int64_t)y->value;
    return (int64_t)y->value + (y->value < DATE_PIVOT ? 2000 : 1900);
}

static bool is_calendar(struct ymd d)
{
    return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
           d.day <= month_days(d.year, d.month);
}

// The candidates of one date, judged as they come.
struct choice {
    const struct date_numbers *numbers;
    wall_t now;
    int best_score; // 0: none yet
    int64_t day;
};

// Weighs one reading: the weekday tells most, then whether it is a date of our times. Equal ones: the first stays.
static void consider(struct choice *c, const struct date_number *y, uint64_t month, uint64_t day)
{
    struct ymd d = {full_year(y), month <= 12 ? (int)month : 0, day <= 31 ? (int)day : 0};
    if (c->numbers->is_buddhist || (d.year >= 2400 && d.year < 2700))
        d.year -= 543;
    if (!is_calendar(d))
        return;
    int64_t days = civil_days(d.year, d.month, d.day);
    int weekday = (int)(((days + 4) % 7 + 7) % 7);
    bool is_absurd = d.year < 1990 || (c->now.ms && days > c->now.ms / DAY_MS + 1);
    int score = 1 + (is_absurd ? 0 : 1) + (c->numbers->has_weekday && c->numbers->weekday == weekday ? 2 : 0);
    if (score > c->best_score) {
        c->best_score = score;
        c->day = days;
    }
}

static bool is_year(const struct date_number *n)
{
    return n->mark == MARK_YEAR || n->digits >= 3 || n->sign == '\'' || n->sign == 0x2019;
}

// With the month named: day and year, or the year alone.
static void order_named(struct choice *c)
{
    const struct date_numbers *n = c->numbers;
    const struct date_number *a = &n->list[0], *b = &n->list[1];
    uint64_t month = (uint64_t)n->month;
    if (n->n == 1 && is_year(a) && a->digits == 4)
        consider(c, a, month, 1);
    if (n->n != 2)
        return;
    if (is_year(a) && !is_year(b)) {
        consider(c, a, month, b->value);
        return;
    }
    consider(c, b, month, a->value);
    if (!is_year(b))
        consider(c, a, month, b->value);
}

static void order_marked(struct choice *c)
{
    const struct date_number *year = NULL, *month = NULL, *day = NULL;
    for (size_t i = 0; i < c->numbers->n; i++) {
        const struct date_number *n = &c->numbers->list[i];
        if (n->mark == MARK_MONTH)
            month = n;
        else if (n->mark == MARK_YEAR || (n->digits >= 3 && !year))
            year = n;
        else
            day = n;
    }
    uint64_t number = month ? month->value : (uint64_t)c->numbers->month;
    if (year && number)
        consider(c, year, number, day ? day->value : 1);
}

static void order_three(struct choice *c, bool is_american)
{
    const struct date_number *a = &c->numbers->list[0], *b = &c->numbers->list[1], *d = &c->numbers->list[2];
    if (is_year(a)) {
        consider(c, a, b->value, d->value);
        consider(c, a, d->value, b->value);
        return;
    }
    bool month_first = b->sign == '/' || (is_american && b->sign != '.');
    if (month_first) {
        consider(c, d, a->value, b->value);
        consider(c, d, b->value, a->value);
    } else {
        consider(c, d, b->value, a->value);
        consider(c, d, a->value, b->value);
    }
    if (!is_year(d))
        consider(c, a, b->value, d->value);
}

static void order_two(struct choice *c)
{
    const struct date_number *a = &c->numbers->list[0], *b = &c->numbers->list[1];
    if (a->digits == 4 && b->digits <= 2)
        consider(c, a, b->value, 1);
    else if (b->digits == 4 && a->digits <= 2)
        consider(c, b, a->value, 1);
}

static void take_day(struct choice *c, int64_t days)
{
    c->best_score = 1;
    c->day = days;
}

// 2004-123, 2004123: the day of the year. 2004-W07-3: ISO week and weekday, Monday 1.
static bool order_ordinal(struct choice *c)
{
    const struct date_numbers *n = c->numbers;
    const struct date_number *a = &n->list[0], *b = &n->list[1];
    if (n->n >= 2 && b->mark == MARK_WEEK && a->digits == 4) {
        uint64_t weekday = n->n == 3 ? n->list[2].value : 1;
        if (a->value < 1 || b->value < 1 || b->value > 53 || weekday < 1 || weekday > 7)
            return false;
        int64_t jan4 = civil_days((int64_t)a->value, 1, 4);
        int64_t monday = jan4 - (jan4 + 3) % 7;
        take_day(c, monday + ((int64_t)b->value - 1) * 7 + (int64_t)weekday - 1);
        return true;
    }
    bool is_one = n->n == 1 && a->digits == 7, is_two = n->n == 2 && a->digits == 4 && b->digits == 3;
    if (!is_one && !is_two)
        return false;
    int64_t year = (int64_t)(is_one ? a->value / 1000 : a->value);
    int64_t day = (int64_t)(is_one ? a->value % 1000 : b->value);
    if (year >= 1 && day >= 1 && day <= 365 + (month_days(year, 2) == 29))
        take_day(c, civil_days(year, 1, 1) + day - 1);
    return true;
}

static void order_one(struct choice *c)
{
    const struct date_number *a = &c->numbers->list[0];
    struct date_number year = {.value = a->value / 10000, .digits = 4};
    if (a->digits == 8)
        consider(c, &year, a->value / 100 % 100, a->value % 100);
    else if (a->digits == 4 && a->value >= 1900 && a->value < 2200)
        consider(c, a, 1, 1);
}

bool date_order(const struct date_numbers *n, wall_t now, bool is_american, int64_t *out_day)
{
    struct choice c = {.numbers = n, .now = now};
    bool has_marks = false;
    for (size_t i = 0; i < n->n; i++)
        has_marks |= n->list[i].mark != MARK_NONE && n->list[i].mark != MARK_WEEK;
    if (n->n && has_marks && !(n->n == 2 && n->month))
        order_marked(&c);
    else if (n->month)
        order_named(&c);
    else if (n->n && order_ordinal(&c))
        ;
    else if (n->n == 3)
        order_three(&c, is_american);
    else if (n->n == 2)
        order_two(&c);
    else if (n->n == 1)
        order_one(&c);
    *out_day = c.day;
    return c.best_score > 0;
}

bool date_of_digits(uint64_t digits, bool has_seconds, wall_t *out_at)
{
    uint64_t second = has_seconds ? digits % 100 : 0, rest = has_seconds ? digits / 100 : digits;
    uint64_t minute = rest % 100, hour = rest / 100 % 100, date = rest / 10000;
    struct ymd d = {(int64_t)(date / 10000), (int)(date / 100 % 100), (int)(date % 100)};
    if (!is_calendar(d) || hour > 23 || minute > 59 || second > 60)
        return false;
    *out_at = (wall_t){civil_days(d.year, d.month, d.day) * DAY_MS +
                       (int64_t)(hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS)};
    return true;
}
