// SPDX-License-Identifier: MIT
//
// What rules say after `feeds` and nobody has: told with its place, and never of what a feed has after all.
#include "tests/tools/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/scopes.h"
#include "tests/tools/folder.h"

#define FEED(more) "feed https://news.example/a.xml {\n tags world wire\n " more "\n}\n"
#define RULE(scope) "rule truce {\n when truce\n feeds " scope "\n}\n"

struct stage {
    char folder[40];
    struct config *config;
    struct scopes *scopes;
    struct shard *shards[2];
    struct diags diags, told;
};

static void open_stage(struct stage *s, const char *text)
{
    char path[128];
    *s = (struct stage){0};
    snprintf(s->folder, sizeof s->folder, "/tmp/feedwatch-scopes-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    snprintf(path, sizeof path, "%s/feedwatch.conf", s->folder);
    assert_true(file_write(path, str_of(text)));
    diags_init(&s->diags);
    diags_init(&s->told);
    s->config = config_load(path, 1, &s->diags);
    assert_true(s->config->is_usable);
    s->scopes = scopes_open(s->config);
    for (int i = 0; i < 2; i++)
        s->shards[i] = shard_open(&shard_limits_default, (struct now){0}, 1);
}

static void close_stage(struct stage *s)
{
    for (int i = 0; i < 2; i++)
        shard_close(s->shards[i]);
    diags_done(&s->told);
    scopes_close(s->scopes);
    diags_done(&s->diags);
    config_unref(s->config);
    folder_remove(s->folder);
}

// Puts the configuration's own feeds into the first shard, under the title they gave themselves.
static void put_own(struct stage *s, const char *title)
{
    for (size_t i = 0; i < s->config->n_feeds; i++) {
        const struct config_feed *f = &s->config->feeds[i];
        const struct feed feed = {.id = f->id, .first_url = f->url, .url = f->url, .options = &f->options,
                                  .title = str_of(title)};
        shard_put(s->shards[0], &feed, (struct now){0});
    }
}

// Shows "LINE:COLUMN LEVEL MESSAGE; HELP" for each, a line each.
static void check_told(struct stage *s, const char *why, const char *expected)
{
    static const char *const levels[] = {"error", "warning", "note"};
    struct buf out;
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < s->told.n; i++) {
        const struct diag *d = &s->told.list[i];
        uint32_t line, column;
        source_place(d->source, d->at, &line, &column);
        buf_addf(&out, "%s%u:%u %s %.*s; %.*s", i ? "\n" : "", line, column, levels[d->level], STR_ARG(d->message),
                 STR_ARG(d->help));
    }
    if (strcmp(buf_z(&out), expected) != 0)
        fail_msg("%s: found\n%s\nexpected\n%s", why, buf_z(&out), expected);
    buf_done(&out);
}

static void what_a_feed_of_the_configuration_has_is_not_told(void **state)
{
    (void)state;
    static const char *const texts[] = {
        FEED("name \"World\"") RULE("tag:world"), FEED("name \"World\"") RULE("tag:wire name:\"World\""),
        FEED("name \"World\"") "rule truce {\n when truce\n}\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct stage s;
        open_stage(&s, texts[i]);
        assert_false(scopes_are_open(s.scopes));
        scopes_note(s.config, &s.told);
        check_told(&s, texts[i], "");
        close_stage(&s);
    }
}

#define BY_HAND "; feeds that were added by hand may have it: feedwatchctl rules list asks the daemon"

static void the_configuration_alone_gives_a_note(void **state)
{
    (void)state;
    static const struct { const char *text, *told; } cases[] = {
        {FEED("name A") RULE("tag:wrld"), "7:8 note no feed of the configuration has the tag wrld; did you mean world?" BY_HAND},
        {FEED("name A") RULE("tag:world tag:economics"),
         "7:18 note no feed of the configuration has the tag economics; the tags are world, wire" BY_HAND},
        {RULE("tag:x"), "3:8 note no feed of the configuration has the tag x; no feed has a tag" BY_HAND},
        {FEED("name Wolrd") RULE("name:World"), "7:8 note no feed of the configuration has the name World; did you mean Wolrd?" BY_HAND},
        {FEED("every 5m") RULE("name:World"),
         "7:8 note no feed of the configuration has the name World; no feed has a name; 1 feed may still tell a name" BY_HAND},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stage s;
        open_stage(&s, cases[i].text);
        scopes_note(s.config, &s.told);
        check_told(&s, cases[i].text, cases[i].told);
        assert_int_equal(s.told.warnings + s.told.errors, 0); // `check --strict` takes it
        close_stage(&s);
    }
}

static void after_all_shards_it_is_a_warning(void **state)
{
    (void)state;
    struct stage s;
    open_stage(&s, FEED("name A") RULE("tag:wrld name:B") "rule more {\n when grain\n feeds tag:wrld tag:wire\n}\n");
    put_own(&s, "The A");
    scopes_look(s.scopes, s.shards[0]);
    scopes_look(s.scopes, s.shards[1]);
    scopes_tell(s.scopes, true, &s.told);
    check_told(&s, "a tag and a name",
               "7:8 warning no feed has the tag wrld: the rule finds nothing; did you mean world?\n"
               "7:17 warning no feed has the name B: the rule finds nothing; did you mean A?\n"
               "11:8 warning no feed has the tag wrld; did you mean world?");
    close_stage(&s);
}

static void feeds_that_people_added_count(void **state)
{
    (void)state;
    static const struct str tags[] = {STR("wrld")};
    const struct feed_options options = {.tags = tags, .n_tags = 1};
    const struct feed added = {.id = 7, .first_url = S("https://b.example/"), .url = S("https://b.example/"),
                               .origin = ORIGIN_ADDED, .options = &options, .title = S("B")};
    struct stage s;
    open_stage(&s, FEED("name A") RULE("tag:wrld name:B"));
    put_own(&s, "The A");
    shard_put(s.shards[1], &added, (struct now){0});
    scopes_look(s.scopes, s.shards[0]);
    scopes_look(s.scopes, s.shards[1]);
    assert_false(scopes_are_open(s.scopes));
    scopes_tell(s.scopes, true, &s.told);
    check_told(&s, "added", "");
    close_stage(&s);
}

static void a_name_waits_for_feeds_that_have_not_told_theirs(void **state)
{
    (void)state;
    static const struct { const char *title, *why, *told; } cases[] = {
        {"", "no poll yet", "7:8 note no feed has the name World; no feed has a name; 1 feed may still tell a name"},
        {"World", "it is called so", ""},
        {"Economy", "it is not", "7:8 warning no feed has the name World: the rule finds "
                                 "nothing; the names are Economy"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stage s;
        open_stage(&s, FEED("every 5m") RULE("name:World"));
        put_own(&s, cases[i].title);
        scopes_look(s.scopes, s.shards[0]);
        scopes_look(s.scopes, s.shards[1]);
        scopes_tell(s.scopes, false, &s.told);
        assert_int_equal(s.told.n, s.told.warnings); // what the log says is sure
        diags_done(&s.told);
        diags_init(&s.told);
        scopes_tell(s.scopes, true, &s.told);
        check_told(&s, cases[i].why, cases[i].told);
        close_stage(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_feed_of_the_configuration_has_is_not_told),
        cmocka_unit_test(the_configuration_alone_gives_a_note),
        cmocka_unit_test(after_all_shards_it_is_a_warning),
        cmocka_unit_test(feeds_that_people_added_count),
        cmocka_unit_test(a_name_waits_for_feeds_that_have_not_told_theirs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
