// SPDX-License-Identifier: MIT
//
// Stems on top of libstemmer. See stem.h.
#include "rules/stem.h"

#include <libstemmer.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"

static const struct {
    struct str code;
    const char *name;
} languages[] = {
    {STR(""), NULL}, // 0: no stemmer
    {STR("en"), "english"},    {STR("ar"), "arabic"},     {STR("hy"), "armenian"},   {STR("eu"), "basque"},
    {STR("ca"), "catalan"},    {STR("da"), "danish"},     {STR("nl"), "dutch"},      {STR("fi"), "finnish"},
    {STR("fr"), "french"},     {STR("de"), "german"},     {STR("el"), "greek"},      {STR("hi"), "hindi"},
    {STR("hu"), "hungarian"},  {STR("id"), "indonesian"}, {STR("ga"), "irish"},      {STR("it"), "italian"},
    {STR("lt"), "lithuanian"}, {STR("ne"), "nepali"},     {STR("no"), "norwegian"},  {STR("pt"), "portuguese"},
    {STR("ro"), "romanian"},   {STR("ru"), "russian"},    {STR("sr"), "serbian"},    {STR("es"), "spanish"},
    {STR("sv"), "swedish"},    {STR("ta"), "tamil"},      {STR("tr"), "turkish"},    {STR("yi"), "yiddish"},
    {STR("nb"), "norwegian"},  {STR("nn"), "norwegian"},
};
enum { LANGUAGES = sizeof languages / sizeof *languages, ENGLISH = 1, SPELLED_BYTES = 4 * WORD_BYTES_MAX };

struct stemmers {
    struct sb_stemmer *open[LANGUAGES];
};

struct stemmers *stemmers_new(void)
{
    return mem_alloc(sizeof(struct stemmers));
}

void stemmers_free(struct stemmers *s)
{
    for (size_t i = 0; s && i < LANGUAGES; i++)
        sb_stemmer_delete(s->open[i]);
    mem_free(s);
}

unsigned stem_language(struct str lang)
{
    if (str_is_empty(lang))
        return ENGLISH;
    struct str primary = str_head(lang, str_find_char(lang, '-'));
    for (unsigned i = 1; i < LANGUAGES; i++)
        if (str_eq_nocase(primary, languages[i].code))
            return i;
    return 0;
}

enum how { LOWER, FOLD };

// Writes s in lower case with its accents, or folded. Returns the bytes; what does not fit is left out.
static size_t rewrite(struct str s, enum how how, char out[SPELLED_BYTES])
{
    size_t n = 0;
    for (size_t at = 0; at < s.n;) {
        char c = s.p[at];
        if ((unsigned char)c < 0x80 && (at + 1 == s.n || (unsigned char)s.p[at + 1] < 0xCC)) { // as it mostly is
            if (char_is_alnum(c) && n < SPELLED_BYTES)
                out[n++] = char_lower(c);
            at++;
            continue;
        }
        struct fold f;
        if (how == LOWER)
            fold_next_nfkc(str_from(s, at), true, &f);
        else
            fold_next(str_from(s, at), &f);
        bool is_word = f.class == FOLD_WORD || f.class == FOLD_SINGLE;
        for (size_t i = 0; i < f.n && is_word && n + 4 <= SPELLED_BYTES; i++)
            n += utf8_encode(f.codes[i], out + n);
        at += f.bytes;
    }
    return n;
}

static uint64_t stem_hash(const struct segment *g, unsigned language, struct str folded)
{
    uint64_t h = hash64_seeded(g->seed ^ (language + 1) * 0xD6E8FEB86659FD93u, folded);
    return h ? h : 1;
}

// The hash of the folded stem that the language makes of a word.
static uint64_t hash_in(const struct segment *g, struct stemmers *s, unsigned language, struct str spelled)
{
    char lower[SPELLED_BYTES];
    char folded[SPELLED_BYTES];
    size_t n = rewrite(spelled, LOWER, lower);
    if (!s->open[language])
        s->open[language] = sb_stemmer_new(languages[language].name, NULL);
    struct str stem = {lower, n};
    if (s->open[language]) {
        const sb_symbol *found = sb_stemmer_stem(s->open[language], (const sb_symbol *)lower, (int)n);
        if (found)
            stem = (struct str){(const char *)found, (size_t)sb_stemmer_length(s->open[language])};
    }
    if (stem.n > SPELLED_BYTES / 2)
        stem.n = SPELLED_BYTES / 2;
    return stem_hash(g, language, (struct str){folded, rewrite(stem, FOLD, folded)});
}

static void add_stem(struct segment *g, uint64_t hash, uint32_t term)
{
    size_t at = hash & (g->n_stem_slots - 1);
    for (; g->stems[at].hash; at = (at + 1) & (g->n_stem_slots - 1))
        if (g->stems[at].hash == hash && g->stems[at].term == term)
            return;
    g->stems[at] = (struct stem){hash, term};
}

void stems_build(struct segment *g, const struct term *terms, uint32_t n)
{
    size_t stems = 0;
    for (uint32_t i = 0; i < n; i++)
        stems += terms[i].kind == TERM_STEM;
    if (!stems)
        return;
    g->n_stem_slots = 64;
    while (g->n_stem_slots < stems * LANGUAGES * 2)
        g->n_stem_slots *= 2;
    g->stems = mem_alloc_array(g->n_stem_slots, sizeof *g->stems);
    g->bytes += g->n_stem_slots * sizeof *g->stems;
    struct stemmers *s = stemmers_new();
    struct text t;
    text_init(&t, g->table, g->seed);
    for (uint32_t i = 0; i < n; i++) {
        if (terms[i].kind != TERM_STEM)
            continue;
        text_reset(&t, g->seed);
        text_add(&t, FIELD_URL, 0, terms[i].folded); // a stem's term keeps the word as it is spelled
        const struct word *whole = t.words; // with hyphens in it: joined
        for (size_t k = 1; k < t.n_words; k++)
            whole = t.words[k].length > whole->length ? &t.words[k] : whole;
        if (t.n_words)
            add_stem(g, stem_hash(g, 0, word_folded(&t, whole)), i);
        for (unsigned language = 1; language < LANGUAGES; language++)
            add_stem(g, hash_in(g, s, language, terms[i].folded), i);
    }
    text_done(&t);
    stemmers_free(s);
}

static void find_stems(const struct segment *g, uint64_t hash, void (*found)(void *, uint32_t), void *context)
{
    for (size_t at = hash & (g->n_stem_slots - 1); g->stems[at].hash; at = (at + 1) & (g->n_stem_slots - 1))
        if (g->stems[at].hash == hash)
            found(context, g->stems[at].term);
}

void stems_match(const struct segment *g, struct stemmers *s, unsigned language, struct str spelled, struct str folded,
                 void (*found)(void *, uint32_t), void *context)
{
    find_stems(g, stem_hash(g, 0, folded), found, context);
    if (language)
        find_stems(g, hash_in(g, s, language, spelled), found, context);
}
