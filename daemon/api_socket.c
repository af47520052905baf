// SPDX-License-Identifier: MIT
//
// Listening sockets. See api_socket.h.
#include "daemon/api_socket.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { LISTEN_BACKLOG = 64, PORT_BYTES = sizeof "65535", HOST_BYTES = 256, SOCKET_MODE = 0660 };

// Tells whether somebody answers at a Unix socket.
static bool is_answered(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool yes = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0;
    if (fd >= 0)
        close(fd);
    return yes;
}

// Removes a socket file that a daemon left when it was killed.
static bool leftover_remove(const struct sockaddr_un *address, struct err *err)
{
    struct stat file;
    if (lstat(address->sun_path, &file) != 0)
        return errno == ENOENT || err_set(err, "control socket %s: %s", address->sun_path, strerror(errno));
    if (!S_ISSOCK(file.st_mode))
        return err_set(err, "control socket %s: there is a file of that name that is no socket; remove it",
                       address->sun_path);
    if (is_answered(address))
        return err_set(err, "control socket %s: another feedwatchd answers there", address->sun_path);
    return unlink(address->sun_path) == 0 || err_set(err, "control socket %s: %s", address->sun_path, strerror(errno));
}

bool api_socket_unix(const char *path, int *out_fd, struct err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n > API_SOCKET_PATH_BYTES_MAX)
        return err_set(err, "control socket %s: the path has %zu bytes, the system allows %d; choose a shorter one",
                       path, n, API_SOCKET_PATH_BYTES_MAX);
    memcpy(address.sun_path, path, n);
    if (!leftover_remove(&address, err))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    // The mode is set before listen: until then a connect is refused, whatever the umask made of the file.
    bool is_open = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
                   chmod(path, SOCKET_MODE) == 0 && listen(fd, LISTEN_BACKLOG) == 0;
    if (!is_open) {
        err_set(err, "control socket %s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    *out_fd = fd;
    return true;
}

static bool address_split(const char *listen, char host[HOST_BYTES], char port[PORT_BYTES])
{
    const char *colon = strrchr(listen, ':');
    if (!colon || strlen(colon + 1) == 0 || strlen(colon + 1) >= PORT_BYTES)
        return false;
    struct str name = str_make(listen, (size_t)(colon - listen));
    if (str_starts(name, S("[")) && str_ends(name, S("]")))
        name = str_make(name.p + 1, name.n - 2);
    if (name.n >= HOST_BYTES)
        return false;
    snprintf(host, HOST_BYTES, "%.*s", STR_ARG(name));
    snprintf(port, PORT_BYTES, "%s", colon + 1);
    return true;
}

static int listen_on(const struct addrinfo *a)
{
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    int yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes); // a restart must not wait for TIME_WAIT to end
    if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, LISTEN_BACKLOG) == 0)
        return fd;
    int code = errno;
    close(fd);
    errno = code;
    return -1;
}

bool api_socket_tcp(const char *listen, int *out_fd, struct err *err)
{
    char host[HOST_BYTES], port[PORT_BYTES];
    if (!address_split(listen, host, port))
        return err_set(err, "listen %s: expected ADDRESS:PORT, as 127.0.0.1:8377", listen);
    struct addrinfo wanted = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *found = NULL;
    int code = getaddrinfo(host[0] ? host : NULL, port, &wanted, &found);
    if (code != 0)
        return err_set(err, "listen %s: %s", listen, gai_strerror(code));
    int fd = -1;
    for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next)
        fd = listen_on(a);
    freeaddrinfo(found);
    if (fd < 0)
        return err_set(err, "listen %s: %s%s", listen, strerror(errno),
                       errno == EADDRINUSE ? "; stop who listens there, or write another `listen`" : "");
    *out_fd = fd;
    return true;
}
