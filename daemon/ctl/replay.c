// SPDX-License-Identifier: MIT
//
// Matching the archive again. See replay.h.
#include "daemon/ctl/replay.h"

#include "base/mem.h"

enum { PAGE_ARENA_BYTES = 256 << 20, HIT_ARENA_BYTES = 1 << 20 };

struct replay_found { // an item that some rule matched
    struct api_item item;
    struct matches now, before;
    uint64_t place; // among those of the hand
};

static void ring_init(struct replay_ring *ring, size_t room)
{
    *ring = (struct replay_ring){.room = room, .list = mem_alloc_array(room + 1, sizeof *ring->list)};
    for (size_t i = 0; i < room; i++)
        arena_init(&ring->list[i].arena, HIT_ARENA_BYTES);
}

static void ring_done(struct replay_ring *ring)
{
    for (size_t i = 0; i < ring->room; i++)
        arena_done(&ring->list[i].arena);
    mem_free(ring->list);
}

// The row of a rule of the older set: that of its name, or of the rule that took its history; else a new one.
static size_t row_before(struct replay *r, const struct rule *rule)
{
    size_t n = ruleset_count(r->set), same = ruleset_index(r->set, rule->name);
    for (size_t i = 0; same == n && i < n; i++)
        if (str_eq(ruleset_rule(r->set, i)->was, rule->name))
            return i;
    if (same < n)
        return same;
    r->rows[r->n_rows] = (struct replay_row){.name = rule->name, .is_gone = true};
    return r->n_rows++;
}

void replay_init(struct replay *r, const struct ruleset *set, const struct ruleset *before, size_t shown)
{
    size_t n = ruleset_count(set), n_before = before ? ruleset_count(before) : 0;
    *r = (struct replay){.set = set, .before = before};
    r->rows = mem_alloc_array(n + n_before + 1, sizeof *r->rows);
    for (r->n_rows = 0; r->n_rows < n; r->n_rows++)
        r->rows[r->n_rows] = (struct replay_row){.name = ruleset_rule(set, r->n_rows)->name};
    r->rows_before = mem_alloc_array(n_before + 1, sizeof *r->rows_before);
    for (size_t i = 0; i < n_before; i++)
        r->rows_before[i] = row_before(r, ruleset_rule(before, i));
    ring_init(&r->same, shown);
    ring_init(&r->changed, shown);
}

void replay_done(struct replay *r)
{
    ring_done(&r->same);
    ring_done(&r->changed);
    mem_free(r->rows);
    mem_free(r->rows_before);
    *r = (struct replay){0};
}

static void keep(struct replay_ring *ring, struct str rule, enum replay_change change, const struct api_item *item,
                 const struct match *match)
{
    if (ring->room == 0) {
        ring->n++;
        return;
    }
    struct replay_hit *kept = &ring->list[ring->n++ % ring->room];
    struct arena arena = kept->arena;
    arena_reset(&arena);
    *kept = (struct replay_hit){.rule = rule, .change = change, .item = item->item, .feed = item->feed,
                                .fetched = item->fetched, .total = match->total};
    kept->title = arena_str(&arena, item->title);
    kept->feed_title = arena_str(&arena, item->feed_title);
    kept->url = arena_str(&arena, item->url);
    if (match->n_hits) {
        const struct hit *hit = &match->hits[0];
        kept->field = hit->field;
        kept->term = arena_str(&arena, hit->term);
        kept->before = arena_str(&arena, hit->snippet.before);
        kept->hit = arena_str(&arena, hit->snippet.hit);
        kept->after = arena_str(&arena, hit->snippet.after);
    }
    kept->arena = arena;
}

void replay_hand_init(struct replay_hand *hand, const struct replay *r)
{
    *hand = (struct replay_hand){.replay = r, .scratch = match_scratch_new()};
    hand->scratch_before = r->before ? match_scratch_new() : NULL;
    arena_init(&hand->arena, PAGE_ARENA_BYTES);
    buf_init(&hand->bytes, 2 * API_PAGE_BYTES_MAX);
}

void replay_hand_done(struct replay_hand *hand)
{
    match_scratch_free(hand->scratch);
    match_scratch_free(hand->scratch_before);
    arena_done(&hand->arena);
    buf_done(&hand->bytes);
}

void replay_match(struct replay_hand *hand, const struct api_item *item)
{
    const struct replay *r = hand->replay;
    struct replay_found found = {.item = *item, .place = ++hand->items};
    struct doc doc = api_item_doc(item, &hand->arena);
    hand->first = hand->items == 1 ? item->fetched : hand->first;
    hand->last = item->fetched;
    match_run(r->set, hand->scratch, &doc, &hand->arena, &found.now);
    if (r->before)
        match_run(r->before, hand->scratch_before, &doc, &hand->arena, &found.before);
    if (found.now.n || found.before.n)
        ARENA_PUSH(&hand->arena, hand->found, hand->n_found, found);
}

bool replay_match_page(struct replay_hand *hand)
{
    struct api_item item;
    enum api_page_step step;
    while ((step = api_page_next(&hand->page, &item)) == API_PAGE_ITEM)
        replay_match(hand, &item);
    return step == API_PAGE_END;
}

static void count_found(struct replay *r, const struct replay_found *f, uint64_t number)
{
    for (size_t i = 0; i < f->before.n; i++)
        r->rows[r->rows_before[f->before.list[i].index]].met_before = number;
    for (size_t i = 0; i < f->now.n; i++) {
        struct replay_row *row = &r->rows[f->now.list[i].index];
        bool is_added = r->before && row->met_before != number;
        row->met = number;
        row->hits++;
        row->added += is_added;
        r->hits++;
        r->added += is_added;
        keep(is_added ? &r->changed : &r->same, row->name, is_added ? REPLAY_ADDED : REPLAY_SAME, &f->item,
             &f->now.list[i]);
    }
    for (size_t i = 0; i < f->before.n; i++) {
        struct replay_row *row = &r->rows[r->rows_before[f->before.list[i].index]];
        if (row->met == number)
            continue;
        row->removed++;
        r->removed++;
        keep(&r->changed, row->name, REPLAY_REMOVED, &f->item, &f->before.list[i]);
    }
}

void replay_count(struct replay *r, struct replay_hand *hand)
{
    for (size_t i = 0; i < hand->n_found; i++)
        count_found(r, &hand->found[i], r->items + hand->found[i].place);
    if (hand->items) {
        r->first = r->items == 0 ? hand->first : r->first;
        r->last = hand->last;
    }
    r->items += hand->items;
    hand->items = hand->n_found = 0;
    hand->found = NULL;
    arena_reset(&hand->arena);
}

const struct replay_ring *replay_shown(const struct replay *r, size_t *out_first, size_t *out_n)
{
    const struct replay_ring *ring = r->changed.n ? &r->changed : &r->same;
    *out_n = ring->n < ring->room ? (size_t)ring->n : ring->room;
    *out_first = ring->n > ring->room && ring->room ? (size_t)(ring->n % ring->room) : 0;
    return ring;
}
