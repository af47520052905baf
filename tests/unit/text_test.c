// SPDX-License-Identifier: MIT
//
// rules/text, base/fold: the traps of real text, script by script: what a rule finds in it, and what it does not.
#include "tests/tools/check.h"

#include "rules/text.h"
#include "tests/tools/rulebook.h"

struct trap {
    const char *when, *body;
    bool matches;
    const char *why;
};

static const struct trap latin[] = {
    {"ceasefire", "A cease-fire holds", true, "a compound is also its joined word"},
    {"ceasefire", "A Cease\u2011Fire holds", true, "a non-breaking hyphen is a hyphen"},
    {"ceasefire", "A cease\u2010fire", true, "every dash is a hyphen"},
    {"ceasefire", "A cease\u2013fire", true, "every dash is a hyphen"},
    {"ceasefire", "cease fire", false, "two words are no compound"},
    {"cease", "A cease-fire", true, "a compound is its parts"},
    {"fire", "A cease-fire", true, "a compound is its parts"},
    {"cease-fire", "ceasefire", true, "a hyphen in the rule finds the joined word"},
    {"cease-fire", "cease fire", true, "and the two words"},
    {"cease-fire", "Cease-Fire", true, "and itself"},
    {"cease-fire", "fire cease", false, "in order"},
    {"cease-fire", "cease. Fire", false, "not over a sentence"},
    {"\"ceasefire talks\"", "cease-fire talks", true, "the joined word is as long as its parts"},
    {"\"cease-fire talks\"", "ceasefire talks", true, "a hyphen inside a phrase"},
    {"\"cease-fire talks\"", "cease fire talks", true, "a hyphen inside a phrase"},
    {"\"the ceasefire\"", "the cease-fire", true, "a phrase may end in a compound"},
    {"ceasefire NEAR/1 talks", "cease-fire talks", true, "distance counts from the compound's end"},
    {"motherinlaw", "his mother-in-law", true, "the whole compound joined"},
    {"mother-in-law", "mother in law", true, "all hyphens or none"},
    {"cease-fire*", "ceasefires", true, "a pattern with a hyphen"},
    {"cease-fire*", "cease fires", true, "a pattern with a hyphen"},
    {"cease-fire*", "cease-fires", true, "a pattern with a hyphen"},
    {"ceasefire", "cease - fire", false, "a dash between spaces joins nothing"},
    {"ceasefire", "cease\u00ADfire", true, "soft hyphen drops"},
    {"ceasefire", "cease\u200Bfire", true, "zero-width space drops"},
    {"ceasefire", "\uFEFFceasefire", true, "a byte order mark drops"},
    {"ceasefire", "cease-\u200Bfire", true, "and beside a hyphen"},
    {"ceasefire", "cease\u200B\u2060-\u00AD\u200Bfire", true, "on both sides of it"},
    {"ceasefire", "cease\u2011\u200B fire", false, "a blank still parts"},
    {"\"trump plan\"", "Trump\u200B's plan", true, "and before a possessive"},
    {"\"z.B. Waffen\"", "z\u200B.\u200BB. Waffen", true, "and beside dots"},
    {"\"dr strange\"", "Dr\u200B. Strange", true, "and before that of an abbreviation"},
    {"\"buffer zone\"", "buffer\u00A0zone", true, "NBSP is a space"},
    {"\"buffer zone\"", "buffer\u2009zone", true, "a thin space is a space"},
    {"\"buffer zone\"", "buffer  \n zone", true, "so is a line's end"},
    {"\"buffer zone\"", "buffer\n\nzone", false, "a blank line ends a paragraph"},
    {"\"buffer zone\"", "a \u201Cbuffer zone,\u201D he said", true, "curly quotes"},
    {"\"buffer zone\"", "a \u00ABbuffer\u00BB zone", true, "angle quotes"},
    {"Gaza", "Gaza's border", true, "possessive"},
    {"Gaza", "Gaza\u2019s border", true, "curly possessive"},
    {"\"Gaza border\"", "Gaza's border", true, "the s leaves no gap"},
    {"s", "Gaza's border", false, "the s is no word"},
    {"Gaza's", "Gaza", true, "in a rule too"},
    {"\"states rights\"", "the states' rights", true, "a plural's apostrophe"},
    {"don't", "don\u2019t", true, "an apostrophe inside"},
    {"accord", "l\u2019accord", true, "elision parts words"},
    {"\"cease fire\"", "They cease: fire is seen", false, "a colon ends a phrase"},
    {"\"cease fire\"", "They cease; fire is seen", false, "a semicolon ends a phrase"},
    {"\"cease fire\"", "They cease. Fire is seen", false, "a full stop"},
    {"\"cease fire\"", "They cease! Fire", false, "an exclamation mark"},
    {"\"cease fire\"", "They cease? Fire", false, "a question mark"},
    {"\"cease fire\"", "They cease\u2026 fire", false, "an ellipsis"},
    {"\"cease fire\"", "They cease... fire", false, "three dots"},
    {"\"cease fire\"", ". Cease fire", true, "a dot before any word"},
    {"\"cease fire\"", "\u201Cthey cease.\u201D Fire broke out", false, "a stop inside quotes"},
    {"\"cease fire\"", "(they cease.) Fire broke out", false, "a stop inside brackets"},
    {"\"cease fire\"", "They cease, fire", true, "a comma ends nothing"},
    {"\"U.S. troops\"", "the U.S. troops", true, "dots of U.S."},
    {"\"U.S. Army\"", "the U.S. Army", true, "dots of U.S. before a capital"},
    {"\"Dr Strange\"", "says Dr. Strange", true, "the dot of Dr."},
    {"\"Rowling wrote\"", "J. K. Rowling wrote", true, "initials"},
    {"\"K Rowling\"", "J. K. Rowling", true, "initials"},
    {"\"z.B. Waffen\"", "z.B. Waffen", true, "z.B."},
    {"\"z B Waffen\"", "z. B. Waffen", true, "z. B. with a space"},
    {"\"Prof Huber\"", "mit Prof. Huber", true, "Prof."},
    {"truce SAME Strange", "A truce, says Dr. Strange, holds", true, "SAME over an abbreviation"},
    {"\"3 5\"", "3.5 percent", true, "a decimal point"},
    {"\"21 srpna\"", "Dne 21. srpna 1968", true, "an ordinal before a lower-case word"},
    {"\"24 f\u00E9vrier\"", "le 24.\nf\u00E9vrier", true, "over a line's end"},
    {"\"2022 febru\u00E1r\"", "2022. febru\u00E1r 24.", true, "a year before a lower-case month"},
    {"\"24 then\"", "He was 24. Then he left.", false, "a number may end a sentence"},
    {"\"24 then\"", "He was \u201C24.\u201D then", false, "inside quotes it does"},
    {"\"24 then\"", "He was 24.\n\nthen he left", false, "and before a blank line"},
    {"\"24 25\"", "He was 24. 25 came", false, "no word follows"},
    {"\"f16 then\"", "an F16. then", false, "no number"},
    {"caf\u00E9", "the cafe", true, "accents fold"},
    {"cafe", "the cafe\u0301", true, "a combining accent folds"},
    {"naive", "na\u00EFve", true, "diaeresis folds"},
    {"strasse", "Stra\u00DFe", true, "sharp s"},
    {"stra\u00DFe", "STRASSE", true, "sharp s, other way"},
    {"istanbul", "\u0130stanbul", true, "Turkish dotted capital I"},
    {"\u0130STANBUL", "istanbul", true, "Turkish dotted capital I in a rule"},
    {"diyarbakir", "Diyarbak\u0131r", true, "dotless i, by the table"},
    {"lodz", "\u0141\u00F3d\u017A", true, "L with stroke"},
    {"oresund", "\u00D8resund", true, "O with stroke"},
    {"aether", "\u00E6ther", true, "ae"},
    {"dakovo", "\u0110akovo", true, "D with stroke"},
    {"viet", "Vi\u1EC7t Nam", true, "two accents"},
    {"zone", "\uFF3A\uFF4F\uFF4E\uFF45", true, "full width"},
    {"office", "o\uFB03ce", true, "ligature"},
    {"truce -(game OR film)", "a truce", true, "a group is refused as a word is"},
    {"truce -(game OR film)", "a truce film", false, "a group is refused as a word is"},
    {"zone", "ozone", false, "whole words"},
    {"zone", "zones", false, "whole words"},
    {"truce", "<truce>", true, "signs part words"},
    {"truce", "#truce", true, "a hash tag"},
    {"f-16", "F16 jets", true, "letters and digits run together"},
    {"f16", "F-16 jets", true, "and joined"},
    {"\"at t\"", "AT&T", true, "parts of AT&T are words"},
    {"=US", "us", false, "exact case"},
    {"=US", "the US", true, "exact case"},
    {"=\"Cease-Fire\"", "the Cease-Fire", true, "exact case of a compound"},
    {"=\"Cease-Fire\"", "the cease-fire", false, "exact case of a compound"},
    {"office", "o\uFB03ce hours", true, "the ligature ffi"},
    {"truce", "tru\u2060ce", true, "a word joiner drops"},
    {"truce", "tru\u200Ece", true, "a direction mark drops"},
    {"truce", "\u202Atruce\u202C", true, "so do direction embeddings"},
    {"truce", "truce\uFE0F", true, "a variation selector drops"},
    {"truce", "\U0001D42D\U0001D42B\U0001D42E\U0001D41C\U0001D41E", true, "mathematical bold letters"},
    {"\"buffer zone\"", "buffer\u3000zone", true, "an ideographic space is a space"},
    {"\"buffer zone\"", "buffer\u2028zone", true, "a line separator is a space"},
    {"truce", "truce\U0001F54A\uFE0F", true, "a picture ends a word"},
    {"truce", "tr\u0443ce", false, "a Cyrillic letter in it makes another word"},
    {"co-operation", "cooperation", true, "a hyphen after a prefix"},
    {"=\u0130zmir", "\u0130zmir", true, "exact case of a dotted I"},
};

