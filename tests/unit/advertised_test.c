// SPDX-License-Identifier: MIT
//
// feeds/advertised: the feeds that a page offers, in all the spellings of pages.
#include "tests/tools/check.h"

#include "base/buf.h"
#include "feeds/parse.h"

#define TYPE "type=\"application/rss+xml\""

struct row {
    const char *html;
    const char *feeds; // addresses, parted by blanks
    const char *why;
};

static const struct row rows[] = {
    {"<link rel=\"alternate\" " TYPE " href=\"http://e.example/feed\">", "http://e.example/feed", "as it should be"},
    {"<LINK REL=ALTERNATE TYPE=application/atom+xml HREF=/feed>", "https://page.example/feed", "capitals, no quotes"},
    {"<link href='feed' type='application/rss+xml' rel='alternate'/>", "https://page.example/x/feed", "single quotes"},
    {"<link\n rel = \"alternate\"\n\t" TYPE "\r\n href = \"?feed=rss2\"\n>", "https://page.example/x/y?feed=rss2",
     "line ends, blanks around ="},
    {"<link rel=\"alternate\" " TYPE " title=\"a > b\" href=/f>", "https://page.example/f", "a > in a value"},
    {"<link rel = \"alternate\" title = \"a > b\" " TYPE " href=/f>", "https://page.example/f", "the same with blanks"},
    {"<link rel=alternate " TYPE " href=\"/f?a=1&amp;b=2&#38;c=3\">", "https://page.example/f?a=1&b=2&c=3",
     "references"},
    {"<link rel=alternate " TYPE " href=\"//cdn.example/f\">", "https://cdn.example/f", "without a scheme"},
    {"<link rel=alternate " TYPE " href=\" /f \n\">", "https://page.example/f", "white space around"},
    {"<link rel=alternate " TYPE " href=\"feed://e.example/f\">", "http://e.example/f", "feed: for the scheme"},
    {"<link rel=alternate " TYPE " href=\"feed:https://e.example/f\">", "https://e.example/f", "feed: before it"},
    {"<link rel=\"alternate home\" " TYPE " href=/f>", "https://page.example/f", "two relations"},
    {"<link rel=feed href=/f type=application/atom+xml>", "https://page.example/f", "rel=feed"},
    {"<link rel=alternate type=\"application/rss+xml; charset=utf-8\" href=/f>", "https://page.example/f", "parameter"},
    {"<link rel=alternate type=application/rdf+xml href=/f>", "https://page.example/f", "RDF"},
    {"<link rel=alternate type=text/xml href=/f>", "https://page.example/f", "XML"},
    {"<link rel=alternate type=application/feed+json href=/f.json>", "https://page.example/f.json", "JSON Feed 1.1"},
    {"<link rel=alternate type=application/json href=/f.json>", "https://page.example/f.json", "JSON Feed 1.0"},
    {"<link rel=alternate " TYPE " href=/f><link rel=alternate " TYPE " href=/g>",
     "https://page.example/f https://page.example/g", "two, in order"},
    {"<link rel=alternate " TYPE " href=/f><link rel=alternate " TYPE " href=/f>", "https://page.example/f", "twice"},
    {"<base href=\"http://b.example/c/\"><link rel=alternate " TYPE " href=f>", "http://b.example/c/f", "base"},
    {"<base href=c/><link rel=alternate " TYPE " href=f>", "https://page.example/x/c/f", "relative base"},
    {"<base target=_top><base href=http://b.example/><base href=http://no.example/><link rel=alternate " TYPE
     " href=f>", "http://b.example/f", "the first base that has an address"},
    {"<basefont href=http://no.example/><link rel=alternate " TYPE " href=f>", "https://page.example/x/f", "basefont"},
    {"<body><p>text<link rel=alternate " TYPE " href=/f>", "https://page.example/f", "in the body"},
    {"<a rel=alternate " TYPE " href=/f>feed</a>", "https://page.example/f", "an anchor that says so"},
    {"<title>A <link> in it</title><link rel=alternate " TYPE " href=/f>", "https://page.example/f", "behind a title"},
    {"<script>x = '</scr' + 'ipt>'</script><link rel=alternate " TYPE " href=/f>", "https://page.example/f", "script"},
    {"<!-- a > b --><link rel=alternate " TYPE " href=/f>", "https://page.example/f", "behind a comment"},
    {"<p title=\"it's\">a < b<link rel=alternate " TYPE " href=/f>", "https://page.example/f", "a bare <"},
    {"<link rel=alternate " TYPE ">", "", "no address"},
    {"<link rel=alternate " TYPE " href=\"\">", "", "an empty one"},
    {"<link rel=alternate href=/f>", "", "no type"},
    {"<link rel=stylesheet type=text/css href=/f>", "", "a style sheet"},
    {"<link rel=\"alternate stylesheet\" type=text/css href=/f>", "", "another style sheet"},
    {"<link rel=alternate hreflang=de href=/de>", "", "a translation"},
    {"<link rel=alternate type=application/json+oembed href=/f>", "", "for embedding"},
    {"<link rel=alternate type=text/xml+oembed href=/f>", "", "for embedding, XML"},
    {"<link rel=alternate type=application/json href=https://page.example/wp-json/wp/v2/pages/2>", "", "a site's API"},
    {"<link rel=search type=application/opensearchdescription+xml href=/f>", "", "a search"},
    {"<linker rel=alternate " TYPE " href=/f>", "", "another element"},
    {"<a " TYPE " href=/f>feed</a>", "", "an anchor that does not say so"},
    {"<!-- <link rel=alternate " TYPE " href=/f> -->", "", "in a comment"},
    {"<!-- <link rel=alternate " TYPE " href=/f>", "", "in a comment without an end"},
    {"<script>'<link rel=alternate " TYPE " href=/f>'</script>", "", "in a script"},
    {"<style><link rel=alternate " TYPE " href=/f></style>", "", "in a style sheet"},
    {"<textarea><link rel=alternate " TYPE " href=/f></textarea>", "", "in a text to edit"},
    {"<title><link rel=alternate " TYPE " href=/f></title>", "", "in a title"},
    {"<p title='<link rel=alternate " TYPE " href=/f>'>", "", "in a value"},
};

