// SPDX-License-Identifier: MIT
//
// One polled feed: everything about it that outlives a poll. Plain data, views into memory that the owner of the feed
// holds (a packed record, an arena): a poll reads one struct feed and makes the next one, the store keeps it.
//// Three groups by how they change:
//   who it is     id, addresses, origin, options      by configuration and `feeds add`; options are never packed here
//   what we know  validators, marks, history, trouble by a poll that learnt something; feed_pack, and marks beside it
//   when          polled_at, due                      by every poll; checkpointed in bulk, never written for itself
#ifndef FEEDS_FEED_H
#define FEEDS_FEED_H
#include "base/buf.h"
#include "base/clock.h"

enum first_run { FIRST_BASELINE, FIRST_LAST, FIRST_SINCE, FIRST_ALL }; // what the first poll alerts of
enum identity_choice { IDENTITY_AUTO, IDENTITY_ID, IDENTITY_LINK, IDENTITY_TEXT };
enum feed_origin { ORIGIN_CONFIGURED, ORIGIN_ADDED };

// The shortest pause between two polls where nothing asks for a longer one; and the one that no option goes below on
// a public host.
enum { FEED_FLOOR_S = 300, FEED_FLOOR_PUBLIC_S = 60 };

// What a person says of a feed. Belongs to a generation of the configuration, or to the row of an added feed.
struct feed_options {
    struct str name;         // in rules, logs and alerts; empty: the feed's own title
    const struct str *tags;
    size_t n_tags;
    uint32_t every_s;        // fixed pause; 0: the schedule decides
    uint32_t floor_s;        // 0: FEED_FLOOR_S
    uint32_t timeout_s;      // of a whole poll; 0: the daemon's
    double weight;           // in the schedule's price; 0: 1
    enum first_run first_run;
    uint32_t first_n;        // FIRST_LAST: that many items
    uint32_t first_since_s;  // FIRST_SINCE: items dated within
    enum identity_choice identity;
    bool allow_private;      // its address may lead into the private network
    bool ignore_validators;  // its server answers 304 wrongly: always ask for the body
    bool no_websub;
    bool paused;
    struct str credential;   // name of a credential of the daemon (basic, bearer, header, client certificate)
    struct str ca_file;      // certificates trusted for it; empty: the system's
    struct str proxy;        // http:// or socks5h://; empty: the daemon's, "none": none
    struct str language;     // where the feed says none or lies
    uint64_t was;           // id of the feed whose state it took over (`was URL`); 0: none
};

// What a server gave to ask conditionally with, byte for byte (RFC 9110 section 8.8). Empty: none.
struct validators {
    struct str etag;
    struct str last_modified;
    struct str url; // that gave them, and gets them; empty: the feed's own
};

// How often and when in the day items appear. Decayed with a half-life of 14 days as of `at`.
struct history {
    wall_t at;             // 0: nothing learnt yet
    float posts;           // decayed number of posts
    float days;            // decayed days of observation
    uint16_t hours[24];    // decayed posts by hour of the day, UTC, in 1/64
    wall_t newest;         // newest item date learnt, so that no post counts twice
};

// Why the last poll gave nothing. Stored and shown; new ones go to the end.
enum fault {
    FAULT_NONE, FAULT_ADDRESS, FAULT_PRIVATE, FAULT_RESOLVE, FAULT_CONNECT, FAULT_TLS, FAULT_TIMEOUT, FAULT_BROKEN_OFF,
    FAULT_PROTOCOL, FAULT_TOO_LARGE, FAULT_ENCODING, FAULT_REDIRECT, FAULT_UNASKED_304, FAULT_AUTH, FAULT_FORBIDDEN,
    FAULT_NOT_FOUND, FAULT_GONE, FAULT_SLOW_DOWN, FAULT_SERVER, FAULT_STATUS, FAULT_EMPTY, FAULT_NOT_A_FEED, FAULT_KINDS
};

