// SPDX-License-Identifier: MIT
//
// feeds/response and feeds/verdict: each rule of polite polling that an answer decides.
#include "tests/tools/check.h"

#include "feeds/response.h"

static const wall_t now = {1795478400000}; // Tue, 24 Nov 2026 00:00:00 GMT

// One poll of a feed: lines of an answer in, the state after it out.
struct poll {
    struct arena arena;
    struct feed feed;
    struct response r;
    struct trail trail;
    struct verdict v;
    struct settled s;
    wall_t now;
};

static void open_poll(struct poll *p)
{
    *p = (struct poll){.now = now};
    arena_init(&p->arena, 1 << 24);
    p->feed.url = p->feed.first_url = S("https://example.org/feed");
}

static void close_poll(struct poll *p) { arena_done(&p->arena); }

// Takes the answer of one request; lines are separated by \n.
static enum verdict_kind answer(struct poll *p, const char *lines)
{
    struct str url = p->trail.n ? p->trail.urls[p->trail.n - 1] : p->feed.url;
    if (p->trail.n == 0) {
        p->trail = (struct trail){.n = 1, .is_permanent = true};
        p->trail.urls[0] = url;
    }
    struct request q = request_make(&p->feed, url);
    response_init(&p->r, url);
    p->r.was_conditional = q.etag.n || q.last_modified.n;
    struct str rest = str_of(lines);
    while (rest.p)
        response_line(&p->r, str_cut(&rest, '\n'), &p->arena);
    p->v = response_judge(&p->r, &p->trail, p->now, &p->arena);
    return p->v.kind;
}

static void settle(struct poll *p, enum body_state body)
{
    p->s = response_settle(&p->feed, &p->r, &p->v, &p->trail, body, p->now, &p->arena);
    p->trail.n = 0;
}

static void poll(struct poll *p, const char *lines)
{
    answer(p, lines);
    settle(p, p->v.kind == VERDICT_BODY ? BODY_PARSED : BODY_NONE);
}

#define OK_PAIR "HTTP/1.1 200 OK\nETag: W/\"a b\"\nLast-Modified: Mon, 23 Nov 2026 10:00:00 GMT\n"

static void frb001_004_validators_come_back_byte_for_byte(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    poll(&p, "HTTP/2 200\netag:  \"x\\\"; weird, W/  \r\nLAST-MODIFIED: yesterday at noon\r\n");
    struct request q = request_make(&p.feed, p.feed.url);
    assert_str(q.etag, "\"x\\\"; weird, W/");
    assert_str(q.last_modified, "yesterday at noon");
    close_poll(&p);
}

static void frb012_013_no_validators_are_invented(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    poll(&p, "HTTP/1.1 200 OK\nDate: Mon, 23 Nov 2026 10:00:00 GMT\n");
    struct request q = request_make(&p.feed, p.feed.url);
    assert_int_equal(q.etag.n + q.last_modified.n, 0);
    close_poll(&p);
}

static void frb014_a_new_body_replaces_both_validators(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    poll(&p, OK_PAIR);
    poll(&p, "HTTP/1.1 200 OK\nETag: \"new\"\n");
    assert_str(p.feed.validators.etag, "\"new\"");
    assert_str(p.feed.validators.last_modified, "");
    close_poll(&p);
}

static void a_304_may_renew_either_validator(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    poll(&p, OK_PAIR);
    assert_int_equal(answer(&p, "HTTP/1.1 304 Not Modified\nETag: \"c\"\n"), VERDICT_UNCHANGED);
    settle(&p, BODY_NONE);
    assert_true(p.s.is_good);
    assert_str(p.feed.validators.etag, "\"c\"");
    assert_str(p.feed.validators.last_modified, "Mon, 23 Nov 2026 10:00:00 GMT");
    close_poll(&p);
}

