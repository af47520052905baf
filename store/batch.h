// SPDX-License-Identifier: MIT
//
// What one transaction writes. All lists may be empty; all views belong to the caller and are only read. The order
// within a list is the order of rows, so deliveries of one receiver leave in the order of commits.
#ifndef STORE_BATCH_H
#define STORE_BATCH_H

#include "alerts/alert.h"
#include "alerts/delivery.h"
#include "alerts/silence.h"
#include "alerts/story.h"
#include "feeds/feed.h"

// The right to write a feed. An engine for several machines checks (shard, epoch) against its leases within the
// transaction; sqlite and memory check the epoch against the last claim. epoch 0 means: that of this opening.
struct store_fence {
    uint16_t shard; // hash of the feed's host, 0-1023
    uint64_t epoch; // of the claim under which the poll began
};

// A feed's whole row: read and written whole, so that writing it again changes nothing.
struct store_feed {
    struct feed feed;        // options is NULL: they are the configuration's, or in the next field
    struct str options_text; // ORIGIN_ADDED: its options in the grammar of the configuration
    struct store_fence fence;
};

// When a feed is due, for the checkpoint of all of them.
struct feed_due {
    uint64_t feed;
    wall_t due;
    wall_t polled_at;
};

// The due times of one worker's feeds, written whole every 60 s in one row; `part` is the worker.
struct store_dues {
    uint32_t part;
    const struct feed_due *list;
    size_t n;
};

struct store_batch {
    wall_t now; // becomes the heartbeat

    // The polls: state, marks and validators with the alerts they caused.
    const struct store_feed *feeds;
    size_t n_feeds;
    const struct alert *alerts; // one whose id is kept already is skipped, with its bodies and deliveries
    size_t n_alerts;
    const struct body *bodies;
    size_t n_bodies;
    const struct delivery *deliveries; // of alerts of this batch
    size_t n_deliveries;
    const struct story_row *stories;
    size_t n_stories;
    const struct throttle_mark *throttles;
    size_t n_throttles;
    const struct silence *silences; // new ones and changed ones
    size_t n_silences;

    // The deliveries: what attempts made of rows.
    const struct delivery_step *steps;
    size_t n_steps;
    const struct attempt *attempts;
    size_t n_attempts;
    const struct receiver_mark *receivers;
    size_t n_receivers;

    // By hand: rows put (back) into the queue by `alerts resend` and `deliveries retry`, with attempts from 0.
    const struct delivery *again;
    size_t n_again;
    unsigned again_from; // states, as bits, that a row is put back from: it may have been accepted since it was looked
                         // for; 0: any

    size_t *out_moved; // how many rows `steps` and `again` changed, as a state may forbid it; NULL: nobody asks

    const uint64_t *removed; // ids of feeds that are gone, with their marks
    size_t n_removed;
    const uint64_t *silences_removed;
    size_t n_silences_removed;
    const struct store_dues *dues;
    size_t n_dues;
    uint64_t price_nano; // of a poll, as a budget steers it, in 1e-9; 0: not told, what is kept stays
    bool is_clock_back;  // the clock was set back: polls after `now` are taken for now, and their pauses begin there
};

#endif
