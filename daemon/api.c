// SPDX-License-Identifier: MIT
//
// The server of the control API: its faces and their life in the main loop. See api.h; what happens to one request
// is in api_exchange.c.
//
// libmicrohttpd waits in an epoll descriptor of its own. The loop polls that descriptor; when it is readable, or when
// libmicrohttpd's own timeout is due, MHD_run does what there is to do and returns.
#include "daemon/api.h"

#include <assert.h>
#include <microhttpd.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/api_exchange.h"
#include "daemon/api_socket.h"

enum {
    IDLE_S = 120,   // a kept-alive connection that asks nothing is closed
    LOOK_MS = 1000, // whether who waits for an answer is still there
};

struct face {
    struct exchanges exchanges;
    struct api *api;
    struct MHD_Daemon *daemon; // NULL: this face is not open
    uv_poll_t poll;
    uv_timer_t timer;
    uv_timer_t look; // runs while somebody waits for an answer
    bool is_woken; // a connection was resumed since the last MHD_run began
};

struct api {
    struct face local, tcp;
    char *socket_path;
    char *version;
    int handles; // of libuv, open
    bool is_closing;
    void (*on_closed)(void *context);
    void *closed_context;
};

static void face_run(struct face *face);

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    face_run(poll->data);
}

static void on_due(uv_timer_t *timer) { face_run(timer->data); }

static bool is_full(const struct face *face)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(face->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    assert(info);
    return info->num_connections >= API_CONNECTIONS_MAX;
}

static void on_look(uv_timer_t *look)
{
    struct face *face = look->data;
    exchanges_look(&face->exchanges);
    if (!face->exchanges.asleep)
        uv_timer_stop(look);
}

static void face_run(struct face *face)
{
    if (!face->daemon)
        return;
    face->is_woken = false;
    bool was_full = is_full(face);
    MHD_run(face->daemon);
    if (was_full && !is_full(face))
        MHD_run(face->daemon); // only the run behind the one that made room takes up listening again
    if (face->exchanges.asleep && !uv_is_active((uv_handle_t *)&face->look))
        uv_timer_start(&face->look, on_look, LOOK_MS, LOOK_MS);
    MHD_UNSIGNED_LONG_LONG due_ms = 0;
    if (face->is_woken || MHD_get_timeout(face->daemon, &due_ms) == MHD_YES)
        uv_timer_start(&face->timer, on_due, due_ms, 0);
    else
        uv_timer_stop(&face->timer);
}

static void on_wake(struct exchanges *exchanges)
{
    struct face *face = (struct face *)((char *)exchanges - offsetof(struct face, exchanges));
    face->is_woken = true;
    uv_timer_start(&face->timer, on_due, 0, 0);
}

static void on_log(void *context, const char *format, va_list args)
{
    // What libmicrohttpd has to say is about broken clients; the daemon's log is for its administrator.
    (void)context;
    (void)format;
    (void)args;
}

static bool face_open(struct face *face, struct api *api, uv_loop_t *loop, int fd, struct err *err)
{
    face->api = api;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    face->daemon = MHD_start_daemon(flags, 0, NULL, NULL, exchange_on_request, &face->exchanges,
                                    MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,                       //
                                    MHD_OPTION_LISTEN_SOCKET, fd,                                   //
                                    MHD_OPTION_CONNECTION_LIMIT, (unsigned)API_CONNECTIONS_MAX,     //
                                    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,                //
                                    MHD_OPTION_STRICT_FOR_CLIENT, 1,                                //
                                    MHD_OPTION_URI_LOG_CALLBACK, exchange_on_target, &face->exchanges, //
                                    MHD_OPTION_NOTIFY_COMPLETED, exchange_on_completed, &face->exchanges, //
                                    MHD_OPTION_END);
    if (!face->daemon) {
        close(fd);
        return err_set(err, "control API: libmicrohttpd does not start");
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(face->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    assert(info);
    uv_poll_init(loop, &face->poll, info->epoll_fd);
    uv_timer_init(loop, &face->timer);
    uv_timer_init(loop, &face->look);
    face->poll.data = face->timer.data = face->look.data = face;
    api->handles += 3;
    uv_poll_start(&face->poll, UV_READABLE, on_readable);
    return true;
}

static void api_free(struct api *api)
{
    mem_free(api->socket_path);
    mem_free(api->version);
    mem_free(api);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct face *face = handle->data;
    struct api *api = face->api;
    if (--api->handles > 0)
        return;
    if (api->on_closed)
        api->on_closed(api->closed_context);
    api_free(api);
}

// The poll handle goes first: the epoll descriptor is libmicrohttpd's and is closed with it.
static void face_close(struct face *face)
{
    if (!face->daemon)
        return;
    uv_poll_stop(&face->poll);
    exchanges_give_up(&face->exchanges);
    MHD_run(face->daemon);
    MHD_stop_daemon(face->daemon);
    face->daemon = NULL;
    uv_close((uv_handle_t *)&face->poll, on_handle_closed);
    uv_close((uv_handle_t *)&face->timer, on_handle_closed);
    uv_close((uv_handle_t *)&face->look, on_handle_closed);
}

bool api_open(struct api **out, uv_loop_t *loop, struct control *control, const struct api_options *options,
              struct err *err)
{
    struct api *api = mem_alloc(sizeof *api);
    api->version = mem_dupz(str_of(options->version));
    api->local.exchanges = (struct exchanges){.control = control, .version = api->version, .wake = on_wake};
    api->local.exchanges.is_local = true;
    api->tcp.exchanges = (struct exchanges){.control = control, .version = api->version, .wake = on_wake};
    api->tcp.exchanges.hosts = options->hosts;
    int fd;
    bool is_open = true;
    if (options->socket_path) {
        is_open = api_socket_unix(options->socket_path, &fd, err) && face_open(&api->local, api, loop, fd, err);
        if (is_open)
            api->socket_path = mem_dupz(str_of(options->socket_path));
    }
    if (is_open && options->listen)
        is_open = api_socket_tcp(options->listen, &fd, err) && face_open(&api->tcp, api, loop, fd, err);
    if (is_open)
        *out = api;
    else if (api->handles > 0)
        api_close(api, NULL, NULL); // frees itself when the loop has closed the first face
    else
        api_free(api);
    return is_open;
}

void api_close(struct api *api, void (*on_closed)(void *context), void *context)
{
    assert(!api->is_closing);
    api->is_closing = true;
    api->on_closed = on_closed;
    api->closed_context = context;
    if (api->socket_path)
        unlink(api->socket_path);
    if (api->handles == 0) { // neither face was wanted
        if (on_closed)
            on_closed(context);
        api_free(api);
        return;
    }
    face_close(&api->local);
    face_close(&api->tcp);
}
