// SPDX-License-Identifier: MIT
//
// feeds/charset: what labels are used for, and that the decoder reads text under each of them.
#include <iconv.h>
#include <stdio.h>

#include "base/buf.h"
#include "feeds/charset.h"
#include "feeds/parse.h"
#include "tests/tools/check.h"

static void labels_mean_what_they_are_used_for(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"iso-8859-1", "windows-1252"}, {"latin-1", "windows-1252"},   {"us-ascii", "windows-1252"},
        {"8859-1", "windows-1252"},     {"iso-8859-9", "windows-1254"}, {"gb2312", "gb18030"},
        {"chinese", "gb18030"},         {"x-gbk", "gb18030"},           {"euc-kr", "cp949"},
        {"korean", "cp949"},            {"x-windows-949", "cp949"},     {"x-sjis", "cp932"},
        {"ms_kanji", "cp932"},          {"x-x-big5", "big5-hkscs"},     {"cp950", "big5-hkscs"},
        {"x-cp1251", "windows-1251"},   {"windows1251", "windows-1251"}, {"koi8", "koi8-r"},
        {"dos-866", "cp866"},           {"logical", "iso-8859-8"},      {"tis-620", "cp874"},
        {"utf8", "utf-8"},              {"utf-8", "utf-8"},             {"x-unknown", "x-unknown"},
        {"iso8859_2", "iso-8859-2"},    {"iso2022_jp", "iso-2022-jp"},  {"mac_roman", "macintosh"},
        {"1", "1"},                     {"", ""},                       {"windows-125", "windows-125"},
        {"indows-1251", "indows-1251"}, {"x-", "x-"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char meant[CHARSET_NAME_MAX];
        assert_string_equal(charset_meant(rows[i][0], meant, sizeof meant), rows[i][1]);
        char shorter[4];
        assert_string_equal(charset_meant("koi8", shorter, sizeof shorter), "koi8");
    }
}

// The title, written in `encoding`, comes back whether the label stands in the declaration or in HTTP.
static void check_label(const char *label, const char *encoding, const char *title)
{
    char xml[512], bytes[2048], type[128];
    for (int in_http = 0; in_http < 2; in_http++) {
        int n = snprintf(xml, sizeof xml, "<?xml version='1.0'%s%s%s?><rss><channel><title>%s</title></channel></rss>",
                         in_http ? "" : " encoding='", in_http ? "" : label, in_http ? "" : "'", title);
        snprintf(type, sizeof type, "text/xml%s%s", in_http ? "; charset=" : "", in_http ? label : "");
        char *in = xml, *out = bytes;
        size_t left = (size_t)n, room = sizeof bytes;
        iconv_t cd = iconv_open(encoding, "UTF-8");
        assert_true(cd != (iconv_t)-1);
        assert_true(iconv(cd, &in, &left, &out, &room) != (size_t)-1 && iconv(cd, NULL, NULL, &out, &room) == 0);
        iconv_close(cd);
        struct arena a;
        arena_init(&a, 1 << 24);
        struct parse_options options = {.content_type = str_of(type)};
        struct document *doc = parse_whole(&options, str_make(bytes, sizeof bytes - room), &a);
        if (!str_eq(doc->meta.title.body, str_of(title)))
            fail_msg("%s in %s: %.*s", label, in_http ? "HTTP" : "XML", STR_ARG(doc->meta.title.body));
        arena_done(&a);
    }
}

static void text_comes_back_under_each_label(void **state)
{
    (void)state;
    static const struct { const char *label, *encoding, *title; } rows[] = {
        {"WINDOWS-1251", "windows-1251", "\xD0\x96\xD1\x83\xD0\xBA"},
        {"x-cp1251", "windows-1251", "\xD0\x96\xD1\x83\xD0\xBA"},
        {"iso8859_5", "iso-8859-5", "\xD0\x96\xD1\x83\xD0\xBA"},
        {"iso2022_jp", "iso-2022-jp", "\xE6\x97\xA5\xE6\x9C\xAC"},
        {"euc_jis_2004", "euc-jisx0213", "\xE6\x97\xA5\xE6\x9C\xAC"},
        {"koi8-r", "koi8-r", "\xD0\x96\xD1\x83\xD0\xBA"},
        {"cp866", "cp866", "\xD0\x96\xD1\x83\xD0\xBA"},
        {"iso-8859-5", "iso-8859-5", "\xD0\x96\xD1\x83\xD0\xBA"},
        {"latin2", "iso-8859-2", "\xC5\xBElu\xC5\xA5"},
        {"greek", "iso-8859-7", "\xCE\x95\xCE\xBB"},
        {"logical", "iso-8859-8", "\xD7\x97\xD7\x93"},
        {"arabic", "iso-8859-6", "\xD8\xA3\xD8\xAE"},
        {"iso-8859-15", "iso-8859-15", "\xE2\x82\xAC"},
        {"l1", "windows-1252", "\xE2\x80\x9Cq\xE2\x80\x9D"},
        {"windows-1257", "windows-1257", "\xC4\x85\xC4\x8D"},
        {"tis-620", "cp874", "\xE0\xB8\x82\xE0\xB9\x88"},
        {"x-sjis", "cp932", "\xE6\x97\xA5\xE6\x9C\xAC"},
        {"x-euc-jp", "euc-jp", "\xE6\x97\xA5\xE6\x9C\xAC"},
        {"iso-2022-jp", "iso-2022-jp", "\xE6\x97\xA5\xE6\x9C\xAC"},
        {"korean", "euc-kr", "\xED\x95\x9C"},
        {"cn-gb", "gb2312", "\xE4\xB8\xAD"},
        {"x-x-big5", "big5", "\xE4\xB8\xAD"},
        {"x-mac-roman", "macintosh", "\xC3\xA9"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_label(rows[i].label, rows[i].encoding, rows[i].title);
}

// ISO-2022-JP is ASCII until its first escape, which may come late, and in any piece.
static void first_escape_may_come_late(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 7, 4096, 100000};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct arena a;
        struct buf xml;
        arena_init(&a, 1 << 24);
        buf_init(&xml, 1 << 20);
        buf_addf(&xml, "<?xml version='1.0' encoding='iso-2022-jp'?><rss><channel><!--%*s-->", 9000, "");
        buf_addf(&xml, "<title>\x1b$BF|K\\\x1b(B</title></channel></rss>");
        struct parse_options options = {.content_type = S("text/xml")};
        struct parser *parser = parser_open(&options, &a);
        for (struct str rest = buf_str(&xml); rest.n; rest = str_from(rest, pieces[i]))
            parser_feed(parser, rest.p, str_head(rest, pieces[i]).n);
        assert_str(parser_end(parser, false)->meta.title.body, "\xE6\x97\xA5\xE6\x9C\xAC");
        buf_done(&xml);
        arena_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_mean_what_they_are_used_for),
        cmocka_unit_test(text_comes_back_under_each_label),
        cmocka_unit_test(first_escape_may_come_late),
    };
    parse_library_init();
    return cmocka_run_group_tests_name("charset", tests, NULL, NULL);
}
