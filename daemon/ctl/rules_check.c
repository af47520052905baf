// SPDX-License-Identifier: MIT
//
// rules check: everything that is wrong or odd with rule files, and their tests.
#include "daemon/api_json.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/rule_files.h"
#include "daemon/ctl/say.h"

static int say_as_json(const struct ctl_call *call, const struct rule_files *files, bool is_good)
{
    json_t *list = json_array();
    for (size_t i = 0; i < files->diags.n; i++)
        json_array_append_new(list, api_json_finding(&files->diags.list[i]));
    json_t *answer = json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:o}", "ok", is_good, "rules",
                               (json_int_t)files->rules.n_entries, "sets", (json_int_t)files->rules.sets.n, "tests",
                               (json_int_t)files->n_tests, "errors", (json_int_t)files->diags.errors, "warnings",
                               (json_int_t)files->diags.warnings, "findings", list);
    int code = say_json(call, answer);
    json_decref(answer);
    return code;
}

int ctl_rules_check(const struct ctl_call *call)
{
    struct rule_files files;
    int code = rule_files_load(&files, call, call->words, call->n_words, RULE_FILES_LINTED);
    if (code == CTL_OK && ctl_value(call, "strict") && files.diags.warnings)
        code = CTL_CONFIG;
    if (code != CTL_OK && code != CTL_CONFIG) {
        rule_files_done(&files);
        return code;
    }
    int told;
    if (call->is_json) {
        told = say_as_json(call, &files, code == CTL_OK);
    } else {
        rule_files_say(&files);
        struct buf text;
        buf_init(&text, 4096);
        buf_add(&text, str_of(say_mark(call, code == CTL_OK ? SAY_GREEN : SAY_RED)));
        buf_addf(&text, "%s%s: ", code == CTL_OK ? "good" : "refused", call->has_colour ? "\033[0m" : "");
        say_count(&text, "", files.rules.n_entries, "rule");
        say_count(&text, ", ", files.rules.sets.n, "set");
        say_count(&text, ", ", files.n_tests, "test");
        buf_add(&text, files.set ? S(" run") : S(" run (they need rules without errors)"));
        say_count(&text, "; ", files.diags.errors, "error");
        say_count(&text, ", ", files.diags.warnings, "warning");
        buf_add_char(&text, '\n');
        told = say(&text);
        buf_done(&text);
    }
    rule_files_done(&files);
    return code == CTL_OK ? told : code;
}
