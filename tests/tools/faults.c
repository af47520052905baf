// SPDX-License-Identifier: MIT
#include "tests/tools/faults.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/tools/check.h"

struct fault_page *faults_load(struct scene *s)
{
    const char *path = scene_path(s, "faults");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, FAULT_PAGE_BYTES), 0);
    struct fault_page *page = mmap(NULL, FAULT_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(page != MAP_FAILED);
    close(fd);
    page->allocations_left = -1;
    s->env[s->n_env++] = arena_fmt(&s->arena, FAULT_ENV "=%s", path).p;
    s->env[s->n_env++] = arena_fmt(&s->arena, "LD_PRELOAD=%s", scene_built(s, "faults.so")).p;
    s->env[s->n_env++] = "ASAN_OPTIONS=verify_asan_link_order=0";
    return page;
}

void faults_done(struct fault_page *page) { munmap(page, FAULT_PAGE_BYTES); }
