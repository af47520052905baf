// SPDX-License-Identifier: MIT
//
// feeds/opml: lists from other readers, and the way back.
#include "tests/tools/check.h"

#include "feeds/opml.h"
#include "feeds/parse.h"

static struct opml list;

static void read_list(const char *text, struct arena *a)
{
    struct err err = {0};
    arena_init(a, 1 << 28);
    if (!opml_read(str_of(text), a, &list, &err))
        fail_msg("%s", err.text);
}

static void folders_and_categories_become_tags(void **state)
{
    (void)state;
    struct arena a;
    read_list("<?xml version=\"1.0\"?><opml version=\"2.0\"><head><title> My &amp; feeds </title></head><body>\n"
              "<outline text=\"News\"><outline text=\"World\">\n"
              "<outline type=\"rss\" text=\"One\" title=\"x\" xmlUrl=\" https://one.example/f?a=1&amp;b=2 \" "
              "htmlUrl=\"https://one.example/\" category=\"/World,peace\"/>\n"
              "</outline><outline title=\"Two\" xmlurl=\"https://two.example/f\"/></outline>\n"
              "<outline text=\"Three\" XMLURL=\"https://three.example/f\"></outline></body></opml>",
              &a);
    assert_str(list.title, "My & feeds");
    assert_int_equal(list.n_feeds, 3);
    assert_str(list.feeds[0].url, "https://one.example/f?a=1&b=2");
    assert_str(list.feeds[0].title, "One");
    assert_str(list.feeds[0].site, "https://one.example/");
    assert_int_equal(list.feeds[0].n_tags, 3);
    assert_str(list.feeds[0].tags[0], "News");
    assert_str(list.feeds[0].tags[1], "World");
    assert_str(list.feeds[0].tags[2], "peace");
    assert_str(list.feeds[1].title, "Two");
    assert_int_equal(list.feeds[1].n_tags, 1);
    assert_int_equal(list.feeds[2].n_tags, 0);
    arena_done(&a);
}

static void an_address_that_stands_twice_comes_once_with_both_tags(void **state)
{
    (void)state;
    struct arena a;
    read_list("<opml><body><outline text=\"A\"><outline text=\"x\" xmlUrl=\"http://h/f\"/></outline>"
              "<outline text=\"B\"><outline text=\"y\" xmlUrl=\"http://h/f\"/></outline></body></opml>",
              &a);
    assert_int_equal(list.n_feeds, 1);
    assert_str(list.feeds[0].title, "x");
    assert_int_equal(list.feeds[0].n_tags, 2);
    assert_str(list.feeds[0].tags[1], "B");
    arena_done(&a);
}

static void broken_lists_are_mended(void **state)
{
    (void)state;
    struct arena a;
    read_list("\xEF\xBB\xBF <?xml version='1.0' encoding='iso-8859-1'?>\n<opml><body>"
              "<outline text=caf\xE9 xmlUrl='http://h/f?a=1&b=2'><outline text=\"&nbsp;x\" xmlUrl=http://h/g>"
              "<outline text=\"Empty folder\"/><outline type=\"rss\" text=\"No address\"/>",
              &a);
    assert_int_equal(list.n_feeds, 2);
    assert_str(list.feeds[0].url, "http://h/f?a=1&b=2");
    assert_str(list.feeds[0].title, "caf\xC3\xA9");
    assert_int_equal(list.n_without_url, 2);
    arena_done(&a);
}

static void what_is_no_list_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "not xml", "<html><body>page</body></html>", "<opml><body/></opml>",
                                      "<rss><channel><item/></channel></rss>"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct arena a;
        struct err err = {0};
        struct opml out = {.n_feeds = 7};
        arena_init(&a, 1 << 28);
        assert_false(opml_read(str_of(bad[i]), &a, &out, &err));
        assert_true(err.text[0]);
        assert_int_equal(out.n_feeds, 7);
        arena_done(&a);
    }
}

