// SPDX-License-Identifier: MIT
//
// Reading dates. Most texts fit one of the fast patterns and never get further. The others are cut into tokens
// (date_token.c) and read from left to right:
//
//   a time    12:30  12:30:05.123  12h30  3pm  오후 11:23  10時30分   then a.m. or p.m.
//   a zone    Z  +02:00  GMT-7  (CEST)  Europe/Kyiv
//   a word    month, weekday, mark of the number before it, or nothing
//   a number  kept, with what stood before and behind it, until the end
//
// and at the end date_order.c decides which number is day, month and year. A word that nobody knows is a weekday of a
// language that is not in the table when it stands first, and a zone that is not when it stands behind the time;
// anywhere else the text is no date: a guess would be worse than none.
#include "feeds/date.h"

#include "feeds/date_order.h"
#include "feeds/date_token.h"

enum { YEAR_MIN = 1990 }; // feeds began in 1999; their archives may be older than that, by a little

struct reader {
    struct token tokens[DATE_TOKENS_MAX + 1];
    size_t n;
    size_t at;
    struct date_numbers numbers;
    bool has_time, has_half, has_zone, is_korean, has_unknown_head;
    int half; // 0 a.m., 12 p.m.
    int64_t hour, minute, second, ms;
    int zone_minutes;
    const char *rule;
    size_t time_end; // token behind the time
};

static const struct token *peek(const struct reader *r, size_t ahead)
{
    size_t i = r->at + ahead;
    return &r->tokens[i < r->n ? i : r->n];
}

static bool is_small(const struct token *t)
{
    return t->kind == TOKEN_NUMBER && t->digits <= 2;
}

// ---- time ----------------------------------------------------------------------------------------------------------

// Sets the time; a second one only replaces midnight ("2006-01-02 00:00:00.0 15:04:05").
static bool set_time(struct reader *r, uint64_t hour, uint64_t minute, uint64_t second, uint64_t ms, size_t taken)
{
    bool is_midnight = r->hour == 0 && r->minute == 0 && r->second == 0;
    if ((r->has_time && !is_midnight) || hour > 24 || minute > 59 || second > 60 || (hour == 24 && minute + second > 0))
        return false;
    r->has_time = true;
    r->hour = (int64_t)hour;
    r->minute = (int64_t)minute;
    r->second = (int64_t)second;
    r->ms = (int64_t)ms;
    r->at += taken;
    r->time_end = r->at;
    return true;
}

static uint64_t milliseconds(const struct token *t)
{
    uint64_t value = t->number;
    unsigned digits = t->digits;
    for (; digits > 3; digits--)
        value /= 10;
    for (; digits < 3; digits++)
        value *= 10;
    return value;
}

// H:MM[:SS[.fraction]]; a fourth number behind a colon is milliseconds where it has three digits, else nonsense.
static bool read_clock(struct reader *r)
{
    size_t taken = 3;
    uint64_t second = 0, ms = 0;
    bool colon = token_is_sign(peek(r, 3), ':') || token_is_sign(peek(r, 3), '.');
    if (colon && is_small(peek(r, 4)) && !peek(r, 4)->is_spaced) {
        second = peek(r, 4)->number;
        taken = 5;
        const struct token *sign = peek(r, 5), *fraction = peek(r, 6);
        if (fraction->kind == TOKEN_NUMBER && !fraction->is_spaced && token_is_sign(sign, ':') && fraction->digits < 3)
            return false;
        if (fraction->kind == TOKEN_NUMBER && !fraction->is_spaced &&
            (token_is_sign(sign, '.') || token_is_sign(sign, ',') || token_is_sign(sign, ':'))) {
            ms = milliseconds(fraction);
            taken = 7;
        }
    } else if (token_is_sign(peek(r, 3), ':')) {
        return false;
    }
    return set_time(r, peek(r, 0)->number, peek(r, 2)->number, second, ms, taken);
}

// 15h, 15h04, 15 Uhr 04, 15時30分05秒.
static bool read_marked_time(struct reader *r)
{
    size_t taken = 2;
    uint64_t minute = 0, second = 0;
    if (is_small(peek(r, 2))) {
        bool is_marked = token_means(peek(r, 3), WORD_MINUTE_MARK);
        bool is_whole = date_numbers_suffice(&r->numbers) && peek(r, 2)->digits == 2; // "17 h 06" behind the date
        if (is_marked || is_whole || !peek(r, 2)->is_spaced) {
            minute = peek(r, 2)->number;
            taken = is_marked ? 4 : 3;
            if (is_marked && is_small(peek(r, 4)) && token_means(peek(r, 5), WORD_SECOND_MARK)) {
                second = peek(r, 4)->number;
                taken = 6;
            }
        }
    }
    r->is_korean |= peek(r, 1)->is_korean;
    return set_time(r, peek(r, 0)->number, minute, second, 0, taken);
}

