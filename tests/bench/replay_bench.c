// SPDX-License-Identifier: MIT
//
// bench-replay: archived articles a second through the production matcher, from the files to the counted hits, as
// `feedwatchctl rules replay` does it: one rule, as an author replays it, and whole rule books. Beside it what reading
// alone takes, so that one sees where the time goes.
#define _GNU_SOURCE // sched_setaffinity
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/ctl/replay.h"
#include "store/archive.h"
#include "tests/bench/match_corpus.h"
#include "tests/tools/bench.h"
#include "tests/tools/folder.h"

enum { ARTICLES = 20000, DOCS = 1000, BATCH = 100, ROUNDS = 5, SEED = 20261124 };
static const wall_t fetched = {1793491200000};

struct work {
    const char *folder;
    const struct ruleset *set; // NULL: only reads
    struct buf place;          // where the next page begins
    bool is_over;
    size_t items, hits;
};

static void die(const char *what, const struct err *err)
{
    fprintf(stderr, "bench-replay: %s: %s\n", what, err->text);
    exit(1);
}

static void fill(const char *folder, const struct bench_corpus *corpus)
{
    struct err err = {0};
    struct archive_item items[BATCH];
    struct archive *archive = archive_open(str_of(folder), &err);
    if (!archive)
        die("archive", &err);
    for (size_t at = 0; at < ARTICLES; at += BATCH) {
        for (size_t i = 0; i < BATCH; i++) {
            const struct doc *doc = &corpus->docs[(at + i) % corpus->n_docs];
            items[i] = (struct archive_item){.feed = i, .item = at + i, .fetched = fetched, .feed_title = S("World"),
                                             .feed_url = S("https://a.example/feed"), .language = S("en"),
                                             .url = S("https://a.example/1"), .title = doc->title,
                                             .summary = doc->summary, .body = doc->body};
        }
        if (!archive_append(archive, items, BATCH, &err))
            die("archive", &err);
    }
    archive_close(archive);
}

static int next_page(void *context, struct replay_hand *hand, bool *out_more)
{
    struct work *w = context;
    struct err err = {0};
    *out_more = !w->is_over;
    if (w->is_over)
        return CTL_OK;
    buf_reset(&hand->bytes);
    const struct api_items_query query = {.place = buf_str(&w->place), .bytes = API_PAGE_BYTES};
    if (!api_items_page(str_of(w->folder), &query, fetched, &hand->bytes, &err) ||
        !api_page_read(buf_str(&hand->bytes), &hand->page))
        die("page", &err);
    buf_reset(&w->place);
    buf_add(&w->place, hand->page.place);
    w->is_over = hand->page.is_last;
    return CTL_OK;
}

static void run(void *context)
{
    struct work *w = context;
    struct replay r;
    buf_init(&w->place, API_PLACE_BYTES);
    w->is_over = false;
    replay_init(&r, w->set, NULL, REPLAY_SHOWN);
    if (replay_run(&r, &(struct replay_source){w, next_page, NULL}) != CTL_OK)
        exit(1);
    w->items = r.items;
    w->hits = r.hits;
    replay_done(&r);
    buf_done(&w->place);
}

// The same without matching.
static void run_reading(void *context)
{
    struct work *w = context;
    struct replay_hand hand = {0};
    struct api_item item;
    bool is_more;
    buf_init(&w->place, API_PLACE_BYTES);
    buf_init(&hand.bytes, 2 * API_PAGE_BYTES_MAX);
    w->is_over = false;
    w->items = 0;
    while (next_page(w, &hand, &is_more) == CTL_OK && is_more)
        while (api_page_next(&hand.page, &item) == API_PAGE_ITEM)
            w->items++;
    buf_done(&hand.bytes);
    buf_done(&w->place);
}

typedef void race_fn(struct contender *list, size_t n, int rounds);

static void report(const char *prefix, race_fn *race, struct contender *list, const struct work *work)
{
    static const char *const names[] = {"read_articles_s", "articles_s", "100_rules_articles_s",
                                        "1000_rules_articles_s"};
    race(list, 4, ROUNDS);
    for (size_t i = 0; i < 4; i++) {
        char name[64];
        if (work[i].items != ARTICLES || (i == 3 && work[i].hits == 0)) {
            fprintf(stderr, "bench-replay: %zu items, %zu hits\n", work[i].items, work[i].hits);
            exit(1);
        }
        snprintf(name, sizeof name, "%s_%s", prefix, names[i]);
        bench_result(name, list[i].median, "articles/s");
    }
}

int main(void)
{
    static const size_t sizes[] = {0, 1, 100, 1000};
    static const char *const names[] = {"read only", "1 rule", "100 rules", "1,000 rules"};
    struct bench_corpus corpus;
    struct contender list[4];
    struct work work[4];
    char folder[64];
    if (!bench_corpus_init(&corpus, 1000, DOCS, SCRIPT_LATIN, SEED))
        return 0;
    snprintf(folder, sizeof folder, "/tmp/feedwatch-bench-replay-XXXXXX");
    if (!mkdtemp(folder))
        return 1;
    fill(folder, &corpus);
    for (size_t i = 0; i < 4; i++) {
        work[i] = (struct work){.folder = folder};
        work[i].set = sizes[i] ? bench_corpus_compile(&corpus, sizes[i], TERM_WORDS, NULL) : NULL;
        list[i] = (struct contender){.name = names[i], .run = i ? run : run_reading, .context = &work[i],
                                     .work = ARTICLES};
    }
    printf("%d archived articles, %zu bytes each, medians of %d, one core, by CPU time\n", ARTICLES,
           corpus.bytes / corpus.n_docs, ROUNDS);
    report("replay_one_core", bench_race_cpu, list, work);
    cpu_set_t all;
    memset(&all, 0xff, sizeof all);
    sched_setaffinity(0, sizeof all, &all); // the kernel keeps those there are
    printf("the same on all %ld cores, as the command runs, by the clock\n", sysconf(_SC_NPROCESSORS_ONLN));
    report("replay", bench_race, list, work);
    for (size_t i = 0; i < 4; i++) {
        printf("%s: %zu hits\n", names[i], work[i].hits);
        ruleset_unref(work[i].set);
    }
    folder_remove(folder);
    bench_corpus_done(&corpus);
    return 0;
}