static void frb015_016_validators_survive_errors_and_429(void **state)
{
    (void)state;
    static const char *const answers[] = {"HTTP/1.1 404 Not Found\nETag: \"e\"\n", "HTTP/1.1 500 Oops\n",
                                          "HTTP/1.1 429 Too Many\nETag: \"f\"\n", "HTTP/1.1 403 No\n"};
    struct poll p;
    open_poll(&p);
    poll(&p, OK_PAIR);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        poll(&p, answers[i]);
        assert_false(p.s.is_good);
        assert_str(p.feed.validators.etag, "W/\"a b\"");
        assert_str(p.feed.validators.last_modified, "Mon, 23 Nov 2026 10:00:00 GMT");
    }
    close_poll(&p);
}

static void validators_of_a_body_that_was_not_read_are_not_kept(void **state)
{
    (void)state;
    static const enum body_state states[] = {BODY_PARTIAL, BODY_NOT_A_FEED, BODY_EMPTY};
    for (size_t i = 0; i < 3; i++) {
        struct poll p;
        open_poll(&p);
        poll(&p, OK_PAIR);
        answer(&p, "HTTP/1.1 200 OK\nETag: \"later\"\n");
        settle(&p, states[i]);
        assert_str(p.feed.validators.etag, "W/\"a b\"");
        assert_int_equal(p.s.is_good, states[i] == BODY_PARTIAL);
        close_poll(&p);
    }
}

static void a_body_that_broke_off_is_an_error(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    poll(&p, OK_PAIR);
    answer(&p, "HTTP/1.1 200 OK\nETag: \"later\"\n");
    p.r.fault = FAULT_BROKEN_OFF;
    settle(&p, BODY_PARTIAL);
    assert_false(p.s.is_good);
    assert_int_equal(p.feed.fault, FAULT_BROKEN_OFF);
    assert_str(p.feed.validators.etag, "W/\"a b\"");
    close_poll(&p);
}

static void frb070_071_only_force_asks_without_validators(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    poll(&p, OK_PAIR);
    p.feed.flags |= FEED_FORCE;
    assert_int_equal(request_make(&p.feed, p.feed.url).etag.n, 0);
    poll(&p, OK_PAIR);
    assert_true(request_make(&p.feed, p.feed.url).etag.n > 0);
    struct feed_options options = {.ignore_validators = true};
    p.feed.options = &options;
    assert_int_equal(request_make(&p.feed, p.feed.url).etag.n, 0);
    close_poll(&p);
}

static void a_304_that_nobody_asked_for_is_an_error(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    poll(&p, "HTTP/1.1 304 Not Modified\n");
    assert_false(p.s.is_good);
    assert_int_equal(p.feed.fault, FAULT_UNASKED_304);
    close_poll(&p);
}

static void statuses_and_what_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        enum verdict_kind kind;
        enum fault fault;
    } rows[] = {
        {"HTTP/1.1 200 OK", VERDICT_BODY, FAULT_NONE}, {"HTTP/1.1 226 IM Used", VERDICT_BODY, FAULT_NONE},
        {"HTTP/1.1 203 x", VERDICT_BODY, FAULT_NONE}, {"HTTP/1.1 204 No Content", VERDICT_FAILED, FAULT_EMPTY},
        {"HTTP/1.1 206 Partial", VERDICT_FAILED, FAULT_STATUS}, {"HTTP/1.1 300 x", VERDICT_FAILED, FAULT_STATUS},
        {"HTTP/1.1 302 x", VERDICT_FAILED, FAULT_REDIRECT}, {"HTTP/1.1 401 x", VERDICT_FAILED, FAULT_AUTH},
        {"HTTP/1.1 403 x", VERDICT_FAILED, FAULT_FORBIDDEN}, {"HTTP/1.1 404 x", VERDICT_FAILED, FAULT_NOT_FOUND},
        {"HTTP/1.1 410 x", VERDICT_GONE, FAULT_GONE}, {"HTTP/1.1 418 x", VERDICT_FAILED, FAULT_STATUS},
        {"HTTP/1.1 429 x", VERDICT_SLOW_DOWN, FAULT_SLOW_DOWN}, {"HTTP/1.1 500 x", VERDICT_FAILED, FAULT_SERVER},
        {"HTTP/1.1 503 x", VERDICT_FAILED, FAULT_SERVER},
        {"HTTP/1.1 503 x\nRetry-After: 60", VERDICT_SLOW_DOWN, FAULT_SLOW_DOWN},
        {"HTTP/1.1 999 x", VERDICT_FAILED, FAULT_STATUS}, {"garbage", VERDICT_FAILED, FAULT_PROTOCOL},
        {"HTTP/1.1 103 Early\nETag: \"x\"\nHTTP/1.1 404 x", VERDICT_FAILED, FAULT_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct poll p;
        open_poll(&p);
        assert_int_equal(answer(&p, rows[i].lines), rows[i].kind);
        assert_int_equal(p.v.fault, rows[i].fault);
        assert_int_equal(p.r.validators.etag.n, 0);
        assert_true((rows[i].fault == FAULT_NONE) == (p.v.error.n == 0));
        close_poll(&p);
    }
}

