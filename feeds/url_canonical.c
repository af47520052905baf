// SPDX-License-Identifier: MIT
//
// The form that one page's addresses share, and the forms for logs and pages. See url.h.
#include "feeds/url.h"

#include "base/utf8.h"

// Parameters that say where a reader came from. A name that ends in '*' stands for all that begin so. Left out on
// purpose: ref, source, src, from, id, s, p and others that some sites need.
static const struct str tracking[] = {
    STR("utm_*"), STR("fbclid"), STR("gclid"), STR("gclsrc"), STR("dclid"), STR("gbraid"), STR("wbraid"), STR("gad_*"),
    STR("msclkid"), STR("yclid"), STR("ysclid"), STR("_openstat"), STR("twclid"), STR("ttclid"), STR("li_fat_id"),
    STR("igshid"), STR("igsh"), STR("mc_cid"), STR("mc_eid"), STR("mkt_tok"), STR("_hsenc"), STR("_hsmi"), STR("__hs*"),
    STR("hsctatracking"), STR("vero_id"), STR("vero_conv"), STR("oly_enc_id"), STR("oly_anon_id"), STR("wickedid"),
    STR("s_cid"), STR("s_kwcid"), STR("icid"), STR("cmpid"), STR("ocid"), STR("ncid"), STR("at_medium"),
    STR("at_campaign*"), STR("at_custom*"), STR("at_link*"), STR("at_format"), STR("at_ptr*"), STR("at_bbc*"),
    STR("pk_*"), STR("piwik_*"), STR("mtm_*"), STR("matomo_*"), STR("_ga"), STR("_gl"), STR("ga_*"), STR("wt_mc*"),
    STR("wt_zmc"), STR("wt.mc_id"), STR("xtor"), STR("xtref"), STR("ref_src"), STR("ref_url"), STR("smid"), STR("trk"),
    STR("trkcampaign"), STR("_branch_*"), STR("soc_src"), STR("soc_trk"), STR("guccounter"), STR("guce_*"),
    STR("rb_clickid"), STR("epik"), STR("__twitter_impression"), STR("sr_share"), STR("share_*"), STR("spm"),
    STR("hss_channel"), STR("ftag"), STR("bsft_*"), STR("iterableemail*"), STR("ml_subscriber*"),
    STR("_kx"), STR("elqtrack*"), STR("elq"), STR("srsltid"), STR("tblci"),
};

// Sessions of visitors, and numbers that keep caches away: other at each fetch. "sid" and "s" only with a long value.
static const struct str passing[] = {
    STR("phpsessid"), STR("jsessionid"), STR("aspsessionid*"), STR("asp.net_sessionid"), STR("cfid"), STR("cftoken"),
    STR("sessionid"), STR("session_id"), STR("sessid"), STR("oscsid"), STR("zenid"), STR("_"), STR("nocache"),
    STR("cachebuster"), STR("cache_buster"), STR("rnd"), STR("rand"),
};
static const struct str passing_if_long[] = {STR("sid"), STR("s"), STR("session")};
enum { SESSION_LETTERS_MIN = 24 }; // of a session's name in letters and digits; a story's is shorter

static bool is_one_of(struct str name, const struct str *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct str t = list[i];
        bool is_head = t.n > 1 && t.p[t.n - 1] == '*';
        if (is_head ? str_starts_nocase(name, str_head(t, t.n - 1)) : str_eq_nocase(name, t))
            return true;
    }
    return false;
}

// Tells whether a parameter ("name=value") only names this visit.
static bool is_passing(struct str part)
{
    size_t at = str_find_char(part, '=');
    struct str name = str_head(part, at), value = str_from(part, at + 1);
    if (is_one_of(name, passing, sizeof passing / sizeof *passing))
        return true;
    bool is_long = value.n >= SESSION_LETTERS_MIN;
    for (size_t i = 0; i < value.n && is_long; i++)
        is_long = char_is_alnum(value.p[i]);
    return is_long && is_one_of(name, passing_if_long, sizeof passing_if_long / sizeof *passing_if_long);
}

bool url_is_tracking(struct str name)
{
    while (str_starts_nocase(name, S("amp;"))) // escaped once too often
        name = str_from(name, 4);
    return is_one_of(name, tracking, sizeof tracking / sizeof *tracking);
}

// A fragment that only tracks ("#xtor=RSS-1", "#utm_source=x"), or that points at words (":~:text=").
static bool is_passing_fragment(struct str fragment)
{
    size_t at = str_find_char(fragment, '=');
    bool is_words = str_starts(fragment, S(":~:"));
    return is_words || (at < fragment.n && url_is_tracking(str_head(fragment, at)));
}

