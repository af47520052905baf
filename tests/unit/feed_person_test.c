// SPDX-License-Identifier: MIT
//
// feeds/person: one text -> a name and an address.
#include "tests/tools/check.h"

#include "feeds/build.h"

static void a_person_is_a_name_and_an_address_in_any_shape(void **state)
{
    (void)state;
    static const struct { const char *text, *name, *email, *why; } rows[] = {
        {"joe@x.example (Joe Doe)", "Joe Doe", "joe@x.example", "as RSS wants it"},
        {"Joe Doe (joe@x.example)", "Joe Doe", "joe@x.example", "the other way round"},
        {"Joe Doe <joe@x.example>", "Joe Doe", "joe@x.example", "as mail has it"},
        {"\"Doe, Joe\" <joe@x.example>", "Doe, Joe", "joe@x.example", "quoted"},
        {"Joe Doe [joe@x.example]", "Joe Doe", "joe@x.example", "square brackets"},
        {"Joe Doe &lt;joe@x.example&gt;", "Joe Doe", "joe@x.example", "escaped once too often"},
        {"joe@x.example Joe Doe", "Joe Doe", "joe@x.example", "nothing between"},
        {"Joe Doe, joe@x.example", "Joe Doe", "joe@x.example", "a comma between"},
        {"joe@x.example - Joe Doe", "Joe Doe", "joe@x.example", "a hyphen between"},
        {"Joe Doe: joe@x.example", "Joe Doe", "joe@x.example", "a colon between"},
        {"joe@x.example (Joe (the one) Doe)", "Joe (the one) Doe", "joe@x.example", "brackets in brackets"},
        {"joe@x.example (Joe", "Joe", "joe@x.example", "a bracket without an end"},
        {"joe@x.example ()", "", "joe@x.example", "brackets around nothing"},
        {"<joe@x.example>", "", "joe@x.example", "an address alone, in brackets"},
        {"joe+tag@sub.x-y.example", "", "joe+tag@sub.x-y.example", "an address alone"},
        {"Joe (mailto:joe@x.example?subject=hi)", "Joe", "joe@x.example", "a URI"},
        {"  joe@x.example\n (Joe) ", "Joe", "joe@x.example", "white space"},
        {"joe@x.example.", "", "joe@x.example", "a full stop is no part of a host"},
        {"Joe Doe", "Joe Doe", "", "a name alone"},
        {"(Joe Doe)", "Joe Doe", "", "a name in brackets"},
        {"Joe Doe (BBC)", "Joe Doe (BBC)", "", "brackets that belong to the name"},
        {"(Joe) Doe (BBC)", "(Joe) Doe (BBC)", "", "two pairs of brackets"},
        {"@joe", "@joe", "", "a handle"},
        {"@joe@x.example", "@joe@x.example", "", "a handle with its server"},
        {"Joe @ home", "Joe @ home", "", "a sign that stands alone"},
        {"", "", "", "nothing"},
        {"@", "@", "", "the sign alone"},
        {"(", "(", "", "a bracket alone"},
    };
    size_t failed = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct person p = person_read(str_of(rows[i].text));
        if (!str_eq(p.name, str_of(rows[i].name)) || !str_eq(p.email, str_of(rows[i].email))) {
            failed++;
            print_error("%s: \"%s\" is \"%.*s\" and \"%.*s\"\n", rows[i].why, rows[i].text, STR_ARG(p.name),
                        STR_ARG(p.email));
        }
    }
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_is_a_name_and_an_address_in_any_shape),
    };
    return cmocka_run_group_tests_name("feed_person", tests, NULL, NULL);
}
