// SPDX-License-Identifier: MIT
//
// What the demo's papers print, written for it: places and papers are made up, and nobody is named.
#ifndef TESTS_DEMO_ARTICLES_H
#define TESTS_DEMO_ARTICLES_H

#include <stddef.h>

#include "tests/tools/press.h"

enum { PAPERS = 4 };

// When an article comes out: before the first poll, while all runs, shortly before the kill, while the daemon is dead.
enum act { ACT_BASELINE, ACT_NEWS, ACT_CRASH, ACT_DEAD };

struct article {
    int paper;
    enum act act;
    const char *guid, *title, *html;
    const char *rule;  // the rule that alerts; NULL: none may
    const char *trait; // what makes it worth showing; NULL: ordinary
};

struct masthead {
    const char *address, *title, *trait;
    enum press_format format;
    const char *encoding; // NULL: UTF-8
};

extern const struct masthead papers[PAPERS];
extern const struct article articles[];
extern const size_t articles_n;

// The rules of the demo, as rules.d/demo.rules.
extern const char demo_rules[];

#endif
