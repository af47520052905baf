// SPDX-License-Identifier: MIT
//
// Writing into the memory engine. Nothing can fail once applying begins, so a batch is applied whole or not at all.
#include <assert.h>

#include "base/mem.h"
#include "store/memory_parts.h"

void memory_image_done(struct memory_image *image)
{
    struct memory_feed *f, *next_f;
    HASH_ITER(hh, image->feeds, f, next_f) {
        HASH_DEL(image->feeds, f);
        mem_free(f->bytes);
        mem_free(f);
    }
    HASH_CLEAR(hh, image->by_id);
    HASH_CLEAR(hh, image->dedups);
    HASH_CLEAR(hh, image->by_key);
}

// ---- feeds ----------------------------------------------------------------------------------------------------------

// Keeps a feed as its column form and back, as the sqlite engine does: what feed_pack leaves out is not durable here
// either.
static void put_feed(struct memory_image *image, const struct store_feed *row)
{
    struct memory_feed *f = NULL;
    HASH_FIND(hh, image->feeds, &row->feed.id, sizeof row->feed.id, f);
    if (!f) {
        f = mem_alloc(sizeof *f);
        f->row.feed.id = row->feed.id;
        HASH_ADD(hh, image->feeds, row.feed.id, sizeof f->row.feed.id, f);
    }
    struct buf b;
    buf_init(&b, SIZE_MAX);
    feed_pack(&row->feed, &b);
    size_t packed_n = b.n;
    const struct str parts[] = {row->feed.first_url, row->feed.url, row->feed.marks, row->options_text};
    size_t at[4];
    for (int i = 0; i < 4; i++) {
        at[i] = b.n;
        buf_add(&b, parts[i]);
    }
    mem_free(f->bytes);
    f->bytes = mem_alloc(b.n);
    memcpy(f->bytes, b.p ? b.p : "", b.n);
    buf_done(&b);
    struct store_feed kept = {.options_text = str_make(f->bytes + at[3], parts[3].n), .fence = row->fence};
    (void)feed_unpack(str_make(f->bytes, packed_n), &kept.feed);
    kept.feed.id = row->feed.id;
    kept.feed.origin = row->feed.origin;
    kept.feed.polled_at = row->feed.polled_at;
    kept.feed.good_at = row->feed.good_at;
    kept.feed.due = row->feed.due;
    kept.feed.first_url = str_make(f->bytes + at[0], parts[0].n);
    kept.feed.url = str_make(f->bytes + at[1], parts[1].n);
    kept.feed.marks = str_make(f->bytes + at[2], parts[2].n);
    f->row = kept;
}

static void remove_feed(struct memory_image *image, uint64_t id)
{
    struct memory_feed *f = NULL;
    HASH_FIND(hh, image->feeds, &id, sizeof id, f);
    if (!f)
        return;
    HASH_DEL(image->feeds, f);
    mem_free(f->bytes);
    mem_free(f);
}

// ---- alerts and deliveries ------------------------------------------------------------------------------------------

static struct memory_alert *find_alert(const struct memory_image *image, struct hash128 id)
{
    struct memory_alert *a = NULL;
    HASH_FIND(hh, image->by_id, &id, sizeof id, a);
    return a;
}

static void put_alert(struct memory_disk *disk, const struct alert *alert)
{
    struct memory_image *image = &disk->image;
    struct arena *arena = &disk->arena;
    if (find_alert(image, alert->id))
        return;
    struct memory_alert *a = ARENA_NEW(arena, struct memory_alert);
    a->alert = *alert;
    struct str *texts[] = {&a->alert.rule,     &a->alert.rule_title, &a->alert.rule_version, &a->alert.tags,
                           &a->alert.feed_url, &a->alert.feed_title, &a->alert.title,        &a->alert.url,
                           &a->alert.body};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = arena_str(arena, *texts[i]);
    HASH_ADD(hh, image->by_id, alert.id, sizeof a->alert.id, a);
    ARENA_PUSH(arena, image->alerts, image->n_alerts, a);
    struct memory_dedup *dedup = NULL;
    HASH_FIND(hh, image->dedups, &alert->dedup_key, sizeof alert->dedup_key, dedup);
    if (!dedup) {
        dedup = ARENA_NEW(arena, struct memory_dedup);
        dedup->key = alert->dedup_key;
        HASH_ADD(hh, image->dedups, key, sizeof dedup->key, dedup);
    }
    dedup->n++;
}

