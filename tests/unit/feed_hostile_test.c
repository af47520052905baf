// SPDX-License-Identifier: MIT
//
// Inputs made to cost much. Each is read at two sizes; what is counted is what the work leaves behind (bytes written
// to libxml2, bytes kept), never time: a class is linear when twice the input gives about twice the work, and bounded
// when a cap stops it. The gate on CPU time is `make bench-parse`.
#include <stdlib.h>

#include "feeds/clean.h"
#include "feeds/parse.h"
#include "tests/tools/check.h"

enum { KEPT_MAX = 24 << 20 }; // the arena of one document at the default caps, lists included

static struct buf make(const char *head, const char *unit, size_t count, const char *tail)
{
    struct buf out;
    buf_init(&out, 64 << 20);
    buf_add(&out, str_of(head));
    for (size_t i = 0; i < count; i++)
        buf_add(&out, str_of(unit));
    buf_add(&out, str_of(tail));
    return out;
}

#define RSS "<rss version=\"2.0\"><channel><title>T</title>"
#define END "<item><title>last</title><guid>last</guid></item></channel></rss>"

struct hostile {
    const char *name, *head, *unit, *tail;
    size_t count;
    bool finds_last; // the item behind the attack is read
    const char *why;
};

static const struct hostile cases[] = {
    {"long CDATA", RSS "<item><description><![CDATA[", "abcdefghij", "]]></description></item>" END, 1000000, true,
     "libxml2's push mode searches the end of a CDATA section again in each piece"},
    {"long text", RSS "<item><description>", "abcdefghij ", "</description></item>" END, 900000, true,
     "text over 10 MB is an error of libxml2's"},
    {"long attribute", RSS "<item><enclosure url=\"", "abcdefghij", "\"/></item>" END, 1000000, true,
     "a tag is held until its end"},
    {"long comment", RSS "<!-- ", "abcdef - ", " -->" END, 1000000, true, "its end may be far"},
    {"long instruction", RSS "<?php ", "abcdef ? ", " ?>" END, 1000000, true, "its end may be far"},
    {"long declaration", "<!DOCTYPE rss [", "<!ENTITY a \"b\">", "]>" RSS END, 600000, true, "entities are capped"},
    {"100,000 attributes", RSS "<item ", "a=\"b\" ", ">" END, 100000, true, "23 s in libxml2 2.9.14"},
    {"different attributes", RSS "<item a=\"\" b=\"\" ", "c=\"d\"e=\"f\" ", ">" END, 1000, true, "under the tag's cap"},
    {"bare ampersands", RSS "<item><description>", "& ", "</description></item>" END, 1000000, true, "a token each"},
    {"bare less-thans", RSS "<item><description>", "< ", "</description></item>" END, 1000000, true, "a token each"},
    {"references", RSS "<item><description>", "&lt;", "</description></item>" END, 1000000, true, "a token each"},
    {"tags that are none", RSS "<item><description>", "<a@b>", "</description></item>" END, 1000000, true,
     "each is read again as text"},
    {"quotes in quotes", RSS "<item><description>", "<a b=\"<a b='", "</description></item>" END, 300000, true,
     "each quote hides the next tag"},
    {"unclosed quotes", RSS "<item>", "<a b=\"x>\n", "</item>" END, 300000, true, "each eats the next tag"},
    {"deep nesting", RSS "<item><description>", "<b>", "</description></item>" END, 1000000, true, "256 levels"},
    {"deep and closed", RSS "<item><description>", "<b></i>", "</description></item>" END, 500000, true,
     "each end tag looks for its start"},
    {"stray end tags", RSS, "</x>", END, 1000000, true, "each looks for its start"},
    {"unclosed items", RSS, "<item>", END, 500000, false, "2,000 items, the rest are counted"},
    {"20,000 items", RSS, "<item><title>t</title><link>http://e.org/x</link></item>", END, 20000, false,
     "2,000 items, the rest are counted"},
    {"many categories", RSS "<item>", "<category>c</category>", "</item>" END, 300000, true, "doubles are looked for"},
    {"many names", RSS "<item>", "<category domain=\"d\">c</category><x/>", "</item>" END, 200000, true, "lists"},
    {"nested CDATA marks", RSS "<item><description>", "<![CDATA[", "]]></description></item>" END, 1000000, true,
     "each looks like a section"},
    {"brackets", RSS "<item><description><![CDATA[", "]]", "]]></description></item>" END, 1000000, true,
     "each may be the section's end"},
    {"JSON strings", "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"1\",\"content_text\":\"",
     "abcdefghij", "\"},{\"id\":\"last\"}]}", 1000000, true, "yajl reads a token again from its start in each piece"},
    {"JSON numbers", "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"1\",\"x\":", "1234567890",
     "},{\"id\":\"last\"}]}", 1000000, true, "the same"},
    {"JSON depth", "{\"version\":\"https://jsonfeed.org/version/1.1\",\"x\":", "[", "", 1000000, false, "64 levels"},
    {"JSON escapes", "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"1\",\"content_text\":\"",
     "\\ud83d", "\"},{\"id\":\"last\"}]}", 1000000, true, "halves of characters"},
};

