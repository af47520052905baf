// SPDX-License-Identifier: MIT
//
// CDATA sections whose end was lost cost no item behind them; those that quote a feed and are closed stay whole.
#include <stdio.h>
#include <stdlib.h>

#include "feeds/clean.h"
#include "feeds/parse.h"
#include "tests/tools/check.h"
#include "tests/tools/hostile_feeds.h"

#define HEAD "<rss version='2.0'><channel><title>T</title>"
#define REST "<pubDate>Mon, 05 Feb 2024 10:00:00 GMT</pubDate></item>\n"
#define SECOND "<item><title>two</title><guid>2</guid><description>second</description></item>"
#define THIRD "<item><title>three</title><guid>3</guid><description><![CDATA[third]]></description></item>"
#define TAIL "</channel></rss>"
#define FIRST(description) HEAD "<item><title>one</title><guid>1</guid><description>" description

struct section {
    const char *body, *first; // the first item's text
    size_t n_items;
    const char *why;
};

static const struct document *read_in_pieces(struct str body, size_t piece, struct arena *arena)
{
    struct parser *parser = parser_open(&(struct parse_options){0}, arena);
    for (size_t at = 0; at < body.n; at += piece)
        parser_feed(parser, body.p + at, body.n - at < piece ? body.n - at : piece);
    return parser_end(parser, false);
}

static void check_all(const struct section *sections, size_t n, size_t piece)
{
    for (size_t i = 0; i < n; i++) {
        const struct section *s = &sections[i];
        struct str body = str_of(s->body);
        struct arena arena;
        arena_init(&arena, SIZE_MAX);
        const struct document *doc = read_in_pieces(body, piece, &arena);
        struct str text = doc->n_items ? doc->items[0].summary.body : S("");
        if (doc->n_items != s->n_items || !str_eq(str_trim(text), str_of(s->first))) {
            print_error("%s: %zu items, the first \"%.*s\"\n", s->why, doc->n_items, STR_ARG(text));
            fail();
        }
        for (size_t k = 0; k < doc->n_items; k++)
            assert_true(doc->items[k].id.n == 1 && (k == 0 || doc->items[k].id.p[0] > doc->items[k - 1].id.p[0]));
        arena_done(&arena);
    }
}

static void a_section_that_lost_its_end_costs_no_item_behind_it(void **state)
{
    (void)state;
    static const struct section sections[] = {
        {FIRST("<![CDATA[<b>x</b></description>" REST) SECOND THIRD TAIL, "<b>x</b>", 3, "up to the next section"},
        {FIRST("<![CDATA[<b>x</b></description>" REST) SECOND TAIL, "<b>x</b>", 2, "up to the document's end"},
        {FIRST("<![CDATA[x</description></item>") "\n " SECOND TAIL, "x", 2, "nothing behind the field"},
        {FIRST("<![CDATA[x</description></item>") SECOND, "x", 2, "nor of the document's end"},
        {FIRST("<![CDATA[x\n</description>\n" REST) THIRD TAIL, "x", 2, "indented"},
        {FIRST("<![cdata[x</DESCRIPTION>" REST) THIRD TAIL, "x", 2, "whatever the case"},
        {FIRST("<![CDATA[x</description>") SECOND THIRD TAIL, "x", 3, "the item's end was lost as well"},
        {FIRST("<![CDATA[x</description><category><![CDATA[c]]></category>" REST) THIRD TAIL, "x", 2, "in its item"},
        {FIRST("<![CDATA[x</description><dc:creator>c</dc:creator>" REST) THIRD TAIL, "x", 2, "an extension behind"},
        {FIRST("<![CDATA[x</description><post-id>7</post-id><rating/></item>") THIRD TAIL, "x", 2, "what is nobody's behind"},
        {FIRST("<![CDATA[not </description>, x</description><rating/></item>") THIRD TAIL, "not </description>, x", 2,
         "the last of two ends"},
        {FIRST("<![CDATA[x</description>\n<rating><![CDATA[5]]></rating></item>") THIRD TAIL, "x", 2, "that has a section"},
        {FIRST("<![CDATA[x]]</description>" REST) THIRD TAIL, "x", 2, "no '>'"},
        {FIRST("<![CDATA[x]></description>" REST) THIRD TAIL, "x", 2, "one bracket"},
        {FIRST("<![CDATA[x]] ></description>" REST) THIRD TAIL, "x", 2, "a blank inside"},
        {FIRST("<![CDATA[x]]&gt;</description>" REST) THIRD TAIL, "x", 2, "escaped"},
        {FIRST("<![CDATA[a [1] x</description>" REST) THIRD TAIL, "a [1] x", 2, "brackets in its text"},
        {FIRST("<![CDATA[a]]><![CDATA[x</description>" REST) THIRD TAIL, "ax", 2, "the second section of a text"},
        {FIRST("<![CDATA[<item><description>q</description></item> x</description>" REST) THIRD TAIL,
         "<item><description>q</description></item> x", 2, "a whole item quoted before"},
    };
    for (size_t piece = 1; piece < 1000; piece = piece * 3 + 1)
        check_all(sections, sizeof sections / sizeof sections[0], piece);
}

