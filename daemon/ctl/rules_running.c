// SPDX-License-Identifier: MIT
//
// The rules that run, by the daemon's own word. See rules_running.h.
#include "daemon/ctl/rules_running.h"

#include "daemon/ctl/answer.h"
#include "daemon/ctl/client.h"
#include "daemon/ctl/say.h"

enum { SEED = 1 };

// Lists come with the answer, under their names.
static bool find_list(void *context, struct str pattern, struct str from, struct arena *a, struct str **out_paths,
                      size_t *out_n, struct err *err)
{
    (void)context, (void)from, (void)err;
    *out_paths = ARENA_NEW(a, struct str);
    **out_paths = pattern;
    *out_n = 1;
    return true;
}

static bool read_list(void *context, struct str path, struct arena *a, struct str *out_text, struct err *err)
{
    const json_t *text = json_object_get(context, arena_dupz(a, path));
    if (!json_is_string(text))
        return err_set(err, "the daemon did not send the list %.*s", STR_ARG(path));
    *out_text = str_make(json_string_value(text), json_string_length(text));
    return true;
}

static int compile(struct rules_running *r, const struct ctl_call *call)
{
    static const struct conf_spec *const tables[] = {rules_specs, NULL};
    struct rule_files *files = &r->files;
    const struct conf_loader loader = {json_object_get(r->answer, "lists"), find_list, read_list};
    diags_init(&files->diags);
    conf_parse(&files->conf, tables, S("(running)"), answer_text(r->answer, "text"), NULL, &files->diags);
    rules_read_zoneless(&files->rules, &files->conf, &loader, &files->diags);
    if (files->diags.errors == 0)
        files->set = rules_compile(&files->rules, SEED, &files->diags);
    if (files->set)
        return CTL_OK;
    rule_files_say(files);
    return say_error(call, CTL_INTERNAL, "feedwatchctl --version; feedwatchd --version",
                     "the daemon runs rules that this program does not understand");
}

int rules_running_load(struct rules_running *r, const struct ctl_call *call)
{
    *r = (struct rules_running){0};
    int code = client_ask(call, "GET", "/api/v1/rules/source", NULL, &r->answer);
    if (code != CTL_OK)
        return code;
    r->generation = (uint64_t)answer_number(r->answer, "generation");
    return compile(r, call);
}

void rules_running_done(struct rules_running *r)
{
    rule_files_done(&r->files);
    json_decref(r->answer);
    *r = (struct rules_running){0};
}

bool rules_are_same(const struct ruleset *a, const struct ruleset *b)
{
    bool is_same = ruleset_count(a) == ruleset_count(b);
    for (size_t i = 0; is_same && i < ruleset_count(a); i++) {
        const struct rule *one = ruleset_rule(a, i), *other = ruleset_find(b, one->name);
        is_same = other && other->version == one->version;
    }
    return is_same;
}

static size_t count_lists(const struct rules *rules)
{
    size_t n = 0;
    for (size_t i = 0; i < rules->sets.n; i++)
        n += !rules->sets.sets[i]->expr;
    return n;
}

bool rules_lists_are_same(const struct rules *a, const struct rules *b)
{
    bool is_same = count_lists(a) == count_lists(b);
    for (size_t i = 0; is_same && i < a->sets.n; i++) {
        const struct expr_set *one = a->sets.sets[i];
        if (one->expr)
            continue;
        const struct expr_set *other = expr_sets_find(&b->sets, one->name);
        is_same = other && !other->expr && other->n_list == one->n_list;
        for (size_t k = 0; is_same && k < one->n_list; k++)
            is_same = str_eq(one->list[k], other->list[k]);
    }
    return is_same;
}
