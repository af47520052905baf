// SPDX-License-Identifier: MIT
//
// Folding on top of utf8proc. See fold.h.
//
// A cluster goes: compatibility decomposition (with or without case folding) -> canonical order -> composition (NFKC)
// -> each code point loses what its script may lose. Accents go only from Latin, Greek and Cyrillic bases, so that an
// Indic vowel sign or a Japanese voicing mark stays; й and ї stay because they are letters of their own.
#include "base/fold.h"

#include <utf8proc.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
    MARKS_MAX = 30, // Unicode's stream-safe format allows as many on one base
    RAW_MAX = FOLD_CODES_MAX * 2,
};

struct range {
    uint32_t first, last;
};

// Of ranges in order, by halving: one that misses is the usual case.
static bool is_in(uint32_t c, const struct range *ranges, size_t n)
{
    while (n > 1) {
        size_t half = n / 2;
        bool is_behind = c >= ranges[half].first;
        ranges += is_behind ? half : 0;
        n = is_behind ? n - half : half;
    }
    return c >= ranges->first && c <= ranges->last;
}
#define IN(c, ranges) is_in((c), (ranges), sizeof(ranges) / sizeof *(ranges))

static const struct range single_ranges[] = {
    {0x0E00, 0x0EFF},   // Thai, Lao
    {0x1000, 0x109F},   // Burmese
    {0x1100, 0x11FF},   // jamo
    {0x1780, 0x17FF},   // Khmer
    {0x2E80, 0x2FDF},   {0x3005, 0x3007}, {0x3021, 0x3029}, {0x3031, 0x303C}, {0x3041, 0x30FF}, {0x3100, 0x318F},
    {0x31A0, 0x31FF},   {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA960, 0xA97F}, {0xAC00, 0xD7FF}, {0xF900, 0xFAFF},
    {0xFF66, 0xFFDC},   // halfwidth kana and jamo
    {0x16FE0, 0x18DFF}, // Tangut and marks of old kana
    {0x1AFF0, 0x1B2FF}, {0x20000, 0x3FFFF},
};

static const struct range drop_ranges[] = {
    // Default_Ignorable_Code_Point of Unicode, and what marks text without being it (tatweel).
    {0x00AD, 0x00AD}, {0x034F, 0x034F}, {0x061C, 0x061C}, {0x0640, 0x0640}, {0x115F, 0x1160}, {0x17B4, 0x17B5},
    {0x180B, 0x180F}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x206F}, {0x3164, 0x3164}, {0xFE00, 0xFE0F},
    {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFF8}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

static const struct range optional_marks[] = {
    {0x0591, 0x05BD}, {0x05BF, 0x05BF}, {0x05C1, 0x05C2}, {0x05C4, 0x05C5}, {0x05C7, 0x05C7}, // Hebrew points
    {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0670, 0x0670}, {0x06D6, 0x06DC}, {0x06DF, 0x06E4}, // harakat
    {0x06E7, 0x06E8}, {0x06EA, 0x06ED}, {0x08D3, 0x08FF},
};

static const struct range accented_scripts[] = {
    {0x0041, 0x02AF}, // Latin
    {0x0370, 0x03FF}, // Greek
    {0x0400, 0x052F}, {0x1C80, 0x1C8F},                   // Cyrillic
    {0x1D00, 0x1DBF}, {0x1E00, 0x1EFF},                   // Latin
    {0x1F00, 0x1FFF},                                     // Greek
    {0x2C60, 0x2C7F},                                     // Latin
    {0x2DE0, 0x2DFF}, {0xA640, 0xA69F},                   // Cyrillic
    {0xA720, 0xA7FF},                                     // Latin
};

