// SPDX-License-Identifier: MIT
//
// A connection is in one of four states:
//
//   READING --whole request--> PLAYING --wire_next--> READING
//                              PLAYING <--> HELD (wire_hold, wire_hang, a pause, a write under way)
//   any --peer left, wire_close, wire_reset, wire_done--> CLOSING
//
// Reading goes on while an answer is played: that is how a peer that leaves is noticed; bytes that come early are
// kept for the next request.
#include "tests/tools/wire.h"

#include <arpa/inet.h>
#include <assert.h>
#include <sys/socket.h>

#include "base/mem.h"

enum { BACKLOG = 511, REPEAT_PIECE_BYTES = 1 << 18 };

enum step_kind {
    STEP_BYTES,
    STEP_REPEAT,
    STEP_DRIP,
    STEP_PAUSE,
    STEP_HOLD,
    STEP_HANG,
    STEP_NEXT,
    STEP_CLOSE,
    STEP_RESET,
};

struct step {
    enum step_kind kind;
    char *p; // owned
    size_t n;
    size_t done;    // STEP_DRIP: bytes sent
    size_t piece;   // STEP_DRIP
    uint64_t times; // STEP_REPEAT: left to send
    unsigned ms;
};

enum conn_state { CONN_READING, CONN_PLAYING, CONN_WAITING, CONN_HELD, CONN_CLOSING };

struct wire_listener {
    uv_tcp_t tcp;
    struct wire *wire;
    struct wire_listener *next;
    char address[WIRE_ADDRESS_BYTES];
};

struct wire_conn {
    uv_tcp_t tcp;
    uv_timer_t timer;
    uv_write_t write;
    struct wire *wire;
    struct wire_conn *next;
    enum conn_state state;
    unsigned open_handles;
    struct buf in;
    struct step *steps;
    size_t n_steps, at_step;
    void *answer;
    uint64_t number, requests, bytes;
    char address[WIRE_ADDRESS_BYTES];
    char piece[65536]; // what uv reads into
};

static void conn_play(struct wire_conn *c);
static void conn_read_request(struct wire_conn *c);

void wire_init(struct wire *w, uv_loop_t *loop) { *w = (struct wire){.loop = loop}; }

// ---- the end of a connection --------------------------------------------------------------------------------------

static void answer_free(struct wire_conn *c)
{
    for (size_t i = 0; i < c->n_steps; i++)
        mem_free(c->steps[i].p);
    mem_free(c->steps);
    c->steps = NULL;
    c->n_steps = c->at_step = 0;
}

static void answer_end(struct wire_conn *c, enum wire_end end)
{
    void *answer = c->answer;
    c->answer = NULL;
    answer_free(c);
    if (answer && c->wire->on_end)
        c->wire->on_end(c->wire->context, answer, end, c->bytes);
    c->bytes = 0;
}

static void conn_on_closed(uv_handle_t *handle)
{
    struct wire_conn *c = handle->data;
    c->wire->closing--;
    if (--c->open_handles > 0)
        return;
    struct wire_conn **at = &c->wire->conns;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    buf_done(&c->in);
    answer_free(c);
    mem_free(c);
}

static void conn_end(struct wire_conn *c, enum wire_end end, bool with_reset)
{
    if (c->state == CONN_CLOSING)
        return;
    c->state = CONN_CLOSING;
    answer_end(c, end);
    c->wire->closing += 2;
    uv_close((uv_handle_t *)&c->timer, conn_on_closed);
    if (!with_reset || uv_tcp_close_reset(&c->tcp, conn_on_closed) != 0)
        uv_close((uv_handle_t *)&c->tcp, conn_on_closed);
}

// ---- steps --------------------------------------------------------------------------------------------------------

static struct step *step_add(struct wire_conn *c, enum step_kind kind, struct str bytes)
{
    c->steps = mem_resize_array(c->steps, c->n_steps + 1, sizeof *c->steps);
    struct step *s = &c->steps[c->n_steps++];
    *s = (struct step){.kind = kind, .p = bytes.n ? mem_dupz(bytes) : NULL, .n = bytes.n};
    return s;
}

void wire_bytes(struct wire_conn *c, struct str bytes)
{
    if (bytes.n)
        step_add(c, STEP_BYTES, bytes);
}
void wire_repeat(struct wire_conn *c, struct str bytes, uint64_t times)
{
    if (bytes.n && times)
        step_add(c, STEP_REPEAT, bytes)->times = times;
}
void wire_drip(struct wire_conn *c, struct str bytes, size_t piece, unsigned ms)
{
    assert(piece > 0);
    if (bytes.n == 0)
        return;
    struct step *s = step_add(c, STEP_DRIP, bytes);
    s->piece = piece;
    s->ms = ms;
}
void wire_pause(struct wire_conn *c, unsigned ms) { step_add(c, STEP_PAUSE, S(""))->ms = ms; }
void wire_hold(struct wire_conn *c) { step_add(c, STEP_HOLD, S("")); }
void wire_hang(struct wire_conn *c) { step_add(c, STEP_HANG, S("")); }
void wire_next(struct wire_conn *c) { step_add(c, STEP_NEXT, S("")); }
void wire_close(struct wire_conn *c) { step_add(c, STEP_CLOSE, S("")); }
void wire_reset(struct wire_conn *c) { step_add(c, STEP_RESET, S("")); }
void wire_answer(struct wire_conn *c, void *answer) { c->answer = answer; }

