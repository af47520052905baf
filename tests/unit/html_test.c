// SPDX-License-Identifier: MIT
//
// feeds/html: a table of traps, the map back to the original, and linear time.
#include "tests/tools/check.h"

#include "base/rng.h"
#include "base/hash.h"
#include "feeds/html.h"
#include "feeds/html_names.h"

struct row {
    const char *html;
    const char *text;
    const char *why;
};

static void check_rows(const struct row *rows, size_t n, enum text_type type)
{
    size_t failed = 0;
    for (size_t i = 0; i < n; i++) {
        struct arena a;
        arena_init(&a, 1 << 20);
        struct text t = {str_of(rows[i].html), type};
        struct str found = html_text_of(&t, &a).text;
        if (!str_eq(found, str_of(rows[i].text))) {
            failed++;
            print_error("%s\n  html     %s\n  found    \"%.*s\"\n  expected \"%s\"\n", rows[i].why, rows[i].html,
                        STR_ARG(found), rows[i].text);
        }
        arena_done(&a);
    }
    assert_int_equal(failed, 0);
}
#define CHECK_ROWS(rows, type) check_rows((rows), sizeof(rows) / sizeof *(rows), (type))

static void traps_of_html(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", "", "nothing"},
        {"plain", "plain", "no markup"},
        {"  a \n\t b  ", "a b", "white space folds"},
        {"<b>b</b>uffer z<i>on</i>e", "buffer zone", "inline tags join"},
        {"cease<wbr>fire", "ceasefire", "a place where a line may break is none in the word"},
        {"buffer<br>zone", "buffer\nzone", "a line break parts"},
        {"buffer<br/><br />zone", "buffer\n\nzone", "two line breaks are a paragraph"},
        {"<p>one</p><p>two</p>", "one\n\ntwo", "paragraphs"},
        {"<p>one<p>two", "one\n\ntwo", "paragraphs without an end"},
        {"<div>one</div><div>two</div>", "one\ntwo", "blocks"},
        {"<ul><li>one<li>two</ul>three", "one\ntwo\n\nthree", "list"},
        {"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc", "table: cells part words"},
        {"<h1>Title</h1>text", "Title\n\ntext", "heading"},
        {"a<img src=x>b", "a b", "an image parts words"},
        {"a<span></span>b<!-- c -->d", "abd", "empty tags and comments join"},
        {"a<!-- > --> b", "a b", "a comment with a tag's end in it"},
        {"a<!-->b", "ab", "the shortest comment"},
        {"a<!-- never closed <b>b</b>", "a", "a comment without an end hides the rest"},
        {"a<script>if (a < b) alert('</b>')</script>b", "a b", "script"},
        {"a<SCRIPT type='x'>1</Script >b", "a b", "script in capitals"},
        {"a<style>p > b { }</style>b", "a b", "style"},
        {"a<script>never closed", "a", "script without an end"},
        {"<scripture>a</scripture>", "a", "an element that only begins like script"},
        {"a<iframe src=x>fallback</iframe>b<video>c", "a b c", "fallback content; without an end nothing hides"},
        {"<svg><title>icon</title></svg>a", "a", "a picture's own title"},
        {"I <3 you & me", "I <3 you & me", "a heart, a bare ampersand"},
        {"</3 broken", "</3 broken", "a broken heart"},
        {"a < b > c", "a < b > c", "signs of order"},
        {"x<y and y>z", "x<y and y>z", "signs of order without blanks, no element"},
        {"mail <user@example.org> now", "mail <user@example.org> now", "an address in angle brackets"},
        {"<a title=\"a > b\" href='x'>link</a>", "link", "a tag's end inside an attribute"},
        {"<img alt=\"buffer zone\">", "", "attribute text is no text"},
        {"<a title=\"never closed>link</a> text", "link text", "a quote without an end"},
        {"<a href=it's>link</a> b's", "link b's", "a quote inside an unquoted value is none"},
        {"text <b", "text <b", "a tag without an end"},
        {"&lt;b&gt; &amp; &quot;x&quot; &apos;", "<b> & \"x\" '", "references"},
        {"caf&eacute; caf&eacute caf&#233; caf&#xE9;", "caf\xC3\xA9 caf\xC3\xA9 caf\xC3\xA9 caf\xC3\xA9", "four ways"},
        {"a&nbsp;b&#160;c\xC2\xA0" "d", "a b c d", "no-break spaces"},
        {"&#128;&#147;x&#148;", "\xE2\x82\xAC\xE2\x80\x9Cx\xE2\x80\x9D", "references to cp1252"},
        {"&#0;&#xD800;&#x110000;&#99999999999;", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", "impossible ones"},
        {"&unknown; &; &# &#; &#x; R&D AT&T", "&unknown; &; &# &#; &#x; R&D AT&T", "no references"},
        {"?a=1&copy=2&lt=3", "?a=1&copy=2&lt=3", "parameters of an address are no references"},
        {"&copy 2020 &notit;", "\xC2\xA9 2020 &notit;", "a bare name ends at a letter or digit"},
        {"&NotEqualTilde;", "\xE2\x89\x82\xCC\xB8", "a reference of two characters"},
        {"&CounterClockwiseContourIntegral;", "\xE2\x88\xB3", "the longest name"},
        {"AT&amp;amp;T &amp;nbsp;&amp;#8217;s", "AT&T \xE2\x80\x99s", "references escaped twice"},
        {"&amp;lt;3", "<3", "a heart escaped twice"},
        {"&lt;p&gt;one&lt;/p&gt;&lt;p&gt;two&lt;/p&gt;", "one\n\ntwo", "HTML escaped once too often"},
        {"&amp;lt;p&amp;gt;one&amp;lt;/p&amp;gt;", "one", "twice too often"},
        {"<p>Write &lt;b&gt;x&lt;/b&gt;</p>", "Write <b>x</b>", "a text about HTML has tags of its own"},
        {"The &lt;marquee&gt; tag", "The <marquee> tag", "a title about HTML"},
        {"<pre>one\ntwo\n\nthree</pre>four\nfive", "one\ntwo\n\nthree\n\nfour five", "preformatted text"},
        {"<![CDATA[one]]>two]]>", "onetwo]]>", "a CDATA section inside"},
        {"<?xml version='1'?><!DOCTYPE html>a", "a", "declarations"},
        {"a</p>b", "a\n\nb", "a stray end tag"},
        {"<custom-tag>a</custom-tag>b <o:p>c</o:p>", "ab c", "unknown elements are inline"},
        {"co<sub>2</sub> m<sup>2</sup>", "co2 m2", "indices"},
        {"cease\xC2\xAD" "fire", "cease\xC2\xAD" "fire", "soft hyphens stay"},
        {"\xE2\x80\x8F\xD7\xA9\xE2\x80\x8E a", "\xE2\x80\x8F\xD7\xA9\xE2\x80\x8E a", "marks of direction stay"},
        {"a\x01" "b\x7F" "c", "a b c", "control characters part words"},
        {"<br>", "", "nothing but a break"},
        {"<p> </p><p>&nbsp;</p>a", "a", "breaks at the start"},
        {"one <p> two", "one\n\ntwo", "the strongest break stays"},
        {"<ruby>\xE6\xBC\xA2<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "\xE6\xBC\xA2 kan", "ruby"},
        {"<INPUT value='a>b'>x<td", "x<td", "input, an unfinished cell"},
        {"a<hr>b", "a\n\nb", "rule"},
        {"<p>a</p >b</P\n>c", "a\n\nb\n\nc", "blanks in end tags"},
        {"<a\nhref=\"x\"\n>b</a>", "b", "line ends in tags"},
        {"< b>not a tag</ b>", "< b>not a tag</ b>", "a blank behind the sign"},
    };
    CHECK_ROWS(rows, TEXT_HTML);
}

static void traps_of_plain_text(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {" one  two\nthree ", "one two three", "white space folds"},
        {"one\n\ntwo", "one\n\ntwo", "a blank line is a paragraph"},
        {"if a<b and b>c && d", "if a<b and b>c && d", "signs stay"},
        {"R&D <user@example.org>", "R&D <user@example.org>", "ampersand and address stay"},
        {"The <marquee> tag", "The <marquee> tag", "one start tag is not HTML yet"},
        {"<b>bold</b> words", "bold words", "a closed element is"},
        {"one<br>two", "one\ntwo", "so is a line break"},
        {"Tom &amp; Jerry", "Tom & Jerry", "and a whole reference"},
    };
    CHECK_ROWS(rows, TEXT_PLAIN);
}

