// SPDX-License-Identifier: MIT
//
// What the two halves of the world share: world.c (servers) and books.c (what must come of it).
#ifndef TESTS_SIM_WORLD_PARTS_H
#define TESTS_SIM_WORLD_PARTS_H

#include "base/hash.h"
#include "tests/sim/world.h"
#include "tests/tools/press.h"

enum { HOST_STORMS = 3, WORLD_HOST_MAX = 2, WORLD_HOST_GAP_MS = 1000 };

struct world_storm {
    wall_t from, to;
    int status;
};

struct world_host {
    struct world_storm storms[HOST_STORMS];
    unsigned in_flight;
    int64_t started_ms; // true time of the last request
    int64_t held_until_ms; // true time; a Retry-After of one of its feeds, which may come to hold all of them
    bool was_asked;
};

struct world_article {
    wall_t published, edited; // edited 0: never
    const char *words[2];
    unsigned mask, edited_mask; // rules that its words fit
    // The books:
    bool is_known;    // it was in a durable poll
    bool is_seen;     // and in one whose document was whole: what a broken one showed is not known
    bool is_anything; // whatever comes of it is right
    unsigned told;    // rules that may or must have told it, or recorded it as baseline
    unsigned must, came;
    struct hash128 ids[WORLD_RULES]; // delivered under
};

struct world_feed {
    unsigned host;
    enum press_format format;
    struct feed_options options;
    struct world_article *articles; // by time
    size_t n_articles;
    uint32_t max_age_s;
    bool has_etag;
    wall_t reannounced; // 0: never
    // The books:
    bool is_baselined, is_half_baselined, was_reannounced, is_in_flight, was_asked;
    int64_t started_ms;   // true time of the last request
    int64_t due_true_ms;  // 0: not known
    int64_t not_before_ms; // true time; promised to the server
    bool is_durable;      // that promise is on the disk
    bool is_excused;      // a crash or a clock's step makes an early poll right, once
    bool was_set_forward; // the daemon's clock, since this was asked
};

struct book_entry;

struct world {
    struct sim_options options;
    struct sim_result *result;
    struct arena arena;
    struct rng rng;
    wall_t start;
    struct world_host *hosts;
    unsigned n_hosts;
    struct world_feed *feeds;
    struct book_entry *entries; // of ids, a uthash
};

size_t feed_shows(const struct world_feed *f, wall_t at, size_t *out_from);
bool feed_is_reannounced(const struct world_feed *f, wall_t at);
unsigned article_mask(const struct world_article *a, wall_t at);

void books_request(struct world *w, unsigned feed, bool is_hop, struct moment now);
void books_done(struct world *w);

#endif