// Letters that Unicode does not decompose though people type them without the stroke; and one letter for Arabic ones
// that differ by their hamza or by the keyboard they were typed on.
static const struct {
    uint32_t from, to, second;
} letters[] = {
    {0x00C6, 'A', 'E'}, {0x00D0, 'D', 0},   {0x00D8, 'O', 0},    {0x00DE, 'T', 'H'},  {0x00DF, 's', 's'},
    {0x00E6, 'a', 'e'}, {0x00F0, 'd', 0},   {0x00F8, 'o', 0},    {0x00FE, 't', 'h'},  {0x0110, 'D', 0},
    {0x0111, 'd', 0},   {0x0126, 'H', 0},   {0x0127, 'h', 0},    {0x0131, 'i', 0},    {0x0141, 'L', 0},
    {0x0142, 'l', 0},   {0x0152, 'O', 'E'}, {0x0153, 'o', 'e'},  {0x0166, 'T', 0},    {0x0167, 't', 0},
    {0x03C2, 0x03C3, 0}, {0x0622, 0x0627, 0}, {0x0623, 0x0627, 0}, {0x0624, 0x0648, 0}, {0x0625, 0x0627, 0},
    {0x0626, 0x064A, 0}, {0x0671, 0x0627, 0}, {0x0672, 0x0627, 0}, {0x0673, 0x0627, 0}, {0x0675, 0x0627, 0},
    {0x06A9, 0x0643, 0}, {0x06CC, 0x064A, 0}, {0x1E9E, 'S', 'S'},
};

static const struct range stop_ranges[] = {
    {'!', '!'},       {'?', '?'},       {0x0589, 0x0589}, {0x061F, 0x061F}, {0x06D4, 0x06D4}, {0x0964, 0x0965},
    {0x0DF4, 0x0DF4}, {0x0F0D, 0x0F0E}, {0x104A, 0x104B}, {0x1362, 0x1362}, {0x1367, 0x1368}, {0x17D4, 0x17D5},
    {0x2026, 0x2026}, {0x2029, 0x2029}, {0x203C, 0x203D}, {0x2047, 0x2049}, {0x3002, 0x3002}, {0xFE52, 0xFE52},
    {0xFF01, 0xFF01}, {0xFF1F, 0xFF1F}, {0xFF61, 0xFF61},
};

static const struct range colon_ranges[] = {
    {':', ';'},       {0x037E, 0x037E}, {0x061B, 0x061B}, {0x1364, 0x1366}, {0xFE54, 0xFE55}, {0xFF1A, 0xFF1B},
};

static const struct range quote_ranges[] = {
    {'\'', '\''},     {'`', '`'},       {0x00B4, 0x00B4}, {0x02B9, 0x02B9}, {0x02BB, 0x02BD}, {0x02C8, 0x02C8},
    {0x055A, 0x055A}, {0x05F3, 0x05F3}, {0x2018, 0x201B}, {0x2032, 0x2032}, {0x2035, 0x2035}, {0xA78B, 0xA78C},
    {0xFF07, 0xFF07}, {0xFF40, 0xFF40},
};

static const struct range quotes_ranges[] = {
    {'"', '"'},       {0x00AB, 0x00AB}, {0x00BB, 0x00BB}, {0x05F4, 0x05F4}, {0x201C, 0x201F}, {0x2033, 0x2033},
    {0x2039, 0x203A}, {0x300C, 0x300F}, {0x301D, 0x301F}, {0xFF02, 0xFF02}, {0xFF62, 0xFF63},
};

bool fold_is_quotes(uint32_t code)
{
    return IN(code, quotes_ranges);
}

bool fold_is_mark(uint32_t code)
{
    if (code < 0x300)
        return false;
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)code);
    return c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_MC || c == UTF8PROC_CATEGORY_ME;
}

bool fold_extends(uint32_t code)
{
    if (code < 0x300 || (code >= 0x3400 && code < 0xA000))
        return false;
    return (code >= 0x1160 && code <= 0x11FF) || code == 0xFF9E || code == 0xFF9F || fold_is_mark(code);
}

static enum fold_class class_of(uint32_t c)
{
    if (IN(c, drop_ranges) || IN(c, optional_marks))
        return FOLD_DROP;
    if (c == '\n' || c == 0x85 || c == 0x2028)
        return FOLD_BREAK;
    if (IN(c, quote_ranges))
        return FOLD_QUOTE;
    if (IN(c, quotes_ranges))
        return FOLD_QUOTES;
    if (IN(c, stop_ranges))
        return FOLD_STOP;
    if (IN(c, colon_ranges))
        return FOLD_COLON;
    if (c == '.' || c == 0xFF0E || c == 0x2024)
        return FOLD_DOT;
    if (c == 0x2120 || c == 0x2122) // SM and TM are no part of the word they stand at
        return FOLD_OTHER;
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    if (category == UTF8PROC_CATEGORY_PD || c == 0x2212 || c == 0x02D7)
        return FOLD_HYPHEN;
    if (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO)
        return IN(c, single_ranges) ? FOLD_SINGLE : FOLD_WORD;
    if (category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_CC)
        return FOLD_SPACE;
    return FOLD_OTHER;
}

