// SPDX-License-Identifier: MIT
//
// Payloads obey docs/alert.schema.json, keep their size, and say what they should.
#include "alerts/render.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/tools/check.h"
#include "tests/tools/match_maker.h"
#include "tests/tools/schema.h"

static const struct render_context context = {STR("watch-1"), STR("0.1.0")};

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct match_maker));
    match_maker_init(*state);
    return 0;
}

static int tear_down(void **state)
{
    match_maker_done(*state);
    free(*state);
    return 0;
}

static json_t *load_schema(void)
{
    const char *top = getenv("FEEDWATCH_TOP");
    char path[4096];
    json_error_t error;
    snprintf(path, sizeof path, "%s/docs/alert.schema.json", top ? top : ".");
    json_t *schema = json_load_file(path, 0, &error);
    if (!schema)
        fail_msg("%s: %s (run it from the top, or set FEEDWATCH_TOP)", path, error.text);
    return schema;
}

// Checks a body against the schema and returns its `data`, borrowed from *out_root.
static json_t *checked(struct str body, json_t **out_root)
{
    json_error_t error;
    struct err err = {0};
    json_t *schema = load_schema();
    json_t *root = json_loadb(body.p, body.n, 0, &error);
    if (!root)
        fail_msg("%s: %.*s", error.text, STR_ARG(body));
    if (!schema_check(schema, schema, root, &err))
        fail_msg("%s\n%.*s", err.text, STR_ARG(body));
    json_decref(schema);
    *out_root = root;
    return json_object_get(root, "data");
}

static const char *text_at(json_t *data, const char *object, const char *name)
{
    return json_string_value(json_object_get(json_object_get(data, object), name));
}

static struct decision decide_one(struct match_maker *m, struct article *article)
{
    struct candidate *c = ARENA_NEW(&m->arena, struct candidate);
    *c = match_maker_candidate(m, article, &m->rule);
    struct decision d = match_maker_decide(m, &(struct decide_poll){0}, c, 1);
    render_decision(&context, &d, &m->arena);
    return d;
}

static void a_match_is_told_whole(void **state)
{
    struct match_maker *m = *state;
    static const struct str tags[] = {STR("war"), STR("mideast")};
    m->rule.tags = tags;
    m->rule.n_tags = 2;
    struct article *article = match_maker_article(m, 1, "Truce holds, envoys say");
    article->summary = S("Envoys met.");
    struct decision d = decide_one(m, article);
    json_t *root, *data = checked(d.rows[0].body, &root);
    assert_string_equal(json_string_value(json_object_get(root, "type")), "alert.matched");
    assert_string_equal(json_string_value(json_object_get(root, "timestamp")), "2026-11-24T00:00:00.000Z");
    assert_string_equal(text_at(data, "rule", "query"), "truce OR ceasefire");
    assert_string_equal(text_at(data, "article", "title"), "Truce holds, envoys say");
    assert_string_equal(text_at(data, "article", "summary"), "Envoys met.");
    assert_string_equal(text_at(data, "article", "date_trust"), "feed");
    assert_string_equal(text_at(data, "links", "silence"), "feedwatchctl silence add --for 2h 'rule=truce'");
    json_t *tag_list = json_object_get(json_object_get(data, "rule"), "tags");
    assert_string_equal(json_string_value(json_array_get(tag_list, 1)), "mideast");
    json_t *term = json_array_get(json_object_get(json_object_get(data, "match"), "terms"), 0);
    assert_string_equal(json_string_value(json_object_get(term, "text")), "Truce");
    assert_int_equal(json_integer_value(json_object_get(term, "end")), 5);
    json_decref(root);
}