enum feed_flag {
    FEED_BASELINED = 1 << 0,      // its first document was recorded
    FEED_STOPPED = 1 << 1,        // 410 twice: not polled until a person says so
    FEED_BROKEN_TOLD = 1 << 2,    // feed.broken went out, feed.recovered is owed
    FEED_ASK_IDENTITY = 1 << 3,   // its server mislabels compression: ask for none
    FEED_PAUSED = 1 << 5,         // by `feeds pause`
    FEED_RELEARN = 1 << 6,        // its state was lost: the next document is recorded without alerts
    FEED_FORCE = 1 << 7,          // `feeds poll --force`: the next request goes without validators
};

// A subscription at the feed's hub (WebSub, W3C 2018).
enum websub_state { WEBSUB_NONE, WEBSUB_ASKED, WEBSUB_ACTIVE, WEBSUB_DENIED };
struct websub {
    enum websub_state state;
    struct str hub;
    struct str topic;
    struct str secret;
    struct str path;   // random last part of the callback's address
    wall_t since;      // of the state
    wall_t lease_end;  // WEBSUB_ACTIVE
};

struct feed {
    uint64_t id; // feed_id of first_url
    struct str first_url;
    struct str url; // asked now: first_url, or where it moved for good
    enum feed_origin origin;
    const struct feed_options *options;
    uint32_t flags;
    struct str title; // its own, plain text
    struct str site;  // its page
    struct validators validators;
    struct str marks; // known items, see identity.h
    struct history history;
    struct websub websub;
    struct str moving_to;   // the target of a permanent redirect that is not believed yet
    uint32_t moving_seen;   // answers in a row that named it
    uint32_t hint_s;        // the publisher's own pause (ttl, sy), 0: none
    uint32_t skip_hours;    // bit h: not in hour h, GMT
    uint32_t skip_days;     // bit d: not on day d, 0 Sunday
    wall_t fresh_until;     // by Cache-Control and Expires: no poll before; 0: none. Not kept: `due` has it in it
    wall_t hold_until;      // by Retry-After or a 429: no poll before; 0: none
    enum fault fault;       // of the last poll
    uint32_t failures;      // in a row
    wall_t failing_since;   // 0: the last poll was good
    wall_t gone_at;         // of the first 410 in a row; 0: none
    struct str error;       // one line about the last failure
    wall_t changed_at;      // the last body with something new

    wall_t polled_at;       // last request, 0: never
    wall_t good_at;         // last good answer (body or 304), 0: never
    wall_t due;             // next request
};

// Returns the id that a feed has for ever: 64 bits of an unkeyed hash of its first address, never 0. Known to users as
// 11 characters.
uint64_t feed_id(struct str first_url);

// Writes an id as 11 characters of [0-9A-Za-z] and a NUL, and reads it back. Returns out.
enum { FEED_ID_BYTES = 12 };
const char *feed_id_write(uint64_t id, char out[FEED_ID_BYTES]);
bool feed_id_read(struct str text, uint64_t *out_id);

// Appends the group "what we know" without marks and without url (columns of their own in the store), versioned and
// compact. Equal states give equal bytes, so that comparing tells whether to write.
void feed_pack(const struct feed *feed, struct buf *out);

// Reads what feed_pack wrote into the same fields of *feed; texts are views into `packed`. False, and *feed untouched,
// where the bytes are damaged or of a later version.
bool feed_unpack(struct str packed, struct feed *feed);

// Returns the name that people know it by: the configured one, its title, else its address, secrets and all.
// feed_has_name tells whether there is one of the first two that is not merely its address.
bool feed_has_name(const struct feed *feed);
struct str feed_name(const struct feed *feed);

// Returns a fault as one word for machines ("not-found") and as a phrase ("the page is not there"). Static strings.
const char *fault_word(enum fault fault);
const char *fault_phrase(enum fault fault);

#endif
