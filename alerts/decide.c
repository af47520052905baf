// SPDX-License-Identifier: MIT
//
// What becomes of a match. See decide.h for the order of the questions; each has its function here. Notices and
// digests are decide_notice.c.
#include "alerts/decide.h"

#include "alerts/hours.h"

static bool is_wanted(const struct candidate *c)
{
    if (c->is_known)
        return false;
    return !c->article->is_edited || c->rule->on != ON_NEW;
}

static wall_t published_of(const struct article *article)
{
    const struct item *item = article->item;
    if (item->published.state == DATE_OK)
        return item->published.at;
    return item->updated.state == DATE_OK ? item->updated.at : (wall_t){0};
}

// The first poll of a feed tells nothing, unless its options let some items through.
static bool is_baseline(const struct decide_poll *poll, const struct article *article)
{
    if (poll->is_relearning)
        return true;
    if (!poll->is_first)
        return false;
    switch (poll->first_run) {
    case FIRST_BASELINE:
        return true;
    case FIRST_ALL:
        return false;
    case FIRST_LAST:
        return article->rank >= poll->first_n;
    case FIRST_SINCE:
        return published_of(article).ms < poll->fetched.ms - (int64_t)poll->first_since_s * SECOND_MS;
    }
    return true;
}

// An article that appeared while nobody looked: in the first good poll after the daemon was down for a while.
static bool is_late(const struct decide_state *state, const struct decide_poll *poll, const struct article *article)
{
    if (state->down_from.ms == 0 || wall_diff(state->started, state->down_from) < LATE_DOWN_MS)
        return false;
    if (poll->previous_ok.ms == 0 || wall_diff(poll->previous_ok, state->started) >= 0)
        return false;
    return wall_diff(published_of(article), state->started) < 0; // no date: cannot be told from late
}

static struct str joined(const struct str *list, size_t n, struct arena *arena)
{
    if (n == 0)
        return S("");
    struct str all = arena_str(arena, list[0]);
    for (size_t i = 1; i < n; i++)
        all = arena_fmt(arena, "%.*s %.*s", STR_ARG(all), STR_ARG(list[i]));
    return all;
}

static struct alert alert_of(const struct decide_state *state, const struct decide_poll *poll,
                             const struct candidate *c, wall_t now, struct arena *arena)
{
    const struct article *article = c->article;
    const struct rule *rule = c->rule;
    return (struct alert){
        .id = c->id,
        .kind = article->is_edited ? ALERT_UPDATED : ALERT_MATCHED,
        .revision = c->revisions + 1,
        .severity = rule->severity,
        .is_late = is_late(state, poll, article),
        .dedup_key = c->dedup_key,
        .rule = rule->name,
        .rule_title = rule->title.n ? rule->title : rule->name,
        .rule_version = arena_fmt(arena, "%016llx", (unsigned long long)rule->version),
        .tags = joined(rule->tags, rule->n_tags, arena),
        .feed = poll->feed->id,
        .feed_url = poll->feed->url,
        .feed_title = poll->feed->title,
        .item = article->key,
        .content = article->content,
        .title = article->title,
        .url = article->item->link.n ? article->item->link : article->canonical_url,
        .published = published_of(article),
        .fetched = poll->fetched,
        .detected = poll->detected,
        .queued = now,
    };
}

static struct story_row story_row_of(const struct decide_poll *poll, const struct alert *alert,
                                     const struct article *article, wall_t now)
{
    return (struct story_row){
        .feed = alert->feed,
        .item = alert->item,
        .seen = now,
        .signature = article->story,
        .rule = alert->rule,
        .feed_title = poll->feed->title,
        .title = alert->title,
        .url = alert->url,
    };
}

// The members are views into the window, which the next article changes.
static void keep_members(struct story_place *place, struct arena *arena)
{
    for (size_t i = 0; i < place->n_members; i++) {
        struct story_member *m = &place->members[i];
        *m = (struct story_member){arena_str(arena, m->feed), arena_str(arena, m->url), arena_str(arena, m->title)};
    }
}

