// SPDX-License-Identifier: MIT
//
// Completions for shells, made from the table of commands: groups, verbs, options. `make install` writes them where
// the shells look for them.
#include "daemon/ctl/commands.h"
#include "daemon/ctl/say.h"

static bool is_first_of_group(const struct ctl_command *c)
{
    for (const struct ctl_command *before = ctl_commands; before < c; before++)
        if (strcmp(before->group, c->group) == 0)
            return false;
    return true;
}

static void groups_add(struct buf *out)
{
    for (const struct ctl_command *c = ctl_commands; c->group; c++)
        if (is_first_of_group(c))
            buf_addf(out, "%s ", c->group);
    buf_add(out, S("help"));
}

static void options_add(const struct ctl_option *options, struct buf *out)
{
    for (; options && options->name; options++)
        buf_addf(out, "--%s ", options->name);
}

// The words of a group's verbs, or nothing.
static void verbs_add(const char *group, struct buf *out)
{
    for (const struct ctl_command *c = ctl_commands; c->group; c++)
        if (strcmp(c->group, group) == 0 && c->verb)
            buf_addf(out, "%s ", c->verb);
}

// A case of "GROUP VERB" for each command that has options of its own; shared by bash and zsh.
static void option_cases_add(struct buf *out)
{
    for (const struct ctl_command *c = ctl_commands; c->group; c++) {
        if (!c->options)
            continue;
        buf_addf(out, "    \"%s%s%s\"*) own='", c->group, c->verb ? " " : "", c->verb ? c->verb : "");
        options_add(c->options, out);
        buf_add(out, S("' ;;\n"));
    }
}

static void verb_cases_add(const char *variable, struct buf *out)
{
    for (const struct ctl_command *c = ctl_commands; c->group; c++) {
        if (!c->verb || !is_first_of_group(c))
            continue;
        buf_addf(out, "    %s) %s='", c->group, variable);
        verbs_add(c->group, out);
        buf_add(out, S("' ;;\n"));
    }
}

// What bash and zsh say differently around the same words.
struct shell {
    const char *head;     // up to the cases of "GROUP VERB" that set `own`
    const char *options;  // up to the options of all commands
    const char *groups;   // up to the groups
    const char *verbs;    // up to the cases of GROUP
    const char *variable; // that these set
    const char *end;
};

static const struct shell bash = {
    "# bash completion for feedwatchctl\n"
    "_feedwatchctl() {\n"
    "  local cur=${COMP_WORDS[COMP_CWORD]} words='' own='' typed=() w\n"
    "  for w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do [[ $w == -* ]] || typed+=(\"$w\"); done\n"
    "  if [[ $cur == -* ]]; then\n"
    "    case \"${typed[*]}\" in\n",
    "    esac\n    words=\"$own",
    "\"\n  elif [[ ${#typed[@]} -eq 0 ]]; then\n    words='",
    "'\n  elif [[ ${#typed[@]} -eq 1 ]]; then\n    case ${typed[0]} in\n",
    "words",
    "    esac\n  fi\n"
    "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
    "}\n"
    "complete -o default -F _feedwatchctl feedwatchctl\n",
};

static const struct shell zsh = {
    "#compdef feedwatchctl\n"
    "_feedwatchctl() {\n"
    "  local cur=${words[CURRENT]} own='' w offer=''\n"
    "  local -a typed\n"
    "  for w in ${words[2,CURRENT-1]}; do [[ $w == -* ]] || typed+=($w); done\n"
    "  if [[ $cur == -* ]]; then\n"
    "    case \"${typed[*]}\" in\n",
    "    esac\n    offer=\"$own",
    "\"\n  elif (( $#typed == 0 )); then\n    offer='",
    "'\n  elif (( $#typed == 1 )); then\n    case $typed[1] in\n",
    "offer",
    "    esac\n  fi\n"
    "  if [[ -n $offer ]]; then compadd -- ${=offer}; else _files; fi\n"
    "}\n"
    "# Called by compinit as a function of this name, or sourced.\n"
    "if [[ $funcstack[1] == _feedwatchctl ]]; then _feedwatchctl\n"
    "else compdef _feedwatchctl feedwatchctl; fi\n",
};

static void shell_add(const struct shell *shell, struct buf *out)
{
    buf_add(out, str_of(shell->head));
    option_cases_add(out);
    buf_add(out, str_of(shell->options));
    options_add(ctl_options, out);
    buf_add(out, str_of(shell->groups));
    groups_add(out);
    buf_add(out, str_of(shell->verbs));
    verb_cases_add(shell->variable, out);
    buf_add(out, str_of(shell->end));
}

// A text in fish's single quotes.
static void fish_quote(struct buf *out, const char *text)
{
    buf_add_char(out, '\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, *text);
    }
    buf_add_char(out, '\'');
}

static void fish_option(const struct ctl_option *o, const char *condition, struct buf *out)
{
    buf_addf(out, "complete -c feedwatchctl%s -l %s", condition, o->name);
    if (o->letter)
        buf_addf(out, " -s %c", o->letter);
    buf_addf(out, "%s -d ", o->value ? " -r" : "");
    fish_quote(out, o->about);
    buf_add_char(out, '\n');
}

static void fish_add(struct buf *out)
{
    buf_add(out, S("# fish completion for feedwatchctl\n"));
    for (const struct ctl_option *o = ctl_options; o->name; o++)
        fish_option(o, "", out);
    for (const struct ctl_command *c = ctl_commands; c->group; c++) {
        struct buf condition;
        buf_init(&condition, 512);
        if (is_first_of_group(c)) {
            buf_addf(out, "complete -c feedwatchctl -f -n __fish_use_subcommand -a %s -d ", c->group);
            fish_quote(out, c->verb ? "" : c->about);
            buf_add_char(out, '\n');
        }
        if (c->verb) {
            buf_addf(out, "complete -c feedwatchctl -f -n '__fish_seen_subcommand_from %s' -a %s -d ", c->group,
                     c->verb);
            fish_quote(out, c->about);
            buf_add_char(out, '\n');
        }
        buf_addf(&condition, " -n '__fish_seen_subcommand_from %s", c->group);
        if (c->verb)
            buf_addf(&condition, "; and __fish_seen_subcommand_from %s", c->verb);
        buf_add_char(&condition, '\'');
        for (const struct ctl_option *o = c->options; o && o->name; o++)
            fish_option(o, buf_z(&condition), out);
        buf_done(&condition);
    }
}

int ctl_completion(const struct ctl_call *call)
{
    struct str shell = str_of(call->words[0]);
    struct buf text;
    buf_init(&text, SAY_BYTES_MAX);
    int code = CTL_OK;
    if (str_eq(shell, S("bash")))
        shell_add(&bash, &text);
    else if (str_eq(shell, S("zsh")))
        shell_add(&zsh, &text);
    else if (str_eq(shell, S("fish")))
        fish_add(&text);
    else
        code = say_error(call, CTL_USAGE, "feedwatchctl completion bash",
                         "completions are made for bash, zsh and fish, not for \"%s\"", call->words[0]);
    if (code == CTL_OK)
        code = say(&text);
    buf_done(&text);
    return code;
}
