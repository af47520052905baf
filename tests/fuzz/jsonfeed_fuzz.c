// SPDX-License-Identifier: MIT
//
// Any text as JSON Feed: like feed_fuzz, but always taken for JSON, so that the fuzzer stays in this parser.
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "feeds/parse.h"

static struct document *parse(const unsigned char *bytes, size_t n, size_t piece, struct arena *arena)
{
    struct parse_options options = {.url = S("http://example.org/a/feed.json")};
    struct parser *parser = parser_open(&options, arena);
    parser_feed(parser, "{", 1);
    for (size_t i = 0; i < n; i += piece) {
        size_t part = n - i < piece ? n - i : piece;
        unsigned char *copy = malloc(part);
        memcpy(copy, bytes + i, part);
        parser_feed(parser, copy, part);
        free(copy);
    }
    return parser_end(parser, false);
}

static void check(bool is_true, const char *what)
{
    if (is_true)
        return;
    fprintf(stderr, "jsonfeed_fuzz: %s\n", what);
    abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size < 1)
        return 0;
    struct arena whole, cut;
    arena_init(&whole, 64 << 20);
    arena_init(&cut, 64 << 20);
    struct document *a = parse(data + 1, size - 1, size, &whole);
    struct document *b = parse(data + 1, size - 1, 1 + data[0] % 64, &cut);
    check(a->n_items == b->n_items && a->quality == b->quality, "the result depends on the pieces");
    for (size_t i = 0; i < a->n_items; i++) {
        struct str title = a->items[i].title.body, content = a->items[i].content.body;
        check(utf8_valid(title) == title.n && utf8_valid(content) == content.n, "text is not valid UTF-8");
        check(str_eq(title, b->items[i].title.body) && str_eq(content, b->items[i].content.body) &&
                  str_eq(a->items[i].id, b->items[i].id),
              "an item depends on the pieces");
    }
    arena_done(&whole);
    arena_done(&cut);
    return 0;
}