// Reads the cluster at the start of s; the code points of at most MARKS_MAX marks are kept.
static size_t cluster_read(struct str s, uint32_t codes[MARKS_MAX + 1], size_t *out_n)
{
    size_t bytes = utf8_decode(s, &codes[0]);
    size_t n = 1;
    while (bytes < s.n && (unsigned char)s.p[bytes] >= 0xCC) {
        uint32_t c;
        size_t length = utf8_decode(str_from(s, bytes), &c);
        if (!fold_extends(c))
            break;
        bytes += length;
        if (n <= MARKS_MAX)
            codes[n++] = c;
    }
    *out_n = n;
    return bytes;
}

static int combining_class(utf8proc_int32_t c)
{
    return utf8proc_get_property(c)->combining_class;
}

// Decomposes, orders and composes: NFKC. Returns the count.
static size_t nfkc(const uint32_t *codes, size_t n, bool fold_case, utf8proc_int32_t raw[RAW_MAX])
{
    int options = UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | (fold_case ? UTF8PROC_CASEFOLD : 0);
    size_t count = 0;
    int boundary = 0;
    for (size_t i = 0; i < n; i++) {
        utf8proc_ssize_t got = utf8proc_decompose_char((utf8proc_int32_t)codes[i], raw + count,
                                                       (utf8proc_ssize_t)(RAW_MAX - count),
                                                       (utf8proc_option_t)options, &boundary);
        if (got > 0 && count + (size_t)got <= RAW_MAX)
            count += (size_t)got;
    }
    for (size_t i = 1; i < count; i++) // canonical order: a stable insertion sort of runs of marks
        for (size_t j = i; j > 0; j--) {
            int here = combining_class(raw[j]);
            if (here == 0 || combining_class(raw[j - 1]) <= here)
                break;
            utf8proc_int32_t swap = raw[j];
            raw[j] = raw[j - 1];
            raw[j - 1] = swap;
        }
    utf8proc_ssize_t composed =
        utf8proc_normalize_utf32(raw, (utf8proc_ssize_t)count, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    return composed < 0 ? 0 : (size_t)composed;
}

static void add_code(struct fold *out, uint32_t c)
{
    if (out->n < FOLD_CODES_MAX)
        out->codes[out->n++] = c;
}

// Adds a letter without what its script may lose.
static void add_letter(struct fold *out, uint32_t c)
{
    bool stays = c == 0x0439 || c == 0x0419 || c == 0x0457 || c == 0x0407; // й Й ї Ї
    if (!stays && IN(c, accented_scripts)) {
        utf8proc_int32_t parts[8];
        int boundary = 0;
        utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)c, parts, 8,
                                                     UTF8PROC_STABLE | UTF8PROC_DECOMPOSE, &boundary);
        if (n > 0)
            c = (uint32_t)parts[0];
    }
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].from == c) {
            add_code(out, letters[i].to);
            if (letters[i].second)
                add_code(out, letters[i].second);
            return;
        }
    add_code(out, c);
}

// Sets the class of a cluster from its code points; a compatibility character counts as what it is made of.
static enum fold_class cluster_class(uint32_t first, const utf8proc_int32_t *raw, size_t n)
{
    enum fold_class class = class_of(first);
    if (class != FOLD_OTHER && class != FOLD_WORD)
        return class;
    for (size_t i = 0; i < n; i++) {
        enum fold_class here = class_of((uint32_t)raw[i]);
        if ((here == FOLD_WORD || here == FOLD_SINGLE) && !fold_is_mark((uint32_t)raw[i]))
            return first == 0x2122 || first == 0x2120 ? FOLD_OTHER : here;
    }
    return class == FOLD_WORD && n == 0 ? FOLD_DROP : class;
}

// What class_of says of ASCII; 0 is FOLD_SPACE, which controls are.
static const uint8_t ascii_classes[128] = {
    ['!'] = FOLD_STOP,         ['"'] = FOLD_QUOTES,       ['#' ... '&'] = FOLD_OTHER, ['\''] = FOLD_QUOTE,
    ['(' ... ','] = FOLD_OTHER, ['-'] = FOLD_HYPHEN,      ['.'] = FOLD_DOT,          ['/'] = FOLD_OTHER,
    ['0' ... '9'] = FOLD_WORD, [':' ... ';'] = FOLD_COLON, ['<' ... '>'] = FOLD_OTHER, ['?'] = FOLD_STOP,
    ['@'] = FOLD_OTHER,        ['A' ... 'Z'] = FOLD_WORD, ['[' ... '_'] = FOLD_OTHER, ['`'] = FOLD_QUOTE,
    ['a' ... 'z'] = FOLD_WORD, ['{' ... '~'] = FOLD_OTHER, ['\n'] = FOLD_BREAK,
};

