// SPDX-License-Identifier: MIT
//
// Forgetting: what sqlite_prune removes, linear, because tests are small. Alerts lie in the order of commits, which is
// that of their times. Texts stay in the disk's arena.
#include "store/memory_parts.h"

enum { OPEN = 1 << DELIVERY_WAITING | 1 << DELIVERY_HELD | 1 << DELIVERY_DEAD };

static bool has_open_row(const struct memory_image *image, struct hash128 id)
{
    for (size_t i = 0; i < image->n_deliveries; i++) {
        const struct delivery *d = image->deliveries[i] ? &image->deliveries[i]->delivery : NULL;
        if (d && same_id(d->alert, id) && OPEN >> d->state & 1)
            return true;
    }
    return false;
}

static void forget_rows(struct memory_image *image, struct hash128 id)
{
    size_t kept = 0;
    for (size_t i = 0; i < image->n_deliveries; i++) {
        struct memory_delivery *d = image->deliveries[i];
        if (d && same_id(d->delivery.alert, id))
            HASH_DEL(image->by_key, d);
        else
            image->deliveries[kept++] = d;
    }
    image->n_deliveries = kept;
    kept = 0;
    for (size_t i = 0; i < image->n_attempts; i++)
        if (!same_id(image->attempts[i].alert, id))
            image->attempts[kept++] = image->attempts[i];
    image->n_attempts = kept;
    kept = 0;
    for (size_t i = 0; i < image->n_bodies; i++)
        if (!same_id(image->bodies[i].alert, id))
            image->bodies[kept++] = image->bodies[i];
    image->n_bodies = kept;
}

static void forget(struct memory_image *image, struct memory_alert *alert)
{
    struct memory_dedup *dedup = NULL;
    HASH_FIND(hh, image->dedups, &alert->alert.dedup_key, sizeof alert->alert.dedup_key, dedup);
    dedup->n--;
    HASH_DEL(image->by_id, alert);
    image->pruned_seq = alert->alert.seq > image->pruned_seq ? alert->alert.seq : image->pruned_seq;
    forget_rows(image, alert->alert.id);
}

static size_t prune_alerts(struct memory_image *image, wall_t before, size_t n)
{
    size_t kept = 0, removed = 0;
    for (size_t i = 0; i < image->n_alerts; i++) {
        struct memory_alert *alert = image->alerts[i];
        if (removed < n && alert->alert.queued.ms < before.ms && !has_open_row(image, alert->alert.id)) {
            forget(image, alert);
            removed++;
        } else {
            image->alerts[kept++] = alert;
        }
    }
    image->n_alerts = kept;
    return removed;
}

static size_t prune_stories(struct memory_image *image, wall_t before, size_t n)
{
    size_t kept = 0, removed = 0;
    for (size_t i = 0; i < image->n_stories; i++) {
        if (removed < n && image->stories[i].seen.ms < before.ms)
            removed++;
        else
            image->stories[kept++] = image->stories[i];
    }
    image->n_stories = kept;
    return removed;
}

enum store_result memory_prune(struct store *head, wall_t now, int64_t history_ms, size_t n, size_t *out_n,
                               struct err *err)
{
    struct memory_store *store = (struct memory_store *)head;
    if (store->is_dead)
        return memory_crash(store, err);
    struct memory_image *image = &store->disk->image;
    *out_n = prune_alerts(image, wall_add(now, -history_ms), n) +
             prune_stories(image, wall_add(now, -STORY_LIFE_MS), n);
    return STORE_OK;
}
