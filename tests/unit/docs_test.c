// SPDX-License-Identifier: MIT
//
// The manual and help say what the programs do: every command and option, every message. The language of rules is in
// rules_manual_test.c.
#include "tests/tools/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "daemon/ctl/args.h"
#include "daemon/ctl/ctl.h"
#include "daemon/ctl/help.h"
#include "daemon/message_id.h"

static void file_read(const char *name, struct buf *out)
{
    const char *top = getenv("FEEDWATCH_TOP");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", top ? top : ".", name);
    buf_init(out, 1 << 20);
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s cannot be read", path);
    char piece[4096];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(out, str_make(piece, n));
    fclose(file);
}

static bool has(const struct buf *page, const char *text) { return str_find(buf_str(page), str_of(text)) < page->n; }

static void each_command_and_option_is_in_feedwatchctl_1(void **state)
{
    (void)state;
    struct buf page;
    file_read("docs/feedwatchctl.1", &page);
    for (const struct ctl_command *c = ctl_commands; c->group; c++) {
        char text[128];
        snprintf(text, sizeof text, ".It Cm %s%s%s", c->group, c->verb ? " " : "", c->verb ? c->verb : "");
        // The rules' commands stand in one item, with their own page.
        if (strcmp(c->group, "rules") == 0)
            continue;
        if (!has(&page, text))
            fail_msg("%s", text);
        for (const struct ctl_option *o = c->options; o && o->name; o++) {
            snprintf(text, sizeof text, "-%s", o->name);
            if (!has(&page, text))
                fail_msg("%s %s %s", c->group, c->verb ? c->verb : "", text);
        }
    }
    buf_done(&page);
}

static void help_ends_each_command_s_sentence_once(void **state)
{
    (void)state;
    for (const struct ctl_command *c = ctl_commands; c->group; c++) {
        struct buf help;
        buf_init(&help, 1 << 16);
        help_command(c, &help);
        size_t at = str_find_nocase(buf_str(&help), str_of(c->about)) + strlen(c->about);
        bool is_question = c->about[strlen(c->about) - 1] == '?';
        if (!str_starts(str_from(buf_str(&help), at), is_question ? S("\n") : S(".\n")))
            fail_msg("%s %s: %s", c->group, c->verb ? c->verb : "", buf_z(&help));
        buf_done(&help);
    }
}

static void the_journal_catalog_has_each_message_and_no_other(void **state)
{
    (void)state;
    static const char *const ids[] = {
        MESSAGE_ALERT,          MESSAGE_DIGEST,        MESSAGE_FEED_BROKEN, MESSAGE_FEED_RECOVERED,
        MESSAGE_FEED_REBASELINED, MESSAGE_FEED_GONE,   MESSAGE_FEED_MOVED,  MESSAGE_RECEIVER_DISABLED,
        MESSAGE_DELIVERY_DEAD,  MESSAGE_RELOADED,      MESSAGE_RELOAD_REFUSED, MESSAGE_STORE_TROUBLE,
    };
    struct buf catalog;
    file_read("systemd/feedwatchd.catalog", &catalog);
    size_t entries = 0;
    for (struct str rest = buf_str(&catalog); rest.p;)
        entries += str_starts(str_cut(&rest, '\n'), S("-- "));
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        if (!has(&catalog, ids[i]))
            fail_msg("%s", ids[i]);
    assert_int_equal(entries, sizeof ids / sizeof ids[0]);
    buf_done(&catalog);
}

// What the catalog tells a person to type is a command that there is. Fields stand for what the journal fills in.
static void the_journal_catalog_names_commands_that_there_are(void **state)
{
    (void)state;
    struct buf catalog;
    struct arena arena;
    size_t n = 0;
    arena_init(&arena, 1 << 20);
    file_read("systemd/feedwatchd.catalog", &catalog);
    for (struct str rest = buf_str(&catalog); rest.p;) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        if (!str_starts(line, S("feedwatchctl ")))
            continue;
        char *argv[16];
        int argc = 0;
        struct args args;
        for (struct str words = line; words.p && argc < 16;)
            argv[argc++] = arena_dupz(&arena, str_cut(&words, ' '));
        args_read(&args, ctl_commands, argc, argv);
        if (args.kind != ARGS_CALL)
            fail_msg("%.*s: %s", STR_ARG(line), args.err.text);
        args_done(&args);
        n++;
    }
    assert_true(n > 0);
    arena_done(&arena);
    buf_done(&catalog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_command_and_option_is_in_feedwatchctl_1),
        cmocka_unit_test(help_ends_each_command_s_sentence_once),
        cmocka_unit_test(the_journal_catalog_has_each_message_and_no_other),
        cmocka_unit_test(the_journal_catalog_names_commands_that_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
