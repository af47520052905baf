// SPDX-License-Identifier: MIT
//
// What the files of control share. A question is a job that visits the threads that know the answer and comes home to
// main, where it is answered. Nobody else includes it.
#ifndef DAEMON_CONTROL_PARTS_H
#define DAEMON_CONTROL_PARTS_H

#include "daemon/api_history.h"
#include "daemon/api_json.h"
#include "daemon/control.h"
#include "daemon/daemon_parts.h"

struct control {
    struct daemon *d;
    bool is_closing;
};

struct receiver_test { // `receivers test`
    struct delivery delivery;
    struct str body;
    const char **headers;
    struct config *config;
};

struct question {
    struct job job;
    void (*at_home)(struct job *job, void *owner, struct now now); // what it does on main's thread
    struct control *control;
    struct control_request request; // a copy in the arena; args is a reference
    struct arena arena;
    control_answer_fn answer;
    void *context;
    struct api_reply reply;
    struct str text;    // instead of JSON
    struct str then;    // what to type next, where it is made
    uint32_t stage;     // which worker is asked now
    uint64_t feed;      // of verbs about one feed
    uint32_t n_named;   // feeds that the configuration calls so
    bool was_named;     // feed is the one of them
    struct shard_counts counts;
    struct json_t *list;
    struct delivery *rows;
    size_t n_rows;
    struct outbox_count *outbox;
    size_t n_outbox;
    struct store_feed *row; // to be committed
    struct import *import;
    struct receiver_test *test;
    struct config *config;  // a reference, of RULES_SOURCE
};

// Sends the question to a thread; its `run` there ends with question_home, or with the next question_send. One that
// comes to main's thread behind the begin of the stop ends there instead.
void question_send(struct question *q, struct queue *to, void (*run)(struct job *job, void *owner, struct now now));

// Sends it home to be answered.
void question_home(struct question *q);

// Sets a failure. Returns nothing; the caller goes home.
void question_fail(struct question *q, enum control_outcome outcome, const char *next, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// Reads an argument; empty where it is absent or no text.
struct str question_text(const struct question *q, const char *name);

// Returns the tags that a question gives its feeds, with blanks between them; given with commas, blanks or as an array.
struct str question_tags(struct question *q);

// Tells whether a text may become a word or quoted text of a feed block as it is.
bool question_is_option(struct str text);

// Tells whether a feed that goes when the poll under way ends may be added again meanwhile: under other options, or
// where the configuration had it, that poll's row, which is as it began, would undo it.
bool question_may_stay(const struct feed *leaving, struct str options_text);

// Begin a question; on main's thread.
void control_status(struct question *q);  // STATUS, HEALTH, METRICS
void control_feeds(struct question *q);   // FEED*, OPML_*
void control_writes(struct question *q);  // resend, retry, drop, silences
void control_receivers(struct question *q);
// Reads receivers into `list` and `outbox`; goes on with RECEIVERS_LIST's answer, else with control_status_finish.
void control_receivers_read(struct question *q);
void control_status_finish(struct job *job, void *owner, struct now now);
void control_archive(struct question *q); // ITEMS_LIST, ITEM_SHOW, RULES_SOURCE
void control_backup(struct question *q);
void control_feed_add(struct question *q);
void control_opml(struct question *q);
void control_receiver_test(struct question *q);

// On the worker's thread: pauses or resumes, removes. False: the reply says why not; true: it is on its way.
bool question_pause(struct question *q, struct worker *w, struct feed *feed, struct now now);
bool question_remove(struct question *q, struct worker *w, const struct feed *feed);

#endif