static bool is_of_batch(const struct memory_image *image, struct hash128 id, uint64_t first_seq)
{
    const struct memory_alert *a = find_alert(image, id);
    return a && a->alert.seq >= first_seq;
}

static void put_body(struct memory_disk *disk, const struct body *body, uint64_t first_seq)
{
    struct memory_image *image = &disk->image;
    if (!is_of_batch(image, body->alert, first_seq))
        return;
    struct body copy = {body->alert, arena_str(&disk->arena, body->format), arena_str(&disk->arena, body->text)};
    ARENA_PUSH(&disk->arena, image->bodies, image->n_bodies, copy);
}

static char *delivery_key(struct arena *arena, struct hash128 id, struct str receiver, size_t *out_n)
{
    *out_n = sizeof id + receiver.n;
    char *key = arena_alloc(arena, *out_n);
    memcpy(key, &id, sizeof id);
    memcpy(key + sizeof id, receiver.n ? receiver.p : "", receiver.n);
    return key;
}

static struct memory_delivery *find_delivery(struct memory_disk *disk, struct hash128 id, struct str receiver)
{
    size_t n;
    char *key = delivery_key(&disk->arena, id, receiver, &n);
    struct memory_delivery *d = NULL;
    HASH_FIND(hh, disk->image.by_key, key, n, d);
    return d;
}

// Puts a row at the end of the queue; one that is there already only from the states `from`. Returns how many rows it
// changed.
static size_t put_delivery(struct memory_disk *disk, const struct delivery *delivery, uint64_t first_seq, unsigned from)
{
    struct memory_image *image = &disk->image;
    struct arena *arena = &disk->arena;
    uint64_t row = image->next_row++;
    if (!is_of_batch(image, delivery->alert, first_seq))
        return 0;
    struct memory_delivery *d = find_delivery(disk, delivery->alert, delivery->receiver);
    if (d && !(from >> d->delivery.state & 1))
        return 0;
    if (d) {
        for (size_t i = 0; i < image->n_deliveries; i++) {
            if (image->deliveries[i] == d)
                image->deliveries[i] = NULL;
        }
        d->delivery.state = delivery->state;
        d->delivery.attempts = 0;
        d->delivery.queued = delivery->queued;
        d->delivery.due = delivery->due;
        d->delivery.first_try = (wall_t){0};
        d->delivery.digest = (struct hash128){0};
    } else {
        d = ARENA_NEW(arena, struct memory_delivery);
        d->delivery = *delivery;
        d->delivery.receiver = arena_str(arena, delivery->receiver);
        d->delivery.rule = arena_str(arena, delivery->rule);
        d->delivery.format = arena_str(arena, delivery->format);
        size_t n;
        d->key = delivery_key(arena, delivery->alert, delivery->receiver, &n);
        HASH_ADD_KEYPTR(hh, image->by_key, d->key, n, d);
    }
    d->delivery.row = row;
    ARENA_PUSH(arena, image->deliveries, image->n_deliveries, d);
    return 1;
}

static size_t put_step(struct memory_disk *disk, const struct delivery_step *step)
{
    struct memory_delivery *d = find_delivery(disk, step->alert, step->receiver);
    if (!d || !(delivery_from(step->state) >> d->delivery.state & 1) || (step->row && step->row != d->delivery.row))
        return 0;
    d->delivery.state = step->state;
    d->delivery.attempts = step->attempts;
    d->delivery.due = step->due;
    d->delivery.first_try = step->first_try;
    d->delivery.digest = step->state == DELIVERY_DIGESTED ? step->digest : (struct hash128){0};
    return 1;
}

// ---- lists ----------------------------------------------------------------------------------------------------------

static void put_attempt(struct memory_disk *disk, const struct attempt *attempt)
{
    struct attempt copy = *attempt;
    copy.receiver = arena_str(&disk->arena, copy.receiver);
    copy.address = arena_str(&disk->arena, copy.address);
    copy.reason = arena_str(&disk->arena, copy.reason);
    ARENA_PUSH(&disk->arena, disk->image.attempts, disk->image.n_attempts, copy);
}

