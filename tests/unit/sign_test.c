// SPDX-License-Identifier: MIT
//
// Signatures against the vector that the reference libraries' own tests use, and one made by another implementation.
#include "alerts/sign.h"

#include "tests/tools/check.h"

static struct sign_key key_of(const char *text)
{
    struct sign_key key;
    struct err err = {0};
    if (!sign_key_parse(str_of(text), &key, &err))
        fail_msg("%s", err.text);
    return key;
}

static void vectors_of_other_implementations_give_their_signatures(void **state)
{
    (void)state;
    static const struct {
        const char *secret, *id;
        int64_t timestamp_s;
        const char *body, *header;
    } cases[] = {
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}",
         "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        // Made with Python's hmac module.
        {"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "alr_0123456789abcdefghjkmnpqrs", 1795478400,
         "{\"type\":\"alert.matched\",\"title\":\"Пример — ok\"}", "v1,f1OgzaSdSDef3eU8UqSzq6E6CQ51y6wSr/yKm6O2CaI="},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sign_key key = key_of(cases[i].secret);
        struct buf header;
        buf_init(&header, 1024);
        sign_header(&key, 1, str_of(cases[i].id), cases[i].timestamp_s, str_of(cases[i].body), &header);
        assert_str(buf_str(&header), cases[i].header);
        assert_true(sign_verify(&key, str_of(cases[i].id), cases[i].timestamp_s, str_of(cases[i].body),
                                buf_str(&header), cases[i].timestamp_s + 10));
        buf_done(&header);
    }
}

static void both_keys_sign_while_they_rotate(void **state)
{
    (void)state;
    struct sign_key keys[] = {key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                              key_of("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")};
    struct buf header;
    buf_init(&header, 1024);
    sign_header(keys, 2, S("id"), 100, S("body"), &header);
    assert_true(sign_verify(&keys[0], S("id"), 100, S("body"), buf_str(&header), 100));
    assert_true(sign_verify(&keys[1], S("id"), 100, S("body"), buf_str(&header), 100));
    assert_int_equal(header.n, 2 * 47 + 1);
    buf_done(&header);
}

static void anything_changed_is_refused(void **state)
{
    (void)state;
    struct sign_key key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    struct buf header;
    buf_init(&header, 1024);
    sign_header(&key, 1, S("id"), 1000, S("body"), &header);
    struct str h = buf_str(&header);
    assert_true(sign_verify(&key, S("id"), 1000, S("body"), h, 1300));
    assert_false(sign_verify(&key, S("id"), 1000, S("body"), h, 1301)); // too old
    assert_false(sign_verify(&key, S("id"), 1000, S("body"), h, 699));  // of the future
    assert_false(sign_verify(&key, S("ie"), 1000, S("body"), h, 1000));
    assert_false(sign_verify(&key, S("id"), 1001, S("body"), h, 1000));
    assert_false(sign_verify(&key, S("id"), 1000, S("bodY"), h, 1000));
    assert_false(sign_verify(&key, S("id"), 1000, S("body"), str_from(h, 1), 1000));
    assert_false(sign_verify(&key, S("id"), 1000, S("body"), S(""), 1000));
    buf_done(&header);
}

static void secrets_outside_24_to_64_bytes_are_refused_and_never_repeated(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", "empty"},
        {"  \n", "empty"},
        {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "does not begin with whsec_"},
        {"whsec_", "0 bytes"},
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa==", "22 bytes"},
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS=", "23 bytes"},
        {"whsec_MfKQ9r8G KYqrTwjUPD8ILPZIo2LaLaSw", "not base64"},
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwA", "not base64"},
        {"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
         "65 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sign_key key;
        struct err err = {0};
        assert_false(sign_key_parse(str_of(cases[i].text), &key, &err));
        if (!strstr(err.text, cases[i].expected) || strstr(err.text, "MfKQ"))
            fail_msg("%s: %s", cases[i].text, err.text);
    }
}

static void a_secret_may_end_with_a_newline_and_have_24_or_64_bytes(void **state)
{
    (void)state;
    assert_int_equal(key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").n, 24);
    assert_int_equal(key_of("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                            "AAAAAA==").n, 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_other_implementations_give_their_signatures),
        cmocka_unit_test(both_keys_sign_while_they_rotate),
        cmocka_unit_test(anything_changed_is_refused),
        cmocka_unit_test(secrets_outside_24_to_64_bytes_are_refused_and_never_repeated),
        cmocka_unit_test(a_secret_may_end_with_a_newline_and_have_24_or_64_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
