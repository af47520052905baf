// SPDX-License-Identifier: MIT
//
// What may be asked of the running daemon: one function, one request, one answer. The control API (api.h) turns HTTP
// into requests and answers into JSON; who answers (main, a worker's shard, the history thread, the writer) is
// control.c's business. Everything here is called on the main loop's thread.
//
// A request is a verb, the id or name it is about, and JSON arguments by name ("since", "limit"), strings as the
// person typed them where they came in a URL. What only the store knows is answered by api_history.h on the history
// thread. The answer comes exactly once, on the main loop's thread, perhaps before control_ask returns. Times in JSON
// are integers, wall milliseconds ("..._ms"); absent facts are left out.
#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H

#include <jansson.h>

#include "base/str.h"

struct control; // the running daemon, as control sees it

// One that may be asked by GET changes nothing, whatever its arguments: the TCP face answers it to anyone.
enum control_verb {
    // {version, pid, state, started_ms, now_ms, generation, config, feeds{total, ok, failing, gone, paused, new},
    //  polls{total, last_hour, in_flight}, rules, alerts{total, today}, deliveries{waiting, held, dead},
    //  store{engine, bytes}, threads, memory_bytes, reload{at_ms, ok, error}, receivers[as RECEIVERS_LIST has them]}
    CONTROL_STATUS,
    CONTROL_HEALTH,  // {ok, reasons[{what, since_ms, next}], now_ms}
    CONTROL_METRICS, // text: Prometheus exposition format 0.0.4

    // feeds[api_json_feed and "alerts"], total, now_ms. Arguments: state, tag, limit, after (an id).
    CONTROL_FEEDS_LIST,
    CONTROL_FEED_SHOW, // one object as in the list, all of it
    CONTROL_FEED_WHY,  // api_json_why and now_ms
    CONTROL_FEED_ADD,  // args {url, name, tags[], every} -> {id, url, is_new}; feeds of the configuration are refused
    CONTROL_FEED_RM,   // {id, url}
    CONTROL_FEED_POLL, // args {force} -> {id, url, at_ms}: is due now, or when politeness allows
    CONTROL_FEED_PAUSE,
    CONTROL_FEED_RESUME,
    CONTROL_OPML_EXPORT, // text: OPML 2.0
    CONTROL_OPML_IMPORT, // args {opml: the file's text, tags[]} -> {added, known, refused[{url, error}]}

    // alerts[api_json_alert], more, now_ms: newest first, or with `after` (a seq) oldest first from there. Arguments:
    // rule, feed, severity, state, since, until, limit, after, text.
    CONTROL_ALERTS_LIST,
    // api_json_alert and {payload (the webhook's whole object), decisions[texts], deliveries[api_json_delivery and
    // attempts[{number, at_ms, status, error, address, took_ms}]]}
    CONTROL_ALERT_SHOW,
    // args {receiver} -> {deliveries: how many rows are due now}. Rows are made where there is none of those asked for.
    CONTROL_ALERT_RESEND,
    // deliveries[api_json_delivery and {title, last_ms, status, error}], more. Arguments: receiver, state, limit.
    CONTROL_DELIVERIES_LIST,
    // An id, or without one args {receiver, state: "dead"}, or {all: true} -> {deliveries: how many}
    CONTROL_DELIVERY_RETRY,
    CONTROL_DELIVERY_DROP,

    CONTROL_SILENCE_LIST,    // silences[api_json_silence], now_ms
    CONTROL_SILENCE_ADD,     // args {matcher, for | until, comment} -> one of them
    CONTROL_SILENCE_EXPIRE,  // -> one of them
    CONTROL_SILENCE_PREVIEW, // args {matcher} -> {of, hidden, alerts[]}: of the last 7 days

    // receivers[{name, kind, target, state, waiting, held, dead, last_ok_ms, failing_since_ms, failures, error}],
    // now_ms. state: ok, failing (the last attempt), down (the breaker is open), disabled (it said 410), off (its
    // credential is missing), unnamed (the configuration has it no more; of one that went before the daemon's
    // start there are the counts alone).
    CONTROL_RECEIVERS_LIST,
    CONTROL_RECEIVER_TEST,  // {name, status, took_ms, address, id}: sends endpoint.test now, outside the outbox
    // counts{RULE: {hits_today, hits_7d, hits_30d, last_ms}}, findings[api_json_finding]: what rules say after `feeds`
    // and no feed has, now_ms
    CONTROL_RULES_LIST,
    // The rules that run, as text: {generation, text, lists{NAME: the phrases, a line each}}; in the text a list is
    // `list NAME file "NAME"`.
    CONTROL_RULES_SOURCE,
    // Archived items, a page of daemon/api_items.h. Arguments: since, until (as lists take them), place.
    CONTROL_ITEMS_LIST,
    CONTROL_ITEM_SHOW, // the same with one item; the id is its own or that of an alert about it

    CONTROL_RELOAD,    // args {wait} -> {generation, changed}; CONTROL_CONFIG with the rendered diagnostics as error
    CONTROL_LOG_LEVEL, // {level}
    CONTROL_LOG_SET,   // args {level} -> {level}
    CONTROL_BACKUP,    // {path, bytes}: a copy beside the store
};

enum control_outcome {
    CONTROL_OK,
    CONTROL_BAD,       // the arguments are wrong
    CONTROL_NOT_FOUND, // no such feed, alert, ...
    CONTROL_REFUSED,   // it is there, but this is not done to it
    CONTROL_CONFIG,    // configuration or rules have errors; the error has several lines
    CONTROL_BUSY,      // may work later
};

struct control_request {
    enum control_verb verb;
    struct str id;  // percent-decoded; empty where the verb needs none
    json_t *args;   // an object, never NULL; the asker's
    bool is_open;   // anyone may ask: what a path may hold of a secret is left out
};

// The answer belongs to the one who answers, until the callback returns; control_ask's caller takes a json reference.
struct control_answer {
    enum control_outcome outcome;
    json_t *json;       // CONTROL_OK, unless it is text
    struct str text;    // CONTROL_OK of METRICS and OPML_EXPORT; otherwise what went wrong (lower case, no full stop)
    struct str next;    // what to type next, a whole command line; may be empty
};

typedef void (*control_answer_fn)(void *context, const struct control_answer *answer);

// Asks; `request` need not outlive the call. There is no cancelling: an asker that went away ignores its answer.
void control_ask(struct control *control, const struct control_request *request, control_answer_fn answer,
                 void *context);

#endif
