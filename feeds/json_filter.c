// SPDX-License-Identifier: MIT
//
// The filter before yajl. Outside of strings bytes pass, but for trailing commas and endless words; inside, each
// string is held until its quote and is then written whole.
#include "feeds/json_filter.h"

#include "base/utf8.h"

enum { WRITE_BYTES = 16384, WORD_MAX = 64 };

void json_filter_init(struct json_filter *f, size_t string_max, struct repair *repairs)
{
    *f = (struct json_filter){.repairs = repairs, .string_max = string_max};
    buf_init(&f->out, SIZE_MAX);
}

void json_filter_done(struct json_filter *f) { buf_done(&f->out); }

static void write_out(struct json_filter *f)
{
    if (f->out.n > 0)
        f->write(f->context, buf_str(&f->out));
    buf_reset(&f->out);
}

static void mend(struct json_filter *f, enum repair_kind kind) { f->repairs[kind].count++; }

// ---- inside a string

static void add(struct json_filter *f, const char *p, size_t n)
{
    if (f->is_cut)
        return;
    if (f->string_bytes + n > f->string_max) {
        size_t fits = utf8_head(str_make(p, n), f->string_max - f->string_bytes).n;
        n = *p == '\\' ? 0 : fits; // an escape is not cut
        f->is_cut = true;
        mend(f, REPAIR_LIMIT);
    }
    f->string_bytes += n;
    buf_add(&f->out, str_make(p, n));
}

static void settle_high(struct json_filter *f)
{
    if (f->high) {
        mend(f, REPAIR_CHAR_REFERENCE);
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
        mend(f, REPAIR_CHAR_REFERENCE);
        add(f, "\\uFFFD", 6);
    } else if (code < 0x20 && code != '\n' && code != '\t' && code != '\r') {
        mend(f, REPAIR_CONTROL);
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
            mend(f, REPAIR_CONTROL);
        else { // \' and other escapes that JSON does not have
            mend(f, REPAIR_JSON);
            return (unsigned char)ch < 0x20;
        }
        return true;
    }
    if (f->n_escape > 1 && !is_hex) {
        mend(f, REPAIR_JSON);
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

static const char *read_string(struct json_filter *f, const char *p, const char *end)
{
    while (p < end) {
        if (f->n_escape > 0) {
            p += escape_byte(f, *p);
            continue;
        }
        const char *from = p;
        while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
            p++;
        if (p > from) {
            settle_high(f);
            add(f, from, (size_t)(p - from));
        }
        if (p == end)
            return p;
        if (*p == '\\') {
            f->escape[0] = *p++;
            f->n_escape = 1;
            continue;
        }
        settle_high(f);
        if (*p == '"') {
            buf_add_char(&f->out, '"');
            f->is_in_string = f->is_cut = false;
            if (f->out.n >= WRITE_BYTES)
                write_out(f);
            return p + 1;
        }
        mend(f, REPAIR_CONTROL);
        if (*p == '\n' || *p == '\t')
            add(f, *p == '\n' ? "\\n" : "\\t", 2);
        p++;
    }
    return p;
}

// ---- outside

static void settle_comma(struct json_filter *f, char next)
{
    if (!f->has_comma)
        return;
    f->has_comma = false;
    if (next == '}' || next == ']')
        mend(f, REPAIR_JSON);
    else
        buf_add_char(&f->out, ',');
}

// One byte of a comment, or of what may begin one. Returns false where it is none.
static bool comment_byte(struct json_filter *f, char ch)
{
    switch (f->comment) {
    case NO_COMMENT:
        if (ch != '/')
            return false;
        f->comment = SLASH;
        mend(f, REPAIR_JSON);
        break;
    case SLASH:
        f->comment = ch == '/' ? LINE_COMMENT : ch == '*' ? BLOCK_COMMENT : NO_COMMENT;
        return f->comment != NO_COMMENT;
    case LINE_COMMENT: f->comment = ch == '\n' ? NO_COMMENT : LINE_COMMENT; break;
    case BLOCK_COMMENT: f->comment = ch == '*' ? BLOCK_STAR : BLOCK_COMMENT; break;
    case BLOCK_STAR: f->comment = ch == '/' ? NO_COMMENT : ch == '*' ? BLOCK_STAR : BLOCK_COMMENT; break;
    }
    return true;
}

static const char *read_outside(struct json_filter *f, const char *p)
{
    char ch = *p++;
    if (comment_byte(f, ch))
        return p;
    if (!f->is_begun && ch != '{') { // a callback's name, a guard against script inclusion
        if (!char_is_space(ch) && f->repairs[REPAIR_JUNK_BEFORE].count == 0)
            mend(f, REPAIR_JUNK_BEFORE);
        return p;
    }
    f->is_begun = true;
    if (char_is_space(ch)) {
        f->word_bytes = 0;
        buf_add_char(&f->out, ' ');
        return p;
    }
    if (ch == ',') {
        if (f->has_comma)
            mend(f, REPAIR_JSON);
        f->has_comma = true;
        f->word_bytes = 0;
        return p;
    }
    settle_comma(f, ch);
    if (ch == '"') {
        f->is_in_string = true;
        f->string_bytes = f->word_bytes = 0;
    } else if (char_is_alnum(ch) || ch == '-' || ch == '+' || ch == '.') {
        if (++f->word_bytes > WORD_MAX)
            return p; // no number needs as many digits
    } else {
        f->word_bytes = 0;
    }
    buf_add_char(&f->out, ch);
    if (f->out.n >= WRITE_BYTES && !f->is_in_string && f->word_bytes == 0)
        write_out(f);
    return p;
}

void json_filter_read(struct json_filter *f, struct str text)
{
    const char *p = text.p, *end = text.p + text.n;
    while (p < end)
        p = f->is_in_string ? read_string(f, p, end) : read_outside(f, p);
}

void json_filter_end(struct json_filter *f)
{
    if (f->is_in_string) { // the text that there is, closed
        f->n_escape = 0;
        settle_high(f);
        buf_add_char(&f->out, '"');
        mend(f, REPAIR_CUT_OFF);
    }
    write_out(f);
}
