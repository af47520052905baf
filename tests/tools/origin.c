// SPDX-License-Identifier: MIT
#include "tests/tools/origin.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/tools/coding.h"

enum {
    ARENA_BYTES_MAX = 1 << 30,   // soft; a test that logs a gigabyte is a test to look at
    BODY_BYTES_MAX = 1 << 29,    // encoded, in memory: a plain bomb beyond it is sent by wire_repeat
    HEAD_BYTES_MAX = 1 << 20,
};

struct reply_slot {
    struct origin_reply reply;
    bool is_encoded; // its body is in its coding already
    unsigned served;
    struct reply_slot *next;
};

struct origin_page {
    char address[WIRE_ADDRESS_BYTES];
    const char *path;
    struct reply_slot *first; // the current one; those done are dropped
    struct origin_page *next;
};

// ---- the log ------------------------------------------------------------------------------------------------------

static void log_line(const struct origin *o, const struct origin_seen *seen)
{
    if (o->log_fd < 0)
        return;
    struct str line = str_head(seen->raw, str_find_char(seen->raw, '\r'));
    dprintf(o->log_fd, "%lld.%03lld %s #%llu %.*s -> %d, %llu bytes%s\n", (long long)(seen->at_ms / SECOND_MS),
            (long long)(seen->at_ms % SECOND_MS), seen->address, (unsigned long long)seen->connection, STR_ARG(line),
            seen->status, (unsigned long long)seen->bytes, seen->end == WIRE_PEER_LEFT ? ", the client left" : "");
}

static void on_end(void *context, void *answer, enum wire_end end, uint64_t bytes)
{
    struct origin_seen *seen = answer;
    seen->is_over = true;
    seen->end = end;
    seen->bytes = bytes;
    log_line(context, seen);
}

static struct origin_seen *log_request(struct origin *o, const struct wire_request *request)
{
    struct origin_seen *seen = ARENA_NEW(&o->arena, struct origin_seen);
    seen->address = arena_dupz(&o->arena, str_of(request->address));
    seen->raw = arena_str(&o->arena, request->raw);
    seen->target = arena_str(&o->arena, request->target);
    seen->at_ms = (int64_t)(uv_hrtime() / 1000000);
    seen->daemon_at = o->daemon_clock ? *o->daemon_clock : (wall_t){0};
    seen->connection = request->connection;
    ARENA_PUSH(&o->arena, o->seen, o->n_seen, seen);
    return seen;
}

static bool is_for(const struct origin_seen *seen, const char *address, const char *path)
{
    return (!address || strcmp(seen->address, address) == 0) && (!path || str_eq(seen->target, str_of(path)));
}

size_t origin_count(const struct origin *o, const char *address, const char *path)
{
    size_t n = 0;
    for (size_t i = 0; i < o->n_seen; i++)
        n += is_for(o->seen[i], address, path);
    return n;
}

const struct origin_seen *origin_nth(const struct origin *o, const char *address, const char *path, size_t n)
{
    for (size_t i = 0; i < o->n_seen; i++)
        if (is_for(o->seen[i], address, path) && n-- == 0)
            return o->seen[i];
    return NULL;
}

const struct origin_seen *origin_last(const struct origin *o, const char *address, const char *path)
{
    for (size_t i = o->n_seen; i-- > 0;)
        if (is_for(o->seen[i], address, path))
            return o->seen[i];
    return NULL;
}

struct str origin_header(const struct origin_seen *seen, const char *name)
{
    struct wire_request request = {.head = str_head(seen->raw, str_find(seen->raw, S("\r\n\r\n")) + 2)};
    return wire_header(&request, name);
}

// ---- answering ----------------------------------------------------------------------------------------------------

static const char *status_words(int status)
{
    static const struct {
        int status;
        const char *words;
    } table[] = {{200, "OK"}, {226, "IM Used"}, {301, "Moved Permanently"}, {302, "Found"}, {303, "See Other"},
                 {304, "Not Modified"}, {307, "Temporary Redirect"}, {308, "Permanent Redirect"}, {403, "Forbidden"},
                 {404, "Not Found"}, {410, "Gone"}, {429, "Too Many Requests"}, {500, "Internal Server Error"},
                 {503, "Service Unavailable"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].status == status)
            return table[i].words;
    return "Whatever";
}

// RFC 9110, section 13.2.2: If-None-Match goes first, and If-Modified-Since counts only without it.
static bool is_unchanged(const struct origin_reply *r, const struct wire_request *request)
{
    if (r->is_stubborn || (r->status != 0 && r->status != 200))
        return false;
    struct str tag = wire_header(request, "if-none-match");
    struct str date = wire_header(request, "if-modified-since");
    if (tag.p)
        return r->etag && str_eq(tag, str_of(r->etag));
    return date.p && r->modified && str_eq(date, str_of(r->modified));
}

static bool is_bodyless(int status) { return status == 204 || status == 304 || (status >= 100 && status < 200); }

