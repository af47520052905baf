// SPDX-License-Identifier: MIT
//
// The control API over real sockets in this process: a loop, a control of the test's own, and requests written by
// hand. Nothing sleeps: the loop runs until the answer has been read.
#include "tests/tools/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "daemon/api.h"

enum { KEPT_MAX = 2 * API_CONNECTIONS_MAX };

// Answers at once, or keeps the question when it is told to be slow.
struct control {
    bool is_slow;
    int asked;
    enum control_verb verb; // of the last question
    size_t n_kept;
    struct {
        control_answer_fn answer;
        void *context;
    } kept[KEPT_MAX];
};

void control_ask(struct control *control, const struct control_request *request, control_answer_fn answer,
                 void *context)
{
    control->asked++;
    control->verb = request->verb;
    if (control->is_slow) {
        assert_in_range(control->n_kept, 0, KEPT_MAX - 1);
        control->kept[control->n_kept].answer = answer;
        control->kept[control->n_kept++].context = context;
        return;
    }
    json_t *json = json_pack("{s:i, s:s%, s:O, s:b}", "verb", (int)request->verb, "id", request->id.p ? request->id.p : "",
                             request->id.n, "args", request->args, "ok", 0);
    struct control_answer a = {.outcome = CONTROL_OK, .json = json};
    if (request->verb == CONTROL_METRICS)
        a = (struct control_answer){.outcome = CONTROL_OK, .text = S("feedwatch_up 1\n")};
    if (request->verb == CONTROL_FEED_SHOW)
        a = (struct control_answer){.outcome = CONTROL_NOT_FOUND, .text = S("no such feed"), .next = S("feeds list")};
    answer(context, &a);
    json_decref(json);
}

static void answer_late(struct control *control)
{
    json_t *json = json_pack("{s:b}", "late", 1);
    struct control_answer a = {.outcome = CONTROL_OK, .json = json};
    for (size_t i = 0; i < control->n_kept; i++)
        control->kept[i].answer(control->kept[i].context, &a);
    control->n_kept = 0;
    json_decref(json);
}

struct scene {
    uv_loop_t loop;
    struct control control;
    struct api *api;
    char directory[64], path[80];
};

static int set_up(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    snprintf(s->directory, sizeof s->directory, "/tmp/feedwatch-api-XXXXXX");
    assert_non_null(mkdtemp(s->directory));
    snprintf(s->path, sizeof s->path, "%s/s", s->directory);
    uv_loop_init(&s->loop);
    struct api_options options = {.socket_path = s->path, .version = "1"};
    struct err err;
    if (!api_open(&s->api, &s->loop, &s->control, &options, &err))
        fail_msg("%s", err.text);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    if (s->api)
        api_close(s->api, NULL, NULL);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&s->loop), 0);
    assert_int_equal(rmdir(s->directory), 0); // the socket file is gone
    free(s);
    return 0;
}

static int dial(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

enum { TURNS_MAX = 100000 }; // far more than any answer takes; ends a hang

// Runs the loop until the peer closed, or until `until` holds; appends what came to out.
static void read_all(struct scene *s, int fd, struct buf *out)
{
    for (int turn = 0; turn < TURNS_MAX; turn++) {
        uv_run(&s->loop, UV_RUN_NOWAIT);
        char piece[4096];
        ssize_t n = recv(fd, piece, sizeof piece, MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno == ECONNRESET))
            return;
        if (n > 0)
            buf_add(out, str_make(piece, (size_t)n));
    }
    fail_msg("no end of the answer after %d turns", TURNS_MAX);
}

static void exchange(struct scene *s, int fd, const char *request, struct buf *out)
{
    assert_int_equal(send(fd, request, strlen(request), 0), strlen(request));
    read_all(s, fd, out);
    close(fd);
}

#define CLOSE "Host: localhost\r\nConnection: close\r\n"

