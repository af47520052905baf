// SPDX-License-Identifier: MIT
//
// What a configuration remembers of its files, and when a watched one is to be read again.
#include "tests/tools/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "daemon/config.h"
#include "tests/tools/folder.h"

static const struct file_stamp first = {true, 1000000001, 1000000001, 10, 7, 1};

static void looks(const struct file_stamp *stamps, size_t n, const char *expected, const char *why)
{
    struct watched_file watched = {S("x"), first};
    const struct config_memory memory = {.watched = &watched, .n_watched = 1};
    struct file_watch watch;
    char found[32] = "";
    file_watch_init(&watch, &memory);
    for (size_t i = 0; i < n; i++) {
        size_t which = 9;
        found[i] = file_watch_look(&watch, &stamps[i], &which) ? '!' : '.';
        if (found[i] == '!')
            assert_int_equal(which, 0);
    }
    file_watch_done(&watch);
    if (strcmp(found, expected) != 0)
        fail_msg("%s: %s, not %s", why, found, expected);
}

static void a_change_is_taken_once_it_has_settled(void **state)
{
    (void)state;
    struct file_stamp a = first, same_second = first, renamed = first, longer = first, touched = first;
    const struct file_stamp gone = {0};
    same_second.modified_ns++;
    renamed.inode++;
    longer.bytes++;
    touched.changed_ns++;
#define LOOKS(expected, why, ...) \
    looks((const struct file_stamp[]){__VA_ARGS__}, sizeof(expected) - 1, expected, why)
    LOOKS("...", "nothing changes", a, a, a);
    LOOKS(".!..", "changed in the same second", same_second, same_second, same_second, same_second);
    LOOKS("...!.", "written for a while", same_second, longer, touched, touched, touched);
    LOOKS(".!.", "renamed into its place, as old and as long", renamed, renamed, renamed);
    LOOKS(".!..", "gone: told once", gone, gone, gone, gone);
    LOOKS(".!..!", "gone and back as it was", gone, gone, gone, a, a);
    LOOKS("....", "changed and changed back before it settled", longer, a, a, a);
    LOOKS(".!.!", "changed twice", longer, longer, touched, touched);
}

static void put(const char *folder, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_true(file_write(path, str_of(text)));
}

static struct config *load(const char *folder, const struct config *like, size_t *out_errors)
{
    char path[256];
    struct diags ds;
    diags_init(&ds);
    snprintf(path, sizeof path, "%s/feedwatch.conf", folder);
    struct config *config = like ? config_load_lists(like, 2, &ds) : config_load(path, 1, &ds);
    *out_errors = ds.errors;
    diags_done(&ds);
    return config;
}

static void lists_are_read_again_and_nothing_else(void **state)
{
    (void)state;
    char folder[] = "/tmp/feedwatch-memory-XXXXXX";
    size_t errors;
    assert_non_null(mkdtemp(folder));
    put(folder, "feedwatch.conf", "include *.rules\n");
    put(folder, "a.rules", "list l file l.txt\nrule a {\n when @l\n}\n");
    put(folder, "l.txt", "one\n");
    struct config *config = load(folder, NULL, &errors);
    assert_int_equal(errors, 0);
    assert_int_equal(config->memory.n_watched, 1);

    put(folder, "a.rules", "rule broken {\n"); // in the middle of an edit
    put(folder, "b.rules", "rule b {\n when b\n}\n");
    put(folder, "l.txt", "one\ntwo\n");
    struct config *next = load(folder, config, &errors);
    config_unref(config); // what was remembered is copied
    assert_int_equal(errors, 0);
    assert_true(next->is_usable);
    assert_int_equal(ruleset_count(next->rules), 1);
    assert_int_equal(next->rule_files.lists[0].n_phrases, 2);

    struct config *third = load(folder, next, &errors); // a copy of a copy
    assert_int_equal(errors, 0);
    config_unref(next);
    put(folder, "l.txt", "# none\n");
    struct config *emptied = load(folder, third, &errors);
    assert_int_equal(errors, 1);
    assert_false(emptied->is_usable);
    config_unref(emptied);
    config_unref(third);
    config = load(folder, NULL, &errors); // a whole load sees the edit
    assert_true(errors > 0);
    config_unref(config);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_taken_once_it_has_settled),
        cmocka_unit_test(lists_are_read_again_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
