// SPDX-License-Identifier: MIT
//
// What is kept of a receiver's answer: all but what leads to the receiver and opens it.
#include "tests/tools/check.h"

#include "daemon/delivery_parts.h"

static const struct config_receiver receiver = {
    .name = STR("chat"),
    .url = "https://me:pass%20word@chat.example/hooks/T0KEN-of-16-bytes/x?key=HUSH&n=1&sig=a%2Bb%3Dcd",
    .proxy = "http://pu:PROXYPW@p.example:1",
    .headers = {"Authorization: Bearer abcdefghijkl", "X-Key:  k3yk ", "X-Team: a"},
    .n_headers = 3,
};

static void check(const struct config_receiver *c, const char *answer, bool is_cut, const char *kept)
{
    struct buf out;
    buf_init(&out, 4096);
    delivery_hide(c, str_of(answer), is_cut, &out);
    assert_str(buf_str(&out), kept);
    buf_done(&out);
}

static void an_answer_loses_what_opens_its_receiver(void **state)
{
    (void)state;
    static const struct { const char *answer, *kept, *why; } cases[] = {
        {"Cannot POST /hooks/T0KEN-of-16-bytes/x", "Cannot POST ***", "the path"},
        {"/hooks/T0KEN-of-16-bytes/x?key=HUSH&n=1&sig=a%2Bb%3Dcd gone", "***?*** gone", "path and query"},
        {"no route \\/hooks\\/T0KEN-of-16-bytes\\/x", "no route \\/hooks\\/***\\/x", "as JSON of PHP has it"},
        {"unknown hook T0KEN-of-16-bytes", "unknown hook ***", "a piece of the path"},
        {"bad key HUSH, bad sig a%2Bb%3Dcd or a+b=cd", "bad key ***, bad sig *** or ***", "values, also decoded"},
        {"key=HUSH&amp;n=1", "key=***&amp;n=1", "as HTML has a query"},
        {"not pass%20word, not pass word", "not ***, not ***", "the password"},
        {"me:pass%20word", "***", "the login"},
        {"Bearer abcdefghijkl is revoked; abcdefghijkl", "*** is revoked; ***", "a header's value, and a word of it"},
        {"key k3yk", "key ***", "without the blanks around it"},
        {"PROXYPW pu:PROXYPW", "*** ***", "the proxy's"},
        {"a hook for chat.example", "a hook for chat.example", "what is shown anyway, and what is too short"},
        {"/hooks/other", "/hooks/other", "another path"},
        {"Cannot POST /hooks/T0KEN-of-16", "Cannot POST /hooks/T0KEN-of-16", "a whole answer with another path"},
        {"", "", "nothing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(&receiver, cases[i].answer, false, cases[i].kept);
}

static void the_cut_end_of_an_answer_gives_no_half_of_it(void **state)
{
    (void)state;
    check(&receiver, "Cannot POST /hooks/T0KEN-of-16", true, "Cannot POST ***");
    check(&receiver, "unknown T0KEN-of-1", true, "unknown ***");
    check(&receiver, "unknown T0", true, "unknown ***");
    check(&receiver, "unknown T", true, "unknown T"); // one letter tells nothing
    check(&receiver, "Cannot POST /hooks/T0KEN-of-16-bytes/x or", true, "Cannot POST *** or");
}

static void a_receiver_without_a_path_keeps_every_answer(void **state)
{
    (void)state;
    static const struct config_receiver root = {.name = STR("root"), .url = "http://127.0.0.1:9/"},
                                        bare = {.name = STR("bare"), .url = "http://127.0.0.1:9"};
    check(&root, "Cannot POST / at http://127.0.0.1:9/", false, "Cannot POST / at http://127.0.0.1:9/");
    check(&bare, "Cannot POST /", true, "Cannot POST /");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_loses_what_opens_its_receiver),
        cmocka_unit_test(the_cut_end_of_an_answer_gives_no_half_of_it),
        cmocka_unit_test(a_receiver_without_a_path_keeps_every_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