static void conn_on_timer(uv_timer_t *timer)
{
    struct wire_conn *c = timer->data;
    if (c->state == CONN_WAITING)
        conn_play(c);
}

static void conn_wait(struct wire_conn *c, unsigned ms)
{
    c->state = CONN_WAITING;
    uv_timer_start(&c->timer, conn_on_timer, ms, 0);
}

static void conn_on_written(uv_write_t *write, int status)
{
    struct wire_conn *c = write->data;
    if (c->state == CONN_CLOSING)
        return;
    if (status < 0) {
        conn_end(c, WIRE_PEER_LEFT, false);
        return;
    }
    struct step *s = &c->steps[c->at_step];
    if (s->kind == STEP_DRIP && s->done < s->n)
        conn_wait(c, s->ms);
    else
        conn_play(c);
}

static void conn_write(struct wire_conn *c, const uv_buf_t *bufs, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        c->bytes += bufs[i].len;
    c->state = CONN_WAITING;
    c->write.data = c;
    if (uv_write(&c->write, (uv_stream_t *)&c->tcp, bufs, n, conn_on_written) != 0)
        conn_end(c, WIRE_PEER_LEFT, false);
}

static void step_bytes(struct wire_conn *c, const struct step *s)
{
    uv_buf_t all = uv_buf_init(s->p, (unsigned)s->n);
    conn_write(c, &all, 1);
}

static void step_repeat(struct wire_conn *c, struct step *s)
{
    uv_buf_t bufs[64];
    unsigned n = 0;
    for (size_t bytes = 0; n < 64 && s->times > 0 && bytes < REPEAT_PIECE_BYTES; bytes += s->n, s->times--)
        bufs[n++] = uv_buf_init(s->p, (unsigned)s->n);
    conn_write(c, bufs, n);
}

static void step_drip(struct wire_conn *c, struct step *s)
{
    size_t n = s->n - s->done < s->piece ? s->n - s->done : s->piece;
    uv_buf_t piece = uv_buf_init(s->p + s->done, (unsigned)n);
    s->done += n;
    conn_write(c, &piece, 1);
}

// Plays the step after the current one; a step that waits comes back here through the loop.
static void conn_play(struct wire_conn *c)
{
    struct step *s = &c->steps[c->at_step];
    bool is_begun = c->state == CONN_WAITING;
    bool has_more = (s->kind == STEP_REPEAT && s->times > 0) || (s->kind == STEP_DRIP && s->done < s->n);
    if (is_begun && !has_more)
        s = &c->steps[++c->at_step];
    assert(c->at_step < c->n_steps); // an answer ends with next, close, reset or hang
    c->state = CONN_PLAYING;
    switch (s->kind) {
    case STEP_BYTES:
        step_bytes(c, s);
        break;
    case STEP_REPEAT:
        step_repeat(c, s);
        break;
    case STEP_DRIP:
        step_drip(c, s);
        break;
    case STEP_PAUSE:
        conn_wait(c, s->ms);
        break;
    case STEP_HOLD:
    case STEP_HANG:
        c->state = CONN_HELD;
        break;
    case STEP_NEXT:
        answer_end(c, WIRE_PLAYED);
        c->state = CONN_READING;
        conn_read_request(c);
        break;
    case STEP_CLOSE:
        conn_end(c, WIRE_PLAYED, false);
        break;
    case STEP_RESET:
        conn_end(c, WIRE_PLAYED, true);
        break;
    }
}

void wire_release(struct wire *w)
{
    for (struct wire_conn *c = w->conns, *next; c; c = next) {
        next = c->next;
        if (c->state == CONN_HELD && c->steps[c->at_step].kind == STEP_HOLD)
            conn_wait(c, 0);
    }
}

// ---- requests -----------------------------------------------------------------------------------------------------

struct str wire_header(const struct wire_request *request, const char *name)
{
    struct str rest = request->head;
    str_cut(&rest, '\n'); // the request line
    while (rest.p) {
        struct str value = str_cut(&rest, '\n');
        struct str key = str_cut(&value, ':');
        if (value.p && str_eq_nocase(str_trim(key), str_of(name)))
            return str_trim(value);
    }
    return (struct str){NULL, 0};
}

