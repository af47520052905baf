// SPDX-License-Identifier: MIT
//
// The control API: HTTP/1.1 and JSON by libmicrohttpd, which runs in the main loop (its epoll descriptor is polled by
// libuv; it starts no thread). Two faces of one table of routes: a Unix socket, where all of it may be asked and who
// may ask is the socket's group; and, where the configuration says `listen`, TCP, where only reading is done and only
// for requests whose Host is one of ours (a page in a browser that rebinds a name gets nothing).
#ifndef DAEMON_API_H
#define DAEMON_API_H

#include <uv.h>

#include "base/err.h"
#include "daemon/control.h"

enum {
    API_BODY_BYTES_MAX = 64 << 20,   // an OPML file of a million feeds; anything else is far below
    API_CONNECTIONS_MAX = 64,        // of each face; one `alerts tail -f` a person
};

struct api_options {
    const char *socket_path; // NULL: no Unix socket
    const char *listen;      // "127.0.0.1:8377", "[::1]:8377", ":8377" (all addresses); NULL: no TCP
    const char *const *hosts; // further names by which the TCP face may be asked, NULL-ended; NULL for none
    const char *version;
};

struct api;

// Opens the socket(s) and begins to serve on `loop`. A socket file that a dead daemon left is replaced; one that is
// answered is not. Both strings are copied. Fails with the reason (path too long, address in use).
bool api_open(struct api **out, uv_loop_t *loop, struct control *control, const struct api_options *options,
              struct err *err) MUST_CHECK;

// Stops listening, answers what waits with 503, removes the socket file. The struct lives until its handles are
// closed by the loop, then `on_closed` is called (may be NULL).
void api_close(struct api *api, void (*on_closed)(void *context), void *context);

#endif