static void check_origin(const char *html, const char *word, const char *expected)
{
    struct arena a;
    arena_init(&a, 1 << 20);
    struct html_text t = html_to_text(str_of(html), &a);
    size_t at = str_find(t.text, str_of(word)), start = 0, end = 0;
    assert_true(at < t.text.n);
    struct html_map map = html_map(&t, &a);
    html_origin(&map, at, at + strlen(word), &start, &end);
    assert_true(start <= end && end <= strlen(html));
    assert_str(str_make(html + start, end - start), expected);
    arena_done(&a);
}

static void places_of_the_text_lead_back_to_the_original(void **state)
{
    (void)state;
    check_origin("a buffer zone b", "buffer zone", "buffer zone");
    check_origin("<p>a <b>buffer</b> zone</p>", "buffer zone", "buffer</b> zone");
    check_origin("<p>b<i>uff</i>er</p>", "buffer", "b<i>uff</i>er");
    check_origin("&lt;buffer&nbsp;&nbsp;zone&gt;", "buffer zone", "buffer&nbsp;&nbsp;zone");
    check_origin("x caf&eacute; y", "caf\xC3\xA9", "caf&eacute;");
    check_origin("one<br>\n two", "two", "two");
    check_origin("one<br>\n two", "one\ntwo", "one<br>\n two");
    check_origin("&lt;p&gt;a &lt;b&gt;buf&lt;/b&gt;fer&lt;/p&gt;", "buffer", "buf&lt;/b&gt;fer");
    check_origin("&lt;p&gt;caf&amp;eacute; x&lt;/p&gt;", "caf\xC3\xA9", "caf&amp;eacute;");
}

