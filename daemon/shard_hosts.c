// SPDX-License-Identifier: MIT
//
// The hosts that a shard knows, by a hash of their name: a feed's own, and those that redirects lead to. One without a
// feed is forgotten when nobody need wait for it any more: redirects to ever new names must not fill the memory.
#include "base/hash.h"
#include "base/mem.h"
#include "daemon/shard_parts.h"
#include "feeds/url.h"

uint64_t shard_host(struct str url)
{
    struct arena a;
    arena_init(&a, 1 << 16);
    uint64_t key = hash64_seeded(0, url_host_key(&a, url));
    arena_done(&a);
    return key;
}

uint32_t shard_virtual_of(uint64_t host) { return (uint32_t)(host % SHARD_VIRTUAL); }
uint32_t shard_virtual(struct str url) { return shard_virtual_of(shard_host(url)); }

// Tells whether a host would begin anew just as it is: no feed is on it or asks it, and what it or its feeds were
// promised has passed. hold_until is never later than told_until.
static bool is_forgettable(const struct host *h, mono_t now)
{
    return !h->feeds && !h->asking && h->next_start.ms <= now.ms && h->told_until.ms <= now.ms;
}

// Returns how many hosts it forgot. Called where no place is free, so none is met that was forgotten before.
static uint32_t forget_hosts(struct shard *s, mono_t now)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n_hosts; i++) {
        if (!is_forgettable(&s->hosts[i], now))
            continue;
        index_remove(&s->by_host, s->hosts[i].key);
        wheel_remove(&s->open, i);
        s->hosts[i].first = s->free_host;
        s->free_host = i;
        n++;
    }
    return n;
}

// A place for one more host. What is full forgets first, and grows where that made little room: a look at all of them
// for each few new ones would cost more than the room.
static uint32_t new_place(struct shard *s, mono_t now)
{
    bool is_full = s->free_host == WHEEL_NONE && s->n_hosts == s->room_hosts;
    if (is_full && forget_hosts(s, now) <= s->room_hosts / 4) {
        s->room_hosts = s->room_hosts ? s->room_hosts * 2 : 64;
        s->hosts = mem_resize_array(s->hosts, s->room_hosts, sizeof *s->hosts);
        wheel_grow(&s->open, s->room_hosts);
    }
    uint32_t i = s->free_host;
    if (i == WHEEL_NONE)
        return s->n_hosts++;
    s->free_host = s->hosts[i].first;
    return i;
}

uint32_t shard_host_place(struct shard *s, uint64_t key, mono_t now)
{
    uint32_t i = index_find(&s->by_host, key);
    if (i != INDEX_NONE)
        return i;
    i = new_place(s, now);
    s->hosts[i] = (struct host){.key = key, .first = WHEEL_NONE, .last = WHEEL_NONE};
    index_put(&s->by_host, key, i);
    return i;
}