static void frb020_retry_after_in_seconds_and_three_dates(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        int64_t pause_s;
    } rows[] = {
        {"120", 120}, {"Tue, 24 Nov 2026 01:00:00 GMT", 3600}, {"Tuesday, 24-Nov-26 01:00:00 GMT", 3600},
        {"Tue Nov 24 01:00:00 2026", 3600}, {"0", 0}, {"-5", 0}, {"soon", 0}, {"", 0}, {"1.5", 0},
        {"Mon, 23 Nov 2026 01:00:00 GMT", 0}, {"86400", 86400}, {"86401", 86400},
        {"99999999999999999999999", 86400}, {"Tue, 24 Nov 2099 01:00:00 GMT", 86400},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct poll p;
        open_poll(&p);
        answer(&p, arena_fmt(&p.arena, "HTTP/1.1 429 x\nRetry-After: %s", rows[i].value).p);
        int64_t found = p.v.hold_until.ms ? wall_diff(p.v.hold_until, now) / SECOND_MS : 0;
        if (found != rows[i].pause_s)
            fail_msg("Retry-After: %s: %d s, expected %d", rows[i].value, (int)found, (int)rows[i].pause_s);
        close_poll(&p);
    }
}

static void retry_after_is_measured_by_the_servers_own_clock(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    poll(&p, "HTTP/1.1 503 x\nDate: Tue, 01 Sep 2020 00:00:00 GMT\nRetry-After: Tue, 01 Sep 2020 00:10:00 GMT");
    assert_int_equal(wall_diff(p.feed.hold_until, now), 10 * MINUTE_MS);
    close_poll(&p);
}

static void frb021_a_429_without_a_hint_holds_an_hour_then_two(void **state)
{
    (void)state;
    static const int hours[] = {1, 2, 4, 8, 16, 24, 24};
    struct poll p;
    open_poll(&p);
    for (size_t i = 0; i < sizeof hours / sizeof *hours; i++) {
        poll(&p, "HTTP/1.1 429 x");
        assert_int_equal(wall_diff(p.feed.hold_until, now), (int64_t)hours[i] * HOUR_MS);
    }
    poll(&p, "HTTP/1.1 200 OK");
    assert_int_equal(p.feed.hold_until.ms, 0);
    close_poll(&p);
}

static void retry_after_of_a_redirect_holds_too(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    assert_int_equal(answer(&p, "HTTP/1.1 302 x\nLocation: /b\nRetry-After: 600"), VERDICT_REDIRECT);
    poll(&p, "HTTP/1.1 200 OK");
    assert_int_equal(wall_diff(p.feed.hold_until, now), 600 * SECOND_MS);
    close_poll(&p);
}

