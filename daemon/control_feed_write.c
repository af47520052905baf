// SPDX-License-Identifier: MIT
//
// Feeds that a person adds, removes, pauses and resumes: the worker that owns the host changes its shard and sends the
// row to the writer, so that it is durable before the answer. What is polled meanwhile reaches the writer behind it.
#include "daemon/control_parts.h"
#include "feeds/url.h"

enum { OPTIONS_TEXT_BYTES = 4096 };

static void commit_feed(struct job *job, void *owner, struct now now)
{
    struct question *q = (struct question *)job;
    struct store_batch batch = {.now = now.wall};
    if (q->request.verb == CONTROL_FEED_RM) {
        batch.removed = &q->feed;
        batch.n_removed = 1;
    } else {
        q->row->feed.options = NULL;
        batch.feeds = q->row;
        batch.n_feeds = 1;
    }
    struct err err = {0};
    if (store_commit(writer_store(owner), &batch, &err) != STORE_OK)
        question_fail(q, CONTROL_BUSY, NULL, "done, but the store cannot be written, and a restart forgets it: %s",
                      err.text);
    question_home(q);
}

static void to_writer(struct question *q, const struct feed *feed, struct str options_text)
{
    q->row = ARENA_NEW(&q->arena, struct store_feed);
    q->row->feed = *feed;
    q->row->options_text = arena_str(&q->arena, options_text);
    q->row->fence.shard = (uint16_t)shard_virtual(feed->url);
    q->feed = feed->id;
    question_send(q, q->control->d->threads.writer, commit_feed);
}

bool question_pause(struct question *q, struct worker *w, struct feed *feed, struct now now)
{
    bool is_pause = q->request.verb == CONTROL_FEED_PAUSE;
    if (!is_pause && feed->options && feed->options->paused) {
        question_fail(q, CONTROL_REFUSED, "feedwatchctl reload --wait",
                      "the configuration pauses the feed: take `paused` out there");
        return false;
    }
    feed->flags = is_pause ? feed->flags | FEED_PAUSED : feed->flags & ~(uint32_t)(FEED_PAUSED | FEED_STOPPED);
    if (!is_pause)
        feed->due = now.wall;
    if (!shard_set_state(worker_shard(w), feed, now)) {
        question_fail(q, CONTROL_BUSY, NULL, "the feed is being polled at this moment; try again");
        return false;
    }
    q->reply.json = api_json_feed(feed);
    to_writer(q, feed, worker_options_text(feed));
    return true;
}

static void set_answer(struct question *q, const struct feed *feed)
{
    char id[FEED_ID_BYTES];
    q->reply.json = json_object();
    json_object_set_new(q->reply.json, "id", json_string(feed_id_write(feed->id, id)));
    api_json_text(q->reply.json, "url", url_redacted(&q->arena, feed->url));
}

bool question_remove(struct question *q, struct worker *w, const struct feed *feed)
{
    if (feed->origin == ORIGIN_CONFIGURED) {
        question_fail(q, CONTROL_REFUSED, "feedwatchctl reload --wait",
                      "the feed stands in the configuration: take it out there");
        return false;
    }
    set_answer(q, feed);
    shard_remove(worker_shard(w), feed->id);
    to_writer(q, feed, (struct str){0});
    return true;
}

struct str question_tags(struct question *q)
{
    struct buf words;
    buf_init(&words, OPTIONS_TEXT_BYTES);
    json_t *tags = json_object_get(q->request.args, "tags"), *tag;
    if (!tags)
        tags = json_object_get(q->request.args, "tag");
    if (json_is_string(tags))
        buf_add(&words, str_of(json_string_value(tags)));
    size_t i;
    json_array_foreach(tags, i, tag)
        buf_addf(&words, " %s", json_is_string(tag) ? json_string_value(tag) : "");
    for (size_t at = 0; at < words.n; at++)
        if (words.p[at] == ',')
            words.p[at] = ' ';
    struct str given = str_trim(arena_str(&q->arena, buf_str(&words)));
    buf_done(&words);
    return given;
}

bool question_is_option(struct str text)
{
    for (const char *c = "\"\\\n\r{}"; *c; c++)
        if (str_find_char(text, *c) < text.n)
            return false;
    return true;
}

// Writes the arguments of `feeds add` as the inside of a feed block: one grammar for all options.
static bool write_options(struct question *q, struct str *out)
{
    struct buf text;
    buf_init(&text, OPTIONS_TEXT_BYTES);
    struct str name = question_text(q, "name"), every = question_text(q, "every"), tags = question_tags(q);
    bool ok = question_is_option(name) && question_is_option(every) && question_is_option(tags);
    if (name.n)
        buf_addf(&text, "name \"%.*s\"\n", STR_ARG(name));
    if (every.n)
        buf_addf(&text, "every %.*s\n", STR_ARG(every));
    if (tags.n)
        buf_addf(&text, "tags %.*s\n", STR_ARG(tags));
    *out = arena_str(&q->arena, buf_str(&text));
    ok = ok && !text.is_cut;
    buf_done(&text);
    if (!ok)
        question_fail(q, CONTROL_BAD, NULL, "a name, tag or pause with quotes, braces or line breaks cannot be kept");
    return ok;
}

bool question_may_stay(const struct feed *leaving, struct str options_text)
{
    return leaving->origin == ORIGIN_ADDED &&
           str_eq(str_trim(worker_options_text(leaving)), str_trim(options_text));
}

// One that is leaving stays as it is, and its row is written again: it was removed, or soon will be.
static void add_on_worker(struct job *job, void *owner, struct now now)
{
    struct question *q = (struct question *)job;
    struct str url = question_text(q, "url"), options;
    struct feed feed;
    bool is_there = shard_read(worker_shard(owner), feed_id(url), &q->arena, &feed);
    bool is_leaving = shard_is_leaving(worker_shard(owner), feed_id(url));
    const struct config_feed *named = config_feed_find(worker_config(owner), feed_id(url));
    if (!is_there && named) // another worker has it, with the host that it moved to
        feed = (struct feed){.id = named->id, .url = named->url};
    if ((is_there && !is_leaving) || named) {
        set_answer(q, &feed);
        json_object_set_new(q->reply.json, "is_new", json_false());
        question_home(q);
        return;
    }
    if (!is_leaving)
        feed = (struct feed){.id = feed_id(url), .first_url = url, .url = url, .origin = ORIGIN_ADDED,
                             .due = now.wall};
    struct err err = {0};
    if (!write_options(q, &options)) {
        question_home(q);
    } else if (is_leaving && !question_may_stay(&feed, options)) {
        question_fail(q, CONTROL_BUSY, NULL, "the feed is being polled at this moment; try again");
        question_home(q);
    } else if (!worker_add_feed(owner, &feed, options, now, &err)) {
        question_fail(q, CONTROL_BAD, "feedwatchctl feeds add --help", "%s", err.text);
        question_home(q);
    } else {
        set_answer(q, &feed);
        json_object_set_new(q->reply.json, "is_new", json_true());
        to_writer(q, &feed, options);
    }
}

void control_feed_add(struct question *q)
{
    struct str url = question_text(q, "url");
    const char *why = NULL;
    if (!url_is_fetchable(url, &why)) {
        question_fail(q, CONTROL_BAD, NULL, "\"%.*s\" is not the address of a feed: %s", STR_ARG(url), why);
        question_home(q);
        return;
    }
    question_send(q, &worker_loop(daemon_worker_of(q->control->d, url))->inbox, add_on_worker);
}
