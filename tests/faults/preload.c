// SPDX-License-Identifier: MIT
//
// Loaded by LD_PRELOAD into the daemon of a scene; see fault.h. Each call here is libc's own unless the page says that
// it is to fail or to hang. The page is mapped at the first call and stays.
#define _GNU_SOURCE
#include "tests/faults/fault.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at);
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t n);

// Returns the page, or NULL where none is named. Two threads may map it at once: both views are of one file.
static struct fault_page *page(void)
{
    static struct fault_page *mapped;
    static bool is_asked;
    struct fault_page *p = __atomic_load_n(&mapped, __ATOMIC_ACQUIRE);
    if (p || __atomic_load_n(&is_asked, __ATOMIC_ACQUIRE))
        return p;
    const char *path = getenv(FAULT_ENV);
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd >= 0) {
        void *at = mmap(NULL, FAULT_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (at != MAP_FAILED)
            p = at;
        close(fd);
    }
    __atomic_store_n(&mapped, p, __ATOMIC_RELEASE);
    __atomic_store_n(&is_asked, true, __ATOMIC_RELEASE);
    return p;
}

static bool has_prefix(const struct fault_page *p, const char *path)
{
    return strncmp(path, p->prefix, strlen(p->prefix)) == 0;
}

static bool is_under_prefix(const struct fault_page *p, int fd)
{
    char link[64], path[512];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0)
        return false;
    path[n] = '\0';
    return has_prefix(p, path);
}

static bool is_to_hang(const struct fault_page *p, enum fault_hang call)
{
    return p && __atomic_load_n(&p->hang, __ATOMIC_ACQUIRE) == (int32_t)call;
}

// Holds the caller, in pieces of a millisecond, until the page lets it go.
static void hold(struct fault_page *p, enum fault_hang call)
{
    const struct timespec piece = {.tv_nsec = 1000000};
    __atomic_add_fetch(&p->hung, 1, __ATOMIC_ACQ_REL);
    while (is_to_hang(p, call))
        nanosleep(&piece, NULL);
}

// Tells whether a call on fd is to fail, and sets errno then.
static bool is_to_fail(int fd, bool is_sync)
{
    struct fault_page *p = page();
    int error = !p ? 0 : __atomic_load_n(is_sync ? &p->sync_error : &p->write_error, __ATOMIC_ACQUIRE);
    if (!error || !is_under_prefix(p, fd))
        return false;
    __atomic_add_fetch(&p->failed, 1, __ATOMIC_ACQ_REL);
    errno = error;
    return true;
}

static void *libc(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        abort();
    return found;
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    return is_to_fail(fd, false) ? -1 : ((ssize_t(*)(int, const void *, size_t))libc("write"))(fd, bytes, n);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    return is_to_fail(fd, false) ? -1 : ((ssize_t(*)(int, const void *, size_t, off_t))libc("pwrite"))(fd, bytes, n, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
    return is_to_fail(fd, false) ? -1
                                 : ((ssize_t(*)(int, const void *, size_t, off64_t))libc("pwrite64"))(fd, bytes, n, at);
}

int fsync(int fd)
{
    struct fault_page *p = page();
    if (is_to_hang(p, FAULT_HANG_SYNC) && is_under_prefix(p, fd))
        hold(p, FAULT_HANG_SYNC);
    return is_to_fail(fd, true) ? -1 : ((int (*)(int))libc("fsync"))(fd);
}

int fdatasync(int fd) { return is_to_fail(fd, true) ? -1 : ((int (*)(int))libc("fdatasync"))(fd); }

int stat(const char *restrict path, struct stat *restrict out)
{
    struct fault_page *p = page();
    if (is_to_hang(p, FAULT_HANG_STAT) && has_prefix(p, path))
        hold(p, FAULT_HANG_STAT);
    return ((int (*)(const char *, struct stat *))libc("stat"))(path, out);
}

// ---- sleep --------------------------------------------------------------------------------------------------------

int clock_gettime(clockid_t id, struct timespec *out)
{
    struct fault_page *p = page();
    int64_t slept_ms = p ? __atomic_load_n(&p->slept_ms, __ATOMIC_ACQUIRE) : 0;
    int64_t skipped_ms = p ? __atomic_load_n(&p->skipped_ms, __ATOMIC_ACQUIRE) : 0;
    int64_t ahead_ms = id == CLOCK_REALTIME || id == CLOCK_BOOTTIME ? slept_ms : id == CLOCK_MONOTONIC ? skipped_ms : 0;
    int failed = (int)syscall(SYS_clock_gettime, id, out);
    if (failed || ahead_ms == 0)
        return failed;
    out->tv_sec += ahead_ms / 1000;
    out->tv_nsec += ahead_ms % 1000 * 1000000;
    if (out->tv_nsec >= 1000000000) {
        out->tv_sec++;
        out->tv_nsec -= 1000000000;
    }
    return 0;
}

#ifndef FAULT_NO_MEMORY
// ---- memory -------------------------------------------------------------------------------------------------------

static bool is_memory_out(void)
{
    struct fault_page *p = page();
    if (!p || __atomic_load_n(&p->allocations_left, __ATOMIC_ACQUIRE) < 0)
        return false;
    if (__atomic_load_n(&p->allocations_left, __ATOMIC_ACQUIRE) > 0 &&
        __atomic_sub_fetch(&p->allocations_left, 1, __ATOMIC_ACQ_REL) > 0)
        return false;
    __atomic_add_fetch(&p->failed, 1, __ATOMIC_ACQ_REL);
    errno = ENOMEM;
    return true;
}

void *malloc(size_t n) { return is_memory_out() ? NULL : __libc_malloc(n); }
void *calloc(size_t count, size_t size) { return is_memory_out() ? NULL : __libc_calloc(count, size); }
void *realloc(void *p, size_t n) { return is_memory_out() ? NULL : __libc_realloc(p, n); }
#endif
