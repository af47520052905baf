// SPDX-License-Identifier: MIT
//
// The caps of parse_limits, each at its value and one past it, and what callback mode changes.
#include <stdio.h>

#include "feeds/clean.h"
#include "feeds/parse.h"
#include "tests/tools/check.h"
#include "tests/tools/hostile_feeds.h"

static const struct document *parse(struct buf *body, const struct parse_limits *limits, struct arena *arena)
{
    struct parse_options options = {.limits = limits};
    return parse_whole(&options, buf_str(body), arena);
}

// A body of head, unit `count` times and tail; tells whether a limit was reached, and that the last item was read.
static bool reaches_limit(const char *head, const char *unit, size_t count, const char *tail)
{
    struct buf body = hostile_make(head, unit, count, tail);
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = parse(&body, NULL, &arena);
    bool is_reached = doc->repairs[REPAIR_LIMIT].count > 0;
    assert_true(doc->n_items > 0);
    assert_str(doc->items[doc->n_items - 1].id, "last");
    assert_int_equal(doc->quality == QUALITY_PARTIAL, is_reached);
    arena_done(&arena);
    buf_done(&body);
    return is_reached;
}

static void a_tag_is_dropped_past_its_bytes(void **state)
{
    (void)state;
    size_t max = parse_limits_default.tag_bytes_max, around = sizeof "<x a=\"\"/>" - 1;
    assert_false(reaches_limit(HOSTILE_RSS "<item><x a=\"", "b", max - around, "\"/></item>" HOSTILE_END));
    assert_true(reaches_limit(HOSTILE_RSS "<item><x a=\"", "b", max - around + 1, "\"/></item>" HOSTILE_END));
}

// Tells whether the text after n tags of 5 bytes that are none, in a title, is read.
static bool is_read_behind_no_tags(uint32_t again_max, size_t n)
{
    struct parse_limits limits = parse_limits_default;
    limits.tag_again_max = again_max;
    struct buf body = hostile_make(HOSTILE_RSS "<item><title>", "<abc ", n, "</title></item>" HOSTILE_END), text;
    buf_init(&text, SIZE_MAX);
    for (size_t i = 0; i < n; i++)
        buf_add(&text, i + 1 < n ? S("<abc ") : S("<abc"));
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = parse(&body, &limits, &arena);
    assert_int_equal(doc->n_items, 2);
    bool is_read = str_eq(doc->items[0].title.body, buf_str(&text));
    assert_int_equal(doc->quality, is_read ? QUALITY_REPAIRED : QUALITY_PARTIAL);
    arena_done(&arena);
    buf_done(&body);
    buf_done(&text);
    return is_read;
}

static void what_is_no_tag_is_dropped_past_its_bytes(void **state)
{
    (void)state;
    assert_true(is_read_behind_no_tags(100, 20));
    assert_false(is_read_behind_no_tags(100, 21));
    assert_false(is_read_behind_no_tags(99, 20));
}

static bool attributes_reach_limit(size_t n)
{
    struct buf head;
    buf_init(&head, SIZE_MAX);
    buf_add(&head, S(HOSTILE_RSS "<item><x"));
    for (size_t i = 0; i < n; i++)
        buf_addf(&head, " a%zu=\"b\"", i);
    bool is_reached = reaches_limit(buf_z(&head), "", 0, "/></item>" HOSTILE_END);
    buf_done(&head);
    return is_reached;
}

static void attributes_are_dropped_past_their_number(void **state)
{
    (void)state;
    assert_false(attributes_reach_limit(parse_limits_default.attributes_max));
    assert_true(attributes_reach_limit((size_t)parse_limits_default.attributes_max + 1));
}

static void elements_of_an_item_are_dropped_past_their_number(void **state)
{
    (void)state;
    size_t max = parse_limits_default.item_elements_max - 1; // the item is one
    assert_false(reaches_limit(HOSTILE_RSS "<item>", "<x/>", max, "</item>" HOSTILE_END));
    assert_true(reaches_limit(HOSTILE_RSS "<item>", "<x/>", max + 1, "</item>" HOSTILE_END));
    assert_true(reaches_limit(HOSTILE_RSS "<item><description>", "<b a=\"b\">c</b>", 2 * max, "</description></item>" HOSTILE_END));
}

