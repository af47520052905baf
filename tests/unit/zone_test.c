// SPDX-License-Identifier: MIT
//
// Time zones against libc's reader of the same files, made-up files, and the hours of rules.
#include "tests/tools/check.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "alerts/hours.h"
#include "base/buf.h"
#include "base/rng.h"
#include "base/zone.h"
#include "tests/tools/folder.h"

#define FOLDER "/usr/share/zoneinfo/"

static struct arena arena;

static const struct zone *zone_of_file(const char *path, struct err *err)
{
    struct buf bytes;
    buf_init(&bytes, 1 << 20);
    assert_true(file_read(path, &bytes));
    const struct zone *zone = zone_read(buf_str(&bytes), &arena, err);
    buf_done(&bytes);
    return zone;
}

// libc's word for it. It reads the same files by other code.
static long libc_offset(time_t at)
{
    struct tm tm;
    localtime_r(&at, &tm);
    return tm.tm_gmtoff;
}

static void check_zone(const char *name, const struct zone *zone)
{
    struct rng rng;
    rng_init(&rng, 20261127);
    setenv("TZ", name, 1);
    tzset();
    time_t from = -2000000000, to = 4102444800; // 1906 to 2100
    for (int i = 0; i < 400; i++) {
        time_t at = from + (time_t)rng_below(&rng, (uint64_t)(to - from));
        if (i < 200) { // around the changes of a year: month by month, hour by hour
            at = (time_t)(civil_days(1970 + i % 130, 3 + i % 2 * 7, 20 + i % 11) * 86400 + i % 24 * 3600);
        }
        int32_t found = zone_offset_s(zone, (wall_t){(int64_t)at * SECOND_MS});
        if (found != libc_offset(at))
            fail_msg("%s at %lld: %d, libc has %ld", name, (long long)at, found, libc_offset(at));
    }
}

static void every_zone_of_the_system_is_read_as_libc_reads_it(void **state)
{
    (void)state;
    static const char *const patterns[] = {FOLDER "[A-Z]*", FOLDER "[A-Z]*/*", FOLDER "America/*/*"};
    size_t n = 0;
    for (size_t p = 0; p < 3; p++) {
        glob_t files = {0};
        glob(patterns[p], GLOB_NOSORT, NULL, &files);
        for (size_t i = 0; i < files.gl_pathc; i++) {
            struct buf head;
            buf_init(&head, 1 << 20);
            bool is_zone = file_read(files.gl_pathv[i], &head) && str_starts(buf_str(&head), S("TZif"));
            buf_done(&head);
            if (!is_zone)
                continue;
            struct err err = {0};
            const struct zone *zone = zone_of_file(files.gl_pathv[i], &err);
            if (!zone)
                fail_msg("%s: %s", files.gl_pathv[i], err.text);
            check_zone(files.gl_pathv[i] + sizeof FOLDER - 1, zone);
            n++;
        }
        globfree(&files);
    }
    unsetenv("TZ");
    tzset();
    if (n == 0)
        printf("skipped: there is no %s\n", FOLDER);
}

// ---- files made here ----

static void add_number(struct buf *out, uint64_t value, int bytes)
{
    for (int i = bytes; i-- > 0;)
        buf_add_char(out, (char)(value >> (8 * i)));
}

static void add_header(struct buf *out, char version, uint32_t times, uint32_t types)
{
    buf_add(out, S("TZif"));
    buf_add_char(out, version);
    for (int i = 0; i < 15; i++)
        buf_add_char(out, '\0');
    const uint32_t counts[] = {0, 0, 0, times, types, 4};
    for (size_t i = 0; i < 6; i++)
        add_number(out, counts[i], 4);
}

static void add_type(struct buf *out, int32_t offset_s)
{
    add_number(out, (uint32_t)offset_s, 4);
    add_number(out, 0, 2);
}

// One change at `at_s` from 1 h to 2 h, then what the TZ string says.
static void zone_file(struct buf *out, int64_t at_s, const char *tail)
{
    add_header(out, '2', 0, 1);
    add_type(out, 0);
    buf_add(out, str_make("UTC\0", 4));
    add_header(out, '2', 1, 2);
    add_number(out, (uint64_t)at_s, 8);
    buf_add_char(out, 1);
    add_type(out, 3600);
    add_type(out, 7200);
    buf_add(out, str_make("UTC\0", 4));
    buf_addf(out, "\n%s\n", tail);
}

static const struct zone *made_up(int64_t at_s, const char *tail, struct err *err)
{
    struct buf bytes;
    buf_init(&bytes, 1 << 16);
    zone_file(&bytes, at_s, tail);
    const struct zone *zone = zone_read(buf_str(&bytes), &arena, err);
    buf_done(&bytes);
    return zone;
}

