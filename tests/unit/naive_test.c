// SPDX-License-Identifier: MIT
//
// The engine against the naive evaluator: the same matches and the same places on a million pairs of random rule and
// random text, every operator among them. FEEDWATCH_SEED and FEEDWATCH_PAIRS choose others.
#include "tests/tools/check.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "tests/tools/naive.h"
#include "tests/tools/rulebook.h"

enum { RULES = 160, TEXTS = 160, PAIRS = 1000000 };

static const char *const words[] = {
    "a", "b", "c", "cease", "fire", "ceasefire", "cease-fire", "talk", "talks", "Talks", "talking", "stalk", "Gaza",
    "Gaza's", "u-a", "a-b-c", "AT&T", "U.S.", "c++", "\u043C\u0438\u0440", "\u041C\u0438\u0440", "\u505C\u706B",
    "\u505C", "caf\u00E9", "Cafe", "aa", "aaa", "b-b",
};
static const char *const gaps[] = {" ", " ", " ", " ", " ", ", ", ". ", ": ", "-", "\n\n", "\n", " \u2013 ", "! "};
static const char *const regexes[] = {"/cease.?fire/", "/t[ab]lk/", "/a+/", "/Talks/i", "/b|ab|c/", "/fire a/", "/.a./"};
static const char *const fields[] = {"title", "body", "text", "author", "summary"};

// Where the random comes from, and of what kind. Plain rules have words and phrases only: the engine reads a text by
// other ways for those, and by yet another one where the text has no spaces.
struct maker {
    struct rng rng;
    bool is_plain;
};

#define PICK(m, list) (list)[rng_below(&(m)->rng, sizeof(list) / sizeof *(list))]

static const char *const singles[] = {"\u505C\u706B", "\u505C", "\u706B", "\u706B\u505C", "a", "\u3042", "\u505C-\u706B"};
static const char *const single_gaps[] = {"", "", "", " ", "\u3002", "\uFF1A", "-"};

// A text without spaces, of a few characters.
static void random_singles(struct maker *m, struct buf *out, size_t words_max)
{
    buf_reset(out);
    for (size_t n = rng_below(&m->rng, words_max + 1); n > 0; n--) {
        buf_add(out, str_of(PICK(m, singles)));
        buf_add(out, str_of(PICK(m, single_gaps)));
    }
}

static void random_text(struct maker *m, struct buf *out, size_t words_max)
{
    buf_reset(out);
    size_t n = rng_below(&m->rng, words_max + 1);
    for (size_t i = 0; i < n; i++) {
        buf_add(out, str_of(PICK(m, words)));
        if (i + 1 < n)
            buf_add(out, str_of(PICK(m, gaps)));
    }
}

static void random_leaf(struct maker *m, struct buf *out)
{
    const char *word = PICK(m, words);
    static const char *const starts[] = {"tal*", "cea*", "*alk*", "*ire*", "aaa*", "cease-fi*", "talk~", "talking~",
                                         "cease-fire~", "\u505C\u706B*"};
    if (m->is_plain && rng_below(&m->rng, 4) == 0)
        word = PICK(m, singles);
    uint64_t kind = rng_below(&m->rng, 10);
    bool is_plain = (kind >= 3 && kind <= 5) || kind == 1;
    switch (m->is_plain && !is_plain ? 9 : kind) {
    case 0: buf_add(out, str_of(PICK(m, starts))); break;
    case 1: buf_addf(out, "=%s", word); break;
    case 2: buf_add(out, str_of(PICK(m, regexes))); break;
    case 3:
    case 4:
    case 5: {
        size_t n = 1 + rng_below(&m->rng, 3);
        buf_add(out, str_of(rng_below(&m->rng, 5) ? "\"" : "=\""));
        for (size_t i = 0; i < n; i++)
            buf_addf(out, "%s%s", i ? " " : "", PICK(m, words));
        buf_add_char(out, '"');
        if (rng_below(&m->rng, 2))
            buf_addf(out, "~%u", (unsigned)rng_below(&m->rng, 4));
        break;
    }
    case 6: buf_add(out, S("@names")); break;
    default: buf_add(out, str_of(word)); break;
    }
}

static void random_operand(struct maker *m, struct buf *out)
{
    if (rng_below(&m->rng, 3)) {
        random_leaf(m, out);
        return;
    }
    buf_add_char(out, '(');
    random_leaf(m, out);
    buf_add(out, S(" OR "));
    random_leaf(m, out);
    buf_add(out, rng_below(&m->rng, 3) || m->is_plain ? S(")") : S(" OR @set)"));
}

