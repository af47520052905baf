// SPDX-License-Identifier: MIT
//
// Inputs made to cost much. Each is read at two sizes; what is counted is what the work leaves behind (bytes written
// to libxml2, bytes kept), never time: a class is linear when twice the input gives about twice the work, and bounded
// when a cap stops it. The gate on CPU time is `make bench-parse`.
#include <stdio.h>
#include <stdlib.h>

#include "feeds/clean.h"
#include "feeds/parse.h"
#include "tests/tools/check.h"
#include "tests/tools/hostile_feeds.h"

enum { KEPT_MAX = 24 << 20 }; // the arena of one document at the default caps, lists included

static const struct document *parse_within(const struct parse_limits *limits, struct str body, struct arena *arena)
{
    struct parse_options options = {.url = S("http://example.org/"), .limits = limits};
    struct parser *parser = parser_open(&options, arena);
    for (size_t i = 0; i < body.n; i += 16384)
        parser_feed(parser, body.p + i, body.n - i < 16384 ? body.n - i : 16384);
    return parser_end(parser, false);
}

static const struct document *parse(struct str body, struct arena *arena) { return parse_within(NULL, body, arena); }

static size_t kept(const struct hostile *h, size_t count, bool *out_has_last)
{
    struct buf body = hostile_make(h->head, h->unit, count, h->tail);
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = parse(buf_str(&body), &arena);
    *out_has_last = doc->n_items > 0 && str_eq(doc->items[doc->n_items - 1].id, S("last"));
    size_t bytes = arena.bytes;
    assert_true(doc->n_items <= parse_limits_default.items_max);
    arena_done(&arena);
    buf_done(&body);
    return bytes;
}

static void what_is_kept_of_a_hostile_feed_is_bounded(void **state)
{
    (void)state;
    for (size_t i = 0; i < hostile_feeds_n; i++) {
        bool has_last;
        size_t bytes = kept(&hostile_feeds[i], hostile_feeds[i].count, &has_last);
        if (bytes > KEPT_MAX || has_last != hostile_feeds[i].finds_last) {
            print_error("%s (%s): %zu bytes kept, last item %s\n", hostile_feeds[i].name, hostile_feeds[i].why, bytes,
                        has_last ? "read" : "not read");
            fail();
        }
    }
}

static void count_bytes(void *context, const struct clean_output *output)
{
    *(size_t *)context += output->xml.n + output->texts.n;
}

// Bytes that the cleaner writes for a body: the work that libxml2 gets. *out_work has also what it read twice.
static size_t written(struct str body, size_t *out_work)
{
    struct repair repairs[REPAIR_KINDS] = {0};
    struct cleaner *c = malloc(sizeof *c);
    size_t bytes = 0;
    clean_init(c, (struct clean_sink){count_bytes, &bytes}, &parse_limits_default, repairs);
    for (size_t i = 0; i < body.n; i += 4096)
        clean_feed(c, body.p + i, body.n - i < 4096 ? body.n - i : 4096);
    clean_end(c);
    *out_work = bytes + c->again + c->expanded + c->elements;
    clean_done(c);
    free(c);
    return bytes;
}

// What is counted must not depend on the machine, and covers what was quadratic once: tags read again, entities that
// expand, text handed to libxml2.
static void twice_the_input_is_at_most_twice_the_work(void **state)
{
    (void)state;
    enum { PARTS = 8, SLACK = 128 * 1024 }; // what is read again, expanded or written once
    for (size_t i = 0; i < hostile_feeds_n; i++) {
        const struct hostile *h = &hostile_feeds[i];
        size_t work[2];
        for (size_t k = 0; k < 2; k++) {
            struct buf body = hostile_make(h->head, h->unit, (k + 1) * h->count / PARTS, h->tail);
            written(buf_str(&body), &work[k]);
            buf_done(&body);
        }
        if (work[1] > 2 * work[0] + SLACK) {
            print_error("%s: work %zu, for twice the input %zu\n", h->name, work[0], work[1]);
            fail();
        }
    }
}

static void what_began_as_tags_is_read_again_up_to_a_cap(void **state)
{
    (void)state;
    for (size_t i = 0; i < hostile_feeds_n; i++) {
        const struct hostile *h = &hostile_feeds[i];
        struct buf body = hostile_make(h->head, h->unit, h->count, h->tail);
        size_t work, bytes = written(buf_str(&body), &work);
        assert_true(work - bytes <= parse_limits_default.tag_again_max + parse_limits_default.elements_max +
                                        CLEAN_EXPANDED_MAX);
        buf_done(&body);
    }
}

static void the_cleaner_writes_at_most_a_few_times_what_it_reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < hostile_feeds_n; i++) {
        struct buf body = hostile_make(hostile_feeds[i].head, hostile_feeds[i].unit, hostile_feeds[i].count, hostile_feeds[i].tail);
        size_t work, bytes = written(buf_str(&body), &work);
        if (bytes > 4 * body.n + 4096) {
            print_error("%s: %zu bytes read, %zu written\n", hostile_feeds[i].name, body.n, bytes);
            fail();
        }
        buf_done(&body);
    }
}