// An item of 10 elements, `items` times, and one more of `n` whose last one is its id; tells whether that is read.
static bool is_id_read(uint32_t elements_max, size_t items, size_t n)
{
    struct parse_limits limits = parse_limits_default;
    limits.elements_max = elements_max;
    struct buf body = hostile_make("<rss><channel>", "<item><x/><x/><x/><x/><x/><x/><x/><x/><x/></item>", items, "<item>");
    for (size_t i = 2; i < n; i++)
        buf_add(&body, S("<x/>"));
    buf_add(&body, S("<guid>id</guid></item></channel></rss>"));
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = parse(&body, &limits, &arena);
    bool is_read = doc->n_items == items + 1 && str_eq(doc->items[items].id, S("id"));
    assert_int_equal(doc->repairs[REPAIR_LIMIT].count > 0, !is_read);
    arena_done(&arena);
    buf_done(&body);
    return is_read;
}

static void elements_of_a_document_are_dropped_past_their_number(void **state)
{
    (void)state;
    enum { ELEMENTS = 1000, REST = ELEMENTS / 5, FRAME = 2 }; // <rss> and <channel>
    enum { BEFORE_REST = (ELEMENTS - REST - FRAME) / 10 };
    assert_true(is_id_read(ELEMENTS, BEFORE_REST - 10, 100));  // the first four fifths are anybody's
    assert_true(is_id_read(ELEMENTS, BEFORE_REST + 1, CLEAN_ITEM_ELEMENTS_SURE));
    assert_false(is_id_read(ELEMENTS, BEFORE_REST + 1, CLEAN_ITEM_ELEMENTS_SURE + 1));
    assert_true(is_id_read(ELEMENTS, (ELEMENTS - FRAME) / 10, (ELEMENTS - FRAME) % 10));
    assert_false(is_id_read(ELEMENTS, (ELEMENTS - FRAME) / 10, (ELEMENTS - FRAME) % 10 + 1));
    assert_true(is_id_read(parse_limits_off.elements_max, 1999, 50));
}

static void elements_are_dropped_past_their_depth(void **state)
{
    (void)state;
    enum { AROUND = 4 }; // rss, channel, item, description
    const char *head = HOSTILE_RSS "<item><description>", *tail = "</description></item>" HOSTILE_END;
    assert_false(reaches_limit(head, "<b>", CLEAN_DEPTH_MAX - AROUND, tail));
    assert_true(reaches_limit(head, "<b>", CLEAN_DEPTH_MAX - AROUND + 1, tail));
}

static void a_list_is_full_at_a_thousand(void **state)
{
    (void)state;
    const char *unit = "<atom:link href=\"http://e.org/\"/>";
    assert_false(reaches_limit(HOSTILE_RSS "<item>", unit, 1000, "</item>" HOSTILE_END));
    assert_true(reaches_limit(HOSTILE_RSS "<item>", unit, 1001, "</item>" HOSTILE_END));
}

static void addresses_are_resolved_up_to_their_bytes_with_their_bases(void **state)
{
    enum { BASE = 4096 - 1, MAX = (1 << 20) / (BASE + 1) }; // and the "x" of each reference
    static const char begin[] = HOSTILE_RSS "<item xml:base=\"http://e.org/";
    (void)state;
    struct buf head = hostile_make(begin, "a", BASE - (sizeof "http://e.org/" - 1), "\">");
    assert_false(reaches_limit(buf_z(&head), "<enclosure url=\"x\"/>", MAX, "</item>" HOSTILE_END));
    assert_true(reaches_limit(buf_z(&head), "<enclosure url=\"x\"/>", MAX + 1, "</item>" HOSTILE_END));
    buf_done(&head);
}