static void tags_and_title_of_a_list_are_bounded(void **state)
{
    (void)state;
    struct arena a;
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_add(&text, S("<opml><head><title>"));
    for (int i = 0; i < 5000; i++)
        buf_add(&text, S("a&amp;"));
    buf_add(&text, S("</title></head><body><outline xmlUrl=\"http://h/f\" category=\"0"));
    for (int i = 1; i < 300; i++)
        buf_addf(&text, ",%d", i);
    buf_add(&text, S("\"/></body></opml>"));
    read_list(buf_z(&text), &a);
    assert_int_equal(list.n_feeds, 1);
    assert_int_equal(list.feeds[0].n_tags, 256);
    assert_int_equal(list.title.n, 4096);
    arena_done(&a);
    buf_done(&text);
}

static void deep_nesting_is_bounded(void **state)
{
    (void)state;
    struct arena a, text;
    struct buf b;
    buf_init(&b, 1 << 20);
    arena_init(&text, 1 << 20);
    buf_add(&b, S("<opml><body>"));
    for (int i = 0; i < 200; i++)
        buf_addf(&b, "<outline text=\"f%d\">", i);
    buf_add(&b, S("<outline xmlUrl=\"http://h/f\"/>"));
    read_list(buf_z(&b), &a);
    assert_int_equal(list.n_feeds, 1);
    assert_int_equal(list.feeds[0].n_tags, OPML_DEPTH_MAX);
    buf_done(&b);
    arena_done(&a);
    arena_done(&text);
}

static void what_is_written_reads_the_same(void **state)
{
    (void)state;
    static const struct str tags[] = {STR("News & <more>"), STR("second"), STR("third")};
    struct opml_feed feeds[] = {
        {.url = S("http://h/1?a=1&b=\"2\""), .title = S("One 'and' <only>"), .site = S("http://h/"), .tags = tags, .n_tags = 3},
        {.url = S("http://me:pass@h/2?key=hush")}, // its text is its address, without secrets, and no title
        {.url = S("http://h/3"), .title = S("Three"), .tags = tags + 1, .n_tags = 1},
        {.url = S("http://h/4"), .title = S("Four"), .tags = tags, .n_tags = 1},
    };
    struct opml out = {.title = S("T"), .feeds = feeds, .n_feeds = 4};
    struct buf b;
    struct arena a;
    buf_init(&b, 1 << 20);
    opml_write(&out, (wall_t){1795478400000}, &b);
    assert_true(str_find(buf_str(&b), S("Tue, 24 Nov 2026 00:00:00 GMT")) < b.n);
    assert_true(str_find(buf_str(&b), S("text=\"http://***@h/2?key=***\"")) < b.n);
    read_list(buf_z(&b), &a);
    static const size_t order[] = {1, 0, 3, 2};
    assert_int_equal(list.n_feeds, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct opml_feed *f = &feeds[order[i]];
        assert_true(str_eq(list.feeds[i].url, f->url));
        assert_str(list.feeds[i].title, f->title.n ? f->title.p : "");
        assert_true(str_eq(list.feeds[i].site, f->site));
        assert_int_equal(list.feeds[i].n_tags, f->n_tags);
        for (size_t k = 0; k < f->n_tags; k++)
            assert_true(str_eq(list.feeds[i].tags[k], f->tags[k]));
    }
    buf_done(&b);
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_and_categories_become_tags),
        cmocka_unit_test(an_address_that_stands_twice_comes_once_with_both_tags),
        cmocka_unit_test(broken_lists_are_mended),
        cmocka_unit_test(what_is_no_list_is_refused),
        cmocka_unit_test(tags_and_title_of_a_list_are_bounded),
        cmocka_unit_test(deep_nesting_is_bounded),
        cmocka_unit_test(what_is_written_reads_the_same),
    };
    parse_library_init();
    return cmocka_run_group_tests_name("opml", tests, NULL, NULL);
}
