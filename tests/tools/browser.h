// SPDX-License-Identifier: MIT
//
// One request by libcurl, driven beside a uv loop on the same thread, so that a test can ask an origin or a receiver
// that runs on that loop.
#ifndef TESTS_TOOLS_BROWSER_H
#define TESTS_TOOLS_BROWSER_H

#include <curl/curl.h>
#include <uv.h>

#include "base/buf.h"

struct browser_ask {
    const char *url;
    const char *socket;         // a Unix socket to go through, or NULL
    const char *const *headers; // "Name: value", the last NULL; or NULL
    const char *post;           // a body to POST, or NULL for a GET
    const char *method;         // instead of GET or POST, or NULL
    const char *accept_coding;  // as CURLOPT_ACCEPT_ENCODING, or NULL
    long timeout_ms;            // 0: 10 s
};

struct browser_page {
    CURLcode result;
    long status;
    struct buf head, body; // body at most 64 MiB
};

// Asks and waits. The caller frees the page.
void browser_ask(uv_loop_t *loop, const struct browser_ask *ask, struct browser_page *out_page);

// Frees the page. Accepts a zeroed struct.
void browser_page_done(struct browser_page *page);

#endif