static const struct trap cyrillic[] = {
    {"перемирие", "ПЕРЕМИРИЕ", true, "case"},
    {"елка", "ёлка", true, "yo is ye"},
    {"ёлка", "елка", true, "yo is ye"},
    {"елка", "е\u0308лка", true, "yo decomposed"},
    {"мир", "мі\u0301р", false, "another letter"},
    {"замок", "за\u0301мок", true, "a stress mark folds"},
    {"йод", "иод", false, "short i stays"},
    {"йод", "и\u0306од", true, "short i decomposed is short i"},
    {"їжак", "іжак", false, "yi stays"},
    {"їжак", "і\u0308жак", true, "yi decomposed is yi"},
    {"ґанок", "ганок", false, "ge with upturn is a letter"},
    {"Київ", "КИЇВ", true, "case of yi"},
    {"об'єкт", "об\u2019єкт", true, "apostrophes are one"},
    {"об'єкт", "об\u02BCєкт", true, "the modifier apostrophe too"},
    {"перемир*", "перемир\u2019я", true, "a beginning before an apostrophe"},
    {"\"режим тишины\"", "режим «тишины»", true, "angle quotes"},
    {"\"стрельба огонь\"", "стрельба. Огонь", false, "a full stop"},
    {"\"млн грн\"", "5 млн. грн", true, "an abbreviation"},
    {"\"А Пушкин\"", "А. Пушкин", true, "an initial"},
    {"прекращение-огня", "прекращение огня", true, "a hyphen in the rule"},
    {"прекращение-огня", "прекращение\u2011огня", true, "and a non-breaking one in the text"},
    {"перемирие", "пере\u00ADмирие", true, "a soft hyphen drops"},
    {"перемирие", "«перемирия»", false, "whole words: case endings need * or ~"},
    {"=Мир", "мир", false, "exact case"},
    {"=Мир", "«Мир»", true, "exact case"},
    {"ўсё", "усё", true, "Belarusian short u is u, which it takes turns with"},
    {"Ђоковић", "ђоковић", true, "Serbian letters"},
    {"\"тис осіб\"", "10 тис. осіб", true, "a Ukrainian abbreviation"},
};

