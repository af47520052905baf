// SPDX-License-Identifier: MIT
//
// Start tags that are as XML wants them: nearly all. They go out after one look, byte for byte but for values that go
// aside. Any other is left to clean_tag.c.
#include <string.h>

#include "feeds/clean_name.h"
#include "feeds/clean_parts.h"

// Returns the end of the attribute at p, or NULL where it is not as XML wants it. *seen has a bit for each name so far.
// *out has the value, which is clean if it holds no reference.
static const char *sound_attribute(const char *p, const char *end, uint64_t *seen, struct clean_attribute *out)
{
    const char *q = clean_sound_name(p, end);
    if (!q || end - q < 2 || q[0] != '=' || (q[1] != '"' && q[1] != '\''))
        return NULL;
    struct str name = str_make(p, (size_t)(q - p));
    const char *start = q + 2;
    char quote = q[1], character;
    out->is_clean = true;
    for (q = clean_scan_value(start, end, quote); q < end && *q == '&'; q = clean_scan_value(q, end, quote)) {
        size_t n = clean_usual_reference(q + 1, end, &character);
        if (n == 0)
            return NULL;
        q += 1 + n;
        out->is_clean = false;
    }
    if (q == end || *q != quote || start[0] == CLEAN_VALUE_MARK)
        return NULL;
    out->name = name;
    out->value = str_make(start, (size_t)(q - start));
    uint64_t bit = 1ull << (clean_name_hash(name) & 63);
    bool may_be_twice = *seen & bit;
    *seen |= bit;
    return may_be_twice ? NULL : q + 1;
}

// libxml2 takes some ten instructions for a character of a value, and a hundred in a value with references. It needs
// to see those that declare namespaces.
static bool goes_aside(const struct clean_attribute *a)
{
    enum { ASIDE_BYTES = 16 };
    return (a->value.n > ASIDE_BYTES || !a->is_clean) && !str_starts(a->name, S("xmlns"));
}

static void put_value_aside(struct cleaner *c, const struct clean_attribute *a)
{
    enum { DIGIT_MAX = (1 << CLEAN_VALUE_DIGIT_BITS) - 1 };
    size_t number = c->n_values++, high = number >> CLEAN_VALUE_DIGIT_BITS, low = number & DIGIT_MAX;
    char mark[] = {CLEAN_VALUE_MARK, (char)(CLEAN_VALUE_DIGIT + high), (char)(CLEAN_VALUE_DIGIT + low)};
    clean_out(c, mark, sizeof mark);
    struct str rest = a->value;
    for (size_t at; !a->is_clean && (at = str_find_char(rest, '&')) < rest.n;) {
        char character = '&';
        size_t n = clean_usual_reference(rest.p + at + 1, rest.p + rest.n, &character);
        buf_add(&c->values, str_head(rest, at));
        buf_add_char(&c->values, character);
        rest = str_from(rest, at + 1 + n);
    }
    buf_add(&c->values, rest);
    c->value_ends[number] = (uint32_t)c->values.n;
}

// Writes a tag as it came, but for the first n_aside of `attributes`.
static void write_sound_tag(struct cleaner *c, struct str tag, size_t n_aside)
{
    const char *from = tag.p;
    for (size_t i = 0; i < n_aside && c->n_values < CLEAN_VALUES_MAX; i++) {
        struct str value = c->attributes[i].value;
        clean_out(c, from, (size_t)(value.p - from));
        put_value_aside(c, &c->attributes[i]);
        from = value.p + value.n;
    }
    clean_out(c, from, (size_t)(tag.p + tag.n - from));
}

const char *clean_sound_tag(struct cleaner *c, const char *p, const char *end)
{
    const char *q = c->depth ? clean_sound_name(p + 1, end) : NULL;
    uint64_t seen = 0;
    size_t n_aside = 0;
    if (!q)
        return NULL;
    struct str name = str_make(p + 1, (size_t)(q - p) - 1);
    for (uint32_t n = 0;; n++) {
        const char *blank = q;
        while (q < end && (*q == ' ' || *q == '\n' || *q == '\t' || *q == '\r'))
            q++;
        if (q == end || n > c->limits->attributes_max)
            return NULL;
        if (*q == '>' || *q == '/')
            break;
        struct clean_attribute *attribute = &c->attributes[n_aside];
        q = q == blank ? NULL : sound_attribute(q, end, &seen, attribute);
        if (!q)
            return NULL;
        n_aside += n_aside < CLEAN_ATTRIBUTES_ROOM - 1 && goes_aside(attribute);
    }
    bool is_empty = *q == '/', has_attributes = q > name.p + name.n;
    q += is_empty;
    if (q == end || *q != '>' || (size_t)(q - p) >= c->limits->tag_bytes_max)
        return NULL;
    clean_end_run(c);
    enum clean_kind kind = clean_kind_of(name);
    if (!clean_may_start(c, name, kind, has_attributes, p)) {
        c->unwritten += !is_empty;
        return q + 1;
    }
    write_sound_tag(c, str_make(p, (size_t)(q - p) + 1), n_aside);
    if (!is_empty)
        clean_push(c, name, kind);
    clean_write(c, false);
    return q + 1;
}
