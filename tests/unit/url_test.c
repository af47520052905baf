// SPDX-License-Identifier: MIT
//
// feeds/url and feeds/address.
#include "tests/tools/check.h"

#include "feeds/address.h"
#include "feeds/url.h"

static void resolves_as_rfc_3986_section_5_4_says(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"g:h", "g:h"}, {"g", "http://a/b/c/g"}, {"./g", "http://a/b/c/g"}, {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"}, {"//g", "http://g"}, {"?y", "http://a/b/c/d;p?y"}, {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"}, {"g#s", "http://a/b/c/g#s"}, {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"}, {"g;x", "http://a/b/c/g;x"}, {"g;x?y#s", "http://a/b/c/g;x?y#s"},
        {"", "http://a/b/c/d;p?q"}, {".", "http://a/b/c/"}, {"./", "http://a/b/c/"}, {"..", "http://a/b/"},
        {"../", "http://a/b/"}, {"../g", "http://a/b/g"}, {"../..", "http://a/"}, {"../../", "http://a/"},
        {"../../g", "http://a/g"}, {"../../../g", "http://a/g"}, {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"}, {"/../g", "http://a/g"}, {"g.", "http://a/b/c/g."}, {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."}, {"..g", "http://a/b/c/..g"}, {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"}, {"g/./h", "http://a/b/c/g/h"}, {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"}, {"g;x=1/../y", "http://a/b/c/y"}, {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"}, {"g#s/./x", "http://a/b/c/g#s/./x"},
        {"g#s/../x", "http://a/b/c/g#s/../x"}, {"http:g", "http://a/b/c/g"}, {"/a//../g", "http://a/a/g"},
        // and what feeds hold
        {"  g \n", "http://a/b/c/g"}, {"a b", "http://a/b/c/a%20b"}, {"a\n b\tc", "http://a/b/c/a%20bc"},
        {"https://x/y z", "https://x/y%20z"}, {"mailto:a@b", "mailto:a@b"},
        {"\xC3\xA9", "http://a/b/c/\xC3\xA9"}, {"//[::1]:80/x", "http://[::1]:80/x"},
        {"urn:uuid:1225c695", "urn:uuid:1225c695"}, {"http://h", "http://h"},
    };
    struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_str(url_resolve(&a, S("http://a/b/c/d;p?q"), str_of(rows[i][0])), rows[i][1]);
    assert_str(url_resolve(&a, S("http://a"), S("g")), "http://a/g");
    assert_str(url_resolve(&a, S(""), S(" g/../h")), "g/../h");
    assert_str(url_resolve(&a, S("page.html"), S("g")), "g");
    assert_str(url_resolve(&a, S("http://u:p@h:8080/x"), S("/y")), "http://u:p@h:8080/y");
    arena_done(&a);
}

static void what_people_wrote_by_hand_is_mended(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"www.e.org/a", "https://www.e.org/a", "no scheme"},
        {"www.e.org", "https://www.e.org", "no scheme, no path"},
        {"e.org/a?b=c", "https://e.org/a?b=c", "the feed's own host"},
        {"E.org", "https://E.org", "the same, alone"},
        {"http:/e.org/a", "http://e.org/a", "a slash lost"},
        {"https:///e.org/a", "https://e.org/a", "a slash too many"},
        {"http//e.org/a", "http://e.org/a", "the colon lost"},
        {"http: //e.org/a", "http://e.org/a", "a blank in it"},
        {"http:\\\\e.org\\a?b=\\", "http://e.org/a?b=\\", "backslashes"},
        {"http://https://e.org/a", "https://e.org/a", "the scheme twice"},
        {"http:www.e.org/a", "http://www.e.org/a", "both slashes lost"},
        {"\xC2\xA0http://e.org/a\xE2\x80\x8B\xEF\xBB\xBF ", "http://e.org/a", "blanks that nobody sees"},
        {"\"http://e.org/a\"", "http://e.org/a", "quotes"},
        {"<http://e.org/a>", "http://e.org/a", "angle brackets"},
        {"<a href=\"http://e.org/a\">b</a>", "http://e.org/a", "a link of HTML"},
        {"<a href=http://e.org/a>b</a>", "http://e.org/a", "the same without quotes"},
        {"<b>http://e.org/a</b>", "http://e.org/a", "a tag round it"},
        {"http://e.org/a<br />", "http://e.org/a", "a tag behind it"},
        {"http://e.org/a< /link>", "http://e.org/a", "a broken end tag"},
        {"http://e.org/?a=1&amp;b=2&#038;c=3&amp;amp;d", "http://e.org/?a=1&b=2&c=3&d", "& escaped too often"},
        // and what is no mistake, or nobody can tell
        {"http://e.org/?a=1&b=2&amp=3", "http://e.org/?a=1&b=2&amp=3", "a parameter amp"},
        {"http:page", "http:page", "as RFC 3986 has it"},
        {"http:/page.html", "http:/page.html", "a file"},
        {"/www.e.org", "/www.e.org", "a path"},
        {"www.html", "www.html", "a file"},
        {"other.org/a", "other.org/a", "a folder may be named so"},
        {"index.html", "index.html", "a file"},
        {"?a&b", "?a&b", "a query"},
        {"//e.org/a", "//e.org/a", "the base's scheme"},
        {"http://e.org/redirect?to=http://f.org/", "http://e.org/redirect?to=http://f.org/", "an address in another"},
        {"http://http.example/", "http://http.example/", "a host of that name"},
        {"http://e.org/a<b", "http://e.org/a<b", "a sign that should be escaped"},
        {"mailto:a@e.org", "mailto:a@e.org", "another scheme"},
        {"", "", "nothing"},
        {"<", "", "nothing in brackets"},
        {"\"", "\"", "a quote alone"},
    };
    struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_str(url_mend(&a, S("https://www.e.org/feed"), str_of(rows[i][0])), rows[i][1]);
    assert_str(url_mend(&a, S(""), S("www.e.org/a")), "http://www.e.org/a");
    assert_str(url_mend(&a, S(""), S("e.org/a")), "e.org/a"); // nobody's host
    assert_str(url_mend(&a, S("ftp://e.org/"), S("e.org/a")), "http://e.org/a");
    arena_done(&a);
}

