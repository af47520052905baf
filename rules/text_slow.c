// SPDX-License-Identifier: MIT
//
// Reading words by clusters, and the signs between words. See text_parts.h.
#include "base/utf8.h"
#include "rules/text_parts.h"

// One cluster, read through the table where it can be.
static void step(const struct scan *s, size_t at, struct fold *out)
{
    struct str rest = str_from(s->s, at);
    if ((unsigned char)rest.p[0] < 0x80 && (rest.n == 1 || (unsigned char)rest.p[1] < 0xCC)) { // as a sign mostly is
        uint32_t entry = s->t->table->entries[(unsigned char)rest.p[0]];
        out->class = fold_entry_class(entry);
        out->bytes = 1;
        out->codes[0] = fold_entry_code(entry);
        out->n = out->codes[0] != 0;
        return;
    }
    uint32_t code;
    size_t bytes = utf8_decode(rest, &code);
    unsigned char next = bytes < rest.n ? (unsigned char)rest.p[bytes] : 0;
    if (next >= 0xCC && !(next >= 0xE4 && next <= 0xE9)) { // E4 to E9 lead Han, which extends nothing
        uint32_t follower;
        utf8_decode(str_from(rest, bytes), &follower);
        bool extends = follower < FOLD_TABLE_CODES ? s->t->table->entries[follower] & FOLD_EXTENDS
                                                   : fold_extends(follower);
        if (extends) {
            fold_next(rest, out);
            return;
        }
    }
    out->bytes = bytes;
    out->n = 1;
    if (code < FOLD_TABLE_CODES && !(s->t->table->entries[code] & FOLD_SLOW)) {
        uint32_t entry = s->t->table->entries[code];
        out->class = fold_entry_class(entry);
        out->codes[0] = fold_entry_code(entry);
        out->n = out->codes[0] != 0;
        return;
    }
    if ((code >= 0x4E00 && code < 0xA000) || (code >= 0xAC00 && code <= 0xD7A3)) {
        out->class = FOLD_SINGLE;
        out->codes[0] = code;
        return;
    }
    fold_next(rest, out);
}

static inline void add_folded(struct scan *s, uint32_t code)
{
    s->t->n_folded += utf8_encode(code, s->t->folded + s->t->n_folded);
}

static bool is_hebrew(uint32_t code)
{
    return code >= 0x05D0 && code <= 0x05EA;
}

// An acronym's gershayim (or the quote typed for it) between Hebrew letters is no end of the word.
static bool is_gershayim(const struct scan *s, const struct fold *f, size_t at, uint32_t before)
{
    if ((f->class != FOLD_QUOTE && f->class != FOLD_QUOTES) || !is_hebrew(before) || at + f->bytes >= s->s.n)
        return false;
    FOLD_UNSET struct fold next;
    step(s, at + f->bytes, &next);
    return next.n && is_hebrew(next.codes[0]);
}

static size_t letter_end(struct str s, size_t at)
{
    return at < s.n ? at + utf8_length(str_from(s, at)) : s.n;
}

// The two-byte letter at `at`; 0 where there is none.
static unsigned letter_at(struct str s, size_t at)
{
    return at + 2 <= s.n ? (unsigned)(unsigned char)s.p[at] << 8 | (unsigned char)s.p[at + 1] : 0;
}

// Tells whether the first alef is bare, as that of the article: hamza and madda make another letter of it, that of a
// word's own beginning, and fold to the same. A wasla is the article's.
static bool is_alef_bare(struct str source)
{
    uint32_t code = 0, next = 0;
    for (size_t at = 0; at < source.n;) {
        at += utf8_decode(str_from(source, at), &code);
        switch (code) {
        case 0x0627:
        case 0xFE8D: // its presentation forms
        case 0xFE8E:
            if (at < source.n)
                utf8_decode(str_from(source, at), &next);
            return next < 0x0653 || next > 0x0655; // marks of their own
        case 0x0671:
        case 0xFB50:
        case 0xFB51: return true;
        case 0x0622:
        case 0x0623:
        case 0x0625:
        case 0x0672:
        case 0x0673:
        case 0x0675:
        case 0xFE81:
        case 0xFE82:
        case 0xFE83:
        case 0xFE84:
        case 0xFE87:
        case 0xFE88: return false;
        default: break;
        }
    }
    return true;
}

