// SPDX-License-Identifier: MIT
//
// The filter before yajl: what stands between strings. It follows JSON's grammar and supplies what is missing (commas,
// colons, values, quotes around names), drops what is too much (commas, comments, signs that JSON does not have), and
// writes the literals of other languages as JSON's.
//
//   WANT_KEY   "a"   WANT_COLON   :   WANT_VALUE   1   WANT_COMMA   ,   WANT_KEY ...      inside of { }
//   WANT_VALUE  1    WANT_COMMA   ,   WANT_VALUE ...                                      inside of [ ]
//
// A comma is written when something follows it. What is nested deeper than JSON_DEPTH_MAX becomes null.
#include "feeds/json_filter.h"

static void put(struct json_filter *f, struct str text) { json_put(f, text.p, text.n); }

static bool in_object(const struct json_filter *f) { return f->n_open > 0 && f->open[f->n_open - 1] == '{'; }

void json_token_done(struct json_filter *f)
{
    if (f->want == WANT_VALUE && f->n_open > 0 && f->n_skipped == 0 && f->plain[f->n_open - 1] < 254)
        f->plain[f->n_open - 1]++;
    f->want = f->want == WANT_KEY ? WANT_COLON : WANT_COMMA;
}

// A key or a value begins: writes what must stand before it.
static void token_begins(struct json_filter *f)
{
    f->token_at = f->out.n;
    f->string_at = SIZE_MAX;
    if (f->want == WANT_COMMA) {
        json_mend(f, REPAIR_JSON);
        put(f, S(","));
        f->want = in_object(f) ? WANT_KEY : WANT_VALUE;
    } else if (f->want == WANT_COLON) {
        json_mend(f, REPAIR_JSON);
        put(f, S(":"));
        f->want = WANT_VALUE;
    }
    if (f->has_comma)
        put(f, S(","));
    f->has_comma = false;
}

// A comma or a bracket comes where a value is due.
static void supply_value(struct json_filter *f)
{
    bool is_due = f->want == WANT_COLON || (f->want == WANT_VALUE && in_object(f));
    if (!is_due)
        return;
    json_mend(f, REPAIR_JSON);
    put(f, f->want == WANT_COLON ? S(":null") : S("null"));
    f->want = WANT_COMMA;
}

// ---- words

// Tells whether a word is a number as JSON has it.
static bool is_number(struct str s)
{
    size_t i = s.n && s.p[0] == '-' ? 1 : 0, from = i;
    while (i < s.n && char_is_digit(s.p[i]))
        i++;
    if (i == from || (s.p[from] == '0' && i > from + 1))
        return false;
    if (i < s.n && s.p[i] == '.') {
        from = ++i;
        while (i < s.n && char_is_digit(s.p[i]))
            i++;
        if (i == from)
            return false;
    }
    if (i < s.n && char_lower(s.p[i]) == 'e') {
        i++;
        i += i < s.n && (s.p[i] == '+' || s.p[i] == '-');
        from = i;
        while (i < s.n && char_is_digit(s.p[i]))
            i++;
        if (i == from)
            return false;
    }
    return i == s.n;
}

// Returns the literal that a word means; empty where it is none.
static struct str literal(struct str word)
{
    static const struct { struct str word, means; } rows[] = {
        {STR("true"), STR("true")},       {STR("false"), STR("false")},        {STR("null"), STR("null")},
        {STR("none"), STR("null")},       {STR("nil"), STR("null")},           {STR("undefined"), STR("null")},
        {STR("nan"), STR("null")},        {STR("infinity"), STR("null")},      {STR("-infinity"), STR("null")},
        {STR("-nan"), STR("null")},       {STR("inf"), STR("null")},           {STR("-inf"), STR("null")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_eq_nocase(word, rows[i].word))
            return rows[i].means;
    }
    return (struct str){NULL, 0};
}

