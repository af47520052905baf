// SPDX-License-Identifier: MIT
//
// Golden feeds: tests/golden/feeds/NAME.feed (whatever its format) beside NAME.json, one feature or one defect each.
//
// NAME.json holds what is known of the transport ("url", "content_type") and what must come out ("expect"), in the
// form of `feedwatchctl feeds parse --json`. Of an object only the members that are named are compared (null: it must
// be absent); lists are compared whole. To add a test, add two files.
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/ctl/feeds_parse.h"
#include "feeds/parse.h"
#include "tests/tools/check.h"
#include "tests/tools/feed_file.h"

enum { PATH_TEXT_MAX = 512 };

static bool differ(const char *path, const json_t *expected, const json_t *actual)
{
    char *want = json_dumps(expected, JSON_ENCODE_ANY), *got = actual ? json_dumps(actual, JSON_ENCODE_ANY) : NULL;
    print_error("    %s\n      expected %s\n      found    %s\n", path, want, got ? got : "nothing");
    free(want);
    free(got);
    return false;
}

static bool matches(const char *path, const json_t *expected, const json_t *actual)
{
    char below[PATH_TEXT_MAX];
    bool is_good = true;
    if (json_is_null(expected))
        return actual == NULL || differ(path, expected, actual);
    if (json_is_object(expected) && json_is_object(actual)) {
        const char *name;
        const json_t *value;
        json_object_foreach((json_t *)(uintptr_t)expected, name, value) {
            snprintf(below, sizeof below, "%s.%s", path, name);
            is_good &= matches(below, value, json_object_get(actual, name));
        }
        return is_good;
    }
    if (json_is_array(expected) && json_is_array(actual) && json_array_size(expected) == json_array_size(actual)) {
        for (size_t i = 0; i < json_array_size(expected); i++) {
            snprintf(below, sizeof below, "%s[%zu]", path, i);
            is_good &= matches(below, json_array_get(expected, i), json_array_get(actual, i));
        }
        return is_good;
    }
    return json_equal(expected, actual) || differ(path, expected, actual);
}

static json_t *parse(struct str body, const json_t *golden)
{
    struct parse_options options = {
        .url = str_of(json_string_value(json_object_get(golden, "url"))),
        .content_type = str_of(json_string_value(json_object_get(golden, "content_type"))),
        .now = {1795478400000}, // 2026-11-24T00:00:00Z
    };
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    const struct document *doc = parse_whole(&options, body, &arena);
    struct buf out;
    buf_init(&out, SIZE_MAX);
    buf_add_char(&out, '{');
    feeds_parse_document_json(doc, &out);
    buf_add(&out, S(",\"entries\":["));
    for (size_t i = 0; i < doc->n_items; i++) {
        buf_add(&out, i ? S(",") : S(""));
        feeds_parse_item_json(&doc->items[i], &out);
    }
    buf_add(&out, S("]}"));
    json_t *whole = json_loadb(out.p, out.n, 0, NULL);
    buf_done(&out);
    arena_done(&arena);
    return whole;
}

struct count {
    size_t pairs, bad;
};

static void one_pair(void *context, const char *path)
{
    struct count *count = context;
    char golden_path[4096];
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    struct str body = feed_file_read(&arena, path);
    struct str stem = str_head(str_of(path), strlen(path) - strlen(".feed"));
    snprintf(golden_path, sizeof golden_path, "%.*s.json", STR_ARG(stem));
    json_error_t error;
    json_t *golden = json_load_file(golden_path, 0, &error);
    count->pairs++;
    if (!golden) {
        print_error("  %s: %s\n", golden_path, error.text);
        count->bad++;
    } else {
        json_t *found = parse(body, golden);
        if (!matches("", json_object_get(golden, "expect"), found)) {
            print_error("  %s; see it with:  build/feedwatchctl feeds parse --json %s\n", path, path);
            count->bad++;
        }
        json_decref(found);
    }
    json_decref(golden);
    arena_done(&arena);
}

static void golden_feeds_are_read_as_written_beside_them(void **state)
{
    (void)state;
    static const char *const suffixes[] = {".feed", NULL};
    const char *top = getenv("FEEDWATCH_TOP");
    char folder[4096];
    struct count count = {0};
    snprintf(folder, sizeof folder, "%s/tests/golden/feeds", top ? top : ".");
    feed_file_each(folder, suffixes, one_pair, &count);
    assert_true(count.pairs > 0);
    assert_int_equal(count.bad, 0);
}

static int set_up(void **state)
{
    (void)state;
    parse_library_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden_feeds_are_read_as_written_beside_them)};
    return cmocka_run_group_tests(tests, set_up, NULL);
}