static void text_without_markup_is_its_own_map(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1 << 20);
    struct html_text t = html_to_text(S("a plain title"), &a);
    struct html_map map = html_map(&t, &a);
    assert_int_equal(map.n_pieces, 0);
    assert_ptr_equal(t.text.p, t.original.p); // nor is it copied
    size_t start = 0, end = 0;
    html_origin(&map, 2, 7, &start, &end);
    assert_int_equal(start, 2);
    assert_int_equal(end, 7);
    arena_done(&a);
}

// Every byte of the text must come from bytes that hold it, or from a reference, a break or white space.
static void check_map(const struct html_text *t, const struct html_map *map)
{
    uint32_t text_at = 0;
    for (size_t i = 0; i < map->n_pieces; i++) {
        const struct html_piece *p = &map->pieces[i];
        uint32_t next = i + 1 < map->n_pieces ? p[1].text : (uint32_t)t->text.n;
        assert_int_equal(p->text, text_at);
        assert_true(next > p->text);
        assert_true(p->original + p->length <= t->original.n);
        if (!p->is_whole) {
            assert_int_equal(next - p->text, p->length);
            assert_memory_equal(t->text.p + p->text, t->original.p + p->original, p->length);
        }
        text_at = next;
    }
}

static void the_map_holds_for_random_markup(void **state)
{
    (void)state;
    static const char *const parts[] = {"a", "zone", " ", "\n", "<b>", "</b>", "<p>", "</p>", "<br>", "&amp;", "&lt;",
                                        "&gt;", "&nbsp;", "&#x", "&#65;", "<", ">", "&", "\"", "'", "=", "<!--", "-->",
                                        "<script>", "</script>", "<a href=\"", "\xC3\xA9", "\xC2\xA0", "&lt;/p&gt;",
                                        "<![CDATA[", "]]>", "]", "&amp;amp;", "&nGt;", "<svg>", "</svg>", "<pre>"};
    struct rng rng;
    rng_init(&rng, 7);
    for (int round = 0; round < 20000; round++) {
        char html[400];
        size_t n = 0;
        for (uint64_t k = 1 + rng_below(&rng, 20); k > 0; k--) {
            const char *part = parts[rng_below(&rng, sizeof parts / sizeof *parts)];
            memcpy(html + n, part, strlen(part));
            n += strlen(part);
        }
        struct arena a;
        arena_init(&a, 1 << 20);
        struct html_text t = html_to_text(str_make(html, n), &a);
        struct html_map map = html_map(&t, &a);
        check_map(&t, &map);
        assert_true(t.text.n == 0 || (!char_is_space(t.text.p[0]) && !char_is_space(t.text.p[t.text.n - 1])));
        for (size_t i = 0; i < t.text.n; i += 1 + t.text.n / 7) {
            size_t start = 0, end = 0;
            html_origin(&map, i, t.text.n, &start, &end);
            assert_true(start <= end && end <= n);
        }
        arena_done(&a);
    }
}

