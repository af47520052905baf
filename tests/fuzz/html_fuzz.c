// SPDX-License-Identifier: MIT
//
// Any bytes as HTML and as plain text: the map must lead back to the same bytes, and valid UTF-8 must stay valid.
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "feeds/html.h"

static void check(bool is_true, const char *what)
{
    if (is_true)
        return;
    fprintf(stderr, "html_fuzz: %s\n", what);
    abort();
}

static void check_map(const struct html_text *t, const struct html_map *map)
{
    uint32_t at = 0;
    for (size_t i = 0; i < map->n_pieces; i++) {
        const struct html_piece *p = &map->pieces[i];
        uint32_t next = i + 1 < map->n_pieces ? p[1].text : (uint32_t)t->text.n;
        check(p->text == at && next > at, "pieces do not follow each other");
        check((size_t)p->original + p->length <= t->original.n, "a piece lies outside of the original");
        check(p->is_whole || next - at == p->length, "a piece has another length than its original");
        check(p->is_whole || memcmp(t->text.p + at, t->original.p + p->original, p->length) == 0, "other bytes");
        at = next;
    }
    for (size_t i = 0; i < t->text.n; i += 1 + t->text.n / 16) {
        size_t start = 0, end = 0;
        html_origin(map, i, t->text.n, &start, &end);
        check(start <= end && end <= t->original.n, "a place leads outside of the original");
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct str bytes = str_make((const char *)data, size);
    bool is_valid = utf8_valid(bytes) == size;
    for (int type = TEXT_PLAIN; type <= TEXT_HTML; type++) {
        struct arena a;
        arena_init(&a, 64 << 20);
        struct text text = {bytes, (enum text_type)type};
        struct html_text t = html_text_of(&text, &a);
        struct html_map map = html_map(&t, &a);
        check_map(&t, &map);
        check(!is_valid || utf8_valid(t.text) == t.text.n, "valid text became invalid");
        arena_done(&a);
    }
    struct hash_key key = {{0}};
    html_digest(&key, bytes);
    return 0;
}
