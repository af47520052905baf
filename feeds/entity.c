// SPDX-License-Identifier: MIT
//
// Character references: a binary search over the standard's table, and windows-1252.
#include "feeds/entity.h"

#include "base/utf8.h"
#include "feeds/entity_table.h"

// What windows-1252 has at 0x80-0x9f; 0 where it has nothing.
static const uint16_t cp1252_high[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

struct str entity_named(struct str name)
{
    size_t low = 0, high = entity_table_n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = str_cmp(name, str_of(entity_table[mid].name));
        if (order == 0)
            return str_of(entity_table[mid].utf8);
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return (struct str){NULL, 0};
}

uint32_t cp1252_code(unsigned char byte)
{
    if (byte < 0x80 || byte >= 0xa0)
        return byte;
    uint32_t code = cp1252_high[byte - 0x80];
    return code ? code : UTF8_BAD;
}

uint32_t entity_numeric(uint64_t number)
{
    if (number >= 0x80 && number < 0xa0)
        return cp1252_code((unsigned char)number);
    if (number > 0x10ffff || (number >= 0xd800 && number < 0xe000) || number == 0xfffe || number == 0xffff)
        return UTF8_BAD;
    if (number < 0x20 && number != '\t' && number != '\n' && number != '\r')
        return 0;
    return (uint32_t)number;
}
