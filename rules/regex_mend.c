// SPDX-License-Identifier: MIT
//
// A fault of Debian 12's vectorscan (5.4.9), kept from ending the daemon. Where it looks backwards for the start of a
// match over a long run of one character (`a+b`, `"[^"]*x`, on a few hundred bytes), a left-over of its debugging
// prints into a buffer of its own and gives a size larger than that buffer. Nobody reads what is printed; but
// the library is built to abort on the size, so any article could end the process. The check that it calls is answered
// here: the size is taken down to that of the buffer. That is as safe as the abort, for every caller.
#include <stdarg.h>
#include <stdio.h>

// Named by the Makefile, so that this file comes into each program, also where a sanitizer has a __snprintf_chk.
extern const char regex_mend[];
const char regex_mend[] = "vectorscan";

// The name is glibc's (debug/snprintf_chk.c), called by code built with _FORTIFY_SOURCE; room is the buffer's size.
int __snprintf_chk(char *out, size_t n, int flag, size_t room, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

int __snprintf_chk(char *out, size_t n, int flag, size_t room, const char *format, ...)
{
    (void)flag;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(out, n < room ? n : room, format, args);
    va_end(args);
    return length;
}
