// SPDX-License-Identifier: MIT
//
// The language of a text by its script, and within a script by letters that only one language has. Latin letters do
// not tell: such a text is of unknown language unless its feed declares one.
#include "base/utf8.h"
#include "rules/match.h"

enum { SAMPLE_BYTES = 2048 }; // a paragraph or two: rare letters turn up, and the cost stays small

struct script {
    uint32_t first, last;
    struct str language;
};

static const struct script scripts[] = {
    {0x0370, 0x03FF, STR("el")}, {0x0400, 0x052F, STR("ru")}, {0x0530, 0x058F, STR("hy")}, {0x0590, 0x05FF, STR("he")},
    {0x0600, 0x077F, STR("ar")}, {0x0900, 0x097F, STR("hi")}, {0x0980, 0x09FF, STR("bn")}, {0x0A00, 0x0A7F, STR("pa")},
    {0x0A80, 0x0AFF, STR("gu")}, {0x0B00, 0x0B7F, STR("or")}, {0x0B80, 0x0BFF, STR("ta")}, {0x0C00, 0x0C7F, STR("te")},
    {0x0C80, 0x0CFF, STR("kn")}, {0x0D00, 0x0D7F, STR("ml")}, {0x0D80, 0x0DFF, STR("si")}, {0x0E00, 0x0E7F, STR("th")},
    {0x0E80, 0x0EFF, STR("lo")}, {0x1000, 0x109F, STR("my")}, {0x10A0, 0x10FF, STR("ka")}, {0x1200, 0x137F, STR("am")},
    {0x1780, 0x17FF, STR("km")}, {0x3041, 0x30FF, STR("ja")}, {0x3400, 0x9FFF, STR("zh")}, {0xAC00, 0xD7A3, STR("ko")},
};
enum { SCRIPTS = sizeof scripts / sizeof *scripts, CYRILLIC = 1, ARABIC = 4, KANA = 21, HAN = 22 };

// Letters of a block of 256 that tell. A text that has some of `own` is of the language, the more so with each of `own`
// and `shared`, which it has in common with others, and the less with each of `foreign`, which are common letters that
// it does not have: so a name or a quotation in another language decides nothing, though its alphabet takes all of
// Russian's in.
struct sign {
    const char *own, *shared, *foreign;
    struct str language;
};

// Where two are level, the first one it is.
static const struct sign cyrillic_signs[] = {
    {"ў", "ыэ", "ищ", STR("be")},
    {"љњђћџ", "ј", "йьяѓќѕ", STR("sr")},
    {"ѓќѕ", "јљњџ", "йьяђћ", STR("mk")},
    {"әғқұ", "і", "иь", STR("kk")},
    {"їєґЇЄҐ", "іІ", "ыэъё", STR("uk")},
    {"ыэЭ", "", "іїєъ", STR("ru")},
    {"іІ", "", "ыэъё", STR("uk")},
    {"ъ", "", "ыэі", STR("bg")},
};

static const struct sign arabic_signs[] = {
    {"ٹڈڑےں", "ہھ", "هةأإ", STR("ur")},
    {"پچژگی", "", "ةأإٹڈڑےں", STR("fa")},
};

// How often the letters, of two bytes each, stand in a text whose letters of this block are counted.
static int count_of(const char *letters, const uint32_t counts[256])
{
    uint32_t n = 0;
    for (struct str rest = str_of(letters); rest.n; rest = str_from(rest, 2)) {
        uint32_t c;
        utf8_decode(rest, &c);
        n += counts[c & 0xFF];
    }
    return (int)n;
}

// The language with the most signs for it; `otherwise` where there are none, or more against each.
static struct str language_of(const struct sign *signs, size_t n, const uint32_t counts[256], struct str otherwise)
{
    int most = -1;
    struct str language = otherwise;
    for (size_t i = 0; i < n; i++) {
        int own = count_of(signs[i].own, counts);
        int sum = own + count_of(signs[i].shared, counts) - count_of(signs[i].foreign, counts);
        if (own && sum > most) {
            most = sum;
            language = signs[i].language;
        }
    }
    return language;
}

struct str language_detect(struct str text)
{
    uint32_t counts[SCRIPTS] = {0};
    uint32_t latin = 0;
    uint32_t cyrillic[256] = {0}, arabic[256] = {0}; // letters from U+0400 on, and from U+0600: as the sample has
    text = str_head(text, SAMPLE_BYTES);
    for (size_t at = 0; at < text.n;) {
        if ((unsigned char)text.p[at] < 0x80) {
            latin += char_is_alpha(text.p[at++]);
            continue;
        }
        uint32_t c;
        at += utf8_decode(str_from(text, at), &c);
        latin += c >= 0xC0 && c < 0x250;
        size_t script = 0;
        while (script < SCRIPTS && (c < scripts[script].first || c > scripts[script].last))
            script++;
        if (script == SCRIPTS)
            continue;
        counts[script]++;
        cyrillic[c & 0xFF] += c >> 8 == 0x04;
        arabic[c & 0xFF] += c >> 8 == 0x06;
    }
    size_t most = 0;
    for (size_t i = 1; i < SCRIPTS; i++)
        most = counts[i] > counts[most] ? i : most;
    uint32_t cjk = counts[KANA] + counts[HAN];
    if (counts[KANA] * 10 > counts[HAN] && cjk >= counts[most])
        most = KANA;
    if (counts[most] * 2 < latin || counts[most] == 0)
        return (struct str){0};
    struct str language = scripts[most].language;
    if (most == CYRILLIC)
        return language_of(cyrillic_signs, sizeof cyrillic_signs / sizeof *cyrillic_signs, cyrillic, language);
    if (most == ARABIC)
        return language_of(arabic_signs, sizeof arabic_signs / sizeof *arabic_signs, arabic, language);
    return language;
}
