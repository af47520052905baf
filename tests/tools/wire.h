// SPDX-License-Identifier: MIT
//
// The raw side of an HTTP/1.1 server on uv_tcp, shared by the origin and the receiver: it accepts on many loopback
// addresses, cuts requests out of the bytes, and plays an answer that is a list of steps. No HTTP library stands
// between a test and the bytes, so every wrong answer of the wild can be given.
//
// The owner's on_request is called once a whole request is there and adds steps (wire_bytes, wire_pause, ...); the
// connection then plays them by itself and frees them when it ends or the peer leaves, so that no owner ever holds a
// dangling connection. Everything runs on the loop given to wire_init; nothing here is thread-safe.
#ifndef TESTS_TOOLS_WIRE_H
#define TESTS_TOOLS_WIRE_H

#include <uv.h>

#include "base/buf.h"
#include "base/err.h"

enum {
    WIRE_REQUEST_BYTES_MAX = 8 << 20, // a request beyond this is cut off: senders here post at most 256 KiB
    WIRE_ADDRESS_BYTES = sizeof "255.255.255.255",
};

struct wire_request {
    struct str raw; // head and body as they came
    struct str method, target, head, body;
    const char *address; // the local address it came to: 127.x.y.z
    uint64_t connection; // number of its connection, from 1
    uint64_t on_connection; // number of the request on that connection, from 1
};

// How an answer ended, told to on_end.
enum wire_end { WIRE_PLAYED, WIRE_PEER_LEFT, WIRE_STOPPED };

struct wire_conn;
struct wire_listener;

struct wire {
    uv_loop_t *loop;
    int port; // the same on all addresses; 0 until the first bind
    void *context;
    void (*on_request)(void *context, struct wire_conn *conn, const struct wire_request *request);
    void (*on_end)(void *context, void *answer, enum wire_end end, uint64_t bytes); // may be NULL
    struct wire_listener *listeners;
    struct wire_conn *conns;
    uint64_t accepted;
    size_t closing; // handles whose close callback is still to come
    bool is_stopping;
};

// Makes a server without an address; the owner then sets context, on_request and on_end.
void wire_init(struct wire *w, uv_loop_t *loop);

// Listens on a loopback address. The first bind picks the port (wire.port where it is set, else a free one).
bool wire_bind(struct wire *w, const char *address, struct err *err) MUST_CHECK;

// Closes every listener and connection and runs the loop until they are closed. Accepts a zeroed struct.
void wire_done(struct wire *w);

// Returns the value of the first header of that name (case ignored, ends trimmed); p is NULL where there is none.
struct str wire_header(const struct wire_request *request, const char *name);

// ---- the steps of an answer, in the order in which they are added ----

void wire_bytes(struct wire_conn *conn, struct str bytes);                            // a copy is sent
void wire_repeat(struct wire_conn *conn, struct str bytes, uint64_t times);           // for answers larger than memory
void wire_drip(struct wire_conn *conn, struct str bytes, size_t piece, unsigned ms);  // pieces, ms between them
void wire_pause(struct wire_conn *conn, unsigned ms);
void wire_hold(struct wire_conn *conn);  // until wire_release
void wire_hang(struct wire_conn *conn);  // until the peer leaves
void wire_next(struct wire_conn *conn);  // the end: reads the next request of the connection
void wire_close(struct wire_conn *conn); // the end: closes in order
void wire_reset(struct wire_conn *conn); // the end: TCP RST

// Names what on_end gets for the answer now being built.
void wire_answer(struct wire_conn *conn, void *answer);

// Lets every answer that stands at a hold go on.
void wire_release(struct wire *w);

// Returns the connections open now that came to the address (NULL: to any).
size_t wire_open_count(const struct wire *w, const char *address);

// Drops every open connection by RST, as a crashed server would.
void wire_reset_all(struct wire *w);

#endif
