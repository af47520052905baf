// SPDX-License-Identifier: MIT
//
// The sniffer: the first element that only a feed has, or only a page, decides.
#include "feeds/sniff.h"

static bool is_one_of(struct str name, const struct str *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq_nocase(name, list[i]))
            return true;
    }
    return false;
}

// The local name of the tag that begins at `<` (which is cut off already).
static struct str tag_name(struct str rest)
{
    size_t n = 0, colon = 0;
    while (n < rest.n && (char_is_alnum(rest.p[n]) || rest.p[n] == ':' || rest.p[n] == '_' || rest.p[n] == '-')) {
        if (rest.p[n] == ':')
            colon = n + 1;
        n++;
    }
    return str_from(str_head(rest, n), colon);
}

static size_t skip_past(struct str text, size_t from, struct str mark)
{
    struct str rest = str_from(text, from);
    size_t at = str_find(rest, mark);
    return at == rest.n ? text.n : from + at + mark.n;
}

// Inside a page's or another envelope's elements only a feed's root with its version or namespace counts.
static bool is_wrapped_root(struct str rest, struct str name)
{
    struct str tag = str_head(rest, str_find_char(rest, '>'));
    bool is_root = str_eq_nocase(name, S("rss")) || str_eq_nocase(name, S("feed")) || str_eq_nocase(name, S("rdf"));
    return is_root && (str_find_nocase(tag, S("version")) < tag.n || str_find_nocase(tag, S("xmlns")) < tag.n);
}

enum sniff_kind sniff(struct str head)
{
    static const struct str feed_roots[] = {STR("rss"), STR("feed"), STR("rdf"), STR("channel"), STR("item"),
                                            STR("entry")};
    static const struct str page_roots[] = {STR("html"), STR("head"), STR("body"), STR("frameset")};
    size_t start = 0;
    for (size_t step = 1; step > 0 && start < head.n; start += step) { // blanks, NULs, byte order marks
        bool is_mark = str_starts(str_from(head, start), S("\xef\xbb\xbf"));
        step = (unsigned char)head.p[start] <= ' ' ? 1 : is_mark ? 3 : 0;
    }
    if (start == head.n)
        return SNIFF_EMPTY;
    // Behind a comment, a callback's name, a server's warning.
    bool says_json = str_find_nocase(head, S("jsonfeed.org/version/")) < head.n;
    if (head.p[start] == '{' || (says_json && head.p[start] != '<'))
        return SNIFF_JSON;
    bool has_tag = false, is_page = false, is_page_root = false;
    for (size_t i = start; i < head.n;) {
        i += str_find_char(str_from(head, i), '<');
        struct str rest = str_from(head, i + 1);
        if (rest.n == 0)
            break;
        if (str_starts(rest, S("!--"))) {
            i = skip_past(head, i, S("-->"));
            continue;
        }
        is_page |= str_starts_nocase(rest, S("!doctype html")); // some feeds have it too
        struct str name = tag_name(rest);
        bool is_root = is_one_of(name, feed_roots, sizeof feed_roots / sizeof feed_roots[0]);
        if (is_root && (!is_page_root || is_wrapped_root(rest, name)))
            return SNIFF_XML;
        is_page_root |= is_one_of(name, page_roots, sizeof page_roots / sizeof page_roots[0]);
        has_tag |= name.n > 0 || rest.p[0] == '?' || rest.p[0] == '!';
        i++;
    }
    return is_page || is_page_root ? SNIFF_HTML : says_json ? SNIFF_JSON : has_tag ? SNIFF_XML : SNIFF_OTHER;
}
