// SPDX-License-Identifier: MIT
//
// Looking up words and zones of dates, and reading POSIX TZ rules. See date_words.h.
#include "feeds/date_words.h"

#include "base/clock.h"

const struct date_word *date_word_find(struct str folded, size_t *out_n)
{
    size_t low = 0, high = n_date_words;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_cmp(date_words[middle].word, folded) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    size_t n = 0;
    while (low + n < n_date_words && str_eq(date_words[low + n].word, folded))
        n++;
    *out_n = n;
    return n ? &date_words[low] : NULL;
}

const char *date_region_find(struct str name)
{
    size_t low = 0, high = n_date_regions;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_cmp(date_regions[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n_date_regions && str_eq(date_regions[low].name, name) ? date_regions[low].rule : NULL;
}

// A rule is read by a cursor; what does not fit leaves it where it is, and the offset is what was read so far.
static int read_number(const char **p)
{
    int n = 0;
    while (char_is_digit(**p) && n < 10000)
        n = n * 10 + *(*p)++ - '0';
    return n;
}

static void pass_name(const char **p)
{
    if (**p == '<')
        while (**p && *(*p)++ != '>')
            ;
    else
        while (char_is_alpha(**p))
            (*p)++;
}

// [+-]hh[:mm[:ss]] in minutes, with the sign as written.
static int read_minutes(const char **p)
{
    int sign = **p == '-' ? -1 : 1;
    if (**p == '-' || **p == '+')
        (*p)++;
    int minutes = read_number(p) * 60;
    if (**p == ':') {
        (*p)++;
        minutes += read_number(p);
    }
    return sign * minutes;
}

// ",Mm.w.d[/time]" as local minutes since the epoch in a year; INT64_MIN where it has another form.
static int64_t read_switch(const char **p, int64_t year)
{
    if ((*p)[0] != ',' || (*p)[1] != 'M')
        return INT64_MIN;
    *p += 2;
    int part[3] = {0};
    for (int i = 0; i < 3; i++) {
        part[i] = read_number(p);
        if (i < 2 && **p == '.')
            (*p)++;
    }
    int at = 120;
    if (**p == '/') {
        (*p)++;
        at = read_minutes(p);
    }
    if (part[0] < 1 || part[0] > 12)
        return INT64_MIN;
    int64_t first = civil_days(year, part[0], 1);
    int64_t next_month = part[0] == 12 ? civil_days(year + 1, 1, 1) : civil_days(year, part[0] + 1, 1);
    int64_t day = first + ((part[2] - (first + 4) % 7) % 7 + 7) % 7 + 7 * (part[1] - 1);
    while (day >= next_month)
        day -= 7;
    return day * 1440 + at;
}

int date_region_offset(const char *rule, int64_t local_minutes)
{
    const char *p = rule;
    pass_name(&p);
    int standard = -read_minutes(&p);
    if (!*p)
        return standard;
    pass_name(&p);
    int summer = *p && *p != ',' ? -read_minutes(&p) : standard + 60;
    int64_t year = civil_of((wall_t){local_minutes * MINUTE_MS}).year;
    int64_t begin = read_switch(&p, year), end = read_switch(&p, year);
    if (begin == INT64_MIN || end == INT64_MIN)
        return standard;
    bool is_summer = begin < end ? local_minutes >= begin && local_minutes < end
                                 : local_minutes >= begin || local_minutes < end;
    return is_summer ? summer : standard;
}