static struct str found_in(const char *html, size_t piece, struct arena *a)
{
    struct parse_options options = {.url = S("https://page.example/x/y"), .content_type = S("text/html")};
    struct parser *p = parser_open(&options, a);
    struct str page = arena_fmt(a, "<!DOCTYPE html><html><head>%s</html>", html), out = {"", 0};
    for (size_t i = 0; i < page.n; i += piece)
        parser_feed(p, page.p + i, page.n - i < piece ? page.n - i : piece);
    const struct document *doc = parser_end(p, false);
    assert_int_equal(doc->quality, QUALITY_NOT_A_FEED);
    for (size_t i = 0; i < doc->n_advertised; i++)
        out = arena_fmt(a, "%.*s%s%.*s", STR_ARG(out), i ? " " : "", STR_ARG(doc->advertised[i].href));
    return out;
}

static void feeds_of_a_page_are_found(void **state)
{
    (void)state;
    size_t failed = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static const size_t pieces[] = {100000, 1, 7};
        for (size_t k = 0; k < 3; k++) {
            struct arena a;
            arena_init(&a, (size_t)1 << 24);
            struct str found = found_in(rows[i].html, pieces[k], &a);
            if (!str_eq(found, str_of(rows[i].feeds))) {
                failed++;
                print_error("%s: %s\n  found    %.*s\n  expected %s\n", rows[i].why, rows[i].html, STR_ARG(found),
                            rows[i].feeds);
            }
            arena_done(&a);
        }
    }
    assert_int_equal(failed, 0);
}

static void a_page_offers_no_more_than_its_cap(void **state)
{
    (void)state;
    struct buf page;
    struct arena a;
    buf_init(&page, SIZE_MAX);
    arena_init(&a, (size_t)1 << 26);
    buf_add(&page, S("<html>"));
    for (int i = 0; i < 40; i++)
        buf_addf(&page, "<link rel=alternate " TYPE " href=/%d>", i);
    struct parse_options options = {.url = S("https://page.example/")};
    assert_int_equal(parse_whole(&options, buf_str(&page), &a)->n_advertised, 32);
    arena_done(&a);
    buf_done(&page);
}

// A base of 8 KiB and a link that stands a thousand times.
static void doubles_count_too(void **state)
{
    (void)state;
    struct buf page;
    struct arena a;
    buf_init(&page, SIZE_MAX);
    arena_init(&a, (size_t)1 << 26);
    buf_add(&page, S("<html><base href=\"http://b.example/"));
    for (int i = 0; i < 800; i++)
        buf_add(&page, S("abcdefghi/"));
    buf_add(&page, S("\">"));
    for (int i = 0; i < 1000; i++)
        buf_add(&page, S("<link rel=alternate " TYPE " href=f>"));
    struct parse_options options = {.url = S("https://page.example/")};
    assert_int_equal(parse_whole(&options, buf_str(&page), &a)->n_advertised, 1);
    assert_in_range(a.bytes, 1, 6 << 20);
    arena_done(&a);
    buf_done(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(feeds_of_a_page_are_found),
        cmocka_unit_test(a_page_offers_no_more_than_its_cap),
        cmocka_unit_test(doubles_count_too),
    };
    parse_library_init();
    return cmocka_run_group_tests_name("advertised", tests, NULL, NULL);
}
