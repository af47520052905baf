// SPDX-License-Identifier: MIT
//
// The HTTP client alone, on the loop of an origin: what it sends, where it stops, what it refuses, and that its pooled
// handles carry nothing from one request to the next.
#include "daemon/http.h"

#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/tools/check.h"
#include "tests/tools/origin.h"

#define HOME "127.0.0.1"

// What has gone by besides: no test waits for it.
static int64_t *skipped_ms(void)
{
    static int64_t ms;
    return &ms;
}

// libuv and libcurl ask for the time by this one.
int clock_gettime(clockid_t id, struct timespec *out)
{
    int failed = (int)syscall(SYS_clock_gettime, id, out);
    out->tv_sec += id == CLOCK_MONOTONIC ? *skipped_ms() / 1000 : 0;
    return failed;
}

struct stage {
    uv_loop_t loop;
    struct origin origin;
    struct http *http;
    struct buf body;
    char text[256]; // of the fault
    struct http_result result;
    unsigned n_lines;
    bool is_done;
};

static int setup(void **state)
{
    struct stage *s = mem_alloc(sizeof *s);
    struct err err;
    uv_loop_init(&s->loop);
    origin_init(&s->origin, &s->loop);
    const struct http_options options = {.user_agent = "tester/1 (+http://t.example/)", .connections_max = 10};
    s->http = http_open(&s->loop, &options, &err);
    buf_init(&s->body, 64 << 20);
    *state = s;
    return s->http ? 0 : -1;
}

static int teardown(void **state)
{
    struct stage *s = *state;
    http_close(s->http);
    origin_done(&s->origin);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&s->loop), 0);
    buf_done(&s->body);
    mem_free(s);
    return 0;
}

static void on_line(void *context, struct str line)
{
    (void)line;
    ((struct stage *)context)->n_lines++;
}

static bool on_piece(void *context, const char *bytes, size_t n)
{
    return buf_add(&((struct stage *)context)->body, str_make(bytes, n));
}

static void on_done(void *context, const struct http_result *result)
{
    struct stage *s = context;
    assert_false(s->is_done);
    s->result = *result;
    snprintf(s->text, sizeof s->text, "%.*s", STR_ARG(result->text));
    s->is_done = true;
}

static const struct http_request plain = {.reach = HTTP_ANY, .total_ms = 20000, .body_bytes_max = 1 << 20,
                                          .encodings = "gzip, br, deflate", .line = on_line, .piece = on_piece,
                                          .done = on_done};

// Asks and waits for the end.
static void ask(struct stage *s, struct http_request request, const char *path)
{
    buf_reset(&s->body);
    s->is_done = false;
    s->n_lines = 0;
    request.url = origin_url(&s->origin, HOME, path);
    request.context = s;
    http_start(s->http, &request);
    assert_false(s->is_done); // never from within
    while (!s->is_done)
        uv_run(&s->loop, UV_RUN_ONCE);
}

static void request_says_who_asks_and_what_it_takes(void **state)
{
    struct stage *s = *state;
    struct http_request request = plain;
    const char *const headers[] = {"Accept: application/atom+xml", "If-None-Match: \"a\"", NULL};
    request.headers = headers;
    origin_serve(&s->origin, HOME, "/feed", (struct origin_reply){.body = S("words"), .etag = "\"a\""});
    ask(s, request, "/feed");
    const struct origin_seen *seen = origin_last(&s->origin, HOME, "/feed");
    assert_int_equal(s->result.status, 304);
    assert_true(str_eq(origin_header(seen, "User-Agent"), S("tester/1 (+http://t.example/)")));
    assert_true(str_eq(origin_header(seen, "Accept-Encoding"), S("gzip, br, deflate")));
    assert_true(str_eq(origin_header(seen, "Accept"), S("application/atom+xml")));
    size_t first = str_find(seen->raw, S("User-Agent:"));
    assert_int_equal(str_find(str_from(seen->raw, first + 1), S("User-Agent:")), seen->raw.n - first - 1); // once
}

