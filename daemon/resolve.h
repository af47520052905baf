// SPDX-License-Identifier: MIT
//
// Names to addresses by c-ares in the loop, with a cache of our own that keeps each answer for its TTL.
//
// One question a name however many wait for it; both families are asked at once, and the caller races the addresses.
// resolv.conf and hosts are read again when they change (looked at when a question is asked, at most every 10 s): the
// cache is dropped, and questions under way are asked anew, of the new servers.
#ifndef DAEMON_RESOLVE_H
#define DAEMON_RESOLVE_H

#include <uv.h>

#include "base/clock.h"
#include "base/err.h"

enum {
    RESOLVE_ADDRESSES_MAX = 8,            // of a name; half of them are kept for IPv4 where it has so many
    RESOLVE_TTL_MS_MIN = 30 * SECOND_MS,  // what says 0 is kept so long: 200 feeds of one host are one question
    RESOLVE_TTL_MS_MAX = HOUR_MS,
    RESOLVE_FAIL_MS = 30 * SECOND_MS,     // a name that failed is not asked again at once
    RESOLVE_CACHE_MAX = 20000,            // names; past it the cache is emptied of all that nobody waits for
    RESOLVE_LOOK_MS = 10 * SECOND_MS,     // between two looks at the files
    RESOLVE_TEXT_BYTES = RESOLVE_ADDRESSES_MAX * 48,
};

struct resolve;
struct resolve_question;

// What the resolver is set up by. The system's are in /etc; c-ares reads no other hosts, which is only watched.
struct resolve_files {
    const char *resolv_conf, *hosts;
    uint16_t port; // of the name servers; 0: 53
};
extern const struct resolve_files resolve_system_files;

// Makes a resolver in the loop; `files` outlive it. NULL: the configuration cannot be read.
struct resolve *resolve_open(uv_loop_t *loop, const struct resolve_files *files, struct err *err);

// Drops all questions unanswered and closes; freed when the loop has closed its handles.
void resolve_close(struct resolve *r);

// Asks for a host name; `answer` comes once, perhaps before the call returns (then NULL is returned): the addresses as
// text, comma-separated, IPv6 first where both are there; empty: failed, and why says how.
typedef void (*resolve_answer_fn)(void *context, struct str addresses, const char *why);
struct resolve_question *resolve_ask(struct resolve *r, struct str host, resolve_answer_fn answer, void *context);

// Forgets a question that has not been answered.
void resolve_cancel(struct resolve_question *question);

#endif
