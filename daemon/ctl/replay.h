// SPDX-License-Identifier: MIT
//
// Replay: archived items through the production matcher, under one set of rules or under two that are compared. This
// header joins its parts: replay.c matches and counts, replay_run.c does so on all cores,
// replay_show.c prints, rules_replay.c reads the command line.
#ifndef DAEMON_CTL_REPLAY_H
#define DAEMON_CTL_REPLAY_H

#include <jansson.h>

#include "daemon/api_items.h"
#include "daemon/ctl/ctl.h"
#include "rules/rule.h"

enum { REPLAY_SHOWN = 20, REPLAY_SHOWN_MAX = 100000 };

enum replay_change { REPLAY_SAME, REPLAY_ADDED, REPLAY_REMOVED }; // REPLAY_SAME: also where nothing is compared

// One hit that is shown: the item, and where the rule found it first.
struct replay_hit {
    struct arena arena; // of its texts
    struct str rule;
    enum replay_change change;
    uint64_t item, feed;
    wall_t fetched;
    struct str title, feed_title, url;
    enum doc_field field;
    struct str term, before, hit, after;
    size_t total; // hits of the rule in the item
};

// The newest of one kind.
struct replay_ring {
    struct replay_hit *list;
    size_t room;
    uint64_t n; // that there were
};

struct replay_row { // a rule
    struct str name;
    bool is_gone;       // only in the older set
    uint64_t hits, added, removed;
    uint64_t met, met_before; // the last item that it matched, in each set, by number
};

struct replay {
    const struct ruleset *set, *before; // before NULL: nothing is compared
    struct replay_row *rows;            // of set by index, then those that are gone
    size_t n_rows;
    size_t *rows_before;                // of `before` by index: its row
    uint64_t items, hits, added, removed;
    wall_t first, last;                 // times of fetching
    bool is_damaged;                    // a page was
    struct replay_ring same, changed;
};

// Makes an empty one that keeps the newest `shown` hits of each kind. A rule of `before` is told by its name, or as
// the former name (`was`) of one. Both sets must outlive it.
void replay_init(struct replay *r, const struct ruleset *set, const struct ruleset *before, size_t shown);
void replay_done(struct replay *r);

// What one thread matches with, and what it found in the page at hand.
struct replay_hand {
    const struct replay *replay;
    struct match_scratch *scratch, *scratch_before;
    struct arena arena; // of the page's finds
    struct buf bytes;   // the page
    struct api_page page;
    struct replay_found *found;
    size_t n_found;
    uint64_t items;     // matched since the last count
    wall_t first, last;
};

void replay_hand_init(struct replay_hand *hand, const struct replay *r);
void replay_hand_done(struct replay_hand *hand);

// Matches one item, or what is left of hand->page (false: its bytes are damaged). Touches nothing but the hand. Texts
// of the items must live until they are counted.
void replay_match(struct replay_hand *hand, const struct api_item *item);
bool replay_match_page(struct replay_hand *hand);

// Counts what the hand found, and empties it. One at a time, in the order of the pages.
void replay_count(struct replay *r, struct replay_hand *hand);

// Replays every page on as many threads as this process may use cores. `next` reads the next page into hand->bytes and
// hand->page, one call at a time; `told` (may be NULL) is called after each page, likewise. Returns CTL_OK or the first
// code that `next` failed with, or CTL_INTERNAL with is_damaged set.
struct replay_source {
    void *context;
    int (*next)(void *context, struct replay_hand *hand, bool *out_more);
    void (*told)(void *context, const struct replay *r);
};
int replay_run(struct replay *r, const struct replay_source *source);

// Returns what is shown: the changed hits where there are any, else all; *out_first the oldest, *out_n how many.
const struct replay_ring *replay_shown(const struct replay *r, size_t *out_first, size_t *out_n);

// Returns the whole as JSON; `against` names what it was compared with, NULL: nothing.
json_t *replay_json(const struct replay *r, const char *against);

// Appends it as a person reads it.
void replay_render(const struct ctl_call *call, const struct replay *r, const char *against, struct buf *out);

#endif
