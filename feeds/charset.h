// SPDX-License-Identifier: MIT
//
// What the label of an encoding means. Labels are used for more than they say: "iso-8859-1" is windows-1252, "gb2312"
// is gb18030, "euc-kr" is cp949 (WHATWG encoding standard).
#ifndef FEEDS_CHARSET_H
#define FEEDS_CHARSET_H

#include <stddef.h>

enum { CHARSET_NAME_MAX = 20 }; // bytes of the longest name returned, its NUL included

// Returns iconv's name for what a label (in lower case) is used for, in out, which has room for CHARSET_NAME_MAX; or
// the label itself where nothing better is known.
const char *charset_meant(const char *label, char *out, size_t room);

#endif
