// SPDX-License-Identifier: MIT
//
// rules match: items in, a line a item, the rules that match out. One JSON object a line each way:
//   {"id", "title", "description" (HTML), "lang"?, "link"?, "author"?, "categories"?, "feed"?, "tags"?}
//   {"id", "rules": [names], "tags": [of those rules]}
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/ctl/commands.h"
#include "daemon/ctl/answer.h"
#include "daemon/ctl/rule_files.h"
#include "daemon/ctl/say.h"
#include "feeds/html.h"

enum { ITEM_ARENA_BYTES = 64 << 20 };

struct matching {
    const struct ctl_call *call;
    const struct ruleset *set;
    struct match_scratch *scratch;
    struct arena arena;
};

static struct str plain(struct matching *m, struct str text, enum text_type type)
{
    const struct text t = {.body = text, .type = type};
    return html_text_of(&t, &m->arena).text;
}

// Reads a text or an array of texts.
static const struct str *texts(struct matching *m, const json_t *value, size_t *out_n)
{
    struct str *list = NULL;
    size_t n = 0, i;
    json_t *one;
    if (json_is_string(value))
        ARENA_PUSH(&m->arena, list, n, str_make(json_string_value(value), json_string_length(value)));
    json_array_foreach(value, i, one)
        ARENA_PUSH(&m->arena, list, n, str_make(json_string_value(one), json_string_length(one)));
    *out_n = n;
    return list;
}

static struct doc doc_of(struct matching *m, const json_t *item)
{
    struct doc doc = {
        .title = plain(m, answer_text(item, "title"), TEXT_PLAIN),
        .summary = plain(m, answer_text(item, "summary"), TEXT_HTML),
        .body = plain(m, answer_text(item, "description"), TEXT_HTML),
        .url = answer_text(item, "link"),
        .feed = answer_text(item, "feed"),
        .lang = answer_text(item, "lang"),
    };
    doc.authors = texts(m, json_object_get(item, "author"), &doc.n_authors);
    doc.categories = texts(m, json_object_get(item, "categories"), &doc.n_categories);
    doc.tags = texts(m, json_object_get(item, "tags"), &doc.n_tags);
    return doc;
}

static void add_unique(json_t *list, struct str text)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
        if (str_eq(str_make(json_string_value(one), json_string_length(one)), text))
            return;
    json_array_append_new(list, json_stringn(text.p, text.n));
}

static int match_item(struct matching *m, const json_t *item)
{
    struct matches matches = {0};
    arena_reset(&m->arena);
    struct doc doc = doc_of(m, item);
    match_run(m->set, m->scratch, &doc, &m->arena, &matches);
    json_t *names = json_array(), *tags = json_array();
    for (size_t i = 0; i < matches.n; i++) {
        const struct rule *rule = matches.list[i].rule;
        json_array_append_new(names, json_stringn(rule->name.p, rule->name.n));
        for (size_t j = 0; j < rule->n_tags; j++)
            add_unique(tags, rule->tags[j]);
    }
    json_t *id = json_object_get(item, "id");
    json_t *answer = json_pack("{s:O?, s:o, s:o}", "id", id, "rules", names, "tags", tags);
    struct buf line;
    buf_init(&line, SAY_BYTES_MAX);
    say_json_line(answer, false, &line);
    int code = say(&line);
    buf_done(&line);
    json_decref(answer);
    return code;
}

static int match_lines(struct matching *m, FILE *file, const char *name)
{
    char *line = NULL;
    size_t room = 0, number = 0;
    ssize_t n;
    int code = CTL_OK;
    while (code == CTL_OK && (n = getline(&line, &room, file)) >= 0) {
        number++;
        if (str_trim(str_make(line, (size_t)n)).n == 0)
            continue;
        json_error_t why;
        json_t *item = json_loadb(line, (size_t)n, JSON_ALLOW_NUL, &why);
        if (json_is_object(item))
            code = match_item(m, item);
        else
            code = say_error(m->call, CTL_REFUSED, NULL, "%s:%zu: expected a JSON object a line: %s", name, number,
                             item ? "this is another value" : why.text);
        json_decref(item);
    }
    if (code == CTL_OK && ferror(file))
        code = say_error(m->call, CTL_NOT_FOUND, NULL, "%s: %s", name, strerror(errno));
    free(line);
    return code;
}

int ctl_rules_match(const struct ctl_call *call)
{
    const char *path = call->n_words ? call->words[0] : "-";
    bool is_stdin = strcmp(path, "-") == 0;
    struct rule_files files;
    int code = rule_files_open(&files, call, ctl_value(call, "rules"));
    FILE *file = NULL;
    if (code == CTL_OK && !(file = is_stdin ? stdin : fopen(path, "re")))
        code = say_error(call, CTL_NOT_FOUND, NULL, "%s: %s", path, strerror(errno));
    if (code == CTL_OK) {
        struct matching m = {.call = call, .set = files.set, .scratch = match_scratch_new()};
        arena_init(&m.arena, ITEM_ARENA_BYTES);
        code = match_lines(&m, file, is_stdin ? "standard input" : path);
        arena_done(&m.arena);
        match_scratch_free(m.scratch);
    }
    if (file && !is_stdin)
        fclose(file);
    rule_files_done(&files);
    return code;
}
