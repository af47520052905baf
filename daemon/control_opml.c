// SPDX-License-Identifier: MIT
//
// Lists of feeds in and out. An import is read on main's thread and goes from worker to worker, each adding what is its
// own and new. Between them it goes to the writer, which makes durable what that worker added: so what a worker polls
// meanwhile reaches the writer behind it, and is not undone by a row without a poll.
#include "daemon/control_parts.h"
#include "feeds/opml.h"
#include "feeds/url.h"

enum { OPTIONS_TEXT_BYTES = 4096, EXPORT_BYTES_MAX = 64 << 20 };

struct import {
    struct opml list;
    struct str tags; // that the question gives to all of them
    struct store_feed *rows; // that the present worker added
    size_t n_rows;
    size_t added, known;
    json_t *refused;
};

static void refuse(struct import *i, struct str url, const char *why)
{
    json_t *o = json_object();
    api_json_text(o, "url", url);
    json_object_set_new(o, "error", json_string(why));
    json_array_append_new(i->refused, o);
}

// Tags become names of the configuration's grammar: what no name may hold becomes a hyphen.
static struct str options_of(const struct opml_feed *feed, struct str for_all, struct arena *a)
{
    struct buf text;
    buf_init(&text, OPTIONS_TEXT_BYTES);
    for (size_t i = 0; i < feed->n_tags; i++) {
        char *name = arena_dupz(a, str_head(feed->tags[i], CONF_NAME_BYTES_MAX));
        for (char *c = name; *c; c++)
            if (!char_is_alnum(*c) && (unsigned char)*c < 0x80)
                *c = '-';
        if (*name)
            buf_addf(&text, "%s%s", text.n ? " " : "tags ", name);
    }
    if (for_all.n)
        buf_addf(&text, "%s%.*s", text.n ? " " : "tags ", STR_ARG(for_all));
    buf_add(&text, S("\n"));
    struct str options = arena_str(a, buf_str(&text));
    buf_done(&text);
    return options;
}

static void add_one(struct question *q, struct import *import, struct worker *w, const struct opml_feed *from,
                    struct now now)
{
    struct feed feed = {.id = feed_id(from->url), .first_url = from->url, .url = from->url, .origin = ORIGIN_ADDED,
                        .title = from->title, .due = now.wall};
    struct err err = {0};
    struct str options = options_of(from, import->tags, &q->arena);
    bool is_there = shard_has(worker_shard(w), feed.id), is_leaving = shard_is_leaving(worker_shard(w), feed.id);
    if (is_leaving)
        shard_read(worker_shard(w), feed.id, &q->arena, &feed);
    if ((is_there && !is_leaving) || config_feed_find(worker_config(w), feed.id)) {
        import->known++;
    } else if (is_leaving && !question_may_stay(&feed, options)) {
        refuse(import, from->url, "the feed is being polled at this moment; try again");
    } else if (!worker_add_feed(w, &feed, options, now, &err)) {
        refuse(import, from->url, err.text);
    } else {
        struct store_feed row = {.feed = feed, .options_text = options,
                                 .fence.shard = (uint16_t)shard_virtual(feed.url)};
        row.feed.options = NULL;
        ARENA_PUSH(&q->arena, import->rows, import->n_rows, row);
    }
}

static void import_on_worker(struct job *job, void *owner, struct now now);

// Makes durable what one worker added, and goes on to the next one.
static void commit_import(struct job *job, void *owner, struct now now)
{
    struct question *q = (struct question *)job;
    struct daemon *d = q->control->d;
    struct import *i = q->import;
    const struct store_batch batch = {.now = now.wall, .feeds = i->rows, .n_feeds = i->n_rows};
    struct err err = {0};
    if (i->n_rows && store_commit(writer_store(owner), &batch, &err) != STORE_OK)
        question_fail(q, CONTROL_BUSY, NULL, "done, but the store cannot be written, and a restart forgets it: %s",
                      err.text);
    i->added += i->n_rows;
    i->rows = NULL;
    i->n_rows = 0;
    if (++q->stage < d->n_workers) {
        question_send(q, &worker_loop(d->workers[q->stage])->inbox, import_on_worker);
        return;
    }
    q->reply.json = json_pack("{s:I, s:I, s:o}", "added", (json_int_t)i->added, "known", (json_int_t)i->known,
                              "refused", i->refused);
    question_home(q);
}