static void canonical_form_is_shared_by_all_addresses_of_a_page(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"http://Example.ORG", "//example.org/", "http, capitals, no path"},
        {"https://example.org:443/", "//example.org/", "https, default port"},
        {"https://example.org.:8443/a", "//example.org:8443/a", "final dot, another port"},
        {"http://user:pw@example.org/", "//example.org/", "userinfo"},
        {"http://b\xC3\xBC" "cher.example/", "//xn--bcher-kva.example/", "IDNA"},
        {"http://\xE3\x83\x86\xE3\x82\xB9\xE3\x83\x88\xE3\x80\x82" "example/", "//xn--zckzah.example/",
         "IDNA, full stop"},
        {"http://\xD8\x9C?z", "//\xD8\x9C/?z", "IDNA, nothing left of the name"},
        {"http://\xD0\x9F\xD0\xA0\xD0\x98\xD0\x9C.example/", "//xn--h1aihe.example/", "IDNA, capitals"},
        {"http://example.org/%7euser/%e9?q=%3d", "//example.org/~user/%E9?q=%3D", "escapes"},
        {"http://example.org/\xC3\xA9", "//example.org/%C3%A9", "bytes that should be escaped"},
        {"http://example.org/a/./b/../c", "//example.org/a/c", "dot segments"},
        {"http://example.org//a//b", "//example.org//a//b", "double slashes may mean something"},
        {"http://example.org/a?utm_source=rss&id=7&utm_medium=x", "//example.org/a?id=7", "tracking"},
        {"http://example.org/a?fbclid=1", "//example.org/a", "nothing but tracking"},
        {"http://example.org/a?id=7&amp;utm_source=rss", "//example.org/a?id=7", "escaped once too often"},
        {"http://example.org/a?b=2&a=1", "//example.org/a?b=2&a=1", "order stays"},
        {"http://example.org/a?", "//example.org/a", "an empty query"},
        {"http://example.org/a?PHPSESSID=0af3&id=7", "//example.org/a?id=7", "a session"},
        {"http://example.org/a;jsessionid=0AF3.node1?id=7", "//example.org/a?id=7", "a session in the path"},
        {"http://example.org/a?sid=0123456789abcdef01234567", "//example.org/a", "a session by its length"},
        {"http://example.org/a?sid=0123456789abcdef0123456", "//example.org/a?sid=0123456789abcdef0123456",
         "a story of that name"},
        {"http://example.org/a?sid=0123456789-abcdef-01234567", "//example.org/a?sid=0123456789-abcdef-01234567",
         "words"},
        {"http://example.org/a?_=1700000000", "//example.org/a", "a number against caches"},
        {"http://example.org/a?_page=2", "//example.org/a?_page=2", "a name that only begins so"},
        {"http://example.org/a?%75tm_source=x&%73id=%30123456789abcdef01234567", "//example.org/a",
         "escapes in the name and the value of what tracks"},
        {"http://example.org/a#%78tor=RSS-1", "//example.org/a", "an escape in a fragment that tracks"},
        {"http://example.org/a#xtor=RSS-1", "//example.org/a", "a fragment that tracks"},
        {"http://example.org/a#:~:text=word", "//example.org/a", "a fragment that points at words"},
        {"http://example.org/a#part-2", "//example.org/a#part-2", "the fragment stays"},
        {"http://example.org/a#", "//example.org/a", "an empty fragment"},
        {"http://example.org/a/%2e%2E/b", "//example.org/b", "escaped dots are dots"},
        {"http://example.org/%%66", "//example.org/%25f", "a bare percent sign makes no new escape"},
        {"http://[:x.example/", "http://[:x.example/", "no host, no http address"},
        {"http://a\xE2\x80\x8A" "b\xC3\xA4.example/x", "//a\xE2\x80\x8A" "b\xC3\xA4.example/x",
         "a blank is no part of a name"},
        {" urn:uuid:12 ", "urn:uuid:12", "no http address"},
        {"tag:example.org,2005:1", "tag:example.org,2005:1", "no http address"},
    };
    struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_str(url_canonical(&a, str_of(rows[i][0])), rows[i][1]);
    arena_done(&a);
}