static void random_join(struct maker *m, struct buf *out)
{
    static const char *const joins[] = {"NEAR", "ONEAR"};
    if (rng_below(&m->rng, 3) == 0)
        buf_add(out, S(" SAME "));
    else
        buf_addf(out, " %s/%u ", PICK(m, joins), 1 + (unsigned)rng_below(&m->rng, 6));
}

static void random_expr(struct maker *m, struct buf *out, int depth, bool is_in_field)
{
    uint64_t kind = depth ? rng_below(&m->rng, 9) : rng_below(&m->rng, 3);
    static const char *const glue[] = {" ", " AND ", " OR ", " NOT ", " OR NOT "};
    switch (kind) {
    case 0:
    case 1: random_leaf(m, out); break;
    case 2:
    case 3:
        random_operand(m, out);
        do {
            random_join(m, out);
            random_operand(m, out);
        } while (rng_below(&m->rng, 3) == 0);
        break;
    case 4:
        buf_add(out, S("2 OF ("));
        for (int i = 0; i < 3; i++) {
            buf_add(out, i ? S(", ") : S(""));
            random_expr(m, out, depth - 1, is_in_field);
        }
        buf_add_char(out, ')');
        break;
    case 5:
        if (!is_in_field) {
            buf_addf(out, "%s:(", PICK(m, fields));
            random_expr(m, out, depth - 1, true);
            buf_add_char(out, ')');
            break;
        } // fallthrough
    default:
        buf_add_char(out, '(');
        random_expr(m, out, depth - 1, is_in_field);
        buf_add_char(out, ')');
        buf_add(out, str_of(PICK(m, glue)));
        buf_add_char(out, '(');
        random_expr(m, out, depth - 1, is_in_field);
        buf_add_char(out, ')');
        break;
    }
}

struct world {
    struct rulebook book;
    struct ruleset *set;
    struct naive_rule *naive[RULES];
    struct str names[RULES];
};

static struct str random_veto(struct maker *m, struct arena *arena)
{
    struct buf text;
    buf_init(&text, 1 << 16);
    if (rng_below(&m->rng, 3)) {
        static const char *const heads[] = {"NEAR/1 ", "NEAR/3 ", "SAME "};
        buf_add(&text, str_of(PICK(m, heads)));
        random_operand(m, &text);
    } else {
        random_expr(m, &text, 1, false);
    }
    struct str copy = arena_str(arena, buf_str(&text));
    buf_done(&text);
    return copy;
}

static void world_init(struct world *w, struct maker *m)
{
    static const struct str names[] = {STR("cease fire"), STR("AT&T"), STR("a b"), STR("\u505C\u706B"), STR("talks")};
    rulebook_init(&w->book);
    rulebook_list(&w->book, "names", names, sizeof names / sizeof *names);
    rulebook_set(&w->book, "set", "talk* OR \"a b\" OR cease-fire");
    struct buf text;
    buf_init(&text, 1 << 16);
    size_t n = 0;
    while (n < RULES) {
        buf_reset(&text);
        random_expr(m, &text, 2, false);
        struct str unless[2] = {random_veto(m, &w->book.arena), random_veto(m, &w->book.arena)};
        size_t n_unless = rng_below(&m->rng, 3) ? 0 : 1 + rng_below(&m->rng, 2);
        size_t errors = w->book.ds.errors;
        w->names[n] = arena_fmt(&w->book.arena, "r%zu: %.*s | %.*s | %.*s", n, STR_ARG(buf_str(&text)),
                                STR_ARG(n_unless > 0 ? unless[0] : S("")), STR_ARG(n_unless > 1 ? unless[1] : S("")));
        rulebook_rule(&w->book, w->names[n], buf_str(&text), unless, n_unless);
        if (w->book.ds.errors != errors) { // only negative: told, and not wanted here
            diags_done(&w->book.ds);
            diags_init(&w->book.ds);
            w->book.n--;
            continue;
        }
        const struct rule_source *s = &w->book.sources[n];
        w->naive[n++] = naive_rule_new(s->when, s->unless, s->n_unless);
    }
    buf_done(&text);
    w->set = rulebook_build(&w->book);
    assert_non_null(w->set);
}

static void world_done(struct world *w)
{
    for (size_t i = 0; i < RULES; i++)
        naive_rule_free(w->naive[i]);
    ruleset_unref(w->set);
    rulebook_done(&w->book);
}

