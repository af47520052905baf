// SPDX-License-Identifier: MIT
//
// The decoder of feeds/decode.h. Encodings outside UTF-8 are iconv's work; what is here is the choice, and the repair
// of what iconv and UTF-8 refuse.
#include "feeds/decode.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/utf8.h"
#include "feeds/charset.h"
#include "feeds/entity.h"

enum { OUT_BYTES = 16384 };

void decode_init(struct decoder *d, struct decode_sink sink, struct str content_type)
{
    *d = (struct decoder){.sink = sink, .content_type = content_type, .unit = 1, .why = "only ASCII characters"};
    buf_init(&d->held, SIZE_MAX);
    buf_init(&d->out, SIZE_MAX);
    memcpy(d->name, "utf-8", sizeof "utf-8");
}

void decode_done(struct decoder *d)
{
    if (d->has_iconv)
        iconv_close(d->iconv);
    buf_done(&d->held);
    buf_done(&d->out);
}

static void put(struct decoder *d, const char *p, size_t n)
{
    if (n > 0)
        d->sink.write(d->sink.context, str_make(p, n));
}

// ---- labels

// Keeps a label as lower case letters, digits and a few signs; "" where it has anything else (iconv reads options
// after a slash).
static void take_label(char out[DECODE_NAME_MAX], struct str label)
{
    label = str_trim(label);
    while (label.n && (label.p[0] == '"' || label.p[0] == '\''))
        label = str_from(label, 1);
    size_t n = 0;
    while (n < label.n && n < DECODE_NAME_MAX - 1 &&
           (char_is_alnum(label.p[n]) || strchr("-_.:+", label.p[n]))) {
        out[n] = char_lower(label.p[n]);
        n++;
    }
    out[n] = '\0';
}

static void label_of_http(struct decoder *d)
{
    struct str type = d->content_type;
    size_t at = str_find_nocase(type, S("charset"));
    struct str rest = str_trim(str_from(type, at + 7));
    if (rest.n && rest.p[0] == '=')
        take_label(d->label_http, str_from(rest, 1));
}

// Takes the label behind a word and a '=', where there is one.
static void label_behind(struct decoder *d, struct str text, struct str word)
{
    struct str rest = str_trim(str_from(text, str_find_nocase(text, word) + word.n));
    if (rest.n && rest.p[0] == '=')
        take_label(d->label_text, str_from(rest, 1));
}

// In <?xml version="1.0" encoding="..."?> (the first that names one, where there are several), or a page's
// <meta charset=...>.
static void label_of_text(struct decoder *d, struct str head)
{
    static const struct str mark = STR("<?xml");
    size_t at = str_find_nocase(head, mark);
    if (at == head.n)
        label_behind(d, str_from(head, str_find_nocase(head, S("<meta"))), S("charset"));
    while (at < head.n) {
        struct str declaration = str_from(head, at);
        label_behind(d, str_head(declaration, str_find_char(declaration, '>')), S("encoding"));
        if (d->label_text[0])
            break;
        at += mark.n;
        at += str_find_nocase(str_from(head, at), mark);
    }
}

// Opens iconv for a label; false where there is no such encoding, or none that these bytes can be in.
static bool open_encoding(struct decoder *d, const char *label, uint32_t unit)
{
    static const char *const never[] = {"utf-7", "utf-16", "utf-32", "ucs-", "unicode", "wchar", "char", "iso-10646"};
    char meant[CHARSET_NAME_MAX];
    const char *name = charset_meant(label, meant, sizeof meant);
    for (size_t i = 0; i < sizeof never / sizeof never[0] && unit == 1; i++) {
        if (strncmp(name, never[i], strlen(never[i])) == 0)
            return false;
    }
    if (!*name || strcmp(name, "utf-8") == 0)
        return false;
    iconv_t cd = iconv_open("UTF-8", name);
    if (cd == (iconv_t)-1)
        return false;
    d->iconv = cd;
    d->has_iconv = true;
    d->unit = unit;
    size_t n = strlen(name);
    assert(n < sizeof d->name);
    memcpy(d->name, name, n + 1);
    return true;
}

static bool is_utf8_label(const char *label)
{
    char meant[CHARSET_NAME_MAX];
    return strcmp(charset_meant(label, meant, sizeof meant), "utf-8") == 0;
}

// ---- the head

struct pattern {
    const char *bytes;
    size_t n;
    const char *encoding; // NULL: UTF-8
    uint32_t unit;
};

