// SPDX-License-Identifier: MIT
//
// Names to addresses, asked of a name server on the loop itself: what it is asked, what is made of its answers, how
// long they are kept, and what a new resolv.conf changes. The loop's time is set by hand; nothing sleeps.
#include "tests/tools/check.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/resolve.h"
#include "tests/tools/folder.h"

enum { TYPE_A = 1, TYPE_AAAA = 28, CODE_NO_NAME = 3, HEADER = 12, PACKET_MAX = 1400 };

// What the name server says of a name. Others it does not have.
static const struct zone {
    const char *name;
    int n4, n6;     // addresses 192.0.2.1, ... and 2001:db8::1, ...
    uint32_t ttl_s;
    bool is_silent; // it never answers
} zone[] = {
    {"both.example", 1, 1, 120, false},    {"four.example", 1, 0, 120, false},   {"six.example", 0, 1, 120, false},
    {"many.example", 12, 12, 120, false},  {"sixes.example", 2, 12, 120, false}, {"fours.example", 12, 1, 120, false},
    {"empty.example", 0, 0, 120, false},   {"zero.example", 1, 0, 0, false},     {"week.example", 1, 0, 604800, false},
    {"silent.example", 1, 1, 120, true},
};

struct server {
    uv_udp_t udp;
    const char *address;
    unsigned asked;  // packets
    bool is_silent;  // answers nobody
    unsigned char answer[PACKET_MAX];
    char buffer[PACKET_MAX];
};

struct stage {
    uv_loop_t loop;
    char folder[40], resolv_conf[80], hosts[80];
    struct resolve_files files;
    struct server server, other;
    struct resolve *resolve;
    unsigned told;
    uint64_t asked_ms, told_ms; // of the loop's time
    char addresses[RESOLVE_TEXT_BYTES], why[80];
};

// ---- the name server ----

static void put16(unsigned char **at, unsigned value)
{
    *(*at)++ = (unsigned char)(value >> 8);
    *(*at)++ = (unsigned char)value;
}

static void put_record(unsigned char **at, bool is_six, uint32_t ttl_s, int number)
{
    char text[64];
    put16(at, 0xc000 | HEADER); // the name that was asked for
    put16(at, is_six ? TYPE_AAAA : TYPE_A);
    put16(at, 1);
    put16(at, ttl_s >> 16);
    put16(at, ttl_s & 0xffff);
    put16(at, is_six ? 16 : 4);
    snprintf(text, sizeof text, is_six ? "2001:db8::%x" : "192.0.2.%d", (unsigned)number);
    assert_int_equal(inet_pton(is_six ? AF_INET6 : AF_INET, text, *at), 1);
    *at += is_six ? 16 : 4;
}

// Reads the name of a question; returns the place behind it.
static size_t read_name(const unsigned char *packet, size_t n, char *out)
{
    size_t at = HEADER, wrote = 0;
    while (at < n && packet[at] && at + packet[at] < n) {
        if (wrote)
            out[wrote++] = '.';
        memcpy(out + wrote, packet + at + 1, packet[at]);
        wrote += packet[at];
        at += packet[at] + 1U;
    }
    out[wrote] = '\0';
    return at + 1;
}

static size_t answer_to(struct server *s, const unsigned char *packet, size_t n)
{
    char name[PACKET_MAX];
    size_t end = read_name(packet, n, name) + 4;
    bool is_six = packet[end - 3] == TYPE_AAAA;
    const struct zone *found = NULL;
    for (size_t i = 0; i < sizeof zone / sizeof *zone; i++)
        if (strcmp(zone[i].name, name) == 0)
            found = &zone[i];
    if (s->is_silent || (found && found->is_silent))
        return 0;
    int records = !found ? 0 : is_six ? found->n6 : found->n4;
    memcpy(s->answer, packet, end);
    unsigned char *at = s->answer + 2;
    put16(&at, 0x8180U | (found ? 0 : CODE_NO_NAME));
    put16(&at, 1);
    put16(&at, (unsigned)records);
    put16(&at, 0);
    put16(&at, 0);
    at = s->answer + end;
    for (int i = 1; i <= records; i++)
        put_record(&at, is_six, found->ttl_s, i);
    return (size_t)(at - s->answer);
}

static void give_buffer(uv_handle_t *handle, size_t size, uv_buf_t *out)
{
    (void)size;
    struct server *s = handle->data;
    *out = uv_buf_init(s->buffer, sizeof s->buffer);
}

static void on_packet(uv_udp_t *udp, ssize_t n, const uv_buf_t *buf, const struct sockaddr *from, unsigned flags)
{
    (void)flags;
    struct server *s = udp->data;
    if (n <= HEADER || !from)
        return;
    s->asked++;
    size_t bytes = answer_to(s, (const unsigned char *)buf->base, (size_t)n);
    uv_buf_t out = uv_buf_init((char *)s->answer, (unsigned)bytes);
    if (bytes)
        assert_int_equal(uv_udp_try_send(udp, &out, 1, from), bytes);
}