static bool is_same(const struct match *m, const struct naive_hits *hits)
{
    if (m->total != hits->n)
        return false;
    for (size_t i = 0; i < m->n_hits; i++) {
        const struct naive_hit *want = &hits->list[i];
        const struct hit *have = &m->hits[i];
        bool same = have->field == want->value->field && have->value == want->value->index &&
                    have->start == want->place.start && have->end == want->place.end;
        for (size_t k = 0; k < hits->n && !same; k++) // several regexes at one place may come in another order
            same = hits->list[k].regex.n && have->field == hits->list[k].value->field &&
                   have->start == hits->list[k].place.start && have->end == hits->list[k].place.end;
        if (!same)
            return false;
    }
    return true;
}

static void fail_with(const struct world *w, size_t rule, const struct doc *doc, const struct match *m, bool want,
                      const struct naive_hits *hits)
{
    print_error("rule %.*s\ntitle [%.*s]\nbody [%.*s]\nengine %s, naive %s\n", STR_ARG(w->names[rule]),
                STR_ARG(doc->title), STR_ARG(doc->body), m ? "matches" : "does not match",
                want ? "matches" : "does not match");
    for (size_t i = 0; m && i < m->n_hits; i++)
        print_error("  engine %d %zu-%zu %.*s\n", m->hits[i].field, m->hits[i].start, m->hits[i].end,
                    STR_ARG(m->hits[i].term));
    for (size_t i = 0; want && i < hits->n; i++)
        print_error("  naive  %d %u-%u\n", hits->list[i].value->field, hits->list[i].place.start,
                    hits->list[i].place.end);
    fail();
}

static void compare(struct world *w, struct maker *m, struct match_scratch *scratch, struct text *t, size_t *matched)
{
    struct buf title, body;
    buf_init(&title, 1 << 16);
    buf_init(&body, 1 << 16);
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    struct naive_hits hits = {0};
    for (int i = 0; i < TEXTS; i++) {
        bool has_spaces = !m->is_plain || rng_below(&m->rng, 2);
        (has_spaces ? random_text : random_singles)(m, &title, 3);
        (has_spaces ? random_text : random_singles)(m, &body, 12);
        const struct str authors[] = {S("a b"), S("c talks")};
        struct doc doc = {.title = buf_str(&title), .body = buf_str(&body), .authors = authors, .n_authors = 2,
                          .lang = rng_below(&m->rng, 4) ? S("en") : S("pl")};
        struct matches found;
        match_run(w->set, scratch, &doc, &arena, &found);
        text_reset(t, 7);
        text_add_doc(t, &doc);
        size_t next = 0;
        for (size_t rule = 0; rule < RULES; rule++) {
            bool want = naive_run(w->naive[rule], t, found.language, &hits);
            const struct match *got = next < found.n && found.list[next].index == rule ? &found.list[next++] : NULL;
            if (want != (got != NULL) || (got && !is_same(got, &hits)))
                fail_with(w, rule, &doc, got, want, &hits);
            *matched += want;
        }
        arena_reset(&arena);
    }
    mem_free(hits.list);
    arena_done(&arena);
    buf_done(&title);
    buf_done(&body);
}

static void engine_and_naive_evaluator_agree(void **state)
{
    (void)state;
    const char *seed_text = getenv("FEEDWATCH_SEED");
    const char *pairs_text = getenv("FEEDWATCH_PAIRS");
    uint64_t first = seed_text ? strtoull(seed_text, NULL, 10) : 1;
    uint64_t pairs = pairs_text ? strtoull(pairs_text, NULL, 10) : PAIRS;
    struct match_scratch *scratch = match_scratch_new();
    struct fold_table *table = fold_table_new();
    struct text t;
    text_init(&t, table, 7);
    size_t matched = 0;
    uint64_t done = 0;
    for (uint64_t seed = first; done < pairs; seed++, done += RULES * TEXTS) {
        struct maker maker = {.is_plain = seed % 2 == 0};
        rng_init(&maker.rng, seed);
        print_message("seed %llu (FEEDWATCH_SEED=%llu FEEDWATCH_PAIRS=1 repeats it)\n", (unsigned long long)seed,
                      (unsigned long long)seed);
        struct world *w = calloc(1, sizeof *w);
        world_init(w, &maker);
        compare(w, &maker, scratch, &t, &matched);
        world_done(w);
        free(w);
    }
    print_message("%llu pairs, %zu matches\n", (unsigned long long)done, matched);
    assert_true(matched > done / 20); // a comparison of two silences would prove nothing
    text_done(&t);
    fold_table_free(table);
    match_scratch_free(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(engine_and_naive_evaluator_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
