// SPDX-License-Identifier: MIT
//
// `check`: the configuration with all that it includes, read as the daemon reads it, its rules tested.
#include <unistd.h>

#include "daemon/api_json.h"
#include "daemon/config.h"
#include "daemon/ctl/commands.h"
#include "daemon/ctl/say.h"
#include "daemon/scopes.h"

static int tell(const struct ctl_call *call, const char *path, const struct config *config, struct diags *diags,
                 bool is_good)
{
    int code;
    struct buf text;
    buf_init(&text, SAY_BYTES_MAX);
    if (call->is_json) {
        json_t *findings = json_array();
        for (size_t i = 0; i < diags->n; i++)
            json_array_append_new(findings, api_json_finding(&diags->list[i]));
        json_t *answer = json_pack("{s:b, s:s, s:I, s:I, s:I, s:I, s:I, s:o}", "ok", is_good, "config", path, "feeds",
                                   (json_int_t)config->n_feeds, "receivers", (json_int_t)config->n_receivers, "rules",
                                   (json_int_t)config->rule_files.n_entries, "errors",
                                   (json_int_t)diags->errors, "warnings", (json_int_t)diags->warnings, "findings",
                                   findings);
        code = say_json(call, answer);
        json_decref(answer);
    } else {
        if (!isatty(STDOUT_FILENO))
            config_hide(diags);
        diags_render(diags, call->has_colour, &text);
        buf_addf(&text, "%s%s%s: ", say_mark(call, is_good ? SAY_GREEN : SAY_RED), is_good ? "good" : "refused",
                 say_mark(call, SAY_PLAIN));
        say_text(&text, str_of(path));
        say_count(&text, ": ", config->n_feeds, "feed");
        say_count(&text, ", ", config->n_receivers, "receiver");
        say_count(&text, ", ", config->rule_files.n_entries, "rule");
        say_count(&text, "; ", diags->errors, "error");
        say_count(&text, ", ", diags->warnings, "warning");
        buf_add_char(&text, '\n');
        code = say(&text);
    }
    buf_done(&text);
    return code;
}

int ctl_check(const struct ctl_call *call)
{
    if (!call->config)
        return say_error(call, CTL_CONFIG, "feedwatchctl check --config FILE", "there is no configuration to be found");
    struct diags diags;
    diags_init(&diags);
    struct config *config = config_load(call->config, 1, &diags);
    scopes_note(config, &diags);
    diags_sort(&diags);
    bool is_good = config->is_usable && !(ctl_value(call, "strict") && diags.warnings > 0);
    int told = tell(call, call->config, config, &diags, is_good);
    diags_done(&diags);
    config_unref(config);
    return is_good ? told : CTL_CONFIG;
}
