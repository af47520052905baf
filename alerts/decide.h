// SPDX-License-Identifier: MIT
//
// The one place where it is decided what becomes of a match. The writer runs it, poll after poll, in commit order;
// everything it depends on is an argument: the state below, the poll, the receivers, the time.
//
//   candidate -> known already? -> `on new|match|changed` -> first poll? old archive? -> silence
//             -> story -> one delivery a receiver: hours, throttle -> WAITING or HELD
//
// The state is changed as decisions fall, and what of it must be durable comes out in the decision. A commit that fails
// is tried again with the SAME decision; a decision that is never committed costs at most a token of a bucket.
#ifndef ALERTS_DECIDE_H
#define ALERTS_DECIDE_H

#include "alerts/alert.h"
#include "alerts/candidate.h"
#include "alerts/delivery.h"
#include "alerts/silence.h"
#include "alerts/story.h"
#include "alerts/throttle.h"
#include "feeds/feed.h"

enum { LATE_DOWN_MS = 10 * MINUTE_MS };  // a shorter restart makes nothing late
enum { DIGEST_ENTRIES_MAX = 40 };        // of one digest: about 16 KB; more are split, never cut

struct decide_state { // owned by the writer; filled from the store at start
    const struct hash_key *secret;
    struct throttle_table *throttles;
    struct silence_list *silences;
    struct story_window *stories;
    uint64_t next_seq;  // 1 more than the newest alert's
    wall_t started;     // of this process
    wall_t down_from;   // last sign of life before it; 0: first start ever
};

// A receiver as decide knows it. Addresses and secrets are the sinks' business.
struct receiver_ref {
    struct str name;
    struct str format; // of its bodies
};

struct receivers {
    const struct receiver_ref *list;
    size_t n;
};

// Tells whether the rule notifies the receiver of that name.
bool decide_is_notified(const struct rule *rule, struct str receiver);

struct decide_poll {
    const struct feed_facts *feed;
    bool is_first;           // no marks before this poll: baseline
    bool is_relearning;      // its state was lost: as a first poll with `baseline`, whatever its option says
    enum first_run first_run;
    uint32_t first_n;        // FIRST_LAST: so many of the newest items may alert
    uint32_t first_since_s;  // FIRST_SINCE: items published in that time may alert
    wall_t previous_ok;      // the feed's last good poll before this one; 0: none
    wall_t fetched;
    wall_t detected;
    uint32_t items;          // in the document, for the texts of notices
    const struct candidate *candidates;
    size_t n_candidates;
};

struct decided {
    struct alert alert;                // all but body, which alerts/render adds
    const struct candidate *candidate; // NULL: a notice or a digest
    const struct feed_facts *feed;     // NULL: about no feed
    struct story_place place;          // its members are copied into the arena
    const struct alert *held;          // ALERT_DIGEST: what it carries
    size_t n_held;
    struct str receiver;               // about a receiver, or the digest's only receiver
};

struct decision { // all of it in the arena given
    struct decided *alerts;
    size_t n_alerts;
    struct delivery *deliveries;
    size_t n_deliveries;
    struct delivery_step *steps; // of a digest: the rows it carries
    size_t n_steps;
    struct story_row *stories;
    size_t n_stories;
    struct throttle_mark *throttles; // by decide_finish
    size_t n_throttles;
    struct silence *silences;        // by decide_finish
    size_t n_silences;
    struct alert *rows;              // by render_decision: the alerts with their bodies, n_alerts of them
    struct body *bodies;             // by render_decision: other formats
    size_t n_bodies;
    uint32_t skipped; // candidates that were known, or edits that a rule does not want
    uint32_t count[FATES];
    uint32_t held;    // deliveries in HELD
};

// Decides a poll and APPENDS to *out (zeroed at first), so that a whole queue of polls makes one decision.
void decide_poll(struct decide_state *state, const struct decide_poll *poll, const struct receivers *receivers,
                 wall_t now, struct arena *arena, struct decision *out);

// Decides a notice: something that happened to a feed (told to all receivers) or to a receiver (told to it alone;
// feed NULL). `since` makes it one notice an event: feed.broken since T has one id. `what` is its one line.
struct decide_notice {
    enum alert_kind kind;
    const struct feed_facts *feed;
    struct str receiver;
    wall_t since;
    struct str what;
};
void decide_notice(struct decide_state *state, const struct decide_notice *notice, const struct receivers *receivers,
                   wall_t now, struct arena *arena, struct decision *out);

// Decides the digest of what (rule, receiver) held back: `held` are those alerts, oldest first, from the store. One
// digest for each DIGEST_ENTRIES_MAX of them.
struct decide_digest {
    struct str rule;
    const struct receiver_ref *receiver;
    const struct alert *held;
    size_t n_held;
    bool is_all; // nothing else is held; false: the rest follows in another call
};
void decide_digest(struct decide_state *state, const struct decide_digest *digest, wall_t now, struct arena *arena,
                   struct decision *out);

// Adds to the decision what else of the state changed since the last call: buckets and silences. Once a decision.
void decide_finish(struct decide_state *state, struct arena *arena, struct decision *out);

#endif
