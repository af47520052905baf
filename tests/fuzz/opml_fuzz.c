// SPDX-License-Identifier: MIT
//
// Any bytes as OPML: what was read, written and read again names the same addresses in the same order.
#include <stdio.h>
#include <stdlib.h>

#include "feeds/opml.h"

static void check(bool is_true, const char *what)
{
    if (is_true)
        return;
    fprintf(stderr, "opml_fuzz: %s\n", what);
    abort();
}

static void check_same(const struct opml *list, const struct opml *again)
{
    check(again->n_feeds == list->n_feeds, "another number of feeds");
    for (size_t i = 0; i < list->n_feeds; i++) {
        size_t at = 0; // folders keep their feeds together, so the order may differ
        while (at < again->n_feeds && !str_eq(again->feeds[at].url, list->feeds[i].url))
            at++;
        check(at < again->n_feeds, "an address is lost");
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct arena a;
    struct opml list, again;
    struct err err = {0};
    arena_init(&a, 256 << 20);
    if (opml_read(str_make((const char *)data, size), &a, &list, &err) && list.n_feeds > 0) {
        struct buf out;
        buf_init(&out, 64 << 20);
        opml_write(&list, (wall_t){0}, &out);
        check(opml_read(buf_str(&out), &a, &again, &err), "what was written is not read");
        check_same(&list, &again);
        buf_done(&out);
    }
    arena_done(&a);
    return 0;
}
