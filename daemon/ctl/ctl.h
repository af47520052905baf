// SPDX-License-Identifier: MIT
//
// feedwatchctl: one process, one command, one answer. main.c finds the command in the table of commands.c, reads the
// options that the table gives it, and calls it. A command asks the daemon (client.h) and prints once: a table or
// lines for a person, or with --json the daemon's own answer.
#ifndef DAEMON_CTL_CTL_H
#define DAEMON_CTL_CTL_H

#include "base/err.h"
#include "base/str.h"

// Exit codes, after sysexits(3) where it has one. Scripts depend on them: they do not change.
enum ctl_exit {
    CTL_OK = 0,
    CTL_REFUSED = 1,      // the daemon said no, or the answer to the question is no (not healthy, a test failed)
    CTL_USAGE = 64,       // the command line is wrong
    CTL_NOT_FOUND = 66,   // no such feed, alert, delivery, silence, receiver or file
    CTL_UNAVAILABLE = 69, // the daemon does not run, or this user may not ask it
    CTL_INTERNAL = 70,    // the daemon answered something that this program does not understand
    CTL_TEMPORARY = 75,   // busy or timed out: the same command may work later
    CTL_CONFIG = 78,      // the configuration or the rules have errors
};

struct ctl_option {
    const char *name;  // without the dashes: "since"
    const char *value; // what help calls its value: "TIME"; NULL for a switch
    const char *about; // one line
    char letter;       // a short form, 'f' for -f; 0 for none
};

enum { CTL_OPTIONS_MAX = 16 }; // of one command; the longest has 8

struct ctl_call;

struct ctl_command {
    const char *heading; // begins a section of the help: "Feeds"; NULL: stays in the one above
    const char *group;   // "feeds"
    const char *verb;    // "list"; NULL where the group is the command itself ("status")
    const char *words;   // its operands in the usage line: "ID..."; "" for none
    size_t words_min;
    size_t words_max;
    const char *about;   // one line in the list of commands
    const char *details; // paragraphs of its own --help; NULL for none
    const struct ctl_option *options; // the last has no name; NULL for none
    int (*run)(const struct ctl_call *call);
    int (*plain)(int argc, char **argv); // instead of run: reads its options itself; argv[0] is the verb
};

// One command line, read.
struct ctl_call {
    const struct ctl_command *command;
    const char *const *words; // the operands; they live as long as argv
    size_t n_words;
    const char *values[CTL_OPTIONS_MAX]; // beside command->options: NULL not given, "" a switch that was
    bool is_json;
    bool is_plain;   // no colour is wanted, whatever it goes to: --no-colour, NO_COLOR, a dumb terminal
    bool has_colour; // standard output is a terminal and nothing forbids colour
    size_t columns;  // width of that terminal; 0: no terminal, lines are never cut
    const char *socket; // from --socket or the environment; NULL: look for it
    const char *config; // from --config; NULL: the usual places
};

// Returns the value of an option of the command, "" for a switch that was given, NULL for one that was not. A name
// that the command does not have is a bug.
const char *ctl_value(const struct ctl_call *call, const char *name);

// The table of all commands, in the order of help; the last has no group.
extern const struct ctl_command ctl_commands[];

// The options that every command has, ended as above.
extern const struct ctl_option ctl_options[];

#endif
