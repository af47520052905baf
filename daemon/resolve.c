// SPDX-License-Identifier: MIT
#include "daemon/resolve.h"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/table.h"

struct resolve_question {
    struct resolve_question *next, **back; // in its name's list
    resolve_answer_fn answer;
    void *context;
};

struct name {
    UT_hash_handle hh;
    struct resolve *owner;
    struct resolve_question *waiting;
    bool is_asking;
    uint64_t until_ms; // of the loop's clock
    const char *why;   // failed
    size_t n;          // bytes of addresses
    char addresses[RESOLVE_TEXT_BYTES];
    size_t n_host;
    char host[];
};

struct watch { // a socket of c-ares in the loop
    uv_poll_t poll;
    struct resolve *owner;
    ares_socket_t socket;
    struct watch *next;
};

struct resolve {
    uv_loop_t *loop;
    const struct resolve_files *files;
    ares_channel channel;
    uv_timer_t timer;
    struct watch *watches;
    struct name *names;
    uint64_t looked_ms;
    struct timespec read_at[2]; // of resolv.conf and hosts
    bool is_closing;
    uint32_t telling; // answers being told: c-ares is on the stack, and its channel must stay
    size_t handles;
};

const struct resolve_files resolve_system_files = {"/etc/resolv.conf", "/etc/hosts", 0};

static void free_when_closed(struct resolve *r)
{
    if (r->is_closing && r->handles == 0)
        mem_free(r);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct resolve *r = handle->data;
    r->handles--;
    free_when_closed(r);
}

static void on_watch_closed(uv_handle_t *handle)
{
    struct watch *w = handle->data;
    struct resolve *r = w->owner;
    mem_free(w);
    r->handles--;
    free_when_closed(r);
}

static void arm_timer(struct resolve *r);

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct watch *w = poll->data;
    struct resolve *r = w->owner;
    bool is_readable = status < 0 || (events & UV_READABLE);
    bool is_writable = status < 0 || (events & UV_WRITABLE);
    ares_socket_t socket = w->socket;
    ares_process_fd(r->channel, is_readable ? socket : ARES_SOCKET_BAD, is_writable ? socket : ARES_SOCKET_BAD);
    if (!r->is_closing)
        arm_timer(r);
}

static void on_timer(uv_timer_t *timer)
{
    struct resolve *r = timer->data;
    ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    if (!r->is_closing)
        arm_timer(r);
}

static void arm_timer(struct resolve *r)
{
    struct timeval left;
    if (!ares_timeout(r->channel, NULL, &left)) {
        uv_timer_stop(&r->timer);
        return;
    }
    uint64_t ms = (uint64_t)left.tv_sec * 1000 + (uint64_t)left.tv_usec / 1000;
    uv_timer_start(&r->timer, on_timer, ms + 1, 0);
}

static void on_socket(void *context, ares_socket_t socket, int readable, int writable)
{
    struct resolve *r = context;
    struct watch **at = &r->watches;
    while (*at && (*at)->socket != socket)
        at = &(*at)->next;
    struct watch *w = *at;
    if (!readable && !writable) {
        if (w) {
            *at = w->next;
            uv_poll_stop(&w->poll);
            uv_close((uv_handle_t *)&w->poll, on_watch_closed);
        }
        return;
    }
    if (!w) {
        w = mem_alloc(sizeof *w);
        *w = (struct watch){.owner = r, .socket = socket, .next = r->watches};
        r->watches = w;
        uv_poll_init_socket(r->loop, &w->poll, socket);
        w->poll.data = w;
        r->handles++;
    }
    uv_poll_start(&w->poll, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0), on_ready);
}

// Notes when the files were last written. Returns whether that is news.
static bool note_files(struct resolve *r)
{
    const char *const files[] = {r->files->resolv_conf, r->files->hosts};
    bool has_changed = false;
    for (size_t i = 0; i < 2; i++) {
        struct stat s = {0};
        if (stat(files[i], &s) != 0)
            s.st_mtim = (struct timespec){0};
        if (s.st_mtim.tv_sec != r->read_at[i].tv_sec || s.st_mtim.tv_nsec != r->read_at[i].tv_nsec)
            has_changed = true;
        r->read_at[i] = s.st_mtim;
    }
    return has_changed;
}

