// SPDX-License-Identifier: MIT
//
// Dates as feeds write them, and as HTTP headers do.
//
// One reader for all: it cuts the text into numbers, words and signs, gives each word a meaning (month, weekday, zone,
// half of the day, filler) from one table of about 20 languages, and then decides which number is what. So a form that
// nobody has listed is read as long as its parts are known. No locale, no clock, no allocation, linear time; a text
// over DATE_TEXT_MAX bytes is unreadable.
//
// A date without a zone is UTC (Korea's own forms: Korean time), one without a time midnight. Zone names with a region
// ("America/Los_Angeles") know summer time by today's rules. Of bare numbers, all orders are tried: what exists in the
// calendar, agrees with the weekday and is not absurd wins; then year first where it has four digits, month first
// before slashes, day first before dots and hyphens.
#ifndef FEEDS_DATE_H
#define FEEDS_DATE_H

#include "feeds/item.h"

enum { DATE_TEXT_MAX = 256 }; // the longest date seen in real feeds has 61 bytes; scripts of 3 bytes a letter triple it

// Years of two digits: RFC 2822 section 4.3 reads 00-49 as 20xx and 50-99 as 19xx, and feeds are younger than both.
enum { DATE_PIVOT = 50 };

// Reads a date. DATE_ABSENT: nothing but white space; DATE_UNREADABLE: no date in it; DATE_ABSURD: read, but before
// 1990 or more than a day after `now` (now.ms 0: no date is too late). raw is the text, trimmed.
struct date date_read(struct str text, wall_t now);

// Reads the date of an HTTP header in any of the three forms of RFC 9110 section 5.6.7, and nothing else. False where
// it is none of them; *out_at is untouched then.
bool date_read_http(struct str text, wall_t *out_at);

#endif
