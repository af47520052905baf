// SPDX-License-Identifier: MIT
//
// An alert as it is kept: one row, made by alerts/decide in the writer, committed with the poll that caused it, and
// read again for lists, silences' previews, digests and `alerts show`. The rendered body carries everything else.
//
// An alert is kept whatever became of it: `fate` says whether it was sent, and an alert that was not sent can be sent
// by hand later, because its body was rendered all the same.
#ifndef ALERTS_ALERT_H
#define ALERTS_ALERT_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "rules/rule.h"

// What happened. The order is stored: add at the end only.
enum alert_kind {
    ALERT_MATCHED,            // a new item matched a rule
    ALERT_UPDATED,            // an edited item matches, or matches again under `on changed`
    ALERT_DIGEST,             // what a throttle held back, for one receiver
    ALERT_FEED_BROKEN,        // a feed has failed for a day
    ALERT_FEED_RECOVERED,     // and answers again
    ALERT_FEED_REBASELINED,   // a feed announced its archive anew; nothing of it was sent
    ALERT_ENDPOINT_TEST,      // asked for by a person
    ALERT_ENDPOINT_RECOVERED, // a receiver accepts again after its breaker was open
    ALERT_KINDS
};

// What decide made of it. The order is stored: add at the end only.
enum alert_fate {
    FATE_SENT,     // queued for its receivers (each of which may hold it for a digest)
    FATE_BASELINE, // matched in the first poll of a feed
    FATE_SILENCED, // a silence hid it
    FATE_JOINED,   // the rule told this story already, from another feed
    FATE_REBASED,  // part of an archive that was announced anew
    FATES
};

struct alert {
    struct hash128 id;
    enum alert_kind kind;
    enum alert_fate fate;
    uint64_t seq;      // 1, 2, 3 ... in the order of commits of this instance
    uint32_t revision; // 1, or how many times this rule has told this item (`on changed`)
    enum severity severity;
    bool is_late; // appeared while the daemon was down
    bool is_first_of_story;
    uint32_t silenced_before; // alerts that a silence hid before this one, told once
    struct hash128 dedup_key; // the same for all revisions of one (rule, feed, item)
    struct str rule;          // empty for alerts about feeds and receivers
    struct str rule_title;
    struct str rule_version; // hash of the rule's text
    struct str tags;         // of the rule, one blank between
    uint64_t feed;           // id; 0 for alerts about receivers and digests
    struct str feed_url;
    struct str feed_title;
    uint64_t item;    // identity of the item in its feed (the id hash of its mark); 0: no item
    uint64_t content; // hash of its content
    struct str title; // of the article, plain; for notices what happened, in one line
    struct str url;
    uint64_t story;      // 0: none
    uint64_t silenced_by; // id of the silence, FATE_SILENCED
    wall_t published;    // 0: not known
    wall_t fetched;      // when the answer was complete
    wall_t detected;     // when the pipeline found it
    wall_t queued;       // when decide ran
    struct str body;     // the payload, format `standard`; identical in every attempt
    unsigned row_states; // 1 << enum delivery_state for each state that rows of it are in; read back, where asked for
};

enum { ALERT_ID_BYTES = sizeof "alr_" + 26 }; // 128 bits in 26 letters of base 32

// Writes an id as people, receivers and `webhook-id` see it: "alr_" and 26 lower-case letters and digits (Crockford's
// base 32: no i, l, o, u). A double click selects it whole. Returns out.
const char *alert_id_text(struct hash128 id, char out[ALERT_ID_BYTES]);

// Reads an id back, in either case. Fails on anything else, saying what an id looks like.
bool alert_id_parse(struct str text, struct hash128 *out_id, struct err *err) MUST_CHECK;

// Returns the `type` of the payload: "alert.matched". A static string; kind must be in range.
const char *alert_kind_name(enum alert_kind kind);

// Returns a fate in one word: "sent", "baseline", "silenced", "joined", "rebased". A static string.
const char *alert_fate_name(enum alert_fate fate);

// Returns where an alert is, in one word for people: its fate, and of one that is sent what concerns them most of its
// rows: "dead" (some receiver never gets it by itself), "waiting", "held", "sent" (accepted, or nobody is to get it),
// "digested", "dropped". Reads row_states. A static string.
const char *alert_state_name(const struct alert *alert);

// Appends the alert's one line for logs and syslog, at most ALERT_LINE_BYTES, cut at a character, sanitised:
//   alert rule=ceasefire-talks severity=warning feed="Example World" title="..." url=https://... id=alr_...
// Values with blanks, quotes or nothing in them are quoted; the id is never what is cut.
enum { ALERT_LINE_BYTES = 1024 }; // what a syslog datagram of RFC 5424 carries everywhere
void alert_line(const struct alert *alert, struct buf *out);

#endif
