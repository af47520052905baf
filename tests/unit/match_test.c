// SPDX-License-Identifier: MIT
//
// rules/: what the operators of the language match, and where the hits are.
#include "tests/tools/check.h"

#include "base/rng.h"
#include "tests/tools/rulebook.h"

struct row {
    const char *when, *body;
    bool matches;
    const char *why;
};

static void check_rows(const struct row *rows, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        if (rulebook_matches(rows[i].when, NULL, rows[i].body) == rows[i].matches)
            continue;
        print_error("%s %s in \"%s\": %s\n", rows[i].when, rows[i].matches ? "must match" : "must not match", rows[i].body,
                    rows[i].why);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}
#define CHECK_ROWS(rows) check_rows((rows), sizeof(rows) / sizeof *(rows))

static void operators_combine_as_in_the_grammar(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"truce", "The truce holds.", true, "a word"},
        {"truce", "truces", false, "whole words only"},
        {"truce talks", "talks on a truce", true, "neighbours are AND"},
        {"truce AND talks", "truce", false, "AND needs both"},
        {"truce OR talks", "talks", true, "OR needs one"},
        {"a OR b c", "b", false, "AND binds tighter"},
        {"a OR b c", "c b", true, "AND binds tighter"},
        {"(a OR b) c", "b c", true, "a group"},
        {"truce NOT game", "truce game", false, "NOT"},
        {"truce -game", "truce game", false, "- is NOT"},
        {"truce -game", "truce talks", true, "- is NOT"},
        {"truce -\"video game\"", "truce in a video game", false, "- before a phrase"},
        {"\"buffer zone\"", "a buffer zone here", true, "a phrase"},
        {"\"buffer zone\"", "zone buffer", false, "in order"},
        {"\"buffer zone\"", "buffer green zone", false, "next to each other"},
        {"\"buffer zone\"~1", "buffer green zone", true, "slop"},
        {"\"buffer zone\"~1", "buffer very green zone", false, "slop is bounded"},
        {"\"a b c\"~2", "a x b y c", true, "slop is the sum of the gaps"},
        {"\"a b c\"~1", "a x b y c", false, "slop is the sum of the gaps"},
        {"talk*", "talking", true, "a beginning"},
        {"talk*", "stalk", false, "only a beginning"},
        {"*talk*", "stalking", true, "a part"},
        {"*alk*", "walked", true, "a part"},
        {"talk~", "they talked", true, "a stem, unknown language read as English"},
        {"=Turkey", "turkey dinner", false, "= keeps case"},
        {"=Turkey", "in Turkey", true, "= keeps case"},
        {"=\"White House\"", "the white house", false, "= keeps the case of a phrase"},
        {"=\"White House\"", "the White House", true, "= keeps the case of a phrase"},
        {"truce NEAR/3 talks", "talks on the truce", true, "either order"},
        {"truce NEAR/2 talks", "talks on the truce", false, "too far"},
        {"truce NEAR/1 talks", "truce talks", true, "1 is neighbours"},
        {"truce ONEAR/3 talks", "talks on the truce", false, "ordered"},
        {"truce ONEAR/3 talks", "truce and talks", true, "ordered"},
        {"truce NEAR/5 truce", "a truce", false, "a word is not near itself"},
        {"truce NEAR/5 truce", "truce after truce", true, "but near another"},
        {"truce SAME talks", "A truce came. Later talks.", false, "two sentences"},
        {"truce SAME talks", "After talks, at last, there came a truce.", true, "one sentence"},
        {"a NEAR/2 b NEAR/2 c", "a x b x c", true, "a chain is pairwise"},
        {"a NEAR/2 b NEAR/2 c", "a b x x c", false, "each pair must hold"},
        {"(a OR \"x y\") NEAR/2 b", "x y q b", true, "a phrase counts from its end"},
        {"2 OF (a, b, c)", "c then a", true, "two of three"},
        {"2 OF (a, b, c)", "c c c", false, "twice one is one"},
        {"2 OF (a b, \"c d\", e OR f)", "a b f", true, "members are expressions"},
        {"/cease[ -]?fire/", "a cease-fire", true, "a regex"},
        {"/Cease/", "a cease-fire", false, "a regex keeps case"},
        {"/CEASE/i", "a cease-fire", true, "unless told"},
        {"/\\bfire\\b/", "cease-fire", true, "a boundary"},
        {"/\\bfire\\b/", "ceasefire", false, "a boundary at the start"},
        {"/\\bfire\\b/", "fires", false, "a boundary at the end"},
        {"/\\bмир\\b/", "и мир.", true, "a boundary of any script"},
        {"/\\bмир\\b/", "перемир", false, "a boundary of any script"},
        {"/\\bcaf\\b/", "caf\u00E9", false, "an accented letter is a letter"},
        {"/\\bмир\\b|\\bогонь\\b/", "и огонь.", true, "boundaries of each alternative"},
        {"/\\bмир\\b|\\bогонь\\b/", "перемир", false, "boundaries of each alternative"},
        {"/(\\bмир\\b|огонь)/", "и мир.", true, "of a group that is the whole"},
        {"/(?:\\bмир\\b|(\\bогонь\\b|дым))/", "наогонь", false, "in groups in groups"},
        {"/(?:\\bмир\\b|(\\bогонь\\b|дым))/", "надым", true, "in groups in groups"},
        {"/\\bмир\\b|\\bx\\b\\w/", "и мир.", true, "one that can never match spoils no other"},
        {"/\\bban\\b.{0,9}\\bTikTok\\b|\\bpact\\b/", "an Urban ban on TikTok", true, "of ASCII as vectorscan has them"},
        {"/\\bpeace(\\W+\\w+){0,3}\\W+deal\\b|\\bdeal(\\W+\\w+){0,3}\\W+peace\\b/", "peace and a deal", true, "in both orders"},
        {"/caf\u00E9s?|\\bб\\b|%/ ONEAR/1 off", "50% off", true, "alternatives side by side"},
        {"/e\u0301lan/", "un \u00E9lan", true, "a regex in decomposed letters"},
        {"/\u00E9lan/", "un e\u0301lan", true, "a text in decomposed letters"},
        {"/cafe\u0301?s x/", "cafs x", true, "the mark belongs to its letter"},
        {"/iPhone\u2122? sale/", "an iPhone sale", true, "a sign that is several letters stays one"},
        {"word /\\d{3}/", "word 1234", true, "a regex beside a word"},
        {"/cease/ NEAR/2 talks", "cease fire talks", true, "a regex is an operand"},
        {"AT&T", "shares of AT&T rose", true, "signs inside a word"},
        {"AT&T", "at t junction", false, "signs inside a word must stand there"},
        {"t&\u3300", "T&\u3300 b", true, "signs before a character that is four words"},
        {"t&\u3300&b", "t&\u3300 b", false, "signs behind a character that is four words must stand there"},
        {"c++", "a C++ compiler", true, "signs behind a word"},
        {"c++", "vitamin C", false, "signs behind a word must stand there"},
        {"U.S.", "the U.S. army", true, "dots"},
        {"O'Brien", "Mr O\xE2\x80\x99" "Brien said", true, "an apostrophe is an apostrophe"},
        {"body:truce", "truce", true, "a field"},
        {"title:truce", "truce", false, "another field"},
        {"text:truce", "truce", true, "text is title, summary and body"},
        {"NOT game truce", "truce", true, "NOT may come first"},
        {"truce (gaza OR NOT league)", "truce", true, "a negative branch beside a positive partner"},
        {"lang:uk \"про\"", "це про їжу", true, "language by letters"},
        {"lang:(en OR (ru OR uk)) \"про\"", "це про їжу", true, "languages in languages"},
        {"lang:(en OR (ru OR de)) \"про\"", "це про їжу", false, "languages in languages"},
    };
    CHECK_ROWS(rows);
}

