// SPDX-License-Identifier: MIT
//
// The filter before yajl: strings. Each is held until its quote and is then written whole, with what JSON does not
// have in a string mended. What stands between strings is json_grammar.c's.
//
// A quote inside a string that nobody escaped ("a "b" c") is told from its end by what follows: behind the end of a
// value stands a comma, a bracket, or the next quote where a comma was forgotten.
#include "feeds/json_filter.h"

#include "base/utf8.h"

enum { WRITE_BYTES = 16384 };

void json_filter_init(struct json_filter *f, size_t string_max, struct repair *repairs)
{
    *f = (struct json_filter){.repairs = repairs, .string_max = string_max, .line = 1, .col = 1};
    buf_init(&f->out, SIZE_MAX);
}

void json_filter_done(struct json_filter *f) { buf_done(&f->out); }

static void write_out(struct json_filter *f)
{
    if (f->out.n > 0)
        f->write(f->context, buf_str(&f->out));
    buf_reset(&f->out);
    f->token_at = f->string_at = SIZE_MAX;
}

static void count_lines(struct json_filter *f, const char *to)
{
    while (f->counted < to) {
        const char *end = memchr(f->counted, '\n', (size_t)(to - f->counted));
        f->line += end != NULL;
        f->col = end ? 1 : f->col + (uint32_t)(to - f->counted);
        f->counted = end ? end + 1 : to;
    }
}

void json_mend(struct json_filter *f, enum repair_kind kind)
{
    struct repair *repair = &f->repairs[kind];
    if (repair->count++ > 0)
        return;
    count_lines(f, f->at);
    repair->line = f->line;
    repair->col = f->col;
}

void json_put(struct json_filter *f, const char *p, size_t n)
{
    if (f->n_skipped == 0)
        buf_add(&f->out, str_make(p, n));
}

// ---- inside a string

static void add(struct json_filter *f, const char *p, size_t n)
{
    if (f->is_cut)
        return;
    if (f->string_bytes + n > f->string_max) {
        size_t fits = utf8_head(str_make(p, n), f->string_max - f->string_bytes).n;
        n = *p == '\\' ? 0 : fits; // an escape is not cut
        f->is_cut = true;
        json_mend(f, REPAIR_LIMIT);
    }
    f->string_bytes += n;
    json_put(f, p, n);
}

static void settle_high(struct json_filter *f)
{
    if (f->high) {
        json_mend(f, REPAIR_CHAR_REFERENCE);
        add(f, "\\uFFFD", 6);
    }
    f->high = 0;
}

static uint32_t hex4(const char *p)
{
    uint32_t code = 0;
    for (int i = 0; i < 4; i++) {
        char ch = char_lower(p[i]);
        code = code * 16 + (uint32_t)(char_is_digit(ch) ? ch - '0' : ch - 'a' + 10);
    }
    return code;
}

// The escape \uXXXX is whole.
static void unicode_escape(struct json_filter *f)
{
    uint32_t code = hex4(f->escape + 2);
    bool is_low = code >= 0xdc00 && code < 0xe000;
    if (f->high && is_low) {
        char pair[4];
        uint32_t whole = 0x10000 + ((f->high - 0xd800) << 10) + (code - 0xdc00);
        f->high = 0;
        add(f, pair, utf8_encode(whole, pair));
        return;
    }
    settle_high(f);
    if (code >= 0xd800 && code < 0xdc00) {
        f->high = code;
    } else if (is_low || code == 0xfffe || code == 0xffff) {
        json_mend(f, REPAIR_CHAR_REFERENCE);
        add(f, "\\uFFFD", 6);
    } else if (code < 0x20 && code != '\n' && code != '\t' && code != '\r') {
        json_mend(f, REPAIR_CONTROL);
    } else {
        add(f, f->escape, f->n_escape);
    }
}

