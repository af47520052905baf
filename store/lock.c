// SPDX-License-Identifier: MIT
//
// The lock of a state directory. See lock.h.
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

static bool refuse(int fd, const char *directory, struct err *err)
{
    char text[32] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    struct str pid = str_trim(str_make(text, n > 0 ? (size_t)n : 0));
    return err_set(err, "another feedwatchd (pid %.*s) has the state directory %s: stop it, or give this one its own",
                   STR_ARG(pid.n ? pid : S("unknown")), directory);
}

int lock_take(const char *directory, struct err *err)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/lock", directory);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        err_set(err, "cannot make %s: %s", path, strerror(errno));
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            refuse(fd, directory, err);
        else
            err_set(err, "cannot lock %s: %s", path, strerror(errno));
        close(fd);
        return -1;
    }
    char pid[32];
    int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)n, 0) != n) {
        // A full disk must not keep the daemon from starting: without the pid only the message above is poorer.
        errno = 0;
    }
    return fd;
}

void lock_give(int lock)
{
    if (lock >= 0)
        close(lock);
}
