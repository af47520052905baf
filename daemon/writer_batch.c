// SPDX-License-Identifier: MIT
#include <assert.h>
#include <stdio.h>

#include "alerts/hours.h"
#include "daemon/shard.h"
#include "daemon/worker.h"
#include "daemon/writer_parts.h"
#include "feeds/document.h"

// Asks the store which candidates are known already: a poll that is repeated after a crash makes the same ids.
static bool ask_known(struct writer *w, struct writing *t, const struct decide_poll *poll, struct err *err)
{
    struct candidate *candidates = (struct candidate *)(uintptr_t)poll->candidates; // ours: the outcome is
    size_t n = poll->n_candidates;
    if (!n)
        return true;
    static_assert((int)FORMER_IDS == (int)STORE_FORMER_IDS, "each is looked up");
    struct store_known *known = ARENA_ARRAY(&t->arena, struct store_known, n);
    for (size_t i = 0; i < n; i++) {
        known[i].id = candidates[i].id;
        memcpy(known[i].former, candidates[i].former, sizeof known[i].former);
        known[i].dedup_key = candidates[i].dedup_key;
    }
    if (store_known(w->store, known, n, err) != STORE_OK)
        return false;
    for (size_t i = 0; i < n; i++) {
        candidates[i].is_known = known[i].is_known;
        candidates[i].revisions = known[i].revisions;
    }
    return true;
}

static void add_notice(struct writer *w, struct writing *t, const struct work *work, enum alert_kind kind, wall_t since,
                       struct str what, wall_t now)
{
    const struct decide_notice notice = {
        .kind = kind,
        .feed = &work->outcome->facts,
        .since = since,
        .what = what,
    };
    decide_notice(&w->decide, &notice, &work->config->refs_for_decide, now, &t->arena, &t->decision);
}

static void add_notices(struct writer *w, struct writing *t, const struct work *work, wall_t now)
{
    const struct outcome *o = work->outcome;
    char since[WALL_RFC3339_BYTES];
    struct arena *a = &t->arena;
    if (o->settled.broken)
        add_notice(w, t, work, ALERT_FEED_BROKEN, o->feed.failing_since,
                   arena_fmt(a, "failing since %s: %.*s", wall_rfc3339(o->feed.failing_since, false, since),
                             STR_ARG(o->feed.error)),
                   now);
    if (o->settled.stopped)
        add_notice(w, t, work, ALERT_FEED_BROKEN, o->feed.failing_since,
                   S("the server says that the feed is gone for good (410); it is polled no more"), now);
    if (o->settled.recovered)
        add_notice(w, t, work, ALERT_FEED_RECOVERED, o->before.failing_since,
                   arena_fmt(a, "answers again after failing since %s",
                             wall_rfc3339(o->before.failing_since, false, since)),
                   now);
    if (o->is_rebaselined)
        add_notice(w, t, work, ALERT_FEED_REBASELINED, o->decide.fetched,
                   S("announced its whole archive anew: recorded, nothing of it was sent"), now);
}

void writing_add_work(struct writer *w, struct writing *t, struct work *work, wall_t now)
{
    struct outcome *o = work->outcome;
    struct err err = {0};
    uint32_t baseline = t->decision.count[FATE_BASELINE];
    if (!ask_known(w, t, &o->decide, &err)) // the commit below meets the same trouble and waits for it to pass
        log_say(w->threads->log, LOG_LEVEL_WARNING, NULL, "known alerts cannot be read: %s", err.text);
    decide_poll(&w->decide, &o->decide, &work->config->refs_for_decide, now, &t->arena, &t->decision);
    add_notices(w, t, work, now);
    work->baseline = t->decision.count[FATE_BASELINE] - baseline;
    struct store_feed row = {
        .feed = o->feed,
        .options_text = worker_options_text(&o->feed),
        .fence.shard = (uint16_t)shard_virtual(o->feed.url),
    };
    row.feed.options = NULL;
    ARENA_PUSH(&t->arena, t->feeds, t->n_feeds, row);
}

void writing_add_note(struct writer *w, struct writing *t, struct writer_note *note, wall_t now)
{
    if (note->step.receiver.n) {
        ARENA_PUSH(&t->arena, t->steps, t->n_steps, note->step);
        ARENA_PUSH(&t->arena, t->attempts, t->n_attempts, note->attempt);
    }
    if (note->mark.name.n)
        ARENA_PUSH(&t->arena, t->receivers, t->n_receivers, note->mark);
    if (!note->notice)
        return;
    const struct decide_notice notice = {
        .kind = ALERT_ENDPOINT_RECOVERED,
        .receiver = note->attempt.receiver,
        .since = note->attempt.at,
        .what = str_of(note->notice),
    };
    decide_notice(&w->decide, &notice, &w->config->refs_for_decide, now, &t->arena, &t->decision);
}

