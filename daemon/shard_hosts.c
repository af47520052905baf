// SPDX-License-Identifier: MIT
//
// The hosts that a shard knows, by a hash of their name: a feed's own, and those that redirects lead to.
#include "base/hash.h"
#include "base/mem.h"
#include "daemon/shard_parts.h"
#include "feeds/url.h"

static uint64_t host_key(struct str url)
{
    struct arena a;
    arena_init(&a, 1 << 16);
    uint64_t key = hash64_seeded(0, url_host_key(&a, url));
    arena_done(&a);
    return key;
}

uint32_t shard_virtual(struct str url) { return (uint32_t)(host_key(url) % SHARD_VIRTUAL); }

uint32_t shard_host_of(struct shard *s, struct str url)
{
    uint64_t key = host_key(url);
    uint32_t i = index_find(&s->by_host, key);
    if (i != INDEX_NONE)
        return i;
    if (s->n_hosts == s->room_hosts) {
        s->room_hosts = s->room_hosts ? s->room_hosts * 2 : 64;
        s->hosts = mem_resize_array(s->hosts, s->room_hosts, sizeof *s->hosts);
        wheel_grow(&s->open, s->room_hosts);
    }
    i = s->n_hosts++;
    s->hosts[i] = (struct host){.key = key, .first = WHEEL_NONE, .last = WHEEL_NONE};
    index_put(&s->by_host, key, i);
    return i;
}