// The article is ال, alone or behind ب or ك, or لل for ل and ال; و or ف may stand before it.
size_t text_arabic_article(struct str folded, struct str source, size_t letters_min)
{
    enum { ALEF = 0xD8A7, BEH = 0xD8A8, FEH = 0xD981, KAF = 0xD983, LAM = 0xD984, WAW = 0xD988 };
    unsigned first = letter_at(folded, 0);
    size_t at = first == WAW || first == FEH ? 2 : 0;
    unsigned second = letter_at(folded, at);
    if (second == BEH || second == KAF)
        at += 2;
    else if (second == LAM && letter_at(folded, at + 2) != LAM)
        return 0;
    if ((letter_at(folded, at) != ALEF && second != LAM) || letter_at(folded, at + 2) != LAM)
        return 0;
    size_t head = at + 4;
    at = head;
    for (size_t letters = 0; letters < letters_min; letters++) {
        if (at >= folded.n)
            return 0;
        at = letter_end(folded, at);
    }
    return second == LAM || is_alef_bare(source) ? head : 0;
}

static void cut_article(struct scan *s, size_t folded, size_t start, size_t end)
{
    struct text *t = s->t;
    unsigned char first = (unsigned char)t->folded[folded];
    if (first < 0xD8 || first > 0xD9)
        return;
    struct str source = str_make(s->s.p + start, end - start);
    size_t cut = text_arabic_article(str_make(t->folded + folded, t->n_folded - folded), source, 3);
    if (cut) {
        memmove(t->folded + folded, t->folded + folded + cut, t->n_folded - folded - cut);
        t->n_folded -= cut;
    }
}

// Whether a mark stands at `at`, which makes one cluster of it and what stands before it.
static bool is_mark_at(const struct scan *s, size_t at)
{
    if (at >= s->s.n || (unsigned char)s->s.p[at] < 0xCC)
        return false;
    uint32_t code;
    utf8_decode(str_from(s->s, at), &code);
    return code < FOLD_TABLE_CODES ? s->t->table->entries[code] & FOLD_EXTENDS : fold_extends(code);
}

static inline bool is_plain_letter(uint32_t entry)
{
    return (entry & (FOLD_SLOW | FOLD_EXTENDS | FOLD_CLASS_MASK << FOLD_CODE_BITS)) == FOLD_WORD << FOLD_CODE_BITS;
}

// Appends letters from s->at on: those of one and two bytes that fold to one such letter and that no mark joins, as
// nearly all are. Returns where it stopped; sets *last to the last one.
static size_t read_letters(struct scan *s, size_t at, size_t folded, uint32_t *last)
{
    const uint32_t *entries = s->t->table->entries;
    const unsigned char *p = (const unsigned char *)s->s.p;
    size_t end = s->s.n;
    char *first = s->t->folded + s->t->n_folded;
    char *limit = s->t->folded + folded + WORD_BYTES_MAX - 4;
    char *out = first;
    size_t bytes = 0;
    size_t added = 0;
    uint32_t code = *last;
    for (; at < end && out <= limit; at += bytes) {
        uint32_t entry;
        if (p[at] < 0x80) {
            bytes = 1;
            entry = entries[p[at]];
        } else {
            bytes = 2;
            if (p[at] < 0xC2 || p[at] > 0xDF || at + 1 == end || (p[at + 1] & 0xC0) != 0x80)
                break;
            entry = entries[(p[at] & 0x1Fu) << 6 | (p[at + 1] & 0x3Fu)];
        }
        if (!is_plain_letter(entry) || fold_entry_code(entry) >= 0x800)
            break;
        code = fold_entry_code(entry);
        if (code < 0x80) {
            *out = (char)code;
            added = 1;
        } else {
            out[0] = (char)(0xC0 | code >> 6);
            out[1] = (char)(0x80 | (code & 0x3F));
            added = 2;
        }
        out += added;
    }
    if (out > first && is_mark_at(s, at)) { // the last one belongs to the mark
        out -= added;
        at -= (unsigned char)s->s.p[at - 1] < 0x80 ? 1 : 2;
    }
    *last = code;
    s->t->n_folded += (size_t)(out - first);
    return at;
}

// Whether a sign of ASCII stands at `at` that ends any word; with a mark it may not (U+0345 folds to a letter).
static bool is_end_at(const struct scan *s, size_t at)
{
    char c = s->s.p[at];
    return (unsigned char)c < 0x80 && !char_is_alnum(c) && c != '\'' && c != '"' && c != '`' && !is_mark_at(s, at + 1);
}

// A word from s->at whose letters up to `end` were read.
static void read_word(struct scan *s, size_t end, size_t folded, uint32_t last)
{
    struct text *t = s->t;
    size_t start = s->at;
    FOLD_UNSET struct fold f;
    for (size_t at = end; at < s->s.n && !is_end_at(s, at);) {
        step(s, at, &f);
        if (f.class == FOLD_WORD && (f.n || at > start)) {
            if (t->n_folded - folded + f.n * 4 > WORD_BYTES_MAX && t->n_folded > folded) {
                t->has_cut = true;
                break;
            }
            for (size_t i = 0; i < f.n; i++)
                add_folded(s, f.codes[i]);
            last = f.codes[0];
            end = at = read_letters(s, at + f.bytes, folded, &last);
        } else if (f.class == FOLD_DROP || is_gershayim(s, &f, at, last)) {
            at += f.bytes;
        } else {
            break;
        }
    }
    cut_article(s, folded, start, end);
    s->at = end;
    scan_word_end(s, start, end, folded, 0);
}

