// SPDX-License-Identifier: MIT
//
// The state of a feed as bytes: a version, then fields in a fixed order, numbers as LEB128 (signed ones zigzag), texts
// with their length before them. Small numbers and absent texts take one byte.
#include "feeds/feed.h"

#include "base/hash.h"

enum { PACK_VERSION = 1 };

uint64_t feed_id(struct str first_url)
{
    uint64_t id = hash64_seeded(0, first_url);
    return id ? id : 1;
}

static const char digits62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const char *feed_id_write(uint64_t id, char out[FEED_ID_BYTES])
{
    out[FEED_ID_BYTES - 1] = 0;
    for (int i = FEED_ID_BYTES - 2; i >= 0; i--) {
        out[i] = digits62[id % 62];
        id /= 62;
    }
    return out;
}

bool feed_id_read(struct str text, uint64_t *out_id)
{
    uint64_t id = 0;
    if (text.n != FEED_ID_BYTES - 1)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        const char *digit = text.p[i] ? strchr(digits62, text.p[i]) : NULL;
        bool is_good = digit && !__builtin_mul_overflow(id, 62, &id) &&
                       !__builtin_add_overflow(id, (uint64_t)(digit - digits62), &id);
        if (!is_good)
            return false;
    }
    *out_id = id;
    return id != 0;
}

bool feed_has_name(const struct feed *feed)
{
    bool has_title = feed->title.n && !str_eq(feed->title, feed->url) && !str_eq(feed->title, feed->first_url);
    return has_title || (feed->options && feed->options->name.n);
}

struct str feed_name(const struct feed *feed)
{
    if (feed->options && feed->options->name.n)
        return feed->options->name;
    return feed->title.n ? feed->title : feed->url;
}

// ---- one walk over the fields serves both directions ---------------------------------------------------------------

struct packer {
    struct buf *out;  // packing
    struct str in;    // unpacking
    bool is_damaged;
};

static void write_number(struct buf *out, uint64_t value)
{
    while (value >= 0x80) {
        buf_add_char(out, (char)(value | 0x80));
        value >>= 7;
    }
    buf_add_char(out, (char)value);
}

static uint64_t read_number(struct packer *p)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (p->in.n == 0)
            break;
        unsigned char c = (unsigned char)p->in.p[0];
        p->in = str_from(p->in, 1);
        value |= (uint64_t)(c & 0x7F) << shift;
        if (c < 0x80)
            return value;
    }
    p->is_damaged = true;
    return 0;
}

static void pass_number(struct packer *p, uint64_t *value)
{
    if (p->out) {
        write_number(p->out, *value);
    } else if (p->in.n && (unsigned char)p->in.p[0] < 0x80) { // most
        *value = (unsigned char)p->in.p[0];
        p->in = str_make(p->in.p + 1, p->in.n - 1);
    } else {
        *value = read_number(p);
    }
}

static void pass_u32(struct packer *p, uint32_t *value, uint32_t max)
{
    uint64_t wide = *value;
    pass_number(p, &wide);
    p->is_damaged |= wide > max;
    *value = (uint32_t)wide;
}

static void pass_time(struct packer *p, wall_t *t)
{
    uint64_t zigzag = (uint64_t)t->ms << 1 ^ (uint64_t)(t->ms >> 63);
    pass_number(p, &zigzag);
    t->ms = (int64_t)(zigzag >> 1 ^ (~(zigzag & 1) + 1));
}

static void pass_text(struct packer *p, struct str *s)
{
    uint64_t n = s->n;
    pass_number(p, &n);
    if (p->out) {
        buf_add(p->out, *s);
        return;
    }
    if (n > p->in.n) {
        p->is_damaged = true;
        return;
    }
    *s = n ? str_head(p->in, n) : (struct str){0};
    p->in = str_from(p->in, n);
}

static void pass_float(struct packer *p, float *value)
{
    uint32_t bits = 0;
    memcpy(&bits, value, sizeof bits);
    pass_u32(p, &bits, UINT32_MAX);
    memcpy(value, &bits, sizeof bits);
}

static void pass_history(struct packer *p, struct history *h)
{
    pass_time(p, &h->at);
    pass_time(p, &h->newest);
    pass_float(p, &h->posts);
    pass_float(p, &h->days);
    for (int i = 0; i < 24; i++) {
        uint32_t hour = h->hours[i];
        pass_u32(p, &hour, UINT16_MAX);
        h->hours[i] = (uint16_t)hour;
    }
}