static void import_on_worker(struct job *job, void *owner, struct now now)
{
    struct question *q = (struct question *)job;
    struct daemon *d = q->control->d;
    struct import *import = q->import;
    for (size_t i = 0; i < import->list.n_feeds; i++)
        if (url_is_fetchable(import->list.feeds[i].url, NULL) &&
            daemon_worker_of(d, import->list.feeds[i].url) == owner)
            add_one(q, import, owner, &import->list.feeds[i], now);
    question_send(q, d->threads.writer, commit_import);
}

static void begin_import(struct question *q)
{
    struct err err = {0};
    struct import *import = ARENA_NEW(&q->arena, struct import);
    q->import = import;
    if (!opml_read(question_text(q, "opml"), &q->arena, &import->list, &err)) {
        question_fail(q, CONTROL_BAD, NULL, "%s", err.text);
        question_home(q);
        return;
    }
    import->tags = question_tags(q);
    if (!question_is_option(import->tags)) {
        question_fail(q, CONTROL_BAD, NULL, "a tag with quotes, braces or line breaks cannot be kept");
        question_home(q);
        return;
    }
    import->refused = json_array();
    const char *why = NULL;
    for (size_t i = 0; i < import->list.n_feeds; i++)
        if (!url_is_fetchable(import->list.feeds[i].url, &why))
            refuse(import, import->list.feeds[i].url, why);
    question_send(q, &worker_loop(q->control->d->workers[0])->inbox, import_on_worker);
}

static void finish_export(struct question *q, wall_t now)
{
    struct buf text;
    buf_init(&text, EXPORT_BYTES_MAX);
    q->import->list.title = S("feedwatchd");
    opml_write(&q->import->list, now, &text);
    if (text.is_cut)
        question_fail(q, CONTROL_REFUSED, "feedwatchctl feeds list --json", "the list is larger than 64 MiB");
    else
        q->text = arena_str(&q->arena, buf_str(&text));
    buf_done(&text);
    question_home(q);
}

static void export_on_worker(struct job *job, void *owner, struct now now)
{
    struct question *q = (struct question *)job;
    struct daemon *d = q->control->d;
    struct opml *list = &q->import->list;
    struct feed feed;
    struct arena a;
    arena_init(&a, 1 << 20);
    for (uint32_t i = 0; shard_read_at(worker_shard(owner), &i, &a, &feed); arena_reset(&a)) {
        struct opml_feed one = {
            .url = arena_str(&q->arena, feed.url),
            .title = arena_str(&q->arena, feed_has_name(&feed) ? feed_name(&feed) : (struct str){0}),
            .site = arena_str(&q->arena, feed.site),
        };
        struct str *tags = ARENA_ARRAY(&q->arena, struct str, (feed.options ? feed.options->n_tags : 0) + 1);
        for (size_t k = 0; feed.options && k < feed.options->n_tags; k++)
            tags[one.n_tags++] = arena_str(&q->arena, feed.options->tags[k]);
        one.tags = tags;
        ARENA_PUSH(&q->arena, list->feeds, list->n_feeds, one);
    }
    arena_done(&a);
    if (++q->stage < d->n_workers)
        question_send(q, &worker_loop(d->workers[q->stage])->inbox, export_on_worker);
    else
        finish_export(q, now.wall);
}

void control_opml(struct question *q)
{
    if (q->request.verb == CONTROL_OPML_IMPORT) {
        begin_import(q);
        return;
    }
    q->import = ARENA_NEW(&q->arena, struct import);
    question_send(q, &worker_loop(q->control->d->workers[0])->inbox, export_on_worker);
}
