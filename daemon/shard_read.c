// SPDX-License-Identifier: MIT
#include "daemon/shard_parts.h"

void shard_read_hot(const struct hot *f, struct arena *a, struct feed *out)
{
    cold_read(f->cold, a, out);
    out->id = f->id;
    out->options = f->options;
    out->due = (wall_t){f->due_ms};
    out->polled_at = (wall_t){f->polled_ms};
}

struct shard_counts shard_counts(const struct shard *s)
{
    struct shard_counts c = {.feeds = s->live, .asking = s->asking, .hosts = s->by_host.n};
    for (uint32_t i = 0; i < s->n_feeds; i++) {
        const struct hot *f = &s->feeds[i];
        if (f->state == FREE)
            continue;
        c.waiting += f->state == WAITING;
        if (f->is_gone)
            c.gone++;
        else if (f->due_ms == INT64_MAX)
            c.paused++;
        else if (f->is_failing)
            c.failing++;
        else
            c.fresh += f->polled_ms == 0;
    }
    c.bytes = s->cold_bytes + (uint64_t)s->room_feeds * (sizeof *s->feeds + sizeof *s->due.nodes) +
              (uint64_t)s->room_hosts * (sizeof *s->hosts + sizeof *s->open.nodes) + index_bytes(&s->by_id) +
              index_bytes(&s->by_host);
    return c;
}

bool shard_read(const struct shard *s, uint64_t id, struct arena *a, struct feed *out)
{
    uint32_t i = index_find(&s->by_id, id);
    if (i == INDEX_NONE)
        return false;
    shard_read_hot(&s->feeds[i], a, out);
    return true;
}

static const struct hot *live_at(const struct shard *s, uint32_t *i)
{
    while (*i < s->n_feeds && s->feeds[*i].state == FREE)
        ++*i;
    return *i < s->n_feeds ? &s->feeds[(*i)++] : NULL;
}

bool shard_read_at(const struct shard *s, uint32_t *i, struct arena *a, struct feed *out)
{
    const struct hot *f = live_at(s, i);
    if (f)
        shard_read_hot(f, a, out);
    return f;
}

bool shard_due_at(const struct shard *s, uint32_t *i, uint64_t *out_id, wall_t *out_due, wall_t *out_polled)
{
    const struct hot *f = live_at(s, i);
    if (!f)
        return false;
    *out_id = f->id;
    *out_due = (wall_t){f->due_ms};
    *out_polled = (wall_t){f->polled_ms};
    return true;
}
