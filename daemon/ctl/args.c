// SPDX-License-Identifier: MIT
//
// Command line. See args.h. The command is found first (its group, then its verb, are the first words that are no
// options), since it says which options there are; then one pass reads the options and the operands.
#include "daemon/ctl/args.h"

#include <assert.h>
#include <stdio.h>

#include "base/diag.h"
#include "base/mem.h"

enum { SUGGESTIONS_MAX = 64 }; // groups, verbs of a group, or options: never so many

static bool is_option(const char *word) { return word[0] == '-' && word[1] != '\0'; }

static struct str name_of(const char *word)
{
    struct str name = str_from(str_of(word), str_starts(str_of(word), S("--")) ? 2 : 1);
    return str_head(name, str_find_char(name, '='));
}

static const struct ctl_option *option_find(const struct ctl_option *list, struct str name)
{
    for (; list && list->name; list++)
        if (str_eq(str_of(list->name), name) || (list->letter && name.n == 1 && name.p[0] == list->letter))
            return list;
    return NULL;
}

static void wrong(struct args *args, struct str meant)
{
    args->kind = ARGS_WRONG;
    if (meant.n == 0)
        return;
    struct err cause = args->err;
    err_set(&args->err, "%s; did you mean \"%.*s\"?", cause.text, STR_ARG(meant));
}

// Returns the index of the next word from i on that is no option and no value of one, or argc.
static int word_next(int i, int argc, char **argv)
{
    for (; i < argc; i++) {
        if (!is_option(argv[i]))
            return i;
        const struct ctl_option *o = option_find(ctl_options, name_of(argv[i]));
        if (o && o->value && !strchr(argv[i], '='))
            i++;
    }
    return argc;
}

static void group_unknown(struct args *args, const struct ctl_command *table, const char *word)
{
    struct str known[SUGGESTIONS_MAX];
    size_t n = 0;
    for (const struct ctl_command *c = table; c->group && n < SUGGESTIONS_MAX; c++)
        known[n++] = str_of(c->group);
    args->group = NULL;
    err_set(&args->err, "there is no command \"%s\"", word);
    wrong(args, suggest(str_of(word), known, n));
}

static void verb_unknown(struct args *args, const struct ctl_command *table, const char *word)
{
    struct str known[SUGGESTIONS_MAX];
    size_t n = 0;
    for (const struct ctl_command *c = table; c->group && n < SUGGESTIONS_MAX; c++)
        if (strcmp(c->group, args->group) == 0 && c->verb)
            known[n++] = str_of(c->verb);
    err_set(&args->err, "\"%s\" has no command \"%s\"", args->group, word);
    wrong(args, suggest(str_of(word), known, n));
}

// Returns the command that group and verb (NULL for none) name, or the first of the group where `verb` is "".
static const struct ctl_command *command_find(const struct ctl_command *table, const char *group, const char *verb)
{
    for (const struct ctl_command *c = table; c->group; c++)
        if (strcmp(c->group, group) == 0 &&
            (!c->verb || (verb && (verb[0] == '\0' || strcmp(c->verb, verb) == 0))))
            return c;
    return NULL;
}

static void option_unknown(struct args *args, const char *word)
{
    struct str known[SUGGESTIONS_MAX];
    size_t n = 0;
    for (const struct ctl_option *o = args->call.command ? args->call.command->options : NULL; o && o->name; o++)
        known[n++] = str_of(o->name);
    for (const struct ctl_option *o = ctl_options; o->name; o++)
        known[n++] = str_of(o->name);
    err_set(&args->err, "there is no option \"%s\" here", word);
    char dashed[ERR_TEXT_BYTES];
    struct str near = suggest(name_of(word), known, n);
    snprintf(dashed, sizeof dashed, "--%.*s", STR_ARG(near));
    wrong(args, near.n > 0 ? str_of(dashed) : near);
}

// Finds the command from word i on. Sets kind where there is none, and *out_last to the index of its last word.
static void command_read(struct args *args, const struct ctl_command *table, int argc, char **argv, int *out_last)
{
    int g = word_next(1, argc, argv);
    for (int i = 1; i < g; i++)
        if (is_option(argv[i]) && strcmp(argv[i], "--") != 0 && !option_find(ctl_options, name_of(argv[i]))) {
            option_unknown(args, argv[i]);
            return;
        }
    bool is_help = g < argc && strcmp(argv[g], "help") == 0;
    if (is_help)
        g = word_next(g + 1, argc, argv);
    if (is_help || g == argc)
        args->kind = ARGS_HELP;
    *out_last = g;
    if (g == argc)
        return;
    args->group = argv[g];
    if (!command_find(table, argv[g], "")) {
        group_unknown(args, table, argv[g]);
        return;
    }
    int v = word_next(g + 1, argc, argv);
    args->call.command = command_find(table, argv[g], v < argc ? argv[v] : NULL);
    if (args->call.command && !args->call.command->verb)
        return;
    *out_last = v;
    if (v == argc)
        args->kind = ARGS_HELP;
    else if (!args->call.command)
        verb_unknown(args, table, argv[v]);
}