static void declared_entities_expand_to_a_mebibyte_at_most(void **state)
{
    (void)state;
    struct buf value = hostile_make("<!DOCTYPE rss [<!ENTITY a \"", "0123456789", 400, "\">]>" HOSTILE_RSS "<item><description>");
    struct buf body = hostile_make(buf_z(&value), "&a;", 1000000, "</description></item>" HOSTILE_END);
    size_t work;
    assert_true(written(buf_str(&body), &work) < CLEAN_EXPANDED_MAX + 64 * 1024);
    bool has_last;
    struct hostile bomb = {.head = buf_z(&value), .unit = "&a;", .tail = "</description></item>" HOSTILE_END};
    assert_true(kept(&bomb, 1000000, &has_last) < 1 << 20);
    assert_true(has_last);
    buf_done(&value);
    buf_done(&body);
}

static void entities_in_entities_do_not_multiply(void **state)
{
    (void)state;
    struct buf body = hostile_make("<!DOCTYPE rss [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
                           "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>" HOSTILE_RSS "<item><title>&c;</title>",
                           "", 0, "</item></channel></rss>");
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = parse(buf_str(&body), &arena);
    assert_int_equal(doc->n_items, 1);
    assert_str(doc->items[0].title.body, "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;");
    arena_done(&arena);
    buf_done(&body);
}

static void an_external_entity_is_never_fetched(void **state)
{
    (void)state;
    struct buf body = hostile_make("<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\"><!ENTITY % p SYSTEM "
                           "\"http://example.org/p\">%p;]>" HOSTILE_RSS "<item><title>a&x;b</title>",
                           "", 0, "</item></channel></rss>");
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = parse(buf_str(&body), &arena);
    assert_str(doc->items[0].title.body, "a&x;b");
    arena_done(&arena);
    buf_done(&body);
}

// libxml2 keeps the names of elements, and gives up when 22 MB are full (archives, --limits off). The items behind that are read all the same.
static void reading_goes_on_where_libxml2_gives_up(void **state)
{
    (void)state;
    enum { NAMES = 200000, NAME_BYTES = 120 };
    struct buf body = hostile_make(HOSTILE_RSS "<item><title>first</title></item><item><title>broken</title>", "", 0, "");
    for (int i = 0; i < NAMES; i++) {
        char name[NAME_BYTES + 1];
        snprintf(name, sizeof name, "n%0*d", NAME_BYTES - 1, i);
        buf_addf(&body, "<%s/>", name);
    }
    buf_addf(&body, "</item><item><title>between</title></item>%s", HOSTILE_END);
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = parse_within(&parse_limits_off, buf_str(&body), &arena);
    assert_int_equal(doc->repairs[REPAIR_SYNTAX].count, 1);
    assert_int_equal(doc->quality, QUALITY_PARTIAL);
    assert_str(doc->meta.title.body, "T");
    assert_str(doc->items[0].title.body, "first");
    assert_str(doc->items[1].title.body, "broken");
    assert_str(doc->items[doc->n_items - 1].title.body, "last");
    arena_done(&arena);
    buf_done(&body);
}

static size_t text_of_item(size_t n)
{
    struct buf body = hostile_make(HOSTILE_RSS "<item><description>", "a", n, "</description></item></channel></rss>");
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = parse(buf_str(&body), &arena);
    size_t text = doc->items[0].summary.body.n;
    assert_int_equal(doc->items[0].is_text_cut, n > parse_limits_default.item_text_max);
    arena_done(&arena);
    buf_done(&body);
    return text;
}

static void an_items_text_is_cut_at_its_cap(void **state)
{
    (void)state;
    size_t max = parse_limits_default.item_text_max;
    assert_int_equal(text_of_item(max - 1), max - 1);
    assert_int_equal(text_of_item(max), max);
    assert_int_equal(text_of_item(max + 1), max);
}

static void items_past_their_cap_are_counted(void **state)
{
    (void)state;
    struct buf body = hostile_make(HOSTILE_RSS, "<item><guid>1</guid></item>", parse_limits_default.items_max + 7, "</channel></rss>");
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = parse(buf_str(&body), &arena);
    assert_int_equal(doc->n_items, parse_limits_default.items_max);
    assert_int_equal(doc->n_dropped, 7);
    assert_int_equal(doc->quality, QUALITY_PARTIAL);
    arena_done(&arena);
    buf_done(&body);
}

static int set_up(void **state)
{
    (void)state;
    parse_library_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_of_a_hostile_feed_is_bounded),
        cmocka_unit_test(the_cleaner_writes_at_most_a_few_times_what_it_reads),
        cmocka_unit_test(twice_the_input_is_at_most_twice_the_work),
        cmocka_unit_test(what_began_as_tags_is_read_again_up_to_a_cap),
        cmocka_unit_test(declared_entities_expand_to_a_mebibyte_at_most),
        cmocka_unit_test(entities_in_entities_do_not_multiply),
        cmocka_unit_test(an_external_entity_is_never_fetched),
        cmocka_unit_test(reading_goes_on_where_libxml2_gives_up),
        cmocka_unit_test(an_items_text_is_cut_at_its_cap),
        cmocka_unit_test(items_past_their_cap_are_counted),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