// A cluster of a script without spaces: a word for each letter that compatibility made of it.
static void read_single(struct scan *s, const struct fold *f)
{
    size_t start = s->at;
    size_t i = 0;
    while (i < f->n) {
        scan_word_room(s);
        size_t folded = s->t->n_folded;
        do
            add_folded(s, f->codes[i++]);
        while (i < f->n && (fold_is_mark(f->codes[i]) || s->t->n_folded - folded > WORD_BYTES_MAX));
        scan_word_end(s, start, start + f->bytes, folded, WORD_SINGLE);
    }
    s->at = start + f->bytes;
}

static void break_at(struct scan *s, int level)
{
    if (!s->is_address && level > s->break_level)
        s->break_level = level;
}

static bool is_upper(struct str s, size_t at)
{
    struct fold cased, folded;
    fold_next_nfkc(str_from(s, at), false, &cased);
    fold_next_nfkc(str_from(s, at), true, &folded);
    return cased.class == FOLD_WORD && cased.n && folded.n && cased.codes[0] != folded.codes[0];
}

static enum fold_class class_at(const struct scan *s, size_t at)
{
    if (at >= s->s.n)
        return FOLD_SPACE;
    FOLD_UNSET struct fold f;
    step(s, at, &f);
    return f.class;
}

// Of scripts whose characters are words: Han, kana and Hangul end sentences with a dot (Korean always does); in Thai,
// Lao, Khmer and Burmese a dot is that of an abbreviation.
enum dot_habit { DOT_OF_LETTERS, DOT_ENDS, DOT_ABBREVIATES };

static enum dot_habit dot_habit(struct str word)
{
    enum { THAI = 0x0E00, LAO_END = 0x0F00, BURMESE = 0x1000, BURMESE_END = 0x10A0, JAMO = 0x1100, JAMO_END = 0x1200,
           KHMER = 0x1780, KHMER_END = 0x1800, RADICALS = 0x2E80 };
    uint32_t code = 0;
    utf8_decode(word, &code);
    if ((code >= THAI && code < LAO_END) || (code >= BURMESE && code < BURMESE_END) ||
        (code >= KHMER && code < KHMER_END))
        return DOT_ABBREVIATES;
    return code >= RADICALS || (code >= JAMO && code < JAMO_END) ? DOT_ENDS : DOT_OF_LETTERS;
}

// Whether a word in lower case follows the blanks at `at`: of Latin, Greek, Cyrillic or Armenian, which have two cases.
static bool is_lower_behind(const struct scan *s, size_t at)
{
    FOLD_UNSET struct fold f;
    do {
        if (at >= s->s.n)
            return false;
        step(s, at, &f);
        at += f.bytes;
    } while (f.class == FOLD_SPACE || f.class == FOLD_BREAK || f.class == FOLD_DROP);
    if (f.class != FOLD_WORD || !f.n)
        return false;
    bool has_cases = (f.codes[0] >= 'a' && f.codes[0] <= 'z') || (f.codes[0] >= 0xDF && f.codes[0] < 0x590);
    return has_cases && !is_upper(s->s, at - f.bytes);
}

// Whether the dot behind a number, before blanks at `at`, is that of an ordinal or a date.
static bool is_ordinal(const struct scan *s, struct str number, size_t at)
{
    for (size_t i = 0; i < number.n; i++)
        if (!char_is_digit(number.p[i]))
            return false;
    return (s->t->has_ordinals && number.n <= 2) || is_lower_behind(s, at);
}