// Work is counted in the only unit that a test may count: the same input 8 times longer must not build a map or a text
// more than 8 times larger, and must end (the run has a time limit; a quadratic scan of 1 MiB takes minutes).
static void hostile_markup_takes_linear_time(void **state)
{
    (void)state;
    static const char *const parts[] = {"<a ", "<a \"", "<a x=\"", "<!a", "<!--", "</", "<script>", "<video>", "&#1",
                                        "&amp;", "<![CDATA[", "<p>", "<a x='><b y=\"", "<?", "]]>", "<", "&", "&lt;p&gt;", "<y ",
                                        "<o:y ", "</y "};
    static const char *const ends[] = {"", ">", "'>", "\">", "-->", "</script>"};
    enum { BYTES = 1 << 20, PARTS = sizeof parts / sizeof *parts, ENDS = sizeof ends / sizeof *ends };
    char *html = test_malloc(BYTES + 10);
    for (size_t i = 0; i < PARTS * ENDS; i++) {
        const char *part = parts[i % PARTS], *end = ends[i / PARTS];
        size_t step = strlen(part), n = 0;
        for (; n + step <= BYTES; n += step)
            memcpy(html + n, part, step);
        memcpy(html + n, end, strlen(end));
        n += strlen(end);
        struct arena a;
        arena_init(&a, (size_t)1 << 30);
        struct html_text t = html_to_text(str_make(html, n), &a);
        assert_true(t.text.n <= n + n / 4);
        html_looks_like_html(str_make(html, n));
        arena_done(&a);
    }
    test_free(html);
}

static void a_text_over_the_limit_is_cut_at_a_character(void **state)
{
    (void)state;
    char *html = test_malloc(HTML_TEXT_MAX + 2);
    memset(html, 'a', HTML_TEXT_MAX + 2);
    struct arena a;
    arena_init(&a, (size_t)1 << 30);
    assert_int_equal(html_to_text(str_make(html, HTML_TEXT_MAX), &a).text.n, HTML_TEXT_MAX);
    html[HTML_TEXT_MAX - 1] = '\xC3';
    html[HTML_TEXT_MAX] = '\xA9';
    assert_int_equal(html_to_text(str_make(html, HTML_TEXT_MAX + 1), &a).text.n, HTML_TEXT_MAX - 1);
    arena_done(&a);
    test_free(html);
}

static void the_digest_sees_letters_and_nothing_else(void **state)
{
    (void)state;
    struct hash_key key;
    hash_key_from_seed(&key, 1);
    uint64_t d = html_digest(&key, S("one two"));
    assert_true(d == html_digest(&key, S("<p class=x>one\n <b>two</b></p>")));
    assert_true(d != html_digest(&key, S("one too")));
    assert_int_equal(html_digest(&key, S(" <br> \n")), 0);
    char text[5000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i % 26);
    uint64_t whole = html_digest(&key, str_make(text, sizeof text));
    text[4000] = '!';
    assert_true(whole != html_digest(&key, str_make(text, sizeof text)));
}

static void elements_are_known_by_their_whole_name(void **state)
{
    (void)state;
    static const char *const known[] = {"a", "P", "h1", "BlockQuote", "figcaption", "noscript", "textarea", "xmp"};
    static const char *const unknown[] = {"", "h", "h7", "aockquote", "bblockquote", "zzblockquote", "p_", "figcaptio",
                                          "ock:quote", "\x10", "abcdefghijklmnopqrstuvwxyz"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_true(html_element_find(str_of(known[i])) != NULL);
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_true(html_element_find(str_of(unknown[i])) == NULL);
    for (size_t i = 0; i < html_elements_n; i++) // each has a slot: html_slots.h is of this list
        assert_ptr_equal(html_element_find(html_elements[i].name), &html_elements[i]);
}

static void escaping_is_undone_by_reading(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1000);
    html_escape(S("a <b> & \"c\" 'd'"), &b);
    assert_str(buf_str(&b), "a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
    struct arena a;
    arena_init(&a, 1 << 20);
    assert_str(html_to_text(buf_str(&b), &a).text, "a <b> & \"c\" 'd'");
    arena_done(&a);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traps_of_html),
        cmocka_unit_test(traps_of_plain_text),
        cmocka_unit_test(places_of_the_text_lead_back_to_the_original),
        cmocka_unit_test(text_without_markup_is_its_own_map),
        cmocka_unit_test(the_map_holds_for_random_markup),
        cmocka_unit_test(hostile_markup_takes_linear_time),
        cmocka_unit_test(a_text_over_the_limit_is_cut_at_a_character),
        cmocka_unit_test(the_digest_sees_letters_and_nothing_else),
        cmocka_unit_test(elements_are_known_by_their_whole_name),
        cmocka_unit_test(escaping_is_undone_by_reading),
    };
    return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