static void add_head(const struct origin_reply *r, int status, uint64_t body_bytes, struct buf *out)
{
    buf_addf(out, "HTTP/1.1 %d %s\r\nServer: origin\r\n", status, status_words(status));
    if (r->etag)
        buf_addf(out, "ETag: %s\r\n", r->etag);
    if (r->modified)
        buf_addf(out, "Last-Modified: %s\r\n", r->modified);
    if (r->location)
        buf_addf(out, "Location: %s\r\n", r->location);
    if (r->headers)
        buf_add(out, str_of(r->headers));
    if (r->is_closing || r->framing == ORIGIN_UNTIL_CLOSE)
        buf_add(out, S("Connection: close\r\n"));
    if (!is_bodyless(status)) {
        const char *type = r->type ? r->type : "application/xml";
        if (*type)
            buf_addf(out, "Content-Type: %s\r\n", type);
        const char *coding = r->coding_label ? r->coding_label : coding_name(r->coding);
        if (coding && *coding)
            buf_addf(out, "Content-Encoding: %s\r\n", coding);
        if (r->framing == ORIGIN_CHUNKED)
            buf_add(out, S("Transfer-Encoding: chunked\r\n"));
        else if (r->framing == ORIGIN_LENGTH)
            buf_addf(out, "Content-Length: %llu\r\n", (unsigned long long)body_bytes);
    }
    buf_add(out, S("\r\n"));
}

// Cuts the body into chunks of odd sizes, so that no reader can lean on where they end.
static void add_chunked(struct str body, struct buf *out)
{
    for (size_t i = 1; body.n > 0; i++) {
        struct str piece = str_head(body, 1 + i * 577 % 4093);
        buf_addf(out, "%zx%s\r\n", piece.n, i % 3 == 0 ? ";note=1" : "");
        buf_add(out, piece);
        buf_add(out, S("\r\n"));
        body = str_from(body, piece.n);
    }
    buf_add(out, S("0\r\n\r\n"));
}

static void send_paced(struct wire_conn *conn, const struct origin_reply *r, struct str bytes)
{
    if (r->piece > 0)
        wire_drip(conn, bytes, r->piece, r->piece_ms);
    else
        wire_bytes(conn, bytes);
}

static void send_end(struct wire_conn *conn, const struct origin_reply *r)
{
    if (r->is_closing || r->framing == ORIGIN_UNTIL_CLOSE)
        wire_close(conn);
    else
        wire_next(conn);
}

// Sends the body up to where the fault stands, and the fault.
static void send_body(struct wire_conn *conn, const struct origin_reply *r, struct str body)
{
    send_paced(conn, r, r->fault == ORIGIN_WELL ? body : str_head(body, r->fault_at));
    switch (r->fault) {
    case ORIGIN_WELL:
    case ORIGIN_RESET_EARLY:
    case ORIGIN_NO_ANSWER:
    case ORIGIN_HEADER_FLOOD:
    case ORIGIN_INTERIM_FLOOD:
        break;
    case ORIGIN_TRUNCATE:
        wire_close(conn);
        return;
    case ORIGIN_RESET:
        wire_reset(conn);
        return;
    case ORIGIN_STALL:
        wire_hang(conn);
        return;
    case ORIGIN_HOLD:
        wire_hold(conn);
        send_paced(conn, r, str_from(body, r->fault_at));
        break;
    }
    send_end(conn, r);
}

// Answers that never become an answer. True: it was one of those.
static bool send_nothing_good(struct wire_conn *conn, const struct origin_reply *r)
{
    if (r->fault == ORIGIN_RESET_EARLY) {
        wire_reset(conn);
    } else if (r->fault == ORIGIN_NO_ANSWER) {
        wire_hang(conn);
    } else if (r->fault == ORIGIN_HEADER_FLOOD) {
        wire_bytes(conn, S("HTTP/1.1 200 OK\r\n"));
        wire_repeat(conn, S("X-Fill: 0123456789012345678901234567890123456789\r\n"), UINT64_MAX);
        wire_hang(conn);
    } else if (r->fault == ORIGIN_INTERIM_FLOOD) {
        wire_repeat(conn, S("HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"), UINT64_MAX);
        wire_hang(conn);
    } else if (r->raw.n) {
        send_paced(conn, r, r->raw);
        wire_close(conn);
    } else {
        return false;
    }
    return true;
}

static int send_reply(struct wire_conn *conn, const struct origin_reply *r, bool is_encoded,
                      const struct wire_request *request)
{
    wire_pause(conn, r->head_delay_ms);
    if (send_nothing_good(conn, r))
        return 0;
    int status = is_unchanged(r, request) ? 304 : r->status ? r->status : 200;
    struct buf body, head;
    buf_init(&body, BODY_BYTES_MAX);
    buf_init(&head, HEAD_BYTES_MAX);
    if (!is_bodyless(status)) {
        coding_apply(is_encoded ? ORIGIN_PLAIN : r->coding, r->body, is_encoded ? 0 : r->bomb_bytes, &body);
        assert(!body.is_cut);
        if (r->framing == ORIGIN_CHUNKED) {
            struct buf chunks;
            buf_init(&chunks, BODY_BYTES_MAX);
            add_chunked(buf_str(&body), &chunks);
            buf_done(&body);
            body = chunks;
        }
    }
    add_head(r, status, body.n, &head);
    wire_bytes(conn, buf_str(&head));
    send_body(conn, r, buf_str(&body));
    buf_done(&head);
    buf_done(&body);
    return status;
}