// Whether the dot at [at, end) ends a sentence: not inside a word or number, not an abbreviation's or an initial's.
static bool dot_is_end(const struct scan *s, size_t at, size_t end)
{
    FOLD_UNSET struct fold f;
    size_t i = end;
    bool has_closer = false;
    while (i < s->s.n) { // closing quotes and brackets belong to the sentence
        step(s, i, &f);
        bool is_closer = f.class == FOLD_QUOTE || f.class == FOLD_QUOTES || s->s.p[i] == ')' || s->s.p[i] == ']';
        if (!is_closer || i - end > 16)
            break;
        has_closer = true;
        i += f.bytes;
    }
    bool is_behind_word = s->word_end == at;
    enum fold_class next = class_at(s, i);
    struct str word = {0};
    if (is_behind_word)
        word = str_make(s->t->folded + s->word_folded, s->t->n_folded - s->word_folded);
    enum dot_habit habit = word.n ? dot_habit(word) : DOT_OF_LETTERS;
    if (next == FOLD_SINGLE)
        return habit != DOT_ABBREVIATES;
    if (next == FOLD_WORD)
        return !has_closer && is_behind_word && at > 0 && char_is_alpha(s->s.p[at - 1]) && !s->word_is_dotted &&
               s->t->n_folded - s->word_folded > 1 && !is_upper(s->s, at - 1) && is_upper(s->s, i);
    if (next != FOLD_SPACE && next != FOLD_BREAK)
        return next == FOLD_DOT || next == FOLD_HYPHEN;
    if (!is_behind_word || habit == DOT_ENDS)
        return true;
    size_t letters = utf8_count(word);
    bool is_number = word.n && char_is_digit(word.p[word.n - 1]);
    if (is_number && !has_closer && is_ordinal(s, word, i))
        return false;
    if (!is_number && (letters == 1 || (letters == 2 && s->word_is_dotted)))
        return false;
    return !text_is_abbreviation(word);
}

static void read_dot(struct scan *s, size_t bytes)
{
    size_t end = s->at + bytes;
    bool is_run = class_at(s, end) == FOLD_DOT;
    while (class_at(s, end) == FOLD_DOT && end < s->s.n)
        end += utf8_length(str_from(s->s, end));
    if (is_run || dot_is_end(s, s->at, s->at + bytes))
        break_at(s, 2);
    else
        s->dot_end = end;
    s->at = end;
}

// An apostrophe: a possessive 's behind a word falls off.
static void read_quote(struct scan *s, size_t bytes)
{
    size_t at = s->at + bytes;
    if (s->word_end == s->at && at < s->s.n && (s->s.p[at] == 's' || s->s.p[at] == 'S')) {
        FOLD_UNSET struct fold f;
        step(s, at, &f);
        enum fold_class next = class_at(s, at + f.bytes);
        if (f.bytes == 1 && next != FOLD_WORD && next != FOLD_SINGLE)
            at++;
    }
    s->at = at;
}

// A newline; a blank line ends a sentence.
static void read_break(struct scan *s, size_t bytes)
{
    size_t at = s->at + bytes;
    while (at < s->s.n && char_is_space(s->s.p[at])) {
        if (s->s.p[at] == '\n')
            break_at(s, 2);
        at++;
    }
    s->at = at;
}

static void read_colon(struct scan *s, size_t bytes)
{
    size_t at = s->at + bytes;
    bool is_in_number = s->at > 0 && char_is_digit(s->s.p[s->at - 1]) && at < s->s.n && char_is_digit(s->s.p[at]);
    if (!is_in_number)
        break_at(s, 1);
    s->at = at;
}

// What drops is not there: a hyphen, dot or apostrophe behind it stands at the word, and a word at what is before it.
static void read_dropped(struct scan *s, size_t bytes)
{
    size_t at = s->at;
    s->at += bytes;
    if (s->word_end == at)
        s->word_end = s->at;
    if (s->hyphen_end == at)
        s->hyphen_end = s->at;
    if (s->dot_end == at)
        s->dot_end = s->at;
}

static void read_sign(struct scan *s, enum fold_class class, size_t bytes)
{
    switch (class) {
    case FOLD_HYPHEN:
        s->hyphen_start = s->at;
        s->hyphen_end = s->at += bytes;
        break;
    case FOLD_DOT: read_dot(s, bytes); break;
    case FOLD_QUOTE: read_quote(s, bytes); break;
    case FOLD_BREAK: read_break(s, bytes); break;
    case FOLD_COLON: read_colon(s, bytes); break;
    case FOLD_STOP:
        break_at(s, 2);
        s->at += bytes;
        break;
    case FOLD_SPACE:
    case FOLD_OTHER:
    case FOLD_QUOTES:
    case FOLD_WORD:
    case FOLD_SINGLE: s->at += bytes; break;
    case FOLD_DROP: read_dropped(s, bytes); break;
    }
}

void scan_sign(struct scan *s)
{
    FOLD_UNSET struct fold f;
    step(s, s->at, &f);
    read_sign(s, f.class, f.bytes);
}

void scan_slow(struct scan *s)
{
    scan_word_room(s);
    size_t folded = s->t->n_folded;
    uint32_t last = 0;
    size_t end = read_letters(s, s->at, folded, &last);
    if (end > s->at) {
        read_word(s, end, folded, last);
        return;
    }
    FOLD_UNSET struct fold f;
    step(s, s->at, &f);
    if (f.class == FOLD_WORD && f.n)
        read_word(s, s->at, folded, 0);
    else if (f.class == FOLD_SINGLE && f.n)
        read_single(s, &f);
    else
        read_sign(s, f.class, f.bytes);
}
