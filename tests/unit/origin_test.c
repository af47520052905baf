// SPDX-License-Identifier: MIT
//
// The origin does what it is told, as libcurl sees it: a test double that lies in other ways than asked proves nothing.
#include "tests/tools/check.h"

#include "base/mem.h"
#include "tests/tools/browser.h"
#include "tests/tools/origin.h"

#define HOME "127.0.0.1"

struct stage {
    uv_loop_t loop;
    struct origin origin;
    struct browser_page page;
};

static int setup(void **state)
{
    struct stage *s = mem_alloc(sizeof *s);
    uv_loop_init(&s->loop);
    origin_init(&s->origin, &s->loop);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct stage *s = *state;
    browser_page_done(&s->page);
    origin_done(&s->origin);
    assert_int_equal(uv_loop_close(&s->loop), 0);
    mem_free(s);
    return 0;
}

static const struct browser_page *get(struct stage *s, const char *path, const char *header)
{
    browser_page_done(&s->page);
    const char *headers[] = {header, NULL};
    struct browser_ask ask = {.url = origin_url(&s->origin, HOME, path), .headers = headers, .timeout_ms = 1000,
                              .accept_coding = ""};
    browser_ask(&s->loop, &ask, &s->page);
    return &s->page;
}

static const struct browser_page *get_reply(struct stage *s, struct origin_reply reply)
{
    origin_serve(&s->origin, HOME, "/", reply);
    return get(s, "/", NULL);
}

static void unknown_path_is_404_and_logged(void **state)
{
    struct stage *s = *state;
    origin_serve(&s->origin, HOME, "/", (struct origin_reply){0});
    assert_int_equal(get(s, "/other?x=1", "X-Mark: yes")->status, 404);
    const struct origin_seen *seen = origin_last(&s->origin, HOME, "/other?x=1");
    assert_non_null(seen);
    assert_int_equal(seen->status, 404);
    assert_str(origin_header(seen, "x-mark"), "yes");
    assert_true(str_starts(seen->raw, S("GET /other?x=1 HTTP/1.1\r\n")));
}

static void entity_tag_and_date_answer_304(void **state)
{
    struct stage *s = *state;
    struct origin_reply r = {.body = S("feed"), .etag = "\"a\"", .modified = "Mon, 23 Nov 2026 10:00:00 GMT"};
    assert_int_equal(get_reply(s, r)->status, 200);
    assert_true(str_find(buf_str(&s->page.head), S("ETag: \"a\"\r\n")) < s->page.head.n);
    assert_int_equal(get(s, "/", "If-None-Match: \"a\"")->status, 304);
    assert_int_equal(s->page.body.n, 0);
    assert_int_equal(get(s, "/", "If-None-Match: \"b\"")->status, 200);
    assert_int_equal(get(s, "/", "If-Modified-Since: Mon, 23 Nov 2026 10:00:00 GMT")->status, 304);
    r.is_stubborn = true;
    origin_serve(&s->origin, HOME, "/", r);
    assert_int_equal(get(s, "/", "If-None-Match: \"a\"")->status, 200);
}

static void replies_follow_each_other_and_the_last_stays(void **state)
{
    struct stage *s = *state;
    origin_serve(&s->origin, HOME, "/", (struct origin_reply){.status = 503, .times = 2});
    origin_then(&s->origin, HOME, "/", (struct origin_reply){.body = S("one")});
    origin_then(&s->origin, HOME, "/", (struct origin_reply){.body = S("two")});
    static const int expected[] = {503, 503, 200, 200, 200};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(get(s, "/", NULL)->status, expected[i]);
    assert_str(buf_str(&s->page.body), "two");
    origin_then(&s->origin, HOME, "/", (struct origin_reply){.body = S("three")});
    get(s, "/", NULL);
    assert_str(buf_str(&s->page.body), "three");
    assert_int_equal(origin_count(&s->origin, HOME, "/"), 6);
}

static void codings_and_framings_give_the_same_body(void **state)
{
    struct stage *s = *state;
    struct buf body;
    buf_init(&body, 1 << 20);
    for (int i = 0; i < 20000; i++)
        buf_addf(&body, "<p>%d</p>", i * 7919);
    for (enum origin_coding coding = ORIGIN_PLAIN; coding <= ORIGIN_ZSTD; coding++)
        for (enum origin_framing framing = ORIGIN_LENGTH; framing <= ORIGIN_UNTIL_CLOSE; framing++) {
            struct origin_reply r = {.body = buf_str(&body), .coding = coding, .framing = framing};
            assert_int_equal(get_reply(s, r)->result, CURLE_OK);
            assert_true(str_eq(buf_str(&s->page.body), buf_str(&body)));
        }
    buf_done(&body);
}

static void bombs_are_small_on_the_wire(void **state)
{
    struct stage *s = *state;
    for (enum origin_coding coding = ORIGIN_GZIP; coding <= ORIGIN_ZSTD; coding++) {
        assert_int_equal(get_reply(s, (struct origin_reply){.body = S("x"), .bomb_bytes = 20 << 20, .coding = coding})
                             ->result, CURLE_OK);
        assert_int_equal(s->page.body.n, (20 << 20) + 1);
        assert_true(origin_last(&s->origin, HOME, "/")->bytes < 64 << 10);
    }
}