static void word_ends(struct json_filter *f)
{
    struct str word = str_make(f->word, f->n_word), means = literal(word);
    f->n_word = 0;
    if (word.n == 0)
        return;
    token_begins(f);
    if (f->want == WANT_VALUE && is_number(word)) {
        put(f, word);
    } else if (f->want == WANT_VALUE && means.n) {
        if (!str_eq(word, means))
            json_mend(f, REPAIR_JSON);
        put(f, means);
    } else { // a name without quotes, a number as JSON does not have it
        json_mend(f, REPAIR_JSON);
        put(f, S("\""));
        put(f, word);
        put(f, S("\""));
    }
    json_token_done(f);
}

// Words consist of characters that need no escape inside quotes. A longer one is cut: no number needs as many digits.
static bool word_byte(struct json_filter *f, char ch)
{
    bool is_part = char_is_alnum(ch) || (unsigned char)ch >= 0x80 || (ch && strchr("+-._$", ch));
    if (is_part && f->n_word < sizeof f->word && (unsigned char)ch < 0x80)
        f->word[f->n_word++] = ch;
    return is_part;
}

// ---- brackets

static void close_one(struct json_filter *f);

// An object where a name should stand, in an element of a list: the element before was not closed.
static bool is_unclosed(const struct json_filter *f, char ch)
{
    bool is_element = in_object(f) && f->n_open > 1 && f->open[f->n_open - 2] == '[';
    return ch == '{' && is_element && f->n_skipped == 0 && (f->want == WANT_KEY || f->want == WANT_COMMA);
}

static void open_bracket(struct json_filter *f, char ch)
{
    if (is_unclosed(f, ch) && (f->has_comma || f->want == WANT_COMMA)) {
        json_mend(f, REPAIR_JSON);
        close_one(f);
    }
    token_begins(f);
    if (f->want == WANT_KEY) { // an object where a name should stand
        json_mend(f, REPAIR_JSON);
        put(f, S("\"\":"));
    }
    if (f->n_skipped > 0 || f->n_open == JSON_DEPTH_MAX) {
        if (f->n_skipped++ == 0)
            json_mend(f, REPAIR_LIMIT);
        f->want = WANT_VALUE;
        return;
    }
    json_put(f, &ch, 1);
    if (f->n_open > 0)
        f->plain[f->n_open - 1] = 255;
    f->plain[f->n_open] = 0;
    f->open[f->n_open++] = ch;
    f->want = ch == '{' ? WANT_KEY : WANT_VALUE;
}

static void close_one(struct json_filter *f)
{
    supply_value(f);
    if (f->has_comma)
        json_mend(f, REPAIR_JSON);
    f->has_comma = false;
    put(f, in_object(f) ? S("}") : S("]"));
    f->n_open--;
    f->want = f->n_open > 0 ? WANT_COMMA : WANT_NOTHING;
}

static void close_down(struct json_filter *f, char open)
{
    uint32_t level = f->n_open;
    while (level > 0 && f->open[level - 1] != open)
        level--;
    if (level == 0 || level < f->n_open)
        json_mend(f, REPAIR_JSON);
    while (level > 0 && f->n_open >= level) // those in between were not closed
        close_one(f);
}

static bool is_innermost(const struct json_filter *f, char close)
{
    return f->n_open > 0 && f->open[f->n_open - 1] == (close == '}' ? '{' : '[');
}

void json_settle(struct json_filter *f)
{
    if (f->held)
        close_down(f, f->held == '}' ? '{' : '[');
    f->held = 0;
}

// One that would end the root, or more than what it belongs to, is held back: with a comma behind it, it is one too
// many.
static void close_bracket(struct json_filter *f, char ch)
{
    char open = ch == '}' ? '{' : '[';
    if (f->n_skipped > 0) {
        if (--f->n_skipped == 0) {
            put(f, S("null"));
            f->has_comma = false;
            f->want = WANT_COMMA;
        }
    } else if (f->n_open > 1 && f->open[f->n_open - 1] == open) {
        close_one(f);
    } else {
        f->held = ch;
    }
}

