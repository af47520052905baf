// SPDX-License-Identifier: MIT
//
// The client side of the control API. See client.h. One easy handle, one request, blocking: nothing else happens in
// this process meanwhile.
#include "daemon/ctl/client.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/ctl/say.h"

struct reply {
    long status;
    CURLcode code;
    int os_errno; // of a connection that could not be made
};

// Looks for the socket: as given, else this user's own daemon where its socket exists, else the system's.
static void socket_path(const struct ctl_call *call, struct buf *out)
{
    if (call->socket) {
        buf_add(out, str_of(call->socket));
        return;
    }
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (runtime && runtime[0] == '/') {
        buf_addf(out, "%s/feedwatch/control.sock", runtime);
        if (access(buf_z(out), F_OK) == 0)
            return;
        buf_reset(out);
    }
    buf_add(out, S("/run/feedwatch/control.sock"));
}

static size_t on_bytes(char *p, size_t size, size_t n, void *out)
{
    return buf_add(out, str_make(p, size * n)) ? size * n : 0;
}

// Connects once by hand: libcurl does not say why a Unix socket refused.
static int connect_errno(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    int code = connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
    close(fd);
    return code;
}

static struct reply request(const char *socket, const char *method, const char *path, const struct str *body,
                            struct buf *out)
{
    struct reply reply = {.os_errno = connect_errno(socket)};
    if (reply.os_errno != 0) {
        reply.code = CURLE_COULDNT_CONNECT;
        return reply;
    }
    CURL *easy = curl_easy_init();
    struct buf url;
    buf_init(&url, 64 << 10);
    buf_addf(&url, "http://localhost%s", path);
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, socket);
    curl_easy_setopt(easy, CURLOPT_URL, buf_z(&url));
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); // an operand "." is no folder: without it, all would be meant
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)(strcmp(method, "GET") ? CLIENT_WAIT_LONG_S : CLIENT_WAIT_S));
    if (body) {
        headers = curl_slist_append(headers, "Content-Type: application/json");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->n);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body->p ? body->p : "");
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, out);
    reply.code = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply.status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(easy);
    buf_done(&url);
    return reply;
}

static int tell_unreachable(const struct ctl_call *call, const char *socket, int os_errno)
{
    if (os_errno == EACCES || os_errno == EPERM)
        return say_error(call, CTL_UNAVAILABLE, "sudo usermod -aG feedwatch \"$USER\", then log in again (or use sudo)",
                         "you may not ask the daemon: %s is for its user and its group (of the service: feedwatch)",
                         socket);
    if (os_errno == ENAMETOOLONG)
        return say_error(call, CTL_USAGE, NULL, "the socket's path is over 107 bytes, the system's limit: %s", socket);
    const char *why = strerror(os_errno);
    if (os_errno == ENOENT || os_errno == ECONNREFUSED)
        why = os_errno == ENOENT ? "there is no socket" : "nobody listens";
    return say_error(call, CTL_UNAVAILABLE,
                     "systemctl start feedwatchd (or feedwatchd --foreground; --socket PATH for one elsewhere)\n"
                     "  without it: check, feeds parse, rules check, rules test, rules match",
                     "the daemon is not running: %s at %s", why, socket);
}

static int tell_transport(const struct ctl_call *call, const char *socket, const struct reply *reply)
{
    if (reply->os_errno != 0)
        return tell_unreachable(call, socket, reply->os_errno);
    if (reply->code == CURLE_OPERATION_TIMEDOUT)
        return say_error(call, CTL_TEMPORARY, "feedwatchctl health", "the daemon did not answer in time");
    return say_error(call, CTL_TEMPORARY, "feedwatchctl health", "the daemon broke off its answer: %s",
                     curl_easy_strerror(reply->code));
}

static int exit_of_status(long status)
{
    switch (status) {
    case 400: return CTL_USAGE;
    case 404: return CTL_NOT_FOUND;
    case 422: return CTL_CONFIG;
    case 503: return CTL_TEMPORARY;
    default: return status < 500 ? CTL_REFUSED : CTL_INTERNAL;
    }
}

static int tell_refusal(const struct ctl_call *call, long status, struct str body)
{
    json_t *answer = json_loadb(body.p ? body.p : "", body.n, 0, NULL);
    const char *error = json_string_value(json_object_get(answer, "error"));
    const char *next = json_string_value(json_object_get(answer, "next"));
    int code = error ? say_error(call, exit_of_status(status), next, "%s", error)
                     : say_error(call, CTL_INTERNAL, NULL, "the daemon answered %ld without a reason", status);
    json_decref(answer);
    return code;
}

enum patience { PATIENCE_NONE, PATIENCE_POLL };

static int ask(const struct ctl_call *call, enum patience patience, const char *method, const char *path,
               const struct str *body, struct buf *out)
{
    struct buf socket;
    buf_init(&socket, 4096);
    socket_path(call, &socket);
    struct reply reply = request(buf_z(&socket), method, path, body, out);
    int code = CTL_OK;
    if (patience == PATIENCE_POLL && (reply.code != CURLE_OK || reply.status == 503))
        code = CTL_TEMPORARY;
    else if (reply.code != CURLE_OK)
        code = tell_transport(call, buf_z(&socket), &reply);
    else if (reply.status >= 300)
        code = tell_refusal(call, reply.status, buf_str(out));
    buf_done(&socket);
    return code;
}

int client_text(const struct ctl_call *call, const char *method, const char *path, struct str body, struct buf *out)
{
    return ask(call, PATIENCE_NONE, method, path, body.n > 0 ? &body : NULL, out);
}

static int ask_json(const struct ctl_call *call, enum patience patience, const char *method, const char *path,
                    const struct str *body, json_t **out)
{
    struct buf answer;
    buf_init(&answer, SAY_BYTES_MAX);
    int code = ask(call, patience, method, path, body, &answer);
    if (code == CTL_OK) {
        json_error_t why;
        json_t *value = json_loadb(buf_z(&answer), answer.n, 0, &why);
        if (value)
            *out = value;
        else
            code = say_error(call, CTL_INTERNAL, "feedwatchctl --version; feedwatchd --version",
                             "the daemon answered what is no JSON: %s", why.text);
    }
    buf_done(&answer);
    return code;
}

int client_ask(const struct ctl_call *call, const char *method, const char *path, json_t *body, json_t **out)
{
    char *sent = body ? json_dumps(body, JSON_COMPACT) : NULL;
    json_decref(body);
    struct str view = str_of(sent);
    int code = ask_json(call, PATIENCE_NONE, method, path, sent ? &view : NULL, out);
    free(sent);
    return code;
}

int client_poll(const struct ctl_call *call, const char *path, json_t **out)
{
    return ask_json(call, PATIENCE_POLL, "GET", path, NULL, out);
}

bool client_is_up(const struct ctl_call *call)
{
    struct buf socket;
    buf_init(&socket, 4096);
    socket_path(call, &socket);
    bool is_up = connect_errno(buf_z(&socket)) == 0;
    buf_done(&socket);
    return is_up;
}

void client_escape(struct buf *path, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (char_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~')
            buf_add_char(path, c);
        else
            buf_addf(path, "%%%02X", (unsigned)(unsigned char)c);
    }
}

void client_query(struct buf *path, const char *name, const char *value)
{
    if (!value)
        return;
    buf_add_char(path, str_find_char(buf_str(path), '?') < path->n ? '&' : '?');
    buf_addf(path, "%s=", name);
    client_escape(path, str_of(value));
}