// hhmmss or hhmm behind the T of ISO 8601's basic form.
static bool read_basic_time(struct reader *r)
{
    const struct token *t = peek(r, 0);
    uint64_t value = t->digits == 4 ? t->number * 100 : t->number;
    uint64_t ms = 0;
    size_t taken = 1;
    if ((token_is_sign(peek(r, 1), '.') || token_is_sign(peek(r, 1), ',')) && peek(r, 2)->kind == TOKEN_NUMBER) {
        ms = milliseconds(peek(r, 2));
        taken = 3;
    }
    return set_time(r, value / 10000, value / 100 % 100, value % 100, ms, taken);
}

static bool is_dotted_time(const struct reader *r)
{
    const struct token *minute = peek(r, 2);
    return date_numbers_suffice(&r->numbers) && !r->has_time && token_is_sign(peek(r, 1), '.') && is_small(minute) &&
           minute->digits == 2 && !minute->is_spaced && peek(r, 0)->number < 24 && minute->number < 60;
}

// ---- zone ----------------------------------------------------------------------------------------------------------

// [+-] and hh, hmm, hhmm, hh:mm, hhmmss, hh:mm:ss behind the time, or behind a whole date.
static bool read_offset(struct reader *r)
{
    int sign = token_is_sign(peek(r, 0), '-') ? -1 : 1;
    const struct token *first = peek(r, 1);
    uint64_t hours = first->number, minutes = 0;
    size_t taken = 2;
    if (first->digits == 3 || first->digits == 4) {
        hours = first->number / 100;
        minutes = first->number % 100;
    } else if (first->digits == 6) {
        hours = first->number / 10000;
        minutes = first->number / 100 % 100;
    } else if (first->digits > 2 && first->number > 0) { // "+00000" is one
        return false;
    }
    bool is_dotted = token_is_sign(peek(r, 2), '.') && is_small(peek(r, 3));
    if (token_is_sign(peek(r, 2), ':') || is_dotted) {
        if (!is_small(peek(r, 3)))
            return false;
        if (first->digits <= 2)
            minutes = peek(r, 3)->number;
        taken = 4;
        if (token_is_sign(peek(r, 4), ':') && is_small(peek(r, 5)))
            taken = 6;
    }
    if (hours > 24 || minutes > 59)
        return false;
    r->zone_minutes = sign * (int)(hours * 60 + minutes);
    r->has_zone = true;
    r->rule = NULL;
    r->at += taken;
    return true;
}

// Tells whether the sign here begins an offset and does not part the numbers of a date.
static bool is_offset(const struct reader *r)
{
    const struct token *sign = peek(r, 0), *number = peek(r, 1);
    if ((!token_is_sign(sign, '+') && !token_is_sign(sign, '-')) || number->kind != TOKEN_NUMBER || number->is_spaced)
        return false;
    bool is_behind_time = r->has_time && (r->at == r->time_end || r->has_zone || sign->is_spaced);
    bool is_clock = token_is_sign(sign, '-') && token_is_sign(peek(r, 4), ':'); // 2020-03-02-15:04:05
    bool is_behind_date = !r->has_time && date_numbers_suffice(&r->numbers) && !is_clock &&
                          (token_is_sign(sign, '+') || token_is_sign(peek(r, 2), ':'));
    return is_behind_time || is_behind_date || (r->has_zone && !r->has_time);
}

// ---- words ---------------------------------------------------------------------------------------------------------

// A word that may be a month and a weekday is a weekday where another month follows.
static bool month_follows(const struct reader *r)
{
    for (size_t i = r->at + 1; i < r->n; i++)
        if (token_means(&r->tokens[i], WORD_MONTH))
            return true;
    return false;
}

static bool read_month(struct reader *r, const struct token *t)
{
    if (token_means(t, WORD_WEEKDAY) && month_follows(r))
        return false;
    if (r->numbers.month)
        return token_means(t, WORD_WEEKDAY) ? false : true;
    r->numbers.month = t->values[WORD_MONTH];
    r->numbers.n_before_month = r->numbers.n;
    return true;
}

// Reads a word that says something about the zone; only behind the time, or where a sign follows.
static bool read_zone_word(struct reader *r, const struct token *t)
{
    bool is_zone = token_means(t, WORD_ZONE) || t->rule;
    if (!is_zone || r->has_zone || (!r->has_time && !date_numbers_suffice(&r->numbers)))
        return false;
    r->has_zone = true;
    r->rule = t->rule;
    r->zone_minutes = token_means(t, WORD_ZONE) ? t->values[WORD_ZONE] : 0;
    return true;
}

