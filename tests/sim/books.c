// SPDX-License-Identifier: MIT
//
// The books of the world: what was asked and shown, what must come of it, what came.
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/table.h"
#include "tests/sim/world_parts.h"

// What an id stands for; a digest's entry has a list of held ids instead.
struct book_entry {
    struct hash128 id;
    struct world_article *article; // NULL: a digest or a notice
    unsigned rule;
    char guid[24]; // of the article
    uint64_t body; // hash of the first body delivered, 0 none
    struct hash128 *held;
    size_t n_held;
    UT_hash_handle hh;
};

enum { STARVED_AFTER_MS = HOUR_MS };

void world_breach(struct world *w, enum sim_breach breach, struct moment now, const char *format, ...)
{
    struct sim_result *r = w->result;
    if (r->breaches[breach]++ > 0 || r->first[0])
        return;
    char what[140], at[WALL_RFC3339_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    snprintf(r->first, sizeof r->first, "%s %s: %s", wall_rfc3339(now.wall, false, at), sim_breach_name(breach), what);
}

// ---- requests -----------------------------------------------------------------------------------------------------

static void judge_pace(struct world *w, unsigned feed, struct moment now)
{
    struct world_feed *f = &w->feeds[feed];
    uint32_t pause_s = f->options.every_s ? f->options.every_s : FEED_FLOOR_S;
    bool is_excused = f->is_excused;
    f->is_excused = false;
    if (is_excused)
        return;
    if (f->was_asked && now.true_ms - f->started_ms < (int64_t)pause_s * SECOND_MS)
        world_breach(w, SIM_BREACH_EARLY, now, "feed %u asked %lld s after its last poll, its pause is %u s", feed,
                     (long long)(now.true_ms - f->started_ms) / SECOND_MS, pause_s);
    if (now.true_ms < f->not_before_ms)
        world_breach(w, SIM_BREACH_EARLY, now, "feed %u asked %lld s before its server allowed it", feed,
                     (long long)(f->not_before_ms - now.true_ms) / SECOND_MS);
}

void books_request(struct world *w, unsigned feed, bool is_hop, struct moment now)
{
    struct world_feed *f = &w->feeds[feed];
    struct world_host *h = &w->hosts[f->host];
    if (!is_hop)
        judge_pace(w, feed, now);
    if (f->is_in_flight && !is_hop)
        world_breach(w, SIM_BREACH_CROWD, now, "feed %u asked twice at once", feed);
    if (++h->in_flight > WORLD_HOST_MAX)
        world_breach(w, SIM_BREACH_CROWD, now, "host %u has %u requests at once", f->host, h->in_flight);
    if (h->was_asked && now.true_ms - h->started_ms < WORLD_HOST_GAP_MS)
        world_breach(w, SIM_BREACH_CROWD, now, "host %u asked again after %lld ms", f->host,
                     (long long)(now.true_ms - h->started_ms));
    h->was_asked = f->was_asked = f->is_in_flight = true;
    h->started_ms = now.true_ms;
    if (is_hop)
        return;
    f->started_ms = now.true_ms;
    f->was_set_forward = false;
}

void world_answered(struct world *w, unsigned feed)
{
    struct world_feed *f = &w->feeds[feed];
    assert(f->is_in_flight && w->hosts[f->host].in_flight > 0);
    f->is_in_flight = false;
    w->hosts[f->host].in_flight--;
}

// ---- what a poll showed -------------------------------------------------------------------------------------------

static void read_article(struct world_article *a, const struct world_view *view, bool is_baseline, bool is_anything)
{
    unsigned mask = article_mask(a, view->at), fresh = mask & ~a->told;
    if (is_anything)
        a->is_anything |= fresh || !a->is_known;
    else if (!is_baseline && !a->is_anything)
        a->must |= fresh;
    a->told |= mask;
    a->is_known = true;
    a->is_seen |= view->is_whole;
}

static void read_document(struct world *w, const struct world_view *view)
{
    struct world_feed *f = &w->feeds[view->feed];
    bool is_baseline = !f->is_baselined;
    bool is_new_archive = feed_is_reannounced(f, view->at) && !f->was_reannounced;
    size_t from, to = feed_shows(f, view->at, &from), known = 0;
    for (size_t i = from; i < to; i++)
        known += f->articles[i].is_seen;
    bool is_obscure = is_new_archive && (known < 4 || known * 5 < (to - from) * 4);
    // What a broken-off document showed is not known here, nor then whether it or the next one became the baseline; and
    // in an archive that is announced anew a new article may pass for an old one.
    bool is_anything = !view->is_whole || f->is_half_baselined || (is_new_archive && !is_baseline);
    for (size_t i = from; i < to; i++)
        read_article(&f->articles[i], view, is_baseline, is_anything);
    for (size_t i = from; i < to && is_obscure; i++)
        f->articles[i].is_anything = true;
    f->is_half_baselined = (is_baseline || f->is_half_baselined) && !view->is_whole;
    f->is_baselined = true;
    f->was_reannounced |= is_new_archive;
}

void world_polled(struct world *w, const struct world_view *view, bool is_durable, wall_t due, struct moment now)
{
    struct world_feed *f = &w->feeds[view->feed];
    if (view->not_before_ms) {
        f->not_before_ms = view->not_before_ms;
        f->is_durable = is_durable;
    }
    world_due(w, view->feed, due, now);
    if (view->has_document)
        read_document(w, view);
}

// ---- the daemon's life --------------------------------------------------------------------------------------------

void world_due(struct world *w, unsigned feed, wall_t due, struct moment now)
{
    int64_t wait = due.ms == INT64_MAX ? INT64_MAX / 2 : wall_diff(due, now.wall);
    w->feeds[feed].due_true_ms = now.true_ms + (wait > 0 ? wait : 0);
}

void world_started(struct world *w, struct moment now)
{
    for (unsigned i = 0; i < w->options.feeds; i++) {
        struct world_feed *f = &w->feeds[i];
        f->due_true_ms = now.true_ms;
        if (!f->was_set_forward)
            continue;
        f->is_excused = true; // the store's times are of a clock that has overtaken them since
        f->not_before_ms = 0;
    }
}

void world_dropped(struct world *w, unsigned feed, bool is_hopping)
{
    if (!is_hopping)
        world_answered(w, feed);
    w->feeds[feed].is_excused = true; // it was asked and has no answer: it may be asked again at once
}

void world_crashed(struct world *w, int64_t heartbeat_true_ms)
{
    for (unsigned i = 0; i < w->options.feeds; i++) {
        struct world_feed *f = &w->feeds[i];
        if (f->is_in_flight)
            world_answered(w, i);
        // What happened after the last sign of life nobody knows any more.
        f->is_excused |= f->was_asked && f->started_ms + 31 * SECOND_MS >= heartbeat_true_ms;
        if (!f->is_durable)
            f->not_before_ms = 0;
    }
}

void world_clock_stepped(struct world *w, int64_t step_ms)
{
    // While the daemon lives it waits by a clock that nobody sets: that excuses nothing, but at the next start.
    for (unsigned i = 0; i < w->options.feeds; i++)
        w->feeds[i].was_set_forward |= step_ms > 0 && w->feeds[i].was_asked;
}

void world_watch(struct world *w, struct moment now, int64_t up_since_ms)
{
    for (unsigned i = 0; i < w->options.feeds; i++) {
        const struct world_feed *f = &w->feeds[i];
        int64_t held = w->hosts[f->host].held_until_ms;
        int64_t since = f->due_true_ms > up_since_ms ? f->due_true_ms : up_since_ms;
        since = held > since ? held : since;
        if (now.true_ms - since > STARVED_AFTER_MS && f->started_ms < since)
            world_breach(w, SIM_BREACH_STARVED, now, "feed %u was due %lld s ago", i,
                         (long long)(now.true_ms - since) / SECOND_MS);
    }
}

// ---- alerts -------------------------------------------------------------------------------------------------------

static struct book_entry *entry_of(struct world *w, struct hash128 id)
{
    struct book_entry *e = NULL;
    HASH_FIND(hh, w->entries, &id, sizeof id, e);
    return e;
}

static struct book_entry *entry_make(struct world *w, struct hash128 id)
{
    struct book_entry *e = entry_of(w, id);
    if (e)
        return e;
    e = ARENA_NEW(&w->arena, struct book_entry);
    e->id = id;
    HASH_ADD(hh, w->entries, id, sizeof id, e);
    return e;
}

static struct world_article *article_of(struct world *w, struct str guid)
{
    uint64_t feed, number;
    str_cut(&guid, '-');
    struct str first = str_cut(&guid, '-');
    if (!str_to_u64(first, w->options.feeds - 1, &feed) || !str_to_u64(guid, UINT32_MAX, &number) ||
        number >= w->feeds[feed].n_articles)
        return NULL;
    return &w->feeds[feed].articles[number];
}

void world_decided(struct world *w, struct hash128 id, struct str rule, struct str guid)
{
    struct book_entry *e = entry_make(w, id);
    for (unsigned i = 0; i < WORLD_RULES; i++)
        if (str_eq(rule, str_of(world_rule_names[i])))
            e->rule = i;
    e->article = article_of(w, guid);
    snprintf(e->guid, sizeof e->guid, "%.*s", STR_ARG(guid));
}

void world_digested(struct world *w, struct hash128 digest, struct hash128 held)
{
    struct book_entry *e = entry_make(w, digest);
    ARENA_PUSH(&w->arena, e->held, e->n_held, held);
}

// An article that was announced anew under another id has no past that its marks could tell, where it is edited later
// or stood among mostly new ones: docs/reliability.md names that as a limit.
static bool has_lost_its_past(const struct book_entry *e)
{
    return e->guid[0] == 'j' && (e->article->edited.ms || e->article->is_anything);
}

static void article_told(struct world *w, const struct book_entry *e, struct moment now)
{
    struct world_article *a = e->article;
    unsigned bit = 1U << e->rule;
    if (has_lost_its_past(e)) {
        a->came |= bit;
        return;
    }
    struct hash128 *known = &a->ids[e->rule];
    if ((known->high || known->low) && (known->high != e->id.high || known->low != e->id.low))
        world_breach(w, SIM_BREACH_TWO_IDS, now, "rule %s told %s under two ids", world_rule_names[e->rule], e->guid);
    *known = e->id;
    if (!(a->must & bit) && !a->is_anything)
        world_breach(w, SIM_BREACH_UNEXPECTED, now, "rule %s told %s, out since second %lld, without cause",
                     world_rule_names[e->rule], e->guid, (long long)wall_diff(a->published, w->start) / SECOND_MS);
    w->result->delivered += !(a->came & bit);
    a->came |= bit;
}

void world_delivered(struct world *w, struct hash128 id, struct str body, struct moment now)
{
    const struct book_entry *held;
    struct book_entry *e = entry_of(w, id);
    if (!e)
        return; // a notice about a feed or a receiver
    uint64_t hash = hash64_seeded(1, body) | 1;
    if (e->body && e->body != hash)
        world_breach(w, SIM_BREACH_TWO_IDS, now, "one id came with two bodies");
    e->body = hash;
    if (e->article)
        article_told(w, e, now);
    for (size_t i = 0; i < e->n_held; i++)
        if ((held = entry_of(w, e->held[i])) && held->article)
            article_told(w, held, now);
}

uint64_t world_missing(struct world *w, bool is_end, struct moment now)
{
    uint64_t missing = 0;
    w->result->expected = 0;
    for (unsigned i = 0; i < w->options.feeds; i++) {
        struct world_feed *f = &w->feeds[i];
        for (size_t k = 0; k < f->n_articles; k++) {
            unsigned lost = f->articles[k].must & ~f->articles[k].came;
            w->result->expected += (unsigned)__builtin_popcount(f->articles[k].must);
            missing += (unsigned)__builtin_popcount(lost);
            if (lost && is_end)
                world_breach(w, SIM_BREACH_LOST, now,
                             "article %zu of feed %u, rule %s, out since second %lld, edited at %lld, never came", k, i,
                             world_rule_names[lost & 1 ? 0 : 1],
                             (long long)wall_diff(f->articles[k].published, w->start) / SECOND_MS,
                             (long long)wall_diff(f->articles[k].edited, w->start) / SECOND_MS);
        }
    }
    return missing;
}

void books_done(struct world *w) { HASH_CLEAR(hh, w->entries); }
