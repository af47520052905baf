// SPDX-License-Identifier: MIT
//
// The store alone, in a scratch folder on the disk of build/: changed polls a second at 100 a transaction (state, 50
// marks, validators, one alert and delivery in fifty polls), with a checkpoint thread as the daemon has one; outbox
// rows a second (queued by hundreds, read and marked delivered by windows of 256); bytes of the file a feed; articles a
// second of replay. Beside them the disk: how many transactions of one row a second plain SQLite makes durable here.
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/archive.h"
#include "store/side.h"
#include "tests/tools/bench.h"
#include "tests/tools/folder.h"

enum { FEEDS = 20000, POLLS = 100000, BATCH = 100, MARKS = 50, MARK_BYTES = 17, ROUNDS = 3 };
enum { ROWS = 20000, BODY_BYTES = 3000, ARTICLES = 40000, ARTICLE_BYTES = 3000 };

static void check(bool is_good, const char *what, const struct err *err)
{
    if (is_good)
        return;
    fprintf(stderr, "store_bench: %s: %s\n", what, err->text);
    exit(1);
}

struct upkeep {
    struct store_side *side;
    atomic_bool is_over;
};

static void *checkpoint_often(void *context)
{
    struct upkeep *upkeep = context;
    struct err err;
    uint32_t pages;
    while (!atomic_load(&upkeep->is_over)) {
        check(store_checkpoint(upkeep->side, &pages, &err), "checkpoint", &err);
        usleep(200 * 1000);
    }
    return NULL;
}

static struct store *open_scratch(const char *folder)
{
    struct err err = {0};
    struct store_options options = {.engine = STORE_SQLITE, .directory = str_of(folder), .now = {1}, .secret = "s"};
    folder_remove(folder);
    folder_make(folder);
    struct store *store = store_open(&options, &err);
    check(store != NULL, "open", &err);
    return store;
}

static struct store_feed feed_of(uint64_t i, uint64_t round, char *marks, char *url, char *etag)
{
    snprintf(url, 64, "https://news%llu.example/feeds/world.xml", (unsigned long long)i);
    snprintf(etag, 64, "\"%016llx-%llx\"", (unsigned long long)(i * 2654435761u), (unsigned long long)round);
    for (size_t b = 0; b < MARKS * MARK_BYTES; b++)
        marks[b] = (char)(i * 31 + b * (round + 7) + (b >> 3));
    return (struct store_feed){.feed = {.id = i + 1, .first_url = str_of(url), .url = str_of(url),
                                        .title = S("News of the world"), .site = S("https://news.example/"),
                                        .validators = {str_of(etag), S("Tue, 24 Nov 2026 00:00:00 GMT")},
                                        .marks = {marks, MARKS * MARK_BYTES}, .polled_at = {1000}, .good_at = {1000},
                                        .due = {2000}}};
}

// Commits POLLS changed polls over FEEDS feeds; returns polls a second.
static double run_polls(struct store *store, uint64_t round)
{
    static const char body[BODY_BYTES];
    struct err err = {0};
    double begun = bench_seconds();
    for (uint64_t at = 0; at < POLLS; at += BATCH) {
        struct store_feed feeds[BATCH];
        char marks[BATCH][MARKS * MARK_BYTES], texts[BATCH][2][64];
        struct alert alerts[BATCH / 50];
        struct delivery deliveries[BATCH / 50];
        for (uint64_t i = 0; i < BATCH; i++)
            feeds[i] = feed_of((at + i) * 7919 % FEEDS, round * POLLS + at, marks[i], texts[i][0], texts[i][1]);
        for (uint64_t i = 0; i < BATCH / 50; i++) {
            uint64_t seq = (round * POLLS + at) / 50 + i + 1;
            alerts[i] = (struct alert){.id = {seq * 0x9e3779b97f4a7c15u, seq}, .dedup_key = {seq, ~seq}, .seq = seq,
                                       .rule = S("ceasefire-talks"), .feed = seq % FEEDS, .title = S("A title"),
                                       .url = S("https://news.example/1"), .queued = {1000}, .body = {body, 3000}};
            deliveries[i] = (struct delivery){.alert = alerts[i].id, .receiver = S("desk"), .format = S("standard")};
        }
        struct store_batch batch = {.now = {1000}, .feeds = feeds, .n_feeds = BATCH, .alerts = alerts,
                                    .n_alerts = BATCH / 50, .deliveries = deliveries, .n_deliveries = BATCH / 50};
        check(store_commit(store, &batch, &err) == STORE_OK, "commit", &err);
    }
    return POLLS / (bench_seconds() - begun);
}

