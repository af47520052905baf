// SPDX-License-Identifier: MIT
//
// The main job on real input: every feed of ../shared/corpora/real, as published, each on a loopback address of its
// own. Skipped, with a line, where the corpora are not there.
#include "tests/tools/check.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "feeds/parse.h"
#include "tests/tools/folder.h"
#include "tests/tools/paper.h"

enum { FEEDS_MAX = 400, CHOSEN = 10, FILE_BYTES_MAX = 64 << 20 };

struct real_feed {
    char address[16];
    const char *file;
    const char *kind; // rss, atom, rdf, json; else no feed
    struct str body;
    struct origin_reply reply;
};

struct real {
    struct scene s;
    struct real_feed feeds[FEEDS_MAX];
    size_t n, n_feeds; // pages in all, and those that are feeds
};

static const char *corpora(void)
{
    const char *top = getenv("FEEDWATCH_TOP");
    static char path[512];
    snprintf(path, sizeof path, "%s/../shared/corpora/real", top ? top : ".");
    return path;
}

static bool is_feed(const char *kind)
{
    return strcmp(kind, "rss") == 0 || strcmp(kind, "atom") == 0 || strcmp(kind, "rdf") == 0 ||
           strcmp(kind, "json") == 0;
}

static const char *type_of(const char *kind)
{
    return strcmp(kind, "json") == 0 ? "application/feed+json" : is_feed(kind) ? "application/xml" : "text/html";
}

static void serve(struct real *r, struct real_feed *f, struct str body, unsigned version)
{
    f->reply = (struct origin_reply){
        .body = body,
        .type = type_of(f->kind),
        .etag = arena_fmt(&r->s.arena, "\"%s-%u\"", f->address, version).p,
        .modified = "Mon, 23 Nov 2026 10:00:00 GMT",
    };
    origin_serve(&r->s.origin, f->address, "/feed", f->reply);
}

// Reads the manifest and serves each file. False: not there.
static bool load(struct real *r)
{
    char path[640];
    snprintf(path, sizeof path, "%s/MANIFEST.json", corpora());
    json_t *manifest = json_load_file(path, 0, NULL), *entry;
    size_t i;
    if (!manifest)
        return false;
    json_array_foreach(manifest, i, entry)
    {
        assert_true(r->n < FEEDS_MAX);
        struct real_feed *f = &r->feeds[r->n++];
        snprintf(f->address, sizeof f->address, "127.8.%zu.%zu", i / 200, i % 200 + 1);
        f->file = arena_dupz(&r->s.arena, str_of(json_string_value(json_object_get(entry, "file"))));
        f->kind = arena_dupz(&r->s.arena, str_of(json_string_value(json_object_get(entry, "kind"))));
        r->n_feeds += is_feed(f->kind);
        struct buf body;
        buf_init(&body, FILE_BYTES_MAX);
        snprintf(path, sizeof path, "%s/%s", corpora(), f->file);
        if (!file_read(path, &body))
            fail_msg("cannot read %s", path);
        f->body = arena_str(&r->s.arena, buf_str(&body));
        buf_done(&body);
        serve(r, f, f->body, 1);
    }
    json_decref(manifest);
    return true;
}

static void configure(struct real *r)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    for (size_t i = 0; i < r->n; i++)
        buf_addf(&text, "feed %s {\n    allow-private yes\n    every 10m\n}\n",
                 origin_url(&r->s.origin, r->feeds[i].address, "/feed"));
    scene_config(&r->s, buf_z(&text));
    buf_done(&text);
    // Two rules: one that matches much of what is there (nothing of it may be sent), one for a word that nobody wrote.
    scene_write(&r->s, "rules.d/real.rules",
                "rule common {\n when the OR a OR und OR de\n group none\n throttle 100000/1h\n notify desk\n}\n"
                "rule quibblewax {\n when quibblewax\n group none\n throttle 100000/1h\n notify desk\n}\n");
}

