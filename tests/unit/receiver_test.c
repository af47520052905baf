// SPDX-License-Identifier: MIT
//
// The receiver's books are right: each fault, each breach it is to notice, seen by posting to it with libcurl.
#include "tests/tools/check.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/tools/browser.h"
#include "tests/tools/receiver.h"
#include "tests/tools/signature.h"

// The example key, id, time and signature of the specification's own test vectors.
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define HOME "127.0.0.1"
enum { NOW_S = 1614265330 };

struct stage {
    uv_loop_t loop;
    struct receiver receiver;
    struct browser_page page;
    bool is_unanswered; // what is posted next: nobody will answer
    wall_t now;
    char journal[64];
};

static int setup(void **state)
{
    struct stage *s = mem_alloc(sizeof *s);
    uv_loop_init(&s->loop);
    s->now = (wall_t){(int64_t)NOW_S * 1000};
    receiver_init(&s->receiver, &s->loop, HOME, 0, SECRET, 1);
    s->receiver.daemon_clock = &s->now;
    snprintf(s->journal, sizeof s->journal, "/tmp/receiver_test.%ld", (long)getpid());
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct stage *s = *state;
    browser_page_done(&s->page);
    receiver_done(&s->receiver);
    assert_int_equal(uv_loop_close(&s->loop), 0);
    unlink(s->journal);
    mem_free(s);
    return 0;
}

static void sign(const char *id, int64_t at_s, const char *body, char out[64])
{
    unsigned char key[24], mac[32];
    EVP_DecodeBlock(key, (const unsigned char *)SECRET + 6, 32);
    struct buf content;
    buf_init(&content, 1 << 20);
    buf_addf(&content, "%s.%lld.%s", id, (long long)at_s, body);
    unsigned n = sizeof mac;
    HMAC(EVP_sha256(), key, sizeof key, (unsigned char *)content.p, content.n, mac, &n);
    memcpy(out, "v1,", sizeof "v1,");
    EVP_EncodeBlock((unsigned char *)out + 3, mac, sizeof mac);
    buf_done(&content);
}

static long post_raw(struct stage *s, const char *path, const char *id, int64_t at_s, const char *signature,
                     const char *body)
{
    char lines[3][160];
    snprintf(lines[0], sizeof lines[0], "webhook-id: %s", id);
    snprintf(lines[1], sizeof lines[1], "webhook-timestamp: %lld", (long long)at_s);
    snprintf(lines[2], sizeof lines[2], "webhook-signature: %s", signature);
    const char *headers[] = {lines[0], lines[1], lines[2], "Content-Type: application/json", NULL};
    browser_page_done(&s->page);
    // Half a second is for the one answer that never comes; a busy machine may need longer for those that do.
    struct browser_ask ask = {.url = receiver_url(&s->receiver, path), .headers = headers, .post = body,
                              .timeout_ms = s->is_unanswered ? 500 : 30000};
    browser_ask(&s->loop, &ask, &s->page);
    return s->page.result == CURLE_OK ? s->page.status : -(long)s->page.result;
}

static long post(struct stage *s, const char *id, const char *guid)
{
    char body[256], signature[64];
    snprintf(body, sizeof body, "{\"type\":\"alert.matched\",\"data\":{\"rule\":{\"name\":\"truce\"},"
             "\"article\":{\"guid\":\"%s\"}}}", guid);
    sign(id, s->now.ms / 1000, body, signature);
    return post_raw(s, "/hook", id, s->now.ms / 1000, signature, body);
}

