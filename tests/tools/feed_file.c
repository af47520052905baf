// SPDX-License-Identifier: MIT
//
// See feed_file.h.
#include "tests/tools/feed_file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"

struct str feed_file_read(struct arena *a, const char *path)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        return (struct str){NULL, 0};
    fseek(in, 0, SEEK_END);
    long size = ftell(in);
    rewind(in);
    char *p = arena_alloc(a, size > 0 ? (size_t)size : 1);
    size_t n = fread(p, 1, size > 0 ? (size_t)size : 0, in);
    fclose(in);
    return str_make(p, n);
}

static bool has_suffix(const char *name, const char *const *suffixes)
{
    for (; *suffixes; suffixes++) {
        if (str_ends(str_of(name), str_of(*suffixes)))
            return true;
    }
    return false;
}

size_t feed_file_each(const char *directory, const char *const *suffixes, void (*fn)(void *context, const char *path),
                      void *context)
{
    struct dirent **names = NULL;
    int n = scandir(directory, &names, NULL, alphasort);
    size_t found = 0;
    for (int i = 0; i < n; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", directory, names[i]->d_name);
        if (names[i]->d_type == DT_DIR && names[i]->d_name[0] != '.') {
            found += feed_file_each(path, suffixes, fn, context);
        } else if (has_suffix(names[i]->d_name, suffixes)) {
            fn(context, path);
            found++;
        }
        free(names[i]);
    }
    free(names);
    return found;
}

struct document *feed_file_parse(const struct parse_options *options, struct str body, size_t piece, uint64_t seed,
                                 struct arena *a)
{
    struct rng rng;
    rng_init(&rng, seed);
    struct parser *parser = parser_open(options, a);
    while (body.n > 0) {
        size_t n = piece ? piece : 1 + (size_t)rng_below(&rng, 1 + rng_below(&rng, 6000));
        n = n < body.n ? n : body.n;
        // A copy of its own, so that a read past the piece's end is seen by the sanitizer.
        char *copy = malloc(n);
        memcpy(copy, body.p, n);
        parser_feed(parser, copy, n);
        free(copy);
        body = str_from(body, n);
    }
    return parser_end(parser, false);
}
