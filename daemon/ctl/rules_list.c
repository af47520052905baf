// SPDX-License-Identifier: MIT
//
// rules list: the rules of the configuration, what they cost, and, where a daemon runs, what they found lately.
#include "daemon/ctl/client.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/answer.h"
#include "daemon/ctl/rule_files.h"
#include "daemon/ctl/say.h"
#include "daemon/ctl/show.h"
#include "daemon/ctl/table.h"

static json_t *json_of(const struct rule_files *files, const struct rule_entry *entry)
{
    const struct rule *rule = &entry->made.rule;
    struct rule_cost cost = ruleset_cost(files->set, ruleset_index(files->set, rule->name));
    json_t *tags = json_array();
    for (size_t i = 0; i < rule->n_tags; i++)
        json_array_append_new(tags, json_stringn(rule->tags[i].p, rule->tags[i].n));
    struct str severity = severity_name(rule->severity), title = rule->title.n ? rule->title : rule->name;
    return json_pack("{s:s%, s:s%, s:s%, s:o, s:I, s:b, s:i, s:i, s:i}", "name", rule->name.p, rule->name.n, "title",
                     title.p, title.n, "severity", severity.p, severity.n, "tags", tags, "tests",
                     (json_int_t)entry->n_tests, "always", cost.is_always, "keys", (int)cost.n_keys, "terms",
                     (int)cost.n_terms, "regexes", (int)cost.n_regexes);
}

static void add_cost(struct table *t, const json_t *rule)
{
    if (answer_flag(rule, "always"))
        table_cell(t, S("every article"));
    else if (answer_number(rule, "keys") == 1)
        table_cell(t, S("1 word"));
    else
        table_cellf(t, "1 of %lld words", (long long)answer_number(rule, "keys"));
}

static void file_row(const struct ctl_call *call, const json_t *rule, wall_t now, struct table *t)
{
    (void)call;
    (void)now;
    table_cell(t, answer_text(rule, "name"));
    table_cell(t, answer_text(rule, "severity"));
    show_count(t, rule, "tests");
    show_count(t, rule, "terms");
    add_cost(t, rule);
    table_cell(t, answer_text(rule, "title"));
}

// Without a daemon: what is known from the files alone.
static void render_files(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    static const struct table_column columns[] = {
        {"RULE", TABLE_LEFT, 12},   {"SEVERITY", TABLE_LEFT, 0}, {"TESTS", TABLE_RIGHT, 0}, {"TERMS", TABLE_RIGHT, 0},
        {"RUNS ON", TABLE_LEFT, 0}, {"TITLE", TABLE_LEFT, 12},
    };
    static const struct show_list list = {"rules", NULL, columns, sizeof columns / sizeof *columns, file_row};
    show_list(call, answer, &list, out);
}

static void hits_row(const struct ctl_call *call, const json_t *rule, wall_t now, struct table *t)
{
    (void)call;
    table_cell(t, answer_text(rule, "name"));
    table_cell(t, answer_text(rule, "severity"));
    show_count(t, rule, "hits_today");
    show_count(t, rule, "hits_7d");
    show_count(t, rule, "hits_30d");
    show_moment(t, answer_time(rule, "last_ms"), now, "never");
    add_cost(t, rule);
    table_cell(t, answer_text(rule, "title"));
}

// What no feed fits, as a line and its help.
static void add_finding(const struct ctl_call *call, const json_t *finding, struct buf *out)
{
    say_text(out, answer_text(finding, "file"));
    buf_addf(out, ":%lld:%lld: %s", (long long)answer_number(finding, "line"),
             (long long)answer_number(finding, "column"), say_mark(call, SAY_YELLOW));
    say_text(out, answer_text(finding, "level"));
    buf_addf(out, "%s: ", say_mark(call, SAY_PLAIN));
    say_text(out, answer_text(finding, "message"));
    buf_add(out, S("\n  "));
    say_text(out, answer_text(finding, "help"));
    buf_add_char(out, '\n');
}

static void render_hits(const struct ctl_call *call, const json_t *answer, struct buf *out)
{
    static const struct table_column columns[] = {
        {"RULE", TABLE_LEFT, 12},    {"SEVERITY", TABLE_LEFT, 0}, {"24 HOURS", TABLE_RIGHT, 0},
        {"7 DAYS", TABLE_RIGHT, 0},  {"30 DAYS", TABLE_RIGHT, 0}, {"LAST", TABLE_RIGHT, 0},
        {"RUNS ON", TABLE_LEFT, 0},  {"TITLE", TABLE_LEFT, 12},
    };
    static const struct show_list list = {"rules", NULL, columns, sizeof columns / sizeof *columns, hits_row};
    show_list(call, answer, &list, out);
    size_t i;
    json_t *finding;
    json_array_foreach(json_object_get(answer, "findings"), i, finding)
        add_finding(call, finding, out);
}

// Asks the daemon what the rules found and adds it to them.
static int add_hits(const struct ctl_call *call, json_t *answer)
{
    json_t *told = NULL, *rule;
    int code = client_ask(call, "GET", "/api/v1/rules", NULL, &told);
    if (code != CTL_OK)
        return code;
    size_t i;
    json_array_foreach(json_object_get(answer, "rules"), i, rule)
        json_object_update(rule, answer_in(told, "counts", json_string_value(json_object_get(rule, "name"))));
    json_object_set(answer, "now_ms", json_object_get(told, "now_ms"));
    json_object_set(answer, "findings", json_object_get(told, "findings"));
    json_decref(told);
    return CTL_OK;
}

int ctl_rules_list(const struct ctl_call *call)
{
    const char *path = ctl_value(call, "rules");
    struct rule_files files;
    int code = rule_files_open(&files, call, path);
    if (code == CTL_OK) {
        json_t *list = json_array();
        for (size_t i = 0; i < files.rules.n_entries; i++)
            json_array_append_new(list, json_of(&files, &files.rules.entries[i]));
        json_t *answer = json_pack("{s:o}", "rules", list);
        bool has_daemon = !path && client_is_up(call);
        if (has_daemon)
            code = add_hits(call, answer);
        if (code == CTL_OK)
            code = show_print(call, answer, has_daemon ? render_hits : render_files);
        json_decref(answer);
    }
    rule_files_done(&files);
    return code;
}
