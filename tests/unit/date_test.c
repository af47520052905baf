// SPDX-License-Identifier: MIT
//
// feeds/date: every form of date that feeds were seen to use, and what is no date.
#include "tests/tools/check.h"

#include "feeds/date.h"

static const wall_t now = {1795478400000}; // 2026-11-24T00:00:00Z

struct row {
    const char *text;
    const char *expected; // RFC 3339, or the state's name
    const char *why;
};

static const char *outcome(struct date d, char out[WALL_RFC3339_BYTES])
{
    switch (d.state) {
    case DATE_ABSENT: return "absent";
    case DATE_UNREADABLE: return "unreadable";
    case DATE_ABSURD: return "absurd";
    case DATE_OK: break;
    }
    return wall_rfc3339(d.at, d.at.ms % 1000 != 0, out);
}

static void check_rows(const struct row *rows, size_t n)
{
    size_t failed = 0;
    for (size_t i = 0; i < n; i++) {
        char text[WALL_RFC3339_BYTES];
        const char *found = outcome(date_read(str_of(rows[i].text), now), text);
        if (strcmp(found, rows[i].expected) == 0)
            continue;
        failed++;
        print_error("\"%s\" (%s): found %s, expected %s\n", rows[i].text, rows[i].why, found, rows[i].expected);
    }
    assert_int_equal(failed, 0);
}
#define CHECK_ROWS(rows) check_rows((rows), sizeof(rows) / sizeof *(rows))