static void handle_forgets_its_last_request(void **state)
{
    struct stage *s = *state;
    struct http_request post = plain;
    const char *const headers[] = {"X-First: yes", NULL};
    post.headers = headers;
    post.body = S("sent");
    post.user_password = "user:word";
    origin_serve(&s->origin, HOME, "/feed", (struct origin_reply){.body = S("words")});
    ask(s, post, "/feed");
    assert_true(str_starts(origin_last(&s->origin, HOME, "/feed")->raw, S("POST ")));
    struct http_request bare = plain;
    bare.encodings = NULL;
    ask(s, bare, "/feed");
    const struct origin_seen *seen = origin_last(&s->origin, HOME, "/feed");
    assert_true(str_starts(seen->raw, S("GET /feed HTTP/1.1\r\n")));
    static const char *const gone[] = {"X-First", "Authorization", "Accept-Encoding", "Content-Length"};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        if (origin_header(seen, gone[i]).p)
            fail_msg("the next request still has %s:\n%.*s", gone[i], STR_ARG(seen->raw));
}

static void packed_body_comes_unpacked_in_every_coding(void **state)
{
    struct stage *s = *state;
    static const enum origin_coding codings[] = {ORIGIN_PLAIN, ORIGIN_GZIP, ORIGIN_DEFLATE, ORIGIN_RAW_DEFLATE, ORIGIN_BR};
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++) {
        origin_serve(&s->origin, HOME, "/feed", (struct origin_reply){.body = S("words of a feed"), .coding = codings[i]});
        ask(s, plain, "/feed");
        assert_int_equal(s->result.fault, FAULT_NONE);
        assert_string_equal(buf_z(&s->body), "words of a feed");
        assert_int_equal(s->result.body_bytes, 15);
    }
}

static void body_stops_one_byte_past_its_limit(void **state)
{
    struct stage *s = *state;
    origin_serve(&s->origin, HOME, "/feed", (struct origin_reply){.bomb_bytes = 1 << 20, .coding = ORIGIN_GZIP});
    ask(s, plain, "/feed");
    assert_int_equal(s->result.fault, FAULT_NONE);
    assert_int_equal(s->body.n, 1 << 20);
    origin_serve(&s->origin, HOME, "/feed", (struct origin_reply){.bomb_bytes = (1 << 20) + 1, .coding = ORIGIN_GZIP});
    ask(s, plain, "/feed");
    assert_int_equal(s->result.fault, FAULT_TOO_LARGE);
    assert_string_equal(s->text, "the body is larger than 1 MiB, unpacked");
    struct http_request cut = plain;
    cut.cut_body = true;
    ask(s, cut, "/feed");
    assert_int_equal(s->result.fault, FAULT_NONE);
    assert_true(s->body.n <= 1 << 20);
}

static void head_has_an_end(void **state)
{
    struct stage *s = *state;
    static const enum origin_fault floods[] = {ORIGIN_HEADER_FLOOD, ORIGIN_INTERIM_FLOOD};
    for (size_t i = 0; i < 2; i++) {
        origin_serve(&s->origin, HOME, "/feed", (struct origin_reply){.fault = floods[i]});
        ask(s, plain, "/feed");
        assert_int_equal(s->result.fault, FAULT_PROTOCOL);
    }
}

static void private_address_is_refused_and_named(void **state)
{
    struct stage *s = *state;
    struct http_request request = plain;
    request.reach = HTTP_PUBLIC;
    origin_serve(&s->origin, HOME, "/feed", (struct origin_reply){.body = S("words")});
    ask(s, plain, "/feed"); // leaves a connection that the next may not use
    ask(s, request, "/feed");
    assert_int_equal(s->result.fault, FAULT_PRIVATE);
    assert_string_equal(s->text, "blocked: 127.0.0.1 is not a public address (allow-private yes lets it)");
    assert_int_equal(origin_count(&s->origin, HOME, "/feed"), 1);
}