// Joins the alert to its story; one of an edited article is never hidden by the story that the article is part of.
static void join_story(struct decide_state *state, const struct decide_poll *poll, struct decided *d, wall_t now,
                       struct arena *arena, struct decision *out)
{
    if (d->candidate->rule->group == GROUP_NONE)
        return;
    struct story_row row = story_row_of(poll, &d->alert, d->candidate->article, now);
    story_place(state->stories, &row, &d->place);
    keep_members(&d->place, arena);
    row.story = d->place.story;
    d->alert.story = d->place.story;
    d->alert.is_first_of_story = d->place.is_first_article;
    if (!d->place.is_first_of_rule) {
        d->alert.fate = FATE_JOINED;
        row.rule = S("");
    }
    ARENA_PUSH(arena, out->stories, out->n_stories, row);
}

static void settle_fate(struct decide_state *state, const struct decide_poll *poll, struct decided *d, wall_t now,
                        struct arena *arena, struct decision *out)
{
    struct alert *alert = &d->alert;
    if (d->candidate->article->is_old) {
        alert->fate = FATE_REBASED;
        return;
    }
    if (is_baseline(poll, d->candidate->article)) {
        alert->fate = FATE_BASELINE;
        return;
    }
    const struct silence *silence = silence_list_hides(state->silences, alert, now);
    if (silence) {
        alert->fate = FATE_SILENCED;
        alert->silenced_by = silence->id;
        return;
    }
    alert->fate = FATE_SENT;
    join_story(state, poll, d, now, arena, out);
    if (alert->fate == FATE_SENT)
        alert->silenced_before = silence_list_hidden_before(state->silences, alert, now);
}

bool decide_is_notified(const struct rule *rule, struct str receiver)
{
    for (size_t i = 0; i < rule->n_notify; i++) {
        if (str_eq(rule->notify[i], receiver))
            return true;
    }
    return rule->n_notify == 0;
}

static void queue_deliveries(struct decide_state *state, const struct decided *d, const struct receivers *receivers,
                             wall_t now, struct arena *arena, struct decision *out)
{
    const struct rule *rule = d->candidate->rule;
    bool says_nothing = rule->throttle_per_ms == 0;
    uint32_t count = says_nothing ? THROTTLE_DEFAULT : rule->throttle_max;
    int64_t per_ms = says_nothing ? THROTTLE_DEFAULT_MS : rule->throttle_per_ms;
    wall_t opens = hours_open(rule, now);
    for (size_t i = 0; i < receivers->n; i++) {
        const struct receiver_ref *receiver = &receivers->list[i];
        if (!decide_is_notified(rule, receiver->name))
            continue;
        struct delivery delivery = {
            .alert = d->alert.id,
            .receiver = receiver->name,
            .rule = rule->name,
            .format = receiver->format,
            .state = DELIVERY_WAITING,
            .queued = now,
            .due = now,
        };
        bool is_open = opens.ms == now.ms;
        if (!is_open || !throttle_take(state->throttles, rule->name, receiver->name, count, per_ms, now)) {
            wall_t due = is_open ? hours_open(rule, wall_add(now, DIGEST_WAIT_MS)) : opens;
            delivery.state = DELIVERY_HELD;
            delivery.due = throttle_hold(state->throttles, rule->name, receiver->name, due);
            out->held++;
        }
        ARENA_PUSH(arena, out->deliveries, out->n_deliveries, delivery);
    }
}

void decide_poll(struct decide_state *state, const struct decide_poll *poll, const struct receivers *receivers,
                 wall_t now, struct arena *arena, struct decision *out)
{
    for (size_t i = 0; i < poll->n_candidates; i++) {
        const struct candidate *c = &poll->candidates[i];
        if (!is_wanted(c)) {
            out->skipped++;
            continue;
        }
        struct decided d = {.candidate = c, .feed = poll->feed};
        d.alert = alert_of(state, poll, c, now, arena);
        settle_fate(state, poll, &d, now, arena, out);
        d.alert.seq = state->next_seq++;
        out->count[d.alert.fate]++;
        if (d.alert.fate == FATE_SENT)
            queue_deliveries(state, &d, receivers, now, arena, out);
        ARENA_PUSH(arena, out->alerts, out->n_alerts, d);
    }
}

void decide_finish(struct decide_state *state, struct arena *arena, struct decision *out)
{
    out->n_throttles = throttle_changes(state->throttles, arena, &out->throttles);
    out->n_silences = silence_list_changes(state->silences, arena, &out->silences);
}
