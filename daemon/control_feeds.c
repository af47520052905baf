// SPDX-License-Identifier: MIT
//
// Questions about feeds: a list visits every worker in turn; what is about one feed goes from worker to worker until
// one has it. What is no id and no address of a feed may be its name: all workers look among theirs, as names need not
// differ, and the one feed that is called so is then asked for by its id.
#include <limits.h>

#include "daemon/control_parts.h"
#include "feeds/url.h"

enum { LIST_DEFAULT = 100, LIST_MAX = 10000 };

static void visit(struct job *job, void *owner, struct now now);

static void next_worker(struct question *q)
{
    struct daemon *d = q->control->d;
    q->stage++;
    if (q->stage < d->n_workers)
        question_send(q, &worker_loop(d->workers[q->stage])->inbox, visit);
    else
        question_home(q);
}

static size_t list_limit(const struct question *q)
{
    const json_t *value = json_object_get(q->request.args, "limit");
    uint64_t n = LIST_DEFAULT;
    if (json_is_integer(value))
        n = (uint64_t)json_integer_value(value);
    else
        str_to_u64(question_text(q, "limit"), INT_MAX, &n);
    return n && n < LIST_MAX ? (size_t)n : LIST_MAX;
}

// Tells what is wrong with the filters of a list; false: they are fine.
static bool list_is_wrong(struct question *q)
{
    static const struct str states[] = {STR("ok"), STR("failing"), STR("gone"), STR("paused"), STR("new")};
    struct str state = question_text(q, "state"), limit = question_text(q, "limit");
    bool is_state = state.n == 0;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        is_state |= str_eq(state, states[i]);
    uint64_t n = 1;
    if (!is_state)
        question_fail(q, CONTROL_BAD, NULL, "state: expected ok, failing, gone, paused or new, found \"%.*s\"",
                      STR_ARG(state));
    else if (limit.n && (!str_to_u64(limit, LIST_MAX, &n) || n == 0))
        question_fail(q, CONTROL_BAD, NULL, "limit: expected 1 to %d, found \"%.*s\"", LIST_MAX, STR_ARG(limit));
    return q->reply.outcome != CONTROL_OK;
}

static bool has_tag(const struct feed *feed, struct str tag)
{
    for (size_t i = 0; feed->options && i < feed->options->n_tags; i++)
        if (str_eq(feed->options->tags[i], tag))
            return true;
    return false;
}

static void list_feeds(struct question *q, struct worker *w)
{
    struct str state = question_text(q, "state"), tag = question_text(q, "tag");
    size_t limit = list_limit(q);
    struct feed feed;
    struct arena a;
    arena_init(&a, 1 << 20);
    for (uint32_t i = 0; shard_read_at(worker_shard(w), &i, &a, &feed); arena_reset(&a)) {
        if ((state.n && !str_eq(state, str_of(api_json_feed_state(&feed)))) || (tag.n && !has_tag(&feed, tag)))
            continue;
        q->counts.feeds++;
        if (json_array_size(q->list) < limit)
            json_array_append_new(q->list, api_json_feed(&feed));
    }
    arena_done(&a);
}

static void why(struct question *q, const struct worker *w, const struct feed *feed, struct now now)
{
    struct schedule_policy policy = {.price = worker_price(w)};
    struct rng rng;
    rng_init(&rng, 1);
    struct schedule s = schedule_next(feed, &policy, &rng, now.wall);
    s.due = feed->due; // as it was drawn, jitter included
    q->reply.json = api_json_why(feed, &s);
    api_json_time(q->reply.json, "now_ms", now.wall);
}

static void poll_now(struct question *q, struct worker *w, struct feed *feed, struct now now)
{
    bool force = json_is_true(json_object_get(q->request.args, "force"));
    if (force) {
        feed->flags |= FEED_FORCE;
        shard_set_state(worker_shard(w), feed, now);
    }
    shard_make_due(worker_shard(w), feed->id, now);
    q->reply.json = json_object();
    char id[FEED_ID_BYTES];
    json_object_set_new(q->reply.json, "id", json_string(feed_id_write(feed->id, id)));
    api_json_text(q->reply.json, "url", url_redacted(&q->arena, feed->url));
    api_json_time(q->reply.json, "at_ms", now.wall);
}