static void a_section_that_is_closed_may_hold_a_feed(void **state)
{
    (void)state;
#define QUOTED "<item><title>q</title><description>q</description></item>"
    static const struct section sections[] = {
        {FIRST("<![CDATA[see " QUOTED QUOTED " there]]></description>" REST) THIRD TAIL, "see " QUOTED QUOTED " there",
         2, "whole items"},
        {FIRST("<![CDATA[so it ends: </description></item><item> see]]></description>" REST) THIRD TAIL,
         "so it ends: </description></item><item> see", 2, "an end alone, in a section that ends before another begins"},
        {FIRST("<![CDATA[<description><![CDATA[q]]]]><![CDATA[></description></item><item><description><![CDATA[q]]]]>"
               "<![CDATA[></description></item>]]></description>" REST) THIRD TAIL,
         "<description><![CDATA[q]]></description></item><item><description><![CDATA[q]]></description></item>", 2,
         "sections in a section, split as XML wants it"},
        {FIRST("<![CDATA[a <![CDATA[ b ]]></description>" REST) THIRD TAIL, "a <![CDATA[ b", 2, "a mark alone"},
        {FIRST("<![CDATA[</description><p>x <![CDATA[ y]]></description>" REST) THIRD TAIL,
         "</description><p>x <![CDATA[ y", 2, "what follows the end tag is no field"},
    };
    for (size_t piece = 1; piece < 1000; piece = piece * 3 + 1)
        check_all(sections, sizeof sections / sizeof sections[0], piece);
}

static void an_item_ends_a_section_whose_field_lost_its_end_too(void **state)
{
    (void)state;
#define MARKED "<item><title><![CDATA[two]]></title><guid>2</guid></item>"
    static const struct section sections[] = {
        {FIRST("<![CDATA[<b>x\n") MARKED THIRD TAIL, "<b>x", 3, "its title has a section"},
        {FIRST("<![CDATA[x]\n") "<item><guid>2</guid><title> <![CDATA[two]]>\n</title></item>" THIRD TAIL, "x]", 3, "blanks"},
        {FIRST("<![CDATA[x") SECOND TAIL, "x", 2, "the feed ends in it"},
        {FIRST("<![CDATA[x") SECOND "<item><guid>3</guid><title><![CDATA[three]]></title></item>" TAIL, "x", 3,
         "an item without sections first"},
        {FIRST("<![CDATA[q <item><title><![CDATA[q]]]]><![CDATA[></title></item>]]></description>" REST) THIRD TAIL,
         "q <item><title><![CDATA[q]]></title></item>", 2, "quoted as XML wants it: whole"},
        {FIRST("<![CDATA[q <item><title><![CDATA[q]]></description>" REST) THIRD TAIL, "q <item><title><![CDATA[q", 2,
         "quoted, and not split: the field's end follows"},
        {FIRST("<![CDATA[q <item><title>q</title></item>"), "q <item><title>q</title></item>", 1, "quoted, then cut off"},
        {FIRST("<![CDATA[q <item><title>q <![CDATA[ q]]></title></description>" REST) THIRD TAIL,
         "q <item><title>q <![CDATA[ q", 2, "the mark does not begin the field's text"},
    };
    for (size_t piece = 1; piece < 1000; piece = piece * 3 + 1)
        check_all(sections, sizeof sections / sizeof sections[0], piece);
}

