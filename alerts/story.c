// SPDX-License-Identifier: MIT
//
// The signature of an article: address, exact text, numbers, MinHash. See story.h; the window is story_window.c.
//
// MinHash (Broder 1997): for 64 mixing functions the least value over all shingles. Two texts agree in one of them
// with the probability of their Jaccard similarity. 16 bits of each least value are kept (Li and Koenig 2010): unequal
// values agree by chance once in 65,536.
#include "alerts/story.h"

#include <assert.h>
#include <utf8proc.h>

#include "base/utf8.h"

enum { SIGN_BYTES_MAX = 64 * 1024 }; // of a text: an article, not a book
enum { WORD_BYTES = 64 };            // of a word that count; a longer run is no word of a language
enum { LEAD_CHARS = 300 };           // where the numbers of a news text stand that tell events apart

static_assert(sizeof(struct story_signature) == 8 + 8 + 2 + 2 + 2 * STORY_NUMBERS + 2 * STORY_VALUES,
              "the signature is stored as bytes and may hold no padding");

static const uint64_t seed_word = 0x5f0e2d1c, seed_url = 0x71b3a94d, seed_number = 0x2c8f65e1;

struct walk {
    struct story_signature *out;
    uint64_t least[STORY_VALUES];
    uint64_t before[2];   // hashes of the two words before
    uint64_t text;        // running hash of all words
    uint32_t words;
    uint32_t shingles;
    char word[WORD_BYTES];
    size_t word_n;
    char number[WORD_BYTES]; // digits of the number being read
    size_t number_n;
    bool is_broken_number; // letters touch it (covid19, 4x4): part of a name
};

// The finaliser of SplitMix64: a permutation in which every bit of x reaches every bit of the result.
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static void end_word(struct walk *w)
{
    if (w->word_n == 0)
        return;
    uint64_t h = hash64_seeded(seed_word, str_make(w->word, w->word_n));
    w->text = mix(w->text + h);
    if (++w->words >= 3) {
        uint64_t shingle = mix(h + 3 * w->before[0] + 7 * w->before[1]);
        for (uint64_t i = 0; i < STORY_VALUES; i++) {
            uint64_t value = mix(shingle ^ (i + 1) * 0x9e3779b97f4a7c15u);
            if (value < w->least[i])
                w->least[i] = value;
        }
        w->shingles++;
    }
    w->before[1] = w->before[0];
    w->before[0] = h;
    w->word_n = 0;
}

static void end_number(struct walk *w)
{
    bool is_number = w->number_n > 0 && !w->is_broken_number;
    struct str digits = str_make(w->number, w->number_n);
    w->number_n = 0;
    w->is_broken_number = false;
    if (!is_number || w->out->n_numbers > STORY_NUMBERS)
        return;
    uint16_t h = (uint16_t)hash64_seeded(seed_number, digits);
    uint16_t at = 0;
    while (at < w->out->n_numbers && w->out->numbers[at] < h)
        at++;
    if (at < w->out->n_numbers && w->out->numbers[at] == h)
        return;
    if (w->out->n_numbers == STORY_NUMBERS) {
        w->out->n_numbers = STORY_NUMBERS + 1;
        return;
    }
    memmove(w->out->numbers + at + 1, w->out->numbers + at, sizeof(uint16_t) * (size_t)(w->out->n_numbers - at));
    w->out->numbers[at] = h;
    w->out->n_numbers++;
}

enum letter { LETTER_NONE, LETTER_OF_WORD, LETTER_IS_WORD, LETTER_DIGIT };

