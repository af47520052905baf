// SPDX-License-Identifier: MIT
//
// Several workers parse at once: same input, same output, nothing shared. `make V=tsan` runs it under ThreadSanitizer.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "feeds/parse.h"
#include "tests/tools/check.h"
#include "tests/tools/feed_file.h"

enum { THREADS = 4, ROUNDS = 20 };

struct worker {
    pthread_t thread;
    char folder[4096];
    size_t feeds;
    uint64_t digest;
};

static void one_feed(void *context, const char *path)
{
    struct worker *w = context;
    struct parse_options options = {.url = S("http://example.org/")};
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = parse_whole(&options, feed_file_read(&arena, path), &arena);
    w->digest = hash64_seeded(w->digest + doc->n_items, doc->meta.title.body);
    for (size_t i = 0; i < doc->n_items; i++)
        w->digest = hash64_seeded(w->digest, doc->items[i].title.body);
    w->feeds++;
    arena_done(&arena);
}

static void *work(void *context)
{
    static const char *const suffixes[] = {".feed", NULL};
    struct worker *w = context;
    for (int round = 0; round < ROUNDS; round++)
        feed_file_each(w->folder, suffixes, one_feed, w);
    return NULL;
}

static void workers_that_parse_at_once_do_not_meet(void **state)
{
    (void)state;
    static struct worker workers[THREADS];
    const char *top = getenv("FEEDWATCH_TOP");
    for (int i = 0; i < THREADS; i++) {
        snprintf(workers[i].folder, sizeof workers[i].folder, "%s/tests/golden/feeds", top ? top : ".");
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
    assert_true(workers[0].feeds > 0);
    for (int i = 1; i < THREADS; i++)
        assert_true(workers[i].digest == workers[0].digest);
}

// iconv loads and unloads its modules under a lock of the dynamic linker, which ThreadSanitizer does not see.
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void) { return "race:_dl_close_worker\n"; }

static int set_up(void **state)
{
    (void)state;
    parse_library_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(workers_that_parse_at_once_do_not_meet)};
    return cmocka_run_group_tests(tests, set_up, NULL);
}