static void rfc_822_and_its_wild_variants(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z", "the form that the standard has"},
        {"Thu, 01 Jan 04 19:48:21 GMT", "2004-01-01T19:48:21Z", "year of two digits"},
        {"Sat, 31 Dec 99 23:59:59 GMT", "1999-12-31T23:59:59Z", "year of two digits, last century"},
        {"01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z", "no weekday"},
        {"5 Jan 2004 19:48 GMT", "2004-01-05T19:48:00Z", "no seconds"},
        {"Mon, 05 Jan 2004 19:48:21", "2004-01-05T19:48:21Z", "no zone"},
        {"Fri, 05 Jan 2004 19:48:21 +0000", "2004-01-05T19:48:21Z", "wrong weekday"},
        {"Mon,05 Jan 2004 19:48:21 +0000", "2004-01-05T19:48:21Z", "no blank behind the comma"},
        {"Mon 05 Jan 2004 19:48:21 +0000", "2004-01-05T19:48:21Z", "no comma"},
        {"  Mon,  5  Jan\n 2004\t19:48:21  +0000 ", "2004-01-05T19:48:21Z", "folded, tabs"},
        {"Mon, 05 Jan, 2004 19:48:21 UTC", "2004-01-05T19:48:21Z", "comma behind the month"},
        {"Mon, 05 January 2004 19:48:21 GMT", "2004-01-05T19:48:21Z", "long month"},
        {"Monday, 05-Jan-04 19:48:21 GMT", "2004-01-05T19:48:21Z", "RFC 850"},
        {"Mon, Jan 05 2004 19:48:21 GMT", "2004-01-05T19:48:21Z", "month first"},
        {"Mon, 5 Jan 2004 9:8:1 GMT", "2004-01-05T09:08:01Z", "single digits"},
        {"Mon, 5 Jan 2004 24:00:00 GMT", "2004-01-06T00:00:00Z", "the end of a day"},
        {"Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00Z", "a leap second"},
        {"Mon, 05 Jan 2004 19:48:21 +0530", "2004-01-05T14:18:21Z", "offset with minutes"},
        {"Mon, 05 Jan 2004 19:48:21 +05:30", "2004-01-05T14:18:21Z", "offset with a colon"},
        {"Mon, 05 Jan 2004 19:48:21 -5", "2004-01-06T00:48:21Z", "offset of one digit"},
        {"Mon, 05 Jan 2004 19:48:21 GMT+2", "2004-01-05T17:48:21Z", "offset behind GMT"},
        {"Mon, 05 Jan 2004 19:48:21 UTC-0330", "2004-01-05T23:18:21Z", "offset behind UTC"},
        {"Mon, 05 Jan 2004 19:48:21 +0200 (CEST)", "2004-01-05T17:48:21Z", "a comment repeats the zone"},
        {"Mon, 05 Jan 2004 19:48:21 (CEST)", "2004-01-05T17:48:21Z", "the comment is the zone"},
        {"Mon, 05 Jan 2004 19:48:21 +0200 CEST", "2004-01-05T17:48:21Z", "zone twice"},
        {"Mon, 05 Jan 2004 19:48:21 EDT", "2004-01-05T23:48:21Z", "named zone"},
        {"Mon, 05 Jan 2004 19:48:21 PST", "2004-01-06T03:48:21Z", "named zone"},
        {"Mon, 05 Jul 2004 19:48:21 Pacific", "2004-07-06T02:48:21Z", "a generic name knows summer time"},
        {"Mon, 05 Jan 2004 19:48:21 XYZ", "2004-01-05T19:48:21Z", "a zone that nobody knows"},
        {"Mon, 05 Jan 2004 19:48:21 A", "2004-01-05T19:48:21Z", "military zones were wrong from the start (RFC 2822)"},
        {"Mon, 05 Jan 2004 19:48:21 America/New_York", "2004-01-06T00:48:21Z", "a region in winter"},
        {"Mon, 05 Jul 2004 19:48:21 America/New_York", "2004-07-05T23:48:21Z", "a region in summer"},
        {"Mon, 05 Jan 2004 19:48:21 Australia/Sydney", "2004-01-05T08:48:21Z", "summer in the south"},
        {"Mon, 05 Jul 2004 19:48:21 Asia/Kolkata", "2004-07-05T14:18:21Z", "a region without summer time"},
        {"Mon, 05 Jan 2004 19:48:21 Etc/GMT+5", "2004-01-06T00:48:21Z", "a region whose sign is the other way round"},
        {"Mon, 05 Jan 2004 19:48:21.5 +0000", "2004-01-05T19:48:21.500Z", "a fraction"},
        {"Mon, 05 Jan 2004 07:48:21 PM +0000", "2004-01-05T19:48:21Z", "twelve hours"},
        {"Mon, 05 Jan 2004 12:48 am", "2004-01-05T00:48:00Z", "midnight of twelve hours"},
        {"Mon, 05 Jan 2004 13:48 PM", "2004-01-05T13:48:00Z", "both kinds of hours"},
        {"Sun Jan  4 16:29:06 2004", "2004-01-04T16:29:06Z", "asctime"},
        {"Sun Jan 04 16:29:06 PST 2004", "2004-01-05T00:29:06Z", "date(1), Java"},
        {"Sun Jul 15 01:16:00 +0000 2012", "2012-07-15T01:16:00Z", "a short message service"},
        {"Wed, 8 Apr 2026 10:00:00 Uhr", "2026-04-08T10:00:00Z", "a word behind the time"},
        {"Tues, 1 Sept 2020 10:00 Z", "2020-09-01T10:00:00Z", "long short names"},
        {"Xyz, 16 Dec 2012 11:47 GMT", "2012-12-16T11:47:00Z", "a weekday in no known language"},
        {"03 Apr 02 1500 GMT", "2002-04-03T15:00:00Z", "hours and minutes in one"},
        {"Thu, 01 Jan 2004", "2004-01-01T00:00:00Z", "no time"},
        {"Mon, 05 Jan 2004 00:00:00 0000", "2004-01-05T00:00:00Z", "midnight, and an offset that lost its sign"},
        {"Mon, 05 Jan 2004 00:00:00 0200", "2004-01-04T22:00:00Z", "the same, not nought"},
        {"Mon, 05 Jan 2004 19:48:21 0", "2004-01-05T19:48:21Z", "an offset of nought alone"},
        {"Mon, 05 Jan 2004 19:48:21 +00000", "2004-01-05T19:48:21Z", "a nought too many"},
    };
    CHECK_ROWS(rows);
}