static void the_status_is_the_servers_last_word_alone(void **state)
{
    struct stage *s = *state;
    struct http_request tunnel = plain;
    origin_serve(&s->origin, HOME, "desk.example:443", (struct origin_reply){.raw = S("HTTP/1.1 200 Tunnel\r\n\r\n")});
    tunnel.proxy = origin_url(&s->origin, HOME, "");
    tunnel.url = "https://desk.example/hook";
    tunnel.context = s;
    http_start(s->http, &tunnel);
    while (!s->is_done)
        uv_run(&s->loop, UV_RUN_ONCE);
    assert_int_equal(origin_count(&s->origin, HOME, "desk.example:443"), 1);
    assert_int_equal(s->result.fault, FAULT_TLS);
    assert_int_equal(s->result.status, 0); // the proxy's is not the answer's
    origin_serve(&s->origin, HOME, "/early", (struct origin_reply){.raw = S("HTTP/1.1 103 Early Hints\r\n\r\n")});
    ask(s, plain, "/early");
    assert_int_not_equal(s->result.fault, FAULT_NONE);
    assert_false(s->result.status >= 200);
    origin_serve(&s->origin, HOME, "/half", (struct origin_reply){.raw = S("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok")});
    ask(s, plain, "/half");
    assert_int_equal(s->result.fault, FAULT_BROKEN_OFF);
    assert_int_equal(s->result.status, 200);
}

static void address_without_a_host_ends_later_and_not_within(void **state)
{
    struct stage *s = *state;
    struct http_request request = plain;
    request.url = "http:///feed";
    request.context = s;
    http_start(s->http, &request);
    assert_false(s->is_done);
    while (!s->is_done)
        uv_run(&s->loop, UV_RUN_ONCE);
    assert_int_equal(s->result.fault, FAULT_ADDRESS);
    assert_int_equal(http_running(s->http), 0);
}

static void cancelled_request_says_nothing(void **state)
{
    struct stage *s = *state;
    struct http_request request = plain;
    origin_serve(&s->origin, HOME, "/slow", (struct origin_reply){.fault = ORIGIN_NO_ANSWER});
    request.url = origin_url(&s->origin, HOME, "/slow");
    request.context = s;
    struct http_transfer *transfer = http_start(s->http, &request);
    while (origin_count(&s->origin, HOME, "/slow") == 0)
        uv_run(&s->loop, UV_RUN_ONCE);
    http_cancel(transfer);
    assert_int_equal(http_running(s->http), 0);
    origin_serve(&s->origin, HOME, "/feed", (struct origin_reply){.body = S("words")});
    ask(s, plain, "/feed");
    assert_string_equal(buf_z(&s->body), "words");
}

// Asks for what lasts, and has second after second go by until the end. Returns how many.
static int wait_for(struct stage *s, struct http_request request, const char *path)
{
    int seconds = 0;
    size_t before = origin_count(&s->origin, HOME, path);
    buf_reset(&s->body);
    s->is_done = false;
    request.url = origin_url(&s->origin, HOME, path);
    request.context = s;
    http_start(s->http, &request);
    while (origin_count(&s->origin, HOME, path) == before)
        uv_run(&s->loop, UV_RUN_ONCE);
    for (; !s->is_done; seconds++) {
        *skipped_ms() += SECOND_MS;
        for (int turn = 0; turn < 4; turn++) // the origin's, the client's
            uv_run(&s->loop, UV_RUN_NOWAIT);
    }
    return seconds;
}

