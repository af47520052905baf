// SPDX-License-Identifier: MIT
//
// Watching the files that other programs keep: lists (and time zones). A look a second, in libuv's pool because a disk
// may hang; two looks that agree on a change have the lists read again, and nothing else. A list that is broken leaves
// the old one in its place, and that is told once for each change.
#include "base/mem.h"
#include "daemon/daemon_parts.h"

enum { LOOK_MS = 1000 }; // a list is taken two looks after its last change

struct look {
    uv_work_t work;
    struct daemon *d;
    struct config *config; // whose files
    struct file_stamp *stamps;
};

static void look(uv_work_t *work)
{
    struct look *l = work->data;
    const struct config_memory *memory = &l->config->memory;
    for (size_t i = 0; i < memory->n_watched; i++)
        l->stamps[i] = file_stamp_of(memory->watched[i].path.p);
}

static void looked(uv_work_t *work, int status)
{
    struct look *l = work->data;
    struct daemon *d = l->d;
    size_t which = 0;
    bool is_ours = status == 0 && l->config == d->config && !d->is_stopping && !d->is_reloading;
    if (is_ours && file_watch_look(&d->file_watch, l->stamps, &which)) {
        log_say(d->log, LOG_LEVEL_INFO, NULL, "%.*s has changed: the lists are read again",
                STR_ARG(l->config->memory.watched[which].path));
        daemon_reload_lists(d);
    }
    d->is_looking = false;
    config_unref(l->config);
    mem_free(l->stamps);
    mem_free(l);
}

static void on_timer(uv_timer_t *timer)
{
    struct daemon *d = timer->data;
    if (d->watched_generation != d->generation) { // another configuration, other files
        file_watch_done(&d->file_watch);
        file_watch_init(&d->file_watch, &d->config->memory);
        d->watched_generation = d->generation;
    }
    if (d->is_looking || d->is_reloading || d->file_watch.n == 0)
        return;
    struct look *l = mem_alloc(sizeof *l);
    *l = (struct look){.work.data = l, .d = d, .config = config_ref(d->config)};
    l->stamps = mem_alloc_array(d->file_watch.n, sizeof *l->stamps);
    d->is_looking = true;
    uv_queue_work(&d->loop.uv, &l->work, look, looked);
}

void daemon_start_lists(struct daemon *d)
{
    uv_timer_init(&d->loop.uv, &d->lists);
    d->lists.data = d;
    uv_timer_start(&d->lists, on_timer, LOOK_MS, LOOK_MS);
}