static const struct trap greek[] = {
    {"εκεχειρια", "εκεχειρία", true, "tonos folds"},
    {"ειρηνης", "ΕΙΡΗΝΗΣ", true, "case, final sigma"},
    {"λογος", "ΛΟΓΟΣ", true, "final sigma"},
    {"λόγοσ", "λόγος", true, "final sigma"},
    {"προϊον", "προιόν", true, "dialytika folds"},
    {"αθηνα", "ἀθήνα", true, "breathing folds"},
    {"αθηνα", "αθηναι", false, "whole words"},
    {"\"ειρήνη πόλεμος\"", "ειρήνη; πόλεμος", false, "the Greek question mark ends a sentence"},
    {"\"ειρήνη πόλεμος\"", "ειρήνη\u0387 πόλεμος", true, "the Greek colon is also a dot inside words: it ends nothing"},
    {"ωιδη", "ᾠδή", true, "a subscript iota folds to an iota"},
    {"ωδη", "ᾠδή", false, "and not to nothing"},
    {"=Ειρήνη", "ειρήνη", false, "exact case"},
};

static const struct trap arabic[] = {
    {"هدنة", "الهدنة", true, "the article"},
    {"الهدنة", "هدنة", true, "the article in the rule"},
    {"هدنة", "والهدنة", true, "and + article"},
    {"هدنة", "بالهدنة", true, "with + article"},
    {"هدنة", "للهدنة", true, "for + article"},
    {"هدنة", "وبالهدنة", true, "and + with + article"},
    {"هدنة", "كالهدنة", true, "like + article"},
    {"هدنة", "فالهدنة", true, "so + article"},
    {"هدنة", "هُدْنَة", true, "harakat"},
    {"هدنة", "هـــدنة", true, "tatweel"},
    {"اتفاق", "إتفاق", true, "hamza below"},
    {"اتفاق", "أتفاق", true, "hamza above"},
    {"اخر", "آخر", true, "madda"},
    {"مسوول", "مسؤول", true, "hamza on waw"},
    {"\"وقف اطلاق النار\"", "وقف إطلاق النار", true, "a phrase"},
    {"\"وقف نار\"", "وقف النار", true, "a phrase with the article"},
    {"على", "علي", false, "alef maksura stays"},
    {"الله", "له", false, "too short to be an article"},
    {"غاز", "ألغاز", false, "puzzles: an alef with a hamza is the word's own"},
    {"ألغاز", "غاز", false, "the same in the rule"},
    {"ألغاز", "الغاز", false, "the gas, with its article"},
    {"ألغاز", "ألغاز", true, "puzzles"},
    {"ألغاز", "الألغاز", true, "the puzzles"},
    {"ألغاز", "بالألغاز", true, "with the puzzles"},
    {"ألغاز", "للألغاز", true, "for the puzzles"},
    {"غاز", "وألغاز", false, "and puzzles"},
    {"غاز", "ا\u0654لغاز", false, "the hamza as a mark of its own"},
    {"غاز", "\uFE83لغاز", false, "as a presentation form"},
    {"غاز", "\uFE8Dلغاز", true, "the article as one"},
    {"غاز", "ٱلغاز", true, "the article's wasla"},
    {"غاز", "اَلْغَاز", true, "the article with its harakat"},
    {"غاء", "إلغاء", false, "a cancellation: the hamza below"},
    {"إلغاء", "والإلغاء", true, "and the cancellation"},
    {"ياته", "آلياته", false, "its mechanisms: a madda"},
    {"غاز*", "ألغازهم", false, "a beginning"},
    {"ألغ*", "الألغام", true, "a beginning that looks like an article"},
    {"ألغ*", "غاز", false, "and is none"},
    {"قود", "وقود", false, "fuel: a letter joined without an article may be the word's own"},
    {"سلام", "سلم", false, "other letters"},
    {"هدن*", "الهدنة", true, "a beginning behind the article"},
    {"هدنة", "هدنتان", false, "whole words"},
    {"\"هدنة قصف\"", "هدنة؟ قصف", false, "an Arabic question mark"},
    {"\"هدنة قصف\"", "هدنة، قصف", true, "an Arabic comma ends nothing"},
    {"\"هدنة قصف\"", "هدنة؛ قصف", false, "an Arabic semicolon does"},
    {"هدنة", "\u200Fهدنة\u200F", true, "direction marks drop"},
    {"هدنة", "\uFEEB\uFEAA\uFEE7\uFE94", true, "presentation forms"},
    {"لاجئين", "\uFEFBجئين", true, "the ligature lam alef"},
    {"میشود", "می\u200Cشود", true, "Persian: a zero-width non-joiner drops"},
    {"2024", "٢٠٢٤", false, "Arabic digits stay"},
    {"\"2024 هدنة\"", "في 2024. هدنة", false, "letters without case tell nothing of a dot"},
};

