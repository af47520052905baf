// SPDX-License-Identifier: MIT
//
// Addresses: cutting, resolving, comparing. RFC 3986, with what browsers mend. curl's parser is not used: it refuses
// references, escapes what should stay, and knows IDNA only through the locale.
#include "feeds/url.h"

#include "feeds/idna.h"

static bool is_scheme_char(char c)
{
    return char_is_alnum(c) || c == '+' || c == '-' || c == '.';
}

// Up to the first of three signs, or a NUL. (With strchr a letter, addresses were a tenth of a changed poll.)
static struct str take_until(struct str *rest, char a, char b, char c)
{
    size_t n = 0;
    for (char at; n < rest->n && (at = rest->p[n]) != '\0' && at != a && at != b && at != c;)
        n++;
    struct str part = str_head(*rest, n);
    *rest = str_from(*rest, n);
    return part;
}

static void cut_authority(struct url *u, struct str authority)
{
    size_t at = authority.n;
    while (at > 0 && authority.p[at - 1] != '@')
        at--;
    if (at > 0) {
        u->userinfo = str_head(authority, at - 1);
        authority = str_from(authority, at);
    }
    size_t end = authority.n && authority.p[0] == '[' ? str_find_char(authority, ']') : 0;
    size_t colon = end + str_find_char(str_from(authority, end), ':');
    u->host = str_head(authority, colon);
    if (!u->host.p)
        u->host.p = "";
    if (colon < authority.n)
        u->port = str_from(authority, colon + 1);
}

struct url url_cut(struct str text)
{
    struct url u = {.has_authority = false};
    struct str rest = str_trim(text);
    if (!rest.p)
        rest.p = "";
    size_t n = 0;
    while (n < rest.n && is_scheme_char(rest.p[n]))
        n++;
    if (n > 0 && n < rest.n && rest.p[n] == ':' && char_is_alpha(rest.p[0])) {
        u.scheme = str_head(rest, n);
        rest = str_from(rest, n + 1);
    }
    if (str_starts(rest, S("//"))) {
        rest = str_from(rest, 2);
        u.has_authority = true;
        cut_authority(&u, take_until(&rest, '/', '?', '#'));
    }
    u.path = take_until(&rest, '?', '#', '#');
    if (rest.n && rest.p[0] == '?') {
        rest = str_from(rest, 1);
        u.query = take_until(&rest, '#', '#', '#');
    }
    if (rest.n)
        u.fragment = str_from(rest, 1);
    return u;
}

static bool is_http_scheme(struct str scheme)
{
    return str_eq_nocase(scheme, S("http")) || str_eq_nocase(scheme, S("https"));
}

static uint16_t default_port(struct str scheme)
{
    return str_eq_nocase(scheme, S("http")) ? 80 : str_eq_nocase(scheme, S("https")) ? 443 : 0;
}

static uint16_t port_of(const struct url *u)
{
    uint64_t port = 0;
    if (u->port.n == 0)
        return default_port(u->scheme);
    return str_to_u64(u->port, 65535, &port) ? (uint16_t)port : 0;
}

// An IPv6 address in brackets, or a name: letters, digits, "-._~", and what IDNA may make of other scripts.
static bool is_host(struct str host)
{
    bool is_literal = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    for (size_t i = is_literal; i < host.n - is_literal; i++) {
        char c = host.p[i];
        bool is_foreign = (unsigned char)c >= 0x80 && !is_literal;
        bool is_sign = is_literal ? c == ':' || c == '.' : c == '.' || c == '-' || c == '_' || c == '~';
        if (!char_is_alnum(c) && !is_foreign && !is_sign)
            return false;
    }
    return host.n > 0;
}

bool url_parts_are_http(const struct url *u)
{
    return is_http_scheme(u->scheme) && u->has_authority && is_host(u->host) && port_of(u) > 0;
}

bool url_is_http(struct str url)
{
    struct url u = url_cut(url);
    return url_parts_are_http(&u);
}

// ---- resolving -----------------------------------------------------------------------------------------------------

// In place of the RFC's two buffers one that is cut back at "..": linear, as each byte is cut at most once.
void url_add_path(struct buf *out, struct str path)
{
    bool is_rooted = path.n && path.p[0] == '/';
    struct str rest = is_rooted ? str_from(path, 1) : path;
    if (is_rooted)
        buf_add_char(out, '/');
    size_t floor = out->n;
    while (rest.p) {
        struct str part = str_cut(&rest, '/');
        if (str_eq(part, S(".."))) {
            out->n -= out->n > floor;
            while (out->n > floor && out->p[out->n - 1] != '/')
                out->n--;
        } else if (!str_eq(part, S("."))) {
            buf_add(out, part);
            if (rest.p)
                buf_add_char(out, '/');
        }
    }
}

// The reference with line breaks and tabs taken out and blanks and control characters escaped.
static struct str clean_reference(struct arena *a, struct str reference)
{
    static const char hex[] = "0123456789ABCDEF";
    struct str s = str_trim(reference);
    size_t bad = 0;
    for (size_t i = 0; i < s.n; i++)
        bad += (unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7F;
    if (bad == 0)
        return s;
    char *out = arena_alloc(a, s.n + 2 * bad);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '\n' || c == '\r' || c == '\t')
            continue;
        if (c <= ' ' || c == 0x7F) {
            out[n++] = '%';
            out[n++] = hex[c >> 4];
            out[n++] = hex[c & 15];
        } else {
            out[n++] = (char)c;
        }
    }
    return str_make(out, n);
}