// ASCII with no mark behind it, as most is.
static bool fold_ascii(struct str s, bool fold_case, struct fold *out)
{
    unsigned char c = (unsigned char)s.p[0];
    if (c >= 0x80 || (s.n > 1 && (unsigned char)s.p[1] >= 0xCC))
        return false;
    out->class = (enum fold_class)ascii_classes[c];
    out->bytes = 1;
    out->n = 0;
    if (out->class == FOLD_WORD)
        out->codes[out->n++] = (uint32_t)(fold_case ? char_lower(s.p[0]) : s.p[0]);
    return true;
}

static void fold_cluster(struct str s, bool fold_case, struct fold *out)
{
    if (fold_ascii(s, fold_case, out))
        return;
    uint32_t codes[MARKS_MAX + 1];
    size_t n;
    utf8proc_int32_t raw[RAW_MAX];
    out->bytes = cluster_read(s, codes, &n);
    out->n = 0;
    size_t count = nfkc(codes, n, fold_case, raw);
    out->class = cluster_class(codes[0], raw, count);
    if (out->class != FOLD_WORD && out->class != FOLD_SINGLE)
        return;
    bool base_has_accents = false;
    for (size_t i = 0; i < count; i++) {
        uint32_t c = (uint32_t)raw[i];
        enum fold_class class = class_of(c);
        if (class != FOLD_WORD && class != FOLD_SINGLE)
            continue;
        if (fold_is_mark(c)) {
            if (!base_has_accents && (i > 0 || !IN(c, ((struct range[]){{0x300, 0x36F}}))))
                add_code(out, c);
            continue;
        }
        base_has_accents = IN(c, accented_scripts);
        add_letter(out, c);
    }
    if (out->n == 0)
        out->class = FOLD_DROP;
}

void fold_next(struct str s, struct fold *out)
{
    fold_cluster(s, true, out);
}

void fold_next_cased(struct str s, struct fold *out)
{
    fold_cluster(s, false, out);
}

void fold_next_nfkc(struct str s, bool is_lower, struct fold *out)
{
    uint32_t codes[MARKS_MAX + 1];
    size_t n;
    utf8proc_int32_t raw[RAW_MAX];
    if (fold_ascii(s, is_lower, out)) {
        if (out->n == 0) // not a letter, but all stays
            out->codes[out->n++] = (unsigned char)s.p[0];
        return;
    }
    out->bytes = cluster_read(s, codes, &n);
    out->n = 0;
    size_t count = nfkc(codes, n, is_lower, raw);
    out->class = cluster_class(codes[0], raw, count);
    for (size_t i = 0; i < count; i++)
        if (!IN((uint32_t)raw[i], drop_ranges))
            add_code(out, (uint32_t)raw[i]);
}

char fold_sign(struct str s, struct fold *out)
{
    fold_next_nfkc(s, false, out);
    if (out->class == FOLD_QUOTE)
        return '\'';
    return out->n == 1 && out->codes[0] < 0x80 ? (char)out->codes[0] : '\0';
}

static uint32_t entry_of(uint32_t code)
{
    char bytes[4];
    struct fold f;
    fold_next(str_make(bytes, utf8_encode(code, bytes)), &f);
    uint32_t entry = (uint32_t)f.class << FOLD_CODE_BITS;
    if (f.n == 1)
        entry |= f.codes[0];
    if (f.n > 1 || f.class == FOLD_SINGLE)
        entry |= FOLD_SLOW;
    return fold_extends(code) ? entry | FOLD_EXTENDS : entry;
}

struct fold_table *fold_table_new(void)
{
    struct fold_table *table = mem_alloc(sizeof *table);
    for (uint32_t c = 0; c < FOLD_TABLE_CODES; c++)
        table->entries[c] = entry_of(c);
    return table;
}

void fold_table_free(struct fold_table *table)
{
    mem_free(table);
}