static void an_entry_ends_a_section_likewise(void **state)
{
    (void)state;
    static const struct section sections[] = {
        {"<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><summary><![CDATA[x</summary></entry>"
         "<entry><id>2</id><summary><![CDATA[y]]></summary></entry></feed>", "x", 2, "of Atom"},
        {"<feed xmlns='http://www.w3.org/2005/Atom'><entry><author><name><![CDATA[A</name><uri>u</uri></author><id>1</id>"
         "<summary>x</summary></entry><entry><id>2</id></entry></feed>", "x", 2, "a person's name"},
        {"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel/>"
         "<item rdf:about='1'><description><![CDATA[x</description></item><item rdf:about='2'/></rdf:RDF>", "x", 2, "of RDF"},
    };
    check_all(sections, sizeof sections / sizeof sections[0], SIZE_MAX);
}

static size_t items_behind(size_t n, size_t piece)
{
    struct buf body = hostile_make(HEAD "<item><guid>1</guid><description><![CDATA[", "a", n,
                                   "</description></item><item><guid>2</guid></item>" TAIL);
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    size_t n_items = read_in_pieces(buf_str(&body), piece, &arena)->n_items;
    arena_done(&arena);
    buf_done(&body);
    return n_items;
}

static void the_end_is_looked_for_up_to_what_is_watched(void **state)
{
    (void)state;
    size_t most = CLEAN_WATCHED_BYTES - (sizeof "</description></item" - 1);
    for (size_t piece = 1000; piece < 300000; piece *= 4) {
        assert_int_equal(items_behind(most, piece), 2);
        assert_int_equal(items_behind(most + 1, piece), 1);
    }
}

// A control character in a tag is another repair than one in a section.
static uint32_t controls(size_t piece)
{
    struct buf body = hostile_make(HEAD "<item><guid>1</guid><description><![CDATA[x</description></item><item><guid>2</guid>",
                                   "a", CLEAN_WATCHED_BYTES, "<x \x01/></item>" TAIL);
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = read_in_pieces(buf_str(&body), piece, &arena);
    assert_int_equal(doc->n_items, 2);
    uint32_t count = doc->repairs[REPAIR_CONTROL].count;
    arena_done(&arena);
    buf_done(&body);
    return count;
}

static void what_comes_behind_what_is_watched_is_no_part_of_the_section(void **state)
{
    (void)state;
    for (size_t piece = 1000; piece < 300000; piece *= 4)
        assert_int_equal(controls(piece), 0);
}

static void many_lost_ends_are_read_again_up_to_a_cap(void **state)
{
    (void)state;
    enum { UNIT = sizeof "</description></item><item><description><![CDATA[" - 1 };
    for (size_t more = 0; more < 2; more++) {
        struct parse_limits limits = parse_limits_default;
        limits.tag_again_max = 10 * UNIT - (uint32_t)more;
        struct buf body = hostile_make(HEAD "<item><description><![CDATA[", "</description></item><item><description><![CDATA[",
                                       10, "x]]></description></item>" TAIL);
        struct arena arena;
        arena_init(&arena, SIZE_MAX);
        const struct document *doc = parse_whole(&(struct parse_options){.limits = &limits}, buf_str(&body), &arena);
        assert_int_equal(doc->n_items, 11 - more);
        arena_done(&arena);
        buf_done(&body);
    }
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
        cmocka_unit_test(a_section_that_lost_its_end_costs_no_item_behind_it),
        cmocka_unit_test(a_section_that_is_closed_may_hold_a_feed),
        cmocka_unit_test(an_item_ends_a_section_whose_field_lost_its_end_too),
        cmocka_unit_test(an_entry_ends_a_section_likewise),
        cmocka_unit_test(the_end_is_looked_for_up_to_what_is_watched),
        cmocka_unit_test(what_comes_behind_what_is_watched_is_no_part_of_the_section),
        cmocka_unit_test(many_lost_ends_are_read_again_up_to_a_cap),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
