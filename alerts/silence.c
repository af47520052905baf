// SPDX-License-Identifier: MIT
//
// Matchers of silences: reading and meeting. See silence.h; the list is silence_list.c.
#include "alerts/silence.h"

#include "base/utf8.h"

struct reader {
    struct str text;
    size_t at;
};

static bool fail_at(const struct reader *r, size_t at, const char *what, struct str found, struct err *err)
{
    uint32_t col = (uint32_t)utf8_count(str_head(r->text, at)) + 1;
    return err_set_at(err, 1, col, "%s%s%.*s%s", what, found.n ? ", found \"" : "", STR_ARG(utf8_head(found, 60)),
                      found.n ? "\"" : "");
}

static char peek(const struct reader *r) { return r->at < r->text.n ? r->text.p[r->at] : '\0'; }

static const struct {
    struct str name;
    enum silence_field field;
} fields[] = {
    {STR("rule"), SILENCE_RULE}, {STR("feed"), SILENCE_FEED},   {STR("severity"), SILENCE_SEVERITY},
    {STR("tag"), SILENCE_TAG},   {STR("title"), SILENCE_TITLE}, {STR("url"), SILENCE_URL},
};

static bool read_field(struct reader *r, enum silence_field *out, struct err *err)
{
    size_t start = r->at;
    while (char_is_alpha(peek(r)))
        r->at++;
    struct str name = str_make(r->text.p + start, r->at - start);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (str_eq(fields[i].name, name)) {
            *out = fields[i].field;
            return true;
        }
    }
    size_t end = start;
    while (end < r->text.n && !char_is_space(r->text.p[end]))
        end++;
    return fail_at(r, start, "expected one of rule= feed= severity= tag= title= url=",
                   str_make(r->text.p + start, end - start), err);
}

static bool read_operator(struct reader *r, enum silence_field field, enum silence_operator *out, struct err *err)
{
    struct str rest = str_from(r->text, r->at);
    static const struct {
        struct str text;
        enum silence_operator op;
    } operators[] = {
        {STR("="), SILENCE_IS},
        {STR("!="), SILENCE_IS_NOT},
        {STR("<="), SILENCE_AT_MOST},
        {STR(">="), SILENCE_AT_LEAST},
    };
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (!str_starts(rest, operators[i].text))
            continue;
        if (operators[i].op >= SILENCE_AT_MOST && field != SILENCE_SEVERITY)
            return fail_at(r, r->at, "only severity has an order: expected = or !=", operators[i].text, err);
        r->at += operators[i].text.n;
        *out = operators[i].op;
        return true;
    }
    return fail_at(r, r->at, field == SILENCE_SEVERITY ? "expected =, !=, <= or >=" : "expected = or !=",
                   str_head(rest, utf8_length(rest)), err);
}

static bool read_value(struct reader *r, struct str *out, struct err *err)
{
    size_t start = r->at;
    if (peek(r) == '"') {
        struct str rest = str_from(r->text, start + 1);
        size_t n = str_find_char(rest, '"');
        if (n == rest.n)
            return fail_at(r, start, "a quote that is not closed", S(""), err);
        *out = str_head(rest, n);
        r->at = start + n + 2;
    } else {
        while (r->at < r->text.n && !char_is_space(r->text.p[r->at]))
            r->at++;
        *out = str_make(r->text.p + start, r->at - start);
    }
    if (out->n == 0)
        return fail_at(r, start, "expected a value; * stands for anything", S(""), err);
    if (r->at < r->text.n && !char_is_space(r->text.p[r->at]))
        return fail_at(r, r->at, "expected a blank after the value", S(""), err);
    return true;
}

static bool read_severity(struct reader *r, size_t at, struct silence_term *term, struct err *err)
{
    if (severity_of(term->pattern, &term->severity))
        return true;
    return fail_at(r, at, "expected debug, info, notice, warning or critical", term->pattern, err);
}

bool silence_parse(struct str text, struct silence_matcher *out, struct err *err)
{
    if (text.n > SILENCE_TEXT_BYTES)
        return err_set(err, "a matcher has at most %d bytes", SILENCE_TEXT_BYTES);
    struct reader r = {.text = text};
    struct silence_matcher matcher = {0};
    for (;;) {
        while (char_is_space(peek(&r)))
            r.at++;
        if (r.at >= text.n)
            break;
        if (matcher.n == SILENCE_TERMS_MAX)
            return fail_at(&r, r.at, "a matcher has at most 8 terms", S(""), err);
        struct silence_term term = {0};
        if (!read_field(&r, &term.field, err) || !read_operator(&r, term.field, &term.op, err))
            return false;
        size_t at = r.at;
        if (!read_value(&r, &term.pattern, err))
            return false;
        if (term.field == SILENCE_SEVERITY && !read_severity(&r, at, &term, err))
            return false;
        matcher.terms[matcher.n++] = term;
    }
    if (matcher.n == 0)
        return fail_at(&r, 0, "expected what to silence, as rule=NAME; rule=* silences everything", S(""), err);
    *out = matcher;
    return true;
}

// Reads one character, folded for comparing without case: simple lower case by Unicode would need tables here; the
// letters of ASCII are enough for names, and other letters compare as they are.
static char fold(char c) { return char_lower(c); }

// Matches a pattern with `*` against all of a text. Linear but for the product of the longest run of no stars: on a
// mismatch only the last star takes one more character.
static bool glob(struct str pattern, struct str text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, retry = 0;
    while (t < text.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            retry = t;
        } else if (p < pattern.n && fold(pattern.p[p]) == fold(text.p[t])) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*')
        p++;
    return p == pattern.n;
}

static bool has_tag(struct str tags, struct str pattern)
{
    while (tags.p) {
        struct str tag = str_cut(&tags, ' ');
        if (tag.n && glob(pattern, tag))
            return true;
    }
    return false;
}

static bool term_is(const struct silence_term *term, const struct alert *alert)
{
    switch (term->field) {
    case SILENCE_RULE:
        return glob(term->pattern, alert->rule);
    case SILENCE_FEED:
        return glob(term->pattern, alert->feed_title) || glob(term->pattern, alert->feed_url);
    case SILENCE_SEVERITY:
        return alert->severity == term->severity;
    case SILENCE_TAG:
        return has_tag(alert->tags, term->pattern);
    case SILENCE_TITLE:
        return glob(term->pattern, alert->title);
    case SILENCE_URL:
        return glob(term->pattern, alert->url);
    }
    return false;
}

bool silence_meets(const struct silence_matcher *matcher, const struct alert *alert)
{
    for (size_t i = 0; i < matcher->n; i++) {
        const struct silence_term *term = &matcher->terms[i];
        bool is_met = false;
        switch (term->op) {
        case SILENCE_IS:
            is_met = term_is(term, alert);
            break;
        case SILENCE_IS_NOT:
            is_met = !term_is(term, alert);
            break;
        case SILENCE_AT_MOST:
            is_met = alert->severity <= term->severity;
            break;
        case SILENCE_AT_LEAST:
            is_met = alert->severity >= term->severity;
            break;
        }
        if (!is_met)
            return false;
    }
    return true;
}
