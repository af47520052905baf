// SPDX-License-Identifier: MIT
//
// The table of commands: what help lists, what the parser accepts, what completions offer.
#include "daemon/ctl/commands.h"

#define OPTIONS(...) ((const struct ctl_option[]){__VA_ARGS__, {0}})
#define ANY ((size_t)-1)

const struct ctl_option ctl_options[] = {
    {"json", NULL, "the answer as JSON, for programs"},
    {"socket", "PATH", "the daemon's socket (else $FEEDWATCH_SOCKET, else looked for)"},
    {"config", "FILE", "the configuration, for what needs no daemon"},
    {"no-colour", NULL, "no colour on a terminal (also NO_COLOR=1)"},
    {"help", NULL, "help on the program, a group or a command"},
    {"version", NULL, "the version"},
    {0},
};

// clang-format off
const struct ctl_command ctl_commands[] = {
    {.group = "status", .words = "", .about = "what the daemon is doing", .run = ctl_status},
    {.group = "health", .words = "", .about = "is all well? exit 1 with the reasons if not", .run = ctl_health,
     .details = "Prints one line for each thing that is wrong, the worst first. Made for\n"
                "monitoring: the exit status is the answer."},
    {.group = "reload", .words = "", .about = "read the configuration and the rules again", .run = ctl_reload,
     .options = OPTIONS({"wait", NULL, "until the new generation runs or was refused"}),
     .details = "The new generation is built beside the old one and takes its place at once. With\n"
                "any error the old one goes on and, with --wait, all errors are shown (exit 78)."},
    {.group = "metrics", .words = "", .about = "all counters, as Prometheus reads them", .run = ctl_metrics},

    {.group = "feeds", .verb = "list", .words = "", .about = "all feeds and how they are", .run = ctl_feeds_list,
     .options = OPTIONS({"state", "STATE", "only ok, failing, gone, paused or new ones"},
                        {"tag", "TAG", "only feeds with this tag"},
                        {"limit", "N", "at most N (1000)"})},
    {.group = "feeds", .verb = "why", .words = "FEED", .words_min = 1, .words_max = 1,
     .about = "when a feed is polled next, and why then", .run = ctl_feeds_why},
    {0},
};