static bool open_channel(struct resolve *r, struct err *err)
{
    struct ares_options options = {.timeout = 3000, .tries = 3, .sock_state_cb = on_socket, .sock_state_cb_data = r,
                                   .resolvconf_path = (char *)(uintptr_t)r->files->resolv_conf,
                                   .udp_port = r->files->port, .tcp_port = r->files->port};
    int set = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB | ARES_OPT_RESOLVCONF;
    if (r->files->port)
        set |= ARES_OPT_UDP_PORT | ARES_OPT_TCP_PORT;
    int status = ares_init_options(&r->channel, &options, set);
    return status == ARES_SUCCESS || err_set(err, "the resolver cannot start: %s", ares_strerror(status));
}

struct resolve *resolve_open(uv_loop_t *loop, const struct resolve_files *files, struct err *err)
{
    struct resolve *r = mem_alloc(sizeof *r);
    r->loop = loop;
    r->files = files;
    if (!open_channel(r, err)) {
        mem_free(r);
        return NULL;
    }
    note_files(r);
    uv_timer_init(loop, &r->timer);
    r->timer.data = r;
    r->handles = 1;
    return r;
}

static void drop_name(struct resolve *r, struct name *name)
{
    HASH_DEL(r->names, name);
    mem_free(name);
}

void resolve_close(struct resolve *r)
{
    if (!r)
        return;
    r->is_closing = true;
    struct name *name, *next;
    HASH_ITER(hh, r->names, name, next)
        for (struct resolve_question *q = name->waiting, *after; q; q = after) {
            after = q->next;
            mem_free(q);
        }
    HASH_ITER(hh, r->names, name, next)
        name->waiting = NULL;
    ares_destroy(r->channel); // ends every question with ARES_EDESTRUCTION
    HASH_ITER(hh, r->names, name, next)
        drop_name(r, name);
    uv_close((uv_handle_t *)&r->timer, on_timer_closed);
}

static void on_answer(void *context, int status, int timeouts, struct ares_addrinfo *found);

static void ask(struct resolve *r, struct name *name)
{
    static const struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_flags = ARES_AI_NOSORT};
    ares_getaddrinfo(r->channel, name->host, NULL, &hints, on_answer, name); // may answer at once (hosts file)
    arm_timer(r);
}

// Where a file has changed, asks the new servers: also what is being asked, for the old ones may be out of reach, and
// a daemon with many feeds always asks something.
static void look_at_files(struct resolve *r)
{
    uint64_t now = uv_now(r->loop);
    if (r->telling)
        return;
    if (r->looked_ms && now - r->looked_ms < RESOLVE_LOOK_MS)
        return;
    r->looked_ms = now ? now : 1;
    if (!note_files(r))
        return;
    ares_channel old = r->channel;
    struct err err;
    if (!open_channel(r, &err)) {
        r->channel = old; // a half-written file: the old servers still serve
        return;
    }
    ares_destroy(old); // its questions end and stay open
    struct name **asking = mem_alloc_array(HASH_COUNT(r->names) + 1, sizeof *asking), *name, *next;
    size_t n = 0;
    HASH_ITER(hh, r->names, name, next) {
        if (name->is_asking)
            asking[n++] = name; // nothing frees it before it is answered
        else
            drop_name(r, name);
    }
    for (size_t i = 0; i < n; i++)
        ask(r, asking[i]);
    mem_free(asking);
}

static size_t count_family(const struct ares_addrinfo *found, int family)
{
    size_t n = 0;
    for (const struct ares_addrinfo_node *node = found->nodes; node; node = node->ai_next)
        n += node->ai_family == family;
    return n;
}

// Adds at most `most` addresses of a family and lowers *ttl_s to the least of theirs.
static void add_addresses(const struct ares_addrinfo *found, int family, size_t most, struct name *name, int64_t *ttl_s)
{
    size_t count = 0;
    for (const struct ares_addrinfo_node *node = found->nodes; node; node = node->ai_next) {
        if (node->ai_family != family || count >= most)
            continue;
        char text[INET6_ADDRSTRLEN];
        const void *bytes = family == AF_INET
                                ? (const void *)&((const struct sockaddr_in *)(const void *)node->ai_addr)->sin_addr
                                : (const void *)&((const struct sockaddr_in6 *)(const void *)node->ai_addr)->sin6_addr;
        if (!inet_ntop(family, bytes, text, sizeof text))
            continue;
        size_t n = strlen(text);
        if (name->n)
            name->addresses[name->n++] = ',';
        memcpy(name->addresses + name->n, text, n);
        name->n += n;
        count++;
        if (*ttl_s < 0 || node->ai_ttl < *ttl_s)
            *ttl_s = node->ai_ttl;
    }
}