static void vetoes_kill_matches_and_scoped_ones_single_hits(void **state)
{
    (void)state;
    assert_false(rulebook_matches("truce", "game", "truce in a game"));
    assert_true(rulebook_matches("truce", "game", "truce in Gaza"));
    assert_false(rulebook_matches("truce", "NEAR/3 (band OR album)", "the band Truce"));
    assert_true(rulebook_matches("truce", "NEAR/3 (band OR album)", "the band Truce. Far away from all that a truce"));
    assert_false(rulebook_matches("truce", "SAME (band OR album)", "a band of many years called Truce."));
    assert_true(rulebook_matches("truce", "SAME (band OR album)", "a band. Truce."));
    assert_false(rulebook_matches("truce AND gaza", "NEAR/2 football", "football truce; much further on comes gaza"));
    assert_false(rulebook_matches("truce", "NEAR/2 \"football truce\"", "a football truce"));
    struct buf text; // more words than a phrase has: what a regex finds may be as long
    buf_init(&text, 1 << 16);
    buf_add(&text, S("begin"));
    for (int i = 0; i < 200; i++)
        buf_add(&text, S(" word"));
    buf_add(&text, S(" end truce"));
    assert_false(rulebook_matches("truce", "NEAR/1 (/begin.*end/)", buf_z(&text)));
    buf_done(&text);
}

