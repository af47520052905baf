// SPDX-License-Identifier: MIT
//
// The map of the control API.
#include "tests/tools/check.h"

#include "daemon/api_route.h"

static void requests_become_verbs_with_id_and_arguments(void **state)
{
    (void)state;
    static const struct {
        const char *method, *target;
        enum control_verb verb;
        const char *id, *args;
    } cases[] = {
        {"GET", "/api/v1/status", CONTROL_STATUS, "", "{}"},
        {"HEAD", "/api/v1/status", CONTROL_STATUS, "", "{}"},
        {"GET", "/api/v1/feeds?state=failing&limit=3", CONTROL_FEEDS_LIST, "",
         "{\"state\":\"failing\",\"limit\":\"3\"}"},
        {"GET", "/api/v1/feeds/ab12", CONTROL_FEED_SHOW, "ab12", "{}"},
        {"GET", "/api/v1/feeds/https%3A%2F%2Fx.example%2Fa%2Fwhy/why", CONTROL_FEED_WHY, "https://x.example/a/why",
         "{}"},
        {"GET", "/api/v1/feeds/a+b", CONTROL_FEED_SHOW, "a+b", "{}"},
        {"GET", "/api/v1/alerts?text=cease+fire%21", CONTROL_ALERTS_LIST, "", "{\"text\":\"cease fire!\"}"},
        {"DELETE", "/api/v1/feeds/ab12", CONTROL_FEED_RM, "ab12", "{}"},
        {"POST", "/api/v1/deliveries/retry", CONTROL_DELIVERY_RETRY, "", "{}"},
        {"POST", "/api/v1/deliveries/17/retry", CONTROL_DELIVERY_RETRY, "17", "{}"},
        {"GET", "/api/v1/silences/preview?matcher=rule%3Ax", CONTROL_SILENCE_PREVIEW, "", "{\"matcher\":\"rule:x\"}"},
        {"GET", "/metrics", CONTROL_METRICS, "", "{}"},
        {"GET", "/api/v1/rules/source", CONTROL_RULES_SOURCE, "", "{}"},
        {"GET", "/api/v1/items?since=30d&place=24322-7", CONTROL_ITEMS_LIST, "",
         "{\"since\":\"30d\",\"place\":\"24322-7\"}"},
        {"GET", "/api/v1/log?level=error", CONTROL_LOG_LEVEL, "", "{\"level\":\"error\"}"},
        {"PUT", "/api/v1/log", CONTROL_LOG_SET, "", "{}"},
        {"GET", "/api/v1/items/0000ab", CONTROL_ITEM_SHOW, "0000ab", "{}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct route route;
        route_find(&route, str_of(cases[i].method), str_of(cases[i].target), true);
        json_t *args = json_loads(cases[i].args, 0, NULL);
        assert_int_equal(route.kind, ROUTE_CONTROL);
        assert_int_equal(route.verb, cases[i].verb);
        assert_str(buf_str(&route.id), cases[i].id);
        assert_true(json_equal(args, route.args));
        json_decref(args);
        route_done(&route);
    }
}

static void what_is_not_on_the_map_is_refused_as_what_it_is(void **state)
{
    (void)state;
    static const struct {
        const char *method, *target;
        bool is_local;
        enum route_kind kind;
    } cases[] = {
        {"GET", "/api/v1/feed", true, ROUTE_NONE},
        {"GET", "/api/v1/feeds/", true, ROUTE_NONE},
        {"GET", "/api/v1/status/", true, ROUTE_NONE},
        {"GET", "", true, ROUTE_NONE},
        {"GET", "http://other.example/metrics", true, ROUTE_NONE},
        {"DELETE", "/api/v1/status", true, ROUTE_METHOD},
        {"GET", "/api/v1/reload", true, ROUTE_METHOD},
        {"GET", "/api/v1/reload", false, ROUTE_METHOD},
        {"POST", "/api/v1/reload", false, ROUTE_LOCAL},
        {"DELETE", "/api/v1/feeds/ab12", false, ROUTE_LOCAL},
        {"OPTIONS", "/api/v1/status", false, ROUTE_LOCAL},
        {"GET", "/api/v1/opml", true, ROUTE_CONTROL},
        {"GET", "/api/v1/opml", false, ROUTE_LOCAL},
        {"HEAD", "/api/v1/opml", false, ROUTE_LOCAL},
        {"GET", "/api/v1/feeds/%zz", true, ROUTE_BAD},
        {"GET", "/api/v1/feeds/a%0", true, ROUTE_BAD},
        {"GET", "/api/v1/feeds/a%00b", true, ROUTE_BAD},
        {"GET", "/api/v1/feeds?limit=%ff", true, ROUTE_BAD},
        {"GET", "/healthz", false, ROUTE_HEALTHZ},
        {"GET", "/", false, ROUTE_INDEX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct route route;
        route_find(&route, str_of(cases[i].method), str_of(cases[i].target), cases[i].is_local);
        if (route.kind != cases[i].kind)
            print_error("%s %s\n", cases[i].method, cases[i].target);
        assert_int_equal(route.kind, cases[i].kind);
        route_done(&route);
    }
}

// Whatever the query says: the TCP face answers a GET to anyone.
static void no_get_is_the_same_question_as_a_change(void **state)
{
    (void)state;
    static const char *const methods[] = {"POST", "PUT", "DELETE", "PATCH"};
    struct buf list;
    size_t n_changes = 0;
    buf_init(&list, 1 << 16);
    route_index("1", &list);
    for (struct str rest = buf_str(&list); rest.p;) {
        struct str path = str_cut(&rest, '\n');
        struct route get, change;
        if (!str_starts(path, S("/")))
            continue;
        route_find(&get, S("GET"), path, true); // the star as it is: a segment like any other
        for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
            route_find(&change, str_of(methods[i]), path, true);
            if (change.kind == ROUTE_CONTROL && change.verb == get.verb)
                fail_msg("GET %.*s asks what %s does", STR_ARG(path), methods[i]);
            n_changes += change.kind == ROUTE_CONTROL;
            route_done(&change);
        }
        route_done(&get);
    }
    assert_true(n_changes >= 5); // feeds, silences, the log, ...
    buf_done(&list);
}

static void a_body_is_one_json_object_or_an_error_with_its_place(void **state)
{
    (void)state;
    struct route route;
    route_find(&route, S("POST"), S("/api/v1/feeds?name=x"), true);
    route_body(&route, S(""));
    route_body(&route, S("{\"url\":\"https://a.example/\"}"));
    assert_int_equal(route.kind, ROUTE_CONTROL);
    assert_str(str_of(json_string_value(json_object_get(route.args, "url"))), "https://a.example/");
    assert_str(str_of(json_string_value(json_object_get(route.args, "name"))), "x");
    route_body(&route, S("[1]"));
    assert_int_equal(route.kind, ROUTE_BAD);
    assert_str(str_of(route.err.text), "the body is JSON, but no object");
    route_done(&route);

    route_find(&route, S("POST"), S("/api/v1/feeds"), true);
    route_body(&route, S("{\n \"url\": }"));
    assert_int_equal(route.kind, ROUTE_BAD);
    assert_int_equal(route.err.line, 2);
    route_done(&route);
}

static void only_numbers_localhost_and_named_hosts_may_be_asked(void **state)
{
    (void)state;
    static const char *const names[] = {"watch.example", NULL};
    static const struct {
        const char *host;
        bool is_ours;
    } cases[] = {
        {"127.0.0.1:8377", true}, {"127.0.0.1", true},      {"[::1]:8377", true},      {"[::1]", true},
        {"localhost:1", true},    {"LOCALHOST", true},      {"Watch.Example", true},   {"watch.example:80", true},
        {"evil.example", false},  {"1.2.3.evil", false},    {"127.0.0.1.evil", false}, {"", false},
        {"[evil", false},         {"watch.example.", false}, {"1.2.3", false},          {"localhost.evil", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (route_host_is_ours(str_of(cases[i].host), names) != cases[i].is_ours)
            fail_msg("%s", cases[i].host);
    assert_false(route_host_is_ours(S("watch.example"), NULL));
}

static void the_index_names_every_path_that_may_be_read(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 1 << 16);
    route_index("9.9", &text);
    assert_true(str_starts(buf_str(&text), S("feedwatchd 9.9\n")));
    assert_true(str_find(buf_str(&text), S("/metrics\n")) < text.n);
    assert_true(str_find(buf_str(&text), S("reload")) == text.n);
    assert_true(str_find(buf_str(&text), S("/opml")) == text.n);
    buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_become_verbs_with_id_and_arguments),
        cmocka_unit_test(what_is_not_on_the_map_is_refused_as_what_it_is),
        cmocka_unit_test(no_get_is_the_same_question_as_a_change),
        cmocka_unit_test(a_body_is_one_json_object_or_an_error_with_its_place),
        cmocka_unit_test(only_numbers_localhost_and_named_hosts_may_be_asked),
        cmocka_unit_test(the_index_names_every_path_that_may_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
