// SPDX-License-Identifier: MIT
#include "daemon/keeper.h"

#include <assert.h>

#include "base/mem.h"
#include "daemon/keeper.h"
#include "feeds/url.h"
#include "store/archive.h"

struct keeper {
    const struct threads *threads;
    struct queue queue;
    struct store_side *side;
    struct archive *archive;
    struct str state;
    pthread_t thread;
    bool is_archive_failing; // told once
    wall_t next_prune;
};

enum { PRUNE_MS = HOUR_MS };

static void say(struct keeper *k, enum log_level level, const char *what, const struct err *err)
{
    log_say(k->threads->log, level, NULL, "%s: %s", what, err->text);
}

static struct str join(struct arena *a, const struct str *list, size_t n, const char *between)
{
    struct buf b;
    buf_init(&b, ARCHIVE_TEXT_BYTES);
    for (size_t i = 0; i < n; i++) {
        buf_add(&b, str_of(i ? between : ""));
        buf_add(&b, list[i]);
    }
    struct str joined = arena_str(a, buf_str(&b));
    buf_done(&b);
    return joined;
}

static void add_items(struct work *work, struct arena *a, struct archive_item **list, size_t *n)
{
    const struct outcome *o = work->outcome;
    for (size_t i = 0; i < o->n_items; i++) {
        const struct article *article = o->items[i].article;
        const struct item *item = article->item;
        struct archive_item one = {
            .feed = o->feed.id,
            .item = article->key,
            .content = article->content,
            .fetched = o->decide.fetched,
            .published = item->published.state == DATE_OK ? item->published.at : (wall_t){0},
            .feed_url = o->facts.url,
            .feed_title = o->facts.title,
            .tags = join(a, o->facts.tags, o->facts.n_tags, " "),
            .guid = item->id,
            .url = item->link,
            .language = article->language,
            .authors = join(a, o->items[i].authors, o->items[i].n_authors, "\n"),
            .categories = join(a, o->items[i].categories, o->items[i].n_categories, "\n"),
            .title = article->title,
            .summary = article->summary,
            .body = article->body,
        };
        ARENA_PUSH(a, *list, *n, one);
    }
}

static void archive_all(struct keeper *k, const struct archive_item *list, size_t n)
{
    struct err err = {0};
    bool ok = n == 0;
    if (!k->archive)
        k->archive = archive_open(k->state, &err);
    if (k->archive && n)
        ok = archive_append(k->archive, list, n, &err);
    if (!ok && !k->is_archive_failing)
        say(k, LOG_LEVEL_WARNING, "the archive of items cannot be written (alerts do not need it)", &err);
    k->is_archive_failing = !ok;
    wall_t now = clock_now(k->threads->clock).wall;
    if (k->archive && now.ms >= k->next_prune.ms) {
        unsigned removed = 0;
        k->next_prune = wall_add(now, PRUNE_MS);
        if (!archive_prune(k->archive, now, ARCHIVE_DAYS, ARCHIVE_BYTES, &removed, &err))
            say(k, LOG_LEVEL_WARNING, "the archive cannot be pruned", &err);
    }
}

static void take(struct keeper *k, struct message *list)
{
    struct arena a;
    arena_init(&a, SIZE_MAX);
    struct archive_item *items = NULL;
    size_t n = 0;
    for (struct message *m = list; m; m = m->next)
        if (m->kind == KEEPER_WORK)
            add_items((struct work *)m, &a, &items, &n);
    if (n)
        archive_all(k, items, n);
    arena_done(&a);
    for (struct message *m = list, *next; m; m = next) {
        next = m->next;
        size_t bytes = m->bytes;
        if (m->kind == KEEPER_WORK) {
            struct work *work = (struct work *)m;
            outcome_free(work->outcome);
            config_unref(work->config);
            mem_free(work);
        } else {
            ((struct job *)m)->run((struct job *)m, k, clock_now(k->threads->clock));
        }
        queue_handled(&k->queue, bytes);
    }
}

static void *keeper_main(void *context)
{
    struct keeper *k = context;
    thread_begin("fw-keeper");
    bool was_failing = false;
    for (bool is_over = false; !is_over;) {
        struct message *list = queue_take_all(&k->queue, KEEPER_CHECKPOINT_MS);
        is_over = !list && queue_is_over(&k->queue);
        take(k, list);
        uint32_t pages = 0;
        struct err err = {0};
        bool ok = store_checkpoint(k->side, &pages, &err);
        if (!ok && !was_failing)
            say(k, LOG_LEVEL_WARNING, "the store's checkpoint failed; it is tried again", &err);
        was_failing = !ok;
    }
    return NULL;
}

struct keeper *keeper_start(const struct threads *threads, struct store_side *side, struct str state)
{
    struct keeper *k = mem_alloc(sizeof *k);
    k->threads = threads;
    k->side = side;
    k->state = state;
    queue_init(&k->queue, threads->clock, KEEPER_QUEUE_BYTES, NULL, NULL);
    int failed = pthread_create(&k->thread, NULL, keeper_main, k);
    assert(!failed);
    return k;
}

struct queue *keeper_queue(struct keeper *k) { return &k->queue; }

void keeper_stop(struct keeper *k)
{
    if (!k)
        return;
    queue_close(&k->queue);
    pthread_join(k->thread, NULL);
    queue_done(&k->queue);
    archive_close(k->archive);
    store_side_close(k->side);
    mem_free(k);
}