static bool read_half(struct reader *r, const struct token *t)
{
    bool is_only_half = t->meanings == 1u << WORD_HALF;
    bool is_behind_time = r->has_time && r->at == r->time_end;
    if (!token_means(t, WORD_HALF) || (!is_only_half && !is_behind_time))
        return false;
    r->has_half = true;
    r->half = t->values[WORD_HALF];
    return true;
}

// Reads a word; false where the text is no date because of it.
static bool read_word(struct reader *r)
{
    const struct token *t = peek(r, 0);
    bool touches_number = r->at > 0 && r->tokens[r->at - 1].kind == TOKEN_NUMBER && !t->is_spaced;
    bool is_known = true;
    r->is_korean |= t->is_korean;
    if (token_means(t, WORD_PASSED) && touches_number) {
        // 16th, 1er: nothing
    } else if (read_half(r, t) || read_zone_word(r, t)) {
        // that was all
    } else if (token_means(t, WORD_MONTH) && read_month(r, t)) {
        // that was all
    } else if (token_means(t, WORD_WEEKDAY)) {
        if (!r->numbers.has_weekday)
            r->numbers.weekday = t->values[WORD_WEEKDAY];
        r->numbers.has_weekday = true;
    } else if (token_means(t, WORD_BUDDHIST)) {
        r->numbers.is_buddhist = true;
    } else {
        is_known = t->meanings != 0 || t->rule;
    }
    bool is_week = t->first == 'w' && t->letters == 1 && is_small(peek(r, 1));
    if (is_week)
        is_known = true;
    if (!is_known && r->at == 0)
        r->has_unknown_head = is_known = true;
    if (!is_known && r->has_time && date_numbers_suffice(&r->numbers))
        is_known = true;
    r->at++;
    return is_known;
}

// ---- numbers -------------------------------------------------------------------------------------------------------

static enum date_mark mark_of(const struct token *behind)
{
    if (token_means(behind, WORD_YEAR_MARK))
        return MARK_YEAR;
    if (token_means(behind, WORD_MONTH_MARK))
        return MARK_MONTH;
    return token_means(behind, WORD_DAY_MARK) ? MARK_DAY : MARK_NONE;
}

static bool read_date_number(struct reader *r)
{
    const struct token *t = peek(r, 0), *before = r->at ? &r->tokens[r->at - 1] : NULL;
    const struct token *sign = before && before->kind == TOKEN_SIGN ? before : NULL;
    enum date_mark mark = mark_of(peek(r, 1));
    if (before && token_means(before, WORD_MONTH_NEXT))
        mark = MARK_MONTH;
    if (before && before->kind == TOKEN_WORD && before->first == 'w' && before->letters == 1)
        mark = MARK_WEEK;
    r->is_korean |= mark != MARK_NONE && peek(r, 1)->is_korean;
    r->at += mark == MARK_YEAR || (mark == MARK_MONTH && token_means(peek(r, 1), WORD_MONTH_MARK)) || mark == MARK_DAY
                 ? 2
                 : 1;
    return date_numbers_add(&r->numbers, t->number, t->digits, mark, sign ? sign->sign : ' ');
}

// A number behind date and time: an offset that lost its sign ("10:00:00 0200"), or a remainder ("GMT00:00").
static bool read_remainder(struct reader *r)
{
    const struct token *t = peek(r, 0);
    bool is_offset = (t->digits == 4 || t->digits == 5) && t->number <= 1400 && t->number % 100 < 60;
    if (!r->has_zone && (is_offset || t->number == 0)) {
        r->has_zone = true;
        r->zone_minutes = (int)(t->number / 100 * 60 + t->number % 100);
    }
    r->at++;
    return r->has_zone;
}

