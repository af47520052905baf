// SPDX-License-Identifier: MIT
//
// The configuration of the process: one immutable generation of it, made from text in one go, with everything that is
// wrong told at once. Worker, writer and delivery threads hold references; a reload makes the next generation beside
// the running one, and the old one goes when its last poll is done.
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include "alerts/decide.h"
#include "alerts/sign.h"
#include "base/conf.h"
#include "daemon/config_memory.h"
#include "daemon/index.h"
#include "feeds/feed.h"
#include "rules/load.h"

enum { WORKERS_MAX = 64 }; // polling threads; all of them wait for one writer

enum log_to { LOG_TO_AUTO, LOG_TO_JOURNAL, LOG_TO_STDERR, LOG_TO_SYSLOG };

// A feed as the configuration names it.
struct config_feed {
    uint64_t id;      // feed_id(url)
    struct str url;
    struct str was;   // address whose state it takes over; empty: none
    struct feed_options options;
};

enum receiver_kind { RECEIVER_WEBHOOK, RECEIVER_FILE, RECEIVER_SYSLOG };

enum { RECEIVER_HEADERS_MAX = 16 };

struct config_receiver {
    struct str name;
    enum receiver_kind kind;
    struct str format;            // of its bodies, render_format_find's name
    const char *url;              // webhook
    const char *path;             // file
    struct sign_key keys[SIGN_KEYS_MAX];
    size_t n_keys;                // 0: unsigned
    const char *headers[RECEIVER_HEADERS_MAX]; // whole lines to add
    size_t n_headers;
    const char *ca, *client_certificate, *client_key, *proxy; // NULL: the system's, none
    uint32_t concurrency;         // requests at once; 1 with `order strict`
    uint32_t timeout_ms;
    int64_t expire_ms;            // 0: RETRY_LIFE_MS
    bool is_public_only;          // `allow-private no`
    bool is_strict;               // `order strict`: one row after the other
    bool is_off;                  // its credential is missing: its alerts wait in the outbox
    struct str off_why;
};

struct config {
    struct arena arena;
    struct conf conf;             // the tree; texts above are views into it or the arena
    bool is_usable;               // no error was found
    uint64_t generation;          // 1, 2, ...
    int64_t refs;                 // atomic
    struct str path;              // of the file
    struct str instance;          // its name in payloads
    struct str state;             // directory; empty: the default of the user
    struct str socket;            // control socket; empty: the default
    struct str listen;            // host:port of the read-only face; empty: none
    struct str user_agent;        // whole value of the header
    enum log_to log_to;
    uint32_t workers;             // at most WORKERS_MAX; 0: cores - 1
    uint64_t budget_per_hour;     // polls; 0: no budget, the default price
    int64_t retention_ms;         // of alerts
    const char *ca;               // trusted by all; NULL: the system's
    const char *proxy;
    const struct config_feed *feeds;
    size_t n_feeds;
    struct index feeds_by_id;     // to the place in feeds
    struct index heirs;           // the same by the id of the feed whose state is taken over
    const struct config_receiver *receivers; // the built-in syslog is the last one
    size_t n_receivers;
    struct receivers refs_for_decide;        // the same, as decide knows them
    struct config_memory memory;             // the files it was made of
    struct rules rule_files;                 // trees, tests and list files, as read
    const struct ruleset *rules;             // compiled
};

// Reads and checks everything that `path` names and makes generation `generation`. What is wrong is added to diags
// (which points into the result: it goes first); is_usable is false where it has errors. A missing credential is a
// warning: its receiver is off. Reads files; any thread. One reference is the caller's.
struct config *config_load(const char *path, uint64_t generation, struct diags *diags) __attribute__((returns_nonnull));

// Marks what of the lines of a configuration's diagnostics goes into no log and over no network: see conf_hide.
void config_hide(struct diags *diags);

// The same with the text of every file as `like` has it, and only lists (and time zones) read again. A list that lost
// all its phrases is refused: it is more likely cut off than meant.
struct config *config_load_lists(const struct config *like, uint64_t generation, struct diags *diags)
    __attribute__((returns_nonnull));

// References; the last one frees. Any thread.
struct config *config_ref(struct config *config);
void config_unref(struct config *config);

// Returns the address of a webhook as others may see it, "https://host/...": many services hand out paths that are as
// good as a password. Where it has neither path nor query, without the dots.
struct str config_target(struct arena *a, const char *url);

// Returns the receiver of that name, or NULL.
const struct config_receiver *config_receiver_find(const struct config *config, struct str name);

// Returns the feed of that id, or NULL.
const struct config_feed *config_feed_find(const struct config *config, uint64_t id);

// Returns the feed that takes over the state of the feed of that id (`was URL`), or NULL.
const struct config_feed *config_feed_heir(const struct config *config, uint64_t id);

// Turns the state of the feed under its former address into that of its heir: what is known of its items and history
// stays; validators, failures, redirects and subscriptions were the old address's. Due now.
void config_feed_inherit(const struct config_feed *heir, wall_t now, struct feed *feed);

// Appends the configuration as it is understood, defaults included and secrets left out.
void config_dump(const struct config *config, struct buf *out);

// Returns a path that the file `from` says, absolute and NUL-terminated, in the arena: a relative one starts at that
// file's folder, like those of include and list. It stays the same wherever it is used later. Empty stays empty.
struct str config_place(struct str path, struct str from, struct arena *a);

// Reads the options of a feed that was added by hand from its text in the configuration's grammar: the inside of a
// feed block. Views and lists go into the arena.
bool config_feed_options(struct str text, struct arena *a, struct feed_options *out, struct err *err) MUST_CHECK;

#endif
