// SPDX-License-Identifier: MIT
//
// One request and its answer. See api_exchange.h.
//
//   request line ---> exchange made (exchange_on_target)
//   headers      ---> refused at once where it can be (exchange_on_request, first call)
//   body         ---> collected (middle calls)
//   end          ---> control_ask; answered at once, or the connection sleeps ---> on_answer wakes it ---> answered
//   completed    ---> the connection's hold on the exchange is given back (exchange_on_completed)
//
// An exchange has two holders, its connection and a question under way. The last one frees it, so an answer that
// comes after the service ended finds its exchange alive.
#define _GNU_SOURCE // POLLRDHUP
#include "daemon/api_exchange.h"

#include <assert.h>
#include <poll.h>
#include <stdlib.h>

#include "base/mem.h"
#include "daemon/api.h"
#include "daemon/api_route.h"

enum {
    TARGET_BYTES_MAX = 16 << 10, // libmicrohttpd's pool for a request head is 32 KiB
    ANSWER_BYTES_MAX = 1 << 30,  // a list of a million feeds is about 400 MB
};

struct exchange {
    struct exchanges *all;
    struct MHD_Connection *connection; // NULL after it completed
    struct route route;
    struct buf target, body;
    struct MHD_Response *response; // made and not yet queued
    unsigned status;
    int holders;
    bool is_begun; // the headers were seen
    bool is_asleep;
    bool is_answered; // a response was made
    struct exchange *next, **link; // in all->asleep, while asleep
};

static void exchange_unref(struct exchange *x)
{
    if (--x->holders > 0)
        return;
    if (x->response)
        MHD_destroy_response(x->response);
    route_done(&x->route);
    buf_done(&x->target);
    buf_done(&x->body);
    mem_free(x);
}

void *exchange_on_target(void *context, const char *target, struct MHD_Connection *connection)
{
    struct exchange *x = mem_alloc(sizeof *x);
    x->all = context;
    x->connection = connection;
    x->holders = 1;
    buf_init(&x->target, TARGET_BYTES_MAX);
    buf_init(&x->body, API_BODY_BYTES_MAX);
    buf_add(&x->target, str_of(target));
    return x;
}

void exchange_on_completed(void *context, struct MHD_Connection *connection, void **exchange,
                           enum MHD_RequestTerminationCode why)
{
    (void)context;
    (void)connection;
    (void)why;
    struct exchange *x = *exchange;
    if (!x)
        return;
    *exchange = NULL;
    x->connection = NULL;
    exchange_unref(x);
}

// Sets the answer; the bytes are copied. `type` without its charset.
static void respond(struct exchange *x, unsigned status, const char *type, struct str text)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(text.n, (void *)text.p, MHD_RESPMEM_MUST_COPY);
    assert(r);
    MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(r, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD, POST, PUT, DELETE");
    x->response = r;
    x->status = status;
    x->is_answered = true;
}

static int add_bytes(const char *p, size_t n, void *out) { return buf_add(out, str_make(p, n)) ? 0 : -1; }

static void respond_json(struct exchange *x, unsigned status, const json_t *value)
{
    struct buf text;
    buf_init(&text, ANSWER_BYTES_MAX);
    json_dump_callback(value, add_bytes, &text, JSON_COMPACT);
    buf_add_char(&text, '\n');
    respond(x, status, "application/json", buf_str(&text));
    buf_done(&text);
}

static void respond_error(struct exchange *x, unsigned status, struct str error, struct str next)
{
    json_t *object = json_object();
    json_object_set_new(object, "error", json_stringn(error.p ? error.p : "", error.n));
    if (next.n > 0)
        json_object_set_new(object, "next", json_stringn(next.p, next.n));
    respond_json(x, status, object);
    json_decref(object);
}

static enum MHD_Result queue(struct exchange *x)
{
    enum MHD_Result result = MHD_queue_response(x->connection, x->status, x->response);
    MHD_destroy_response(x->response);
    x->response = NULL;
    return result;
}

static void sleep_begin(struct exchange *x)
{
    x->is_asleep = true;
    x->next = x->all->asleep;
    x->link = &x->all->asleep;
    if (x->next)
        x->next->link = &x->next;
    x->all->asleep = x;
    MHD_suspend_connection(x->connection);
}

// The connection is looked at again in the next MHD_run.
static void sleep_end(struct exchange *x)
{
    x->is_asleep = false;
    *x->link = x->next;
    if (x->next)
        x->next->link = x->link;
    MHD_resume_connection(x->connection);
    x->all->wake(x->all);
}

// The type of an answer that is no JSON.
static const char *type_of(enum control_verb verb)
{
    if (verb == CONTROL_METRICS)
        return "text/plain; version=0.0.4; charset=utf-8";
    return verb == CONTROL_OPML_EXPORT ? "text/xml" : "application/octet-stream";
}

