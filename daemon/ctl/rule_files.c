// SPDX-License-Identifier: MIT
//
// Rule files on the command line. See rule_files.h.
#include "daemon/ctl/rule_files.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/config_schema.h"
#include "daemon/ctl/archive_share.h"
#include "daemon/ctl/say.h"
#include "daemon/loader.h"
#include "feeds/html.h"
#include "rules/check.h"

enum { SEED = 1 }; // texts come from the person's own files: no need to hide the hashes

const struct conf_spec *const rule_files_tables[] = {config_specs, rules_specs, NULL};

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void load_one(struct rule_files *files, const char *path)
{
    struct arena *a = &files->conf.arena;
    struct str *paths = NULL;
    size_t n = 0;
    struct err err = {0};
    if (is_folder(path)) {
        struct str folder = arena_fmt(a, "%s/", path);
        if (!loader_files.find(NULL, S("*.rules"), folder, a, &paths, &n, &err))
            diag_add(&files->diags, DIAG_ERROR, NULL, 0, 0, "%s", err.text);
        else if (n == 0)
            diag_add(&files->diags, DIAG_ERROR, NULL, 0, 0, "there is no file *.rules in %s", path);
    } else {
        ARENA_PUSH(a, paths, n, str_of(path));
    }
    for (size_t i = 0; i < n; i++)
        conf_load_more(&files->conf, rule_files_tables, paths[i], &loader_files_or_stdin, &files->diags);
}

// Where the configuration is looked for when nobody says.
static const char *configuration(const struct ctl_call *call)
{
    return call->config ? call->config : "/etc/feedwatch/feedwatch.conf";
}

// Lint, with the archive where one can be read.
static void lint(struct rule_files *files, const struct ctl_call *call)
{
    struct archive_share share = {0};
    bool is_known = files->set && archive_share_count(&share, call, &files->rules);
    rules_lint(&files->rules, files->set, is_known ? &share.ask : NULL, &files->diags);
    archive_share_done(&share);
}

int rule_files_load(struct rule_files *files, const struct ctl_call *call, const char *const *paths, size_t n_paths,
                    enum rule_files_depth depth)
{
    *files = (struct rule_files){.is_plain = call->is_plain};
    diags_init(&files->diags);
    conf_parse(&files->conf, rule_files_tables, S(""), S(""), NULL, &files->diags);
    for (size_t i = 0; i < n_paths; i++) {
        if (strcmp(paths[i], "-") != 0 && access(paths[i], R_OK) != 0)
            return say_error(call, CTL_NOT_FOUND, NULL, "%s cannot be read: %s", paths[i], strerror(errno));
        load_one(files, paths[i]);
    }
    if (n_paths == 0) {
        if (access(configuration(call), R_OK) != 0)
            return say_error(call, CTL_NOT_FOUND, "name the rule files, or the configuration with --config FILE",
                             "%s cannot be read: %s", configuration(call), strerror(errno));
        load_one(files, configuration(call));
    }
    rules_read(&files->rules, &files->conf, &loader_files, &files->diags);
    if (files->diags.errors == 0)
        files->set = rules_compile(&files->rules, SEED, &files->diags);
    if (files->set && depth >= RULE_FILES_TESTED)
        files->n_tests = rules_test(&files->rules, files->set, &files->diags);
    if (depth >= RULE_FILES_LINTED)
        lint(files, call);
    diags_sort(&files->diags);
    return files->diags.errors ? CTL_CONFIG : CTL_OK;
}

void rule_files_done(struct rule_files *files)
{
    ruleset_unref(files->set);
    diags_done(&files->diags);
    rules_done(&files->rules);
    conf_done(&files->conf);
}

void rule_files_say(struct rule_files *files)
{
    struct buf text;
    buf_init(&text, SAY_BYTES_MAX);
    if (!isatty(STDERR_FILENO))
        conf_hide(&files->diags, rule_files_tables);
    diags_render(&files->diags, isatty(STDERR_FILENO) && !files->is_plain, &text);
    fwrite(buf_z(&text), 1, text.n, stderr);
    buf_done(&text);
}

int rule_files_open(struct rule_files *files, const struct ctl_call *call, const char *path)
{
    int code = rule_files_load(files, call, &path, path != NULL, RULE_FILES_SYNTAX);
    if (code == CTL_CONFIG) {
        rule_files_say(files);
        say_error(call, code, "feedwatchctl rules check", "the rules have errors");
    }
    return code;
}

const struct rule_entry *rule_files_find(const struct rule_files *files, const struct ctl_call *call, const char *name)
{
    const struct rule_entry *found = rules_find(&files->rules, str_of(name));
    if (found)
        return found;
    struct arena a;
    arena_init(&a, 1 << 20);
    struct str *names = ARENA_ARRAY(&a, struct str, files->rules.n_entries);
    for (size_t i = 0; i < files->rules.n_entries; i++)
        names[i] = files->rules.entries[i].made.rule.name;
    struct str near = suggest(str_of(name), names, files->rules.n_entries);
    if (near.n)
        say_error(call, CTL_NOT_FOUND, NULL, "there is no rule %s; did you mean %.*s?", name, STR_ARG(near));
    else
        say_error(call, CTL_NOT_FOUND, "feedwatchctl rules list", "there is no rule %s", name);
    arena_done(&a);
    return NULL;
}

bool rule_text_read(const struct ctl_call *call, const char *path, struct arena *arena, struct doc *out)
{
    struct err err = {0};
    struct str raw = {0};
    if (!loader_files_or_stdin.read(NULL, path ? str_of(path) : S("-"), arena, &raw, &err)) {
        say_error(call, CTL_NOT_FOUND, NULL, "%s", err.text);
        return false;
    }
    *out = (struct doc){0};
    if (html_looks_like_html(raw)) {
        out->body = html_text_of(&(struct text){.body = raw, .type = TEXT_HTML}, arena).text;
        out->title = str_trim(str_cut(&out->body, '\n'));
        return true;
    }
    raw = str_trim(raw);
    struct str first = str_cut(&raw, '\n'); // before it becomes text, in which one newline is a blank
    out->title = html_text_of(&(struct text){.body = first, .type = TEXT_PLAIN}, arena).text;
    out->body = html_text_of(&(struct text){.body = raw, .type = TEXT_PLAIN}, arena).text;
    return true;
}
