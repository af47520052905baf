// SPDX-License-Identifier: MIT
//
// The map of the control API: from a request line to a control request, and from an outcome to an HTTP status. Pure,
// so that every line of the map is tested without a socket.
#ifndef DAEMON_API_ROUTE_H
#define DAEMON_API_ROUTE_H

#include "base/buf.h"
#include "base/err.h"
#include "daemon/control.h"

enum route_kind {
    ROUTE_CONTROL, // ask control
    ROUTE_HEALTHZ, // ask control for its health; the status says it: 200 or 503
    ROUTE_INDEX,   // the list of what may be read
    ROUTE_NONE,    // 404: no such path
    ROUTE_METHOD,  // 405: the path, but not this method
    ROUTE_LOCAL,   // 403: changes are made, and whole addresses read, over the Unix socket only
    ROUTE_BAD,     // 400: err says why
};

struct route {
    enum route_kind kind;
    enum control_verb verb;
    struct buf id;  // percent-decoded
    json_t *args;   // an object: the query's, then the body's
    struct err err; // of ROUTE_BAD
};

// Finds the route of a raw request target ("/api/v1/feeds/https%3A%2F%2Fx?limit=3"). A HEAD is a GET. On the TCP face
// (is_local false) only reading is found, and not that of addresses as they are. route_done frees what it made.
void route_find(struct route *route, struct str method, struct str target, bool is_local);
void route_done(struct route *route);

// Adds the fields of a JSON object (the request's body) to the arguments; turns the route to ROUTE_BAD where the body
// is something else. An empty body adds nothing.
void route_body(struct route *route, struct str body);

// Tells whether a Host header may be answered over TCP: an address (nobody can rebind a number), localhost, or a name
// of `hosts` (NULL-ended, NULL for none), with any port. A page in a browser that points its own name at this machine
// fails here.
bool route_host_is_ours(struct str host, const char *const *hosts);

// Returns the HTTP status of an outcome.
unsigned route_status(enum control_outcome outcome);

// The paths that anyone may read, a line each, for ROUTE_INDEX.
void route_index(const char *version, struct buf *out);

#endif