static void hits_say_where_in_bytes_and_code_points(void **state)
{
    (void)state;
    struct rulebook b;
    rulebook_init(&b);
    rulebook_rule(&b, S("r"), S("перемир* OR \"cease-fire\""), NULL, 0);
    struct ruleset *set = rulebook_build(&b);
    struct match_scratch *scratch = match_scratch_new();
    struct matches found;
    struct doc doc = {.title = S("її: Перемир\u2019я"), .body = S("«Cease\u00ADFire» now; cease\u2011fire.")};
    match_run(set, scratch, &doc, &b.arena, &found);
    assert_int_equal(found.n, 1);
    assert_int_equal(found.list[0].n_hits, 3);
    const struct hit *h = found.list[0].hits;
    assert_int_equal(h[0].field, FIELD_TITLE);
    assert_str(h[0].snippet.hit, "Перемир");
    assert_int_equal(h[0].start_cp, 4);
    assert_int_equal(h[0].end_cp, 11);
    assert_str(h[0].term, "перемир*");
    assert_str(h[1].snippet.hit, "Cease\u00ADFire");
    assert_int_equal(h[1].start, 2);
    assert_str(h[2].snippet.hit, "cease\u2011fire");
    assert_str(h[2].term, "\"cease-fire\"");
    assert_str(found.language, "uk");
    match_scratch_free(scratch);
    ruleset_unref(set);
    rulebook_done(&b);
}