static void signature_of_the_specification_is_accepted(void **state)
{
    struct stage *s = *state;
    assert_int_equal(post_raw(s, "/", "msg_p5jXN8AQM9LWM0D4loKWxJek", NOW_S,
                              "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "{\"test\": 2432232314}"), 204);
}

static void wrong_signatures_are_told_apart(void **state)
{
    struct stage *s = *state;
    char good[64], two[160];
    sign("a", NOW_S, "{}", good);
    snprintf(two, sizeof two, "v1,AAAA v1a,zzzz %s", good);
    assert_int_equal(post_raw(s, "/", "a", NOW_S, two, "{}"), 204);
    assert_int_equal(post_raw(s, "/", "a", NOW_S, good, "{ }"), 401);
    assert_int_equal(post_raw(s, "/", "b", NOW_S, good, "{}"), 401);
    assert_int_equal(post_raw(s, "/", "a", NOW_S + 1, good, "{}"), 401);
    sign("a", NOW_S - 301, "{}", good);
    assert_int_equal(post_raw(s, "/", "a", NOW_S - 301, good, "{}"), 401);
    assert_str(buf_str(&s->page.body), "webhook-timestamp is more than 5 minutes off");
    assert_int_equal(receiver_report(&s->receiver).bad_signatures, 4);
}

static void expected_alert_is_lost_until_it_is_accepted(void **state)
{
    struct stage *s = *state;
    receiver_expect(&s->receiver, "truce g1");
    receiver_plan(&s->receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 503, .times = 1});
    assert_int_equal(post(s, "id1", "g1"), 503);
    assert_int_equal(receiver_report(&s->receiver).lost, 1);
    assert_int_equal(post(s, "id1", "g1"), 204);
    assert_int_equal(receiver_report(&s->receiver).lost, 0);
    assert_int_equal(receiver_find(&s->receiver, "truce g1")->attempts, 2);
    assert_int_equal(post(s, "id2", "g2"), 204);
    assert_int_equal(receiver_report(&s->receiver).unexpected, 1);
}

static void one_key_under_two_ids_is_noticed(void **state)
{
    struct stage *s = *state;
    post(s, "id1", "g1");
    post(s, "id1", "g1");
    assert_int_equal(receiver_report(&s->receiver).two_ids, 0);
    assert_int_equal(receiver_report(&s->receiver).doubled, 1);
    post(s, "id2", "g1");
    assert_int_equal(receiver_report(&s->receiver).two_ids, 1);
}

static void changed_bytes_under_one_id_are_noticed(void **state)
{
    struct stage *s = *state;
    post(s, "id1", "g1");
    post(s, "id1", "g2");
    assert_int_equal(receiver_report(&s->receiver).changed_body, 1);
}

static void lost_ack_counts_as_accepted_and_its_repeat_as_right(void **state)
{
    struct stage *s = *state;
    receiver_plan(&s->receiver, (struct receiver_plan){.fault = RECEIVER_LOST_ACK, .times = 1});
    assert_true(post(s, "id1", "g1") < 0);
    assert_int_equal(receiver_acked(&s->receiver, "truce g1"), 1);
    assert_int_equal(post(s, "id1", "g1"), 204);
    assert_int_equal(receiver_report(&s->receiver).doubled, 0);
    assert_int_equal(receiver_report(&s->receiver).doubled_unsure, 1);
}

static void retry_before_retry_after_is_noticed(void **state)
{
    struct stage *s = *state;
    receiver_plan(&s->receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 429, .retry_after = "30",
                                                       .times = 1});
    assert_int_equal(post(s, "id1", "g1"), 429);
    assert_true(str_find(buf_str(&s->page.head), S("Retry-After: 30\r\n")) < s->page.head.n);
    s->now.ms += 29999;
    post(s, "id1", "g1");
    assert_int_equal(receiver_report(&s->receiver).early_retries, 1);
    s->now.ms += 1;
    post(s, "id1", "g1");
    assert_int_equal(receiver_report(&s->receiver).early_retries, 1);
}

