// SPDX-License-Identifier: MIT
//
// Token buckets of (rule, receiver) and who waits for a digest. See throttle.h.
//
// Buckets are found by a hash table; those that hold something are also in a list in the order of their digests. What a
// throttle holds waits equally long, so it goes to the end; only before what waits for its hours it is put in between.
#include "alerts/throttle.h"

#include <stdlib.h>

#include "base/mem.h"

#define HASH_FUNCTION(key, n, out) ((out) = (unsigned)hash64_seeded(0x7468726f74746c65, str_make((key), (n))))
#include "base/table.h"
#include <utlist.h>

struct bucket {
    char *key; // rule, NUL, receiver
    size_t key_n;
    struct str rule, receiver; // views into key
    int64_t tokens_milli;
    int64_t room_milli; // what it holds when full, as of the last take
    int64_t per_ms;     // in which that much flows in
    wall_t at;
    wall_t digest_due; // valid while is_held
    bool is_held;
    bool is_changed;
    struct bucket *prev, *next; // of the held ones
    struct bucket *next_changed;
    UT_hash_handle hh;
};

struct throttle_table {
    struct bucket *buckets;
    struct bucket *held;    // first due first
    struct bucket *changed; // since throttle_changes
    uint64_t seed;
};

struct throttle_table *throttle_open(uint64_t seed)
{
    struct throttle_table *t = mem_alloc(sizeof *t);
    t->seed = seed;
    return t;
}

static void bucket_free(struct throttle_table *t, struct bucket *b)
{
    HASH_DEL(t->buckets, b);
    mem_free(b->key);
    mem_free(b);
}

void throttle_close(struct throttle_table *t)
{
    if (!t)
        return;
    struct bucket *b, *next;
    HASH_ITER(hh, t->buckets, b, next)
        bucket_free(t, b);
    mem_free(t);
}

static int64_t level_at(const struct bucket *b, wall_t now)
{
    int64_t passed_ms = wall_diff(now, b->at);
    if (passed_ms <= 0 || b->per_ms <= 0)
        return b->tokens_milli;
    // A bucket is full again after per_ms, so nothing beyond that is multiplied.
    if (passed_ms >= b->per_ms)
        return b->room_milli;
    int64_t level = b->tokens_milli + b->room_milli * passed_ms / b->per_ms;
    return level < b->room_milli ? level : b->room_milli;
}

// Removes the buckets that are as if they had never been used.
static void sweep(struct throttle_table *t, wall_t now)
{
    struct bucket *b, *next;
    HASH_ITER(hh, t->buckets, b, next) {
        if (!b->is_held && !b->is_changed && level_at(b, now) >= b->room_milli)
            bucket_free(t, b);
    }
}

static struct bucket *bucket_of(struct throttle_table *t, struct str rule, struct str receiver, bool make)
{
    size_t n = rule.n + 1 + receiver.n;
    char *key = mem_alloc(n + 1);
    memcpy(key, rule.n ? rule.p : "", rule.n);
    memcpy(key + rule.n + 1, receiver.n ? receiver.p : "", receiver.n);
    struct bucket *b = NULL;
    HASH_FIND(hh, t->buckets, key, n, b);
    if (b || !make) {
        mem_free(key);
        return b;
    }
    b = mem_alloc(sizeof *b);
    b->key = key;
    b->key_n = n;
    b->rule = str_make(key, rule.n);
    b->receiver = str_make(key + rule.n + 1, receiver.n);
    b->tokens_milli = -1; // full, however large it turns out to be
    HASH_ADD_KEYPTR(hh, t->buckets, b->key, b->key_n, b);
    return b;
}

bool throttle_take(struct throttle_table *t, struct str rule, struct str receiver, uint32_t count, int64_t per_ms,
                   wall_t now)
{
    if (count == 0 || per_ms <= 0)
        return true;
    if (HASH_COUNT(t->buckets) >= THROTTLE_BUCKETS_MAX)
        sweep(t, now);
    struct bucket *b = bucket_of(t, rule, receiver, true);
    int64_t room_milli = (int64_t)count * 1000;
    if (b->tokens_milli < 0 || b->room_milli != room_milli || b->per_ms != per_ms) {
        // New, restored, or the rule was edited: what is in it stays, as far as it fits.
        bool is_full = b->tokens_milli < 0;
        b->room_milli = room_milli;
        b->per_ms = per_ms;
        b->tokens_milli = is_full || b->tokens_milli > room_milli ? room_milli : b->tokens_milli;
        b->at = is_full ? now : b->at;
    }
    b->tokens_milli = level_at(b, now);
    b->at = now;
    if (!b->is_changed) {
        b->is_changed = true;
        b->next_changed = t->changed;
        t->changed = b;
    }
    if (b->tokens_milli < 1000)
        return false;
    b->tokens_milli -= 1000;
    return true;
}

static int by_due(const struct bucket *a, const struct bucket *b)
{
    return a->digest_due.ms < b->digest_due.ms ? -1 : a->digest_due.ms > b->digest_due.ms;
}

static void hold_until(struct throttle_table *t, struct bucket *b, wall_t due)
{
    b->is_held = true;
    b->digest_due = due;
    if (t->held && by_due(t->held->prev, b) <= 0) // utlist keeps the tail there: the usual case is O(1)
        DL_APPEND(t->held, b);
    else
        DL_INSERT_INORDER(t->held, b, by_due);
}

wall_t throttle_hold(struct throttle_table *t, struct str rule, struct str receiver, wall_t due)
{
    struct bucket *b = bucket_of(t, rule, receiver, true);
    if (!b->is_held)
        hold_until(t, b, due);
    return b->digest_due;
}

void throttle_release(struct throttle_table *t, struct str rule, struct str receiver)
{
    struct bucket *b = bucket_of(t, rule, receiver, false);
    if (!b || !b->is_held)
        return;
    DL_DELETE(t->held, b);
    b->is_held = false;
}

bool throttle_next_digest(const struct throttle_table *t, struct str *out_rule, struct str *out_receiver,
                          wall_t *out_due)
{
    if (!t->held)
        return false;
    *out_rule = t->held->rule;
    *out_receiver = t->held->receiver;
    *out_due = t->held->digest_due;
    return true;
}

void throttle_shift(struct throttle_table *t, int64_t ms)
{
    for (struct bucket *b = t->held; b; b = b->next)
        b->digest_due = wall_add(b->digest_due, ms);
}

void throttle_restore(struct throttle_table *t, const struct throttle_mark *mark)
{
    struct bucket *b = bucket_of(t, mark->rule, mark->receiver, true);
    b->tokens_milli = mark->tokens_milli;
    b->at = mark->at;
}

void throttle_restore_held(struct throttle_table *t, struct str rule, struct str receiver, wall_t due)
{
    struct bucket *b = bucket_of(t, rule, receiver, true);
    if (!b->is_held)
        hold_until(t, b, due);
}

size_t throttle_changes(struct throttle_table *t, struct arena *arena, struct throttle_mark **out)
{
    struct throttle_mark *list = NULL;
    size_t n = 0;
    for (struct bucket *b = t->changed; b; b = b->next_changed) {
        b->is_changed = false;
        struct throttle_mark mark = {arena_str(arena, b->rule), arena_str(arena, b->receiver),
                                     (uint32_t)b->tokens_milli, b->at};
        ARENA_PUSH(arena, list, n, mark);
    }
    t->changed = NULL;
    *out = list;
    return n;
}