// Queues ROWS alerts for one receiver, then reads them by windows of 256 and marks each delivered; rows a second.
static double run_outbox(struct store *store, struct store_side *side, uint64_t round)
{
    static const char body[BODY_BYTES];
    struct err err = {0};
    uint64_t first = 10000000 + round * ROWS;
    double begun = bench_seconds();
    for (uint64_t at = 0; at < ROWS; at += BATCH) {
        struct alert alerts[BATCH];
        struct delivery deliveries[BATCH];
        for (uint64_t i = 0; i < BATCH; i++) {
            uint64_t seq = first + at + i;
            alerts[i] = (struct alert){.id = {seq * 0x9e3779b97f4a7c15u, seq}, .dedup_key = {seq, ~seq}, .seq = seq,
                                       .rule = S("buffer-zone"), .title = S("A title"), .queued = {1000},
                                       .body = {body, BODY_BYTES}};
            deliveries[i] = (struct delivery){.alert = alerts[i].id, .receiver = S("hook"), .format = S("standard")};
        }
        struct store_batch batch = {.now = {1000}, .alerts = alerts, .n_alerts = BATCH, .deliveries = deliveries,
                                    .n_deliveries = BATCH};
        check(store_commit(store, &batch, &err) == STORE_OK, "queue", &err);
    }
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    uint64_t after = 0;
    for (;;) {
        struct outbox_row *rows;
        struct delivery_step steps[256];
        struct attempt attempts[256];
        size_t n;
        check(store_outbox(side, S("hook"), after, 256, &arena, &rows, &n, &err), "window", &err);
        if (n == 0)
            break;
        for (size_t i = 0; i < n; i++) {
            steps[i] = (struct delivery_step){.alert = rows[i].delivery.alert, .receiver = S("hook"),
                                              .state = DELIVERY_DONE, .attempts = 1};
            attempts[i] = (struct attempt){.alert = rows[i].delivery.alert, .receiver = S("hook"), .number = 1,
                                           .status = 200, .address = S("192.0.2.7:443")};
        }
        after = rows[n - 1].delivery.row;
        struct store_batch batch = {.now = {1000}, .steps = steps, .n_steps = n, .attempts = attempts,
                                    .n_attempts = n};
        check(store_commit(store, &batch, &err) == STORE_OK, "finish", &err);
        arena_reset(&arena);
    }
    arena_done(&arena);
    return ROWS / (bench_seconds() - begun);
}

// What the disk gives: transactions a second that change one row.
static double run_bare(const char *folder)
{
    char path[512];
    snprintf(path, sizeof path, "%s/bare.db", folder);
    sqlite3 *db;
    if (sqlite3_open(path, &db) != SQLITE_OK)
        exit(1);
    sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (x)", NULL, NULL, NULL);
    double begun = bench_seconds();
    for (int i = 0; i < 1000; i++)
        sqlite3_exec(db, "INSERT INTO t VALUES (1)", NULL, NULL, NULL);
    double took = bench_seconds() - begun;
    sqlite3_close(db);
    return 1000 / took;
}

static double file_bytes(const char *folder)
{
    char path[512];
    struct stat st;
    snprintf(path, sizeof path, "%s/state.db", folder);
    return stat(path, &st) == 0 ? (double)st.st_size : 0;
}