// One more byte of an escape sequence. Returns false where the byte is no part of it.
static bool escape_byte(struct json_filter *f, char ch)
{
    bool is_hex = char_is_digit(ch) || (char_lower(ch) >= 'a' && char_lower(ch) <= 'f');
    if (f->n_escape == 1 && ch != 'u') {
        f->n_escape = 0;
        settle_high(f);
        char pair[2] = {'\\', ch};
        if (strchr("\"\\/nrt", ch) && ch)
            add(f, pair, 2);
        else if (ch == 'b' || ch == 'f')
            json_mend(f, REPAIR_CONTROL);
        else { // \' and other escapes that JSON does not have
            json_mend(f, REPAIR_JSON);
            return (unsigned char)ch < 0x20;
        }
        return true;
    }
    if (f->n_escape > 1 && !is_hex) {
        json_mend(f, REPAIR_JSON);
        f->n_escape = 0;
        settle_high(f);
        return false;
    }
    f->escape[f->n_escape++] = ch;
    if (f->n_escape == 6) {
        unicode_escape(f);
        f->n_escape = 0;
    }
    return true;
}

// A byte that strings have only after mending. Returns where to go on.
static const char *odd_byte(struct json_filter *f, const char *p)
{
    f->at = p;
    if (*p == '\\') {
        f->escape[0] = *p;
        f->n_escape = 1;
        return p + 1;
    }
    settle_high(f);
    if (*p == f->quote) {
        f->part = BEHIND_QUOTE;
        f->n_blanks = 0;
    } else if (*p == '"') { // inside single quotes
        add(f, "\\\"", 2);
    } else if ((unsigned char)*p < 0x20) {
        json_mend(f, REPAIR_CONTROL);
        if (*p == '\n' || *p == '\t')
            add(f, *p == '\n' ? "\\n" : "\\t", 2);
    } else {
        add(f, p, 1);
    }
    return p + 1;
}

static const char *read_string(struct json_filter *f, const char *p, const char *end)
{
    while (p < end && f->part == IN_STRING) {
        if (f->n_escape > 0) {
            f->at = p;
            p += escape_byte(f, *p);
            continue;
        }
        const char *from = p;
        while (p < end && *p != '"' && *p != f->quote && *p != '\\' && (unsigned char)*p >= 0x20)
            p++;
        if (p > from) {
            settle_high(f);
            add(f, from, (size_t)(p - from));
        }
        if (p < end)
            p = odd_byte(f, p);
    }
    return p;
}

static void close_string(struct json_filter *f)
{
    json_put(f, "\"", 1);
    f->part = OUTSIDE;
    f->is_cut = false;
    json_token_done(f);
}

// A byte behind a quote: it tells whether the string ended there. Returns whether it was taken.
static bool behind_quote(struct json_filter *f, char ch)
{
    if (!f->is_key && char_is_space(ch) && f->n_blanks < sizeof f->blanks) {
        f->blanks[f->n_blanks++] = ch;
        return true;
    }
    bool is_end = f->is_key || char_is_space(ch) || (ch && strchr(",:}]\"'/#", ch));
    if (is_end) {
        close_string(f);
        return false;
    }
    json_mend(f, REPAIR_JSON);
    add(f, f->quote == '"' ? "\\\"" : "'", f->quote == '"' ? 2 : 1);
    for (size_t i = 0; i < f->n_blanks; i++)
        add(f, " ", 1);
    f->part = IN_STRING;
    return false;
}

// ---- the whole

static void read_outside(struct json_filter *f, char ch)
{
    if (json_outside(f, ch)) {
        f->part = IN_STRING;
        f->string_bytes = 0;
        f->string_at = f->out.n;
        json_put(f, "\"", 1);
    } else if (f->out.n >= WRITE_BYTES) {
        write_out(f);
    }
}

void json_filter_read(struct json_filter *f, struct str text)
{
    const char *p = text.p, *end = text.p + text.n;
    f->counted = f->at = p;
    while (p < end) {
        f->at = p;
        switch (f->part) {
        case IN_STRING: p = read_string(f, p, end); break;
        case BEHIND_QUOTE: p += behind_quote(f, *p); break;
        case OUTSIDE: read_outside(f, *p++); break;
        }
    }
    count_lines(f, end);
    f->at = f->counted = NULL;
}

void json_filter_end(struct json_filter *f)
{
    if (f->part == IN_STRING) { // the text that there is, closed
        f->n_escape = 0;
        settle_high(f);
        json_mend(f, REPAIR_CUT_OFF);
    }
    if (f->part != OUTSIDE)
        close_string(f);
    json_settle(f);
    write_out(f);
}