// Cuts the first request out of the bytes. False: not whole yet. A length that cannot be read counts as none.
static bool request_cut(struct str in, struct wire_request *out)
{
    size_t end = str_find(in, S("\r\n\r\n"));
    if (end == in.n)
        return false;
    *out = (struct wire_request){.head = str_head(in, end + 2)};
    struct str line = str_head(in, str_find_char(in, '\r'));
    out->method = str_cut(&line, ' ');
    out->target = str_cut(&line, ' ');
    uint64_t length = 0;
    struct str given = wire_header(out, "content-length");
    if (given.p && !str_to_u64(given, WIRE_REQUEST_BYTES_MAX, &length))
        length = 0;
    if (in.n < end + 4 + length)
        return false;
    out->body = str_make(in.p + end + 4, length);
    out->raw = str_head(in, end + 4 + length);
    return true;
}

static void conn_read_request(struct wire_conn *c)
{
    struct wire_request request;
    if (c->state != CONN_READING || !request_cut(buf_str(&c->in), &request))
        return;
    request.address = c->address;
    request.connection = c->number;
    request.on_connection = ++c->requests;
    size_t used = request.raw.n;
    c->state = CONN_PLAYING;
    c->wire->on_request(c->wire->context, c, &request);
    memmove(c->in.p, c->in.p + used, c->in.n - used);
    c->in.n -= used;
    conn_play(c);
}

static void conn_on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    (void)suggested;
    struct wire_conn *c = handle->data;
    *out = uv_buf_init(c->piece, sizeof c->piece);
}

static void conn_on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
    struct wire_conn *c = stream->data;
    if (n < 0 || !buf_add(&c->in, str_make(bytes->base, (size_t)n)))
        conn_end(c, WIRE_PEER_LEFT, false);
    else
        conn_read_request(c);
}

// ---- listening ----------------------------------------------------------------------------------------------------

static void on_connection(uv_stream_t *server, int status)
{
    struct wire_listener *l = server->data;
    struct wire *w = l->wire;
    if (status < 0 || w->is_stopping)
        return;
    struct wire_conn *c = mem_alloc(sizeof *c);
    c->wire = w;
    c->number = ++w->accepted;
    c->open_handles = 2;
    memcpy(c->address, l->address, sizeof c->address);
    buf_init(&c->in, WIRE_REQUEST_BYTES_MAX);
    c->next = w->conns;
    w->conns = c;
    uv_tcp_init(w->loop, &c->tcp);
    uv_timer_init(w->loop, &c->timer);
    c->tcp.data = c->timer.data = c;
    if (uv_accept(server, (uv_stream_t *)&c->tcp) != 0) {
        conn_end(c, WIRE_PEER_LEFT, false);
        return;
    }
    uv_tcp_nodelay(&c->tcp, 1);
    uv_read_start((uv_stream_t *)&c->tcp, conn_on_alloc, conn_on_read);
}

static void listener_on_closed(uv_handle_t *handle)
{
    struct wire_listener *l = handle->data;
    l->wire->closing--;
    mem_free(l);
}

bool wire_bind(struct wire *w, const char *address, struct err *err)
{
    struct sockaddr_in at;
    if (uv_ip4_addr(address, w->port, &at) != 0)
        return err_set(err, "%s is not an IPv4 address", address);
    if ((ntohl(at.sin_addr.s_addr) >> 24) != 127)
        return err_set(err, "%s is not a loopback address", address);
    struct wire_listener *l = mem_alloc(sizeof *l);
    l->wire = w;
    strncpy(l->address, address, sizeof l->address - 1);
    uv_tcp_init(w->loop, &l->tcp);
    l->tcp.data = l;
    int failed = uv_tcp_bind(&l->tcp, (const struct sockaddr *)&at, 0);
    if (!failed)
        failed = uv_listen((uv_stream_t *)&l->tcp, BACKLOG, on_connection);
    if (failed) {
        w->closing++;
        uv_close((uv_handle_t *)&l->tcp, listener_on_closed);
        return err_set(err, "cannot listen on %s:%d: %s", address, w->port, uv_strerror(failed));
    }
    int length = sizeof at;
    uv_tcp_getsockname(&l->tcp, (struct sockaddr *)&at, &length);
    w->port = ntohs(at.sin_port);
    l->next = w->listeners;
    w->listeners = l;
    return true;
}

size_t wire_open_count(const struct wire *w, const char *address)
{
    size_t n = 0;
    for (const struct wire_conn *c = w->conns; c; c = c->next)
        n += c->state != CONN_CLOSING && (!address || strcmp(c->address, address) == 0);
    return n;
}

void wire_reset_all(struct wire *w)
{
    for (struct wire_conn *c = w->conns; c; c = c->next)
        conn_end(c, WIRE_STOPPED, true);
}

void wire_done(struct wire *w)
{
    if (!w->loop)
        return;
    w->is_stopping = true;
    while (w->listeners) {
        struct wire_listener *l = w->listeners;
        w->listeners = l->next;
        w->closing++;
        uv_close((uv_handle_t *)&l->tcp, listener_on_closed);
    }
    for (struct wire_conn *c = w->conns; c; c = c->next)
        conn_end(c, WIRE_STOPPED, false);
    while (w->closing > 0)
        uv_run(w->loop, UV_RUN_ONCE);
    w->loop = NULL;
}
