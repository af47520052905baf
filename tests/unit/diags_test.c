// SPDX-License-Identifier: MIT
//
// What a person sees when a file is wrong, and of rules a log as well: every tests/golden/diags/NAME.rules and NAME.conf is read, compiled, tested
// and linted, and its diagnostics must be those of NAME.txt to the byte. To take over what is seen now:
//
//   FEEDWATCH_TOP=$PWD FEEDWATCH_UPDATE=1 build/tests/unit/diags_test && git diff tests/golden/diags
#include "tests/tools/check.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/config_schema.h"
#include "daemon/loader.h"
#include "rules/check.h"

enum { CASES_MIN = 40 };

static const struct conf_spec *const tables[] = {config_specs, rules_specs, NULL};

static void diagnose(const char *path, struct buf *out)
{
    struct conf conf;
    struct rules rules;
    struct diags ds;
    diags_init(&ds);
    conf_load(&conf, tables, str_of(path), &loader_files, &ds);
    rules_read(&rules, &conf, &loader_files, &ds);
    struct ruleset *set = ds.errors ? NULL : rules_compile(&rules, 1, &ds);
    if (set)
        rules_test(&rules, set, &ds);
    rules_lint(&rules, set, NULL, &ds);
    diags_sort(&ds);
    if (str_ends(str_of(path), S(".rules")))
        conf_hide(&ds, tables); // nothing of a rule is a secret
    diags_render(&ds, false, out);
    ruleset_unref(set);
    diags_done(&ds);
    rules_done(&rules);
    conf_done(&conf);
}

static void read_whole(const char *path, struct buf *out)
{
    FILE *file = fopen(path, "re");
    char piece[4096];
    size_t n;
    while (file && (n = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(out, str_make(piece, n));
    if (file)
        fclose(file);
}

static bool check_one(const char *path)
{
    struct buf found, expected, golden;
    buf_init(&found, 1 << 20);
    buf_init(&expected, 1 << 20);
    buf_init(&golden, 4096);
    diagnose(path, &found);
    buf_addf(&golden, "%.*s.txt", (int)(strrchr(path, '.') - path), path);
    read_whole(buf_z(&golden), &expected);
    bool is_same = str_eq(buf_str(&found), buf_str(&expected));
    if (!is_same && getenv("FEEDWATCH_UPDATE")) {
        FILE *file = fopen(buf_z(&golden), "we");
        assert_non_null(file);
        fwrite(buf_z(&found), 1, found.n, file);
        fclose(file);
        is_same = true;
    }
    if (!is_same)
        print_error("%s\n--- expected\n%s--- found\n%s", path, buf_z(&expected), buf_z(&found));
    buf_done(&found);
    buf_done(&expected);
    buf_done(&golden);
    return is_same;
}

static void broken_files_are_told_as_written_down(void **state)
{
    (void)state;
    const char *top = getenv("FEEDWATCH_TOP");
    if (top)
        assert_int_equal(chdir(top), 0);
    glob_t files = {0};
    glob("tests/golden/diags/*.rules", 0, NULL, &files);
    glob("tests/golden/diags/*.conf", GLOB_APPEND, NULL, &files);
    assert_true(files.gl_pathc >= CASES_MIN);
    size_t wrong = 0;
    for (size_t i = 0; i < files.gl_pathc; i++)
        wrong += !check_one(files.gl_pathv[i]);
    globfree(&files);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(broken_files_are_told_as_written_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