// Returns whether the byte behind the held bracket was taken with it.
static bool settle_by(struct json_filter *f, char next)
{
    bool is_swapped = f->held && f->n_open > 1 && next == (f->held == '}' ? ']' : '}') && !is_innermost(f, f->held);
    if (next == ',') {
        json_mend(f, REPAIR_JSON);
        f->held = 0;
    }
    json_settle(f);
    return is_swapped;
}

static void insert(struct json_filter *f, size_t at, char ch)
{
    buf_add_char(&f->out, ch);
    memmove(f->out.p + at + 1, f->out.p + at, f->out.n - 1 - at);
    f->out.p[at] = ch;
}

// A colon behind a string in a list: the bracket before it is missing. Where the list is an item's and something stands
// in it, that is the one that ends it, else the one that begins an object.
static void colon_behind_value(struct json_filter *f)
{
    json_mend(f, REPAIR_JSON);
    if (f->want != WANT_COMMA || f->n_open == 0 || f->n_skipped > 0 || f->string_at == SIZE_MAX || in_object(f))
        return;
    uint8_t plain = f->plain[f->n_open - 1];
    bool is_list_of_strings = plain > 1 && plain < 255;
    if (is_list_of_strings || (plain > 1 && f->n_open > 2)) {
        insert(f, f->token_at, ']');
        f->n_open--;
    } else if (f->n_open < JSON_DEPTH_MAX) {
        insert(f, f->string_at, '{');
        f->plain[f->n_open - 1] = 255;
        f->plain[f->n_open] = 0;
        f->open[f->n_open++] = '{';
    } else {
        return;
    }
    put(f, S(":"));
    f->want = WANT_VALUE;
}

// ---- comments, signs

// One byte of a comment, or of what may begin one. Returns false where it is none.
static bool comment_byte(struct json_filter *f, char ch)
{
    switch (f->comment) {
    case NO_COMMENT:
        if (ch != '/' && (ch != '#' || f->want == WANT_ROOT))
            return false;
        if (f->before == ':') // of an address without quotes
            return false;
        f->comment = ch == '/' ? SLASH : LINE_COMMENT;
        json_mend(f, REPAIR_JSON);
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

static void comma(struct json_filter *f)
{
    supply_value(f);
    if (f->want != WANT_COMMA || f->n_open == 0) {
        json_mend(f, REPAIR_JSON); // one too many
        return;
    }
    f->has_comma = true;
    f->want = in_object(f) ? WANT_KEY : WANT_VALUE;
}

// A callback's name, a guard against script inclusion, a server's warning before the root.
static void before_root(struct json_filter *f, char ch)
{
    if (ch == '{') {
        f->want = WANT_VALUE;
        open_bracket(f, ch);
    } else if (!char_is_space(ch) && f->repairs[REPAIR_JUNK_BEFORE].count == 0) {
        json_mend(f, REPAIR_JUNK_BEFORE);
    }
}

bool json_outside(struct json_filter *f, char ch)
{
    bool is_comment = f->want == WANT_NOTHING || comment_byte(f, ch);
    f->before = ch;
    if (is_comment)
        return false;
    if (f->want == WANT_ROOT) {
        before_root(f, ch);
        return false;
    }
    if (f->held && !char_is_space(ch) && settle_by(f, ch))
        return false;
    if (f->want == WANT_NOTHING || word_byte(f, ch))
        return false;
    word_ends(f);
    switch (ch) {
    case '"': case '\'':
        token_begins(f);
        f->quote = ch;
        f->is_key = f->want == WANT_KEY;
        if (ch == '\'')
            json_mend(f, REPAIR_JSON);
        return true;
    case '{': case '[': open_bracket(f, ch); break;
    case '}': case ']': close_bracket(f, ch); break;
    case ',': comma(f); break;
    case ':':
        if (f->want == WANT_COLON) {
            put(f, S(":"));
            f->want = WANT_VALUE;
        } else {
            colon_behind_value(f);
        }
        break;
    default:
        if (!char_is_space(ch))
            json_mend(f, REPAIR_JSON);
        break;
    }
    return false;
}
