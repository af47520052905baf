// SPDX-License-Identifier: MIT
//
// Rule files on the command line: what check, test, explain, match, list and replay work with, without the daemon.
#ifndef DAEMON_CTL_RULE_FILES_H
#define DAEMON_CTL_RULE_FILES_H

#include "base/diag.h"
#include "daemon/ctl/ctl.h"
#include "rules/load.h"

struct rule_files {
    struct conf conf;
    struct rules rules;
    struct diags diags;
    struct ruleset *set; // NULL where there were errors
    size_t n_tests;      // that ran
    bool is_plain;       // as the call's: what is told has no colour
};

enum rule_files_depth {
    RULE_FILES_SYNTAX, // read and compile
    RULE_FILES_TESTED, // and run the tests beside the rules
    RULE_FILES_LINTED, // and lint
};

// The statements that such files may hold, for conf_load.
extern const struct conf_spec *const rule_files_tables[];

// Reads the files that `paths` name (a folder: its *.rules, in byte order; "-": standard input), or, where there is
// none, the configuration of the call with all that it includes. What is wrong is in files->diags. rule_files_done
// frees it. Returns CTL_OK, CTL_CONFIG where there are errors, or CTL_NOT_FOUND after it told which file is not there.
int rule_files_load(struct rule_files *files, const struct ctl_call *call, const char *const *paths, size_t n_paths,
                    enum rule_files_depth depth);
void rule_files_done(struct rule_files *files);

// The same with the files named by --rules (NULL: the configuration's), and every error told. Returns CTL_OK or the
// code to end with.
int rule_files_open(struct rule_files *files, const struct ctl_call *call, const char *path);

// Writes the diagnostics to standard error.
void rule_files_say(struct rule_files *files);

// Returns the rule, or NULL after telling that there is none and what is near.
const struct rule_entry *rule_files_find(const struct rule_files *files, const struct ctl_call *call, const char *name);

// Reads a text for a rule from a file, or standard input for NULL and "-": the first line is the title, the rest the
// body; HTML is read as text. False after telling why not.
bool rule_text_read(const struct ctl_call *call, const char *path, struct arena *arena, struct doc *out);

#endif
