// SPDX-License-Identifier: MIT
//
// What a configuration was made of. See config_memory.h.
#include "daemon/config_memory.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "daemon/loader.h"

static int64_t ns_of(struct timespec t) { return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec; }

struct file_stamp file_stamp_of(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return (struct file_stamp){0};
    return (struct file_stamp){true, ns_of(st.st_mtim), ns_of(st.st_ctim), st.st_size, st.st_ino, st.st_dev};
}

bool file_stamp_is_same(const struct file_stamp *a, const struct file_stamp *b)
{
    return a->is_there == b->is_there && a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns &&
           a->bytes == b->bytes && a->inode == b->inode && a->device == b->device;
}

static bool record_find(void *context, struct str pattern, struct str from, struct arena *a, struct str **out_paths,
                        size_t *out_n, struct err *err)
{
    struct config_memory *m = context;
    if (!m->under->find(m->under->context, pattern, from, a, out_paths, out_n, err))
        return false;
    struct remembered_find find = {arena_str(m->arena, pattern), arena_str(m->arena, from),
                                   ARENA_ARRAY(m->arena, struct str, *out_n + 1), *out_n};
    for (size_t i = 0; i < *out_n; i++)
        find.paths[i] = arena_str(m->arena, (*out_paths)[i]);
    ARENA_PUSH(m->arena, m->finds, m->n_finds, find);
    return true;
}

// The text is not copied: the configuration keeps it anyway, in the arena it was read into.
static bool record_read(void *context, struct str path, struct arena *a, struct str *out_text, struct err *err)
{
    struct config_memory *m = context;
    if (!m->under->read(m->under->context, path, a, out_text, err))
        return false;
    struct remembered_read read = {arena_str(m->arena, path), *out_text};
    ARENA_PUSH(m->arena, m->reads, m->n_reads, read);
    return true;
}

static bool play_find(void *context, struct str pattern, struct str from, struct arena *a, struct str **out_paths,
                      size_t *out_n, struct err *err)
{
    const struct config_memory *m = context;
    for (size_t i = 0; i < m->n_finds; i++) {
        const struct remembered_find *f = &m->finds[i];
        if (!str_eq(f->pattern, pattern) || !str_eq(f->from, from))
            continue;
        *out_paths = ARENA_ARRAY(a, struct str, f->n + 1);
        for (size_t k = 0; k < f->n; k++)
            (*out_paths)[k] = arena_str(a, f->paths[k]);
        *out_n = f->n;
        return true;
    }
    return err_set(err, "%.*s was not read before", STR_ARG(pattern));
}

static bool play_read(void *context, struct str path, struct arena *a, struct str *out_text, struct err *err)
{
    const struct config_memory *m = context;
    for (size_t i = 0; i < m->n_reads; i++)
        if (str_eq(m->reads[i].path, path)) {
            *out_text = arena_str(a, m->reads[i].text);
            return true;
        }
    return err_set(err, "%.*s was not read before", STR_ARG(path));
}

static bool watch_find(void *context, struct str pattern, struct str from, struct arena *a, struct str **out_paths,
                       size_t *out_n, struct err *err)
{
    (void)context;
    return loader_files.find(NULL, pattern, from, a, out_paths, out_n, err);
}

static bool watch_read(void *context, struct str path, struct arena *a, struct str *out_text, struct err *err)
{
    struct config_memory *m = context;
    const char *name = arena_dupz(m->arena, path);
    struct watched_file watched = {str_of(name), file_stamp_of(name)};
    ARENA_PUSH(m->arena, m->watched, m->n_watched, watched);
    return loader_files.read(NULL, path, a, out_text, err);
}

struct conf_loader memory_recorder(struct config_memory *m)
{
    return (struct conf_loader){m, record_find, record_read};
}

struct conf_loader memory_player(const struct config_memory *m)
{
    return (struct conf_loader){(void *)(uintptr_t)m, play_find, play_read};
}

struct conf_loader memory_watcher(struct config_memory *m)
{
    return (struct conf_loader){m, watch_find, watch_read};
}

void file_watch_init(struct file_watch *watch, const struct config_memory *m)
{
    watch->n = m->n_watched;
    watch->taken = mem_alloc_array(watch->n + 1, sizeof *watch->taken);
    watch->last = mem_alloc_array(watch->n + 1, sizeof *watch->last);
    for (size_t i = 0; i < watch->n; i++)
        watch->taken[i] = watch->last[i] = m->watched[i].stamp;
}

void file_watch_done(struct file_watch *watch)
{
    mem_free(watch->taken);
    mem_free(watch->last);
    *watch = (struct file_watch){0};
}

bool file_watch_look(struct file_watch *watch, const struct file_stamp *now, size_t *out_which)
{
    bool is_other = false, is_settled = true;
    for (size_t i = 0; i < watch->n; i++) {
        if (!is_other && !file_stamp_is_same(&watch->taken[i], &now[i])) {
            is_other = true;
            *out_which = i;
        }
        is_settled = is_settled && file_stamp_is_same(&watch->last[i], &now[i]);
        watch->last[i] = now[i];
    }
    if (!is_other || !is_settled)
        return false;
    for (size_t i = 0; i < watch->n; i++)
        watch->taken[i] = now[i];
    return true;
}