static json_t *status_feeds(struct real *r, json_t **out_root)
{
    int status;
    struct str text = scene_ctl(&r->s, &status, "status", "--json", NULL);
    *out_root = json_loadb(text.p, text.n, 0, NULL);
    json_t *feeds = json_object_get(*out_root, "feeds");
    if (status != 0 || !feeds)
        fail_msg("feedwatchctl status --json: %d, %.*s", status, STR_ARG(text));
    return feeds;
}

// Names the feeds of the corpus that the daemon does not call well.
static void print_failing(struct real *r)
{
    int status;
    size_t at;
    struct str text = scene_ctl(&r->s, &status, "feeds", "list", "--state", "failing", "--json", NULL);
    json_t *root = json_loadb(text.p, text.n, 0, NULL), *feed;
    json_array_foreach(json_object_get(root, "feeds"), at, feed)
    {
        const char *url = json_string_value(json_object_get(feed, "url"));
        for (size_t i = 0; i < r->n; i++)
            if (is_feed(r->feeds[i].kind) && strcmp(url, origin_url(&r->s.origin, r->feeds[i].address, "/feed")) == 0)
                print_error("%s: %s\n", r->feeds[i].file, json_string_value(json_object_get(feed, "error")));
    }
    json_decref(root);
}

static void expect_baseline(struct real *r)
{
    json_t *root, *feeds = status_feeds(r, &root);
    if (json_integer_value(json_object_get(feeds, "failing")) != (json_int_t)(r->n - r->n_feeds))
        print_failing(r);
    printf("real: %zu pages, %lld baselined, %lld reported as no feed\n", r->n,
           (long long)json_integer_value(json_object_get(feeds, "ok")),
           (long long)json_integer_value(json_object_get(feeds, "failing")));
    assert_int_equal(json_integer_value(json_object_get(feeds, "ok")), r->n_feeds);
    assert_int_equal(json_integer_value(json_object_get(feeds, "failing")), r->n - r->n_feeds);
    json_decref(root);
    assert_int_equal(receiver_report(&r->s.receiver).requests, 0);
}

// Puts an article before the first one of a feed. False: it has none where ours could go.
static bool add_article(struct real *r, struct real_feed *f, int number)
{
    bool is_atom = strcmp(f->kind, "atom") == 0;
    size_t at = str_find(f->body, is_atom ? S("<entry>") : S("<item>"));
    if (!is_feed(f->kind) || at == f->body.n)
        return false;
    struct str item = arena_fmt(
        &r->s.arena,
        is_atom ? "<entry><id>urn:quibblewax:%d</id><title>Quibblewax %d</title><link href=\"https://q.example/%d\"/>"
                  "<updated>2026-11-23T13:05:00Z</updated></entry>"
                : "<item><title>Quibblewax %d</title><link>https://q.example/%d</link>"
                  "<guid isPermaLink=\"false\">urn:quibblewax:%d</guid>"
                  "<pubDate>Mon, 23 Nov 2026 13:05:00 GMT</pubDate></item>",
        number, number, number);
    serve(r, f, arena_fmt(&r->s.arena, "%.*s%.*s%.*s", STR_ARG(str_head(f->body, at)), STR_ARG(item),
                          STR_ARG(str_from(f->body, at))), 2);
    receiver_expect(&r->s.receiver, arena_fmt(&r->s.arena, "quibblewax urn:quibblewax:%d", number).p);
    return true;
}

static void add_ten_articles(struct real *r)
{
    int n = 0;
    // Spread over the whole corpus, from its end in odd steps.
    for (size_t i = 0; i < r->n && n < CHOSEN; i++)
        n += add_article(r, &r->feeds[(i * 37 + 11) % r->n], n);
    assert_int_equal(n, CHOSEN);
}

