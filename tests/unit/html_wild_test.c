// SPDX-License-Identifier: MIT
//
// feeds/html: bodies as the wild writes them, in one table: the text, a phrase of it, and the bytes of the original that
// a highlight of that phrase must cover. `again` is the phrase's place among its equals (0: the first).
#include "tests/tools/check.h"

#include "feeds/html.h"

struct row {
    const char *html, *text;
    const char *phrase, *original;
    size_t again;
    const char *why;
};

static const struct row rows[] = {
    {"<p>The <b>cease</b>fire holds</p>", "The ceasefire holds", "ceasefire", "cease</b>fire", 0, "a word across a tag"},
    {"cease<b>fire</b>, again: cease<i></i>fire", "ceasefire, again: ceasefire", "ceasefire", "cease<i></i>fire", 1,
     "the second of two"},
    {"one<p>two</p>three", "one\n\ntwo\n\nthree", "two", "two", 0, "blocks part words"},
    {"<td>a</td><td>b</td>", "a b", "a b", "a</td><td>b", 0, "cells part words"},
    {"<li>one</li><li>two</li>", "one\ntwo", "two", "two", 0, "points of a list"},
    {"<dl><dt>term<dd>meaning</dl>", "term\nmeaning", "meaning", "meaning", 0, "definitions"},
    {"<h2>Head</h2>line", "Head\n\nline", "Head", "Head", 0, "a headline is no part of the line"},
    {"R&amp;D", "R&D", "R&D", "R&amp;D", 0, "a reference inside a word"},
    {"R&amp;amp;D", "R&D", "R&D", "R&amp;amp;D", 0, "escaped twice"},
    {"caf&eacute;s", "caf\xC3\xA9s", "caf\xC3\xA9s", "caf&eacute;s", 0, "a letter as a reference"},
    {"Zo&#x00EB; said", "Zo\xC3\xAB said", "Zo\xC3\xAB", "Zo&#x00EB;", 0, "leading noughts"},
    {"it&rsquo;s &ldquo;on&rdquo;", "it\xE2\x80\x99s \xE2\x80\x9Con\xE2\x80\x9D", "on", "on", 0, "inside quotation marks"},
    {"a &lt; b &gt; c", "a < b > c", "< b >", "&lt; b &gt;", 0, "signs as references"},
    {"I <3 you", "I <3 you", "<3", "<3", 0, "a heart"},
    {"3<5 and 7>6", "3<5 and 7>6", "3<5", "3<5", 0, "signs between numbers"},
    {"<a href=\"?a=1&copy=2\">link</a>", "link", "link", "link", 0, "a value is no text"},
    {"<img src=x alt=\"ceasefire\"> photo", "photo", "photo", "photo", 0, "nor is a picture's"},
    {"<p title='a>b'>text</p>", "text", "text", "text", 0, "a sign in a value"},
    {"x<script>var ceasefire = '<b>';</script>y", "x y", "x y", "x<script>var ceasefire = '<b>';</script>y", 0, "script"},
    {"<style>.a>b{}</style>text", "text", "text", "text", 0, "style"},
    {"<noscript><img src=x></noscript>text", "text", "text", "text", 0, "what stands in for a script"},
    {"<head><title>no</title></head><body>yes</body>", "yes", "yes", "yes", 0, "a page's head"},
    {"a<!-- ceasefire -->b", "ab", "ab", "a<!-- ceasefire -->b", 0, "a comment inside a word"},
    {"<!--[if IE]><p>old</p><![endif]-->text", "text", "text", "text", 0, "a comment with conditions"},
    {"<![CDATA[text]]>", "text", "text", "text", 0, "a section"},
    {"so\xC2\xAD" "lid", "so\xC2\xAD" "lid", "so\xC2\xAD" "lid", "so\xC2\xAD" "lid", 0, "a soft hyphen"},
    {"so&shy;lid", "so\xC2\xAD" "lid", "so\xC2\xAD" "lid", "so&shy;lid", 0, "the same as a reference"},
    {"so<wbr>lid", "solid", "solid", "so<wbr>lid", 0, "a place to break"},
    {"so&#8203;lid", "so\xE2\x80\x8Blid", "lid", "lid", 0, "a blank of no width"},
    {"\xE2\x80\xAB\xD7\x90\xD7\x91\xE2\x80\xAC", "\xE2\x80\xAB\xD7\x90\xD7\x91\xE2\x80\xAC", "\xD7\x90\xD7\x91",
     "\xD7\x90\xD7\x91", 0, "marks of direction around a word"},
    {"&rlm;\xD7\x90\xD7\x91", "\xE2\x80\x8F\xD7\x90\xD7\x91", "\xD7\x90\xD7\x91", "\xD7\x90\xD7\x91", 0,
     "a mark as a reference"},
    {"<bdo dir=rtl>abc</bdo>d", "abcd", "abcd", "abc</bdo>d", 0, "direction as an element"},
    {"a&nbsp;b", "a b", "a b", "a&nbsp;b", 0, "a no-break space"},
    {"a \n\t  b", "a b", "a b", "a \n\t  b", 0, "white space folds"},
    {"a<br>b", "a\nb", "b", "b", 0, "a line break"},
    {"a<br><br><br>b", "a\n\nb", "a\n\nb", "a<br><br><br>b", 0, "three of them"},
    {"<pre>a\n  b</pre>", "a\nb", "b", "b", 0, "preformatted"},
    {"&lt;p&gt;a &lt;b&gt;b&lt;/b&gt;c&lt;/p&gt;", "a bc", "bc", "b&lt;/b&gt;c", 0, "escaped once too often"},
    {"&lt;p&gt;R&amp;amp;D&lt;/p&gt;", "R&D", "R&D", "R&amp;amp;D", 0, "with a reference in it"},
    {"\xE4\xB8\xAD\xE6\x96\x87<b>\xE6\x96\xB0\xE9\x97\xBB</b>", "\xE4\xB8\xAD\xE6\x96\x87\xE6\x96\xB0\xE9\x97\xBB",
     "\xE6\x96\x87\xE6\x96\xB0", "\xE6\x96\x87<b>\xE6\x96\xB0", 0, "Han across a tag"},
    {"<ruby>\xE6\xBC\xA2<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "\xE6\xBC\xA2 kan", "kan", "kan", 0, "a reading aid"},
    {"\xF0\x9F\x98\x80 <i>smile</i>", "\xF0\x9F\x98\x80 smile", "smile", "smile", 0, "behind a character of four bytes"},
    {"&#128512;&#x1F600; x", "\xF0\x9F\x98\x80\xF0\x9F\x98\x80 x", "x", "x", 0, "the same as references"},
    {"H<sub>2</sub>O", "H2O", "H2O", "H<sub>2</sub>O", 0, "an index"},
    {"10<sup>th</sup> floor", "10th floor", "10th", "10<sup>th", 0, "a raised ending"},
    {"<a href=x>one</a><a href=y>two</a>", "onetwo", "onetwo", "one</a><a href=y>two", 0, "two links side by side"},
    {"<div>one</div>two", "one\ntwo", "two", "two", 0, "a block and loose text"},
    {"<span>on</span><span>ce</span>", "once", "once", "on</span><span>ce", 0, "spans"},
    {"<FONT COLOR=red>Red</FONT>dish", "Reddish", "Reddish", "Red</FONT>dish", 0, "capitals"},
    {"text</p", "text</p", "text", "text", 0, "an end tag cut off"},
    {"text<a href=\"x", "text<a href=\"x", "text", "text", 0, "a start tag cut off"},
    {"text &am", "text &am", "&am", "&am", 0, "a reference cut off"},
    {"a<o:p></o:p>b", "ab", "ab", "a<o:p></o:p>b", 0, "an office's element"},
    {"<math><mi>x</mi><mo>=</mo><mn>1</mn></math>", "x=1", "x=1", "x</mi><mo>=</mo><mn>1", 0, "a formula"},
};

static size_t find(struct str text, struct str phrase, size_t again)
{
    size_t at = 0;
    for (size_t k = 0; k <= again && at < text.n; k++) {
        at += k > 0;
        at += str_find(str_from(text, at), phrase);
    }
    return at;
}

static bool check_row(const struct row *r)
{
    struct arena a;
    arena_init(&a, 1 << 20);
    struct html_text t = html_to_text(str_of(r->html), &a);
    bool is_good = str_eq(t.text, str_of(r->text));
    if (!is_good) {
        print_error("%s: %s\n  found    \"%.*s\"\n  expected \"%s\"\n", r->why, r->html, STR_ARG(t.text), r->text);
    } else {
        struct html_map map = html_map(&t, &a);
        size_t at = find(t.text, str_of(r->phrase), r->again), start = 0, end = 0;
        assert_true(at < t.text.n);
        html_origin(&map, at, at + strlen(r->phrase), &start, &end);
        assert_true(start <= end && end <= strlen(r->html));
        struct str covered = str_make(r->html + start, end - start);
        is_good = str_eq(covered, str_of(r->original));
        if (!is_good)
            print_error("%s: %s\n  covers   \"%.*s\"\n  expected \"%s\"\n", r->why, r->html, STR_ARG(covered), r->original);
    }
    arena_done(&a);
    return is_good;
}

static void text_and_highlights_of_the_wild(void **state)
{
    (void)state;
    size_t failed = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        failed += !check_row(&rows[i]);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_highlights_of_the_wild),
    };
    return cmocka_run_group_tests_name("html_wild", tests, NULL, NULL);
}