// Items of `per_item` elements with a name of its own each, and names of namespaces that are open in each other. Returns
// how many of them were read whole, and whether the reader began anew.
static size_t items_of_names(size_t items, size_t per_item, bool is_nested, bool *out_began_anew)
{
    struct buf body;
    struct arena arena;
    size_t whole = 0;
    buf_init(&body, SIZE_MAX);
    arena_init(&arena, SIZE_MAX);
    buf_add(&body, S(HOSTILE_RSS));
    for (size_t i = 0; i < items; i++) {
        buf_add(&body, S("<item>"));
        for (size_t k = 0; k < per_item; k++)
            buf_addf(&body, is_nested ? "<x xmlns:p%zu=\"u\" xmlns:q%zu=\"v\">" : "<x n%zu=\"\" m%zu=\"\"/>",
                     i * per_item + k, i * per_item + k);
        for (size_t k = 0; k < per_item && is_nested; k++)
            buf_add(&body, S("</x>"));
        buf_addf(&body, "<guid>%zu</guid></item>", i);
    }
    buf_add(&body, S(HOSTILE_END));
    const struct document *doc = parse(&body, NULL, &arena);
    for (size_t i = 0; i < doc->n_items; i++)
        whole += doc->items[i].id.n > 0;
    assert_str(doc->items[doc->n_items - 1].id, "last");
    *out_began_anew = doc->repairs[REPAIR_SYNTAX].count > 0;
    arena_done(&arena);
    buf_done(&body);
    return whole;
}

static void names_and_open_namespaces_beyond_their_number_cost_an_item(void **state)
{
    (void)state;
    bool began_anew;
    assert_int_equal(items_of_names(99, 100, false, &began_anew), 100); // 19,800 names
    assert_false(began_anew);
    assert_in_range(items_of_names(101, 100, false, &began_anew), 101, 102); // 20,200
    assert_true(began_anew);
    assert_int_equal(items_of_names(3, 127, true, &began_anew), 4); // 254 open
    assert_false(began_anew);
    assert_in_range(items_of_names(3, 240, true, &began_anew), 1, 4);
    assert_true(began_anew);
}

static bool entity_is_kept(size_t value_bytes)
{
    struct buf body = hostile_make("<!DOCTYPE rss [<!ENTITY e \"", "v", value_bytes,
                                   "\">]><rss><channel><title>&e;</title></channel></rss>");
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    bool is_kept = parse(&body, NULL, &arena)->meta.title.body.n == value_bytes;
    arena_done(&arena);
    buf_done(&body);
    return is_kept;
}

static void entities_are_kept_up_to_their_bytes(void **state)
{
    (void)state;
    assert_true(entity_is_kept(parse_limits_default.entities_bytes_max - 1)); // its name has one
    assert_false(entity_is_kept(parse_limits_default.entities_bytes_max));
}

static void kept_bytes_stop_the_items_but_not_the_reading(void **state)
{
    (void)state;
    struct parse_limits limits = parse_limits_default;
    limits.kept_max = 64 << 10;
    struct buf body = hostile_make("<rss><channel>", "<item><description>0123456789012345678901234567890123456789"
                                                     "</description></item>", 1500, "<ttl>7</ttl></channel></rss>");
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = parse(&body, &limits, &arena);
    assert_true(doc->n_items > 10 && doc->n_items < 1500);
    assert_int_equal(doc->n_items + doc->n_dropped, 1500);
    assert_int_equal(doc->meta.ttl_minutes, 7);
    assert_true(arena.bytes < 4 * limits.kept_max);
    arena_done(&arena);
    buf_done(&body);
}

enum { FULL = 256 << 10 }; // an item's text by default

// An item whose body is over its cap, and a guid of n bytes behind it.
static struct buf full_item(const char *head, size_t n, const char *tail)
{
    struct buf body = hostile_make(head, "b", FULL + 1, "");
    buf_add(&body, str_of(tail));
    for (size_t i = 0; i < n; i++)
        buf_add_char(&body, 'i');
    return body;
}

static void check_fields_behind(struct str body, bool has_author)
{
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    struct parse_options options = {0};
    const struct document *doc = parse_whole(&options, body, &arena);
    assert_int_equal(doc->n_items, 1);
    const struct item *item = &doc->items[0];
    assert_int_equal(item->content.body.n, FULL);
    assert_true(item->is_text_cut);
    assert_str(item->title.body, "T");
    assert_str(item->link, "http://e.example/1?a");
    assert_str(item->id, "one");
    assert_int_equal(item->published.state, DATE_OK);
    assert_int_equal(item->n_authors, has_author);
    arena_done(&arena);
}

