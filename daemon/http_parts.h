// SPDX-License-Identifier: MIT
//
// What the two halves of daemon/http share: the loop's side (http.c) and one transfer's options and callbacks
// (http_transfer.c). Nobody else includes it.
#ifndef DAEMON_HTTP_PARTS_H
#define DAEMON_HTTP_PARTS_H

#include <curl/curl.h>

#include "base/buf.h"
#include "daemon/http.h"
#include "daemon/resolve.h"

enum transfer_state { TRANSFER_IDLE, TRANSFER_RESOLVING, TRANSFER_RUNNING, TRANSFER_ENDED };

struct http_transfer { // pooled with its handle
    struct http *http;
    struct http_transfer *next, *prev; // in the pool, the running ones, or the ended ones
    enum transfer_state state;
    CURL *easy;
    struct http_request request;
    struct resolve_question *question;
    struct curl_slist *headers, *resolve; // headers: one piece of memory, the list begins at its second
    char encodings_line[64];
    bool had_rare;         // the handle's last request had options that few have
    char drop[300];        // "-host:port" that the last use left in curl's cache
    uint64_t started_ns;
    uint64_t running_ms;   // of the loop: when curl got it
    uint64_t head_bytes, body_bytes;
    bool has_head;
    enum fault fault;      // set by our own callbacks
    uint32_t status;
    char address[64];
    char own[160];         // why a callback of ours refused; curl overwrites text
    char text[CURL_ERROR_SIZE];
};

struct http {
    uv_loop_t *loop;
    CURLM *multi;
    struct resolve *resolve;
    int epoll;         // of curl's sockets
    uv_poll_t sockets; // the epoll descriptor in the loop
    uv_timer_t timer;  // curl's
    uv_timer_t sweep; // header times
    uv_timer_t soon;  // tells what ended within http_start
    char *agent_line, *ca;
    struct http_transfer *pool, *running, *ended;
    size_t n_running;
    bool is_closing;
    size_t handles;
};

// Makes a transfer with its handle and all that never changes.
struct http_transfer *transfer_new(struct http *http);
void transfer_free(struct http_transfer *t);

// Sets the options of this request, with the addresses of its host (empty: the URL holds an address, or a proxy asks).
void transfer_prepare(struct http_transfer *t, struct str addresses);

// Turns curl's code into fault and text, where no callback has set them, and takes status and address.
void transfer_note_end(struct http_transfer *t, CURLcode code);

// Frees what belonged to the request.
void transfer_clear(struct http_transfer *t);

#endif
