// SPDX-License-Identifier: MIT
//
// Cutting a date's text into tokens. Digits of every script count; letters are folded (case, marks, dots inside: "a.m."
// and "ม.ค." are words), and scripts written without blanks are cut by the longest known word.
#include "feeds/date_token.h"

#include <utf8proc.h>

#include "base/utf8.h"

enum { WORD_BYTES_MAX = 64 }; // folded; the longest in the table has 37

struct word_text {
    char bytes[WORD_BYTES_MAX];
    size_t n;
    size_t letters;
};

// Where each script's zero stands; its digits follow in order.
static const uint32_t zeros[] = {'0',    0x0660, 0x06F0, 0x0966, 0x09E6, 0x0A66, 0x0AE6,
                                 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50, 0xFF10};

static int digit_of(uint32_t code)
{
    for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++)
        if (code >= zeros[i] && code < zeros[i] + 10)
            return (int)(code - zeros[i]);
    return -1;
}

static bool is_mark(uint32_t code)
{
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)code);
    return c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_MC;
}

static bool is_letter(uint32_t code)
{
    if (code < 128)
        return char_is_alpha((char)code);
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)code);
    return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO) || is_mark(code);
}

static bool is_blank(uint32_t code)
{
    return code <= ' ' || (code >= 0x7F && code <= 0xA0) || (code >= 0x2000 && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202F) || (code >= 0x2066 && code <= 0x2069) || code == 0x3000 ||
           code == 0xFEFF || code == 0xAD;
}

// Han, kana and Hangul: words are not parted by blanks.
static bool is_unspaced(uint32_t code)
{
    return (code >= 0x3040 && code <= 0x9FFF) || (code >= 0xAC00 && code <= 0xD7A3);
}

static uint32_t plain_sign(uint32_t code)
{
    if ((code >= 0x2010 && code <= 0x2015) || code == 0x2212 || code == 0xFE63)
        return '-';
    if (code >= 0xFF01 && code <= 0xFF5E)
        return code - 0xFF01 + '!';
    return code;
}

static void add_code(struct word_text *w, uint32_t code)
{
    char bytes[4];
    size_t n = utf8_encode(code, bytes);
    if (w->n + n > sizeof w->bytes)
        return;
    memcpy(w->bytes + w->n, bytes, n);
    w->n += n;
}

// Adds a letter as the table holds it: lower case, without marks, decomposed but for Hangul.
static void add_folded(struct word_text *w, uint32_t code)
{
    if (code < 128) {
        add_code(w, (uint32_t)(unsigned char)char_lower((char)code));
        return;
    }
    if (code >= 0xAC00 && code <= 0xD7A3) {
        add_code(w, code);
        return;
    }
    utf8proc_int32_t parts[8];
    int boundary = 0;
    utf8proc_ssize_t n = utf8proc_decompose_char(utf8proc_tolower((utf8proc_int32_t)code), parts, 8,
                                                 UTF8PROC_DECOMPOSE, &boundary);
    for (utf8proc_ssize_t i = 0; i < n && i < 8; i++) {
        uint32_t part = (uint32_t)parts[i];
        bool is_vowel = part >= 0x900 && part <= 0xEFF && !(part >= 0xE48 && part <= 0xE4C); // of India, and Thai
        bool is_dropped = !is_vowel && utf8proc_category(parts[i]) == UTF8PROC_CATEGORY_MN;
        if (!is_dropped && part != 0x2BC && part != 0x2019)
            add_code(w, part == 0x3C2 ? 0x3C3 : part == 0x131 ? 'i' : part);
    }
}

static void give_meanings(struct token *t, struct str folded, bool is_unspaced_word)
{
    size_t n = 0;
    const struct date_word *readings = date_word_find(folded, &n);
    for (size_t i = 0; i < n; i++) {
        t->meanings |= 1u << readings[i].kind;
        t->values[readings[i].kind] = readings[i].value;
    }
    t->rule = date_region_find(folded);
    t->first = folded.n && (signed char)folded.p[0] > 0 ? folded.p[0] : 0;
    t->is_korean = is_unspaced_word && n && folded.n >= 3 && (unsigned char)folded.p[0] >= 0xEA &&
                   (unsigned char)folded.p[0] <= 0xED;
}

// Takes the longest known word at the start of a run of Han, kana or Hangul; an unknown character alone. Returns the
// bytes taken.
static size_t take_unspaced(struct str run, struct token *t)
{
    for (size_t n = run.n < 21 ? run.n : 21; n > 0; n--) {
        size_t known = 0;
        if (date_word_find(str_head(run, n), &known)) {
            give_meanings(t, str_head(run, n), true);
            t->letters = utf8_count(str_head(run, n));
            return n;
        }
    }
    t->letters = 1;
    return utf8_length(run);
}

