// SPDX-License-Identifier: MIT
#include "daemon/http.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/http_parts.h"
#include "feeds/address.h"
#include "feeds/url.h"

enum { SWEEP_MS = 1000, EVENTS_AT_ONCE = 16 };
enum { TURN_NS = 2000000 }; // after so long the loop gets its turn: a body may cost a millisecond to parse

bool http_library_init(struct err *err)
{
    // curl zeroes twenty small structs a transfer: mem_alloc_array's come from the thread's list, and never fail.
    CURLcode code = curl_global_init_mem(CURL_GLOBAL_ALL, malloc, free, realloc, strdup, mem_alloc_array);
    return code == CURLE_OK || err_set(err, "libcurl cannot start: %s", curl_easy_strerror(code));
}

void http_library_done(void) { curl_global_cleanup(); }

static void unlink_transfer(struct http_transfer **list, struct http_transfer *t)
{
    if (t->prev)
        t->prev->next = t->next;
    else
        *list = t->next;
    if (t->next)
        t->next->prev = t->prev;
    t->next = t->prev = NULL;
}

static void link_transfer(struct http_transfer **list, struct http_transfer *t)
{
    t->prev = NULL;
    t->next = *list;
    if (*list)
        (*list)->prev = t;
    *list = t;
}

// Takes a transfer from whatever it waits for, back to the pool.
static void retire(struct http_transfer *t)
{
    struct http *h = t->http;
    if (t->state == TRANSFER_RUNNING)
        curl_multi_remove_handle(h->multi, t->easy);
    resolve_cancel(t->question);
    t->question = NULL;
    unlink_transfer(t->state == TRANSFER_ENDED ? &h->ended : &h->running, t);
    transfer_clear(t);
    t->state = TRANSFER_IDLE;
    link_transfer(&h->pool, t);
    h->n_running--;
}

static void tell_end(struct http_transfer *t)
{
    char text[CURL_ERROR_SIZE], address[sizeof t->address];
    memcpy(text, t->text, sizeof text);
    memcpy(address, t->address, sizeof address);
    struct http_result result = {
        .status = t->status,
        .fault = t->fault,
        .text = str_of(text),
        .address = str_of(address),
        .took_ms = (uint32_t)((uv_hrtime() - t->started_ns) / 1000000),
        .body_bytes = t->body_bytes,
    };
    void *context = t->request.context;
    void (*done)(void *, const struct http_result *) = t->request.done;
    retire(t); // first: done may start the next one with this very handle
    done(context, &result);
}

static void take_finished(struct http *h)
{
    int left;
    for (CURLMsg *m; !h->is_closing && (m = curl_multi_info_read(h->multi, &left));) {
        if (m->msg != CURLMSG_DONE)
            continue;
        struct http_transfer *t = NULL;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
        transfer_note_end(t, code);
        tell_end(t);
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct http *h = timer->data;
    int running;
    curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    take_finished(h);
}

static int on_curl_timer(CURLM *multi, long timeout_ms, void *context)
{
    (void)multi;
    struct http *h = context;
    if (h->is_closing)
        return 0;
    if (timeout_ms < 0)
        uv_timer_stop(&h->timer);
    else
        uv_timer_start(&h->timer, on_timer, (uint64_t)timeout_ms, 0);
    return 0;
}

static void on_closed(uv_handle_t *handle)
{
    struct http *h = handle->data;
    if (--h->handles > 0)
        return;
    close(h->epoll);
    mem_free(h);
}

// curl's sockets lie in one epoll descriptor of our own, which lies in the loop: a watcher of libuv a socket would cost
// an allocation, a closing callback and twice the system calls a poll.
static void on_ready(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    struct http *h = poll->data;
    struct epoll_event list[EVENTS_AT_ONCE];
    int running;
    int n = epoll_wait(h->epoll, list, EVENTS_AT_ONCE, 0); // what does not fit is ready again at once
    uint64_t until = uv_hrtime() + TURN_NS;
    for (int i = 0; i < n && uv_hrtime() < until; i++) {
        int flags = ((list[i].events & EPOLLIN) ? CURL_CSELECT_IN : 0) |
                    ((list[i].events & EPOLLOUT) ? CURL_CSELECT_OUT : 0) |
                    ((list[i].events & (EPOLLERR | EPOLLHUP)) ? CURL_CSELECT_ERR : 0);
        curl_multi_socket_action(h->multi, list[i].data.fd, flags, &running);
        take_finished(h);
    }
}

static int on_curl_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *assigned)
{
    (void)easy;
    struct http *h = context;
    struct epoll_event event = {
        .events = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) | (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0),
        .data.fd = socket,
    };
    int how = what == CURL_POLL_REMOVE ? EPOLL_CTL_DEL : assigned ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    int failed = epoll_ctl(h->epoll, how, socket, &event);
    assert(!failed || how == EPOLL_CTL_DEL); // curl may have closed it already
    if (how == EPOLL_CTL_ADD)
        curl_multi_assign(h->multi, socket, h);
    return 0;
}

static void on_soon(uv_timer_t *timer)
{
    struct http *h = timer->data;
    while (h->ended && !h->is_closing)
        tell_end(h->ended);
}

