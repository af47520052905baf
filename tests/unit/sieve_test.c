// SPDX-License-Identifier: MIT
//
// rules/sieve.h: what it leaves out matches nothing. Each rule runs alone, where the sieve is asked, and beside a rule
// that is filed under no word, where it is not. FEEDWATCH_SEED chooses other texts.
#include "tests/tools/check.h"

#include <stdlib.h>

#include "base/rng.h"
#include "rules/ruleset.h"
#include "rules/sieve.h"
#include "tests/tools/rulebook.h"

enum { TEXTS = 10800, PIECES_MAX = 40, EACH = 60 };

static const char *const rules[] = {
    "ceasefire", "cease-fire", "\"cease fire\"", "\"a b\"", "abc", "U.S.", "c++", "naïve", "мир", "停火", "\"火 停\"",
    "author:olena", "url:example", "tag:war", "aabbccddeeffgghhii", "aabbccddeeffgghh", "x NOT y", "(x OR abc) y",
};
static const char *const pieces[] = {
    "cease", "fire", "Ceasefire", "ceasefire", "a", "b", "c", "abc", "x", "y", "U.S.", "c++", "na\u00EFve", "nai\u0308ve",
    "naive", "\u043C\u0438\u0440", "\u041C\u0418\u0420", "\u505C", "\u706B", "\u00AD", "\u200D", "\u0301", "\u2019s",
    "'s", "\uFF41\uFF42\uFF43", "aabbccddeeffgghh", "ii", "example", "war", "olena", "7", "-", "-", "-", "\u2011", "\u2013",
    " ", " ", " ", " ", " ", "\n", "\n\n", "\t", "\u00A0", ". ", ".", ",", "(", "_", "/", "\x7F", "\xFF", "\u0627\u0644",
};

static void random_text(struct rng *rng, struct buf *out)
{
    buf_reset(out);
    for (size_t n = rng_below(rng, PIECES_MAX); n > 0; n--)
        buf_add(out, str_of(pieces[rng_below(rng, sizeof pieces / sizeof *pieces)]));
}

static struct ruleset *build(struct rulebook *b, const char *rule, const char *beside)
{
    rulebook_init(b);
    rulebook_rule(b, S("r"), str_of(rule), NULL, 0);
    if (beside)
        rulebook_rule(b, S("beside"), str_of(beside), NULL, 0);
    struct ruleset *set = rulebook_build(b);
    assert_non_null(set);
    return set;
}

// Hits of the first rule.
static size_t hits_in(const struct ruleset *set, struct match_scratch *scratch, const struct doc *doc)
{
    struct arena arena;
    struct matches found;
    arena_init(&arena, SIZE_MAX / 2);
    match_run(set, scratch, doc, &arena, &found);
    size_t hits = found.n && found.list[0].index == 0 ? found.list[0].total + 1 : 0;
    arena_done(&arena);
    return hits;
}

static void what_is_left_out_matches_nothing(void **state)
{
    (void)state;
    const char *wanted = getenv("FEEDWATCH_SEED");
    uint64_t seed = wanted ? strtoull(wanted, NULL, 10) : 20261127;
    struct rng rng;
    rng_init(&rng, seed);
    struct buf texts[4];
    for (int i = 0; i < 4; i++)
        buf_init(&texts[i], 1 << 16);
    size_t matched = 0;
    for (size_t at = 0; at < TEXTS; at += EACH) {
        const char *rule = rules[at / EACH % (sizeof rules / sizeof *rules)];
        struct rulebook books[2];
        struct ruleset *sets[2] = {build(&books[0], rule, NULL), build(&books[1], rule, "/[0-9]q[0-9]/")};
        struct match_scratch *scratches[2] = {match_scratch_new(), match_scratch_new()};
        assert_false(sets[1]->segments[0].g->is_by_words);
        for (int k = 0; k < EACH; k++) {
            for (int i = 0; i < 4; i++)
                random_text(&rng, &texts[i]);
            struct str author = buf_str(&texts[1]), tag = buf_str(&texts[3]);
            struct doc doc = {.body = buf_str(&texts[0]), .authors = &author, .n_authors = 1, .tags = &tag,
                              .n_tags = 1, .url = buf_str(&texts[2])};
            size_t hits = hits_in(sets[0], scratches[0], &doc);
            if (hits != hits_in(sets[1], scratches[1], &doc)) {
                print_error("FEEDWATCH_SEED=%llu: %s in \"%s\"\n", (unsigned long long)seed, rule, buf_z(&texts[0]));
                fail();
            }
            matched += hits > 0;
        }
        for (int i = 0; i < 2; i++) {
            match_scratch_free(scratches[i]);
            ruleset_unref(sets[i]);
            rulebook_done(&books[i]);
        }
    }
    for (int i = 0; i < 4; i++)
        buf_done(&texts[i]);
    assert_true(matched > TEXTS / 20 && matched < TEXTS - TEXTS / 20);
}

struct row {
    const char *rule, *body;
    bool passes;
    const char *why;
};

static void a_text_passes_by_the_words_it_holds(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"truce", "Talks on a TRUCE", true, "the word"},
        {"truce", "Talks on truces and truce5", false, "other words"},
        {"truce AND talks", "nothing of both", false, "neither"},
        {"ceasefire", "a Cease-Fire, then", true, "parts that are joined"},
        {"ceasefire", "a cease - fire", false, "a dash between spaces joins nothing"},
        {"truce", "l\u2019accord d\u2019une tr\u00EAve", false, "harder words are read"},
        {"treve", "l\u2019accord d\u2019une tr\u00EAve", true, "harder words are read"},
        {"truc*", "nothing", true, "a beginning is no word: all pass"},
        {"/[0-9]q[0-9]/", "nothing", true, "filed under nothing: all pass"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rulebook b;
        struct ruleset *set = build(&b, rows[i].rule, NULL);
        struct sieve sieve = {0};
        struct text text;
        text_init(&text, set->shared->table, set->seed);
        struct doc doc = {.body = str_of(rows[i].body)};
        if (sieve_passes(&sieve, set->segments[0].g, &text, &doc) != rows[i].passes)
            fail_msg("%s: \"%s\": %s", rows[i].rule, rows[i].body, rows[i].why);
        text_done(&text);
        ruleset_unref(set);
        rulebook_done(&b);
    }
}

static void a_sieve_that_leaves_out_little_rests(void **state)
{
    (void)state;
    struct rulebook b;
    struct ruleset *set = build(&b, "truce", NULL);
    struct sieve sieve = {0};
    struct text text;
    text_init(&text, set->shared->table, set->seed);
    struct doc with = {.body = S("a truce")}, without = {.body = S("a game")};
    for (int i = 0; i < 64; i++)
        sieve_passes(&sieve, set->segments[0].g, &text, i < 33 ? &with : &without);
    for (int i = 0; i < 1024; i++)
        assert_true(sieve_passes(&sieve, set->segments[0].g, &text, &without));
    assert_false(sieve_passes(&sieve, set->segments[0].g, &text, &without));
    text_done(&text);
    ruleset_unref(set);
    rulebook_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_out_matches_nothing),
        cmocka_unit_test(a_text_passes_by_the_words_it_holds),
        cmocka_unit_test(a_sieve_that_leaves_out_little_rests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