static void hosts_ports_and_origins(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1 << 20);
    assert_str(url_host_key(&a, S("HTTP://User@Example.org:80/x")), "example.org");
    assert_str(url_host_key(&a, S("https://example.org:80/x")), "example.org:80");
    assert_str(url_host_key(&a, S("http://[2001:DB8::1]:8080/")), "[2001:db8::1]:8080");
    assert_str(url_host(&a, S("http://[2001:DB8::1]:8080/")), "2001:db8::1");
    assert_str(url_host(&a, S("mailto:a@b")), "");
    assert_int_equal(url_port(S("https://h/")), 443);
    assert_int_equal(url_port(S("https://h:70000/")), 0);
    assert_true(url_same_origin(S("https://H/a"), S("https://h:443/b")));
    assert_false(url_same_origin(S("https://h/a"), S("http://h/a")));
    assert_false(url_same_origin(S("https://h/a"), S("https://h.example/a")));
    arena_done(&a);
}

static void fetchable_means_http_with_a_host(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "example.org/feed", "ftp://example.org/", "file:///etc/passwd", "http://",
                                      "http:///x", "http://h:0/", "http://h:x/", "http://h/a b", "javascript:alert(1)"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *why = NULL;
        assert_false(url_is_fetchable(str_of(bad[i]), &why));
        assert_non_null(why);
    }
    assert_true(url_is_fetchable(S("https://example.org:8443/feed?x=1"), NULL));
}

static void logs_show_neither_passwords_nor_values(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"https://user:secret@example.org:8443/feed?key=abc&x&token=1#frag",
         "https://***@example.org:8443/feed?key=***&***&token=***"},
        {"https://example.org/feed", "https://example.org/feed"},
        {"http://example.org/a\nb", "http://example.org/a b"},
        {"not an address", "not an address"},
        {"https://h/feed?c2VjcmV0LXRva2Vu==", "https://h/feed?***"}, // a token, not a name
        {"https://h/feed?key=&a==b", "https://h/feed?***&a=***"},
    };
    struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_str(url_redacted(&a, str_of(rows[i][0])), rows[i][1]);
    arena_done(&a);
}

static void base_of_links_has_no_secret(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"https://user:secret@example.org:8443/a/feed?key=abc#frag", "https://example.org:8443/a/feed"},
        {"https://example.org/feed?key=abc", "https://example.org/feed"},
        {"https://me@[::1]/feed", "https://[::1]/feed"},
        {"http://e.org", "http://e.org"},
        {"feed.xml?key=abc", "feed.xml"}, // of a Content-Location
        {"//u:p@h/x", "//h/x"},
        {"", ""},
    };
    struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_str(url_public(&a, str_of(rows[i][0])), rows[i][1]);
    arena_done(&a);
}

