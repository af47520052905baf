// SPDX-License-Identifier: MIT
//
// What the cleaner hands to the reader of its XML: see clean.h on what goes aside.
#ifndef FEEDS_CLEAN_OUTPUT_H
#define FEEDS_CLEAN_OUTPUT_H

#include "base/str.h"

// One write: XML that ends between tokens, the texts that its marks stand for, and the values of attributes that it
// has marks of; each one after the other, with the offsets where they end.
struct clean_output {
    struct str xml;
    struct str texts, values;
    const uint32_t *ends, *value_ends;
    size_t n_ends, n_values;
};

#define CLEAN_MARK "<?_?>"
#define CLEAN_CUT "<?x?>"   // the text ended inside the item at hand
#define CLEAN_BLANK "<?o?>" // the item at hand is none: its tag was an end tag without its slash

// The mark of a value that is aside: this byte, and its number in two digits. A value of the feed's own that begins
// with the byte has it twice.
enum { CLEAN_VALUE_MARK = 0x7f, CLEAN_VALUE_DIGIT = '@', CLEAN_VALUE_DIGIT_BITS = 5, CLEAN_VALUE_MARK_BYTES = 3 };

// Puts the value that a mark stands for in its place; any other stays, without the doubled byte. True for a mark: the
// value's references are resolved then, and it is a view of the output.
bool clean_output_value(const struct clean_output *output, struct str *value);

struct clean_sink {
    void (*write)(void *context, const struct clean_output *output);
    void *context;
};

#endif
