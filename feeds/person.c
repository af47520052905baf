// SPDX-License-Identifier: MIT
//
// One person written as one text. RSS wants "address (name)"; found are also "name (address)", "name <address>",
// "name, address", "address name" and each alone. The address is looked for first; the name is what remains of the
// text without the signs that parted the two.
#include "feeds/build.h"

static bool is_address_char(char ch)
{
    return char_is_alnum(ch) || (unsigned char)ch >= 0x80 || (ch && strchr("._%+-~'", ch));
}

// Returns the first "local@host" in the text; empty where there is none ("@name", "Joe @ home", "@a@b" are names).
static struct str find_address(struct str text)
{
    for (size_t at = 0; (at += str_find_char(str_from(text, at), '@')) < text.n; at++) {
        size_t from = at, to = at + 1;
        while (from > 0 && is_address_char(text.p[from - 1]))
            from--;
        while (to < text.n && is_address_char(text.p[to]))
            to++;
        while (to > at + 1 && !char_is_alnum(text.p[to - 1]) && (unsigned char)text.p[to - 1] < 0x80)
            to--;
        while (from < at && strchr("'.+-", text.p[from]))
            from++;
        bool is_handle = (from > 0 && text.p[from - 1] == '@') || (to < text.n && text.p[to] == '@');
        if (from < at && to > at + 1 && !is_handle)
            return str_make(text.p + from, to - from);
    }
    return str_from(text, text.n);
}

// Takes the signs off both ends of a name that parted it from an address, and quotes around it.
static struct str bare_name(struct str name)
{
    static const char signs[] = ",;:-|/\"";
    name = str_trim(name);
    while (name.n && strchr(signs, name.p[name.n - 1]))
        name = str_trim(str_head(name, name.n - 1));
    while (name.n && (name.p[0] == '.' || strchr(signs, name.p[0])))
        name = str_trim(str_from(name, 1));
    return name;
}

// What stands in brackets at the start of s, which begins with one: up to its own end, or all.
static struct str inside_brackets(struct str s)
{
    size_t depth = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '(')
            depth++;
        else if (s.p[i] == ')' && --depth == 0)
            return str_make(s.p + 1, i - 1);
    }
    return str_from(s, 1);
}

// Takes a pair of brackets, one at the end of *before and one at the start of *after, off.
static void strip_brackets(struct str *before, struct str *after)
{
    static const struct { struct str open, close; } pairs[] = {
        {STR("("), STR(")")}, {STR("<"), STR(">")}, {STR("["), STR("]")}, {STR("{"), STR("}")},
        {STR("&lt;"), STR("&gt;")},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (!str_ends(*before, pairs[i].open))
            continue;
        *before = str_trim(str_head(*before, before->n - pairs[i].open.n));
        size_t end = str_find(*after, pairs[i].close); // behind a subject (mailto:a@b?subject=c), too
        *after = str_trim(str_from(*after, end < after->n ? end + pairs[i].close.n : 0));
        return;
    }
}

struct person person_read(struct str text)
{
    static const struct str mailto = STR("mailto:");
    text = str_trim(text);
    struct str address = find_address(text);
    if (address.n == 0) {
        bool is_wrapped = text.n > 1 && text.p[0] == '(' && inside_brackets(text).n == text.n - 2;
        return (struct person){.name = is_wrapped ? str_trim(str_make(text.p + 1, text.n - 2)) : text};
    }
    struct str before = str_trim(str_head(text, (size_t)(address.p - text.p)));
    struct str after = str_trim(str_from(text, (size_t)(address.p - text.p) + address.n));
    if (before.n >= mailto.n && str_starts_nocase(str_from(before, before.n - mailto.n), mailto))
        before = str_trim(str_head(before, before.n - mailto.n));
    strip_brackets(&before, &after);
    struct str name = bare_name(before);
    if (!name.n)
        name = after.n && after.p[0] == '(' ? str_trim(inside_brackets(after)) : bare_name(after);
    return (struct person){.name = name, .email = address};
}
