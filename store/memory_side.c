// SPDX-License-Identifier: MIT
//
// Reading the memory engine. Same answers as sqlite_side.c and sqlite_history.c; linear, because tests are small.
#include "base/mem.h"
#include "store/memory_parts.h"

static const struct memory_image *image_of(struct store_side *head)
{
    return &((struct memory_side *)head)->store->disk->image;
}

static const struct memory_alert *find(const struct memory_image *image, struct hash128 id)
{
    struct memory_alert *a = NULL;
    HASH_FIND(hh, image->by_id, &id, sizeof id, a);
    return a;
}

static void close_side(struct store_side *head) { mem_free(head); }

static struct str body_of(const struct memory_image *image, const struct delivery *d, const struct alert *alert)
{
    for (size_t i = 0; i < image->n_bodies; i++) {
        if (same_id(image->bodies[i].alert, d->alert) && str_eq(image->bodies[i].format, d->format))
            return image->bodies[i].text;
    }
    return alert->body;
}

static bool read_outbox(struct store_side *head, struct str receiver, uint64_t after, size_t n, struct arena *arena,
                        struct outbox_row **out, size_t *out_n, struct err *err)
{
    (void)err;
    const struct memory_image *image = image_of(head);
    struct outbox_row *list = NULL;
    size_t count = 0;
    for (size_t i = 0; i < image->n_deliveries && count < query_rows(n); i++) {
        const struct delivery *d = image->deliveries[i] ? &image->deliveries[i]->delivery : NULL;
        if (!d || d->state != DELIVERY_WAITING || d->row <= after || !str_eq(d->receiver, receiver))
            continue;
        const struct alert *alert = &find(image, d->alert)->alert;
        struct outbox_row row = {*d, alert->kind, alert->severity, body_of(image, d, alert)};
        ARENA_PUSH(arena, list, count, row);
    }
    *out = list;
    *out_n = count;
    return true;
}

static bool read_counts(struct store_side *head, struct arena *arena, struct outbox_count **out, size_t *out_n,
                        struct err *err)
{
    (void)err;
    const struct memory_image *image = image_of(head);
    struct outbox_count *list = NULL;
    size_t n = 0;
    for (size_t i = 0; i < image->n_deliveries; i++) {
        if (!image->deliveries[i])
            continue;
        const struct delivery *d = &image->deliveries[i]->delivery;
        size_t at = 0;
        while (at < n && str_cmp(list[at].receiver, d->receiver) < 0)
            at++;
        if (at == n || !str_eq(list[at].receiver, d->receiver)) {
            struct outbox_count none = {.receiver = d->receiver};
            ARENA_PUSH(arena, list, n, none);
            memmove(list + at + 1, list + at, (n - 1 - at) * sizeof *list);
            list[at] = none;
        }
        list[at].count[d->state]++;
        if (d->state == DELIVERY_WAITING
            && (list[at].oldest_waiting.ms == 0 || d->queued.ms < list[at].oldest_waiting.ms))
            list[at].oldest_waiting = d->queued;
    }
    *out = list;
    *out_n = n;
    return true;
}

static bool read_held(struct store_side *head, struct str rule, struct str receiver, size_t n, struct arena *arena,
                      struct alert **out, size_t *out_n, struct err *err)
{
    (void)err;
    const struct memory_image *image = image_of(head);
    struct alert *list = NULL;
    size_t count = 0;
    for (size_t i = 0; i < image->n_deliveries && count < query_rows(n); i++) {
        const struct delivery *d = image->deliveries[i] ? &image->deliveries[i]->delivery : NULL;
        if (!d || d->state != DELIVERY_HELD || !str_eq(d->rule, rule) || !str_eq(d->receiver, receiver))
            continue;
        struct alert alert = find(image, d->alert)->alert;
        alert.body = (struct str){0};
        ARENA_PUSH(arena, list, count, alert);
    }
    *out = list;
    *out_n = count;
    return true;
}

static unsigned row_states(const struct memory_image *image, struct hash128 id)
{
    unsigned states = 0;
    for (size_t i = 0; i < image->n_deliveries; i++)
        if (image->deliveries[i] && same_id(image->deliveries[i]->delivery.alert, id))
            states |= 1U << image->deliveries[i]->delivery.state;
    return states;
}

static bool is_asked(const struct alert_query *q, const struct alert *a)
{
    return (q->rule.n == 0 || str_eq(q->rule, a->rule)) && (q->feed == 0 || q->feed == a->feed)
           && (q->story == 0 || q->story == a->story) && (q->since.ms == 0 || a->queued.ms >= q->since.ms)
           && (q->until.ms == 0 || a->queued.ms < q->until.ms) && (q->before_seq == 0 || a->seq < q->before_seq)
           && (q->after_seq == 0 || a->seq > q->after_seq) && (q->fate < 0 || q->fate == (int)a->fate);
}

