// SPDX-License-Identifier: MIT
//
// One poll, computed: feed state + answers -> what to write and whom to alert. Pure: no clock, socket, file or global;
// the same answers give the same outcome, however their bytes were cut.
//
//   pipeline_begin
//     pipeline_request -> (the network) -> pipeline_line ... pipeline_feed ... -> pipeline_answer --ASK--> again
//   pipeline_end                                                                                --DONE-->
//
// a  feeds/response   verdict: body? unchanged? moved? gone? slow down?
// b  feeds/parse      document, built while the body arrives
// c  feeds/identity   the new and the edited items
// d  feeds/html       their plain text
// e  rules/match      (item, rule, where)
// f  alerts/candidate deterministic id, story signature
// g  feeds/schedule   next poll
#ifndef DAEMON_PIPELINE_H
#define DAEMON_PIPELINE_H

#include "alerts/decide.h"
#include "feeds/identity.h"
#include "feeds/response.h"
#include "feeds/schedule.h"
#include "rules/match.h"

// Of an outcome's arena; parsing stops taking items there (a document's own cap is 10 MiB).
enum { OUTCOME_BYTES_MAX = 64 << 20 };
enum { ARTICLE_TEXT_BYTES = 256 << 10 }; // of a body that rules see: an item's own cap

// An item that was new, as the rules saw it: for the archive.
struct outcome_item {
    const struct article *article;
    const struct str *authors, *categories;
    size_t n_authors, n_categories;
};

struct outcome {
    struct arena arena;        // owns all that follows; moves with it
    struct feed before, feed;  // its state before and after; the same options
    struct feed_facts facts;   // where is_changed; else empty
    struct decide_poll decide; // what decide is asked: candidates and what it needs to know of the poll
    struct settled settled;
    struct schedule schedule;
    const struct document *document; // NULL: no body was parsed
    struct outcome_item *items;      // new and edited ones
    size_t n_items, n_new, n_edited;
    enum verdict_kind verdict;
    uint32_t status;
    wall_t hold_until;         // what the server asked for; 0: nothing
    struct now ended;          // when all this was computed
    uint64_t body_bytes;
    bool is_rebaselined;       // the feed announced its archive anew: one notice, nothing else
    bool is_changed;           // something durable: it must be committed
    bool is_stopping;          // the daemon stopped first: nothing of it counts
};

// What a thread polls with.
struct pipeline_tools {
    const struct ruleset *rules; // held by the caller until the outcome is done with
    struct match_scratch *scratch;
    const struct hash_key *key;
    struct schedule_policy policy;
    struct rng *rng;
};

struct pipeline;

// Begins a poll. The outcome is zeroed but for its arena and `before`, whose texts live there. `tools` must outlive it.
struct pipeline *pipeline_begin(const struct pipeline_tools *tools, struct outcome *outcome)
    __attribute__((returns_nonnull));

// Returns what to ask now; the text lives in the outcome's arena.
struct request pipeline_request(const struct pipeline *p);

// Takes a header line of the answer; a status line starts it anew.
void pipeline_line(struct pipeline *p, struct str line);

// Takes a piece of the body. False: nobody reads on (the answer has none that counts, or the document is at its caps
// and enough is known); the transfer may go on or end, it is the same.
void pipeline_feed(struct pipeline *p, const void *bytes, size_t n, wall_t now);

// Ends one answer: `fault` is what the transport says of it.
enum pipeline_step { PIPELINE_ASK, PIPELINE_DONE };
enum pipeline_step pipeline_answer(struct pipeline *p, enum fault fault, struct str fault_text, wall_t now);

// Ends the poll and frees the pipeline: the outcome is filled. After PIPELINE_DONE.
void pipeline_end(struct pipeline *p, struct now now);

// Moves the times of an outcome, which waited for its commit, to the wall clock as it is now: one that was set
// meanwhile makes no poll early or late.
void outcome_follow_clock(struct outcome *outcome, struct now now);

// Frees a pipeline without an outcome (the daemon stops).
void pipeline_drop(struct pipeline *p);

// The whole for one answer at hand (tests, simulation, replay): head is the header lines, each with its line end.
void pipeline_run(const struct pipeline_tools *tools, struct outcome *outcome, struct str head, struct str body,
                  wall_t now);

// Makes an empty outcome in memory of its own.
struct outcome *outcome_new(void) __attribute__((returns_nonnull));
void outcome_free(struct outcome *outcome);

#endif
