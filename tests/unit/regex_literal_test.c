// SPDX-License-Identifier: MIT
//
// rules/regex_literal: what each match of a regex holds in one word; and that the engine loses no match by it.
#include "tests/tools/check.h"

#include "base/fold.h"
#include "base/utf8.h"
#include "rules/regex_literal.h"
#include "tests/tools/rulebook.h"

struct row {
    const char *pattern, *literal, *why;
};

static void a_literal_is_what_every_match_holds(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"Cease", "cease", "in lower case"},
        {"ab", "", "too short to tell"},
        {"abc", "abc", "three are enough"},
        {"cease.?fire", "cease", "the longest, the first of equals"},
        {"\\bceasefires?\\b", "ceasefire", "an optional letter is none"},
        {"abcd*", "abc", "nor one that may not come"},
        {"abcd{0,3}e", "abc", "nor a counted one"},
        {"abcd+e", "abcd", "one or more is at least one"},
        {"abcd+?efghi", "efghi", "a lazy one too"},
        {"abcd|efgh", "", "a choice has none"},
        {"(abcd|x)efgh", "efgh", "but for what stands behind it"},
        {"(abcd)?efg", "efg", "a group may be optional"},
        {"abc(def)ghij", "ghij", "what is in a group does not count"},
        {"abc(?:x|y)", "abc", "a group without a number"},
        {"(?i)abc", "", "flags change how letters are read"},
        {"(?<name>x)abc", "", "a named group is not followed"},
        {"(*UTF)abc", "", "nor a verb"},
        {"[abc]def", "def", "a class is skipped"},
        {"[]a]bcd", "bcd", "] first in a class is a letter of it"},
        {"[^]a]bcd", "bcd", "and behind ^"},
        {"[[:alpha:]]bcd", "bcd", "a class in a class"},
        {"[\\]abc]def", "def", "an escape in a class"},
        {"[abc", "", "no end of a class"},
        {"\\d{3}-foo", "foo", "a class of digits"},
        {"\\x41bcd", "", "an escape of a letter"},
        {"\\Qa|b\\E", "", "a quotation"},
        {"abc\\.def", "abc", "a dot ends the word"},
        {"abc_def", "abc", "so does a _"},
        {"a{b|cdef}", "", "a brace that counts nothing hides no choice"},
        {"abc)", "", "a bracket too many"},
        {"\xD0\xB6" "abc", "abc", "letters of other scripts are left out"},
        {"abc\\", "", "an escape of nothing"},
        {"", "", "nothing"},
        {"terrorism", "terrori", "a service mark is sm, and no letter of a word"},
        {"atmosphere", "osphere", "a trade mark is tm"},
        {"atm", "", "and leaves too little"},
    };
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[REGEX_LITERAL_MAX];
        struct str got = regex_literal(str_of(rows[i].pattern), out);
        if (str_eq(got, str_of(rows[i].literal)))
            continue;
        print_error("/%s/ gives \"%.*s\", not \"%s\": %s\n", rows[i].pattern, STR_ARG(got), rows[i].literal, rows[i].why);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

// What the index relies on: ASCII letters and digits of a character's NFKC form stand in its folded form, in order.
static void folding_keeps_ascii_of_every_character(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (uint32_t code = 1; code <= 0x10FFFF; code++) {
        bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
        bool is_mark = code == 0x2120 || code == 0x2122; // of service and trade: no literal has their letters
        if (is_surrogate || is_mark)
            continue;
        char bytes[4];
        struct str s = str_make(bytes, utf8_encode(code, bytes));
        struct fold nfkc, folded;
        fold_next_nfkc(s, false, &nfkc);
        fold_next(s, &folded);
        size_t at = 0;
        for (size_t i = 0; i < nfkc.n; i++) {
            if (nfkc.codes[i] >= 0x80 || !char_is_alnum((char)nfkc.codes[i]))
                continue;
            while (at < folded.n && folded.codes[at] != (uint32_t)char_lower((char)nfkc.codes[i]))
                at++;
            wrong += folded.class != FOLD_WORD || at++ >= folded.n;
        }
    }
    assert_int_equal(wrong, 0);
}

static void a_regex_finds_what_no_word_holds_whole(void **state)
{
    (void)state;
    char body[600];
    memset(body, 'x', sizeof body);
    memcpy(body + 254, "needle", 6); // a run of letters is cut into words at 256
    body[599] = '\0';
    assert_true(rulebook_matches("/needle/", NULL, body));
    assert_true(rulebook_matches("/needle/ OR truce", NULL, body));
    assert_false(rulebook_matches("/needles/", NULL, body));
    assert_true(rulebook_matches("/need.e/", NULL, "need\u00ADle"));
    assert_true(rulebook_matches("/needle/", NULL, "\uFF4Eeedle"));
    assert_true(rulebook_matches("/NEEDLE/i", NULL, "needle"));
    assert_true(rulebook_matches("/needle/", NULL, "need\u200Ble-work"));
    assert_false(rulebook_matches("/needle/", NULL, "nee-dle"));
    assert_true(rulebook_matches("/needleTM/", NULL, "the needle\u2122"));
    assert_true(rulebook_matches("/aTMosphere/", NULL, "a\u2122osphere"));
    assert_true(rulebook_matches("truce -/needle/", NULL, "truce"));
    assert_false(rulebook_matches("truce -/needle/", NULL, "truce needles"));
}

// More than are searched for alone, and all of them, give the same.
static void many_regexes_of_one_text_are_all_found(void **state)
{
    (void)state;
    assert_true(rulebook_matches("/aaaa/ AND /bbbb/ AND /cccc/ AND /dddd/ AND /eeee/ AND /ffff/ AND /gg./", NULL,
                                 "aaaa bbbb cccc dddd eeee ffff ggx"));
    assert_false(rulebook_matches("/aaaa/ AND /bbbb/ AND /cccc/ AND /dddd/ AND /eeee/ AND /ffff/ AND /gg./", NULL,
                                  "aaaa bbbb cccc dddd eeee fff ggx"));
    assert_true(rulebook_matches("/aaaa/ NEAR/1 /bbbb/", NULL, "\u00E9t\u00E9 aaaa bbbb"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_literal_is_what_every_match_holds),
        cmocka_unit_test(folding_keeps_ascii_of_every_character),
        cmocka_unit_test(a_regex_finds_what_no_word_holds_whole),
        cmocka_unit_test(many_regexes_of_one_text_are_all_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
