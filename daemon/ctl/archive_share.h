// SPDX-License-Identifier: MIT
//
// How common the terms of rules are, for the lint of `rules check`: each term is matched by itself against a sample of
// the archive, by the production matcher.
#ifndef DAEMON_CTL_ARCHIVE_SHARE_H
#define DAEMON_CTL_ARCHIVE_SHARE_H

#include "daemon/ctl/ctl.h"
#include "rules/check.h"

enum {
    SHARE_ITEMS_MAX = 5000, // 5 % of so many is known to 0.6 %
    SHARE_ITEMS_MIN = 100,  // fewer tell nothing
};

struct archive_share {
    struct check_archive ask; // for rules_lint
    const struct expr **terms; // sorted, no two alike
    uint64_t *counts;          // beside terms
    bool *is_told;             // likewise: a term is told of once, wherever it stands
    size_t n;
    uint64_t items;
};

// Counts the terms of sound rules. False, telling nothing: no archive can be read, or it holds too little. `share`
// needs archive_share_done either way.
bool archive_share_count(struct archive_share *share, const struct ctl_call *call, const struct rules *rules);
void archive_share_done(struct archive_share *share);

#endif