static void iso_8601_and_what_calls_itself_so(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"2003-12-31T10:14:55Z", "2003-12-31T10:14:55Z", "W3C"},
        {"2003-12-31T10:14:55.25+02:00", "2003-12-31T08:14:55.250Z", "fraction and offset"},
        {"2003-12-31T10:14:55.123456789Z", "2003-12-31T10:14:55.123Z", "nanoseconds"},
        {"2003-12-31T10:14:55,5Z", "2003-12-31T10:14:55.500Z", "decimal comma"},
        {"2003-12-31T10:14Z", "2003-12-31T10:14:00Z", "no seconds"},
        {"2003-12-31 10:14:55", "2003-12-31T10:14:55Z", "blank for T, no zone"},
        {"2003-12-31-10:14:55", "2003-12-31T10:14:55Z", "dash for T: no offset"},
        {"2003-12-31-10:14", "2003-12-31T10:14:00Z", "no seconds: a clock or an offset, it is the same"},
        {"20031231 101455", "2003-12-31T10:14:55Z", "the basic form with a blank for T"},
        {"20031231 1014", "2003-12-31T10:14:00Z", "the same without seconds"},
        {"2003-12-31t10:14:55z", "2003-12-31T10:14:55Z", "small letters"},
        {"2003-12-31 10:14:55 +0200", "2003-12-31T08:14:55Z", "offset apart"},
        {"2003-12-31T10:14:55+02", "2003-12-31T08:14:55Z", "offset of hours"},
        {"2003-12-31T10:14:55 -08:00", "2003-12-31T18:14:55Z", "offset apart, west"},
        {"2003-12-31T10:14:55\xE2\x88\x92""08:00", "2003-12-31T18:14:55Z", "a real minus"},
        {"2003-12-31+02:00", "2003-12-30T22:00:00Z", "XML Schema's date"},
        {"2003-12-31", "2003-12-31T00:00:00Z", "date alone"},
        {"2003-12", "2003-12-01T00:00:00Z", "month alone"},
        {"2003", "2003-01-01T00:00:00Z", "year alone"},
        {"20031231", "2003-12-31T00:00:00Z", "basic form"},
        {"20031231T101455Z", "2003-12-31T10:14:55Z", "basic form with time"},
        {"20031231T1014-0800", "2003-12-31T18:14:00Z", "basic form with offset"},
        {"20031231101455", "2003-12-31T10:14:55Z", "digits"},
        {"2003-365", "2003-12-31T00:00:00Z", "day of the year"},
        {"2003365", "2003-12-31T00:00:00Z", "day of the year, basic form"},
        {"2004-W01-1", "2003-12-29T00:00:00Z", "week date"},
        {"2026-W05-2T10:00:00Z", "2026-01-27T10:00:00Z", "week date with time"},
        {"2003-12-31T10.14.55Z", "2003-12-31T10:14:55Z", "dots in the time"},
        {"2003/12/31 10:14:55", "2003-12-31T10:14:55Z", "slashes"},
        {"2003.12.31 10:14", "2003-12-31T10:14:00Z", "dots"},
        {"2003-1-2 3:4:5", "2003-01-02T03:04:05Z", "single digits"},
        {"2006-01-02 15:04:05.999999999 -0700 MST", "2006-01-02T22:04:05.999Z", "Go"},
        {"2009-11-10 23:00:00 +0000 UTC m=+0.000000001", "2009-11-10T23:00:00Z", "Go with its monotonic clock"},
        {"2013-05-01T10:00:00:000Z", "2013-05-01T10:00:00Z", "milliseconds behind a colon"},
        {"2016-01-02 00:00:00.0 15:04:05.0 -0700", "2016-01-02T22:04:05Z", "midnight and then the time"},
        {"1700000000", "2023-11-14T22:13:20Z", "epoch"},
        {"1700000000123", "2023-11-14T22:13:20.123Z", "epoch in milliseconds"},
        {"1700000000.5", "2023-11-14T22:13:20Z", "epoch with a fraction"},
        {"2004-j\xC3\xBAlius-13T9:15-05:00", "2004-07-13T14:15:00Z", "Hungarian month in ISO form"},
    };
    CHECK_ROWS(rows);
}