static void end_soon(struct http_transfer *t, enum fault fault, const char *text)
{
    struct http *h = t->http;
    t->fault = fault;
    snprintf(t->text, sizeof t->text, "%s", text);
    if (t->state == TRANSFER_RUNNING)
        curl_multi_remove_handle(h->multi, t->easy);
    resolve_cancel(t->question);
    t->question = NULL;
    unlink_transfer(&h->running, t);
    t->state = TRANSFER_ENDED;
    link_transfer(&h->ended, t);
    uv_timer_start(&h->soon, on_soon, 0, 0);
}

static uint32_t head_ms(const struct http_transfer *t)
{
    return t->request.head_ms ? t->request.head_ms : HTTP_HEAD_MS;
}

static void end_headless(struct http_transfer *t)
{
    char text[64];
    snprintf(text, sizeof text, "no header within %u s", head_ms(t) / SECOND_MS);
    end_soon(t, FAULT_TIMEOUT, text);
}

static void on_sweep(uv_timer_t *timer)
{
    struct http *h = timer->data;
    uint64_t now = uv_now(h->loop);
    for (struct http_transfer *t = h->running, *next; t; t = next) {
        next = t->next;
        if (t->state == TRANSFER_RUNNING && !t->has_head && now - t->running_ms > head_ms(t))
            end_headless(t);
        else if (t->state == TRANSFER_RESOLVING && now - t->running_ms > HTTP_CONNECT_MS)
            end_soon(t, FAULT_RESOLVE, "no answer from the resolver within 10 s");
    }
    if (!h->running)
        uv_timer_stop(&h->sweep);
}

struct http *http_open(uv_loop_t *loop, const struct http_options *options, struct err *err)
{
    struct http *h = mem_alloc(sizeof *h);
    h->loop = loop;
    h->resolve = resolve_open(loop, &resolve_system_files, err);
    if (!h->resolve) {
        mem_free(h);
        return NULL;
    }
    h->multi = curl_multi_init();
    h->epoll = epoll_create1(EPOLL_CLOEXEC);
    assert(h->multi && h->epoll >= 0);
    uv_poll_init(loop, &h->sockets, h->epoll);
    h->sockets.data = h;
    h->handles++;
    uv_poll_start(&h->sockets, UV_READABLE, on_ready);
    struct arena a;
    arena_init(&a, HTTP_HEAD_BYTES_MAX);
    h->agent_line = mem_dupz(arena_fmt(&a, "User-Agent: %s", options->user_agent));
    arena_done(&a);
    h->ca = mem_dupz(str_of(options->ca ? options->ca : "/etc/ssl/certs/ca-certificates.crt"));
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)options->connections_max);
    curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    uv_timer_t *timers[] = {&h->timer, &h->sweep, &h->soon};
    for (size_t i = 0; i < 3; i++) {
        uv_timer_init(loop, timers[i]);
        timers[i]->data = h;
        h->handles++;
    }
    return h;
}

static void free_all(struct http_transfer *list)
{
    for (struct http_transfer *next; list; list = next) {
        next = list->next;
        transfer_free(list);
    }
}

void http_close(struct http *h)
{
    if (!h)
        return;
    while (h->running || h->ended)
        retire(h->running ? h->running : h->ended);
    h->is_closing = true;
    free_all(h->pool);
    curl_multi_cleanup(h->multi);
    resolve_close(h->resolve);
    mem_free(h->agent_line);
    mem_free(h->ca);
    uv_close((uv_handle_t *)&h->sockets, on_closed);
    uv_close((uv_handle_t *)&h->timer, on_closed);
    uv_close((uv_handle_t *)&h->sweep, on_closed);
    uv_close((uv_handle_t *)&h->soon, on_closed);
}

static void run(struct http_transfer *t, struct str addresses)
{
    struct http *h = t->http;
    transfer_prepare(t, addresses);
    t->state = TRANSFER_RUNNING;
    t->running_ms = uv_now(h->loop);
    curl_multi_add_handle(h->multi, t->easy);
}

static void on_resolved(void *context, struct str addresses, const char *why)
{
    struct http_transfer *t = context;
    t->question = NULL;
    if (addresses.n) {
        run(t, addresses);
        return;
    }
    char text[160];
    snprintf(text, sizeof text, "the host name cannot be resolved: %s", why);
    end_soon(t, FAULT_RESOLVE, text);
}

struct http_transfer *http_start(struct http *h, const struct http_request *request)
{
    struct http_transfer *t = h->pool;
    if (t)
        unlink_transfer(&h->pool, t);
    else
        t = transfer_new(h);
    t->request = *request;
    t->head_bytes = t->body_bytes = 0;
    t->has_head = false;
    t->fault = FAULT_NONE;
    t->status = 0;
    t->text[0] = t->own[0] = t->address[0] = 0;
    t->started_ns = uv_hrtime();
    t->running_ms = uv_now(h->loop);
    t->state = TRANSFER_RESOLVING;
    link_transfer(&h->running, t);
    h->n_running++;
    if (!uv_is_active((uv_handle_t *)&h->sweep))
        uv_timer_start(&h->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    struct arena a;
    arena_init(&a, URL_BYTES_MAX);
    struct str host = url_host(&a, str_of(request->url));
    unsigned char bytes[16];
    if (!host.n)
        end_soon(t, FAULT_ADDRESS, "the address has no host");
    else if (request->proxy || address_read(host, bytes))
        run(t, (struct str){0});
    else
        t->question = resolve_ask(h->resolve, host, on_resolved, t);
    arena_done(&a);
    return t;
}

void http_cancel(struct http_transfer *t)
{
    if (t)
        retire(t);
}

size_t http_running(const struct http *h) { return h->n_running; }