static const struct trap hebrew[] = {
    {"הפסקת", "הפסקת אש", true, "a word"},
    {"\"הפסקת אש\"", "הפסקת־אש", true, "maqaf is a hyphen"},
    {"\"שלום\"", "שָׁלוֹם", true, "points fold"},
    {"\"צה״ל\"", "צה\"ל", true, "gershayim or the quote typed for it"},
    {"צהל", "צה״ל", true, "an acronym is one word"},
    {"שלום", "השלום", false, "the Hebrew article stays"},
    {"שלום", "שלומ", false, "a final letter is a letter"},
    {"שלום*", "שלומות", false, "and so in a beginning"},
    {"*שלום*", "והשלום", true, "a part behind what is prefixed"},
    {"\"שלום מלחמה\"", "שלום. מלחמה", false, "a full stop"},
};

static const struct trap indic[] = {
    {"युद्धविराम", "युद्धविराम की घोषणा", true, "a word with conjuncts"},
    {"कमल", "कमाल", false, "a vowel sign makes another word"},
    {"कि", "की", false, "a vowel sign makes another word"},
    {"\"युद्ध विराम\"", "युद्ध। विराम", false, "danda ends a sentence"},
    {"क़लम", "क\u093Cलम", true, "nukta composed or not"},
    {"যুদ্ধবিরতি", "যুদ্ধবিরতি চুক্তি", true, "Bengali"},
    {"போர்நிறுத்தம்", "போர்நிறுத்தம் அறிவிப்பு", true, "Tamil"},
    {"போர்", "போரு", false, "a Tamil vowel sign"},
    {"युद्धविराम", "युद्ध\u200Dविराम", true, "a zero-width joiner drops"},
    {"युद्ध*", "युद्धविराम", true, "a beginning"},
    {"युद्ध", "युद्धविराम", false, "whole words"},
    {"युद्ध-विराम", "युद्धविराम", true, "a hyphen in the rule"},
    {"యుద్ధం", "యుద్ధం ముగిసింది", true, "Telugu"},
    {"സമാധാനം", "സമാധാനം വേണം", true, "Malayalam"},
    {"ଶାନ୍ତି", "ଶାନ୍ତି ଆଲୋଚନା", true, "Odia"},
};