static void forms_of_people_and_places(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"Friday, December 22, 2017 - 3:09pm", "2017-12-22T15:09:00Z", "Drupal"},
        {"December 22, 2017 at 3 PM", "2017-12-22T15:00:00Z", "hour alone"},
        {"Nov. 16, 2020, 10:57 a.m.", "2020-11-16T10:57:00Z", "Django"},
        {"3:09 p. m., 22 de diciembre de 2017", "2017-12-22T15:09:00Z", "time first, Spanish half"},
        {"Mon, 03/30/2020 - 19:19", "2020-03-30T19:19:00Z", "the first number cannot be the day"},
        {"30/03/2020 19:19", "2020-03-30T19:19:00Z", "the second number cannot be the day"},
        {"Sat, 11 04 2020 08:51:49 +0100", "2020-04-11T07:51:49Z", "the weekday tells the order"},
        {"Wed, 11/04/2020", "2020-11-04T00:00:00Z", "the weekday tells the order"},
        {"05/06/2020", "2020-05-06T00:00:00Z", "slashes: month first"},
        {"05.06.2020", "2020-06-05T00:00:00Z", "dots: day first"},
        {"05-06-2020", "2020-06-05T00:00:00Z", "hyphens: day first"},
        {"12/11/2026", "2026-11-12T00:00:00Z", "month first would be in the future"},
        {"30.10.23", "2023-10-30T00:00:00Z", "two digits each"},
        {"06-1-2 15:04", "2002-01-06T15:04:00Z", "two digits each, hyphens"},
        {"Fri, 2006/09/15 08:19:53 EDT", "2006-09-15T12:19:53Z", "perforce"},
        {"15:04 02.01.2006 -0700", "2006-01-02T22:04:00Z", "time first"},
        {"11.07.2020 klo 12.30", "2020-07-11T12:30:00Z", "Finnish time with a dot"},
        {"Jan.02.2006", "2006-01-02T00:00:00Z", "dots behind all"},
        {"03-Jan-2006 10:00", "2006-01-03T10:00:00Z", "hyphens around the month"},
        {"12/Nov/2020:10:00:00 +0100", "2020-11-12T09:00:00Z", "a web server's log"},
        {"Nov. 2020", "2020-11-01T00:00:00Z", "month and year"},
        {"16 Nov '20", "2020-11-16T00:00:00Z", "apostrophe"},
        {"the 16th of November, 2020", "2020-11-16T00:00:00Z", "words"},
        {"Lundi, 16. Novembre 2020 - 15:54", "2020-11-16T15:54:00Z", "French with capitals"},
        {"mar. 03 mars 2020 15h09", "2020-03-03T15:09:00Z", "mar is Tuesday here, 15h09"},
        {"mar 12 mar 2020", "2020-03-12T00:00:00Z", "mar twice: Tuesday, March"},
        {"1er ao\xC3\xBBt 2020 \xC3\xA0 8h", "2020-08-01T08:00:00Z", "ordinal, accents, hour"},
        {"So, 01 M\xC3\xA4r 2020 10:00:00 +0100", "2020-03-01T09:00:00Z", "German"},
        {"3. Oktober 2020, 15:04 Uhr", "2020-10-03T15:04:00Z", "German in full"},
        {"s\xC3\xA1" "bado 5 de diciembre de 2020, 10:00 h", "2020-12-05T10:00:00Z", "Spanish"},
        {"gioved\xC3\xAC 5 novembre 2020 ore 10:30", "2020-11-05T10:30:00Z", "Italian"},
        {"5 de mar\xC3\xA7o de 2020 \xC3\xA0s 10h30", "2020-03-05T10:30:00Z", "Portuguese"},
        {"do 5 mrt 2020 10:00", "2020-03-05T10:00:00Z", "Dutch"},
        {"pt., 6 lis 2020 10:00", "2020-11-06T10:00:00Z", "Polish"},
        {"6. b\xC5\x99" "ezna 2020 10:00", "2020-03-06T10:00:00Z", "Czech"},
        {"2020. m\xC3\xA1rcius 6. 10:00", "2020-03-06T10:00:00Z", "Hungarian"},
        {"6 A\xC4\x9Fustos 2020 Per\xC5\x9F" "embe 10:00", "2020-08-06T10:00:00Z", "Turkish"},
        {"06 \xD0\xB0\xD0\xB2\xD0\xB3\xD1\x83\xD1\x81\xD1\x82\xD0\xB0 2020 \xD0\xB3., 10:00", "2020-08-06T10:00:00Z",
         "Russian"},
        {"\xD1\x87\xD1\x82, 06 \xD1\x81\xD0\xB5\xD1\x80 2020 10:00:00 +0300", "2020-08-06T07:00:00Z", "Ukrainian"},
        {"\xCE\x9A\xCF\x85\xCF\x81, 11 \xCE\x99\xCE\xBF\xCF\x8D\xCE\xBB 2004 12:00:00 EST", "2004-07-11T17:00:00Z",
         "Greek"},
        {"2004\xEB\x85\x84 5\xEC\x9B\x94 28\xEC\x9D\xBC  01:31:15", "2004-05-27T16:31:15Z", "Korean, Korean time"},
        {"2004-05-25 \xEC\x98\xA4\xED\x9B\x84 11:23:17", "2004-05-25T14:23:17Z", "Korean half before the time"},
        {"2020\xE5\xB9\xB4" "11\xE6\x9C\x88" "5\xE6\x97\xA5 10:30", "2020-11-05T10:30:00Z", "Chinese and Japanese"},
        {"2020\xE5\xB9\xB4" "11\xE6\x9C\x88" "5\xE6\x97\xA5(\xE6\x9C\xA8) 10\xE6\x99\x82" "30\xE5\x88\x86",
         "2020-11-05T10:30:00Z", "hours and minutes marked, a weekday in one sign"},
        {"\xE5\x91\xA8\xE5\x9B\x9B, 05 11\xE6\x9C\x88 2020 10:00:00 +0800", "2020-11-05T02:00:00Z", "WordPress, Chinese"},
        {"2020\xE5\xB9\xB4" "11\xE6\x9C\x88" "5\xE6\x97\xA5\xE4\xB8\x8B\xE5\x8D\x88" "3:05", "2020-11-05T15:05:00Z",
         "half before the time, no blanks"},
        {"\xE5\x8D\x81\xE4\xBA\x8C\xE6\x9C\x88 5, 2020", "2020-12-05T00:00:00Z", "month as a Chinese number"},
        {"5 \xD9\x86\xD9\x88\xD9\x81\xD9\x85\xD8\xA8\xD8\xB1 2020 10:00", "2020-11-05T10:00:00Z", "Arabic"},
        {"\xD9\xA5 \xD8\xAA\xD8\xB4\xD8\xB1\xD9\x8A\xD9\x86 \xD8\xA7\xD9\x84\xD8\xAB\xD8\xA7\xD9\x86\xD9\x8A "
         "\xD9\xA2\xD9\xA0\xD9\xA2\xD9\xA0",
         "2020-11-05T00:00:00Z", "Arabic digits, a month of two words"},
        {"5 \xE0\xB8\x9E.\xE0\xB8\xA2. 2563", "2020-11-05T00:00:00Z", "Thai month, year of the Buddha"},
        {"5 th\xC3\xA1ng 11, 2020 10:00", "2020-11-05T10:00:00Z", "Vietnamese"},
        {"4 \xE0\xB8\xA1\xE0\xB8\xB5.\xE0\xB8\x84. 2563 10:00", "2020-03-04T10:00:00Z",
         "Thai March, which differs from January by a vowel above"},
        {"4 \xE0\xA4\x9C\xE0\xA5\x82\xE0\xA4\xA8 2020", "2020-06-04T00:00:00Z",
         "Hindi June, which differs from January by a vowel below"},
        {"4 th\xC3\xA1ng ba 2020", "2020-03-04T00:00:00Z", "Vietnamese month as a number in words"},
        {"4 Th\xC3\xA1ng M\xC6\xB0\xE1\xBB\x9Di Hai 2020", "2020-12-04T00:00:00Z", "the same, two words"},
        {"quarta-feira, 4 de mar\xC3\xA7o de 2020", "2020-03-04T00:00:00Z", "Portuguese weekday in full"},
        {"2020. gada 4. marts 05:06", "2020-03-04T05:06:00Z", "Latvian"},
        {"4 mars 2020 17 h 06", "2020-03-04T17:06:00Z", "French time with blanks"},
        {"Kamis, 5 Nov 2020 10:00 WIB", "2020-11-05T03:00:00Z", "Indonesian"},
        {"\xEF\xBC\x92\xEF\xBC\x90\xEF\xBC\x92\xEF\xBC\x90/11/05", "2020-11-05T00:00:00Z", "full-width digits"},
    };
    CHECK_ROWS(rows);
}