// A document that breaks off in itself: no entity tag of it is kept, so that the rest is not missed.
static bool is_cut(const struct real_feed *f)
{
    struct arena arena;
    arena_init(&arena, 1 << 30);
    struct parse_options options = {.url = S("http://127.0.0.1/feed"), .content_type = str_of(type_of(f->kind))};
    const struct document *document = parse_whole(&options, f->body, &arena);
    bool is_cut = document->quality == QUALITY_PARTIAL;
    arena_done(&arena);
    return is_cut;
}

// Those whose polls are no failure and no new look at a broken document: they may write nothing.
static const char *rows_of_whole_feeds(struct real *r)
{
    struct str list = S("''");
    for (size_t i = 0; i < r->n; i++)
        if (is_feed(r->feeds[i].kind) && !is_cut(&r->feeds[i]))
            list = arena_fmt(&r->s.arena, "%.*s,'%s'", STR_ARG(list),
                             origin_url(&r->s.origin, r->feeds[i].address, "/feed"));
    return arena_fmt(&r->s.arena, "SELECT * FROM feed WHERE first_url IN (%.*s) ORDER BY id", STR_ARG(list)).p;
}

static void expect_conditional_polls(struct real *r)
{
    size_t asked = 0, cut = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct real_feed *f = &r->feeds[i];
        if (!is_feed(f->kind))
            continue;
        const struct origin_seen *last = origin_last(&r->s.origin, f->address, "/feed");
        if (origin_count(&r->s.origin, f->address, "/feed") < 3)
            continue; // it asks for longer pauses itself (ttl, sy)
        asked++;
        cut += is_cut(f);
        if (!is_cut(f) && (last->status != 304 || !str_eq(origin_header(last, "if-none-match"), str_of(f->reply.etag))))
            fail_msg("%s: the further poll was not conditional (status %d)", f->file, last->status);
    }
    printf("real: %zu of %zu feeds polled again, conditionally but for %zu that break off in themselves\n", asked,
           r->n_feeds, cut);
    assert_true(cut <= r->n_feeds / 50);
    assert_true(asked >= r->n_feeds * 3 / 4);
}

static void feeds_of_the_corpus_become_a_baseline_then_alerts(void **state)
{
    (void)state;
    struct real *r = mem_alloc(sizeof *r);
    scene_open(&r->s, "real");
    if (!load(r)) {
        printf("skipped: %s is not there\n", corpora());
        scene_done(&r->s);
        mem_free(r);
        return;
    }
    configure(r);
    scene_start(&r->s);
    scene_run(&r->s, 6 * MINUTE_MS); // what is overdue at start is spread over five minutes
    expect_baseline(r);

    add_ten_articles(r);
    scene_run(&r->s, 12 * MINUTE_MS);
    for (int hour = 0; hour < 24 && receiver_report(&r->s.receiver).lost > 0; hour++)
        scene_run(&r->s, HOUR_MS); // a chosen feed may ask for pauses of its own
    struct receiver_report report = receiver_report(&r->s.receiver);
    printf("real: %zu articles added, %zu alerts accepted, %zu lost, %zu not expected\n", report.expected,
           report.acked, report.lost, report.unexpected);
    assert_int_equal(report.lost, 0);
    assert_int_equal(report.unexpected, 0);
    assert_int_equal(report.requests, CHOSEN);

    scene_run(&r->s, HOUR_MS); // each has now been read as it is
    size_t n_before, n_after;
    const char *query = rows_of_whole_feeds(r);
    uint64_t before = scene_rows(&r->s, query, &n_before);
    scene_run(&r->s, HOUR_MS);
    expect_conditional_polls(r);
    uint64_t after = scene_rows(&r->s, query, &n_after);
    printf("real: %zu rows of feeds compared\n", n_after);
    assert_true(n_after >= r->n_feeds - 2 && n_after == n_before);
    if (after != before)
        fail_msg("polls of unchanged feeds wrote to the store");
    assert_int_equal(receiver_report(&r->s.receiver).requests, CHOSEN);
    scene_stop(&r->s);
    scene_done(&r->s);
    mem_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(feeds_of_the_corpus_become_a_baseline_then_alerts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
