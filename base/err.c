// SPDX-License-Identifier: MIT
//
// One failure. See err.h.
#include "base/err.h"

#include <stdio.h>

bool err_set(struct err *err, const char *format, ...)
{
    if (!err)
        return false;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    err->line = err->col = 0;
    return false;
}

bool err_set_at(struct err *err, uint32_t line, uint32_t col, const char *format, ...)
{
    if (!err)
        return false;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    err->line = line;
    err->col = col;
    return false;
}

bool err_wrap(struct err *err, const char *format, ...)
{
    if (!err)
        return false;
    char cause[ERR_TEXT_BYTES];
    memcpy(cause, err->text, sizeof cause);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof err->text)
        snprintf(err->text + n, sizeof err->text - (size_t)n, ": %s", cause);
    return false;
}