static void fields_behind_a_text_that_fills_the_cap_are_whole(void **state)
{
    (void)state;
    struct buf rss = full_item("<rss><channel><item><content>", 0,
                               "</content><title>T</title><link>http://e.example/1?a</link><author>A</author>"
                               "<pubDate>Mon, 05 Feb 2024 10:00:00 GMT</pubDate><guid>one</guid></item></channel></rss>");
    check_fields_behind(buf_str(&rss), true);
    buf_done(&rss);
    struct buf json = full_item("{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{\"content_html\":\"", 0,
                                "\",\"title\":\"T\",\"url\":\"http://e.example/1?a\",\"id\":\"one\","
                                "\"date_published\":\"2024-02-05T10:00:00Z\"}]}");
    check_fields_behind(buf_str(&json), false);
    buf_done(&json);
}

// Returns the bytes kept of a guid or a title of n behind a full text.
static size_t kept_behind(const char *start, size_t n, const char *end)
{
    struct buf head, body;
    buf_init(&head, SIZE_MAX);
    buf_addf(&head, "</description>%s", start);
    body = full_item("<rss><channel><item><description>", n, buf_z(&head));
    buf_add(&body, str_of(end));
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct item *item = &parse(&body, NULL, &arena)->items[0];
    size_t kept = item->id.n + item->title.body.n;
    arena_done(&arena);
    buf_done(&body);
    buf_done(&head);
    return kept;
}

static void short_fields_are_cut_past_their_own_bytes(void **state)
{
    (void)state;
    assert_int_equal(kept_behind("<guid>", 64 << 10, "</guid></item></channel></rss>"), 64 << 10);
    assert_int_equal(kept_behind("<guid>", (64 << 10) + 1, "</guid></item></channel></rss>"), 64 << 10);
}

static void a_title_is_cut_past_what_a_title_needs(void **state)
{
    (void)state;
    assert_int_equal(kept_behind("<title>", 4 << 10, "</title></item></channel></rss>"), 4 << 10);
    assert_int_equal(kept_behind("<title>", (4 << 10) + 1, "</title></item></channel></rss>"), 4 << 10);
}

struct seen {
    size_t items;
    bool knew_title;
};

static void on_item(void *context, const struct item *item, const struct document *doc)
{
    struct seen *seen = context;
    seen->items++;
    seen->knew_title = str_eq(doc->meta.title.body, S("T")) && item->title.body.n > 0;
}

static void callback_mode_hands_out_items_and_keeps_none(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct parse_options options = {.limits = &parse_limits_off, .on_item = on_item, .context = &seen};
    struct buf body = hostile_make(HOSTILE_RSS, "<item><title>a title</title><description>text</description></item>",
                                   20000, "</channel></rss>");
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = parse_whole(&options, buf_str(&body), &arena);
    assert_int_equal(seen.items, 20000);
    assert_true(seen.knew_title);
    assert_int_equal(doc->n_items, 20000);
    assert_null(doc->items);
    assert_true(arena.bytes < 64 << 10);
    arena_done(&arena);
    buf_done(&body);
}

static void a_transfer_that_broke_off_makes_the_document_partial(void **state)
{
    (void)state;
    struct parse_options options = {0};
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    struct parser *parser = parser_open(&options, &arena);
    static const char body[] = "<rss><channel><title>T</title></channel></rss>";
    parser_feed(parser, body, sizeof body - 1);
    assert_int_equal(parser_end(parser, true)->quality, QUALITY_PARTIAL);
    arena_done(&arena);
}

