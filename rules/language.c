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

// Letters that tell: the first entry of which the text has one decides.
struct sign {
    uint32_t letters[6];
    struct str language;
};

static const struct sign cyrillic_signs[] = {
    {{0x045E}, STR("be")},                                         // ў
    {{0x0459, 0x045A, 0x0452, 0x045B, 0x045F}, STR("sr")},         // љ њ ђ ћ џ
    {{0x0453, 0x045C, 0x0455}, STR("mk")},                         // ѓ ќ ѕ
    {{0x04D9, 0x0493, 0x049B, 0x04B1}, STR("kk")},                 // ә ғ қ ұ
    {{0x0457, 0x0454, 0x0491, 0x0407, 0x0404, 0x0490}, STR("uk")}, // ї є ґ
    {{0x044B, 0x044D, 0x042D}, STR("ru")},                         // ы э
    {{0x0456, 0x0406}, STR("uk")},                                 // і
    {{0x044A}, STR("bg")},                                         // ъ, and none of the above
};

static const struct sign arabic_signs[] = {
    {{0x0679, 0x0688, 0x0691, 0x06D2, 0x06BA}, STR("ur")}, // ٹ ڈ ڑ ے ں
    {{0x067E, 0x0686, 0x0698, 0x06AF, 0x06CC}, STR("fa")}, // پ چ ژ گ ی
};

struct str language_detect(struct str text)
{
    uint32_t counts[SCRIPTS] = {0};
    uint32_t latin = 0;
    bool cyrillic[sizeof cyrillic_signs / sizeof *cyrillic_signs] = {false};
    bool arabic[sizeof arabic_signs / sizeof *arabic_signs] = {false};
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
        for (size_t i = 0; script == CYRILLIC && i < sizeof cyrillic_signs / sizeof *cyrillic_signs; i++)
            for (size_t k = 0; k < 6; k++)
                cyrillic[i] |= cyrillic_signs[i].letters[k] == c;
        for (size_t i = 0; script == ARABIC && i < sizeof arabic_signs / sizeof *arabic_signs; i++)
            for (size_t k = 0; k < 6; k++)
                arabic[i] |= arabic_signs[i].letters[k] == c;
    }
    size_t most = 0;
    for (size_t i = 1; i < SCRIPTS; i++)
        most = counts[i] > counts[most] ? i : most;
    uint32_t cjk = counts[KANA] + counts[HAN];
    if (counts[KANA] * 10 > counts[HAN] && cjk >= counts[most])
        most = KANA;
    if (counts[most] * 2 < latin || counts[most] == 0)
        return (struct str){0};
    for (size_t i = 0; most == CYRILLIC && i < sizeof cyrillic_signs / sizeof *cyrillic_signs; i++)
        if (cyrillic[i])
            return cyrillic_signs[i].language;
    for (size_t i = 0; most == ARABIC && i < sizeof arabic_signs / sizeof *arabic_signs; i++)
        if (arabic[i])
            return arabic_signs[i].language;
    return scripts[most].language;
}