static bool read_alerts(struct store_side *head, const struct alert_query *q, struct arena *arena, struct alert **out,
                        size_t *out_n, struct err *err)
{
    (void)err;
    const struct memory_image *image = image_of(head);
    struct alert *list = NULL;
    size_t n = 0;
    for (size_t i = 0; i < image->n_alerts && n < query_rows(q->n); i++) {
        size_t at = q->is_oldest_first ? i : image->n_alerts - 1 - i;
        struct alert alert = image->alerts[at]->alert;
        if (!is_asked(q, &alert))
            continue;
        if (!q->with_body)
            alert.body = (struct str){0};
        if (q->with_rows)
            alert.row_states = row_states(image, alert.id);
        ARENA_PUSH(arena, list, n, alert);
    }
    *out = list;
    *out_n = n;
    return true;
}

static bool read_alert(struct store_side *head, struct hash128 id, struct arena *arena, struct alert_history *out,
                       struct err *err)
{
    (void)err;
    const struct memory_image *image = image_of(head);
    struct alert_history history = {0};
    const struct memory_alert *found = find(image, id);
    if (found) {
        history.alert = ARENA_NEW(arena, struct alert);
        *history.alert = found->alert;
        history.alert->row_states = row_states(image, id);
    }
    for (size_t i = 0; i < image->n_deliveries; i++) {
        if (image->deliveries[i] && same_id(image->deliveries[i]->delivery.alert, id))
            ARENA_PUSH(arena, history.deliveries, history.n_deliveries, image->deliveries[i]->delivery);
    }
    for (size_t i = 0; i < image->n_attempts; i++) {
        if (same_id(image->attempts[i].alert, id))
            ARENA_PUSH(arena, history.attempts, history.n_attempts, image->attempts[i]);
    }
    *out = history;
    return true;
}

static bool read_deliveries(struct store_side *head, const struct delivery_query *q, struct arena *arena,
                            struct delivery **out, size_t *out_n, struct err *err)
{
    (void)err;
    const struct memory_image *image = image_of(head);
    struct delivery *list = NULL;
    size_t n = 0;
    for (size_t i = 0; i < image->n_deliveries && n < query_rows(q->n); i++) {
        const struct delivery *d = image->deliveries[i] ? &image->deliveries[i]->delivery : NULL;
        if (!d || d->row <= q->after_row || (q->state >= 0 && (int)d->state != q->state)
            || (q->receiver.n && !str_eq(d->receiver, q->receiver)))
            continue;
        ARENA_PUSH(arena, list, n, *d);
    }
    *out = list;
    *out_n = n;
    return true;
}

static bool read_rule_counts(struct store_side *head, wall_t since, struct arena *arena, struct rule_count **out,
                             size_t *out_n, struct err *err)
{
    (void)err;
    const struct memory_image *image = image_of(head);
    struct rule_count *list = NULL;
    size_t n = 0;
    for (size_t i = 0; i < image->n_alerts; i++) {
        const struct alert *a = &image->alerts[i]->alert;
        if (a->queued.ms < since.ms || a->kind > ALERT_UPDATED)
            continue;
        size_t at = 0;
        while (at < n && str_cmp(list[at].rule, a->rule) < 0)
            at++;
        if (at == n || !str_eq(list[at].rule, a->rule)) {
            struct rule_count none = {.rule = a->rule};
            ARENA_PUSH(arena, list, n, none);
            memmove(list + at + 1, list + at, (n - 1 - at) * sizeof *list);
            list[at] = none;
        }
        list[at].alerts++;
        if (a->queued.ms > list[at].last.ms)
            list[at].last = a->queued;
    }
    *out = list;
    *out_n = n;
    return true;
}

static bool checkpoint(struct store_side *head, uint32_t *out_pages, struct err *err)
{
    (void)head, (void)err;
    *out_pages = 0;
    return true;
}

static bool backup(struct store_side *head, wall_t now, unsigned keep, struct arena *arena, struct str *out_path,
                   struct err *err)
{
    (void)head, (void)now, (void)keep, (void)arena, (void)out_path;
    return err_set(err, "a store in memory has no backup");
}

static const struct side_ops ops = {
    .close = close_side,
    .outbox = read_outbox,
    .counts = read_counts,
    .held = read_held,
    .alerts = read_alerts,
    .alert = read_alert,
    .deliveries = read_deliveries,
    .rule_counts = read_rule_counts,
    .checkpoint = checkpoint,
    .backup = backup,
};

struct store_side *memory_side_open(struct store *head, struct err *err)
{
    (void)err;
    struct memory_side *side = mem_alloc(sizeof *side);
    side->head.ops = &ops;
    side->store = (struct memory_store *)head;
    return &side->head;
}