static void check_answer(struct scene *s, const char *request, const char *head, const char *part)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    exchange(s, dial(s->path), request, &out);
    if (!str_starts(buf_str(&out), str_of(head)) || str_find(buf_str(&out), str_of(part)) == out.n)
        fail_msg("to %s came %s", request, buf_z(&out));
    buf_done(&out);
}

static void a_request_becomes_a_question_and_its_answer_json(void **state)
{
    check_answer(*state, "GET /api/v1/feeds?limit=3 HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200 OK",
                 "\"args\":{\"limit\":\"3\"}");
    check_answer(*state, "GET /metrics HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200 OK", "\r\n\r\nfeedwatch_up 1\n");
    check_answer(*state, "GET /api/v1/feeds/x%2Fy HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 404",
                 "{\"error\":\"no such feed\",\"next\":\"feeds list\"}");
    check_answer(*state, "GET /healthz HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 503", "\"ok\":false");
}

static void a_body_reaches_the_question_in_pieces(void **state)
{
    check_answer(*state,
                 "POST /api/v1/feeds HTTP/1.1\r\n" CLOSE "Transfer-Encoding: chunked\r\n\r\n"
                 "7\r\n{\"url\":\r\n5\r\n\"x\"} \r\n0\r\n\r\n",
                 "HTTP/1.1 200 OK", "\"url\":\"x\"");
    check_answer(*state, "POST /api/v1/feeds HTTP/1.1\r\n" CLOSE "Content-Length: 3\r\n\r\n{x}", "HTTP/1.1 400",
                 "the body is no JSON");
}

static void a_body_past_the_cap_is_refused_by_its_length(void **state)
{
    struct scene *s = *state;
    check_answer(s, "POST /api/v1/opml HTTP/1.1\r\n" CLOSE "Content-Length: 67108865\r\n\r\n", "HTTP/1.1 413", "larger");
    assert_int_equal(s->control.asked, 0);
}

static const char alerts_request[] = "GET /api/v1/alerts HTTP/1.1\r\n" CLOSE "\r\n";

// Asks on a connection what is answered late, and returns it once the question has come.
static int ask_slowly_on(struct scene *s, int fd)
{
    size_t before = s->control.n_kept;
    s->control.is_slow = true;
    assert_int_equal(send(fd, alerts_request, strlen(alerts_request), 0), strlen(alerts_request));
    for (int turn = 0; turn < TURNS_MAX && s->control.n_kept == before; turn++)
        uv_run(&s->loop, UV_RUN_NOWAIT);
    assert_int_equal(s->control.n_kept, before + 1);
    return fd;
}

static int ask_slowly(struct scene *s) { return ask_slowly_on(s, dial(s->path)); }

// Reads what comes on a connection up to its end.
static void hear_out(struct scene *s, int fd, struct buf *out)
{
    buf_init(out, 1 << 20);
    read_all(s, fd, out);
    close(fd);
}

static void a_slow_answer_lets_the_connection_sleep_and_others_be_served(void **state)
{
    struct scene *s = *state;
    int fd = ask_slowly(s);
    s->control.is_slow = false;
    check_answer(s, "GET /api/v1/status HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200 OK", "\"verb\"");
    answer_late(&s->control);
    struct buf out;
    hear_out(s, fd, &out);
    assert_true(str_ends(buf_str(&out), S("\r\n\r\n{\"late\":true}\n")));
    buf_done(&out);
}

static void closing_answers_who_waits_and_survives_the_late_answer(void **state)
{
    struct scene *s = *state;
    int fd = ask_slowly(s);
    api_close(s->api, NULL, NULL);
    s->api = NULL;
    struct buf out;
    hear_out(s, fd, &out);
    assert_true(str_starts(buf_str(&out), S("HTTP/1.1 503")));
    answer_late(&s->control);
    buf_done(&out);
}

static void a_client_that_leaves_while_its_answer_is_made_costs_nothing(void **state)
{
    struct scene *s = *state;
    int fd = ask_slowly(s);
    close(fd);
    answer_late(&s->control);
    s->control.is_slow = false;
    check_answer(s, "GET /api/v1/status HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200 OK", "\"verb\"");
}