static const struct trap asian[] = {
    {"停火", "双方同意停火协议", true, "a Han word inside a run"},
    {"停火", "停止开火", false, "not next to each other"},
    {"\"停火 协议\"", "停火协议", true, "characters are words"},
    {"停火", "停。火", false, "an ideographic full stop"},
    {"\"停火 协议\"", "停 火 协 议", true, "spaces between characters mean nothing"},
    {"停火 NEAR/1 谈判", "停火 -谈判", true, "a hyphen behind a space ties nothing"},
    {"停火", "停火 . 停火", true, "a dot by itself between two"},
    {"停火 NEAR/5 谈判", "停火的谈判", true, "distance in characters"},
    {"停火*", "停火线", true, "* on a script without spaces is the phrase"},
    {"停戦", "両国は停戦に合意した", true, "Japanese"},
    {"ガザ", "ガザ地区", true, "katakana"},
    {"ガザ", "カサ地区", false, "voicing stays"},
    {"ガザ", "\uFF76\uFF9E\uFF7B\uFF9E", true, "half width with voicing marks"},
    {"ガザ", "カ\u3099サ\u3099", true, "voicing decomposed"},
    {"がざ", "ガザ", false, "hiragana is not katakana"},
    {"휴전", "휴전이 발효됐다", true, "Hangul with a particle"},
    {"휴전", "\u1112\u1172\u110C\u1165\u11AB", true, "Hangul in jamo"},
    {"휴전", "휴식전", false, "not next to each other"},
    {"\"휴전 협상\"", "휴전 협상", true, "Hangul over a space"},
    {"หยุดยิง", "ข้อตกลงหยุดยิงมีผล", true, "Thai has no spaces"},
    {"กา", "ก่า", false, "a Thai tone mark makes another word"},
    {"WHO 停火", "WHO停火", true, "Latin next to Han"},
    {"M&A", "大型Ｍ＆Ａが成立", true, "a full-width sign inside a word"},
    {"AT&T", "ＡＴ＆Ｔ", true, "a full-width sign inside a word"},
    {"U.S.", "Ｕ．Ｓ．軍", true, "full-width dots"},
    {"c++", "Ｃ＋＋言語", true, "full-width signs behind a word"},
    {"O'Brien", "Ｏ＇Ｂｒｉｅｎ", true, "a full-width apostrophe"},
    {"M&A", "M\uFE60A", true, "a small sign"},
    {"M&A", "Ｍ＋Ａ", false, "another sign"},
    {"M&A", "Ｍ\u214BＡ", false, "a turned one is another sign"},
    {"2024年", "在2024年", true, "digits next to Han"},
    {"停火", "停\n火", true, "a line's end inside a run is a space, as in a wrapped text"},
    {"停火", "「停火」", true, "corner brackets part"},
    {"停火", "停，火", true, "a comma ends nothing"},
    {"停火", "停？火", false, "a full-width question mark"},
    {"停火", "停火", true, "itself"},
    {"=停火", "停火", true, "exact"},
    {"\U00020BB7野", "\U00020BB7野家", true, "a character beyond the basic plane"},
    {"東京", "东京", false, "traditional and simplified stay apart"},
    {"ｶﾞｻﾞ", "ガザ", true, "half width in the rule"},
    {"スーパー", "スーパーマーケット", true, "the long vowel mark is part of the run"},
    {"스마트-폰", "스마트폰", true, "a hyphen between syllables"},
    {"휴전", "휴 전", true, "characters in order, over a blank"},
    {"หยุดยิง", "หยุด ยิง", true, "Thai over a blank"},
    {"휴전 SAME 협상", "휴전이 발효됐다. 협상은 없다", false, "a Korean sentence ends in a full stop"},
    {"停火 SAME 谈判", "双方停火. 谈判开始", false, "and a Chinese one may"},
    {"停火", "停. 火", false, "not over a sentence"},
    {"휴전 SAME 협상", "휴전이 발효됐다\". 협상은 없다", false, "behind a quote too"},
    {"休戦 SAME 交渉", "休戦となった. 交渉は続く", false, "kana before a full stop"},
    {"ยิง SAME ตกลง", "ยิงเมื่อ 5 ก.ค. ตกลง", true, "Thai dots are those of abbreviations"},
    {"ສັນຕິພາບ", "ເພື່ອສັນຕິພາບ", true, "Lao has no spaces"},
    {"សន្តិភាព", "ដើម្បីសន្តិភាព", true, "Khmer has no spaces"},
    {"ငြိမ်းချမ်း", "ငြိမ်းချမ်းရေး", true, "Burmese has no spaces"},
};