// Returns true where the question is on its way to the writer.
static bool about_one(struct question *q, struct worker *w, struct now now)
{
    struct feed feed;
    if (!shard_read(worker_shard(w), q->feed, &q->arena, &feed))
        return false;
    switch (q->request.verb) {
    case CONTROL_FEED_SHOW:
        q->reply.json = api_json_feed(&feed);
        break;
    case CONTROL_FEED_WHY:
        why(q, w, &feed, now);
        break;
    case CONTROL_FEED_POLL:
        poll_now(q, w, &feed, now);
        break;
    case CONTROL_FEED_PAUSE:
    case CONTROL_FEED_RESUME:
        return question_pause(q, w, &feed, now);
    case CONTROL_FEED_RM:
        return question_remove(q, w, &feed);
    default:
        break;
    }
    return false;
}

static void start(struct question *q, void (*run)(struct job *job, void *owner, struct now now))
{
    q->stage = 0;
    question_send(q, &worker_loop(q->control->d->workers[0])->inbox, run);
}

static void tell_unknown(struct question *q)
{
    if (q->n_named > 1)
        question_fail(q, CONTROL_REFUSED, "feedwatchctl feeds list",
                      "%u feeds have the name \"%.*s\": expected the id or the address of one", q->n_named,
                      STR_ARG(q->request.id));
    else
        question_fail(q, CONTROL_NOT_FOUND, "feedwatchctl feeds list", "no feed has the id, address or name \"%.*s\"",
                      STR_ARG(q->request.id));
    question_home(q);
}

static void count_named(struct question *q, struct worker *w)
{
    struct feed feed;
    struct arena a;
    arena_init(&a, 1 << 20);
    for (uint32_t i = 0; shard_read_at(worker_shard(w), &i, &a, &feed); arena_reset(&a))
        if (feed.options && str_eq(feed.options->name, q->request.id)) {
            q->feed = feed.id;
            q->n_named++;
        }
    arena_done(&a);
}

static void look_for_name(struct job *job, void *owner, struct now now)
{
    (void)now;
    struct question *q = (struct question *)job;
    struct daemon *d = q->control->d;
    count_named(q, owner);
    if (++q->stage < d->n_workers) {
        question_send(q, &worker_loop(d->workers[q->stage])->inbox, look_for_name);
    } else if (q->n_named == 1) {
        q->was_named = true;
        start(q, visit);
    } else {
        tell_unknown(q);
    }
}

static void visit(struct job *job, void *owner, struct now now)
{
    struct question *q = (struct question *)job;
    struct daemon *d = q->control->d;
    if (q->request.verb == CONTROL_FEEDS_LIST) {
        list_feeds(q, owner);
        if (q->stage + 1 == d->n_workers)
            q->reply.json = json_pack("{s:o, s:i, s:I}", "feeds", q->list, "total", (int)q->counts.feeds,
                                      "now_ms", (json_int_t)now.wall.ms);
        next_worker(q);
        return;
    }
    if (about_one(q, owner, now))
        return;
    if (q->reply.json || q->reply.outcome != CONTROL_OK) {
        question_home(q);
        return;
    }
    if (q->stage + 1 < d->n_workers)
        next_worker(q);
    else if (!q->was_named)
        start(q, look_for_name);
    else
        tell_unknown(q); // removed since it was found by its name
}

void control_feeds(struct question *q)
{
    if (q->request.verb == CONTROL_FEED_ADD) {
        control_feed_add(q);
        return;
    }
    if (q->request.verb == CONTROL_OPML_EXPORT || q->request.verb == CONTROL_OPML_IMPORT) {
        control_opml(q);
        return;
    }
    if (q->request.verb == CONTROL_FEEDS_LIST) {
        if (list_is_wrong(q)) {
            question_home(q);
            return;
        }
        q->list = json_array();
    } else if (!feed_id_read(q->request.id, &q->feed)) {
        q->feed = feed_id(q->request.id); // its address serves as well
    }
    question_send(q, &worker_loop(q->control->d->workers[0])->inbox, visit);
}
