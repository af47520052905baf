// SPDX-License-Identifier: MIT
//
// A command line of feedwatchctl, run within the test: for the commands that need no daemon.
#ifndef TESTS_TOOLS_CTL_LINE_H
#define TESTS_TOOLS_CTL_LINE_H

#include "base/buf.h"

enum { CTL_LINE_WORDS_MAX = 16 };

struct ctl_line {
    const char *socket;  // of the daemon; NULL: there is none
    const char *to;      // a file for standard output instead of `out`; NULL: none
    struct buf out, err; // what it wrote; zeroed before the first run, then each run begins them anew
};

// Runs `line` (words parted by single blanks, without the program's name) with `input` as its standard input. Returns
// its exit code. Files are those of the test: nothing but the three standard streams is replaced.
int ctl_line_run(struct ctl_line *l, const char *line, const char *input);
void ctl_line_done(struct ctl_line *l);

#endif
