// SPDX-License-Identifier: MIT
//
// What every test file includes: cmocka with the headers it forgets, and comparisons for the types of base/.
#ifndef TESTS_TOOLS_CHECK_H
#define TESTS_TOOLS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

// Compares a view with a literal and shows both when they differ.
#define assert_str(actual, expected) check_str((actual), str_of(expected), __FILE__, __LINE__)

static inline void check_str(struct str actual, struct str expected, const char *file, int line)
{
    if (str_eq(actual, expected))
        return;
    print_error("found    \"%.*s\"\nexpected \"%.*s\"\n", STR_ARG(actual), STR_ARG(expected));
    _fail(file, line);
}

#endif