static const struct pattern *find_mark(struct str head)
{
    static const struct pattern marks[] = {
        {"\xff\xfe\0\0", 4, "utf-32le", 4}, {"\0\0\xfe\xff", 4, "utf-32be", 4}, {"\xff\xfe", 2, "utf-16le", 2},
        {"\xfe\xff", 2, "utf-16be", 2},     {"\xef\xbb\xbf", 3, NULL, 1},
    };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (str_starts(head, str_make(marks[i].bytes, marks[i].n)))
            return &marks[i];
    }
    return NULL;
}

// Where the first characters are ASCII in units of two or four bytes, all other bytes are NUL.
static const struct pattern *find_units(struct str head)
{
    static const struct pattern units[] = {
        {"\1\0\0\0", 4, "utf-32le", 4}, {"\0\0\0\1", 4, "utf-32be", 4}, {"\1\0", 2, "utf-16le", 2},
        {"\0\1", 2, "utf-16be", 2},     {"\x4c\x6f\xa7\x94", 0, "ibm037", 1}, // the last: "<?xm" in EBCDIC
    };
    enum { LOOKED_AT = 32 };
    if (str_starts(head, str_make(units[4].bytes, 4)))
        return &units[4];
    for (size_t i = 0; i < 4 && head.n >= 2 * units[i].n; i++) {
        bool fits = true;
        for (size_t k = 0; k < LOOKED_AT && k < head.n && fits; k++)
            fits = (head.p[k] != 0) == (units[i].bytes[k % units[i].n] != 0);
        if (fits)
            return &units[i];
    }
    return NULL;
}

// Encodings whose bytes are all ASCII's: their label is all there is.
static bool is_stateful(const char *label)
{
    char meant[CHARSET_NAME_MAX];
    return strncmp(charset_meant(label, meant, sizeof meant), "iso-2022-", 9) == 0;
}

static void read_on(struct decoder *d, const char *p, size_t n);

// The head is there, or the body has ended: the bytes held are read with what is known now.
static void decide_by_head(struct decoder *d)
{
    struct buf held = d->held;
    buf_init(&d->held, SIZE_MAX);
    struct str body = buf_str(&held);
    const struct pattern *mark = find_mark(body), *units = mark ? mark : find_units(body);
    d->state = DECODE_ASCII;
    label_of_http(d);
    if (!mark && (!units || !units->encoding))
        label_of_text(d, str_head(body, DECODE_HEAD_BYTES));
    const char *label = is_stateful(d->label_http) ? d->label_http : d->label_text;
    if (units && units->encoding && open_encoding(d, units->encoding, units->unit)) {
        d->state = DECODE_ICONV;
        d->why = mark ? "byte order mark" : "pattern of the first bytes";
    } else if (mark) {
        label_of_text(d, str_head(body, DECODE_HEAD_BYTES));
        d->state = DECODE_UTF8;
        d->why = "byte order mark";
        d->label_lied = d->label_text[0] && !is_utf8_label(d->label_text);
    } else if (is_stateful(label)) {
        d->label_escaped = label;
    }
    if (mark)
        body = str_from(body, mark->n);
    if (body.n)
        read_on(d, body.p, body.n);
    buf_done(&held);
}

// ---- the choice

// Half a surrogate pair as three bytes, which is no UTF-8 (CESU-8 has them): ED A0-AF the first, ED B0-BF the second.
static bool is_half(struct str s, unsigned char low, unsigned char high)
{
    return s.n >= 3 && (unsigned char)s.p[0] == 0xed && (unsigned char)s.p[1] >= low && (unsigned char)s.p[1] <= high &&
           ((unsigned char)s.p[2] & 0xc0) == 0x80;
}

// Tells whether s, which begins with a bad sequence, may be the head of a good one, or of surrogates.
static bool may_go_on(struct str s)
{
    unsigned char lead = (unsigned char)s.p[0];
    size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    uint32_t code;
    if (lead < 0xc2 || lead > 0xf4)
        return false;
    if (lead == 0xed && s.n >= 2 && (unsigned char)s.p[1] >= 0xa0 && (unsigned char)s.p[1] <= 0xbf) {
        static const char pair[] = "\xed\xa0\x80\xed\xb0\x80";
        bool is_so_far = s.n < 3 || is_half(s, 0xa0, 0xaf);
        for (size_t i = 3; i < s.n && is_so_far; i++)
            is_so_far = i < 6 && ((unsigned char)s.p[i] & 0xf0) == ((unsigned char)pair[i] & 0xf0);
        return s.n < 3 || (is_so_far && s.n < 6);
    }
    return s.n < need && utf8_decode(s, &code) == s.n;
}

