// SPDX-License-Identifier: MIT
//
// Alerts without a match: what happened to a feed or a receiver, and digests. See decide.h.
#include <assert.h>

#include "alerts/decide.h"

static void deliver_to(const struct decided *d, const struct receiver_ref *receiver, wall_t now, struct arena *arena,
                       struct decision *out)
{
    struct delivery delivery = {
        .alert = d->alert.id,
        .receiver = receiver->name,
        .format = receiver->format,
        .state = DELIVERY_WAITING,
        .queued = now,
        .due = now,
    };
    ARENA_PUSH(arena, out->deliveries, out->n_deliveries, delivery);
}

static enum severity severity_of_notice(enum alert_kind kind)
{
    assert(kind > ALERT_DIGEST);
    return kind == ALERT_FEED_BROKEN     ? SEVERITY_WARNING
           : kind == ALERT_ENDPOINT_TEST ? SEVERITY_INFO
                                         : SEVERITY_NOTICE;
}

void decide_notice(struct decide_state *state, const struct decide_notice *notice, const struct receivers *receivers,
                   wall_t now, struct arena *arena, struct decision *out)
{
    struct str whom = notice->receiver;
    struct decided d = {.feed = notice->feed, .receiver = notice->receiver};
    d.alert = (struct alert){
        .kind = notice->kind,
        .fate = FATE_SENT,
        .seq = state->next_seq++,
        .revision = 1,
        .severity = severity_of_notice(notice->kind),
        .title = notice->what,
        .detected = notice->since,
        .queued = now,
    };
    if (notice->feed) {
        d.alert.feed = notice->feed->id;
        d.alert.feed_url = notice->feed->url;
        d.alert.feed_title = notice->feed->title;
        d.alert.url = notice->feed->site_url;
        whom = arena_fmt(arena, "%llx", (unsigned long long)notice->feed->id);
    }
    d.alert.id = notice_id(state->secret, str_of(alert_kind_name(notice->kind)), whom, notice->since);
    d.alert.dedup_key = d.alert.id;
    out->count[FATE_SENT]++;
    for (size_t i = 0; i < receivers->n; i++) {
        bool is_told = notice->feed || str_eq(receivers->list[i].name, notice->receiver);
        if (is_told)
            deliver_to(&d, &receivers->list[i], now, arena, out);
    }
    ARENA_PUSH(arena, out->alerts, out->n_alerts, d);
}

// A digest's id is made of what it carries, so that one decided again after a crash is the same one.
static struct hash128 digest_id(const struct hash_key *secret, const struct decide_digest *digest, size_t from,
                                size_t n)
{
    struct hash128 first = digest->held[from].id, last = digest->held[from + n - 1].id;
    struct str parts[] = {
        S("digest/1"),
        digest->rule,
        digest->receiver->name,
        str_make((const char *)&first, sizeof first),
        str_make((const char *)&last, sizeof last),
    };
    return hash128_parts(secret, parts, sizeof parts / sizeof *parts);
}

static void decide_part(struct decide_state *state, const struct decide_digest *digest, size_t from, size_t n,
                        wall_t now, struct arena *arena, struct decision *out)
{
    const struct alert *held = digest->held + from;
    struct decided d = {.held = held, .n_held = n, .receiver = digest->receiver->name};
    d.alert = (struct alert){
        .id = digest_id(state->secret, digest, from, n),
        .kind = ALERT_DIGEST,
        .fate = FATE_SENT,
        .seq = state->next_seq++,
        .revision = 1,
        .rule = digest->rule,
        .rule_title = held[0].rule_title,
        .rule_version = held[n - 1].rule_version,
        .tags = held[n - 1].tags,
        .title = arena_fmt(arena, "%zu more alert%s of %.*s for %.*s", n, n == 1 ? "" : "s", STR_ARG(digest->rule),
                           STR_ARG(digest->receiver->name)),
        .queued = now,
    };
    d.alert.dedup_key = d.alert.id;
    for (size_t i = 0; i < n; i++) {
        if (held[i].severity > d.alert.severity)
            d.alert.severity = held[i].severity;
        struct delivery_step step = {.alert = held[i].id, .receiver = digest->receiver->name,
                                     .state = DELIVERY_DIGESTED, .due = now, .digest = d.alert.id};
        ARENA_PUSH(arena, out->steps, out->n_steps, step);
    }
    out->count[FATE_SENT]++;
    deliver_to(&d, digest->receiver, now, arena, out);
    ARENA_PUSH(arena, out->alerts, out->n_alerts, d);
}

void decide_digest(struct decide_state *state, const struct decide_digest *digest, wall_t now, struct arena *arena,
                   struct decision *out)
{
    for (size_t from = 0; from < digest->n_held; from += DIGEST_ENTRIES_MAX) {
        size_t left = digest->n_held - from;
        decide_part(state, digest, from, left < DIGEST_ENTRIES_MAX ? left : DIGEST_ENTRIES_MAX, now, arena, out);
    }
    if (digest->is_all)
        throttle_release(state->throttles, digest->rule, digest->receiver->name);
}