static void put_story(struct memory_disk *disk, const struct story_row *row)
{
    struct story_row copy = *row;
    copy.rule = arena_str(&disk->arena, copy.rule);
    copy.feed_title = arena_str(&disk->arena, copy.feed_title);
    copy.title = arena_str(&disk->arena, copy.title);
    copy.url = arena_str(&disk->arena, copy.url);
    ARENA_PUSH(&disk->arena, disk->image.stories, disk->image.n_stories, copy);
}

static void put_throttle(struct memory_disk *disk, const struct throttle_mark *mark)
{
    struct memory_image *image = &disk->image;
    for (size_t i = 0; i < image->n_throttles; i++) {
        struct throttle_mark *m = &image->throttles[i];
        if (str_eq(m->rule, mark->rule) && str_eq(m->receiver, mark->receiver)) {
            m->tokens_milli = mark->tokens_milli;
            m->at = mark->at;
            return;
        }
    }
    struct throttle_mark copy = *mark;
    copy.rule = arena_str(&disk->arena, mark->rule);
    copy.receiver = arena_str(&disk->arena, mark->receiver);
    ARENA_PUSH(&disk->arena, image->throttles, image->n_throttles, copy);
}

static void put_silence(struct memory_disk *disk, const struct silence *silence)
{
    struct memory_image *image = &disk->image;
    struct silence copy = *silence;
    copy.matcher = arena_str(&disk->arena, copy.matcher);
    copy.comment = arena_str(&disk->arena, copy.comment);
    for (size_t i = 0; i < image->n_silences; i++) {
        if (image->silences[i].id == copy.id) {
            image->silences[i] = copy;
            return;
        }
    }
    ARENA_PUSH(&disk->arena, image->silences, image->n_silences, copy);
}

static void remove_silence(struct memory_image *image, uint64_t id)
{
    size_t kept = 0;
    for (size_t i = 0; i < image->n_silences; i++) {
        if (image->silences[i].id != id)
            image->silences[kept++] = image->silences[i];
    }
    image->n_silences = kept;
}

static void put_receiver(struct memory_disk *disk, const struct receiver_mark *mark)
{
    struct memory_image *image = &disk->image;
    struct receiver_mark copy = *mark;
    copy.name = arena_str(&disk->arena, copy.name);
    copy.reason = arena_str(&disk->arena, copy.reason);
    for (size_t i = 0; i < image->n_receivers; i++) {
        if (str_eq(image->receivers[i].name, copy.name)) {
            image->receivers[i] = copy;
            return;
        }
    }
    ARENA_PUSH(&disk->arena, image->receivers, image->n_receivers, copy);
}

static void set_back(struct memory_image *image, wall_t now)
{
    for (struct memory_feed *f = image->feeds; f; f = f->hh.next)
        store_end_future(&f->row.feed, now);
}

static void put_dues(struct memory_disk *disk, const struct store_dues *dues)
{
    struct memory_image *image = &disk->image;
    struct feed_due *list = ARENA_ARRAY(&disk->arena, struct feed_due, dues->n);
    if (dues->n)
        memcpy(list, dues->list, dues->n * sizeof *list);
    struct store_dues copy = {dues->part, list, dues->n};
    for (size_t i = 0; i < image->n_dues; i++) {
        if (image->dues[i].part == dues->part) {
            image->dues[i] = copy;
            return;
        }
    }
    ARENA_PUSH(&disk->arena, image->dues, image->n_dues, copy);
}

// ---- the transaction ------------------------------------------------------------------------------------------------

#define EACH(list, n, call)                                                                                            \
    for (size_t i = 0; i < (n); i++) {                                                                                 \
        const __typeof__(*(list)) *each = &(list)[i];                                                                  \
        call;                                                                                                          \
    }