// Counts the sequences in s that are no UTF-8, but for a character cut at its end; *out_multi counts its characters
// outside ASCII.
static size_t count_bad(struct str s, size_t *out_multi)
{
    size_t bad = 0, multi = 0;
    for (size_t i = 0; i < s.n;) {
        uint32_t code;
        struct str rest = str_from(s, i);
        size_t n = utf8_decode(rest, &code);
        bool is_bad = code == UTF8_BAD && !str_starts(rest, S("\xef\xbf\xbd"));
        bool is_surrogate = is_half(rest, 0xa0, 0xbf);
        multi += (n > 1 && !is_bad) || is_surrogate;
        bad += is_bad && (is_surrogate || !may_go_on(rest));
        i += is_surrogate ? 3 : n;
    }
    *out_multi = multi;
    return bad;
}

enum { FEW_BAD = 2, BAD_PER_MULTI = 8 };

// Tells whether text that is not UTF-8 was not meant to be: hardly any of its characters outside ASCII are. Some of
// another encoding's look so (in French, an e with an accent, a no-break space and a quote are one Han character). One
// or two bad ones and nothing beside them are a slip, or all there is: as UTF-8 each becomes its windows-1252
// character, so that nothing is lost in either case.
static bool is_single_byte(size_t bad, size_t multi)
{
    return multi == 0 ? bad > FEW_BAD : bad >= BAD_PER_MULTI * multi;
}

// The first byte outside ASCII and what follows it are held.
static void decide_by_window(struct decoder *d)
{
    struct buf held = d->held;
    buf_init(&d->held, SIZE_MAX);
    struct str window = str_head(buf_str(&held), DECODE_HEAD_BYTES);
    const char *label = d->label_http[0] ? d->label_http : d->label_text;
    size_t multi = 0, bad = utf8_valid(window) == window.n ? 0 : count_bad(window, &multi);
    d->state = DECODE_UTF8;
    if (bad == 0) {
        d->why = "the bytes are valid UTF-8";
        d->label_lied = label[0] && !is_utf8_label(label);
    } else if (open_encoding(d, d->label_http, 1)) {
        d->state = DECODE_ICONV;
        d->why = "HTTP charset";
    } else if (open_encoding(d, d->label_text, 1)) {
        d->state = DECODE_ICONV;
        d->why = "XML declaration";
        d->label_lied = d->label_http[0] != '\0';
    } else if (is_single_byte(bad, multi) && open_encoding(d, "windows-1252", 1)) {
        d->state = DECODE_ICONV;
        d->why = label[0] ? "the bytes are not what the label says" : "no label, and not UTF-8";
        d->label_lied = true;
    } else {
        d->why = "mostly UTF-8, with bad bytes";
    }
    read_on(d, held.p, held.n);
    buf_done(&held);
}

// ---- UTF-8

static void put_code(struct decoder *d, uint32_t code)
{
    char bytes[4];
    put(d, bytes, utf8_encode(code, bytes));
}

// Writes what stands for the bad sequence at the start of s. Returns its length.
static size_t put_bad(struct decoder *d, struct str s)
{
    uint32_t code;
    size_t n = utf8_decode(s, &code);
    d->sink.bad(d->sink.context);
    if (is_half(s, 0xa0, 0xaf) && is_half(str_from(s, 3), 0xb0, 0xbf)) {
        uint32_t high = ((unsigned char)s.p[1] & 0x0fu) << 6 | ((unsigned char)s.p[2] & 0x3fu);
        uint32_t low = ((unsigned char)s.p[4] & 0x0fu) << 6 | ((unsigned char)s.p[5] & 0x3fu);
        put_code(d, 0x10000 + (high << 10) + low);
        return 6;
    }
    if (is_half(s, 0xa0, 0xbf)) {
        put_code(d, UTF8_BAD);
        return 3;
    }
    put_code(d, n == 1 ? cp1252_code((unsigned char)s.p[0]) : UTF8_BAD);
    return n;
}

// Writes what can be written of s, and keeps the head of a character that its end cut.
static void read_utf8_whole(struct decoder *d, struct str s, bool is_last)
{
    while (s.n > 0) {
        size_t n = utf8_valid(s);
        put(d, s.p, n);
        s = str_from(s, n);
        if (s.n == 0)
            return;
        if (!is_last && may_go_on(s)) {
            memcpy(d->part, s.p, s.n);
            d->n_part = s.n;
            return;
        }
        s = str_from(s, put_bad(d, s));
    }
}

