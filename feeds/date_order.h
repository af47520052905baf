// SPDX-License-Identifier: MIT
//
// Which number of a date is its day, its month, its year; and the patterns that need no thinking. Only feeds/date*.c
// know this.
#ifndef FEEDS_DATE_ORDER_H
#define FEEDS_DATE_ORDER_H

#include "base/clock.h"

enum date_mark { MARK_NONE, MARK_YEAR, MARK_MONTH, MARK_DAY, MARK_WEEK };

struct date_number {
    uint64_t value;
    unsigned digits;
    enum date_mark mark;
    uint32_t sign; // what stood before it: ' ', '.', '/', '-', '\'' ...
};

struct date_numbers {
    struct date_number list[4];
    size_t n;
    int month;             // named: 1-12, else 0
    size_t n_before_month; // numbers read before its name
    bool has_weekday;
    int weekday;           // 0 Sunday - 6
    bool is_buddhist;
};

// Keeps a number; false where there are more than a date has, or one is too long.
bool date_numbers_add(struct date_numbers *n, uint64_t value, unsigned digits, enum date_mark mark, uint32_t sign);

// Tells whether the numbers so far are a whole date.
bool date_numbers_suffice(const struct date_numbers *n);

// Decides, and gives the day since 1970-01-01. Tries all orders that the signs allow, the likeliest first: what exists
// in the calendar, then what agrees with the weekday, then what is not absurd by `now`. is_american: the rest of the
// text speaks for the month first. False where nothing fits.
bool date_order(const struct date_numbers *n, wall_t now, bool is_american, int64_t *out_day);

// YYYYMMDDhhmm, or with ss.
bool date_of_digits(uint64_t digits, bool has_seconds, wall_t *out_at);

// The forms that nearly all feeds use, read without tokens: RFC 822 with GMT or an offset, ISO 8601 with a time.
bool date_read_fast(struct str text, wall_t *out_at);

#endif
