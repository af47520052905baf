// SPDX-License-Identifier: MIT
//
// The property of the whole parser: what comes out does not depend on where the bytes are cut. Over the project's own
// feeds, and over the corpora where they are.
#include <stdio.h>
#include <stdlib.h>

#include "daemon/ctl/feeds_parse.h"
#include "feeds/parse.h"
#include "tests/tools/check.h"
#include "tests/tools/feed_file.h"

enum { SMALL_PIECES_MAX = 1 << 20 }; // larger files are not cut into single bytes: it shows nothing new and takes long

static char *dump(const struct document *doc)
{
    struct buf out;
    buf_init(&out, SIZE_MAX);
    feeds_parse_document_json(doc, &out);
    for (size_t i = 0; i < doc->n_items; i++)
        feeds_parse_item_json(&doc->items[i], &out);
    char *text = strndup(buf_z(&out), out.n);
    buf_done(&out);
    return text;
}

static char *dump_in_pieces(struct str body, size_t piece, uint64_t seed)
{
    struct parse_options options = {.url = S("http://example.org/feed/")};
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    char *text = dump(feed_file_parse(&options, body, piece, seed, &arena));
    arena_done(&arena);
    return text;
}

static size_t first_difference(const char *a, const char *b)
{
    size_t i = 0;
    while (a[i] && a[i] == b[i])
        i++;
    return i;
}

static void one_file(void *context, const char *path)
{
    static const size_t pieces[] = {1, 7, 4096, 65536, 0, 0, 0};
    size_t *differing = context;
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    struct str body = feed_file_read(&arena, path);
    char *whole = dump_in_pieces(body, body.n ? body.n : 1, 0);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        if (body.n > SMALL_PIECES_MAX && pieces[i] && pieces[i] < 4096)
            continue;
        char *cut = dump_in_pieces(body, pieces[i], i);
        if (strcmp(whole, cut) != 0) {
            size_t at = first_difference(whole, cut);
            print_error("%s, pieces of %zu (seed %zu):\n  whole: %.120s\n  cut:   %.120s\n", path, pieces[i], i,
                        whole + (at > 40 ? at - 40 : 0), cut + (at > 40 ? at - 40 : 0));
            (*differing)++;
        }
        free(cut);
    }
    free(whole);
    arena_done(&arena);
}

static const char *top(void)
{
    const char *top = getenv("FEEDWATCH_TOP");
    return top ? top : ".";
}

static void over(const char *folder)
{
    static const char *const feeds[] = {".feed", ".xml", ".json", ".rss", ".atom", ".rdf", ".html", NULL};
    char path[4096];
    size_t differing = 0;
    snprintf(path, sizeof path, "%s/%s", top(), folder);
    if (feed_file_each(path, feeds, one_file, &differing) == 0)
        printf("skipped: no feeds in %s\n", folder);
    assert_int_equal(differing, 0);
}

static void golden_feeds_do_not_depend_on_the_pieces(void **state)
{
    (void)state;
    over("tests/golden/feeds");
}

static void corpora_do_not_depend_on_the_pieces(void **state)
{
    (void)state;
    over("../shared/corpora/feeds");
    over("../shared/corpora/real");
}

// Cuts inside every kind of token: each byte of this text begins a piece once.
static void every_cut_of_a_broken_feed_gives_the_same(void **state)
{
    (void)state;
    static const struct str body =
        STR("\xef\xbb\xbfjunk <br/><?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a \"b<c\"> <!-- x --> ]>"
            "<rss version=2.0><channel><title>a &amp; b & c &a; &hellip; &#x2019;&#55357;&#56832; ]]> < 3</title>"
            "<item><title><![CDATA[x ]] ]]]></title><link>http://e.org/?a=1&b=2</link><b@d> <!-- c -- --><?p q?>"
            "<description>\xd0\x96\xd1\x83\xd1\x80 caf\xe9 \xe2\x80 \x01 <b>bold<i>both</b></description>"
            "<enclosure url='http://e.org/a<b.mp3' url='x' length=1 type=\"a/b>\n<guid>1</guid></item>"
            "<item><m:1>&;&;a & 1 << 2 <9 &amp;&apos;</m:1><a.b c:d=\"x&amp;y\" e='z > 1'\n/><g:h i=\"j\" i=\"k\"/>"
            "<p:q r.s-t=\"u]v&quot;&#33;\"></p:q><_w/><x y=\"\t\"z=''></x></item>"
            "<item><title>f<u-v.w@x.org> <a b='\" ' c=\"<a b='\" ' c=\"\"< <g=<h:i' j<k:></title></item>"
            "<item><category term=\"\x7f@B\" label='\x7f\x7f' scheme=\"&#127;@A\"/><enclosure url=\"http://e.org/long/"
            "a?b&amp;c&amp;&quot;d\xc3\xa9\" type='much/longer-than-others'/></item>"
            "<item><title>a &#x00000000000000000000000000000000000000000000000000000000041; b</title></item>"
            "<item><title>a &#x000000000000000000000000000000000000000000000000000000000041; b</title></item>"
            "<item><title>a &#x0000000000000000000000000000000000000000000000000000000000041; b</title></item>"
            "<item><title>a &#x00000000000000000000000000000000000000000000000000000000000041; b</title></item>"
            "<item><title>two<item <title>three</title></channel></rss> tail <item><title>four</title></item>");
    char *whole = dump_in_pieces(body, body.n, 0);
    for (size_t cut = 1; cut < body.n; cut++) {
        struct parse_options options = {.url = S("http://example.org/feed/")};
        struct arena arena;
        arena_init(&arena, SIZE_MAX);
        struct parser *parser = parser_open(&options, &arena);
        parser_feed(parser, body.p, cut);
        parser_feed(parser, body.p + cut, body.n - cut);
        char *text = dump(parser_end(parser, false));
        assert_string_equal(text, whole);
        free(text);
        arena_done(&arena);
    }
    free(whole);
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
        cmocka_unit_test(every_cut_of_a_broken_feed_gives_the_same),
        cmocka_unit_test(golden_feeds_do_not_depend_on_the_pieces),
        cmocka_unit_test(corpora_do_not_depend_on_the_pieces),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