static void dates_are_trusted_as_far_as_they_go(void **state)
{
    struct match_maker *m = *state;
    static const struct {
        enum date_state state;
        int64_t ahead_ms;
        const char *trust;
    } cases[] = {{DATE_OK, -1000, "feed"}, {DATE_OK, 1000, "future"}, {DATE_ABSURD, 90000000000, "future"},
                 {DATE_ABSENT, 0, "absent"}, {DATE_UNREADABLE, 0, "absent"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct article *article = match_maker_article(m, i + 1, "Truce holds");
        struct item *item = (struct item *)(uintptr_t)article->item;
        item->published = (struct date){.state = cases[i].state, .at = wall_add(m->now, cases[i].ahead_ms)};
        struct decision d = decide_one(m, article);
        json_t *root, *data = checked(d.rows[0].body, &root);
        assert_string_equal(text_at(data, "article", "date_trust"), cases[i].trust);
        json_decref(root);
    }
}

static void a_hostile_article_stays_within_the_cap_and_the_schema(void **state)
{
    struct match_maker *m = *state;
    static const unsigned char bytes[] = {0x01, 0xff, '"', '\\', 0xe2, 0x80, 0xa8, 0xc3};
    char *huge = arena_alloc(&m->arena, 1 << 20);
    for (size_t i = 0; i < 1 << 20; i++)
        huge[i] = (char)bytes[i % sizeof bytes];
    struct str text = {huge, 1 << 20};
    struct article *article = match_maker_article(m, 1, "Truce");
    struct item *item = (struct item *)(uintptr_t)article->item;
    article->title = article->summary = article->canonical_url = article->language = text;
    item->id = item->link = text;
    item->n_categories = item->n_enclosures = 1000;
    item->categories = ARENA_ARRAY(&m->arena, struct category, 1000);
    item->enclosures = ARENA_ARRAY(&m->arena, struct enclosure, 1000);
    for (size_t i = 0; i < 1000; i++) {
        item->categories[i].term = text;
        item->enclosures[i] = (struct enclosure){text, text, -1};
    }
    m->feed.title = m->feed.url = m->rule.query = m->rule.title = text;
    struct decision d = decide_one(m, article);
    assert_true(d.rows[0].body.n <= RENDER_BYTES_MAX);
    json_t *root, *data = checked(d.rows[0].body, &root);
    assert_string_equal(text_at(data, "article", "url"), ""); // half an address leads elsewhere
    json_decref(root);
}

static void a_long_article_is_shortened_to_the_usual_size(void **state)
{
    struct match_maker *m = *state;
    struct article *article = match_maker_article(m, 1, "Truce");
    char *text = arena_alloc(&m->arena, 60000);
    memset(text, 'x', 60000);
    article->summary = str_make(text, 60000);
    struct decision d = decide_one(m, article);
    assert_true(d.rows[0].body.n <= RENDER_BYTES);
    json_t *root, *data = checked(d.rows[0].body, &root);
    assert_int_equal(strlen(text_at(data, "article", "summary")), RENDER_SUMMARY_MAX + 3); // and an ellipsis
    json_decref(root);
}

static void the_story_and_its_members_are_told(void **state)
{
    struct match_maker *m = *state;
    decide_one(m, match_maker_article(m, 1, "Truce holds in the harbour city"));
    m->feed.id = 12;
    m->rule.name = S("another");
    struct decision d = decide_one(m, match_maker_article(m, 2, "Truce holds in the harbour city"));
    json_t *root, *data = checked(d.rows[0].body, &root);
    json_t *story = json_object_get(data, "story");
    assert_int_equal(json_integer_value(json_object_get(story, "size")), 2);
    json_t *member = json_array_get(json_object_get(story, "members"), 0);
    assert_string_equal(json_string_value(json_object_get(member, "url")), "https://a.example/1");
    assert_true(json_is_false(json_object_get(json_object_get(data, "alert"), "first_of_story")));
    json_decref(root);
}

static void notices_and_digests_obey_the_schema(void **state)
{
    struct match_maker *m = *state;
    struct decision d = {0};
    for (int kind = ALERT_FEED_BROKEN; kind < ALERT_KINDS; kind++) {
        bool is_feed = kind <= ALERT_FEED_REBASELINED;
        struct decide_notice notice = {.kind = (enum alert_kind)kind, .feed = is_feed ? &m->feed : NULL,
                                       .receiver = is_feed ? S("") : S("desk"), .since = m->now, .what = S("it is so")};
        decide_notice(&m->state, &notice, &m->receivers, m->now, &m->arena, &d);
    }
    struct alert held[DIGEST_ENTRIES_MAX] = {0};
    for (size_t i = 0; i < DIGEST_ENTRIES_MAX; i++)
        held[i] = (struct alert){.id = {1, i}, .title = S("A title of usual length, such as papers print them"),
                                 .url = S("https://news.example/2026/11/24/a-title-of-usual-length-such-as"),
                                 .feed_title = S("Example World"), .queued = m->now};
    struct decide_digest digest = {.rule = S("truce"), .receiver = &m->receiver[0], .held = held,
                                   .n_held = DIGEST_ENTRIES_MAX, .is_all = true};
    decide_digest(&m->state, &digest, m->now, &m->arena, &d);
    render_decision(&context, &d, &m->arena);
    for (size_t i = 0; i < d.n_alerts; i++) {
        json_t *root;
        checked(d.rows[i].body, &root);
        bool is_kept = d.rows[i].kind != ALERT_ENDPOINT_TEST; // only then there is something to show
        assert_int_equal(text_at(json_object_get(root, "data"), "links", "explain")[0] != '\0', is_kept);
        json_decref(root);
        assert_true(d.rows[i].body.n <= RENDER_BYTES);
    }
    assert_int_equal(d.n_alerts, 6);
}

static void equal_decisions_give_equal_bytes(void **state)
{
    struct match_maker *m = *state;
    struct decision d = decide_one(m, match_maker_article(m, 1, "Truce holds"));
    struct str again = render_standard(&context, &d.alerts[0], &m->arena);
    assert_true(str_eq(d.rows[0].body, again));
}

static void the_schema_checker_finds_what_is_wrong(void **state)
{
    struct match_maker *m = *state;
    struct err err = {0};
    struct decision d = decide_one(m, match_maker_article(m, 1, "Truce holds"));
    json_t *schema = load_schema(), *root, *data = checked(d.rows[0].body, &root);
    json_object_set_new(data, "surprise", json_true());
    assert_false(schema_check(schema, schema, root, &err));
    json_object_del(data, "surprise");
    json_object_set_new(json_object_get(data, "alert"), "seq", json_string("1"));
    assert_false(schema_check(schema, schema, root, &err));
    json_object_del(json_object_get(data, "alert"), "seq");
    assert_false(schema_check(schema, schema, root, &err));
    assert_non_null(strstr(err.text, "seq: missing"));
    json_decref(root);
    json_decref(schema);
}

static void formats_are_found_by_name(void **state)
{
    (void)state;
    assert_non_null(render_format_find(S("standard")));
    assert_null(render_format_find(S("telegraph")));
    assert_ptr_equal(render_format_at(0), render_format_find(S("standard")));
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_match_is_told_whole),
        T(dates_are_trusted_as_far_as_they_go),
        T(a_hostile_article_stays_within_the_cap_and_the_schema),
        T(a_long_article_is_shortened_to_the_usual_size),
        T(the_story_and_its_members_are_told),
        T(notices_and_digests_obey_the_schema),
        T(equal_decisions_give_equal_bytes),
        T(the_schema_checker_finds_what_is_wrong),
        T(formats_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