static void global_set(struct args *args, const struct ctl_option *o, const char *value)
{
    struct str name = str_of(o->name);
    if (str_eq(name, S("json")))
        args->call.is_json = true;
    else if (str_eq(name, S("no-colour")))
        args->call.is_plain = true;
    else if (str_eq(name, S("socket")))
        args->call.socket = value;
    else if (str_eq(name, S("config")))
        args->call.config = value;
    else if (str_eq(name, S("help")))
        args->kind = ARGS_HELP;
    else if (str_eq(name, S("version")))
        args->kind = ARGS_VERSION;
}

// Reads the option at argv[i]; returns the index of the last word it took.
static int option_read(struct args *args, int i, int argc, char **argv)
{
    const struct ctl_command *command = args->call.command;
    struct str name = name_of(argv[i]);
    const struct ctl_option *own = option_find(command ? command->options : NULL, name);
    const struct ctl_option *o = own ? own : option_find(ctl_options, name);
    if (!o) {
        option_unknown(args, argv[i]);
        return i;
    }
    const char *value = strchr(argv[i], '=');
    value = value ? value + 1 : NULL;
    if (!o->value && value) {
        err_set(&args->err, "--%s takes no value", o->name);
        wrong(args, S(""));
        return i;
    }
    if (o->value && !value) {
        if (i + 1 >= argc) {
            err_set(&args->err, "--%s needs a value: --%s %s", o->name, o->name, o->value);
            wrong(args, S(""));
            return i;
        }
        value = argv[++i];
    }
    if (value && !value[0]) { // most often a variable that is not set: it must not stand for "all"
        err_set(&args->err, "the value of --%s is empty: --%s %s", o->name, o->name, o->value);
        wrong(args, S(""));
        return i;
    }
    if (own)
        args->call.values[own - command->options] = value ? value : "";
    else
        global_set(args, o, value);
    return i;
}

static void words_check(struct args *args)
{
    const struct ctl_command *c = args->call.command;
    const char *verb = c->verb ? c->verb : "";
    if (args->call.n_words < c->words_min)
        err_set(&args->err, "\"%s%s%s\" needs %s", c->group, c->verb ? " " : "", verb, c->words);
    else if (args->call.n_words > c->words_max && c->words_max == 0)
        err_set(&args->err, "\"%s%s%s\" takes no operands, found \"%s\"", c->group, c->verb ? " " : "", verb,
                args->call.words[0]);
    else if (args->call.n_words > c->words_max)
        err_set(&args->err, "\"%s%s%s\" takes %s, found \"%s\" too", c->group, c->verb ? " " : "", verb, c->words,
                args->call.words[c->words_max]);
    else
        return;
    wrong(args, S(""));
}

// A command that reads its own options gets all that follows its verb, and --json from before it.
static void plain_read(struct args *args, int last, int argc, char **argv)
{
    args->plain_argv = mem_alloc_array((size_t)argc + 3, sizeof *args->plain_argv);
    args->plain_argv[args->plain_argc++] = argv[last];
    if (args->call.is_json)
        args->plain_argv[args->plain_argc++] = "--json";
    for (int i = last + 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            args->kind = ARGS_HELP;
        args->plain_argv[args->plain_argc++] = argv[i];
    }
}

void args_read(struct args *args, const struct ctl_command *table, int argc, char **argv)
{
    *args = (struct args){.kind = ARGS_CALL};
    // Looked for first: a line that is wrong before it is told of as JSON too.
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        args->call.is_json |= strcmp(argv[i], "--json") == 0;
    int last = 0;
    command_read(args, table, argc, argv, &last);
    const struct ctl_command *command = args->call.command;
    bool is_plain = command && command->plain;
    args->words = mem_alloc_array((size_t)argc + 1, sizeof *args->words);
    args->call.words = args->words;
    bool is_ended = false;
    for (int i = 1; i < (is_plain ? last : argc) && args->kind != ARGS_WRONG; i++) {
        if (!is_ended && strcmp(argv[i], "--") == 0)
            is_ended = true;
        else if (!is_ended && is_option(argv[i]))
            i = option_read(args, i, argc, argv);
        else if (i > last)
            args->words[args->call.n_words++] = argv[i];
    }
    if (is_plain && args->kind == ARGS_CALL)
        plain_read(args, last, argc, argv);
    else if (command && args->kind == ARGS_CALL)
        words_check(args);
}

void args_done(struct args *args)
{
    mem_free((void *)args->words);
    mem_free((void *)args->plain_argv);
    *args = (struct args){0};
}

const char *ctl_value(const struct ctl_call *call, const char *name)
{
    const struct ctl_option *o = option_find(call->command->options, str_of(name));
    assert(o);
    return call->values[o - call->command->options];
}