static void apply(struct memory_disk *disk, const struct store_batch *b)
{
    struct memory_image *image = &disk->image;
    uint64_t first_seq = b->n_alerts ? b->alerts[0].seq : UINT64_MAX;
    unsigned again_from = b->again_from ? b->again_from : (1U << DELIVERY_STATES) - 1;
    size_t moved = 0;
    EACH(b->feeds, b->n_feeds, put_feed(image, each));
    EACH(b->alerts, b->n_alerts, put_alert(disk, each));
    EACH(b->bodies, b->n_bodies, put_body(disk, each, first_seq));
    EACH(b->deliveries, b->n_deliveries, put_delivery(disk, each, first_seq, 0));
    EACH(b->again, b->n_again, moved += put_delivery(disk, each, 0, again_from));
    EACH(b->stories, b->n_stories, put_story(disk, each));
    EACH(b->steps, b->n_steps, moved += put_step(disk, each));
    EACH(b->attempts, b->n_attempts, put_attempt(disk, each));
    EACH(b->throttles, b->n_throttles, put_throttle(disk, each));
    EACH(b->silences, b->n_silences, put_silence(disk, each));
    EACH(b->receivers, b->n_receivers, put_receiver(disk, each));
    EACH(b->removed, b->n_removed, remove_feed(image, *each));
    EACH(b->silences_removed, b->n_silences_removed, remove_silence(image, *each));
    EACH(b->dues, b->n_dues, put_dues(disk, each));
    if (b->price_nano)
        image->price_nano = b->price_nano;
    if (b->is_clock_back)
        set_back(image, b->now);
    if (b->now.ms > image->heartbeat.ms || b->is_clock_back)
        image->heartbeat = b->now;
    disk->commits++;
    if (b->out_moved)
        *b->out_moved = moved;
}

static bool is_ours(const struct memory_store *store, const struct store_batch *batch)
{
    bool is_ours = store->disk->image.epoch == store->head.epoch;
    for (size_t i = 0; i < batch->n_feeds; i++) {
        uint64_t epoch = batch->feeds[i].fence.epoch;
        is_ours = is_ours && (epoch == 0 || epoch == store->head.epoch);
    }
    return is_ours;
}

// Returns the fault planted for this commit.
static enum memory_fault fault_now(struct memory_disk *disk)
{
    if (disk->fault == MEMORY_NONE || --disk->fault_in > 0)
        return MEMORY_NONE;
    enum memory_fault fault = disk->fault;
    disk->fault_in = 1;
    if (disk->fault_times <= 1)
        disk->fault = MEMORY_NONE;
    else
        disk->fault_times--;
    return fault;
}

enum store_result memory_crash(struct memory_store *store, struct err *err)
{
    store->is_dead = true;
    if (store->disk->owner == store)
        store->disk->owner = NULL;
    err_set(err, "the store crashed (a planted fault)");
    return STORE_BROKEN;
}

enum store_result memory_commit(struct store *head, const struct store_batch *batch, struct err *err)
{
    struct memory_store *store = (struct memory_store *)head;
    if (store->is_dead)
        return memory_crash(store, err);
    if (!is_ours(store, batch)) {
        err_set(err, "another process has claimed the state since: this one must stop");
        return STORE_FENCED;
    }
    switch (fault_now(store->disk)) {
    case MEMORY_NONE:
        break;
    case MEMORY_FAIL:
        err_set(err, "writing to the store: the disk is full (a planted fault)");
        return STORE_LATER;
    case MEMORY_CRASH_BEFORE:
        return memory_crash(store, err);
    case MEMORY_CRASH_AFTER:
        apply(store->disk, batch);
        return memory_crash(store, err);
    }
    apply(store->disk, batch);
    return STORE_OK;
}

enum store_result memory_known(struct store *head, struct store_known *list, size_t n, struct err *err)
{
    struct memory_store *store = (struct memory_store *)head;
    if (store->is_dead)
        return memory_crash(store, err);
    for (size_t i = 0; i < n; i++) {
        struct memory_dedup *dedup = NULL;
        HASH_FIND(hh, store->disk->image.dedups, &list[i].dedup_key, sizeof list[i].dedup_key, dedup);
        list[i].revisions = dedup ? dedup->n : 0;
        list[i].is_known = find_alert(&store->disk->image, list[i].id);
        for (int k = 0; k < STORE_FORMER_IDS; k++)
            list[i].is_known |= find_alert(&store->disk->image, list[i].former[k]) != NULL;
    }
    return STORE_OK;
}
