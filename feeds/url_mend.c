// SPDX-License-Identifier: MIT
//
// Addresses that people wrote by hand or a program escaped once too often: what they were meant to be. Each mend is of
// a text that is no address as it stands, or that no author means; everything else passes through untouched.
#include "base/utf8.h"
#include "feeds/url.h"

// ---- what stands round an address ----------------------------------------------------------------------------------

// White space beyond ASCII's, and characters that nobody sees, which word processors leave at a text's ends.
static bool is_invisible(uint32_t code)
{
    return code == 0xa0 || code == 0xad || (code >= 0x2000 && code <= 0x200f) || code == 0x2028 || code == 0x2029 ||
           code == 0x202f || code == 0x2060 || code == 0x3000 || code == 0xfeff;
}

static struct str trim_invisible(struct str s)
{
    uint32_t code;
    for (size_t n; s.n && (n = utf8_decode(s, &code)) > 0 && (is_invisible(code) || char_is_space(s.p[0]));)
        s = str_from(s, n);
    while (s.n) {
        size_t n = 1;
        while (n < s.n && n < 4 && ((unsigned char)s.p[s.n - n] & 0xc0) == 0x80)
            n++;
        utf8_decode(str_from(s, s.n - n), &code);
        if (!is_invisible(code) && !char_is_space(s.p[s.n - 1]))
            break;
        s.n -= n;
    }
    return s;
}

// The href of the link that stands where an address should, what stands in angle brackets, or behind a tag.
static struct str inside_brackets(struct str s)
{
    size_t href = str_find_nocase(s, S("href=")), end = str_find_char(s, '>');
    struct str behind = str_from(s, end + 1);
    if (href == s.n && url_is_http(behind))
        return behind;
    if (href == s.n)
        return str_head(str_from(s, 1), end > 0 ? end - 1 : 0);
    struct str value = str_from(s, href + 5);
    char quote = value.n ? value.p[0] : 0;
    if (quote == '"' || quote == '\'')
        return str_head(str_from(value, 1), str_find_char(str_from(value, 1), quote));
    return str_head(value, str_find_char(value, '>'));
}

static struct str without_wrapping(struct str s)
{
    s = trim_invisible(s);
    if (str_starts(s, S("<")))
        s = trim_invisible(inside_brackets(s));
    bool is_quoted = s.n > 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0];
    if (is_quoted)
        s = trim_invisible(str_make(s.p + 1, s.n - 2));
    size_t less = str_find_char(s, '<'); // of a tag behind the address, or a broken end tag
    struct str tag = str_from(s, less + 1);
    bool is_tag = less < s.n && (str_starts(str_trim(tag), S("/")) || str_find_char(tag, '>') < tag.n);
    return is_tag ? trim_invisible(str_head(s, less)) : s;
}

// ---- '&' escaped too often -----------------------------------------------------------------------------------------

size_t url_escaped_ampersand(struct str s)
{
    static const struct str names[] = {STR("amp;"), STR("#38;"), STR("#038;"), STR("#x26;")};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_starts_nocase(s, names[i]))
            return names[i].n;
    }
    return 0;
}

static struct str with_ampersands(struct arena *a, struct str s)
{
    size_t at = 0;
    while ((at += str_find_char(str_from(s, at), '&')) < s.n && !url_escaped_ampersand(str_from(s, at + 1)))
        at++;
    if (at >= s.n)
        return s;
    char *out = arena_alloc(a, s.n);
    size_t n = 0;
    for (size_t i = 0; i < s.n;) {
        bool is_ampersand = s.p[i] == '&';
        out[n++] = s.p[i++];
        for (size_t escaped; is_ampersand && (escaped = url_escaped_ampersand(str_from(s, i))) > 0;)
            i += escaped;
    }
    return str_make(out, n);
}

// ---- scheme and host -----------------------------------------------------------------------------------------------

static bool is_file_ending(struct str label)
{
    static const struct str endings[] = {
        STR("htm"), STR("html"), STR("xhtml"), STR("php"), STR("asp"), STR("aspx"), STR("jsp"), STR("cgi"), STR("xml"),
        STR("rss"), STR("json"), STR("txt"),   STR("pdf"), STR("jpg"), STR("jpeg"), STR("png"), STR("gif"), STR("mp3"),
        STR("mp4"), STR("zip"),
    };
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        if (str_eq_nocase(label, endings[i]))
            return true;
    }
    return false;
}

