// SPDX-License-Identifier: MIT
//
// The command line of feedwatchctl, against a small table of its own.
#include "tests/tools/check.h"

#include "daemon/ctl/args.h"

static int run_nothing(const struct ctl_call *call)
{
    (void)call;
    return CTL_OK;
}

static int plain_nothing(int argc, char **argv)
{
    (void)argv;
    return argc;
}

static const struct ctl_option list_options[] = {
    {"state", "STATE", "", 0}, {"limit", "N", "", 'n'}, {"force", NULL, "", 'f'}, {0}};
static const struct ctl_command table[] = {
    {.group = "status", .words = "", .run = run_nothing},
    {.group = "feeds", .verb = "list", .words = "", .options = list_options, .run = run_nothing},
    {.group = "feeds", .verb = "why", .words = "FEED", .words_min = 1, .words_max = 1, .run = run_nothing},
    {.group = "feeds", .verb = "parse", .words = "FILE...", .plain = plain_nothing},
    {0},
};

enum { WORDS_MAX = 12 };

static void read_line(struct args *args, const char *line, char *store, size_t size)
{
    char *argv[WORDS_MAX + 1];
    int argc = 0;
    assert_true(strlen(line) < size);
    memcpy(store, line, strlen(line) + 1);
    for (char *word = store; word && argc < WORDS_MAX;) {
        argv[argc++] = word;
        word = strchr(word, ' ');
        if (word)
            *word++ = '\0';
    }
    argv[argc] = NULL;
    args_read(args, table, argc, argv);
}

static void a_wrong_line_says_what_and_what_was_meant(void **state)
{
    (void)state;
    static const struct {
        const char *line, *error;
    } cases[] = {
        {"ctl feed list", "there is no command \"feed\"; did you mean \"feeds\"?"},
        {"ctl feeds lst", "\"feeds\" has no command \"lst\"; did you mean \"list\"?"},
        {"ctl zzzzz", "there is no command \"zzzzz\""},
        {"ctl feeds list --stat ok", "there is no option \"--stat\" here; did you mean \"--state\"?"},
        {"ctl feeds list --state", "--state needs a value: --state STATE"},
        {"ctl feeds list --state=", "the value of --state is empty: --state STATE"},
        {"ctl feeds list --state  -f", "the value of --state is empty: --state STATE"},
        {"ctl feeds list -n=", "the value of --limit is empty: --limit N"},
        {"ctl --socket= status", "the value of --socket is empty: --socket PATH"},
        {"ctl feeds list --force=", "--force takes no value"},
        {"ctl feeds list --force=1", "--force takes no value"},
        {"ctl feeds list x", "\"feeds list\" takes no operands, found \"x\""},
        {"ctl feeds why", "\"feeds why\" needs FEED"},
        {"ctl feeds why a b", "\"feeds why\" takes FEED, found \"b\" too"},
        {"ctl status now", "\"status\" takes no operands, found \"now\""},
        {"ctl --sockt x status", "there is no option \"--sockt\" here; did you mean \"--socket\"?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char store[256];
        struct args args;
        read_line(&args, cases[i].line, store, sizeof store);
        assert_int_equal(args.kind, ARGS_WRONG);
        assert_str(str_of(args.err.text), cases[i].error);
        args_done(&args);
    }
}

static void options_stand_anywhere_in_every_form(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "ctl --json --socket /s feeds list --state ok -n 5", "ctl feeds list --state=ok --limit=5 --json --socket=/s",
        "ctl feeds --json list -n=5 --socket /s --state ok",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char store[256];
        struct args args;
        read_line(&args, lines[i], store, sizeof store);
        assert_int_equal(args.kind, ARGS_CALL);
        assert_true(args.call.is_json);
        assert_str(str_of(args.call.socket), "/s");
        assert_str(str_of(ctl_value(&args.call, "state")), "ok");
        assert_str(str_of(ctl_value(&args.call, "limit")), "5");
        assert_null(ctl_value(&args.call, "force"));
        args_done(&args);
    }
}

static void two_dashes_end_the_options(void **state)
{
    (void)state;
    char store[256];
    struct args args;
    read_line(&args, "ctl feeds why -- --json", store, sizeof store);
    assert_int_equal(args.kind, ARGS_CALL);
    assert_false(args.call.is_json);
    assert_int_equal(args.call.n_words, 1);
    assert_str(str_of(args.call.words[0]), "--json");
    args_done(&args);
}

static void a_lone_dash_is_an_operand(void **state)
{
    (void)state;
    char store[256];
    struct args args;
    read_line(&args, "ctl feeds why -", store, sizeof store);
    assert_int_equal(args.kind, ARGS_CALL);
    assert_str(str_of(args.call.words[0]), "-");
    args_done(&args);
}

static void help_is_of_the_program_a_group_or_a_command(void **state)
{
    (void)state;
    static const struct {
        const char *line, *group, *verb;
    } cases[] = {
        {"ctl", NULL, NULL},          {"ctl --help", NULL, NULL},          {"ctl help", NULL, NULL},
        {"ctl feeds", "feeds", NULL}, {"ctl feeds -h", "feeds", NULL},     {"ctl help feeds", "feeds", NULL},
        {"ctl feeds list --help", "feeds", "list"}, {"ctl help feeds why", "feeds", "why"},
        {"ctl feeds parse --help", "feeds", "parse"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char store[256];
        struct args args;
        read_line(&args, cases[i].line, store, sizeof store);
        assert_int_equal(args.kind, ARGS_HELP);
        assert_str(str_of(args.group), cases[i].group ? cases[i].group : "");
        assert_str(str_of(args.call.command ? args.call.command->verb : NULL), cases[i].verb ? cases[i].verb : "");
        args_done(&args);
    }
}

static void a_plain_command_gets_its_line_and_json_from_before_it(void **state)
{
    (void)state;
    char store[256];
    struct args args;
    read_line(&args, "ctl --json feeds parse --batch x.xml", store, sizeof store);
    assert_int_equal(args.kind, ARGS_CALL);
    assert_int_equal(args.plain_argc, 4);
    assert_str(str_of(args.plain_argv[0]), "parse");
    assert_str(str_of(args.plain_argv[1]), "--json");
    assert_str(str_of(args.plain_argv[2]), "--batch");
    assert_str(str_of(args.plain_argv[3]), "x.xml");
    assert_null(args.plain_argv[4]);
    args_done(&args);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_line_says_what_and_what_was_meant),
        cmocka_unit_test(options_stand_anywhere_in_every_form),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(a_lone_dash_is_an_operand),
        cmocka_unit_test(help_is_of_the_program_a_group_or_a_command),
        cmocka_unit_test(a_plain_command_gets_its_line_and_json_from_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