static void links_that_run_or_read_files_are_not_safe(void **state)
{
    (void)state;
    static const char *const bad[] = {"javascript:alert(1)", " java\tscript:alert(1)", "JAVASCRIPT:x", "data:text/html,x",
                                      "file:///etc/passwd", "vbscript:x", "\x01javascript:x", "httpsx:y", "ftp://h/"};
    static const char *const good[] = {"http://h/", "HTTPS://h/", "mailto:a@b", "/page", "page", "//h/x", "?q=a:b",
                                       "#a:b", "a/b:c", ""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(url_is_safe_link(str_of(bad[i])));
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(url_is_safe_link(str_of(good[i])));
}

static void only_addresses_of_the_public_internet_are_public(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_public;
    } rows[] = {
        {"8.8.8.8", true}, {"1.1.1.1", true}, {"0.0.0.0", false}, {"10.1.2.3", false}, {"11.0.0.0", true},
        {"100.63.255.255", true}, {"100.64.0.0", false}, {"100.127.255.255", false}, {"100.128.0.0", true},
        {"127.0.0.1", false}, {"169.254.169.254", false}, {"172.15.0.1", true}, {"172.16.0.1", false},
        {"172.31.255.255", false}, {"172.32.0.0", true}, {"192.0.0.1", false}, {"192.0.2.1", false},
        {"192.88.99.1", false}, {"192.168.1.1", false}, {"198.17.0.0", true}, {"198.19.255.255", false},
        {"198.51.100.7", false}, {"203.0.113.7", false}, {"223.255.255.255", true}, {"224.0.0.1", false},
        {"240.0.0.1", false}, {"255.255.255.255", false}, {"2606:4700::1111", true}, {"::", false}, {"::1", false},
        {"::ffff:8.8.8.8", true}, {"::ffff:10.0.0.1", false}, {"::ffff:7f00:1", false}, {"::10.0.0.1", false},
        {"::ffff:0:127.0.0.1", false}, {"64:ff9b::8.8.8.8", true}, {"64:ff9b::127.0.0.1", false},
        {"64:ff9b:1::8.8.8.8", false}, {"2002:0808:0808::1", true}, {"2002:7f00:1::1", false}, {"2002:a00:1::", false},
        {"2001:0:4136:e378:8000:63bf:f7f7:f7f7", true}, {"2001:0:4136:e378:8000:63bf:80ff:fffe", false},
        {"2001:db8::1", false}, {"2001:2::1", false}, {"2001:200::1", true}, {"3fff::1", false}, {"fc00::1", false},
        {"fd12::1", false}, {"fe80::1", false}, {"fec0::1", false}, {"ff02::1", false}, {"100::1", false},
        {"2606:4700::5efe:10.0.0.1", false}, {"2606:4700::200:5efe:127.0.0.1", false}, {"4000::1", false},
        {"5f00::1", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned char bytes[16];
        size_t n = address_read(str_of(rows[i].text), bytes);
        if (n == 0 || is_public_address(bytes, n) != rows[i].is_public)
            fail_msg("%s: read as %zu bytes, expected %s", rows[i].text, n, rows[i].is_public ? "public" : "special");
    }
    unsigned char none[16] = {8, 8, 8, 8};
    assert_false(is_public_address(none, 0));
    assert_false(is_public_address(none, 5));
}

static void metadata_addresses_are_known_in_all_forms(void **state)
{
    (void)state;
    static const char *const bad[] = {"169.254.169.254", "fe80::1", "fd00:ec2::254", "::ffff:169.254.169.254",
                                      "64:ff9b::169.254.169.254", "2002:a9fe:a9fe::"};
    static const char *const good[] = {"10.0.0.1", "127.0.0.1", "fd00::1", "8.8.8.8", "::ffff:10.0.0.1"};
    unsigned char bytes[16];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_true(is_metadata_address(bytes, address_read(str_of(bad[i]), bytes)));
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_false(is_metadata_address(bytes, address_read(str_of(good[i]), bytes)));
}

static void loose_addresses_are_names(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "1.2.3", "1.2.3.4.5", "0x7f.1", "017700000001", "1.2.3.256", "01.2.3.4", "1.2.3.",
                                      ":", ":::", "1::2::3", "12345::", "::1.2.3", "1:2:3:4:5:6:7:8:9", "fe80::1%eth0",
                                      "[::1]", "1:2:3:4:5:6:7", "::1:2:3:4:5:6:7:8"};
    unsigned char bytes[16];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(address_read(str_of(bad[i]), bytes), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolves_as_rfc_3986_section_5_4_says),
        cmocka_unit_test(what_people_wrote_by_hand_is_mended),
        cmocka_unit_test(canonical_form_is_shared_by_all_addresses_of_a_page),
        cmocka_unit_test(hosts_ports_and_origins),
        cmocka_unit_test(fetchable_means_http_with_a_host),
        cmocka_unit_test(logs_show_neither_passwords_nor_values),
        cmocka_unit_test(base_of_links_has_no_secret),
        cmocka_unit_test(links_that_run_or_read_files_are_not_safe),
        cmocka_unit_test(only_addresses_of_the_public_internet_are_public),
        cmocka_unit_test(metadata_addresses_are_known_in_all_forms),
        cmocka_unit_test(loose_addresses_are_names),
    };
    return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
