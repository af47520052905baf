// SPDX-License-Identifier: MIT
//
// Help texts. See help.h. Laid out for 80 columns.
#include "daemon/ctl/help.h"

#include <stdio.h>

enum { COMMAND_COLUMNS = 30, OPTION_COLUMNS = 20 }; // where the second column begins

static void line_add(struct buf *out, struct str left, size_t columns, const char *right)
{
    if (left.n > columns - 2)
        buf_addf(out, "  %.*s\n  %*s%s\n", STR_ARG(left), (int)columns, "", right);
    else
        buf_addf(out, "  %-*.*s%s\n", (int)columns, STR_ARG(left), right);
}

static void command_line(const struct ctl_command *c, struct buf *out)
{
    char left[128];
    int n = snprintf(left, sizeof left, "%s%s%s%s%s", c->group, c->verb ? " " : "", c->verb ? c->verb : "",
                     c->words[0] ? " " : "", c->words);
    line_add(out, str_make(left, (size_t)n), COMMAND_COLUMNS, c->about);
}

static void options_add(const struct ctl_option *options, struct buf *out)
{
    for (; options && options->name; options++) {
        char left[64];
        char letter[8] = "";
        if (options->letter)
            snprintf(letter, sizeof letter, "-%c, ", options->letter);
        int n = snprintf(left, sizeof left, "%s--%s%s%s", letter, options->name, options->value ? " " : "",
                         options->value ? options->value : "");
        line_add(out, str_make(left, (size_t)n), OPTION_COLUMNS, options->about);
    }
}

void help_usage(const struct ctl_command *c, struct buf *out)
{
    buf_addf(out, "feedwatchctl %s%s%s%s%s%s", c->group, c->verb ? " " : "", c->verb ? c->verb : "",
             c->options ? " [OPTION...]" : "", c->words[0] ? " " : "", c->words);
}

void help_all(const struct ctl_command *table, struct buf *out)
{
    buf_add(out, S("feedwatchctl asks and steers feedwatchd, and makes rules.\n\n"
                   "usage: feedwatchctl [OPTION...] COMMAND\n"));
    for (const struct ctl_command *c = table; c->group; c++) {
        if (c->heading)
            buf_addf(out, "\n%s:\n", c->heading);
        command_line(c, out);
    }
    buf_add(out, S("\nOptions of every command:\n"));
    options_add(ctl_options, out);
    buf_add(out, S("\nExit status: 0 done; 1 refused, or the answer is no; 64 wrong command line;\n"
                   "66 not found; 69 the daemon is not running; 70 not understood; 75 try again\n"
                   "later; 78 the configuration has errors.\n"
                   "\n\"feedwatchctl COMMAND --help\" says more; so does feedwatchctl(1).\n"));
}

void help_group(const struct ctl_command *table, const char *group, struct buf *out)
{
    buf_addf(out, "usage: feedwatchctl %s COMMAND\n\n", group);
    for (const struct ctl_command *c = table; c->group; c++)
        if (strcmp(c->group, group) == 0)
            command_line(c, out);
    buf_addf(out, "\n\"feedwatchctl %s COMMAND --help\" says more.\n", group);
}

void help_command(const struct ctl_command *c, struct buf *out)
{
    buf_add(out, S("usage: "));
    help_usage(c, out);
    bool is_question = str_ends(str_of(c->about), S("?"));
    buf_addf(out, "\n\n%c%s%s\n", c->about[0] >= 'a' && c->about[0] <= 'z' ? c->about[0] - 32 : c->about[0],
             c->about + 1, is_question ? "" : ".");
    if (c->details)
        buf_addf(out, "\n%s\n", c->details);
    if (c->options) {
        buf_add(out, S("\nOptions:\n"));
        options_add(c->options, out);
    }
    buf_add(out, S("\nOptions of every command:\n"));
    options_add(ctl_options, out);
}
