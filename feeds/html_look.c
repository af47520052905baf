// SPDX-License-Identifier: MIT
//
// Looking at HTML without reading it: is it HTML at all, the digest of its letters, and escaping.
#include "feeds/html.h"

#include "base/hash.h"
#include "feeds/html_letters.h"
#include "feeds/html_names.h"

// An end tag of a known element, or a start tag that no plain text holds by chance ("<br>", "<img ...").
static bool is_telling_tag(struct str s)
{
    bool is_end = s.n > 1 && s.p[1] == '/';
    size_t at = 1 + is_end, n = 0;
    while (at + n < s.n && n < 12 && char_is_alnum(s.p[at + n]))
        n++;
    const struct html_element *e = html_element_find(str_make(s.p + at, n));
    if (!e || at + n >= s.n || (!is_end && !e->is_telling))
        return false;
    char behind = s.p[at + n];
    return behind == '>' || (!is_end && (behind == '/' || char_is_space(behind)));
}

bool html_looks_like_html(struct str text)
{
    size_t last_end = text.n;
    for (size_t i = 0; (i = html_find_markup(text, i)) < text.n; i++) {
        uint32_t code[2];
        struct str rest = str_from(text, i);
        if (text.p[i] == '&') {
            size_t n = html_reference(rest, code);
            if (n && rest.p[n - 1] == ';')
                return true;
            continue;
        }
        while (last_end > i && text.p[last_end - 1] != '>')
            last_end--;
        if (i < last_end && is_telling_tag(rest))
            return true;
    }
    return false;
}

void html_escape(struct str text, struct buf *out)
{
    size_t start = 0;
    for (size_t i = 0; i < text.n; i++) {
        const char *escaped = NULL;
        switch (text.p[i]) {
        case '&': escaped = "&amp;"; break;
        case '<': escaped = "&lt;"; break;
        case '>': escaped = "&gt;"; break;
        case '"': escaped = "&quot;"; break;
        case '\'': escaped = "&#39;"; break;
        default: continue;
        }
        buf_add(out, str_make(text.p + start, i - start));
        buf_add(out, str_of(escaped));
        start = i + 1;
    }
    buf_add(out, str_from(text, start));
}

// The digest is a chain: each full block is hashed together with the digest so far.
struct digest {
    const struct hash_key *key;
    uint64_t so_far;
    size_t n;
    bool is_empty;
    char block[1024];
};

static void end_block(struct digest *d)
{
    struct str parts[2] = {str_make((const char *)&d->so_far, sizeof d->so_far), str_make(d->block, d->n)};
    if (d->n)
        d->so_far = hash64_parts(d->key, parts, 2);
    d->n = 0;
}

static void add_letters(struct digest *d, struct str s)
{
    d->is_empty &= s.n == 0;
    while (s.n) {
        size_t n = sizeof d->block - d->n < s.n ? sizeof d->block - d->n : s.n;
        memcpy(d->block + d->n, s.p, n);
        d->n += n;
        s = str_from(s, n);
        if (d->n == sizeof d->block)
            end_block(d);
    }
}

uint64_t html_digest(const struct hash_key *key, struct str html)
{
    struct digest d; // its block is not read before it is written
    d.key = key;
    d.so_far = 0;
    d.n = 0;
    d.is_empty = true;
    size_t at = 0;
    while (at < html.n) {
        size_t start = at;
        while (at < html.n && (unsigned char)html.p[at] > ' ' && html.p[at] != '<')
            at++;
        add_letters(&d, str_make(html.p + start, at - start));
        if (at < html.n && html.p[at] == '<') {
            char next = at + 1 < html.n ? html.p[at + 1] : 0;
            bool is_tag = char_is_alpha(next) || next == '/' || next == '!' || next == '?';
            size_t end = is_tag ? str_find_char(str_from(html, at), '>') : 0;
            if (at + end == html.n)
                break;
            at += end;
        }
        at++;
    }
    end_block(&d);
    return d.is_empty ? 0 : d.so_far | (d.so_far == 0);
}