static int hex_value(char c)
{
    c = char_lower(c);
    return char_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// RFC 3986 section 2.3.
static bool is_unreserved(unsigned char c)
{
    return char_is_alnum((char)c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// Appends with escapes normalised: unreserved characters bare, hex digits in capitals, what no address holds escaped.
static void add_normalised(struct buf *out, struct str s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        int high = -1, low = -1;
        if (c == '%' && i + 2 < s.n) {
            high = hex_value(s.p[i + 1]);
            low = hex_value(s.p[i + 2]);
        }
        bool is_escape = high >= 0 && low >= 0;
        unsigned char value = is_escape ? (unsigned char)(high * 16 + low) : c;
        i += is_escape ? 2 : 0;
        bool is_foreign = c <= ' ' || c >= 0x7F || strchr("\"<>%", c);
        if (is_escape ? is_unreserved(value) : !is_foreign) {
            buf_add_char(out, (char)value);
            continue;
        }
        char escaped[3] = {'%', hex[value >> 4], hex[value & 15]};
        buf_add(out, str_make(escaped, 3));
    }
}

// A normalised query, without its parameters that say nothing of what is there.
static void add_query(struct buf *out, struct str query)
{
    char sign = '?';
    struct str rest = query;
    while (rest.p) {
        struct str part = str_cut(&rest, '&');
        struct str name = str_head(part, str_find_char(part, '='));
        if (part.n == 0 || url_is_tracking(name) || is_passing(part))
            continue;
        buf_add_char(out, sign);
        buf_add(out, part);
        sign = '&';
    }
}

// Returns s with its escapes normalised; in `room`, until that is used again.
static struct str normalised(struct buf *room, struct str s)
{
    buf_reset(room);
    add_normalised(room, s);
    return buf_str(room);
}

struct str url_canonical(struct arena *a, struct str url)
{
    struct str text = str_trim(url);
    struct url u = url_cut(text);
    if (!url_parts_are_http(&u) || text.n > URL_BYTES_MAX)
        return text;
    struct buf room, out;
    buf_init(&room, 4 * URL_BYTES_MAX);
    buf_init(&out, 4 * URL_BYTES_MAX);
    buf_add(&out, S("//"));
    buf_add(&out, url_parts_host_key(a, &u));
    // Each part is normalised before it is looked at: "%2e" is a dot, "%73id" a session.
    struct str path = normalised(&room, u.path.n ? u.path : S("/"));
    url_add_path(&out, str_head(path, str_find_nocase(path, S(";jsessionid="))));
    add_query(&out, normalised(&room, u.query));
    struct str fragment = normalised(&room, u.fragment);
    if (fragment.n && !is_passing_fragment(fragment)) {
        buf_add_char(&out, '#');
        buf_add(&out, fragment);
    }
    buf_done(&room);
    struct str canonical = arena_str(a, buf_str(&out));
    buf_done(&out);
    return canonical;
}

void url_redact(struct str url, struct buf *out)
{
    struct url u = url_cut(url);
    if (u.scheme.n) {
        utf8_sanitise(u.scheme, out);
        buf_add_char(out, ':');
    }
    if (u.has_authority) {
        buf_add(out, S("//"));
        if (u.userinfo.p)
            buf_add(out, S("***@"));
        utf8_sanitise(u.host, out);
        if (u.port.p) {
            buf_add_char(out, ':');
            utf8_sanitise(u.port, out);
        }
    }
    utf8_sanitise(u.path, out);
    char sign = '?';
    struct str rest = u.query;
    while (rest.p) {
        struct str part = str_cut(&rest, '&');
        size_t name = str_find_char(part, '='), value = name;
        while (value < part.n && part.p[value] == '=')
            value++;
        buf_add_char(out, sign);
        sign = '&';
        if (value < part.n) { // else the whole may be a token, padded
            utf8_sanitise(str_head(part, name), out);
            buf_add_char(out, '=');
        }
        if (part.n)
            buf_add(out, S("***"));
    }
}

struct str url_redacted(struct arena *a, struct str url)
{
    struct buf out;
    buf_init(&out, 8 * URL_BYTES_MAX);
    url_redact(url, &out);
    struct str text = arena_str(a, buf_str(&out));
    buf_done(&out);
    return text;
}

bool url_is_safe_link(struct str url)
{
    char scheme[8];
    size_t n = 0;
    for (size_t i = 0; i < url.n; i++) {
        unsigned char c = (unsigned char)url.p[i];
        if (c <= ' ' || c == 0x7F) // browsers take these out before they look
            continue;
        if (c == '/' || c == '?' || c == '#')
            return true;
        if (c == ':')
            return str_eq_nocase(str_make(scheme, n), S("http")) || str_eq_nocase(str_make(scheme, n), S("https")) ||
                   str_eq_nocase(str_make(scheme, n), S("mailto"));
        if (n == sizeof scheme)
            continue;
        scheme[n++] = (char)c;
    }
    return true;
}
