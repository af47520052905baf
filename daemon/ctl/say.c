// SPDX-License-Identifier: MIT
//
// Output of feedwatchctl. See say.h.
#include "daemon/ctl/say.h"

#include <errno.h>
#include <stdio.h>

#include "base/utf8.h"

int say(struct buf *text)
{
    bool is_written = fwrite(buf_z(text), 1, text->n, stdout) == text->n && fflush(stdout) == 0;
    if (is_written || errno == EPIPE)
        return CTL_OK;
    fprintf(stderr, "feedwatchctl: standard output cannot be written: %s\n", strerror(errno));
    return CTL_TEMPORARY;
}

static int add_bytes(const char *p, size_t n, void *out) { return buf_add(out, str_make(p, n)) ? 0 : -1; }

bool say_is_steering(uint32_t code)
{
    return (code >= 0x7f && code <= 0x9f) || code == 0x61c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

void say_json_line(const json_t *value, bool is_indented, struct buf *out)
{
    struct buf raw;
    buf_init(&raw, SAY_BYTES_MAX);
    json_dump_callback(value, add_bytes, &raw, JSON_ENCODE_ANY | (is_indented ? JSON_INDENT(2) : JSON_COMPACT));
    struct str rest = buf_str(&raw);
    for (size_t i = 0; i < rest.n;) { // such characters stand in strings only, so an escape means the same
        size_t plain = i;
        while (plain < rest.n && rest.p[plain] > 0 && rest.p[plain] < 0x7f)
            plain++;
        buf_add(out, str_make(rest.p + i, plain - i));
        i = plain;
        if (i == rest.n)
            break;
        uint32_t code;
        size_t n = utf8_decode(str_from(rest, i), &code);
        if (say_is_steering(code))
            buf_addf(out, "\\u%04x", code);
        else
            buf_add(out, str_make(rest.p + i, n));
        i += n;
    }
    buf_add_char(out, '\n');
    buf_done(&raw);
}

int say_json(const struct ctl_call *call, const json_t *value)
{
    struct buf text;
    buf_init(&text, SAY_BYTES_MAX);
    say_json_line(value, call->columns > 0, &text);
    int code = say(&text);
    buf_done(&text);
    return code;
}

int say_error(const struct ctl_call *call, int code, const char *next, const char *format, ...)
{
    struct buf raw, clean;
    buf_init(&raw, 64 << 10);
    buf_init(&clean, 64 << 10);
    va_list args;
    va_start(args, format);
    buf_addv(&raw, format, args);
    va_end(args);
    // Diagnostics have several lines, each is sanitised by itself.
    for (struct str rest = str_trim(buf_str(&raw)); rest.p;) {
        utf8_sanitise(str_cut(&rest, '\n'), &clean);
        if (rest.p)
            buf_add_char(&clean, '\n');
    }
    fprintf(stderr, "feedwatchctl: %s\n", buf_z(&clean));
    if (next && next[0])
        fprintf(stderr, "  next: %s\n", next);
    if (call->is_json) {
        json_t *object = json_pack("{s:s, s:s*, s:i}", "error", buf_z(&clean), "next", next, "exit", code);
        say_json(call, object);
        json_decref(object);
    }
    buf_done(&raw);
    buf_done(&clean);
    return code;
}

const char *say_mark(const struct ctl_call *call, enum say_mark mark)
{
    if (!call->has_colour)
        return "";
    switch (mark) {
    case SAY_PLAIN: return "\033[0m";
    case SAY_BOLD: return "\033[1m";
    case SAY_DIM: return "\033[2m";
    case SAY_RED: return "\033[31m";
    case SAY_GREEN: return "\033[32m";
    case SAY_YELLOW: return "\033[33m";
    }
    return "";
}

void say_text(struct buf *out, struct str text) { utf8_sanitise(text, out); }

void say_span(struct buf *out, int64_t ms)
{
    long long s = ms / SECOND_MS, m = s / 60, h = m / 60, d = h / 24;
    if (ms < SECOND_MS)
        buf_addf(out, "%lldms", (long long)ms);
    else if (m == 0)
        buf_addf(out, "%llds", s);
    else if (m < 10 && s % 60 != 0)
        buf_addf(out, "%lldm %02llds", m, s % 60);
    else if (h == 0)
        buf_addf(out, "%lldm", m);
    else if (d == 0)
        buf_addf(out, "%lldh %02lldm", h, m % 60);
    else
        buf_addf(out, "%lldd %lldh", d, h % 24);
}

void say_moment(struct buf *out, wall_t at, wall_t now)
{
    int64_t ms = wall_diff(at, now);
    if (at.ms == 0)
        buf_add(out, S("never"));
    else if (ms > -SECOND_MS && ms < SECOND_MS)
        buf_add(out, S("now"));
    else if (ms > 0) {
        buf_add(out, S("in "));
        say_span(out, ms);
    } else {
        say_span(out, -ms);
        buf_add(out, S(" ago"));
    }
}

void say_clock(struct buf *out, wall_t at, wall_t now)
{
    char utc[WALL_RFC3339_BYTES];
    buf_addf(out, "%s (", wall_rfc3339(at, false, utc));
    say_moment(out, at, now);
    buf_add_char(out, ')');
}

void say_count(struct buf *out, const char *before, size_t n, const char *what)
{
    buf_addf(out, "%s%zu %s%s", before, n, what, n == 1 ? "" : "s");
}

void say_bytes(struct buf *out, int64_t n)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)n;
    size_t u = 0;
    for (; value >= 1024 && u + 1 < sizeof units / sizeof units[0]; u++)
        value /= 1024;
    buf_addf(out, u == 0 ? "%.0f %s" : "%.1f %s", value, units[u]);
}
