// SPDX-License-Identifier: MIT
//
// The store: the durable image of what the daemon holds in RAM, and the outbox. One interface; engines: sqlite (the
// default, one machine), memory (tests, simulation). Blocking, and it starts no thread: one thread owns a store (the
// daemon's writer), others open a side of it.
//
// What is promised:
//   - store_commit is ONE transaction: feed state, marks, validators, alerts, bodies, outbox rows, stories, silences.
//     Success means it is on the disk (fsync), failure means that nothing of it is.
//   - An alert whose id is there already is left as it is, and so are its deliveries: replaying a poll after a crash
//     queues nothing twice.
//   - Each opening is a claim: it raises the epoch, and a commit under an older epoch changes nothing. Engines for
//     several machines claim shard by shard (struct store_fence); here one claim covers all 1,024 shards.
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/err.h"
#include "store/batch.h"

struct store;

enum store_engine { STORE_SQLITE, STORE_MEMORY };

struct store_options {
    enum store_engine engine;
    struct str directory;         // STORE_SQLITE: the state directory, made 0700 when absent
    struct memory_disk *disk;     // STORE_MEMORY: what survives closing (store/memory.h)
    wall_t now;                   // for the names of files moved aside
    unsigned char secret[HASH_KEY_BYTES]; // drawn from the kernel by the caller; kept if the store is new
};

// What opening found; anything but NEW and CLEAN deserves a line in the log (store_opening_text).
enum store_opening {
    STORE_IS_NEW,        // an empty directory
    STORE_IS_CLEAN,      // closed properly last time
    STORE_WAS_UNCLEAN,   // a crash or a kill; checked and whole
    STORE_WAS_RESTORED,  // it was damaged and moved aside; the newest whole backup took its place
    STORE_WAS_LOST,      // damaged, moved aside, no backup: every feed learns its items anew and alerts nothing once
};

enum store_result {
    STORE_OK,
    STORE_LATER,  // disk full, I/O error, busy: nothing changed; try the same again, with back-off
    STORE_FENCED, // another process claimed the state since: stop
    STORE_BROKEN, // the file is damaged: stop; opening it again repairs what can be repaired
};

// Opens the store and claims it. NULL: another daemon has it (the text names its pid), a newer version wrote it, the
// directory cannot be used. Damage is not a failure: see store_opening. Caller closes.
struct store *store_open(const struct store_options *options, struct err *err);

// Marks the store as properly closed and releases it. NULL is accepted.
void store_close(struct store *store);

// Tells that a batch was given up: closing leaves the store as the end of the process would, so that the next start
// reckons with polls that it does not know.
void store_give_up(struct store *store);

// What opening found, and that in one line for the log: what was moved where, which backup was taken.
enum store_opening store_opening(const struct store *store);
const char *store_opening_text(const struct store *store);

// The secret of this instance: the key of marks and alert ids. The store's for ever, unless it was lost.
const struct hash_key *store_secret(const struct store *store);

// The epoch of this claim, 1 at the first opening.
uint64_t store_epoch(const struct store *store);

// ---- reading everything at start (RAM is authoritative afterwards) ----

struct store_visitor { // any of them may be NULL; views are valid during the call
    void *context;
    void (*feed)(void *context, const struct store_feed *feed);
    void (*silence)(void *context, const struct silence *silence);
    void (*story)(void *context, const struct story_row *row); // oldest first
    void (*throttle)(void *context, const struct throttle_mark *mark);
    void (*held)(void *context, const struct delivery *delivery); // DELIVERY_HELD, oldest first
    void (*receiver)(void *context, const struct receiver_mark *mark);
};

struct store_facts {
    wall_t heartbeat;  // last sign of life of the previous process, 0: none
    wall_t closed;     // when it was closed properly, 0: it was not
    uint64_t next_seq; // of alerts
    uint64_t feeds;
    uint64_t waiting;  // rows in the outbox
    uint64_t price_nano; // as a batch told it last; 0: never
};

// Visits all of it. Stories seen before `stories_since` are left out. A feed's `due` is the later of its row's and the
// last checkpoint's; after an unclean stop, one that fell due between both and the last heartbeat counts as polled at
// that heartbeat (store_feed.polled), so that no interval is violated.
bool store_load(struct store *store, const struct store_visitor *visitor, wall_t stories_since,
                struct store_facts *out, struct err *err) MUST_CHECK;

// ---- writing: the owner's thread ----

// For each id tells whether an alert of that id is kept, for each dedup key how many are. What decide asks first.
enum { STORE_FORMER_IDS = 3 };
struct store_known {
    struct hash128 id;
    struct hash128 former[STORE_FORMER_IDS]; // each may be the id again
    struct hash128 dedup_key;
    bool is_known;      // out: id or one of the former
    uint32_t revisions; // out
};
enum store_result store_known(struct store *store, struct store_known *list, size_t n, struct err *err);

// Commits a batch, all or nothing. After STORE_LATER the batch is unchanged and may be tried again.
enum store_result store_commit(struct store *store, const struct store_batch *batch, struct err *err) MUST_CHECK;

// Opens another view of the same store for another thread: store/side.h. The store must outlive it.
struct store_side *store_side_open(struct store *store, struct err *err);

#endif
