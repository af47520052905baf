// SPDX-License-Identifier: MIT
//
// A web server for tests that does whatever a test tells it to: the feeds of the wild, well and ill.
//
// A page is an address (127.x.y.z) and a path with a list of replies. A request gets the current reply; a reply that
// says `times` gives way to the next after that many requests, the last stays. A reply with an entity tag or a date
// answers a conditional request with 304 by itself. What was asked is logged with time and raw bytes, and tests
// assert on that log. Unknown paths are 404. Runs on the caller's loop (tests/tools/wire.h).
#ifndef TESTS_TOOLS_ORIGIN_H
#define TESTS_TOOLS_ORIGIN_H

#include "base/arena.h"
#include "base/clock.h"
#include "tests/tools/wire.h"

enum origin_framing { ORIGIN_LENGTH, ORIGIN_CHUNKED, ORIGIN_UNTIL_CLOSE };
enum origin_coding { ORIGIN_PLAIN, ORIGIN_GZIP, ORIGIN_DEFLATE, ORIGIN_RAW_DEFLATE, ORIGIN_BR, ORIGIN_ZSTD };

// Where an answer goes wrong. The byte it happens at is `fault_at`, counted in the body as sent.
enum origin_fault {
    ORIGIN_WELL,
    ORIGIN_TRUNCATE,    // closes in order, before the promised length or the last chunk
    ORIGIN_RESET,       // RST
    ORIGIN_STALL,       // sends nothing more and keeps the connection
    ORIGIN_HOLD,        // waits there until origin_release
    ORIGIN_RESET_EARLY, // RST before a byte of the answer
    ORIGIN_NO_ANSWER,   // never answers
    ORIGIN_HEADER_FLOOD, // header lines without end
    ORIGIN_INTERIM_FLOOD, // 1xx answers without end
};

struct origin_reply {
    int status;         // 0: 200
    const char *type;   // Content-Type; NULL: application/xml; "" none
    struct str body;    // copied
    const char *etag;   // as sent, quotes and all; NULL none
    const char *modified; // Last-Modified as sent; NULL none
    const char *location; // Location; NULL none
    const char *headers;  // further whole header lines, each with its CR LF; NULL none
    struct str raw;       // instead of all else: these bytes, then close
    enum origin_framing framing;
    enum origin_coding coding;
    const char *coding_label; // what Content-Encoding says; NULL: the truth; "" no header
    uint64_t bomb_bytes;      // the body is this many blanks appended to `body`, sent in `coding`
    enum origin_fault fault;
    size_t fault_at;
    unsigned head_delay_ms; // before the first byte
    size_t piece;           // body in pieces of this size, ...
    unsigned piece_ms;      // ... this far apart; 0: at once
    bool is_closing;        // Connection: close after it
    bool is_stubborn;       // answers a conditional request in full
    unsigned times;         // requests it serves before the next reply; 0: for ever
};

// One request as it came.
struct origin_seen {
    const char *address;
    struct str target;
    struct str raw;      // head and body
    int64_t at_ms;       // monotonic, of the loop's real clock
    wall_t daemon_at;    // the stepped clock of the scene when it came; 0 without one
    int status;          // answered; 0 for a raw reply or none
    uint64_t bytes;      // sent of the answer
    uint64_t connection; // which one it came on
    bool is_over;        // the answer ended, ...
    enum wire_end end;   // ... this way
};

struct origin_page;

struct origin {
    struct wire wire;
    struct arena arena; // owns pages, replies and the log's bytes
    struct origin_page *pages;
    struct origin_seen **seen;
    size_t n_seen;
    const wall_t *daemon_clock; // set by a scene; NULL none
    int log_fd;                 // a line a request goes there; -1 none
};

// Makes an origin on the loop, listening nowhere yet.
void origin_init(struct origin *o, uv_loop_t *loop);

// Closes all and frees. Accepts a zeroed struct.
void origin_done(struct origin *o);

// Serves the path at the address (bound when new) with this reply from now on; replies given before are dropped.
// A failure to bind ends the program with a message: no test can go on from there.
void origin_serve(struct origin *o, const char *address, const char *path, struct origin_reply reply);

// Appends a reply that comes after those given so far (whose last gets times = 1 where it had none).
void origin_then(struct origin *o, const char *address, const char *path, struct origin_reply reply);

// Returns the URL of a page, in the origin's arena.
const char *origin_url(struct origin *o, const char *address, const char *path);

// Lets every answer that stands at ORIGIN_HOLD go on.
void origin_release(struct origin *o);

// Returns how many requests came for the page (path NULL: for the address; both NULL: all).
size_t origin_count(const struct origin *o, const char *address, const char *path);

// Returns the nth (from 0) request for the page, or NULL.
const struct origin_seen *origin_nth(const struct origin *o, const char *address, const char *path, size_t n);

// Returns the last request for the page, or NULL.
const struct origin_seen *origin_last(const struct origin *o, const char *address, const char *path);

// Returns the value of a request's header; p is NULL where there is none.
struct str origin_header(const struct origin_seen *seen, const char *name);

#endif