void writing_add_dues(struct writing *t, const struct writer_dues *dues)
{
    struct store_dues one = {.part = dues->part, .list = dues->list, .n = dues->n};
    ARENA_PUSH(&t->arena, t->dues, t->n_dues, one);
    t->price_nano = dues->price_nano;
    t->is_clock_back |= dues->is_clock_back;
}

static const struct receiver_ref *receiver_ref(const struct config *config, struct str name)
{
    for (size_t i = 0; i < config->refs_for_decide.n; i++)
        if (str_eq(config->refs_for_decide.list[i].name, name))
            return &config->refs_for_decide.list[i];
    return NULL;
}

// The digest of one (rule, receiver). What is more than a transaction tells is due again at once, in the next one.
static bool add_digest(struct writer *w, struct writing *t, struct str rule, struct str receiver, wall_t now,
                       struct err *err)
{
    struct receiver_ref gone = {.name = receiver, .format = S("standard")};
    const struct receiver_ref *named = receiver_ref(w->config, receiver);
    struct decide_digest digest = {.rule = rule, .receiver = named ? named : &gone}; // rows wait for it under its name
    struct alert *held = NULL;
    if (!store_held(w->side, rule, receiver, DIGEST_ROWS_AT_ONCE, &t->arena, &held, &digest.n_held, err))
        return false;
    digest.held = held;
    if (digest.n_held)
        decide_digest(&w->decide, &digest, now, &t->arena, &t->decision);
    throttle_release(w->decide.throttles, rule, receiver);
    if (digest.n_held == DIGEST_ROWS_AT_ONCE)
        throttle_hold(w->decide.throttles, rule, receiver, wall_add(now, 1));
    return true;
}

static bool add_digests(struct writer *w, struct writing *t, wall_t now, struct err *err)
{
    struct str rule, receiver;
    wall_t due;
    while (throttle_next_digest(w->decide.throttles, &rule, &receiver, &due) && due.ms <= now.ms) {
        rule = arena_str(&t->arena, rule);
        receiver = arena_str(&t->arena, receiver);
        const struct rule *of = ruleset_find(w->config->rules, rule);
        wall_t opens = of ? hours_open(of, now) : now;
        if (opens.ms > now.ms) { // the daemon was down when it was due, and now nobody wants to hear it
            throttle_release(w->decide.throttles, rule, receiver);
            throttle_hold(w->decide.throttles, rule, receiver, opens);
        } else if (!add_digest(w, t, rule, receiver, now, err)) {
            return false;
        }
    }
    return true;
}

wall_t facts_asked_until(const struct store_facts *facts, wall_t now)
{
    return facts->closed.ms || !facts->heartbeat.ms ? facts->closed : now;
}

bool writing_begin(struct writer *w, struct writing *t, wall_t now, struct err *err)
{
    *t = (struct writing){0};
    arena_init(&t->arena, SIZE_MAX);
    return add_digests(w, t, now, err);
}

// Tells whether an alert goes to the log: its rule names syslog, or nobody in particular.
static bool is_for_log(const struct decided *d)
{
    if (!d->candidate)
        return d->alert.fate == FATE_SENT;
    const struct rule *rule = d->candidate->rule;
    bool names_log = rule->n_notify == 0;
    for (size_t i = 0; i < rule->n_notify; i++)
        names_log = names_log || str_eq(rule->notify[i], S("syslog"));
    return names_log && d->alert.fate == FATE_SENT;
}

void writing_close(struct writer *w, struct writing *t, wall_t now)
{
    struct arena *a = &t->arena;
    struct decision *d = &t->decision;
    const struct render_context context = {.instance = w->config->instance, .version = S(FEEDWATCH_VERSION)};
    decide_finish(&w->decide, a, d);
    render_decision(&context, d, a);
    t->to_log = ARENA_ARRAY(a, bool, d->n_alerts + 1);
    for (size_t i = 0; i < d->n_alerts; i++)
        t->to_log[i] = is_for_log(&d->alerts[i]);
    for (size_t i = 0; i < d->n_steps; i++)
        ARENA_PUSH(a, t->steps, t->n_steps, d->steps[i]);
    t->batch = (struct store_batch){
        .now = now,
        .feeds = t->feeds,
        .n_feeds = t->n_feeds,
        .alerts = d->rows,
        .n_alerts = d->n_alerts,
        .bodies = d->bodies,
        .n_bodies = d->n_bodies,
        .deliveries = d->deliveries,
        .n_deliveries = d->n_deliveries,
        .stories = d->stories,
        .n_stories = d->n_stories,
        .throttles = d->throttles,
        .n_throttles = d->n_throttles,
        .silences = d->silences,
        .n_silences = d->n_silences,
        .steps = t->steps,
        .n_steps = t->n_steps,
        .attempts = t->attempts,
        .n_attempts = t->n_attempts,
        .receivers = t->receivers,
        .n_receivers = t->n_receivers,
        .dues = t->dues,
        .n_dues = t->n_dues,
        .price_nano = t->price_nano,
        .is_clock_back = t->is_clock_back,
    };
}
