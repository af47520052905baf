// SPDX-License-Identifier: MIT
#include "tests/demo/show.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"

enum { WIDTH = 78, TIME_WIDTH = 10, TEXT_BYTES_MAX = 1 << 16, SIDE_COLUMNS = 26 };

static const char *const TONES[SHOW_TONES] = {"", "\033[2m", "\033[32m", "\033[31m", "\033[1;30;43m", "\033[1m"};

void show_init(struct show *show, const wall_t *now)
{
    const char *no_colour = getenv("NO_COLOR");
    *show = (struct show){
        .with_colour = isatty(STDOUT_FILENO) && !(no_colour && *no_colour),
        .began = *now,
        .now = now,
    };
}

static void put(const struct show *show, enum show_tone tone, struct str text)
{
    bool is_dressed = show->with_colour && tone != SHOW_PLAIN;
    if (is_dressed)
        fputs(TONES[tone], stdout);
    fwrite(text.p ? text.p : "", 1, text.n, stdout);
    if (is_dressed)
        fputs("\033[0m", stdout);
}

// Prints words into lines of WIDTH columns that begin after `indent` blanks; the first is begun already.
static void put_wrapped(const struct show *show, enum show_tone tone, int indent, struct str text)
{
    size_t column = (size_t)indent;
    while (text.p && text.n > 0) {
        struct str word = str_cut(&text, ' ');
        size_t columns = utf8_columns(word);
        if (column > (size_t)indent && column + 1 + columns > WIDTH) {
            printf("\n%*s", indent, "");
            column = (size_t)indent;
        } else if (column > (size_t)indent) {
            putchar(' ');
            column++;
        }
        put(show, tone, word);
        column += columns;
    }
    putchar('\n');
}

static void put_format(const struct show *show, enum show_tone tone, int indent, const char *format, va_list args)
{
    struct buf text;
    buf_init(&text, TEXT_BYTES_MAX);
    buf_addv(&text, format, args);
    put_wrapped(show, tone, indent, buf_str(&text));
    buf_done(&text);
    fflush(stdout);
}

void show_act(const struct show *show, const char *title)
{
    putchar('\n');
    put(show, SHOW_HEAD, str_of(title));
    putchar('\n');
    for (size_t i = 0; i < WIDTH; i++)
        put(show, SHOW_DIM, S("─"));
    putchar('\n');
}

void show_text(const struct show *show, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_format(show, SHOW_PLAIN, 0, format, args);
    va_end(args);
}

void show_event(const struct show *show, enum show_tone tone, const char *format, ...)
{
    char time[16];
    struct civil c = civil_of(*show->now);
    snprintf(time, sizeof time, "%02d:%02d:%02d  ", c.hour, c.minute, c.second);
    put(show, SHOW_DIM, str_of(time));
    va_list args;
    va_start(args, format);
    put_format(show, tone, TIME_WIDTH, format, args);
    va_end(args);
}

void show_detail(const struct show *show, enum show_tone tone, const char *format, ...)
{
    printf("%*s", TIME_WIDTH, "");
    va_list args;
    va_start(args, format);
    put_format(show, tone, TIME_WIDTH, format, args);
    va_end(args);
}

// Cuts to at most so many columns at a blank, keeping the end (what stands before a hit) or the head (what follows it).
static struct str columns_of(struct str s, size_t columns, bool keep_end)
{
    while (utf8_columns(s) > columns) {
        size_t n = s.n;
        if (keep_end) {
            s = str_from(s, str_find_char(s, ' ') + 1);
        } else {
            while (n > 0 && s.p[n - 1] != ' ')
                n--;
            s = str_head(s, n > 0 ? n - 1 : 0);
        }
    }
    return s;
}

void show_hit(const struct show *show, struct str before, struct str hit, struct str after)
{
    struct str left = columns_of(before, SIDE_COLUMNS, true), right = columns_of(after, SIDE_COLUMNS, false);
    printf("%*s%s", TIME_WIDTH, "", left.n < before.n ? "… " : "");
    put(show, SHOW_DIM, left);
    if (show->with_colour) {
        put(show, SHOW_HIT, hit);
    } else {
        printf(">>%.*s<<", STR_ARG(hit));
    }
    put(show, SHOW_DIM, right);
    puts(right.n < after.n ? " …" : "");
    fflush(stdout);
}

void show_output(const struct show *show, struct str text)
{
    while (text.p && text.n > 0) {
        struct str line = str_cut(&text, '\n');
        printf("%*s", TIME_WIDTH, "");
        put(show, SHOW_PLAIN, line);
        putchar('\n');
    }
    fflush(stdout);
}

bool show_check(const struct show *show, bool is_seen, const char *format, ...)
{
    put(show, is_seen ? SHOW_GOOD : SHOW_BAD, is_seen ? S("  ✓ ") : S("  ✗ "));
    va_list args;
    va_start(args, format);
    put_format(show, SHOW_PLAIN, 4, format, args);
    va_end(args);
    return is_seen;
}