static void frb022_freshness_on_200_and_304(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        int64_t pause_s;
    } rows[] = {
        {"Cache-Control: max-age=600", 600}, {"Cache-Control: public, MAX-AGE=\"600\"", 600},
        {"Cache-Control: max-age=600\nAge: 200", 400}, {"Cache-Control: max-age=600\nAge: 700", 0},
        {"Cache-Control: no-cache, max-age=600", 0}, {"Cache-Control: max-age=600\nCache-Control: no-store", 0},
        {"Cache-Control: max-age=0", 0}, {"Cache-Control: max-age=-1", 0}, {"Cache-Control: max-age", 0},
        {"Cache-Control: max-age=999999999999999999999", 86400}, {"Expires: Tue, 24 Nov 2026 00:30:00 GMT", 1800},
        {"Expires: 0", 0}, {"Expires: Mon, 23 Nov 2026 00:30:00 GMT", 0},
        {"Date: Tue, 24 Nov 2026 00:10:00 GMT\nExpires: Tue, 24 Nov 2026 00:30:00 GMT", 1200},
        {"Cache-Control: max-age=60\nExpires: Tue, 24 Nov 2026 00:30:00 GMT", 60}, {"", 0},
    };
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        struct poll p;
        open_poll(&p);
        p.feed.validators.etag = S("\"x\"");
        const char *status = i % 2 ? "HTTP/1.1 304 x" : "HTTP/1.1 200 OK";
        poll(&p, arena_fmt(&p.arena, "%s\n%s", status, rows[i / 2].lines).p);
        int64_t found = p.feed.fresh_until.ms ? wall_diff(p.feed.fresh_until, now) / SECOND_MS : 0;
        if (found != rows[i / 2].pause_s)
            fail_msg("%s: %d s, expected %d", rows[i / 2].lines, (int)found, (int)rows[i / 2].pause_s);
        close_poll(&p);
    }
}

static void hop(struct poll *p, const char *status, const char *to)
{
    assert_int_equal(answer(p, arena_fmt(&p->arena, "HTTP/1.1 %s x\nLocation: %s", status, to).p), VERDICT_REDIRECT);
}

static void frb130_131_a_permanent_move_is_kept_after_three_times(void **state)
{
    (void)state;
    static const char *const statuses[] = {"301", "308", "301"};
    struct poll p;
    open_poll(&p);
    for (int i = 0; i < MOVE_TIMES; i++) {
        assert_str(p.feed.url, "https://example.org/feed");
        hop(&p, statuses[i], "/new");
        poll(&p, OK_PAIR);
        assert_int_equal(p.s.moved, i == MOVE_TIMES - 1);
    }
    assert_str(p.feed.url, "https://example.org/new");
    assert_str(p.feed.first_url, "https://example.org/feed");
    assert_true(request_make(&p.feed, p.feed.url).etag.n > 0);
    close_poll(&p);
}

static void a_move_must_name_one_target_three_times_in_a_row(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    static const char *const targets[] = {"/new", "/new", "/other", "/new", "/new"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        hop(&p, "301", targets[i]);
        poll(&p, "HTTP/1.1 200 OK");
    }
    poll(&p, "HTTP/1.1 200 OK");
    hop(&p, "301", "/new");
    poll(&p, "HTTP/1.1 200 OK");
    assert_str(p.feed.url, "https://example.org/feed");
    assert_int_equal(p.feed.moving_seen, 1);
    close_poll(&p);
}

static void frb133_134_temporary_moves_are_never_kept(void **state)
{
    (void)state;
    static const char *const statuses[] = {"302", "303", "307"};
    struct poll p;
    open_poll(&p);
    for (int i = 0; i < 9; i++) {
        hop(&p, statuses[i % 3], "/new");
        poll(&p, "HTTP/1.1 200 OK");
    }
    for (int i = 0; i < 9; i++) {
        hop(&p, "301", "/a");
        hop(&p, "302", "/b");
        poll(&p, "HTTP/1.1 200 OK");
    }
    for (int i = 0; i < 9; i++) {
        hop(&p, "301", "http://example.org/plain");
        poll(&p, "HTTP/1.1 200 OK");
    }
    assert_str(p.feed.url, "https://example.org/feed");
    close_poll(&p);
}