static void check_traps(const struct trap *traps, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        if (rulebook_matches(traps[i].when, NULL, traps[i].body) == traps[i].matches)
            continue;
        print_error("%s %s in \"%s\": %s\n", traps[i].when, traps[i].matches ? "must match" : "must not match",
                    traps[i].body, traps[i].why);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

#define TRAPS(script)                                                                                                  \
    static void script##_traps(void **state)                                                                           \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        check_traps(script, sizeof(script) / sizeof *(script));                                                        \
    }
TRAPS(latin)
TRAPS(cyrillic)
TRAPS(greek)
TRAPS(arabic)
TRAPS(hebrew)
TRAPS(indic)
TRAPS(asian)

static void words_do_not_run_over_the_end_of_a_field(void **state)
{
    (void)state;
    struct rulebook b;
    rulebook_init(&b);
    rulebook_rule(&b, S("phrase"), S("\"buffer zone\""), NULL, 0);
    rulebook_rule(&b, S("near"), S("buffer NEAR/1000 zone"), NULL, 0);
    rulebook_rule(&b, S("same"), S("buffer SAME zone"), NULL, 0);
    rulebook_rule(&b, S("author"), S("author:\"ann lee\""), NULL, 0);
    rulebook_rule(&b, S("and"), S("buffer zone"), NULL, 0);
    struct ruleset *set = rulebook_build(&b);
    struct match_scratch *scratch = match_scratch_new();
    struct matches found;
    const struct str authors[] = {S("Mary Ann"), S("Lee Roy")};
    struct doc doc = {.title = S("The buffer"), .body = S("zone of"), .authors = authors, .n_authors = 2};
    match_run(set, scratch, &doc, &b.arena, &found);
    assert_int_equal(found.n, 1);
    assert_str(found.list[0].rule->name, "and");
    match_scratch_free(scratch);
    ruleset_unref(set);
    rulebook_done(&b);
}

