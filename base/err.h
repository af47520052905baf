// SPDX-License-Identifier: MIT
//
// One failure of input or of the world: what was expected, what was found, where, what to do.
//
// A function that can fail so returns bool, is warn_unused_result, and takes `struct err *err` as its very last
// argument. The text is lower case, without a full stop, one line, and the same in log, command line and API.
// Many failures of one text file, shown with carets, are base/diag.h. Bugs are asserts. Normal outcomes are enums.
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>

#include "base/str.h"

#define MUST_CHECK __attribute__((warn_unused_result))

enum { ERR_TEXT_BYTES = 480 }; // a path (PATH_MAX is cut), a cause and an advice; one line of a terminal or two

struct err {
    uint32_t line; // 1-based place in the input, 0 where there is none
    uint32_t col;  // 1-based, in code points
    char text[ERR_TEXT_BYTES];
};

// Sets the text and no place. Returns false, so that `return err_set(err, ...)` reads well. err may be NULL.
bool err_set(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

// The same with a place in the input.
bool err_set_at(struct err *err, uint32_t line, uint32_t col, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// Puts "what: " before the text that is there, as the failure travels up. Returns false.
bool err_wrap(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
