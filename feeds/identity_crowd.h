// SPDX-License-Identifier: MIT
//
// The state of one judging, and its pass over what looks new as a crowd. Only feeds/identity*.c know this.
#ifndef FEEDS_IDENTITY_CROWD_H
#define FEEDS_IDENTITY_CROWD_H

#include "feeds/identity.h"
#include "feeds/identity_keys.h"
#include "feeds/marks.h"

struct judging {
    const struct document *doc;
    const struct judge_options *options;
    struct arena *arena;
    struct marks marks;
    bool *is_taken;             // by mark: an item of this document is it
    struct mark_table by_id, by_link;
    size_t n;                   // items; the arrays below are by item
    struct item_keys *keys;
    struct item_verdict *items;
    size_t *first;              // the item that this one copies, else itself
    size_t *mark_of;            // SIZE_MAX: no mark
    bool *is_twin;              // shares its id with another article: the pair is its identity
    uint8_t next_flags;
    bool is_damaged, is_by_link, is_changed, is_rebaselined, became_volatile;
};

// Looks at the items that no mark was found for, all together: sets mark_of and ITEM_REKEYED for those that are known
// under other ids, ITEM_OLD for those of an archive, and is_rebaselined.
void identity_judge_crowd(struct judging *j);

#endif