static void what_a_text_has_most_signs_of_is_its_language(void **state)
{
    (void)state;
#define RUSSIAN "Переговоры о прекращении огня продолжились в пятницу. Стороны обменялись списками пленных, и " \
                "посредники назвали это шагом вперёд. Об этом рассказал журналистам один из участников встречи. "
#define ARABIC "استؤنفت المفاوضات بشأن وقف إطلاق النار أمس الجمعة، وتبادل الطرفان قوائم الأسرى، وقال الوسطاء إن ذلك خطوة "
    static const struct {
        const char *text, *language;
    } rows[] = {
        {RUSSIAN, "ru"}, {RUSSIAN "Газета «Голос України» пишет: ничего не решено.", "ru"},
        {RUSSIAN "Вучић промолчал.", "ru"}, {RUSSIAN "Газета «Новы Час» і радыё «Рацыя»: ў Мінску.", "ru"},
        {RUSSIAN "Газета «Қазақстан әдебиеті».", "ru"}, {"Александр Вучић прибыл в Минск с делегацией", "ru"},
        {ARABIC, "ar"}, {ARABIC "على گوگل", "ar"}, {ARABIC "علی", "ar"}, {ARABIC "بازار ٹاور", "ar"},
        {"Переговори тривали до ночі. «Мы этого не хотели», — сказав він. Сторони обмінялися списками полонених, "
         "і посередники назвали це кроком уперед. Україна чекає на відповідь.", "uk"},
        {"Перамовы працягваліся да ночы. Бакі абмяняліся спісамі палонных, і пасярэднікі назвалі гэта крокам "
         "наперад. Пра гэта расказаў журналістам адзін з удзельнікаў сустрэчы, які быў у зале.", "be"},
        {"Келіссөздер түнге дейін жалғасты. Тараптар тұтқындар тізімімен алмасты, ал делдалдар мұны алға басқан "
         "қадам деп атады. Бұл туралы кездесуге қатысушылардың бірі журналистерге айтты.", "kk"},
        {"Преговори су настављени у петак. Стране су размениле спискове заробљеника, а посредници су то назвали "
         "кораком напред. Новинарима је то рекао један од учесника, који ће остати у граду.", "sr"},
        {"Преговорите продолжија во петокот. Страните разменија списоци на заробеници, а посредниците го нарекоа "
         "тоа чекор напред. Тоа го кажа еден од учесниците на состанокот, кој ќе остане; прашањето е отворено.", "mk"},
        {"Преговорите продължиха до през нощта. «Мы», каза един от тях. Страните размениха списъци на пленници, а "
         "посредниците нарекоха това крачка напред. България очаква отговор.", "bg"},
        {"مذاکرات آتش‌بس دیروز از سر گرفته شد و دو طرف فهرست اسیران را رد و بدل کردند. میانجی‌ها این را گامی به پیش "
         "خواندند. رأی نهایی چه خواهد بود؟", "fa"},
        {"جنگ بندی کے مذاکرات جمعے کو دوبارہ شروع ہوئے اور فریقین نے قیدیوں کی فہرستیں ایک دوسرے کو دیں۔ ثالثوں نے اسے "
         "ایک قدم قرار دیا۔", "ur"},
        // One sign decides a short text, and where two are level the first language of the list.
        {"їжа", "uk"}, {"Вучић", "sr"}, {"мы", "ru"}, {"вірш", "uk"}, {"ъгъл", "bg"}, {"їжа мы", "uk"}, {"مرگ", "fa"},
        {"мир", "ru"}, {"سلام", "ar"},
    };
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str found = language_detect(str_of(rows[i].text));
        if (!str_eq(found, str_of(rows[i].language))) {
            print_error("%s, not %.*s: %s\n", rows[i].language, STR_ARG(found), rows[i].text);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

enum { SNIPPET_BYTES = 120, SNIPPET_NEAR = 40 }; // as an alert shows them: hits.c

// Where a snippet of a hit at [start, end) begins and ends, found letter by letter.
static void snippet_by_letters(struct str text, size_t start, size_t end, size_t *out_from, size_t *out_to)
{
    size_t from = start > SNIPPET_BYTES ? start - SNIPPET_BYTES : 0;
    size_t to = text.n - end > SNIPPET_BYTES ? end + SNIPPET_BYTES : text.n;
    size_t first = from, last = to;
    while (from > 0 && first < from + SNIPPET_NEAR && !char_is_space(text.p[first]))
        first++;
    while (to < text.n && last > to - SNIPPET_NEAR && !char_is_space(text.p[last]))
        last--;
    *out_from = from == 0 ? 0 : first < from + SNIPPET_NEAR ? first + 1 : from;
    *out_to = to == text.n ? to : last > to - SNIPPET_NEAR ? last : to;
    while (*out_from < start && ((unsigned char)text.p[*out_from] & 0xC0) == 0x80)
        ++*out_from;
    while (*out_to < text.n && *out_to > end && ((unsigned char)text.p[*out_to] & 0xC0) == 0x80)
        --*out_to;
}

// Words of up to 70 letters of one to four bytes, parted by white space of every kind.
static void add_words(struct buf *b, struct rng *rng, size_t bytes)
{
    static const char *const letters[] = {"a", "ж", "中", "😀"};
    for (size_t stop = b->n + bytes; b->n < stop;) {
        uint64_t kind = rng_below(rng, 4), length = rng_below(rng, 6) ? 1 + rng_below(rng, 9) : 1 + rng_below(rng, 70);
        for (uint64_t i = 0; i < length; i++)
            buf_add(b, str_of(letters[kind]));
        buf_add_char(b, "\t\n\v\f\r "[rng_below(rng, 6)]);
    }
}

static void snippets_are_cut_at_white_space(void **state)
{
    (void)state;
    struct rulebook b;
    rulebook_init(&b);
    rulebook_rule(&b, S("r"), S("needle"), NULL, 0);
    struct ruleset *set = rulebook_build(&b);
    struct match_scratch *scratch = match_scratch_new();
    struct rng rng;
    rng_init(&rng, 5);
    for (int i = 0; i < 2000; i++) {
        struct buf text;
        buf_init(&text, 4096);
        add_words(&text, &rng, rng_below(&rng, 300));
        size_t start = text.n, from, to;
        buf_add(&text, S("needle "));
        add_words(&text, &rng, rng_below(&rng, 300));
        struct doc doc = {.body = buf_str(&text)};
        struct matches found;
        match_run(set, scratch, &doc, &b.arena, &found);
        assert_int_equal(found.n, 1);
        const struct snippet *s = &found.list[0].hits[0].snippet;
        snippet_by_letters(doc.body, start, start + strlen("needle"), &from, &to);
        assert_int_equal(s->before.p - doc.body.p, from);
        assert_int_equal(s->after.p + s->after.n - doc.body.p, to);
        buf_done(&text);
    }
    match_scratch_free(scratch);
    ruleset_unref(set);
    rulebook_done(&b);
}

static void lists_are_found_and_name_their_phrase(void **state)
{
    (void)state;
    struct rulebook b;
    rulebook_init(&b);
    const struct str phrases[] = {S("Acme Ltd"), S("Wayne Enterprises"), S("Stark")};
    rulebook_list(&b, "names", phrases, 3);
    rulebook_set(&b, "crime", "fraud OR bribe*");
    rulebook_rule(&b, S("r"), S("@names NEAR/3 @crime"), NULL, 0);
    struct ruleset *set = rulebook_build(&b);
    struct match_scratch *scratch = match_scratch_new();
    struct matches found;
    struct doc doc = {.body = S("Fraud at Acme Ltd. Wayne Enterprises says nothing at all about that")};
    match_run(set, scratch, &doc, &b.arena, &found);
    assert_int_equal(found.n, 1);
    assert_int_equal(found.list[0].n_hits, 2);
    assert_str(found.list[0].hits[1].term, "\"Acme Ltd\"");
    match_scratch_free(scratch);
    ruleset_unref(set);
    rulebook_done(&b);
}

// Each word of a phrase may be met by a compound of eight parts: more places than a byte counts.
static void a_long_phrase_of_a_list_is_met_by_compounds(void **state)
{
    enum { WORDS = 32 };
    (void)state;
    struct rulebook b;
    struct buf phrase, text;
    rulebook_init(&b);
    buf_init(&phrase, 1 << 16);
    buf_init(&text, 1 << 16);
    for (int i = 0; i < WORDS; i++) {
        buf_add(&phrase, S("abcdefgh "));
        buf_add(&text, S("a-b-c-d-e-f-g-h "));
    }
    const struct str phrases[] = {str_trim(buf_str(&phrase))};
    rulebook_list(&b, "names", phrases, 1);
    rulebook_rule(&b, S("r"), S("@names"), NULL, 0);
    struct ruleset *set = rulebook_build(&b);
    struct match_scratch *scratch = match_scratch_new();
    struct matches found;
    struct doc doc = {.body = str_trim(buf_str(&text))};
    match_run(set, scratch, &doc, &b.arena, &found);
    assert_int_equal(found.n, 1);
    assert_int_equal(found.list[0].n_hits, 1);
    assert_int_equal(found.list[0].hits[0].start, 0);
    assert_int_equal(found.list[0].hits[0].end_cp, doc.body.n);
    match_scratch_free(scratch);
    ruleset_unref(set);
    rulebook_done(&b);
    buf_done(&phrase);
    buf_done(&text);
}

static void an_edit_replaces_adds_and_removes(void **state)
{
    (void)state;
    struct rulebook b;
    rulebook_init(&b);
    rulebook_rule(&b, S("one"), S("alpha"), NULL, 0);
    rulebook_rule(&b, S("two"), S("beta"), NULL, 0);
    struct ruleset *set = rulebook_build(&b);
    struct rulebook c;
    rulebook_init(&c);
    rulebook_rule(&c, S("two"), S("gamma"), NULL, 0);
    rulebook_rule(&c, S("three"), S("beta"), NULL, 0);
    const struct str gone = S("one");
    struct ruleset *next = ruleset_edit(set, c.sources, 2, &gone, 1, &c.ds);
    assert_int_equal(ruleset_count(next), 2);
    assert_str(ruleset_rule(next, 0)->name, "two");
    assert_null(ruleset_find(next, S("one")));
    struct match_scratch *scratch = match_scratch_new();
    struct matches found;
    struct doc doc = {.body = S("alpha beta gamma")};
    match_run(next, scratch, &doc, &b.arena, &found);
    assert_int_equal(found.n, 2);
    assert_str(found.list[0].rule->name, "two");
    assert_str(found.list[0].hits[0].term, "gamma");
    assert_str(found.list[1].rule->name, "three");
    match_run(set, scratch, &doc, &b.arena, &found);
    assert_int_equal(found.n, 2);
    assert_str(found.list[0].rule->name, "one");
    match_scratch_free(scratch);
    ruleset_unref(set);
    ruleset_unref(next);
    rulebook_done(&c);
    rulebook_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_combine_as_in_the_grammar),
        cmocka_unit_test(vetoes_kill_matches_and_scoped_ones_single_hits),
        cmocka_unit_test(hits_say_where_in_bytes_and_code_points),
        cmocka_unit_test(snippets_are_cut_at_white_space),
        cmocka_unit_test(lists_are_found_and_name_their_phrase),
        cmocka_unit_test(a_long_phrase_of_a_list_is_met_by_compounds),
        cmocka_unit_test(what_a_text_has_most_signs_of_is_its_language),
        cmocka_unit_test(an_edit_replaces_adds_and_removes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