static void faults_reach_the_sender_as_told(void **state)
{
    static const struct {
        struct receiver_plan plan;
        long expected;
        bool is_accepted;
        const char *why;
    } table[] = {
        {{.fault = RECEIVER_RESET}, -CURLE_RECV_ERROR, false, "reset"},
        {{.fault = RECEIVER_NO_ANSWER}, -CURLE_OPERATION_TIMEDOUT, false, "no answer"},
        {{.fault = RECEIVER_SLOW, .ms = 1}, 200, true, "slow"},
        {{.fault = RECEIVER_REDIRECT}, 307, false, "redirect"},
        {{.fault = RECEIVER_GARBAGE}, -CURLE_UNSUPPORTED_PROTOCOL, false, "no HTTP"},
        {{.fault = RECEIVER_STATUS, .status = 410}, 410, false, "gone"},
        {{.fault = RECEIVER_HUGE}, 200, true, "64 MiB of answer"},
        {{.fault = RECEIVER_CUT}, -CURLE_PARTIAL_FILE, true, "cut"},
        {{.fault = RECEIVER_STALL}, -CURLE_OPERATION_TIMEDOUT, true, "nothing more"},
    };
    struct stage *s = *state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        receiver_be_well(&s->receiver);
        receiver_plan(&s->receiver, table[i].plan);
        s->is_unanswered = table[i].expected == -CURLE_OPERATION_TIMEDOUT;
        long found = post(s, table[i].why[0] == 'n' ? table[i].why + 3 : table[i].why, table[i].why);
        if (found != table[i].expected)
            fail_msg("%s: found %ld, expected %ld", table[i].why, found, table[i].expected);
        char key[64];
        snprintf(key, sizeof key, "truce %s", table[i].why);
        assert_int_equal(receiver_acked(&s->receiver, key), table[i].is_accepted);
    }
}

static void request_after_410_is_noticed(void **state)
{
    struct stage *s = *state;
    receiver_plan(&s->receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 410, .times = 1});
    post(s, "id1", "g1");
    post(s, "id2", "g2");
    assert_int_equal(receiver_report(&s->receiver).after_gone, 1);
}

static void journal_is_recalled_by_the_next_life(void **state)
{
    struct stage *s = *state;
    struct err err;
    assert_true(receiver_journal(&s->receiver, s->journal, &err));
    post(s, "id1", "g1");
    receiver_plan(&s->receiver, (struct receiver_plan){.fault = RECEIVER_STATUS, .status = 500});
    post(s, "id2", "g2");

    struct receiver second;
    receiver_init(&second, &s->loop, "127.0.0.2", 0, SECRET, 1);
    assert_true(receiver_recall(&second, s->journal, &err));
    assert_int_equal(receiver_acked(&second, "truce g1"), 1);
    assert_int_equal(receiver_acked(&second, "truce g2"), 0);
    assert_int_equal(receiver_find(&second, "truce g2")->attempts, 1);
    receiver_done(&second);
}

static void short_and_missing_secrets_are_refused(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096);
    assert_int_equal(signature_secret(SECRET, &arena).n, 24);
    assert_int_equal(signature_secret("whsec_", &arena).n, 0);
    assert_int_equal(signature_secret("whsec_QUFBQQ==", &arena).n, 0);
    assert_int_equal(signature_secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &arena).n, 0);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(signature_of_the_specification_is_accepted, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_signatures_are_told_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(expected_alert_is_lost_until_it_is_accepted, setup, teardown),
        cmocka_unit_test_setup_teardown(one_key_under_two_ids_is_noticed, setup, teardown),
        cmocka_unit_test_setup_teardown(changed_bytes_under_one_id_are_noticed, setup, teardown),
        cmocka_unit_test_setup_teardown(lost_ack_counts_as_accepted_and_its_repeat_as_right, setup, teardown),
        cmocka_unit_test_setup_teardown(retry_before_retry_after_is_noticed, setup, teardown),
        cmocka_unit_test_setup_teardown(faults_reach_the_sender_as_told, setup, teardown),
        cmocka_unit_test_setup_teardown(request_after_410_is_noticed, setup, teardown),
        cmocka_unit_test_setup_teardown(journal_is_recalled_by_the_next_life, setup, teardown),
        cmocka_unit_test(short_and_missing_secrets_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
