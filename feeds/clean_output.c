// SPDX-License-Identifier: MIT
//
// Puts the values of attributes back. See clean_output.h.
#include "feeds/clean_output.h"

bool clean_output_value(const struct clean_output *output, struct str *value)
{
    if (value->n < 2 || value->p[0] != CLEAN_VALUE_MARK)
        return false;
    if (value->p[1] == CLEAN_VALUE_MARK) {
        *value = str_from(*value, 1);
        return false;
    }
    size_t high = (unsigned char)value->p[1] - (size_t)CLEAN_VALUE_DIGIT;
    size_t low = value->n == CLEAN_VALUE_MARK_BYTES ? (unsigned char)value->p[2] - (size_t)CLEAN_VALUE_DIGIT : SIZE_MAX;
    size_t number = high << CLEAN_VALUE_DIGIT_BITS | low;
    bool is_known = number < output->n_values;
    uint32_t from = is_known && number ? output->value_ends[number - 1] : 0;
    *value = is_known ? str_make(output->values.p + from, output->value_ends[number] - from) : (struct str){"", 0};
    return true;
}