// Returns the host that s begins with, if it looks like one: labels with dots between, the last one of letters and no
// file's ending. Empty where it does not.
static struct str host_at(struct str s)
{
    size_t n = 0, label = 0, dots = 0;
    bool is_word = true;
    for (; n < s.n && s.p[n] != '/' && s.p[n] != '?' && s.p[n] != '#' && s.p[n] != ':' && s.p[n] != '\\'; n++) {
        bool is_foreign = (unsigned char)s.p[n] >= 0x80;
        if (s.p[n] == '.') {
            if (n == label)
                return (struct str){NULL, 0};
            label = n + 1;
            dots++;
            is_word = true;
        } else if (!char_is_alnum(s.p[n]) && s.p[n] != '-' && !is_foreign) {
            return (struct str){NULL, 0};
        } else {
            is_word &= char_is_alpha(s.p[n]) || is_foreign;
        }
    }
    bool is_host = dots > 0 && n >= label + 2 && is_word && !is_file_ending(str_make(s.p + label, n - label));
    return is_host ? str_head(s, n) : (struct str){NULL, 0};
}

static struct str without_www(struct str host)
{
    return str_starts_nocase(host, S("www.")) ? str_from(host, 4) : host;
}

static struct str joined(struct arena *a, struct str scheme, struct str rest)
{
    return arena_fmt(a, "%.*s://%.*s", STR_ARG(scheme), STR_ARG(rest));
}

// "www.e.org/page", "e.org/page" in a feed of e.org's: the scheme was forgotten.
static struct str with_scheme(struct arena *a, struct str base, struct str s)
{
    struct str host = host_at(s);
    struct url b = url_cut(base);
    bool has_www = str_starts_nocase(host, S("www.")) && host_at(without_www(host)).n > 0;
    bool is_same = host.n && str_eq_nocase(without_www(host), without_www(b.host));
    if (!has_www && !is_same)
        return s;
    return joined(a, url_is_http(base) ? b.scheme : S("http"), s);
}

// "http:/e.org", "http:///e.org", "http//e.org", "http:\\e.org", "http: //e.org", "http://http://e.org".
static struct str with_slashes(struct arena *a, struct str scheme, struct str s)
{
    struct str rest = str_from(s, scheme.n);
    bool has_colon = rest.n && rest.p[0] == ':';
    rest = str_from(rest, has_colon);
    while (has_colon && rest.n && rest.p[0] == ' ')
        rest = str_from(rest, 1);
    size_t n = 0;
    while (n < rest.n && (rest.p[n] == '/' || rest.p[n] == '\\'))
        n++;
    bool is_sound = has_colon && rest.p == s.p + scheme.n + 1 && str_starts(rest, S("//")) && n == 2;
    rest = str_from(rest, n);
    if (is_sound && (str_starts_nocase(rest, S("http://")) || str_starts_nocase(rest, S("https://"))))
        return rest;
    if (is_sound || (n == 0 && !str_starts_nocase(rest, S("www."))) || (!has_colon && n < 2) || !host_at(rest).n)
        return s;
    struct str mended = joined(a, scheme, rest);
    char *p = (char *)(uintptr_t)mended.p; // of the arena's
    for (size_t i = 0; i < mended.n && p[i] != '?'; i++)
        p[i] = p[i] == '\\' ? '/' : p[i];
    return mended;
}

struct str url_mend(struct arena *a, struct str base, struct str reference)
{
    struct str s = with_ampersands(a, without_wrapping(reference));
    struct str scheme = str_starts_nocase(s, S("https")) ? S("https") : S("http");
    bool has_scheme = str_starts_nocase(s, S("http:")) || str_starts_nocase(s, S("https:")) ||
                      str_starts_nocase(s, S("http//")) || str_starts_nocase(s, S("https//"));
    return has_scheme ? with_slashes(a, scheme, s) : with_scheme(a, base, s);
}
