// SPDX-License-Identifier: MIT
//
// HTTP by libcurl's multi interface in a libuv loop: one transfer is one request and its answer, never a redirect.
// What it decides is nothing; what it bounds is everything: header bytes, decoded body bytes, time to the header, time
// without progress, total time, and the network addresses that may be connected to.
//
// Facts of Debian's libcurl 7.88.1 that shape it, each measured: CApath off (it disables the CA cache: 39-50 ms a TLS
// connection against 1.4); names are resolved by daemon/resolve in the loop and handed over (curl's resolver starts a
// thread a name); its own DNS cache never keeps anything, for each finished transfer walks all of it; handles are
// pooled. One struct http belongs to one loop's thread.
#ifndef DAEMON_HTTP_H
#define DAEMON_HTTP_H

#include <uv.h>

#include "base/err.h"
#include "feeds/feed.h"

enum {
    HTTP_HEAD_BYTES_MAX = 64 << 10, // of all header lines of an answer, 1xx included; browsers stop at 256 KiB
    HTTP_HEAD_MS = 10 * SECOND_MS,  // from the start to the end of the header
    HTTP_SLOW_BYTES_S = 100,        // slower than this ...
    HTTP_SLOW_S = 10,               // ... for so long is given up
    HTTP_CONNECT_MS = 10 * SECOND_MS,
};

// Which network addresses may be connected to.
enum http_reach {
    HTTP_PUBLIC,       // feeds: the public internet only
    HTTP_ANY,          // feeds that the administrator allowed private addresses
    HTTP_NO_METADATA,  // receivers: private ones too, but not where clouds hand out credentials
};

struct http_options {
    const char *user_agent;
    const char *ca;           // NULL: the system's bundle
    uint32_t connections_max; // kept at once: about three times the transfers in flight
};

struct http_result {
    uint32_t status;    // 0: no answer
    enum fault fault;   // FAULT_NONE: the answer came whole
    struct str text;    // of the fault, for people: "blocked: 127.0.0.1 is not a public address ..."
    struct str address; // that was talked to, "192.0.2.7:443"; empty: none
    uint32_t took_ms;
    uint64_t body_bytes; // decoded
};

// What to ask. Everything pointed to must live until done was called.
struct http_request {
    const char *url;
    const char *const *headers; // whole lines, NULL-ended; NULL: none
    struct str body;            // p not NULL: POST
    const char *encodings;      // Accept-Encoding; NULL: none asked for, and none is decoded
    const char *ca, *client_certificate, *client_key, *proxy; // NULL: the default
    const char *user_password;  // basic authentication; NULL: none
    enum http_reach reach;
    uint32_t connect_ms;        // 0: HTTP_CONNECT_MS
    uint32_t head_ms;           // to the end of the header; pauses may be of any length then. 0: HTTP_HEAD_MS, and no
                                // pause longer than HTTP_SLOW_S
    uint32_t total_ms;
    uint64_t body_bytes_max;    // decoded; more is FAULT_TOO_LARGE
    bool cut_body;              // what passes body_bytes_max is dropped instead, and the answer counts as whole
    void *context;
    void (*line)(void *context, struct str line);                 // header lines, status lines first; may be NULL
    bool (*piece)(void *context, const char *bytes, size_t n);    // of the body; false gives up; may be NULL
    void (*done)(void *context, const struct http_result *result); // once, never from within http_start
};

struct http;
struct http_transfer;

// Makes a client in the loop. Once a process, before threads: http_library_init.
struct http *http_open(uv_loop_t *loop, const struct http_options *options, struct err *err);

// Cancels what runs (done is called for none of it) and closes. The struct is freed when the loop has closed its
// handles; run the loop until it is empty. NULL is accepted.
void http_close(struct http *http);

// Begins a transfer; `request` is copied, what it points to is not. Never fails: what goes wrong comes to done.
struct http_transfer *http_start(struct http *http, const struct http_request *request);

// Stops a transfer; its done is not called.
void http_cancel(struct http_transfer *transfer);

// Returns how many transfers are running.
size_t http_running(const struct http *http);

bool http_library_init(struct err *err) MUST_CHECK;
void http_library_done(void);

#endif
