// SPDX-License-Identifier: MIT
//
// The feeds that one worker owns, and which of them to ask now. Pure: a worker asks it and does what it says; the
// simulator does the same under a virtual clock.
//
//   add -> RESTING --due--> (host busy: WAITING at the host) -> shard_start -> ASKING -> shard_finish -> RESTING
//                                                                  paused, stopped: ASLEEP, in no wheel
//
// A feed is a hot record (due, host, state) and a packed cold one (addresses, what we know, marks); no timer, no
// handle. Politeness lives here: a host by name gets at most host_max requests at once, their starts at least
// host_gap_ms apart; Retry-After to two feeds holds the whole host. Feeds come and go with due times of wall
// time, waiting is of monotonic time: a clock that jumps starts no storm and holds nobody longer.
#ifndef DAEMON_SHARD_H
#define DAEMON_SHARD_H

#include "base/arena.h"
#include "base/rng.h"
#include "base/wheel.h"
#include "feeds/feed.h"

enum { SHARD_VIRTUAL = 1024 };         // pieces of the whole, by hash of the host: what is leased and spread
enum { SHARD_HOST_MAX = 2 };           // requests to a host at once
enum { SHARD_HOST_GAP_MS = 1000 };     // between two starts at a host
enum { SHARD_IN_FLIGHT_MAX = 200 };    // measured: more transfers at once only cost memory
enum { SHARD_SPREAD_MS = 5 * MINUTE_MS }; // what is overdue at start is asked over this time ...
enum { SHARD_SPREAD_FREE = 100 };      // ... unless it is so few that nobody notices

enum { SHARD_CLOCK_STEP_MS = SECOND_MS }; // of the wall clock, that is one; less is how a clock is kept right

struct shard_limits {
    uint32_t in_flight_max;
    uint32_t host_max;
    int64_t host_gap_ms;
    int64_t spread_ms; // 0: none
};

extern const struct shard_limits shard_limits_default;

struct shard;

// Makes an empty shard. seed: of its tables and its spreading.
struct shard *shard_open(const struct shard_limits *limits, struct now now, uint64_t seed)
    __attribute__((returns_nonnull));
void shard_close(struct shard *shard);

// Returns the host of an address as a hash (of url_host_key); and the virtual shard of a host, or of an address, so
// that a host's feeds are together.
uint64_t shard_host(struct str url);
uint32_t shard_virtual_of(uint64_t host);
uint32_t shard_virtual(struct str url);

// At a start, with all feeds added: where the life before may have asked until `asked_until` (0: there was none), less
// than the gap of a host's requests ago, every host waits for that gap: nobody knows which of them it asked last.
void shard_rest_hosts(struct shard *shard, wall_t asked_until, struct now now);

// Adds a feed (copied, but for options, which must outlive it or be replaced) or replaces all of the one with its id
// but what a poll now running will bring.
void shard_put(struct shard *shard, const struct feed *feed, struct now now);

// Spreads over spread_ms what is overdue, once all of the start is in.
void shard_spread(struct shard *shard, struct now now);

// Makes every feed that is neither paused nor stopped due now, and returns how many those are.
uint32_t shard_make_all_due(struct shard *shard, struct now now);

// Takes a feed out. One that is being asked goes when it is finished. False: there is none of that id.
bool shard_remove(struct shard *shard, uint64_t id);

// Gives a feed that may be asked now, and counts it as asked until shard_finish; false: none at present. The views in
// *out live in the arena given.
bool shard_start(struct shard *shard, struct now now, struct arena *a, struct feed *out);

// The same for one feed by id, whatever its due time, as soon as politeness allows: makes it due now.
bool shard_make_due(struct shard *shard, uint64_t id, struct now now);

// Ends the asking of a feed and takes over its next state (copied). hold_until: what the host that answered last asked
// for, 0 nothing.
void shard_finish(struct shard *shard, const struct feed *next, wall_t hold_until, struct now now);

// The same where nothing durable changed: only its times are taken over, and nothing is packed anew.
void shard_finish_unchanged(struct shard *shard, const struct feed *next, wall_t hold_until, struct now now);

// Ends the asking without a result (the daemon stops, the commit was given up): the feed stays as it was, due again
// after delay_ms.
void shard_give_back(struct shard *shard, uint64_t id, int64_t delay_ms, struct now now);

// A hop of a redirect: gives back the slot that the feed holds and takes one at the next address's host. Returns 0, or
// how long to wait before asking again.
int64_t shard_hop(struct shard *shard, uint64_t id, struct str url, struct now now);

// The same where that host is another shard's: the feed's shard gives the slot back, the host's admits the feed as a
// guest. Returns 0, or how long to wait before asking again. Who was admitted is dismissed at the end of the answer,
// with the feed's id and what the host asked of it.
void shard_leave(struct shard *shard, uint64_t id);
int64_t shard_admit(struct shard *shard, uint64_t host, struct now now);
void shard_dismiss(struct shard *shard, uint64_t host, uint64_t id, wall_t hold_until, struct now now);

// Moves the due times and those of the last polls by step_ms, by which the wall clock was set. Nobody waits longer or
// shorter: waiting is of monotonic time.
void shard_follow_clock(struct shard *shard, int64_t step_ms);

// Returns the host of a feed's present address.
uint64_t shard_feed_host(const struct shard *shard, uint64_t id);

// Gives a feed the options of the configuration (a reload), whose feed it is from now on, whoever added it; a pause
// begins or ends with them.
void shard_set_options(struct shard *shard, uint64_t id, const struct feed_options *options, struct now now);

// Replaces the state of a feed that is not being asked (a pause, a forced poll). False: it is being asked.
bool shard_set_state(struct shard *shard, const struct feed *feed, struct now now);

// Tells whether there is a feed of that id; and whether it goes when it is finished.
bool shard_has(const struct shard *shard, uint64_t id);
bool shard_is_leaving(const struct shard *shard, uint64_t id);

// Returns when shard_start is to be asked next; false: nothing waits for a time.
bool shard_next(const struct shard *shard, mono_t *out_next);

struct shard_counts {
    uint32_t feeds, asking, waiting;
    uint32_t gone, paused, failing, fresh; // each feed in one of them at most, the first that fits; fresh: never asked
    uint32_t hosts; // of its feeds, and of redirects until later ones need the room
    uint64_t bytes; // of RAM for all feeds
};
struct shard_counts shard_counts(const struct shard *shard);

// Reads one feed by id, or the i-th one (false past the end; removed ones are passed over by *i). Views live in the
// arena.
bool shard_read(const struct shard *shard, uint64_t id, struct arena *a, struct feed *out);
bool shard_read_at(const struct shard *shard, uint32_t *i, struct arena *a, struct feed *out);

// Reads only when each feed is due and was polled: the checkpoint. False past the end.
bool shard_due_at(const struct shard *shard, uint32_t *i, uint64_t *out_id, wall_t *out_due, wall_t *out_polled);

#endif
