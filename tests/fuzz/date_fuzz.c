// SPDX-License-Identifier: MIT
//
// Any bytes as a date: what is read must have a time of day in the calendar's years, must read the same when written
// as RFC 3339, and a date that HTTP allows must mean the same everywhere.
#include <stdio.h>
#include <stdlib.h>

#include "feeds/date.h"

static void check(bool is_true, const char *what)
{
    if (is_true)
        return;
    fprintf(stderr, "date_fuzz: %s\n", what);
    abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct str bytes = str_make((const char *)data, size);
    struct date d = date_read(bytes, (wall_t){1795478400000});
    wall_t at = {0};
    if (d.state == DATE_OK || d.state == DATE_ABSURD) {
        struct civil c = civil_of(d.at);
        char text[WALL_RFC3339_BYTES];
        check(c.year >= 0 && c.year <= 10000, "a year outside of the calendar");
        struct date again = date_read(str_of(wall_rfc3339(d.at, true, text)), (wall_t){1795478400000});
        check(c.year < 1 || c.year > 9999 || again.at.ms == d.at.ms, "RFC 3339 does not read the same");
    } else {
        check(d.at.ms == 0, "a time without a date");
    }
    if (date_read_http(bytes, &at) && civil_of(at).year >= 1000)
        check(d.at.ms == at.ms, "HTTP's date means another time");
    return 0;
}