static bool read_number(struct reader *r)
{
    const struct token *next = peek(r, 1);
    bool is_midnight = r->hour == 0 && r->minute == 0 && r->second == 0; // behind it the time may stand once more
    bool is_again = is_midnight && !r->has_zone && token_is_sign(next, ':');
    if (date_numbers_suffice(&r->numbers) && r->has_time && !is_again)
        return read_remainder(r);
    bool is_clock = is_small(peek(r, 0)) && token_is_sign(next, ':') && is_small(peek(r, 2));
    if (is_clock && !(r->has_time && r->has_zone))
        return read_clock(r);
    if (is_small(peek(r, 0)) && token_means(next, WORD_HOUR_MARK) && !r->has_time)
        return read_marked_time(r);
    bool is_hour = is_small(peek(r, 0)) && peek(r, 2)->kind != TOKEN_NUMBER && !r->has_time;
    if (is_hour && next->kind == TOKEN_WORD && next->meanings == 1u << WORD_HALF)
        return set_time(r, peek(r, 0)->number, 0, 0, 0, 1);
    bool is_behind_t = r->at && r->tokens[r->at - 1].first == 't' && r->tokens[r->at - 1].letters == 1;
    bool is_basic = r->numbers.n == 1 && r->numbers.list[0].digits == 8; // 20200302 150405
    bool is_military = date_numbers_suffice(&r->numbers) &&
                       (is_basic || token_means(next, WORD_ZONE)); // 03 Apr 02 1500 GMT
    if (is_behind_t && !r->has_time && is_small(peek(r, 0)) && !is_dotted_time(r))
        return set_time(r, peek(r, 0)->number, 0, 0, 0, 1);
    if ((is_behind_t || is_military) && !r->has_time && (peek(r, 0)->digits == 6 || peek(r, 0)->digits == 4))
        return read_basic_time(r);
    if (is_dotted_time(r))
        return read_clock(r);
    return read_date_number(r);
}

// ---- the whole -----------------------------------------------------------------------------------------------------

static bool read_tokens(struct reader *r)
{
    while (r->at < r->n) {
        const struct token *t = peek(r, 0);
        bool is_go_monotonic = t->kind == TOKEN_WORD && t->first == 'm' && token_is_sign(peek(r, 1), '=');
        if (is_go_monotonic && r->has_time)
            return true;
        bool is_read = true;
        if (t->kind == TOKEN_NUMBER)
            is_read = read_number(r);
        else if (t->kind == TOKEN_WORD)
            is_read = read_word(r);
        else if (is_offset(r))
            is_read = read_offset(r);
        else
            r->at++;
        if (!is_read)
            return false;
    }
    return true;
}

static int64_t to_hour(const struct reader *r)
{
    if (!r->has_half || r->hour > 12)
        return r->hour;
    return r->hour % 12 + r->half;
}

static bool read_freely(struct str text, wall_t now, wall_t *out_at)
{
    struct reader r = {.at = 0};
    r.n = date_tokens(text, r.tokens);
    if (r.n == 0 || !read_tokens(&r))
        return false;
    bool says_america = r.has_zone && (r.rule || (r.zone_minutes <= -240 && r.zone_minutes >= -600));
    int64_t day = 0;
    if (!date_order(&r.numbers, now, says_america || r.has_half, &day))
        return false;
    int64_t minutes = day * 1440 + to_hour(&r) * 60 + r.minute;
    int zone = r.rule ? date_region_offset(r.rule, minutes) : r.zone_minutes;
    if (!r.has_zone && r.is_korean)
        zone = 540;
    *out_at = (wall_t){(minutes - zone) * MINUTE_MS + r.second * SECOND_MS + r.ms};
    return true;
}

// Seconds, milliseconds, microseconds or nanoseconds since 1970 by their number of digits; YYYYMMDD[hhmm[ss]].
static bool read_digits(struct str text, wall_t *out_at)
{
    uint64_t n = 0;
    struct str whole = text, rest = text;
    if (str_find_char(text, '.') < text.n)
        whole = str_cut(&rest, '.');
    if (!str_to_u64(whole, UINT64_MAX, &n))
        return false;
    uint64_t fraction = 0;
    if (whole.n != text.n && (!str_to_u64(rest, UINT64_MAX, &fraction) || whole.n < 9))
        return false;
    if (whole.n == 9 || whole.n == 10)
        *out_at = (wall_t){(int64_t)n * SECOND_MS};
    else if (whole.n == 13)
        *out_at = (wall_t){(int64_t)n};
    else if (whole.n == 16)
        *out_at = (wall_t){(int64_t)(n / 1000)};
    else if (whole.n == 19)
        *out_at = (wall_t){(int64_t)(n / 1000000)};
    else if (whole.n == 12 || whole.n == 14)
        return date_of_digits(n, whole.n == 14, out_at);
    else
        return false;
    return true;
}

struct date date_read(struct str text, wall_t now)
{
    struct date d = {.raw = str_trim(text)};
    if (d.raw.n == 0)
        return d;
    bool is_read = d.raw.n <= DATE_TEXT_MAX && (date_read_fast(d.raw, &d.at) || read_digits(d.raw, &d.at) ||
                                                read_freely(d.raw, now, &d.at));
    if (!is_read) {
        d.at = (wall_t){0};
        d.state = DATE_UNREADABLE;
        return d;
    }
    bool is_early = d.at.ms < civil_days(YEAR_MIN, 1, 1) * DAY_MS;
    bool is_late = now.ms && d.at.ms > now.ms + DAY_MS;
    d.state = is_early || is_late ? DATE_ABSURD : DATE_OK;
    return d;
}
