// SPDX-License-Identifier: MIT
//
// What the parts of daemon/shard share: deciding (shard.c), hosts (shard_hosts.c), reading (shard_read.c). Nobody else
// includes it.
#ifndef DAEMON_SHARD_PARTS_H
#define DAEMON_SHARD_PARTS_H

#include "daemon/cold.h"
#include "daemon/index.h"
#include "daemon/shard.h"

enum feed_state { FREE, RESTING, WAITING, ASKING, ASLEEP };

struct hot { // 64 bytes, and 16 in the wheel
    uint64_t id;
    struct cold *cold;
    const struct feed_options *options;
    int64_t due_ms, polled_ms; // wall
    uint32_t host;
    uint32_t next_waiting;
    uint32_t asking_at; // the host whose slot it holds: its own, or that of a hop; WHEEL_NONE between hops
    uint8_t state;
    bool is_leaving, is_failing, is_gone, is_poked; // is_poked: made due while it was being asked
};

struct host {
    uint64_t key;
    mono_t next_start;
    mono_t hold_until;
    mono_t told_until; // the latest that one of its feeds was told to wait for, which holds the host with a second one
    uint64_t held_by; // the feed that was told to wait last
    uint32_t asking;
    uint32_t first, last;  // waiting feeds; first of one that is forgotten: the next free place
    uint32_t feeds;
};

struct shard {
    struct shard_limits limits;
    struct rng rng;
    uint64_t seed;
    struct hot *feeds;
    uint32_t n_feeds, room_feeds, free_feed; // free_feed: list by next_waiting
    struct host *hosts;
    uint32_t n_hosts, room_hosts, free_host; // n_hosts: places in use or free; by_host.n of them are in use
    struct index by_id, by_host;
    struct wheel due, open;
    uint32_t asking, live;
    uint64_t cold_bytes;
};

// Returns the place of a host, which is made where it is not known; then others may be forgotten, and their records may
// move in memory.
uint32_t shard_host_place(struct shard *s, uint64_t key, mono_t now);

// Reads a feed back from its two records.
void shard_read_hot(const struct hot *f, struct arena *a, struct feed *out);

#endif
