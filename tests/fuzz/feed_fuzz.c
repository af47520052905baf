// SPDX-License-Identifier: MIT
//
// Any bytes as a feed. The first byte chooses the size of the pieces, the second what the transport says; besides
// what the sanitizers see, the result must not depend on the pieces, and must be valid UTF-8.
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "feeds/parse.h"

static void check(bool is_true, const char *what)
{
    if (is_true)
        return;
    fprintf(stderr, "feed_fuzz: %s\n", what);
    abort();
}

static void check_text(struct str text) { check(utf8_valid(text) == text.n, "text is not valid UTF-8"); }

static struct document *parse(const unsigned char *bytes, size_t n, size_t piece, struct parse_options *options,
                              struct arena *arena)
{
    struct parser *parser = parser_open(options, arena);
    for (size_t i = 0; i < n; i += piece) {
        size_t part = n - i < piece ? n - i : piece;
        unsigned char *copy = malloc(part); // so that a read past the piece is seen
        memcpy(copy, bytes + i, part);
        parser_feed(parser, copy, part);
        free(copy);
    }
    return parser_end(parser, false);
}

static void compare(const struct document *a, const struct document *b)
{
    check(a->n_items == b->n_items, "the number of items depends on the pieces");
    check(a->format == b->format && a->quality == b->quality, "format or quality depends on the pieces");
    for (size_t i = 0; i < a->n_items; i++) {
        const struct item *x = &a->items[i], *y = &b->items[i];
        check_text(x->title.body);
        check_text(x->content.body);
        check_text(x->summary.body);
        check_text(x->link);
        check(str_eq(x->title.body, y->title.body) && str_eq(x->summary.body, y->summary.body) &&
                  str_eq(x->content.body, y->content.body) && str_eq(x->id, y->id) && str_eq(x->link, y->link),
              "an item depends on the pieces");
    }
    for (int kind = 0; kind < REPAIR_KINDS; kind++)
        check(a->repairs[kind].count == b->repairs[kind].count, "repairs depend on the pieces");
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    parse_library_init();
    return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static const struct str types[] = {STR(""), STR("text/xml; charset=windows-1251"), STR("text/html; charset=utf-8"),
                                       STR("application/xml; charset=gb2312")};
    if (size < 2)
        return 0;
    struct parse_options options = {.url = S("http://example.org/a/feed"), .content_type = types[data[1] & 3]};
    struct arena whole, cut;
    arena_init(&whole, 64 << 20);
    arena_init(&cut, 64 << 20);
    struct document *a = parse(data + 2, size - 2, size, &options, &whole);
    struct document *b = parse(data + 2, size - 2, 1 + data[0] % 64, &options, &cut);
    compare(a, b);
    arena_done(&whole);
    arena_done(&cut);
    return 0;
}