static void on_tick(uv_timer_t *timer) { ++*(int *)timer->data; }

// Turns the loop until a further question came; the bound is one of real time.
static void run_until_asked(struct scene *s, int before)
{
    enum { TICK_MS = 10, TICKS_MAX = 1000 };
    int ticks = 0;
    uv_timer_t tick = {.data = &ticks};
    uv_timer_init(&s->loop, &tick);
    uv_timer_start(&tick, on_tick, TICK_MS, TICK_MS);
    while (s->control.asked == before && ticks < TICKS_MAX)
        uv_run(&s->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&tick, NULL);
    uv_run(&s->loop, UV_RUN_NOWAIT);
    assert_true(s->control.asked > before); // who had found no place and left is asked for, too, where he is accepted
}

// All connections but `stay` of them wait for an answer and are closed by who asked, and so is one that no longer found
// a place; then somebody asks.
static void askers_leave(struct scene *s, int (*connect_to)(const char *place), const char *place, int stay)
{
    static const char health[] = "GET /api/v1/health HTTP/1.1\r\n" CLOSE "\r\n";
    int fds[API_CONNECTIONS_MAX + 1];
    struct buf out;
    for (int i = stay; i < API_CONNECTIONS_MAX; i++)
        fds[i] = ask_slowly_on(s, connect_to(place));
    fds[API_CONNECTIONS_MAX] = connect_to(place);
    assert_int_equal(send(fds[API_CONNECTIONS_MAX], alerts_request, strlen(alerts_request), 0), strlen(alerts_request));
    for (int turn = 0; turn < 100; turn++)
        uv_run(&s->loop, UV_RUN_NOWAIT);
    assert_int_equal(s->control.n_kept, API_CONNECTIONS_MAX);
    for (int i = stay; i <= API_CONNECTIONS_MAX; i++)
        close(fds[i]);
    s->control.is_slow = false;
    int before = s->control.asked, fd = connect_to(place);
    assert_int_equal(send(fd, health, strlen(health), 0), strlen(health));
    run_until_asked(s, before);
    hear_out(s, fd, &out);
    assert_true(str_starts(buf_str(&out), S("HTTP/1.1 200")));
    buf_done(&out);
}

static void those_who_left_before_their_answer_take_no_place(void **state)
{
    struct scene *s = *state;
    int fd = ask_slowly(s);
    askers_leave(s, dial, s->path, 1);
    answer_late(&s->control);
    struct buf out;
    hear_out(s, fd, &out);
    assert_true(str_ends(buf_str(&out), S("{\"late\":true}\n"))); // who stays has his answer
    buf_done(&out);
}

static void all_places_given_back_at_once_can_be_taken_again(void **state)
{
    struct scene *s = *state;
    int fds[API_CONNECTIONS_MAX];
    for (int i = 0; i < API_CONNECTIONS_MAX; i++)
        fds[i] = dial(s->path);
    for (int turn = 0; turn < 100; turn++)
        uv_run(&s->loop, UV_RUN_NOWAIT);
    for (int i = 0; i < API_CONNECTIONS_MAX; i++)
        close(fds[i]);
    check_answer(s, "GET /api/v1/status HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200 OK", "\"verb\"");
}