static const struct document *parse(struct str body, struct arena *arena)
{
    struct parse_options options = {.url = S("http://example.org/")};
    struct parser *parser = parser_open(&options, arena);
    for (size_t i = 0; i < body.n; i += 16384)
        parser_feed(parser, body.p + i, body.n - i < 16384 ? body.n - i : 16384);
    return parser_end(parser, false);
}

static size_t kept(const struct hostile *h, size_t count, bool *out_has_last)
{
    struct buf body = make(h->head, h->unit, count, h->tail);
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
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool has_last;
        size_t bytes = kept(&cases[i], cases[i].count, &has_last);
        if (bytes > KEPT_MAX || has_last != cases[i].finds_last) {
            print_error("%s (%s): %zu bytes kept, last item %s\n", cases[i].name, cases[i].why, bytes,
                        has_last ? "read" : "not read");
            fail();
        }
    }
}

static void count_bytes(void *context, struct str xml) { *(size_t *)context += xml.n; }

// Bytes that the cleaner writes for a body: the work that libxml2 gets.
static size_t written(struct str body)
{
    struct repair repairs[REPAIR_KINDS] = {0};
    struct cleaner *c = malloc(sizeof *c);
    size_t bytes = 0;
    clean_init(c, (struct clean_sink){count_bytes, &bytes}, &parse_limits_default, repairs);
    for (size_t i = 0; i < body.n; i += 4096)
        clean_feed(c, body.p + i, body.n - i < 4096 ? body.n - i : 4096);
    clean_end(c);
    clean_done(c);
    free(c);
    return bytes;
}

static void the_cleaner_writes_at_most_a_few_times_what_it_reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf body = make(cases[i].head, cases[i].unit, cases[i].count, cases[i].tail);
        size_t bytes = written(buf_str(&body));
        if (bytes > 4 * body.n + 4096) {
            print_error("%s: %zu bytes read, %zu written\n", cases[i].name, body.n, bytes);
            fail();
        }
        buf_done(&body);
    }
}

static void declared_entities_expand_to_a_mebibyte_at_most(void **state)
{
    (void)state;
    struct buf value = make("<!DOCTYPE rss [<!ENTITY a \"", "0123456789", 400, "\">]>" RSS "<item><description>");
    struct buf body = make(buf_z(&value), "&a;", 1000000, "</description></item>" END);
    assert_true(written(buf_str(&body)) < CLEAN_EXPANDED_MAX + 64 * 1024);
    bool has_last;
    struct hostile bomb = {.head = buf_z(&value), .unit = "&a;", .tail = "</description></item>" END};
    assert_true(kept(&bomb, 1000000, &has_last) < 1 << 20);
    assert_true(has_last);
    buf_done(&value);
    buf_done(&body);
}

static void entities_in_entities_do_not_multiply(void **state)
{
    (void)state;
    struct buf body = make("<!DOCTYPE rss [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
                           "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>" RSS "<item><title>&c;</title>",
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
    struct buf body = make("<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\"><!ENTITY % p SYSTEM "
                           "\"http://example.org/p\">%p;]>" RSS "<item><title>a&x;b</title>",
                           "", 0, "</item></channel></rss>");
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = parse(buf_str(&body), &arena);
    assert_str(doc->items[0].title.body, "a&x;b");
    arena_done(&arena);
    buf_done(&body);
}

static size_t text_of_item(size_t n)
{
    struct buf body = make(RSS "<item><description>", "a", n, "</description></item></channel></rss>");
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
    struct buf body = make(RSS, "<item><guid>1</guid></item>", parse_limits_default.items_max + 7, "</channel></rss>");
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
        cmocka_unit_test(declared_entities_expand_to_a_mebibyte_at_most),
        cmocka_unit_test(entities_in_entities_do_not_multiply),
        cmocka_unit_test(an_external_entity_is_never_fetched),
        cmocka_unit_test(an_items_text_is_cut_at_its_cap),
        cmocka_unit_test(items_past_their_cap_are_counted),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