static void faults_are_what_curl_calls_them(void **state)
{
    static const struct {
        enum origin_fault fault;
        enum origin_framing framing;
        CURLcode expected;
        const char *why;
    } table[] = {
        {ORIGIN_TRUNCATE, ORIGIN_LENGTH, CURLE_PARTIAL_FILE, "less than Content-Length"},
        {ORIGIN_TRUNCATE, ORIGIN_CHUNKED, CURLE_PARTIAL_FILE, "no last chunk"},
        {ORIGIN_RESET, ORIGIN_LENGTH, CURLE_RECV_ERROR, "RST in the body"},
        {ORIGIN_RESET_EARLY, ORIGIN_LENGTH, CURLE_RECV_ERROR, "RST before the head"},
        {ORIGIN_STALL, ORIGIN_LENGTH, CURLE_OPERATION_TIMEDOUT, "silence in the body"},
        {ORIGIN_NO_ANSWER, ORIGIN_LENGTH, CURLE_OPERATION_TIMEDOUT, "silence before the head"},
    };
    struct stage *s = *state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        CURLcode result = get_reply(s, (struct origin_reply){.body = S("0123456789"), .fault = table[i].fault,
                                                             .framing = table[i].framing, .fault_at = 5})->result;
        if (result != table[i].expected)
            fail_msg("%s: curl says %d, expected %d", table[i].why, (int)result, (int)table[i].expected);
    }
}

static void floods_are_ended_by_the_client_alone(void **state)
{
    struct stage *s = *state;
    assert_int_not_equal(get_reply(s, (struct origin_reply){.fault = ORIGIN_HEADER_FLOOD})->result, CURLE_OK);
    assert_int_not_equal(get_reply(s, (struct origin_reply){.fault = ORIGIN_INTERIM_FLOOD})->result, CURLE_OK);
}

static void slow_body_arrives_whole(void **state)
{
    struct stage *s = *state;
    struct origin_reply r = {.body = S("0123456789"), .piece = 3, .piece_ms = 1, .head_delay_ms = 2};
    assert_int_equal(get_reply(s, r)->result, CURLE_OK);
    assert_str(buf_str(&s->page.body), "0123456789");
}

static void release(uv_timer_t *timer) { origin_release(timer->data); }

static void held_answer_waits_for_the_release(void **state)
{
    struct stage *s = *state;
    struct origin_reply r = {.body = S("0123456789"), .fault = ORIGIN_HOLD, .fault_at = 4};
    assert_int_equal(get_reply(s, r)->result, CURLE_OPERATION_TIMEDOUT);
    assert_str(buf_str(&s->page.body), "0123");
    uv_run(&s->loop, UV_RUN_NOWAIT); // the origin notices that the client left
    assert_int_equal(origin_last(&s->origin, HOME, "/")->end, WIRE_PEER_LEFT);

    uv_timer_t timer = {.data = &s->origin};
    uv_timer_init(&s->loop, &timer);
    uv_timer_start(&timer, release, 1, 1);
    assert_int_equal(get_reply(s, r)->result, CURLE_OK);
    assert_str(buf_str(&s->page.body), "0123456789");
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(&s->loop, UV_RUN_NOWAIT);
}

static void raw_bytes_go_out_as_they_are(void **state)
{
    struct stage *s = *state;
    struct origin_reply r = {.raw = S("HTTP/1.1 226 IM Used\r\nIM: feed\r\nContent-Length: 2\r\n\r\nhi")};
    assert_int_equal(get_reply(s, r)->status, 226);
    assert_str(buf_str(&s->page.body), "hi");
}

static void addresses_are_apart_and_share_a_port(void **state)
{
    struct stage *s = *state;
    for (int i = 1; i <= 200; i++) {
        char address[16];
        snprintf(address, sizeof address, "127.7.%d.%d", i / 100, i);
        origin_serve(&s->origin, address, "/feed", (struct origin_reply){.body = str_of(address)});
    }
    struct browser_ask ask = {.url = origin_url(&s->origin, "127.7.1.150", "/feed")};
    browser_ask(&s->loop, &ask, &s->page);
    assert_str(buf_str(&s->page.body), "127.7.1.150");
    assert_int_equal(origin_count(&s->origin, "127.7.1.151", NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(unknown_path_is_404_and_logged, setup, teardown),
        cmocka_unit_test_setup_teardown(entity_tag_and_date_answer_304, setup, teardown),
        cmocka_unit_test_setup_teardown(replies_follow_each_other_and_the_last_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(codings_and_framings_give_the_same_body, setup, teardown),
        cmocka_unit_test_setup_teardown(bombs_are_small_on_the_wire, setup, teardown),
        cmocka_unit_test_setup_teardown(faults_are_what_curl_calls_them, setup, teardown),
        cmocka_unit_test_setup_teardown(floods_are_ended_by_the_client_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(slow_body_arrives_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(held_answer_waits_for_the_release, setup, teardown),
        cmocka_unit_test_setup_teardown(raw_bytes_go_out_as_they_are, setup, teardown),
        cmocka_unit_test_setup_teardown(addresses_are_apart_and_share_a_port, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
