// SPDX-License-Identifier: MIT
//
// The sieve. See sieve.h.
//
// Words of ASCII are hashed in registers and asked for in the vocabulary; places, phrases and sentences are nobody's
// business here. What is harder to read (compounds, other scripts, very long words) is given, from space to space, to
// the reader of texts, as no word and no compound reaches over a space; so that both see the same words. A text that
// has more than a little of it passes.
#include "rules/sieve.h"

enum {
    ROUND = 64,         // documents after which it is judged
    REST = 1024,        // and left alone for so long where over half of them passed
    HARD_BYTES = 256,   // of one stretch: longer ones are read once, by the reader
    HARD_SHARE = 8,     // part of a text that may be hard
};

struct sifting {
    const struct segment *g;
    struct text *t;
    enum doc_field field;
    struct str text;
    size_t hard; // bytes given to the reader
};

// Whether rules are filed under the word.
static inline bool is_key(const struct segment *g, uint64_t hash)
{
    if (!vocabulary_may_have(&g->vocabulary, hash))
        return false;
    uint32_t term = vocabulary_find(&g->vocabulary, hash);
    return term != NO_TERM && g->key_starts[term] < g->key_starts[term + 1];
}

// Whether the byte parts words whatever stands beside it.
static bool is_blank(char c)
{
    return (unsigned char)c <= ' ';
}

// Reads the stretch around `at` with the byte before it, and moves *at behind it.
static bool hard_passes(struct sifting *s, size_t *at)
{
    size_t start = *at, end = *at;
    while (start > 0 && !is_blank(s->text.p[start - 1]) && *at - start <= HARD_BYTES)
        start--;
    start -= start > 0;
    while (end < s->text.n && !is_blank(s->text.p[end]) && end - start <= HARD_BYTES)
        end++;
    s->hard += end - start;
    if (end - start > HARD_BYTES || s->hard > HARD_BYTES + s->text.n / HARD_SHARE)
        return true;
    struct text *t = s->t;
    t->n_words = t->n_places = t->n_values = t->n_folded = 0;
    text_add(t, s->field, 0, (struct str){s->text.p + start, end - start});
    *at = end;
    bool passes = t->has_cut;
    for (size_t i = 0; i < t->n_words; i++)
        passes |= is_key(s->g, t->words[i].hash);
    return passes;
}

// Reads the word at *at; false: it is hard to read.
static inline bool read_easy(const struct sifting *s, size_t *at, uint64_t *out_hash)
{
    char folded[WORD_SHORT], last[WORD_SHORT * 2] = {0};
    const char *p = s->text.p + *at;
    size_t left = s->text.n - *at;
    size_t n;
    if (left <= WORD_SHORT) { // a byte of 0 behind it
        memcpy(last, p, left);
        p = last;
    }
    *out_hash = word_read_short(s->t->key, p, folded, &n);
    char next = p[n];
    bool is_tied = next == '-' && n + 1 < left && (char_is_alnum(s->text.p[*at + n + 1]) ||
                                                   (unsigned char)s->text.p[*at + n + 1] >= 0x80);
    if (is_tied || (unsigned char)next >= 0x80 || (n == WORD_SHORT && char_is_alnum(next)))
        return false;
    *at += n;
    return true;
}

static bool value_passes(struct sifting *s)
{
    uint64_t hash;
    for (size_t at = 0; at < s->text.n;) {
        char c = s->text.p[at];
        bool is_word = char_is_alnum(c);
        if (!is_word && (unsigned char)c < 0x80) {
            at++;
            continue;
        }
        bool passes = is_word && read_easy(s, &at, &hash) ? is_key(s->g, hash) : hard_passes(s, &at);
        if (passes)
            return true;
    }
    return false;
}

static bool text_passes(struct sifting *s, enum doc_field field, struct str text)
{
    s->field = field;
    s->text = text;
    s->hard = 0;
    return value_passes(s);
}

static bool list_passes(struct sifting *s, enum doc_field field, const struct str *texts, size_t n)
{
    bool passes = false;
    for (size_t i = 0; i < n && !passes; i++)
        passes = text_passes(s, field, texts[i]);
    return passes;
}

// The fields that text_add_doc reads.
static bool doc_passes(struct sifting *s, const struct doc *doc)
{
    return text_passes(s, FIELD_TITLE, doc->title) || text_passes(s, FIELD_SUMMARY, doc->summary) ||
           text_passes(s, FIELD_BODY, doc->body) || list_passes(s, FIELD_AUTHOR, doc->authors, doc->n_authors) ||
           list_passes(s, FIELD_CATEGORY, doc->categories, doc->n_categories) ||
           text_passes(s, FIELD_URL, doc->url) || text_passes(s, FIELD_FEED, doc->feed) ||
           list_passes(s, FIELD_TAG, doc->tags, doc->n_tags);
}

bool sieve_passes(struct sieve *v, const struct segment *g, struct text *t, const struct doc *doc)
{
    if (!g->is_by_words)
        return true;
    if (v->rest) {
        v->rest--;
        return true;
    }
    struct sifting s = {.g = g, .t = t};
    bool passes = doc_passes(&s, doc);
    v->passed += passes;
    if (++v->asked == ROUND) {
        v->rest = v->passed > ROUND / 2 ? REST : 0;
        v->asked = v->passed = 0;
    }
    return passes;
}