static enum letter letter_of(uint32_t code)
{
    if (code < 128)
        return char_is_digit((char)code) ? LETTER_DIGIT : char_is_alpha((char)code) ? LETTER_OF_WORD : LETTER_NONE;
    // Han, kana, Hangul, and the ideographs beyond the basic plane: written without spaces.
    if ((code >= 0x3040 && code <= 0x30ff) || (code >= 0x3400 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7af)
        || (code >= 0xf900 && code <= 0xfaff) || (code >= 0x20000 && code <= 0x3ffff))
        return LETTER_IS_WORD;
    switch (utf8proc_category((utf8proc_int32_t)code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
        return LETTER_OF_WORD;
    case UTF8PROC_CATEGORY_ND:
        return LETTER_DIGIT;
    default:
        return LETTER_NONE;
    }
}

// Adds the character of a word, folded to lower case. Soft hyphens and their like were no letters and ended nothing:
// the texts come cleaned from feeds/html.
static void add_letter(struct walk *w, uint32_t code)
{
    char utf8[4];
    uint32_t lower = code < 128 ? (uint32_t)char_lower((char)code)
                                : (uint32_t)utf8proc_tolower((utf8proc_int32_t)code);
    size_t n = utf8_encode(lower, utf8);
    if (w->word_n + n > WORD_BYTES)
        return;
    memcpy(w->word + w->word_n, utf8, n);
    w->word_n += n;
}

// Adds one character to the number being read; 1,200 and 1.200 are 1200, but "7." ends with its point.
static void step_number(struct walk *w, enum letter letter, uint32_t code, struct str after)
{
    if (letter == LETTER_DIGIT) {
        char utf8[4];
        size_t n = utf8_encode(code, utf8);
        if (w->number_n + n <= WORD_BYTES) {
            memcpy(w->number + w->number_n, utf8, n);
            w->number_n += n;
        }
    } else if (letter == LETTER_OF_WORD) {
        w->is_broken_number = true;
    } else if (!((code == '.' || code == ',') && w->number_n && after.n && char_is_digit(after.p[0]))) {
        end_number(w);
    }
}

static void walk_text(struct walk *w, struct str text, size_t number_chars)
{
    text = utf8_head(text, SIGN_BYTES_MAX);
    for (size_t i = 0; text.n; i++) {
        uint32_t code;
        text = str_from(text, utf8_decode(text, &code));
        enum letter letter = letter_of(code);
        if (letter == LETTER_IS_WORD || letter == LETTER_NONE)
            end_word(w);
        if (letter != LETTER_NONE)
            add_letter(w, code);
        if (letter == LETTER_IS_WORD)
            end_word(w);
        if (i < number_chars)
            step_number(w, letter, code, text);
        else if (i == number_chars)
            end_number(w); // the lead ends inside it: better half a number than none, on both sides alike
    }
    end_word(w);
    end_number(w);
}

// Many items of a feed may link to the site's front page; that is no address of an article.
static bool is_front_page(struct str url)
{
    size_t host = str_find(url, S("://"));
    struct str rest = str_from(url, host == url.n ? 0 : host + 3);
    struct str path = str_from(rest, str_find_char(rest, '/'));
    return path.n <= 1;
}

void story_sign(struct str canonical_url, struct str title, struct str text, struct story_signature *out)
{
    *out = (struct story_signature){0};
    struct walk w = {.out = out};
    memset(w.least, 0xff, sizeof w.least);
    walk_text(&w, title, SIZE_MAX);
    walk_text(&w, text, LEAD_CHARS);
    if (!is_front_page(canonical_url))
        out->url = hash64_seeded(seed_url, canonical_url) | 1;
    if (w.words >= STORY_WORDS_MIN)
        out->text = w.text | 1;
    out->shingles = w.shingles > UINT16_MAX ? UINT16_MAX : (uint16_t)w.shingles;
    for (size_t i = 0; i < STORY_VALUES; i++)
        out->minhash[i] = (uint16_t)w.least[i];
}

double story_likeness(const struct story_signature *a, const struct story_signature *b)
{
    if (a->shingles < STORY_SHINGLES_MIN || b->shingles < STORY_SHINGLES_MIN)
        return 0;
    int equal = 0;
    for (size_t i = 0; i < STORY_VALUES; i++)
        equal += a->minhash[i] == b->minhash[i];
    return (double)equal / STORY_VALUES;
}

// Tells whether a holds a number that b does not; both sorted.
static bool has_own_number(const struct story_signature *a, const struct story_signature *b)
{
    for (size_t i = 0, j = 0; i < a->n_numbers; i++) {
        while (j < b->n_numbers && b->numbers[j] < a->numbers[i])
            j++;
        if (j == b->n_numbers || b->numbers[j] != a->numbers[i])
            return true;
    }
    return false;
}

bool story_numbers_differ(const struct story_signature *a, const struct story_signature *b)
{
    if (a->n_numbers > STORY_NUMBERS || b->n_numbers > STORY_NUMBERS)
        return true;
    return has_own_number(a, b) && has_own_number(b, a);
}