static void answer_take(struct exchange *x, const struct control_answer *answer)
{
    unsigned status = route_status(answer->outcome);
    if (answer->outcome != CONTROL_OK) {
        respond_error(x, status, answer->text, answer->next);
        return;
    }
    if (x->route.kind == ROUTE_HEALTHZ && !json_is_true(json_object_get(answer->json, "ok")))
        status = MHD_HTTP_SERVICE_UNAVAILABLE;
    if (answer->json)
        respond_json(x, status, answer->json);
    else
        respond(x, status, type_of(x->route.verb), answer->text);
}

static void on_answer(void *context, const struct control_answer *answer)
{
    struct exchange *x = context;
    if (x->connection && !x->is_answered)
        answer_take(x, answer);
    if (x->is_asleep)
        sleep_end(x);
    exchange_unref(x);
}

// Answers what needs no control, and tells whether that was all.
static bool respond_at_once(struct exchange *x)
{
    struct buf text;
    switch (x->route.kind) {
    case ROUTE_CONTROL:
    case ROUTE_HEALTHZ: return false;
    case ROUTE_INDEX:
        buf_init(&text, ANSWER_BYTES_MAX);
        route_index(x->all->version, &text);
        respond(x, MHD_HTTP_OK, "text/plain; charset=utf-8", buf_str(&text));
        buf_done(&text);
        break;
    case ROUTE_NONE: respond_error(x, MHD_HTTP_NOT_FOUND, S("there is nothing at this path"), S("")); break;
    case ROUTE_METHOD: respond_error(x, MHD_HTTP_METHOD_NOT_ALLOWED, S("not with this method"), S("")); break;
    case ROUTE_LOCAL:
        respond_error(x, MHD_HTTP_FORBIDDEN, S("this is done over the Unix socket only"), S("feedwatchctl --help"));
        break;
    case ROUTE_BAD: respond_error(x, MHD_HTTP_BAD_REQUEST, str_of(x->route.err.text), S("")); break;
    }
    return true;
}

static const char *header(struct exchange *x, const char *name)
{
    return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

// The first look at a request, before its body: what is refused by its head is refused here.
static enum MHD_Result begin(struct exchange *x, const char *method)
{
    x->is_begun = true;
    route_find(&x->route, str_of(method), buf_str(&x->target), x->all->is_local);
    const char *host = header(x, MHD_HTTP_HEADER_HOST), *length = header(x, MHD_HTTP_HEADER_CONTENT_LENGTH);
    uint64_t bytes_max = x->all->is_local ? API_BODY_BYTES_MAX : 0, bytes = 0;
    bool is_long = length && !str_to_u64(str_of(length), bytes_max, &bytes);
    if (!x->all->is_local && !route_host_is_ours(str_of(host), x->all->hosts))
        respond_error(x, MHD_HTTP_FORBIDDEN, S("not under this name: ask by address, or as localhost"), S(""));
    else if (is_long)
        respond_error(x, MHD_HTTP_CONTENT_TOO_LARGE, S("the body is larger than is read here"), S(""));
    return x->response ? queue(x) : MHD_YES;
}

static enum MHD_Result ask(struct exchange *x)
{
    if (x->body.is_cut)
        respond_error(x, MHD_HTTP_CONTENT_TOO_LARGE, S("the body is larger than is read here"), S(""));
    else
        route_body(&x->route, buf_str(&x->body));
    if (x->response || respond_at_once(x))
        return queue(x);
    struct control_request request = {.verb = x->route.verb, .id = buf_str(&x->route.id), .args = x->route.args,
                                      .is_open = !x->all->is_local};
    x->holders++;
    control_ask(x->all->control, &request, on_answer, x);
    if (x->response)
        return queue(x);
    sleep_begin(x);
    return MHD_YES;
}

enum MHD_Result exchange_on_request(void *context, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *http, const char *bytes, size_t *n,
                                    void **exchange)
{
    (void)context;
    (void)connection;
    (void)url; // decoded already, which hides a slash inside an id: the raw target is used
    (void)http;
    struct exchange *x = *exchange;
    if (!x->is_begun)
        return begin(x, method);
    if (x->response) // woken up
        return queue(x);
    if (*n > 0) {
        if (x->all->is_local)
            buf_add(&x->body, str_make(bytes, *n));
        *n = 0;
        return MHD_YES;
    }
    return ask(x);
}

void exchanges_give_up(struct exchanges *exchanges)
{
    while (exchanges->asleep) {
        struct exchange *x = exchanges->asleep;
        respond_error(x, MHD_HTTP_SERVICE_UNAVAILABLE, S("the daemon is stopping"), S("feedwatchctl status"));
        sleep_end(x);
    }
}

// Who asks keeps his side open until he has the answer: libmicrohttpd, too, gives one up that can send no more.
static bool has_left(const struct exchange *x)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    assert(info);
    struct pollfd fd = {.fd = info->connect_fd, .events = POLLRDHUP};
    return poll(&fd, 1, 0) > 0;
}

void exchanges_look(struct exchanges *exchanges)
{
    for (struct exchange *x = exchanges->asleep, *next; x; x = next) {
        next = x->next;
        if (!has_left(x))
            continue;
        respond_error(x, MHD_HTTP_SERVICE_UNAVAILABLE, S("the connection was closed before the answer came"), S(""));
        sleep_end(x);
    }
}