// IPv6 first; where there are too many, neither family leaves the other out: a host may reach only one of them.
static void take_addresses(const struct ares_addrinfo *found, struct name *name, int64_t *ttl_s)
{
    size_t n4 = count_family(found, AF_INET), n6 = count_family(found, AF_INET6);
    size_t half = RESOLVE_ADDRESSES_MAX / 2;
    size_t most6 = RESOLVE_ADDRESSES_MAX - (n4 < half ? n4 : half);
    n6 = n6 < most6 ? n6 : most6;
    add_addresses(found, AF_INET6, n6, name, ttl_s);
    add_addresses(found, AF_INET, RESOLVE_ADDRESSES_MAX - n6, name, ttl_s);
}

static void tell(struct name *name)
{
    while (name->waiting) {
        struct resolve_question *q = name->waiting;
        name->waiting = q->next;
        if (q->next)
            q->next->back = &name->waiting;
        struct resolve_question said = *q;
        mem_free(q);
        said.answer(said.context, str_make(name->addresses, name->n), name->why);
    }
}

static void on_answer(void *context, int status, int timeouts, struct ares_addrinfo *found)
{
    (void)timeouts;
    struct name *name = context;
    struct resolve *r = name->owner;
    int64_t ttl_s = -1;
    name->n = 0;
    name->why = NULL;
    if (status == ARES_SUCCESS)
        take_addresses(found, name, &ttl_s);
    ares_freeaddrinfo(found);
    if (status == ARES_EDESTRUCTION || r->is_closing)
        return;
    int64_t keep_ms = ttl_s * SECOND_MS;
    if (!name->n) {
        name->why = status == ARES_SUCCESS ? "the name has no address" : ares_strerror(status);
        keep_ms = RESOLVE_FAIL_MS;
    } else if (keep_ms < RESOLVE_TTL_MS_MIN || keep_ms > RESOLVE_TTL_MS_MAX) {
        keep_ms = keep_ms < RESOLVE_TTL_MS_MIN ? RESOLVE_TTL_MS_MIN : RESOLVE_TTL_MS_MAX;
    }
    name->is_asking = false;
    name->until_ms = uv_now(r->loop) + (uint64_t)keep_ms;
    r->telling++;
    tell(name);
    r->telling--;
}

static void make_room(struct resolve *r)
{
    if (HASH_COUNT(r->names) < RESOLVE_CACHE_MAX)
        return;
    struct name *name, *next;
    HASH_ITER(hh, r->names, name, next)
        if (!name->is_asking && !name->waiting)
            drop_name(r, name);
}

struct resolve_question *resolve_ask(struct resolve *r, struct str host, resolve_answer_fn answer, void *context)
{
    look_at_files(r);
    struct name *name = NULL;
    HASH_FIND(hh, r->names, host.p, host.n, name);
    if (name && !name->is_asking && uv_now(r->loop) < name->until_ms) {
        answer(context, str_make(name->addresses, name->n), name->why);
        return NULL;
    }
    if (!name) {
        make_room(r);
        name = mem_alloc(sizeof *name + host.n + 1);
        name->owner = r;
        name->n_host = host.n;
        memcpy(name->host, host.p, host.n);
        HASH_ADD_KEYPTR(hh, r->names, name->host, name->n_host, name);
    }
    struct resolve_question *q = mem_alloc(sizeof *q);
    *q = (struct resolve_question){name->waiting, &name->waiting, answer, context};
    if (name->waiting)
        name->waiting->back = &q->next;
    name->waiting = q;
    if (!name->is_asking) {
        name->is_asking = true;
        ask(r, name);
    }
    return name->is_asking ? q : NULL;
}

void resolve_cancel(struct resolve_question *q)
{
    if (!q)
        return;
    *q->back = q->next;
    if (q->next)
        q->next->back = q->back;
    mem_free(q);
}