static void tz_strings_hold_behind_the_last_change(void **state)
{
    (void)state;
    enum { JULY = 1783000000, JANUARY = 1767600000 }; // of 2026
    static const struct { const char *tail; int32_t july_s, january_s; const char *why; } cases[] = {
        {"", 7200, 7200, "none: the last change stays"},
        {"EET-2", 7200, 7200, "no summer time"},
        {"<-03>3", -10800, -10800, "a name of signs"},
        {"<+0330>-3:30", 12600, 12600, "minutes"},
        {"EET-2EEST,M3.5.0/3,M10.5.0/4", 10800, 7200, "summer in July"},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", 36000, 39600, "summer in January"},
        {"XST-1YST-1:30,J60,J300", 5400, 3600, "days without February 29, half an hour"},
        {"XST-1YST,59/-24,299/167", 7200, 3600, "days with it, hours of other days"},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", 3600, 0, "a winter time"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        const struct zone *zone = made_up(1000, cases[i].tail, &err);
        if (!zone)
            fail_msg("%s: %s", cases[i].tail, err.text);
        if (zone_offset_s(zone, (wall_t){JULY * 1000LL}) != cases[i].july_s ||
            zone_offset_s(zone, (wall_t){JANUARY * 1000LL}) != cases[i].january_s)
            fail_msg("%s: %s", cases[i].tail, cases[i].why);
        assert_int_equal(zone_offset_s(zone, (wall_t){999999}), 3600);
    }
}

static void what_is_no_zone_is_refused(void **state)
{
    (void)state;
    static const char *const tails[] = {"E-2", "EET", "EET-2EEST", "EET-2EEST,M3.5.0", "EET-2EEST,M13.5.0,M1.1.0",
                                        "EET-2EEST,M3.6.0,M1.1.0", "EET-2EEST,M3.0.0,M1.1.0", "EET-2EEST,J0,J1",
                                        "EET-2EEST,M3.5.7,M1.1.0", "EET-2EEST,366,1", "EET-168", "<-03", "EET-2x"};
    struct err err;
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
        if (made_up(1000, tails[i], &err))
            fail_msg("taken: %s", tails[i]);
    struct buf bytes;
    buf_init(&bytes, 1 << 16);
    zone_file(&bytes, 1000, "EET-2EEST,M3.5.0/3,M10.5.0/4");
    for (size_t n = 0; n < bytes.n; n++) { // cut at any byte, in memory of just that size
        char *copy = malloc(n + 1);
        memcpy(copy, bytes.p, n);
        assert_null(zone_read(str_make(copy, n), &arena, &err));
        free(copy);
    }
    buf_done(&bytes);
}

// ---- hours ----

static wall_t at(int hour, int minute) { return (wall_t){civil_days(2026, 3, 28) * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS}; }

static void hours_open_at_their_minute(void **state)
{
    (void)state;
    struct err err = {0};
    const struct zone *zone = made_up(1000, "EET-2EEST,M3.5.0/3,M10.5.0/4", &err); // in summer time from 03-29 01:00Z
    static const struct { uint16_t from, to; int hour, minute, open_hour, open_minute; const char *why; } cases[] = {
        {8 * 60, 20 * 60, 6, 0, 6, 0, "the first minute: 08:00 there"},
        {8 * 60, 20 * 60, 5, 59, 6, 0, "one before"},
        {8 * 60, 20 * 60, 17, 59, 17, 59, "the last minute"},
        {8 * 60, 20 * 60, 18, 0, 24 + 5, 0, "one behind: to the next day, which has summer time"},
        {22 * 60, 6 * 60, 21, 0, 21, 0, "over midnight, before"},
        {22 * 60, 6 * 60, 2, 0, 2, 0, "over midnight, behind"},
        {22 * 60, 6 * 60, 4, 0, 20, 0, "over midnight, by day"},
        {3 * 60, 3 * 60 + 30, 12, 0, 48, 0, "the skipped hour of the 29th: the day after"},
        {0, 24 * 60, 12, 0, 12, 0, "all day"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rule rule = {.has_hours = true, .hours_from_minute = cases[i].from, .hours_to_minute = cases[i].to,
                            .zone = zone};
        wall_t now = wall_add(at(cases[i].hour, cases[i].minute), 0);
        wall_t expected = at(cases[i].open_hour, cases[i].open_minute);
        if (hours_open(&rule, now).ms != expected.ms)
            fail_msg("%s: %lld minutes off", cases[i].why,
                     (long long)(hours_open(&rule, now).ms - expected.ms) / MINUTE_MS);
    }
    struct rule always = {0};
    assert_int_equal(hours_open(&always, at(3, 3)).ms, at(3, 3).ms);
    struct rule utc = {.has_hours = true, .hours_from_minute = 60, .hours_to_minute = 120};
    assert_int_equal(hours_open(&utc, wall_add(at(0, 59), 59999)).ms, at(1, 0).ms);
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 30);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_zone_of_the_system_is_read_as_libc_reads_it),
        cmocka_unit_test(tz_strings_hold_behind_the_last_change),
        cmocka_unit_test(what_is_no_zone_is_refused),
        cmocka_unit_test(hours_open_at_their_minute),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
