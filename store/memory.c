// SPDX-License-Identifier: MIT
//
// The memory engine: disk, opening, loading. See memory.h; writing is memory_commit.c, reading memory_side.c.
#include <assert.h>
#include <stdio.h>

#include "base/mem.h"
#include "store/memory_parts.h"

struct memory_disk *memory_disk_open(void)
{
    struct memory_disk *disk = mem_alloc(sizeof *disk);
    arena_init(&disk->arena, SIZE_MAX);
    disk->image.next_row = 1;
    return disk;
}

void memory_disk_close(struct memory_disk *disk)
{
    if (!disk)
        return;
    memory_image_done(&disk->image);
    arena_done(&disk->arena);
    mem_free(disk);
}

void memory_disk_fault(struct memory_disk *disk, enum memory_fault fault, uint64_t n, uint64_t times)
{
    assert(fault == MEMORY_NONE || n >= 1);
    disk->fault = fault;
    disk->fault_in = n;
    disk->fault_times = times;
}

uint64_t memory_disk_commits(const struct memory_disk *disk) { return disk->commits; }

static void close_store(struct store *head)
{
    struct memory_store *store = (struct memory_store *)head;
    struct memory_disk *disk = store->disk;
    if (disk->owner == store) {
        if (!head->has_given_up)
            disk->image.closed.ms = disk->image.heartbeat.ms > 1 ? disk->image.heartbeat.ms : 1;
        disk->owner = NULL;
    }
    mem_free(store);
}

static const struct feed_due *find_due(const struct memory_image *image, uint64_t feed)
{
    const struct feed_due *found = NULL;
    for (size_t i = 0; i < image->n_dues; i++) {
        for (size_t j = 0; j < image->dues[i].n; j++) {
            const struct feed_due *due = &image->dues[i].list[j];
            if (due->feed == feed && (!found || due->polled_at.ms > found->polled_at.ms))
                found = due;
        }
    }
    return found;
}

static void load_feeds(const struct memory_store *store, const struct store_visitor *v, struct store_facts *facts)
{
    const struct memory_image *image = &store->disk->image;
    for (const struct memory_feed *f = v->feed ? image->feeds : NULL; f; f = f->hh.next) {
        struct store_feed row = f->row;
        store_feed_times(&row.feed, find_due(image, row.feed.id), store->was_unclean, facts->heartbeat,
                         store->head.now);
        facts->feeds++;
        v->feed(v->context, &row);
    }
}

static bool load(struct store *head, const struct store_visitor *v, wall_t stories_since, struct store_facts *out,
                 struct err *err)
{
    struct memory_store *store = (struct memory_store *)head;
    const struct memory_image *image = &store->disk->image;
    if (store->is_dead)
        return err_set(err, "the store crashed (a planted fault)");
    struct store_facts facts = {.heartbeat = image->heartbeat, .closed = store->closed};
    facts.price_nano = image->price_nano;
    uint64_t seq = image->n_alerts ? image->alerts[image->n_alerts - 1]->alert.seq : 0;
    seq = seq > image->pruned_seq ? seq : image->pruned_seq;
    facts.next_seq = seq + 1;
    load_feeds(store, v, &facts);
    for (size_t i = 0; v->silence && i < image->n_silences; i++)
        v->silence(v->context, &image->silences[i]);
    for (size_t i = 0; v->story && i < image->n_stories; i++) {
        if (image->stories[i].seen.ms >= stories_since.ms)
            v->story(v->context, &image->stories[i]);
    }
    for (size_t i = 0; v->throttle && i < image->n_throttles; i++)
        v->throttle(v->context, &image->throttles[i]);
    for (size_t i = 0; i < image->n_deliveries; i++) {
        const struct memory_delivery *d = image->deliveries[i];
        if (!d)
            continue;
        facts.waiting += d->delivery.state == DELIVERY_WAITING;
        if (v->held && d->delivery.state == DELIVERY_HELD)
            v->held(v->context, &d->delivery);
    }
    for (size_t i = 0; v->receiver && i < image->n_receivers; i++)
        v->receiver(v->context, &image->receivers[i]);
    *out = facts;
    return true;
}

static const struct store_ops ops = {
    .close = close_store,
    .load = load,
    .known = memory_known,
    .commit = memory_commit,
    .prune = memory_prune,
    .side_open = memory_side_open,
};

struct store *memory_store_open(const struct store_options *options, struct err *err)
{
    struct memory_disk *disk = options->disk;
    assert(disk);
    if (disk->owner) {
        err_set(err, "another feedwatchd (pid of this test) has the disk: close it first");
        return NULL;
    }
    struct memory_store *store = mem_alloc(sizeof *store);
    struct memory_image *image = &disk->image;
    bool is_new = !image->has_secret;
    if (is_new) {
        memcpy(image->secret.bytes, options->secret, sizeof image->secret.bytes);
        image->has_secret = true;
    }
    store->head = (struct store){.ops = &ops, .secret = image->secret, .epoch = ++image->epoch, .now = options->now};
    image->heartbeat = store_past(image->heartbeat, options->now);
    store->was_unclean = !is_new && image->closed.ms == 0;
    store->head.opening = is_new ? STORE_IS_NEW : store->was_unclean ? STORE_WAS_UNCLEAN : STORE_IS_CLEAN;
    if (store->was_unclean)
        snprintf(store->head.opening_text, sizeof store->head.opening_text,
                 "the store was not closed properly; it is whole");
    store->disk = disk;
    disk->owner = store;
    store->closed = store_past(image->closed, options->now);
    image->closed.ms = 0;
    return &store->head;
}
