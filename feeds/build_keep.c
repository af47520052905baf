// SPDX-License-Identifier: MIT
//
// What the builder keeps: texts up to the cap of their item, addresses made absolute.
#include "base/utf8.h"
#include "feeds/build.h"
#include "feeds/url.h"

// A body that fills the cap must not cost its item the id and the link, which stand behind it in many feeds.
enum {
    KEPT_SHORT_BEYOND = 64 << 10, // eight of the longest addresses
    KEPT_TITLE_BEYOND = 4 << 10,  // more than any title that is one
    RESOLVED_MAX = 1 << 20,       // bytes of references of an item, and their bases
};

size_t build_room(const struct builder *b, enum build_kept kind)
{
    size_t beyond = kind == KEPT_SHORT ? KEPT_SHORT_BEYOND : kind == KEPT_TITLE ? KEPT_TITLE_BEYOND : 0;
    size_t used = b->has_item ? b->item_text_bytes : b->feed_text_bytes, max = b->limits->item_text_max + beyond;
    return used >= max ? 0 : max - used;
}

struct str build_keep_as(struct builder *b, struct str text, enum build_kept kind)
{
    struct str kept = utf8_head(text, build_room(b, kind));
    if (b->has_item && !b->is_item_kept)
        return (struct str){NULL, 0};
    if (kept.n < text.n) {
        b->doc->repairs[REPAIR_LIMIT].count++;
        b->item.is_text_cut |= b->has_item;
    }
    *(b->has_item ? &b->item_text_bytes : &b->feed_text_bytes) += kept.n;
    return arena_str(build_arena(b), kept);
}

struct str build_keep(struct builder *b, struct str text) { return build_keep_as(b, text, KEPT_SHORT); }

// Tells whether an address is absolute and has only characters that addresses are made of: nearly all are, and need
// no resolving and no mending.
static bool is_plain_address(struct str url)
{
    enum { NO, YES, AMPERSAND };
    static const uint8_t allowed[128] = {
        ['!'] = YES, ['#' ... '%'] = YES, ['&'] = AMPERSAND, ['\'' ... ';'] = YES, ['='] = YES, ['?' ... 'Z'] = YES,
        ['_'] = YES, ['a' ... 'z'] = YES, ['~'] = YES,
    };
    if (url.n < 9 || memcmp(url.p, "http", 4) != 0 || memcmp(url.p + 4 + (url.p[4] == 's'), "://", 3) != 0)
        return false;
    struct str host = str_from(url, 7 + (url.p[4] == 's'));
    if (host.n == 0 || host.p[0] == '/' || str_starts(host, S("http")))
        return false;
    for (size_t i = 0; i < host.n; i++) {
        unsigned kind = (unsigned char)host.p[i] < 128 ? allowed[(unsigned char)host.p[i]] : NO;
        if (kind != YES && (kind == NO || url_escaped_ampersand(str_from(host, i + 1))))
            return false;
    }
    return true;
}

struct str build_address(struct builder *b, struct str base, struct str reference)
{
    reference = str_head(reference, URL_BYTES_MAX);
    if (!reference.n || (b->has_item && !b->is_item_kept))
        return (struct str){NULL, 0};
    if (is_plain_address(reference))
        return arena_str(build_arena(b), reference);
    size_t *used = b->has_item ? &b->item_address_bytes : &b->feed_address_bytes;
    *used += base.n + reference.n; // a base of 8 KiB costs as much for each reference of one byte
    if (*used > RESOLVED_MAX) {
        b->doc->repairs[REPAIR_LIMIT].count++;
        return (struct str){NULL, 0};
    }
    struct str address = url_resolve(build_arena(b), base, url_mend(build_arena(b), base, reference));
    bool is_view = address.p >= reference.p && address.p <= reference.p + reference.n;
    return is_view ? arena_str(build_arena(b), address) : address;
}