static void the_socket_is_for_owner_and_group(void **state)
{
    struct scene *s = *state;
    struct stat file;
    assert_int_equal(stat(s->path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0660);
}

static void a_second_daemon_is_refused_and_a_dead_ones_socket_replaced(void **state)
{
    struct scene *s = *state;
    struct api *second;
    struct api_options options = {.socket_path = s->path, .version = "1"};
    struct err err;
    assert_false(api_open(&second, &s->loop, &s->control, &options, &err));
    assert_true(str_ends(str_of(err.text), S("another feedwatchd answers there")));

    char left[96];
    snprintf(left, sizeof left, "%s/left", s->directory);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", left);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    options.socket_path = left;
    assert_true(api_open(&second, &s->loop, &s->control, &options, &err));
    api_close(second, NULL, NULL);
}

static void a_path_over_107_bytes_is_refused_with_that_reason(void **state)
{
    struct scene *s = *state;
    char path[109];
    memset(path, 'a', sizeof path - 1);
    path[0] = '/';
    path[108] = '\0';
    struct api *api;
    struct api_options options = {.socket_path = path, .version = "1"};
    struct err err;
    assert_false(api_open(&api, &s->loop, &s->control, &options, &err));
    assert_non_null(strstr(err.text, "108 bytes, the system allows 107"));
}

// Opens the TCP face; writes where.
static struct api *open_tcp(struct scene *s, char listen[64])
{
    struct api *tcp;
    struct err err;
    int port = 20000 + (int)(getpid() % 20000);
    struct api_options options = {.listen = listen, .version = "1"};
    bool is_open = false;
    for (int i = 0; i < 50 && !is_open; i++) { // another test may have the port
        snprintf(listen, 64, "127.0.0.1:%d", port + i);
        is_open = api_open(&tcp, &s->loop, &s->control, &options, &err);
    }
    assert_true(is_open);
    return tcp;
}

static int dial_tcp(const char *listen)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    uv_ip4_addr("127.0.0.1", atoi(strchr(listen, ':') + 1), &address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void those_who_left_take_no_place_over_tcp_either(void **state)
{
    struct scene *s = *state;
    char listen[64];
    struct api *tcp = open_tcp(s, listen);
    askers_leave(s, dial_tcp, listen, 0);
    answer_late(&s->control);
    api_close(tcp, NULL, NULL);
}

static void over_tcp_one_reads_only_and_only_as_us(void **state)
{
    struct scene *s = *state;
    char listen[64];
    struct api *tcp = open_tcp(s, listen);
    static const struct {
        const char *request, *head;
    } cases[] = {
        {"GET /api/v1/status HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200"},
        {"HEAD /api/v1/status HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200"},
        {"GET / HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200"},
        {"POST /api/v1/reload HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 403"},
        {"POST /api/v1/reload HTTP/1.1\r\n" CLOSE "Content-Length: 2\r\n\r\n{}", "HTTP/1.1 413"},
        {"GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", "HTTP/1.1 403"},
        {"GET /api/v1/status HTTP/1.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 400"},
        {"PUT /api/v1/log?level=error HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 403"},
        {"GET /api/v1/log?level=error HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out;
        buf_init(&out, 1 << 20);
        exchange(s, dial_tcp(listen), cases[i].request, &out);
        if (!str_starts(buf_str(&out), str_of(cases[i].head)))
            fail_msg("to %s came %s", cases[i].request, buf_z(&out));
        buf_done(&out);
    }
    api_close(tcp, NULL, NULL);
    enum control_verb read = s->control.verb; // of the last one, whose query says what a change would
    check_answer(s, "PUT /api/v1/log?level=error HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200", "\"level\":\"error\"");
    assert_int_not_equal(s->control.verb, read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_request_becomes_a_question_and_its_answer_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_body_reaches_the_question_in_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_body_past_the_cap_is_refused_by_its_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_slow_answer_lets_the_connection_sleep_and_others_be_served, set_up, tear_down),
        cmocka_unit_test_setup_teardown(closing_answers_who_waits_and_survives_the_late_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_client_that_leaves_while_its_answer_is_made_costs_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(those_who_left_before_their_answer_take_no_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(all_places_given_back_at_once_can_be_taken_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(those_who_left_take_no_place_over_tcp_either, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_socket_is_for_owner_and_group, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_second_daemon_is_refused_and_a_dead_ones_socket_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_path_over_107_bytes_is_refused_with_that_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(over_tcp_one_reads_only_and_only_as_us, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