// Takes a word: letters; dots and apostrophes between letters; and in names of zones slash, underline and hyphen.
static size_t take_word(struct str s, struct token *t)
{
    struct word_text w = {.n = 0};
    size_t at = 0;
    bool is_zone = false;
    while (at < s.n) {
        uint32_t code = 0, next = 0;
        size_t n = utf8_decode(str_from(s, at), &code);
        if (at + n < s.n)
            utf8_decode(str_from(s, at + n), &next);
        bool joins = is_letter(next) && !is_unspaced(next);
        if (is_letter(code) && !is_unspaced(code)) {
            add_folded(&w, code);
            w.letters++;
        } else if ((code == '/' || code == '_') && joins && w.n) {
            add_code(&w, code);
            is_zone = true;
        } else if (is_zone && code == '-' && joins) {
            add_code(&w, code);
        } else if (is_zone && str_starts(str_make(w.bytes, w.n), S("etc/gmt")) &&
                   (code == '+' || code == '-' || char_is_digit((char)(code & 0x7F)))) {
            add_code(&w, code);
        } else if (!((code == '.' || code == '\'' || code == 0x2019 || code == 0x200C) && joins)) {
            break;
        }
        at += n;
    }
    give_meanings(t, str_make(w.bytes, w.n), false);
    t->letters = w.letters;
    return at;
}

// Takes a number in digits of any script, and the English or French ordinal ending that touches it.
static size_t take_number(struct str s, struct token *t)
{
    size_t at = 0;
    while (at < s.n) {
        uint32_t code = 0;
        size_t n = utf8_decode(str_from(s, at), &code);
        int digit = digit_of(code);
        if (digit < 0)
            break;
        if (++t->digits > 18)
            return 0;
        t->number = t->number * 10 + (uint64_t)digit;
        at += n;
    }
    return at;
}

// Joins "a . m", "p. m." and two words that the table knows as one: returns whether `t` was swallowed by `before`.
static bool join_words(struct token *before, const struct token *t, struct str text, size_t start, size_t end)
{
    if (!before || before->kind != TOKEN_WORD || !t->is_spaced)
        return false;
    bool is_half = before->letters == 1 && t->letters == 1 && t->first == 'm' &&
                   (before->first == 'a' || before->first == 'p');
    if (is_half) {
        before->meanings = 1u << WORD_HALF;
        before->values[WORD_HALF] = before->first == 'p' ? 12 : 0;
        return true;
    }
    struct word_text w = {.n = 0};
    for (size_t at = start; at < end;) {
        uint32_t code = 0;
        at += utf8_decode(str_make(text.p + at, end - at), &code);
        if (is_blank(code))
            add_code(&w, ' ');
        else
            add_folded(&w, code);
    }
    size_t n = 0;
    if (!date_word_find(str_make(w.bytes, w.n), &n))
        return false;
    struct token joined = {.kind = TOKEN_WORD, .is_spaced = before->is_spaced, .letters = before->letters + t->letters};
    give_meanings(&joined, str_make(w.bytes, w.n), false);
    *before = joined;
    return true;
}

size_t date_tokens(struct str text, struct token out[DATE_TOKENS_MAX + 1])
{
    size_t n = 0, at = 0, last_start = 0;
    bool is_spaced = false;
    while (at < text.n) {
        uint32_t code = 0;
        struct str rest = str_from(text, at);
        size_t taken = utf8_decode(rest, &code);
        if (is_blank(code)) {
            is_spaced = true;
            at += taken;
            continue;
        }
        if (code == '.' && !is_spaced && n && out[n - 1].kind == TOKEN_WORD) {
            at += taken; // of an abbreviation
            continue;
        }
        if (n == DATE_TOKENS_MAX)
            return 0;
        struct token *t = &out[n];
        *t = (struct token){.kind = TOKEN_SIGN, .is_spaced = is_spaced, .sign = plain_sign(code)};
        if (digit_of(code) >= 0) {
            t->kind = TOKEN_NUMBER;
            taken = take_number(rest, t);
        } else if (is_letter(code)) {
            t->kind = TOKEN_WORD;
            taken = is_unspaced(code) ? take_unspaced(rest, t) : take_word(rest, t);
        }
        if (taken == 0)
            return 0;
        bool is_joined = t->kind == TOKEN_WORD && n && join_words(&out[n - 1], t, text, last_start, at + taken);
        if (!is_joined) {
            last_start = at;
            n++;
        }
        at += taken;
        is_spaced = false;
    }
    out[n] = (struct token){.kind = TOKEN_END};
    return n;
}