static void a_move_that_ends_in_an_error_does_not_count(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    for (int i = 0; i < 9; i++) {
        hop(&p, "301", "/login");
        answer(&p, "HTTP/1.1 200 OK");
        settle(&p, BODY_NOT_A_FEED);
    }
    assert_str(p.feed.url, "https://example.org/feed");
    close_poll(&p);
}

static void validators_go_to_the_address_that_gave_them(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    hop(&p, "302", "https://cdn.example/f");
    poll(&p, OK_PAIR);
    assert_int_equal(request_make(&p.feed, p.feed.url).etag.n, 0);
    assert_true(request_make(&p.feed, S("https://cdn.example/f")).etag.n > 0);
    hop(&p, "302", "https://cdn.example/f");
    assert_int_equal(answer(&p, "HTTP/1.1 304 x"), VERDICT_UNCHANGED);
    close_poll(&p);
}

static void redirects_that_lead_nowhere(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "ftp://h/", "file:///etc/passwd", "https://example.org/feed",
                                      "https://example.org/feed#x", "http://", "javascript:x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct poll p;
        open_poll(&p);
        answer(&p, arena_fmt(&p.arena, "HTTP/1.1 301 x\nLocation: %s", bad[i]).p);
        assert_int_equal(p.v.fault, FAULT_REDIRECT);
        close_poll(&p);
    }
    struct poll p;
    open_poll(&p);
    for (int i = 0; i < REDIRECTS_MAX; i++)
        hop(&p, "302", arena_fmt(&p.arena, "/%d", i).p);
    answer(&p, "HTTP/1.1 302 x\nLocation: /one-more");
    assert_int_equal(p.v.fault, FAULT_REDIRECT);
    close_poll(&p);
}

static void a_relative_location_and_its_fragment(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    hop(&p, "302", "../x y?a=b#frag");
    assert_str(p.v.target, "https://example.org/x%20y?a=b");
    close_poll(&p);
}

static void frb114_gone_twice_within_a_day_stops(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    poll(&p, "HTTP/1.1 410 Gone");
    assert_false(p.s.stopped);
    poll(&p, "HTTP/1.1 200 OK");
    poll(&p, "HTTP/1.1 410 Gone");
    p.now = wall_add(now, 3 * (int64_t)DAY_MS);
    poll(&p, "HTTP/1.1 410 Gone");
    assert_false(p.s.stopped);
    p.now = wall_add(p.now, HOUR_MS);
    poll(&p, "HTTP/1.1 410 Gone");
    assert_true(p.s.stopped);
    assert_true(p.feed.flags & FEED_STOPPED);
    close_poll(&p);
}

static void frb120_trouble_is_told_once_after_a_day_and_once_at_its_end(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    int told = 0;
    for (int hour = 0; hour <= 48; hour++) {
        p.now = wall_add(now, (int64_t)hour * HOUR_MS);
        poll(&p, "HTTP/1.1 500 x");
        told += p.s.broken;
        assert_int_equal(told, hour >= 24);
    }
    assert_int_equal(p.feed.failures, 49);
    poll(&p, "HTTP/1.1 200 OK");
    assert_true(p.s.recovered);
    assert_int_equal(p.feed.failures, 0);
    poll(&p, "HTTP/1.1 200 OK");
    assert_false(p.s.recovered);
    poll(&p, "HTTP/1.1 500 x");
    poll(&p, "HTTP/1.1 200 OK");
    assert_false(p.s.recovered);
    close_poll(&p);
}

