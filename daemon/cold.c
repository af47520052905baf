// SPDX-License-Identifier: MIT
#include "daemon/cold.h"

#include <assert.h>

#include "base/mem.h"

struct cold {
    uint32_t n_first_url, n_url, n_packed, n_marks; // n_url 0: the same as first_url
    int64_t good_ms;
    uint32_t origin;
    char bytes[];
};

enum { PACKED_BYTES_MAX = 1 << 20 }; // every field of it is capped where it is read; this is a bug's limit

struct cold *cold_make(const struct feed *feed)
{
    struct buf packed;
    buf_init(&packed, PACKED_BYTES_MAX);
    feed_pack(feed, &packed);
    assert(!packed.is_cut);
    struct str url = str_eq(feed->url, feed->first_url) ? (struct str){0} : feed->url;
    size_t n = feed->first_url.n + url.n + packed.n + feed->marks.n;
    struct cold *c = mem_alloc(sizeof *c + n);
    c->n_first_url = (uint32_t)feed->first_url.n;
    c->n_url = (uint32_t)url.n;
    c->n_packed = (uint32_t)packed.n;
    c->n_marks = (uint32_t)feed->marks.n;
    c->good_ms = feed->good_at.ms;
    c->origin = feed->origin;
    const struct str parts[] = {feed->first_url, url, buf_str(&packed), feed->marks};
    char *p = c->bytes;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].n)
            p = (char *)memcpy(p, parts[i].p, parts[i].n) + parts[i].n;
    buf_done(&packed);
    return c;
}

void cold_read(const struct cold *c, struct arena *a, struct feed *out)
{
    *out = (struct feed){0};
    size_t n = cold_bytes(c) - sizeof *c;
    struct str rest = arena_str(a, str_make(c->bytes, n));
    bool is_whole = feed_unpack(str_make(rest.p + c->n_first_url + c->n_url, c->n_packed), out);
    assert(is_whole);
    out->first_url = str_head(rest, c->n_first_url);
    out->url = c->n_url ? str_make(rest.p + c->n_first_url, c->n_url) : out->first_url;
    out->marks = str_make(rest.p + n - c->n_marks, c->n_marks);
    out->origin = (enum feed_origin)c->origin;
    out->good_at = (wall_t){c->good_ms};
}

void cold_touch(struct cold *c, wall_t good_at) { c->good_ms = good_at.ms; }

enum feed_origin cold_origin(const struct cold *c) { return (enum feed_origin)c->origin; }

void cold_set_origin(struct cold *c, enum feed_origin origin) { c->origin = (uint32_t)origin; }

uint64_t cold_bytes(const struct cold *c)
{
    return sizeof *c + c->n_first_url + c->n_url + c->n_packed + c->n_marks;
}
