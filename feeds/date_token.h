// SPDX-License-Identifier: MIT
//
// A date's text as tokens: numbers, words with their meanings, and signs. Only feeds/date*.c know this.
#ifndef FEEDS_DATE_TOKEN_H
#define FEEDS_DATE_TOKEN_H

#include "feeds/date_words.h"

enum { DATE_TOKENS_MAX = 48 }; // the longest date seen has 25

enum token_kind { TOKEN_END, TOKEN_NUMBER, TOKEN_WORD, TOKEN_SIGN };

struct token {
    enum token_kind kind;
    bool is_spaced;       // white space before it
    uint64_t number;      // TOKEN_NUMBER
    unsigned digits;
    uint32_t meanings;    // TOKEN_WORD: bit for each enum date_word_kind; 0: an unknown word
    int16_t values[WORD_KINDS];
    const char *rule;     // TOKEN_WORD that names a region: its rule
    size_t letters;       // TOKEN_WORD: how many
    char first;           // TOKEN_WORD: its first letter where that is ASCII, in lower case
    bool is_korean;
    uint32_t sign;        // TOKEN_SIGN: the code point; dashes are '-', full-width signs ASCII
};

// Cuts a text into tokens, with a TOKEN_END behind the last. Returns their number, or 0 where there are too many or a
// number does not fit.
size_t date_tokens(struct str text, struct token out[DATE_TOKENS_MAX + 1]);

// Tells whether a word may mean this.
static inline bool token_means(const struct token *t, enum date_word_kind kind)
{
    return t->kind == TOKEN_WORD && (t->meanings >> kind & 1);
}

static inline bool token_is_sign(const struct token *t, char sign)
{
    return t->kind == TOKEN_SIGN && t->sign == (unsigned char)sign;
}

#endif