static void what_is_no_date_stays_none(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", "absent", "nothing"},
        {" \n\t ", "absent", "white space"},
        {"yesterday", "unreadable", "relative"},
        {"Sun, 16 Dec 2012 1:2:3:4 GMT", "unreadable", "a time of four parts"},
        {"Sun, 16 zzz 2012 11:47:32 GMT", "unreadable", "no month"},
        {"Sun, Dec x 2012 11:47:32 GMT", "unreadable", "no day"},
        {"Sun, 16 Dec 2012 11:47:32 +00:zz", "unreadable", "a broken offset"},
        {"2013-01-28T09:00:00+00:xx", "unreadable", "a broken offset"},
        {"Sun, 32 Dec 2012 11:47:32 GMT", "unreadable", "no such day"},
        {"Thu, 30 Feb 2012 11:47:32 GMT", "unreadable", "no such day"},
        {"Sun, 16 Dec 2012 25:47:32 GMT", "unreadable", "no such hour"},
        {"Sun, 16 Dec 2012 11:61:32 GMT", "unreadable", "no such minute"},
        {"2012-13-16", "unreadable", "no such month, no such day either way round"},
        {"0000-00-00 00:00:00", "unreadable", "a database's nothing"},
        {"5 August", "unreadable", "no year"},
        {"12", "unreadable", "a number"},
        {"123456789012345678901234567890", "unreadable", "a long number"},
        {"0000001", "unreadable", "the first day of year nought"},
        {"0000-W01-1", "unreadable", "its first week"},
        {"NaN", "unreadable", "a program's nothing"},
        {"Thu, 01 Jan 1970 00:00:00 GMT", "absurd", "a program's nothing that can be read"},
        {"0001-01-01T00:00:00Z", "absurd", "another one"},
        {"1989-12-31T23:59:59Z", "absurd", "one second before the limit"},
        {"1990-01-01T00:00:00Z", "1990-01-01T00:00:00Z", "the limit"},
        {"2026-11-25T00:00:00Z", "2026-11-25T00:00:00Z", "a day ahead"},
        {"2026-11-25T00:00:01Z", "absurd", "more than a day ahead"},
    };
    CHECK_ROWS(rows);
}