static void an_answer_may_take_as_long_as_its_request_says(void **state)
{
    struct stage *s = *state;
    struct http_request patient = plain;
    patient.total_ms = 60 * SECOND_MS;
    patient.head_ms = 30 * SECOND_MS;
    origin_serve(&s->origin, HOME, "/late", (struct origin_reply){.body = S("words"), .head_delay_ms = 25 * SECOND_MS});
    assert_in_range(wait_for(s, patient, "/late"), 24, 29);
    assert_int_equal(s->result.status, 200);
    assert_string_equal(buf_z(&s->body), "words");
    origin_serve(&s->origin, HOME, "/drip", (struct origin_reply){.body = S("drip"), .piece = 1, .piece_ms = 11 * SECOND_MS});
    assert_in_range(wait_for(s, patient, "/drip"), 33, 48);
    assert_string_equal(buf_z(&s->body), "drip");
    origin_serve(&s->origin, HOME, "/never", (struct origin_reply){.fault = ORIGIN_NO_ANSWER});
    assert_in_range(wait_for(s, patient, "/never"), 30, 34);
    assert_int_equal(s->result.fault, FAULT_TIMEOUT);
    assert_string_equal(s->text, "no header within 30 s");
    struct http_request hasty = plain; // the handle is the same
    hasty.total_ms = 60 * SECOND_MS;
    assert_in_range(wait_for(s, hasty, "/late"), 10, 14);
    assert_int_equal(s->result.fault, FAULT_TIMEOUT);
    assert_in_range(wait_for(s, hasty, "/drip"), 10, 14);
    assert_int_equal(s->result.fault, FAULT_TIMEOUT);
}

static void many_at_once_all_end(void **state)
{
    struct stage *s = *state;
    enum { MANY = 50 }; // more than are handled in one turn
    static struct stage each[MANY];
    origin_serve(&s->origin, HOME, "/feed", (struct origin_reply){.body = S("words")});
    struct http_request request = plain;
    request.url = origin_url(&s->origin, HOME, "/feed");
    for (size_t i = 0; i < MANY; i++) {
        each[i].is_done = false;
        buf_init(&each[i].body, 100);
        request.context = &each[i];
        http_start(s->http, &request);
    }
    assert_int_equal(http_running(s->http), MANY);
    while (http_running(s->http))
        uv_run(&s->loop, UV_RUN_ONCE);
    for (size_t i = 0; i < MANY; i++) {
        assert_true(each[i].is_done);
        assert_string_equal(buf_z(&each[i].body), "words");
        buf_done(&each[i].body);
    }
}

static void a_proxy_that_cannot_be_read_is_not_quoted(void **state)
{
    struct stage *s = *state;
    static const char longer[] = "0123456789012345678901234567890123456789012345678901234567890123456789";
    char far[400];
    snprintf(far, sizeof far, "http://pu:HUSH%s%s%s%s@10.0.0.1:99999", longer, longer, longer, longer);
    const char *const proxies[] = {"http://pu:HU#SH@10.0.0.1:3128", "http://pu:HU SH@10.0.0.1:3128",
                                   "http://pu:HUSH@10.0.0.1:99999", "ftp://pu:HUSH@10.0.0.1:1",
                                   "pu:HU SH@10.0.0.1", far};
    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++) {
        struct http_request request = plain;
        request.proxy = proxies[i];
        ask(s, request, "/feed");
        assert_int_not_equal(s->result.fault, FAULT_NONE);
        if (!s->text[0] || strstr(s->text, "HU"))
            fail_msg("%s: %s", proxies[i], s->text);
    }
    struct http_request gone = plain; // what says more stays
    gone.proxy = "http://pu:HUSH@127.0.0.1:1";
    ask(s, gone, "/feed");
    assert_non_null(strstr(s->text, "127.0.0.1 port 1"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(request_says_who_asks_and_what_it_takes),
        TEST(handle_forgets_its_last_request),
        TEST(packed_body_comes_unpacked_in_every_coding),
        TEST(body_stops_one_byte_past_its_limit),
        TEST(head_has_an_end),
        TEST(private_address_is_refused_and_named),
        TEST(the_status_is_the_servers_last_word_alone),
        TEST(address_without_a_host_ends_later_and_not_within),
        TEST(a_proxy_that_cannot_be_read_is_not_quoted),
        TEST(cancelled_request_says_nothing),
        TEST(an_answer_may_take_as_long_as_its_request_says),
        TEST(many_at_once_all_end),
    };
    struct err err;
    signal(SIGPIPE, SIG_IGN); // the origin floods those who leave
    if (!http_library_init(&err))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_library_done();
    return failed;
}