// Returns its port; `port` 0 is any.
static uint16_t server_open(struct server *s, uv_loop_t *loop, const char *at, uint16_t port)
{
    struct sockaddr_in address;
    int length = sizeof address;
    uv_ip4_addr(at, port, &address);
    uv_udp_init(loop, &s->udp);
    s->udp.data = s;
    s->address = at;
    assert_int_equal(uv_udp_bind(&s->udp, (const struct sockaddr *)&address, 0), 0);
    assert_int_equal(uv_udp_getsockname(&s->udp, (struct sockaddr *)&address, &length), 0);
    assert_int_equal(uv_udp_recv_start(&s->udp, give_buffer, on_packet), 0);
    return ntohs(address.sin_port);
}

// ---- the stage ----

static void point_at(const struct stage *s, const struct server *server)
{
    char text[80];
    snprintf(text, sizeof text, "nameserver %s\n", server->address);
    assert_true(file_write(s->resolv_conf, str_of(text)));
}

static int setup(void **state)
{
    struct stage *s = mem_alloc(sizeof *s);
    struct err err;
    *state = s;
    snprintf(s->folder, sizeof s->folder, "/tmp/feedwatch-resolve-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    snprintf(s->resolv_conf, sizeof s->resolv_conf, "%s/resolv.conf", s->folder);
    snprintf(s->hosts, sizeof s->hosts, "%s/hosts", s->folder);
    uv_loop_init(&s->loop);
    uint16_t port = server_open(&s->server, &s->loop, "127.0.0.1", 0);
    server_open(&s->other, &s->loop, "127.0.0.2", port);
    s->files = (struct resolve_files){s->resolv_conf, s->hosts, port};
    point_at(s, &s->server);
    s->resolve = resolve_open(&s->loop, &s->files, &err);
    alarm(60); // an answer that never comes
    return s->resolve ? 0 : -1;
}

static int teardown(void **state)
{
    struct stage *s = *state;
    resolve_close(s->resolve);
    uv_close((uv_handle_t *)&s->server.udp, NULL);
    uv_close((uv_handle_t *)&s->other.udp, NULL);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&s->loop), 0); // nothing is left open
    alarm(0);
    folder_remove(s->folder);
    mem_free(s);
    return 0;
}

static void on_told(void *context, struct str addresses, const char *why)
{
    struct stage *s = context;
    s->told++;
    s->told_ms = uv_now(&s->loop);
    snprintf(s->addresses, sizeof s->addresses, "%.*s", STR_ARG(addresses));
    snprintf(s->why, sizeof s->why, "%s", why ? why : "");
}

static void wait_told(struct stage *s, unsigned told)
{
    while (s->told < told)
        uv_run(&s->loop, UV_RUN_ONCE);
}

static void wait_asked(struct stage *s, const struct server *server, unsigned asked)
{
    while (server->asked < asked)
        uv_run(&s->loop, UV_RUN_ONCE);
}

// Asks and waits for the answer. Returns how many packets it took.
static unsigned resolve_now(struct stage *s, const char *host)
{
    unsigned before = s->server.asked + s->other.asked, told = s->told;
    s->asked_ms = uv_now(&s->loop);
    (void)resolve_ask(s->resolve, str_of(host), on_told, s);
    wait_told(s, told + 1);
    return s->server.asked + s->other.asked - before;
}

// ---- the tests ----