static void an_absurd_date_keeps_its_time_and_without_a_clock_nothing_is_too_late(void **state)
{
    (void)state;
    struct date d = date_read(S("Fri, 01 Jan 2100 00:00:00 GMT"), now);
    assert_int_equal(d.state, DATE_ABSURD);
    assert_int_equal(d.at.ms, 4102444800000);
    assert_int_equal(date_read(S("Fri, 01 Jan 2100 00:00:00 GMT"), (wall_t){0}).state, DATE_OK);
}

static void a_text_over_the_limit_is_unreadable(void **state)
{
    (void)state;
    char text[DATE_TEXT_MAX + 2];
    memset(text, ' ', sizeof text);
    memcpy(text, "2003-12-31", 10);
    text[DATE_TEXT_MAX - 1] = ')';
    text[DATE_TEXT_MAX] = ')';
    assert_int_equal(date_read(str_make(text, DATE_TEXT_MAX), now).state, DATE_OK);
    assert_int_equal(date_read(str_make(text, DATE_TEXT_MAX + 1), now).state, DATE_UNREADABLE);
}

static void http_dates_have_three_forms_and_no_other(void **state)
{
    (void)state;
    wall_t at = {0};
    static const char *const good[] = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                                       "Sun Nov  6 08:49:37 1994", " Sun, 06 Nov 1994 08:49:37 GMT "};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        at.ms = 0;
        assert_true(date_read_http(str_of(good[i]), &at));
        assert_int_equal(at.ms, 784111777000);
    }
    static const char *const bad[] = {"0", "-1", "Sun, 06 Nov 1994 08:49:37 +0000", "1994-11-06T08:49:37Z", "",
                                      "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT"};
    at.ms = 7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(date_read_http(str_of(bad[i]), &at));
    assert_int_equal(at.ms, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_822_and_its_wild_variants),
        cmocka_unit_test(iso_8601_and_what_calls_itself_so),
        cmocka_unit_test(forms_of_people_and_places),
        cmocka_unit_test(what_is_no_date_stays_none),
        cmocka_unit_test(an_absurd_date_keeps_its_time_and_without_a_clock_nothing_is_too_late),
        cmocka_unit_test(a_text_over_the_limit_is_unreadable),
        cmocka_unit_test(http_dates_have_three_forms_and_no_other),
    };
    return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