static bool matches_in(const char *when, const char *lang, const char *body)
{
    struct rulebook b;
    rulebook_init(&b);
    rulebook_rule(&b, S("r"), str_of(when), NULL, 0);
    struct ruleset *set = rulebook_build(&b);
    assert_non_null(set);
    struct match_scratch *scratch = match_scratch_new();
    struct matches found;
    struct doc doc = {.body = str_of(body), .lang = str_of(lang)};
    match_run(set, scratch, &doc, &b.arena, &found);
    bool matches = found.n == 1;
    match_scratch_free(scratch);
    ruleset_unref(set);
    rulebook_done(&b);
    return matches;
}

static void dots_of_ordinals_follow_the_language_of_the_item(void **state)
{
    (void)state;
    static const struct {
        const char *when, *lang, *body;
        bool matches;
    } rows[] = {
        {"\"24. Februar\"", "de", "Seit dem 24. Februar 2022", true}, {"\"24. Februar\"", "", "am 24. Februar", false},
        {"\"1. FC K\u00F6ln\"", "de-AT", "Der 1. FC K\u00F6ln", true}, {"\"2. Bundesliga\"", " DE_de", "die 2. Bundesliga", true},
        {"\"2. D\u00FCnya\"", "tr", "2. D\u00FCnya Sava\u015F\u0131", true},  {"\"24 Then\"", "en", "He was 24. Then he left.", false},
        {"\"2022 Dann\"", "de", "Das war 2022. Dann ging sie", false}, {"\"24 Then\"", "den", "He was 24. Then", false},
        {"\"24 Then\"", "d", "He was 24. Then he left.", false},     {"\"24 Dann\"", "de", "Sie war 24! Dann", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool matches = matches_in(rows[i].when, rows[i].lang, rows[i].body);
        if (matches != rows[i].matches)
            print_error("%s [%s] %s\n", rows[i].when, rows[i].lang, rows[i].body);
        assert_int_equal(matches, rows[i].matches);
    }
}

static void stems_follow_the_language_of_the_item(void **state)
{
    (void)state;
    static const struct {
        const char *when, *lang, *body;
        bool matches;
    } rows[] = {
        {"negotiate~", "en", "negotiations", true}, {"negotiate~", "en-GB", "negotiating", true},
        {"verhandlung~", "de", "Verhandlungen", true}, {"verhandlung~", "uk", "Verhandlungen", false},
        {"переговоры~", "ru", "переговорах", true},   {"переговоры~", "", "на переговорах были", true},
        {"перемовини~", "uk", "перемовинах", false},  {"перемовини~", "uk", "Перемовини", true},
        {"négociation~", "fr", "négociations", true}, {"rozmowa~", "pl", "rozmowy", false},
        {"lang:pt truce", "pt-BR", "truce", true},    {"lang:en truce", "de", "truce", false},
        {"lang:unknown truce", "", "truce", true},    {"lang:(uk OR ru) truce", "ru_RU", "truce", true},
        // word~ finds whatever word does.
        {"مفاوضات~", "ar", "انطلاق المفاوضات في القاهرة", true}, {"negociación~", "es", "LA NEGOCIACION", true},
        {"negociații~", "ro", "negociaţii la Geneva", true},     {"gruß~", "de", "GRUSS", true},
        {"cease-fire~", "fr", "Le Cease-Fire", true},            {"negociación~", "es", "la nación", false},
        {"la ONEAR/1 negociación~", "es", "LA NEGOCIACION", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool matches = matches_in(rows[i].when, rows[i].lang, rows[i].body);
        if (matches != rows[i].matches)
            print_error("%s [%s] %s\n", rows[i].when, rows[i].lang, rows[i].body);
        assert_int_equal(matches, rows[i].matches);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latin_traps),
        cmocka_unit_test(cyrillic_traps),
        cmocka_unit_test(greek_traps),
        cmocka_unit_test(arabic_traps),
        cmocka_unit_test(hebrew_traps),
        cmocka_unit_test(indic_traps),
        cmocka_unit_test(asian_traps),
        cmocka_unit_test(words_do_not_run_over_the_end_of_a_field),
        cmocka_unit_test(dots_of_ordinals_follow_the_language_of_the_item),
        cmocka_unit_test(stems_follow_the_language_of_the_item),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
