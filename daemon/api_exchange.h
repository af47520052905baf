// SPDX-License-Identifier: MIT
//
// One request and its answer, as libmicrohttpd calls for it.
#ifndef DAEMON_API_EXCHANGE_H
#define DAEMON_API_EXCHANGE_H

#include <microhttpd.h>

#include "daemon/control.h"

// What the exchanges of one face share. Owned by the face, which fills in all but the last.
struct exchanges {
    struct control *control;
    const char *version;
    const char *const *hosts; // names by which the TCP face may be asked
    bool is_local;            // the Unix socket
    // Asks the loop for one MHD_run soon: a connection was resumed. (libmicrohttpd 0.9.75 signals its own descriptor,
    // but not when another connection was served meanwhile.)
    void (*wake)(struct exchanges *exchanges);
    struct exchange *asleep;  // those whose connection waits for control's answer
};

// Called by libmicrohttpd; `context` is the struct exchanges.
void *exchange_on_target(void *context, const char *target, struct MHD_Connection *connection);
enum MHD_Result exchange_on_request(void *context, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *http, const char *bytes, size_t *n,
                                    void **exchange);
void exchange_on_completed(void *context, struct MHD_Connection *connection, void **exchange,
                           enum MHD_RequestTerminationCode why);

// Ends those that wait for an answer whose asker has closed the connection: libmicrohttpd neither looks at a connection
// that sleeps nor has a timeout for it, and each takes one of API_CONNECTIONS_MAX.
void exchanges_look(struct exchanges *exchanges);

// Answers all that wait with 503, for the end of the service.
void exchanges_give_up(struct exchanges *exchanges);

#endif