static void add_authority(struct buf *out, const struct url *u)
{
    if (!u->has_authority)
        return;
    buf_add(out, S("//"));
    if (u->userinfo.p) {
        buf_add(out, u->userinfo);
        buf_add_char(out, '@');
    }
    buf_add(out, u->host);
    if (u->port.p) {
        buf_add_char(out, ':');
        buf_add(out, u->port);
    }
}

static void add_tail(struct buf *out, struct str query, struct str fragment)
{
    if (query.p) {
        buf_add_char(out, '?');
        buf_add(out, query);
    }
    if (fragment.p) {
        buf_add_char(out, '#');
        buf_add(out, fragment);
    }
}

// Section 5.2.3: the base's path up to its last slash, then the reference's.
static void add_merged_path(struct buf *out, const struct url *base, struct str path)
{
    struct buf merged;
    buf_init(&merged, 2 * URL_BYTES_MAX);
    size_t keep = base->path.n;
    while (keep > 0 && base->path.p[keep - 1] != '/')
        keep--;
    if (keep == 0 && base->has_authority)
        buf_add_char(&merged, '/');
    buf_add(&merged, str_head(base->path, keep));
    buf_add(&merged, path);
    url_add_path(out, buf_str(&merged));
    buf_done(&merged);
}

static void add_resolved(struct buf *out, const struct url *base, const struct url *r)
{
    bool is_own_scheme = r->scheme.n && !(str_eq_nocase(r->scheme, base->scheme) && !r->has_authority &&
                                          is_http_scheme(r->scheme)); // "http:page": browsers resolve it
    buf_add(out, is_own_scheme ? r->scheme : base->scheme);
    buf_add_char(out, ':');
    if (is_own_scheme || r->has_authority) {
        add_authority(out, r);
        url_add_path(out, r->path);
        add_tail(out, r->query, r->fragment);
        return;
    }
    add_authority(out, base);
    if (r->path.n == 0) {
        buf_add(out, base->path);
        add_tail(out, r->query.p ? r->query : base->query, r->fragment);
        return;
    }
    if (r->path.p[0] == '/')
        url_add_path(out, r->path);
    else
        add_merged_path(out, base, r->path);
    add_tail(out, r->query, r->fragment);
}

struct str url_resolve(struct arena *a, struct str base, struct str reference)
{
    struct str text = clean_reference(a, reference);
    struct url r = url_cut(text), b = url_cut(base);
    bool is_opaque = r.scheme.n && !is_http_scheme(r.scheme); // mailto:, data:, urn: have no path to mend
    if (is_opaque || text.n > URL_BYTES_MAX || base.n > URL_BYTES_MAX || (r.scheme.n && r.has_authority))
        return text;
    if (!b.scheme.n || (!b.has_authority && b.path.n && b.path.p[0] != '/'))
        return text;
    struct buf out;
    buf_init(&out, 4 * URL_BYTES_MAX);
    add_resolved(&out, &b, &r);
    struct str resolved = arena_str(a, buf_str(&out));
    buf_done(&out);
    return resolved;
}

struct str url_public(struct arena *a, struct str url)
{
    struct url u = url_cut(url);
    if (!u.userinfo.p && !u.query.p && !u.fragment.p)
        return str_trim(url);
    const char *colon = u.scheme.n ? ":" : "", *slashes = u.has_authority ? "//" : "", *port = u.port.p ? ":" : "";
    return arena_fmt(a, "%.*s%s%s%.*s%s%.*s%.*s", STR_ARG(u.scheme), colon, slashes, STR_ARG(u.host), port,
                     STR_ARG(u.port), STR_ARG(u.path));
}

// ---- hosts ---------------------------------------------------------------------------------------------------------

static struct str normal_host(struct arena *a, struct str host)
{
    struct str h = idna_to_ascii(a, host);
    while (h.n > 1 && h.p[h.n - 1] == '.')
        h.n--;
    return h;
}

uint16_t url_port(struct str url)
{
    struct url u = url_cut(url);
    return port_of(&u);
}

struct str url_host(struct arena *a, struct str url)
{
    struct str host = normal_host(a, url_cut(url).host);
    if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        return str_make(host.p + 1, host.n - 2);
    return host;
}

struct str url_parts_host_key(struct arena *a, const struct url *u)
{
    struct str host = normal_host(a, u->host);
    uint16_t port = port_of(u);
    if (host.n == 0 || port == default_port(u->scheme))
        return host;
    return arena_fmt(a, "%.*s:%u", STR_ARG(host), port);
}

struct str url_host_key(struct arena *a, struct str url)
{
    struct url u = url_cut(url);
    return url_parts_host_key(a, &u);
}

bool url_same_origin(struct str a, struct str b)
{
    struct url x = url_cut(a), y = url_cut(b);
    return str_eq_nocase(x.scheme, y.scheme) && str_eq_nocase(x.host, y.host) && x.host.n && port_of(&x) == port_of(&y);
}

bool url_is_fetchable(struct str url, const char **out_why)
{
    struct url u = url_cut(url);
    const char *why = NULL;
    for (size_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= ' ' || url.p[i] == 0x7F)
            why = "has a blank or a control character in it";
    if (!is_http_scheme(u.scheme))
        why = u.scheme.n ? "is neither http nor https" : "has no scheme (http:// or https://)";
    else if (!is_host(u.host))
        why = u.host.n ? "has a host that cannot be one" : "has no host";
    else if (port_of(&u) == 0)
        why = "has no valid port";
    else if (url.n > URL_BYTES_MAX)
        why = "is longer than 8192 bytes";
    if (why && out_why)
        *out_why = why;
    return why == NULL;
}