static void pass_websub(struct packer *p, struct websub *w)
{
    uint32_t state = w->state;
    pass_u32(p, &state, WEBSUB_DENIED);
    w->state = state;
    pass_text(p, &w->hub);
    pass_text(p, &w->topic);
    pass_text(p, &w->secret);
    pass_text(p, &w->path);
    pass_time(p, &w->since);
    pass_time(p, &w->lease_end);
}

static void pass_feed(struct packer *p, struct feed *f)
{
    uint32_t fault = f->fault;
    pass_u32(p, &f->flags, UINT32_MAX);
    pass_text(p, &f->title);
    pass_text(p, &f->site);
    pass_text(p, &f->validators.etag);
    pass_text(p, &f->validators.last_modified);
    pass_text(p, &f->validators.url);
    pass_history(p, &f->history);
    pass_websub(p, &f->websub);
    pass_text(p, &f->moving_to);
    pass_u32(p, &f->moving_seen, UINT32_MAX);
    pass_u32(p, &f->hint_s, UINT32_MAX);
    pass_u32(p, &f->skip_hours, 0xFFFFFF);
    pass_u32(p, &f->skip_days, 0x7F);
    pass_time(p, &f->hold_until);
    pass_u32(p, &fault, FAULT_KINDS - 1);
    f->fault = fault;
    pass_u32(p, &f->failures, UINT32_MAX);
    pass_time(p, &f->failing_since);
    pass_time(p, &f->gone_at);
    pass_text(p, &f->error);
    pass_time(p, &f->changed_at);
}

void feed_pack(const struct feed *feed, struct buf *out)
{
    struct packer p = {.out = out};
    struct feed copy = *feed; // the walk writes back what it read
    buf_add_char(out, PACK_VERSION);
    pass_feed(&p, &copy);
}

bool feed_unpack(struct str packed, struct feed *feed)
{
    struct packer p = {.in = str_from(packed, 1)};
    struct feed copy = *feed;
    if (packed.n == 0 || packed.p[0] != PACK_VERSION)
        return false;
    pass_feed(&p, &copy);
    if (p.is_damaged || p.in.n)
        return false;
    *feed = copy;
    return true;
}

static const struct {
    const char *word, *phrase;
} faults[FAULT_KINDS] = {
    [FAULT_NONE] = {"none", "no fault"},
    [FAULT_ADDRESS] = {"address", "its address cannot be fetched"},
    [FAULT_PRIVATE] = {"private", "its address leads into the private network"},
    [FAULT_RESOLVE] = {"resolve", "its host has no address"},
    [FAULT_CONNECT] = {"connect", "its server cannot be reached"},
    [FAULT_TLS] = {"tls", "its server cannot be trusted"},
    [FAULT_TIMEOUT] = {"timeout", "its server is too slow"},
    [FAULT_BROKEN_OFF] = {"broken-off", "the answer broke off"},
    [FAULT_PROTOCOL] = {"protocol", "the answer is not HTTP"},
    [FAULT_TOO_LARGE] = {"too-large", "the answer is too large"},
    [FAULT_ENCODING] = {"encoding", "the answer's compression is broken"},
    [FAULT_REDIRECT] = {"redirect", "it redirects to nowhere"},
    [FAULT_UNASKED_304] = {"unasked-304", "it answers \"not modified\" without being asked"},
    [FAULT_AUTH] = {"auth", "it asks for credentials"},
    [FAULT_FORBIDDEN] = {"forbidden", "it refuses us"},
    [FAULT_NOT_FOUND] = {"not-found", "there is nothing at its address"},
    [FAULT_GONE] = {"gone", "it is gone for good"},
    [FAULT_SLOW_DOWN] = {"slow-down", "it asks us to come less often"},
    [FAULT_SERVER] = {"server", "its server has an error"},
    [FAULT_STATUS] = {"status", "an unexpected answer"},
    [FAULT_EMPTY] = {"empty", "the answer is empty"},
    [FAULT_NOT_A_FEED] = {"not-a-feed", "the answer is not a feed"},
};

const char *fault_word(enum fault fault) { return faults[fault].word; }

const char *fault_phrase(enum fault fault) { return faults[fault].phrase; }