static void a_transfer_that_broke_off_between_fields_cuts_the_item(void **state)
{
    (void)state;
    static const char body[] = "<rss><channel><item><title>one</title></item><item><title>two</title>";
    for (int is_truncated = 0; is_truncated < 2; is_truncated++) {
        struct parse_options options = {0};
        struct arena arena;
        arena_init(&arena, SIZE_MAX);
        struct parser *parser = parser_open(&options, &arena);
        parser_feed(parser, body, sizeof body - 1);
        const struct document *doc = parser_end(parser, is_truncated);
        assert_int_equal(doc->n_items, 2);
        assert_false(doc->items[0].is_cut_off);
        assert_true(doc->items[1].is_cut_off == is_truncated);
        arena_done(&arena);
    }
}

static int set_up(void **state)
{
    (void)state;
    parse_library_init();
    return 0;
}

// Values of attributes go past libxml2 while there is room for them in a write, and only where the tag is sound.
static void values_of_attributes_are_the_same_on_every_way(void **state)
{
    static const struct { const char *written, *meant; } values[] = {
        {"short", "short"},
        {"longer than what stays in the tag", "longer than what stays in the tag"},
        {"a&amp;b", "a&b"},
        {"&amp;", "&"},
        {"&amp;#38;&lt;&gt;&quot;", "&#38;<>\""},
        {"much longer &amp; with a reference&amp;", "much longer & with a reference&"},
        {"caf\xc3\xa9 and a few characters more", "caf\xc3\xa9 and a few characters more"},
        {"a&#233;b &hellip; by number and name", "a\xc3\xa9" "b \xe2\x80\xa6 by number and name"},
        {"\x7f@A", "\x7f@A"},
        {"\x7f", "\x7f"},
        {"\x7f\x7f and so on and so on and so on", "\x7f\x7f and so on and so on and so on"},
        {"&#127;@@", "\x7f@@"},
    };
    enum { KINDS = sizeof values / sizeof values[0], TIMES = 2 * CLEAN_VALUES_MAX / KINDS };
    (void)state;
    assert_true(KINDS * TIMES < 2 * CLEAN_VALUES_MAX);
    struct buf body = hostile_make("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry>", "", 0, "");
    for (size_t i = 0; i < KINDS; i++) // more than one write has room for, of small tags
        for (size_t k = 0; k < TIMES; k++)
            buf_addf(&body, "<category scheme='%zu.%zu of many schemes' term='%s'/>", i, k, values[i].written);
    buf_add(&body, S("</entry></feed>"));
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = parse(&body, NULL, &arena);
    assert_int_equal(doc->n_items, 1);
    assert_int_equal(doc->items[0].n_categories, KINDS * TIMES > 1000 ? 1000 : KINDS * TIMES);
    for (size_t i = 0; i < doc->items[0].n_categories; i++)
        assert_str(doc->items[0].categories[i].term, values[i / TIMES].meant);
    arena_done(&arena);
    buf_done(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tag_is_dropped_past_its_bytes),
        cmocka_unit_test(values_of_attributes_are_the_same_on_every_way),
        cmocka_unit_test(what_is_no_tag_is_dropped_past_its_bytes),
        cmocka_unit_test(attributes_are_dropped_past_their_number),
        cmocka_unit_test(elements_of_an_item_are_dropped_past_their_number),
        cmocka_unit_test(elements_of_a_document_are_dropped_past_their_number),
        cmocka_unit_test(elements_are_dropped_past_their_depth),
        cmocka_unit_test(a_list_is_full_at_a_thousand),
        cmocka_unit_test(addresses_are_resolved_up_to_their_bytes_with_their_bases),
        cmocka_unit_test(names_and_open_namespaces_beyond_their_number_cost_an_item),
        cmocka_unit_test(entities_are_kept_up_to_their_bytes),
        cmocka_unit_test(kept_bytes_stop_the_items_but_not_the_reading),
        cmocka_unit_test(fields_behind_a_text_that_fills_the_cap_are_whole),
        cmocka_unit_test(short_fields_are_cut_past_their_own_bytes),
        cmocka_unit_test(a_title_is_cut_past_what_a_title_needs),
        cmocka_unit_test(callback_mode_hands_out_items_and_keeps_none),
        cmocka_unit_test(a_transfer_that_broke_off_makes_the_document_partial),
        cmocka_unit_test(a_transfer_that_broke_off_between_fields_cuts_the_item),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
