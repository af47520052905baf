// SPDX-License-Identifier: MIT
//
// Reload: generation N+1 is read, checked and compiled beside N in libuv's pool, off every loop, and then handed to
// each thread as a message. Polls in flight end under N, which goes with the last of them. On any error N goes on, and
// the whole text of what is wrong is told.
#include <stdio.h>

#include "base/mem.h"
#include "daemon/daemon_parts.h"
#include "daemon/message_id.h"
#include "daemon/notify.h"

struct waiting {
    struct waiting *next;
    reload_done_fn done;
    void *context;
};

struct reload {
    uv_work_t work;
    struct daemon *d;
    struct config *config;
    struct config *like; // a reference: only its lists are read again; NULL: all is
    struct buf text; // what was wrong or is to be warned of
    struct waiting *waiting;
};

enum { RELOAD_TEXT_BYTES = 256 << 10 };

struct handing { // a configuration on its way to a thread
    struct job job;
    struct config *config;
};

static void give_worker(struct job *job, void *owner, struct now now)
{
    worker_take_config(owner, ((struct handing *)job)->config, now);
    mem_free(job);
}

static void give_writer(struct job *job, void *owner, struct now now)
{
    (void)now;
    writer_take_config(owner, ((struct handing *)job)->config);
    mem_free(job);
}

static void give_delivery(struct job *job, void *owner, struct now now)
{
    (void)now;
    delivery_take_config(owner, ((struct handing *)job)->config);
    mem_free(job);
}

static void give(struct queue *q, struct config *config,
                 void (*run)(struct job *job, void *owner, struct now now))
{
    struct handing *h = mem_alloc(sizeof *h);
    h->job.run = run;
    h->config = config_ref(config);
    queue_push(q, &h->job.message);
}

// The writer first: no poll of the new generation may reach it before its receivers do.
static void take_over(struct daemon *d, struct config *config)
{
    give(d->threads.writer, config, give_writer);
    give(d->threads.delivery, config, give_delivery);
    for (uint32_t i = 0; i < d->n_workers; i++)
        give(&worker_loop(d->workers[i])->inbox, config, give_worker);
    struct config *old = d->config;
    d->config = config;
    config_unref(old);
}

// A target that is not there is a warning of the reload. The command line wins, as at the start.
static void move_log(struct daemon *d, struct buf *text)
{
    struct err err;
    if (!d->is_foreground && !log_move(d->log, d->config->log_to, &err))
        buf_addf(text, "%s\n", err.text);
}

static void load(uv_work_t *work)
{
    struct reload *r = work->data;
    struct diags diags;
    diags_init(&diags);
    r->config = r->like ? config_load_lists(r->like, r->d->generation + 1, &diags)
                        : config_load(r->d->config_path, r->d->generation + 1, &diags);
    diags_sort(&diags);
    config_hide(&diags); // the log and everyone who may ask for the status read it
    diags_render(&diags, false, &r->text);
    diags_done(&diags);
}

static void begin(struct daemon *d, struct waiting *waiting, struct config *like);

static void say_status(const struct daemon *d)
{
    char status[160];
    snprintf(status, sizeof status, "%zu feeds, %zu rules, generation %llu", d->config->n_feeds,
             ruleset_count(d->config->rules), (unsigned long long)d->generation);
    notify_ready(status);
}

static void answer(struct waiting *list, bool ok, struct str text)
{
    for (struct waiting *w = list, *next; w; w = next) {
        next = w->next;
        w->done(w->context, ok, text);
        mem_free(w);
    }
}

static void reload_free(struct reload *r)
{
    buf_done(&r->text);
    config_unref(r->like);
    mem_free(r);
}

// The daemon stops: nobody is left to take it, and the log may have ended.
static void drop(struct reload *r)
{
    struct daemon *d = r->d;
    config_unref(r->config);
    answer(r->waiting, false, S("the daemon is stopping"));
    answer(d->waiting, false, S("the daemon is stopping"));
    d->waiting = NULL;
    reload_free(r);
    clock_end(&d->clock);
}

static void loaded(uv_work_t *work, int status)
{
    struct reload *r = work->data;
    struct daemon *d = r->d;
    if (d->is_stopping) {
        drop(r);
        return;
    }
    bool ok = status == 0 && r->config && r->config->is_usable;
    d->reload_at = clock_now(&d->clock).wall;
    d->is_reload_ok = ok;
    if (ok) {
        d->generation = r->config->generation;
        take_over(d, r->config);
        metric_add(&d->metrics, METRIC_RELOADS, 1);
        if (!r->like) { // lists say nothing of it
            move_log(d, &r->text);
            daemon_tell_of_start(d, &r->text);
        }
        log_say(d->log, LOG_LEVEL_INFO, MESSAGE_RELOADED, "reloaded: generation %llu, %zu feeds, %zu rules",
                (unsigned long long)d->generation, d->config->n_feeds, ruleset_count(d->config->rules));
        if (r->text.n)
            log_say(d->log, LOG_LEVEL_WARNING, NULL, "%s", buf_z(&r->text));
        if (!r->like) // a list says nothing of feeds
            daemon_log_scopes(d);
    } else {
        config_unref(r->config);
        metric_add(&d->metrics, METRIC_RELOADS_FAILED, 1);
        log_say(d->log, LOG_LEVEL_ERROR, MESSAGE_RELOAD_REFUSED, "%s\nreload refused, generation %llu goes on",
                buf_z(&r->text), (unsigned long long)d->generation);
    }
    mem_free((void *)(uintptr_t)d->reload_error.p);
    d->reload_error = ok ? (struct str){0} : str_of(mem_dupz(buf_str(&r->text)));
    say_status(d);
    d->is_reloading = false;
    answer(r->waiting, ok, buf_str(&r->text));
    reload_free(r);
    clock_end(&d->clock);
    struct waiting *more = d->waiting;
    d->waiting = NULL;
    if (more)
        begin(d, more, NULL);
}

static void begin(struct daemon *d, struct waiting *waiting, struct config *like)
{
    struct reload *r = mem_alloc(sizeof *r);
    r->work.data = r;
    r->d = d;
    r->waiting = waiting;
    r->like = like;
    buf_init(&r->text, RELOAD_TEXT_BYTES);
    d->is_reloading = true;
    notify_reloading();
    clock_begin(&d->clock);
    uv_queue_work(&d->loop.uv, &r->work, load, loaded);
}

void daemon_reload(struct daemon *d, reload_done_fn done, void *context)
{
    struct waiting *w = mem_alloc(sizeof *w);
    *w = (struct waiting){.done = done, .context = context};
    if (!d->is_reloading) {
        begin(d, w, NULL);
        return;
    }
    w->next = d->waiting; // what has changed since the running one began to read is seen by the next
    d->waiting = w;
}

void daemon_reload_lists(struct daemon *d)
{
    if (!d->is_reloading)
        begin(d, NULL, config_ref(d->config));
}
