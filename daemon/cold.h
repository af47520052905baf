// SPDX-License-Identifier: MIT
//
// A feed at rest: its addresses, what we know of it (feed_pack) and its marks, in one allocation.
#ifndef DAEMON_COLD_H
#define DAEMON_COLD_H

#include "base/arena.h"
#include "feeds/feed.h"

struct cold;

// Packs what of a feed is not in its hot record. To be given to mem_free.
struct cold *cold_make(const struct feed *feed) __attribute__((returns_nonnull));

// Reads it back; texts are copied into the arena (a poll outlives the record). Leaves id, options, due and polled_at.
void cold_read(const struct cold *cold, struct arena *a, struct feed *out);

// Notes a good answer that changed nothing else.
void cold_touch(struct cold *cold, wall_t good_at);

// Reads and changes who named the feed: a reload may take over one that a person added.
enum feed_origin cold_origin(const struct cold *cold);
void cold_set_origin(struct cold *cold, enum feed_origin origin);

// Returns the bytes it takes.
uint64_t cold_bytes(const struct cold *cold);

#endif