static void a_broken_compression_makes_the_next_poll_ask_for_none(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    answer(&p, "HTTP/1.1 200 OK");
    p.r.fault = FAULT_ENCODING;
    settle(&p, BODY_NONE);
    assert_true(request_make(&p.feed, p.feed.url).ask_identity);
    close_poll(&p);
}

static void link_headers_name_hub_and_self(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    answer(&p, "HTTP/1.1 200 OK\nLink: <https://x/a,b>; title=\"a, b; rel=hub\"; rel=\"next\", <https://hub/>; rel=hub\n"
               "Link: <https://self/>; type=x; rel=\"alternate SELF\", <https://hub2/>; rel=hub");
    assert_str(p.r.hub, "https://hub/");
    assert_str(p.r.self, "https://self/");
    answer(&p, "HTTP/1.1 200 OK\nLink: <broken; rel=hub\nLink: >x<; rel=hub\nLink:\nLink: ;;,,<a>,<b>;rel");
    assert_str(p.r.hub, "");
    close_poll(&p);
}

static void header_lines_that_are_none_are_passed_over(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    answer(&p, "HTTP/1.1 200 OK\nETag\n ETag: folded\n: x\n\nETag : \"a\"\nETag: a\x01" "b\nETag: \"good\"\nETag: \"second\"\n"
               "Content-Type: text/xml; charset=x");
    assert_str(p.r.validators.etag, "\"good\"");
    assert_str(p.r.content_type, "text/xml; charset=x");
    close_poll(&p);
}

static void errors_name_no_secrets(void **state)
{
    (void)state;
    struct poll p;
    open_poll(&p);
    answer(&p, "HTTP/1.1 301 x\nLocation: ftp://user:secret@h/x?token=secret");
    assert_true(str_find(p.v.error, S("secret")) == p.v.error.n);
    close_poll(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frb001_004_validators_come_back_byte_for_byte),
        cmocka_unit_test(frb012_013_no_validators_are_invented),
        cmocka_unit_test(frb014_a_new_body_replaces_both_validators),
        cmocka_unit_test(a_304_may_renew_either_validator),
        cmocka_unit_test(frb015_016_validators_survive_errors_and_429),
        cmocka_unit_test(validators_of_a_body_that_was_not_read_are_not_kept),
        cmocka_unit_test(a_body_that_broke_off_is_an_error),
        cmocka_unit_test(frb070_071_only_force_asks_without_validators),
        cmocka_unit_test(a_304_that_nobody_asked_for_is_an_error),
        cmocka_unit_test(statuses_and_what_they_are),
        cmocka_unit_test(frb020_retry_after_in_seconds_and_three_dates),
        cmocka_unit_test(retry_after_is_measured_by_the_servers_own_clock),
        cmocka_unit_test(frb021_a_429_without_a_hint_holds_an_hour_then_two),
        cmocka_unit_test(retry_after_of_a_redirect_holds_too),
        cmocka_unit_test(frb022_freshness_on_200_and_304),
        cmocka_unit_test(frb130_131_a_permanent_move_is_kept_after_three_times),
        cmocka_unit_test(a_move_must_name_one_target_three_times_in_a_row),
        cmocka_unit_test(frb133_134_temporary_moves_are_never_kept),
        cmocka_unit_test(a_move_that_ends_in_an_error_does_not_count),
        cmocka_unit_test(validators_go_to_the_address_that_gave_them),
        cmocka_unit_test(redirects_that_lead_nowhere),
        cmocka_unit_test(a_relative_location_and_its_fragment),
        cmocka_unit_test(frb114_gone_twice_within_a_day_stops),
        cmocka_unit_test(frb120_trouble_is_told_once_after_a_day_and_once_at_its_end),
        cmocka_unit_test(a_broken_compression_makes_the_next_poll_ask_for_none),
        cmocka_unit_test(link_headers_name_hub_and_self),
        cmocka_unit_test(header_lines_that_are_none_are_passed_over),
        cmocka_unit_test(errors_name_no_secrets),
    };
    return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
