// SPDX-License-Identifier: MIT
//
// The cleaner's references: what they stand for in text and in attribute values, and the entities that a DTD declares.
#include <string.h>

#include "base/utf8.h"
#include "feeds/clean_name.h"
#include "feeds/clean_parts.h"
#include "feeds/entity.h"

// The text of a numeric reference; `pair` (which may be NULL) joins two halves of a character.
static struct str numeric(struct cleaner *c, struct str body, char scratch[4], uint32_t *pair, const char *at)
{
    bool is_hex = body.n > 1 && char_lower(body.p[1]) == 'x';
    uint64_t number = 0;
    size_t i = is_hex ? 2 : 1;
    if (i == body.n)
        return (struct str){NULL, 0};
    for (; i < body.n; i++) {
        char ch = char_lower(body.p[i]);
        uint64_t digit = char_is_digit(ch) ? (uint64_t)(ch - '0') : (uint64_t)(ch - 'a') + 10;
        if (!char_is_digit(ch) && !(is_hex && ch >= 'a' && ch <= 'f'))
            return (struct str){NULL, 0};
        number = number > 0x110000 ? number : number * (is_hex ? 16 : 10) + digit;
    }
    uint32_t code = entity_numeric(number);
    if (code == 0 || code != number || (is_hex && body.p[1] == 'X'))
        clean_repair(c, REPAIR_CHAR_REFERENCE, at);
    if (pair && number >= 0xd800 && number < 0xdc00) {
        *pair = (uint32_t)number;
        return (struct str){"", 0};
    }
    if (pair && *pair && number >= 0xdc00 && number < 0xe000) {
        code = 0x10000 + ((*pair - 0xd800) << 10) + ((uint32_t)number - 0xdc00);
        *pair = 0;
    }
    return str_make(scratch, code ? utf8_encode(code, scratch) : 0);
}

static struct str declared(struct cleaner *c, struct str name, const char *at)
{
    for (size_t i = 0; i < c->n_entities; i++) {
        if (!str_eq(c->entities[i].name, name))
            continue;
        struct str value = c->entities[i].value;
        c->expanded += value.n;
        if (c->expanded <= CLEAN_EXPANDED_MAX)
            return value;
        clean_repair(c, REPAIR_LIMIT, at);
        return (struct str){"", 0};
    }
    return (struct str){NULL, 0};
}

// HTML's references by name; "&NBSP;" is meant as "&nbsp;" where the standard has no capitals.
static struct str html_entity(struct str name)
{
    char lower[ENTITY_NAME_MAX];
    struct str value = entity_named(name);
    if (value.p || name.n > sizeof lower)
        return value;
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] < 'A' || name.p[i] > 'Z')
            return value;
        lower[i] = char_lower(name.p[i]);
    }
    return entity_named(str_make(lower, name.n));
}

// What `&body;` stands for, in scratch or elsewhere; p NULL where it stands for nothing.
static struct str resolve(struct cleaner *c, struct str body, char scratch[4], uint32_t *pair, const char *at)
{
    static const struct { struct str name, text; } xml[] = {
        {STR("amp"), STR("&")},  {STR("lt"), STR("<")},    {STR("gt"), STR(">")},
        {STR("quot"), STR("\"")}, {STR("apos"), STR("'")},
    };
    if (body.n && body.p[0] == '#')
        return numeric(c, body, scratch, pair, at);
    for (size_t i = 0; i < sizeof xml / sizeof xml[0]; i++) {
        if (str_eq(body, xml[i].name))
            return xml[i].text;
    }
    struct str value = declared(c, body, at);
    if (value.p)
        return value;
    value = html_entity(body);
    if (value.p)
        clean_repair(c, REPAIR_HTML_ENTITY, at);
    return value;
}

bool clean_reference(struct cleaner *c, struct str body, const char *at)
{
    char scratch[4];
    uint32_t half = c->high_surrogate;
    struct str text = resolve(c, body, scratch, &c->high_surrogate, at);
    if (half && c->high_surrogate == half) { // no second half came
        c->high_surrogate = 0;
        clean_put_text(c, "\xef\xbf\xbd", 3);
    }
    if (!text.p)
        return false;
    clean_put_text(c, text.p, text.n);
    return true;
}

// ---- attribute values