static void both_families_come_in_one_answer_ipv6_first(void **state)
{
    struct stage *s = *state;
    static const struct { const char *host, *addresses, *why; } cases[] = {
        {"both.example", "2001:db8::1,192.0.2.1", ""},
        {"four.example", "192.0.2.1", ""},
        {"six.example", "2001:db8::1", ""},
        {"localhost", "127.0.0.1", ""}, // of hosts
        {"127.0.0.5", "127.0.0.5", ""},
        {"fours.example", "2001:db8::1,192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4,192.0.2.5,192.0.2.6,192.0.2.7", ""},
        {"sixes.example",
         "2001:db8::1,2001:db8::2,2001:db8::3,2001:db8::4,2001:db8::5,2001:db8::6,192.0.2.1,192.0.2.2", ""},
        {"many.example", "2001:db8::1,2001:db8::2,2001:db8::3,2001:db8::4,192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4", ""},
        {"missing.example", "", "Domain name not found"},
        {"empty.example", "", "DNS server returned answer with no data"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        resolve_now(s, cases[i].host);
        if (strcmp(cases[i].host, "localhost") == 0 && strstr(s->addresses, cases[i].addresses))
            continue; // hosts may have ::1 as well
        if (strcmp(s->addresses, cases[i].addresses) != 0 || strcmp(s->why, cases[i].why) != 0)
            fail_msg("%s: \"%s\" \"%s\"", cases[i].host, s->addresses, s->why);
    }
}

static void a_name_is_asked_once_however_many_wait(void **state)
{
    struct stage *s = *state;
    struct resolve_question *q[5];
    for (size_t i = 0; i < 5; i++)
        assert_non_null(q[i] = resolve_ask(s->resolve, S("both.example"), on_told, s));
    resolve_cancel(q[4]); // the first of the list, one within, the last
    resolve_cancel(q[2]);
    resolve_cancel(q[0]);
    wait_told(s, 2);
    assert_int_equal(s->server.asked, 2); // one packet a family
    assert_null(resolve_ask(s->resolve, S("both.example"), on_told, s)); // kept: told before it returns
    assert_int_equal(s->told, 3);
    assert_int_equal(s->server.asked, 2);
    resolve_cancel(NULL);
}

static void a_question_nobody_waits_for_still_fills_the_cache(void **state)
{
    struct stage *s = *state;
    resolve_cancel(resolve_ask(s->resolve, S("both.example"), on_told, s));
    resolve_now(s, "four.example");
    wait_asked(s, &s->server, 4);
    while (resolve_now(s, "both.example"))
        continue;
    assert_string_equal(s->addresses, "2001:db8::1,192.0.2.1");
    assert_int_equal(s->server.asked, 4);
}

static void an_answer_is_kept_for_its_ttl_within_bounds(void **state)
{
    struct stage *s = *state;
    static const struct { const char *host; uint64_t keep_ms; const char *why; } cases[] = {
        {"both.example", 120 * SECOND_MS, "as its server says"},
        {"zero.example", RESOLVE_TTL_MS_MIN, "at least"},
        {"week.example", RESOLVE_TTL_MS_MAX, "at most"},
        {"missing.example", RESOLVE_FAIL_MS, "a failure"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(resolve_now(s, cases[i].host) > 0);
        uint64_t answered = s->told_ms;
        s->loop.time = answered + cases[i].keep_ms - 1;
        if (resolve_now(s, cases[i].host) != 0)
            fail_msg("%s: asked again too early: %s", cases[i].host, cases[i].why);
        s->loop.time = answered + cases[i].keep_ms;
        if (resolve_now(s, cases[i].host) == 0)
            fail_msg("%s: kept for too long: %s", cases[i].host, cases[i].why);
    }
}

static void a_new_resolv_conf_is_taken_at_the_next_look(void **state)
{
    struct stage *s = *state;
    resolve_now(s, "both.example");
    uint64_t looked = s->asked_ms;
    point_at(s, &s->other);
    s->loop.time = looked + RESOLVE_LOOK_MS - 1;
    assert_int_equal(resolve_now(s, "both.example"), 0);
    s->loop.time = looked + RESOLVE_LOOK_MS;
    assert_int_equal(resolve_now(s, "both.example"), 2); // the cache is of the old server
    assert_int_equal(s->other.asked, 2);
}

static void what_is_being_asked_is_asked_anew_of_the_new_server(void **state)
{
    struct stage *s = *state;
    s->server.is_silent = true; // out of reach
    assert_non_null(resolve_ask(s->resolve, S("four.example"), on_told, s));
    struct resolve_question *gone = resolve_ask(s->resolve, S("six.example"), on_told, s);
    wait_asked(s, &s->server, 4);
    resolve_cancel(gone);
    uint64_t looked = uv_now(&s->loop);
    point_at(s, &s->other);
    s->loop.time = looked + RESOLVE_LOOK_MS;
    assert_non_null(resolve_ask(s->resolve, S("both.example"), on_told, s));
    wait_told(s, 2);
    assert_int_equal(s->server.asked, 4);
    assert_int_equal(s->other.asked, 6); // four, both, and the one that nobody waits for any more
}

static void a_half_written_or_missing_resolv_conf_stops_nothing(void **state)
{
    struct stage *s = *state;
    resolve_now(s, "both.example");
    uint64_t looked = uv_now(&s->loop);
    assert_int_equal(unlink(s->resolv_conf), 0);
    s->loop.time = looked + RESOLVE_LOOK_MS;
    struct resolve_question *q = resolve_ask(s->resolve, S("six.example"), on_told, s);
    point_at(s, &s->server); // it is there again
    s->loop.time = looked + 2 * RESOLVE_LOOK_MS;
    assert_non_null(resolve_ask(s->resolve, S("four.example"), on_told, s));
    wait_told(s, q ? 3 : 2);
    assert_string_equal(s->why, "");
}

static void closing_leaves_questions_unanswered(void **state)
{
    struct stage *s = *state;
    assert_non_null(resolve_ask(s->resolve, S("silent.example"), on_told, s));
    assert_non_null(resolve_ask(s->resolve, S("both.example"), on_told, s));
    wait_asked(s, &s->server, 2);
    unsigned told = s->told;
    resolve_close(s->resolve);
    s->resolve = NULL;
    for (int i = 0; i < 10; i++)
        uv_run(&s->loop, UV_RUN_NOWAIT);
    assert_int_equal(s->told, told);
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGE(both_families_come_in_one_answer_ipv6_first),
        ON_STAGE(a_name_is_asked_once_however_many_wait),
        ON_STAGE(a_question_nobody_waits_for_still_fills_the_cache),
        ON_STAGE(an_answer_is_kept_for_its_ttl_within_bounds),
        ON_STAGE(a_new_resolv_conf_is_taken_at_the_next_look),
        ON_STAGE(what_is_being_asked_is_asked_anew_of_the_new_server),
        ON_STAGE(a_half_written_or_missing_resolv_conf_stops_nothing),
        ON_STAGE(closing_leaves_questions_unanswered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
