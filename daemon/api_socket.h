// SPDX-License-Identifier: MIT
//
// The listening sockets of the control API.
#ifndef DAEMON_API_SOCKET_H
#define DAEMON_API_SOCKET_H

#include "base/err.h"

enum { API_SOCKET_PATH_BYTES_MAX = 107 }; // sockaddr_un without its NUL

// Listens on a Unix socket with mode 0660, in a directory that exists. A socket file that nobody answers any more is
// replaced; one that is answered, or a file that is no socket, is an error. The caller closes *out_fd.
bool api_socket_unix(const char *path, int *out_fd, struct err *err) MUST_CHECK;

// Listens on "127.0.0.1:8377", "[::1]:8377", "localhost:8377" or ":8377" (all addresses). The caller closes *out_fd.
bool api_socket_tcp(const char *listen, int *out_fd, struct err *err) MUST_CHECK;

#endif