// Writes each feed once into an empty store and returns what one takes of the closed file.
static double bytes_a_feed(const char *folder)
{
    struct store *store = open_scratch(folder);
    struct err err = {0};
    for (uint64_t at = 0; at < FEEDS; at += BATCH) {
        struct store_feed feeds[BATCH];
        char marks[BATCH][MARKS * MARK_BYTES], urls[BATCH][64], etags[BATCH][64];
        for (uint64_t i = 0; i < BATCH; i++)
            feeds[i] = feed_of(at + i, 1, marks[i], urls[i], etags[i]);
        struct store_batch batch = {.now = {1000}, .feeds = feeds, .n_feeds = BATCH};
        check(store_commit(store, &batch, &err) == STORE_OK, "fill", &err);
    }
    store_close(store);
    return file_bytes(folder) / FEEDS;
}

static double run_replay(const char *folder)
{
    struct err err = {0};
    struct archive_item item;
    uint64_t sum = 0, n = 0;
    double begun = bench_seconds();
    struct archive_reader *reader = archive_read(str_of(folder), (wall_t){0}, (wall_t){0}, &err);
    check(reader != NULL, "replay", &err);
    while (archive_next(reader, &item, &err) == ARCHIVE_ITEM) {
        for (size_t i = 0; i < item.body.n; i += 64) // touch the text as a matcher would
            sum += (unsigned char)item.body.p[i];
        n++;
    }
    archive_reader_close(reader);
    double took = bench_seconds() - begun;
    check(n == ARTICLES && sum > 0, "replay read less than was written", &err);
    return (double)n / took;
}

static void fill_archive(const char *folder)
{
    struct err err = {0};
    struct archive *archive = archive_open(str_of(folder), &err);
    check(archive != NULL, "archive", &err);
    struct archive_item items[BATCH];
    static char body[ARTICLE_BYTES];
    memset(body, 'a', sizeof body);
    for (uint64_t at = 0; at < ARTICLES; at += BATCH) {
        for (uint64_t i = 0; i < BATCH; i++)
            items[i] = (struct archive_item){.feed = i, .item = at + i, .fetched = {1795478400000},
                                             .feed_url = S("https://news.example/f"), .title = S("A title of an item"),
                                             .url = S("https://news.example/1"), .body = {body, sizeof body}};
        check(archive_append(archive, items, BATCH, &err), "archive", &err);
    }
    archive_close(archive);
}

int main(void)
{
    const char *out = getenv("FEEDWATCH_OUT");
    char folder[512];
    snprintf(folder, sizeof folder, "%s/store-bench", out ? out : "build");
    struct err err = {0};
    struct store *store = open_scratch(folder);
    struct upkeep upkeep = {.side = store_side_open(store, &err)};
    struct store_side *side = store_side_open(store, &err);
    check(upkeep.side && side, "side", &err);
    pthread_t thread;
    if (pthread_create(&thread, NULL, checkpoint_often, &upkeep) != 0)
        return 1;
    double polls[ROUNDS], rows[ROUNDS], bare[ROUNDS], replay[ROUNDS];
    for (uint64_t round = 0; round < ROUNDS; round++) { // turns, so that a busy moment of the disk hits all
        polls[round] = run_polls(store, round);
        rows[round] = run_outbox(store, side, round);
        bare[round] = run_bare(folder);
    }
    atomic_store(&upkeep.is_over, true);
    pthread_join(thread, NULL);
    store_side_close(upkeep.side);
    store_side_close(side);
    store_close(store);
    fill_archive(folder);
    for (int round = 0; round < ROUNDS; round++)
        replay[round] = run_replay(folder);
    printf("plain SQLite here: %.0f durable transactions a second\n", bench_median(bare, ROUNDS));
    bench_result("store_changed_polls_s", bench_median(polls, ROUNDS), "polls/s");
    bench_result("outbox_rows_s", bench_median(rows, ROUNDS), "rows/s");
    bench_result("replay_articles_s", bench_median(replay, ROUNDS), "articles/s");
    bench_result("store_bytes_feed", bytes_a_feed(folder), "bytes");
    folder_remove(folder);
    return 0;
}