static void read_utf8(struct decoder *d, struct str s)
{
    while (d->n_part > 0 && s.n > 0) {
        char joined[sizeof d->part];
        size_t had = d->n_part;
        memcpy(joined, d->part, had);
        joined[had] = s.p[0];
        d->n_part = 0;
        read_utf8_whole(d, str_make(joined, had + 1), false);
        s = str_from(s, 1);
    }
    if (s.n > 0)
        read_utf8_whole(d, s, false);
}

// ---- iconv

static void read_iconv(struct decoder *d, char *in, size_t n, bool is_last)
{
    while (n > 0) {
        char *out = buf_room(&d->out, OUT_BYTES);
        char *to = out;
        size_t room = OUT_BYTES;
        size_t result = iconv(d->iconv, &in, &n, &to, &room);
        put(d, out, (size_t)(to - out));
        if (result != (size_t)-1 || errno == E2BIG)
            continue;
        if (errno == EINVAL && !is_last && n < sizeof d->part) { // cut by the piece's end
            memcpy(d->part, in, n);
            d->n_part = n;
            return;
        }
        d->sink.bad(d->sink.context);
        put_code(d, UTF8_BAD);
        size_t step = d->unit < n ? d->unit : n;
        in += step;
        n -= step;
    }
}

// Joins what the last piece left with the head of this one.
static void read_iconv_piece(struct decoder *d, const char *p, size_t n)
{
    while (d->n_part > 0 && n > 0) {
        char joined[sizeof d->part];
        size_t had = d->n_part;
        memcpy(joined, d->part, had);
        joined[had] = *p++;
        n--;
        d->n_part = 0;
        read_iconv(d, joined, had + 1, false);
    }
    read_iconv(d, (char *)(uintptr_t)p, n, false); // iconv's argument is not const, and it does not write
}

// ---- the whole

// Returns how many bytes at p are ASCII.
static size_t ascii_length(const char *p, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t word;
        memcpy(&word, p + i, 8);
        if (word & 0x8080808080808080u)
            break;
    }
    while (i < n && (unsigned char)p[i] < 0x80)
        i++;
    return i;
}

// Passes on what is ASCII at the front, up to an escape where the label names an encoding that has them, however late
// the first of them is. Returns its length; more bytes are of the state that is set.
static size_t read_ascii(struct decoder *d, const char *p, size_t n)
{
    size_t ascii = ascii_length(p, n);
    const char *escape = d->label_escaped && ascii ? memchr(p, 0x1b, ascii) : NULL;
    if (escape && open_encoding(d, d->label_escaped, 1)) {
        ascii = (size_t)(escape - p);
        d->state = DECODE_ICONV;
        d->why = d->label_escaped == d->label_http ? "HTTP charset" : "XML declaration";
    } else if (ascii < n) {
        d->state = DECODE_WINDOW;
    }
    put(d, p, ascii);
    return ascii;
}

static void read_on(struct decoder *d, const char *p, size_t n)
{
    if (n == 0)
        return;
    if (d->state == DECODE_ASCII) {
        size_t ascii = read_ascii(d, p, n);
        p += ascii;
        n -= ascii;
    }
    if (n == 0)
        return;
    switch (d->state) {
    case DECODE_HEAD: case DECODE_WINDOW:
        buf_add(&d->held, str_make(p, n));
        if (d->held.n < DECODE_HEAD_BYTES)
            return;
        if (d->state == DECODE_HEAD)
            decide_by_head(d);
        else
            decide_by_window(d);
        return;
    case DECODE_UTF8: read_utf8(d, str_make(p, n)); return;
    case DECODE_ICONV: read_iconv_piece(d, p, n); return;
    case DECODE_ASCII: return;
    }
}

void decode_feed(struct decoder *d, const char *p, size_t n) { read_on(d, p, n); }

void decode_end(struct decoder *d)
{
    if (d->state == DECODE_HEAD)
        decide_by_head(d);
    if (d->state == DECODE_WINDOW)
        decide_by_window(d);
    if (d->n_part > 0 && d->state == DECODE_UTF8)
        read_utf8_whole(d, (struct str){(char *)d->part, d->n_part}, true);
    if (d->n_part > 0 && d->state == DECODE_ICONV)
        read_iconv(d, (char *)d->part, d->n_part, true);
    d->n_part = 0;
}
