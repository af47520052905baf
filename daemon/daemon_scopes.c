// SPDX-License-Identifier: MIT
//
// Asks each worker in turn whether it has feeds for what rules say after `feeds`. Where the configuration's own feeds
// fit it all, nobody is asked.
#include "base/mem.h"
#include "daemon/daemon_parts.h"
#include "daemon/scopes.h"

struct walk {
    struct job job;
    struct daemon *d;
    struct scopes *scopes;
    uint32_t stage; // which worker is asked now
    bool with_undecided;
    scopes_done_fn done;
    void *context;
};

static void come_home(struct job *job, void *owner, struct now now)
{
    (void)owner, (void)now;
    struct walk *w = (struct walk *)job;
    struct diags diags;
    diags_init(&diags);
    scopes_tell(w->scopes, w->with_undecided, &diags);
    diags_sort(&diags);
    w->done(w->context, w->d, &diags);
    diags_done(&diags);
    scopes_close(w->scopes);
    mem_free(w);
}

static void on_worker(struct job *job, void *owner, struct now now)
{
    (void)now;
    struct walk *w = (struct walk *)job;
    struct daemon *d = w->d;
    scopes_look(w->scopes, worker_shard(owner));
    if (++w->stage < d->n_workers) {
        queue_push(&worker_loop(d->workers[w->stage])->inbox, &w->job.message);
        return;
    }
    w->job.run = come_home;
    queue_push(d->threads.main, &w->job.message);
}

void daemon_look_at_scopes(struct daemon *d, bool with_undecided, scopes_done_fn done, void *context)
{
    struct walk *w = mem_alloc(sizeof *w);
    *w = (struct walk){.job.run = on_worker, .d = d, .with_undecided = with_undecided, .done = done,
                       .context = context};
    w->scopes = scopes_open(d->config);
    if (scopes_are_open(w->scopes))
        queue_push(&worker_loop(d->workers[0])->inbox, &w->job.message);
    else
        come_home(&w->job, d, (struct now){0});
}

static void log_them(void *context, struct daemon *d, const struct diags *diags)
{
    (void)context;
    if (d->is_stopping || !diags->n) // what comes home then finds no log
        return;
    struct buf text;
    buf_init(&text, LOG_TEXT_BYTES / 2);
    diags_render(diags, false, &text);
    log_say(d->log, LOG_LEVEL_WARNING, NULL, "%s", buf_z(&text));
    buf_done(&text);
}

void daemon_log_scopes(struct daemon *d) { daemon_look_at_scopes(d, false, log_them, NULL); }