static void put_escaped(struct cleaner *c, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        switch (text.p[i]) {
        case '<': clean_out(c, "&lt;", 4); break;
        case '&': clean_out(c, "&amp;", 5); break;
        case '"': clean_out(c, "&quot;", 6); break;
        default: clean_out(c, text.p + i, 1);
        }
    }
}

// One byte of a value that cannot be copied. Returns how many it takes.
static size_t value_stop(struct cleaner *c, struct str rest, const char *at)
{
    unsigned char ch = (unsigned char)rest.p[0];
    if (ch == '&') {
        char scratch[4];
        struct str body = str_from(rest, 1);
        size_t semicolon = str_find_char(str_head(body, 64), ';');
        struct str text = {NULL, 0};
        if (semicolon < body.n && semicolon < 64)
            text = resolve(c, str_head(body, semicolon), scratch, NULL, at);
        put_escaped(c, text.p ? text : S("&"));
        if (text.p)
            return semicolon + 2;
        clean_repair(c, REPAIR_BARE_AMPERSAND, at);
        return 1;
    }
    bool is_no_character = ch == 0xef && rest.n >= 3 && (unsigned char)rest.p[1] == 0xbf &&
                           (unsigned char)rest.p[2] >= 0xbe;
    if (ch < 0x20 || is_no_character) {
        clean_repair(c, REPAIR_CONTROL, at);
        return is_no_character ? 3 : 1;
    }
    if (ch == '<')
        clean_repair(c, REPAIR_BARE_LESS_THAN, at);
    put_escaped(c, str_head(rest, 1));
    return 1;
}

void clean_value(struct cleaner *c, struct str value, const char *at)
{
    const char *p = value.p, *end = value.p + value.n;
    while (p < end) {
        const char *q = clean_scan(p, end, SCAN_TEXT);
        const char *quote = memchr(p, '"', (size_t)(q - p)); // of a value in single quotes
        q = quote ? quote : q;
        clean_out(c, p, (size_t)(q - p));
        p = q < end ? q + value_stop(c, str_make(q, (size_t)(end - q)), at) : q;
    }
}

// ---- declared entities

// The replacement text: character references and the five of XML are resolved, others are not, so that nothing nests.
static struct str replacement(struct cleaner *c, struct str value)
{
    struct buf out;
    buf_init(&out, c->limits->entities_bytes_max);
    for (size_t i = 0; i < value.n;) {
        char scratch[4];
        struct str rest = str_from(value, i + 1);
        size_t semicolon = str_find_char(str_head(rest, 64), ';');
        struct str body = str_head(rest, semicolon);
        bool is_reference = value.p[i] == '&' && semicolon < rest.n && semicolon < 64;
        struct str text = {NULL, 0};
        if (is_reference && body.n && body.p[0] == '#')
            text = numeric(c, body, scratch, NULL, NULL);
        else if (is_reference)
            text = entity_named(body);
        bool is_kept = (unsigned char)value.p[i] >= 0x20 || clean_is_white(value.p[i]);
        if (text.p)
            buf_add(&out, text);
        else if (is_kept)
            buf_add_char(&out, value.p[i]);
        i += text.p ? semicolon + 2 : 1;
    }
    struct str kept = arena_str(&c->arena, utf8_head(buf_str(&out), c->limits->entities_bytes_max));
    buf_done(&out);
    return kept;
}

void clean_declare(struct cleaner *c, struct str declaration)
{
    static const struct str head = STR("<!ENTITY");
    if (!str_starts(declaration, head) || c->n_entities == CLEAN_ENTITIES_MAX)
        return;
    struct str rest = str_trim(str_from(declaration, head.n));
    size_t n = 0;
    while (n < rest.n && !char_is_space(rest.p[n]))
        n++;
    struct str name = str_head(rest, n);
    rest = str_trim(str_from(rest, n));
    char quote = rest.n ? rest.p[0] : 0;
    if (str_eq(name, S("%")) || n > 64 || (quote != '"' && quote != '\''))
        return; // a parameter entity, or one that lives outside
    size_t end = str_find_char(str_from(rest, 1), quote);
    if (end + 1 == rest.n || c->entity_bytes + n + end > c->limits->entities_bytes_max)
        return;
    struct str value = replacement(c, str_head(str_from(rest, 1), end));
    c->entity_bytes += n + end;
    c->entities[c->n_entities++] = (struct clean_entity){arena_str(&c->arena, name), value};
}
