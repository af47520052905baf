// SPDX-License-Identifier: MIT
//
// The words and zones that dates are written with: tables made by tests/tools/make_date_words.py, and looking up in
// them. Only feeds/date*.c know this.
#ifndef FEEDS_DATE_WORDS_H
#define FEEDS_DATE_WORDS_H

#include "base/str.h"

enum date_word_kind {
    WORD_MONTH,       // value 1-12
    WORD_WEEKDAY,     // 0 Sunday - 6
    WORD_HALF,        // 0 a.m., 12 p.m.
    WORD_NOON,
    WORD_YEAR_MARK,   // stands behind its number: 2024年
    WORD_MONTH_MARK,
    WORD_DAY_MARK,
    WORD_HOUR_MARK,
    WORD_MINUTE_MARK,
    WORD_SECOND_MARK,
    WORD_MONTH_NEXT,  // stands before its number
    WORD_BUDDHIST,    // the year counts from the Buddha: 543 more
    WORD_ZONE,        // minutes east of Greenwich
    WORD_PASSED,      // says nothing
    WORD_KINDS
};

// One reading of a word; the readings of one word are neighbours.
struct date_word {
    struct str word; // folded
    uint8_t kind;
    int16_t value;
};

struct date_region {
    struct str name;  // lower case
    const char *rule; // POSIX TZ, of today
};

extern const struct date_word date_words[]; // sorted by bytes
extern const size_t n_date_words;
extern const struct date_region date_regions[]; // sorted by bytes
extern const size_t n_date_regions;

// Returns the first reading of a folded word and how many there are, or NULL.
const struct date_word *date_word_find(struct str folded, size_t *out_n);

// Returns the rule of a zone with a region ("europe/kyiv"), lower case; NULL where there is none.
const char *date_region_find(struct str name);

// Returns the minutes east of Greenwich that a POSIX rule gives at a local time (days and minutes since the epoch as if
// local were UTC). Rules by month, week and weekday are understood (all of today's have that form); 0 for any other.
int date_region_offset(const char *rule, int64_t local_minutes);

#endif