static struct origin_page *page_find(struct origin *o, const char *address, struct str path)
{
    for (struct origin_page *p = o->pages; p; p = p->next)
        if (strcmp(p->address, address) == 0 && str_eq(str_of(p->path), path))
            return p;
    return NULL;
}

static void on_request(void *context, struct wire_conn *conn, const struct wire_request *request)
{
    static const struct origin_reply not_here = {.status = 404, .type = "text/plain", .body = STR("nothing here\n")};
    struct origin *o = context;
    struct origin_seen *seen = log_request(o, request);
    wire_answer(conn, seen);
    struct origin_page *page = page_find(o, request->address, request->target);
    const struct origin_reply *r = page ? &page->first->reply : &not_here;
    seen->status = send_reply(conn, r, page && page->first->is_encoded, request);
    if (page && ++page->first->served >= r->times && r->times > 0 && page->first->next)
        page->first = page->first->next;
}

// ---- setting it up ------------------------------------------------------------------------------------------------

void origin_init(struct origin *o, uv_loop_t *loop)
{
    *o = (struct origin){.log_fd = -1};
    arena_init(&o->arena, ARENA_BYTES_MAX);
    wire_init(&o->wire, loop);
    o->wire.context = o;
    o->wire.on_request = on_request;
    o->wire.on_end = on_end;
}

void origin_done(struct origin *o)
{
    wire_done(&o->wire);
    arena_done(&o->arena);
    *o = (struct origin){.log_fd = -1};
}

static const char *copy_z(struct origin *o, const char *z) { return z ? arena_dupz(&o->arena, str_of(z)) : NULL; }

static struct reply_slot *slot_new(struct origin *o, struct origin_reply r)
{
    struct reply_slot *slot = ARENA_NEW(&o->arena, struct reply_slot);
    r.body = arena_str(&o->arena, r.body);
    r.raw = arena_str(&o->arena, r.raw);
    r.type = copy_z(o, r.type);
    r.etag = copy_z(o, r.etag);
    r.modified = copy_z(o, r.modified);
    r.location = copy_z(o, r.location);
    r.headers = copy_z(o, r.headers);
    r.coding_label = copy_z(o, r.coding_label);
    if (r.bomb_bytes && r.coding != ORIGIN_PLAIN) { // seconds of work on a busy machine: not while somebody waits
        struct buf encoded;
        buf_init(&encoded, BODY_BYTES_MAX);
        coding_apply(r.coding, r.body, r.bomb_bytes, &encoded);
        assert(!encoded.is_cut);
        r.body = arena_str(&o->arena, buf_str(&encoded));
        buf_done(&encoded);
        slot->is_encoded = true;
    }
    slot->reply = r;
    return slot;
}

static bool is_bound(const struct origin *o, const char *address)
{
    for (const struct origin_page *p = o->pages; p; p = p->next)
        if (strcmp(p->address, address) == 0)
            return true;
    return false;
}

static struct origin_page *page_make(struct origin *o, const char *address, const char *path)
{
    struct err err;
    assert(strlen(address) < WIRE_ADDRESS_BYTES);
    if (!is_bound(o, address) && !wire_bind(&o->wire, address, &err)) {
        fprintf(stderr, "origin: %s\n", err.text);
        exit(1);
    }
    struct origin_page *page = ARENA_NEW(&o->arena, struct origin_page);
    memcpy(page->address, address, strlen(address) + 1);
    page->path = copy_z(o, path);
    page->next = o->pages;
    o->pages = page;
    return page;
}

void origin_serve(struct origin *o, const char *address, const char *path, struct origin_reply reply)
{
    struct origin_page *page = page_find(o, address, str_of(path));
    if (!page)
        page = page_make(o, address, path);
    page->first = slot_new(o, reply);
}

void origin_then(struct origin *o, const char *address, const char *path, struct origin_reply reply)
{
    struct origin_page *page = page_find(o, address, str_of(path));
    if (!page) {
        origin_serve(o, address, path, reply);
        return;
    }
    struct reply_slot *last = page->first;
    while (last->next)
        last = last->next;
    if (last->reply.times == 0)
        last->reply.times = 1;
    last->next = slot_new(o, reply);
    // A last reply that has served its turn already was only waiting for this one.
    if (last == page->first && last->served >= last->reply.times)
        page->first = last->next;
}

const char *origin_url(struct origin *o, const char *address, const char *path)
{
    return arena_fmt(&o->arena, "http://%s:%d%s", address, o->wire.port, path).p;
}

void origin_release(struct origin *o) { wire_release(&o->wire); }
